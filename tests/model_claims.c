/* Whose word counts: leaders that are gone, moving, two at once, only servers that are down, things made
 * again under their name, replicas of consumers. What a row says is built by hand, second by second. */
#include "tests/model_three.h"

/* ---- what one server says of the stream ORDERS or of its consumer C ---- */

struct says {
    int leader; /* position, -1 nobody */
    uint64_t seq;
    double active;  /* of its two replicas, seconds; < 0: it lists none */
    double since;   /* the second it became leader; 0 not told */
    double created; /* the second; 0 not told */
    bool never;     /* no replica was ever heard */
};

static void add_replicas(struct sample *s, const char *of_consumer, int node, const struct says *says) {
    for (int i = 0; i < 3 && says->active >= 0; i++) {
        if (i == node)
            continue;
        add_replica(s, names[i], !says->never, false, says->never ? 0 : says->active);
        struct row *row = (struct row *)(uintptr_t)s->rows[s->count - 1];
        put_text(s, row, F_REPLICA_consumer, of_consumer);
        if (node != says->leader)
            for (int f = F_REPLICA_current; f <= F_REPLICA_lag; f++)
                row_drop(row, (enum field)f);
    }
}

static void put_since(struct row *row, enum field f, double second) {
    if (second != 0)
        put_i(row, f, NIGHT_UTC + ns(second));
}

static void stream_in(struct sample *s, int node, struct says says) {
    add_stream(s, node, says.leader, says.seq);
    struct row *row = (struct row *)(uintptr_t)s->rows[s->count - 1];
    if (node == says.leader) {
        put_u(row, F_STREAM_first_seq, 1);
        put_since(row, F_STREAM_leader_since, says.since);
        put_since(row, F_STREAM_created, says.created);
    }
    add_replicas(s, NULL, node, &says);
}

static void consumer_in(struct sample *s, int node, struct says says) {
    add_consumer(s, "C", node, says.leader, 1000 - says.seq % 1000, says.seq);
    struct row *row = (struct row *)(uintptr_t)s->rows[s->count - 1];
    if (node == says.leader) {
        put_u(row, F_CONSUMER_delivered_stream_seq, says.seq);
        put_u(row, F_CONSUMER_delivered_consumer_seq, says.seq);
        put_since(row, F_CONSUMER_leader_since, says.since);
        put_since(row, F_CONSUMER_created, says.created);
    }
    add_replicas(s, "C", node, &says);
}

static void say_stream(struct night *n, int node, struct says says) {
    struct sample *s = jsz(n, node);
    stream_in(s, node, says);
    send(n, s);
}

static void say_consumer(struct night *n, int node, struct says says) {
    struct sample *s = jsz(n, node);
    consumer_in(s, node, says);
    send(n, s);
}

static const struct object *c(const struct night *n) {
    return consumer(n, "C");
}

static const char *why(const struct night *n) {
    return text_value(n, stream(n), Q_STREAM_leader_why);
}

static const char *led(const struct night *n) {
    return text_value(n, stream(n), Q_STREAM_leadership);
}

static double last_seq(const struct night *n) {
    return number_value(n, stream(n), Q_STREAM_last_seq);
}

/* ---- no leader to be heard ---- */

START_TEST(what_a_silent_leader_said_stays_with_its_reason) {
    struct night n;
    begin_three(&n);
    say_consumer(&n, 1, (struct says){1, 300, .active = 0.1});
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), "");
    for (int i = 1; i <= 2; i++) {
        varz_until(&n, 5 * i, 5);
        for (int node = 0; node < 3; node += 2) { /* a follower's numbers, were they to come */
            struct sample *s = jsz(&n, node);
            consumer_in(s, node, (struct says){1, 0, .active = -1});
            put_u(row_of(s, ENTITY_CONSUMER), F_CONSUMER_pending, 7);
            put_u(row_of(s, ENTITY_CONSUMER), F_CONSUMER_ack_pending, 0);
            send(&n, s);
        }
        ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why),
                         i == 1 ? "leader n2 silent for 5s" : "leader n2 gone 10s");
    }
    varz_until(&n, 14, 5);
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), "leader n2 gone 14s");
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leadership), "leader_gone");
    ck_assert_int_eq(c(&n)->freshness, FRESH_STALE);
    struct value pending = quantity_get(n.model, c(&n), Q_CONSUMER_pending);
    ck_assert_uint_eq(pending.u, 700);
    ck_assert(pending.flags & VALUE_OLD);
    ck_assert_int_eq(c(&n)->seen_utc_ns, NIGHT_UTC);
    night_end(&n);
}
END_TEST

START_TEST(a_group_without_leader_says_for_how_long) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = 0.1});
    for (int i = 1; i <= 2; i++) {
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++)
            say_stream(&n, node, (struct says){-1, 0, .active = -1});
    }
    varz_until(&n, 11, 7);
    ck_assert_str_eq(led(&n), "leaderless");
    ck_assert_str_eq(why(&n), "no leader for 6s");
    ck_assert_double_eq(last_seq(&n), 1000);
    say_stream(&n, 2, (struct says){2, 1001, .active = 0.1});
    ck_assert_str_eq(led(&n), "ok");
    ck_assert_str_eq(why(&n), "");
    night_end(&n);
}
END_TEST

START_TEST(between_two_leaders_the_last_word_stays) {
    struct night n;
    begin_three(&n);
    say_consumer(&n, 1, (struct says){1, 300, .active = 0.1});
    varz_until(&n, 5, 7);
    say_consumer(&n, 1, (struct says){2, 0, .active = 0.1});
    night_until(&n, 5.5);
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), "leader moving from n2 to n3");
    ck_assert_int_eq(c(&n)->freshness, FRESH_STALE);
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_pending), 700);
    say_consumer(&n, 2, (struct says){2, 310, .active = 0.1});
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), "");
    ck_assert_int_eq(c(&n)->freshness, FRESH_LIVE);
    ck_assert_double_eq(number_value(&n, c(&n), Q_CONSUMER_pending), 690);
    night_end(&n);
}
END_TEST

START_TEST(who_is_named_and_does_not_tell) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){1, 0, .active = -1});
    ck_assert_str_eq(why(&n), "leader n2 has not told yet");
    ck_assert(isnan(last_seq(&n)));
    struct sample *s = jsz(&n, 0);
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, "OTHER");
    put_text(s, row, F_STREAM_leader, "n9");
    send(&n, s);
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_STREAM_name, "OTHER"), Q_STREAM_leader_why),
                     "leader n9 is not asked");
    night_end(&n);
}
END_TEST

START_TEST(jetstream_switched_off_deletes_nothing) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = -1});
    for (int i = 1; i <= 4; i++) {
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++) {
            struct sample *s = jsz(&n, node);
            put_u(sample_add(s, ENTITY_JETSTREAM), F_JETSTREAM_disabled, node == 0);
            send(&n, s);
        }
    }
    varz_until(&n, 21, 7);
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    ck_assert_str_eq(why(&n), "JetStream is off on leader n1");
    ck_assert_double_eq(last_seq(&n), 1000);
    night_end(&n);
}
END_TEST

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
                         i ? "leader n2 has just been chosen" : "leader moving from n1 to n2");
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
        say_consumer(&n, 0, (struct says){0, 400, .active = 2});
        varz_until(&n, 5 * i + 4, 7);
        say_consumer(&n, 1, (struct says){1, 500, .active = 2});
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

/* ---- whose only server is down ---- */

START_TEST(with_its_only_server_it_is_last_seen_and_back) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    stream_in(s, 0, (struct says){0, 1000, .active = -1});
    consumer_in(s, 0, (struct says){0, 300, .active = -1});
    send(&n, s);
    send(&n, jsz(&n, 1));
    uint64_t id = stream(&n)->id, consumer_id = c(&n)->id;
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas), "1/1");
    for (int i = 1; i <= 30; i++) {
        varz_until(&n, 5 * i, 6);
        send(&n, jsz(&n, 1));
        send(&n, jsz(&n, 2));
    }
    const struct object *cluster = model_cluster(n.model);
    ck_assert_str_eq(why(&n), "leader n1 gone 2m30s");
    ck_assert_double_eq(last_seq(&n), 1000);
    ck_assert_double_eq(number_value(&n, cluster, Q_CLUSTER_streams), 0);
    ck_assert_double_eq(number_value(&n, cluster, Q_CLUSTER_consumers), 0);
    struct sample *back = build_varz(&n, 1, "ID9", names[0]);
    put_i(row_of(back, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + n.at - ns(1));
    send(&n, back);
    s = build(&n, 1, SHAPE_JSZ, "ID9");
    stream_in(s, 0, (struct says){0, 1000, .active = -1});
    consumer_in(s, 0, (struct says){0, 300, .active = -1});
    send(&n, s);
    ck_assert_uint_eq(stream(&n)->id, id);
    ck_assert_uint_eq(c(&n)->id, consumer_id);
    ck_assert_int_eq(stream(&n)->freshness, FRESH_LIVE);
    ck_assert_str_eq(why(&n), "");
    ck_assert_double_eq(number_value(&n, cluster, Q_CLUSTER_streams), 1);
    ck_assert_double_eq(number_value(&n, cluster, Q_CLUSTER_consumers), 1);
    night_end(&n);
}
END_TEST

/* ---- made again ---- */

START_TEST(a_stream_made_again_is_the_same_row_with_a_new_history) {
    static const struct {
        int leader;
        uint64_t seq;
        double created;
        bool again;
    } cases[] = {
        {0, 900, 6, true},    {0, 5, 6, true},       {2, 900, 6, true},
        {2, 5, 0, true},                          /* not told: near nothing */
        {0, 1300, 6, true},   {2, 1300, 6, true}, /* and already further */
        {2, 900, -50, false},                     /* a new leader that lags */
        {2, 900, 0, false},   {0, 1300, -50, false}, {2, 1300, -49.5, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct night n;
        begin_three(&n);
        for (int k = 0; k < 2; k++) {
            varz_until(&n, 5 * k, 7);
            struct sample *s = jsz(&n, 0);
            stream_in(s, 0,
                      (struct says){0, 1000 + 100 * (uint64_t)k, .active = 0.1,
                                    .created = cases[i].created != 0 ? -50 : 0});
            put_i(row_of(s, ENTITY_STREAM), F_STREAM_max_bytes, 1 << 20);
            send(&n, s);
        }
        uint64_t id = stream(&n)->id;
        varz_until(&n, 10, 7);
        say_stream(&n, 0, (struct says){-1, 0, .active = -1});
        say_stream(&n, cases[i].leader,
                   (struct says){cases[i].leader, cases[i].seq, .active = 0.1, .created = cases[i].created});
        ck_assert_double_eq(last_seq(&n), (double)cases[i].seq);
        ck_assert_uint_eq(stream(&n)->id, id);
        ck_assert_msg(count_events(&n, "recreated") == cases[i].again, "case %zu", i);
        ck_assert_msg(isnan(number_value(&n, stream(&n), Q_STREAM_max_bytes)) == cases[i].again, "case %zu",
                      i);
        if (cases[i].again || cases[i].leader != 0)
            ck_assert(is_new(&n, stream(&n), Q_STREAM_in_msgs_per_s));
        night_end(&n);
    }
}
END_TEST

START_TEST(a_consumer_made_again_begins_its_history_anew) {
    static const struct {
        int leader;
        uint64_t seq;
        const char *version;
        double created;
        bool again;
    } cases[] = {
        {1, 20, "2.9.10", 22, true},     {2, 20, "2.9.10", 22, true},
        {2, 20, "2.9.10", -50.3, false}, /* another replica, that had heard of little */
        {2, 380, "2.12.2", 22, false},   /* its replica was restarted since: that changes `created` */
        {2, 380, "2.14.5", 22, true},    {2, 450, "2.15.2", 22, true},
        {2, 380, "2.15.2", -50, false},  {1, 400, "2.15.2", -50, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct night n;
        begin_three(&n);
        for (int k = 0; k < 5; k++) {
            varz_until(&n, 5 * k, 7);
            for (int node = 0; node < 3; node++) {
                struct sample *s = build_varz(&n, (uint64_t)node + 1, ids[node], names[node]);
                put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_version, cases[i].version);
                send(&n, s);
            }
            say_consumer(&n, 1, (struct says){1, 100 * (uint64_t)k, .active = 0.1, .created = -50});
        }
        ck_assert_double_eq_tol(number_value(&n, c(&n), Q_CONSUMER_lag_slope), -20, 1e-6);
        uint64_t id = c(&n)->id;
        night_until(&n, 25);
        for (int node = 0; node < 3; node++) {
            struct sample *s = build_varz(&n, (uint64_t)node + 1, ids[node], names[node]);
            put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_version, cases[i].version);
            send(&n, s);
        }
        say_consumer(&n, 1, (struct says){-1, 0, .active = -1});
        say_consumer(
            &n, cases[i].leader,
            (struct says){cases[i].leader, cases[i].seq, .active = 0.1, .created = cases[i].created});
        ck_assert_uint_eq(c(&n)->id, id);
        ck_assert_msg(count_events(&n, "recreated") == cases[i].again, "case %zu", i);
        if (cases[i].again || cases[i].leader != 1) {
            ck_assert_msg(is_new(&n, c(&n), Q_CONSUMER_lag_slope), "case %zu", i);
            ck_assert(is_new(&n, c(&n), Q_CONSUMER_delivered_per_s));
        } else {
            ck_assert_double_lt(number_value(&n, c(&n), Q_CONSUMER_lag_slope), 0);
        }
        night_end(&n);
    }
}
END_TEST

START_TEST(a_purge_is_no_new_stream) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 6; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 0);
        stream_in(s, 0, (struct says){0, 1000 + 100 * (uint64_t)i, .active = 0.1, .created = -50});
        put_u(row_of(s, ENTITY_STREAM), F_STREAM_first_seq, i < 3 ? 1 : 1250);
        put_u(row_of(s, ENTITY_STREAM), F_STREAM_messages, i < 3 ? 1000 + 100 * (uint64_t)i : 50);
        send(&n, s);
        if (i)
            ck_assert_double_eq_tol(number_value(&n, stream(&n), Q_STREAM_in_msgs_per_s), 20, 1e-6);
    }
    ck_assert_int_eq(count_events(&n, "recreated"), 0);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_messages), 50);
    night_end(&n);
}
END_TEST

/* ---- replicas of consumers ---- */

START_TEST(consumers_have_replicas_of_their_own) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 1);
    stream_in(s, 1, (struct says){0, 0, .active = 0.1}); /* led by another server than its consumer */
    consumer_in(s, 1, (struct says){1, 300, .active = 0.1});
    add_consumer(s, "D", 1, 1, 5, 5); /* R1 */
    send(&n, s);
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_replicas), "3/3");
    ck_assert_str_eq(text_value(&n, consumer(&n, "D"), Q_CONSUMER_replicas), "1/1");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas), "");
    ck_assert_uint_eq(count_of(&n, OBJECT_REPLICA), 2);
    size_t count;
    const struct object *const *all = model_objects(n.model, OBJECT_REPLICA, &count);
    ck_assert_ptr_eq(all[0]->parent, c(&n));
    varz_until(&n, 5, 7);
    s = jsz(&n, 1);
    consumer_in(s, 1, (struct says){1, 300, .active = 11});
    put_i((struct row *)(uintptr_t)s->rows[s->count - 1], F_REPLICA_active, ns(0.5));
    send(&n, s);
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_replicas), "2/3");
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leadership), "ok");
    varz_until(&n, 10, 7);
    say_consumer(&n, 1, (struct says){1, 300, .active = 16});
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_replicas), "1/3");
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leadership), "no_quorum");
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why),
                     "leader n2 in contact with 0 of 2 replicas");
    for (int i = 3; i < 6; i++) {
        varz_until(&n, 5 * i, 7);
        say_consumer(&n, 1, (struct says){1, 300, .active = 16});
    }
    ck_assert_ptr_nonnull(finding_of(&n, "consumer_no_leader"));
    /* scaled down: its replicas go */
    say_consumer(&n, 1, (struct says){1, 300, .active = -1});
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_replicas), "1/1");
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leadership), "ok");
    ck_assert_uint_eq(count_of(&n, OBJECT_REPLICA), 0);
    night_end(&n);
}
END_TEST

START_TEST(replicas_are_those_that_the_leader_lists_now) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 4; i++) { /* the leader moves on, and another server is listed */
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, i % 3);
        stream_in(s, i % 3, (struct says){i % 3, 100 + (uint64_t)i, .active = 0.1});
        consumer_in(s, i % 3, (struct says){i % 3, 10 + (uint64_t)i, .active = 0.1});
        send(&n, s);
        ck_assert_uint_eq(count_of(&n, OBJECT_REPLICA), 4);
        size_t count;
        const struct object *const *all = model_objects(n.model, OBJECT_REPLICA, &count);
        for (size_t k = 0; k < count; k++)
            ck_assert_str_ne(row_text(all[k]->now, F_REPLICA_name), names[i % 3]);
        ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas), "3/3");
        ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_replicas), "3/3");
    }
    /* what a follower lists is nothing */
    say_consumer(&n, 1, (struct says){0, 0, .active = 0});
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_replicas), "3/3");
    varz_until(&n, 120, 7); /* deleted: replicas and all */
    for (int i = 24; i < 44; i++) {
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++)
            send(&n, jsz(&n, node));
    }
    ck_assert_uint_eq(count_of(&n, OBJECT_CONSUMER), 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_REPLICA), 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("claims");
    tcase_add_test(t, what_a_silent_leader_said_stays_with_its_reason);
    tcase_add_test(t, a_group_without_leader_says_for_how_long);
    tcase_add_test(t, between_two_leaders_the_last_word_stays);
    tcase_add_test(t, who_is_named_and_does_not_tell);
    tcase_add_test(t, jetstream_switched_off_deletes_nothing);
    tcase_add_test(t, of_two_leaders_the_one_with_a_majority_counts);
    tcase_add_test(t, then_the_one_that_got_further);
    tcase_add_test(t, then_the_one_that_became_leader_later);
    tcase_add_test(t, a_majority_lost_hands_over);
    tcase_add_test(t, a_move_is_no_contest);
    tcase_add_test(t, a_move_back_is_no_contest_where_it_is_told);
    tcase_add_test(t, who_slept_does_not_lead_again);
    tcase_add_test(t, who_is_behind_waits_until_the_other_one_yields);
    tcase_add_test(t, what_was_said_long_ago_holds_against_nobody);
    tcase_add_test(t, two_words_of_one_leader_are_no_contest);
    tcase_add_test(t, a_new_leader_has_not_heard_anybody_yet);
    tcase_add_test(t, who_just_started_has_to_have_heard_its_group);
    tcase_add_test(t, who_has_just_been_chosen_does_not_know_yet);
    tcase_add_test(t, a_contested_consumer_goes_by_what_it_delivered);
    tcase_add_test(t, with_its_only_server_it_is_last_seen_and_back);
    tcase_add_test(t, a_stream_made_again_is_the_same_row_with_a_new_history);
    tcase_add_test(t, a_consumer_made_again_begins_its_history_anew);
    tcase_add_test(t, a_purge_is_no_new_stream);
    tcase_add_test(t, consumers_have_replicas_of_their_own);
    tcase_add_test(t, replicas_are_those_that_the_leader_lists_now);
    return t;
}

int main(void) {
    return run_case("model: claims", cases);
}
