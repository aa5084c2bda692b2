/* Streams and consumers that are made again under their name, purged, and their replicas. */
#include "tests/model_says.h"

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
        bool again, restarted;
    } cases[] = {
        {1, 20, "2.9.10", 22, true, false},     {2, 20, "2.9.10", 22, true, false},
        {2, 20, "2.9.10", -50.3, false, false}, /* another replica, that had heard of little */
        {2, 380, "2.12.2", 22, true, false},    /* it ran already before that */
        {2, 380, "2.12.2", 22, false, true},    /* that changes `created` */
        {2, 420, "2.12.2", 22, false, false},   /* so would catching up anew, and nothing fell */
        {2, 380, "2.14.5", 22, true, false},    {2, 450, "2.15.2", 22, true, false},
        {2, 380, "2.15.2", -50, false, false},  {1, 400, "2.15.2", -50, false, false},
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
            bool restarted = cases[i].restarted && node == cases[i].leader;
            struct sample *s = build_varz(&n, (uint64_t)node + 1, restarted ? "IDR" : ids[node], names[node]);
            if (restarted)
                put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(21));
            put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_version, cases[i].version);
            send(&n, s);
        }
        say_consumer(&n, 1, (struct says){-1, 0, .active = -1});
        struct sample *s = build(&n, (uint64_t)cases[i].leader + 1, SHAPE_JSZ,
                                 cases[i].restarted ? "IDR" : ids[cases[i].leader]);
        consumer_in(s, cases[i].leader,
                    (struct says){cases[i].leader, cases[i].seq, .active = 0.1, .created = cases[i].created});
        send(&n, s);
        ck_assert_uint_eq(c(&n)->id, id);
        ck_assert_msg(count_events(&n, "recreated") == cases[i].again, "case %zu", i);
        if (cases[i].again)
            ck_assert_msg(is_new(&n, c(&n), Q_CONSUMER_lag_slope), "case %zu", i);
        else
            ck_assert_double_lt(number_value(&n, c(&n), Q_CONSUMER_lag_slope), 0);
        if (cases[i].again || cases[i].leader != 1)
            ck_assert(is_new(&n, c(&n), Q_CONSUMER_delivered_per_s));
        night_end(&n);
    }
}
END_TEST

/* Never delivered, it has nothing that could fall; `created` is each server's own there. n2 leads it until
 * 20; who leads it from 25 on says then that it made it at `created`, and said `before` while n2 led. */
START_TEST(a_consumer_without_deliveries_may_be_another) {
    static const struct {
        double created, before;
        bool replicated, restarted, absent; /* n2 has answered without it, and is asked no more */
        bool again;
    } cases[] = {
        {22, -50.4, true, false, false, true},    {-50.4, -50.4, true, false, false, false},
        {22, -50.4, true, true, false, false},    {22, 0, true, false, false, false},  /* a copy more */
        {22, 0, false, false, true, true},        {22, 0, false, false, false, false}, /* it has moved */
        {-50.4, -50.4, true, false, true, false}, /* n2 has no part in it any more */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct night n;
        double active = cases[i].replicated ? 0.1 : -1;
        begin_three(&n);
        for (int k = 0; k < 5 + cases[i].absent; k++) {
            varz_until(&n, 5 * k, 7);
            for (int node = 0; node < 3; node++) {
                bool restarted = cases[i].restarted && k == 4 && node == 2;
                struct sample *s = build_varz(&n, (uint64_t)node + 1, ids[node], names[node]);
                put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_version, "2.9.10");
                if (restarted)
                    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + n.at - ns(1));
                send(&n, s);
            }
            if (k == 5) {
                send(&n, jsz(&n, 1));
                night_until(&n, 24.5);
                continue;
            }
            struct sample *s = jsz(&n, 2);
            consumer_in(s, 2, (struct says){1, 0, .active = active});
            put_since(row_of(s, ENTITY_CONSUMER), F_CONSUMER_created, cases[i].before);
            if (cases[i].before != 0)
                send(&n, s);
            else
                sample_destroy(s);
            say_consumer(&n, 1, (struct says){1, 0, .active = active, .created = -50});
        }
        night_until(&n, 26);
        say_consumer(&n, 2, (struct says){2, 0, .active = active, .created = cases[i].created});
        ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader), "n3");
        ck_assert_msg(count_events(&n, "recreated") == cases[i].again, "case %zu", i);
        night_end(&n);
    }
}
END_TEST

/* A server that comes back says of what it restores that it was created then, and that it leads it; what it
 * knows of groups comes a moment later. `_i`: of one replica, which it does lead. */
START_TEST(what_is_restored_was_not_made_again) {
    struct night n;
    double active = _i ? -1 : 0.1;
    int leader = _i ? 1 : 0;
    begin_three(&n);
    for (int k = 0; k < 3; k++) {
        varz_until(&n, 10 * k, 7);
        say_stream(&n, leader,
                   (struct says){leader, 1000 + 100 * (uint64_t)k, .active = active, .created = -50});
        say_consumer(&n, 0, (struct says){0, 100 * (uint64_t)k, .active = 0.1});
    }
    varz_until(&n, 24, 5);
    night_until(&n, 24.5);
    send_restarted(&n, 1, "IDR");
    struct sample *s = build(&n, 2, SHAPE_JSZ, "IDR");
    stream_in(s, 1, (struct says){1, 1200, .active = -1, .created = _i ? -20 : 24.2});
    consumer_in(s, 1, (struct says){1, 200, .active = -1, .created = 24.3});
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), names[leader]);
    for (int k = 3; k < 5; k++) {
        night_until(&n, 10 * k);
        s = _i ? build(&n, 2, SHAPE_JSZ, "IDR") : jsz(&n, 0);
        stream_in(s, leader,
                  (struct says){leader, 1000 + 100 * (uint64_t)k, .active = active, .created = -50});
        send(&n, s);
        say_consumer(&n, 0, (struct says){0, 100 * (uint64_t)k, .active = 0.1});
    }
    ck_assert_double_eq(last_seq(&n), 1400);
    ck_assert_double_eq_tol(number_value(&n, c(&n), Q_CONSUMER_lag_slope), -10, 1e-6);
    ck_assert_int_eq(count_events(&n, "recreated"), 0);
    ck_assert_int_eq(count_events(&n, "leader"), 0);
    night_end(&n);
}
END_TEST

/* Nobody says when it was made; but its first message came after all those that we knew. */
START_TEST(a_first_message_tells_of_another_stream) {
    static const struct {
        uint64_t first_seq;
        double first_ts;
        bool again;
    } cases[] = {{1, 8, true}, {1, -20, false}, {2000, 8, false}, {500, 8, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct night n;
        begin_three(&n);
        for (int k = 0; k < 2; k++) {
            varz_until(&n, 10 * k, 7);
            struct sample *s = jsz(&n, 0);
            stream_in(s, 0, (struct says){0, 1000 + 1500 * (uint64_t)k, .active = 0.1});
            struct row *row = row_of(s, ENTITY_STREAM);
            put_u(row, F_STREAM_first_seq, k ? cases[i].first_seq : 1);
            put_i(row, F_STREAM_first_ts, NIGHT_UTC + ns(k ? cases[i].first_ts : -20));
            put_i(row, F_STREAM_last_ts, NIGHT_UTC + ns(k ? 10 : 0));
            send(&n, s);
        }
        ck_assert_msg(count_events(&n, "recreated") == cases[i].again, "case %zu", i);
        ck_assert(is_new(&n, stream(&n), Q_STREAM_in_msgs_per_s) == cases[i].again);
        night_end(&n);
    }
}
END_TEST

static void consumer_at(struct sample *s, int leader, uint64_t seq, double created) {
    consumer_in(s, leader, (struct says){leader, seq, .active = 0.1, .created = created});
    for (size_t i = 0; i < s->count; i++) {
        struct row *row = (struct row *)(uintptr_t)s->rows[i];
        if (row->entity == ENTITY_CONSUMER)
            put_u(row, F_CONSUMER_ack_floor_stream_seq, seq);
    }
}

/* n1 leads the stream and tells of it at 0, 5 .. 20, n2 leads the consumer. Then both are made anew, and the
 * leaders answer one after the other: n2, or n3 if the consumer is led there now, comes first. */
START_TEST(with_a_stream_its_consumers_are_made_again) {
    for (int leader = 1; leader <= 2; leader++) {
        struct night n;
        begin_three(&n);
        for (int k = 0; k < 5; k++) {
            varz_until(&n, 5 * k, 7);
            struct sample *s = jsz(&n, 0);
            stream_in(s, 0, (struct says){0, 1000 + 100 * (uint64_t)k, .active = 0.1, .created = -50});
            put_i(row_of(s, ENTITY_STREAM), F_STREAM_first_ts, NIGHT_UTC - ns(50));
            put_i(row_of(s, ENTITY_STREAM), F_STREAM_last_ts, NIGHT_UTC + n.at);
            send(&n, s);
            s = jsz(&n, 1);
            stream_in(s, 1, (struct says){0, 0, .active = 0.1, .created = -50});
            consumer_at(s, 1, 100 + (uint64_t)k, -50);
            send(&n, s);
        }
        ck_assert_double_gt(number_value(&n, c(&n), Q_CONSUMER_time_behind), ns(40));
        varz_until(&n, 25, 7);
        struct sample *s = jsz(&n, leader);
        stream_in(s, leader, (struct says){0, 0, .active = 0.1, .created = 22});
        consumer_at(s, leader, 300, 22.5);
        send(&n, s);
        ck_assert_int_eq(count_events(&n, "recreated"), 1);
        ck_assert(isnan(number_value(&n, c(&n), Q_CONSUMER_time_behind)));
        night_until(&n, 25.5);
        ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
        s = jsz(&n, 0);
        stream_in(s, 0, (struct says){0, 2000, .active = 0.1, .created = 22});
        put_i(row_of(s, ENTITY_STREAM), F_STREAM_first_ts, NIGHT_UTC + ns(23));
        put_i(row_of(s, ENTITY_STREAM), F_STREAM_last_ts, NIGHT_UTC + ns(25));
        send(&n, s);
        ck_assert_int_eq(stream(&n)->freshness, FRESH_LIVE);
        varz_until(&n, 28, 7);
        s = jsz(&n, leader);
        stream_in(s, leader, (struct says){0, 0, .active = 0.1, .created = 22});
        consumer_at(s, leader, 310, 22.5);
        send(&n, s);
        double behind = number_value(&n, c(&n), Q_CONSUMER_time_behind);
        ck_assert_msg(behind > ns(2) && behind < ns(5.01), "%g ns behind", behind);
        ck_assert_int_eq(count_events(&n, "recreated"), 2);
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
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), "leader n2 sees 1 of 3 replicas");
    ck_assert_int_eq(c(&n)->freshness, FRESH_STALE);
    night_until(&n, 10.5);
    ck_assert_int_eq(c(&n)->freshness, FRESH_STALE);
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
    TCase *t = tcase_create("made again");
    tcase_add_test(t, a_stream_made_again_is_the_same_row_with_a_new_history);
    tcase_add_test(t, a_consumer_made_again_begins_its_history_anew);
    tcase_add_test(t, a_consumer_without_deliveries_may_be_another);
    tcase_add_loop_test(t, what_is_restored_was_not_made_again, 0, 2);
    tcase_add_test(t, a_first_message_tells_of_another_stream);
    tcase_add_test(t, with_a_stream_its_consumers_are_made_again);
    tcase_add_test(t, a_purge_is_no_new_stream);
    tcase_add_test(t, consumers_have_replicas_of_their_own);
    tcase_add_test(t, replicas_are_those_that_the_leader_lists_now);
    return t;
}

int main(void) {
    return run_case("model: made again", cases);
}
