/* What a consumer does, by lags whose course is known: polls come each 5 s. */
#include "tests/model_lagging.h"

#define POLL  5
#define POLLS 84 /* seven minutes */

typedef double course_fn(double at);
struct seen {
    double at, drain, trend;
    bool never, guess;
    char state[24];
};

/* Of a stream that takes `per_s`, a consumer with that lag that does all that came before. */
static void live(course_fn *course, double per_s, struct seen seen[POLLS]) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < POLLS; i++) {
        struct seen *s = &seen[i];
        s->at = POLL * i;
        varz_until(&n, s->at, 7);
        uint64_t last = 200000 + (uint64_t)(per_s * s->at), lag = (uint64_t)llround(fmax(0, course(s->at)));
        struct told_stream stream = told(1, last, -5000, s->at);
        struct told_consumer c = {.pending = lag, .last_delivered = s->at, .last_ack = s->at, .waiting = 1};
        c.deliveries = c.delivered = c.floor = c.floor_deliveries = last - lag;
        tell(&n, &stream, &c);
        struct value drain = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_drain);
        s->never = drain.flags & VALUE_NEVER, s->guess = drain.flags & VALUE_ESTIMATED;
        s->drain = drain.type == VALUE_SPAN ? (double)drain.i / 1e9 : NAN;
        s->trend = number_value(&n, consumer(&n, "C"), Q_CONSUMER_trend);
        snprintf(s->state, sizeof s->state, "%s", text_value(&n, consumer(&n, "C"), Q_CONSUMER_state));
    }
    night_end(&n);
}

static int changes(const struct seen seen[POLLS], double from) {
    int count = 0;
    for (int i = 1; i < POLLS; i++)
        count += seen[i].at > from && strcmp(seen[i].state, seen[i - 1].state) != 0;
    return count;
}

static double first(const struct seen seen[POLLS], const char *state, double from) {
    for (int i = 0; i < POLLS; i++)
        if (seen[i].at >= from && strcmp(seen[i].state, state) == 0)
            return seen[i].at;
    return INFINITY;
}

static double chance(double at) {
    double x = sin(at * 12.9898 + 7.1) * 43758.5453;
    return x - floor(x);
}

/* ---- what comes back ---- */

static double breathes_60(double at) {
    return 8000 + 1000 * sin(2 * 3.14159265358979 * at / 60);
}
static double breathes_90(double at) {
    return 8000 + 3000 * sin(2 * 3.14159265358979 * at / 90);
}
static double breathes_around_a_minute(double at) {
    return 18000 + 1200 * sin(2 * 3.14159265358979 * at / 60);
}
static double breathes_to_nothing(double at) {
    return 250 + 250 * asin(sin(2 * 3.14159265358979 * at / 20.4)) / 1.5707963;
}
/* A few more or less in work, now and then. */
static double jumps_a_little(double at) {
    return 5994 + (at > 200 ? 2 : 0) - (at > 300 ? 6 : 0);
}
static double scatters(double at) {
    return 8000 + 4000 * chance(at);
}

/* Three turns are news; then it is known to come back. */
START_TEST(what_breathes_has_one_state) {
    static course_fn *const all[] = {breathes_60, breathes_90,         breathes_around_a_minute,
                                     scatters,    breathes_to_nothing, jumps_a_little};
    struct seen seen[POLLS];
    live(all[_i], 300, seen);
    ck_assert_msg(changes(seen, 180) == 0, "course %d: %d changes", _i, changes(seen, 180));
    ck_assert_str_eq(seen[POLLS - 1].state,
                     all[_i] == breathes_around_a_minute ? "stays_behind" : "keeping_up");
    for (int i = 180 / POLL; i < POLLS; i++)
        ck_assert_double_eq(seen[i].trend, 0);
}
END_TEST

static double breathes_and_grows(double at) {
    return breathes_60(at) + (at > 270 ? 100 * (at - 270) : 0);
}

START_TEST(what_leaves_where_it_swung_grows) {
    struct seen seen[POLLS];
    live(breathes_and_grows, 300, seen);
    ck_assert_str_eq(seen[270 / POLL].state, "keeping_up");
    ck_assert_double_le(first(seen, "falling_behind", 270),
                        270 + 35); /* of which it is down for half a breath */
    ck_assert_str_eq(seen[POLLS - 1].state, "falling_behind");
}
END_TEST

/* ---- batches ---- */

static double period;
/* Ten a second, taken all at once, and sixty are always in work. */
static double in_batches(double at) {
    return 60 + 10 * fmod(at + 2.3, period);
}

START_TEST(a_batch_yet_to_come_is_no_growth) {
    static const double periods[] = {8, 10, 13, 17, 20, 24, 30};
    struct seen seen[POLLS];
    period = periods[_i];
    live(in_batches, 10, seen);
    for (int i = 0; i < POLLS; i++)
        ck_assert_msg(strcmp(seen[i].state, "falling_behind") && strcmp(seen[i].state, "catching_up"),
                      "each %g s, second %g: %s", period, seen[i].at, seen[i].state);
    ck_assert_int_eq(changes(seen, 60), 0);
}
END_TEST

#define WORK 145 /* a second */

/* Three thousand at once, each so many seconds: while there are some of them it falls by what is done, and
 * is 0 when they are. The second look at them tells. */
START_TEST(a_burst_is_worked_off) {
    static const struct {
        double each, polls;
    } cases[] = {{30, 5}, {41, 5}, {60, 5}, {90, 5}, {41, 10}, {60, 10}, {90, 7}};
    double each = cases[_i].each, polls = cases[_i].polls;
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 300; at += polls) {
        double in = fmod(at + 2.3, each);
        uint64_t came = 3000 * (uint64_t)((at + 2.3) / each + 1);
        uint64_t lag = (uint64_t)fmax(0, 3000 - WORK * in);
        struct told_stream stream = told(1, 200000 + came, -5000, at - in);
        struct told_consumer c = {.pending = lag, .last_delivered = at, .last_ack = at, .waiting = 1};
        c.deliveries = c.delivered = c.floor = c.floor_deliveries = stream.last - lag;
        varz_until(&n, at, 7);
        tell(&n, &stream, &c);
        double slope = number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope);
        const char *state = text_value(&n, consumer(&n, "C"), Q_CONSUMER_state);
        double drain = number_value(&n, consumer(&n, "C"), Q_CONSUMER_drain) / 1e9;
        if (at < 3 * polls)
            continue;
        if (lag && in >= polls) {
            ck_assert_msg(fabs(slope + WORK) < 1, "second %g: %g/s", at, slope);
            ck_assert_msg(strcmp(state, "catching_up") == 0, "second %g: %s", at, state);
            ck_assert_double_eq_tol(drain, (double)lag / WORK, 0.1);
        } else if (!lag && in >= 3000.0 / WORK + polls) {
            ck_assert_msg(slope >= 0 && slope <= 0, "second %g: %g/s", at, slope);
        }
    }
    night_end(&n);
}
END_TEST

/* Nobody works on the third one any more. */
START_TEST(a_burst_that_stays_neither_falls_nor_grows) {
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 160; at += 5) {
        double in = at < 82 ? fmod(at, 41) : fmin(at - 82, 6.5);
        uint64_t lag = (uint64_t)fmax(0, 3000 - WORK * in);
        struct told_stream stream = told(1, 203000 + 3000 * (uint64_t)fmin(at / 41, 2), -5000, at - in);
        struct told_consumer c = {.pending = lag, .last_delivered = at, .last_ack = at, .waiting = 1};
        c.deliveries = c.delivered = c.floor = c.floor_deliveries = stream.last - lag;
        varz_until(&n, at, 7);
        tell(&n, &stream, &c);
        double slope = number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope);
        if (at >= 105)
            ck_assert_msg(fabs(slope) < 1, "second %g: %g/s", at, slope);
    }
    night_end(&n);
}
END_TEST

/* ---- what goes on ---- */

static double grows(double at) {
    return 3000 + 10 * at;
}
static double grows_roughly(double at) {
    return 3000 + 20 * at + 200 * chance(at);
}

START_TEST(what_grows_is_seen_to) {
    struct seen seen[POLLS];
    live(_i ? grows_roughly : grows, 300, seen);
    ck_assert_double_le(first(seen, "falling_behind", 0), _i ? 30 : 2 * POLL);
    ck_assert_int_eq(changes(seen, 60), 0);
    for (int i = 60 / POLL; i < POLLS; i++) {
        ck_assert_double_gt(seen[i].trend, 0);
        ck_assert(seen[i].never);
    }
}
END_TEST

#define TURN 122
/* Somebody took a part of it once. */
static double grows_but_for_once(double at) {
    return 6 * at - (at > 61 ? 250 : 0) + 40;
}

START_TEST(one_leap_does_not_hide_what_grows) {
    struct seen seen[POLLS];
    live(grows_but_for_once, 20, seen);
    ck_assert_double_le(first(seen, "falling_behind", 66), 100);
    for (int i = 0; i < POLLS; i++)
        if (seen[i].at >= 100)
            ck_assert_double_eq_tol(seen[i].trend, 6, 0.5);
    ck_assert_int_le(changes(seen, 100), 0);
}
END_TEST

static double turns(double at) {
    return at < TURN ? 20000 + 100 * at : 20000 + 100 * TURN - 80 * (at - TURN);
}

/* Two points after it has turned its state is the other one; after the first, when it will be done is
 * guessed, and not said to be never. */
START_TEST(a_turn_is_seen_at_once) {
    struct seen seen[POLLS];
    live(turns, 300, seen);
    ck_assert(seen[120 / POLL].never);
    const struct seen *bent = &seen[125 / POLL], *second = bent + 1;
    ck_assert_msg(!bent->never && bent->guess, "drain %g", bent->drain);
    ck_assert_double_gt(bent->drain, 0);
    ck_assert_str_eq(second->state, "catching_up");
    ck_assert_double_eq_tol(second->drain, turns(second->at) / 80, 5);
    ck_assert(!second->guess);
    ck_assert_int_eq(changes(seen, 130), 0);
}
END_TEST

/* Again and again, down to nothing in between: that does not swing. */
static double works_off(double at) {
    double in = fmod(at, 180);
    return in < 120 ? 50 * in + 3 : fmax(3, 6000 - 150 * (in - 120));
}

START_TEST(who_was_done_in_between_falls_behind_anew) {
    struct seen seen[POLLS];
    live(works_off, 100, seen);
    for (int i = 0; i < POLLS; i++) {
        double in = fmod(seen[i].at, 180);
        if (in >= 50 && in < 120)
            ck_assert_msg(strcmp(seen[i].state, "falling_behind") == 0, "second %g: %s", seen[i].at,
                          seen[i].state);
        if (in >= 135 && in < 150)
            ck_assert_msg(strcmp(seen[i].state, "catching_up") == 0, "second %g: %s", seen[i].at,
                          seen[i].state);
    }
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("trends");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, what_breathes_has_one_state, 0, 6);
    tcase_add_test(t, one_leap_does_not_hide_what_grows);
    tcase_add_test(t, what_leaves_where_it_swung_grows);
    tcase_add_loop_test(t, a_batch_yet_to_come_is_no_growth, 0, 7);
    tcase_add_loop_test(t, a_burst_is_worked_off, 0, 7);
    tcase_add_test(t, a_burst_that_stays_neither_falls_nor_grows);
    tcase_add_loop_test(t, what_grows_is_seen_to, 0, 2);
    tcase_add_test(t, a_turn_is_seen_at_once);
    tcase_add_test(t, who_was_done_in_between_falls_behind_anew);
    return t;
}

int main(void) {
    return run_case("model: trends", cases);
}
