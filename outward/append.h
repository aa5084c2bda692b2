/* `natsight append FILE`: lines of standard input at the end of a file, whole and in order: the process that
 * waits for the disk instead of the main one.
 *
 * Each batch looks whether the name still leads to the file that is open, so that a rotated one is left alone
 * and a new one is made. What can't be written is dropped, counted, and told in the file as soon as it can
 * be: {"event":"lost",...}. On standard output stands why it can't, one line; an empty one: it can again. It
 * ends at the end of its input. */
#ifndef OUTWARD_APPEND_H
#define OUTWARD_APPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Until the end of standard input. false: the last line could not be written. */
bool append_to(const char *path);
/* That line, with a newline; to be freed. */
char *append_lost_line(size_t lost, const char *why, int64_t utc_ns);

#endif
