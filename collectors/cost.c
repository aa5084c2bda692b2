#include "collectors/cost.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define INTERVAL_MAX    (300 * NS_PER_S)
#define LEAST_FOR_HEAVY 0.01       /* what the heavy ones keep when the light ones use the bound up */
#define BODY_NS_A_BYTE  8          /* of a link of 1 Gbit/s */
#define MEAN_WEIGHT     (1 / 32.0) /* of one answer: a minute on the shortest interval */

/* ---- the bound ---- */

static double share(const int64_t *cost, const int64_t *interval, int i) {
    return cost[i] > 0 ? (double)cost[i] / (double)interval[i] : 0;
}

static double capped_sum(const int64_t *cost, const bool *fixed, const int64_t *interval, int count,
                         double cap) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        double s = share(cost, interval, i);
        sum += fixed[i] ? 0 : s < cap ? s : cap;
    }
    return sum;
}

bool cost_stretch(const int64_t *cost, const bool *fixed, int64_t *interval, int count) {
    double light = 0;
    for (int i = 0; i < count; i++)
        light += fixed[i] ? share(cost, interval, i) : 0;
    double budget = COST_BOUND - light > LEAST_FOR_HEAVY ? COST_BOUND - light : LEAST_FOR_HEAVY;
    if (capped_sum(cost, fixed, interval, count, 1e9) <= budget)
        return false;
    double low = 0, high = budget;
    for (int step = 0; step < 50; step++) {
        double middle = (low + high) / 2;
        if (capped_sum(cost, fixed, interval, count, middle) <= budget)
            low = middle;
        else
            high = middle;
    }
    for (int i = 0; i < count; i++) {
        if (fixed[i] || share(cost, interval, i) <= low)
            continue;
        double longer = (double)cost[i] / low;
        interval[i] = longer < (double)INTERVAL_MAX ? (int64_t)longer : INTERVAL_MAX;
    }
    return true;
}

/* ---- what was spent ---- */

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int64_t cost_usual(struct cost_memory *costs, int64_t cost_ns) {
    int64_t sorted[COSTS_KEPT];
    costs->last[costs->count++ % COSTS_KEPT] = cost_ns;
    costs->mean += ((double)cost_ns - costs->mean) * MEAN_WEIGHT;
    size_t known = costs->count < COSTS_KEPT ? costs->count : COSTS_KEPT;
    if (known < 2)
        return -1;
    memcpy(sorted, costs->last, sizeof sorted);
    qsort(sorted, known, sizeof *sorted, by_size);
    int64_t middle = sorted[(known - 1) / 2];
    return (double)middle > costs->mean ? middle : (int64_t)costs->mean;
}

/* A server that stands still, or that is cut off from us, makes all wait alike: how long an answer took is no
 * word about it then. Once: who is slow again and again may be so because of us. */
static bool is_excused(struct target *t, int e, const struct sample *head) {
    struct plan *p = &t->plan[e];
    if (e == EP_VARZ && head->failure != FAILURE_NONE) {
        t->silent = head->answered_mono_ns;
        return false;
    }
    bool silent = t->silent && head->asked_mono_ns - t->silent < t->plan[EP_VARZ].interval;
    p->excused = silent && !p->excused;
    return p->excused;
}

/* What was not answered in time, or not by its own fault, says nothing of what answering costs. */
static int64_t charge(struct plan *p, const struct sample *head, bool excused) {
    if (!excused && head->failure != FAILURE_TIMEOUT) {
        p->cost = cost_usual(&p->costs, head->cost_ns);
        return head->cost_ns;
    }
    int64_t usual = p->cost > 0 ? p->cost : 0;
    return head->cost_ns < usual ? head->cost_ns : usual;
}

bool cost_take(struct target *t, int e, const struct sample *head, int64_t decoding_ns) {
    struct plan *p = &t->plan[e];
    bool excused = is_excused(t, e, head);
    p->requests++;
    p->failures += head->failure != FAILURE_NONE;
    p->bytes += head->bytes;
    p->last = charge(p, head, excused);
    p->spent += p->last;
    if (head->failure == FAILURE_NONE && !(e == EP_JSZ && t->config_asked))
        p->size = head->bytes;
    if (head->failure == FAILURE_NONE) /* else it waits for what is failing */
        p->body = cost_usual(&p->bodies, (int64_t)head->bytes * BODY_NS_A_BYTE + decoding_ns);
    p->changed = true;
    return !excused;
}

/* ---- telling ---- */

static void tell_cost(struct target *t, int e) {
    struct collector *c = t->collector;
    struct plan *p = &t->plan[e];
    struct row_any any;
    struct row *row = &any.row;
    collector_row(c, row, ENTITY_COST);
    row_put(row, F_COST_target)->u = t->id;
    row_put(row, F_COST_shape)->u = endpoints[e].shape;
    row_put(row, F_COST_requests)->u = p->requests;
    row_put(row, F_COST_failures)->u = p->failures;
    row_put(row, F_COST_bytes)->u = p->bytes;
    row_put(row, F_COST_spent)->i = p->spent;
    if (p->requests > 0)
        row_put(row, F_COST_last)->i = p->last;
    if (p->active) {
        row_put(row, F_COST_interval)->i = p->interval;
        collector_put(c, row, F_COST_why, p->why);
    }
    row_put(row, F_COST_utc)->i = clock_utc_ns();
    outbox_row(c->outbox, FRAME_COST, row);
    p->changed = false;
}

void cost_tell(struct collector *c, bool all) {
    for (int i = 0; i < c->target_count; i++)
        for (int e = 0; e < EP_COUNT; e++) {
            struct plan *p = &c->targets[i]->plan[e];
            if (!c->targets[i]->hidden && (p->changed || all) && (p->active || p->requests > 0))
                tell_cost(c->targets[i], e);
        }
}
