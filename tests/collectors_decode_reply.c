/* Replies over NATS: the document of the endpoint of the same name in an envelope. */
#include "base/clock.h"
#include "base/memory.h"
#include "tests/harness/decoded.h"
#include "tests/harness/suite.h"

static struct said decode_reply(enum shape shape, const char *server, const char *body) {
    return decode_begun(decoder_start_reply, shape, server, body, strlen(body), 7);
}

static void same_cell(const struct row *a, const struct row *b, enum field f) {
    if (fields[f].type == TYPE_TEXT)
        ck_assert_str_eq(row_text(a, f), row_text(b, f));
    else
        ck_assert_uint_eq(row_cell(a, f)->u, row_cell(b, f)->u);
}

static void same_row(const struct row *a, const struct row *b) {
    ck_assert_int_eq(a->entity, b->entity);
    for (int c = 0; c < a->cells; c++) {
        enum field f = (enum field)((int)entities[a->entity].first + c);
        ck_assert_msg(row_has(a, f) == row_has(b, f), "%s", fields[f].name);
        if (row_has(a, f))
            same_cell(a, b, f);
    }
}

static const struct {
    const char *file;
    enum shape shape;
} recorded[] = {
    {"2.15.2-n1-varz", SHAPE_VARZ},      {"2.15.2-n1-connz", SHAPE_CONNZ_HOT},
    {"2.15.2-n1-jsz", SHAPE_JSZ},        {"2.15.2-n2-jsz", SHAPE_JSZ},
    {"2.15.2-n1-routez", SHAPE_ROUTEZ},  {"2.15.2-n1-subsz", SHAPE_SUBSZ},
    {"2.15.2-super-leafz", SHAPE_LEAFZ}, {"2.15.2-super-gatewayz", SHAPE_GATEWAYZ},
    {"2.9.10-n1-varz", SHAPE_VARZ},      {"2.9.10-n1-jsz", SHAPE_JSZ},
};

/* Whatever stands before and behind it. */
START_TEST(the_document_is_the_same) {
    size_t len;
    char *bare = load(recorded[_i].file, &len);
    struct said a = decode_in(recorded[_i].shape, "n1", bare, len, 100);
    char *reply = memory_format("{\"server\":{\"name\":\"other\",\"id\":\"NOBODY\",\"seq\":7,"
                                "\"time\":\"2026-11-22T05:22:49.5Z\",\"tags\":[\"a\",{\"data\":1}]},"
                                "\"data\":%.*s,\"later\":{\"data\":{\"server_id\":\"X\"}}}",
                                (int)len, bare);
    struct said b = decode_begun(decoder_start_reply, recorded[_i].shape, "n1", reply, strlen(reply), 4096);
    ck_assert_int_eq(a.failure, FAILURE_NONE);
    ck_assert_msg(b.failure == FAILURE_NONE, "%s", b.error);
    ck_assert(b.nats);
    ck_assert_uint_gt(a.rows->count, 1);
    ck_assert_uint_eq(a.rows->count, b.rows->count);
    for (size_t i = 0; i < a.rows->count; i++)
        same_row(a.rows->rows[i], b.rows->rows[i]);
    sample_destroy(a.rows);
    sample_destroy(b.rows);
    free(reply);
    free(bare);
}
END_TEST

/* /healthz does not say who answers, nor when; its envelope does. */
START_TEST(the_envelope_says_who_answers) {
    struct said s = decode_reply(SHAPE_HEALTHZ, NULL,
                                 "{\"server\":{\"name\":\"n1\",\"id\":\"NA\",\"time\":"
                                 "\"2026-11-22T05:22:49.5Z\"},\"data\":{\"status\":\"ok\"}}");
    ck_assert_int_eq(s.failure, FAILURE_NONE);
    const struct row *answer = sample_first(s.rows, ENTITY_ANSWER);
    ck_assert_str_eq(row_text(answer, F_ANSWER_server_id), "NA");
    ck_assert_int_eq(row_i64(answer, F_ANSWER_now, 0), 1795324969500 * NS_PER_MS);
    ck_assert_str_eq(row_text(sample_first(s.rows, ENTITY_HEALTH), F_HEALTH_status), "ok");
    sample_destroy(s.rows);
}
END_TEST

START_TEST(a_refusal_is_a_failure) {
    struct said s = decode_reply(SHAPE_CONNZ_HOT, NULL,
                                 "{\"server\":{\"id\":\"NA\"},\"data\":null,\"error\":{\"code\":400,"
                                 "\"description\":\"json: cannot unmarshal string\"}}");
    ck_assert_int_eq(s.failure, FAILURE_HTTP);
    ck_assert_str_eq(s.error, "the server refused: json: cannot unmarshal string (400)");
    sample_destroy(s.rows);
}
END_TEST

START_TEST(what_is_no_reply) {
    static const struct {
        const char *body;
        enum failure failure;
    } wrong[] = {{"{\"server\":{\"id\":\"NA\"},\"data\":{\"server_id\":\"NA\"", FAILURE_CUT},
                 {"", FAILURE_BODY},
                 {"+OK", FAILURE_BODY},
                 {"{\"server\":{\"id\":\"NA\"}}{}", FAILURE_BODY}};
    struct said s = decode_reply(SHAPE_VARZ, NULL, wrong[_i].body);
    ck_assert_int_eq(s.failure, wrong[_i].failure);
    ck_assert_ptr_null(sample_first(s.rows, ENTITY_SERVER));
    sample_destroy(s.rows);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors: replies");
    TCase *tc = tcase_create("replies");
    tcase_add_loop_test(tc, the_document_is_the_same, 0, sizeof recorded / sizeof *recorded);
    tcase_add_test(tc, the_envelope_says_who_answers);
    tcase_add_test(tc, a_refusal_is_a_failure);
    tcase_add_loop_test(tc, what_is_no_reply, 0, 4);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
