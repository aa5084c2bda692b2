/* A growable run of bytes: what frames, lines and documents are written into and cut from.
 *
 * Owned by whoever declares it; used in every process. Running out of memory ends the program
 * (base/memory.h), so none of these functions fails. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data; /* not NUL-terminated unless buffer_text() was asked */
    size_t len;
    size_t cap;
};

/* {0} is a valid empty buffer. */
void buffer_finish(struct buffer *b);

/* Makes room for at least `more` bytes behind the content and returns where they go; b->len stays. */
char *buffer_reserve(struct buffer *b, size_t more);

void buffer_append(struct buffer *b, const void *bytes, size_t len);
void buffer_append_text(struct buffer *b, const char *text);
void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Unsigned LEB128, at most 10 bytes. */
void buffer_append_varint(struct buffer *b, uint64_t value);

/* Drops `len` bytes at the front. */
void buffer_consume(struct buffer *b, size_t len);

/* The content with a NUL behind it, valid until the next change; "" when empty. */
const char *buffer_text(struct buffer *b);

#endif
