/* Alerts of which nobody can say for now whether they go on: that is no end, and nor is it for ever. */
#include "model/alerts.h"
#include "tests/model_loss.h"
#include "tests/model_meta.h"
#include "tests/model_ruled.h"

enum word { LEADERLESS, LED, DISPUTED };

/* Disputed: n3 names n1, which has said nothing since that. */
static void say(struct night *n, enum word word) {
    for (int node = 0; node < 3; node++) {
        struct sample *s = jsz(n, node);
        add_meta(s, word == LED || (word == DISPUTED && node == 2) ? "n1" : "");
        if (word == LED && node == 0) {
            add_peer(s, "n2", true, 0.1);
            add_peer(s, "n3", true, 0.1);
        }
        send(n, s);
    }
}

static void goes(struct night *n, double second, enum word word) {
    while (n->at < ns(second)) {
        say(n, word);
        varz_until(n, floor((double)n->at / 1e9) + 1, 7);
    }
}

/* The one of that rule, whatever its state; NULL: there is none. */
static const struct alert *alert_of(const struct night *n, const char *rule) {
    for (size_t i = 0; i < model_alert_count(n->model); i++)
        if (strcmp(model_alert(n->model, i)->rule, rule) == 0)
            return model_alert(n->model, i);
    return NULL;
}

static int told(const struct night *n, enum alert_change_kind kind) {
    int count = 0;
    for (uint64_t i = 1; i <= model_alert_change_last(n->model); i++)
        count += model_alert_change(n->model, i)->kind == kind;
    return count;
}

static const char *quorum(const struct night *n) {
    return text_value(n, model_cluster(n->model), Q_CLUSTER_meta_quorum);
}

/* For ten seconds, and for minutes. */
static const double disputes[] = {40, 300};

START_TEST(what_cannot_be_judged_is_not_over) {
    double until = disputes[_i];
    struct night n;
    begin_three(&n);
    goes(&n, 5, LED);
    goes(&n, 25, LEADERLESS);
    const struct alert *a = alert_of(&n, "meta_leaderless");
    ck_assert(a && a->state == ALERT_OPEN && a->severity == SEVERITY_CRIT && !a->unheard);
    goes(&n, until, DISPUTED);
    ck_assert_str_eq(quorum(&n), "");
    a = alert_of(&n, "meta_leaderless");
    ck_assert(a->state == ALERT_OPEN && a->severity == SEVERITY_CRIT && a->unheard && !a->quiet);
    goes(&n, until + 40, LEADERLESS);
    a = alert_of(&n, "meta_leaderless");
    ck_assert(a->state == ALERT_OPEN && a->severity == SEVERITY_CRIT && !a->unheard);
    ck_assert_int_eq(a->times, 1);
    ck_assert_int_eq(told(&n, CHANGE_LESS) + told(&n, CHANGE_CLEARED), 0);
    goes(&n, until + 60, LED);
    ck_assert_int_eq(alert_of(&n, "meta_leaderless")->state, ALERT_CLEARED);
    ck_assert_int_eq(told(&n, CHANGE_CLEARED), 1);
    night_end(&n);
}
END_TEST

/* Out of doubt it ends as from elsewhere. */
START_TEST(known_to_be_otherwise_ends_it) {
    struct night n;
    begin_three(&n);
    goes(&n, 25, LEADERLESS);
    goes(&n, 60, DISPUTED);
    goes(&n, 75, LED);
    const struct alert *a = alert_of(&n, "meta_leaderless");
    ck_assert(a->state == ALERT_CLEARED && !a->unheard);
    night_end(&n);
}
END_TEST

/* Its hold is without interruption, and it was never told. */
START_TEST(what_is_pending_does_not_wait) {
    struct night n;
    begin_three(&n);
    goes(&n, 5, LED);
    goes(&n, 9, LEADERLESS);
    ck_assert_int_eq(alert_of(&n, "meta_leaderless")->state, ALERT_PENDING);
    goes(&n, 12, DISPUTED);
    ck_assert_ptr_null(alert_of(&n, "meta_leaderless"));
    goes(&n, 16, LEADERLESS);
    ck_assert_int_eq(alert_of(&n, "meta_leaderless")->state, ALERT_PENDING);
    goes(&n, 19, LEADERLESS);
    ck_assert_int_eq(alert_of(&n, "meta_leaderless")->state, ALERT_OPEN);
    night_end(&n);
}
END_TEST

/* It is a warning, and the worse level, of which it has not been told, has to hold anew. */
START_TEST(what_is_worse_and_not_told_does_not_wait) {
    struct night n;
    begin_three(&n);
    goes(&n, 5, LED);
    goes(&n, 17, LEADERLESS);
    ck_assert_int_eq(alert_of(&n, "meta_leaderless")->severity, SEVERITY_WARN);
    goes(&n, 27, DISPUTED);
    goes(&n, 38, LEADERLESS);
    ck_assert_int_eq(alert_of(&n, "meta_leaderless")->severity, SEVERITY_WARN);
    ck_assert_int_eq(alert_of(&n, "meta_leaderless")->state, ALERT_OPEN);
    goes(&n, 45, LEADERLESS);
    ck_assert_int_eq(alert_of(&n, "meta_leaderless")->severity, SEVERITY_CRIT);
    night_end(&n);
}
END_TEST

/* No part of such a condition can be unknown enough to keep it. */
START_TEST(one_half_that_is_not_so_is_enough) {
    static const struct rule_said said = {.name = "mine",
                                          .entity = "cluster",
                                          .condition = "meta_quorum = leaderless and servers > 2",
                                          .severity = "critical",
                                          .origin = "test"};
    struct night n;
    begin_three(&n);
    use_rules(n.model, &said, 1);
    goes(&n, 20, LEADERLESS);
    ck_assert_int_eq(alert_of(&n, "mine")->state, ALERT_OPEN);
    goes(&n, 60, DISPUTED);
    ck_assert_int_eq(alert_of(&n, "mine")->state, ALERT_OPEN);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 2, SHAPE_VARZ, FAILURE_REFUSED, "");
    varz_until(&n, 80, 5);
    ck_assert_str_eq(quorum(&n), "");
    ck_assert_int_eq(alert_of(&n, "mine")->state, ALERT_CLEARED);
    night_end(&n);
}
END_TEST

/* ---- a server's own figures ---- */

static void send_used(struct night *n, double second, int64_t used, int64_t most) {
    while (n->at < ns(second)) {
        struct sample *s = build_varz(n, 1, "IDA", "n1");
        put_i(row_of(s, ENTITY_SERVER), F_SERVER_in_msgs, used);
        if (most)
            put_i(row_of(s, ENTITY_SERVER), F_SERVER_max_connections, most);
        send(n, s);
        night_until(n, (double)n->at / 1e9 + 1);
    }
}

static void begin_one(struct night *n, const struct rule_said *said) {
    night_begin(n, 0, 1);
    use_rules(n->model, said, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
}

/* Of what there is none of nobody will ever say how much it is. */
START_TEST(a_limit_that_was_taken_away_ends_it) {
    static const struct rule_said said = {.name = "mine",
                                          .entity = "server",
                                          .condition = "connections / max_connections",
                                          .critical = "> 40 %",
                                          .origin = "test"};
    struct night n;
    begin_one(&n, &said);
    send_used(&n, 10, 0, 10);
    ck_assert_int_eq(alert_of(&n, "mine")->state, ALERT_OPEN);
    send_used(&n, 30, 0, 0);
    ck_assert_int_eq(alert_of(&n, "mine")->state, ALERT_CLEARED);
    night_end(&n);
}
END_TEST

/* A counter that fell: between those two rows nothing can be counted. */
START_TEST(a_rate_that_has_no_window_is_no_end) {
    static const struct rule_said said = {.name = "mine",
                                          .entity = "server",
                                          .condition = "in_msgs_per_s",
                                          .critical = "> 10",
                                          .origin = "test"};
    struct night n;
    int64_t msgs = 0;
    begin_one(&n, &said);
    while (n.at < ns(10))
        send_used(&n, (double)n.at / 1e9 + 1, msgs += 100, 0);
    ck_assert_int_eq(alert_of(&n, "mine")->state, ALERT_OPEN);
    while (n.at < ns(40)) /* at each answer less */
        send_used(&n, (double)n.at / 1e9 + 1, msgs -= 10, 0);
    ck_assert(alert_of(&n, "mine")->state == ALERT_OPEN && alert_of(&n, "mine")->unheard);
    send_used(&n, 60, msgs, 0);
    ck_assert_int_eq(alert_of(&n, "mine")->state, ALERT_CLEARED);
    night_end(&n);
}
END_TEST

/* ---- a word that is "unknown" ---- */

static void tells_read(struct night *n, double second, uint64_t lag) {
    struct told t = plain;
    t.max_age = 86400, t.first_age = 20 * 3600;
    const struct reader r = {"billing", lag, 1000 - lag, NULL, false};
    while (n->at < ns(second)) {
        struct sample *s = jsz(n, 0);
        put_u(put_told(n, s, &t), F_STREAM_max_msgs_per_subject, 1000);
        put_reader(s, &r, 0);
        send(n, s);
        varz_until(n, (double)n->at / 1e9 + 5, 7);
    }
}

static void begin_at_risk(struct night *n) {
    begin_three(n);
    tells_read(n, 50, 1000);
    ck_assert_int_eq(alert_of(n, "stream_at_risk")->state, ALERT_OPEN);
}

/* What its limits let nobody foresee will be unknown tomorrow as well. */
START_TEST(a_word_that_stands_ends_it) {
    struct night n;
    begin_at_risk(&n);
    for (uint64_t lag = 900; lag >= 100; lag -= 100)
        tells_read(&n, (double)n.at / 1e9 + 5, lag);
    tells_read(&n, 150, 100);
    ck_assert_str_eq(loss(&n), "unknown");
    ck_assert_int_eq(alert_of(&n, "stream_at_risk")->state, ALERT_CLEARED);
    night_end(&n);
}
END_TEST

START_TEST(what_nobody_leads_is_at_risk_still) {
    struct night n;
    begin_at_risk(&n);
    while (n.at < ns(100)) {
        for (int node = 0; node < 3; node++) {
            struct sample *s = jsz(&n, node);
            add_stream(s, node, -1, 0);
            send(&n, s);
        }
        varz_until(&n, (double)n.at / 1e9 + 5, 7);
    }
    ck_assert_str_eq(loss(&n), "unknown");
    const struct alert *a = alert_of(&n, "stream_at_risk");
    ck_assert(a->state == ALERT_OPEN && a->unheard);
    night_end(&n);
}
END_TEST

/* ---- after a restart of ours ---- */

static struct alert leaderless(void) {
    return (struct alert){.number = 41,
                          .state = ALERT_OPEN,
                          .severity = SEVERITY_CRIT,
                          .worst = SEVERITY_CRIT,
                          .rule = "meta_leaderless",
                          .tag = "JS",
                          .entity = "cluster",
                          .cluster = "C",
                          .name = "C",
                          .text = "as it was",
                          .worst_text = "as it was",
                          .figure = "",
                          .peak = "",
                          .limit = "",
                          .origin = "default",
                          .worst_rule = "meta_leaderless",
                          .ending = "",
                          .first_sign_utc_ns = NIGHT_UTC - ns(400),
                          .opened_utc_ns = NIGHT_UTC - ns(396),
                          .worst_utc_ns = NIGHT_UTC - ns(390),
                          .times = 1,
                          .came_utc_ns = {NIGHT_UTC - ns(396)},
                          .came_count = 1,
                          .acked_by = "",
                          .note = ""};
}

static void begin_after(struct night *n, const struct alert *was) {
    struct model_options options = {NULL, 0, 1};
    *n = (struct night){model_create(&options), 0, 0};
    model_alerts_restore(n->model, was, 1);
    model_tick(n->model, NIGHT_UTC, NIGHT_MONO);
    for (int i = 0; i < 3; i++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", i);
        send_target(n, (uint64_t)i + 1, url, "named", "polled", NULL, NULL);
        varz(n, i);
    }
}

/* Found as soon as somebody answers; its holds, of 5 and of 15 s, begin anew. */
START_TEST(what_was_critical_is_no_warning_while_its_hold_runs) {
    const struct alert was = leaderless();
    struct night n;
    begin_after(&n, &was);
    for (int second = 1; second < 60; second++) {
        goes(&n, second, LEADERLESS);
        const struct alert *a = model_alert_by_number(n.model, 41);
        ck_assert(a && a->state == ALERT_OPEN && a->severity == SEVERITY_CRIT);
    }
    ck_assert(!model_alert_by_number(n.model, 41)->unheard);
    ck_assert_uint_eq(model_alert_change_last(n.model), 0);
    night_end(&n);
}
END_TEST

/* In the dark first: time in which nothing is known eases nothing. */
START_TEST(restored_in_the_dark_it_waits_for_a_word) {
    const struct alert was = leaderless();
    struct night n;
    begin_after(&n, &was);
    goes(&n, 300, DISPUTED);
    const struct alert *a = model_alert_by_number(n.model, 41);
    ck_assert(a && a->state == ALERT_OPEN && a->severity == SEVERITY_CRIT && a->unheard);
    goes(&n, 360, LEADERLESS);
    a = model_alert_by_number(n.model, 41);
    ck_assert(a->state == ALERT_OPEN && a->severity == SEVERITY_CRIT && !a->unheard);
    ck_assert_uint_eq(model_alert_change_last(n.model), 0);
    goes(&n, 380, LED);
    ck_assert_int_eq(model_alert_by_number(n.model, 41)->state, ALERT_CLEARED);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("open questions");
    tcase_add_loop_test(t, what_cannot_be_judged_is_not_over, 0, sizeof disputes / sizeof *disputes);
    tcase_add_test(t, known_to_be_otherwise_ends_it);
    tcase_add_test(t, what_is_pending_does_not_wait);
    tcase_add_test(t, what_is_worse_and_not_told_does_not_wait);
    tcase_add_test(t, one_half_that_is_not_so_is_enough);
    tcase_add_test(t, a_limit_that_was_taken_away_ends_it);
    tcase_add_test(t, a_rate_that_has_no_window_is_no_end);
    tcase_add_test(t, a_word_that_stands_ends_it);
    tcase_add_test(t, what_nobody_leads_is_at_risk_still);
    tcase_add_test(t, what_was_critical_is_no_warning_while_its_hold_runs);
    tcase_add_test(t, restored_in_the_dark_it_waits_for_a_word);
    return t;
}

int main(void) {
    return run_case("model: alerts that can't be judged", cases);
}
