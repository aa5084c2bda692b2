/* What is not yet, or no longer, true of a consumer: a leader's figures before it leads, and messages that
 * went without having been acknowledged. */
#include "tests/model_says.h"

static void say(struct night *n, int node, uint64_t pending, double since) {
    struct sample *s = jsz(n, node);
    add_consumer(s, "C", node, node, pending, 100);
    if (since != 0)
        put_i(row_of(s, ENTITY_CONSUMER), F_CONSUMER_leader_since, NIGHT_UTC + ns(since));
    send(n, s);
}

static double pending(const struct night *n) {
    return number_value(n, consumer(n, "C"), Q_CONSUMER_pending);
}

/* The server is a leader by its name already, and says what a follower says: nothing is pending. */
START_TEST(a_first_word_is_taken_when_it_is_said_again) {
    struct night n;
    begin_three(&n);
    say(&n, 0, 700, 0);
    varz_until(&n, 5, 7);
    say(&n, 1, 0, 0);
    ck_assert_double_eq(pending(&n), 700);
    varz_until(&n, 10, 7);
    say(&n, 1, 0, 0);
    ck_assert_double_eq(pending(&n), 0);
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leader), "n2");
    varz_until(&n, 15, 7);
    say(&n, 2, 650, 0); /* no follower's */
    ck_assert_double_eq(pending(&n), 650);
    night_end(&n);
}
END_TEST

/* A member of a cluster that has just started lists a consumer whose group it does not know yet. */
START_TEST(without_its_group_nobody_leads_it_in_a_cluster) {
    struct night n;
    begin_three(&n);
    say(&n, 0, 700, 0);
    for (int i = 1; i <= 3; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 0);
        add_consumer(s, "C", 0, 0, 0, 0);
        row_drop(row_of(s, ENTITY_CONSUMER), F_CONSUMER_leader);
        row_drop(row_of(s, ENTITY_CONSUMER), F_CONSUMER_clustered);
        send(&n, s);
        ck_assert_double_eq(pending(&n), 700);
        ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leadership), "leaderless");
    }
    say(&n, 0, 701, 0);
    ck_assert_double_eq(pending(&n), 701);
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leadership), "ok");
    night_end(&n);
}
END_TEST

/* Its configuration is what it is, whoever leads it, and is asked for once a minute alone. */
START_TEST(of_a_word_in_doubt_the_configuration_counts) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 2; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 1);
        add_consumer(s, "C", 1, 1, 600, 100);
        put_i(row_of(s, ENTITY_CONSUMER), F_CONSUMER_leader_since, NIGHT_UTC - ns(0.1));
        if (i == 0)
            put_text(s, row_of(s, ENTITY_CONSUMER), F_CONSUMER_ack_policy, "explicit");
        send(&n, s);
        ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_ack_policy), "explicit");
        ck_assert(isnan(pending(&n)) == (i == 0));
    }
    ck_assert_double_eq(pending(&n), 600);
    night_end(&n);
}
END_TEST

START_TEST(who_tells_since_when_leads_a_second_later) {
    struct night n;
    begin_three(&n);
    say(&n, 0, 700, -100);
    varz_until(&n, 5, 7);
    say(&n, 1, 600, 4.9);
    ck_assert_double_eq(pending(&n), 700);
    varz_until(&n, 10, 7);
    say(&n, 1, 590, 4.9);
    ck_assert_double_eq(pending(&n), 590);
    varz_until(&n, 15, 7);
    say(&n, 2, 620, 12);
    ck_assert_double_eq(pending(&n), 620);
    night_end(&n);
}
END_TEST

START_TEST(that_nothing_is_pending_is_taken_when_it_is_said_again) {
    struct night n;
    begin_three(&n);
    say(&n, 0, 700, -100);
    varz_until(&n, 5, 7);
    say(&n, 1, 0, 2);
    ck_assert_double_eq(pending(&n), 700);
    varz_until(&n, 6, 7);
    say(&n, 1, 0, 2);
    ck_assert_double_eq(pending(&n), 0);
    night_end(&n);
}
END_TEST

/* All messages are for it, and the stream has later ones than it delivered: whoever says that nothing is
 * pending does not count yet. */
START_TEST(what_the_stream_gainsays_is_not_taken) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 5000, .active = -1});
    say(&n, 0, 700, 0);
    varz_until(&n, 5, 7);
    for (int i = 0; i < 6; i++) {
        struct sample *s = jsz(&n, 1);
        add_consumer(s, "C", 1, 1, 0, 100);
        put_u(row_of(s, ENTITY_CONSUMER), F_CONSUMER_delivered_stream_seq, 4300);
        send(&n, s);
        varz_until(&n, 6 + i, 7);
        ck_assert_double_eq(pending(&n), 700);
    }
    struct sample *s = jsz(&n, 1);
    add_consumer(s, "C", 1, 1, 701, 100);
    put_u(row_of(s, ENTITY_CONSUMER), F_CONSUMER_delivered_stream_seq, 4300);
    send(&n, s);
    ck_assert_double_eq(pending(&n), 701);
    night_end(&n);
}
END_TEST

/* The figures were put together before that, as a follower's. */
START_TEST(who_leads_since_later_than_its_figures_says_a_followers) {
    struct night n;
    begin_three(&n);
    say(&n, 0, 700, -100);
    varz_until(&n, 5, 7);
    say(&n, 1, 650, 5.2);
    ck_assert_double_eq(pending(&n), 700);
    varz_until(&n, 5.6, 7);
    say(&n, 1, 640, 5.2);
    ck_assert_double_eq(pending(&n), 700);
    varz_until(&n, 6.2, 7);
    say(&n, 1, 630, 5.2);
    ck_assert_double_eq(pending(&n), 630);
    night_end(&n);
}
END_TEST

/* Its clock was put back. */
START_TEST(who_leads_since_the_future_is_believed_in_the_end) {
    struct night n;
    begin_three(&n);
    say(&n, 0, 700, -100);
    varz_until(&n, 5, 7);
    say(&n, 1, 650, 500);
    ck_assert_double_eq(pending(&n), 700);
    varz_until(&n, 10, 7);
    say(&n, 1, 640, 500);
    ck_assert_double_eq(pending(&n), 640);
    night_end(&n);
}
END_TEST

/* It tells of others since when it leads them; of this group it is the leader by its name alone. */
START_TEST(who_dates_its_leads_takes_over_when_it_dates_this_one) {
    struct night n;
    begin_three(&n);
    say_consumer(&n, 0, (struct says){0, 1000, .active = 0.1, .since = -100});
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), 1000);
    for (double second = 3; second < 30; second += 3) {
        varz_until(&n, second, 7);
        say_stream(&n, 1, (struct says){1, 5000, .active = 0.1, .since = _i ? -50 : 0});
        say_consumer(&n, 0, (struct says){1, 0, .active = -1});
        say_consumer(&n, 1, (struct says){1, 1001, .active = 0.1});
    }
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), _i ? 1000 : 1001);
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), _i ? "leader n2 takes over from n1" : "");
    varz_until(&n, 30, 7);
    say_consumer(&n, 1, (struct says){1, 1002, .active = 0.1, .since = 25});
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), 1002);
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), "");
    night_end(&n);
}
END_TEST

/* Stopped in the middle of an answer, it finishes that when it goes on: meanwhile another one was chosen,
 * which is not believed yet, but to which the others hold. `_i`: since when they lead is told. */
START_TEST(who_slept_over_an_answer_leads_no_more) {
    struct night n;
    begin_three(&n);
    say_consumer(&n, 0, (struct says){0, 1000, .active = 0.1, .since = _i ? -100 : 0});
    varz_until(&n, 8, 6);
    if (_i)
        say_consumer(&n, 1, (struct says){1, 1050, .active = 0.1, .since = 7.5});
    else
        say_consumer(&n, 2, (struct says){1, 0, .active = -1});
    varz_until(&n, 9, 6);
    struct sample *late = jsz(&n, 0);
    late->asked_mono_ns -= 7 * NS_PER_S;
    late->asked_utc_ns -= 7 * NS_PER_S;
    consumer_in(late, 0, (struct says){0, 1010, .active = 0.1, .since = _i ? -100 : 0});
    send(&n, late);
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), 1000);
    varz_until(&n, 10, 7);
    say_consumer(&n, 1, (struct says){1, 1100, .active = 0.1, .since = _i ? 7.5 : 0});
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), 1100);
    ck_assert_int_eq(count_events(&n, "leader"), 1);
    night_end(&n);
}
END_TEST

/* An answer may take that long, and nobody says otherwise. */
START_TEST(a_slow_answer_is_a_leaders_word) {
    struct night n;
    begin_three(&n);
    for (int round = 0; round < 3; round++) {
        varz_until(&n, 8 * round + 6, 7);
        say_consumer(&n, 2, (struct says){0, 0, .active = -1});
        struct sample *late = jsz(&n, 0);
        late->asked_mono_ns -= 4 * NS_PER_S;
        late->asked_utc_ns -= 4 * NS_PER_S;
        consumer_in(late, 0, (struct says){0, 1000 + (uint64_t)round, .active = 0.1});
        send(&n, late);
        ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), 1000 + round);
    }
    night_end(&n);
}
END_TEST

/* A replica whose group has not begun yet names itself. */
START_TEST(who_knows_no_group_yet_is_not_its_leader) {
    struct night n;
    begin_three(&n);
    say_consumer(&n, 0, (struct says){0, 1000, .active = 0.1});
    varz_until(&n, 5, 7);
    say_consumer(&n, 1, (struct says){1, 900, .active = -1});
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), 1000);
    varz_until(&n, 12, 7); /* of one replica since then */
    say_consumer(&n, 1, (struct says){1, 1001, .active = -1});
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_delivered_seq), 1001);
    night_end(&n);
}
END_TEST

/* That it was chosen once before, and not believed then, says nothing of now. */
START_TEST(who_is_chosen_again_says_its_first_word_again) {
    struct night n;
    begin_three(&n);
    say(&n, 0, 700, _i ? -100 : 0);
    varz_until(&n, 5, 7);
    say(&n, 1, 0, _i ? 4.9 : 0);
    varz_until(&n, 10, 7);
    struct sample *s = jsz(&n, 1);
    add_consumer(s, "C", 1, 0, 0, 100);
    send(&n, s);
    varz_until(&n, 15, 7);
    say(&n, 1, 0, _i ? 14.9 : 0);
    ck_assert_double_eq(pending(&n), 700);
    night_end(&n);
}
END_TEST

static void say_both(struct night *n, int streams, uint64_t first, uint64_t delivered, uint64_t floor,
                     uint64_t ack_pending) {
    struct sample *s = jsz(n, streams);
    add_stream(s, streams, streams, 5000);
    put_u(row_of(s, ENTITY_STREAM), F_STREAM_first_seq, first);
    if (streams != 0) {
        send(n, s);
        s = jsz(n, 0);
    }
    add_consumer(s, "C", 0, 0, 0, 0);
    struct row *row = row_of(s, ENTITY_CONSUMER);
    put_u(row, F_CONSUMER_delivered_consumer_seq, delivered);
    put_u(row, F_CONSUMER_delivered_stream_seq, delivered);
    put_u(row, F_CONSUMER_ack_floor_stream_seq, floor);
    put_u(row, F_CONSUMER_ack_pending, ack_pending);
    put_u(row, F_CONSUMER_redelivered, 0);
    send(n, s);
}

START_TEST(what_a_purge_took_was_not_acknowledged) {
    struct night n;
    begin_three(&n);
    say_both(&n, _i, 1, 1000, 10, 800);
    varz_until(&n, 5, 7);
    say_both(&n, _i, 1, 1050, 10, 800);
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s), 10, 1e-6);
    varz_until(&n, 10, 7);
    say_both(&n, _i, 1101, 1100, 1100, 0);
    ck_assert(isnan(number_value(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s)));
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_delivered_per_s), 10, 1e-6);
    varz_until(&n, 15, 7);
    say_both(&n, _i, 1101, 1150, 1150, 0);
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s), 10, 1e-6);
    night_end(&n);
}
END_TEST

/* The stream is led elsewhere, and was asked before. */
START_TEST(nor_is_it_while_the_stream_is_not_heard) {
    struct night n;
    begin_three(&n);
    say_both(&n, 1, 1, 1000, 10, 800);
    varz_until(&n, 5, 7);
    struct sample *s = jsz(&n, 0);
    add_consumer(s, "C", 0, 0, 0, 0);
    put_u(row_of(s, ENTITY_CONSUMER), F_CONSUMER_delivered_consumer_seq, 1050);
    put_u(row_of(s, ENTITY_CONSUMER), F_CONSUMER_delivered_stream_seq, 1050);
    put_u(row_of(s, ENTITY_CONSUMER), F_CONSUMER_ack_floor_stream_seq, 1050);
    put_u(row_of(s, ENTITY_CONSUMER), F_CONSUMER_ack_pending, 0);
    send(&n, s);
    ck_assert(isnan(number_value(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s)));
    night_end(&n);
}
END_TEST

static void say_waiting(struct night *n, int node, uint64_t ack_pending) {
    struct sample *s = jsz(n, node);
    add_consumer(s, "C", node, node, 440, 40);
    struct row *row = row_of(s, ENTITY_CONSUMER);
    put_u(row, F_CONSUMER_ack_pending, ack_pending);
    put_u(row, F_CONSUMER_delivered_stream_seq, 61);
    put_u(row, F_CONSUMER_ack_floor_stream_seq, 41);
    send(n, s);
}

static double waiting(const struct night *n) {
    return number_value(n, consumer(n, "C"), Q_CONSUMER_ack_pending);
}

/* Who yielded and leads again, whether another one was heard meanwhile or not, says first that nothing waits,
 * though more was delivered than was acknowledged. */
START_TEST(who_forgot_what_waits_is_not_believed_at_once) {
    struct night n;
    begin_three(&n);
    say_waiting(&n, 0, 5);
    varz_until(&n, 5, 7);
    if (_i)
        say_waiting(&n, 1, 5);
    varz_until(&n, 10, 7);
    say_waiting(&n, 0, 0);
    ck_assert_double_eq(waiting(&n), 5);
    varz_until(&n, 15, 7);
    say_waiting(&n, 0, 5);
    ck_assert_double_eq(waiting(&n), 5);
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leader), "n1");
    for (int i = 0; i < 3; i++) { /* delivered too often, nothing does wait */
        varz_until(&n, 20 + 5 * i, 7);
        say_waiting(&n, 0, 0);
        ck_assert_double_eq(waiting(&n), i ? 0 : 5);
        ck_assert_int_eq(consumer(&n, "C")->freshness, FRESH_LIVE);
    }
    night_end(&n);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("first word");
    TCase *tc = tcase_create("consumers");
    tcase_add_test(tc, a_first_word_is_taken_when_it_is_said_again);
    tcase_add_test(tc, without_its_group_nobody_leads_it_in_a_cluster);
    tcase_add_test(tc, of_a_word_in_doubt_the_configuration_counts);
    tcase_add_test(tc, who_tells_since_when_leads_a_second_later);
    tcase_add_test(tc, that_nothing_is_pending_is_taken_when_it_is_said_again);
    tcase_add_test(tc, what_the_stream_gainsays_is_not_taken);
    tcase_add_test(tc, who_leads_since_later_than_its_figures_says_a_followers);
    tcase_add_test(tc, who_leads_since_the_future_is_believed_in_the_end);
    tcase_add_loop_test(tc, who_dates_its_leads_takes_over_when_it_dates_this_one, 0, 2);
    tcase_add_loop_test(tc, who_slept_over_an_answer_leads_no_more, 0, 2);
    tcase_add_test(tc, a_slow_answer_is_a_leaders_word);
    tcase_add_test(tc, who_knows_no_group_yet_is_not_its_leader);
    tcase_add_loop_test(tc, who_is_chosen_again_says_its_first_word_again, 0, 2);
    tcase_add_loop_test(tc, what_a_purge_took_was_not_acknowledged, 0, 2);
    tcase_add_loop_test(tc, who_forgot_what_waits_is_not_believed_at_once, 0, 2);
    tcase_add_test(tc, nor_is_it_while_the_stream_is_not_heard);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
