#include "tests/model_build.h"

static void begin_one(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
}

static struct sample *counted(struct night *n, uint64_t target, const char *id, const char *name,
                              int64_t msgs) {
    struct sample *s = build_varz(n, target, id, name);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_in_msgs, msgs);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_out_msgs, 2 * msgs);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_in_bytes, 10 * msgs);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_out_bytes, 20 * msgs);
    return s;
}

static void set_now(struct sample *s, double second) {
    put_i(row_of(s, ENTITY_ANSWER), F_ANSWER_now, NIGHT_UTC + ns(second));
}

START_TEST(the_first_sample_has_no_rate) {
    struct night n;
    begin_one(&n);
    send(&n, counted(&n, 1, "IDA", "n1", 1000));
    ck_assert(is_new(&n, server_named(&n, "n1"), Q_SERVER_in_msgs_per_s));
    night_end(&n);
}
END_TEST

START_TEST(a_rate_is_growth_over_the_servers_clock) {
    struct night n;
    begin_one(&n);
    send(&n, counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 1);
    struct sample *s = counted(&n, 1, "IDA", "n1", 2000);
    set_now(s, 1.25); /* our clock says 1 s, the server's 1.25 s */
    send(&n, s);
    const struct object *server = server_named(&n, "n1");
    ck_assert_double_eq_tol(number_value(&n, server, Q_SERVER_in_msgs_per_s), 800, 1e-6);
    ck_assert_double_eq_tol(number_value(&n, server, Q_SERVER_out_bytes_per_s), 16000, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(a_missing_counter_is_unknown_and_not_new) {
    struct night n;
    begin_one(&n);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 1);
    send_varz(&n, 1, "IDA", "n1");
    struct value v = quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_in_msgs_per_s);
    ck_assert_int_eq(v.type, VALUE_UNKNOWN);
    ck_assert_int_eq(v.flags, 0);
    night_end(&n);
}
END_TEST

START_TEST(a_falling_counter_drops_the_window) {
    struct night n;
    begin_one(&n);
    send(&n, counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 1);
    send(&n, counted(&n, 1, "IDA", "n1", 900));
    const struct object *server = server_named(&n, "n1");
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_in_msgs_per_s).type, VALUE_UNKNOWN);
    night_until(&n, 2);
    send(&n, counted(&n, 1, "IDA", "n1", 950));
    ck_assert_double_eq_tol(number_value(&n, server, Q_SERVER_in_msgs_per_s), 50, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(a_new_run_drops_the_window) {
    struct night n;
    begin_one(&n);
    send(&n, counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 3);
    struct sample *s = counted(&n, 1, "IDB", "n1", 5000); /* counts more than the old run: no counter fell */
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(2));
    send(&n, s);
    ck_assert(is_new(&n, server_named(&n, "n1"), Q_SERVER_in_msgs_per_s));
    night_end(&n);
}
END_TEST

START_TEST(a_clock_step_drops_the_window) {
    struct night n;
    begin_one(&n);
    send(&n, counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 1);
    struct sample *s = counted(&n, 1, "IDA", "n1", 2000);
    set_now(s, 61);
    send(&n, s);
    const struct object *server = server_named(&n, "n1");
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_in_msgs_per_s).type, VALUE_UNKNOWN);
    night_until(&n, 2);
    s = counted(&n, 1, "IDA", "n1", 2500);
    set_now(s, 62);
    send(&n, s);
    ck_assert_double_eq_tol(number_value(&n, server, Q_SERVER_in_msgs_per_s), 500, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(a_slow_answer_is_no_clock_step) {
    struct night n;
    begin_one(&n);
    send(&n, counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 5);
    struct sample *s = counted(&n, 1, "IDA", "n1", 2000);
    s->asked_mono_ns = NIGHT_MONO + ns(1); /* asked after 1 s, and it took 4 s to answer */
    set_now(s, 1);
    send(&n, s);
    ck_assert_double_eq_tol(number_value(&n, server_named(&n, "n1"), Q_SERVER_in_msgs_per_s), 1000, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(stale_rates_are_old_and_down_ones_unknown) {
    struct night n;
    begin_one(&n);
    send(&n, counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 1);
    send(&n, counted(&n, 1, "IDA", "n1", 2000));
    const struct object *server = server_named(&n, "n1");
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_in_msgs_per_s).flags, 0);
    night_until(&n, 5);
    struct value v = quantity_get(n.model, server, Q_SERVER_in_msgs_per_s);
    ck_assert_int_eq(v.type, VALUE_REAL);
    ck_assert(v.flags & VALUE_OLD);
    night_until(&n, 12);
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_in_msgs_per_s).type, VALUE_UNKNOWN);
    ck_assert_int_eq(model_object(n.model, server->id)->freshness, FRESH_GONE);
    night_end(&n);
}
END_TEST

/* ---- what clients do ---- */

START_TEST(a_server_alone_is_exact) {
    struct night n;
    begin_one(&n);
    send(&n, counted(&n, 1, "IDA", "n1", 1000));
    ck_assert(is_new(&n, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s));
    night_until(&n, 1);
    send(&n, counted(&n, 1, "IDA", "n1", 1600));
    struct value v = quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s);
    ck_assert_int_eq(v.type, VALUE_REAL);
    ck_assert_double_eq_tol(v.f, 600, 1e-6);
    ck_assert_int_eq(v.flags, 0);
    night_end(&n);
}
END_TEST

static struct sample *routed(struct night *n, uint64_t target, const char *id, const char *name,
                             int64_t msgs) {
    struct sample *s = counted(n, target, id, name, msgs);
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
        send(&n, counted(&n, 1, "IDA", "n1", 1000 * i));
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

START_TEST(only_what_will_come_is_new) {
    struct night n;
    begin_one(&n);
    double now = 0;
    for (int i = 0; i < 6; i++) { /* a clock that jumps to and fro: no rate will come of it */
        night_until(&n, i);
        struct sample *s = counted(&n, 1, "IDA", "n1", 1000 * i);
        set_now(s, now = i % 2 ? now + 60 : now - 60);
        send(&n, s);
        ck_assert_int_eq(is_new(&n, server_named(&n, "n1"), Q_SERVER_in_msgs_per_s), i < 1);
        ck_assert_int_eq(is_new(&n, model_cluster(n.model), Q_CLUSTER_in_client_msgs_per_s), i < 1);
        ck_assert_int_eq(
            quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_in_msgs_per_s).type == VALUE_UNKNOWN, 1);
    }
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

START_TEST(less_than_nothing_is_no_number) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 1; i++) {
        night_until(&n, i);
        struct sample *s = counted(&n, 1, "IDA", "n1", i ? 1000 : -1000);
        struct row *row = row_of(s, ENTITY_SERVER);
        row_put(row, F_SERVER_cpu)->f = -3;
        put_i(row, F_SERVER_mem, -1);
        put_i(row, F_SERVER_slow_consumers, -1);
        put_i(row, F_SERVER_max_connections, -1); /* a limit: there is none */
        put_u(row, F_SERVER_gomaxprocs, 4);
        send(&n, s);
    }
    struct sample *s = build(&n, 1, SHAPE_CONNZ_HOT, "IDA");
    struct row *row = sample_add(s, ENTITY_CONNECTION);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    put_u(row, F_CONNECTION_cid, 9);
    put_i(row, F_CONNECTION_pending_bytes, -7);
    put_i(row, F_CONNECTION_rtt, -7);
    send(&n, s);
    const struct object *server = server_named(&n, "n1");
    static const enum quantity unknown[] = {Q_SERVER_cpu,
                                            Q_SERVER_cpu_share,
                                            Q_SERVER_mem,
                                            Q_SERVER_slow_consumers,
                                            Q_SERVER_in_msgs_per_s,
                                            Q_SERVER_in_client_msgs_per_s,
                                            Q_SERVER_max_pending_bytes};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        ck_assert_msg(isnan(number_value(&n, server, unknown[i])), "%s", quantities[unknown[i]].name);
    ck_assert_double_eq(number_value(&n, server, Q_SERVER_max_connections), -1);
    size_t count;
    const struct object *connection = model_objects(n.model, OBJECT_CONNECTION, &count)[0];
    ck_assert(isnan(number_value(&n, connection, Q_CONNECTION_pending_bytes)));
    ck_assert(isnan(number_value(&n, connection, Q_CONNECTION_pending_share)));
    ck_assert(isnan(number_value(&n, connection, Q_CONNECTION_rtt)));
    night_end(&n);
}
END_TEST

START_TEST(values_format_as_cells) {
    char cell[32];
    value_format(cell, sizeof cell, (struct value){.type = VALUE_UNKNOWN}, UNIT_COUNT);
    ck_assert_str_eq(cell, "-");
    value_format(cell, sizeof cell, (struct value){.type = VALUE_UNKNOWN, .flags = VALUE_NEW}, UNIT_COUNT);
    ck_assert_str_eq(cell, "new");
    value_format(cell, sizeof cell, (struct value){.type = VALUE_UINT, .u = UINT64_MAX}, UNIT_NONE);
    ck_assert_str_eq(cell, "18446744073709551615");
    value_format(cell, sizeof cell, (struct value){.type = VALUE_REAL, .f = 412, .flags = VALUE_ESTIMATED},
                 UNIT_PER_S);
    ck_assert_str_eq(cell, "412~");
    struct value unknown = {.type = VALUE_UNKNOWN}, one = {.type = VALUE_UINT, .u = 1},
                 two = {.type = VALUE_REAL, .f = 2}, text = {.type = VALUE_TEXT, .text = "a"};
    ck_assert_int_lt(value_compare(unknown, one), 0);
    ck_assert_int_lt(value_compare(one, two), 0);
    ck_assert_int_lt(value_compare(two, text), 0);
    ck_assert_int_eq(value_compare(unknown, unknown), 0);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("rates");
    tcase_add_test(t, the_first_sample_has_no_rate);
    tcase_add_test(t, a_rate_is_growth_over_the_servers_clock);
    tcase_add_test(t, a_missing_counter_is_unknown_and_not_new);
    tcase_add_test(t, a_falling_counter_drops_the_window);
    tcase_add_test(t, a_new_run_drops_the_window);
    tcase_add_test(t, a_clock_step_drops_the_window);
    tcase_add_test(t, a_slow_answer_is_no_clock_step);
    tcase_add_test(t, stale_rates_are_old_and_down_ones_unknown);
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
    tcase_add_test(t, only_what_will_come_is_new);
    tcase_add_test(t, a_rate_is_awaited_while_answers_come);
    tcase_add_test(t, less_than_nothing_is_no_number);
    tcase_add_test(t, values_format_as_cells);
    return t;
}

int main(void) {
    return run_case("model: rates", cases);
}
