/* The rules about the condition of servers, links and deliveries, one by one: each rises when its time has
 * come and clears, and nothing else rises. */
#include "tests/model_lagging.h"
#include "tests/model_meta.h"

#include "model/alerts.h"
#include "model/ruleset.h"

/* What is told each second, of n1 unless it says otherwise; the cluster is well at `quiet`. */
typedef void tell_fn(struct night *n, double level);

static struct row *say(struct night *n, struct sample **s) {
    *s = build_varz(n, 1, ids[0], names[0]);
    struct row *row = row_of(*s, ENTITY_SERVER);
    put_u(row, F_SERVER_remotes, 2);
    return row;
}

static void cpu(struct night *n, double percent) {
    struct sample *s;
    struct row *row = say(n, &s);
    row_put(row, F_SERVER_cpu)->f = percent * 4;
    put_u(row, F_SERVER_gomaxprocs, 4);
    send(n, s);
}

static void memory(struct night *n, double percent) {
    struct sample *s;
    struct row *row = say(n, &s);
    put_i(row, F_SERVER_mem, (int64_t)percent * 10);
    put_i(row, F_SERVER_gomemlimit, 1000);
    send(n, s);
}

static void memory_without_limit(struct night *n, double percent) {
    struct sample *s;
    put_i(say(n, &s), F_SERVER_mem, (int64_t)percent * 10);
    send(n, s);
}

static void connections(struct night *n, double count) {
    struct sample *s;
    struct row *row = say(n, &s);
    put_u(row, F_SERVER_connections, (uint64_t)count);
    put_i(row, F_SERVER_max_connections, 100);
    send(n, s);
}

/* level: of 5 or, above 10, of 200 that are open so many come and go each ten seconds */
static void churn(struct night *n, double level) {
    struct sample *s;
    struct row *row = say(n, &s);
    put_u(row, F_SERVER_connections, level > 10 ? 200 : 5);
    put_u(row, F_SERVER_total_connections, 5000 + (uint64_t)(level * floor((double)n->at / 1e10)));
    send(n, s);
}

static void certificate(struct night *n, double days) {
    struct sample *s;
    put_i(say(n, &s), F_SERVER_tls_cert, NIGHT_UTC + n->at + ns(days * 86400));
    send(n, s);
}

static void remotes(struct night *n, double count) {
    struct sample *s;
    put_u(say(n, &s), F_SERVER_remotes, (uint64_t)count);
    send(n, s);
}

/* All the rest of its cluster is there. */
static void send_whole(struct night *n, struct sample *s) {
    send(n, s);
    remotes(n, 2);
}

static void version(struct night *n, double level) {
    struct sample *s;
    struct row *row = say(n, &s);
    put_text(s, row, F_SERVER_version, level > 0 ? "2.14.5" : "2.15.2");
    send(n, s);
}

static void digest(struct night *n, double level) {
    for (int node = 0; node < 3; node++) {
        struct sample *s = build_varz(n, (uint64_t)node + 1, ids[node], names[node]);
        struct row *row = row_of(s, ENTITY_SERVER);
        put_u(row, F_SERVER_remotes, 2);
        put_text(s, row, F_SERVER_config_digest, level > 0 && !node ? "other" : "same");
        send(n, s);
    }
}

static void health(struct night *n, double level) {
    struct sample *s = build(n, 1, SHAPE_HEALTHZ, NULL);
    s->http_status = level > 0 ? 503 : 200;
    struct row *row = sample_add(s, ENTITY_HEALTH);
    put_text(s, row, F_HEALTH_status, level > 0 ? "unavailable" : "ok");
    put_text(s, row, F_HEALTH_error, level > 1 ? "failed to be ready for connections after 1ms: server" : "");
    send_whole(n, s);
}

static void add_gateway(struct sample *s, int i, int64_t rtt_ns) {
    struct row *row = sample_add(s, ENTITY_GATEWAY);
    put_u(row, F_GATEWAY_cid, 20 + (uint64_t)i);
    put_text(s, row, F_GATEWAY_direction, "outbound");
    put_text(s, row, F_GATEWAY_cluster, i ? "west" : "east");
    put_i(row, F_GATEWAY_rtt, rtt_ns);
}

static void gateways(struct night *n, double count) {
    struct sample *s = build(n, 1, SHAPE_GATEWAYZ, "IDA");
    for (int i = 0; i < (int)count; i++)
        add_gateway(s, i, 40 * NS_PER_MS);
    send_whole(n, s);
}

/* Measured each half minute, and said each second; no two are alike. */
static int64_t measured(const struct night *n, double ms) {
    return ns(ms / 1000) - n->at / ns(30) * 1000;
}

static void gateway_rtt(struct night *n, double ms) {
    struct sample *s = build(n, 1, SHAPE_GATEWAYZ, "IDA");
    add_gateway(s, 0, measured(n, ms));
    send_whole(n, s);
}

static struct sample *build_route(struct night *n, const char *id, const char *name, int64_t rtt_ns) {
    struct sample *s = build(n, 1, SHAPE_ROUTEZ, id);
    struct row *row = sample_add(s, ENTITY_ROUTE);
    put_u(row, F_ROUTE_rid, 7);
    put_text(s, row, F_ROUTE_remote_id, "IDB");
    put_text(s, row, F_ROUTE_remote_name, name);
    put_i(row, F_ROUTE_rtt, rtt_ns);
    return s;
}

static void route_rtt(struct night *n, double ms) {
    send_whole(n, build_route(n, "IDA", "n2", measured(n, ms)));
}

static void leaf_rtt(struct night *n, double ms) {
    struct sample *s = build(n, 1, SHAPE_LEAFZ, "IDA");
    struct row *row = sample_add(s, ENTITY_LEAF);
    put_text(s, row, F_LEAF_name, "edge");
    put_text(s, row, F_LEAF_ip, "10.0.0.9");
    put_u(row, F_LEAF_port, 7422);
    put_i(row, F_LEAF_rtt, measured(n, ms));
    send_whole(n, s);
}

/* level: of each 100 deliveries, 10 a second, so many are redeliveries */
static void again(struct night *n, double percent) {
    static struct told_stream stream;
    static struct told_consumer c;
    if (n->at < ns(2)) {
        stream = told(1, 1000, -1000, 0);
        c = (struct told_consumer){.deliveries = 1000, .delivered = 1000, .floor = 1000, .waiting = 1};
    }
    stream.last += 100 - (uint64_t)percent;
    c.deliveries += 100;
    c.delivered = c.floor = stream.last;
    c.last_delivered = c.last_ack = (double)n->at / 1e9;
    tell(n, &stream, &c);
    remotes(n, 2);
}

/* level: so many of 1,000 are in work, 100 wait for more; all flows */
static void window(struct night *n, double in_work) {
    static uint64_t last;
    last = n->at < ns(2) ? 10000 : last + 50;
    struct told_stream stream = told(1, last, -1000, (double)n->at / 1e9);
    struct told_consumer c = {.deliveries = last - 100, .delivered = last - 100, .pending = 100};
    c.ack_pending = (uint64_t)in_work;
    c.floor = c.delivered - c.ack_pending;
    c.last_delivered = c.last_ack = (double)n->at / 1e9;
    tell(n, &stream, &c);
    remotes(n, 2);
}

/* One worker that takes one at a time, and is always at it. */
static void one_worker(struct night *n, double level) {
    static uint64_t last;
    last = n->at < ns(2) ? 10000 : last + 1;
    struct told_stream stream = told(1, last, -1000, (double)n->at / 1e9);
    struct told_consumer c = {.deliveries = last - 5, .delivered = last - 5, .pending = 5, .ack_pending = 1};
    (void)level;
    c.max_ack_pending = 1;
    c.floor = c.delivered - 1;
    c.last_delivered = c.last_ack = (double)n->at / 1e9;
    tell(n, &stream, &c);
    remotes(n, 2);
}

static void unpinned(struct night *n, double level) {
    struct told_stream stream = told(1, 1000, -1000, -500);
    struct told_consumer c = {.deliveries = 900, .delivered = 900, .floor = 900, .waiting = 1};
    c.pending = level > 0 ? 100 : 0;
    c.delivered = c.floor = c.deliveries = 1000 - c.pending;
    c.last_delivered = c.last_ack = (double)n->at / 1e9;
    struct sample *s = jsz(n, 0);
    tell_stream(s, &stream, 0);
    tell_consumer(s, &c, 0);
    put_text(s, row_of(s, ENTITY_CONSUMER), F_CONSUMER_priority_policy, "pinned_client");
    send_whole(n, s);
}

/* hold: before that it is silent; also: what else may rise, of the same cause */
static const struct rule_case {
    const char *rule;
    enum severity severity; /* OK: it never speaks */
    double hold, ready;     /* ready: seconds until it is known at all */
    tell_fn *tell;
    double quiet, loud;
    const char *text, *also;
} cases_of[] = {
    {"cpu_busy", SEVERITY_WARN, 60, 0, cpu, 64, 71, "n1: CPU 71 % of its cores, for 1m00s", NULL},
    {"cpu_busy", SEVERITY_CRIT, 60, 0, cpu, 60, 91, "n1: CPU 91 % of its cores, for 1m00s", NULL},
    {"memory_limit_near", SEVERITY_WARN, 60, 0, memory, 60, 76,
     "n1: memory 760 of its limit 1000, 76%, for 1m00s", NULL},
    {"memory_limit_near", SEVERITY_CRIT, 60, 0, memory, 60, 91,
     "n1: memory 910 of its limit 1000, 91%, for 1m00s", NULL},
    {"memory_limit_near", SEVERITY_OK, 60, 0, memory_without_limit, 60, 91, NULL, NULL},
    {"connections_near_limit", SEVERITY_WARN, 30, 0, connections, 75, 76,
     "n1: 76 connections of at most 100, 76%", NULL},
    {"connections_near_limit", SEVERITY_CRIT, 30, 0, connections, 75, 91,
     "n1: 91 connections of at most 100, 91%", NULL},
    {"connections_churn", SEVERITY_WARN, 60, 90, churn, 0, 20, NULL, NULL},
    {"connections_churn", SEVERITY_OK, 60, 90, churn, 0, 1, NULL, NULL}, /* one of five, again and again */
    {"certificate_ends", SEVERITY_WARN, 0, 0, certificate, 22, 20,
     "n1: the TLS certificate of its clients ends in 20d00h", NULL},
    {"certificate_ends", SEVERITY_CRIT, 0, 0, certificate, 22, 6,
     "n1: the TLS certificate of its clients ends in 6d00h", NULL},
    {"routes_missing", SEVERITY_WARN, 10, 0, remotes, 2, 1,
     "n1 has no route to 1 of its cluster's servers that are there, for 10s", NULL},
    {"routes_missing", SEVERITY_CRIT, 60, 0, remotes, 2, 1,
     "n1 has no route to 1 of its cluster's servers that are there, for 1m00s", NULL},
    {"versions_mixed", SEVERITY_WARN, 3600, 0, version, 0, 1,
     "its servers run 2 versions, 2.14.5, 2.15.2, for 1h00m", NULL},
    {"configuration_drifted", SEVERITY_WARN, 3600, 0, digest, 0, 1,
     "its servers have 2 configurations, and all had the same, for 1h00m", NULL},
    {"health", SEVERITY_WARN, 15, 0, health, 0, 1, "n1 unavailable, for 15s", NULL},
    {"health", SEVERITY_CRIT, 60, 0, health, 0, 1, "n1 unavailable, for 1m00s", NULL},
    {"health", SEVERITY_OK, 60, 0, health, 0, 2, NULL, "server_leaving"},
    {"server_leaving", SEVERITY_WARN, 0, 0, health, 0, 2,
     "n1 is about to end, in lame duck mode: it takes no new clients", NULL},
    {"gateway_lost", SEVERITY_CRIT, 10, 0, gateways, 2, 1,
     "n1 has no gateway to west any more, 1 lost in all, "
     "for 10s",
     NULL},
    {"gateway_far", SEVERITY_WARN, 55, 0, gateway_rtt, 250, 260,
     "n1: round trip by the gateway to east 260ms", NULL},
    {"gateway_far", SEVERITY_CRIT, 55, 0, gateway_rtt, 250, 1100,
     "n1: round trip by the gateway to east 1.1s", NULL},
    {"route_far", SEVERITY_WARN, 55, 0, route_rtt, 20, 21, "n1: round trip to n2 21ms", NULL},
    {"route_far", SEVERITY_CRIT, 55, 0, route_rtt, 20, 101, "n1: round trip to n2 101ms", NULL},
    {"leaf_far", SEVERITY_WARN, 55, 0, leaf_rtt, 100, 101, "n1: round trip to leaf node edge 101ms", NULL},
    {"leaf_far", SEVERITY_CRIT, 55, 0, leaf_rtt, 100, 501, "n1: round trip to leaf node edge 501ms", NULL},
    {"consumer_redelivering", SEVERITY_WARN, 60, 70, again, 0, 10, NULL, NULL},
    {"consumer_redelivering", SEVERITY_CRIT, 60, 70, again, 0, 40, NULL, NULL},
    {"consumer_window_filling", SEVERITY_WARN, 30, 0, window, 700, 900, NULL, NULL},
    {"consumer_window_filling", SEVERITY_OK, 30, 0, one_worker, 0, 0, NULL, NULL},
    {"consumer_unpinned", SEVERITY_WARN, 60, 0, unpinned, 0, 1, NULL, NULL},
};

static void go_on(struct night *n, const struct rule_case *c, double seconds, double level) {
    double end = (double)n->at / 1e9 + seconds;
    while ((double)n->at / 1e9 < end) {
        double next = (double)n->at / 1e9 + 1;
        c->tell(n, level);
        night_until(n, next < end ? next : end);
        if (c->tell != digest)
            for (int node = 1; node < 3; node++)
                varz(n, node);
    }
}

static void nothing_else(const struct night *n, const struct rule_case *c) {
    size_t count;
    const struct finding *f = model_findings(n->model, &count);
    for (size_t i = 0; i < count; i++) {
        const char *rule = finding_rule(&f[i]);
        ck_assert_msg(strcmp(rule, c->rule) == 0 || (c->also && strcmp(rule, c->also) == 0), "%s as well",
                      rule);
    }
}

static const struct finding *speaks(const struct night *n, const struct rule_case *c) {
    const struct finding *f = finding_of(n, c->rule);
    return f && f->severity == c->severity ? f : NULL;
}

START_TEST(a_rule_rises_and_clears_alone) {
    const struct rule_case *c = &cases_of[_i];
    struct night n;
    begin_three(&n);
    go_on(&n, c, 5 + c->ready, c->quiet);
    ck_assert_ptr_null(finding_of(&n, c->rule));
    nothing_else(&n, c);
    if (c->hold > 0) {
        go_on(&n, c, c->hold, c->loud);
        ck_assert_ptr_null(speaks(&n, c));
        nothing_else(&n, c);
    }
    go_on(&n, c, c->ready > 0 ? c->ready + 2 : 0.5, c->loud);
    const struct finding *f = speaks(&n, c);
    ck_assert_msg((f != NULL) == (c->severity != SEVERITY_OK), "%s at %g", c->rule, c->loud);
    nothing_else(&n, c);
    if (f && c->text) {
        char text[300];
        finding_text_of(n.model, f, 1, text, sizeof text);
        ck_assert_str_eq(text, c->text);
    }
    go_on(&n, c, 3 + 2 * c->ready, c->quiet);
    ck_assert_ptr_null(finding_of(&n, c->rule));
    nothing_else(&n, c);
    night_end(&n);
}
END_TEST

/* ---- round trips: what counts is how often one was measured ---- */

/* The same is said each ten seconds. */
static const struct finding *said_until(struct night *n, const char *id, double second, double ms) {
    while ((double)n->at / 1e9 < second) {
        send(n, build_route(n, id, NULL, ns(ms / 1000)));
        varz_until(n, (double)n->at / 1e9 + 10, id == ids[0] ? 7 : 6);
    }
    return finding_of(n, "route_far");
}

START_TEST(one_round_trip_is_none_however_often_it_is_said) {
    struct night n;
    begin_three(&n);
    ck_assert_ptr_null(said_until(&n, "IDA", 600, 323));
    ck_assert_ptr_null(said_until(&n, "IDA", 630, 324));
    const struct finding *f = said_until(&n, "IDA", 640, 325);
    ck_assert(f && f->severity == SEVERITY_CRIT);
    f = said_until(&n, "IDA", 670, 90);
    ck_assert(f && f->severity == SEVERITY_WARN);
    ck_assert_ptr_null(said_until(&n, "IDA", 680, 0.3));
    ck_assert_ptr_null(said_until(&n, "IDA", 710, 91));
    ck_assert_ptr_null(said_until(&n, "IDA", 740, 92));
    ck_assert_ptr_nonnull(said_until(&n, "IDA", 750, 93));
    /* nobody measures any more: what was is not what is */
    ck_assert_ptr_nonnull(said_until(&n, "IDA", 1330, 93));
    ck_assert_ptr_null(said_until(&n, "IDA", 1360, 93));
    /* ... and one that comes that late is the first again */
    ck_assert_ptr_null(said_until(&n, "IDA", 1380, 94));
    ck_assert_ptr_null(said_until(&n, "IDA", 1400, 95));
    ck_assert_ptr_nonnull(said_until(&n, "IDA", 1410, 96));
    night_end(&n);
}
END_TEST

/* The next run of a server counts its routes from the beginning, and so may use a number twice. */
START_TEST(a_round_trip_of_an_earlier_run_is_none_of_this) {
    struct night n;
    begin_three(&n);
    ck_assert_ptr_null(said_until(&n, "IDA", 10, 40));
    ck_assert_ptr_null(said_until(&n, "IDA", 20, 41));
    send_restarted(&n, 0, "IDX");
    ck_assert_ptr_null(said_until(&n, "IDX", 40, 42));
    night_end(&n);
}
END_TEST

START_TEST(a_server_that_does_not_stay_up) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 2; i++) {
        varz_until(&n, 60 + 60 * i, 6);
        send_restarted(&n, 0, i ? "IDY" : "IDX");
        night_until(&n, 60.5 + 60 * i);
        ck_assert_int_eq(finding_of(&n, "server_restarts") != NULL, i);
    }
    char text[200];
    finding_text_of(n.model, finding_of(&n, "server_restarts"), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 restarted ≥2 times in ten minutes");
    varz_until(&n, 700, 6);
    ck_assert_ptr_null(finding_of(&n, "server_restarts"));
    night_end(&n);
}
END_TEST

static bool is_open(const struct night *n, const char *rule) {
    for (size_t i = 0; i < model_alert_count(n->model); i++) {
        const struct alert *alert = model_alert(n->model, i);
        if (alert->state == ALERT_OPEN && strcmp(alert->rule, rule) == 0)
            return true;
    }
    return false;
}

/* What it stops doing is not said of it, what nobody can use any more is; after ten minutes away it is down.
 */
START_TEST(who_leaves_in_order_is_one_warning) {
    struct night n;
    size_t count;
    begin_three(&n);
    for (int second = 0; second < 40; second++) {
        varz_until(&n, second + 1, 7);
        struct sample *s = jsz(&n, 0);
        put_u(sample_add(s, ENTITY_JETSTREAM), F_JETSTREAM_disabled, second > 20);
        add_stream(s, 0, 0, 10);
        send(&n, s);
        health(&n, second > 25 ? 2 : 0);
    }
    const struct finding *f = model_findings(n.model, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(finding_rule(&f[0]), "server_leaving");
    ck_assert_int_eq(f[0].severity, SEVERITY_WARN);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "refused");
    varz_until(&n, 300, 6);
    ck_assert_ptr_null(finding_of(&n, "server_leaving"));
    ck_assert_int_eq(finding_of(&n, "server_left")->severity, SEVERITY_WARN);
    char text[200];
    finding_text_of(n.model, finding_of(&n, "server_left"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "n1 ended after lame duck mode, 4m"), text);
    ck_assert(is_open(&n, "server_left"));
    ck_assert(is_open(&n, "stream_leader_gone")); /* that is worse than what somebody wants */
    varz_until(&n, 660, 6);
    ck_assert_ptr_null(finding_of(&n, "server_left"));
    ck_assert_ptr_nonnull(finding_of(&n, "server_down"));
    night_end(&n);
}
END_TEST

START_TEST(a_stream_that_nobody_lists_any_more) {
    struct night n;
    struct told_stream stream = told(1, 1000, -1000, 0);
    begin_three(&n);
    for (int second = 0; second < 40; second += 2) {
        varz_until(&n, second + 2, 7);
        for (int node = 0; node < 3; node++) {
            struct sample *s = jsz(&n, node);
            if (node == 0 && second < 20)
                tell_stream(s, &stream, 0);
            send(&n, s);
        }
        if (second < 20)
            ck_assert_ptr_null(finding_of(&n, "stream_vanished"));
    }
    const struct finding *f = finding_of(&n, "stream_vanished");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->severity, SEVERITY_CRIT);
    char text[200];
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, "stream ORDERS (A) is listed by no server any more: it had 1000 messages");
    struct sample *s = jsz(&n, 0); /* what else ends it: tests/model_alert_vanished.c */
    tell_stream(s, &stream, 0);
    send(&n, s);
    varz_until(&n, 45, 7);
    ck_assert_ptr_null(finding_of(&n, "stream_vanished"));
    night_end(&n);
}
END_TEST

/* Every default has a reason: whoever is woken can ask why. */
START_TEST(each_default_says_why) {
    struct ruleset *set = ruleset_create();
    size_t reasons = 0;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        ck_assert_msg(strcmp(rule->origin, "default") != 0 || strlen(rule->why) > 10, "%s", rule->name);
        reasons += *rule->why != '\0';
    }
    ck_assert_uint_gt(reasons, 80);
    ruleset_release(set);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("rules about conditions");
    tcase_add_loop_test(t, a_rule_rises_and_clears_alone, 0, sizeof cases_of / sizeof *cases_of);
    tcase_add_test(t, one_round_trip_is_none_however_often_it_is_said);
    tcase_add_test(t, a_round_trip_of_an_earlier_run_is_none_of_this);
    tcase_add_test(t, a_server_that_does_not_stay_up);
    tcase_add_test(t, who_leaves_in_order_is_one_warning);
    tcase_add_test(t, a_stream_that_nobody_lists_any_more);
    tcase_add_test(t, each_default_says_why);
    return t;
}

int main(void) {
    return run_case("rules about conditions", cases);
}
