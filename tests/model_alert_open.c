/* Alerts of which nobody can say for now whether they go on, or are as bad. */
#include "model/alerts.h"
#include "tests/model_meta.h"

enum word { LEADERLESS, LED };

static void say(struct night *n, enum word word) {
    for (int node = 0; node < 3; node++) {
        struct sample *s = jsz(n, node);
        add_meta(s, word == LED ? "n1" : "");
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
    goes(&n, 80, LED);
    ck_assert_int_eq(model_alert_by_number(n.model, 41)->state, ALERT_CLEARED);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("open questions");
    tcase_add_test(t, what_was_critical_is_no_warning_while_its_hold_runs);
    return t;
}

int main(void) {
    return run_case("model: alerts that can't be judged", cases);
}
