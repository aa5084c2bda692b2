/* Counters of those that do not read: events when they grow, held against the records of who was cut. */
#include "tests/model_counts.h"

#include "model/reported.h"

START_TEST(what_was_there_before_is_no_event) {
    struct night n;
    struct counts c = {.divided = true, .slow = 12, .clients = 9, .routes = 3, .stalls = 50, .stale = 4};
    begin(&n, c);
    until(&n, "IDA", 8, c);
    ck_assert_uint_eq(model_event_count(n.model), 0);
    night_until(&n, 9);
    c = (struct counts){.divided = true, .start = 8.5}; /* restarted: counts anew */
    send_counts(&n, "IDB", c);
    until(&n, "IDB", 18, c);
    ck_assert_int_eq(count_events(&n, "cut"), 0);
    ck_assert_int_eq(count_events(&n, "slow"), 0);
    ck_assert_int_eq(count_events(&n, "stalled"), 0);
    size_t count;
    const struct finding *findings = model_findings(n.model, &count);
    ck_assert_msg(count == 0, "%s", count ? finding_rule(&findings[0]) : "");
    night_end(&n);
}
END_TEST

START_TEST(clients_with_their_records) {
    struct night n;
    struct counts c = {.divided = true, .clients = 9};
    begin_recorded(&n, c);
    c.clients = 12;
    until(&n, "IDA", 5, c);
    ck_assert_int_eq(count_events(&n, "cut"), 0); /* who it was is asked */
    struct life page[3] = {
        {7, "c", 0, 4.6, CUT_BYTES, 1}, {6, "b", 0, 4.5, CUT_DEADLINE, 1}, {5, "a", 0, 4.4, CUT_BYTES, 1}};
    night_until(&n, 5.5);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 3, page, 3);
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    ck_assert_str_eq(said(&n, "cut"),
                     "3 clients cut as slow consumers: a (pending bytes), b (write deadline), "
                     "c (pending bytes), 12 since its start");
    const struct event *e = model_event(n.model, model_event_count(n.model) - 1);
    ck_assert_int_eq(e->utc_ns, NIGHT_UTC + ns(5));
    ck_assert_str_eq(e->subject, "n1");
    until(&n, "IDA", 30, c);
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut_10m), 3);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_cut_10m), 3);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_last_cut),
                        (double)(NIGHT_UTC + ns(4.6)));
    night_end(&n);
}
END_TEST

/* One client is counted at the cut and again when its last write fails. */
START_TEST(counted_twice) {
    struct night n;
    struct counts c = {.divided = true};
    begin_recorded(&n, c);
    c.clients = 1;
    until(&n, "IDA", 5, c);
    closed(&n, "IDA", 1, (struct life){5, "a", 0, 4.5, CUT_BYTES, 1});
    ck_assert_str_eq(said(&n, "cut"), "a (pending bytes) cut as slow consumer, 1 since its start");
    ck_assert_uint_eq(model_event(n.model, 0)->amended, 0);
    c.clients = 2;
    until(&n, "IDA", 20, c);
    ck_assert_uint_eq(model_event(n.model, 0)->amended, 1); /* for whom it was told */
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    ck_assert_str_eq(said(&n, "cut"), "a (pending bytes) cut as slow consumer, counted 2, 2 since its start");
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 1);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut_10m), 1);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_clients), 2);
    ck_assert_ptr_null(finding_of(&n, "slow_untold"));
    /* much later it is another one */
    c.clients = 3;
    until(&n, "IDA", 40, c);
    ck_assert_str_eq(said(&n, "cut"), "1 slow consumer counted, no record says who, 3 since its start");
    ck_assert_int_eq(count_events(&n, "cut"), 2);
    finding_says(&n, "slow_untold", "n1: slow consumers counted in a minute, and no record says who: 1");
    until(&n, "IDA", 120, c);
    ck_assert_ptr_null(finding_of(&n, "slow_untold"));
    night_end(&n);
}
END_TEST

/* The list has room for 60: it is full though it grew by all that it told of. */
START_TEST(a_short_list_tells_of_some) {
    struct night n;
    struct life page[60];
    char names[60][16];
    struct counts c = {.divided = true, .ever = 210, .open = 210};
    begin_recorded(&n, c);
    for (int i = 0; i < 60; i++) {
        snprintf(names[i], sizeof names[i], "c%d", i);
        page[i] = (struct life){(uint64_t)(900 - i), names[i], 0, 4.9 - i * 0.001, CUT_BYTES, 1};
    }
    c.clients = 200, c.open = 10;
    until(&n, "IDA", 5, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 60, page, 60);
    until(&n, "IDA", 20, c);
    const struct object *n1 = server_named(&n, "n1");
    ck_assert_double_eq(number_value(&n, n1, Q_SERVER_closed_missed), 140);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    ck_assert_str_eq(said(&n, "cut"),
                     "60 clients cut as slow consumers, counted 200, of up to 140 no record says who: "
                     "c59 (pending bytes), c58 (pending bytes), c57 (pending bytes), ..., "
                     "200 since its start");
    ck_assert_double_eq(number_value(&n, n1, Q_SERVER_cut), 60);
    ck_assert(quantity_get(n.model, n1, Q_SERVER_cut).flags & VALUE_LEAST);
    ck_assert(quantity_get(n.model, n1, Q_SERVER_cut_10m).flags & VALUE_LEAST);
    ck_assert(quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_cut_10m).flags & VALUE_LEAST);
    ck_assert_double_eq(number_value(&n, n1, Q_SERVER_slow_untold_1m), 140);
    night_end(&n);
}
END_TEST

/* No client is counted more than twice. */
START_TEST(no_more_than_twice_each) {
    struct night n;
    struct counts c = {.divided = true};
    begin_recorded(&n, c);
    c.clients = 5;
    until(&n, "IDA", 5, c);
    struct life page[2] = {{6, "b", 0, 4.5, CUT_BYTES, 1}, {5, "a", 0, 4.4, CUT_BYTES, 1}};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 2, page, 2);
    until(&n, "IDA", 20, c);
    ck_assert_int_eq(count_events(&n, "cut"), 2);
    ck_assert_str_eq(said(&n, "cut"), "1 slow consumer counted, no record says who, 5 since its start");
    const struct event *e = model_event(n.model, model_event_count(n.model) - 2);
    ck_assert_str_eq(e->text, "2 clients cut as slow consumers, counted 4: a (pending bytes), "
                              "b (pending bytes), 5 since its start");
    ck_assert(quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_cut).flags & VALUE_LEAST);
    night_end(&n);
}
END_TEST

START_TEST(both_counts_at_once) {
    struct night n;
    struct counts c = {.divided = true};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    c.clients = 2;
    until(&n, "IDA", 5, c);
    night_until(&n, 5.5);
    closed(&n, "IDA", 1, (struct life){5, "a", 0, 4.5, CUT_BYTES, 1});
    until(&n, "IDA", 20, c);
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    ck_assert_str_eq(said(&n, "cut"), "a (pending bytes) cut as slow consumer, counted 2, 2 since its start");
    night_end(&n);
}
END_TEST

/* Who missed a deadline is closed by that and counted once: the other count is of somebody else. */
START_TEST(a_missed_deadline_is_counted_once) {
    static const char *const versions[] = {"2.9.10", "2.15.2"};
    struct night n;
    struct counts c = {.version = versions[_i], .divided = _i == 1};
    begin_recorded(&n, c);
    c.slow = c.clients = 2;
    until(&n, "IDA", 5, c);
    closed(&n, "IDA", 1, (struct life){5, "victim", 0, 4.5, CUT_DEADLINE, 1});
    until(&n, "IDA", 20, c);
    ck_assert_str_eq(model_event(n.model, model_event_count(n.model) - 2)->text,
                     "victim (write deadline) cut as slow consumer, 2 since its start");
    if (_i == 0)
        ck_assert_str_eq(
            said(&n, "slow"),
            "1 slow consumer counted: a route, a gateway, a leaf node, or a client without a "
            "record, 2 since its start; clients, routes, gateways and leaf nodes are not told apart "
            "by 2.9.10");
    else
        ck_assert_str_eq(said(&n, "cut"), "1 slow consumer counted, no record says who, 2 since its start");
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_untold_1m), 1);
    ck_assert_ptr_nonnull(finding_of(&n, "slow_untold"));
    night_end(&n);
}
END_TEST

/* A route that goes on missing its deadline moves the sum alone. */
START_TEST(a_route_counted_again) {
    struct night n;
    struct counts c = {.divided = true, .slow = 7, .clients = 2, .routes = 3};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_again), 2);
    ck_assert_uint_eq(model_event_count(n.model), 0);
    c.slow = 8, c.routes = 4;
    until(&n, "IDA", 10, c);
    ck_assert_int_eq(count_events(&n, "slow"), 1);
    c.slow = 9; /* read between the two counters */
    until(&n, "IDA", 11, c);
    c.routes = 5;
    until(&n, "IDA", 12, c);
    ck_assert_int_eq(count_events(&n, "slow"), 2);
    ck_assert_str_eq(said(&n, "slow"), "1 route did not read in time, 5 since its start");
    c.slow = 12;
    until(&n, "IDA", 14, c);
    ck_assert_int_eq(count_events(&n, "slow"), 3);
    ck_assert_str_eq(said(&n, "slow"),
                     "a slow route missed 3 more deadlines, counted in SLOW alone, 5 since its start");
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_again), 5);
    finding_says(&n, "routes_slow", "n1: the other end of a route did not read in time, 5 counted in 5 min");
    night_until(&n, 16);
    c = (struct counts){.divided = true, .slow = 2, .routes = 1, .start = 14.5};
    send_counts(&n, "IDB", c);
    until(&n, "IDB", 20, c);
    ck_assert_str_eq(said(&n, "slow"),
                     "a slow route missed 1 more deadline, counted in SLOW alone, 1 since its start");
    c = (struct counts){.version = "2.9.10", .slow = 5};
    until(&n, "IDB", 22, c);
    ck_assert(isnan(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_again)));
    night_end(&n);
}
END_TEST

START_TEST(old_servers_do_not_tell_apart) {
    struct night n;
    struct counts c = {.version = "2.9.10"};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    c.slow = 1;
    until(&n, "IDA", 5, c);
    closed(&n, "IDA", 1, (struct life){5, "a", 0, 4.5, CUT_DEADLINE, 1});
    ck_assert_str_eq(said(&n, "cut"), "a (write deadline) cut as slow consumer, 1 since its start");
    until(&n, "IDA", 30, c);
    c.slow = 3;
    until(&n, "IDA", 40, c);
    ck_assert_str_eq(
        said(&n, "slow"),
        "2 slow consumers counted: a route, a gateway, a leaf node, or a client without a record, "
        "3 since its start; clients, routes, gateways and leaf nodes are not told apart by 2.9.10");
    finding_says(
        &n, "slow_untold",
        "n1: slow consumers counted in a minute, and no record says who: 2; a route, a gateway, a leaf "
        "node or a client, not told apart by 2.9.10");
    const struct object *n1 = server_named(&n, "n1");
    ck_assert(!quantity_is_reported(n1, Q_SERVER_slow_clients));
    ck_assert(!quantity_is_reported(n1, Q_SERVER_stalls_per_s));
    ck_assert(quantity_is_reported(n1, Q_SERVER_slow_consumers));
    ck_assert(quantity_is_reported(n1, Q_SERVER_cut));
    const struct object *a = find_by(&n, Q_CONNECTION_name, "a");
    ck_assert(!quantity_is_reported(a, Q_CONNECTION_stalls));
    ck_assert(isnan(number_value(&n, n1, Q_SERVER_slow_links_10m)));
    night_end(&n);
}
END_TEST

static void closed_leaf(struct night *n, double stop) {
    struct life l = {9, "LEAF", 0, stop, CUT_DEADLINE, 1};
    struct sample *s = build(n, 1, SHAPE_CONNZ_CLOSED, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    put_life(s, &l);
    put_text(s, row_of(s, ENTITY_CONNECTION), F_CONNECTION_kind, "Leafnode");
    send(n, s);
}

/* They are counted with the clients; each at every write that it misses, as routes are. */
START_TEST(a_leaf_node_is_no_client) {
    struct night n;
    struct counts c = {.version = "2.9.10"};
    begin_recorded(&n, c);
    c.slow = 3;
    until(&n, "IDA", 5, c);
    closed_leaf(&n, 4.5);
    until(&n, "IDA", 20, c);
    ck_assert_int_eq(count_events(&n, "cut"), 0);
    ck_assert_str_eq(
        said(&n, "slow"),
        "3 slow consumers counted, 1 a leaf node, and no record says who the others are, 3 since its "
        "start; clients, routes, gateways and leaf nodes are not told apart by 2.9.10");
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 0);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut_10m), 0);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_untold_1m), 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLIENT), 0);
    ck_assert_ptr_null(finding_of(&n, "client_cut"));
    night_end(&n);
}
END_TEST

START_TEST(a_leaf_node_counted_apart) {
    struct night n;
    struct counts c = {.divided = true};
    begin_recorded(&n, c);
    c.clients = 1;
    until(&n, "IDA", 5, c);
    closed_leaf(&n, 4.5);
    until(&n, "IDA", 20, c);
    ck_assert_str_eq(said(&n, "cut"), "1 slow consumer counted, no record says who, 1 since its start");
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 0);
    night_end(&n);
}
END_TEST

/* Between its start and the first look at it. */
START_TEST(cut_just_after_a_restart) {
    struct night n;
    struct counts c = {.divided = true, .clients = 9, .routes = 3};
    begin(&n, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    until(&n, "IDA", 8, c);
    night_until(&n, 10);
    c.clients = 3, c.routes = 0, c.start = 8.5;
    send_counts(&n, "IDB", c);
    ck_assert_int_eq(count_events(&n, "restarted"), 1);
    ck_assert_int_eq(count_events(&n, "cut"), 0);
    struct life page[3] = {
        {7, "c", 8.6, 9.6, CUT_BYTES, 1}, {6, "b", 8.6, 9.5, CUT_BYTES, 1}, {5, "a", 8.6, 9.4, CUT_BYTES, 1}};
    send_lives(&n, "IDB", SHAPE_CONNZ_CLOSED, 3, page, 3);
    until(&n, "IDB", 30, c);
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    ck_assert_int_eq(count_events(&n, "slow"), 0);
    ck_assert_str_eq(said(&n, "cut"), "3 clients cut as slow consumers: a (pending bytes), "
                                      "b (pending bytes), c (pending bytes), 3 since its start");
    night_until(&n, 32);
    c.clients = 0, c.start = 31;
    send_counts(&n, "IDC", c);
    until(&n, "IDC", 40, c);
    ck_assert_int_eq(count_events(&n, "restarted"), 2);
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    night_end(&n);
}
END_TEST

START_TEST(links_are_worse) {
    struct night n;
    struct counts c = {.divided = true, .routes = 1};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    c.routes = 2;
    until(&n, "IDA", 6, c);
    ck_assert_str_eq(said(&n, "slow"), "1 route did not read in time, 2 since its start");
    finding_says(&n, "routes_slow", "n1: the other end of a route did not read in time, 1 counted in 5 min");
    ck_assert_int_eq(finding_of(&n, "routes_slow")->severity, SEVERITY_CRIT);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_links_10m), 1);
    ck_assert_int_eq(count_events(&n, "cut"), 0);
    until(&n, "IDA", 330, c);
    ck_assert_ptr_null(finding_of(&n, "routes_slow"));
    until(&n, "IDA", 630, c);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_links_10m), 0);
    night_end(&n);
}
END_TEST

START_TEST(stale_and_auth) {
    struct night n;
    struct counts c = {.divided = true};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    c.stale = 4, c.stale_clients = 4;
    until(&n, "IDA", 6, c);
    ck_assert_int_eq(count_events(&n, "stale"), 1);
    ck_assert_str_eq(said(&n, "stale"), "4 clients did not answer pings, 4 since its start");
    ck_assert_ptr_null(finding_of(&n, "connections_stale"));
    c.stale = 5, c.stale_clients = 5;
    until(&n, "IDA", 8, c);
    finding_says(&n, "connections_stale", "n1: 5 connections did not answer pings in 5 min");
    struct life page[5];
    for (int i = 0; i < 5; i++)
        page[i] = (struct life){(uint64_t)(9 - i), "x", 0, 7 - i, "Authentication Failure", 0};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 5, page, 5);
    until(&n, "IDA", 9, c);
    finding_says(&n, "auth_failures",
                 "n1: 5 connections refused or closed for want of authentication in 5 min");
    until(&n, "IDA", 330, c);
    ck_assert_ptr_null(finding_of(&n, "auth_failures"));
    ck_assert_ptr_null(finding_of(&n, "connections_stale"));
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *c = tcase_create("cut counters");
    tcase_add_test(c, what_was_there_before_is_no_event);
    tcase_add_test(c, clients_with_their_records);
    tcase_add_test(c, counted_twice);
    tcase_add_test(c, a_short_list_tells_of_some);
    tcase_add_test(c, no_more_than_twice_each);
    tcase_add_test(c, both_counts_at_once);
    tcase_add_loop_test(c, a_missed_deadline_is_counted_once, 0, 2);
    tcase_add_test(c, a_route_counted_again);
    tcase_add_test(c, old_servers_do_not_tell_apart);
    tcase_add_test(c, a_leaf_node_is_no_client);
    tcase_add_test(c, a_leaf_node_counted_apart);
    tcase_add_test(c, cut_just_after_a_restart);
    tcase_add_test(c, links_are_worse);
    tcase_add_test(c, stale_and_auth);
    return c;
}

int main(void) {
    return run_case("model/cut counters", cases);
}
