/* JetStream of one server: its API, whether it is on, and its store. */
#include "tests/model_meta.h"

/* ---- its API, and what it has reserved ---- */

static void send_api(struct night *n, const char *id, uint64_t calls, uint64_t errors) {
    struct sample *s = build_varz(n, 1, id, "n1");
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_js_api_total, calls);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_js_api_errors, errors);
    send(n, s);
}

static double on_n1(const struct night *n, enum quantity q) {
    return number_value(n, server_named(n, "n1"), q);
}

START_TEST(api_errors_are_those_of_the_last_minute) {
    struct night n;
    begin_three(&n);
    for (int second = 1; second <= 120; second++) { /* 10 a second; errors in the second minute alone */
        night_until(&n, second);
        send_api(&n, "IDA", 5000 + 10 * (uint64_t)second, 77 + (uint64_t)(second > 60 ? second - 60 : 0));
        if (second <= 5)
            ck_assert(isnan(on_n1(&n, Q_SERVER_js_api_errors_per_min)));
        if (second == 60)
            ck_assert_double_eq(on_n1(&n, Q_SERVER_js_api_errors_per_min), 0); /* 77 are long ago */
    }
    ck_assert_double_eq_tol(on_n1(&n, Q_SERVER_js_api_errors_per_min), 60, 1e-6);
    ck_assert_double_eq_tol(on_n1(&n, Q_SERVER_js_api_error_share), 0.1, 1e-9);
    night_until(&n, 123);
    send_restarted(&n, 0, "IDZ");
    send_api(&n, "IDZ", 3, 1);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_api_errors_per_min)));
    night_end(&n);
}
END_TEST

START_TEST(nobody_called_and_nothing_failed) {
    struct night n;
    begin_three(&n);
    for (int second = 1; second <= 30; second++) {
        night_until(&n, second);
        send_api(&n, "IDA", 5000, 77);
    }
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_api_errors_per_min), 0);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_api_error_share))); /* of nothing */
    night_end(&n);
}
END_TEST

START_TEST(what_an_account_may_is_no_reservation) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    put_u(row, F_JETSTREAM_reserved_memory, UINT64_MAX); /* -1 */
    put_u(row, F_JETSTREAM_reserved_storage, 5 << 20);
    send(&n, s);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_reserved_memory)));
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_reserved_storage), 5 << 20);
    night_end(&n);
}
END_TEST

/* ---- switched off ---- */

static void send_power(struct night *n, const char *id, bool disabled) {
    struct sample *s = build(n, 1, SHAPE_JSZ, id);
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    if (disabled)
        put_u(row, F_JETSTREAM_disabled, 1);
    send(n, s);
}

START_TEST(jetstream_switched_off_is_said) {
    struct night n;
    begin_three(&n);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_enabled)));
    send_power(&n, "IDA", false);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_enabled), 1);
    varz_until(&n, 5, 6);
    send_restarted(&n, 0, "IDZ");
    send_power(&n, "IDZ", true);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_enabled), 0);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_switched_off), 1);
    ck_assert_int_eq(count_events(&n, "store"), 1);
    ck_assert_str_eq(model_event(n.model, model_event_count(n.model) - 1)->text, "JetStream is off, was on");
    send_power(&n, "IDZ", true);
    ck_assert_int_eq(count_events(&n, "store"), 1);
    varz_until(&n, 6, 6);
    send_power(&n, "IDZ", false);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_switched_off), 0);
    ck_assert_str_eq(model_event(n.model, model_event_count(n.model) - 1)->text, "JetStream is on again");
    night_end(&n);
}
END_TEST

/* The server goes on to say what it said before it was switched off. */
START_TEST(what_is_off_has_no_figures) {
    static const enum quantity figures[] = {Q_SERVER_js_memory,        Q_SERVER_js_storage,
                                            Q_SERVER_js_storage_share, Q_SERVER_js_max_storage,
                                            Q_SERVER_js_ha_assets,     Q_SERVER_js_reserved_storage,
                                            Q_SERVER_js_api_per_s};
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 4; i++) {
        struct sample *s = build_varz(&n, 1, ids[0], names[0]);
        struct row *row = row_of(s, ENTITY_SERVER);
        put_i(row, F_SERVER_js_max_storage, 100);
        for (int f = F_SERVER_js_memory; f <= F_SERVER_js_api_errors; f++)
            put_u(row, (enum field)f, 95);
        send(&n, s);
        s = jsz(&n, 0);
        row = sample_add(s, ENTITY_JETSTREAM);
        put_u(row, F_JETSTREAM_disabled, i == 2);
        put_u(row, F_JETSTREAM_reserved_storage, i == 2 ? 0 : 50);
        send(&n, s);
        for (size_t q = 0; q < sizeof figures / sizeof *figures && i > 0 && i < 3; q++)
            ck_assert_msg(isnan(on_n1(&n, figures[q])) == (i == 2), "%s", quantities[figures[q]].name);
        ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_meta_role), i == 2 ? "off" : "");
        varz_until(&n, i + 1, 6);
    }
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_reserved_storage), 50);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_storage))); /* not told since it is on again */
    night_end(&n);
}
END_TEST

START_TEST(jetstream_that_never_was_on_is_not_missed) {
    struct night n;
    begin_three(&n);
    send_power(&n, "IDA", true);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_enabled), 0);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_switched_off), 0);
    ck_assert_int_eq(count_events(&n, "store"), 0);
    night_end(&n);
}
END_TEST

/* ---- its store ---- */

static void send_streams(struct night *n, const char *id, uint64_t streams, const char *leader) {
    struct sample *s = build(n, 2, SHAPE_JSZ, id);
    add_meta(s, leader);
    put_u(row_of(s, ENTITY_JETSTREAM), F_JETSTREAM_streams, streams);
    send(n, s);
}

START_TEST(an_empty_store_is_said_when_it_is_certain) {
    static const struct {
        uint64_t streams;
        const char *leader;
        int events;
    } first[] = {{0, "", 1}, {6, "", 0}, {0, "n1", 0}};
    for (int i = 0; i < 3; i++) {
        struct night n;
        begin_three(&n);
        send_streams(&n, "IDB", 6, "n1");
        varz_until(&n, 3, 5);
        send_restarted(&n, 1, "IDE");
        ck_assert_int_eq(count_events(&n, "store"), 0);
        send_streams(&n, "IDE", first[i].streams, first[i].leader);
        ck_assert_int_eq(count_events(&n, "store"), first[i].events);
        night_until(&n, 4);
        send_streams(&n, "IDE", 6, "n1");
        send_streams(&n, "IDE", 0, ""); /* is no news of the restart */
        ck_assert_int_eq(count_events(&n, "store"), first[i].events);
        const struct event *e = model_event(n.model, model_event_count(n.model) - 1);
        if (first[i].events)
            ck_assert_str_eq(e->text, "restarted with an empty store: had 6 streams, has none");
        night_end(&n);
    }
}
END_TEST

START_TEST(a_store_that_is_still_read_is_not_empty) {
    struct night n;
    begin_three(&n);
    send_streams(&n, "IDB", 6, NULL);
    varz_until(&n, 3, 5);
    send_restarted(&n, 1, "IDE");
    for (int healthy = 0; healthy < 2; healthy++) { /* alone: no meta group */
        struct sample *s = build(&n, 2, SHAPE_HEALTHZ, NULL);
        s->http_status = healthy ? 200 : 503;
        put_text(s, sample_add(s, ENTITY_HEALTH), F_HEALTH_status, healthy ? "ok" : "unavailable");
        send(&n, s);
        night_until(&n, 4 + healthy);
        s = build(&n, 2, SHAPE_JSZ, "IDE");
        put_u(sample_add(s, ENTITY_JETSTREAM), F_JETSTREAM_streams, 0);
        send(&n, s);
        ck_assert_int_eq(count_events(&n, "store"), healthy);
    }
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("JetStream of one server");
    tcase_add_test(t, api_errors_are_those_of_the_last_minute);
    tcase_add_test(t, nobody_called_and_nothing_failed);
    tcase_add_test(t, what_an_account_may_is_no_reservation);
    tcase_add_test(t, jetstream_switched_off_is_said);
    tcase_add_test(t, what_is_off_has_no_figures);
    tcase_add_test(t, jetstream_that_never_was_on_is_not_missed);
    tcase_add_test(t, an_empty_store_is_said_when_it_is_certain);
    tcase_add_test(t, a_store_that_is_still_read_is_not_empty);
    return t;
}

int main(void) {
    return run_case("model: JetStream of one server", cases);
}
