#include "tests/model_build.h"

struct node {
    uint64_t target;
    const char *id, *name, *cluster; /* cluster NULL: none */
    int remotes;
};

static const struct node mix[] = {
    {1, "IDA", "n1", "MIX", 2}, {2, "IDB", "n2", "MIX", 2}, {3, "IDC", "n3", "MIX", 2}};
static const struct node gb = {4, "IDG", "g1", "GB", 0};

static struct sample *build_node(struct night *n, const struct node *node) {
    struct sample *s = build_varz(n, node->target, node->id, node->name);
    struct row *row = row_of(s, ENTITY_SERVER);
    row_drop(row, F_SERVER_cluster);
    put_text(s, row, F_SERVER_cluster, node->cluster);
    put_u(row, F_SERVER_remotes, (uint64_t)node->remotes);
    put_i(row, F_SERVER_in_client_msgs, n->at / NS_PER_S * 100);
    return s;
}

static void answer(struct night *n, const struct node *node) {
    send(n, build_node(n, node));
}

static void name_url(struct night *n, const struct node *node) {
    char url[40];
    snprintf(url, sizeof url, "http://h%d:8222", (int)node->target);
    send_target(n, node->target, url, "named", "probing", NULL, NULL);
}

static void begin_mix_and_gb(struct night *n) {
    night_begin(n, 0, 1);
    for (int i = 0; i < 3; i++)
        name_url(n, &mix[i]);
    name_url(n, &gb);
    for (int i = 0; i < 3; i++)
        answer(n, &mix[i]);
    answer(n, &gb);
}

static void answers_until(struct night *n, double second, bool with_gb) {
    while (n->at < ns(second)) {
        night_until(n, floor((double)n->at / 1e9) + 1);
        for (int i = 0; i < 3; i++)
            answer(n, &mix[i]);
        if (with_gb)
            answer(n, &gb);
    }
}

static const struct object *cluster_called(const struct night *n, const char *name) {
    return find_by(n, Q_CLUSTER_name, name);
}

static int int_value(const struct night *n, const struct object *object, enum quantity q) {
    return (int)number_value(n, object, q);
}

START_TEST(two_clusters_are_two) {
    struct night n;
    begin_mix_and_gb(&n);
    answers_until(&n, 2, true);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLUSTER), 2);
    const struct object *first = cluster_called(&n, "MIX"), *second = cluster_called(&n, "GB");
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_eq(model_cluster(n.model), first);
    ck_assert_int_eq(int_value(&n, first, Q_CLUSTER_servers), 3);
    ck_assert_int_eq(int_value(&n, first, Q_CLUSTER_expected), 3);
    ck_assert_int_eq(int_value(&n, first, Q_CLUSTER_connections), 15);
    ck_assert_double_eq_tol(number_value(&n, first, Q_CLUSTER_in_client_msgs_per_s), 300, 1e-6);
    ck_assert_int_eq(int_value(&n, second, Q_CLUSTER_servers), 1);
    ck_assert_int_eq(int_value(&n, second, Q_CLUSTER_expected), 1);
    ck_assert_int_eq(int_value(&n, second, Q_CLUSTER_connections), 5);
    ck_assert_double_eq_tol(number_value(&n, second, Q_CLUSTER_in_client_msgs_per_s), 100, 1e-6);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n2"), Q_SERVER_routes), "2/2");
    ck_assert_str_eq(text_value(&n, server_named(&n, "g1"), Q_SERVER_routes), "");
    ck_assert_str_eq(text_value(&n, server_named(&n, "n3"), Q_SERVER_cluster), "MIX");
    ck_assert_str_eq(text_value(&n, server_named(&n, "g1"), Q_SERVER_cluster), "GB");
    ck_assert_ptr_eq(server_named(&n, "n3")->parent, first);
    ck_assert_ptr_eq(server_named(&n, "g1")->parent, second);
    ck_assert_ptr_nonnull(model_series(n.model, second, Q_CLUSTER_connections));
    struct model *frozen = model_clone(n.model);
    ck_assert_uint_eq(model_object(frozen, server_named(&n, "g1")->id)->parent->id, second->id);
    model_destroy(frozen);
    night_end(&n);
}
END_TEST

START_TEST(equal_names_in_two_clusters_are_two_rows) {
    static const struct node here = {1, "IDA", "n1", "MIX", 0}, there = {2, "IDB", "n1", "GB", 0};
    struct night n;
    night_begin(&n, 0, 1);
    name_url(&n, &here);
    answer(&n, &here);
    night_until(&n, 12); /* the first one is down: its name does not make it the other one */
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "down");
    name_url(&n, &there);
    answer(&n, &there);
    night_until(&n, 13);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLUSTER), 2);
    answer(&n, &here);
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "MIX"), Q_CLUSTER_servers), 1);
    for (size_t i = 0; i < model_event_count(n.model); i++)
        ck_assert_ptr_null(strstr(model_event(n.model, i)->text, "two living servers"));
    night_end(&n);
}
END_TEST

START_TEST(servers_without_a_cluster_are_their_own) {
    static const struct node one = {1, "IDA", "east", NULL, 0}, other = {2, "IDB", "IDB", NULL, 0};
    struct night n;
    night_begin(&n, 0, 1);
    name_url(&n, &one);
    name_url(&n, &other);
    answer(&n, &one);
    answer(&n, &other);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLUSTER), 2);
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_name), "east");
    ck_assert_ptr_nonnull(cluster_called(&n, "h2:8222"));
    ck_assert_int_eq(int_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 1);
    night_end(&n);
}
END_TEST

START_TEST(the_first_cluster_is_that_of_the_first_name) {
    struct night n;
    night_begin(&n, 0, 1);
    name_url(&n, &mix[0]);
    name_url(&n, &gb);
    answer(&n, &gb); /* quicker */
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_name), "GB");
    answer(&n, &mix[0]);
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_name), "MIX");
    ck_assert_ptr_eq(server_named(&n, "g1")->parent, cluster_called(&n, "GB"));
    night_end(&n);
}
END_TEST

START_TEST(a_late_answer_does_not_change_the_first_cluster) {
    struct night n;
    night_begin(&n, 0, 1);
    name_url(&n, &mix[0]);
    name_url(&n, &gb);
    answer(&n, &gb);
    ck_assert_int_eq(int_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 2); /* who else could it be */
    night_until(&n, 12);
    answer(&n, &gb);
    answer(&n, &mix[0]);
    night_until(&n, 13);
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_name), "GB");
    ck_assert_int_eq(int_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 1);
    night_end(&n);
}
END_TEST

START_TEST(what_is_wrong_is_said_of_its_cluster) {
    struct night n;
    char text[200];
    begin_mix_and_gb(&n);
    send_target(&n, 5, "http://h5:8222", "route", "polled", "IDH", "g2");
    static const struct node g2 = {5, "IDH", "g2", "GB", 1};
    answer(&n, &g2);
    answers_until(&n, 25, true);
    ck_assert_str_eq(text_value(&n, server_named(&n, "g2"), Q_SERVER_state), "down");
    ck_assert_double_eq(number_value(&n, cluster_called(&n, "GB"), Q_CLUSTER_missing), 1);
    ck_assert_double_eq(number_value(&n, cluster_called(&n, "MIX"), Q_CLUSTER_missing), 0);
    struct sample *s = build(&n, 4, SHAPE_JSZ, "IDG");
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, "S");
    put_u(row, F_STREAM_clustered, 1);
    send(&n, s);
    answers_until(&n, 36, true);
    finding_text_of(n.model, finding_of(&n, "stream_no_quorum"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "GB: stream S (A) leaderless, for ≥1"), text);
    night_end(&n);
}
END_TEST

START_TEST(a_cluster_is_as_fresh_as_its_servers) {
    struct night n;
    night_begin(&n, 0, 1);
    const struct object *cluster = model_cluster(n.model);
    ck_assert_int_eq(cluster->freshness, FRESH_STALE);
    send_target(&n, 1, "http://h1:8222", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://h2:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    ck_assert_int_eq(cluster->freshness, FRESH_LIVE);
    send_varz(&n, 2, "IDB", "n2");
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    night_until(&n, 1);
    ck_assert_int_eq(cluster->freshness, FRESH_LIVE);
    night_until(&n, 5);
    ck_assert_int_eq(cluster->freshness, FRESH_STALE);
    night_until(&n, 12);
    ck_assert_int_eq(cluster->freshness, FRESH_GONE);
    send_varz(&n, 2, "IDB", "n2");
    ck_assert_int_eq(cluster->freshness, FRESH_LIVE);
    night_end(&n);
}
END_TEST

START_TEST(a_route_tells_whose_peer_it_is) {
    struct night n;
    begin_mix_and_gb(&n);
    send_target(&n, 5, "10.0.0.9:6222", "route", "known", "IDH", NULL);
    ck_assert_int_eq(quantity_get(n.model, server_named(&n, "10.0.0.9:6222"), Q_SERVER_cluster).type,
                     VALUE_UNKNOWN);
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "MIX"), Q_CLUSTER_expected), 4);
    struct sample *s = build(&n, 4, SHAPE_ROUTEZ, "IDG");
    struct row *row = sample_add(s, ENTITY_ROUTE);
    put_u(row, F_ROUTE_rid, 7);
    put_text(s, row, F_ROUTE_remote_id, "IDH");
    send(&n, s);
    ck_assert_str_eq(text_value(&n, server_named(&n, "10.0.0.9:6222"), Q_SERVER_cluster), "GB");
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "MIX"), Q_CLUSTER_expected), 3);
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "GB"), Q_CLUSTER_expected), 2);
    night_end(&n);
}
END_TEST

static void send_stream(struct night *n, const struct node *node, uint64_t messages, uint64_t lag) {
    struct sample *s = build(n, node->target, SHAPE_JSZ, node->id);
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, "ORDERS");
    put_text(s, row, F_STREAM_leader, node->name);
    put_u(row, F_STREAM_clustered, 1);
    put_u(row, F_STREAM_messages, messages);
    row = sample_add(s, ENTITY_CONSUMER);
    put_text(s, row, F_CONSUMER_account, "A");
    put_text(s, row, F_CONSUMER_stream, "ORDERS");
    put_text(s, row, F_CONSUMER_name, "C");
    put_text(s, row, F_CONSUMER_leader, node->name);
    put_u(row, F_CONSUMER_clustered, 1);
    put_u(row, F_CONSUMER_pending, lag);
    put_u(row, F_CONSUMER_ack_pending, 0);
    send(n, s);
}

START_TEST(streams_belong_to_their_cluster) {
    struct night n;
    begin_mix_and_gb(&n);
    const struct object *first = cluster_called(&n, "MIX"), *second = cluster_called(&n, "GB");
    send_stream(&n, &mix[0], 10, 7);
    ck_assert(isnan(number_value(&n, second, Q_CLUSTER_lag))); /* it has not told yet */
    send_stream(&n, &gb, 20, 8);
    ck_assert_uint_eq(count_of(&n, OBJECT_STREAM), 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONSUMER), 2);
    ck_assert_int_eq(int_value(&n, first, Q_CLUSTER_streams), 1);
    ck_assert_int_eq(int_value(&n, first, Q_CLUSTER_lag), 7);
    ck_assert_int_eq(int_value(&n, second, Q_CLUSTER_lag), 8);
    ck_assert_ptr_eq(find_by(&n, Q_STREAM_name, "ORDERS")->parent, first);
    night_end(&n);
}
END_TEST

/* Servers without a configured cluster name agree on one after their start. */
START_TEST(a_cluster_may_get_another_name) {
    struct night n;
    begin_mix_and_gb(&n);
    uint64_t id = cluster_called(&n, "GB")->id;
    struct node renamed = gb;
    renamed.cluster = "UK";
    send_stream(&n, &gb, 20, 8);
    answer(&n, &renamed);
    ck_assert_uint_eq(cluster_called(&n, "UK")->id, id);
    ck_assert_ptr_null(cluster_called(&n, "GB"));
    renamed.cluster = "MIX"; /* it joins those that are there */
    answer(&n, &renamed);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLUSTER), 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_STREAM), 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONSUMER), 0);
    ck_assert_int_eq(int_value(&n, model_cluster(n.model), Q_CLUSTER_servers), 4);
    night_until(&n, 1);
    struct node alone = mix[0];
    for (int i = 0; i < 3; i++) { /* one after the other leaves the first cluster */
        alone = mix[i];
        alone.cluster = "NEW";
        answer(&n, &alone);
    }
    renamed.cluster = "NEW";
    answer(&n, &renamed);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLUSTER), 1);
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_name), "NEW");
    night_end(&n);
}
END_TEST

START_TEST(a_cluster_goes_with_its_last_server) {
    struct night n;
    begin_mix_and_gb(&n);
    send_stream(&n, &gb, 20, 8);
    answers_until(&n, 12, false);
    ck_assert(model_forget(n.model, "g1"));
    ck_assert_uint_eq(count_of(&n, OBJECT_CLUSTER), 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_STREAM), 0);
    night_end(&n);
}
END_TEST

static void put_meta(struct night *n, const struct node *node, const char *leader, const char *peer) {
    struct sample *s = build(n, node->target, SHAPE_JSZ, node->id);
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    put_u(row, F_JETSTREAM_meta, 1);
    put_text(s, row, F_JETSTREAM_meta_leader, leader);
    put_u(row, F_JETSTREAM_meta_size, 2);
    if (peer) {
        row = sample_add(s, ENTITY_META_PEER);
        put_text(s, row, F_META_PEER_name, peer);
        put_text(s, row, F_META_PEER_peer, peer);
        put_u(row, F_META_PEER_current, 1);
        put_i(row, F_META_PEER_active, NS_PER_S);
    }
    send(n, s);
}

START_TEST(a_meta_group_of_two_clusters_is_told_by_its_leader) {
    struct night n;
    begin_mix_and_gb(&n);
    put_meta(&n, &mix[0], "n1", "g1");
    put_meta(&n, &gb, "n1", NULL);
    const struct object *first = cluster_called(&n, "MIX"), *second = cluster_called(&n, "GB");
    ck_assert_str_eq(text_value(&n, first, Q_CLUSTER_meta_quorum), "yes");
    ck_assert_int_eq(quantity_get(n.model, second, Q_CLUSTER_meta_quorum).type, VALUE_UNKNOWN);
    ck_assert_str_eq(text_value(&n, second, Q_CLUSTER_meta_leader), "n1");
    ck_assert_uint_eq(count_of(&n, OBJECT_META_PEER), 1);
    put_meta(&n, &gb, "g1", "n1"); /* it moved */
    put_meta(&n, &mix[0], "g1", NULL);
    ck_assert_str_eq(text_value(&n, second, Q_CLUSTER_meta_quorum), "yes");
    ck_assert_str_eq(text_value(&n, first, Q_CLUSTER_meta_leader), "g1");
    ck_assert_uint_eq(count_of(&n, OBJECT_META_PEER), 1);
    night_end(&n);
}
END_TEST

START_TEST(expect_counts_all_clusters) {
    struct night n;
    night_begin(&n, 5, 1);
    name_url(&n, &mix[0]);
    name_url(&n, &gb);
    answer(&n, &mix[0]);
    answer(&n, &gb);
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "MIX"), Q_CLUSTER_expected), 4);
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "GB"), Q_CLUSTER_expected), 1);
    night_end(&n);
}
END_TEST

START_TEST(a_silent_url_is_who_is_missed_at_its_host) {
    static const struct node silent = {5, NULL, NULL, NULL, 0};
    struct night n;
    begin_mix_and_gb(&n);
    name_url(&n, &silent);
    send_failure(&n, silent.target, SHAPE_VARZ, FAILURE_REFUSED, "refused");
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 5);
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "MIX"), Q_CLUSTER_expected),
                     4); /* nobody knows better */
    struct sample *s = build_node(&n, &gb);
    put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, "nats-route://h4:6222");
    put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, "nats-route://h5:6222");
    send(&n, s);
    night_until(&n, 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 5);
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "MIX"), Q_CLUSTER_expected), 3);
    ck_assert_int_eq(int_value(&n, cluster_called(&n, "GB"), Q_CLUSTER_expected), 2);
    ck_assert_str_eq(text_value(&n, server_named(&n, "h5:8222"), Q_SERVER_cluster), "GB");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("clusters");
    tcase_add_test(t, two_clusters_are_two);
    tcase_add_test(t, equal_names_in_two_clusters_are_two_rows);
    tcase_add_test(t, servers_without_a_cluster_are_their_own);
    tcase_add_test(t, the_first_cluster_is_that_of_the_first_name);
    tcase_add_test(t, a_late_answer_does_not_change_the_first_cluster);
    tcase_add_test(t, what_is_wrong_is_said_of_its_cluster);
    tcase_add_test(t, a_route_tells_whose_peer_it_is);
    tcase_add_test(t, a_cluster_is_as_fresh_as_its_servers);
    tcase_add_test(t, streams_belong_to_their_cluster);
    tcase_add_test(t, a_cluster_may_get_another_name);
    tcase_add_test(t, a_cluster_goes_with_its_last_server);
    tcase_add_test(t, a_meta_group_of_two_clusters_is_told_by_its_leader);
    tcase_add_test(t, expect_counts_all_clusters);
    tcase_add_test(t, a_silent_url_is_who_is_missed_at_its_host);
    return t;
}

int main(void) {
    return run_case("model: clusters", cases);
}
