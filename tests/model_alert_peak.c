/* The peak of an alert: its worst figure from its first sign to its end, and of which number it is. */
#include "tests/model_alerted.h"
#include "tests/model_ruled.h"

START_TEST(its_worst_is_kept) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    watch_holds(&w, 20, 20);
    watch_holds(&w, 30, 9);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_str_eq(a->figure, "14%");
    ck_assert_str_eq(a->peak, "31%");
    ck_assert_int_eq(a->worst_utc_ns, utc(10.5));
    ck_assert_ptr_nonnull(strstr(a->worst_text, "pending 20.0M"));
    watch_holds(&w, 40, 40);
    watch_holds(&w, 60, 7);
    a = alert_at(&w, 0);
    ck_assert_int_eq(a->severity, SEVERITY_WARN);
    ck_assert_int_eq(a->worst, SEVERITY_CRIT);
    ck_assert_str_eq(a->peak, "63%");
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "10.5 grew warn n1/9\n"
                    "30.5 grew warn n1/9\n"
                    "34.5 worse crit n1/9\n"
                    "50.5 less warn n1/9\n");
    watch_holds(&w, 80, 0);
    assert_told(&w, "70.5 cleared ok n1/9\n");
    a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_CLEARED);
    ck_assert_int_eq(a->ended_utc_ns, utc(60.5)); /* since then nothing was found */
    ck_assert_str_eq(a->peak, "63%");
    ck_assert_ptr_nonnull(strstr(a->text, "pending 7.00M"));
    ck_assert_str_eq(a->figure, "0%");
    ck_assert_str_eq(a->ending, "");
    ck_assert_uint_eq(model_alert_counts(w.n.model).ended, 1);
    watch_end(&w);
}
END_TEST

/* Whichever level speaks, and if none does. */
START_TEST(no_figure_is_worse_than_the_peak) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    watch_holds(&w, 30, 0);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_CLEARED);
    watch_holds(&w, 40, 7);
    watch_holds(&w, 51, 40);
    watch_holds(&w, 70, 20);
    ck_assert_int_eq(alert_at(&w, 0)->severity, SEVERITY_WARN);
    ck_assert_str_eq(alert_at(&w, 0)->peak, "63%");
    watch_holds(&w, 73, 45); /* not yet critical again */
    ck_assert_int_eq(alert_at(&w, 0)->severity, SEVERITY_WARN);
    ck_assert_str_eq(alert_at(&w, 0)->figure, "70%");
    ck_assert_str_eq(alert_at(&w, 0)->peak, "70%");
    watch_holds(&w, 80, 41);
    ck_assert_int_eq(alert_at(&w, 0)->severity, SEVERITY_CRIT);
    ck_assert_str_eq(alert_at(&w, 0)->figure, "64%");
    ck_assert_str_eq(alert_at(&w, 0)->peak, "70%");
    watch_end(&w);
}
END_TEST

/* Of what gets worse by getting less the least is the peak; after the end, too. */
START_TEST(of_less_the_least_is_the_peak) {
    struct rule_said less = {.name = "little_waits",
                             .entity = "connection",
                             .condition = "pending_bytes",
                             .warn = "< 8 MiB",
                             .hold = "4 s",
                             .tag = "LITTLE",
                             .text = "{value}"};
    struct watch w;
    watch_begin(&w);
    use_rules(w.n.model, &less, 1);
    w.mib[0] = 6;
    watch_until(&w, 10);
    ck_assert_str_eq(alert_at(&w, 0)->peak, "6.00M");
    watch_holds(&w, 15, 4);
    ck_assert_str_eq(alert_at(&w, 0)->peak, "4.00M");
    watch_holds(&w, 20, 5);
    ck_assert_str_eq(alert_at(&w, 0)->figure, "5.00M");
    ck_assert_str_eq(alert_at(&w, 0)->peak, "4.00M");
    watch_end(&w);
}
END_TEST

/* What is shown of it while nothing is found of it, and at its end. */
START_TEST(what_is_shown_last_may_be_the_peak) {
    struct rule_said calm = {.name = "calm_waits",
                             .entity = "connection",
                             .condition = "pending_bytes",
                             .match = "pending_bytes < 20 MiB",
                             .warn = "> 5 MiB",
                             .hold = "4 s",
                             .tag = "CALM",
                             .text = "{value}"};
    struct watch w;
    watch_begin(&w);
    use_rules(w.n.model, &calm, 1);
    watch_holds(&w, 10, 6);
    ck_assert_str_eq(alert_at(&w, 0)->peak, "6.00M");
    watch_holds(&w, 30, 21);
    const struct alert *a = NULL;
    for (size_t i = 0; i < model_alert_count(w.n.model); i++)
        if (strcmp(alert_at(&w, i)->tag, "CALM") == 0)
            a = alert_at(&w, i);
    ck_assert_ptr_nonnull(a);
    ck_assert_int_eq(a->state, ALERT_CLEARED);
    ck_assert_str_eq(a->figure, "21.0M");
    ck_assert_str_eq(a->peak, "21.0M");
    watch_end(&w);
}
END_TEST

/* Its first sign is where it begins. */
START_TEST(what_was_seen_while_it_formed_is_its_peak) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 2, 30);
    watch_holds(&w, 4, 20);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_PENDING);
    ck_assert_str_eq(a->figure, "31%");
    ck_assert_str_eq(a->peak, "47%");
    ck_assert_int_eq(a->worst, SEVERITY_OK);
    uint64_t peaks = model_alerts_peaks(w.n.model);
    watch_holds(&w, 10, 20);
    a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert_int_eq(a->worst, SEVERITY_WARN);
    ck_assert_str_eq(a->figure, "31%");
    ck_assert_str_eq(a->peak, "47%");
    ck_assert_int_eq(a->worst_utc_ns, utc(0.5));
    ck_assert_ptr_nonnull(strstr(a->worst_text, "pending 30.0M"));
    ck_assert_uint_eq(model_alerts_peaks(w.n.model), peaks);
    watch_holds(&w, 30, 0);
    watch_holds(&w, 32, 31);
    watch_holds(&w, 40, 10);
    a = alert_at(&w, 0);
    ck_assert_int_eq(a->times, 2);
    ck_assert_str_eq(a->figure, "16%");
    ck_assert_str_eq(a->peak, "48%");
    ck_assert_ptr_nonnull(strstr(a->worst_text, "pending 31.0M"));
    watch_end(&w);
}
END_TEST

static const char *shown_peak(const struct watch *w) {
    static char text[ALERT_PEAK_SIZE];
    model_alert_peak(w->n.model, alert_at(w, 0), text, sizeof text);
    return text;
}

/* Whichever rule speaks of it. */
START_TEST(a_peak_is_of_the_number_that_is_shown_or_named) {
    struct rule_said much = {.name = "much",
                             .entity = "connection",
                             .condition = "pending_bytes",
                             .critical = "> 20 MiB",
                             .hold = "8 s",
                             .tag = "SAME",
                             .text = "{value}"},
                     some = much, share = much;
    some.name = "some", some.critical = NULL, some.warn = "> 5 MiB", some.hold = "4 s";
    share.name = "share", share.condition = "pending_share", share.critical = NULL, share.warn = "> 5 %";
    struct rule_said same[] = {much, some}, others[] = {much, share};
    struct watch w;
    watch_begin(&w);
    use_rules(w.n.model, same, 2);
    watch_holds(&w, 2, 30);
    watch_holds(&w, 20, 25);
    ck_assert_str_eq(alert_at(&w, 0)->rule, "much");
    ck_assert_str_eq(alert_at(&w, 0)->worst_rule, "much");
    ck_assert_str_eq(alert_at(&w, 0)->figure, "25.0M");
    ck_assert_str_eq(shown_peak(&w), "30.0M");
    watch_holds(&w, 40, 6);
    ck_assert_str_eq(alert_at(&w, 0)->rule, "some");
    ck_assert_str_eq(shown_peak(&w), "30.0M");
    watch_end(&w);
    watch_begin(&w);
    use_rules(w.n.model, others, 2);
    watch_holds(&w, 20, 25);
    ck_assert_str_eq(shown_peak(&w), "25.0M");
    watch_holds(&w, 40, 6);
    ck_assert_str_eq(alert_at(&w, 0)->rule, "share");
    ck_assert_str_eq(alert_at(&w, 0)->figure, "9.4%");
    ck_assert_str_eq(shown_peak(&w), "pending_bytes 25.0M");
    watch_end(&w);
}
END_TEST

static TCase *peaks(void) {
    TCase *tc = tcase_create("peaks");
    tcase_add_test(tc, its_worst_is_kept);
    tcase_add_test(tc, no_figure_is_worse_than_the_peak);
    tcase_add_test(tc, of_less_the_least_is_the_peak);
    tcase_add_test(tc, what_is_shown_last_may_be_the_peak);
    tcase_add_test(tc, what_was_seen_while_it_formed_is_its_peak);
    tcase_add_test(tc, a_peak_is_of_the_number_that_is_shown_or_named);
    return tc;
}

int main(void) {
    return run_case("model/alert_peak", peaks);
}
