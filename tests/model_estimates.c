#include "tests/model_build.h"

static void begin_one(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
}

START_TEST(a_server_alone_is_exact) {
    struct night n;
    begin_one(&n);
    send(&n, build_counted(&n, 1, "IDA", "n1", 1000));
    ck_assert(is_new(&n, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s));
    night_until(&n, 1);
    send(&n, build_counted(&n, 1, "IDA", "n1", 1600));
    struct value v = quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s);
    ck_assert_int_eq(v.type, VALUE_REAL);
    ck_assert_double_eq_tol(v.f, 600, 1e-6);
    ck_assert_int_eq(v.flags, 0);
    night_end(&n);
}
END_TEST

static struct sample *routed(struct night *n, uint64_t target, const char *id, const char *name,
                             int64_t msgs) {
    struct sample *s = build_counted(n, target, id, name, msgs);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_routes, 1);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_remotes, 1);
    return s;
}

static void send_route(struct night *n, uint64_t target, const char *id, uint64_t rid, int64_t msgs) {
    struct sample *s = build(n, target, SHAPE_ROUTEZ, id);
    struct row *row = sample_add(s, ENTITY_ROUTE);
    put_u(row, F_ROUTE_rid, rid);
    put_text(s, row, F_ROUTE_remote_id, "IDX");
    put_i(row, F_ROUTE_in_msgs, msgs);
    put_i(row, F_ROUTE_out_msgs, msgs);
    put_i(row, F_ROUTE_in_bytes, msgs);
    put_i(row, F_ROUTE_out_bytes, msgs);
    send(n, s);
}

START_TEST(routes_are_subtracted_and_the_rest_is_an_estimate) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 4; i++) {
        night_until(&n, i);
        send(&n, routed(&n, 1, "IDA", "n1", 1000 * i));
        if (i % 2 == 0)
            send_route(&n, 1, "IDA", 7, 300 * i);
        if (i == 1)
            ck_assert(is_new(&n, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s));
    }
    struct value v = quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s);
    ck_assert_double_eq_tol(v.f, 700, 1e-6);
    ck_assert(v.flags & VALUE_ESTIMATED);
    v = quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_out_client_msgs_per_s);
    ck_assert_double_eq_tol(v.f, 1700, 1e-6);
    ck_assert(v.flags & VALUE_ESTIMATED);
    char cell[32];
    value_format(cell, sizeof cell, v, UNIT_PER_S);
    ck_assert_int_eq(cell[strlen(cell) - 1], '~');
    night_end(&n);
}
END_TEST

START_TEST(a_new_route_drops_the_estimate) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 2; i++) {
        night_until(&n, i);
        send(&n, routed(&n, 1, "IDA", "n1", 1000 * i));
        send_route(&n, 1, "IDA", i == 2 ? 8 : 7, 300 * i);
    }
    ck_assert_int_eq(quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s).type,
                     VALUE_UNKNOWN);
    ck_assert_uint_eq(count_of(&n, OBJECT_ROUTE), 1);
    night_end(&n);
}
END_TEST

START_TEST(less_than_nothing_is_unknown) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 2; i++) {
        night_until(&n, i);
        send(&n, routed(&n, 1, "IDA", "n1", 100 * i));
        send_route(&n, 1, "IDA", 7, 300 * i);
    }
    ck_assert_int_eq(quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s).type,
                     VALUE_UNKNOWN);
    ck_assert_int_eq(quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s).type,
                     VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

/* The last route message was counted by /routez and not yet by the /varz before it: noise, not nonsense. */
START_TEST(an_idle_cluster_has_no_traffic) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 2; i++) {
        night_until(&n, 2 * i);
        send(&n, routed(&n, 1, "IDA", "n1", 2 * i));
        night_until(&n, 2 * i + 0.01);
        send_route(&n, 1, "IDA", 7, 2 * i + (i == 2));
    }
    struct value v = quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s);
    ck_assert_int_eq(v.type, VALUE_REAL);
    ck_assert_double_eq(v.f, 0);
    ck_assert(v.flags & VALUE_ESTIMATED);
    night_end(&n);
}
END_TEST

START_TEST(an_estimate_does_not_stand_still_unseen) {
    struct night n;
    begin_one(&n);
    const struct object *cluster = model_cluster(n.model);
    send_interval(&n, 1, SHAPE_ROUTEZ, 30); /* stretched: that is when it comes, not how long it is worth */
    for (int i = 0; i <= 12; i++) {
        night_until(&n, i);
        send(&n, routed(&n, 1, "IDA", "n1", 1000 * i));
        if (i == 0 || i == 2 || i == 12)
            send_route(&n, 1, "IDA", 7, 300 * i);
        if (i >= 2 && i <= 6)
            ck_assert_double_eq_tol(number_value(&n, cluster, Q_CLUSTER_in_client_msgs_per_s), 700, 1e-6);
        if (i > 6 && i < 12) {
            ck_assert(isnan(number_value(&n, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s)));
            ck_assert(isnan(number_value(&n, cluster, Q_CLUSTER_in_client_msgs_per_s)));
        }
    }
    ck_assert_double_eq_tol(number_value(&n, cluster, Q_CLUSTER_in_client_msgs_per_s), 700, 1e-6);
    night_end(&n);
}
END_TEST

/* What one /routez has too much or too little, for that /varz was read at another moment, the next one evens
 * out. */
static const int uneven[] = {0, 0, 2, 0, -2, 0, 0, 2, -1, 0};
#define POLLS ((int)(sizeof uneven / sizeof *uneven))

START_TEST(between_two_moments_is_no_traffic) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i < POLLS; i++) {
        night_until(&n, 2 * i);
        send(&n, routed(&n, 1, "IDA", "n1", 4 * i));
        night_until(&n, 2 * i + 0.01);
        send_route(&n, 1, "IDA", 7, 4 * i + uneven[i]);
        for (int q = Q_CLUSTER_in_client_msgs_per_s; i > 0 && q <= Q_CLUSTER_in_client_bytes_per_s; q += 2) {
            struct value v = quantity_get(n.model, model_cluster(n.model), (enum quantity)q);
            ck_assert_int_eq(v.flags, VALUE_ESTIMATED);
            if (i > 6 && q == Q_CLUSTER_in_client_msgs_per_s)
                ck_assert_double_le(v.f, 0.2);
        }
    }
    night_end(&n);
}
END_TEST

START_TEST(a_trickle_is_found_in_a_longer_window) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i < POLLS; i++) {
        night_until(&n, 2 * i);
        send(&n, routed(&n, 1, "IDA", "n1", 4 * i + 2 * i)); /* one message a second */
        send_route(&n, 1, "IDA", 7, 4 * i + uneven[i]);
        if (i >= 5)
            ck_assert_double_eq_tol(number_value(&n, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s),
                                    1, 0.4);
    }
    night_end(&n);
}
END_TEST

START_TEST(links_are_carried_to_the_moment_of_varz) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 4; i++) { /* 10,000/s over routes, of it read 30 ms later each second time */
        double late = i % 2 ? 0.03 : 0;
        night_until(&n, 2 * i);
        send(&n, routed(&n, 1, "IDA", "n1", 20000 * i + 100 * i));
        night_until(&n, 2 * i + late);
        send_route(&n, 1, "IDA", 7, 20000 * i + (int64_t)(10000 * late));
        if (i > 0) /* 300 messages were off without */
            ck_assert_double_eq_tol(number_value(&n, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s),
                                    50, 3);
    }
    night_end(&n);
}
END_TEST

START_TEST(the_servers_own_client_counters_win) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 1; i++) {
        night_until(&n, i);
        struct sample *s = routed(&n, 1, "IDA", "n1", 1000 * i);
        put_i(row_of(s, ENTITY_SERVER), F_SERVER_in_client_msgs, 40 * i);
        send(&n, s);
    }
    struct value v = quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s);
    ck_assert_double_eq_tol(v.f, 40, 1e-6);
    ck_assert_int_eq(v.flags, 0);
    night_end(&n);
}
END_TEST

START_TEST(one_server_that_cannot_tell_makes_the_sum_unknown) {
    struct night n;
    begin_one(&n);
    send_target(&n, 2, "http://h2:8222", "named", "polled", NULL, NULL);
    for (int i = 0; i <= 3; i++) {
        night_until(&n, i);
        send(&n, build_counted(&n, 1, "IDA", "n1", 1000 * i));
        send_varz(&n, 2, "IDB", "n2");
    }
    ck_assert_double_eq_tol(number_value(&n, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s), 1000,
                            1e-6);
    struct value v = quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s);
    ck_assert_int_eq(v.type, VALUE_UNKNOWN);
    ck_assert_int_eq(v.flags, 0);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_connections), 10);
    night_end(&n);
}
END_TEST

START_TEST(a_rate_is_awaited_while_answers_come) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 40; i++) { /* routes are there, and nobody tells of them */
        night_until(&n, i);
        send(&n, routed(&n, 1, "IDA", "n1", 1000 * i));
        if (i == 5)
            ck_assert(is_new(&n, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s));
    }
    ck_assert(!is_new(&n, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s));
    night_end(&n);
    begin_one(&n);
    for (int i = 0; i <= 2; i++) {
        night_until(&n, i);
        send(&n, routed(&n, 1, "IDA", "n1", 1000 * i));
        send_failure(&n, 1, SHAPE_ROUTEZ, FAILURE_HTTP, "404");
    }
    ck_assert(!is_new(&n, server_named(&n, "n1"), Q_SERVER_in_client_msgs_per_s));
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("client traffic");
    tcase_add_test(t, a_server_alone_is_exact);
    tcase_add_test(t, routes_are_subtracted_and_the_rest_is_an_estimate);
    tcase_add_test(t, a_new_route_drops_the_estimate);
    tcase_add_test(t, less_than_nothing_is_unknown);
    tcase_add_test(t, an_idle_cluster_has_no_traffic);
    tcase_add_test(t, an_estimate_does_not_stand_still_unseen);
    tcase_add_test(t, between_two_moments_is_no_traffic);
    tcase_add_test(t, a_trickle_is_found_in_a_longer_window);
    tcase_add_test(t, links_are_carried_to_the_moment_of_varz);
    tcase_add_test(t, the_servers_own_client_counters_win);
    tcase_add_test(t, one_server_that_cannot_tell_makes_the_sum_unknown);
    tcase_add_test(t, a_rate_is_awaited_while_answers_come);
    return t;
}

int main(void) {
    return run_case("model: client traffic", cases);
}
