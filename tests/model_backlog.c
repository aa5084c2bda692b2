#include "tests/model_lagging.h"

static int flags_of(const struct night *n, enum quantity q) {
    return quantity_get(n->model, consumer(n, "C"), q).flags;
}

/* A stream that takes 100 messages a second since second -1000, and who has acknowledged up to `floor`. */
static struct told_stream steady(const struct night *n) {
    double at = (double)n->at / 1e9;
    return told(1, 100000 + (uint64_t)(100 * at), -1000, at);
}

static struct told_consumer behind(const struct told_stream *stream, uint64_t floor) {
    return (struct told_consumer){.pending = stream->last - floor,
                                  .deliveries = floor,
                                  .delivered = floor,
                                  .floor = floor,
                                  .floor_deliveries = floor,
                                  .last_delivered = NEVER,
                                  .last_ack = NEVER};
}

static void watch(struct night *n, double from, double to, uint64_t floor) {
    for (double at = from; at <= to; at += 5) {
        varz_until(n, at, 7);
        struct told_stream stream = steady(n);
        struct told_consumer consumer = behind(&stream, floor);
        tell(n, &stream, &consumer);
    }
}

START_TEST(what_came_before_we_watched_is_estimated) {
    struct night n;
    begin_three(&n);
    struct told_stream stream = steady(&n);
    struct told_consumer c = behind(&stream, 40000);
    tell(&n, &stream, &c);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 600, 0.1); /* 60 s of 1000 for each 6000 */
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_ESTIMATED);
    night_end(&n);
}
END_TEST

START_TEST(the_first_and_the_last_message_are_known) {
    struct night n;
    begin_three(&n);
    struct told_stream stream = told(500, 600, -7200, -30);
    struct told_consumer c = behind(&stream, 499);
    tell(&n, &stream, &c);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 7200, 1e-6);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), 0);
    varz_until(&n, 5, 7);
    c = behind(&stream, 599);
    tell(&n, &stream, &c);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 35, 1e-6);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), 0);
    night_end(&n);
}
END_TEST

START_TEST(what_came_while_we_watched_is_measured) {
    struct night n;
    begin_three(&n);
    watch(&n, 0, 60, 100950); /* that one came at 9.51 */
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 60 - 9.51, 0.02);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), 0);
    struct told_stream stream = steady(&n);
    struct told_consumer c = behind(&stream, stream.last);
    varz_until(&n, 60.5, 7);
    tell(&n, &stream, &c);
    ck_assert_double_eq(seconds(&n, Q_CONSUMER_time_behind), 0);
    night_end(&n);
}
END_TEST

/* Bursts of 500, each in its first second of ten: the history tells them apart to the poll. */
START_TEST(an_uneven_load_is_measured_to_the_poll) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 300; at += 5) {
        varz_until(&n, at, 7);
        uint64_t last = 1000 + 500 * (uint64_t)((at + 9) / 10);
        struct told_stream stream = told(1, last, -5000, at ? (at - 1) / 10 * 10 + 1 : 0);
        struct told_consumer c = behind(&stream, 1000 + 500 * 4 + 250); /* of the burst in second 40 */
        if (last <= c.floor)
            c = behind(&stream, last);
        tell(&n, &stream, &c);
    }
    double age = seconds(&n, Q_CONSUMER_time_behind);
    ck_assert_msg(age >= 255 && age <= 260, "%f", age);
    night_end(&n);
}
END_TEST

/* Four hours of 5 s polls in 256 points: nothing is off by more than a thirtieth of its age. */
START_TEST(an_old_history_is_thinned_not_lost) {
    struct night n;
    begin_three(&n);
    const double end = 4 * 3600;
    uint64_t total = 0, at_seq[2880 + 1];
    for (int i = 0; i <= 2880; i++) {
        varz_until(&n, 5 * i, 1);
        at_seq[i] = total += 50 + (uint64_t)(i / 360 % 2) * 2000; /* another load each half hour */
        struct told_stream stream = told(1, total, -100, 5 * i);
        struct told_consumer c = behind(&stream, total - 1);
        c.filter = NULL;
        tell(&n, &stream, &c);
    }
    for (int i = 1; i <= 2880; i += 37) {
        struct told_stream stream = told(1, total, -100, end);
        struct told_consumer c = behind(&stream, at_seq[i] - 1);
        int turn = i / 37;
        varz_until(&n, end + turn * 0.3 + 1, 1);
        tell(&n, &stream, &c);
        double age = (double)n.at / 1e9 - 5 * i;
        ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), 0);
        ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), age, age / 15 + 5);
    }
    night_end(&n);
}
END_TEST

START_TEST(nothing_is_older_than_no_lag) {
    struct night n;
    begin_three(&n);
    struct told_stream stream = steady(&n);
    struct told_consumer c = behind(&stream, stream.last);
    c.filter = "orders.rare";
    tell(&n, &stream, &c);
    varz_until(&n, 30, 7);
    stream = steady(&n);
    tell(&n, &stream, &c);
    varz_until(&n, 35, 7);
    stream = steady(&n);
    c.pending = 1; /* of 500 messages, 3500 behind the floor */
    tell(&n, &stream, &c);
    ck_assert_double_le(seconds(&n, Q_CONSUMER_time_behind), 5);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_BOUND);
    char cell[20];
    value_format(cell, sizeof cell, quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_time_behind),
                 UNIT_NS);
    ck_assert_str_eq(cell, "≤5.0s");
    night_end(&n);
}
END_TEST

START_TEST(a_filtered_backlog_from_before_is_a_bound) {
    struct night n;
    begin_three(&n);
    struct told_stream stream = steady(&n);
    struct told_consumer c = behind(&stream, 40000);
    c.filter = "orders.>";
    c.pending = 200;
    tell(&n, &stream, &c);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 1000, 0.1); /* as its first message */
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_BOUND);
    ck_assert_int_eq(quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_late).type, VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

/* Six thousand at once 70 s before we watch, then 20 a second, as many as are done: what is at most is so,
 * and what is proven makes it late. */
START_TEST(a_bound_of_a_filtered_backlog_holds) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 100; at += 5) {
        uint64_t after = 20 * (70 + (uint64_t)at);
        struct told_stream stream = told(1, 6400 + after, -71, at);
        struct told_consumer c = behind(&stream, 200 + after);
        c.filter = "a", c.pending = 6000;
        c.deliveries = c.floor_deliveries = after;
        c.last_delivered = c.last_ack = at, c.waiting = 1;
        varz_until(&n, at, 7);
        tell(&n, &stream, &c);
        struct value v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_time_behind);
        ck_assert_int_eq(v.flags, VALUE_BOUND);
        ck_assert_msg((double)v.i / 1e9 >= at + 70, "second %d: %g", at, (double)v.i / 1e9);
        const char *state = text_value(&n, consumer(&n, "C"), Q_CONSUMER_state);
        ck_assert_str_eq(state, at > 60 ? "stays_behind" : "unknown");
    }
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_late), 100, 0.1);
    night_end(&n);
}
END_TEST

/* While we look on, too: 500 come at second 1 of each ten and one at second 9, and its oldest is among the
 * first of them. What was delivered again hides what its counts would tell. */
START_TEST(a_bound_in_sight_holds) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 60; at += 10) {
        struct told_stream stream = told(1, 1000 + 501 * (uint64_t)(at / 10), -5000, at - 1);
        struct told_consumer c = behind(&stream, at ? 1000 + 399 : 998);
        c.filter = "a", c.pending = 1, c.redelivered = 1, c.deliveries = c.floor_deliveries = 7;
        varz_until(&n, at, 7);
        tell(&n, &stream, &c);
        ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_BOUND);
        ck_assert_msg(!at || seconds(&n, Q_CONSUMER_time_behind) >= at - 1, "second %d: %g", at,
                      seconds(&n, Q_CONSUMER_time_behind));
    }
    ck_assert_double_le(seconds(&n, Q_CONSUMER_time_behind), 60.001);
    night_end(&n);
}
END_TEST

/* It works off 20 a second of its own, and all that it had 5 s ago is done: what it has is at most 5 s old,
 * and by its own rate 1.5 s. */
START_TEST(a_filtered_consumer_that_keeps_up_is_measured_by_itself) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 20; at += 5) {
        varz_until(&n, at, 7);
        struct told_stream stream = steady(&n);
        struct told_consumer c = behind(&stream, stream.last - 200);
        c.filter = "orders.>";
        c.pending = 10, c.ack_pending = 20;
        c.floor_deliveries = 1000 + 20 * (uint64_t)at;
        c.deliveries = c.floor_deliveries + 20;
        tell(&n, &stream, &c);
    }
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 1.5, 1e-6);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_ESTIMATED);
    night_end(&n);
}
END_TEST

START_TEST(without_acks_the_deliveries_count) {
    struct night n;
    begin_three(&n);
    watch(&n, 0, 40, 100000);
    struct told_stream stream = steady(&n);
    struct told_consumer c = behind(&stream, 102000); /* came at 20 */
    c.ack_policy = "none";
    c.floor = 0;
    varz_until(&n, 40.5, 7);
    tell(&n, &stream, &c);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 20.5, 0.05);
    night_end(&n);
}
END_TEST

/* Another server, whose clock is two minutes ahead, leads both from second 30 on: same age, no jump. */
START_TEST(clocks_that_disagree_make_no_jump) {
    static const double skews[] = {120, -120, 3600};
    for (size_t i = 0; i < sizeof skews / sizeof *skews; i++) {
        struct night n;
        double last = 0;
        begin_three(&n);
        for (int at = 0; at <= 90; at += 5) {
            bool moved = at >= 30;
            double skew = moved ? skews[i] : 0;
            varz_until(&n, at, moved ? 0 : 7);
            struct sample *v = build_varz(&n, 2, ids[1], names[1]);
            put_i(row_of(v, ENTITY_ANSWER), F_ANSWER_now, NIGHT_UTC + n.at + ns(skew));
            send(&n, v);
            struct told_stream stream = steady(&n);
            struct told_consumer c = behind(&stream, 100500); /* came at 5.01 */
            if (stream.last <= c.floor)
                c = behind(&stream, stream.last);
            if (moved) { /* who led before says who does now */
                struct sample *follower = jsz(&n, 0);
                add_stream(follower, 0, 1, 0);
                add_consumer(follower, "C", 0, 1, 0, 0);
                send(&n, follower);
            }
            struct sample *s = jsz(&n, moved);
            put_i(row_of(s, ENTITY_ANSWER), F_ANSWER_now, NIGHT_UTC + n.at + ns(skew));
            tell_stream(s, &stream, skew);
            tell_consumer(s, &c, skew);
            put_text(s, row_of(s, ENTITY_STREAM), F_STREAM_leader, names[moved]);
            put_text(s, row_of(s, ENTITY_CONSUMER), F_CONSUMER_leader, names[moved]);
            send(&n, s);
            double age = seconds(&n, Q_CONSUMER_time_behind);
            ck_assert_msg(at <= 5 ? age == 0 : fabs(age - (at - 5)) < 0.1, "%d s: %f behind", at, age);
            ck_assert_double_ge(age, last);
            last = age;
        }
        night_end(&n);
    }
}
END_TEST

/* The stream counts anew, or is another one that has already got further. */
START_TEST(another_stream_of_the_name_has_no_history) {
    static const uint64_t firsts[] = {10, 300000};
    for (int i = 0; i < 2; i++) {
        struct night n;
        begin_three(&n);
        watch(&n, 0, 40, 100950);
        varz_until(&n, 45, 7);
        struct told_stream stream = told(1, firsts[i], 41, 45);
        stream.created = 41;
        struct told_consumer c = behind(&stream, 0);
        c.created = 41;
        tell(&n, &stream, &c);
        ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 4, 1e-6);
        night_end(&n);
    }
}
END_TEST

/* No row of the stream has them yet: its leader is asked at another time than the consumer's. */
START_TEST(what_no_stream_row_has_yet_is_foreseen) {
    struct night n;
    begin_three(&n);
    watch(&n, 0, 20, 100000);
    varz_until(&n, 24, 7);
    struct sample *s = jsz(&n, 0);
    struct told_stream now = steady(&n);
    struct told_consumer c = behind(&now, 102200); /* comes at 22 */
    tell_consumer(s, &c, 0);
    send(&n, s);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 2, 0.02);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_ESTIMATED);
    night_end(&n);
}
END_TEST

START_TEST(drain_ends_or_never_does) {
    static const struct {
        double per_s, drain; /* of the lag at second 40; NAN: never */
        bool draining, left; /* nobody pulls: what goes, goes by itself */
    } rows[] = {{-50, 160, true, false},
                {50, NAN, false, false},
                {0, NAN, false, false},
                {-0.001, NAN, false, false},
                {-50, NAN, false, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct night n;
        begin_three(&n);
        for (int at = 0; at <= 40; at += 5) {
            varz_until(&n, at, 7);
            struct told_stream stream = steady(&n);
            struct told_consumer c = behind(&stream, 0);
            c.pending = (uint64_t)(8000 + rows[i].per_s * (at - 40));
            c.deliveries += rows[i].left ? 0 : (uint64_t)at;
            tell(&n, &stream, &c);
            ck_assert(at >= 10 || is_new(&n, consumer(&n, "C"), Q_CONSUMER_drain));
        }
        struct value v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_drain);
        char cell[20];
        double number;
        ck_assert_int_eq(v.type, VALUE_SPAN);
        ck_assert(value_number(v, &number));
        if (isnan(rows[i].drain)) {
            value_format(cell, sizeof cell, v, UNIT_NS);
            ck_assert_str_eq(cell, "never");
            struct value longest = {.type = VALUE_SPAN, .i = 365 * 86400 * NS_PER_S};
            ck_assert_int_gt(value_compare(v, longest), 0);
            ck_assert_double_gt(number, 3600e9);
        } else {
            ck_assert_double_eq_tol(number / 1e9, rows[i].drain, 1e-6);
        }
        ck_assert_int_eq(quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_draining).b, rows[i].draining);
        varz_until(&n, 45, 7);
        struct told_stream stream = steady(&n);
        struct told_consumer c = behind(&stream, stream.last);
        tell(&n, &stream, &c);
        ck_assert_double_eq(seconds(&n, Q_CONSUMER_drain), 0);
        ck_assert(!quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_draining).b);
        night_end(&n);
    }
}
END_TEST

/* Its floor stands where its last own message was; what limits took is behind nobody. */
START_TEST(nothing_is_older_than_what_the_stream_has) {
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 300; at += 5) {
        varz_until(&n, at, 7);
        uint64_t last = 10000 + (uint64_t)(10 * at);
        struct told_stream s = told(last - 1200, last, at - 120, at);
        struct told_consumer c = {.pending = 20, .floor = 9000, .delivered = 9000, .deliveries = 900};
        c.filter = "a.>", s.max_age = 120;
        tell(&n, &s, &c);
        ck_assert_double_le(seconds(&n, Q_CONSUMER_time_behind), 120.001);
    }
    varz_until(&n, 310, 7); /* and the stream itself has not told since */
    struct sample *sample = jsz(&n, 0);
    struct told_consumer c = {.pending = 20, .floor = 9000, .delivered = 9000, .deliveries = 900};
    c.filter = "a.>";
    tell_consumer(sample, &c, 0);
    send(&n, sample);
    ck_assert_double_le(seconds(&n, Q_CONSUMER_time_behind), 120.001);
    night_end(&n);
}
END_TEST

/* A hundred at once each ten seconds, and polls as far apart: when they came is not known, and that they did
 * by then is. The oldest is of those of second 38. */
START_TEST(what_came_at_once_between_two_looks_is_a_guess) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 40; at += 10) {
        varz_until(&n, at, 7);
        uint64_t last = 1000 + 100 * (uint64_t)((at + 2) / 10);
        struct told_stream stream = told(1, last, -5000, at - 2);
        struct told_consumer c = behind(&stream, last - 100);
        tell(&n, &stream, &c);
    }
    ck_assert_double_gt(seconds(&n, Q_CONSUMER_time_behind), 9);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_ESTIMATED);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_late), 2, 0.1);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_late), VALUE_LEAST);
    night_end(&n);
}
END_TEST

/* The same, evenly. */
START_TEST(an_even_load_is_measured) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 40; at += 10) {
        varz_until(&n, at, 7);
        struct told_stream stream = steady(&n);
        struct told_consumer c = behind(&stream, stream.last - 700);
        tell(&n, &stream, &c);
    }
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 7, 0.05);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), 0);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_late), 7, 0.05);
    night_end(&n);
}
END_TEST

/* Ten a second are its own, and it is 30 s behind all the time: its own counts tell, though its floor says
 * nothing of when they came. What is delivered again counts twice, so then less is known. */
START_TEST(a_filtered_consumer_is_measured_by_its_own_counts) {
    for (int again = 0; again < 2; again++) {
        struct night n;
        begin_three(&n);
        for (int at = 0; at <= 120; at += 5) {
            varz_until(&n, at, 7);
            struct told_stream stream = steady(&n);
            struct told_consumer c = behind(&stream, stream.last - 3200);
            c.filter = "orders.>";
            c.pending = 280, c.ack_pending = 20, c.delivered = stream.last - 2800;
            c.floor_deliveries = 1000 + 10 * (uint64_t)at;
            c.deliveries = c.floor_deliveries + 20;
            c.redelivered = (unsigned)again;
            tell(&n, &stream, &c);
            ck_assert(at > 10 || flags_of(&n, Q_CONSUMER_time_behind));
        }
        struct value v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_time_behind);
        double late = seconds(&n, Q_CONSUMER_late);
        if (!again)
            ck_assert_double_eq_tol((double)v.i / 1e9, 30, 0.2);
        ck_assert_msg(late > 20 && late <= 30, "%f", late);
        ck_assert_int_eq(flags_of(&n, Q_CONSUMER_late), VALUE_LEAST);
        night_end(&n);
    }
}
END_TEST

/* What it reads is not told yet: it may be a part, and it is guessed as if it were all. */
START_TEST(without_its_configuration_nothing_is_measured) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 40; at += 5) {
        varz_until(&n, at, 7);
        struct told_stream stream = steady(&n);
        struct told_consumer c = behind(&stream, 101000);
        if (stream.last <= c.floor)
            c = behind(&stream, stream.last);
        c.unconfigured = true;
        tell(&n, &stream, &c);
    }
    ck_assert_int_ne(flags_of(&n, Q_CONSUMER_time_behind), 0);
    night_end(&n);
    begin_three(&n);
    struct told_stream stream = steady(&n);
    struct told_consumer c = behind(&stream, 40000);
    c.unconfigured = true;
    tell(&n, &stream, &c);
    ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_time_behind), 600, 0.1);
    ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_ESTIMATED);
    night_end(&n);
}
END_TEST

/* Two thousand from before we watched: guessed, and so old at least as we watch. */
START_TEST(what_is_proven_grows_while_we_watch) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 90; at += 5) {
        varz_until(&n, at, 7);
        struct told_stream stream = steady(&n);
        struct told_consumer c = behind(&stream, 98000);
        tell(&n, &stream, &c);
        struct value late = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_late);
        ck_assert_int_eq(flags_of(&n, Q_CONSUMER_time_behind), VALUE_ESTIMATED);
        ck_assert(at ? late.type == VALUE_SPAN && late.flags == VALUE_LEAST : late.type == VALUE_UNKNOWN);
        ck_assert(!at || fabs((double)late.i / 1e9 - at) < 0.1);
    }
    night_end(&n);
}
END_TEST

/* Nothing is proven of what is not known: it is held once its place has stood for long before our eyes. */
START_TEST(of_an_unknown_age_nothing_is_proven) {
    struct night n;
    begin_three(&n);
    for (int at = 0; at <= 5; at += 5) {
        varz_until(&n, at, 7);
        struct sample *s = jsz(&n, 0);
        struct row *row = add_consumer(s, "C", 0, 0, 0, 100); /* of a stream that nobody lists */
        put_u(row, F_CONSUMER_delivered_consumer_seq, 1000);
        put_u(row, F_CONSUMER_delivered_stream_seq, 1000);
        put_u(row, F_CONSUMER_ack_floor_stream_seq, 100);
        send(&n, s);
        ck_assert(isnan(seconds(&n, Q_CONSUMER_time_behind)));
        ck_assert_int_eq(quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_held).b, at == 5);
    }
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("backlog");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, of_an_unknown_age_nothing_is_proven);
    tcase_add_test(t, what_came_before_we_watched_is_estimated);
    tcase_add_test(t, the_first_and_the_last_message_are_known);
    tcase_add_test(t, what_came_while_we_watched_is_measured);
    tcase_add_test(t, an_uneven_load_is_measured_to_the_poll);
    tcase_add_test(t, an_old_history_is_thinned_not_lost);
    tcase_add_test(t, nothing_is_older_than_no_lag);
    tcase_add_test(t, a_filtered_backlog_from_before_is_a_bound);
    tcase_add_test(t, a_bound_of_a_filtered_backlog_holds);
    tcase_add_test(t, a_bound_in_sight_holds);
    tcase_add_test(t, a_filtered_consumer_that_keeps_up_is_measured_by_itself);
    tcase_add_test(t, without_acks_the_deliveries_count);
    tcase_add_test(t, clocks_that_disagree_make_no_jump);
    tcase_add_test(t, another_stream_of_the_name_has_no_history);
    tcase_add_test(t, what_no_stream_row_has_yet_is_foreseen);
    tcase_add_test(t, drain_ends_or_never_does);
    tcase_add_test(t, nothing_is_older_than_what_the_stream_has);
    tcase_add_test(t, what_came_at_once_between_two_looks_is_a_guess);
    tcase_add_test(t, an_even_load_is_measured);
    tcase_add_test(t, a_filtered_consumer_is_measured_by_its_own_counts);
    tcase_add_test(t, without_its_configuration_nothing_is_measured);
    tcase_add_test(t, what_is_proven_grows_while_we_watch);
    return t;
}

int main(void) {
    return run_case("model: backlog", cases);
}
