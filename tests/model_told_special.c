/* What is particular about rules of levels that assets carry: never, nothing to count, what can't be read. */
#include <stddef.h>

#include "tests/model_carried.h"

static const struct told_case seen = {.meta = {F_STREAM_told_seen, "5s"},
                                      .what = offsetof(struct scene, source_active)},
                              subjects = {.rule = "told_subjects_few",
                                          .meta = {F_STREAM_told_subjects_warn, "20"},
                                          .what = offsetof(struct scene, subjects)},
                              min_sources = {.meta = {F_STREAM_told_min_sources, "2"},
                                             .what = offsetof(struct scene, sources)},
                              msgs = {.meta = {F_STREAM_told_msgs_warn, "100"},
                                      .what = offsetof(struct scene, messages)},
                              delivery = {.rule = "told_last_delivery",
                                          .meta = {F_CONSUMER_told_last_delivery, "1m"},
                                          .what = offsetof(struct scene, since_delivery)},
                              unprocessed = {.rule = "told_unprocessed",
                                             .meta = {F_CONSUMER_told_unprocessed, "500"},
                                             .what = offsetof(struct scene, pending)};
/* Who never delivered is silent for longer than anything; whose server only forgot when is so since we look.
 */
START_TEST(never_is_longer_than_any_level) {
    const struct told_case *c = &delivery;
    struct scene is = well;
    struct night n;
    is.since_delivery = is.since_ack = -1;
    begin_three(&n);
    poll(&n, c, &is, &set);
    varz_until(&n, 50, 7);
    poll(&n, c, &is, &set);
    night_until(&n, 50.5);
    ck_assert_ptr_null(finding_of(&n, c->rule));
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_no_delivery_for), 50e9, 1e6);
    varz_until(&n, 61, 7);
    poll(&n, c, &is, &set);
    night_until(&n, 61.5);
    ck_assert_ptr_nonnull(finding_of(&n, c->rule));
    is.since_delivery = 1;
    varz_until(&n, 62, 7);
    poll(&n, c, &is, &set);
    night_until(&n, 62.5);
    ck_assert_ptr_null(finding_of(&n, c->rule));
    night_end(&n);
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 5000);
    struct row *row = add_consumer(s, "C", 0, 0, 0, 0);
    put_u(row, F_CONSUMER_delivered_consumer_seq, 0);
    put_text(s, row, F_CONSUMER_told_last_delivery, "1M");
    send(&n, s);
    night_until(&n, 1);
    char text[200];
    ck_assert_ptr_nonnull(finding_of(&n, c->rule));
    finding_text_of(n.model, finding_of(&n, c->rule), 1, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "time since the last delivery: never, "));
    night_end(&n);
}
END_TEST

/* A source that had no contact yet is ours to speak of: to the nats command -1 is less than any level. */
START_TEST(a_source_without_contact_is_left_to_us) {
    const struct told_case *c = &seen;
    struct night n;
    begin_three(&n);
    go_on(&n, c, 40, -1, set);
    ck_assert_ptr_null(finding_of(&n, "told_seen"));
    ck_assert_ptr_nonnull(finding_of(&n, "source_broken"));
    night_end(&n);
}
END_TEST

START_TEST(an_empty_stream_has_no_subjects) {
    const struct told_case *c = &subjects;
    struct scene is = well;
    struct night n;
    is.subjects = is.messages = 0;
    begin_three(&n);
    for (int i = 0; i <= 11; i++) {
        poll(&n, c, &is, &set);
        varz_until(&n, i + 1, 7);
    }
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_num_subjects), 0);
    ck_assert_ptr_nonnull(finding_of(&n, "told_subjects_few"));
    night_end(&n);
}
END_TEST

START_TEST(a_mirror_has_no_sources) {
    const struct told_case *c = &min_sources;
    struct scene is = well;
    struct night n;
    is.mirror = is.sources = 1;
    begin_three(&n);
    poll(&n, c, &is, &set);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_sources), 0);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_origins), 1);
    night_end(&n);
}
END_TEST

/* Whose own level keeps which of ours silent. */
START_TEST(ours_give_way_to_those_of_the_same_matter) {
    static const char *const pairs[][2] = {{"source_behind", "told_lag"},
                                           {"source_silent", "told_seen"},
                                           {"replica_behind", "told_lag"},
                                           {"replica_unheard", "told"},
                                           {"consumer_growing", "told_unprocessed"},
                                           {"consumer_not_draining", "told_unprocessed"},
                                           {"consumer_window_full", "told_outstanding_ack"},
                                           {"consumer_window_filling", "told_outstanding_ack"},
                                           {"consumer_stalled", "told_last_delivery"},
                                           {"consumer_unacked", "told_last_ack"},
                                           {"consumer_redelivering", "told_redelivery"},
                                           {"consumer_unpinned", "told_pinned"}};
    const size_t count = sizeof pairs / sizeof *pairs;
    struct ruleset *rules = ruleset_create();
    size_t giving = 0;
    for (size_t i = 0; i < ruleset_count(rules); i++)
        giving += *ruleset_at(rules, i)->unless != '\0';
    ck_assert_uint_eq(giving, count);
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = ruleset_find(rules, pairs[i][0]);
        ck_assert_msg(rule != NULL, "%s", pairs[i][0]);
        ck_assert_str_eq(rule->unless, pairs[i][1]);
        ck_assert_int_ge(rule->unless_quantity, 0);
    }
    ruleset_release(rules);
}
END_TEST

START_TEST(what_cannot_be_read_is_said) {
    struct told_case c = unprocessed;
    struct night n;
    char text[200];
    c.meta.text = "many";
    begin_three(&n);
    go_on(&n, &c, 1, 500, set);
    const struct finding *f = finding_of(&n, "told_consumer_unreadable");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->severity, SEVERITY_WARN);
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text,
                     "ORDERS/C carries a level that can't be read: io.nats.monitor.unprocessed-critical: "
                     "\"many\" is no whole number");
    c = msgs;
    c.meta.text = "few";
    go_on(&n, &c, 1, 101, set);
    ck_assert_ptr_null(finding_of(&n, "told_consumer_unreadable"));
    ck_assert_ptr_nonnull(finding_of(&n, "told_stream_unreadable"));
    go_on(&n, &c, 1, 101, (struct carried){.removed = true});
    ck_assert_ptr_null(finding_of(&n, "told_stream_unreadable"));
    night_end(&n);
}
END_TEST

/* The level as a number, where it is the object's own; and as a line in a chart. */
START_TEST(a_level_is_a_threshold_of_its_object) {
    const struct told_case *c = &unprocessed;
    struct threshold t[4];
    struct night n;
    char text[80], words[300];
    begin_three(&n);
    go_on(&n, c, 11, 500, set);
    ck_assert(finding_limit(n.model, finding_of(&n, c->rule), text, sizeof text));
    ck_assert_str_eq(text, ">= 500");
    finding_text_of(n.model, finding_of(&n, c->rule), 1, words, sizeof words);
    ck_assert(!finding_limit_unsaid(n.model, finding_of(&n, c->rule), words, text, sizeof text));
    ck_assert(finding_limit_unsaid(n.model, finding_of(&n, c->rule), "1500 or 5000", text, sizeof text));
    ck_assert_str_eq(text, "limit pending >= 500");
    size_t count = model_thresholds(n.model, consumer(&n, "C"), Q_CONSUMER_pending, t, 4), at = 0;
    while (at < count && strcmp(t[at].rule->name, c->rule) != 0)
        at++;
    ck_assert_uint_lt(at, count);
    ck_assert_double_eq(t[at].value, 500);
    ck_assert_int_eq(t[at].severity, SEVERITY_CRIT);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("told");
    tcase_add_test(t, never_is_longer_than_any_level);
    tcase_add_test(t, a_source_without_contact_is_left_to_us);
    tcase_add_test(t, an_empty_stream_has_no_subjects);
    tcase_add_test(t, a_mirror_has_no_sources);
    tcase_add_test(t, ours_give_way_to_those_of_the_same_matter);
    tcase_add_test(t, what_cannot_be_read_is_said);
    tcase_add_test(t, a_level_is_a_threshold_of_its_object);
    return t;
}

int main(void) {
    return run_case("model: what is particular about levels that assets carry", cases);
}
