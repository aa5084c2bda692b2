/* Leaders that are gone, silent or not chosen yet, and assets whose only server is down. */
#include "tests/model_says.h"

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
    ck_assert_str_eq(why(&n), "no leader for 6s"); /* at 5 s nobody said so yet */
    ck_assert_double_eq(last_seq(&n), 1000);
    say_stream(&n, 2, (struct says){2, 1001, .active = 0.1});
    ck_assert_str_eq(led(&n), "ok");
    ck_assert_str_eq(why(&n), "");
    night_end(&n);
}
END_TEST

/* One look lies between the last answer that named a leader and the first that names none: a sign is of what
 * was seen, and a hold is as long. Silence is seen from the last answer on. */
START_TEST(nobody_leads_it_since_that_was_said) {
    struct night n;
    bool silent = _i;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = 0.1});
    varz_until(&n, 4, 7);
    varz_until(&n, 5, silent ? 6 : 7);
    for (int i = 0; i < 2; i++) {
        for (int node = silent; node < 3; node++)
            say_stream(&n, node, (struct says){-1, 0, .active = -1});
        varz_until(&n, silent ? 10 + i * 4 : 7 + i * 2, silent ? 6 : 7);
    }
    ck_assert_str_eq(led(&n), "leaderless");
    ck_assert_ptr_null(finding_of(&n, "stream_no_quorum"));
    const struct finding *f = forming_of(&n, "stream_no_quorum");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->since_utc_ns, NIGHT_UTC + ns(silent ? 4 : 5));
    ck_assert_int_ge(f->due_utc_ns, NIGHT_UTC + ns(silent ? 15 : 10));
    varz_until(&n, silent ? 21 : 11, silent ? 6 : 7);
    ck_assert_ptr_nonnull(finding_at(&n, "stream_no_quorum", SEVERITY_WARN));
    varz_until(&n, silent ? 31 : 21, silent ? 6 : 7);
    ck_assert_ptr_nonnull(finding_at(&n, "stream_no_quorum", SEVERITY_CRIT));
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
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), "leader n3 takes over from n2");
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

/* On a paused screen, too: what was asked when it was frozen was asked. */
START_TEST(a_frozen_one_says_so_as_well) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){1, 0, .active = -1});
    struct night frozen = {.model = model_clone(n.model)};
    ck_assert_str_eq(why(&frozen), "leader n2 has not told yet");
    night_end(&frozen);
    night_end(&n);
}
END_TEST

/* Whether it can still be led is asked of who was named, though that one never said so. */
START_TEST(who_is_named_and_dies_before_it_tells) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 4; i++) {
        say_stream(&n, 0, (struct says){1, 0, .active = -1});
        varz_until(&n, 5 * (i + 1), 5);
    }
    ck_assert_str_eq(led(&n), "leader_gone");
    ck_assert_str_eq(why(&n), "leader n2 gone 20s");
    ck_assert(isnan(last_seq(&n)));
    night_end(&n);
}
END_TEST

/* It moved, and the one that was chosen then dies: that one is gone, not the one before. */
START_TEST(the_next_one_dies_before_it_tells) {
    struct night n;
    begin_three(&n);
    say_stream(&n, 0, (struct says){0, 1000, .active = -1});
    for (int i = 0; i < 4; i++) {
        say_stream(&n, 0, (struct says){1, 0, .active = -1});
        varz_until(&n, 5 * (i + 1), 5);
    }
    ck_assert_str_eq(led(&n), "leader_gone");
    ck_assert_str_eq(why(&n), "last seen 20s ago: its only server n2 gone");
    ck_assert_double_eq(last_seq(&n), 1000);
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
    ck_assert_str_eq(why(&n), "last seen 21s ago: JetStream is off on its only server n1");
    ck_assert_str_eq(led(&n), "leader_gone");
    ck_assert_double_eq(last_seq(&n), 1000);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_streams), 0);
    varz_until(&n, 23, 6);
    send_restarted(&n, 0, "IDZ"); /* it lists what it has, but not at once */
    for (int i = 0; i < 2; i++) {
        varz_until(&n, 25 + 5 * i, 6);
        ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
        ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_streams), 1);
        send_varz(&n, 1, "IDZ", names[0]);
        struct sample *s = build(&n, 1, SHAPE_JSZ, "IDZ");
        sample_add(s, ENTITY_JETSTREAM);
        send(&n, s);
        for (int node = 1; node < 3; node++)
            send(&n, jsz(&n, node));
    }
    varz_until(&n, 31, 6); /* it has been asked twice */
    ck_assert_int_eq(stream(&n)->freshness, FRESH_GONE);
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
    ck_assert_str_eq(why(&n), "last seen 2m30s ago: its only server n1 gone");
    ck_assert_double_eq(last_seq(&n), 1000);
    ck_assert_double_eq(number_value(&n, cluster, Q_CLUSTER_streams), 0);
    ck_assert_double_eq(number_value(&n, cluster, Q_CLUSTER_consumers), 0);
    ck_assert_int_eq(quantity_get(n.model, cluster, Q_CLUSTER_consumers).flags, VALUE_LEAST);
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

/* C is of n1, n2 and n3, and D of n1 alone, which goes on. `_i`: 0 n3 goes and n2 leads C on; 1 n2 and n3 go,
 * and n1 names the one that led; 2 it names nobody. */
START_TEST(what_too_few_are_left_of_counts_in_no_sum) {
    struct night n;
    begin_three(&n);
    const struct object *cluster = model_cluster(n.model);
    for (int i = 0; i <= 5; i++) {
        varz_until(&n, 5 * i, i == 0 ? 7 : _i ? 1 : 3);
        struct sample *s = jsz(&n, 0);
        add_consumer(s, "D", 0, 0, 95, 5);
        consumer_in(s, 0, (struct says){_i == 2 && i ? -1 : 1, 0, .active = 0.1});
        send(&n, s);
        if (_i == 0 || i == 0)
            say_consumer(&n, 1, (struct says){1, 300, .active = 0.1});
        if (i == 0)
            send(&n, jsz(&n, 2)); /* nobody is left unheard */
        struct value lag = quantity_get(n.model, cluster, Q_CLUSTER_lag);
        bool counts = _i == 0 || i < 2; /* they may be back, or choose another one */
        ck_assert_uint_eq(lag.u, counts ? 805 : 100);
        ck_assert_int_eq(lag.flags & VALUE_LEAST, counts ? 0 : VALUE_LEAST);
        ck_assert_double_eq(number_value(&n, cluster, Q_CLUSTER_consumers), counts ? 2 : 1);
    }
    static const char *const because[] = {"", "last seen 25s ago: leader n2 gone", "no leader for 25s"};
    ck_assert_str_eq(text_value(&n, c(&n), Q_CONSUMER_leader_why), because[_i]);
    night_end(&n);
}
END_TEST

/* Stopped in the midst of an answer whose instant it had taken: the figures are of when it went on. */
START_TEST(who_stood_still_while_it_answered_makes_no_spike) {
    struct night n;
    begin_three(&n);
    for (int k = 0; k < 5; k++) {
        varz_until(&n, 5 * k, 7);
        struct sample *s = jsz(&n, 0);
        stream_in(s, 0, (struct says){0, 1000 + 1000 * (uint64_t)k, .active = 0.1, .created = -50});
        put_i(row_of(s, ENTITY_STREAM), F_STREAM_last_ts, NIGHT_UTC + n.at - ns(0.01));
        if (k == 2) {
            put_i(row_of(s, ENTITY_ANSWER), F_ANSWER_now, NIGHT_UTC + n.at - ns(4));
            s->asked_mono_ns -= ns(4);
        }
        send(&n, s);
        if (k)
            ck_assert_double_eq_tol(number_value(&n, stream(&n), Q_STREAM_in_msgs_per_s), 200, 1);
    }
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("absent leaders");
    tcase_add_test(t, who_stood_still_while_it_answered_makes_no_spike);
    tcase_add_test(t, what_a_silent_leader_said_stays_with_its_reason);
    tcase_add_test(t, a_group_without_leader_says_for_how_long);
    tcase_add_loop_test(t, nobody_leads_it_since_that_was_said, 0, 2);
    tcase_add_test(t, between_two_leaders_the_last_word_stays);
    tcase_add_test(t, who_is_named_and_does_not_tell);
    tcase_add_test(t, a_frozen_one_says_so_as_well);
    tcase_add_test(t, who_is_named_and_dies_before_it_tells);
    tcase_add_test(t, the_next_one_dies_before_it_tells);
    tcase_add_test(t, jetstream_switched_off_deletes_nothing);
    tcase_add_loop_test(t, what_too_few_are_left_of_counts_in_no_sum, 0, 3);
    tcase_add_test(t, with_its_only_server_it_is_last_seen_and_back);
    return t;
}

int main(void) {
    return run_case("model: absent leaders", cases);
}
