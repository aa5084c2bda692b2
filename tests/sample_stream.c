/* What is written is read: at any cut, from several sources, from a newer writer. */
#include "tests/harness/frames.h"
#include "tests/harness/suite.h"

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

START_TEST(a_sample_whose_only_texts_are_empty) {
    struct seen expect = {0};
    struct buffer b = {0};
    struct sample *s = sample_create();
    s->serial = 1;
    s->shape = SHAPE_CONNZ_HOT;
    for (int i = 0; i < 2; i++)
        row_put(sample_add(s, ENTITY_CONNECTION), F_CONNECTION_name)->s = text_empty;
    expect.expect[1] = s;
    write_sample(&b, 0, s);
    struct seen seen = read_all(&b, 1000, expect);
    ck_assert_uint_eq(seen.samples, 1);
    ck_assert_uint_eq(seen.wrong, 0);
    sample_destroy(s);
    buffer_finish(&b);
}
END_TEST

struct taking {
    struct stream_reader *reader;
    struct sample *taken[8];
    unsigned count;
};

static void take_every_other(void *data, const struct sample *sample) {
    struct taking *taking = data;
    ck_assert_uint_eq(sample->source, 9);
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

int main(void) {
    Suite *suite = suite_create("sample/stream");
    TCase *c = tcase_create("stream");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, samples_round_trip_at_any_cut);
    tcase_add_test(c, a_sample_whose_only_texts_are_empty);
    tcase_add_test(c, a_sample_that_is_taken_outlives_its_reader);
    tcase_add_test(c, single_rows_and_two_sources_interleave);
    tcase_add_test(c, frames_stay_below_their_limits);
    tcase_add_test(c, a_newer_writer_is_understood_as_far_as_we_know);
    tcase_add_test(c, a_field_that_no_schema_names_is_damage);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
