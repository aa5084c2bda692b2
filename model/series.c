#include "model/series.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A ring of buckets over slots (seconds or minutes); it grows as time goes by, since most watching is short.
 */
struct ring {
    struct bucket *slots; /* slot t is at t % cap */
    int64_t cap, most;
    int64_t newest, first; /* slots known to the ring; none: newest < first */
};

struct run { /* one value from a second to another one, both included; since began_s */
    int32_t from, to;
    float value;
};

struct series {
    bool small;
    int64_t began_s, newest_s;
    struct ring seconds, minutes;
    struct run *runs; /* oldest first */
    int run_count, run_cap, run_most;
};

#define NOTHING_YET INT64_MIN
static const struct bucket unknown = {NAN, NAN, NAN};

/* ---- rings ---- */

static void ring_init(struct ring *ring, int64_t most) {
    ring->most = most;
    ring->first = 0;
    ring->newest = -1;
}

static bool ring_has(const struct ring *ring, int64_t slot) {
    return slot >= ring->first && slot <= ring->newest;
}

static struct bucket *ring_at(const struct ring *ring, int64_t slot) {
    assert(ring->cap > 0);
    int64_t i = slot % ring->cap;
    return &ring->slots[i < 0 ? i + ring->cap : i];
}

static void ring_grow(struct ring *ring, int64_t needed) {
    int64_t cap = ring->cap ? ring->cap : 64;
    while (cap < needed)
        cap *= 4;
    cap = cap > ring->most ? ring->most : cap;
    if (cap <= ring->cap)
        return;
    struct ring larger = *ring;
    larger.cap = cap;
    larger.slots = memory_array((size_t)cap, sizeof *larger.slots);
    for (int64_t t = ring->first; t <= ring->newest; t++)
        *ring_at(&larger, t) = *ring_at(ring, t);
    free(ring->slots);
    *ring = larger;
}

/* Makes room up to `slot`; what lies between is unknown. */
static void ring_advance(struct ring *ring, int64_t slot) {
    bool empty = ring->newest < ring->first;
    if (empty) {
        ring->first = slot;
        ring->newest = slot - 1;
    }
    bool over = slot - ring->first >= ring->most;
    ring_grow(ring, over ? ring->most : slot - ring->first + 1);
    if (over)
        ring->first = slot - ring->most + 1;
    int64_t from = ring->newest + 1 > ring->first ? ring->newest + 1 : ring->first;
    for (int64_t t = from; t <= slot; t++)
        *ring_at(ring, t) = unknown;
    ring->newest = slot;
}

static void bucket_add(struct bucket *bucket, const struct bucket *more) {
    if (isnan(more->last))
        return;
    bool empty = isnan(bucket->last);
    bucket->min = empty || more->min < bucket->min ? more->min : bucket->min;
    bucket->max = empty || more->max > bucket->max ? more->max : bucket->max;
    bucket->last = more->last;
}

static void ring_put(struct ring *ring, int64_t slot, float value) {
    struct bucket one = {value, value, value};
    if (ring->newest < ring->first || slot > ring->newest)
        ring_advance(ring, slot);
    if (ring_has(ring, slot))
        bucket_add(ring_at(ring, slot), &one);
}

static void ring_clone(struct ring *to, const struct ring *from) {
    *to = *from;
    if (!from->slots)
        return;
    to->slots = memory_array((size_t)from->cap, sizeof *to->slots);
    memcpy(to->slots, from->slots, (size_t)from->cap * sizeof *to->slots);
}

/* ---- runs ---- */

static void runs_grow(struct series *series) {
    int cap = series->run_cap ? series->run_cap * 2 : 4;
    series->run_cap = cap < series->run_most ? cap : series->run_most;
    series->runs = memory_grow(series->runs, (size_t)series->run_cap, sizeof *series->runs);
}

/* false: the last run, if there is one, has another value or ends before. */
static bool runs_prolong(struct series *series, int64_t from, int64_t to, float value) {
    if (series->run_count == 0)
        return false;
    struct run *last = &series->runs[series->run_count - 1];
    if (last->value != value || from > (int64_t)last->to + 1)
        return false;
    last->to = (int32_t)to;
    return true;
}

static void runs_put(struct series *series, int64_t from_s, int64_t to_s, float value) {
    int64_t from = from_s - series->began_s, to = to_s - series->began_s;
    if (to > INT32_MAX || runs_prolong(series, from, to, value))
        return;
    if (series->run_count == series->run_most) {
        series->run_count--;
        memmove(series->runs, series->runs + 1, (size_t)series->run_count * sizeof *series->runs);
    }
    if (series->run_count == series->run_cap)
        runs_grow(series);
    series->runs[series->run_count++] = (struct run){(int32_t)from, (int32_t)to, value};
}

static void runs_read(const struct series *series, int64_t from_s, int64_t to_s, struct bucket *out) {
    int64_t from = from_s - series->began_s, to = to_s - series->began_s;
    for (int i = 0; i < series->run_count; i++) {
        const struct run *run = &series->runs[i];
        struct bucket one = {run->value, run->value, run->value};
        if (run->to >= from && run->from <= to)
            bucket_add(out, &one);
    }
}

/* ---- series ---- */

struct series *series_create(void) {
    struct series *series = memory_new(sizeof *series);
    series->newest_s = NOTHING_YET;
    ring_init(&series->seconds, SERIES_SECONDS);
    ring_init(&series->minutes, SERIES_MINUTES);
    return series;
}

struct series *series_create_small(int runs) {
    struct series *series = series_create();
    series->small = true;
    series->run_most = runs;
    return series;
}

void series_destroy(struct series *series) {
    if (!series)
        return;
    free(series->seconds.slots);
    free(series->minutes.slots);
    free(series->runs);
    free(series);
}

struct series *series_clone(const struct series *series) {
    struct series *clone = memory_new(sizeof *clone);
    *clone = *series;
    ring_clone(&clone->seconds, &series->seconds);
    ring_clone(&clone->minutes, &series->minutes);
    clone->runs = NULL;
    if (series->run_cap) {
        clone->runs = memory_array((size_t)series->run_cap, sizeof *clone->runs);
        memcpy(clone->runs, series->runs, (size_t)series->run_count * sizeof *clone->runs);
    }
    return clone;
}

static int64_t minute_of(int64_t second) {
    return second >= 0 ? second / 60 : -((59 - second) / 60);
}

void series_put(struct series *series, int64_t utc_s, float value, int hold_s) {
    if (isnan(value) || utc_s < series->newest_s)
        return;
    int64_t hold = hold_s < 1 ? 1 : hold_s > SERIES_SECONDS ? SERIES_SECONDS : hold_s;
    int64_t from = utc_s - hold + 1;
    /* the first one stands for itself alone: what was before is not known */
    if (series->newest_s == NOTHING_YET)
        series->began_s = utc_s;
    if (series->newest_s == NOTHING_YET || utc_s == series->newest_s)
        from = utc_s;
    else if (from <= series->newest_s)
        from = series->newest_s + 1;
    if (series->small) {
        runs_put(series, from, utc_s, value);
    } else {
        for (int64_t t = from; t <= utc_s; t++) {
            ring_put(&series->seconds, t, value);
            ring_put(&series->minutes, minute_of(t), value);
        }
    }
    series->newest_s = utc_s;
}

int64_t series_first_s(const struct series *series) {
    if (series->small)
        return series->began_s + (series->run_count ? series->runs[0].from : 0);
    bool fresh = series->newest_s - series->began_s < SERIES_SECONDS;
    int64_t oldest = series->minutes.first * 60;
    return fresh || oldest < series->began_s ? series->began_s : oldest;
}

static int64_t floor_to(int64_t second, int64_t step) {
    int64_t rest = second % step;
    return second - (rest < 0 ? rest + step : rest);
}

static void read_bucket(const struct series *series, int64_t from, int64_t to, struct bucket *out) {
    if (series->small) {
        runs_read(series, from, to, out);
        return;
    }
    int64_t t = from > series->began_s ? from : series->began_s;
    while (t <= to && t <= series->newest_s) {
        if (ring_has(&series->seconds, t)) {
            bucket_add(out, ring_at(&series->seconds, t++));
            continue;
        }
        if (ring_has(&series->minutes, minute_of(t)))
            bucket_add(out, ring_at(&series->minutes, minute_of(t)));
        int64_t next = (minute_of(t) + 1) * 60;
        /* within this minute the seconds may begin */
        t = series->seconds.first > t && series->seconds.first < next ? series->seconds.first : next;
    }
}

void series_read(const struct series *series, int64_t until_s, int step_s, int count, struct bucket *out) {
    int64_t step = step_s < 1 ? 1 : step_s;
    int64_t last = floor_to(until_s, step);
    for (int i = 0; i < count; i++) {
        int64_t from = last - (int64_t)(count - 1 - i) * step;
        out[i] = unknown;
        read_bucket(series, from, from + step - 1, &out[i]);
    }
}
