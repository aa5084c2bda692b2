#include "sample/stream.h"

#include <stdlib.h>

#include "base/memory.h"
#include "sample/wire.h"

#define FLUSH_BYTES (512u << 10) /* with the largest possible row on top a frame is still below its limit */

static const char *const kind_names[] = {
    [KIND_INFO] = "info", [KIND_GAUGE] = "gauge", [KIND_COUNTER] = "counter", [KIND_CLOCK] = "clock"};

static const char *const unit_names[] = {
    [UNIT_NONE] = "",           [UNIT_COUNT] = "count",
    [UNIT_MSGS] = "msgs",       [UNIT_BYTES] = "bytes",
    [UNIT_NS] = "ns",           [UNIT_TIME] = "time",
    [UNIT_PERCENT] = "percent", [UNIT_RATIO] = "ratio",
    [UNIT_PER_S] = "per_s",     [UNIT_BYTES_PER_S] = "bytes_per_s",
};

/* The texts that were sent since the table began, found by content. */
struct known_text {
    uint32_t hash, len, at, number; /* number 0: free */
};
struct strings {
    struct known_text *slots;
    uint32_t cap, count;
    struct buffer bytes;
};

static void strings_begin(struct strings *t) {
    t->count = 0;
    t->bytes.len = 0;
    if (t->cap > 4096) {
        free(t->slots);
        t->slots = NULL;
        t->cap = 0;
        buffer_finish(&t->bytes);
        t->bytes = (struct buffer){0};
    } else if (t->cap) {
        memset(t->slots, 0, t->cap * sizeof *t->slots);
    }
}

static void strings_finish(struct strings *t) {
    free(t->slots);
    buffer_finish(&t->bytes);
}

static void strings_grow(struct strings *t) {
    uint32_t cap = t->cap ? t->cap * 2 : 64;
    struct known_text *slots = memory_array(cap, sizeof *slots);
    for (uint32_t i = 0; i < t->cap; i++) {
        if (!t->slots[i].number)
            continue;
        uint32_t at = t->slots[i].hash & (cap - 1);
        while (slots[at].number)
            at = (at + 1) & (cap - 1);
        slots[at] = t->slots[i];
    }
    free(t->slots);
    t->slots = slots;
    t->cap = cap;
}

/* The number of a text that was sent before, else 0, and from now on it is known. */
static uint32_t strings_number(struct strings *t, const char *bytes, uint32_t len, uint32_t hash) {
    if (t->count * 4 >= t->cap * 3)
        strings_grow(t);
    uint32_t at = hash & (t->cap - 1);
    for (; t->slots[at].number; at = (at + 1) & (t->cap - 1)) {
        const struct known_text *k = &t->slots[at];
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): what is known has bytes, or none at all */
        if (k->hash == hash && k->len == len && (!len || !memcmp(t->bytes.data + k->at, bytes, len)))
            return k->number;
    }
    t->slots[at] = (struct known_text){hash, len, (uint32_t)t->bytes.len, ++t->count};
    buffer_append(&t->bytes, bytes, len);
    return 0;
}

/* ---- frames ---- */

static size_t frame_begin(struct buffer *out, enum frame_kind kind, uint16_t source) {
    size_t at = out->len;
    unsigned char *h = (unsigned char *)buffer_reserve(out, WIRE_HEADER);
    memset(h, 0, WIRE_HEADER);
    memcpy(h, WIRE_MAGIC, 4);
    h[8] = (unsigned char)kind;
    wire_put16(h + 10, source);
    out->len += WIRE_HEADER;
    return at;
}

static void frame_end(struct buffer *out, size_t at) {
    unsigned char *h = (unsigned char *)out->data + at;
    size_t len = out->len - at - WIRE_HEADER;
    wire_put32(h + 4, (uint32_t)len);
    wire_put32(h + 12, wire_sum(h + 8, h + WIRE_HEADER, len));
}

static void put_text(struct buffer *out, const char *text, size_t len) {
    buffer_append_varint(out, len);
    buffer_append(out, text, len);
}

static void put_word(struct buffer *out, const char *word) {
    put_text(out, word, strlen(word));
}

static void put_byte(struct buffer *out, unsigned byte) {
    char b = (char)byte;
    buffer_append(out, &b, 1);
}

/* ---- rows ---- */

static void put_layout(struct buffer *out, enum entity entity) {
    const struct entity_info *info = &entities[entity];
    put_byte(out, 0);
    put_word(out, info->name);
    buffer_append_varint(out, (uint64_t)info->count);
    for (int c = 0; c < info->count; c++)
        buffer_append_varint(out, fields[(int)info->first + c].number);
}

static void put_value(struct buffer *out, struct strings *strings, enum field_type type,
                      const union cell *cell) {
    unsigned char eight[8];
    switch (wire_of(type)) {
    case WIRE_VARINT:
        buffer_append_varint(out, cell->u);
        break;
    case WIRE_ZIGZAG:
        buffer_append_varint(out, wire_zigzag(cell->i));
        break;
    case WIRE_FIXED64:
        wire_put64(eight, cell->u);
        buffer_append(out, eight, 8);
        break;
    case WIRE_BYTE:
        put_byte(out, cell->u != 0);
        break;
    case WIRE_TEXT: {
        uint32_t len = cell->s->len < WIRE_TEXT_MAX ? cell->s->len : WIRE_TEXT_MAX;
        uint32_t number = strings_number(strings, cell->s->bytes, len, cell->s->hash);
        buffer_append_varint(out, number);
        if (!number)
            put_text(out, cell->s->bytes, len);
        break;
    }
    default:
        break;
    }
}

/* The record of a row: its layout's number, a bit a column, the values of the columns whose bit is set. */
static void put_row(struct buffer *out, struct strings *strings, unsigned layout, const struct row *row) {
    const struct field_info *field = &fields[entities[row->entity].first];
    buffer_append_varint(out, layout);
    for (unsigned c = 0; c < row->cells; c += 8)
        put_byte(out, (unsigned)(row->present[c / 64] >> (c % 64)) & 0xff);
    for (unsigned c = 0; c < row->cells; c++)
        if (row->present[c / 64] >> (c % 64) & 1)
            put_value(out, strings, (enum field_type)field[c].type, &row->cell[c]);
}

static void put_single(struct buffer *out, struct strings *strings, uint16_t source, enum frame_kind kind,
                       const struct row *row) {
    strings_begin(strings);
    size_t at = frame_begin(out, kind, source);
    put_layout(out, (enum entity)row->entity);
    put_row(out, strings, 1, row);
    frame_end(out, at);
}

void stream_write_row(struct buffer *out, uint16_t source, enum frame_kind kind, const struct row *row) {
    struct strings strings = {0};
    put_single(out, &strings, source, kind, row);
    strings_finish(&strings);
}

/* ---- the schema ---- */

static void put_field_schema(struct buffer *out, struct buffer *entry, const struct field_info *f) {
    entry->len = 0;
    buffer_append_varint(entry, f->number);
    put_word(entry, f->name);
    put_byte(entry, wire_of((enum field_type)f->type));
    put_word(entry, field_type_name((enum field_type)f->type));
    put_word(entry, kind_names[f->kind]);
    put_word(entry, unit_names[f->unit]);
    buffer_append_varint(entry, f->flags);
    put_text(out, entry->data, entry->len);
}

void stream_write_schema(struct buffer *out, uint16_t source) {
    struct buffer entry = {0};
    size_t at = frame_begin(out, FRAME_SCHEMA, source);
    buffer_append_varint(out, ENTITY_COUNT);
    for (int e = 0; e < ENTITY_COUNT; e++) {
        put_word(out, entities[e].name);
        buffer_append_varint(out, (uint64_t)entities[e].count);
        for (int f = 0; f < entities[e].count; f++)
            put_field_schema(out, &entry, &fields[(int)entities[e].first + f]);
    }
    frame_end(out, at);
    buffer_finish(&entry);
}

/* ---- samples ---- */

struct sample_writer {
    uint16_t source;
    struct buffer *out;
    struct buffer frame;          /* the open ROWS frame; `out` gets whole frames only */
    unsigned frame_rows;          /* 0: none is open */
    uint8_t layout[ENTITY_COUNT]; /* number in the open frame, 0: not yet declared */
    unsigned layouts;
    uint64_t serial, rows;
    struct strings strings, single; /* of the sample; of BEGIN and END */
};

struct sample_writer *sample_writer_create(uint16_t source) {
    struct sample_writer *w = memory_new(sizeof *w);
    w->source = source;
    return w;
}

void sample_writer_destroy(struct sample_writer *w) {
    if (!w)
        return;
    strings_finish(&w->strings);
    strings_finish(&w->single);
    buffer_finish(&w->frame);
    free(w);
}

void sample_writer_begin(struct sample_writer *w, struct buffer *out, const struct sample *head) {
    w->out = out;
    w->serial = head->serial;
    w->rows = 0;
    w->frame_rows = 0;
    strings_begin(&w->strings);
    struct row_any begin;
    row_init(&begin.row, ENTITY_BEGIN);
    row_put(&begin.row, F_BEGIN_target)->u = head->target;
    row_put(&begin.row, F_BEGIN_shape)->u = (uint64_t)head->shape;
    row_put(&begin.row, F_BEGIN_serial)->u = head->serial;
    row_put(&begin.row, F_BEGIN_asked_utc)->i = head->asked_utc_ns;
    row_put(&begin.row, F_BEGIN_asked_mono)->i = head->asked_mono_ns;
    put_single(out, &w->single, w->source, FRAME_BEGIN, &begin.row);
}

static void flush(struct sample_writer *w) {
    if (!w->frame_rows)
        return;
    frame_end(&w->frame, 0);
    buffer_append(w->out, w->frame.data, w->frame.len);
    w->frame_rows = 0;
}

void sample_writer_row(struct sample_writer *w, const struct row *row) {
    if (!w->frame_rows) {
        w->frame.len = 0;
        frame_begin(&w->frame, FRAME_ROWS, w->source);
        memset(w->layout, 0, sizeof w->layout);
        w->layouts = 0;
    }
    if (!w->layout[row->entity]) {
        put_layout(&w->frame, (enum entity)row->entity);
        w->layout[row->entity] = (uint8_t)++w->layouts;
    }
    put_row(&w->frame, &w->strings, w->layout[row->entity], row);
    w->rows++;
    if (++w->frame_rows == STREAM_ROWS_MAX || w->frame.len >= FLUSH_BYTES)
        flush(w);
}

void sample_writer_end(struct sample_writer *w, const struct sample *head) {
    flush(w);
    struct row_any end;
    row_init(&end.row, ENTITY_END);
    row_put(&end.row, F_END_serial)->u = w->serial;
    row_put(&end.row, F_END_answered_utc)->i = head->answered_utc_ns;
    row_put(&end.row, F_END_answered_mono)->i = head->answered_mono_ns;
    if (head->http_status)
        row_put(&end.row, F_END_http_status)->u = (uint64_t)head->http_status;
    row_put(&end.row, F_END_failure)->u = (uint64_t)head->failure;
    if (head->error && head->error->len)
        row_put(&end.row, F_END_error)->s = head->error;
    row_put(&end.row, F_END_bytes)->u = head->bytes;
    row_put(&end.row, F_END_cost)->i = head->cost_ns;
    row_put(&end.row, F_END_rows)->u = w->rows;
    row_put(&end.row, F_END_dropped)->u = head->dropped;
    row_put(&end.row, F_END_took)->i = head->took_ns;
    if (head->round_trip_ns > 0)
        row_put(&end.row, F_END_round_trip)->i = head->round_trip_ns;
    put_single(w->out, &w->single, w->source, FRAME_END, &end.row);
}
