/* Two ways to one server: its monitoring port and NATS. */
#include "tests/model_build.h"

enum { HTTP = 1, NATS = 2 };

static void told(struct night *n, uint16_t source, const char *url, const char *state, const char *id) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_TARGET);
    put_u(row, F_TARGET_id, 1);
    put_text(s, row, F_TARGET_url, url);
    put_text(s, row, F_TARGET_origin, source == HTTP ? "named" : "nats");
    put_text(s, row, F_TARGET_state, state);
    put_text(s, row, F_TARGET_server_id, id);
    put_text(s, row, F_TARGET_name, id ? "n1" : NULL);
    put_i(row, F_TARGET_utc, NIGHT_UTC + n->at);
    model_row(n->model, source, FRAME_TARGET, row);
    sample_destroy(s);
}

static void both(struct night *n) {
    night_begin(n, 0, 1);
    told(n, HTTP, "http://h:8222", "polled", "IDA");
    told(n, NATS, "nats:IDA", "polled", "IDA");
}

/* Each way counts something of its own, so that it shows whose number it is. */
static void varz(struct night *n, uint16_t source, double rate) {
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    s->source = source;
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_in_msgs, (uint64_t)(rate * (double)n->at / 1e9));
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_subscriptions, source);
    send(n, s);
}

static void fails(struct night *n, uint16_t source, enum shape shape, enum failure failure) {
    struct sample *s = build(n, 1, shape, NULL);
    s->source = source;
    s->failure = failure;
    s->http_status = 0;
    send(n, s);
}

static const struct object *n1(struct night *n) {
    ck_assert_uint_eq(count_of(n, OBJECT_SERVER), 1);
    return server_named(n, "n1");
}

static int by(struct night *n) {
    return (int)number_value(n, n1(n), Q_SERVER_subscriptions);
}

static double rate(struct night *n) {
    return number_value(n, n1(n), Q_SERVER_in_msgs_per_s);
}

/* A second of both. */
static void second(struct night *n, bool http, bool nats) {
    night_until(n, (double)n->at / 1e9 + 1);
    http ? varz(n, HTTP, 100) : fails(n, HTTP, SHAPE_VARZ, FAILURE_REFUSED);
    nats ? varz(n, NATS, 900) : fails(n, NATS, SHAPE_VARZ, FAILURE_TIMEOUT);
}

START_TEST(the_first_counts_while_it_answers) {
    struct night n;
    both(&n);
    for (int i = 0; i < 5; i++) {
        second(&n, true, true);
        ck_assert_int_eq(by(&n), HTTP);
    }
    ck_assert_double_eq_tol(rate(&n), 100, 1);
    ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_url), "http://h:8222");
    for (int i = 0; i < 30; i++)
        second(&n, true, false); /* who stands by may fail */
    ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_state), "up");
    ck_assert_int_eq(by(&n), HTTP);
    night_end(&n);
}
END_TEST

/* Nothing is made of a number of the one and a number of the other. */
START_TEST(the_other_takes_over_and_gives_back) {
    struct night n;
    both(&n);
    for (int i = 0; i < 5; i++)
        second(&n, true, true);
    for (int i = 0; i < 20; i++) {
        second(&n, false, true);
        ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_state), "up");
        ck_assert(isnan(rate(&n)) || fabs(rate(&n) - (by(&n) == HTTP ? 100 : 900)) < 1);
    }
    ck_assert_int_eq(by(&n), NATS);
    ck_assert_double_eq_tol(rate(&n), 900, 1);
    for (int i = 0; i < 6; i++) {
        second(&n, true, true);
        ck_assert(isnan(rate(&n)) || fabs(rate(&n) - (by(&n) == HTTP ? 100 : 900)) < 1);
    }
    ck_assert_int_eq(by(&n), HTTP);
    ck_assert_double_eq_tol(rate(&n), 100, 1);
    ck_assert_int_eq(count_events(&n, "stale") + count_events(&n, "down") + count_events(&n, "back"), 0);
    night_end(&n);
}
END_TEST

/* One that answers every other time is no reason to go to and fro. */
START_TEST(a_shaky_way_is_left_alone) {
    struct night n;
    int changes = 0, last = HTTP;
    both(&n);
    for (int i = 0; i < 60; i++) {
        second(&n, i % 3 == 0, true);
        changes += i > 5 && by(&n) != last;
        last = by(&n);
    }
    ck_assert_int_eq(changes, 0);
    ck_assert_int_eq(last, NATS);
    night_end(&n);
}
END_TEST

START_TEST(dead_by_both_ways_is_down) {
    struct night n;
    both(&n);
    for (int i = 0; i < 5; i++)
        second(&n, true, true);
    for (int i = 0; i < 7; i++)
        second(&n, false, false);
    ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_state), "down");
    second(&n, false, true);
    ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_state), "up");
    night_end(&n);
}
END_TEST

static void subsz(struct night *n, uint16_t source) {
    struct sample *s = build(n, 1, SHAPE_SUBSZ, "IDA");
    s->source = source;
    put_u(sample_add(s, ENTITY_SUBLIST), F_SUBLIST_max_fanout, source);
    send(n, s);
}

static int fanout(struct night *n) {
    return (int)number_value(n, n1(n), Q_SERVER_max_fanout);
}

START_TEST(each_shape_has_its_way) {
    struct night n;
    both(&n);
    second(&n, true, true);
    subsz(&n, HTTP);
    subsz(&n, NATS);
    ck_assert_int_eq(fanout(&n), HTTP);
    for (int i = 0; i < 3; i++) {
        second(&n, true, true);
        fails(&n, HTTP, SHAPE_SUBSZ, FAILURE_TIMEOUT);
        subsz(&n, NATS);
    }
    ck_assert_int_eq(fanout(&n), NATS);
    ck_assert_int_eq(by(&n), HTTP);
    night_end(&n);
}
END_TEST

START_TEST(who_is_known_alone_is_asked_by_the_other) {
    struct night n;
    night_begin(&n, 0, 1);
    told(&n, HTTP, "nats-route://h:6222", "known", "IDA");
    ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_state), "known");
    told(&n, NATS, "nats:IDA", "polled", "IDA");
    varz(&n, NATS, 900);
    told(&n, HTTP, "nats-route://h:6222", "known", "IDA"); /* again */
    ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_state), "up");
    ck_assert_int_eq(by(&n), NATS);
    told(&n, HTTP, "http://h:8222", "polled", "IDA");
    for (int i = 0; i < 4; i++)
        second(&n, true, true);
    ck_assert_int_eq(by(&n), HTTP);
    ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_url), "http://h:8222");
    night_end(&n);
}
END_TEST

static void begins_anew(struct night *n, uint16_t source) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_HELLO);
    put_i(row, F_HELLO_utc, NIGHT_UTC + n->at);
    model_row(n->model, source, FRAME_HELLO, row);
    sample_destroy(s);
}

/* A collector that dies takes its way along, and nothing else. */
START_TEST(a_collector_is_gone) {
    struct night n;
    both(&n);
    for (int i = 0; i < 3; i++)
        second(&n, true, true);
    begins_anew(&n, HTTP);
    for (int i = 0; i < 12; i++) {
        night_until(&n, (double)n.at / 1e9 + 1);
        varz(&n, NATS, 900);
        ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_state), "up");
    }
    ck_assert_int_eq(by(&n), NATS);
    told(&n, HTTP, "http://h:8222", "polled", "IDA");
    model_source_gone(n.model, NATS);
    for (int i = 0; i < 12; i++) {
        night_until(&n, (double)n.at / 1e9 + 1);
        varz(&n, HTTP, 100);
        ck_assert_str_eq(text_value(&n, n1(&n), Q_SERVER_state), "up");
    }
    ck_assert_int_eq(by(&n), HTTP);
    night_end(&n);
}
END_TEST

/* Whoever hears of it first. */
START_TEST(a_restart_is_one) {
    struct night n;
    bool http_first = _i;
    both(&n);
    for (int i = 0; i < 3; i++)
        second(&n, true, true);
    night_until(&n, 6);
    for (int i = 0; i < 8; i++) {
        uint16_t source = (i % 2 == 0) == http_first ? HTTP : NATS;
        if (source == NATS)
            told(&n, NATS, "nats:IDB", "polled", "IDB");
        struct sample *s = build_varz(&n, 1, "IDB", "n1");
        s->source = source;
        put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(5));
        send(&n, s);
        ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
        night_until(&n, (double)n.at / 1e9 + 0.5);
    }
    ck_assert_int_eq(count_events(&n, "restarted"), 1);
    ck_assert_int_eq((int)number_value(&n, n1(&n), Q_SERVER_restarts), 1);
    night_end(&n);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("model/ways");
    TCase *tc = tcase_create("ways");
    tcase_add_test(tc, the_first_counts_while_it_answers);
    tcase_add_test(tc, the_other_takes_over_and_gives_back);
    tcase_add_test(tc, a_shaky_way_is_left_alone);
    tcase_add_test(tc, dead_by_both_ways_is_down);
    tcase_add_test(tc, each_shape_has_its_way);
    tcase_add_test(tc, who_is_known_alone_is_asked_by_the_other);
    tcase_add_test(tc, a_collector_is_gone);
    tcase_add_loop_test(tc, a_restart_is_one, 0, 2);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
