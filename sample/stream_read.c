#include "sample/stream.h"

#include <stdlib.h>

#include "base/memory.h"
#include "sample/wire.h"

#define SAMPLE_BYTES_MAX (64u << 20) /* of all unfinished samples together, in memory */
#define SOURCES_MAX      64
#define SLICE_BYTES      (64u << 10)
#define BAD_SUM_BYTES    (8u << 20) /* checksummed in vain before lengths of bad frames are believed */

/* What a number of the writer's schema means here. */
struct column {
    int16_t field; /* ours, -1: pass over it */
    uint8_t wire;
    bool known; /* the schema has it */
};
struct schema {
    struct column *columns; /* by number */
    size_t count;
};

struct texts {
    const struct text **items; /* in order of appearance; reference n is items[n - 1] */
    size_t count, cap;
};

struct source {
    uint16_t number;
    struct schema schema; /* none yet: the reader's own */
    struct sample *sample;
    bool open, told; /* told: the loss of the sample under way was reported */
    uint64_t rows;
    size_t frame_bytes, memory;
    struct texts texts;
};

struct layout {
    int entity; /* -1: pass over its rows */
    unsigned count;
    struct column columns[WIRE_COLUMNS_MAX];
};

struct stream_reader {
    struct stream_handler handler;
    void *data;
    struct buffer in;
    size_t skipped, bad_sum;
    size_t memory; /* of all open samples */
    struct schema own;
    struct source *sources[SOURCES_MAX];
    unsigned source_count;
    struct layout layouts[WIRE_LAYOUTS_MAX]; /* of the frame being read */
    unsigned layout_count;
    struct source *committing; /* its sample is being handed out */
    struct sample *single;     /* the row of a frame that is no ROWS */
    struct texts single_texts;
};

/* ---- cursor: after the first fault everything reads as 0 ---- */

struct cursor {
    const unsigned char *at, *end;
    bool bad;
};

static size_t left(const struct cursor *c) {
    return (size_t)(c->end - c->at);
}

static unsigned take_byte(struct cursor *c) {
    if (c->at == c->end)
        c->bad = true;
    return c->bad ? 0 : *c->at++;
}

static uint64_t take_varint(struct cursor *c) {
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        unsigned b = take_byte(c);
        if (shift == 63 && b > 1)
            break;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return c->bad ? 0 : v;
    }
    c->bad = true;
    return 0;
}

static const char *take_bytes(struct cursor *c, size_t len) {
    if (c->bad || len > left(c)) {
        c->bad = true;
        return "";
    }
    const unsigned char *at = c->at;
    c->at += len;
    return (const char *)at;
}

static const char *take_text(struct cursor *c, size_t *len) {
    uint64_t n = take_varint(c);
    if (n > left(c))
        c->bad = true;
    *len = c->bad ? 0 : (size_t)n;
    return take_bytes(c, *len);
}

/* ---- schema ---- */

static int entity_by_name(const char *name, size_t len) {
    for (int e = 0; e < ENTITY_COUNT; e++)
        if (strlen(entities[e].name) == len && !memcmp(entities[e].name, name, len))
            return e;
    return -1;
}

static void schema_put(struct schema *s, size_t number, struct column column) {
    if (number >= s->count) {
        s->columns = memory_grow(s->columns, number + 1, sizeof *s->columns);
        memset(s->columns + s->count, 0, (number + 1 - s->count) * sizeof *s->columns);
        s->count = number + 1;
    }
    s->columns[number] = column;
}

static void schema_finish(struct schema *s) {
    free(s->columns);
    *s = (struct schema){0};
}

static void schema_of_ours(struct schema *s) {
    for (int f = 0; f < FIELD_COUNT; f++)
        schema_put(s, fields[f].number,
                   (struct column){(int16_t)f, (uint8_t)wire_of((enum field_type)fields[f].type), true});
}

/* An entry may be longer than what we know of: a newer writer says more. */
static void take_field_schema(struct cursor *c, int entity, struct schema *s) {
    size_t entry_len, name_len, type_len;
    const char *entry = take_text(c, &entry_len);
    struct cursor e = {(const unsigned char *)entry, (const unsigned char *)entry + entry_len, c->bad};
    uint64_t number = take_varint(&e);
    take_text(&e, &name_len);
    unsigned wire = take_byte(&e);
    const char *type = take_text(&e, &type_len);
    if (e.bad || number > WIRE_NUMBER_MAX) {
        c->bad = true;
        return;
    }
    struct column column = {-1, (uint8_t)wire, true};
    int f = field_by_number((unsigned)number);
    if (f >= 0 && fields[f].entity == entity) {
        const char *ours = field_type_name((enum field_type)fields[f].type);
        if (wire == wire_of((enum field_type)fields[f].type) && strlen(ours) == type_len &&
            !memcmp(ours, type, type_len))
            column.field = (int16_t)f;
    }
    schema_put(s, (size_t)number, column);
}

static bool read_schema(struct source *src, struct cursor *c) {
    struct schema s = {0};
    for (uint64_t n = take_varint(c); n > 0 && !c->bad; n--) {
        size_t len;
        const char *name = take_text(c, &len);
        int entity = entity_by_name(name, len);
        for (uint64_t f = take_varint(c); f > 0 && !c->bad; f--)
            take_field_schema(c, entity, &s);
    }
    if (c->bad || !s.count) {
        schema_finish(&s);
        return false;
    }
    schema_finish(&src->schema);
    src->schema = s;
    return true;
}

/* ---- rows ---- */

/* A file or a pipe is as hostile as a server. Cleaning what is clean changes nothing. */
static const struct text *keep_text(struct sample *sample, const char *bytes, size_t len) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t n = text_clean(clean, bytes, len);
    return sample_text(sample, clean, n);
}

static const struct text *take_reference(struct cursor *c, struct sample *sample, struct texts *texts) {
    uint64_t number = take_varint(c);
    if (number > texts->count)
        c->bad = true;
    if (c->bad)
        return text_empty;
    if (number)
        return texts->items[number - 1];
    size_t len;
    const char *bytes = take_text(c, &len);
    if (c->bad)
        return text_empty;
    if (texts->count == texts->cap) {
        texts->cap = texts->cap ? texts->cap * 2 : 64;
        texts->items = memory_grow(texts->items, texts->cap, sizeof *texts->items);
    }
    return texts->items[texts->count++] = keep_text(sample, bytes, len);
}

static void take_value(struct cursor *c, enum wire wire, struct sample *sample, struct texts *texts,
                       union cell *to) {
    switch (wire) {
    case WIRE_VARINT:
        to->u = take_varint(c);
        break;
    case WIRE_ZIGZAG:
        to->i = wire_unzigzag(take_varint(c));
        break;
    case WIRE_FIXED64: {
        const char *eight = take_bytes(c, 8);
        to->u = c->bad ? 0 : wire_get64((const unsigned char *)eight);
        break;
    }
    case WIRE_BYTE:
        to->u = take_byte(c) != 0;
        break;
    case WIRE_TEXT:
        to->s = take_reference(c, sample, texts);
        break;
    case WIRE_COUNT:
    default:
        c->bad = true;
    }
}

static void take_layout(struct stream_reader *r, struct cursor *c, const struct schema *s) {
    size_t len;
    const char *name = take_text(c, &len);
    uint64_t count = take_varint(c);
    if (c->bad || r->layout_count == WIRE_LAYOUTS_MAX || count > WIRE_COLUMNS_MAX) {
        c->bad = true;
        return;
    }
    struct layout *l = &r->layouts[r->layout_count++];
    l->entity = entity_by_name(name, len);
    l->count = (unsigned)count;
    for (unsigned i = 0; i < l->count; i++) {
        uint64_t number = take_varint(c);
        if (c->bad || number >= s->count || !s->columns[number].known) {
            c->bad = true;
            return;
        }
        l->columns[i] = s->columns[number];
        if (l->columns[i].field >= 0 && fields[l->columns[i].field].entity != l->entity)
            l->columns[i].field = -1;
    }
}

static void take_row(struct cursor *c, const struct layout *l, struct sample *sample, struct texts *texts) {
    struct row *row = l->entity >= 0 ? sample_add(sample, (enum entity)l->entity) : NULL;
    const char *bits = take_bytes(c, (l->count + 7) / 8);
    union cell nowhere;
    for (unsigned i = 0; i < l->count && !c->bad; i++) {
        if (!((unsigned char)bits[i / 8] >> (i % 8) & 1))
            continue;
        const struct column *col = &l->columns[i];
        bool ours = row && col->field >= 0;
        take_value(c, (enum wire)col->wire, sample, texts,
                   ours ? row_put(row, (enum field)col->field) : &nowhere);
    }
}

/* Reads the records of one frame into the sample; returns how many rows it had. */
static uint64_t take_records(struct stream_reader *r, struct cursor *c, const struct schema *s,
                             struct sample *sample, struct texts *texts) {
    uint64_t rows = 0;
    r->layout_count = 0;
    while (c->at < c->end && !c->bad) {
        uint64_t tag = take_varint(c);
        if (c->bad)
            break;
        if (!tag) {
            take_layout(r, c, s);
        } else if (tag > r->layout_count || rows == STREAM_ROWS_MAX) {
            c->bad = true;
        } else {
            take_row(c, &r->layouts[tag - 1], sample, texts);
            rows++;
        }
    }
    return rows;
}

static const struct schema *schema_for(const struct stream_reader *r, const struct source *src) {
    return src->schema.count ? &src->schema : &r->own;
}

/* ---- frames ---- */

static void damage(struct stream_reader *r, size_t bytes) {
    if (r->handler.on_damage)
        r->handler.on_damage(r->data, bytes);
}

/* The row of a frame that has exactly one, of that entity; NULL when the frame is not so. */
static const struct row *single_row(struct stream_reader *r, const struct source *src, struct cursor *c,
                                    enum entity entity) {
    sample_clear(r->single);
    r->single_texts.count = 0;
    uint64_t rows = take_records(r, c, schema_for(r, src), r->single, &r->single_texts);
    if (c->bad || rows != 1 || r->single->count != 1 || r->single->rows[0]->entity != entity)
        return NULL;
    return r->single->rows[0];
}

static void close_sample(struct stream_reader *r, struct source *src) {
    src->open = false;
    r->memory -= src->memory;
    src->memory = 0;
    src->texts.count = 0;
    if (src->texts.cap > 65536) {
        free(src->texts.items);
        src->texts = (struct texts){0};
    }
    sample_clear(src->sample);
}

static void lose_sample(struct stream_reader *r, struct source *src) {
    if (src->open)
        damage(r, src->frame_bytes);
    close_sample(r, src);
    src->told = true;
}

static bool on_begin(struct stream_reader *r, struct source *src, struct cursor *c) {
    if (src->open)
        lose_sample(r, src);
    const struct row *row = single_row(r, src, c, ENTITY_BEGIN);
    if (!row || !row_has(row, F_BEGIN_serial))
        return false;
    struct sample *s = src->sample;
    s->source = src->number;
    uint64_t shape = row_u64(row, F_BEGIN_shape, 0);
    s->shape = shape_name((unsigned)(shape < SHAPE_LIMIT ? shape : 0)) ? (enum shape)shape : SHAPE_NONE;
    s->target = row_u64(row, F_BEGIN_target, 0);
    s->serial = row_u64(row, F_BEGIN_serial, 0);
    s->asked_utc_ns = row_i64(row, F_BEGIN_asked_utc, 0);
    s->asked_mono_ns = row_i64(row, F_BEGIN_asked_mono, 0);
    src->open = true;
    src->told = false;
    src->rows = 0;
    src->frame_bytes = 0;
    return true;
}

static size_t rows_memory(const struct sample *sample, size_t first) {
    size_t bytes = 0;
    for (size_t i = first; i < sample->count; i++)
        bytes += row_size((enum entity)sample->rows[i]->entity) + sizeof *sample->rows;
    return bytes;
}

static bool on_rows(struct stream_reader *r, struct source *src, struct cursor *c) {
    if (!src->open)
        return src->told;
    size_t before = src->sample->count, texts_before = src->texts.count, payload = left(c);
    src->rows += take_records(r, c, schema_for(r, src), src->sample, &src->texts);
    size_t texts = src->texts.count - texts_before;
    size_t more = rows_memory(src->sample, before) + (texts ? payload + texts * 32 : 0);
    src->memory += more;
    r->memory += more;
    return !c->bad && r->memory <= SAMPLE_BYTES_MAX;
}

static void fill_end(struct sample *s, const struct row *row) {
    s->answered_utc_ns = row_i64(row, F_END_answered_utc, 0);
    s->answered_mono_ns = row_i64(row, F_END_answered_mono, 0);
    s->cost_ns = row_i64(row, F_END_cost, 0);
    s->took_ns = row_i64(row, F_END_took, 0);
    s->round_trip_ns = row_i64(row, F_END_round_trip, 0);
    s->bytes = row_u64(row, F_END_bytes, 0);
    s->dropped = row_u64(row, F_END_dropped, 0);
    uint64_t status = row_u64(row, F_END_http_status, 0), failure = row_u64(row, F_END_failure, 0);
    s->http_status = status <= 999 ? (int)status : 0;
    s->failure = failure < FAILURE_COUNT ? (enum failure)failure : FAILURE_BODY; /* a newer writer's */
    if (row_has(row, F_END_error)) {
        const struct text *error = row_cell(row, F_END_error)->s;
        s->error = sample_text(s, error->bytes, error->len);
    }
}

static bool on_end(struct stream_reader *r, struct source *src, struct cursor *c) {
    if (!src->open)
        return src->told;
    const struct row *row = single_row(r, src, c, ENTITY_END);
    if (!row || !row_has(row, F_END_serial) || row_u64(row, F_END_serial, 0) != src->sample->serial ||
        !row_has(row, F_END_rows) || row_u64(row, F_END_rows, 0) != src->rows)
        return false;
    fill_end(src->sample, row);
    r->committing = src;
    if (r->handler.on_sample &&
        src->sample->shape != SHAPE_NONE) /* a shape that we don't know is passed over */
        r->handler.on_sample(r->data, src->sample);
    r->committing = NULL;
    close_sample(r, src);
    return true;
}

/* The entity of frames that stand alone, plus one. */
static const uint8_t row_frames[] = {
    [FRAME_HELLO] = ENTITY_HELLO + 1, [FRAME_TARGET] = ENTITY_TARGET + 1, [FRAME_TICK] = ENTITY_TICK + 1,
    [FRAME_EVENT] = ENTITY_EVENT + 1, [FRAME_GAP] = ENTITY_GAP + 1,       [FRAME_COST] = ENTITY_COST + 1,
    [FRAME_LOG] = ENTITY_LOG + 1,
};

static bool on_single(struct stream_reader *r, struct source *src, unsigned kind, struct cursor *c) {
    if (kind >= sizeof row_frames || !row_frames[kind])
        return true; /* a kind that we don't know */
    const struct row *row = single_row(r, src, c, (enum entity)(row_frames[kind] - 1));
    if (row && r->handler.on_row)
        r->handler.on_row(r->data, src->number, (enum frame_kind)kind, row);
    return row != NULL;
}

static struct source *source_of(struct stream_reader *r, uint16_t number) {
    for (unsigned i = 0; i < r->source_count; i++)
        if (r->sources[i]->number == number)
            return r->sources[i];
    if (r->source_count == SOURCES_MAX)
        return NULL;
    struct source *src = memory_new(sizeof *src);
    src->number = number;
    src->sample = sample_create();
    src->told = true; /* a stream that is entered in the middle of a sample: nothing to tell */
    return r->sources[r->source_count++] = src;
}

static void source_destroy(struct source *src) {
    schema_finish(&src->schema);
    sample_destroy(src->sample);
    free(src->texts.items);
    free(src);
}

static void on_frame(struct stream_reader *r, const unsigned char *frame, size_t len) {
    unsigned kind = frame[8], flags = frame[9];
    struct cursor c = {frame + WIRE_HEADER, frame + len, false};
    if (flags)
        return; /* a newer writer's way to pack: not for us */
    struct source *src = source_of(r, wire_get16(frame + 10));
    if (!src) {
        damage(r, len);
        return;
    }
    bool in_sample = kind == FRAME_BEGIN || kind == FRAME_ROWS || kind == FRAME_END;
    bool fine = kind == FRAME_SCHEMA  ? read_schema(src, &c)
                : kind == FRAME_BEGIN ? on_begin(r, src, &c)
                : kind == FRAME_ROWS  ? on_rows(r, src, &c)
                : kind == FRAME_END   ? on_end(r, src, &c)
                                      : on_single(r, src, kind, &c);
    if (in_sample && src->open)
        src->frame_bytes += len;
    if (fine)
        return;
    if (in_sample && src->open) {
        lose_sample(r, src);
    } else {
        damage(r, len);
        src->told = src->told || in_sample;
    }
}

/* Bytes of the frame at the front; 0: not all of it is there; -1: no frame begins here. */
static long frame_at(struct stream_reader *r, const unsigned char *at, size_t len, size_t *claimed) {
    *claimed = 1;
    if (memcmp(at, WIRE_MAGIC, len < 4 ? len : 4))
        return -1;
    if (len < WIRE_HEADER)
        return 0;
    size_t payload = wire_get32(at + 4);
    if (payload > WIRE_PAYLOAD_MAX)
        return -1;
    if (len < WIRE_HEADER + payload)
        return 0;
    if (wire_get32(at + 12) == wire_sum(at + 8, at + WIRE_HEADER, payload))
        return (long)(WIRE_HEADER + payload);
    /* Many false headers in a row would make us sum the same bytes again and again. */
    r->bad_sum += payload;
    if (r->bad_sum > BAD_SUM_BYTES)
        *claimed = WIRE_HEADER + payload;
    return -1;
}

static size_t to_next_magic(const unsigned char *at, size_t len, size_t from) {
    const unsigned char *hit = from < len ? memmem(at + from, len - from, WIRE_MAGIC, 4) : NULL;
    if (hit)
        return (size_t)(hit - at);
    size_t keep = len - from < 3 ? len - from : 3; /* may be the first bytes of one */
    while (keep && memcmp(at + len - keep, WIRE_MAGIC, keep))
        keep--;
    return len - keep;
}

static void read_frames(struct stream_reader *r) {
    const unsigned char *data = (const unsigned char *)r->in.data;
    size_t at = 0, claimed;
    while (at < r->in.len) {
        long frame = frame_at(r, data + at, r->in.len - at, &claimed);
        if (!frame)
            break;
        if (frame < 0) {
            size_t skip = to_next_magic(data + at, r->in.len - at, claimed);
            r->skipped += skip;
            at += skip;
            continue;
        }
        if (r->skipped)
            damage(r, r->skipped);
        r->skipped = r->bad_sum = 0;
        on_frame(r, data + at, (size_t)frame);
        at += (size_t)frame;
    }
    buffer_consume(&r->in, at);
}

void stream_reader_feed(struct stream_reader *r, const char *bytes, size_t len) {
    while (len) {
        size_t n = len < SLICE_BYTES ? len : SLICE_BYTES;
        buffer_append(&r->in, bytes, n);
        bytes += n;
        len -= n;
        read_frames(r);
    }
}

struct sample *stream_reader_take(struct stream_reader *r) {
    struct sample *sample = r->committing->sample;
    r->committing->sample = sample_create();
    return sample;
}

void stream_reader_reset(struct stream_reader *r) {
    size_t lost = r->skipped + r->in.len;
    bool told = r->skipped > 0;
    r->in.len = 0;
    r->skipped = r->bad_sum = 0;
    for (unsigned i = 0; i < r->source_count; i++)
        source_destroy(r->sources[i]);
    r->source_count = 0;
    r->memory = 0;
    if (told)
        damage(r, lost);
}

struct stream_reader *stream_reader_create(const struct stream_handler *handler, void *data) {
    struct stream_reader *r = memory_new(sizeof *r);
    r->handler = *handler;
    r->data = data;
    r->single = sample_create();
    schema_of_ours(&r->own);
    return r;
}

void stream_reader_destroy(struct stream_reader *r) {
    if (!r)
        return;
    for (unsigned i = 0; i < r->source_count; i++)
        source_destroy(r->sources[i]);
    sample_destroy(r->single);
    free(r->single_texts.items);
    schema_finish(&r->own);
    buffer_finish(&r->in);
    free(r);
}
