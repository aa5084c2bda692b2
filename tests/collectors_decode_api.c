/* Documents of JetStream's API, shortened from real ones: whose word each row is, and what its question says.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "collectors/decode.h"
#include "tests/harness/suite.h"

#define PEERS                                                                                                \
    "\"replicas\":[{\"name\":\"n2\",\"current\":true,\"active\":5},{\"name\":\"n3\",\"current\":false,"      \
    "\"active\":9}]"

static char said[2000], error[300];

static void put(const char *name, const char *text) {
    snprintf(said + strlen(said), sizeof said - strlen(said), " %s=%s", name, text);
}

static void put_number(const struct row *row, enum field field, const char *name) {
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)row_u64(row, field, 0));
    if (row_has(row, field))
        put(name, text);
}

static void on_row(void *data, const struct row *row) {
    (void)data;
    switch ((enum entity)row->entity) {
    case ENTITY_STREAM:
        put("stream", row_text(row, F_STREAM_account));
        put("name", row_text(row, F_STREAM_name));
        put("leader", row_text(row, F_STREAM_leader));
        put_number(row, F_STREAM_messages, "messages");
        break;
    case ENTITY_CONSUMER:
        put("consumer", row_text(row, F_CONSUMER_account));
        put("of", row_text(row, F_CONSUMER_stream));
        put("name", row_text(row, F_CONSUMER_name));
        put_number(row, F_CONSUMER_pending, "pending");
        break;
    case ENTITY_REPLICA:
        put("replica", row_text(row, F_REPLICA_name));
        put("of", row_text(row, F_REPLICA_stream));
        put("consumer", row_text(row, F_REPLICA_consumer));
        put_number(row, F_REPLICA_current, "current");
        break;
    default:
        put_number(row, F_ANSWER_total, "total");
        put_number(row, F_ANSWER_limit, "limit");
    }
}

static enum failure decode(enum shape shape, const char *body) {
    struct decoder *d = decoder_create();
    said[0] = '\0';
    decoder_start(d, shape, NULL, on_row, NULL);
    decoder_give(d, F_STREAM_account, "APP");
    decoder_give(d, F_CONSUMER_account, "APP");
    if (shape == SHAPE_API_CONSUMERS)
        decoder_give(d, F_CONSUMER_stream, "ORD");
    decoder_feed(d, body, strlen(body));
    enum failure failure = decoder_finish(d, error, sizeof error);
    decoder_destroy(d);
    return failure;
}

/* Of whatever server: the one it names speaks. Without a leader nobody does. */
static const struct {
    enum shape shape;
    const char *body, *says;
} documents[] = {
    {SHAPE_API,
     "{\"total\":3,\"limit\":256,\"streams\":[{\"config\":{\"name\":\"ORD\"},\"state\":{\"messages\":7},"
     "\"cluster\":{\"name\":\"C\",\"leader\":\"n1\"," PEERS "}}]}",
     " replica=n2 of=ORD consumer= current=1 replica=n3 of=ORD consumer= current=0"
     " stream=APP name=ORD leader=n1 messages=7 total=3 limit=256"},
    {SHAPE_API,
     "{\"streams\":[{\"config\":{\"name\":\"ORD\"},\"state\":{\"messages\":7},\"cluster\":{\"name\":\"C\","
     "\"replicas\":[{\"name\":\"n2\",\"offline\":true}]}}]}",
     " replica=n2 of=ORD consumer= stream=APP name=ORD leader="},
    {SHAPE_API, "{\"streams\":[{\"config\":{\"name\":\"ORD\"},\"state\":{\"messages\":7}}]}",
     " stream=APP name=ORD leader= messages=7"},
    {SHAPE_API, "{\"streams\":[],\"missing\":[\"GONE\"]}", " stream=APP name=GONE leader="},
    {SHAPE_API_CONSUMERS,
     "{\"total\":1,\"consumers\":[{\"stream_name\":\"ORD\",\"name\":\"c\",\"num_pending\":4,"
     "\"cluster\":{\"leader\":\"n9\"," PEERS "}}],\"missing\":[\"d\"]}",
     " replica=n2 of=ORD consumer=c current=1 replica=n3 of=ORD consumer=c current=0"
     " consumer=APP of=ORD name=c pending=4 consumer=APP of=ORD name=d total=1"},
};

START_TEST(rows) {
    ck_assert_int_eq(decode(documents[_i].shape, documents[_i].body), FAILURE_NONE);
    ck_assert_str_eq(said, documents[_i].says);
}
END_TEST

START_TEST(a_refusal) {
    ck_assert_int_eq(decode(SHAPE_API,
                            "{\"error\":{\"code\":503,\"err_code\":10039,\"description\":\"JetStream "
                            "not enabled for account\"},\"streams\":null}"),
                     FAILURE_HTTP);
    ck_assert_str_eq(error, "JetStream refused: JetStream not enabled for account (503)");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors: the API of JetStream");
    TCase *tc = tcase_create("documents");
    tcase_add_loop_test(tc, rows, 0, sizeof documents / sizeof *documents);
    tcase_add_test(tc, a_refusal);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
