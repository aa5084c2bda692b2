#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void buffer_finish(struct buffer *b) {
    free(b->data);
    *b = (struct buffer){0};
}

char *buffer_reserve(struct buffer *b, size_t more) {
    size_t need;
    if (__builtin_add_overflow(b->len, more, &need))
        need = SIZE_MAX;
    if (need > b->cap || !b->data) {
        size_t cap = b->cap + b->cap / 2;
        if (cap < need)
            cap = need;
        if (cap < 64)
            cap = 64;
        b->data = memory_grow(b->data, cap, 1);
        b->cap = cap;
    }
    return b->data + b->len;
}

void buffer_append(struct buffer *b, const void *bytes, size_t len) {
    if (!len)
        return;
    memcpy(buffer_reserve(b, len), bytes, len);
    b->len += len;
}

void buffer_append_text(struct buffer *b, const char *text) {
    buffer_append(b, text, strlen(text));
}

void buffer_printf(struct buffer *b, const char *format, ...) {
    va_list args;
    buffer_reserve(b, 64);
    size_t room = b->cap - b->len;
    va_start(args, format);
    int len = vsnprintf(b->data + b->len, room, format, args);
    va_end(args);
    if (len < 0)
        return;
    if ((size_t)len >= room) {
        buffer_reserve(b, (size_t)len + 1);
        va_start(args, format);
        vsnprintf(b->data + b->len, (size_t)len + 1, format, args);
        va_end(args);
    }
    b->len += (size_t)len;
}

void buffer_append_varint(struct buffer *b, uint64_t value) {
    unsigned char *out = (unsigned char *)buffer_reserve(b, 10);
    size_t len = 0;
    for (; value >= 0x80; value >>= 7)
        out[len++] = (unsigned char)(value | 0x80);
    out[len++] = (unsigned char)value;
    b->len += len;
}

void buffer_consume(struct buffer *b, size_t len) {
    if (len >= b->len) {
        b->len = 0;
        return;
    }
    if (!len)
        return;
    memmove(b->data, b->data + len, b->len - len);
    b->len -= len;
}

const char *buffer_text(struct buffer *b) {
    *buffer_reserve(b, 1) = '\0';
    return b->data;
}
