#include "tests/model_build.h"

START_TEST(what_we_find_in_the_beginning_did_not_start_now) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    ck_assert_uint_eq(model_event_count(n.model), 0);
    night_until(&n, 20);
    send_target(&n, 2, "http://b:8222", "route", "polled", "IDB", "n2");
    struct sample *s = build_varz(&n, 2, "IDB", "n2");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(18));
    send(&n, s);
    ck_assert_int_eq(count_events(&n, "started"), 1);
    ck_assert_str_eq(model_event(n.model, model_event_count(n.model) - 1)->subject, "n2");
    s = build_varz(&n, 2, "IDB", "n2");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_config_load_time, NIGHT_UTC + ns(19));
    send(&n, s);
    ck_assert_int_eq(count_events(&n, "reloaded"), 1);
    night_end(&n);
}
END_TEST

START_TEST(the_last_thousand_events_are_kept) {
    struct night n;
    night_begin(&n, 0, 1);
    for (int i = 0; i < 1500; i++) {
        char text[32];
        snprintf(text, sizeof text, "word %d", i);
        model_source_event(n.model, 1, NIGHT_UTC + i, text);
    }
    ck_assert_uint_eq(model_event_count(n.model), 1000);
    ck_assert_str_eq(model_event(n.model, 0)->text, "word 500");
    ck_assert_str_eq(model_event(n.model, 999)->text, "word 1499");
    ck_assert_str_eq(model_event(n.model, 999)->kind, "collector");
    ck_assert_ptr_null(model_event(n.model, 1000));
    night_end(&n);
}
END_TEST

START_TEST(what_is_learnt_late_stands_at_its_time) {
    static const struct {
        int second;
        const char *text;
    } told[] = {{30, "c"}, {50, "e"}, {10, "a"}, {30, "d"}, {20, "b"}, {60, "f"}};
    struct night n;
    night_begin(&n, 0, 1);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        model_source_event(n.model, 1, NIGHT_UTC + ns(told[i].second), told[i].text);
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(*model_event(n.model, i)->text, "abcdef"[i]);
    ck_assert_uint_eq(model_event(n.model, 0)->number, 3); /* as they came */
    ck_assert_uint_eq(model_event(n.model, 5)->number, 6);
    for (int i = 0; i < 1200; i++) { /* through the whole ring, each second one late */
        char text[32];
        snprintf(text, sizeof text, "word %d", i ^ 1);
        model_source_event(n.model, 1, NIGHT_UTC + ns(100 + (i ^ 1)), text);
    }
    ck_assert_uint_eq(model_event_count(n.model), 1000);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(model_event(n.model, (size_t)i)->utc_ns, NIGHT_UTC + ns(300 + i));
    model_source_event(n.model, 1, NIGHT_UTC, "older than all");
    ck_assert_uint_eq(model_event_count(n.model), 1000);
    ck_assert_str_eq(model_event(n.model, 0)->text, "word 200");
    struct model *paused = model_clone(n.model);
    ck_assert_str_eq(model_event(paused, 999)->text, "word 1199");
    ck_assert_uint_eq(model_event(paused, 999)->number, model_event(n.model, 999)->number);
    model_destroy(paused);
    night_end(&n);
}
END_TEST

static void send_gap(struct night *n, uint64_t target, enum shape shape, uint64_t lost) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_GAP);
    put_u(row, F_GAP_target, target);
    put_u(row, F_GAP_shape, shape);
    put_u(row, F_GAP_lost, lost);
    put_i(row, F_GAP_utc, NIGHT_UTC + n->at);
    model_row(n->model, 1, FRAME_GAP, row);
    sample_destroy(s);
}

START_TEST(lost_samples_are_an_event_now_and_then) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_gap(&n, 1, SHAPE_CONNZ_HOT, 2);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    ck_assert_str_eq(model_event(n.model, 0)->subject, "n1");
    ck_assert_str_eq(model_event(n.model, 0)->text, "2 answers of /connz not taken in time and lost");
    for (int i = 1; i < 10; i++) {
        night_until(&n, i);
        send_varz(&n, 1, "IDA", "n1");
        send_gap(&n, 1, i % 2 ? SHAPE_CONNZ_FULL : SHAPE_CONNZ_HOT, 1);
        send_gap(&n, 1, SHAPE_JSZ, 1);
    }
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    night_until(&n, 10); /* the rest is said too, though nothing more is lost */
    ck_assert_int_eq(count_events(&n, "gap"), 2);
    ck_assert_str_eq(model_event(n.model, 1)->text, "18 answers of /connz, /jsz not taken in time and lost");
    night_until(&n, 60);
    ck_assert_int_eq(count_events(&n, "gap"), 2);
    send_gap(&n, 77, SHAPE_VARZ, UINT64_MAX); /* of nobody that we know */
    ck_assert_int_eq(count_events(&n, "gap"), 3);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("events");
    tcase_add_test(t, what_we_find_in_the_beginning_did_not_start_now);
    tcase_add_test(t, the_last_thousand_events_are_kept);
    tcase_add_test(t, what_is_learnt_late_stands_at_its_time);
    tcase_add_test(t, lost_samples_are_an_event_now_and_then);
    return t;
}

int main(void) {
    return run_case("model: events", cases);
}
