#include "collectors/schedule.h"

#include <string.h>

#include "base/clock.h"
#include "collectors/cadence.h"
#include "collectors/cost.h"
#include "collectors/demand.h"
#include "collectors/request.h"

#define QUARANTINE_TOLD (10 * NS_PER_S)
#define BACKOFF_MIN     (1 * NS_PER_S)
#define BACKOFF_MAX     (30 * NS_PER_S)
#define SLOTS           8 /* of an interval: servers asked together are one waking up */

/* ---- the grid ---- */

static int64_t grid_next(const struct target *t, int e, int64_t now) {
    const struct collector *c = t->collector;
    int64_t interval = t->plan[e].interval, steps = interval / c->varz_ns;
    double turns = t->number * 0.6180339887498949; /* any number of servers is spread evenly */
    int64_t slot = (int64_t)((turns - (double)(int64_t)turns) * SLOTS);
    int64_t base = c->started_mono_ns + slot * (c->varz_ns / SLOTS);
    if (steps > 1 && !cadence_follows_varz(t, e))
        base += (int64_t)t->number % steps * c->varz_ns;
    int64_t after = now + interval / 8 - base; /* what was late is not asked twice in a row */
    int64_t k = after >= 0 ? after / interval + 1 : -(-after / interval);
    return base + k * interval;
}

static int64_t next_due(struct target *t, int e, int64_t now) {
    if (!t->hidden)
        return grid_next(t, e, now);
    t->backoff = t->backoff == 0 ? BACKOFF_MIN : t->backoff * 2 < BACKOFF_MAX ? t->backoff * 2 : BACKOFF_MAX;
    return now + t->backoff;
}

void schedule_account(struct target *t, int e, const struct sample *head, int64_t decoding_ns) {
    struct plan *p = &t->plan[e];
    bool failed_before = p->failing > 0;
    int64_t before = p->interval;
    if (cost_take(t, e, head, decoding_ns))
        cadence_count_failing(p, e, head->failure);
    cadence_choose(t);
    if (p->failing > 0 || p->interval > before)
        p->due = clock_mono_ns() + p->interval;
    else if (failed_before || p->interval < before)
        p->due = grid_next(t, e, clock_mono_ns());
}

static void refresh(struct target *t, int64_t now) {
    bool changed = false;
    for (int e = 0; e < EP_COUNT; e++) {
        struct plan *p = &t->plan[e];
        bool on = demand_wants(t, e);
        if (on == p->active)
            continue;
        changed = p->changed = true;
        p->active = on;
        if (on && (!t->hidden || p->due == 0) && p->failing == 0)
            p->due = now;
    }
    if (changed)
        cadence_choose(t);
}

/* ---- what is wanted ---- */

void schedule_stir(struct target *t) {
    t->stirred = t->collector->stirred = true;
}

void schedule_ask(struct target *t, int e) {
    t->plan[e].asked = true;
    schedule_stir(t);
}

void schedule_want(struct target *t, int e, const struct want *want) {
    char before[ENDPOINT_PATH_SIZE], after[ENDPOINT_PATH_SIZE];
    bool was_on = t->wants[e].on;
    schedule_stir(t);
    request_usual_path(t, e, before);
    t->wants[e] = *want;
    request_usual_path(t, e, after);
    if (!want->on || !was_on)
        return; /* the next turn sees it */
    if (strcmp(before, after) != 0)
        schedule_ask(t, e);
    cadence_choose(t);
    int64_t due = grid_next(t, e, clock_mono_ns());
    if (t->plan[e].active && t->plan[e].failing == 0 && due < t->plan[e].due)
        t->plan[e].due = due;
}

void schedule_adopt(struct target *t) {
    t->plan[EP_VARZ].due = grid_next(t, EP_VARZ, clock_mono_ns());
    schedule_stir(t);
}

/* ---- turns ---- */

static int64_t spacing_of(int e) {
    for (int i = 0; i < spacing_count; i++)
        if ((int)spacings[i].endpoint == e)
            return spacings[i].ms * NS_PER_MS;
    return 0;
}

static int64_t due_of(const struct target *t, int e) {
    const struct plan *p = &t->plan[e];
    int64_t spacing = spacing_of(e);
    if (p->asked && demand_allows(t, e))
        return spacing > 0 && p->last_asked > 0 ? p->last_asked + spacing : 0;
    return p->active ? p->due : INT64_MAX;
}

/* The next thing for a free lane: starts it, or says when. */
static int64_t run_lane(struct target *t, enum lane_kind kind, int64_t now) {
    int best = -1;
    for (int e = 0; e < EP_COUNT; e++)
        if (endpoints[e].lane == kind && (best < 0 || due_of(t, e) < due_of(t, best)))
            best = e;
    if (t->lane[kind].busy || best < 0)
        return INT64_MAX;
    int64_t due = due_of(t, best);
    if (due > now)
        return due;
    t->plan[best].due = next_due(t, best, now);
    request_start(t, best, now);
    return INT64_MAX;
}

static int64_t tell_quarantined(struct target *t, int64_t now) {
    int64_t next = INT64_MAX;
    for (int e = 0; e < EP_COUNT; e++) {
        struct plan *p = &t->plan[e];
        if (!p->quarantined || t->hidden || t->state > TARGET_POLLED)
            continue;
        if (p->due <= now) {
            p->due = now + QUARANTINE_TOLD;
            lane_say(&t->collector->client, t->id, endpoints[e].shape, FAILURE_QUARANTINED,
                     "not asked any more: its answers ended the collector again and again");
        }
        next = p->due < next ? p->due : next;
    }
    return next;
}

/* Starts what is due; returns when to look again if nothing happens before. */
static int64_t run_target(struct target *t, int64_t now) {
    t->stirred = false;
    refresh(t, now);
    int64_t next = tell_quarantined(t, now);
    for (int kind = 0; kind < LANE_COUNT; kind++) {
        int64_t due = run_lane(t, kind, now);
        next = due < next ? due : next;
    }
    return next;
}

void schedule_run(struct collector *c) {
    int64_t now = clock_mono_ns(), next = INT64_MAX;
    if (!c->stirred && now < c->schedule_next)
        return;
    c->stirred = false;
    for (int i = 0; i < c->target_count; i++) {
        struct target *t = c->targets[i];
        if (t->stirred || t->next <= now)
            t->next = run_target(t, now);
        next = t->next < next ? t->next : next;
    }
    c->schedule_next = next;
    loop_timer_set(c->schedule_timer, next);
}

void schedule_quarantines(struct target *t) {
    const struct collector *c = t->collector;
    schedule_stir(t);
    for (int i = 0; i < c->quarantine_count; i++) {
        struct plan *p = &t->plan[c->quarantines[i].endpoint];
        if (strcmp(c->quarantines[i].url, t->base) != 0 || p->quarantined)
            continue;
        p->quarantined = true;
        p->due = 0;
    }
}
