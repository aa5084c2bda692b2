#include "model/lag.h"

#include <math.h>

#include "base/clock.h"

#define SLOPE_WINDOW (60 * NS_PER_S)
#define SLOPE_POINTS 3
#define HELD_MOST    (120 * NS_PER_S)
#define TURNED       0.1  /* two lines leave so much of the error of one */
#define SCATTER      3.0  /* a move is more than so many times what the points miss the line by */
#define LEAST_MOVE   2.0  /* messages over the line */
#define LEAST_ERROR  0.01 /* of the lag: below it one line is as good as any */
#define BEND_POINTS  4    /* that a bend has behind it */
#define BENT         10.0 /* so many times what those miss their line by */
#define GOES_ON      1.8 /* the second point of a bend is so much farther off than the first, or it was a jump */
#define TRIMMED      0.01 /* as TURNED, for a point that the turn had left behind */

bool lag_of(const struct object *consumer, double *lag) {
    double pending, ack_pending;
    if (!consumer->now || !row_number(consumer->now, F_CONSUMER_pending, &pending) ||
        !row_number(consumer->now, F_CONSUMER_ack_pending, &ack_pending))
        return false;
    *lag = pending + ack_pending;
    return true;
}

/* Sums over points, from which the best line and what it misses by follow. */
struct line {
    double n, t, l, tt, tl, ll;
};

static void add(struct line *line, double t, double l) {
    line->n++, line->t += t, line->l += l, line->tt += t * t, line->tl += t * l, line->ll += l * l;
}

static struct line without(struct line a, const struct line *b) {
    a.n -= b->n, a.t -= b->t, a.l -= b->l, a.tt -= b->tt, a.tl -= b->tl, a.ll -= b->ll;
    return a;
}

static double slope_of(const struct line *x) {
    double spread = x->n * x->tt - x->t * x->t;
    return spread > 0 ? (x->n * x->tl - x->t * x->l) / spread : 0;
}

/* Sum of the squares by which the points miss it. */
static double error_of(const struct line *x) {
    double error = x->ll - x->l * x->l / x->n - slope_of(x) * (x->tl - x->t * x->l / x->n);
    return error > 0 ? error : 0;
}

/* Newest first, in seconds before and messages more than the newest: small numbers, so nothing is lost. */
static unsigned window_of(const struct lag_history *history, double t[LAG_POINTS], double l[LAG_POINTS]) {
    unsigned newest = (history->next + LAG_POINTS - 1) % LAG_POINTS, n = 0;
    for (; n < history->count; n++) {
        const struct lag_point *p = &history->points[(newest + LAG_POINTS - n) % LAG_POINTS];
        int64_t age = history->points[newest].now_ns - p->now_ns;
        if (age > SLOPE_WINDOW && n >= SLOPE_POINTS)
            break;
        t[n] = -(double)age / (double)NS_PER_S;
        l[n] = p->lag - history->points[newest].lag;
    }
    return n;
}

/* How far a point lies off it. */
static double off(const struct line *x, double t, double l) {
    return l - (x->l + slope_of(x) * (x->n * t - x->t)) / x->n;
}

/* Two points are a turn when they leave a good line, and go on leaving it. */
static bool bends(const struct line *before, const double t[], const double l[], double scale) {
    if (before->n < BEND_POINTS)
        return false;
    double first = off(before, t[1], l[1]), second = off(before, t[0], l[0]);
    double far = BENT * sqrt(error_of(before) / before->n) + scale + LEAST_MOVE;
    return fabs(first) > far && second / first > GOES_ON;
}

/* Points from before the turn that were taken for the first ones after it. */
static struct line trimmed(struct line line, const double t[], const double l[]) {
    while (line.n > SLOPE_POINTS) {
        struct line oldest = {0}, rest;
        add(&oldest, t[(unsigned)line.n - 1], l[(unsigned)line.n - 1]);
        rest = without(line, &oldest);
        if (error_of(&rest) >= error_of(&line) * TRIMMED)
            break;
        line = rest;
    }
    return line;
}

/* The best line of the newest points: of all, unless it turned. */
static struct line newest_line(const double t[], const double l[], unsigned n, double lag) {
    struct line all = {0}, recent = {0}, best;
    for (unsigned i = 0; i < n; i++)
        add(&all, t[i], l[i]);
    best = all;
    double scale = LEAST_ERROR * lag, least = error_of(&all) * TURNED;
    if (error_of(&all) <= n * (1 + scale * scale))
        return best;
    for (unsigned i = 0; i + SLOPE_POINTS <= n; i++) {
        add(&recent, t[i], l[i]);
        struct line before = without(all, &recent);
        if (recent.n < SLOPE_POINTS && !(recent.n == 2 && bends(&before, t, l, scale)))
            continue;
        if (error_of(&recent) + error_of(&before) >= least)
            continue;
        least = error_of(&recent) + error_of(&before);
        best = recent;
    }
    return error_of(&best) > best.n * (1 + scale * scale) && best.n < n ? trimmed(best, t, l) : best;
}

static void find_slope(struct lag_history *history) {
    double t[LAG_POINTS], l[LAG_POINTS];
    unsigned n = window_of(history, t, l);
    history->known = n >= SLOPE_POINTS && t[n - 1] < 0;
    if (!history->known)
        return;
    struct line line =
        newest_line(t, l, n, history->points[(history->next + LAG_POINTS - 1) % LAG_POINTS].lag);
    history->per_s = slope_of(&line);
    double by = fabs(history->per_s * t[(unsigned)line.n - 1]);
    history->moves = by >= LEAST_MOVE && by * by > SCATTER * SCATTER * error_of(&line) / line.n;
}

static void judge_held(struct lag_history *history, bool was_known, int64_t mono_ns) {
    history->held |= was_known;
    if (history->known)
        history->known_mono_ns = mono_ns;
    if (history->known || mono_ns - history->known_mono_ns > HELD_MOST)
        history->held = false;
}

void lag_put(struct lag_history *history, const struct object *consumer) {
    double lag;
    bool was_known = history->known;
    if (!lag_of(consumer, &lag))
        return;
    unsigned last = (history->next + LAG_POINTS - 1) % LAG_POINTS;
    if (history->count && history->points[last].now_ns >= consumer->now_at.now_ns)
        history->count = 0;
    history->points[history->next] = (struct lag_point){consumer->now_at.now_ns, lag};
    history->next = (history->next + 1) % LAG_POINTS;
    if (history->count < LAG_POINTS)
        history->count++;
    find_slope(history);
    judge_held(history, was_known, consumer->now_at.mono_ns);
}

void lag_hold(struct lag_history *history) {
    history->count = 0;
    history->held |= history->known;
    history->known = false;
}

void lag_forget(struct lag_history *history) {
    *history = (struct lag_history){0};
}

bool lag_slope(const struct lag_history *history, double *per_s) {
    *per_s = history->per_s;
    return history->known || history->held;
}

bool lag_trend(const struct lag_history *history, double *per_s) {
    *per_s = history->moves ? history->per_s : 0;
    return history->known || history->held;
}
