/* Bodies decoded into samples, and recorded ones.
 *
 * For tests/collectors_decode*.c alone: static functions, so that the other tests' programs need not link
 * them. */
#ifndef HARNESS_DECODED_H
#define HARNESS_DECODED_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "collectors/decode.h"

#ifndef BODIES
#define BODIES "tests/bodies"
#endif

static void keep_row(void *data, const struct row *row) {
    struct sample *s = data;
    struct row *copy = sample_add(s, (enum entity)row->entity);
    row_copy(copy, row);
    for (int c = 0; c < row->cells; c++) {
        enum field f = (enum field)((int)entities[row->entity].first + c);
        if (fields[f].type == TYPE_TEXT && row_has(row, f))
            row_put(copy, f)->s = sample_text(s, row_cell(row, f)->s->bytes, row_cell(row, f)->s->len);
    }
}

struct said {
    struct sample *rows;
    enum failure failure;
    char error[200];
    uint64_t dropped;
    bool nats;
};

typedef void start_fn(struct decoder *d, enum shape shape, const char *server, decode_row_fn *row,
                      void *data);

static struct said decode_begun(start_fn *start, enum shape shape, const char *server, const char *body,
                                size_t len, size_t piece) {
    struct said said = {.rows = sample_create()};
    struct decoder *d = decoder_create();
    start(d, shape, server, keep_row, said.rows);
    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        char *block = malloc(n);
        memcpy(block, body + at, n);
        bool more = decoder_feed(d, block, n);
        free(block);
        if (!more)
            break;
    }
    said.failure = decoder_finish(d, said.error, sizeof said.error);
    said.dropped = decoder_dropped(d);
    said.nats = decoder_is_nats(d);
    decoder_destroy(d);
    return said;
}

static struct said decode_in(enum shape shape, const char *server, const char *body, size_t len,
                             size_t piece) {
    return decode_begun(decoder_start, shape, server, body, len, piece);
}

static struct said decode(enum shape shape, const char *server, const char *body) {
    return decode_in(shape, server, body, strlen(body), 1 << 20);
}

static char *load(const char *name, size_t *len) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s.json", BODIES, name);
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s is missing", path);
    struct buffer b = {0};
    for (int c; (c = getc(f)) != EOF;)
        *buffer_reserve(&b, 1) = (char)c, b.len++;
    fclose(f);
    *len = b.len;
    return b.data;
}

static size_t count_of(const struct sample *s, enum entity entity) {
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        n += s->rows[i]->entity == entity;
    return n;
}

static const struct row *nth(const struct sample *s, enum entity entity, size_t n) {
    for (size_t i = 0; i < s->count; i++)
        if (s->rows[i]->entity == entity && n-- == 0)
            return s->rows[i];
    return NULL;
}

/* Not every test program uses all of them. */
__attribute__((unused)) static const void *const decoded_all[] = {decode, load, count_of, nth};

#endif
