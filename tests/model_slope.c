/* The slope of a lag against loads whose slope is known. Polls come each 5 s, as by default. */
#include "tests/model_lagging.h"

#define POLL 5.0

typedef double load_fn(double at, double period);

/* Swings by 1,200 messages around 20,000. */
static double saw(double at, double period) {
    return 20000 + 1200 * (fmod(at, period) / period - 0.5);
}
static double wave(double at, double period) {
    return 20000 + 600 * sin(2 * 3.14159265358979 * at / period);
}
static double box(double at, double period) {
    return 20000 + (fmod(at, period) < period / 2 ? 600 : -600);
}
/* By chance: another number at each poll. */
static double noise(double at, double period) {
    double x = sin(at * 12.9898 + period * 78.233) * 43758.5453;
    return 20000 + 1200 * (x - floor(x) - 0.5);
}

static double poll(struct night *n, double at, double lag) {
    varz_until(n, at, 1);
    struct told_stream stream = told(1, 1000000, -1000, 0);
    struct told_consumer c = {.pending = (uint64_t)llround(lag), .last_delivered = NEVER, .last_ack = NEVER};
    tell(n, &stream, &c);
    return number_value(n, consumer(n, "C"), Q_CONSUMER_lag_slope);
}

/* A load that breathes with a period below half a window: what two polls would say is up to 240/s; the slope
 * is the trend to a share of the swing a minute. */
START_TEST(a_load_that_breathes_has_one_slope) {
    static load_fn *const loads[] = {saw, wave, box, noise};
    static const double periods[] = {7, 11, 16, 20, 24}, trends[] = {0, 50, -50};
    double most = 0;
    for (size_t l = 0; l < sizeof loads / sizeof *loads; l++) {
        for (size_t p = 0; p < 5; p++) {
            for (size_t t = 0; t < 3; t++) {
                struct night n;
                begin_three(&n);
                for (int i = 0; i <= 48; i++) {
                    double at = POLL * i, lag = loads[l](at + 0.7, periods[p]) + trends[t] * at;
                    double slope = poll(&n, at, lag), error = fabs(slope - trends[t]);
                    if (i >= 12 && error > most)
                        most = error;
                    double trend = number_value(&n, consumer(&n, "C"), Q_CONSUMER_trend);
                    ck_assert_msg(i < 12 || (trend > 0) - (trend < 0) == (trends[t] > 0) - (trends[t] < 0),
                                  "load %zu, period %g, trend %g: seen as %g", l, periods[p], trends[t],
                                  trend);
                }
                night_end(&n);
            }
        }
    }
    printf("    breathing by 1,200 messages: off by %.1f/s at most\n", most);
    ck_assert_msg(most <= 1200 / 60.0, "off by %f/s", most); /* the swing, once a minute */
}
END_TEST

/* It grows by 100/s and then falls by 200/s: three polls after the turn the slope is that of now, to 2 %. */
START_TEST(a_turn_is_seen_at_the_third_poll) {
    for (int phase = 0; phase < 5; phase++) {
        struct night n;
        double turn = 120 + phase;
        begin_three(&n);
        for (int i = 0; i <= 48; i++) {
            double at = POLL * i;
            double lag = at < turn ? 20000 + 100 * at : 20000 + 100 * turn - 200 * (at - turn);
            double slope = poll(&n, at, lag);
            if (i >= 2 && at <= turn)
                ck_assert_double_eq_tol(slope, 100, 0.1);
            if (at >= turn + 2 * POLL)
                ck_assert_msg(slope < 0, "%f s after the turn: %f/s", at - turn, slope);
            if (at >= turn + 3 * POLL)
                ck_assert_double_eq_tol(slope, -200, 4);
        }
        night_end(&n);
    }
}
END_TEST

/* A worker too slow, then quick, then with nothing left to do, then slow again, polled as an older server is:
 * each turn is seen at the second poll that it has bent, and lag 0 does not fall. */
static double worker(double at) {
    static const struct { double at, lag; } turns[] = {{0, 0}, {120, 7200}, {180, 0}, {200, 0}, {320, 7200}};
    int i = 1;
    while (i < 4 && at >= turns[i].at)
        i++;
    return turns[i - 1].lag +
           (turns[i].lag - turns[i - 1].lag) * (at - turns[i - 1].at) / (turns[i].at - turns[i - 1].at);
}

START_TEST(a_clean_turn_is_seen_at_the_second_poll) {
    for (int phase = 1; phase < 10; phase++) {
        struct night n;
        begin_three(&n);
        for (int i = 0; i <= 31; i++) {
            double at = 10.0 * i + phase, slope = poll(&n, at, worker(at)), since = at - 120;
            if (i >= 2 && at < 120)
                ck_assert_double_eq_tol(slope, 60, 0.1);
            if (since >= 11 && at < 180)
                ck_assert_double_eq_tol(slope, -120, 0.1);
            if (at >= 191 && at < 200)
                ck_assert_double_eq_tol(slope, 0, 0.1);
            if (at >= 231)
                ck_assert_msg(fabs(slope - 60) < 1.5, "%f s after it was slow again: %f/s", at - 200, slope);
        }
        night_end(&n);
    }
}
END_TEST

/* The same while it breathes: within four polls the sign is right, within a minute the slope. */
START_TEST(a_turn_is_seen_while_it_breathes) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i <= 60; i++) {
        double at = POLL * i,
               lag = 80000 + saw(at + 0.7, 11) + (at < 120 ? 150 * at : 150 * 120 - 300 * (at - 120));
        double slope = poll(&n, at, lag);
        if (at >= 120 + 4 * POLL)
            ck_assert_msg(slope < 0, "%f s after the turn: %f/s", at - 120, slope);
        if (at >= 120 + 65)
            ck_assert_double_eq_tol(slope, -300, 1200 / 60.0);
    }
    night_end(&n);
}
END_TEST

/* Fifty thousand at once, and no more: it grew, and does not grow. */
START_TEST(a_burst_is_no_slope) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i <= 24; i++) {
        double slope = poll(&n, POLL * i, i < 12 ? 1000 : 51000);
        if (i >= 2 && (i < 12 || i >= 14))
            ck_assert_double_eq_tol(slope, 0, 1e-6);
    }
    night_end(&n);
}
END_TEST

/* A stretched cadence still has its three points. */
START_TEST(slow_polls_make_a_slope_too) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i <= 4; i++) {
        double slope = poll(&n, 40.0 * i, 1000 + 7 * 40.0 * i);
        if (i >= 2)
            ck_assert_double_eq_tol(slope, 7, 1e-6);
    }
    night_end(&n);
}
END_TEST

/* Of a stream that takes 115 a second. */
static void poll_lag(struct night *n, double at, int leader, double created, uint64_t lag) {
    varz_until(n, at, 7);
    struct told_stream stream = told(1, 30000 + (uint64_t)(115 * at), -1000, at);
    stream.leader = leader;
    struct told_consumer c = {.pending = lag, .last_delivered = at, .last_ack = at};
    c.deliveries = c.delivered = c.floor = stream.last - lag;
    c.leader = leader, c.created = created;
    tell(n, &stream, &c);
}

static void poll_of(struct night *n, double at, int leader, double created) {
    poll_lag(n, at, leader, created, 16000 + (uint64_t)(15 * at));
}

static struct value of(const struct night *n, enum quantity q) {
    return quantity_get(n->model, consumer(n, "C"), q);
}

/* Until another leader has told enough, the slope of the one before stands as an estimate, and so do state
 * and drain. */
START_TEST(a_new_leader_takes_the_slope_over) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i <= 12; i++)
        poll_of(&n, POLL * i, 0, NEVER);
    ck_assert_int_eq(of(&n, Q_CONSUMER_lag_slope).flags, 0);
    ck_assert_str_eq(of(&n, Q_CONSUMER_state).text, "falling_behind");
    for (int i = 13; i <= 20; i++) {
        poll_of(&n, POLL * i, 1, NEVER);
        ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leader), "n2");
        struct value slope = of(&n, Q_CONSUMER_lag_slope);
        ck_assert_int_eq(slope.type, VALUE_REAL);
        ck_assert_double_eq_tol(slope.f, 15, 1e-6);
        ck_assert_int_eq(slope.flags, i < 16 ? VALUE_ESTIMATED : 0);
        ck_assert(of(&n, Q_CONSUMER_drain).flags & VALUE_NEVER);
        ck_assert_str_eq(of(&n, Q_CONSUMER_state).text, "falling_behind");
    }
    night_end(&n);
}
END_TEST

/* It grew by 90/s, and falls since another one leads: two of its rows are enough, and are an estimate. */
START_TEST(what_a_new_leader_says_wins_over_what_was) {
    for (int poll_s = 5; poll_s <= 15; poll_s += 5) {
        struct night n;
        begin_three(&n);
        double at = 0;
        for (; at <= 60; at += poll_s)
            poll_lag(&n, at, 0, NEVER, 600 + (uint64_t)(90 * at));
        double turn = at;
        ck_assert_str_eq(of(&n, Q_CONSUMER_state).text, "falling_behind");
        poll_lag(&n, at, 1, NEVER, 6000);
        ck_assert_int_eq(strncmp(of(&n, Q_CONSUMER_why).text, "lag +90~/s, ", 12), 0);
        for (at += poll_s; at <= turn + 30; at += poll_s) {
            poll_lag(&n, at, 1, NEVER, 6000 - (uint64_t)(120 * (at - turn)));
            ck_assert_double_eq_tol(of(&n, Q_CONSUMER_lag_slope).f, -120, 0.1);
            ck_assert_str_eq(of(&n, Q_CONSUMER_state).text, "catching_up");
            ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_drain), 50 - (at - turn), 0.1);
            ck_assert_int_eq(of(&n, Q_CONSUMER_lag_slope).flags,
                             at < turn + 3 * poll_s ? VALUE_ESTIMATED : 0);
        }
        night_end(&n);
    }
}
END_TEST

/* And a lag of 0 ends it at once. */
START_TEST(what_is_done_grows_no_more) {
    for (int first = 0; first < 2; first++) {
        struct night n;
        begin_three(&n);
        for (int i = 0; i <= 12; i++)
            poll_of(&n, POLL * i, 0, NEVER);
        if (!first)
            poll_lag(&n, 65, 1, NEVER, 5);
        poll_lag(&n, 70, 1, NEVER, 0); /* said first of all it is not believed yet */
        if (first)
            poll_lag(&n, 72, 1, NEVER, 0);
        ck_assert_double_eq(of(&n, Q_CONSUMER_lag_slope).f, 0);
        poll_lag(&n, 75, 1, NEVER, 4);
        ck_assert_double_le(of(&n, Q_CONSUMER_lag_slope).f, 1);
        ck_assert_str_eq(of(&n, Q_CONSUMER_state).text, "keeping_up");
        night_end(&n);
    }
}
END_TEST

/* But not for ever, where leaders change at each answer. */
START_TEST(no_slope_is_taken_over_for_long) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i <= 12; i++)
        poll_of(&n, POLL * i, 0, NEVER);
    for (int i = 13; i <= 40; i++) {
        poll_of(&n, POLL * i, i / 2 % 2, NEVER);
        ck_assert_ptr_nonnull(of(&n, Q_CONSUMER_state).text);
    }
    ck_assert_int_eq(of(&n, Q_CONSUMER_lag_slope).type, VALUE_UNKNOWN);
    ck_assert_str_eq(of(&n, Q_CONSUMER_state).text, "unknown");
    night_end(&n);
}
END_TEST

/* Of one made again no slope is known, but it has a state. */
START_TEST(another_of_the_name_has_no_slope_yet) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i <= 12; i++)
        poll_of(&n, POLL * i, 0, NEVER);
    poll_of(&n, 65, 0, 62);
    ck_assert_int_eq(of(&n, Q_CONSUMER_lag_slope).type, VALUE_UNKNOWN);
    ck_assert_str_eq(of(&n, Q_CONSUMER_state).text, "unknown");
    ck_assert_int_eq(strncmp(of(&n, Q_CONSUMER_why).text, "measuring: lag 17.0k", 20), 0);
    night_end(&n);
}
END_TEST

/* Slope and drain are of one mind: what grows is never done, what falls is done one day; but for a single
 * poll after a clean turn, which makes a guess. */
static void expect_one_mind(const struct night *n, const char *who, double at) {
    struct value slope = of(n, Q_CONSUMER_lag_slope), drain = of(n, Q_CONSUMER_drain);
    if (slope.type == VALUE_UNKNOWN || drain.type == VALUE_UNKNOWN || drain.i == 0)
        return;
    bool never = drain.flags & VALUE_NEVER, guess = drain.flags & VALUE_ESTIMATED;
    ck_assert_msg(slope.f <= 0 || never || guess, "%s at %g: %+g/s, done in %lld ns", who, at, slope.f,
                  (long long)drain.i);
    ck_assert_msg(slope.f >= 0 || !never, "%s at %g: %+g/s, never done", who, at, slope.f);
}

/* Of what comes it has not taken so much yet. */
static void poll_worker(struct night *n, double at, double per_s, double lag) {
    varz_until(n, at, 1);
    struct told_stream stream = told(1, 100000 + (uint64_t)(per_s * at), -1000, at);
    struct told_consumer c = {.waiting = 1, .last_delivered = at, .last_ack = at, .pending = (uint64_t)lag};
    c.deliveries = c.delivered = c.floor = stream.last - c.pending;
    tell(n, &stream, &c);
}

START_TEST(drain_has_the_sign_of_the_slope) {
    static load_fn *const loads[] = {saw, wave, box, noise};
    static const double periods[] = {7, 11, 16, 20, 24};
    struct night n;
    for (size_t i = 0; i < 20; i++) {
        begin_three(&n);
        for (int k = 0; k <= 36; k++) {
            poll_worker(&n, POLL * k, 1000, loads[i / 5](POLL * k + 0.7, periods[i % 5]));
            expect_one_mind(&n, "a level", POLL * k);
        }
        night_end(&n);
    }
    begin_three(&n);
    for (int k = 0; k <= 60; k++) {
        poll_worker(&n, POLL * k, 100, (noise(POLL * k, 1) - 19400) / 40);
        expect_one_mind(&n, "a worker", POLL * k);
    }
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("slope");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_load_that_breathes_has_one_slope);
    tcase_add_test(t, a_turn_is_seen_at_the_third_poll);
    tcase_add_test(t, a_clean_turn_is_seen_at_the_second_poll);
    tcase_add_test(t, a_turn_is_seen_while_it_breathes);
    tcase_add_test(t, a_burst_is_no_slope);
    tcase_add_test(t, slow_polls_make_a_slope_too);
    tcase_add_test(t, a_new_leader_takes_the_slope_over);
    tcase_add_test(t, what_a_new_leader_says_wins_over_what_was);
    tcase_add_test(t, what_is_done_grows_no_more);
    tcase_add_test(t, no_slope_is_taken_over_for_long);
    tcase_add_test(t, another_of_the_name_has_no_slope_yet);
    tcase_add_test(t, drain_has_the_sign_of_the_slope);
    return t;
}

int main(void) {
    return run_case("model: slope", cases);
}
