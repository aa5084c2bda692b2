/* The interval of a share against the truth: traffic is made of which all is known, and looked at as the
 * sampler does. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/share.h"
#include "tests/harness/suite.h"

#define WINDOWS  200
#define MS       10000 /* of one window */
#define SUBJECTS 5
#define LOOKS    40
#define LOOK_MS  25
#define LOOK_CAP 250
#define QUICK_MS 5

static const double shares[SUBJECTS] = {0.5, 0.25, 0.12, 0.1, 0.03};

/* ---- chance, the same each time ---- */

static uint64_t seed;

static double uniform(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return ((double)(seed >> 11) + 0.5) / 9007199254740992.0;
}

static double until_next(double rate) {
    return -log(uniform()) / rate;
}

static double normal(void) {
    double r = sqrt(-2 * log(uniform()));
    return r * cos(6.2831853 * uniform());
}

static double poisson(double mean) {
    if (mean > 50)
        return fmax(0, floor(mean + sqrt(mean) * normal() + 0.5));
    double n = -1;
    for (double left = mean; left >= 0; n++)
        left -= until_next(1);
    return n;
}

/* ---- traffic: messages of a subject in each millisecond, on average ---- */

static double traffic[SUBJECTS][MS];
static bool batches; /* how long a quick look took is measured badly */

static void steady(double rate) {
    for (int j = 0; j < SUBJECTS; j++)
        for (int ms = 0; ms < MS; ms++)
            traffic[j][ms] = rate * shares[j] / 1000;
}

/* Each publisher is on and off, for so long on average. */
static void on_and_off(double rate, double on_ms, double off_ms) {
    for (int j = 0; j < SUBJECTS; j++) {
        bool on = uniform() < on_ms / (on_ms + off_ms);
        double left = until_next(1 / (on ? on_ms : off_ms));
        for (int ms = 0; ms < MS; ms++) {
            if (--left < 0) {
                on = !on;
                left = until_next(1 / (on ? on_ms : off_ms));
            }
            traffic[j][ms] = on ? rate * shares[j] / 1000 * (on_ms + off_ms) / on_ms : 0;
        }
    }
}

static void bursts(double rate) {
    on_and_off(rate, 300, 700);
}

static void short_bursts(double rate) {
    on_and_off(rate, 10, 90);
}

/* One subject after the other, each for a while that is as long as its share is large. */
static void turns(double rate) {
    memset(traffic, 0, sizeof traffic);
    for (int ms = 0, j = 0; ms < MS; j = (j + 1) % SUBJECTS)
        for (double left = until_next(1 / (shares[j] * 150)); left > 0 && ms < MS; left--, ms++)
            traffic[j][ms] = rate / 1000;
}

/* By the clock: the second of them within the first fifth of each second, and then all at once. */
static void by_the_clock(double rate) {
    steady(rate);
    for (int ms = 0; ms < MS; ms++)
        traffic[1][ms] = ms % 1000 < 200 ? rate * shares[1] / 1000 * 5 : 0;
}

/* ---- a window of it ---- */

static struct look look[LOOKS];
static uint32_t seen[SUBJECTS][LOOKS];
static double truth[SUBJECTS];

static double at_ms(int ms) {
    double all = 0;
    for (int j = 0; j < SUBJECTS; j++)
        all += traffic[j][ms];
    return all;
}

static int chosen(int ms, double all) {
    double left = uniform() * all;
    for (int j = 0; j < SUBJECTS; j++)
        if ((left -= traffic[j][ms]) < 0)
            return j;
    return SUBJECTS - 1;
}

/* Looks from then on; how long it did. */
static double look_at(int i, double from, double unseen[]) {
    double t = from, end = from + LOOK_MS, first = 0;
    while (look[i].messages < LOOK_CAP) {
        double all = at_ms((int)t), step = all > 0 ? until_next(all) : MS, edge = floor(t) + 1;
        if (fmin(t + step, edge) >= end) {
            t = end;
            break;
        }
        t = fmin(t + step, edge);
        if (t == edge)
            continue;
        int j = chosen((int)t, all);
        seen[j][i]++;
        first = look[i].messages++ == 0 ? t : first;
    }
    for (int j = 0; j < SUBJECTS; j++)
        for (double at = from; at < t; at = floor(at) + 1)
            unseen[j] -= traffic[j][(int)at] * (fmin(floor(at) + 1, t) - at);
    return look[i].messages == LOOK_CAP ? (t - first) * LOOK_CAP / (LOOK_CAP - 1) : LOOK_MS;
}

static double live(void) {
    double unseen[SUBJECTS] = {0}, all = 0;
    memset(look, 0, sizeof look);
    memset(seen, 0, sizeof seen);
    for (int j = 0; j < SUBJECTS; j++)
        for (int ms = 0; ms < MS; ms++)
            unseen[j] += traffic[j][ms];
    for (int i = 0; i < LOOKS; i++) {
        double quarter = MS / LOOKS, from = quarter * i + uniform() * (quarter - LOOK_MS);
        double ms = fmax(look_at(i, from, unseen), 0.05);
        look[i].quick = ms < QUICK_MS;
        look[i].weight = look[i].measured = quarter / (look[i].quick && batches ? ms * exp(normal()) : ms);
    }
    for (int j = 0; j < SUBJECTS; j++) {
        truth[j] = poisson(fmax(unseen[j], 0));
        for (int i = 0; i < LOOKS; i++)
            truth[j] += seen[j][i];
        all += truth[j];
    }
    for (int j = 0; j < SUBJECTS; j++)
        truth[j] = all > 0 ? truth[j] / all : 0;
    return all;
}

/* ---- what must hold ---- */

static const struct {
    const char *name;
    void (*make)(double rate);
    double rate;
    int least;  /* of 100 windows hold the truth, of each subject */
    int narrow; /* so many of 100 are at most 20 % of the share to each side, where that is 10 % or more */
} kinds[] = {
    {"steady", steady, 10, 88, 0},
    {"steady", steady, 1000, 88, 97},
    {"steady", steady, 300000, 88, 100},
    {"in batches", steady, 300000, 88, 97},
    {"bursts", bursts, 10, 88, 0},
    {"bursts", bursts, 1000, 88, 0},
    {"bursts", bursts, 300000, 88, 0},
    {"short bursts", short_bursts, 10, 88, 0},
    {"short bursts", short_bursts, 1000, 88, 0},
    {"short bursts", short_bursts, 300000, 88, 0},
    {"turns", turns, 10, 88, 0},
    {"turns", turns, 1000, 83, 0},
    {"turns", turns, 300000, 88, 0},
    {"by the clock", by_the_clock, 10, 88, 0},
    {"by the clock", by_the_clock, 1000, 88, 0},
    {"by the clock", by_the_clock, 300000, 85, 0},
};

START_TEST(holds_the_truth) {
    int held[SUBJECTS] = {0}, narrow[SUBJECTS] = {0};
    double width[SUBJECTS] = {0};
    seed = 20 + (uint64_t)_i;
    batches = strcmp(kinds[_i].name, "in batches") == 0;
    for (int w = 0; w < WINDOWS; w++) {
        struct looks looks;
        do
            kinds[_i].make(kinds[_i].rate);
        while (live() == 0);
        const uint32_t *all[SUBJECTS];
        for (int j = 0; j < SUBJECTS; j++)
            all[j] = seen[j];
        looks_settle(look, LOOKS, all, SUBJECTS);
        looks_sum(&looks, look, LOOKS);
        for (int j = 0; j < SUBJECTS; j++) {
            struct share s = share_of(&looks, seen[j]);
            held[j] += s.low <= truth[j] && truth[j] <= s.high;
            narrow[j] += (s.high - s.low) / 2 <= 0.2 * truth[j];
            width[j] += (s.high - s.low) / 2 / fmax(truth[j], 1e-9) / WINDOWS;
        }
    }
    for (int j = 0; j < SUBJECTS; j++) {
        if (getenv("NATSIGHT_TEST_FIGURES") != NULL)
            printf("%-14s %8.0f/s  share %.2f  held %5.1f %%  narrow %5.1f %%  half-width %5.1f %%\n",
                   kinds[_i].name, kinds[_i].rate, shares[j], held[j] * 100.0 / WINDOWS,
                   narrow[j] * 100.0 / WINDOWS, width[j] * 100);
    }
    for (int j = 0; j < SUBJECTS; j++) {
        ck_assert_msg(held[j] * 100 >= kinds[_i].least * WINDOWS,
                      "%s of %g/s, share %g: %d of %d hold the truth", kinds[_i].name, kinds[_i].rate,
                      shares[j], held[j], WINDOWS);
        ck_assert_msg(shares[j] < 0.1 || narrow[j] * 100 >= kinds[_i].narrow * WINDOWS,
                      "%s of %g/s, share %g: only %d of %d are narrow", kinds[_i].name, kinds[_i].rate,
                      shares[j], narrow[j], WINDOWS);
    }
}
END_TEST

/* One look can't tell how much looks differ; where all is one subject's they can't either. */
START_TEST(what_is_not_known) {
    struct look alone[2] = {{100, 10, 10, false}, {0, 10, 10, false}},
                two[2] = {{100, 10, 10, false}, {100, 10, 10, false}};
    uint32_t half[2] = {50, 0}, all[2] = {100, 100}, none[2] = {0, 0};
    struct looks looks;
    looks_sum(&looks, alone, 2);
    struct share s = share_of(&looks, half);
    ck_assert_double_eq_tol(s.share, 0.5, 1e-9);
    ck_assert(s.low == 0 && s.high == 1);
    looks_sum(&looks, two, 2);
    s = share_of(&looks, all);
    ck_assert(s.share == 1 && s.high == 1 && s.low < 0.5);
    s = share_of(&looks, none);
    ck_assert(s.share == 0 && s.low == 0 && s.high > 0.5);
    looks_sum(&looks, two, 0);
    s = share_of(&looks, none);
    ck_assert(s.share == 0 && s.low == 0 && s.high == 1);
}
END_TEST

/* A look that was over at once stands for a busy time. */
START_TEST(a_busy_look_counts_more) {
    struct look two[2] = {{250, 100, 100, false}, {10, 10, 10, false}};
    uint32_t of[2] = {250, 0};
    struct looks looks;
    looks_sum(&looks, two, 2);
    ck_assert_double_eq_tol(share_of(&looks, of).share, 25000.0 / 25100, 1e-9);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/share");
    TCase *c = tcase_create("share");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, holds_the_truth, 0, sizeof kinds / sizeof *kinds);
    tcase_add_test(c, what_is_not_known);
    tcase_add_test(c, a_busy_look_counts_more);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
