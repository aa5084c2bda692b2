/* Recorded answers of all endpoints but /jsz: every field of the tables as it stands in the body. */
#include "tests/harness/recorded.h"
#include "tests/harness/suite.h"

static const struct expected varz_fields[] = {
    {"server_id", F_SERVER_server_id},
    {"server_name", F_SERVER_name},
    {"version", F_SERVER_version},
    {"host", F_SERVER_host},
    {"port", F_SERVER_port},
    {"start", F_SERVER_start},
    {"config_load_time", F_SERVER_config_load_time},
    {"mem", F_SERVER_mem},
    {"cores", F_SERVER_cores},
    {"gomaxprocs", F_SERVER_gomaxprocs},
    {"cpu", F_SERVER_cpu},
    {"connections", F_SERVER_connections},
    {"total_connections", F_SERVER_total_connections},
    {"max_connections", F_SERVER_max_connections},
    {"routes", F_SERVER_routes},
    {"remotes", F_SERVER_remotes},
    {"leafnodes", F_SERVER_leafnodes},
    {"in_msgs", F_SERVER_in_msgs},
    {"out_msgs", F_SERVER_out_msgs},
    {"in_bytes", F_SERVER_in_bytes},
    {"out_bytes", F_SERVER_out_bytes},
    {"in_client_msgs", F_SERVER_in_client_msgs},
    {"out_client_bytes", F_SERVER_out_client_bytes},
    {"slow_consumers", F_SERVER_slow_consumers},
    {"stalled_clients", F_SERVER_stalled_clients},
    {"subscriptions", F_SERVER_subscriptions},
    {"max_payload", F_SERVER_max_payload},
    {"max_pending", F_SERVER_max_pending},
    {"write_deadline", F_SERVER_write_deadline},
    {"http_port", F_SERVER_http_port},
    {"https_port", F_SERVER_https_port},
    {"cluster.name", F_SERVER_cluster},
    {"gateway.name", F_SERVER_gateway},
    {"jetstream.config.max_memory", F_SERVER_js_max_memory},
    {"jetstream.config.max_storage", F_SERVER_js_max_storage},
    {"jetstream.config.domain", F_SERVER_js_domain},
    {"jetstream.stats.storage", F_SERVER_js_storage},
    {"jetstream.stats.ha_assets", F_SERVER_js_ha_assets},
    {"jetstream.stats.api.total", F_SERVER_js_api_total},
    {"jetstream.stats.api.errors", F_SERVER_js_api_errors},
    {"auth_required", F_SERVER_auth_required},
    {"tls_required", F_SERVER_tls_required},
};

START_TEST(varz_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_VARZ, "varz");
        json_t *tree = tree_of(version, node, "varz");
        const struct row *row = sample_first(said.rows, ENTITY_SERVER);
        ck_assert_ptr_nonnull(row);
        ck_assert_uint_ge(CHECK_FIELDS(row, tree, varz_fields), 30);
        ck_assert_str_eq(row_text(row, F_SERVER_version), version);
        ck_assert_str_eq(row_text(row, F_SERVER_name), node);
        ck_assert_int_eq(row_has(row, F_SERVER_in_client_msgs), version_i == 1);
        ck_assert_int_eq(row_has(row, F_SERVER_stalled_clients), version_i == 1);
        const json_t *urls = at_path(tree, "cluster.urls");
        ck_assert_uint_eq(count_of(said.rows, ENTITY_ROUTE_URL), json_array_size(urls));
        ck_assert_uint_ge(json_array_size(urls), 3);
        for (size_t i = 0; i < json_array_size(urls); i++)
            ck_assert_str_eq(row_text(nth(said.rows, ENTITY_ROUTE_URL, i), F_ROUTE_URL_url),
                             json_string_value(json_array_get(urls, i)));
        ck_assert_uint_eq(count_of(said.rows, ENTITY_CLIENT_URL),
                          json_array_size(at_path(tree, "connect_urls")));
        const struct row *last = said.rows->rows[said.rows->count - 1];
        ck_assert_int_eq(last->entity, ENTITY_ANSWER);
        ck_assert_str_eq(row_text(last, F_ANSWER_server_id), row_text(row, F_SERVER_server_id));
        ck_assert_int_eq(row_i64(last, F_ANSWER_now, 0), time_of(json_string_value(at_path(tree, "now"))));
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

static const struct expected connz_fields[] = {
    {"cid", F_CONNECTION_cid},
    {"kind", F_CONNECTION_kind},
    {"type", F_CONNECTION_type},
    {"name", F_CONNECTION_name},
    {"account", F_CONNECTION_account},
    {"authorized_user", F_CONNECTION_user},
    {"ip", F_CONNECTION_ip},
    {"port", F_CONNECTION_port},
    {"start", F_CONNECTION_start},
    {"last_activity", F_CONNECTION_last_activity},
    {"rtt", F_CONNECTION_rtt},
    {"pending_bytes", F_CONNECTION_pending_bytes},
    {"in_msgs", F_CONNECTION_in_msgs},
    {"out_msgs", F_CONNECTION_out_msgs},
    {"in_bytes", F_CONNECTION_in_bytes},
    {"out_bytes", F_CONNECTION_out_bytes},
    {"subscriptions", F_CONNECTION_subscriptions},
    {"lang", F_CONNECTION_lang},
    {"version", F_CONNECTION_version},
    {"tls_version", F_CONNECTION_tls},
};

START_TEST(connz_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_CONNZ_HOT, "connz");
        json_t *tree = tree_of(version, node, "connz");
        const json_t *list = at_path(tree, "connections");
        size_t count = count_of(said.rows, ENTITY_CONNECTION);
        bool hostile = false;
        ck_assert_uint_eq(count, json_array_size(list));
        ck_assert_uint_ge(count, 2);
        for (size_t i = 0; i < count; i++) {
            const struct row *row = nth(said.rows, ENTITY_CONNECTION, i);
            ck_assert_uint_ge(CHECK_FIELDS(row, json_array_get(list, i), connz_fields), 16);
            ck_assert_ptr_null(strchr(row_text(row, F_CONNECTION_name), '\033'));
            hostile = hostile ||
                      !strcmp(row_text(row, F_CONNECTION_name), "naïve \xef\xbf\xbd[31m\xef\xbf\xbd name");
        }
        ck_assert(hostile); /* the client that was named with ESC and a bidi mark */
        const struct row *answer = sample_first(said.rows, ENTITY_ANSWER);
        ck_assert_uint_eq(row_u64(answer, F_ANSWER_total, 99), count);
        ck_assert_uint_eq(row_u64(answer, F_ANSWER_num, 99), count);
        ck_assert_uint_eq(row_u64(answer, F_ANSWER_limit, 99), 100);
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

static const struct expected route_fields[] = {
    {"rid", F_ROUTE_rid},
    {"remote_id", F_ROUTE_remote_id},
    {"remote_name", F_ROUTE_remote_name},
    {"ip", F_ROUTE_ip},
    {"port", F_ROUTE_port},
    {"rtt", F_ROUTE_rtt},
    {"pending_size", F_ROUTE_pending_bytes},
    {"in_msgs", F_ROUTE_in_msgs},
    {"out_msgs", F_ROUTE_out_msgs},
    {"in_bytes", F_ROUTE_in_bytes},
    {"out_bytes", F_ROUTE_out_bytes},
    {"start", F_ROUTE_start},
};

START_TEST(routez_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_ROUTEZ, "routez");
        json_t *tree = tree_of(version, node, "routez");
        const json_t *list = at_path(tree, "routes"), *route;
        size_t i;
        ck_assert_uint_eq(count_of(said.rows, ENTITY_ROUTE), json_array_size(list));
        ck_assert_uint_eq(json_array_size(list), version_i ? 8 : 2);
        json_array_foreach(list, i, route) {
            ck_assert_uint_ge(CHECK_FIELDS(nth(said.rows, ENTITY_ROUTE, i), route, route_fields),
                              11 - !version_i);
        }
        ck_assert_uint_eq(row_u64(sample_first(said.rows, ENTITY_ANSWER), F_ANSWER_num, 0),
                          json_array_size(list));
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

static const struct expected gateway_fields[] = {
    {"cid", F_GATEWAY_cid},           {"name", F_GATEWAY_remote_id},
    {"rtt", F_GATEWAY_rtt},           {"pending_bytes", F_GATEWAY_pending_bytes},
    {"in_msgs", F_GATEWAY_in_msgs},   {"out_msgs", F_GATEWAY_out_msgs},
    {"in_bytes", F_GATEWAY_in_bytes}, {"out_bytes", F_GATEWAY_out_bytes},
};
static const struct expected leaf_fields[] = {
    {"name", F_LEAF_name},         {"account", F_LEAF_account},   {"ip", F_LEAF_ip},
    {"port", F_LEAF_port},         {"rtt", F_LEAF_rtt},           {"in_msgs", F_LEAF_in_msgs},
    {"out_msgs", F_LEAF_out_msgs}, {"in_bytes", F_LEAF_in_bytes}, {"out_bytes", F_LEAF_out_bytes},
};

START_TEST(gatewayz_and_leafz_as_recorded) {
    for (int v = 0; v < 2; v++) {
        struct said said = decode_file(versions[v], "super", SHAPE_GATEWAYZ, "gatewayz");
        json_t *tree = tree_of(versions[v], "super", "gatewayz");
        ck_assert_uint_eq(count_of(said.rows, ENTITY_GATEWAY), 2);
        const struct row *out = nth(said.rows, ENTITY_GATEWAY, 0), *in = nth(said.rows, ENTITY_GATEWAY, 1);
        ck_assert_str_eq(row_text(out, F_GATEWAY_direction), "outbound");
        ck_assert_str_eq(row_text(in, F_GATEWAY_direction), "inbound");
        ck_assert_str_eq(row_text(out, F_GATEWAY_cluster), "west");
        ck_assert_str_eq(row_text(in, F_GATEWAY_cluster), "west");
        ck_assert_uint_eq(
            CHECK_FIELDS(out, at_path(tree, "outbound_gateways.west.connection"), gateway_fields), 8);
        const json_t *first = json_array_get(at_path(tree, "inbound_gateways.west"), 0);
        ck_assert_uint_eq(CHECK_FIELDS(in, at_path(first, "connection"), gateway_fields), 8);
        json_decref(tree);
        sample_destroy(said.rows);

        said = decode_file(versions[v], "super", SHAPE_LEAFZ, "leafz");
        tree = tree_of(versions[v], "super", "leafz");
        ck_assert_uint_eq(count_of(said.rows, ENTITY_LEAF), 1);
        ck_assert_uint_ge(CHECK_FIELDS(sample_first(said.rows, ENTITY_LEAF),
                                       json_array_get(at_path(tree, "leafs"), 0), leaf_fields),
                          8);
        ck_assert_uint_eq(row_u64(sample_first(said.rows, ENTITY_ANSWER), F_ANSWER_num, 0), 1);
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

START_TEST(the_small_ones_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_HEALTHZ, "healthz");
        ck_assert_uint_eq(said.rows->count, 1);
        ck_assert_str_eq(row_text(said.rows->rows[0], F_HEALTH_status), "ok");
        ck_assert(!row_has(said.rows->rows[0], F_HEALTH_error));
        sample_destroy(said.rows);
        said = decode_file(version, node, SHAPE_SUBSZ, "subsz");
        json_t *tree = tree_of(version, node, "subsz");
        const struct row *row = sample_first(said.rows, ENTITY_SUBLIST);
        ck_assert_uint_eq(row_u64(row, F_SUBLIST_num_subscriptions, 0),
                          (uint64_t)json_integer_value(at_path(tree, "num_subscriptions")));
        ck_assert_double_eq(row_cell(row, F_SUBLIST_avg_fanout)->f,
                            json_number_value(at_path(tree, "avg_fanout")));
        json_decref(tree);
        sample_destroy(said.rows);
        said = decode_file(version, node, SHAPE_LEAFZ, "leafz"); /* "leafs": null or [] */
        ck_assert_uint_eq(count_of(said.rows, ENTITY_LEAF), 0);
        sample_destroy(said.rows);
        said = decode_file(version, node, SHAPE_GATEWAYZ, "gatewayz");
        ck_assert_uint_eq(count_of(said.rows, ENTITY_GATEWAY), 0);
        sample_destroy(said.rows);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/decode of recorded bodies");
    TCase *c = tcase_create("decode");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, varz_as_recorded);
    tcase_add_test(c, connz_as_recorded);
    tcase_add_test(c, routez_as_recorded);
    tcase_add_test(c, gatewayz_and_leafz_as_recorded);
    tcase_add_test(c, the_small_ones_as_recorded);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
