/* What the last run knew. */
#include "model/alert_object.h"
#include "tests/model_alerted.h"
#include "tests/model_ruled.h"

static struct alert filling(enum alert_state state) {
    return (struct alert){.number = 41,
                          .state = state,
                          .severity = SEVERITY_WARN,
                          .worst = SEVERITY_CRIT,
                          .rule = "buffer_filling",
                          .tag = "SLOW",
                          .entity = "connection",
                          .cluster = "C",
                          .name = "n1/9",
                          .text = "as it was",
                          .worst_text = "as it was at its worst",
                          .figure = "11%",
                          .peak = "88%",
                          .limit = "> 10 %",
                          .origin = "default",
                          .worst_rule = "buffer_filling",
                          .ending = "",
                          .first_sign_utc_ns = utc(-4000),
                          .opened_utc_ns = utc(-3996),
                          .worst_utc_ns = utc(-3000),
                          .ended_utc_ns = state == ALERT_CLEARED ? utc(-300) : 0,
                          .times = 2,
                          .came_utc_ns = {utc(-3996), utc(-2000)},
                          .came_count = 2,
                          .acked_by = "",
                          .note = ""};
}

START_TEST(what_goes_on_is_not_told_again) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.acked_utc_ns = utc(-100), was.acked_severity = SEVERITY_WARN, was.acked_by = "ann", was.note = "mine";
    watch_begin_with(&w, &was, 1);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert(a->unheard && a->old);
    ck_assert_uint_eq(a->object, 0);
    watch_holds(&w, 10, 7);
    a = alert_at(&w, 0);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    ck_assert_uint_eq(a->number, 41);
    ck_assert(!a->unheard && !a->old);
    ck_assert_ptr_nonnull(model_object(w.n.model, a->object));
    ck_assert_int_eq(a->first_sign_utc_ns, utc(-4000));
    ck_assert_int_eq(a->times, 2);
    ck_assert_str_eq(a->peak, "88%");
    ck_assert_str_eq(a->worst_text, "as it was at its worst");
    ck_assert_ptr_nonnull(strstr(a->text, "n1 cid 9"));
    ck_assert_str_eq(a->acked_by, "ann");
    assert_told(&w, "");
    watch_holds(&w, 20, 40); /* worse than what was acknowledged */
    watch_holds(&w, 60, 0);
    assert_told(&w, "10.5 grew warn n1/9\n"
                    "14.5 worse crit n1/9\n"
                    "30.5 cleared ok n1/9\n");
    w.count = 2;
    w.mib[1] = 7;
    watch_holds(&w, 70, 0);
    ck_assert_uint_gt(alert_at(&w, 0)->number, 41);
    watch_end(&w);
}
END_TEST

/* 10 MiB of 64 is less than what it was at its worst, 20 is more. */
START_TEST(a_smaller_figure_is_no_new_peak) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.worst = SEVERITY_WARN, was.peak = "25%", was.peak_size = 0.25, was.worst_rule = "buffer_filling";
    watch_begin_with(&w, &was, 1);
    watch_holds(&w, 10, 10);
    ck_assert_str_eq(alert_at(&w, 0)->figure, "16%");
    ck_assert_str_eq(alert_at(&w, 0)->peak, "25%");
    ck_assert_int_eq(alert_at(&w, 0)->worst_utc_ns, utc(-3000));
    uint64_t peaks = model_alerts_peaks(w.n.model);
    watch_holds(&w, 15, 20);
    ck_assert_str_eq(alert_at(&w, 0)->peak, "31%");
    ck_assert_double_eq_tol(alert_at(&w, 0)->peak_size, 0.3125, 1e-9);
    ck_assert_uint_eq(model_alerts_peaks(w.n.model), peaks + 1);
    watch_end(&w);
}
END_TEST

/* Its hold, of four seconds, begins anew; what is waited for is known all the same. */
START_TEST(its_figure_is_told_as_soon_as_it_is_known) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    watch_begin_with(&w, &was, 1);
    ck_assert(alert_at(&w, 0)->old && !alert_at(&w, 0)->figure_now);
    watch_holds(&w, 2.5, 10);
    ck_assert_str_eq(alert_at(&w, 0)->figure, "16%");
    ck_assert_ptr_nonnull(strstr(alert_at(&w, 0)->text, "pending 10.0M"));
    ck_assert(!alert_at(&w, 0)->old);
    watch_end(&w);
    watch_begin_with(&w, &was, 1);
    watch_holds(&w, 2.5, 4); /* too little for any rule */
    ck_assert_str_eq(alert_at(&w, 0)->figure, "6.3%");
    ck_assert_str_eq(alert_at(&w, 0)->text, "as it was");
    ck_assert(alert_at(&w, 0)->old && alert_at(&w, 0)->figure_now);
    ck_assert_str_eq(alert_at(&w, 0)->peak, "88%");
    watch_end(&w);
}
END_TEST

/* The warning's hold is over before that of what is critical, and of what is less by now nothing is known for
 * ten seconds: what counts is the alert. */
START_TEST(the_verdict_counts_what_the_book_has) {
    struct alert was = filling(ALERT_OPEN);
    struct watch w;
    was.severity = was.worst = SEVERITY_CRIT, was.tag = "SAME", was.rule = was.worst_rule = "later";
    watch_begin_with(&w, &was, 1);
    use_two_levels(w.n.model, "30 s", "3 s");
    for (int second = 1; second < 60; second++) {
        watch_holds(&w, second, second < 40 ? 25 : 7);
        struct alert_counts book = model_alert_counts(w.n.model);
        struct alert_things things = model_alert_things(w.n.model);
        size_t count;
        const struct finding *burning = model_burning(w.n.model, &count);
        if (second < 4)
            continue; /* nobody has found it again */
        ck_assert_uint_eq(book.crit + book.warn, 1);
        ck_assert_msg(things.crit == book.crit && things.warn == book.warn, "%d s: %zu and %zu critical",
                      second, things.crit, book.crit);
        ck_assert_uint_eq(count, 1);
        ck_assert_int_eq(burning->severity, alert_at(&w, 0)->severity);
    }
    assert_told(&w, "49.5 less warn n1/9\n");
    watch_end(&w);
}
END_TEST

/* So is that it is twice the first one of this run: who waits for a minute's hold misses nothing of it. */
START_TEST(what_doubles_before_its_hold_is_over_is_told) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    watch_begin_with(&w, &was, 1);
    watch_holds(&w, 2, 7);
    assert_told(&w, "");
    watch_holds(&w, 3.5, 15);
    assert_told(&w, "2.5 grew warn n1/9\n");
    watch_holds(&w, 10, 27); /* its hold is over, and nothing more is */
    assert_told(&w, "");
    watch_holds(&w, 12, 31);
    assert_told(&w, "10.5 grew warn n1/9\n");
    watch_end(&w);
    watch_begin_with(&w, &was, 1);
    watch_holds(&w, 3, 7);
    watch_holds(&w, 3.5, 3); /* no level of it: what doubles is not this */
    watch_holds(&w, 12, 13);
    assert_told(&w, "");
    watch_end(&w);
}
END_TEST

/* By a clock that was put back meanwhile: its span is not known, and at least what it will be then. */
START_TEST(one_of_a_time_to_come_began_before) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.first_sign_utc_ns = was.opened_utc_ns = was.came_utc_ns[0] = utc(60);
    was.times = was.came_count = 1;
    watch_begin_with(&w, &was, 1);
    watch_holds(&w, 10, 20);
    const struct alert *a = alert_at(&w, 0);
    ck_assert(a->least);
    ck_assert_int_eq(alert_lasted(a, model_utc_ns(w.n.model)).type, VALUE_UNKNOWN);
    watch_holds(&w, 75, 20);
    a = alert_at(&w, 0);
    ck_assert_int_eq(alert_lasted(a, model_utc_ns(w.n.model)).type, VALUE_SPAN);
    ck_assert(alert_lasted(a, model_utc_ns(w.n.model)).flags & VALUE_LEAST);
    watch_end(&w);
}
END_TEST

START_TEST(what_is_not_found_ends_once_it_could_have_been) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.name = "n1/77"; /* which is nowhere */
    watch_begin_with(&w, &was, 1);
    watch_silence(&w, 300); /* nobody knows */
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_OPEN);
    w.told[0] = '\0';
    watch_holds(&w, 419, 0);
    assert_told(&w, "310.5 cleared ok h:8222\n");
    watch_holds(&w, 425, 0);
    assert_told(&w, "421 cleared ok n1/77\n");
    const struct alert *a = model_alert_by_number(w.n.model, 41);
    ck_assert_str_eq(a->ending, "not seen again");
    ck_assert_str_eq(a->peak, "88%");
    watch_end(&w);
}
END_TEST

/* Not since this run found it. */
START_TEST(its_sentence_counts_from_when_it_came_last) {
    const struct rule_said since = {.name = "buffer_filling", .text = "full for {since}"};
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    watch_begin_with(&w, &was, 1);
    use_rules(w.n.model, &since, 1);
    watch_holds(&w, 10, 7);
    ck_assert_str_eq(alert_at(&w, 0)->text, "full for 33m30s"); /* the file does not tell its sign */
    watch_end(&w);
    was.sign_utc_ns = utc(-2100);
    watch_begin_with(&w, &was, 1);
    use_rules(w.n.model, &since, 1);
    watch_holds(&w, 10, 7);
    ck_assert_str_eq(alert_at(&w, 0)->text, "full for 35m10s");
    watch_end(&w);
}
END_TEST

/* Its connection is there, and nothing waits for it. */
START_TEST(what_is_known_not_to_be_so_ends_soon) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    watch_begin_with(&w, &was, 1);
    watch_silence(&w, 300);
    ck_assert(model_alert_by_number(w.n.model, 41)->unheard);
    w.told[0] = '\0';
    watch_holds(&w, 306, 0);
    const struct alert *a = model_alert_by_number(w.n.model, 41);
    ck_assert(a->quiet && !a->unheard);
    watch_holds(&w, 320, 0);
    assert_told(&w, "310.5 cleared ok h:8222\n"
                    "311 cleared ok n1/9\n");
    a = model_alert_by_number(w.n.model, 41);
    ck_assert_str_eq(a->ending, "not seen again");
    ck_assert_str_eq(a->figure, "0%");
    watch_end(&w);
}
END_TEST

/* Its server is there, and does not say how many cores it has. */
START_TEST(what_is_not_known_waits) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.rule = "cpu_busy", was.tag = "CPU", was.entity = "server", was.name = "n1";
    watch_begin_with(&w, &was, 1);
    watch_holds(&w, 100, 0);
    ck_assert(model_alert_by_number(w.n.model, 41)->unheard);
    watch_holds(&w, 140, 0);
    ck_assert_int_eq(model_alert_by_number(w.n.model, 41)->state, ALERT_CLEARED);
    watch_end(&w);
}
END_TEST

/* Its server is there, and that endpoint has yet to answer, or not to. */
START_TEST(what_has_not_failed_yet_has_not_ended) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.rule = "endpoint_failing", was.tag = "POLL", was.entity = "server", was.name = "n1";
    watch_begin_with(&w, &was, 1);
    send_interval(&w.n, 1, SHAPE_JSZ, 5);
    watch_holds(&w, 24, 0);
    ck_assert_int_eq(model_alert_by_number(w.n.model, 41)->state, ALERT_OPEN);
    for (int i = 0; i < 4; i++) {
        send_failure(&w.n, 1, SHAPE_JSZ, FAILURE_TIMEOUT, "it hangs");
        watch_holds(&w, 30 + 5 * i, 0);
    }
    const struct alert *a = model_alert_by_number(w.n.model, 41);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert_int_eq(a->times, 2);
    ck_assert(!a->unheard);
    assert_told(&w, "");
    send(&w.n, build(&w.n, 1, SHAPE_JSZ, "IDA"));
    watch_holds(&w, 80, 0);
    ck_assert_int_eq(model_alert_by_number(w.n.model, 41)->state, ALERT_CLEARED);
    watch_end(&w);
}
END_TEST

/* What is counted within ten minutes is at least so much as long as they are not over. */
START_TEST(what_was_not_watched_for_long_enough_denies_nothing) {
    static const struct {
        const char *rule, *tag;
        double whole_s;
    } cases[] = {{"server_restarts", "RST", 600}, {"gateways_slow", "GW", 300}};
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.rule = cases[_i].rule, was.tag = cases[_i].tag, was.entity = "server", was.name = "n1";
    watch_begin_with(&w, &was, 1);
    while (w.n.at < ns(cases[_i].whole_s + 30)) {
        bool whole = w.n.at >= ns(cases[_i].whole_s + 20), too_short = w.n.at < ns(cases[_i].whole_s);
        const struct alert *a = model_alert_by_number(w.n.model, 41);
        ck_assert(!too_short || (a->state == ALERT_OPEN && a->unheard && !a->quiet));
        ck_assert(!whole || a->state == ALERT_CLEARED);
        if (w.n.at % NS_PER_S == 0) {
            struct sample *s = build_varz(&w.n, 1, "IDA", "n1");
            put_u(row_of(s, ENTITY_SERVER), F_SERVER_slow_gateways, 7);
            put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC); /* it restarted as we came */
            send(&w.n, s);
        }
        w.n.at += NS_PER_S / 2;
        watch_tick(&w);
    }
    watch_end(&w);
}
END_TEST

/* A gateway that broke before our start is in no answer; one that comes may be it. */
START_TEST(a_gateway_that_was_lost_before_is_not_there_still) {
    bool comes = _i == 1;
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.rule = "gateway_lost", was.tag = "GW", was.entity = "server", was.name = "n1";
    watch_begin_with(&w, &was, 1);
    double over_s = comes ? 360 : 3800;
    while (w.n.at < ns(over_s)) {
        bool back = comes && w.n.at >= ns(300);
        ck_assert_int_eq(w.n.at >= ns(comes ? 300 : 3600) ||
                             model_alert_by_number(w.n.model, 41)->state == ALERT_OPEN,
                         true);
        if (w.n.at % NS_PER_S == 0) {
            send(&w.n, build_varz(&w.n, 1, "IDA", "n1"));
            struct sample *s = build(&w.n, 1, SHAPE_GATEWAYZ, "IDA");
            for (int i = 0; i < 1 + back; i++) {
                struct row *row = sample_add(s, ENTITY_GATEWAY);
                put_u(row, F_GATEWAY_cid, 20 + (uint64_t)i);
                put_text(s, row, F_GATEWAY_direction, "outbound");
                put_text(s, row, F_GATEWAY_cluster, i ? "west" : "east");
            }
            send(&w.n, s);
        }
        w.n.at += NS_PER_S / 2;
        watch_tick(&w);
    }
    ck_assert_int_eq(model_alert_by_number(w.n.model, 41)->state, ALERT_CLEARED);
    ck_assert_str_eq(model_alert_by_number(w.n.model, 41)->ending, "not seen again");
    watch_end(&w);
}
END_TEST

/* Whose connections come and go, or who was cut, is there only once that happened while we watch: that nobody
 * is found says nothing of what was before. Where the rule is not in force any more nobody will be. */
START_TEST(what_happened_before_we_came_is_not_over) {
    static const struct {
        const char *rule, *condition, *tag, *entity;
        double open_s, over_s;
        const char *ending;
    } cases[] = {{"restless", "reconnects_1h", "RECONN", "visitor", 3600, 3730, "not seen again"},
                 {"restless", "reconnects_1h + 1", "RECONN", "visitor", 3600, 3730, "not seen again"},
                 {"client_cut_often", NULL, "CUT", "client", 300, 430, "not seen again"},
                 {"client_cut", NULL, "CUT", "client", 170, 190, "not seen again"},
                 {"not_there", NULL, "RECONN", "visitor", 110, 130, "its rule is not in force any more"}};
    const struct rule_said restless = {.name = "restless",
                                       .entity = "visitor",
                                       .condition = cases[_i].condition,
                                       .tag = "RECONN",
                                       .warn = "> 10"};
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.rule = cases[_i].rule, was.tag = cases[_i].tag, was.entity = cases[_i].entity, was.name = "A/app";
    watch_begin_with(&w, &was, 1);
    if (cases[_i].condition)
        use_rules(w.n.model, &restless, 1);
    watch_holds(&w, cases[_i].open_s, 0);
    const struct alert *a = model_alert_by_number(w.n.model, 41);
    ck_assert(a->state == ALERT_OPEN && a->unheard && !a->quiet);
    watch_holds(&w, cases[_i].over_s, 0);
    a = model_alert_by_number(w.n.model, 41);
    ck_assert_int_eq(a->state, ALERT_CLEARED);
    ck_assert_str_eq(a->ending, cases[_i].ending);
    watch_end(&w);
}
END_TEST

/* It forms, and comes to nothing: it is judged. */
START_TEST(what_forms_is_still_open) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    watch_begin_with(&w, &was, 1);
    watch_holds(&w, 3, 7);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_OPEN);
    watch_holds(&w, 20, 0);
    assert_told(&w, "13.5 cleared ok n1/9\n");
    ck_assert_str_eq(alert_at(&w, 0)->ending, "");
    watch_end(&w);
}
END_TEST

START_TEST(what_ended_lately_comes_back) {
    struct watch w;
    struct alert was = filling(ALERT_CLEARED);
    was.ended_utc_ns = _i ? utc(-700) : utc(-300);
    watch_begin_with(&w, &was, 1);
    ck_assert_uint_eq(model_alert_counts(w.n.model).ended, 1);
    watch_holds(&w, 10, 7);
    assert_told(&w, _i ? "4.5 opened warn n1/9\n" : "4.5 back warn n1/9\n");
    ck_assert_int_eq(alert_at(&w, 0)->times, _i ? 1 : 3);
    watch_end(&w);
}
END_TEST

START_TEST(what_flapped_flaps) {
    struct watch w;
    struct alert was = filling(ALERT_OPEN);
    was.flapping = true;
    watch_begin_with(&w, &was, 1);
    watch_holds(&w, 10, 7);
    watch_holds(&w, 100, 0);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_OPEN);
    watch_holds(&w, 615, 0);
    assert_told(&w, "610.5 cleared ok n1/9\n");
    watch_end(&w);
}
END_TEST

START_TEST(strange_values_are_made_harmless) {
    struct watch w;
    struct alert was[5] = {filling(ALERT_OPEN), filling(ALERT_PENDING), filling(ALERT_CLEARED)};
    was[0].times = was[0].came_count = -7;
    was[0].severity = (enum severity)99;
    was[2].came_count = 1000;
    was[2].ended_utc_ns = INT64_MAX;
    was[2].first_sign_utc_ns = INT64_MIN;
    was[3] = (struct alert){.number = UINT64_MAX, .state = ALERT_OPEN};
    was[4] = (struct alert){.number = 41, .state = (enum alert_state)9};
    watch_begin_with(&w, was, 5);
    ck_assert_uint_eq(model_alert_count(w.n.model), 3);
    for (size_t i = 0; i < 3; i++) {
        const struct alert *a = alert_at(&w, i);
        ck_assert_int_ge(a->severity, SEVERITY_WARN);
        ck_assert_int_le(a->severity, SEVERITY_CRIT);
        ck_assert_int_ge(a->came_count, 1);
        ck_assert_int_le(a->came_count, ALERT_COMINGS);
        ck_assert_uint_lt(a->number, 100);
        ck_assert_ptr_nonnull(a->note);
    }
    watch_holds(&w, 200, 7);
    watch_holds(&w, 300, 0);
    watch_end(&w);
}
END_TEST

/* Another natsight has 1 for another one, and 7 for ours. */
START_TEST(it_has_the_number_that_another_one_gave_it) {
    struct watch w;
    struct alert there[2] = {filling(ALERT_OPEN), filling(ALERT_OPEN)};
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    ck_assert_uint_eq(alert_at(&w, 0)->number, 1);
    w.told[0] = '\0';
    there[0].number = 7;
    there[1].number = 1, there[1].name = "n1/10";
    for (int i = 0; i < 2; i++) /* once and for all */
        model_alerts_follow(w.n.model, there, 2);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    ck_assert_uint_eq(alert_at(&w, 0)->number, 7);
    ck_assert_ptr_null(model_alert_by_number(w.n.model, 1));
    ck_assert_ptr_eq(model_alert_by_number(w.n.model, 7), alert_at(&w, 0));
    there[0].name = "n1/11"; /* that one has ours */
    model_alerts_follow(w.n.model, there, 2);
    ck_assert_uint_gt(alert_at(&w, 0)->number, 7);
    there[0].number = UINT64_MAX, there[0].name = "n1/9";
    model_alerts_follow(w.n.model, there, 2);
    ck_assert_uint_lt(alert_at(&w, 0)->number, 100);
    assert_told(&w, "");
    watch_end(&w);
}
END_TEST

START_TEST(history_is_in_its_order) {
    struct watch w;
    struct alert was[3] = {filling(ALERT_CLEARED), filling(ALERT_CLEARED), filling(ALERT_CLEARED)};
    for (int i = 0; i < 3; i++) {
        was[i].number = (uint64_t)i + 1;
        was[i].ended_utc_ns = utc(i == 1 ? -10 : -20000 + i);
    }
    watch_begin_with(&w, was, 3);
    ck_assert_uint_eq(alert_at(&w, 0)->number, 2);
    ck_assert_uint_eq(alert_at(&w, 1)->number, 3);
    ck_assert_uint_eq(alert_at(&w, 2)->number, 1);
    watch_end(&w);
}
END_TEST

START_TEST(a_silence_goes_on) {
    struct watch w;
    memset(&w, 0, sizeof w);
    w.count = 1;
    w.n.model = model_create(NULL);
    ck_assert(model_silence(w.n.model, "server", "C", "n1", utc(60), "upgrade"));
    ck_assert(model_silence(w.n.model, "server", "C", "n2", utc(-60), "is over"));
    watch_tick(&w);
    send_target(&w.n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    w.told[0] = '\0';
    ck_assert_uint_eq(model_silence_count(w.n.model), 1);
    watch_holds(&w, 70, 7);
    assert_told(&w, "4.5 silent opened warn n1/9\n"
                    "60 unsilenced ok -\n"
                    "60 unsilenced warn n1/9\n");
    watch_end(&w);
}
END_TEST

static TCase *restoring(void) {
    TCase *tc = tcase_create("restoring");
    tcase_add_test(tc, the_verdict_counts_what_the_book_has);
    tcase_add_test(tc, what_goes_on_is_not_told_again);
    tcase_add_test(tc, a_smaller_figure_is_no_new_peak);
    tcase_add_test(tc, its_figure_is_told_as_soon_as_it_is_known);
    tcase_add_test(tc, what_doubles_before_its_hold_is_over_is_told);
    tcase_add_test(tc, one_of_a_time_to_come_began_before);
    tcase_add_test(tc, what_is_not_found_ends_once_it_could_have_been);
    tcase_add_test(tc, its_sentence_counts_from_when_it_came_last);
    tcase_add_test(tc, what_is_known_not_to_be_so_ends_soon);
    tcase_add_test(tc, what_is_not_known_waits);
    tcase_add_test(tc, what_has_not_failed_yet_has_not_ended);
    tcase_add_loop_test(tc, what_was_not_watched_for_long_enough_denies_nothing, 0, 2);
    tcase_add_loop_test(tc, a_gateway_that_was_lost_before_is_not_there_still, 0, 2);
    tcase_add_loop_test(tc, what_happened_before_we_came_is_not_over, 0, 5);
    tcase_add_test(tc, what_forms_is_still_open);
    tcase_add_loop_test(tc, what_ended_lately_comes_back, 0, 2);
    tcase_add_test(tc, what_flapped_flaps);
    tcase_add_test(tc, strange_values_are_made_harmless);
    tcase_add_test(tc, it_has_the_number_that_another_one_gave_it);
    tcase_add_test(tc, history_is_in_its_order);
    tcase_add_test(tc, a_silence_goes_on);
    return tc;
}

int main(void) {
    return run_case("model/alert_restore", restoring);
}
