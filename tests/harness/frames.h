/* The sample stream under test: made samples, what a reader said of them, frames by hand.
 *
 * For tests/sample_*.c alone: static functions, so that the other tests' programs need not link them. */
#ifndef HARNESS_FRAMES_H
#define HARNESS_FRAMES_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buffer.h"
#include "sample/stream.h"
#include "tests/sample_write.h"

/* ---- a small generator, the same on every machine ---- */

static uint64_t state = 88172645463325252u;
static uint64_t any(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}
static uint64_t below(uint64_t n) {
    return any() % n;
}

static const struct text *any_text(struct sample *s) {
    static const char *const words[] = {"", "ORDERS", "a", "ünï", "漢字", "\xef\xbf\xbd", "x y z"};
    char text[TEXT_MAX_BYTES + 1];
    if (below(2)) {
        const char *w = words[below(sizeof words / sizeof *words)];
        return sample_text(s, w, strlen(w));
    }
    size_t len = below(4) ? below(20) : below(TEXT_MAX_BYTES + 1);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('!' + below(90));
    return sample_text(s, text, len);
}

static void any_cell(struct sample *s, struct row *row, enum field f) {
    union cell *c = row_put(row, f);
    uint64_t bits = any() >> below(64);
    switch ((enum field_type)fields[f].type) {
    case TYPE_U64:
        c->u = bits;
        break;
    case TYPE_I64:
    case TYPE_TIME:
    case TYPE_SPAN:
        c->i = below(2) ? (int64_t)bits : -(int64_t)(bits >> 1) - 1;
        break;
    case TYPE_F64:
        c->f = (double)(int64_t)bits / 7;
        break;
    case TYPE_BOOL:
        c->u = bits & 1;
        break;
    case TYPE_TEXT:
        c->s = any_text(s);
        break;
    }
}

static void any_rows(struct sample *s, size_t rows) {
    for (size_t i = 0; i < rows; i++) {
        enum entity e = (enum entity)(ENTITY_ANSWER + below(ENTITY_COUNT - ENTITY_ANSWER));
        struct row *row = sample_add(s, e);
        for (int f = 0; f < entities[e].count; f++)
            if (below(3))
                any_cell(s, row, (enum field)((int)entities[e].first + f));
    }
}

static struct sample *any_sample(uint64_t serial, size_t rows) {
    struct sample *s = sample_create();
    s->target = 3;
    s->serial = serial;
    s->shape = SHAPE_JSZ;
    s->asked_utc_ns = 1700000000000000001;
    s->asked_mono_ns = -5;
    s->answered_utc_ns = 1700000000100000002;
    s->answered_mono_ns = 100;
    s->cost_ns = 42;
    s->took_ns = 43;
    s->round_trip_ns = 44;
    s->bytes = 1 << 20;
    s->dropped = 7;
    s->http_status = 503;
    s->failure = FAILURE_HTTP;
    s->error = sample_text(s, "503 from /jsz", 13);
    any_rows(s, rows);
    return s;
}

/* ---- comparing ---- */

static bool same_row(const struct row *a, const struct row *b) {
    if (a->entity != b->entity || a->cells != b->cells || memcmp(a->present, b->present, sizeof a->present))
        return false;
    for (int c = 0; c < a->cells; c++) {
        enum field f = (enum field)((int)entities[a->entity].first + c);
        if (!row_has(a, f))
            continue;
        const union cell *x = row_cell(a, f), *y = row_cell(b, f);
        if (fields[f].type == TYPE_TEXT ? strcmp(x->s->bytes, y->s->bytes) || x->s->len != y->s->len
                                        : x->u != y->u)
            return false;
    }
    return true;
}

static bool same_sample(const struct sample *a, const struct sample *b) {
    if (a->target != b->target || a->serial != b->serial || a->shape != b->shape ||
        a->asked_utc_ns != b->asked_utc_ns || a->asked_mono_ns != b->asked_mono_ns ||
        a->answered_utc_ns != b->answered_utc_ns || a->answered_mono_ns != b->answered_mono_ns ||
        a->cost_ns != b->cost_ns || a->took_ns != b->took_ns || a->round_trip_ns != b->round_trip_ns ||
        a->bytes != b->bytes || a->dropped != b->dropped || a->http_status != b->http_status ||
        a->failure != b->failure || strcmp(a->error->bytes, b->error->bytes) || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_row(a->rows[i], b->rows[i]))
            return false;
    return true;
}

/* ---- what a reader said ---- */

#define SEEN_MAX 64
struct seen {
    const struct sample *expect[SEEN_MAX]; /* by serial */
    unsigned samples, wrong, rows, damages;
    size_t skipped;
    enum frame_kind kind;
    uint16_t source;
    char text[TEXT_MAX_BYTES + 1];
    int64_t utc;
};

static void saw_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    struct seen *seen = data;
    seen->rows++;
    seen->kind = kind;
    seen->source = source;
    if (kind == FRAME_LOG)
        strcpy(seen->text, row_text(row, F_LOG_text));
    if (kind == FRAME_TICK)
        seen->utc = row_i64(row, F_TICK_utc, -1);
}
static void saw_sample(void *data, const struct sample *sample) {
    struct seen *seen = data;
    seen->source = sample->source;
    seen->samples++;
    if (sample->serial >= SEEN_MAX || !seen->expect[sample->serial] ||
        !same_sample(sample, seen->expect[sample->serial]))
        seen->wrong++;
}
static void saw_damage(void *data, size_t skipped) {
    struct seen *seen = data;
    seen->damages++;
    seen->skipped += skipped;
}
static const struct stream_handler handler = {saw_row, saw_sample, saw_damage};

static void feed_cut(struct stream_reader *reader, const char *bytes, size_t len, size_t piece) {
    for (size_t at = 0; at < len; at += piece)
        stream_reader_feed(reader, bytes + at, len - at < piece ? len - at : piece);
}

static struct seen read_all(const struct buffer *b, size_t piece, struct seen seen) {
    struct stream_reader *reader = stream_reader_create(&handler, &seen);
    feed_cut(reader, b->data, b->len, piece);
    stream_reader_destroy(reader);
    return seen;
}

static void write_log(struct buffer *out, uint16_t source, const char *text) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_LOG);
    row_put(row, F_LOG_text)->s = sample_text(s, text, strlen(text));
    stream_write_row(out, source, FRAME_LOG, row);
    sample_destroy(s);
}

static void forget(struct seen *expect) {
    for (unsigned i = 0; i < SEEN_MAX; i++)
        sample_destroy((struct sample *)expect->expect[i]);
}

/* ---- hand-made frames ---- */

static void raw_frame(struct buffer *out, int kind, int flags, int source, const struct buffer *payload) {
    unsigned char h[16] = "NsF1";
    for (int i = 0; i < 4; i++)
        h[4 + i] = (unsigned char)(payload->len >> (8 * i));
    h[8] = (unsigned char)kind;
    h[9] = (unsigned char)flags;
    h[10] = (unsigned char)source;
    h[11] = (unsigned char)(source >> 8);
    uLong sum =
        crc32(crc32(0, h + 8, 4), (const Bytef *)(payload->data ? payload->data : ""), (uInt)payload->len);
    for (int i = 0; i < 4; i++)
        h[12 + i] = (unsigned char)(sum >> (8 * i));
    buffer_append(out, h, 16);
    buffer_append(out, payload->data, payload->len);
}
static void byte(struct buffer *b, int v) {
    char c = (char)v;
    buffer_append(b, &c, 1);
}
static void word(struct buffer *b, const char *w) {
    buffer_append_varint(b, strlen(w));
    buffer_append_text(b, w);
}
static void field_entry(struct buffer *b, unsigned number, const char *name, int wire, const char *type,
                        bool longer) {
    struct buffer e = {0};
    buffer_append_varint(&e, number);
    word(&e, name);
    byte(&e, wire);
    word(&e, type);
    word(&e, "info");
    word(&e, "");
    buffer_append_varint(&e, 0);
    if (longer)
        buffer_append_text(&e, "what only the future knows");
    buffer_append_varint(b, e.len);
    buffer_append(b, e.data, e.len);
    buffer_finish(&e);
}

/* Not every test program uses all of them. */
__attribute__((unused)) static const void *const frames_all[] = {
    any_sample, same_sample, read_all, write_log, forget, raw_frame, field_entry};

#endif
