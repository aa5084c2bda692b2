#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buffer.h"
#include "base/memory.h"
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
        a->cost_ns != b->cost_ns || a->took_ns != b->took_ns || a->bytes != b->bytes ||
        a->dropped != b->dropped || a->http_status != b->http_status || a->failure != b->failure ||
        strcmp(a->error->bytes, b->error->bytes) || a->count != b->count)
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
static void saw_sample(void *data, uint16_t source, const struct sample *sample) {
    struct seen *seen = data;
    seen->source = source;
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

/* ---- tests ---- */

START_TEST(tables_agree) {
    unsigned char taken[1024] = {0};
    for (int e = 0; e < ENTITY_COUNT; e++) {
        ck_assert_int_gt(entities[e].count, 0);
        ck_assert_int_le(entities[e].count, ROW_MAX_CELLS);
        for (int i = 0; i < entities[e].count; i++) {
            int f = (int)entities[e].first + i;
            ck_assert_int_eq(fields[f].entity, e);
            ck_assert_int_eq(fields[f].cell, i);
            ck_assert_int_lt(fields[f].number, 1024);
            ck_assert_msg(!taken[fields[f].number], "number %d twice", fields[f].number);
            taken[fields[f].number] = 1;
            ck_assert_int_eq(field_by_number(fields[f].number), f);
        }
    }
    ck_assert_int_eq(fields[F_STREAM_last_seq].number, 448);
    ck_assert_int_eq(fields[F_STREAM_last_seq].flags, FIELD_LEADER | FIELD_EXACT);
    ck_assert_int_eq(fields[F_SERVER_in_msgs].kind, KIND_COUNTER);
    ck_assert_str_eq(entities[ENTITY_CONSUMER].name, "consumer");
    ck_assert_int_eq(field_by_number(999), -1);
    ck_assert_int_eq(field_by_number(4000000000u), -1);
    ck_assert_str_eq(shape_name(SHAPE_JSZ), "jsz");
    ck_assert_ptr_null(shape_name(5));
    ck_assert_ptr_null(shape_name(77));
    ck_assert_int_eq(shape_by_name("connz_full"), SHAPE_CONNZ_FULL);
    ck_assert_int_eq(shape_by_name("nothing"), SHAPE_NONE);
    ck_assert_str_eq(field_type_name(TYPE_SPAN), "span");
    ck_assert_str_eq(failure_name(FAILURE_OTHER_SERVER), "other_server");
}
END_TEST

START_TEST(keys_compare_by_content) {
    struct sample *s = sample_create(), *t = sample_create();
    struct row *a = sample_add(s, ENTITY_REPLICA), *b = sample_add(t, ENTITY_REPLICA);
    row_put(a, F_REPLICA_account)->s = sample_text(s, "A", 1);
    row_put(a, F_REPLICA_stream)->s = sample_text(s, "B", 1);
    row_put(b, F_REPLICA_stream)->s = sample_text(t, "B", 1);
    ck_assert(!row_same_key(a, b));
    row_put(b, F_REPLICA_account)->s = sample_text(t, "A", 1);
    row_put(b, F_REPLICA_lag)->u = 5;
    ck_assert(row_same_key(a, b));
    ck_assert_uint_eq(row_key_hash(a), row_key_hash(b));
    row_put(b, F_REPLICA_consumer)->s = text_empty;
    ck_assert(!row_same_key(a, b));
    ck_assert_uint_ne(row_key_hash(a), row_key_hash(b));
    row_drop(b, F_REPLICA_consumer);
    row_put(b, F_REPLICA_stream)->s = sample_text(t, "A", 1);
    row_put(b, F_REPLICA_account)->s = sample_text(t, "B", 1);
    ck_assert_uint_ne(row_key_hash(a), row_key_hash(b));
    double v;
    ck_assert(row_number(b, F_REPLICA_lag, &v) && v == 5);
    ck_assert(!row_number(b, F_REPLICA_stream, &v));
    ck_assert(!row_number(a, F_REPLICA_lag, &v));
    ck_assert_uint_eq(row_u64(a, F_REPLICA_lag, 9), 9);
    sample_destroy(s);
    sample_destroy(t);
}
END_TEST

START_TEST(a_sample_keeps_addresses) {
    struct sample *s = sample_create();
    struct row *first = sample_add(s, ENTITY_TICK);
    row_put(first, F_TICK_utc)->i = 1;
    for (int i = 0; i < 10000; i++) {
        struct row *row = sample_add(s, ENTITY_CONSUMER);
        ck_assert(!row_has(row, F_CONSUMER_pending));
        row_put(row, F_CONSUMER_pending)->u = (uint64_t)i;
    }
    ck_assert_uint_eq(s->count, 1 + 10000);
    ck_assert_ptr_eq(s->rows[0], first);
    ck_assert_int_eq(row_i64(first, F_TICK_utc, 0), 1);
    ck_assert_uint_eq(row_u64(s->rows[1], F_CONSUMER_pending, 1), 0);
    ck_assert_uint_eq(row_u64(s->rows[10000], F_CONSUMER_pending, 0), 9999);
    ck_assert_ptr_eq(sample_first(s, ENTITY_CONSUMER), s->rows[1]);
    ck_assert_ptr_null(sample_first(s, ENTITY_STREAM));
    sample_clear(s);
    ck_assert_uint_eq(s->count, 0);
    ck_assert_str_eq(s->error->bytes, "");
    ck_assert_ptr_null(sample_first(s, ENTITY_CONSUMER));
    sample_destroy(s);
    sample_destroy(NULL);
}
END_TEST

START_TEST(samples_round_trip_at_any_cut) {
    struct seen expect = {0};
    struct buffer b = {0};
    static const size_t sizes[] = {0, 1, 2, 17, 511, 512, 513, 1500};
    stream_write_schema(&b, 9);
    for (unsigned i = 0; i < 8; i++) {
        expect.expect[i] = any_sample(i, sizes[i]);
        write_sample(&b, 9, expect.expect[i]);
    }
    static const size_t pieces[] = {1, 2, 7, 16, 1000, 65536, 1 << 24};
    for (unsigned i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct seen seen = read_all(&b, pieces[i], expect);
        ck_assert_uint_eq(seen.samples, 8);
        ck_assert_uint_eq(seen.wrong, 0);
        ck_assert_uint_eq(seen.damages, 0);
        ck_assert_uint_eq(seen.source, 9);
    }
    for (unsigned i = 0; i < 8; i++)
        sample_destroy((struct sample *)expect.expect[i]);
    buffer_finish(&b);
}
END_TEST

struct taking {
    struct stream_reader *reader;
    struct sample *taken[8];
    unsigned count;
};

static void take_every_other(void *data, uint16_t source, const struct sample *sample) {
    struct taking *taking = data;
    ck_assert_uint_eq(source, 9);
    if (sample->serial % 2 == 0)
        taking->taken[taking->count++] = stream_reader_take(taking->reader);
}

START_TEST(a_sample_that_is_taken_outlives_its_reader) {
    static const struct stream_handler taker = {.on_sample = take_every_other};
    struct taking taking = {0};
    struct sample *sent[8];
    struct buffer b = {0};
    stream_write_schema(&b, 9);
    for (unsigned i = 0; i < 8; i++) {
        sent[i] = any_sample(i, 100 * i);
        write_sample(&b, 9, sent[i]);
    }
    taking.reader = stream_reader_create(&taker, &taking);
    feed_cut(taking.reader, b.data, b.len, 1000);
    stream_reader_destroy(taking.reader);
    ck_assert_uint_eq(taking.count, 4);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert(same_sample(taking.taken[i], sent[2 * i]));
        sample_destroy(taking.taken[i]);
    }
    for (unsigned i = 0; i < 8; i++)
        sample_destroy(sent[i]);
    buffer_finish(&b);
}
END_TEST

START_TEST(single_rows_and_two_sources_interleave) {
    struct buffer one = {0}, two = {0}, b = {0};
    struct seen seen = {0};
    seen.expect[1] = any_sample(1, 600);
    seen.expect[2] = any_sample(2, 40);
    struct sample_writer *w = sample_writer_create(1);
    sample_writer_begin(w, &one, seen.expect[1]);
    for (size_t i = 0; i < 600; i++)
        sample_writer_row(w, seen.expect[1]->rows[i]);
    buffer_append(&b, one.data, one.len);
    size_t cut = one.len;
    write_sample(&two, 2, seen.expect[2]);
    buffer_append(&b, two.data, two.len);
    write_log(&b, 3, "in between");
    sample_writer_end(w, seen.expect[1]);
    buffer_append(&b, one.data + cut, one.len - cut);
    sample_writer_destroy(w);
    struct seen got = read_all(&b, 4096, seen);
    ck_assert_uint_eq(got.samples, 2);
    ck_assert_uint_eq(got.wrong, 0);
    ck_assert_uint_eq(got.rows, 1);
    ck_assert_uint_eq(got.damages, 0);
    ck_assert_str_eq(got.text, "in between");
    sample_destroy((struct sample *)seen.expect[1]);
    sample_destroy((struct sample *)seen.expect[2]);
    buffer_finish(&one);
    buffer_finish(&two);
    buffer_finish(&b);
}
END_TEST

START_TEST(frames_stay_below_their_limits) {
    struct sample *s = sample_create();
    struct buffer b = {0};
    char name[TEXT_MAX_BYTES + 1];
    s->serial = 1;
    s->shape = SHAPE_CONNZ_FULL;
    for (int i = 0; i < 5000; i++) {
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        for (int f = 0; f < entities[ENTITY_CONNECTION].count; f++) {
            enum field field = (enum field)((int)FIRST_CONNECTION + f);
            memset(name, 'x', sizeof name);
            snprintf(name, sizeof name, "%d-%d", i, f);
            name[strlen(name)] = '.';
            if (fields[field].type == TYPE_TEXT)
                row_put(row, field)->s = sample_text(s, name, TEXT_MAX_BYTES);
            else
                row_put(row, field)->u = UINT64_MAX;
        }
    }
    write_sample(&b, 0, s);
    size_t frames = 0, at = 0;
    while (at < b.len) {
        const unsigned char *h = (const unsigned char *)b.data + at;
        size_t len = 16 + (h[4] | (size_t)h[5] << 8 | (size_t)h[6] << 16 | (size_t)h[7] << 24);
        ck_assert_mem_eq(h, "NsF1", 4);
        ck_assert_uint_lt(len, STREAM_FRAME_MAX);
        at += len;
        frames++;
    }
    ck_assert_uint_ge(frames, 2 + 5000 / STREAM_ROWS_MAX);
    struct seen expect = {0};
    expect.expect[1] = s;
    struct seen seen = read_all(&b, 100000, expect);
    ck_assert_uint_eq(seen.samples, 1);
    ck_assert_uint_eq(seen.wrong, 0);
    sample_destroy(s);
    buffer_finish(&b);
}
END_TEST

static struct buffer three_samples(struct seen *expect) {
    struct buffer b = {0};
    for (unsigned i = 1; i <= 3; i++) {
        expect->expect[i] = any_sample(i, 3);
        write_sample(&b, 0, expect->expect[i]);
    }
    return b;
}
static void forget(struct seen *expect) {
    for (unsigned i = 0; i < SEEN_MAX; i++)
        sample_destroy((struct sample *)expect->expect[i]);
}

START_TEST(truncated_at_every_byte) {
    struct seen expect = {0};
    struct buffer b = three_samples(&expect);
    for (size_t len = 0; len < b.len; len++) {
        struct seen seen = expect;
        struct stream_reader *reader = stream_reader_create(&handler, &seen);
        stream_reader_feed(reader, b.data, len);
        ck_assert_uint_lt(seen.samples, 3);
        ck_assert_uint_eq(seen.wrong, 0);
        ck_assert_uint_eq(seen.damages, 0);
        unsigned before = seen.samples;
        stream_reader_reset(reader); /* the writer died; a new one begins */
        stream_reader_feed(reader, b.data, b.len);
        ck_assert_uint_eq(seen.samples, before + 3);
        ck_assert_uint_eq(seen.wrong, 0);
        ck_assert_uint_eq(seen.damages, 0);
        stream_reader_destroy(reader);
    }
    forget(&expect);
    buffer_finish(&b);
}
END_TEST

START_TEST(a_flipped_byte_costs_its_own_sample_only) {
    struct seen expect = {0};
    struct buffer b = three_samples(&expect);
    write_log(&b, 0, "the end");
    struct buffer tail = {0};
    char *filler =
        memory_new(STREAM_FRAME_MAX); /* a length that was damaged is waited for: give it what it wants */
    buffer_append(&tail, filler, STREAM_FRAME_MAX);
    write_log(&tail, 0, "after all");
    for (size_t at = 0; at < b.len; at++) {
        b.data[at] = (char)(b.data[at] ^ 0x41);
        struct seen seen = expect;
        struct stream_reader *reader = stream_reader_create(&handler, &seen);
        feed_cut(reader, b.data, b.len, 333);
        stream_reader_feed(reader, tail.data, tail.len);
        ck_assert_uint_ge(seen.samples, 2);
        ck_assert_uint_eq(seen.wrong, 0);
        ck_assert_uint_ge(seen.damages, 1);
        ck_assert_str_eq(seen.text, "after all");
        stream_reader_destroy(reader);
        b.data[at] = (char)(b.data[at] ^ 0x41);
    }
    free(filler);
    forget(&expect);
    buffer_finish(&b);
    buffer_finish(&tail);
}
END_TEST

START_TEST(garbage_between_frames_is_skipped_and_counted) {
    struct seen expect = {0};
    struct buffer b = {0};
    expect.expect[1] = any_sample(1, 5);
    buffer_append_text(&b, "HTTP/1.1 200 OK\r\n\r\nNsNsFNsF1");
    write_sample(&b, 0, expect.expect[1]);
    buffer_append_text(&b, "NsF1 this is no frame NsF");
    write_sample(&b, 0, expect.expect[1]);
    for (size_t piece = 1; piece < 40; piece++) {
        struct seen seen = read_all(&b, piece, expect);
        ck_assert_uint_eq(seen.samples, 2);
        ck_assert_uint_eq(seen.damages, 2);
        ck_assert_uint_eq(seen.skipped, 28 + 25);
    }
    forget(&expect);
    buffer_finish(&b);
}
END_TEST

START_TEST(a_lost_rows_frame_loses_the_sample) {
    struct seen expect = {0};
    struct buffer b = {0}, without = {0};
    expect.expect[1] = any_sample(1, 700);
    expect.expect[2] = any_sample(2, 1);
    write_sample(&b, 0, expect.expect[1]);
    size_t at = 0;
    for (int n = 0; at < b.len; n++) {
        const unsigned char *h = (const unsigned char *)b.data + at;
        size_t len = 16 + (h[4] | (size_t)h[5] << 8 | (size_t)h[6] << 16);
        if (n != 1)
            buffer_append(&without, h, len);
        at += len;
    }
    write_sample(&without, 0, expect.expect[2]);
    struct seen seen = read_all(&without, 9999, expect);
    ck_assert_uint_eq(seen.samples, 1);
    ck_assert_uint_eq(seen.wrong, 0);
    ck_assert_uint_eq(seen.damages, 1);
    forget(&expect);
    buffer_finish(&b);
    buffer_finish(&without);
}
END_TEST

/* A writer of the future: a further entity, further fields of known and unknown types, an entry that says
 * more. */
static void future_schema(struct buffer *out) {
    struct buffer p = {0};
    buffer_append_varint(&p, 4);
    word(&p, "begin");
    buffer_append_varint(&p, 4);
    field_entry(&p, 40, "target", 0, "u64", true);
    field_entry(&p, 41, "shape", 0, "u64", false);
    field_entry(&p, 42, "serial", 0, "u64", false);
    field_entry(&p, 9000, "mood", 4, "text", false);
    word(&p, "end");
    buffer_append_varint(&p, 2);
    field_entry(&p, 50, "serial", 0, "u64", false);
    field_entry(&p, 58, "rows", 0, "u64", false);
    word(&p, "tick");
    buffer_append_varint(&p, 7);
    field_entry(&p, 70, "utc", 1, "time", false);
    field_entry(&p, 71, "mono", 0, "u64", false); /* another type than ours: absent */
    field_entry(&p, 9001, "a", 0, "u128", false);
    field_entry(&p, 9002, "b", 2, "f64", true);
    field_entry(&p, 9003, "c", 3, "bool", false);
    field_entry(&p, 9004, "d", 4, "text", false);
    field_entry(&p, 9005, "e", 1, "i64", false);
    word(&p, "comet");
    buffer_append_varint(&p, 1);
    field_entry(&p, 9100, "tail", 4, "text", false);
    raw_frame(out, FRAME_SCHEMA, 0, 5, &p);
    buffer_finish(&p);
}

static void future_tick(struct buffer *out) {
    struct buffer p = {0};
    static const unsigned columns[] = {9004, 9001, 70, 9002, 9003, 71, 9005};
    byte(&p, 0);
    word(&p, "tick");
    buffer_append_varint(&p, 7);
    for (int i = 0; i < 7; i++)
        buffer_append_varint(&p, columns[i]);
    byte(&p, 1);
    byte(&p, 0x7f);
    byte(&p, 0);
    word(&p, "new");
    buffer_append_varint(&p, 123456);
    buffer_append_varint(&p, 2 * 77); /* utc = 77 */
    buffer_append(&p, "12345678", 8);
    byte(&p, 1);
    buffer_append_varint(&p, 5);
    buffer_append_varint(&p, 3);
    raw_frame(out, FRAME_TICK, 0, 5, &p);
    buffer_finish(&p);
}

/* BEGIN, a frame with a row of an unknown entity and one of ours that refers to its text, END. */
static void future_sample(struct buffer *out) {
    struct buffer p = {0};
    byte(&p, 0);
    word(&p, "begin");
    buffer_append_varint(&p, 4);
    for (unsigned i = 40; i < 43; i++)
        buffer_append_varint(&p, i);
    buffer_append_varint(&p, 9000);
    byte(&p, 1);
    byte(&p, 0x0f);
    byte(&p, 3);
    byte(&p, SHAPE_JSZ);
    byte(&p, 1);
    byte(&p, 0);
    word(&p, "gloomy");
    raw_frame(out, FRAME_BEGIN, 0, 5, &p);
    p.len = 0;
    byte(&p, 0);
    word(&p, "comet");
    buffer_append_varint(&p, 1);
    buffer_append_varint(&p, 9100);
    byte(&p, 1);
    byte(&p, 1);
    byte(&p, 0);
    word(&p, "n1");
    byte(&p, 0);
    word(&p, "tick");
    buffer_append_varint(&p, 2);
    buffer_append_varint(&p, 9004);
    buffer_append_varint(&p, 70);
    byte(&p, 2);
    byte(&p, 3);
    byte(&p, 1); /* the text that the comet brought */
    byte(&p, 8); /* 4 */
    raw_frame(out, FRAME_ROWS, 0, 5, &p);
    p.len = 0;
    byte(&p, 0);
    word(&p, "end");
    buffer_append_varint(&p, 2);
    buffer_append_varint(&p, 50);
    buffer_append_varint(&p, 58);
    byte(&p, 1);
    byte(&p, 3);
    byte(&p, 1);
    byte(&p, 2); /* the row that we can't know counts */
    raw_frame(out, FRAME_END, 0, 5, &p);
    buffer_finish(&p);
}

START_TEST(a_newer_writer_is_understood_as_far_as_we_know) {
    struct seen seen = {0};
    struct buffer b = {0}, empty = {0};
    future_schema(&b);
    future_tick(&b);
    raw_frame(&b, 77, 0, 5, &empty);         /* a kind of the future */
    raw_frame(&b, FRAME_TICK, 1, 5, &empty); /* a packing of the future */
    future_sample(&b);
    struct sample *s = sample_create();
    s->target = 3;
    s->serial = 1;
    s->shape = SHAPE_JSZ;
    row_put(sample_add(s, ENTITY_TICK), F_TICK_utc)->i = 4;
    seen.expect[1] = s;
    struct seen got = read_all(&b, 3, seen);
    ck_assert_uint_eq(got.damages, 0);
    ck_assert_uint_eq(got.rows, 1);
    ck_assert_int_eq(got.kind, FRAME_TICK);
    ck_assert_int_eq(got.utc, 77);
    ck_assert_uint_eq(got.samples, 1);
    ck_assert_uint_eq(got.wrong, 0);
    sample_destroy(s);
    buffer_finish(&b);
    buffer_finish(&empty);
}
END_TEST

START_TEST(a_field_that_no_schema_names_is_damage) {
    struct seen seen = {0};
    struct buffer b = {0};
    future_tick(&b); /* without its schema */
    write_log(&b, 5, "next");
    struct seen got = read_all(&b, 1000, seen);
    ck_assert_uint_eq(got.damages, 1);
    ck_assert_uint_eq(got.rows, 1);
    ck_assert_str_eq(got.text, "next");
    buffer_finish(&b);
}
END_TEST

START_TEST(hostile_text_is_cleaned_on_reading) {
    struct seen seen = {0};
    struct buffer b = {0};
    write_log(&b, 0, "red \033[31m\xff end");
    struct seen got = read_all(&b, 1000, seen);
    ck_assert_ptr_null(strchr(got.text, '\033'));
    ck_assert_int_eq(strncmp(got.text, "red \xef\xbf\xbd", 7), 0);
    buffer_finish(&b);
}
END_TEST

/* Right checksums around random payloads: nothing is believed, nothing is delivered that was not whole. */
START_TEST(random_payloads_do_no_harm) {
    struct seen seen = {0};
    struct buffer b = {0}, p = {0};
    for (int i = 0; i < 20000; i++) {
        p.len = 0;
        for (size_t n = below(60); n; n--)
            byte(&p, below(3) ? (int)below(6) : (int)any());
        if (below(2)) {
            struct buffer q = {0};
            byte(&q, 0);
            word(&q, entities[below(ENTITY_COUNT)].name);
            buffer_append(&q, p.data, p.len);
            raw_frame(&b, (int)below(13), 0, (int)below(80), &q);
            buffer_finish(&q);
        } else {
            raw_frame(&b, (int)below(13), 0, (int)below(80), &p);
        }
    }
    struct seen got = read_all(&b, 5000, seen);
    ck_assert_uint_gt(got.damages, 1000);
    buffer_finish(&b);
    buffer_finish(&p);
}
END_TEST

START_TEST(an_endless_sample_is_dropped) {
    struct seen expect = {0};
    struct buffer b = {0};
    struct sample *s = any_sample(1, 512);
    expect.expect[2] = any_sample(2, 2);
    struct sample_writer *w = sample_writer_create(0);
    struct seen seen = expect;
    struct stream_reader *reader = stream_reader_create(&handler, &seen);
    sample_writer_begin(w, &b, s);
    for (size_t total = 0; total < (100u << 20) && !seen.damages; total += b.len, b.len = 0) {
        for (int n = 0; n < 4096; n++)
            sample_writer_row(w, s->rows[n % 512]);
        stream_reader_feed(reader, b.data, b.len);
    }
    ck_assert_uint_eq(seen.damages, 1);
    b.len = 0;
    sample_writer_end(w, s);
    write_sample(&b, 0, expect.expect[2]);
    stream_reader_feed(reader, b.data, b.len);
    ck_assert_uint_eq(seen.samples, 1);
    ck_assert_uint_eq(seen.wrong, 0);
    ck_assert_uint_eq(seen.damages, 1);
    stream_reader_destroy(reader);
    sample_writer_destroy(w);
    sample_destroy(s);
    forget(&expect);
    buffer_finish(&b);
}
END_TEST

/* 16 bytes each that all claim a long frame: the work stays in proportion to the bytes. */
START_TEST(false_headers_cost_no_more_than_their_bytes) {
    struct seen seen = {0};
    struct buffer b = {0};
    while (b.len < (4u << 20))
        buffer_append(&b, "NsF1\xf0\xff\x0f\0\5\0\0\0....", 16);
    char *filler = memory_new(STREAM_FRAME_MAX);
    buffer_append(&b, filler, STREAM_FRAME_MAX);
    write_log(&b, 0, "through");
    struct seen got = read_all(&b, 65536, seen);
    ck_assert_str_eq(got.text, "through");
    ck_assert_uint_eq(got.damages, 1);
    free(filler);
    buffer_finish(&b);
}
END_TEST

int main(void) {
    Suite *s = suite_create("sample/stream");
    TCase *tc = tcase_create("stream");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, tables_agree);
    tcase_add_test(tc, keys_compare_by_content);
    tcase_add_test(tc, a_sample_keeps_addresses);
    tcase_add_test(tc, samples_round_trip_at_any_cut);
    tcase_add_test(tc, a_sample_that_is_taken_outlives_its_reader);
    tcase_add_test(tc, single_rows_and_two_sources_interleave);
    tcase_add_test(tc, frames_stay_below_their_limits);
    tcase_add_test(tc, truncated_at_every_byte);
    tcase_add_test(tc, a_flipped_byte_costs_its_own_sample_only);
    tcase_add_test(tc, garbage_between_frames_is_skipped_and_counted);
    tcase_add_test(tc, a_lost_rows_frame_loses_the_sample);
    tcase_add_test(tc, a_newer_writer_is_understood_as_far_as_we_know);
    tcase_add_test(tc, a_field_that_no_schema_names_is_damage);
    tcase_add_test(tc, hostile_text_is_cleaned_on_reading);
    tcase_add_test(tc, random_payloads_do_no_harm);
    tcase_add_test(tc, an_endless_sample_is_dropped);
    tcase_add_test(tc, false_headers_cost_no_more_than_their_bytes);
    suite_add_tcase(s, tc);
    SRunner *sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed != 0;
}
