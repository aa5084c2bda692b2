/* What the last run knew and this one knows to be over, though a quantity of its rule is unknown. */
#include "tests/model_alerted.h"
#include "tests/model_closed.h"
#include "tests/model_ruled.h"
#include "tests/model_stream.h"

static struct alert was(const char *rule, const char *tag, const char *entity, const char *name) {
    return (struct alert){.number = 41,
                          .state = ALERT_OPEN,
                          .severity = SEVERITY_CRIT,
                          .worst = SEVERITY_CRIT,
                          .rule = rule,
                          .tag = tag,
                          .entity = entity,
                          .cluster = "C",
                          .name = name,
                          .text = "as it was",
                          .worst_text = "as it was",
                          .figure = "99%",
                          .peak = "99%",
                          .limit = "",
                          .origin = "default",
                          .worst_rule = rule,
                          .ending = "",
                          .first_sign_utc_ns = utc(-40),
                          .opened_utc_ns = utc(-10),
                          .worst_utc_ns = utc(-10),
                          .times = 1,
                          .came_utc_ns = {utc(-10)},
                          .came_count = 1,
                          .acked_by = "",
                          .note = ""};
}

static const struct alert *it(const struct night *n) {
    const struct alert *a = model_alert_by_number(n->model, 41);
    ck_assert_ptr_nonnull(a);
    return a;
}

/* So many bytes of 1000 are in it. */
static void filled_until(struct night *n, double second, uint64_t bytes, int64_t most) {
    struct told t = plain;
    t.messages = bytes / 10;
    t.bytes = bytes;
    t.max_bytes = most;
    t.discard = "new";
    while (n->at < ns(second)) {
        tell(n, &t);
        varz_until(n, (double)n->at / 1e9 + 5, 7);
    }
}

/* Nothing fills it, so there is no time to when it is full; or it has no limit any more. */
START_TEST(what_is_not_full_ends_soon) {
    static const struct {
        uint64_t bytes;
        int64_t most;
    } cases[] = {{0, 1000}, {500, 1000}, {990, -1}};
    struct alert full = was("stream_full", "FULL", "stream", "A/ORDERS");
    struct night n;
    begin_three(&n);
    model_alerts_restore(n.model, &full, 1);
    filled_until(&n, 5, cases[_i].bytes, cases[_i].most);
    ck_assert_int_eq(it(&n)->state, ALERT_OPEN);
    filled_until(&n, 30, cases[_i].bytes, cases[_i].most);
    ck_assert_int_eq(it(&n)->state, ALERT_CLEARED);
    ck_assert_str_eq(it(&n)->ending, "not seen again");
    night_end(&n);
}
END_TEST

START_TEST(what_is_full_goes_on) {
    struct alert full = was("stream_full", "FULL", "stream", "A/ORDERS");
    struct night n;
    begin_three(&n);
    model_alerts_restore(n.model, &full, 1);
    filled_until(&n, 60, 995, 1000);
    ck_assert(it(&n)->state == ALERT_OPEN && !it(&n)->unheard);
    night_end(&n);
}
END_TEST

/* Until three points of it are known it may be full in a minute. */
START_TEST(what_may_fill_is_not_denied) {
    const struct rule_said soon = {
        .name = "soon", .entity = "stream", .condition = "full_in", .tag = "SOON", .warn = "< 1h"};
    struct alert fills = was("soon", "SOON", "stream", "A/ORDERS");
    struct night n;
    begin_three(&n);
    use_rules(n.model, &soon, 1);
    model_alerts_restore(n.model, &fills, 1);
    filled_until(&n, 10, 500, 1000);
    ck_assert(it(&n)->state == ALERT_OPEN && it(&n)->unheard && !it(&n)->quiet);
    filled_until(&n, 40, 500, 1000); /* it stands */
    ck_assert_int_eq(it(&n)->state, ALERT_CLEARED);
    night_end(&n);
}
END_TEST

static void crowd_until(struct night *n, double second) {
    while (n->at < ns(second)) {
        night_until(n, (double)n->at / 1e9 + 1);
        send_crowd(n, "IDA", 9, 0);
    }
}

/* Who was cut is not about to be. */
START_TEST(what_is_closed_has_nothing_to_come) {
    static const struct { const char *reason, *ending; } cases[] = {{CUT_DEADLINE, "cut"}, {LEFT, "closed"}};
    struct alert foreseen = was("cut_foreseen", "SLOW", "connection", "n1/9");
    const struct life life = {9, NULL, -60, 1, cases[_i].reason, 9 << 20};
    struct night n;
    night_begin(&n, 0, 1);
    model_alerts_restore(n.model, &foreseen, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_crowd(&n, "IDA", 9, 0);
    crowd_until(&n, 3);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, &life, 1);
    crowd_until(&n, 6);
    ck_assert_int_eq(it(&n)->state, ALERT_OPEN);
    ck_assert(!it(&n)->unheard);
    crowd_until(&n, 20);
    ck_assert_int_eq(it(&n)->state, ALERT_CLEARED);
    ck_assert_str_eq(it(&n)->ending, cases[_i].ending);
    night_end(&n);
}
END_TEST

/* A little waits, as for anybody who is sent much. */
START_TEST(who_keeps_up_is_not_about_to_be_cut) {
    struct watch w;
    struct alert foreseen = was("cut_foreseen", "SLOW", "connection", "n1/9");
    watch_begin_with(&w, &foreseen, 1);
    watch_holds(&w, 40, 0.001);
    ck_assert_int_eq(it(&w.n)->state, ALERT_CLEARED);
    watch_end(&w);
}
END_TEST

static TCase *denied(void) {
    TCase *tc = tcase_create("denied");
    tcase_add_loop_test(tc, what_is_not_full_ends_soon, 0, 3);
    tcase_add_test(tc, what_is_full_goes_on);
    tcase_add_test(tc, what_may_fill_is_not_denied);
    tcase_add_loop_test(tc, what_is_closed_has_nothing_to_come, 0, 2);
    tcase_add_test(tc, who_keeps_up_is_not_about_to_be_cut);
    return tc;
}

int main(void) {
    return run_case("model/alert_denied", denied);
}
