/* Will data be lost: when a stream's limits take what its consumers have not processed. */
#include "tests/model_loss.h"

/* There is a limit, and nothing to hold against it yet. */
START_TEST(what_has_no_date_yet_is_not_free_of_limits) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.last_seq = t.messages = 1240000, t.first_age = -1, t.max_age = 86400;
    struct reader r = {"billing", 1240000, 0, NULL, false};
    tell_read(&n, &t, &r, 1);
    ck_assert_str_eq(why(&n),
                     "billing 1.24M behind: max_age 1d00h, and how old its oldest is is not known yet");
    ck_assert(isnan(lost_in(&n, "billing")));
    night_end(&n);
}
END_TEST

START_TEST(what_is_safe_says_for_how_long) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.last_seq = t.messages = 1240000, t.first_age = 603, t.max_age = 86400;
    struct reader r[] = {{"billing", 1240000, 0, NULL, false}, {"audit", 0, 1240000, NULL, false}};
    tell_read(&n, &t, r, 2);
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_str_eq(why(&n),
                     "billing 1.24M behind: oldest unprocessed 10m03s old, max_age 1d00h: safe for 23h49m");
    ck_assert_double_eq_tol(lost_in(&n, "billing"), 86400 - 603, 1e-6);
    ck_assert(isnan(lost_in(&n, "audit")));
    t.max_age = 0;
    varz_until(&n, 5, 7);
    tell_read(&n, &t, r, 2);
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_str_eq(why(&n), "billing 1.24M behind: no limit takes what is unprocessed");
    ck_assert(isnan(lost_in(&n, "billing")));
    r[0] = (struct reader){"billing", 0, 1240000, NULL, false};
    varz_until(&n, 10, 7);
    tell_read(&n, &t, r, 2);
    ck_assert_str_eq(why(&n), "all is processed");
    night_end(&n);
}
END_TEST

START_TEST(the_age_limit_comes_near) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_age = 86400, t.first_age = 20 * 3600;
    struct reader r = {"billing", 1000, 0, NULL, false};
    tell_read(&n, &t, &r, 1);
    ck_assert_str_eq(loss(&n), "at_risk");
    ck_assert_double_eq_tol(lost_in(&n, "billing"), 4 * 3600, 1);
    ck_assert_str_eq(why(&n),
                     "billing 1000 behind: oldest unprocessed 20h00m old, max_age 1d00h: lost in 4h00m");
    for (int i = 1; i <= 6; i++) { /* it catches up, and will have it all in three minutes */
        varz_until(&n, 5 * i, 7);
        r.lag -= 30, r.floor += 30;
        tell_read(&n, &t, &r, 1);
    }
    ck_assert_str_eq(loss(&n), "no");
    night_end(&n);
}
END_TEST

/* A tenth of the way from the first to the last, if they came evenly: that is a guess, and makes no risk. */
START_TEST(a_guess_is_no_risk) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_age = 86400, t.first_age = 20 * 3600;
    struct reader r = {"billing", 900, 100, NULL, false};
    tell_read(&n, &t, &r, 1);
    ck_assert_str_eq(loss(&n), "unknown");
    ck_assert_str_eq(
        why(&n), "billing 900 behind: max_age may take its oldest unprocessed in 6h00m: when that came is "
                 "not known");
    varz_until(&n, 5, 7);
    t.max_age = 7 * 86400;
    tell_read(&n, &t, &r, 1);
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_str_eq(why(&n),
                     "billing 900 behind: oldest unprocessed 17h59m~ old, max_age 7d00h: safe for 6d06h~");
    ck_assert_int_eq(quantity_get(n.model, consumer(&n, "billing"), Q_CONSUMER_lost_in).flags,
                     VALUE_ESTIMATED);
    night_end(&n);
}
END_TEST

static void fill(struct night *n, struct told *t, const struct reader *r, int polls, uint64_t come,
                 uint64_t go) {
    for (int i = 0; i < polls; i++) {
        varz_until(n, (double)n->at / 1e9 + 5, 7);
        t->last_seq += come, t->first_seq += go, t->messages += come - go, t->first_age += go ? 0 : 5;
        t->bytes = 100 * t->messages;
        tell_read(n, t, r, 1);
    }
}

START_TEST(room_is_left_for_so_long) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 10000, t.first_age = 900;
    struct reader r = {"billing", 1000, 0, NULL, false};
    fill(&n, &t, &r, 6, 100, 0); /* 20 a second: room for 8,400 more */
    ck_assert_double_eq_tol(lost_in(&n, "billing"), 8400 / 20.0, 1e-6);
    ck_assert_str_eq(loss(&n), "at_risk");
    ck_assert_str_eq(why(&n), "billing 1000 behind: max_msgs takes its oldest unprocessed in 7m00s");
    t.discard = "new";
    fill(&n, &t, &r, 1, 100, 0);
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_str_eq(why(&n), "billing 1000 behind: no limit takes what is unprocessed; producers are "
                              "refused in 6m55s");
    ck_assert(isnan(lost_in(&n, "billing")));
    night_end(&n);
}
END_TEST

START_TEST(a_full_stream_takes_one_for_each_that_comes) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_bytes = 100000, t.first_age = 500;
    struct reader r = {"billing", 100, 1500, NULL, false};
    fill(&n, &t, &r, 5, 100, 100); /* 501 to 1,500 at last: its oldest is the last but one */
    r.floor = 900;
    fill(&n, &t, &r, 1, 100, 100); /* 601 to 1,600: 300 before its oldest, at 20 a second */
    ck_assert_double_eq_tol(lost_in(&n, "billing"), 15, 1e-6);
    ck_assert_str_eq(loss(&n), "at_risk");
    ck_assert_str_eq(why(&n), "billing 100 behind: max_bytes takes its oldest unprocessed in 15s");
    fill(&n, &t, &r, 4, 100, 100);
    ck_assert_str_eq(loss(&n), "losing");
    ck_assert_str_eq(why(&n), "billing 100 behind: 100 messages were never processed, the last 0s ago");
    night_end(&n);
}
END_TEST

/* A window of 50 s, and a burst of 8 each 10 s that it works off: caught with it once. */
START_TEST(one_poll_makes_no_risk_of_a_filter) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_age = 50;
    for (int i = 0; i < 30; i++) {
        varz_until(&n, 5 * i, 7);
        t.last_seq = 1000 + (uint64_t)(50 * i), t.first_seq = t.last_seq - 499, t.first_age = 50;
        t.messages = 500;
        struct reader r = {"roll", i % 4 == 0 ? 8 : 0, t.first_seq - 100, "order.new", false};
        tell_read(&n, &t, &r, 1);
        ck_assert_msg(strcmp(loss(&n), i ? "no" : "unknown") == 0, "%d: %s: %s", i, loss(&n), why(&n));
    }
    night_end(&n);
}
END_TEST

/* 20 messages a second, 1,200 are kept: 60 s of room. One of them, or more, is its own and in work. */
static void work(struct night *n, double at, uint64_t unacked, uint64_t floor) {
    varz_until(n, at, 7);
    struct told t = plain;
    t.last_seq = 5000 + (uint64_t)(20 * at), t.first_seq = t.last_seq - 1199, t.messages = t.max_msgs = 1200;
    t.first_age = 60;
    struct sample *s = jsz(n, 0);
    put_told(n, s, &t);
    put_reader(s, &(struct reader){"work", 0, floor, "fm.job", false}, 0);
    put_u(s->rows[s->count - 1], F_CONSUMER_ack_pending, unacked);
    send(n, s);
}

START_TEST(a_job_that_takes_its_time_is_no_loss) {
    struct night n;
    char cell[40];
    begin_three(&n);
    for (double at = 0; at <= 60; at += 5)
        work(&n, at, 0, 100);
    for (double at = 65; at <= 110; at += 5) { /* it came when it had nothing else, the row before */
        work(&n, at, 1, 100);
        ck_assert_msg(strcmp(loss(&n), "no") == 0, "%g: %s: %s", at, loss(&n), why(&n));
        ck_assert_double_eq_tol(lost_in(&n, "work"), 120 - at, 0.1);
        struct value v = quantity_get(n.model, consumer(&n, "work"), Q_CONSUMER_lost_in);
        ck_assert_int_eq(v.flags, VALUE_LEAST);
        if (at == 65) {
            value_format(cell, sizeof cell, v, UNIT_NS);
            ck_assert_str_eq(cell, "≥55s");
            ck_assert_str_eq(why(&n), "work 1 behind: max_msgs takes its oldest unprocessed in ≥55s");
        }
    }
    if (_i) { /* longer than there is room for */
        work(&n, 115, 1, 100);
        ck_assert_str_eq(loss(&n), "at_risk");
        ck_assert_str_eq(why(&n), "work 1 behind: max_msgs takes its oldest unprocessed within 10s");
    } else {
        work(&n, 115, 0, 6250);
        ck_assert_str_eq(loss(&n), "no");
        ck_assert_str_eq(why(&n), "all is processed");
    }
    night_end(&n);
}
END_TEST

/* Where its own messages are nobody tells, only that one was there at the first row, and is not done. */
START_TEST(of_what_a_filter_owed_before_we_watched_little_is_known) {
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 55; at += 5) {
        work(&n, at, 2, 100);
        const char *expect = at < 10 /* no rate yet */ ? "no" : at < 50 ? "unknown" : "at_risk";
        ck_assert_msg(strcmp(loss(&n), expect) == 0, "%g: %s: %s", at, loss(&n), why(&n));
        if (at == 45) {
            ck_assert_str_eq(why(&n),
                             "work 2 behind: max_msgs may take its oldest unprocessed in 0s: when that "
                             "came is not known");
            ck_assert(isnan(lost_in(&n, "work")));
        }
    }
    ck_assert_str_eq(why(&n), "work 2 behind: max_msgs takes its oldest unprocessed within 5.0s");
    night_end(&n);
}
END_TEST

/* Nobody works on it: half of the time is enough, or ten minutes where that is more. */
static const struct {
    double max_age, first_age;
    const char *expect;
} left_alone[] = {{3600, 1700, "no"}, {3600, 1790, "at_risk"}, {45, 0, "at_risk"}, {86400, 36000, "no"}};

START_TEST(what_nobody_works_on_is_at_risk_early) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    struct reader r = {"billing", 1000, 0, NULL, false};
    for (int i = 0; i <= 4; i++) { /* 20 s */
        varz_until(&n, 5 * i, 7);
        t.max_age = left_alone[_i].max_age, t.first_age = left_alone[_i].first_age + 5 * i;
        tell_read(&n, &t, &r, 1);
    }
    ck_assert_msg(strcmp(loss(&n), left_alone[_i].expect) == 0, "%s: %s", loss(&n), why(&n));
    night_end(&n);
}
END_TEST

/* What waits is never less, and never the same. */
START_TEST(who_keeps_up_loses_nothing_at_any_rate) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_age = 300, t.first_seq = 1;
    for (int i = 0; i <= 12; i++) {
        varz_until(&n, 5 * i, 7);
        t.last_seq = t.messages = 1000 + 100 * (uint64_t)i, t.first_age = 50 + 5 * i;
        struct reader r = {"billing", 178, t.last_seq - 178, NULL, false};
        tell_read(&n, &t, &r, 1);
    }
    ck_assert_str_eq(text_value(&n, consumer(&n, "billing"), Q_CONSUMER_state), "keeping_up");
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_msg(strstr(why(&n), ": safe for ") != NULL, "%s", why(&n));
    night_end(&n);
}
END_TEST

/* Too far off for an alert, and for certain as it goes. */
START_TEST(what_will_be_lost_some_day_says_when) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    struct reader r = {"billing", 1000, 0, NULL, false};
    t.max_age = 3600;
    for (int i = 0; i <= 7; i++) { /* nobody reads it */
        varz_until(&n, 5 * i, 7);
        t.first_age = 60 + 5 * i;
        tell_read(&n, &t, &r, 1);
    }
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_str_eq(why(&n),
                     "billing 1000 behind: lost in 58m25s at this rate: oldest unprocessed 1m35s old, "
                     "max_age 1h00m");
    for (int i = 8; i <= 30; i++) { /* and now somebody does, in time */
        varz_until(&n, 5 * i, 7);
        r.lag -= 20, r.floor += 20;
        t.first_age = 60 + 5 * i;
        tell_read(&n, &t, &r, 1);
    }
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_msg(strstr(why(&n), ": safe for ") != NULL, "%s", why(&n));
    night_end(&n);
}
END_TEST

/* The answer of its consumer's leader is enough, and that of another one changes nothing. */
START_TEST(a_consumer_is_weighed_when_its_leader_tells_of_it) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    struct reader r = {"billing", 0, 1000, NULL, false};
    t.max_age = 3600, t.first_age = 2700;
    for (int i = 0; i < 2; i++) {
        struct sample *s = jsz(&n, 1);
        put_reader(s, &r, 1);
        send(&n, s);
        tell_read(&n, &t, &r, 0);
        ck_assert_msg(strcmp(loss(&n), i ? "at_risk" : "no") == 0, "%s: %s", loss(&n), why(&n));
        varz_until(&n, 5 + 5 * i, 7);
        r.lag = 1000, r.floor = 0;
        s = jsz(&n, 1);
        put_reader(s, &r, 1);
        send(&n, s);
        ck_assert_msg(strcmp(loss(&n), "at_risk") == 0, "%s: %s", loss(&n), why(&n));
        send(&n, jsz(&n, 2));
        ck_assert_msg(strcmp(loss(&n), "at_risk") == 0, "%s: %s", loss(&n), why(&n));
    }
    night_end(&n);
}
END_TEST

START_TEST(who_has_nothing_to_come_back_to_loses_nothing) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.first_seq = 500, t.messages = 501;
    struct reader r = {"watch", 501, 100, NULL, true};
    tell_read(&n, &t, &r, 1);
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_str_eq(why(&n), "no durable consumer");
    night_end(&n);
}
END_TEST

START_TEST(loss_is_unknown_until_all_is_told) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    ck_assert_str_eq(loss(&n), "unknown");
    ck_assert_str_eq(why(&n), "its configuration is not known yet");
    varz_until(&n, 5, 7);
    s = jsz(&n, 0);
    put_told(&n, s, &plain);
    add_consumer(s, "C", 0, 2, 0, 0); /* led by one that has not told */
    send(&n, s);
    ck_assert_str_eq(loss(&n), "unknown");
    ck_assert_str_eq(why(&n), "not all of its consumers are known");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("loss");
    tcase_add_test(t, who_keeps_up_loses_nothing_at_any_rate);
    tcase_add_test(t, what_has_no_date_yet_is_not_free_of_limits);
    tcase_add_test(t, what_is_safe_says_for_how_long);
    tcase_add_test(t, the_age_limit_comes_near);
    tcase_add_test(t, a_guess_is_no_risk);
    tcase_add_test(t, room_is_left_for_so_long);
    tcase_add_test(t, a_full_stream_takes_one_for_each_that_comes);
    tcase_add_test(t, one_poll_makes_no_risk_of_a_filter);
    tcase_add_loop_test(t, a_job_that_takes_its_time_is_no_loss, 0, 2);
    tcase_add_test(t, of_what_a_filter_owed_before_we_watched_little_is_known);
    tcase_add_loop_test(t, what_nobody_works_on_is_at_risk_early, 0, sizeof left_alone / sizeof *left_alone);
    tcase_add_test(t, what_will_be_lost_some_day_says_when);
    tcase_add_test(t, a_consumer_is_weighed_when_its_leader_tells_of_it);
    tcase_add_test(t, who_has_nothing_to_come_back_to_loses_nothing);
    tcase_add_test(t, loss_is_unknown_until_all_is_told);
    return t;
}

int main(void) {
    return run_case("model: loss", cases);
}
