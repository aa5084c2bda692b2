/* What came compressed (gzip), piece by piece as it is read. Bounded by who takes it. */
#ifndef COLLECTORS_GUNZIP_H
#define COLLECTORS_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>

typedef bool gunzip_fn(void *data, const char *bytes, size_t len); /* false: no more */
/* false: it is no gzip, or cut, or no more was wanted. */
bool gunzip(const char *bytes, size_t len, gunzip_fn *take, void *data);

#endif
