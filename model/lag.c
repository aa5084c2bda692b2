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
#define ONCE         31   /* seconds of growth after a leap, and it was one leap */
#define BEND_POINTS  4    /* that a bend has behind it */
#define BENT         10.0 /* so many times what those miss their line by */
#define GOES_ON      1.8 /* the second point of a bend is so much farther off than the first, or it was a jump */
#define WORKED_LEAST 2                /* points, for growth that is no batch yet to come */
#define WAITED       (45 * NS_PER_S)  /* or for so long */
#define SWINGS       3                /* turns, of what swings */
#define SWUNG_MOST   (900 * NS_PER_S) /* since the last of them */
#define LEAPT        0.8              /* of what it came to, at the first point that had some */
#define OUTSIDE      0.1              /* of what it swung by, beyond which it moves again */
#define ALIKE        0.5              /* one slope is so much of another, and either of them will do */
#define TRIMMED      0.01             /* as TURNED, for a point that the turn had left behind */

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

static double at(const struct line *x, double t) {
    return -off(x, t, 0);
}

/* Both lines go one way, and from one to the other it leaps the other way. */
static bool is_tooth(const struct line *before, const struct line *recent, double t) {
    double was = slope_of(before), is = slope_of(recent), leap = at(recent, t) - at(before, t);
    return before->n >= 2 && was * is > 0 && leap * is < 0 && fabs(leap) > fabs(is * t) / 2 + LEAST_MOVE;
}

/* It is the only one in sight, and what came after it has gone on for longer than batches take: somebody took
 * a part once. */
static bool is_once(const struct line *before, const struct line *recent, double t, double scale) {
    return recent->n >= SLOPE_POINTS && -t > ONCE && error_of(before) <= before->n * (1 + scale * scale) &&
           error_of(recent) <= recent->n * (1 + scale * scale);
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
        if (error_of(&recent) + error_of(&before) >= least ||
            (is_tooth(&before, &recent, t[i]) && !is_once(&before, &recent, t[i], scale)))
            continue;
        least = error_of(&recent) + error_of(&before);
        best = recent;
    }
    return error_of(&best) > best.n * (1 + scale * scale) && best.n < n ? trimmed(best, t, l) : best;
}

/* How many of the newest points there was something, since there was nothing; n: all the time. */
static unsigned since_nothing(const double l[], unsigned n, double lag, double *high) {
    unsigned i = lag <= 0 && n > 1;
    for (*high = lag; i < n && l[i] + lag > OUTSIDE * *high; i++)
        *high = fmax(*high, l[i] + lag);
    return i;
}

/* What comes at once where nothing was: of how many of the newest points its slope is, whatever was before.
 * Two are enough while it falls. What rose by and by may breathe, and counts when it has long been falling.
 * 0: it is something else. */
static unsigned since_burst(const double l[], unsigned n, double lag) {
    double high;
    unsigned since = since_nothing(l, n, lag, &high), falls = 1, least = lag > 0 ? 2 : SLOPE_POINTS;
    while (falls < since && l[falls] > l[falls - 1])
        falls++;
    if (since == n || !since)
        return 0;
    if (l[since - 1] + lag < LEAPT * high)
        return falls > SLOPE_POINTS && l[falls - 1] + lag >= high ? falls : 0;
    if (falls >= least && since - falls <= 1)
        return falls;
    return since >= SLOPE_POINTS ? since : 0;
}

/* How many of the newest points have none left: from the second on it falls no more. */
static unsigned done_for(const double l[], unsigned n, double lag) {
    unsigned i = 0;
    while (lag <= 0 && i < n && l[i] <= 0)
        i++;
    return i >= 2 ? i : 0;
}

static const struct lag_point *point_at(const struct lag_history *history, unsigned back) {
    return &history->points[(history->next + 2 * LAG_POINTS - 1 - back) % LAG_POINTS];
}

/* It grows while somebody works on it, or for longer than a batch takes. */
static bool is_growth(const struct lag_history *history, unsigned n, double from_s) {
    unsigned worked = 0;
    for (unsigned i = 0; i < n; i++)
        worked += point_at(history, i)->worked;
    return worked >= WORKED_LEAST || -from_s * (double)NS_PER_S >= (double)WAITED;
}

/* The last point alone is far off a line that grew, and below the one before it. */
static void find_bend(struct lag_history *history, const double t[], const double l[], unsigned n) {
    struct line before = {0};
    for (unsigned i = 1; i < n; i++)
        add(&before, t[i], l[i]);
    history->bent = 0;
    if (n <= BEND_POINTS || slope_of(&before) <= 0 || l[1] <= 0)
        return;
    double missed = sqrt(error_of(&before) / before.n), grew = slope_of(&before) * (t[1] - t[n - 1]);
    if (grew > SCATTER * missed && -off(&before, t[0], l[0]) > BENT * missed + LEAST_MOVE)
        history->bent = l[1] / t[1];
}

static void begin_swing(struct lag_swing *swing, double lag, int direction) {
    *swing = (struct lag_swing){.direction = direction, .low = lag, .high = lag};
}

/* The extremes of what it went through up to now, since it first turned. */
static void follow(struct lag_swing *swing, double lag) {
    swing->low = fmin(swing->low, lag);
    swing->high = fmax(swing->high, lag);
}

/* It turned often enough, and is where it was then. */
static bool swings(struct lag_history *history, int direction) {
    struct lag_swing *swing = &history->swing;
    const struct lag_point *now = point_at(history, 0);
    double room = OUTSIDE * (swing->high - swing->low);
    bool outside = now->lag < swing->low - room || now->lag > swing->high + room;
    if (now->lag <= OUTSIDE * swing->high || (swing->turns >= SWINGS && outside) ||
        (swing->turns && now->now_ns - swing->turned_ns > SWUNG_MOST))
        begin_swing(swing, now->lag, direction);
    if (direction && direction == -swing->direction) {
        swing->turns++;
        swing->turned_ns = now->now_ns;
    }
    swing->direction = direction ? direction : swing->direction;
    if (swing->turns < SWINGS) {
        if (!swing->turns)
            swing->low = swing->high = now->lag;
        follow(swing, now->lag);
    }
    return swing->turns >= SWINGS;
}

/* It goes that way at more than one step, unless there is but one. */
static bool goes_on_so(const double l[], unsigned n, double per_s) {
    unsigned steps = 0;
    for (unsigned i = 1; i < n; i++)
        steps += (l[i - 1] - l[i]) * per_s > 0;
    return steps >= 2 || (steps && n == 2);
}

static void find_slope(struct lag_history *history) {
    double t[LAG_POINTS], l[LAG_POINTS] = {0};
    unsigned n = window_of(history, t, l);
    bool grew = history->moves && history->per_s > 0;
    history->known = n >= SLOPE_POINTS && t[n - 1] < 0;
    history->bent = 0;
    history->guess = false;
    if (!history->known)
        return;
    double lag = point_at(history, 0)->lag;
    bool begins = l[1] + lag <= OUTSIDE * lag; /* one point above nothing is no growth yet */
    unsigned these = done_for(l, n, lag);
    these = these ? these : since_burst(l, n, lag);
    struct line line = newest_line(t, l, these ? these : n, lag);
    history->per_s = slope_of(&line);
    history->guess = these == 2 && lag > 0;
    double by = fabs(history->per_s * t[(unsigned)line.n - 1]);
    history->moves =
        by >= LEAST_MOVE && by * by > SCATTER * SCATTER * error_of(&line) / line.n &&
        (history->per_s < 0 || grew || (!begins && is_growth(history, (unsigned)line.n, t[n - 1])));
    history->moves &= goes_on_so(l, (unsigned)line.n, history->per_s);
    history->moves &= !swings(history, !history->moves ? 0 : history->per_s > 0 ? 1 : -1);
    if (history->per_s > 0)
        find_bend(history, t, l, n);
}

/* Since the row before, of which the point before is. */
static bool has_worked(const struct object *consumer, const struct lag_point *before, double lag) {
    static const enum field done[] = {F_CONSUMER_delivered_consumer_seq, F_CONSUMER_ack_floor_consumer_seq,
                                      F_CONSUMER_ack_floor_stream_seq};
    bool worked = false;
    for (size_t i = 0; consumer->before && i < sizeof done / sizeof *done; i++)
        worked |= row_u64(consumer->now, done[i], 0) != row_u64(consumer->before, done[i], 0);
    return worked && lag > before->lag;
}

static void judge_held(struct lag_history *history, bool was_known, int64_t mono_ns) {
    history->held |= was_known;
    if (history->known)
        history->known_mono_ns = mono_ns;
    if (history->known || mono_ns - history->known_mono_ns > HELD_MOST)
        history->held = false;
}

static void be_done(struct lag_history *history) {
    if (!history->held)
        return;
    history->per_s = 0;
    history->moves = false;
}

/* Two rows that go otherwise say more than what was before another one led; its first one is good enough. */
static void yield(struct lag_history *history) {
    const struct lag_point *now = point_at(history, 0);
    const struct lag_point *before = history->count >= 2    ? point_at(history, 1)
                                     : history->first_known ? &history->first
                                                            : NULL;
    if (now->lag <= 0)
        be_done(history);
    if (!history->held || !history->moves || !before || now->now_ns <= before->now_ns)
        return;
    double per_s = (now->lag - before->lag) * (double)NS_PER_S / (double)(now->now_ns - before->now_ns);
    if (per_s / history->per_s > ALIKE && history->per_s / per_s > ALIKE)
        return;
    history->moves = fabs(now->lag - before->lag) >= LEAST_MOVE && (per_s < 0 || history->per_s > 0);
    history->per_s = per_s;
}

void lag_put(struct lag_history *history, const struct object *consumer) {
    double lag;
    bool was_known = history->known;
    if (!lag_of(consumer, &lag))
        return;
    unsigned last = (history->next + LAG_POINTS - 1) % LAG_POINTS;
    if (history->count && history->points[last].now_ns >= consumer->now_at.now_ns)
        history->count = 0;
    bool worked = history->count && has_worked(consumer, &history->points[last], lag);
    history->points[history->next] = (struct lag_point){consumer->now_at.now_ns, lag, worked};
    history->next = (history->next + 1) % LAG_POINTS;
    if (history->count < LAG_POINTS)
        history->count++;
    find_slope(history);
    judge_held(history, was_known, consumer->now_at.mono_ns);
    yield(history);
}

void lag_hold(struct lag_history *history, const struct object *consumer) {
    double lag;
    history->count = 0;
    history->bent = 0;
    history->held |= history->known;
    history->known = history->guess = false;
    history->first_known = lag_of(consumer, &lag);
    if (!history->first_known)
        return;
    history->first = (struct lag_point){.now_ns = consumer->now_at.now_ns, .lag = lag};
    if (lag <= 0)
        be_done(history);
}

void lag_forget(struct lag_history *history) {
    *history = (struct lag_history){0};
}

bool lag_is_guess(const struct lag_history *history) {
    return history->held || history->guess;
}

bool lag_slope(const struct lag_history *history, double *per_s) {
    *per_s = history->per_s;
    return history->known || history->held;
}

bool lag_trend(const struct lag_history *history, double *per_s) {
    *per_s = history->moves ? history->per_s : 0;
    return history->known || history->held;
}

bool lag_begins_to_fall(const struct lag_history *history, double *per_s) {
    *per_s = history->bent;
    return history->known && history->bent < 0;
}
