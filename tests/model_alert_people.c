/* What people do about alerts: acknowledge, silence. */
#include "model/alert_lines.h"
#include "tests/model_alerted.h"

static bool silence(struct watch *w, const char *entity, const char *name, double until) {
    return model_silence(w->n.model, entity, "C", name, utc(until), "planned");
}

/* At 10 s somebody takes on what holds `mib` since the beginning. */
static void begin_taken_on(struct watch *w, double mib) {
    watch_begin(w);
    watch_holds(w, 10, mib);
    ck_assert(model_alert_ack(w->n.model, 1, "ann", ""));
}

START_TEST(somebody_is_on_it) {
    struct watch w;
    watch_begin(&w);
    ck_assert(!model_alert_ack(w.n.model, 1, "ann", "nothing is open"));
    watch_holds(&w, 10, 7);
    ck_assert(model_alert_ack(w.n.model, 1, "ann", "restarting it"));
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->acked_utc_ns, utc(10));
    ck_assert_str_eq(a->acked_by, "ann");
    ck_assert_str_eq(a->note, "restarting it");
    ck_assert_int_eq(a->acked_severity, SEVERITY_WARN);
    struct alert_counts counts = model_alert_counts(w.n.model);
    ck_assert_uint_eq(counts.warn, 0);
    ck_assert_uint_eq(counts.acked, 1);
    ck_assert(model_alert_ack(w.n.model, 1, "bob", NULL));
    ck_assert_str_eq(alert_at(&w, 0)->acked_by, "bob");
    ck_assert_str_eq(alert_at(&w, 0)->note, "");
    ck_assert(model_alert_unack(w.n.model, 1));
    ck_assert(!model_alert_unack(w.n.model, 1));
    ck_assert_int_eq(alert_at(&w, 0)->acked_utc_ns, 0);
    watch_holds(&w, 11, 7);
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "10.5 acked warn n1/9\n"
                    "10.5 acked warn n1/9\n"
                    "10.5 unacked warn n1/9\n");
    watch_end(&w);
}
END_TEST

/* Whoever was told that it is over is not on it any more. */
START_TEST(it_is_over_with_the_end) {
    struct watch w;
    begin_taken_on(&w, 7);
    watch_holds(&w, 60, 0);
    ck_assert(!model_alert_ack(w.n.model, 1, "ann", "too late"));
    ck_assert_str_eq(alert_at(&w, 0)->acked_by, "ann"); /* as history has it */
    watch_holds(&w, 70, 7);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_uint_eq(a->number, 1); /* folded all the same */
    ck_assert_int_eq(a->times, 2);
    ck_assert_int_eq(a->acked_utc_ns, 0);
    ck_assert_str_eq(a->acked_by, "");
    ck_assert_uint_eq(model_alert_counts(w.n.model).warn, 1);
    size_t burning;
    model_burning(w.n.model, &burning);
    ck_assert_uint_eq(burning, 1);
    watch_end(&w);
}
END_TEST

/* Of what is flapping no end is told. */
START_TEST(it_stands_while_it_comes_and_goes) {
    struct watch w;
    watch_begin(&w);
    for (int i = 0; i < 4; i++) {
        watch_holds(&w, 30 * i + 10, 7);
        watch_holds(&w, 30 * i + 30, 0);
    }
    ck_assert(alert_at(&w, 0)->flapping);
    ck_assert(model_alert_ack(w.n.model, 1, "ann", ""));
    watch_holds(&w, 150, 7);
    watch_holds(&w, 200, 0);
    watch_holds(&w, 210, 7);
    ck_assert_int_eq(alert_at(&w, 0)->times, 6);
    ck_assert_int_eq(alert_at(&w, 0)->acked_utc_ns, utc(120));
    watch_end(&w);
}
END_TEST

START_TEST(it_falls_when_it_gets_worse) {
    struct watch w;
    begin_taken_on(&w, 7);
    watch_holds(&w, 20, 20); /* a larger figure of the same severity */
    ck_assert_int_eq(alert_at(&w, 0)->acked_utc_ns, utc(10));
    watch_holds(&w, 30, 40);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->severity, SEVERITY_CRIT);
    ck_assert_int_eq(a->acked_utc_ns, 0); /* nobody took that on */
    ck_assert_uint_eq(model_alert_counts(w.n.model).crit, 1);
    watch_end(&w);
}
END_TEST

START_TEST(what_was_critical_when_it_was_taken_on_may_be_again) {
    struct watch w;
    begin_taken_on(&w, 40);
    watch_holds(&w, 30, 7);
    watch_holds(&w, 40, 40);
    ck_assert_int_eq(alert_at(&w, 0)->severity, SEVERITY_CRIT);
    ck_assert_int_ne(alert_at(&w, 0)->acked_utc_ns, 0);
    watch_end(&w);
}
END_TEST

START_TEST(another_trouble_begins_without) {
    struct watch w;
    begin_taken_on(&w, 7);
    watch_holds(&w, 700, 0);
    watch_holds(&w, 710, 7);
    ck_assert_int_eq(alert_at(&w, 0)->acked_utc_ns, 0);
    ck_assert_str_eq(alert_at(&w, 0)->acked_by, "");
    watch_end(&w);
}
END_TEST

START_TEST(a_silenced_one_goes_out_nowhere) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 1, 0);
    ck_assert(silence(&w, "connection", "n1/9", 100));
    watch_holds(&w, 10, 7);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert_int_eq(a->silenced_until_utc_ns, utc(100));
    ck_assert_str_eq(a->silence_note, "planned");
    ck_assert_uint_eq(model_alert_counts(w.n.model).warn, 0);
    ck_assert_uint_eq(model_alert_counts(w.n.model).silenced, 1);
    ck_assert_uint_eq(model_silence_count(w.n.model), 1);
    ck_assert_str_eq(model_silence_at(w.n.model, 0)->name, "n1/9");
    assert_told(&w, "1.5 silenced ok -\n"
                    "5.5 silent opened warn n1/9\n");
    watch_holds(&w, 105, 7); /* over, and it is still there */
    assert_told(&w, "100 unsilenced ok -\n"
                    "100 unsilenced warn n1/9\n");
    ck_assert_uint_eq(model_alert_counts(w.n.model).warn, 1);
    ck_assert_uint_eq(model_silence_count(w.n.model), 0);
    watch_end(&w);
}
END_TEST

/* Its cause goes a moment before the silence is over: what is ending is not told as if it had opened, unless
 * it comes again. */
START_TEST(what_is_ending_does_not_speak_again) {
    struct watch w;
    bool told = _i & 1, again = _i & 2;
    watch_begin(&w);
    watch_holds(&w, 1, told ? 7 : 0);
    watch_holds(&w, 10, told ? 7 : 0);
    w.told[0] = '\0';
    ck_assert(silence(&w, "connection", "n1/9", 60));
    watch_holds(&w, 55, 7);
    watch_holds(&w, 62, 0);
    watch_holds(&w, 80, again ? 7 : 0);
    watch_holds(&w, 100, 0);
    static const char *const all[] = {"10.5 silenced ok -\n14.5 silent opened warn n1/9\n60 unsilenced ok -\n"
                                      "65.5 silent cleared ok n1/9\n",
                                      "10.5 silenced ok -\n60 unsilenced ok -\n65.5 cleared ok n1/9\n",
                                      "10.5 silenced ok -\n14.5 silent opened warn n1/9\n60 unsilenced ok -\n"
                                      "63 unsilenced warn n1/9\n90.5 cleared ok n1/9\n",
                                      "10.5 silenced ok -\n60 unsilenced ok -\n63 unsilenced warn n1/9\n"
                                      "90.5 cleared ok n1/9\n"};
    assert_told(&w, all[_i]);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_CLEARED);
    watch_end(&w);
}
END_TEST

/* It ends while nobody is told, and so does the silence: whoever comes back then is heard. */
START_TEST(a_silence_does_not_outlive_itself) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    ck_assert(silence(&w, "connection", "n1/9", 60));
    watch_holds(&w, 70, 0);
    watch_holds(&w, 80, 7);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert_int_eq(a->times, 2);
    ck_assert_int_eq(a->silenced_until_utc_ns, 0);
    ck_assert_str_eq(a->silence_note, "");
    ck_assert(!a->untold);
    ck_assert_uint_eq(model_alert_counts(w.n.model).warn, 1);
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "10.5 silenced ok -\n"
                    "20.5 cleared ok n1/9\n"
                    "60 unsilenced ok -\n"
                    "74.5 back warn n1/9\n");
    watch_end(&w);
}
END_TEST

struct lines {
    char text[400]; /* "cleared n1/9" */
};

static void note_line(void *data, const struct alert_change *change, const struct alert *alert, size_t more) {
    struct lines *lines = data;
    size_t len = strlen(lines->text);
    (void)more;
    if (alert)
        snprintf(lines->text + len, sizeof lines->text - len, "%s %s\n", alert_change_word(change->kind),
                 alert->name);
}

/* Told before the silence; of what opens in it nothing is. */
START_TEST(the_end_of_what_was_told_is_told) {
    struct watch w;
    struct lines said = {""};
    watch_begin(&w);
    struct alert_lines *lines = alert_lines_create(w.n.model, note_line, &said);
    watch_holds(&w, 10, 7);
    alert_lines_tick(lines, w.n.model);
    ck_assert(!alert_at(&w, 0)->untold);
    ck_assert(silence(&w, "server", "n1", 100));
    w.count = 2;
    w.mib[1] = 7;
    watch_holds(&w, 20, 40); /* it gets worse, and another one opens */
    watch_holds(&w, 21, 40);
    w.mib[1] = 0;
    watch_holds(&w, 60, 0);
    alert_lines_tick(lines, w.n.model);
    watch_holds(&w, 70, 7); /* back, and nobody hears */
    watch_holds(&w, 90, 0);
    alert_lines_tick(lines, w.n.model);
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "10.5 silenced ok -\n"
                    "10.5 silent grew warn n1/9\n"
                    "14.5 silent worse crit n1/9\n"
                    "14.5 silent opened warn n1/10\n"
                    "31.5 cleared ok n1/9\n"
                    "31.5 silent cleared ok n1/10\n"
                    "64.5 silent back warn n1/9\n"
                    "80.5 silent cleared ok n1/9\n");
    ck_assert_str_eq(said.text, "opened n1/9\ncleared n1/9\n");
    alert_lines_destroy(lines);
    watch_end(&w);
}
END_TEST

/* What the last run told, or did not. */
START_TEST(over_a_restart_its_end_is_told_if_it_was) {
    struct watch w;
    struct lines said = {""};
    struct alert was = {.number = 41,
                        .state = ALERT_OPEN,
                        .severity = SEVERITY_WARN,
                        .worst = SEVERITY_WARN,
                        .rule = "buffer_filling",
                        .tag = "SLOW",
                        .entity = "connection",
                        .cluster = "C",
                        .name = "n1/9",
                        .opened_utc_ns = utc(-100),
                        .times = 1,
                        .came_utc_ns = {utc(-100)},
                        .came_count = 1,
                        .untold = _i == 1};
    memset(&w, 0, sizeof w);
    w.count = 1;
    w.n.model = model_create(NULL);
    model_alerts_restore(w.n.model, &was, 1);
    ck_assert(silence(&w, "connection", "n1/9", 1000));
    watch_tick(&w);
    struct alert_lines *lines = alert_lines_create(w.n.model, note_line, &said);
    send_target(&w.n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    watch_holds(&w, 10, 7);
    watch_holds(&w, 30, 0);
    alert_lines_tick(lines, w.n.model);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_CLEARED);
    ck_assert_str_eq(said.text, _i == 1 ? "" : "cleared n1/9\n");
    alert_lines_destroy(lines);
    watch_end(&w);
}
END_TEST

START_TEST(silence_is_taken_back) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    ck_assert(silence(&w, "connection", "n1/9", 100));
    watch_holds(&w, 12, 7);
    ck_assert(silence(&w, "connection", "n1/9", 200)); /* in its place */
    ck_assert_uint_eq(model_silence_count(w.n.model), 1);
    ck_assert_int_eq(alert_at(&w, 0)->silenced_until_utc_ns, utc(200));
    watch_holds(&w, 14, 7);
    ck_assert(silence(&w, "connection", "n1/9", 0));
    watch_holds(&w, 16, 7);
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "10.5 silenced ok -\n"
                    "12.5 silenced ok -\n"
                    "14.5 unsilenced ok -\n"
                    "14.5 unsilenced warn n1/9\n");
    ck_assert(!silence(&w, "teapot", "n1/9", 100));
    watch_end(&w);
}
END_TEST

static const struct {
    const char *entity, *cluster, *name;
    bool covers;
} wholes[] = {{"server", "C", "n1", true},       {"server", "", "n1", true},
              {"server", "C", "n2", false},      {"server", "D", "n1", false},
              {"cluster", "C", "C", true},       {"cluster", "D", "D", false},
              {"connection", "C", "n1/9", true}, {"consumer", "C", "n1/9", false}};

START_TEST(a_whole_silences_its_parts) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    w.count = 2;
    w.mib[1] = 7;
    ck_assert(model_silence(w.n.model, wholes[_i].entity, wholes[_i].cluster, wholes[_i].name, utc(100), ""));
    watch_until(&w, 20); /* another one opens */
    for (size_t i = 0; i < 2; i++) {
        bool other =
            strcmp(wholes[_i].entity, "connection") == 0 && strcmp(alert_at(&w, i)->name, "n1/9") != 0;
        ck_assert_int_eq(alert_at(&w, i)->silenced_until_utc_ns != 0, wholes[_i].covers && !other);
    }
    watch_end(&w);
}
END_TEST

/* Half an hour is half an hour. */
START_TEST(a_step_of_the_clock_ends_no_silence) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    ck_assert(silence(&w, "server", "n1", 1800));
    w.step = 3600 * NS_PER_S;
    watch_holds(&w, 1799, 7);
    ck_assert_uint_eq(model_alert_counts(w.n.model).silenced, 1);
    watch_holds(&w, 1801, 7);
    ck_assert_uint_eq(model_alert_counts(w.n.model).silenced, 0);
    watch_end(&w);
}
END_TEST

START_TEST(silences_are_bounded) {
    struct watch w;
    char name[40];
    watch_begin(&w);
    for (int i = 0; i < SILENCES_MOST; i++) {
        snprintf(name, sizeof name, "n1/%d", 1000 + i);
        ck_assert(silence(&w, "connection", name, 100));
    }
    ck_assert(!silence(&w, "connection", "one more", 100));
    ck_assert(silence(&w, "connection", "n1/1000", 200));
    watch_holds(&w, 101, 0);
    ck_assert_uint_eq(model_silence_count(w.n.model), 1);
    watch_end(&w);
}
END_TEST

static size_t burning_of(const struct watch *w) {
    size_t count;
    model_burning(w->n.model, &count);
    return count;
}

static bool step(struct watch *w, bool begin) {
    if (begin) {
        w->n.at += NS_PER_S / 2;
        model_tick_begin(w->n.model, NIGHT_UTC + w->n.at, NIGHT_MONO + w->n.at);
    }
    return model_tick_step(w->n.model);
}

/* What burns is of one tick, that of the last one until all of the next is made; what a person does in
 * between is seen at once. */
START_TEST(between_two_steps_of_a_tick) {
    struct watch w;
    size_t found, early = 0;
    watch_begin(&w);
    watch_holds(&w, 4, 7);
    ck_assert_uint_eq(burning_of(&w), 0);
    for (bool more = step(&w, true); more; more = step(&w, false)) {
        model_findings(w.n.model, &found);
        bool open = model_alert_counts(w.n.model).warn == 1;
        if (!found)
            ck_assert_uint_eq(burning_of(&w), 0);
        early += found == 1 && !open && burning_of(&w) == 0;
    }
    ck_assert_uint_gt(early, 0);
    ck_assert_uint_eq(burning_of(&w), 1);
    ck_assert(step(&w, true));
    ck_assert_uint_eq(burning_of(&w), 1);
    ck_assert(model_alert_ack(w.n.model, 1, "ann", ""));
    ck_assert_uint_eq(burning_of(&w), 0);
    while (step(&w, false))
        ck_assert_uint_eq(burning_of(&w), 0);
    ck_assert(model_alert_unack(w.n.model, 1));
    ck_assert_uint_eq(burning_of(&w), 1);
    watch_end(&w);
}
END_TEST

static TCase *people(void) {
    TCase *tc = tcase_create("people");
    tcase_add_test(tc, somebody_is_on_it);
    tcase_add_test(tc, it_is_over_with_the_end);
    tcase_add_test(tc, it_stands_while_it_comes_and_goes);
    tcase_add_test(tc, it_falls_when_it_gets_worse);
    tcase_add_test(tc, what_was_critical_when_it_was_taken_on_may_be_again);
    tcase_add_test(tc, another_trouble_begins_without);
    tcase_add_test(tc, a_silenced_one_goes_out_nowhere);
    tcase_add_loop_test(tc, what_is_ending_does_not_speak_again, 0, 4);
    tcase_add_test(tc, a_silence_does_not_outlive_itself);
    tcase_add_test(tc, the_end_of_what_was_told_is_told);
    tcase_add_loop_test(tc, over_a_restart_its_end_is_told_if_it_was, 0, 2);
    tcase_add_test(tc, silence_is_taken_back);
    tcase_add_loop_test(tc, a_whole_silences_its_parts, 0, (int)(sizeof wholes / sizeof *wholes));
    tcase_add_test(tc, a_step_of_the_clock_ends_no_silence);
    tcase_add_test(tc, silences_are_bounded);
    tcase_add_test(tc, between_two_steps_of_a_tick);
    return tc;
}

int main(void) {
    return run_case("model/alert_people", people);
}
