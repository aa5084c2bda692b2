#include "model/alerts.h"
#include "tests/model_build.h"

static void begin_one(struct night *n, double hold_scale) {
    night_begin(n, 0, hold_scale);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(n, 1, "IDA", "n1");
}

static void go_to(struct night *n, double second) {
    while (n->at < ns(second)) {
        double next = floor((double)n->at / 1e9) + 1;
        night_until(n, next < second ? next : second);
        send_varz(n, 1, "IDA", "n1");
    }
}

static void send_connection(struct night *n, uint64_t cid, double mib) {
    struct sample *s = build(n, 1, SHAPE_CONNZ_HOT, "IDA");
    struct row *row = sample_add(s, ENTITY_CONNECTION);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    put_u(row, F_CONNECTION_cid, cid);
    put_text(s, row, F_CONNECTION_name, "billing");
    put_i(row, F_CONNECTION_pending_bytes, (int64_t)(mib * 1024 * 1024));
    send(n, s);
}

START_TEST(every_condition_is_understood) {
    struct night n;
    begin_one(&n, 1);
    size_t count;
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(quantity_by_name(OBJECT_SERVER, "in_msgs_per_s"), Q_SERVER_in_msgs_per_s);
    ck_assert_int_eq(quantity_by_name(OBJECT_SERVER, "lag"), -1);
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        ck_assert_msg(quantities[q].width >= (int)strlen(quantities[q].title), "%s", quantities[q].name);
        ck_assert_int_eq(quantity_by_name(quantities[q].kind, quantities[q].name), q);
        ck_assert_int_gt((int)strlen(quantities[q].help), 0);
    }
    night_end(&n);
}
END_TEST

START_TEST(a_down_server_is_one_finding_at_once) {
    struct night n;
    begin_one(&n, 1);
    go_to(&n, 2);
    send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    night_until(&n, 2.5);
    const struct finding *f = finding_of(&n, "server_down");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->severity, SEVERITY_CRIT);
    ck_assert_str_eq(finding_tag(f), "DOWN");
    night_until(&n, 40.5);
    char text[200];
    finding_text_of(n.model, finding_of(&n, "server_down"), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 nothing listens there, for 38s");
    finding_text_of(n.model, finding_of(&n, "server_down"), 1, text, 9);
    ck_assert_str_eq(text, "n1 nothi");
    ck_assert_int_eq(model_severity(n.model, server_named(&n, "n1")), SEVERITY_CRIT);
    size_t count;
    ck_assert_str_eq(finding_rule(&model_findings(n.model, &count)[0]), "server_down");
    ck_assert_uint_eq(count, 1);
    send_varz(&n, 1, "IDA", "n1"); /* back: nothing says DOWN beside "1/1 up", not even until the next tick */
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(model_severity(n.model, server_named(&n, "n1")), SEVERITY_OK);
    night_end(&n);
}
END_TEST

START_TEST(a_duration_is_said_once_and_in_whole_seconds) {
    struct night n;
    char text[200];
    begin_one(&n, 1);
    night_until(&n, 4);
    finding_text_of(n.model, finding_of(&n, "server_stale"), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 silent for 4s");
    night_until(&n, 13.5);
    finding_text_of(n.model, finding_of(&n, "server_down"), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 silent for 13s");
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 14);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    night_until(&n, 18);
    finding_text_of(n.model, finding_of(&n, "server_down"), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 nothing listens there, for 3s");
    night_end(&n);
}
END_TEST

/* Who was down before we came is so for longer than we know; who went since, not. */
START_TEST(what_nobody_could_see_begin_lasts_at_least_so_long) {
    struct night n;
    char text[200];
    const struct alert *a;
    begin_one(&n, 1);
    for (uint64_t target = 2; target <= 3; target++)
        send_target(&n, target, target == 2 ? "http://h2:8222" : "http://h3:8222", "named", "polled", NULL,
                    NULL);
    send_failure(&n, 2, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    go_to(&n, 12);
    const struct finding *f = finding_of(&n, "server_down");
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, "h2:8222 nothing listens there, for ≥11s");
    finding_text_of(n.model, f + 1, 1, text, sizeof text);
    ck_assert_str_eq(text, "h3:8222 silent for ≥12s");
    a = model_alert(n.model, 0);
    ck_assert_str_eq(a->name, "h2:8222");
    ck_assert(a->least);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    night_until(&n, 15);
    f = finding_of(&n, "server_down") + 2;
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 nothing listens there, for 2s");
    ck_assert(!f->least);
    night_end(&n);
}
END_TEST

START_TEST(a_condition_has_to_hold) {
    struct night n;
    begin_one(&n, 1);
    for (int i = 0; i <= 2; i++) { /* true at 0, 2, and not at 3 */
        go_to(&n, i);
        send_connection(&n, 9, i < 2 ? 40 : 0);
    }
    go_to(&n, 3);
    ck_assert_ptr_null(finding_at(&n, "buffer_filling", SEVERITY_CRIT));
    for (int i = 4; i <= 8; i += 2) {
        send_connection(&n, 9, 40);
        go_to(&n, i);
    }
    const struct finding *f = finding_at(&n, "buffer_filling", SEVERITY_CRIT);
    ck_assert_ptr_nonnull(f);
    char text[200];
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "n1 cid 9 billing"));
    ck_assert_int_eq(model_severity(n.model, model_object(n.model, f->object)), SEVERITY_CRIT);
    ck_assert_ptr_null(finding_at(&n, "buffer_filling", SEVERITY_WARN));
    send_connection(&n, 9, 7);
    go_to(&n, 9);
    ck_assert_ptr_null(finding_at(&n, "buffer_filling", SEVERITY_CRIT));
    ck_assert_ptr_nonnull(finding_at(&n, "buffer_filling", SEVERITY_WARN));
    night_end(&n);
}
END_TEST

START_TEST(tests_scale_the_holds) {
    struct night n;
    begin_one(&n, 0.25);
    send_connection(&n, 9, 40);
    night_until(&n, 0.5);
    ck_assert_ptr_null(finding_at(&n, "buffer_filling", SEVERITY_CRIT));
    night_until(&n, 1.5);
    ck_assert_ptr_nonnull(finding_at(&n, "buffer_filling", SEVERITY_CRIT));
    night_end(&n);
}
END_TEST

START_TEST(the_stale_are_not_asked) {
    struct night n;
    begin_one(&n, 0.01);
    send_connection(&n, 9, 40);
    night_until(&n, 1);
    ck_assert_ptr_nonnull(finding_at(&n, "buffer_filling", SEVERITY_CRIT));
    night_until(&n, 4);
    ck_assert_ptr_null(finding_at(&n, "buffer_filling", SEVERITY_CRIT));
    ck_assert_ptr_nonnull(finding_of(&n, "server_stale"));
    night_end(&n);
}
END_TEST

static void send_consumer(struct night *n, const char *leader, const char *id, uint64_t target,
                          uint64_t pending) {
    struct sample *s = build(n, target, SHAPE_JSZ, id);
    struct row *row = sample_add(s, ENTITY_CONSUMER);
    put_text(s, row, F_CONSUMER_account, "A");
    put_text(s, row, F_CONSUMER_stream, "S");
    put_text(s, row, F_CONSUMER_name, "C");
    put_u(row, F_CONSUMER_clustered, 1);
    put_text(s, row, F_CONSUMER_leader, leader);
    put_u(row, F_CONSUMER_pending, pending);
    put_u(row, F_CONSUMER_ack_pending, 0);
    send(n, s);
}

START_TEST(a_growing_consumer_speaks_after_a_minute) {
    struct night n;
    begin_one(&n, 1);
    for (int i = 0; i <= 16; i++) {
        go_to(&n, 5 * i);
        send_consumer(&n, "n1", "IDA", 1, 20000 + 100 * (uint64_t)i);
        if (5 * i <= 65)
            ck_assert_ptr_null(finding_at(&n, "consumer_growing", SEVERITY_WARN));
    }
    const struct finding *f = finding_at(&n, "consumer_growing", SEVERITY_WARN);
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->severity, SEVERITY_WARN);
    char text[200];
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, "S/C 21.6k, +20/s");
    night_end(&n);
}
END_TEST

static void send_stream(struct night *n, const char *leader, const char *id, uint64_t target) {
    struct sample *s = build(n, target, SHAPE_JSZ, id);
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, "S");
    put_u(row, F_STREAM_clustered, 1);
    put_text(s, row, F_STREAM_leader, leader);
    send(n, s);
}

/* Two servers, and a consumer on n1 that falls behind at each second up to this one. */
static void grow_until(struct night *n, int second, const char *stream_leader, const char *id,
                       uint64_t target) {
    while (n->at < ns(second)) {
        int next = (int)(n->at / ns(1)) + 1;
        go_to(n, next);
        send_varz(n, 2, "IDB", "n2");
        if (stream_leader)
            send_stream(n, stream_leader, id, target);
        send_consumer(n, "n1", "IDA", 1, 20000 + 100 * (uint64_t)next);
    }
}

static void begin_growing(struct night *n, const char *stream_leader) {
    begin_one(n, 0.1); /* holds 6 s, settles 3 s */
    send_target(n, 2, "http://h2:8222", "named", "polled", NULL, NULL);
    send_varz(n, 2, "IDB", "n2");
    grow_until(n, 20, stream_leader, "IDA", 1);
    ck_assert_ptr_nonnull(finding_at(n, "consumer_growing", SEVERITY_WARN));
}

/* Something moved at second 20. */
static void check_settling(struct night *n) {
    size_t count;
    night_until(n, 20.5);
    ck_assert_ptr_null(finding_at(n, "consumer_growing", SEVERITY_WARN));
    const struct finding *forming = model_forming(n->model, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert(forming[0].moved);
    ck_assert_int_eq(forming[0].due_utc_ns, NIGHT_UTC + ns(23));
}

START_TEST(a_moved_leader_silences_its_asset) {
    struct night n;
    begin_growing(&n, NULL);
    send_consumer(&n, "n2", "IDB", 2, 22100);
    check_settling(&n);
    size_t count;
    const struct finding *burning = model_burning(n.model, &count); /* it is open all the same */
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(burning[0].severity, SEVERITY_WARN);
    model_pending(n.model, &count);
    ck_assert_uint_eq(count, 0);
    night_end(&n);
}
END_TEST

/* Who leads the consumer stays: what it is behind is told by its stream's leader, too. */
START_TEST(a_moved_leader_of_its_stream_silences_a_consumer) {
    struct night n;
    begin_growing(&n, "n1");
    send_stream(&n, "n2", "IDB", 2);
    send_consumer(&n, "n1", "IDA", 1, 22100);
    check_settling(&n);
    grow_until(&n, 24, "n2", "IDB", 2);
    ck_assert_ptr_nonnull(finding_at(&n, "consumer_growing", SEVERITY_WARN));
    night_end(&n);
}
END_TEST

START_TEST(quiet_is_counted_from_the_last_finding) {
    struct night n;
    begin_one(&n, 0.01);
    go_to(&n, 5);
    ck_assert_int_eq(model_quiet_since(n.model), 0);
    go_to(&n, 11);
    ck_assert_int_eq(model_quiet_since(n.model), NIGHT_UTC);
    send_connection(&n, 9, 40);
    go_to(&n, 12);
    ck_assert_int_eq(model_quiet_since(n.model), 0);
    send_connection(&n, 9, 0);
    go_to(&n, 13);
    ck_assert_int_eq(model_quiet_since(n.model), NIGHT_UTC + ns(12.5));
    night_end(&n);
}
END_TEST

START_TEST(quiet_after_an_outage_is_counted_from_its_end) {
    struct night n;
    size_t count;
    begin_one(&n, 1);
    go_to(&n, 12);
    ck_assert_int_eq(model_quiet_since(n.model), NIGHT_UTC);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    night_until(&n, 20.2);
    ck_assert_ptr_nonnull(finding_of(&n, "server_down"));
    send_varz(&n, 1, "IDA", "n1"); /* takes the finding back between two ticks */
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(model_quiet_since(n.model), 0);
    go_to(&n, 30);
    ck_assert_int_eq(model_quiet_since(n.model), NIGHT_UTC + ns(20.5));
    night_end(&n);
}
END_TEST

static void send_ill(struct night *n) {
    struct sample *s = build(n, 1, SHAPE_HEALTHZ, NULL);
    s->http_status = 503;
    put_text(s, sample_add(s, ENTITY_HEALTH), F_HEALTH_error, "no meta leader");
    send(n, s);
}

START_TEST(failing_health_is_a_warning_after_a_while) {
    struct night n;
    begin_one(&n, 1);
    send_ill(&n);
    go_to(&n, 10);
    send_ill(&n);
    go_to(&n, 14);
    ck_assert_ptr_null(finding_of(&n, "health"));
    go_to(&n, 16);
    ck_assert_ptr_nonnull(finding_of(&n, "health"));
    char text[200];
    finding_text_of(n.model, finding_of(&n, "health"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "n1 no meta leader, for 1"), text);
    go_to(&n, 60); /* it is not asked any more: old is not so */
    ck_assert_ptr_null(finding_of(&n, "health"));
    night_end(&n);
}
END_TEST

START_TEST(an_endpoint_that_fails_is_a_warning_after_a_while) {
    struct night n;
    char text[200];
    begin_one(&n, 1);
    const struct object *server = server_named(&n, "n1");
    send_failure(&n, 1, SHAPE_CONNZ_HOT, FAILURE_REFUSED, "nothing listens"); /* that is the whole server */
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_failing).type, VALUE_UNKNOWN);
    send_connection(&n, 9, 0);
    send_failure(&n, 1, SHAPE_JSZ, FAILURE_TIMEOUT, "");
    send_failure(&n, 1, SHAPE_CONNZ_HOT, FAILURE_BODY, "nested too deep");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_failing), "/connz: nested too deep");
    go_to(&n, 9);
    ck_assert_ptr_null(finding_of(&n, "endpoint_failing"));
    go_to(&n, 13);
    const struct finding *f = finding_of(&n, "endpoint_failing");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->severity, SEVERITY_WARN);
    ck_assert_str_eq(finding_tag(f), "POLL");
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 /connz: nested too deep, for 13s");
    send_connection(&n, 9, 0);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_failing), "/jsz: timeout");
    send_interval(&n, 1, SHAPE_JSZ, 0); /* nobody wants it any more */
    go_to(&n, 14);
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_failing).type, VALUE_UNKNOWN);
    ck_assert_ptr_null(finding_of(&n, "endpoint_failing"));
    night_end(&n);
}
END_TEST

START_TEST(a_failure_is_as_old_as_the_endpoint_that_is_named) {
    struct night n;
    char text[200];
    begin_one(&n, 1);
    const struct object *server = server_named(&n, "n1");
    send_failure(&n, 1, SHAPE_JSZ, FAILURE_TIMEOUT, "");
    go_to(&n, 12);
    send_failure(&n, 1, SHAPE_CONNZ_HOT, FAILURE_BODY, "nested too deep");
    go_to(&n, 20);
    send_failure(&n, 1, SHAPE_JSZ, FAILURE_TIMEOUT, "");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_failing), "/jsz: timeout"); /* the longest */
    finding_text_of(n.model, finding_of(&n, "endpoint_failing"), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 /jsz: timeout, for 20s");
    send(&n, build(&n, 1, SHAPE_JSZ, "IDA"));
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_failing), "/connz: nested too deep");
    go_to(&n, 21);
    ck_assert_ptr_null(finding_of(&n, "endpoint_failing")); /* it has its own ten seconds */
    go_to(&n, 23);
    const struct finding *f = finding_of(&n, "endpoint_failing");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->since_utc_ns, NIGHT_UTC + ns(12));
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 /connz: nested too deep, for 11s");
    night_end(&n);
}
END_TEST

START_TEST(known_peers_are_not_missing) {
    struct night n;
    char text[200];
    begin_one(&n, 1);
    const struct object *cluster = model_cluster(n.model);
    send_target(&n, 2, "10.0.0.2:6222", "route", "known", "IDB", "n2");
    send_target(&n, 3, "10.0.0.3:6222", "route", "known", "IDC", "n3");
    go_to(&n, 20);
    ck_assert_int_eq((int)number_value(&n, cluster, Q_CLUSTER_servers), 1);
    ck_assert_int_eq((int)number_value(&n, cluster, Q_CLUSTER_expected), 3);
    ck_assert_int_eq((int)number_value(&n, cluster, Q_CLUSTER_known), 2);
    ck_assert_int_eq((int)number_value(&n, cluster, Q_CLUSTER_missing), 0);
    size_t count;
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 0);
    send_target(&n, 3, "10.0.0.3:6222", "route", "gone", "IDC", "n3"); /* no route leads there any more */
    go_to(&n, 40);
    ck_assert_int_eq((int)number_value(&n, cluster, Q_CLUSTER_missing), 1);
    ck_assert_ptr_null(finding_of(&n, "server_missing"));
    finding_text_of(n.model, finding_of(&n, "server_down"), 1, text, sizeof text); /* says it */
    ck_assert_msg(strstr(text, "n3 no server has a route to it") == text, "%s", text);
    night_end(&n);
}
END_TEST

START_TEST(who_was_never_seen_is_missing) {
    struct night n;
    char text[200];
    night_begin(&n, 4, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://h2:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_varz(&n, 2, "IDB", "n2");
    go_to(&n, 25); /* the second one is silent */
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_missing), 3);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_unseen), 2);
    finding_text_of(n.model, finding_of(&n, "server_missing"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "2 of 4 expected servers never seen, for "), text);
    ck_assert_ptr_nonnull(finding_of(&n, "server_down"));
    size_t count;
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 2);
    night_end(&n);
}
END_TEST

START_TEST(a_consumer_without_leader_is_said) {
    struct night n;
    char text[200];
    begin_one(&n, 1);
    send_consumer(&n, NULL, "IDA", 1, 0);
    go_to(&n, 11);
    finding_text_of(n.model, finding_of(&n, "consumer_no_leader"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "consumer S/C (A) leaderless, for ≥1"), text);
    send_target(&n, 2, "http://h2:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 2, "IDB", "n2");
    send_consumer(&n, "n2", "IDB", 2, 7);
    go_to(&n, 12);
    ck_assert_ptr_null(finding_of(&n, "consumer_no_leader"));
    go_to(&n, 60); /* who leads it now is silent */
    finding_text_of(n.model, finding_of(&n, "consumer_leader_gone"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "consumer S/C (A): its leader n2 does not answer, for "), text);
    ck_assert_str_eq(finding_tag(finding_of(&n, "consumer_leader_gone")), "JS");
    night_end(&n);
}
END_TEST

static void send_route(struct night *n, double mib) {
    struct sample *s = build(n, 1, SHAPE_ROUTEZ, "IDA");
    struct row *row = sample_add(s, ENTITY_ROUTE);
    put_u(row, F_ROUTE_rid, 7);
    put_text(s, row, F_ROUTE_remote_id, "IDB");
    put_text(s, row, F_ROUTE_remote_name, "n2");
    put_i(row, F_ROUTE_pending_bytes, (int64_t)(mib * 1024 * 1024));
    send(n, s);
}

/* Asked each two seconds while much waits: what one look saw may be a burst. */
START_TEST(a_backlog_on_a_route_is_said_after_two_looks) {
    struct night n;
    char text[200];
    begin_one(&n, 1);
    go_to(&n, 1);
    send_route(&n, 2);
    go_to(&n, 3);
    send_route(&n, 0);
    go_to(&n, 11);
    ck_assert_ptr_null(finding_at(&n, "route_backlog", SEVERITY_WARN));
    send_route(&n, 2);
    go_to(&n, 13);
    ck_assert_ptr_null(finding_at(&n, "route_backlog", SEVERITY_WARN));
    send_route(&n, 146);
    go_to(&n, 15);
    ck_assert_ptr_nonnull(finding_at(&n, "route_backlog", SEVERITY_WARN));
    send_route(&n, 150);
    go_to(&n, 17);
    finding_text_of(n.model, finding_at(&n, "route_backlog", SEVERITY_CRIT), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1: 150M wait on the route to n2, for 3s");
    ck_assert_int_eq(finding_at(&n, "route_backlog", SEVERITY_CRIT)->severity, SEVERITY_CRIT);
    send_route(&n, 0);
    go_to(&n, 18);
    ck_assert_ptr_null(finding_at(&n, "route_backlog", SEVERITY_CRIT));
    night_end(&n);
}
END_TEST

START_TEST(what_is_not_known_is_left_out_of_a_sentence) {
    struct night n;
    char text[200];
    begin_one(&n, 1);
    go_to(&n, 1);
    struct sample *s = build(&n, 1, SHAPE_CONNZ_HOT, "IDA");
    struct row *row = sample_add(s, ENTITY_CONNECTION);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    put_u(row, F_CONNECTION_cid, 9);
    put_i(row, F_CONNECTION_pending_bytes, 40 << 20);
    send(&n, s);
    go_to(&n, 6);
    finding_text_of(n.model, finding_at(&n, "buffer_filling", SEVERITY_CRIT), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1 cid 9  pending 40.0M, 63% of max");
    send_connection(&n, 9, 42);
    go_to(&n, 7);
    finding_text_of(n.model, finding_at(&n, "buffer_filling", SEVERITY_CRIT), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "n1 cid 9 billing  pending 42.0M, 66% of max, +"), text);
    finding_text_of(n.model, finding_at(&n, "buffer_filling", SEVERITY_CRIT), 1, text, 12);
    ck_assert_str_eq(text, "n1 cid 9 bi");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("rules");
    tcase_add_test(t, every_condition_is_understood);
    tcase_add_test(t, a_down_server_is_one_finding_at_once);
    tcase_add_test(t, a_duration_is_said_once_and_in_whole_seconds);
    tcase_add_test(t, what_nobody_could_see_begin_lasts_at_least_so_long);
    tcase_add_test(t, a_condition_has_to_hold);
    tcase_add_test(t, tests_scale_the_holds);
    tcase_add_test(t, the_stale_are_not_asked);
    tcase_add_test(t, a_growing_consumer_speaks_after_a_minute);
    tcase_add_test(t, a_moved_leader_silences_its_asset);
    tcase_add_test(t, a_moved_leader_of_its_stream_silences_a_consumer);
    tcase_add_test(t, quiet_is_counted_from_the_last_finding);
    tcase_add_test(t, quiet_after_an_outage_is_counted_from_its_end);
    tcase_add_test(t, an_endpoint_that_fails_is_a_warning_after_a_while);
    tcase_add_test(t, a_failure_is_as_old_as_the_endpoint_that_is_named);
    tcase_add_test(t, known_peers_are_not_missing);
    tcase_add_test(t, who_was_never_seen_is_missing);
    tcase_add_test(t, a_consumer_without_leader_is_said);
    tcase_add_test(t, a_backlog_on_a_route_is_said_after_two_looks);
    tcase_add_test(t, what_is_not_known_is_left_out_of_a_sentence);
    tcase_add_test(t, failing_health_is_a_warning_after_a_while);
    return t;
}

int main(void) {
    return run_case("model: rules", cases);
}
