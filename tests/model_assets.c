#include "tests/model_three.h"

START_TEST(a_group_without_leader_is_leaderless) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leadership), "ok");
    varz_until(&n, 5, 7);
    for (int node = 0; node < 3; node++) {
        s = jsz(&n, node);
        add_stream(s, node, -1, 0);
        send(&n, s);
    }
    night_until(&n, 5.5);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leadership), "leaderless");
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_seq), 1000);
    ck_assert(quantity_get(n.model, stream(&n), Q_STREAM_last_seq).flags & VALUE_OLD);
    ck_assert_int_eq(quantity_get(n.model, stream(&n), Q_STREAM_leader).type, VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

START_TEST(an_r1_stream_of_a_dead_server_stays) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    for (int i = 1; i <= 24; i++) { /* n1 is silent, the others answer and do not list it */
        varz_until(&n, 5 * i, 6);
        send(&n, jsz(&n, 1));
        send(&n, jsz(&n, 2));
    }
    ck_assert_ptr_nonnull(stream(&n));
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leadership), "leader_gone");
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    ck_assert_ptr_nonnull(finding_of(&n, "stream_leader_gone"));
    size_t count;
    ck_assert_str_eq(finding_rule(&model_findings(n.model, &count)[0]), "server_down");
    night_end(&n);
}
END_TEST

START_TEST(what_nobody_lists_twice_is_deleted) {
    struct night n;
    begin_three(&n);
    for (int node = 0; node < 3; node++) {
        struct sample *s = jsz(&n, node);
        add_consumer(s, "C", node, 1, 1, 1);
        add_stream(s, node, 0, 1000);
        send(&n, s);
    }
    for (int i = 1; i <= 2; i++) {
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++)
            send(&n, jsz(&n, node));
        varz_until(&n, 5 * i + 1, 7);
        ck_assert_int_eq(stream(&n)->freshness, i < 2 ? FRESH_STALE : FRESH_GONE);
    }
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_streams), 0);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_consumers), 0);
    varz_until(&n, 75, 7);
    ck_assert_uint_eq(count_of(&n, OBJECT_STREAM), 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONSUMER), 0);
    night_end(&n);
}
END_TEST

/* Its leader is asked each 5 s, the others have not been asked but once. */
START_TEST(what_its_leader_lists_no_more_is_not_ok) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i <= 2; i++) {
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++) {
            struct sample *s = jsz(&n, node);
            if (i < 2) {
                add_consumer(s, "C", node, 0, 1, 1);
                add_stream(s, node, 0, 1000);
            }
            if (node == 0 || i < 2)
                send(&n, s);
            else
                sample_destroy(s);
        }
    }
    night_until(&n, 10.5);
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leadership), "unlisted");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "unlisted");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_why), "leader n1 does not list it");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_loss), "unknown");
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_state), "unlisted");
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_streams), 0);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_consumers), 0);
    for (int i = 3; i <= 4; i++) { /* one more of the leader, and one of the others */
        varz_until(&n, 5 * i, 7);
        send(&n, jsz(&n, i == 3 ? 0 : 1));
        if (i == 4)
            send(&n, jsz(&n, 2));
        night_until(&n, 5 * i + 0.5);
        ck_assert_int_eq(stream(&n)->freshness, i == 3 ? FRESH_STALE : FRESH_GONE);
    }
    struct sample *s = jsz(&n, 2); /* a follower that lags names it once more: it is remembered */
    add_stream(s, 2, 0, 1000);
    send(&n, s);
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    night_end(&n);
}
END_TEST

START_TEST(a_stream_whose_leader_sees_no_majority) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1);
    add_replica(s, "n2", true, false, 0.5);
    add_replica(s, "n3", true, false, 0.5);
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas), "3/3");
    varz_until(&n, 5, 7);
    s = jsz(&n, 0);
    add_stream(s, 0, 0, 1);
    add_replica(s, "n2", true, false, 11);
    add_replica(s, "n3", true, false, 0.5);
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas), "2/3");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leadership), "ok");
    varz_until(&n, 10, 7);
    s = jsz(&n, 0);
    add_stream(s, 0, 0, 1);
    add_replica(s, "n2", true, false, 16);
    add_replica(s, "n3", true, true, 0.5);
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leadership), "no_quorum");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader_why), "leader n1 sees 1 of 3 replicas");
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    ck_assert_uint_eq(count_of(&n, OBJECT_REPLICA), 2);
    night_end(&n);
}
END_TEST

START_TEST(lag_slope_needs_three_points) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 8; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 1);
        add_consumer(s, "C", 1, 1, 1000 + 50 * (uint64_t)i, 100 * (uint64_t)i);
        send(&n, s);
        ck_assert_int_eq(is_new(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope), i < 2);
    }
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope), 10, 1e-6);
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s), 20, 1e-6);
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_delivered_per_s), 20, 1e-6);
    /* the ack floor of a new leader may lie further back */
    varz_until(&n, 40, 7);
    struct sample *s = jsz(&n, 2);
    add_consumer(s, "C", 2, 2, 900, 200);
    send(&n, s);
    ck_assert(is_new(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s));
    ck_assert(is_new(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope));
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag), 905);
    /* its first figures may still be catching up: the slope is made of those after them */
    for (int i = 9; i < 12; i++) {
        varz_until(&n, 5 * i, 7);
        s = jsz(&n, 2);
        add_consumer(s, "C", 2, 2, 1400 + 50 * (uint64_t)i, 200);
        send(&n, s);
    }
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope), 10, 1e-6);
    night_end(&n);
}
END_TEST

/* One consumer with an old message that nobody acknowledges: its ack floor stands still. */
static void send_stuck(struct night *n, uint64_t delivered, uint64_t place, uint64_t ack_pending,
                       int redelivered) {
    struct sample *s = jsz(n, 1);
    add_consumer(s, "C", 1, 1, 0, 7);
    struct row *row = row_of(s, ENTITY_CONSUMER);
    put_u(row, F_CONSUMER_delivered_consumer_seq, delivered);
    put_u(row, F_CONSUMER_delivered_stream_seq, place);
    put_u(row, F_CONSUMER_ack_pending, ack_pending);
    if (redelivered >= 0)
        put_u(row, F_CONSUMER_redelivered, (uint64_t)redelivered);
    send(n, s);
}

START_TEST(acks_behind_an_old_message_are_counted) {
    static const struct {
        uint64_t delivered, place, ack_pending;
        int redelivered; /* -1 not told */
        double acked_per_s;
        bool estimated;
    } steps[] = {
        {1250, 5250, 1, 0, 50, false},    {1500, 5500, 101, 0, 30, false},
        {1500, 5500, 1, 0, 20, false},    {1500, 5500, 1, 0, 0, false},
        {1750, 5750, 1, 1, 50, true},     {2000, 6000, 1, 0, 50, true},
        {2250, 7000, 1, 0, 50, false}, /* three of four are passed over by its filter */
        {2500, 7250, 1, -1, 50, true},    {2750, 7500, 1, 0, 50, true},
        {2850, 7550, 1, 0, 10, true},     /* each refused once, between two answers */
        {3850, 7650, 101, 0, 0, true},    /* each refused again and again */
        {4100, 7900, 401, 0, NAN, false}, /* nonsense, not less than nothing */
    };
    struct night n;
    begin_three(&n);
    send_stuck(&n, 1000, 5000, 1, 0);
    ck_assert(is_new(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        varz_until(&n, 5.0 * (double)(i + 1), 7);
        send_stuck(&n, steps[i].delivered, steps[i].place, steps[i].ack_pending, steps[i].redelivered);
        struct value v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_acked_per_s);
        if (isnan(steps[i].acked_per_s)) {
            ck_assert_int_eq(v.type, VALUE_UNKNOWN);
            continue;
        }
        ck_assert_int_eq(v.type, VALUE_REAL);
        ck_assert_double_eq_tol(v.f, steps[i].acked_per_s, 1e-6);
        ck_assert_int_eq((v.flags & VALUE_ESTIMATED) != 0, steps[i].estimated);
    }
    night_end(&n);
}
END_TEST

START_TEST(lag_is_kept_over_time) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 24; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 1);
        add_consumer(s, "C", 1, 1, i < 12 ? 95 : 195, 1);
        send(&n, s);
    }
    const struct series *series = model_series(n.model, consumer(&n, "C"), Q_CONSUMER_lag);
    ck_assert_ptr_nonnull(series);
    ck_assert_ptr_null(model_series(n.model, consumer(&n, "C"), Q_CONSUMER_pending));
    struct bucket b[2];
    series_read(series, NIGHT_UTC / NS_PER_S + 115, 60, 2, b);
    ck_assert_double_eq(b[0].min, 100);
    ck_assert_double_eq(b[1].min, 200);
    series_read(series, NIGHT_UTC / NS_PER_S, 1, 2, b);
    ck_assert(isnan(b[0].last) && b[1].last == 100);
    night_end(&n);
}
END_TEST

START_TEST(a_move_has_the_time_that_its_leader_tells) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 7);
    for (int node = 0; node < 2; node++) {
        struct sample *s = jsz(&n, node);
        add_stream(s, node, node, 1000);
        put_i(row_of(s, ENTITY_STREAM), F_STREAM_leader_since, NIGHT_UTC + ns(node ? 8.5 : -100));
        send(&n, s);
    }
    const struct event *event = model_event(n.model, model_event_count(n.model) - 1);
    ck_assert_str_eq(event->kind, "leader");
    ck_assert_int_eq(event->utc_ns, NIGHT_UTC + ns(8.5));
    night_end(&n);
}
END_TEST

START_TEST(who_just_came_back_leads_nothing_that_is_led) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 7);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    varz_until(&n, 12, 3);
    struct sample *back = build_varz(&n, 3, "ID9", names[2]);
    put_i(row_of(back, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + n.at - ns(1));
    send(&n, back);
    s = build(&n, 3, SHAPE_JSZ, "ID9");
    add_stream(s, 2, 2, 50); /* as it was when it died */
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n1");
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_seq), 1000);
    night_end(&n);
}
END_TEST

/* Between two answers it may have got more: its newest message is at most as old as that. */
START_TEST(the_age_of_the_newest_message_goes_on) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 100);
    put_i(row_of(s, ENTITY_STREAM), F_STREAM_last_ts, NIGHT_UTC + n.at - ns(0.5));
    send(&n, s);
    varz_until(&n, 1, 7);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_message), 1.5e9);
    ck_assert_int_eq(quantity_get(n.model, stream(&n), Q_STREAM_last_message).flags, 0);
    varz_until(&n, 4, 7);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_message), 4.5e9);
    ck_assert_int_eq(quantity_get(n.model, stream(&n), Q_STREAM_last_message).flags, VALUE_BOUND);
    ck_assert_int_eq(model_shape_age_ns(n.model, SHAPE_JSZ),
                     ns(4) + NS_PER_MS); /* it was asked a while before it answered */
    ck_assert_int_eq(model_shape_age_ns(n.model, SHAPE_CONNZ_FULL), -1);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("assets");
    tcase_add_test(t, a_group_without_leader_is_leaderless);
    tcase_add_test(t, an_r1_stream_of_a_dead_server_stays);
    tcase_add_test(t, what_nobody_lists_twice_is_deleted);
    tcase_add_test(t, what_its_leader_lists_no_more_is_not_ok);
    tcase_add_test(t, a_stream_whose_leader_sees_no_majority);
    tcase_add_test(t, lag_slope_needs_three_points);
    tcase_add_test(t, acks_behind_an_old_message_are_counted);
    tcase_add_test(t, lag_is_kept_over_time);
    tcase_add_test(t, a_move_has_the_time_that_its_leader_tells);
    tcase_add_test(t, who_just_came_back_leads_nothing_that_is_led);
    tcase_add_test(t, the_age_of_the_newest_message_goes_on);
    return t;
}

int main(void) {
    return run_case("model: assets", cases);
}
