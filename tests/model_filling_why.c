/* Connections that fill, as real servers told it (model_fills.h) and as none says: why, and what is next. */
#include "tests/model_fills_played.h"

/* ---- why, and what next ---- */

START_TEST(a_reader_that_stops) {
    struct night n;
    play_until(&n, &fill_stop, 13);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "stopped");
    ck_assert_double_eq(value_of(&n, Q_CONNECTION_drain), 0);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_pending_slope), 2e6, 0.1e6);
    ck_assert_ptr_eq(strstr(words_of(&n, Q_CONNECTION_next), "write deadline in "),
                     words_of(&n, Q_CONNECTION_next));
    double left = value_of(&n, Q_CONNECTION_cut_in);
    go_to(&n, &fill_stop, 14.5); /* no row since */
    ck_assert_double_lt(value_of(&n, Q_CONNECTION_cut_in), left - 1e9);
    char text[200];
    finding_text_of(n.model, finding_of(&n, "cut_foreseen"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "n1 cid 9 billing: write deadline in "), text);
    ck_assert_ptr_nonnull(strstr(text, ", stopped, pending "));
    night_end(&n);
}
END_TEST

START_TEST(a_slow_reader) {
    struct night n;
    play_until(&n, &fill_slow, 31);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "slow reader");
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_drain), 1e6, 0.1e6);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_pending_slope), 1e6, 0.1e6);
    ck_assert_ptr_eq(strstr(words_of(&n, Q_CONNECTION_next), "cut in 1"), words_of(&n, Q_CONNECTION_next));
    ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), "s, producers held from 75% full in "));
    ck_assert(isnan(value_of(&n, Q_CONNECTION_held_for)));
    night_end(&n);
    play_until(&n, &fill_slow, 43);
    ck_assert_double_ge(value_of(&n, Q_CONNECTION_held_for), 1.9e9);
    ck_assert_ptr_eq(strstr(words_of(&n, Q_CONNECTION_next), "producers held, cut in "),
                     words_of(&n, Q_CONNECTION_next));
    night_end(&n);
}
END_TEST

/* What waits has its protocol around it, which what was sent is counted without. */
START_TEST(small_messages_are_larger_on_the_wire) {
    struct night n;
    play_until(&n, &fill_small, 13);
    double out = value_of(&n, Q_CONNECTION_out_bytes_per_s);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_pending_slope) / out, 1.15, 0.02);
    night_end(&n);
}
END_TEST

START_TEST(flat_while_producers_are_held) {
    struct night n;
    play_until(&n, &fill_stop_held, 23);
    ck_assert_double_ge(value_of(&n, Q_CONNECTION_flat_for), 8e9);
    ck_assert_double_ge(value_of(&n, Q_CONNECTION_held_for), 8e9);
    ck_assert_ptr_eq(strstr(words_of(&n, Q_CONNECTION_next), "flat for "), words_of(&n, Q_CONNECTION_next));
    ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), "s: write deadline in "));
    ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), ", producers held"));
    night_end(&n);
}
END_TEST

/* 1 kB/s does not show within one write: what is proven of it is said, also when it has been cut. */
START_TEST(who_stops_may_read_a_little) {
    struct night n;
    char text[200];
    play_until(&n, &fill_stop, 17);
    double most = value_of(&n, Q_CONNECTION_reads_most);
    ck_assert_double_eq_tol(most, 3700800 / 8.0, 1000);
    finding_text_of(n.model, finding_of(&n, "cut_foreseen"), 1, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, ", reads < 452K/s"));
    night_end(&n);
    play_until(&n, &fill_slow, 31);
    ck_assert(isnan(value_of(&n, Q_CONNECTION_reads_most)));
    night_end(&n);
}
END_TEST

/* 2.6 MB each two seconds, nothing leaves, max_pending 16 MB: up to that poll. */
static void play_stopped(struct night *n, const char *version, int polls, int stalls, int from_clients) {
    struct fill fill = {"", version, 16000000, 30, 0, {{0, 0, 0, 0}}};
    begin(n, &fill);
    for (int i = 0; i < polls; i++) {
        counted.stalls = stalls < 0 ? -1 : i > 4 ? (i - 4) * stalls : 0;
        counted.from_clients_per_s = from_clients;
        counted.each = false;
        play(n, &fill, &(struct fill_row){2 * i, i * 2600000LL, 9000000 + i * 2600000LL, 1000 + i * 100});
    }
    go_to(n, &fill, 2 * polls - 1.5);
}

static const struct {
    const char *version;
    int polls, stalls, from_clients;
    const char *next, *unheld; /* how it begins; NULL not known */
} helds[] = {
    {"2.15.2", 7, 40, 50, "producers held, cut due", NULL},
    {"2.15.2", 7, 0, 50, "cut due", "its server counts no pause"},
    {"2.15.2", 6, 0, 50, "cut in 1s", NULL}, /* above it at one poll */
    {"2.15.2", 3, 0, 50, "cut in 7s, producers held from 75% full in 4s", NULL},
    {"2.15.2", 3, 0, 0, "cut in 7s", "no client of its server sends as much"},
    {"2.15.2", 7, 0, 0, "cut due", "no client of its server sends as much"},
    {"2.11.0", 7, -1, -1, "producers held, cut due", NULL},
    {"2.9.10", 7, -1, -1, "cut due", "as much comes as before"},
};

START_TEST(nobody_is_held_unless_pauses_are_counted) {
    struct night n;
    play_stopped(&n, helds[_i].version, helds[_i].polls, helds[_i].stalls, helds[_i].from_clients);
    const char *next = words_of(&n, Q_CONNECTION_next), *unheld = words_of(&n, Q_CONNECTION_unheld);
    ck_assert_msg(strncmp(next, helds[_i].next, strlen(helds[_i].next)) == 0, "%s", next);
    ck_assert_msg(helds[_i].unheld ? strstr(unheld, helds[_i].unheld) == unheld : !*unheld, "%s", unheld);
    ck_assert_int_eq(!isnan(value_of(&n, Q_CONNECTION_held_for)), strstr(next, "producers held,") != NULL);
    if (helds[_i].unheld || !strchr(helds[_i].next, ','))
        ck_assert_ptr_null(strstr(next, "held"));
    night_end(&n);
}
END_TEST

/* What was foreseen has run out, and what is shown is still the poll before it: no count of seconds is told.
 */
START_TEST(what_has_run_out_is_due) {
    struct night n;
    play_stopped(&n, "2.15.2", 4, 0, 50);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "cut in 5s, producers held from 75% full in 2s");
    night_until(&n, (double)n.at / 1e9 + 2.4);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next),
                     "cut in 3s, producers held from 75% full, due by its growth");
    night_end(&n);
    play_stopped(&n, "2.15.2", 7, 0, 50);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_step), "cut due");
    night_end(&n);
    play_stopped(&n, "2.15.2", 7, 40, 50);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "producers held, cut due");
    night_end(&n);
}
END_TEST

START_TEST(silence_after_a_burst) {
    struct night n;
    play_until(&n, &fill_silence, 6.5);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), ""); /* it may drain yet, or not */
    night_end(&n);
    play_until(&n, &fill_silence, 11);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "stopped");
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_cut_in) / 1e9, fill_silence.cut - 10, 1);
    night_end(&n);
}
END_TEST

START_TEST(a_burst_wakes_nobody) {
    struct night n;
    begin(&n, &fill_burst);
    bool seen = false;
    for (int i = 0; i < rows_of(&fill_burst); i++) {
        size_t count;
        play(&n, &fill_burst, &fill_burst.rows[i]);
        seen |= strcmp(words_of(&n, Q_CONNECTION_likely), "burst") == 0;
        const struct finding *findings = model_findings(n.model, &count);
        for (size_t f = 0; f < count; f++)
            ck_assert_int_lt(findings[f].severity, SEVERITY_CRIT);
    }
    ck_assert(seen);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "");
    ck_assert_ptr_null(finding_at(&n, "buffer_filling", SEVERITY_WARN));
    night_end(&n);
}
END_TEST

/* Its producer waits in the server for the sake of another, with what it sent last not handed on yet: one
 * large message waits at each poll, each time another one. */
START_TEST(who_takes_each_message_is_no_slow_reader) {
    static const struct fill fill = {"", "2.9.10", 16000000, 10, 0, {{0, 0, 0, 0}}};
    static const int came[] = {2, 9, 5, 4, 5, 5, 4, 6, 5, 4, 5, 5};
    enum { SIZE = 200000, HELD = SIZE + 26 };
    struct night n;
    begin(&n, &fill);
    play(&n, &fill, &(struct fill_row){0, 0, 70 * SIZE, 70});
    for (int i = 0, sent = 70; i < COUNT(came); i++) {
        sent += came[i];
        play(&n, &fill, &(struct fill_row){2 * i + 2, HELD, (long long)sent * SIZE, sent});
        ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "");
        ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "");
        ck_assert(isnan(value_of(&n, Q_CONNECTION_drain)) || value_of(&n, Q_CONNECTION_drain) > 1.5 * SIZE);
    }
    night_end(&n);
}
END_TEST

/* Its record begins with two polls, and already nothing has left between them. */
START_TEST(a_burst_behind_what_waited_long) {
    static const struct fill fill = {"", "2.15.2", 64 << 20, 10, 0, {{0, 0, 0, 0}}};
    struct night n;
    begin(&n, &fill);
    play(&n, &fill, &(struct fill_row){2, 0, 4300000, 86});
    play(&n, &fill, &(struct fill_row){4, 200000, 4500000, 90});
    play(&n, &fill, &(struct fill_row){6, 10200000, 14500000, 290});
    ck_assert_double_eq(value_of(&n, Q_CONNECTION_pending_slope), 5e6);
    night_end(&n);
}
END_TEST

START_TEST(one_that_was_cut_is_listed_until_its_last_write_ends) {
    struct night n;
    begin(&n, &fill_slow_small);
    for (int i = 0; i < rows_of(&fill_slow_small); i++)
        play(&n, &fill_slow_small, &fill_slow_small.rows[i]);
    for (int i = 0; i < 3; i++) /* what it holds stands, what is sent to it goes on being counted */
        play(&n, &fill_slow_small,
             &(struct fill_row){15 + 2 * i, 15999806, 30000000 + i * 4000000LL, 8000 + i * 1000});
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "was cut, its last write still goes on");
    ck_assert(isnan(value_of(&n, Q_CONNECTION_drain)));
    ck_assert(isnan(value_of(&n, Q_CONNECTION_cut_in)));
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "slow reader");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *tc = tcase_create("why");
    tcase_add_test(tc, what_has_run_out_is_due);
    tcase_add_test(tc, a_reader_that_stops);
    tcase_add_test(tc, a_slow_reader);
    tcase_add_test(tc, small_messages_are_larger_on_the_wire);
    tcase_add_test(tc, flat_while_producers_are_held);
    tcase_add_test(tc, who_stops_may_read_a_little);
    tcase_add_loop_test(tc, nobody_is_held_unless_pauses_are_counted, 0, COUNT(helds));
    tcase_add_test(tc, silence_after_a_burst);
    tcase_add_test(tc, a_burst_wakes_nobody);
    tcase_add_test(tc, a_burst_behind_what_waited_long);
    tcase_add_test(tc, who_takes_each_message_is_no_slow_reader);
    tcase_add_test(tc, one_that_was_cut_is_listed_until_its_last_write_ends);
    return tc;
}

int main(void) {
    return run_case("model/filling, why", cases);
}
