#include "collectors/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/answer.h"
#include "collectors/decode.h"

#define QUARANTINE_TOLD (10 * NS_PER_S)
#define DUPLICATE_EVERY (10 * NS_PER_S)
#define BACKOFF_MIN     (1 * NS_PER_S)
#define BACKOFF_MAX     (30 * NS_PER_S)
#define CONFIG_EVERY    (60 * NS_PER_S)
#define CONFIG_SOONEST  (5 * NS_PER_S)
#define INTERVAL_MAX    (300 * NS_PER_S)
#define FAILING_MAX     (60 * NS_PER_S)
#define LEAST_FOR_HEAVY 0.01 /* what the heavy ones keep when the light ones use the bound up */
#define CONNECTION_MIN  600  /* bytes of one in /connz, for want of better knowledge */
#define LIMIT_MIN       1024u
#define LIMIT_INTEREST  10000u     /* of some 150 bytes each: a list that is cut may lack whole groups */
#define BODY_NS_A_BYTE  8          /* of a link of 1 Gbit/s */
#define SLOTS           8          /* of an interval: servers asked together are one waking up */
#define MEAN_WEIGHT     (1 / 32.0) /* of one answer: a minute on the shortest interval */

/* ---- demand ---- */

static bool is_clustered(const struct target *t) {
    return t->clustered;
}
static bool has_gateways(const struct target *t) {
    return t->gateways;
}
static bool has_leafs(const struct target *t) {
    return t->leafs;
}
static bool has_cid(const struct target *t) {
    return t->wants[EP_CONNZ_SUBS].cid > 0 || t->cids.count > 0;
}
static bool has_subject(const struct target *t) {
    return t->wants[EP_INTEREST].subject[0] != '\0';
}
static bool (*const condition[WANTED_COUNT])(const struct target *) = {[WANTED_ROUTES] = is_clustered,
                                                                       [WANTED_GATEWAYS] = has_gateways,
                                                                       [WANTED_LEAFS] = has_leafs,
                                                                       [WANTED_CID] = has_cid,
                                                                       [WANTED_SUBJECT] = has_subject};

/* May it be asked at all, as things are? */
static bool may_ask(const struct target *t, int e) {
    if (t->state == TARGET_GONE || t->plan[e].quarantined)
        return false;
    if (e == EP_VARZ)
        return !t->hidden || t->collector->unmatched > 0;
    if (t->hidden || !t->up)
        return false;
    return t->state == TARGET_POLLED || (t->state == TARGET_BALANCER && e == EP_ROUTEZ);
}

static bool wanted(const struct target *t, int e) {
    if (!may_ask(t, e))
        return false;
    bool holds = condition[endpoints[e].wanted] == NULL || condition[endpoints[e].wanted](t);
    return e == EP_VARZ || (t->wants[e].on && holds);
}

/* ---- cadence ---- */

static bool rescans_stores(const struct target *t) {
    return t->version[0] != '\0' && version_at_most(t->version, 2, 9, 14);
}
static bool counts_no_clients(const struct target *t) {
    return t->version[0] != '\0' && !t->client_counters;
}
static bool holds_for_peers(const struct target *t) {
    return t->backlog;
}
static const struct {
    bool (*holds)(const struct target *);
    enum { LONGER, IN_STEP, SHORTER } how; /* the last two by the interval of /varz */
} whens[WHEN_COUNT] = {[WHEN_OLD_STORES] = {rescans_stores, LONGER},
                       [WHEN_NO_CLIENT_COUNTERS] = {counts_no_clients, IN_STEP},
                       [WHEN_BACKLOG] = {holds_for_peers, SHORTER}};

static bool follows_varz(const struct target *t, int e) {
    for (int i = 0; i < cadence_count; i++)
        if ((int)cadences[i].endpoint == e && cadences[i].when == WHEN_NO_CLIENT_COUNTERS)
            return counts_no_clients(t);
    return false;
}

/* The version stands for %s in the table's sentence. */
static void say_why(char *out, size_t size, const char *why, const char *version) {
    const char *mark = strstr(why, "%s");
    if (mark == NULL)
        snprintf(out, size, "%s", why);
    else
        snprintf(out, size, "%.*s%.16s%s", (int)(mark - why), why, version, mark + 2);
}

static int64_t on_grid(const struct target *t, int64_t interval) {
    int64_t step = t->collector->varz_ns;
    return (interval + step - 1) / step * step;
}

/* What the size of its answers asks for, 0 nothing. */
static int64_t pace_of(const struct target *t, int e) {
    double mb = (double)t->plan[e].size / 1e6;
    for (int i = 0; i < pace_count; i++) {
        if ((int)paces[i].endpoint != e)
            continue;
        double ms = mb * paces[i].ms;
        return on_grid(t, (int64_t)(ms < paces[i].most_ms ? ms : paces[i].most_ms) * NS_PER_MS);
    }
    return 0;
}

static int64_t base_interval(const struct target *t, int e, char why[64]) {
    const struct collector *c = t->collector;
    const struct want *w = &t->wants[e];
    int64_t every = endpoints[e].every_ms * NS_PER_MS, pace = pace_of(t, e);
    snprintf(why, 64, "default");
    if (pace > every) {
        every = pace;
        snprintf(why, 64, "answers of %.1f MB", (double)t->plan[e].size / 1e6);
    }
    if (e == EP_VARZ) {
        if (c->varz_ns != every)
            snprintf(why, 64, "configured"); /* by option or file */
        every = t->state == TARGET_DUPLICATE ? DUPLICATE_EVERY : c->varz_ns;
    }
    int64_t told = c->options->every_ms != NULL ? c->options->every_ms[endpoints[e].shape] : 0;
    if (told > 0) {
        every = told * NS_PER_MS;
        snprintf(why, 64, "configured");
    }
    if (w->every_ms > 0) {
        every = w->every_ms * NS_PER_MS;
        snprintf(why, 64, "wanted");
    }
    for (int i = 0; i < cadence_count; i++) {
        const struct cadence *other = &cadences[i];
        if ((int)other->endpoint != e || !whens[other->when].holds(t))
            continue;
        int64_t so_long = other->every_ms * NS_PER_MS;
        if (whens[other->when].how != LONGER)
            so_long = other->every_ms * c->varz_ns / endpoints[EP_VARZ].every_ms;
        if ((whens[other->when].how == LONGER && every >= so_long) ||
            (whens[other->when].how == SHORTER && every <= so_long))
            continue;
        every = so_long;
        say_why(why, 64, other->why, t->version);
    }
    return every;
}

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

bool schedule_stretch(const int64_t *cost, const bool *fixed, int64_t *interval, int count) {
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

/* What a body costs that is thrown away: the time to its first byte says nothing of it. */
static const bool body_is_no_use[FAILURE_COUNT] = {
    [FAILURE_TIMEOUT] = true,  [FAILURE_CUT] = true,       [FAILURE_BODY] = true,
    [FAILURE_NOT_NATS] = true, [FAILURE_TOO_LARGE] = true,
};

static void count_failing(struct plan *p, int e, enum failure failure) {
    if (failure == FAILURE_NONE)
        p->failing = 0;
    else if (endpoints[e].lane == LANE_HEAVY && body_is_no_use[failure] && p->failing < 30)
        p->failing++;
}

int64_t schedule_failing(int64_t interval, int failing) {
    int64_t longer = interval;
    for (int i = 0; i < failing && longer < FAILING_MAX; i++)
        longer *= 2;
    longer = longer < FAILING_MAX ? longer : FAILING_MAX;
    return longer > interval ? longer : interval;
}

static void say_failing(char why[64], int64_t interval) {
    snprintf(why, 64, "failing: every %.4gs", (double)interval / (double)NS_PER_S);
}

/* Longer, on the grid, for that reason. */
static void lengthen(const struct target *t, int64_t *interval, int64_t to, char why[64],
                     const char *reason) {
    if (to <= *interval)
        return;
    *interval = on_grid(t, to);
    snprintf(why, 64, "%s", reason);
}

static void set_interval(struct plan *p, int64_t interval, const char why[64]) {
    if (p->interval != interval || strcmp(p->why, why) != 0)
        p->changed = true;
    p->interval = interval;
    memcpy(p->why, why, sizeof p->why);
}

/* Chooses all intervals of a target. What was not asked for costs nothing. */
static void choose(struct target *t) {
    int64_t cost[EP_COUNT], body[EP_COUNT], by_cost[EP_COUNT], by_body[EP_COUNT], base[EP_COUNT];
    bool fixed[EP_COUNT];
    char why[EP_COUNT][64], failing[64];
    for (int e = 0; e < EP_COUNT; e++) {
        const struct plan *p = &t->plan[e];
        base[e] = by_cost[e] = by_body[e] = base_interval(t, e, why[e]);
        cost[e] = p->active ? p->cost : -1;
        body[e] = p->active ? p->body : -1;
        fixed[e] = endpoints[e].lane == LANE_LIGHT;
    }
    schedule_stretch(cost, fixed, by_cost, EP_COUNT);
    schedule_stretch(body, fixed, by_body, EP_COUNT);
    for (int e = 0; e < EP_COUNT; e++) {
        struct plan *p = &t->plan[e];
        int64_t interval = base[e], retry = schedule_failing(base[e], p->failing);
        lengthen(t, &interval, by_cost[e], why[e], "stretched: 5 % bound");
        lengthen(t, &interval, by_body[e], why[e], "stretched: large answers");
        say_failing(failing, on_grid(t, retry));
        lengthen(t, &interval, retry, why[e], failing);
        set_interval(p, interval, why[e]);
    }
}

/* ---- the grid ---- */

static int64_t grid_next(const struct target *t, int e, int64_t now) {
    const struct collector *c = t->collector;
    int64_t interval = t->plan[e].interval, steps = interval / c->varz_ns;
    double turns = t->number * 0.6180339887498949; /* any number of servers is spread evenly */
    int64_t slot = (int64_t)((turns - (double)(int64_t)turns) * SLOTS);
    int64_t base = c->started_mono_ns + slot * (c->varz_ns / SLOTS);
    if (steps > 1 && !follows_varz(t, e))
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

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int64_t schedule_cost(struct cost_memory *costs, int64_t cost_ns) {
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
        p->cost = schedule_cost(&p->costs, head->cost_ns);
        return head->cost_ns;
    }
    int64_t usual = p->cost > 0 ? p->cost : 0;
    return head->cost_ns < usual ? head->cost_ns : usual;
}

void schedule_account(struct target *t, int e, const struct sample *head, int64_t decoding_ns) {
    struct plan *p = &t->plan[e];
    bool failed_before = p->failing > 0, excused = is_excused(t, e, head);
    int64_t before = p->interval;
    p->requests++;
    p->failures += head->failure != FAILURE_NONE;
    p->bytes += head->bytes;
    p->last = charge(p, head, excused);
    p->spent += p->last;
    if (head->failure == FAILURE_NONE && !(e == EP_JSZ && t->config_asked))
        p->size = head->bytes;
    if (head->failure == FAILURE_NONE) /* else it waits for what is failing */
        p->body = schedule_cost(&p->bodies, (int64_t)head->bytes * BODY_NS_A_BYTE + decoding_ns);
    p->changed = true;
    if (!excused)
        count_failing(p, e, head->failure);
    choose(t);
    if (p->failing > 0 || p->interval > before)
        p->due = clock_mono_ns() + p->interval;
    else if (failed_before || p->interval < before)
        p->due = grid_next(t, e, clock_mono_ns());
}

static void refresh(struct target *t, int64_t now) {
    bool changed = false;
    for (int e = 0; e < EP_COUNT; e++) {
        struct plan *p = &t->plan[e];
        bool on = wanted(t, e);
        if (on == p->active)
            continue;
        changed = p->changed = true;
        p->active = on;
        if (on && (!t->hidden || p->due == 0) && p->failing == 0)
            p->due = now;
    }
    if (changed)
        choose(t);
}

/* ---- asking ---- */

uint64_t schedule_connection_bytes(const struct target *t) {
    return t->conn_bytes > CONNECTION_MIN ? t->conn_bytes : CONNECTION_MIN;
}

unsigned schedule_connection_limit(const struct target *t) {
    uint64_t most = (DECODE_MAX_BODY - (1u << 20)) / schedule_connection_bytes(t);
    uint64_t limit = t->conn_total + t->conn_total / 10;
    unsigned asked = t->wants[EP_CONNZ_FULL].limit;
    if (asked > 0)
        limit = asked;
    else if (limit < LIMIT_MIN)
        limit = LIMIT_MIN;
    return (unsigned)(limit < most ? limit : most > 0 ? most : 1);
}

static unsigned interest_limit(const struct target *t) {
    return t->wants[EP_INTEREST].limit > 0 ? t->wants[EP_INTEREST].limit : LIMIT_INTEREST;
}

static unsigned (*const limit_of[EP_COUNT])(const struct target *) = {
    [EP_CONNZ_FULL] = schedule_connection_limit,
    [EP_CONNZ_CLOSED] = closed_limit,
    [EP_INTEREST] = interest_limit,
};

static bool wants_config(const struct target *t, int64_t now) {
    return now - t->config_last >= (t->config_changed ? CONFIG_SOONEST : CONFIG_EVERY);
}

/* An answer later than its successor is due helps nobody; on short intervals it still gets half a second. */
static int timeout_ms(const struct target *t, int e) {
    if (e != EP_VARZ)
        return endpoints[e].timeout_ms;
    int64_t ms = t->plan[e].interval / NS_PER_MS * 9 / 10;
    return ms < 500 ? 500 : ms > 5000 ? 5000 : (int)ms;
}

static void path_of(const struct target *t, int e, bool config, struct asked_cid cid,
                    char path[ENDPOINT_PATH_SIZE]) {
    const struct endpoint_words words = {.config = config,
                                         .sort = t->wants[e].sort,
                                         .limit = limit_of[e] != NULL ? limit_of[e](t) : 0,
                                         .cid = cid.cid,
                                         .closed = cid.closed,
                                         .subject = t->wants[e].subject};
    endpoint_path(&endpoints[e], &words, path, ENDPOINT_PATH_SIZE);
}

static struct asked_cid wanted_cid(const struct target *t, int e) {
    return (struct asked_cid){t->wants[e].cid, t->wants[e].closed};
}

/* Those that wait go first: they are asked once, the one that is wanted again and again. */
static struct asked_cid next_cid(struct target *t) {
    struct asked_cid cid = cids_take(&t->cids);
    return cid.cid > 0 ? cid : wanted_cid(t, EP_CONNZ_SUBS);
}

static void ask(struct target *t, int e, int64_t now) {
    char path[ENDPOINT_PATH_SIZE];
    bool config = e == EP_JSZ && wants_config(t, now);
    struct asked_cid cid = e == EP_CONNZ_SUBS ? next_cid(t) : (struct asked_cid){0};
    path_of(t, e, config, cid, path);
    if (e == EP_JSZ)
        t->config_asked = config;
    if (e == EP_CONNZ_FULL)
        t->conn_limit = schedule_connection_limit(t);
    facts_reset(&t->facts[endpoints[e].lane]);
    t->plan[e].asked = e == EP_CONNZ_SUBS && t->cids.count > 0;
    t->plan[e].last_asked = now;
    t->plan[e].due = next_due(t, e, now);
    lane_ask(&t->lane[endpoints[e].lane], &(struct lane_request){.endpoint = &endpoints[e],
                                                                 .target = t->id,
                                                                 .base = t->base,
                                                                 .root = t->root,
                                                                 .connect_to = t->connect_to,
                                                                 .host = t->url.host,
                                                                 .port = t->url.port,
                                                                 .https = t->url.https,
                                                                 .literal = t->literal,
                                                                 .path = path,
                                                                 .cid = cid.cid,
                                                                 .subject = t->wants[e].subject,
                                                                 .server_name = t->name,
                                                                 .timeout_ms = timeout_ms(t, e)});
}

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
    path_of(t, e, false, wanted_cid(t, e), before);
    t->wants[e] = *want;
    path_of(t, e, false, wanted_cid(t, e), after);
    if (!want->on || !was_on)
        return; /* the next turn sees it */
    if (strcmp(before, after) != 0)
        schedule_ask(t, e);
    choose(t);
    int64_t due = grid_next(t, e, clock_mono_ns());
    if (t->plan[e].active && t->plan[e].failing == 0 && due < t->plan[e].due)
        t->plan[e].due = due;
}

void schedule_adopt(struct target *t) {
    t->plan[EP_VARZ].due = grid_next(t, EP_VARZ, clock_mono_ns());
    schedule_stir(t);
}

static int64_t spacing_of(int e) {
    for (int i = 0; i < spacing_count; i++)
        if ((int)spacings[i].endpoint == e)
            return spacings[i].ms * NS_PER_MS;
    return 0;
}

static int64_t due_of(const struct target *t, int e) {
    const struct plan *p = &t->plan[e];
    int64_t spacing = spacing_of(e);
    if (p->asked && may_ask(t, e))
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
    ask(t, best, now);
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

/* ---- what it costs ---- */

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

void schedule_tell_costs(struct collector *c, bool all) {
    for (int i = 0; i < c->target_count; i++)
        for (int e = 0; e < EP_COUNT; e++) {
            struct plan *p = &c->targets[i]->plan[e];
            if (!c->targets[i]->hidden && (p->changed || all) && (p->active || p->requests > 0))
                tell_cost(c->targets[i], e);
        }
}
