/* Made bodies: values by their type, rows by their key, who leads. */
#include "base/clock.h"
#include "tests/harness/decoded.h"
#include "tests/harness/suite.h"

START_TEST(values_by_their_type) {
    struct said s =
        decode(SHAPE_VARZ, NULL,
               "{\"server_id\":\"A\",\"port\":-1,\"mem\":-5,\"cores\":4.0,\"gomaxprocs\":2.5,\"cpu\":7,"
               "\"in_msgs\":18446744073709551615,\"total_connections\":18446744073709551615,\"out_msgs\":1e3,"
               "\"auth_required\":true,\"tls_required\":1,\"server_name\":17,\"version\":null,\"host\":\"\","
               "\"start\":\"0001-01-01T00:00:00Z\",\"config_load_time\":\"yesterday\","
               "\"write_deadline\":10000000000,\"connections\":[1,2],\"routes\":{\"a\":1},"
               "\"remotes\":3,\"remotes\":null,\"leafnodes\":1,\"leafnodes\":2}");
    ck_assert_int_eq(s.failure, FAILURE_NONE);
    const struct row *row = sample_first(s.rows, ENTITY_SERVER);
    ck_assert(!row_has(row, F_SERVER_port));
    ck_assert_int_eq(row_i64(row, F_SERVER_mem, 0), -5);
    ck_assert_uint_eq(row_u64(row, F_SERVER_cores, 0), 4);
    ck_assert(!row_has(row, F_SERVER_gomaxprocs));
    ck_assert_double_eq(row_cell(row, F_SERVER_cpu)->f, 7);
    ck_assert(!row_has(row, F_SERVER_in_msgs));
    ck_assert_uint_eq(row_u64(row, F_SERVER_total_connections, 0), UINT64_MAX);
    ck_assert_int_eq(row_i64(row, F_SERVER_out_msgs, 0), 1000);
    ck_assert_uint_eq(row_u64(row, F_SERVER_auth_required, 0), 1);
    ck_assert(!row_has(row, F_SERVER_tls_required));
    ck_assert(!row_has(row, F_SERVER_name));
    ck_assert(!row_has(row, F_SERVER_version));
    ck_assert(row_has(row, F_SERVER_host));
    ck_assert(!row_has(row, F_SERVER_start));
    ck_assert(!row_has(row, F_SERVER_config_load_time));
    ck_assert_int_eq(row_i64(row, F_SERVER_write_deadline, 0), 10 * NS_PER_S);
    ck_assert(!row_has(row, F_SERVER_connections));
    ck_assert(!row_has(row, F_SERVER_routes));
    ck_assert(!row_has(row, F_SERVER_remotes)); /* the last of two counts, also when it says nothing */
    ck_assert_uint_eq(row_u64(row, F_SERVER_leafnodes, 0), 2);
    sample_destroy(s.rows);
}
END_TEST

START_TEST(a_round_trip_of_zero_was_not_measured) {
    struct said s =
        decode(SHAPE_CONNZ_HOT, NULL,
               "{\"connections\":[{\"cid\":1,\"rtt\":\"0s\",\"in_msgs\":0},{\"cid\":2,\"rtt\":\"1.5ms\"}]}");
    ck_assert(!row_has(s.rows->rows[0], F_CONNECTION_rtt));
    ck_assert(row_has(s.rows->rows[0], F_CONNECTION_in_msgs));
    ck_assert_int_eq(row_i64(s.rows->rows[1], F_CONNECTION_rtt, 0), 1500000);
    ck_assert(!s.nats);
    sample_destroy(s.rows);
}
END_TEST

START_TEST(a_closed_connection_and_its_subscriptions) {
    struct said s = decode(
        SHAPE_CONNZ_SUBS, NULL,
        "{\"server_id\":\"A\",\"connections\":[{\"cid\":5,\"stop\":\"2026-11-22T05:22:49.5Z\",\"stalls\":46,"
        "\"reason\":\"Slow Consumer (Pending Bytes)\",\"subscriptions_list_detail\":["
        "{\"account\":\"$G\",\"subject\":\"other\",\"qgroup\":\"q\",\"sid\":\"2\",\"msgs\":0,\"cid\":5},"
        "{\"subject\":\"fire.\\u003e\",\"sid\":\"1\",\"msgs\":868,\"max\":1000,\"cid\":5},"
        "{\"subject\":\"no.sid\",\"msgs\":1,\"cid\":5}]}]}");
    ck_assert_int_eq(s.failure, FAILURE_NONE);
    ck_assert_uint_eq(count_of(s.rows, ENTITY_SUBSCRIPTION), 2);
    ck_assert_uint_eq(s.dropped, 1);
    const struct row *sub = s.rows->rows[0], *row = sample_first(s.rows, ENTITY_CONNECTION);
    ck_assert_str_eq(row_text(sub, F_SUBSCRIPTION_queue), "q");
    ck_assert_str_eq(row_text(sub, F_SUBSCRIPTION_sid), "2");
    ck_assert(!row_has(sub, F_SUBSCRIPTION_max));
    sub = s.rows->rows[1];
    ck_assert_str_eq(row_text(sub, F_SUBSCRIPTION_subject), "fire.>");
    ck_assert_int_eq(row_i64(sub, F_SUBSCRIPTION_msgs, 0), 868);
    ck_assert(!row_has(sub, F_SUBSCRIPTION_queue));
    ck_assert_str_eq(row_text(row, F_CONNECTION_reason), "Slow Consumer (Pending Bytes)");
    ck_assert_int_eq(row_i64(row, F_CONNECTION_stop, 0), 1795324969500 * NS_PER_MS);
    ck_assert_int_eq(row_i64(row, F_CONNECTION_stalls, 0), 46);
    sample_destroy(s.rows);
}
END_TEST

START_TEST(rows_without_their_key_are_dropped) {
    struct said s = decode(
        SHAPE_CONNZ_HOT, NULL,
        "{\"server_id\":\"A\",\"connections\":[{\"name\":\"x\"},{},{\"cid\":-1},{\"cid\":\"7\"},null,7,[],"
        "{\"cid\":3}]}");
    ck_assert_uint_eq(count_of(s.rows, ENTITY_CONNECTION), 1);
    ck_assert_uint_eq(s.dropped, 4);
    sample_destroy(s.rows);
    s = decode(SHAPE_LEAFZ, NULL, "{\"server_id\":\"A\",\"leafs\":[{\"account\":\"$G\"},{\"in_msgs\":1}]}");
    ck_assert_uint_eq(count_of(s.rows, ENTITY_LEAF), 1);
    ck_assert_uint_eq(s.dropped, 1);
    sample_destroy(s.rows);
    s = decode(SHAPE_JSZ, "n1",
               "{\"account_details\":[{\"stream_detail\":[{\"name\":\"S\"}]},"
               "{\"id\":\"A\",\"stream_detail\":[{\"state\":{}},{\"name\":\"T\"}]},"
               "{\"stream_detail\":[{\"name\":\"U\"}]}]}");
    ck_assert_uint_eq(count_of(s.rows, ENTITY_STREAM),
                      1); /* an account's id is not kept for the next account */
    ck_assert_str_eq(row_text(sample_first(s.rows, ENTITY_STREAM), F_STREAM_account), "A");
    ck_assert_uint_eq(s.dropped, 3);
    sample_destroy(s.rows);
}
END_TEST

START_TEST(a_standalone_server_is_its_own_leader) {
    struct said s =
        decode(SHAPE_JSZ, "solo",
               "{\"server_id\":\"X\",\"streams\":1,\"account_details\":[{\"name\":\"tag\",\"id\":\"A\","
               "\"reserved_memory\":18446744073709551615,\"stream_detail\":[{\"name\":\"S\","
               "\"cluster\":{\"leader\":\"solo\"},\"state\":{\"messages\":18446744073709551615},"
               "\"consumer_detail\":[{\"stream_name\":\"S\",\"name\":\"c\",\"num_pending\":5}]}]}]}");
    const struct row *stream = sample_first(s.rows, ENTITY_STREAM),
                     *c = sample_first(s.rows, ENTITY_CONSUMER);
    ck_assert_str_eq(row_text(stream, F_STREAM_account), "A");
    ck_assert_uint_eq(row_u64(stream, F_STREAM_messages, 0), UINT64_MAX);
    ck_assert_uint_eq(row_u64(c, F_CONSUMER_pending, 0), 5);
    ck_assert(!row_has(c, F_CONSUMER_clustered));
    ck_assert_str_eq(row_text(c, F_CONSUMER_account), "A");
    ck_assert(!row_has(sample_first(s.rows, ENTITY_JETSTREAM), F_JETSTREAM_meta));
    sample_destroy(s.rows);
}
END_TEST

START_TEST(maps_and_their_keys) {
    struct said s = decode(
        SHAPE_GATEWAYZ, NULL,
        "{\"server_id\":\"X\",\"outbound_gateways\":{\"B\":{\"connection\":{\"cid\":1}},\"C\":{"
        "\"connection\":"
        "{\"cid\":2}},\"D\":null},\"inbound_gateways\":{\"B\":[{\"connection\":{\"cid\":3}},{\"connection\":"
        "{\"cid\":4}}],\"C\":[{\"connection\":{\"cid\":5}}],\"E\":null,\"F\":[]}}");
    static const char *const clusters[] = {"B", "C", "B", "B", "C"};
    ck_assert_uint_eq(count_of(s.rows, ENTITY_GATEWAY), 5);
    for (size_t i = 0; i < 5; i++) {
        const struct row *row = nth(s.rows, ENTITY_GATEWAY, i);
        ck_assert_uint_eq(row_u64(row, F_GATEWAY_cid, 0), i + 1);
        ck_assert_str_eq(row_text(row, F_GATEWAY_cluster), clusters[i]);
        ck_assert_str_eq(row_text(row, F_GATEWAY_direction), i < 2 ? "outbound" : "inbound");
    }
    sample_destroy(s.rows);
}
END_TEST

START_TEST(what_is_not_nats) {
    static const char *const bodies[] = {"{}",
                                         "[]",
                                         "null",
                                         "7",
                                         "\"ok\"",
                                         "{\"foo\":1}",
                                         "[{\"server_id\":\"A\"}]",
                                         "{\"server_id\":7}",
                                         "{\"connections\":null}"};
    for (int shape = 1; shape < SHAPE_LIMIT; shape++)
        for (size_t i = 0; shape_name((unsigned)shape) && i < sizeof bodies / sizeof *bodies; i++) {
            struct said s = decode((enum shape)shape, NULL, bodies[i]);
            ck_assert_int_eq(s.failure, FAILURE_NONE);
            ck_assert(!s.nats);
            sample_destroy(s.rows);
        }
    struct said s = decode(SHAPE_HEALTHZ, NULL, "{\"status\":\"unavailable\",\"error\":\"A \\u003e B\"}");
    ck_assert(s.nats);
    ck_assert_str_eq(row_text(s.rows->rows[0], F_HEALTH_error), "A > B");
    sample_destroy(s.rows);
    s = decode(SHAPE_SUBSZ, NULL, "{\"num_subscriptions\":1}");
    ck_assert(s.nats);
    sample_destroy(s.rows);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/decode");
    TCase *c = tcase_create("decode");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, values_by_their_type);
    tcase_add_test(c, a_round_trip_of_zero_was_not_measured);
    tcase_add_test(c, a_closed_connection_and_its_subscriptions);
    tcase_add_test(c, rows_without_their_key_are_dropped);
    tcase_add_test(c, a_standalone_server_is_its_own_leader);
    tcase_add_test(c, maps_and_their_keys);
    tcase_add_test(c, what_is_not_nats);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
