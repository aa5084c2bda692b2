/* Bodies that are cut, deep, hostile, too large. */
#include "base/memory.h"
#include "tests/harness/decoded.h"
#include "tests/harness/suite.h"

START_TEST(faults_are_told_apart) {
    static const struct {
        const char *body, *error;
        enum failure failure;
    } cases[] = {
        {"", "the body is empty", FAILURE_BODY},
        {"{\"server_id\":", "the body ends in the middle, after 13 bytes", FAILURE_CUT},
        {"404 page not found\n", "not JSON: more behind the document at byte 4", FAILURE_BODY},
        {"<html>", "not JSON: no value where one is due at byte 0", FAILURE_BODY},
        {"{\"a\":01}", "not JSON: a malformed number at byte 7", FAILURE_BODY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct said s = decode(SHAPE_VARZ, NULL, cases[i].body);
        ck_assert_int_eq(s.failure, cases[i].failure);
        ck_assert_str_eq(s.error, cases[i].error);
        ck_assert(!s.nats || s.failure != FAILURE_NONE);
        sample_destroy(s.rows);
    }
}
END_TEST

START_TEST(deep_bodies_end_early) {
    char *deep = memory_new(200001);
    for (int kind = 0; kind < 2; kind++) {
        struct buffer b = {0};
        buffer_append_text(&b, "{\"server_id\":\"A\",\"connections\":");
        for (int i = 0; i < 100000; i++)
            buffer_append_text(&b, kind ? "[" : "{\"connections\":");
        struct said s = decode_in(SHAPE_CONNZ_FULL, NULL, b.data, b.len, 4096);
        ck_assert_int_eq(s.failure, FAILURE_BODY);
        ck_assert_str_eq(s.error, "nested deeper than 2048 levels");
        sample_destroy(s.rows);
        buffer_finish(&b);
    }
    free(deep);
}
END_TEST

START_TEST(hostile_names) {
    struct buffer b = {0};
    buffer_append_text(&b, "{\"server_id\":\"A\",\"connections\":[");
    static const char *const names[] = {"a\\u0000b", "\\u001b[31mred", "\\u202eevil", "bad\xff\xfeutf",
                                        "\\ud800"};
    for (size_t i = 0; i < 5; i++)
        buffer_printf(&b, "{\"cid\":%zu,\"name\":\"%s\"},", i, names[i]);
    for (int i = 0; i < 2; i++) {
        buffer_printf(&b, "{\"cid\":%d,\"name\":\"", 5 + i);
        for (int n = 0; n < 1 << 20; n++)
            buffer_append(&b, "n", 1);
        buffer_printf(&b, "%d\"}%s", i, i ? "" : ",");
    }
    buffer_append_text(&b, "]}");
    static const char *const clean[] = {"a\xef\xbf\xbd"
                                        "b",
                                        "\xef\xbf\xbd[31mred",
                                        "\xef\xbf\xbd"
                                        "evil",
                                        "bad\xef\xbf\xbdutf", "\xef\xbf\xbd"};
    static const size_t pieces[] = {1, 7, 4096, 1 << 22};
    for (int p = 0; p < 4; p++) {
        struct said s = decode_in(SHAPE_CONNZ_FULL, NULL, b.data, b.len, pieces[p]);
        ck_assert_int_eq(s.failure, FAILURE_NONE);
        ck_assert_uint_eq(count_of(s.rows, ENTITY_CONNECTION), 7);
        for (size_t i = 0; i < 5; i++)
            ck_assert_str_eq(row_text(s.rows->rows[i], F_CONNECTION_name), clean[i]);
        const char *x = row_text(s.rows->rows[5], F_CONNECTION_name),
                   *y = row_text(s.rows->rows[6], F_CONNECTION_name);
        ck_assert_uint_eq(strlen(x), TEXT_MAX_BYTES);
        ck_assert_int_eq(x[TEXT_MAX_BYTES - 9], '~');
        ck_assert_int_eq(strncmp(x, y, TEXT_MAX_BYTES - 8), 0);
        ck_assert_str_ne(x, y); /* the same for a megabyte, then another: two names */
        sample_destroy(s.rows);
    }
    buffer_finish(&b);
}
END_TEST

static bool same_rows(const struct sample *a, const struct sample *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct row *x = a->rows[i], *y = b->rows[i];
        if (x->entity != y->entity || memcmp(x->present, y->present, sizeof x->present))
            return false;
        for (int c = 0; c < x->cells; c++) {
            enum field f = (enum field)((int)entities[x->entity].first + c);
            if (!row_has(x, f))
                continue;
            if (fields[f].type == TYPE_TEXT ? strcmp(row_text(x, f), row_text(y, f))
                                            : x->cell[c].u != y->cell[c].u)
                return false;
        }
    }
    return true;
}

/* Cut at each byte: never whole, never a crash; fed in any pieces: the same rows. */
START_TEST(any_cut_is_told_and_any_piece_gives_the_same) {
    static const struct {
        enum shape shape;
        const char *name;
    } bodies[] = {{SHAPE_VARZ, "2.15.2-n1-varz"},
                  {SHAPE_CONNZ_HOT, "2.9.10-n2-connz"},
                  {SHAPE_JSZ, "2.15.2-n2-jsz"},
                  {SHAPE_ROUTEZ, "2.9.10-n1-routez"},
                  {SHAPE_LEAFZ, "2.9.10-super-leafz"},
                  {SHAPE_HEALTHZ, "2.9.10-n1-healthz"},
                  {SHAPE_GATEWAYZ, "2.15.2-super-gatewayz"},
                  {SHAPE_SUBSZ, "2.15.2-n3-subsz"}};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        size_t len;
        char *body = load(bodies[i].name, &len);
        while (len && body[len - 1] == '\n')
            len--;
        struct said whole = decode_in(bodies[i].shape, "n2", body, len, len);
        for (size_t piece = 1; piece < 20; piece += 3) {
            struct said s = decode_in(bodies[i].shape, "n2", body, len, piece);
            ck_assert_msg(same_rows(whole.rows, s.rows), "%s in pieces of %zu", bodies[i].name, piece);
            sample_destroy(s.rows);
        }
        for (size_t cut = 0; cut < len; cut++) {
            struct said s = decode_in(bodies[i].shape, "n2", body, cut, 1000);
            ck_assert_int_eq(s.failure, cut ? FAILURE_CUT : FAILURE_BODY);
            sample_destroy(s.rows);
        }
        sample_destroy(whole.rows);
        free(body);
    }
}
END_TEST

static void count_row(void *data, const struct row *row) {
    (void)row;
    ++*(uint64_t *)data;
}

START_TEST(bodies_and_rows_are_capped) {
    struct decoder *d = decoder_create();
    uint64_t rows = 0;
    char error[100], *urls = memory_new(1 << 20);
    decoder_start(d, SHAPE_VARZ, NULL, count_row, &rows);
    decoder_feed(d, "{\"connect_urls\":[\"\"", 19);
    for (int i = 0; i < 1 << 20; i += 4)
        memcpy(urls + i, ",\"a\"", 4);
    for (int i = 0; i < 10; i++)
        ck_assert(decoder_feed(d, urls, 1 << 20));
    ck_assert_uint_eq(rows, DECODE_MAX_ROWS);
    ck_assert_uint_eq(decoder_dropped(d), 1 + 10 * (1 << 18) - DECODE_MAX_ROWS);
    for (int i = 10; i < 63; i++)
        ck_assert(decoder_feed(d, urls, 1 << 20));
    ck_assert(!decoder_feed(d, urls, 1 << 20)); /* 64 MiB and 19 bytes */
    ck_assert_int_eq(decoder_finish(d, error, sizeof error), FAILURE_TOO_LARGE);
    ck_assert_str_eq(error, "the body is larger than 64 MiB");
    free(urls);
    decoder_destroy(d);
    decoder_destroy(NULL);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/decode of faulty bodies");
    TCase *c = tcase_create("decode");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, faults_are_told_apart);
    tcase_add_test(c, deep_bodies_end_early);
    tcase_add_test(c, hostile_names);
    tcase_add_test(c, any_cut_is_told_and_any_piece_gives_the_same);
    tcase_add_test(c, bodies_and_rows_are_capped);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
