/* Routes, gateways and leaf nodes on which bytes wait: what is said of them, who is taken to be the one that
 * a counter counts, and what is said when one is closed. */
#include "model/alerts.h"
#include "tests/model_closed.h"

#define MIB (1024 * 1024)

struct counts {
    int64_t slow, routes, gateways, leafs;
    bool undivided;
    const char *timeout;
};

static void send_counts(struct night *n, struct counts c) {
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    struct row *row = row_of(s, ENTITY_SERVER);
    put_text(s, row, F_SERVER_version, c.undivided ? "2.9.10" : "2.15.2");
    put_i(row, F_SERVER_write_deadline, ns(6));
    put_i(row, F_SERVER_slow_consumers, c.slow + c.routes + c.gateways + c.leafs);
    put_text(s, row, F_SERVER_gateway, "west");
    put_text(s, row, F_SERVER_route_timeout, c.timeout);
    if (!c.undivided) {
        put_u(row, F_SERVER_slow_clients, (uint64_t)c.slow);
        put_u(row, F_SERVER_slow_routes, (uint64_t)c.routes);
        put_u(row, F_SERVER_slow_gateways, (uint64_t)c.gateways);
        put_u(row, F_SERVER_slow_leafs, (uint64_t)c.leafs);
    }
    send(n, s);
}

static void until(struct night *n, double second, struct counts c) {
    while (n->at < ns(second)) {
        night_until(n, floor((double)n->at / 1e9) + 1);
        send_counts(n, c);
    }
}

static void begin(struct night *n, struct counts c) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_counts(n, c);
}

/* mib < 0: it is not listed. */
static void send_gateway(struct night *n, double mib) {
    struct sample *s = build(n, 1, SHAPE_GATEWAYZ, "IDA");
    if (mib >= 0) {
        struct row *row = sample_add(s, ENTITY_GATEWAY);
        put_u(row, F_GATEWAY_cid, 20);
        put_text(s, row, F_GATEWAY_direction, "outbound");
        put_text(s, row, F_GATEWAY_cluster, "east");
        put_text(s, row, F_GATEWAY_remote_id, "IDE");
        put_i(row, F_GATEWAY_pending_bytes, (int64_t)(mib * MIB));
    }
    send(n, s);
}

/* Two connections to n2, one to n3. */
static void send_routes(struct night *n, double to_n2, double to_n3) {
    static const char *const peers[] = {"n2", "n2", "n3"}, *const ids[] = {"IDB", "IDB", "IDC"};
    double mib[] = {0, to_n2, to_n3};
    struct sample *s = build(n, 1, SHAPE_ROUTEZ, "IDA");
    for (int i = 0; i < 3; i++) {
        if (mib[i] < 0)
            continue;
        struct row *row = sample_add(s, ENTITY_ROUTE);
        put_u(row, F_ROUTE_rid, (uint64_t)i + 7);
        put_text(s, row, F_ROUTE_remote_id, ids[i]);
        put_text(s, row, F_ROUTE_remote_name, peers[i]);
        put_i(row, F_ROUTE_pending_bytes, (int64_t)(mib[i] * MIB));
    }
    send(n, s);
}

static const char *said(const struct night *n, const char *kind) {
    for (size_t i = model_event_count(n->model); i-- > 0;)
        if (strcmp(model_event(n->model, i)->kind, kind) == 0)
            return model_event(n->model, i)->text;
    return "";
}

static void finding_says(struct night *n, const char *rule, const char *expected) {
    char text[300];
    night_until(n, (double)n->at / 1e9 + 0.5);
    const struct finding *f = finding_of(n, rule);
    ck_assert_msg(f != NULL, "%s does not speak", rule);
    finding_text_of(n->model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_gateway_holds_bytes) {
    struct night n;
    struct counts c = {.timeout = ""};
    begin(&n, c);
    until(&n, 4, c);
    send_gateway(&n, 2);
    until(&n, 6, c);
    send_gateway(&n, 0.5);
    until(&n, 8, c);
    ck_assert_ptr_null(finding_at(&n, "gateway_backlog", SEVERITY_WARN)); /* one look alone */
    send_gateway(&n, 2);
    until(&n, 10, c);
    send_gateway(&n, 3);
    until(&n, 11.5, c);
    finding_says(
        &n, "gateway_backlog",
        "n1: 3.00M wait on the gateway to east, for 4s, write deadline 6s: closed if nothing leaves");
    ck_assert_int_eq(finding_at(&n, "gateway_backlog", SEVERITY_WARN)->severity, SEVERITY_WARN);
    send_gateway(&n, 20);
    until(&n, 15.5, c);
    ck_assert_int_eq(finding_at(&n, "gateway_backlog", SEVERITY_CRIT)->severity, SEVERITY_CRIT);
    send_gateway(&n, 0);
    until(&n, 17, c);
    ck_assert_ptr_null(finding_at(&n, "gateway_backlog", SEVERITY_CRIT));
    ck_assert_int_eq(count_events(&n, "slow"), 0);
    night_end(&n);
}
END_TEST

/* The server of the other cluster is watched, too. */
START_TEST(a_gateway_leads_to_a_server) {
    struct night n;
    struct counts c = {0};
    begin(&n, c);
    send_target(&n, 2, "http://e:8222", "named", "polled", NULL, NULL);
    send(&n, build_varz(&n, 2, "IDE", "east1"));
    send_gateway(&n, 2);
    size_t count;
    const struct object *const *all = model_objects(n.model, OBJECT_GATEWAY, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(quantity_get(n.model, all[0], Q_GATEWAY_peer).text, "east (east1)");
    ck_assert_str_eq(quantity_get(n.model, all[0], Q_GATEWAY_server).text, "n1");
    night_end(&n);
}
END_TEST

/* Alerts and silences know it by that. */
START_TEST(each_connection_to_a_peer_has_its_name) {
    static const char *const names[] = {"n1/n2/1", "n1/n2/2", "n1/n3"};
    struct night n;
    struct counts c = {0};
    char name[200];
    size_t count;
    begin(&n, c);
    send_routes(&n, 0, 0);
    until(&n, 2, c);
    const struct object *const *all = model_objects(n.model, OBJECT_ROUTE, &count);
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < count; i++) {
        model_object_name(n.model, all[i], name, sizeof name);
        uint64_t rid = row_u64(all[i]->now, F_ROUTE_rid, 0);
        ck_assert(rid >= 7 && rid < 10);
        ck_assert_str_eq(name, names[rid - 7]);
    }
    night_end(&n);
}
END_TEST

START_TEST(a_configured_route_is_closed_in_any_case) {
    struct night n;
    struct counts c = {.timeout = "close"};
    begin(&n, c);
    until(&n, 4, c);
    send_routes(&n, 2, 0);
    until(&n, 7.5, c);
    finding_says(&n, "route_backlog",
                 "n1: 2.00M wait on the route to n2, for 4s, write deadline 6s: then it is closed "
                 "(connection 2 of 2)");
    night_end(&n);
}
END_TEST

/* The link that held most is who was counted; it is closed after that. */
START_TEST(the_counter_moves_and_the_route_is_closed) {
    struct night n;
    struct counts c = {0};
    begin(&n, c);
    until(&n, 4, c);
    send_routes(&n, 0.1, 33);
    until(&n, 6, c);
    c.routes = 1;
    until(&n, 7, c);
    ck_assert_str_eq(said(&n, "slow"), "1 route did not read in time: ~n3 (33.0M waited), 1 since its start");
    finding_says(&n, "routes_slow",
                 "n1: the other end of a route did not read in time: ~n3, 1 counted in 5 min");
    until(&n, 12, c);
    send_routes(&n, 0, -1);
    ck_assert_str_eq(said(&n, "slow"), "slow route to n3 closed, 33.0M waited");
    ck_assert_int_eq(count_events(&n, "slow"), 2);
    until(&n, 14, c);
    send_routes(&n, -1, -1); /* held nothing: no trouble of its kind */
    ck_assert_int_eq(count_events(&n, "slow"), 2);
    night_end(&n);
}
END_TEST

/* The counter is asked each second, what waits each ten. */
START_TEST(the_counter_moves_before_the_backlog_is_seen) {
    struct night n;
    struct counts c = {0};
    begin(&n, c);
    send_routes(&n, 0, 0);
    until(&n, 4, c);
    c.routes = 1;
    until(&n, 5, c);
    ck_assert_str_eq(said(&n, "slow"), "1 route did not read in time, 1 since its start");
    send_routes(&n, 0, 20);
    ck_assert_str_eq(said(&n, "slow"), "1 route did not read in time: ~n3 (20.0M waited), 1 since its start");
    ck_assert_int_eq(count_events(&n, "slow"), 1);
    until(&n, 40, c);
    c.routes = 2; /* long after, of whoever */
    until(&n, 41, c);
    ck_assert_str_eq(said(&n, "slow"), "1 route did not read in time, 2 since its start");
    until(&n, 70, c);
    send_routes(&n, 20, 0);
    ck_assert_str_eq(said(&n, "slow"), "1 route did not read in time, 2 since its start");
    night_end(&n);
}
END_TEST

/* Without a counter that moved: its peer was shut down. */
START_TEST(a_route_ends_with_bytes_that_wait) {
    struct night n;
    struct counts c = {0};
    begin(&n, c);
    until(&n, 4, c);
    send_routes(&n, 0.5, 3);
    until(&n, 6, c);
    send_routes(&n, -1, -1);
    ck_assert_int_eq(count_events(&n, "slow"), 1);
    ck_assert_str_eq(said(&n, "slow"), "route to n3 closed, 3.00M waited");
    night_end(&n);
}
END_TEST

/* 2.9.10 says 0 of a route for which much waits. */
START_TEST(what_old_servers_hold_for_a_peer_is_not_known) {
    static const char *const versions[] = {"2.9.10", "2.10.25", "2.10.26", "2.15.2"};
    for (int i = 0; i < 4; i++) {
        struct night n;
        size_t count;
        begin(&n, (struct counts){0});
        struct sample *s = build_varz(&n, 1, "IDA", "n1");
        put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_version, versions[i]);
        send(&n, s);
        send_routes(&n, 0, 0);
        const struct object *const *all = model_objects(n.model, OBJECT_ROUTE, &count);
        ck_assert_uint_eq(count, 3);
        ck_assert_int_eq(quantity_get(n.model, all[0], Q_ROUTE_pending_bytes).type == VALUE_UNKNOWN, i < 2);
        night_end(&n);
    }
}
END_TEST

START_TEST(each_matter_of_a_server_speaks) {
    struct night n;
    struct counts c = {0};
    begin(&n, c);
    until(&n, 4, c);
    c = (struct counts){.slow = 2, .routes = 1, .gateways = 1, .leafs = 1};
    until(&n, 12, c);
    ck_assert_ptr_nonnull(finding_of(&n, "routes_slow"));
    ck_assert_ptr_nonnull(finding_of(&n, "gateways_slow"));
    ck_assert_ptr_nonnull(finding_of(&n, "leafs_slow"));
    ck_assert_ptr_nonnull(finding_of(&n, "slow_untold"));
    struct life page[6];
    for (int i = 0; i < 6; i++)
        page[i] = (struct life){(uint64_t)(9 - i), "x", 0, 11.5 - i / 100.0, CUT_BYTES, 1};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 6, page, 6);
    until(&n, 13, c);
    ck_assert_ptr_nonnull(finding_of(&n, "clients_cut_at_once"));
    ck_assert_ptr_nonnull(finding_of(&n, "slow_untold"));
    night_end(&n);
}
END_TEST

static void send_leaf(struct night *n, enum shape shape, const char *reason) {
    struct sample *s = build(n, 1, shape, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    put_life(s, &(struct life){18, "leaf1", 0, 5, reason, 30 * MIB});
    put_text(s, (struct row *)(uintptr_t)sample_first(s, ENTITY_CONNECTION), F_CONNECTION_kind, "Leafnode");
    send(n, s);
}

START_TEST(a_leaf_node_is_closed) {
    for (int old = 0; old < 2; old++) {
        struct night n;
        struct counts c = {.undivided = old};
        begin(&n, c);
        send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
        until(&n, 3, c);
        send_leaf(&n, SHAPE_CONNZ_HOT, NULL);
        c.leafs = 1;
        until(&n, 4, c);
        if (!old) {
            ck_assert_str_eq(said(&n, "slow"),
                             "1 leaf node did not read in time: ~leaf1 (30.0M waited), 1 since its start");
            finding_says(&n, "leafs_slow",
                         "n1: a leaf node did not read in time: ~leaf1, 1 counted in 5 min");
        }
        until(&n, 5.5, c);
        send_leaf(&n, SHAPE_CONNZ_CLOSED, CUT_DEADLINE);
        ck_assert_str_eq(said(&n, "slow"), "slow leaf node leaf1 closed (write deadline)");
        ck_assert_int_eq(count_events(&n, "cut"), 0);
        night_end(&n);
    }
}
END_TEST

/* Before 2.10 one counter for all: no client was closed, none fills, and a gateway holds much. */
START_TEST(a_count_without_a_kind_is_the_gateway) {
    struct night n;
    struct counts c = {.undivided = true};
    begin(&n, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    until(&n, 4, c);
    send_gateway(&n, 11);
    c.slow = 1;
    until(&n, 5, c);
    night_until(&n, 5.2);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    ck_assert_int_eq(count_events(&n, "cut"), 0);
    ck_assert_str_eq(said(&n, "slow"),
                     "1 slow consumer counted: ~gateway to east, 1 since its start; clients, "
                     "routes, gateways and leaf nodes are not told apart by 2.9.10");
    until(&n, 5.5, c);
    finding_says(&n, "slow_untold",
                 "n1: slow consumers counted in a minute, and no record says who: 1; ~gateway to east");
    until(&n, 12, c);
    send_gateway(&n, -1);
    ck_assert_str_eq(said(&n, "slow"), "slow gateway to east closed, 11.0M waited");
    ck_assert_int_eq(count_events(&n, "slow"), 2);
    night_end(&n);
}
END_TEST

/* What waits on a route is not told there: the peer that does not answer. */
START_TEST(a_count_without_a_kind_is_the_silent_peer) {
    struct night n;
    struct counts c = {.undivided = true};
    begin(&n, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    send_target(&n, 2, "http://n3:8222", "named", "polled", NULL, NULL);
    send(&n, build_varz(&n, 2, "IDC", "n3"));
    send_routes(&n, 0, 0);
    until(&n, 12, c); /* n3 is silent since the beginning */
    c.slow = 1;
    until(&n, 13, c);
    night_until(&n, 13.2);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    ck_assert_str_eq(said(&n, "slow"),
                     "1 slow consumer counted: ~route to n3, which did not answer, 1 since "
                     "its start; clients, routes, gateways and leaf nodes are not told apart by 2.9.10");
    night_end(&n);
}
END_TEST

/* Told some seconds after it was counted, when that peer answers again; and said of it for as long as the
 * alert speaks, whatever is counted next. */
START_TEST(who_was_silent_when_it_was_counted) {
    struct night n;
    struct counts c = {.undivided = true};
    begin(&n, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    send_target(&n, 2, "http://n3:8222", "named", "polled", NULL, NULL);
    send(&n, build_varz(&n, 2, "IDC", "n3"));
    send_routes(&n, 0, 0);
    until(&n, 12, c);
    c.slow = 1;
    until(&n, 13, c);
    for (int second = 14; second < 25; second++) {
        send(&n, build_varz(&n, 2, "IDC", "n3"));
        until(&n, second, c);
    }
    ck_assert_str_eq(said(&n, "slow"),
                     "1 slow consumer counted: ~route to n3, which did not answer, 1 since "
                     "its start; clients, routes, gateways and leaf nodes are not told apart by 2.9.10");
    c.slow = 2;
    for (int second = 25; second < 40; second++) {
        send(&n, build_varz(&n, 2, "IDC", "n3"));
        until(&n, second, c);
    }
    ck_assert_str_eq(
        said(&n, "slow"),
        "1 slow consumer counted: a route, a gateway, a leaf node, or a client without a record, 2 "
        "since its start; clients, routes, gateways and leaf nodes are not told apart by 2.9.10");
    finding_says(&n, "slow_untold",
                 "n1: slow consumers counted in a minute, and no record says who: 2; ~route to n3, which did "
                 "not answer");
    until(&n, 120, c);
    c.slow = 3; /* long after that */
    for (int second = 121; second < 140; second++) {
        send(&n, build_varz(&n, 2, "IDC", "n3"));
        until(&n, second, c);
    }
    finding_says(
        &n, "slow_untold",
        "n1: slow consumers counted in a minute, and no record says who: 1; a route, a gateway, a leaf "
        "node or a client, not told apart by 2.9.10");
    night_end(&n);
}
END_TEST

/* Closed for that count, and gone from the list before the counter is seen to move. */
START_TEST(who_was_silent_when_its_route_was_closed) {
    struct night n;
    struct counts c = {.undivided = true};
    begin(&n, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    send_target(&n, 2, "http://n3:8222", "named", "polled", NULL, NULL);
    send(&n, build_varz(&n, 2, "IDC", "n3"));
    send_routes(&n, 0, 0);
    until(&n, 12, c);
    c.slow = 1;
    until(&n, 20, c);
    send_routes(&n, 0, -1);
    ck_assert_str_eq(said(&n, "slow"), "slow route to n3 closed: it did not answer");
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_routes_closed), 1);
    c.slow = 2;
    until(&n, 22, c);
    send(&n, build_varz(&n, 2, "IDC", "n3"));
    until(&n, 30, c);
    ck_assert_str_eq(said(&n, "slow"),
                     "1 slow consumer counted: ~route to n3, which did not answer, 2 since "
                     "its start; clients, routes, gateways and leaf nodes are not told apart by 2.9.10");
    until(&n, 100, c);
    send_routes(&n, 0, 0);
    until(&n, 110, c);
    send_routes(&n, 0, -1); /* nothing was counted: it was shut down */
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_routes_closed), 1);
    night_end(&n);
}
END_TEST

/* ---- a server that does not answer is one alert ---- */

static bool is_alerted(const struct night *n, const char *rule) {
    for (size_t i = 0; i < model_alert_count(n->model); i++)
        if (strcmp(model_alert(n->model, i)->rule, rule) == 0 &&
            model_alert(n->model, i)->state == ALERT_OPEN)
            return true;
    return false;
}

/* n2 answers all the time, n3 until it is stopped and from the second on at which it goes on. */
static void both(struct night *n, double second, bool n3, struct counts c) {
    while (n->at < ns(second)) {
        until(n, (double)n->at / 1e9 + 1, c);
        send(n, build_varz(n, 2, "IDB", "n2"));
        if (n3)
            send(n, build_varz(n, 3, "IDC", "n3"));
    }
}

static void begin_both(struct night *n, struct counts c) {
    begin(n, c);
    send_lives(n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    send_target(n, 2, "http://n2:8222", "named", "polled", NULL, NULL);
    send_target(n, 3, "http://n3:8222", "named", "polled", NULL, NULL);
    send_routes(n, 0, 0);
    both(n, 30, true, c);
}

/* to_n3: MiB that wait on the route to it, too little: which one was counted is not told. */
static const struct silence_case {
    bool undivided;
    double to_n2, to_n3;
    bool alerts;
} silences[] = {
    {false, 0, 2, false},
    {false, 0, 0.01, false},
    {false, 2, 0, true},
    {true, 0, 0, false},
};

START_TEST(what_is_counted_of_a_silent_server_is_no_alert_of_another) {
    const struct silence_case *s = &silences[_i];
    const char *rule = s->undivided ? "slow_untold" : "routes_slow";
    struct night n;
    struct counts c = {.undivided = s->undivided};
    begin_both(&n, c);
    both(&n, 38, false, c);
    send_routes(&n, s->to_n2, s->to_n3);
    both(&n, 42, false, c);
    *(s->undivided ? &c.slow : &c.routes) = 1;
    both(&n, 44, false, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    both(&n, 60, false, c);
    ck_assert_ptr_nonnull(finding_of(&n, rule));
    ck_assert(is_alerted(&n, "server_down"));
    ck_assert_int_eq(is_alerted(&n, rule), s->alerts);
    both(&n, 61, true, c);
    send_routes(&n, s->to_n2, s->to_n3); /* it is back, and not through yet */
    both(&n, 65, true, c);
    send_routes(&n, 0, 0);
    ck_assert_int_eq(is_alerted(&n, "route_backlog"), s->to_n2 > 0);
    both(&n, 90, true, c);
    ck_assert_int_eq(is_alerted(&n, rule), s->alerts);
    ck_assert(!is_alerted(&n, "server_down"));
    both(&n, 420, true, c);
    ck_assert(!is_alerted(&n, rule));
    /* the same while everybody answers */
    send_routes(&n, 0, 2);
    ++*(s->undivided ? &c.slow : &c.routes);
    both(&n, 422, true, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    both(&n, 440, true, c);
    ck_assert(is_alerted(&n, rule));
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("links");
    tcase_add_loop_test(t, what_is_counted_of_a_silent_server_is_no_alert_of_another, 0,
                        sizeof silences / sizeof *silences);
    tcase_add_test(t, a_gateway_holds_bytes);
    tcase_add_test(t, a_gateway_leads_to_a_server);
    tcase_add_test(t, each_connection_to_a_peer_has_its_name);
    tcase_add_test(t, a_configured_route_is_closed_in_any_case);
    tcase_add_test(t, the_counter_moves_and_the_route_is_closed);
    tcase_add_test(t, the_counter_moves_before_the_backlog_is_seen);
    tcase_add_test(t, a_route_ends_with_bytes_that_wait);
    tcase_add_test(t, what_old_servers_hold_for_a_peer_is_not_known);
    tcase_add_test(t, each_matter_of_a_server_speaks);
    tcase_add_test(t, a_leaf_node_is_closed);
    tcase_add_test(t, a_count_without_a_kind_is_the_gateway);
    tcase_add_test(t, a_count_without_a_kind_is_the_silent_peer);
    tcase_add_test(t, who_was_silent_when_it_was_counted);
    tcase_add_test(t, who_was_silent_when_its_route_was_closed);
    return t;
}

int main(void) {
    return run_case("model: links", cases);
}
