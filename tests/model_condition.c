/* In what condition a server is: its limits, how connections come and go, certificates, gateways, lame duck;
 * and what the servers of a cluster should have alike. */
#include "tests/model_meta.h"

static double of_n1(const struct night *n, enum quantity q) {
    return number_value(n, server_named(n, "n1"), q);
}

static double of_cluster(const struct night *n, enum quantity q) {
    return number_value(n, model_cluster(n->model), q);
}

static struct row *say(struct night *n, int node, struct sample **s) {
    *s = build_varz(n, (uint64_t)node + 1, ids[node], names[node]);
    return row_of(*s, ENTITY_SERVER);
}

/* ---- limits ---- */

START_TEST(of_a_limit_that_is_told_a_share_is_known) {
    static const struct {
        int64_t memory, connections;
        double mem_share, connections_share;
    } told[] = {{1000, 200, 0.75, 0.025}, {-1, -1, NAN, NAN}, {0, 0, NAN, NAN}};
    for (size_t i = 0; i < 3; i++) {
        struct night n;
        struct sample *s;
        begin_three(&n);
        ck_assert(isnan(of_n1(&n, Q_SERVER_mem_share))); /* nothing told */
        struct row *row = say(&n, 0, &s);
        put_i(row, F_SERVER_mem, 750);
        put_i(row, F_SERVER_gomemlimit, told[i].memory);
        put_i(row, F_SERVER_max_connections, told[i].connections);
        send(&n, s);
        double mem = of_n1(&n, Q_SERVER_mem_share), conns = of_n1(&n, Q_SERVER_connections_share);
        ck_assert(isnan(told[i].mem_share) ? isnan(mem) : fabs(mem - told[i].mem_share) < 1e-9);
        ck_assert(isnan(told[i].connections_share) ? isnan(conns)
                                                   : fabs(conns - told[i].connections_share) < 1e-9);
        night_end(&n);
    }
}
END_TEST

START_TEST(the_round_trip_is_what_came_with_the_answer) {
    struct night n;
    struct sample *s;
    begin_three(&n);
    ck_assert(isnan(of_n1(&n, Q_SERVER_round_trip)));
    say(&n, 0, &s);
    s->round_trip_ns = 250 * NS_PER_US;
    send(&n, s);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_round_trip), 250e3);
    varz(&n, 0); /* an older collector does not tell */
    ck_assert(isnan(of_n1(&n, Q_SERVER_round_trip)));
    night_end(&n);
}
END_TEST

START_TEST(the_certificate_that_ends_first_counts) {
    struct night n;
    struct sample *s;
    begin_three(&n);
    ck_assert(isnan(of_n1(&n, Q_SERVER_cert_left)));
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_cert_of), "");
    struct row *row = say(&n, 0, &s);
    put_i(row, F_SERVER_tls_cert, NIGHT_UTC + ns(30 * 86400));
    put_i(row, F_SERVER_tls_cert_cluster, NIGHT_UTC + ns(7 * 86400));
    put_i(row, F_SERVER_tls_cert_websocket, NIGHT_UTC + ns(90 * 86400));
    send(&n, s);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_cert_left), 7 * 86400e9);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_cert_of), "routes");
    row = say(&n, 0, &s);
    put_i(row, F_SERVER_tls_cert, NIGHT_UTC - ns(60));
    send(&n, s);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_cert_left), -60e9);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_cert_of), "clients");
    night_end(&n);
}
END_TEST

/* ---- coming and going ---- */

/* Each second `opened` more come, and `closed` go. */
static void turn_over(struct night *n, double second, uint64_t opened, uint64_t closed, uint64_t *ever,
                      uint64_t *open) {
    while (n->at < ns(second)) {
        struct sample *s;
        night_until(n, floor((double)n->at / 1e9) + 1);
        *ever += opened;
        *open += opened - closed;
        struct row *row = say(n, 0, &s);
        put_u(row, F_SERVER_total_connections, *ever);
        put_u(row, F_SERVER_connections, *open);
        send(n, s);
    }
}

START_TEST(churn_is_what_comes_while_as_many_go) {
    static const struct {
        uint64_t opened, closed;
        double least, most;
    } told[] = {{2, 2, 120, 145}, {2, 0, 0, 0}, {0, 2, 0, 0}, {3, 1, 60, 75}};
    for (size_t i = 0; i < 4; i++) {
        struct night n;
        uint64_t ever = 5000, open = 1000;
        begin_three(&n);
        turn_over(&n, 50, told[i].opened, told[i].closed, &ever, &open);
        ck_assert(isnan(of_n1(&n, Q_SERVER_churn_1m))); /* a minute has not been seen */
        turn_over(&n, 180, told[i].opened, told[i].closed, &ever, &open);
        double churn = of_n1(&n, Q_SERVER_churn_1m);
        ck_assert_msg(churn >= told[i].least && churn <= told[i].most, "%zu: %f", i, churn);
        ck_assert_double_eq_tol(of_n1(&n, Q_SERVER_churn_share), churn / (double)open, 1e-9);
        turn_over(&n, 260, 0, 0, &ever, &open);
        ck_assert_double_eq(of_n1(&n, Q_SERVER_churn_1m), 0); /* it is over */
        night_end(&n);
    }
}
END_TEST

START_TEST(a_restart_is_no_churn) {
    struct night n;
    uint64_t ever = 5000, open = 1000;
    begin_three(&n);
    turn_over(&n, 90, 0, 0, &ever, &open);
    varz_until(&n, 92, 6);
    send_restarted(&n, 0, "IDZ");
    ck_assert_double_eq(of_n1(&n, Q_SERVER_churn_1m), 0);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_restarts_10m), 1);
    night_end(&n);
}
END_TEST

static unsigned restarts_flags(const struct night *n) {
    return quantity_get(n->model, server_named(n, "n1"), Q_SERVER_restarts_10m).flags;
}

START_TEST(restarts_count_for_ten_minutes) {
    struct night n;
    begin_three(&n);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_restarts_10m), 0);
    ck_assert_int_eq(restarts_flags(&n), 0); /* it is up for an hour */
    varz_until(&n, 10, 6);
    send_restarted(&n, 0, "IDX");
    varz_until(&n, 60, 6);
    send_restarted(&n, 0, "IDY");
    ck_assert_double_eq(of_n1(&n, Q_SERVER_restarts_10m), 2);
    ck_assert(restarts_flags(&n) & VALUE_LEAST);
    varz_until(&n, 640, 6);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_restarts_10m), 1);
    varz_until(&n, 680, 6);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_restarts_10m), 0);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_restarts), 2);
    night_end(&n);
}
END_TEST

/* ---- lame duck ---- */

#define NOT_READY "failed to be ready for connections after 1ms: server"

static void send_health(struct night *n, int node, int status, const char *error) {
    struct sample *s = build(n, (uint64_t)node + 1, SHAPE_HEALTHZ, NULL);
    struct row *row = sample_add(s, ENTITY_HEALTH);
    s->http_status = status;
    put_text(s, row, F_HEALTH_status, status == 200 ? "ok" : "error");
    put_text(s, row, F_HEALTH_error, error);
    send(n, s);
}

START_TEST(who_listens_no_more_is_about_to_leave) {
    static const struct {
        int status;
        const char *error;
        bool leaves;
    } said[] = {{503, NOT_READY, true}, /* up to 2.9 */
                {500, NOT_READY, true},
                {200, NOT_READY, false},
                {503, "JetStream has not established contact with a meta leader", false}};
    for (size_t i = 0; i < 4; i++) {
        struct night n;
        begin_three(&n);
        ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), 0);
        send_health(&n, 0, said[i].status, said[i].error);
        ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), said[i].leaves);
        ck_assert_int_eq(count_events(&n, "leaving"), said[i].leaves);
        send_health(&n, 0, said[i].status, said[i].error);
        ck_assert_int_eq(count_events(&n, "leaving"), said[i].leaves);
        send_health(&n, 0, 200, NULL);
        ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), 0);
        night_end(&n);
    }
}
END_TEST

START_TEST(who_has_just_started_does_not_leave) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 6);
    send_restarted(&n, 0, "IDX");
    send_health(&n, 0, 500, NOT_READY);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), 0);
    night_end(&n);
}
END_TEST

/* It began later than now, by its clock. */
START_TEST(who_had_its_clock_put_back_has_not_just_started) {
    struct night n;
    begin_three(&n);
    struct sample *s = build_varz(&n, 1, ids[0], names[0]);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(1800));
    send(&n, s);
    send_health(&n, 0, 500, NOT_READY);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), 1);
    night_end(&n);
}
END_TEST

/* It says so once before it ends and once after it began again: two runs of it, and nobody knows of between.
 */
START_TEST(what_is_wrong_with_another_run_begins_anew) {
    static const char behind[] = "JetStream stream is not current";
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 7);
    send_health(&n, 0, 503, behind);
    varz_until(&n, 11, 7);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "refused");
    varz_until(&n, 24, 6);
    for (int t = 24; t <= 44; t++) {
        send_restarted(&n, 0, "IDX");
        if (t % 10 == 4)
            send_health(&n, 0, 503, behind);
        varz_until(&n, t, 6);
        const struct finding *f = finding_of(&n, "health");
        if (t < 38)
            ck_assert_msg(!f, "so at %d", t);
        else if (t > 40)
            ck_assert_msg(f != NULL, "not so at %d", t);
    }
    night_end(&n);
}
END_TEST

START_TEST(who_left_so_is_back_within_ten_minutes_or_down) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 7);
    send_health(&n, 0, 500, NOT_READY);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "refused");
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "down");
    ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), 1);
    varz_until(&n, 605, 6);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), 1);
    varz_until(&n, 611, 6);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), 0);
    night_end(&n);
}
END_TEST

START_TEST(the_next_run_does_not_leave) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 7);
    send_health(&n, 0, 500, NOT_READY);
    varz_until(&n, 12, 6);
    send_restarted(&n, 0, "IDX");
    ck_assert_double_eq(of_n1(&n, Q_SERVER_lame_duck), 0);
    night_end(&n);
}
END_TEST

START_TEST(who_leaves_is_no_lost_peer) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 7);
    for (int leaves = 0; leaves < 2; leaves++) {
        if (leaves)
            send_health(&n, 2, 500, NOT_READY);
        struct sample *s = jsz(&n, 0);
        add_meta(s, "n1");
        add_peer(s, "n2", true, 0.1);
        add_peer(s, "n3", false, 12);
        send(&n, s);
        const struct object *peer = find_by(&n, Q_META_PEER_name, "n3");
        ck_assert_str_eq(text_value(&n, peer, Q_META_PEER_state), "lost");
        ck_assert_str_eq(text_value(&n, peer, Q_META_PEER_trouble), leaves ? "" : "lost");
    }
    night_end(&n);
}
END_TEST

/* ---- routes, gateways, leaf nodes ---- */

START_TEST(a_peer_that_is_up_and_has_no_route_is_counted) {
    struct night n;
    begin_three(&n);
    for (int remotes = 2; remotes >= 0; remotes--) {
        struct sample *s;
        put_u(say(&n, 0, &s), F_SERVER_remotes, (uint64_t)remotes);
        send(&n, s);
        ck_assert_double_eq(of_n1(&n, Q_SERVER_unrouted), 2 - remotes);
    }
    for (int i = 0; i < 2; i++)
        send_failure(&n, 3, SHAPE_VARZ, FAILURE_REFUSED, "refused");
    ck_assert_double_eq(of_n1(&n, Q_SERVER_unrouted), 1); /* n3 is down: that is said */
    night_end(&n);
}
END_TEST

static void say_remotes(struct night *n, int node, uint64_t remotes) {
    struct sample *s;
    put_u(say(n, node, &s), F_SERVER_remotes, remotes);
    send(n, s);
}

/* One that nobody asks here is there as far as another one's routes lead. */
START_TEST(a_peer_that_another_one_reaches_is_counted) {
    struct night n;
    begin_three(&n);
    send_target(&n, 9, "10.0.0.9:6222", "route", "known", "IDN", NULL);
    for (int node = 0; node < 3; node++)
        say_remotes(&n, node, 3);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_unrouted), 0);
    say_remotes(&n, 0, 2);
    ck_assert_double_eq(of_n1(&n, Q_SERVER_unrouted), 1);
    for (int node = 1; node < 3; node++)
        say_remotes(&n, node, 2); /* it is gone, or its row is another name of somebody */
    ck_assert_double_eq(of_n1(&n, Q_SERVER_unrouted), 0);
    night_end(&n);
}
END_TEST

static void send_gateways(struct night *n, const char *const *clusters) {
    struct sample *s = build(n, 1, SHAPE_GATEWAYZ, "IDA");
    for (uint64_t cid = 20; *clusters; clusters++, cid++) {
        struct row *row = sample_add(s, ENTITY_GATEWAY);
        put_u(row, F_GATEWAY_cid, cid);
        put_text(s, row, F_GATEWAY_direction, **clusters == '<' ? "inbound" : "outbound");
        put_text(s, row, F_GATEWAY_cluster, *clusters + (**clusters == '<'));
    }
    send(n, s);
}

START_TEST(a_gateway_that_was_there_is_missed) {
    struct night n;
    begin_three(&n);
    ck_assert(isnan(of_n1(&n, Q_SERVER_gateways_lost)));
    send_gateways(&n, (const char *const[]){"east", "west", "<north", NULL});
    ck_assert_double_eq(of_n1(&n, Q_SERVER_gateways_lost), 0);
    send_gateways(&n, (const char *const[]){"east", "<west", NULL}); /* what comes in is no way out */
    ck_assert_double_eq(of_n1(&n, Q_SERVER_gateways_lost), 1);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_gateway_lost), "west");
    send_gateways(&n, (const char *const[]){"west", "east", NULL});
    ck_assert_double_eq(of_n1(&n, Q_SERVER_gateways_lost), 0);
    night_end(&n);
}
END_TEST

START_TEST(another_configuration_may_want_other_gateways) {
    struct night n;
    struct sample *s;
    begin_three(&n);
    send_gateways(&n, (const char *const[]){"east", "west", NULL});
    put_i(say(&n, 0, &s), F_SERVER_config_load_time, NIGHT_UTC + n.at);
    send(&n, s);
    send_gateways(&n, (const char *const[]){"east", NULL});
    ck_assert_double_eq(of_n1(&n, Q_SERVER_gateways_lost), 0);
    night_end(&n);
}
END_TEST

START_TEST(more_gateways_than_are_followed_do_no_harm) {
    struct night n;
    char text[200][8];
    const char *clusters[201] = {NULL};
    begin_three(&n);
    for (int i = 0; i < 200; i++) {
        snprintf(text[i], sizeof text[i], "g%d", i);
        clusters[i] = text[i];
    }
    send_gateways(&n, clusters);
    send_gateways(&n, (const char *const[]){NULL});
    ck_assert_double_eq(of_n1(&n, Q_SERVER_gateways_lost), 64);
    night_end(&n);
}
END_TEST

START_TEST(leaf_nodes_have_figures) {
    struct night n;
    begin_three(&n);
    struct sample *s = build(&n, 1, SHAPE_LEAFZ, "IDA");
    struct row *row = sample_add(s, ENTITY_LEAF);
    put_text(s, row, F_LEAF_name, "edge");
    put_text(s, row, F_LEAF_ip, "::1");
    put_u(row, F_LEAF_port, 7422);
    put_text(s, row, F_LEAF_account, "A");
    put_i(row, F_LEAF_rtt, 120 * NS_PER_MS);
    row = sample_add(s, ENTITY_LEAF);
    put_text(s, row, F_LEAF_ip, "10.0.0.9");
    put_u(row, F_LEAF_port, 1);
    send(&n, s);
    const struct object *edge = find_by(&n, Q_LEAF_name, "edge");
    ck_assert_double_eq(number_value(&n, edge, Q_LEAF_rtt), 120e6);
    ck_assert_str_eq(text_value(&n, edge, Q_LEAF_address), "[::1]:7422");
    ck_assert_str_eq(text_value(&n, edge, Q_LEAF_server), "n1");
    ck_assert_ptr_nonnull(find_by(&n, Q_LEAF_name, "10.0.0.9:1"));
    night_end(&n);
}
END_TEST

/* ---- alike ---- */

static void send_alike(struct night *n, int node, const char *version, const char *digest) {
    struct sample *s;
    struct row *row = say(n, node, &s);
    put_text(s, row, F_SERVER_version, version);
    put_text(s, row, F_SERVER_config_digest, digest);
    send(n, s);
}

START_TEST(different_versions_are_counted) {
    struct night n;
    begin_three(&n);
    ck_assert_double_eq(of_cluster(&n, Q_CLUSTER_versions), 1);
    send_alike(&n, 1, "2.12.2", NULL);
    ck_assert_double_eq(of_cluster(&n, Q_CLUSTER_versions), 2);
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_version_list), "2.15.2, 2.12.2");
    for (int i = 0; i < 2; i++)
        send_failure(&n, 2, SHAPE_VARZ, FAILURE_REFUSED, "refused");
    ck_assert_double_eq(of_cluster(&n, Q_CLUSTER_versions), 1); /* who is down runs none */
    night_end(&n);
}
END_TEST

START_TEST(only_what_was_alike_drifts) {
    struct night n;
    begin_three(&n);
    ck_assert(isnan(of_cluster(&n, Q_CLUSTER_configurations)));
    for (int node = 0; node < 3; node++)
        send_alike(&n, node, "2.15.2", names[node]);
    night_until(&n, 1);
    ck_assert_double_eq(of_cluster(&n, Q_CLUSTER_configurations), 3);
    ck_assert_double_eq(of_cluster(&n, Q_CLUSTER_drifted), 0); /* each names itself */
    for (int node = 0; node < 3; node++)
        send_alike(&n, node, "2.15.2", "same");
    night_until(&n, 2);
    ck_assert_double_eq(of_cluster(&n, Q_CLUSTER_drifted), 0);
    send_alike(&n, 1, "2.15.2", "other");
    night_until(&n, 3);
    ck_assert_double_eq(of_cluster(&n, Q_CLUSTER_drifted), 1);
    for (int node = 0; node < 3; node++)
        send_alike(&n, node, "2.15.2", "same");
    night_until(&n, 4);
    ck_assert_double_eq(of_cluster(&n, Q_CLUSTER_drifted), 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("condition of a server");
    tcase_add_test(t, of_a_limit_that_is_told_a_share_is_known);
    tcase_add_test(t, the_round_trip_is_what_came_with_the_answer);
    tcase_add_test(t, the_certificate_that_ends_first_counts);
    tcase_add_test(t, churn_is_what_comes_while_as_many_go);
    tcase_add_test(t, a_restart_is_no_churn);
    tcase_add_test(t, restarts_count_for_ten_minutes);
    tcase_add_test(t, who_listens_no_more_is_about_to_leave);
    tcase_add_test(t, who_has_just_started_does_not_leave);
    tcase_add_test(t, who_had_its_clock_put_back_has_not_just_started);
    tcase_add_test(t, what_is_wrong_with_another_run_begins_anew);
    tcase_add_test(t, who_left_so_is_back_within_ten_minutes_or_down);
    tcase_add_test(t, the_next_run_does_not_leave);
    tcase_add_test(t, who_leaves_is_no_lost_peer);
    tcase_add_test(t, a_peer_that_is_up_and_has_no_route_is_counted);
    tcase_add_test(t, a_peer_that_another_one_reaches_is_counted);
    tcase_add_test(t, a_gateway_that_was_there_is_missed);
    tcase_add_test(t, another_configuration_may_want_other_gateways);
    tcase_add_test(t, more_gateways_than_are_followed_do_no_harm);
    tcase_add_test(t, leaf_nodes_have_figures);
    tcase_add_test(t, different_versions_are_counted);
    tcase_add_test(t, only_what_was_alike_drifts);
    return t;
}

int main(void) {
    return run_case("condition", cases);
}
