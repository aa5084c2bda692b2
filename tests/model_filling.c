/* Connections that fill, as real servers told it (model_fills.h): when one will be cut, from when on that is
 * known, and how long its record lives. */
#include "tests/model_fills_played.h"

/* ---- when ---- */

static const struct fill *const steady[] = {
    &fill_stop,    &fill_stop_small, &fill_stop_held, &fill_slow,    &fill_slow_small, &fill_slow_old,
    &fill_trickle, &fill_slower,     &fill_large,     &fill_small,   &fill_kernel,     &fill_short,
    &fill_fast,    &fill_slow_again, &fill_half,      &fill_half_new};

static int first_above(const struct fill *fill, long long pending) {
    int i = 0;
    while (i < rows_of(fill) && fill->rows[i].pending < pending)
        i++;
    return i;
}

/* The first poll at which it holds half of what it may; of one that is cut before, of what it held at last.
 */
static int half_of(const struct fill *fill) {
    int last = rows_of(fill) - 1, half = first_above(fill, fill->max_pending / 2);
    return half <= last ? half : first_above(fill, fill->rows[last].pending / 2);
}

START_TEST(a_cut_is_foreseen_from_half_full_on) {
    const struct fill *fill = steady[_i];
    struct night n;
    begin(&n, fill);
    int half = half_of(fill), right = 0, asked = 0;
    double most = fmax(2 * POLL_S, 0.25 * (fill->cut - fill->rows[half].at));
    for (int i = 0; i < rows_of(fill); i++) {
        play(&n, fill, &fill->rows[i]);
        double foreseen = fill->rows[i].at + value_of(&n, Q_CONNECTION_cut_in) / 1e9;
        if (i == half)
            printf("%-75s cut at %6.2f s, foreseen for %6.2f at %6.2f\n", fill->what, fill->cut, foreseen,
                   fill->rows[i].at);
        if (i >= half) {
            asked++;
            right += fabs(foreseen - fill->cut) <= most;
        }
    }
    /* of long ones one poll may be off: the drain is known well only when the next write has ended */
    ck_assert_msg(right == asked || (asked > 4 && right >= asked - 1), "%s: %d of %d", fill->what, right,
                  asked);
    ck_assert_double_lt(
        fabs(fill->rows[rows_of(fill) - 1].at + value_of(&n, Q_CONNECTION_cut_in) / 1e9 - fill->cut),
        2 * POLL_S);
    go_to(&n, fill, fill->cut);
    ck_assert_ptr_nonnull(finding_of(&n, "cut_foreseen"));
    night_end(&n);
}
END_TEST

START_TEST(who_is_held_again_and_again_is_not_cut) {
    struct night n;
    begin(&n, &fill_never);
    for (int i = 0; i < rows_of(&fill_never); i++) {
        play(&n, &fill_never, &fill_never.rows[i]);
        ck_assert_ptr_null(finding_of(&n, "cut_foreseen"));
    }
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "slow reader");
    ck_assert_ptr_nonnull(finding_of(&n, "producers_held"));
    ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), "producers held for "));
    night_end(&n);
}
END_TEST

static const struct fill *const slows[] = {&fill_slow_old,   &fill_never,  &fill_slow,
                                           &fill_large,      &fill_slower, &fill_small,
                                           &fill_slow_again, &fill_kernel, &fill_half_new};

/* One write that ends in time takes nothing back: more waits behind it. */
START_TEST(a_warning_is_not_taken_back_by_the_next_poll) {
    const struct fill *fill = slows[_i];
    struct night n;
    bool warned = false;
    size_t count;
    begin(&n, fill);
    for (int i = 0; i < rows_of(fill); i++) {
        play(&n, fill, &fill->rows[i]);
        go_to(&n, fill, fill->rows[i].at + 0.2);
        const struct finding *findings = model_findings(n.model, &count);
        ck_assert_msg(count || !warned, "%s at %g", fill->what, fill->rows[i].at);
        for (size_t k = 0; k < count; k++)
            warned |= findings[k].severity >= SEVERITY_WARN;
    }
    ck_assert(warned);
    night_end(&n);
}
END_TEST

/* How long before the cut it is said, and said to be sure. */
static const struct {
    const struct fill *fill;
    double warned, sure;
} stops[] = {{&fill_soon, 7.5, 5.5},
             {&fill_soon_old, 7, 5},
             {&fill_soon_held, 6.5, 4.5},
             {&fill_little, 4.5, 2.5},
             {&fill_little_old, 4, 2}};

static bool is_said_by(struct night *n, const struct fill *fill, double until, const char *rule) {
    int row = 0;
    for (double t = 0; t < until; t += 0.5) {
        for (; row < rows_of(fill) && fill->rows[row].at <= t; row++)
            play(n, fill, &fill->rows[row]);
        go_to(n, fill, t);
        if (finding_of(n, rule))
            return true;
    }
    return false;
}

START_TEST(who_stops_is_foretold_in_time) {
    const struct fill *fill = stops[_i].fill;
    struct night n;
    begin(&n, fill);
    bool warned = is_said_by(&n, fill, fill->cut - stops[_i].warned, "cut_threatens") ||
                  finding_at(&n, "buffer_filling", SEVERITY_CRIT);
    ck_assert_msg(warned, "%s: no warning", fill->what);
    night_end(&n);
    begin(&n, fill);
    ck_assert_msg(is_said_by(&n, fill, fill->cut - stops[_i].sure, "cut_foreseen"), "%s", fill->what);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_cut_in) / 1e9,
                            fill->cut + BEFORE_S - (double)n.at / 1e9, 2);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "stopped");
    night_end(&n);
}
END_TEST

/* Some wait at each poll, and these are always others. */
START_TEST(who_keeps_up_with_little_is_well) {
    static const struct fill fill = {"", "2.15.2", 64 << 20, 10, 0, {{0, 0, 0, 0}}};
    struct night n;
    size_t count;
    begin(&n, &fill);
    for (int i = 0; i < 60; i++) {
        play(&n, &fill,
             &(struct fill_row){2 * i, i / 3 % 2 ? 500 * i : 5000, 40000LL * i + (i > 30) * 1000LL, 40 * i});
        model_findings(n.model, &count);
        ck_assert_uint_eq(count, 0);
        ck_assert_ptr_null(((const struct connection *)billing(&n)->extra)->filling);
    }
    night_end(&n);
}
END_TEST

/* ---- watched too late to see the write begin ---- */

static unsigned flags_of(const struct night *n, enum quantity q) {
    return quantity_get(n->model, billing(n), q).flags & (VALUE_BOUND | VALUE_ESTIMATED);
}

static const struct {
    const struct fill *fill;
    double from;
    unsigned flags;
} lates[] = {{&fill_stop, 8, VALUE_ESTIMATED},      {&fill_stop, 10, VALUE_ESTIMATED},
             {&fill_soon, 32, VALUE_ESTIMATED},     {&fill_soon, 36, VALUE_ESTIMATED},
             {&fill_soon_old, 34, VALUE_ESTIMATED}, {&fill_stop_held, 8, VALUE_BOUND},
             {&fill_stop_held, 12, VALUE_BOUND}};

/* Where as much comes all the time, what waits at first sight tells how long it has; else it is cut so late
 * at most. */
START_TEST(a_write_that_began_before_is_told_with_what_is_not_known) {
    const struct fill *fill = lates[_i].fill;
    const char *words = lates[_i].flags == VALUE_BOUND ? "write deadline within " : "s~";
    struct night n;
    int asked = 0, polls = 0;
    begin(&n, fill);
    for (int i = 0; i < rows_of(fill); i++) {
        if (fill->rows[i].at < lates[_i].from)
            continue;
        play(&n, fill, &fill->rows[i]);
        double foreseen = fill->rows[i].at + value_of(&n, Q_CONNECTION_cut_in) / 1e9;
        if (isnan(foreseen))
            continue;
        ck_assert_double_gt(foreseen, fill->cut - 0.5);
        if (++polls == 1)
            ck_assert_uint_eq(flags_of(&n, Q_CONNECTION_cut_in), VALUE_BOUND);
        if (polls < 2)
            continue;
        ck_assert_uint_eq(flags_of(&n, Q_CONNECTION_cut_in), lates[_i].flags);
        bool due = value_of(&n, Q_CONNECTION_cut_in) < 1e9;
        ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), due ? "write deadline due" : words));
        if (lates[_i].flags == VALUE_ESTIMATED)
            ck_assert_double_eq_tol(foreseen, fill->cut, 1);
        asked++;
    }
    ck_assert_int_gt(asked, 0);
    night_end(&n);
}
END_TEST

START_TEST(what_comes_unsteadily_tells_no_time) {
    static const struct fill fill = {"", "2.15.2", 64 << 20, 20, 0, {{0, 0, 0, 0}}};
    struct night n;
    begin(&n, &fill);
    for (int i = 0; i < 4; i++) {
        long long more = (i + i / 2) * 2000000LL;
        play(&n, &fill, &(struct fill_row){2 * i, 4000000 + more, 40000000 + more, 10000 + more / 4000});
    }
    ck_assert_uint_eq(flags_of(&n, Q_CONNECTION_cut_in), VALUE_BOUND);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_cut_in) / 1e9, 20 - 6, 0.1);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "write deadline within 14s");
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_step), "cut \u226414s");
    char text[200];
    go_to(&n, &fill, 7);
    finding_text_of(n.model, finding_of(&n, "cut_foreseen"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "n1 cid 9 billing: write deadline within "), text);
    night_end(&n);
}
END_TEST

/* ---- its life ---- */

static const struct connection *extra_of(const struct night *n) {
    return billing(n)->extra;
}

START_TEST(quiet_ones_have_no_record) {
    struct night n;
    size_t count;
    begin(&n, &fill_stop);
    for (int poll = 0; poll < 3; poll++) {
        go_to(&n, &fill_stop, 2 * poll);
        struct sample *s = build(&n, 1, SHAPE_CONNZ_HOT, "IDA");
        put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 10000);
        for (uint64_t cid = 1; cid <= 10000; cid++)
            add_connection(s, cid,
                           &(struct fill_row){0, (long long)(cid % 30) * 1000, poll * 1000000LL, poll * 100});
        send(&n, s);
    }
    const struct object *const *all = model_objects(n.model, OBJECT_CONNECTION, &count);
    ck_assert_uint_eq(count, 10000);
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_null(((const struct connection *)all[i]->extra)->filling);
    ck_assert_double_gt(number_value(&n, all[0], Q_CONNECTION_drain), 0); /* by its rates alone */
    night_end(&n);
}
END_TEST

START_TEST(a_record_ends_when_it_was_quiet_for_a_while) {
    struct night n;
    play_until(&n, &fill_burst, 15);
    ck_assert_ptr_nonnull(extra_of(&n)->filling);
    struct fill_row row = {16, 0, 40000000, 10000};
    for (; row.at < 60; row.at += 2, row.out_bytes += 600000, row.out_msgs += 150) {
        play(&n, &fill_burst, &row);
        if (row.at < 40)
            ck_assert_ptr_nonnull(extra_of(&n)->filling);
        if (row.at == 26)
            ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "emptied 10s ago");
    }
    ck_assert_ptr_null(extra_of(&n)->filling);
    night_end(&n);
}
END_TEST

START_TEST(a_paused_screen_has_its_own) {
    struct night n;
    play_until(&n, &fill_stop, 13);
    struct night paused = n;
    paused.model = model_clone(n.model);
    play(&n, &fill_stop, &(struct fill_row){15, 0, 40000000, 10000});
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "");
    night_end(&n);
    ck_assert_str_eq(words_of(&paused, Q_CONNECTION_likely), "stopped");
    ck_assert_ptr_nonnull(strstr(words_of(&paused, Q_CONNECTION_next), "write deadline in "));
    night_end(&paused);
}
END_TEST

START_TEST(a_record_of_its_end_ends_it_and_keeps_the_reason) {
    struct night n;
    play_until(&n, &fill_stop, 15);
    struct sample *s = build(&n, 1, SHAPE_CONNZ_CLOSED, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    struct row *row = add_connection(s, 9, &(struct fill_row){0, 20099456, 32000000, 7800});
    put_i(row, F_CONNECTION_stop, NIGHT_UTC + n.at);
    put_text(s, row, F_CONNECTION_reason, "Slow Consumer (Write Deadline)");
    send(&n, s);
    ck_assert_ptr_null(extra_of(&n)->filling);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "stopped");
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "");
    ck_assert(isnan(value_of(&n, Q_CONNECTION_cut_in)));
    night_end(&n);
}
END_TEST

START_TEST(nonsense_does_no_harm) {
    static const struct fill_row rows[] = {
        {1, 0, 0, 0},          {2, 50000000, 1, 1},
        {3, INT64_MAX, 2, 2},  {4, 60000000, INT64_MAX, INT64_MAX},
        {5, 50000000, 0, 0},   {6, -5, -5, -5},
        {7, 64000001, 10, 10}, {8, 64000001, 10, 9},
        {8.05, 1, 1, 1},       {10, 63000000, 1000, 1},
    };
    struct night n;
    begin(&n, &fill_stop);
    for (int i = 0; i < COUNT(rows); i++) {
        play(&n, &fill_stop, &rows[i]);
        double left = value_of(&n, Q_CONNECTION_cut_in), drain = value_of(&n, Q_CONNECTION_drain);
        ck_assert(isnan(left) || left >= 0);
        ck_assert(isnan(drain) || drain >= 0);
        words_of(&n, Q_CONNECTION_next);
    }
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *tc = tcase_create("filling");
    tcase_add_loop_test(tc, a_cut_is_foreseen_from_half_full_on, 0, COUNT(steady));
    tcase_add_test(tc, who_is_held_again_and_again_is_not_cut);
    tcase_add_loop_test(tc, a_warning_is_not_taken_back_by_the_next_poll, 0, COUNT(slows));
    tcase_add_loop_test(tc, who_stops_is_foretold_in_time, 0, COUNT(stops));
    tcase_add_test(tc, who_keeps_up_with_little_is_well);
    tcase_add_loop_test(tc, a_write_that_began_before_is_told_with_what_is_not_known, 0, COUNT(lates));
    tcase_add_test(tc, what_comes_unsteadily_tells_no_time);
    tcase_add_test(tc, quiet_ones_have_no_record);
    tcase_add_test(tc, a_record_ends_when_it_was_quiet_for_a_while);
    tcase_add_test(tc, a_paused_screen_has_its_own);
    tcase_add_test(tc, a_record_of_its_end_ends_it_and_keeps_the_reason);
    tcase_add_test(tc, nonsense_does_no_harm);
    return tc;
}

int main(void) {
    return run_case("model/filling", cases);
}
