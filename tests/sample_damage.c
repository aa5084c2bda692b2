/* Streams that were cut, flipped, made up: nothing is believed that was not whole. */
#include "base/memory.h"
#include "tests/harness/frames.h"
#include "tests/harness/suite.h"

static struct buffer three_samples(struct seen *expect) {
    struct buffer b = {0};
    for (unsigned i = 1; i <= 3; i++) {
        expect->expect[i] = any_sample(i, 3);
        write_sample(&b, 0, expect->expect[i]);
    }
    return b;
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
    Suite *suite = suite_create("sample/stream, damaged");
    TCase *c = tcase_create("damage");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, truncated_at_every_byte);
    tcase_add_test(c, a_flipped_byte_costs_its_own_sample_only);
    tcase_add_test(c, garbage_between_frames_is_skipped_and_counted);
    tcase_add_test(c, a_lost_rows_frame_loses_the_sample);
    tcase_add_test(c, hostile_text_is_cleaned_on_reading);
    tcase_add_test(c, random_payloads_do_no_harm);
    tcase_add_test(c, an_endless_sample_is_dropped);
    tcase_add_test(c, false_headers_cost_no_more_than_their_bytes);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
