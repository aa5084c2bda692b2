/* Two leaders at once: whose word counts, and what is no contest. */
#include "tests/model_says.h"

/* ---- two leaders at once ---- */

/* Both claim it, one after the other, `rounds` times. */
static void both_say(struct night *n, int rounds, struct says a, struct says b) {
    for (int i = 0; i < rounds; i++) {
        double second = floor((double)n->at / 1e9) + 2;
        varz_until(n, second, 7);
        say_stream(n, a.leader, a);
        varz_until(n, second + 2, 7);
        say_stream(n, b.leader, b);
    }
}

START_TEST(of_two_leaders_the_one_with_a_majority_counts) {
    struct night n;
    begin_three(&n);
    const struct says alone = {0, 1200, .active = 12}, many = {2, 1100, .active = 0.2};
    both_say(&n, 1, (struct says){0, 1000, .active = 0.1}, many);
    ck_assert_str_eq(led(&n), "ok"); /* that was a move */
    both_say(&n, 3, alone, many);
    ck_assert_str_eq(led(&n), "contested");
    ck_assert_str_eq(why(&n), "contested by n3 and n1");
    ck_assert_double_eq(last_seq(&n), 1100);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n3");
    ck_assert_int_eq(stream(&n)->freshness, FRESH_LIVE);
    ck_assert_int_eq(count_events(&n, "contested"), 1);
    varz_until(&n, 60, 7);
    both_say(&n, 1, alone, many);
    night_until(&n, (double)n.at / 1e9 + 1);
    ck_assert_ptr_nonnull(finding_of(&n, "stream_contested"));
    ck_assert_int_eq(count_events(&n, "contested"), 1);
    say_stream(&n, 0, (struct says){2, 0, .active = -1}); /* it yields */
    ck_assert_str_eq(led(&n), "ok");
    ck_assert_str_eq(why(&n), "");
    ck_assert_double_eq(last_seq(&n), 1100);
    night_end(&n);
}
END_TEST

START_TEST(then_the_one_that_got_further) {
    struct night n;
    begin_three(&n);
    both_say(&n, 3, (struct says){0, 900, .active = 3}, (struct says){2, 1100, .active = 0.2});
    ck_assert_str_eq(why(&n), "contested by n3 and n1");
    ck_assert_double_eq(last_seq(&n), 1100);
    both_say(&n, 1, (struct says){0, 1300, .active = 3}, (struct says){2, 1200, .active = 0.2});
    ck_assert_str_eq(why(&n), "contested by n1 and n3");
    ck_assert_double_eq(last_seq(&n), 1300);
    night_end(&n);
}
END_TEST

START_TEST(then_the_one_that_became_leader_later) {
    struct night n;
    begin_three(&n);
    const struct says early = {0, 1000, .active = 3, .since = -50}, late = {2, 1000, .active = 1, .since = 1};
    both_say(&n, 3, early, late);
    ck_assert_str_eq(why(&n), "contested by n3 and n1");
    both_say(&n, 1, late, early); /* whoever was asked last */
    ck_assert_str_eq(why(&n), "contested by n3 and n1");
    night_end(&n);
}
END_TEST

/* Both are asked at the same instant, each time, and answer so late that each answer comes after both were
 * asked. `_i`: they say since when they lead. */
START_TEST(two_leaders_asked_at_once_are_seen) {
    struct night n;
    begin_three(&n);
    for (int round = 0; round < 3; round++) {
        varz_until(&n, 2 * round + 2, 7);
        for (int node = 0; node < 3; node += 2) {
            struct sample *s = jsz(&n, node);
            s->asked_mono_ns -= NS_PER_S / 2;
            s->asked_utc_ns -= NS_PER_S / 2;
            stream_in(s, node,
                      (struct says){node, 1000 + (uint64_t)round, .active = node ? 0.1 : 12,
                                    .since = _i ? -50 + node : 0});
            send(&n, s);
        }
        ck_assert_str_eq(led(&n), round > (_i ? 0 : 1) ? "contested" : "ok");
    }
    night_end(&n);
}
END_TEST

/* The holder loses its majority: it counts no more from that answer on, and the other one with its next. */
START_TEST(a_majority_lost_hands_over) {
    struct night n;
    begin_three(&n);
    both_say(&n, 3, (struct says){0, 1300, .active = 8}, (struct says){2, 1100, .active = 0.2});
    ck_assert_double_eq(last_seq(&n), 1300);
    varz_until(&n, 20, 7);
    say_stream(&n, 0, (struct says){0, 1400, .active = 13});
    ck_assert_double_eq(last_seq(&n), 1300);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n3");
    night_until(&n, 20.5);
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    say_stream(&n, 2, (struct says){2, 1110, .active = 0.2});
    ck_assert_double_eq(last_seq(&n), 1110);
    ck_assert_int_eq(stream(&n)->freshness, FRESH_LIVE);
    ck_assert_str_eq(led(&n), "contested");
    night_end(&n);
}
END_TEST

/* Servers are asked one after the other: each move looks for a while as if two led. */
START_TEST(a_move_is_no_contest) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 10; i++) {
        int from = i % 3, to = (i + 1) % 3;
        double second = 10 * i + 1;
        varz_until(&n, second, 7);
        say_stream(&n, from, (struct says){from, 1000 + (uint64_t)i, .active = 0.1});
        varz_until(&n, second + 3, 7);
        say_stream(&n, to, (struct says){to, 1001 + (uint64_t)i, .active = 0.1});
        ck_assert_str_eq(led(&n), "ok");
        ck_assert_double_eq(last_seq(&n), 1001 + i);
        varz_until(&n, second + 5, 7);
        say_stream(&n, from, (struct says){to, 0, .active = -1});
        ck_assert_str_eq(led(&n), "ok");
    }
    ck_assert_int_eq(count_events(&n, "contested"), 0);
    ck_assert_int_eq(count_events(&n, "leader"), 10);
    night_end(&n);
}
END_TEST

/* Back and forth between two answers, which is told by when each became leader. */
START_TEST(a_move_back_is_no_contest_where_it_is_told) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = 0.1, .since = -100});
    varz_until(&n, 3, 7);
    say_stream(&n, 2, (struct says){2, 1000, .active = 0.1, .since = 1});
    varz_until(&n, 5, 7);
    say_stream(&n, 0, (struct says){0, 1001, .active = 0.1, .since = 4});
    ck_assert_str_eq(led(&n), "ok");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n1");
    ck_assert_double_eq(last_seq(&n), 1001);
    night_end(&n);
}
END_TEST

/* The same where nobody says since when: two answers in which one says that it leads are no proof that it did
 * in between, unless it has heard nobody since. `_i`: it has not. */
START_TEST(two_answers_are_no_proof_of_the_time_between) {
    struct night n;
    begin_three(&n);
    for (int k = 0; k < 5; k++) {
        int node = k % 2 ? 2 : 0;
        bool alone = _i && node == 0;
        varz_until(&n, 5 * k, 7);
        say_consumer(&n, node,
                     (struct says){node, 300 + (uint64_t)(alone ? 0 : k), .active = alone ? 7 : 0.1});
        const char *is = _i && k >= 2 ? "contested" : "ok";
        ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leadership), is);
        ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader), _i && k ? "n3" : names[node]);
    }
    ck_assert_int_eq(count_events(&n, "contested"), _i);
    night_end(&n);
}
END_TEST

/* Stopped for a while, it goes on where it was: no longer the leader, and not knowing it. */
START_TEST(who_slept_does_not_lead_again) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = 0.1});
    varz_until(&n, 12, 6);
    say_stream(&n, 1, (struct says){1, 1500, .active = 0.1});
    ck_assert_double_eq(last_seq(&n), 1500);
    varz_until(&n, 14, 7);
    for (int i = 0; i < 2; i++) {
        say_stream(&n, 0, (struct says){0, 1000, .active = i ? 2 : 14});
        ck_assert_double_eq(last_seq(&n), 1500);
        ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n2");
    }
    night_end(&n);
}
END_TEST

/* Not for long enough that it would have missed its group. */
START_TEST(who_is_behind_waits_until_the_other_one_yields) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 1, (struct says){1, 1500, .active = 0.1});
    varz_until(&n, 3, 7);
    say_stream(&n, 0, (struct says){0, 1000, .active = 6});
    ck_assert_double_eq(last_seq(&n), 1500);
    ck_assert_str_eq(led(&n), "ok");
    varz_until(&n, 5, 7);
    say_stream(&n, 1, (struct says){0, 0, .active = -1});
    varz_until(&n, 8, 7);
    say_stream(&n, 0, (struct says){0, 1000, .active = 0.1});
    ck_assert_double_eq(last_seq(&n), 1000);
    night_end(&n);
}
END_TEST

START_TEST(what_was_said_long_ago_holds_against_nobody) {
    struct night n;
    begin_three(&n);
    send_interval(&n, 2, SHAPE_JSZ, 60);
    say_stream(&n, 1, (struct says){1, 1500, .active = 0.1});
    varz_until(&n, 9, 7);
    say_stream(&n, 0, (struct says){0, 1400, .active = 0.1});
    ck_assert_double_eq(last_seq(&n), 1500);
    varz_until(&n, 12, 7);
    say_stream(&n, 0, (struct says){0, 1400, .active = 0.1});
    ck_assert_double_eq(last_seq(&n), 1400);
    night_end(&n);
}
END_TEST

/* Asked more often than the one before it, the new leader says so twice. */
START_TEST(two_words_of_one_leader_are_no_contest) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = 0.1});
    for (int i = 1; i < 5; i++) {
        varz_until(&n, i, 7);
        say_stream(&n, 1, (struct says){1, 1000 + (uint64_t)i, .active = 0.1});
        ck_assert_str_eq(led(&n), "ok");
        ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n2");
    }
    night_end(&n);
}
END_TEST

START_TEST(a_new_leader_has_not_heard_anybody_yet) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = 0.1});
    varz_until(&n, 2, 7);
    say_stream(&n, 1, (struct says){1, 1000, .active = 0, .never = true});
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n2");
    /* for longer than 2 s that is no majority */
    varz_until(&n, 5, 7);
    say_stream(&n, 0, (struct says){0, 1001, .active = 0.1});
    varz_until(&n, 7, 7);
    say_stream(&n, 1, (struct says){1, 1002, .active = 0, .never = true});
    ck_assert_double_eq(last_seq(&n), 1001);
    night_end(&n);
}
END_TEST

/* Young servers, and one that came back and believes that it still leads. */
START_TEST(who_just_started_has_to_have_heard_its_group) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = 0.1});
    varz_until(&n, 2, 3);
    struct sample *young = build_varz(&n, 3, "ID9", names[2]);
    put_i(row_of(young, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + n.at - ns(1));
    send(&n, young);
    for (int i = 0; i < 2; i++) {
        struct sample *s = build(&n, 3, SHAPE_JSZ, "ID9");
        stream_in(s, 2, (struct says){2, 1000, .active = 0.1, .never = i == 0});
        send(&n, s);
        ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), i ? "n3" : "n1");
    }
    night_end(&n);
}
END_TEST

/* What it says in that moment is what a follower knows: nothing to deliver. */
START_TEST(who_has_just_been_chosen_does_not_know_yet) {
    struct night n;
    begin_three(&n);
    say_consumer(&n, 0, (struct says){0, 300, .active = 0.1, .since = -50});
    for (int i = 0; i < 2; i++) { /* another one, and then that one again */
        varz_until(&n, 5 * (i + 1), 7);
        say_consumer(&n, 0, (struct says){1, 0, .active = -1});
        say_consumer(&n, 1, (struct says){1, 999, .active = 0.1, .since = 5 * (i + 1) - 0.2});
        ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why),
                         i ? "leader n2 just chosen" : "leader n2 takes over from n1");
        ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_pending), i ? 690 : 700);
        night_until(&n, 5 * (i + 1) + 0.5);
        ck_assert_int_eq(c(&n)->freshness, FRESH_STALE);
        varz_until(&n, 5 * (i + 1) + 1, 7);
        say_consumer(&n, 1, (struct says){1, 310, .active = 0.1, .since = 5 * (i + 1) - 0.2});
        ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_pending), 690);
        ck_assert_int_eq(c(&n)->freshness, FRESH_LIVE);
    }
    night_end(&n);
}
END_TEST

START_TEST(a_contested_consumer_goes_by_what_it_delivered) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 3; i++) {
        varz_until(&n, 5 * i + 2, 7);
        say_consumer(&n, 0, (struct says){0, 400, .active = 4});
        varz_until(&n, 5 * i + 4, 7);
        say_consumer(&n, 1, (struct says){1, 500, .active = 4});
    }
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leadership), "contested");
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), 500);
    varz_until(&n, 50, 3); /* that of one that is silent does not contest */
    say_consumer(&n, 0, (struct says){0, 400, .active = 2});
    varz_until(&n, 60, 1);
    ck_assert_str_ne(text_value(&n, c(&n), Q_CONSUMER_leadership), "contested");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("claims");
    tcase_add_test(t, of_two_leaders_the_one_with_a_majority_counts);
    tcase_add_loop_test(t, two_leaders_asked_at_once_are_seen, 0, 2);
    tcase_add_test(t, then_the_one_that_got_further);
    tcase_add_test(t, then_the_one_that_became_leader_later);
    tcase_add_test(t, a_majority_lost_hands_over);
    tcase_add_test(t, a_move_is_no_contest);
    tcase_add_test(t, a_move_back_is_no_contest_where_it_is_told);
    tcase_add_loop_test(t, two_answers_are_no_proof_of_the_time_between, 0, 2);
    tcase_add_test(t, who_slept_does_not_lead_again);
    tcase_add_test(t, who_is_behind_waits_until_the_other_one_yields);
    tcase_add_test(t, what_was_said_long_ago_holds_against_nobody);
    tcase_add_test(t, two_words_of_one_leader_are_no_contest);
    tcase_add_test(t, a_new_leader_has_not_heard_anybody_yet);
    tcase_add_test(t, who_just_started_has_to_have_heard_its_group);
    tcase_add_test(t, who_has_just_been_chosen_does_not_know_yet);
    tcase_add_test(t, a_contested_consumer_goes_by_what_it_delivered);
    return t;
}

int main(void) {
    return run_case("model: claims", cases);
}
