#include "model/growth.h"

#include "base/clock.h"

#define WINDOW     (120 * NS_PER_S)
#define APART      (4 * NS_PER_S) /* points that are closer count as one */
#define POINTS     3
#define NO_SCATTER 0.5 /* so much of the variance must the slope explain */

static const enum field fields_of[] = {F_STREAM_messages, F_STREAM_bytes, F_STREAM_last_seq};

/* 0: the newest. */
static struct growth_point *point_at(const struct growth *growth, unsigned back) {
    unsigned i = (growth->next + 2 * GROWTH_POINTS - 1 - back) % GROWTH_POINTS;
    return (struct growth_point *)&growth->points[i];
}

static struct growth_point point_of(const struct object *stream) {
    struct growth_point point = {.now_ns = stream->now_at.now_ns};
    for (int i = 0; i < GROWTH_COUNT; i++) {
        if (!row_has(stream->now, fields_of[i]))
            continue;
        point.known |= 1u << i;
        point.value[i] = (int64_t)row_u64(stream->now, fields_of[i], 0);
    }
    return point;
}

static bool goes_on(const struct growth_point *last, const struct growth_point *point) {
    return point->now_ns > last->now_ns &&
           (uint64_t)point->value[GROWTH_LAST_SEQ] >= (uint64_t)last->value[GROWTH_LAST_SEQ] &&
           (uint64_t)point->value[GROWTH_MESSAGES] >= (uint64_t)last->value[GROWTH_MESSAGES] / 2;
}

void growth_put(struct growth *growth, const struct object *stream) {
    struct growth_point point = point_of(stream);
    if (growth->count && !goes_on(point_at(growth, 0), &point))
        growth->count = 0;
    if (growth->count > 1 && point.now_ns - point_at(growth, 1)->now_ns < APART) {
        *point_at(growth, 0) = point;
        return;
    }
    growth->points[growth->next] = point;
    growth->next = (growth->next + 1) % GROWTH_POINTS;
    if (growth->count < GROWTH_POINTS)
        growth->count++;
}

void growth_forget(struct growth *growth) {
    growth->count = 0;
}

struct fit { /* of a line through what the points say, seen from the newest */
    double n, t, v, tt, tv, vv;
};

static struct fit fit_of(const struct growth *growth, int what) {
    struct fit fit = {0};
    const struct growth_point *newest = point_at(growth, 0);
    for (unsigned i = 0; i < growth->count && newest->known & 1u << what; i++) {
        const struct growth_point *p = point_at(growth, i);
        if (!(p->known & 1u << what) || (newest->now_ns - p->now_ns > WINDOW && fit.n >= POINTS))
            break;
        double t = (double)(p->now_ns - newest->now_ns) / (double)NS_PER_S;
        double v = (double)(int64_t)((uint64_t)p->value[what] - (uint64_t)newest->value[what]);
        fit.n++, fit.t += t, fit.v += v, fit.tt += t * t, fit.tv += t * v, fit.vv += v * v;
    }
    return fit;
}

static bool slope(const struct fit *fit, double *per_s) {
    double spread = fit->n * fit->tt - fit->t * fit->t;
    if (fit->n < POINTS || spread <= 0)
        return false;
    *per_s = (fit->n * fit->tv - fit->t * fit->v) / spread;
    return true;
}

bool growth_per_s(const struct growth *growth, int what, double *per_s) {
    struct fit fit = fit_of(growth, what);
    return slope(&fit, per_s);
}

/* In the younger half of the window: a jump that is over is no growth. */
static bool still_grows(const struct growth *growth, int what, unsigned n) {
    const struct growth_point *newest = point_at(growth, 0), *middle = point_at(growth, n / 2);
    return (int64_t)((uint64_t)newest->value[what] - (uint64_t)middle->value[what]) > 0;
}

bool growth_is_up(const struct growth *growth, int what, double *per_s) {
    struct fit fit = fit_of(growth, what);
    if (!slope(&fit, per_s) || *per_s <= 0 || !still_grows(growth, what, (unsigned)fit.n))
        return false;
    double explained = *per_s * (fit.n * fit.tv - fit.t * fit.v);
    return explained >= NO_SCATTER * (fit.n * fit.vv - fit.v * fit.v);
}
