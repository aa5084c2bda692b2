/* /jsz of a server with every kind of stream and consumer: what is copied from where, limits, pauses, pins.
 */
#include "tests/harness/recorded.h"
#include "tests/harness/suite.h"

static const struct expected stream_fields[] = {
    {"name", F_STREAM_name},
    {"config.discard", F_STREAM_discard},
    {"config.max_msgs_per_subject", F_STREAM_max_msgs_per_subject},
    {"config.max_consumers", F_STREAM_max_consumers},
    {"config.sealed", F_STREAM_sealed},
    {"config.allow_msg_ttl", F_STREAM_allow_msg_ttl},
    {"state.num_subjects", F_STREAM_num_subjects},
};
static const struct expected consumer_fields[] = {
    {"name", F_CONSUMER_name},
    {"config.max_deliver", F_CONSUMER_max_deliver},
    {"config.max_waiting", F_CONSUMER_max_waiting},
    {"config.inactive_threshold", F_CONSUMER_inactive_threshold},
    {"config.deliver_policy", F_CONSUMER_deliver_policy},
    {"config.priority_policy", F_CONSUMER_priority_policy},
    {"config.headers_only", F_CONSUMER_headers_only},
    {"pause_remaining", F_CONSUMER_pause_remaining},
};
static const struct expected source_fields[] = {
    {"name", F_SOURCE_name},     {"filter_subject", F_SOURCE_filter_subject}, {"lag", F_SOURCE_lag},
    {"active", F_SOURCE_active}, {"error.description", F_SOURCE_error},
};

static size_t check_source(const struct sample *rows, size_t n, const json_t *source, const char *stream,
                           const char *kind) {
    const struct row *row = nth(rows, ENTITY_SOURCE, n);
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(row_text(row, F_SOURCE_account), "$G");
    ck_assert_str_eq(row_text(row, F_SOURCE_stream), stream);
    ck_assert_str_eq(row_text(row, F_SOURCE_kind), kind);
    CHECK_FIELDS(row, source, source_fields);
    return n + 1;
}

START_TEST(sources_and_limits) {
    struct said said = decode_file(versions[_i], "n1", SHAPE_JSZ, "kinds");
    json_t *tree = tree_of(versions[_i], "n1", "kinds");
    const json_t *streams = at_path(json_array_get(at_path(tree, "account_details"), 0), "stream_detail");
    const json_t *stream, *consumer, *source;
    size_t i, k, sources = 0, consumers = 0;
    json_array_foreach(streams, i, stream) {
        const char *name = json_string_value(at_path(stream, "name"));
        CHECK_FIELDS(nth(said.rows, ENTITY_STREAM, i), stream, stream_fields);
        json_array_foreach(at_path(stream, "consumer_detail"), k, consumer) {
            const struct row *row = nth(said.rows, ENTITY_CONSUMER, consumers++);
            CHECK_FIELDS(row, consumer, consumer_fields);
            ck_assert_uint_eq(row_u64(row, F_CONSUMER_config, 0), 1);
            ck_assert_int_eq(row_has(row, F_CONSUMER_filter_subjects),
                             at_path(consumer, "config.filter_subjects") != NULL);
        }
        if (at_path(stream, "mirror"))
            sources = check_source(said.rows, sources, at_path(stream, "mirror"), name, "mirror");
        json_array_foreach(at_path(stream, "sources"), k, source) sources =
            check_source(said.rows, sources, source, name, "source");
    }
    ck_assert_uint_eq(sources, 3);
    ck_assert_uint_eq(count_of(said.rows, ENTITY_SOURCE), 3);
    ck_assert_uint_eq(consumers, 3);
    json_decref(tree);
    sample_destroy(said.rows);
}
END_TEST

START_TEST(a_pin_belongs_to_its_consumer) {
    struct said said = decode_file("2.15.2", "n1", SHAPE_JSZ, "kinds");
    for (size_t i = 0; i < 3; i++) {
        const struct row *row = nth(said.rows, ENTITY_CONSUMER, i);
        bool pinned = !strcmp(row_text(row, F_CONSUMER_name), "pinned");
        ck_assert_uint_eq(strlen(row_text(row, F_CONSUMER_pinned)), pinned ? 22 : 0);
    }
    sample_destroy(said.rows);
}
END_TEST

/* Levels in metadata: keys with dots in them, of the configuration alone, and none of what else is there. */
START_TEST(levels_of_the_metadata) {
    static const char body[] =
        "{\"account_details\":[{\"id\":\"A\",\"stream_detail\":[{\"name\":\"S\",\"config\":{\"metadata\":{"
        "\"_nats.req.level\":\"0\",\"io.nats.monitor.lag-critical\":\"200\",\"io.nats.monitor.lag\":\"1\","
        "\"io.nats.monitor.peer-seen-critical\":\"5m\",\"io.nats.monitor.msgs-warn\":12},\"max_msgs\":7},"
        "\"io.nats.monitor.seen-critical\":\"9s\",\"consumer_detail\":[{\"name\":\"C\",\"config\":{"
        "\"metadata\":{"
        "\"io.nats.monitor.pinned\":\"true\",\"io.nats.monitor.waiting-critical\":\"a\\u001b[31mb\"}}},"
        "{\"name\":\"D\"}]}]}]}";
    struct said said = decode(SHAPE_JSZ, "n1", body);
    const struct row *stream = sample_first(said.rows, ENTITY_STREAM);
    ck_assert_str_eq(row_text(stream, F_STREAM_told_lag), "200");
    ck_assert_str_eq(row_text(stream, F_STREAM_told_peer_seen), "5m");
    ck_assert(!row_has(stream, F_STREAM_told_msgs_warn)); /* servers write texts */
    ck_assert(!row_has(stream, F_STREAM_told_seen));      /* it stands elsewhere */
    ck_assert_int_eq(row_i64(stream, F_STREAM_max_msgs, 0), 7);
    ck_assert_uint_eq(row_u64(stream, F_STREAM_config, 0), 1);
    const struct row *c = nth(said.rows, ENTITY_CONSUMER, 0), *d = nth(said.rows, ENTITY_CONSUMER, 1);
    ck_assert_str_eq(row_text(c, F_CONSUMER_told_pinned), "true");
    ck_assert_ptr_null(strchr(row_text(c, F_CONSUMER_told_waiting), 27));
    ck_assert(row_has(c, F_CONSUMER_told_waiting) && !row_has(c, F_CONSUMER_told_unprocessed));
    ck_assert(!row_has(d, F_CONSUMER_config) && !row_has(d, F_CONSUMER_told_pinned));
    sample_destroy(said.rows);
}
END_TEST

/* What one server holds of JetStream, and the 2^64-1 that servers report for "nothing reserved". */
START_TEST(totals_of_a_server) {
    struct said said = decode_file(versions[_i], "n1", SHAPE_JSZ, "kinds");
    json_t *tree = tree_of(versions[_i], "n1", "kinds");
    const struct row *js = sample_first(said.rows, ENTITY_JETSTREAM);
    ck_assert_uint_eq(row_u64(js, F_JETSTREAM_storage, 0),
                      (uint64_t)json_integer_value(at_path(tree, "storage")));
    ck_assert_uint_eq(row_u64(js, F_JETSTREAM_reserved_storage, 0), 1000000);
    ck_assert_uint_eq(row_u64(js, F_JETSTREAM_memory, 1), 0);
    ck_assert_int_eq(row_has(js, F_JETSTREAM_default_max_consumers), _i == 1);
    json_decref(tree);
    sample_destroy(said.rows);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/decode of the kinds of assets");
    TCase *c = tcase_create("decode");
    tcase_add_loop_test(c, sources_and_limits, 0, 2);
    tcase_add_test(c, a_pin_belongs_to_its_consumer);
    tcase_add_test(c, levels_of_the_metadata);
    tcase_add_loop_test(c, totals_of_a_server, 0, 2);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
