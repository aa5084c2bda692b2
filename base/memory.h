/* Memory that is there or the program ends: malloc and friends for everybody.
 *
 * Out of memory is no state that a dashboard can show anything true in, so each of these prints one line to
 * stderr and ends the process (the terminal is restored by the hook that tui registers). What they return is
 * freed by free(). */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

void *memory_new(size_t size);                           /* zeroed */
void *memory_array(size_t count, size_t size);           /* zeroed, overflow checked */
void *memory_grow(void *old, size_t count, size_t size); /* realloc, overflow checked, not zeroed */
char *memory_text(const char *text);                     /* strdup */
char *memory_text_cut(const char *text, size_t len);     /* strndup */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Called once before the process ends for lack of memory. */
void memory_on_exhaustion(void (*hook)(void));

/* Thousands lie far apart: who walks over them has so many further on fetched meanwhile. */
#define MEMORY_AHEAD 8

#endif
