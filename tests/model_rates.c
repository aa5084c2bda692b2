/* Rates of counters: growth over the server's own clock, and what makes a window begin anew. */
#include "tests/model_build.h"

static void begin_one(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
}

static void set_now(struct sample *s, double second) {
    put_i(row_of(s, ENTITY_ANSWER), F_ANSWER_now, NIGHT_UTC + ns(second));
}

START_TEST(the_first_sample_has_no_rate) {
    struct night n;
    begin_one(&n);
    send(&n, build_counted(&n, 1, "IDA", "n1", 1000));
    ck_assert(is_new(&n, server_named(&n, "n1"), Q_SERVER_in_msgs_per_s));
    night_end(&n);
}
END_TEST

START_TEST(a_rate_is_growth_over_the_servers_clock) {
    struct night n;
    begin_one(&n);
    send(&n, build_counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 1);
    struct sample *s = build_counted(&n, 1, "IDA", "n1", 2000);
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
    send(&n, build_counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 1);
    send(&n, build_counted(&n, 1, "IDA", "n1", 900));
    const struct object *server = server_named(&n, "n1");
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_in_msgs_per_s).type, VALUE_UNKNOWN);
    night_until(&n, 2);
    send(&n, build_counted(&n, 1, "IDA", "n1", 950));
    ck_assert_double_eq_tol(number_value(&n, server, Q_SERVER_in_msgs_per_s), 50, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(a_new_run_drops_the_window) {
    struct night n;
    begin_one(&n);
    send(&n, build_counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 3);
    struct sample *s =
        build_counted(&n, 1, "IDB", "n1", 5000); /* counts more than the old run: no counter fell */
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(2));
    send(&n, s);
    ck_assert(is_new(&n, server_named(&n, "n1"), Q_SERVER_in_msgs_per_s));
    night_end(&n);
}
END_TEST

START_TEST(a_clock_step_drops_the_window) {
    struct night n;
    begin_one(&n);
    send(&n, build_counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 1);
    struct sample *s = build_counted(&n, 1, "IDA", "n1", 2000);
    set_now(s, 61);
    send(&n, s);
    const struct object *server = server_named(&n, "n1");
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_in_msgs_per_s).type, VALUE_UNKNOWN);
    night_until(&n, 2);
    s = build_counted(&n, 1, "IDA", "n1", 2500);
    set_now(s, 62);
    send(&n, s);
    ck_assert_double_eq_tol(number_value(&n, server, Q_SERVER_in_msgs_per_s), 500, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(a_slow_answer_is_no_clock_step) {
    struct night n;
    begin_one(&n);
    send(&n, build_counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 5);
    struct sample *s = build_counted(&n, 1, "IDA", "n1", 2000);
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
    send(&n, build_counted(&n, 1, "IDA", "n1", 1000));
    night_until(&n, 1);
    send(&n, build_counted(&n, 1, "IDA", "n1", 2000));
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

START_TEST(only_what_will_come_is_new) {
    struct night n;
    begin_one(&n);
    double now = 0;
    for (int i = 0; i < 6; i++) { /* a clock that jumps to and fro: no rate will come of it */
        night_until(&n, i);
        struct sample *s = build_counted(&n, 1, "IDA", "n1", 1000 * i);
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

START_TEST(less_than_nothing_is_no_number) {
    struct night n;
    begin_one(&n);
    for (int i = 0; i <= 1; i++) {
        night_until(&n, i);
        struct sample *s = build_counted(&n, 1, "IDA", "n1", i ? 1000 : -1000);
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
    tcase_add_test(t, only_what_will_come_is_new);
    tcase_add_test(t, less_than_nothing_is_no_number);
    tcase_add_test(t, values_format_as_cells);
    return t;
}

int main(void) {
    return run_case("model: rates", cases);
}
