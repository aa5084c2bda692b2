/* A text to a descriptor that may be waited for: a file, or an output whose reader sets the pace. Any
 * process. */
#ifndef ENTRY_WRITE_ALL_H
#define ENTRY_WRITE_ALL_H

#include <stdbool.h>
#include <stddef.h>

/* false: errno says why, and how much was written is not known. */
bool write_all(int fd, const char *text, size_t len);

#endif
