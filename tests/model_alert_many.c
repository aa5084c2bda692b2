/* Thousands at once: bounded work a tick, a bounded history, and a frozen copy. */
#include "model/alert_lines.h"
#include "model/ruleset.h"
#include "tests/model_alerted.h"

#define MANY 2500

static void all_hold(struct watch *w, int count, double mib) {
    w->count = count;
    for (int i = 0; i < count; i++)
        w->mib[i] = mib;
}

static size_t open_ones(const struct watch *w) {
    struct alert_counts counts = model_alert_counts(w->n.model);
    return counts.crit + counts.warn;
}

/* One tick, and how many changes it made. */
static size_t changes_of_tick(struct watch *w) {
    uint64_t before = model_alert_change_last(w->n.model);
    if (w->n.at % NS_PER_S == 0)
        watch_answer(w);
    w->n.at += NS_PER_S / 2;
    model_tick(w->n.model, NIGHT_UTC + w->n.at, NIGHT_MONO + w->n.at);
    return (size_t)(model_alert_change_last(w->n.model) - before);
}

START_TEST(thousands_at_once) {
    static struct watch w;
    watch_begin(&w);
    all_hold(&w, MANY, 7);
    w.mib[MANY - 1] = 40;
    for (int i = 0; i < 16; i++)
        ck_assert_uint_le(changes_of_tick(&w), ALERTS_A_TICK);
    ck_assert_uint_gt(open_ones(&w), 1000);
    ck_assert_int_eq(alert_at(&w, 0)->severity, SEVERITY_CRIT); /* the worst first */
    for (int i = 0; i < 30; i++)
        ck_assert_uint_le(changes_of_tick(&w), ALERTS_A_TICK);
    ck_assert_uint_eq(open_ones(&w), MANY);
    for (size_t i = 0; i < MANY; i++) {
        const struct alert *a = alert_at(&w, i);
        ck_assert_int_eq(a->first_sign_utc_ns, utc(0.5));
        ck_assert_ptr_nonnull(strstr(a->text, "n1 cid "));
        ck_assert_ptr_eq(model_alert_by_number(w.n.model, a->number), a);
    }
    all_hold(&w, MANY, 0);
    for (int i = 0; i < 30; i++)
        ck_assert_uint_le(changes_of_tick(&w), ALERTS_A_TICK);
    ck_assert_uint_eq(open_ones(&w), 0);
    ck_assert_uint_eq(model_alert_count(w.n.model), ALERTS_ENDED_MOST);
    ck_assert_ptr_null(model_alert_change(w.n.model, 1)); /* forgotten */
    uint64_t last = model_alert_change_last(w.n.model);
    ck_assert_uint_eq(last, 2 * MANY);
    ck_assert_ptr_null(model_alert_change(w.n.model, last - ALERT_CHANGES));
    ck_assert_ptr_nonnull(model_alert_change(w.n.model, last - ALERT_CHANGES + 1));
    ck_assert_ptr_null(model_alert_change(w.n.model, last + 1));
    watch_end(&w);
}
END_TEST

static void count_line(void *data, const struct alert_change *change, const struct alert *alert,
                       size_t more) {
    size_t *counts = data;
    (void)alert;
    counts[change->severity == SEVERITY_OK] += 1;
    counts[2] += more;
}

/* What has a line has an end, and what has none is counted. */
START_TEST(lines_of_thousands) {
    static struct watch w;
    size_t counts[3] = {0};
    watch_begin(&w);
    struct alert_lines *lines = alert_lines_create(w.n.model, count_line, counts);
    all_hold(&w, MANY, 7);
    for (int i = 0; i < 30; i++, alert_lines_tick(lines, w.n.model))
        changes_of_tick(&w);
    size_t said = MANY - counts[2];
    ck_assert_uint_lt(said, 200);
    ck_assert_uint_eq(counts[0] - said, said / 5); /* "507 more" */
    all_hold(&w, MANY, 0);
    for (int i = 0; i < 30; i++, alert_lines_tick(lines, w.n.model))
        changes_of_tick(&w);
    ck_assert_uint_eq(counts[1], said);
    alert_lines_destroy(lines);
    watch_end(&w);
}
END_TEST

START_TEST(a_larger_figure_of_each_is_seen) {
    static struct watch w;
    watch_begin(&w);
    all_hold(&w, 1000, 7);
    watch_until(&w, 10);
    all_hold(&w, 1000, 13);
    w.told[0] = '\0';
    for (int i = 0; i < 12; i++)
        changes_of_tick(&w);
    for (size_t i = 0; i < 1000; i++)
        ck_assert_str_eq(alert_at(&w, i)->peak, "20%");
    watch_end(&w);
}
END_TEST

START_TEST(the_last_thousand_are_kept) {
    static struct watch w;
    watch_begin(&w);
    all_hold(&w, 1, 0);
    watch_until(&w, 2);
    for (int i = 0; i < 3; i++) { /* 600 each, others each time */
        memset(w.mib, 0, sizeof w.mib);
        w.count = 1800;
        for (int k = 600 * i; k < 600 * (i + 1); k++)
            w.mib[k] = 7;
        for (int k = 0; k < 20; k++)
            changes_of_tick(&w);
    }
    memset(w.mib, 0, sizeof w.mib);
    for (int k = 0; k < 40; k++)
        changes_of_tick(&w);
    ck_assert_uint_eq(model_alert_count(w.n.model), ALERTS_ENDED_MOST);
    for (size_t i = 1; i < ALERTS_ENDED_MOST; i++)
        ck_assert_int_ge(alert_at(&w, i - 1)->ended_utc_ns, alert_at(&w, i)->ended_utc_ns);
    watch_end(&w);
}
END_TEST

START_TEST(a_copy_stays_as_it_was) {
    static struct watch w;
    watch_begin(&w);
    all_hold(&w, 3, 7);
    w.mib[1] = 40;
    watch_until(&w, 10);
    ck_assert(model_alert_ack(w.n.model, alert_at(&w, 2)->number, "ann", "mine"));
    ck_assert(model_silence(w.n.model, "consumer", "", "S/C", utc(100), ""));
    struct watch frozen = {.n.model = model_clone(w.n.model)};
    ck_assert_uint_ne(model_alerts_version(frozen.n.model), model_alerts_version(w.n.model));
    all_hold(&w, 3, 0);
    watch_until(&w, 30);
    ck_assert_uint_eq(open_ones(&w), 0);
    ck_assert_uint_eq(open_ones(&frozen), 2);
    ck_assert_uint_eq(model_silence_count(frozen.n.model), 1);
    const struct alert *a = alert_at(&frozen, 0);
    ck_assert_int_eq(a->severity, SEVERITY_CRIT);
    ck_assert_str_eq(a->name, "n1/10");
    ck_assert_ptr_eq(model_alert_by_number(frozen.n.model, a->number), a);
    ck_assert_str_eq(alert_at(&frozen, 2)->acked_by, "ann");
    ck_assert(model_alert_ack(frozen.n.model, a->number, "bob", "")); /* to be seen at once */
    watch_end(&w);
    ck_assert_str_eq(alert_at(&frozen, 1)->acked_by, "bob");
    watch_end(&frozen);
}
END_TEST

START_TEST(who_looks_learns_of_each_change) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    uint64_t version = model_alerts_version(w.n.model);
    watch_tick(&w);
    ck_assert_uint_eq(model_alerts_version(w.n.model), version); /* nothing has changed */
    watch_holds(&w, 12, 9);
    ck_assert_uint_ne(model_alerts_version(w.n.model), version);
    watch_end(&w);
}
END_TEST

/* ---- what is made some thousands at a time ---- */

#define CONSUMERS 9000

static void say_behind(struct night *n, uint64_t pending) {
    char name[32];
    send_varz(n, 1, "ID", "n1");
    struct sample *s = build(n, 1, SHAPE_JSZ, "ID");
    for (int i = 0; i < CONSUMERS; i++) {
        struct row *row = sample_add(s, ENTITY_CONSUMER);
        snprintf(name, sizeof name, "c-%d", i);
        put_text(s, row, F_CONSUMER_account, "A");
        put_text(s, row, F_CONSUMER_stream, "S");
        put_text(s, row, F_CONSUMER_name, name);
        put_text(s, row, F_CONSUMER_leader, "n1");
        put_u(row, F_CONSUMER_pending, i % 9 ? pending : 0);
        put_u(row, F_CONSUMER_ack_pending, 0);
    }
    send(n, s);
}

static size_t found_of(const struct night *n) {
    size_t held, forming;
    model_findings(n->model, &held);
    model_forming(n->model, &forming);
    return held + forming;
}

static void begin_behind(struct night *n) {
    static const struct rule_said rule = {
        .name = "behind", .entity = "consumer", .condition = "pending", .warn = "> 100", .hold = "3s"};
    struct ruleset *set = ruleset_create();
    struct rule_fault fault;
    night_begin(n, 0, 1);
    ck_assert(ruleset_add(set, &rule, &fault));
    model_use_rules(n->model, set);
    ruleset_release(set);
    send_target(n, 1, "http://h1:8222", "named", "polled", NULL, NULL);
}

/* A tick in steps; what was found before stands until all of it is found anew. Returns how many steps
 * there were. */
static int tick_in_steps(struct night *n, size_t whole) {
    size_t before = found_of(n);
    int steps = 0;
    model_tick_begin(n->model, NIGHT_UTC + n->at, NIGHT_MONO + n->at);
    for (bool more = true; more; steps++) {
        more = model_tick_step(n->model);
        ck_assert_msg(found_of(n) >= (before < whole ? before : whole),
                      "%zu at step %d: %zu before, %zu behind", found_of(n), steps, before, whole);
    }
    ck_assert_uint_eq(found_of(n), whole);
    return steps;
}

START_TEST(thousands_in_steps_are_those_at_once) {
    struct night whole, steps;
    int most = 0;
    begin_behind(&whole);
    begin_behind(&steps);
    for (int i = 0; i < 60; i++) {
        if (i % 10 == 0) {
            say_behind(&whole, i < 50 ? 1000 : 0);
            say_behind(&steps, i < 50 ? 1000 : 0);
        }
        night_until(&whole, (i + 1) / 2.0);
        steps.at = whole.at;
        int count = tick_in_steps(&steps, found_of(&whole));
        most = count > most ? count : most;
        struct alert_counts a = model_alert_counts(whole.model), b = model_alert_counts(steps.model);
        ck_assert_uint_eq(a.warn + a.crit, b.warn + b.crit);
        ck_assert_uint_eq(model_alert_change_last(whole.model), model_alert_change_last(steps.model));
        ck_assert(i != 48 || b.warn + b.crit >= CONSUMERS / 9 * 8);
    }
    ck_assert_int_eq(most, 8 + 2);           /* two of them once more */
    ck_assert_uint_lt(found_of(&steps), 10); /* of no consumer */
    night_end(&whole);
    night_end(&steps);
}
END_TEST

static TCase *many(void) {
    TCase *tc = tcase_create("many");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, thousands_at_once);
    tcase_add_test(tc, lines_of_thousands);
    tcase_add_test(tc, a_larger_figure_of_each_is_seen);
    tcase_add_test(tc, the_last_thousand_are_kept);
    tcase_add_test(tc, a_copy_stays_as_it_was);
    tcase_add_test(tc, who_looks_learns_of_each_change);
    tcase_add_test(tc, thousands_in_steps_are_those_at_once);
    return tc;
}

int main(void) {
    return run_case("model/alert_many", many);
}
