#include "collectors/cadence.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/cost.h"

#define DUPLICATE_EVERY (10 * NS_PER_S)
#define FAILING_MAX     (60 * NS_PER_S)

/* ---- what was told, and what the server is ---- */

static bool rescans_stores(const struct target *t) {
    return t->version[0] != '\0' && version_at_most(t->version, 2, 9, 14);
}
static bool counts_no_clients(const struct target *t) {
    return t->version[0] != '\0' && !t->client_counters;
}
static bool holds_on_routes(const struct target *t) {
    return t->backlog[EP_ROUTEZ];
}
static bool holds_on_gateways(const struct target *t) {
    return t->backlog[EP_GATEWAYZ];
}
static const struct {
    bool (*holds)(const struct target *);
    enum { LONGER, IN_STEP, SHORTER } how; /* the last two by the interval of /varz */
} whens[WHEN_COUNT] = {[WHEN_OLD_STORES] = {rescans_stores, LONGER},
                       [WHEN_NO_CLIENT_COUNTERS] = {counts_no_clients, IN_STEP},
                       [WHEN_ROUTE_BACKLOG] = {holds_on_routes, SHORTER},
                       [WHEN_GATEWAY_BACKLOG] = {holds_on_gateways, SHORTER}};

bool cadence_follows_varz(const struct target *t, int e) {
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
    const struct want *w = &t->wants[endpoint_meant(e)];
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
    int64_t told =
        c->options->every_ms != NULL ? c->options->every_ms[endpoints[endpoint_meant(e)].shape] : 0;
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

/* ---- longer ---- */

/* What a body costs that is thrown away: the time to its first byte says nothing of it. */
static const bool body_is_no_use[FAILURE_COUNT] = {
    [FAILURE_TIMEOUT] = true,  [FAILURE_CUT] = true,       [FAILURE_BODY] = true,
    [FAILURE_NOT_NATS] = true, [FAILURE_TOO_LARGE] = true,
};

void cadence_count_failing(struct plan *p, int e, enum failure failure) {
    if (failure == FAILURE_NONE)
        p->failing = 0;
    else if (endpoints[e].lane == LANE_HEAVY && p->failing < 30 &&
             (body_is_no_use[failure] || failure == FAILURE_LOGIN))
        p->failing++;
}

int64_t cadence_failing(int64_t interval, int failing) {
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

void cadence_choose(struct target *t) {
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
    cost_stretch(cost, fixed, by_cost, EP_COUNT);
    cost_stretch(body, fixed, by_body, EP_COUNT);
    for (int e = 0; e < EP_COUNT; e++) {
        struct plan *p = &t->plan[e];
        int64_t interval = base[e], retry = cadence_failing(base[e], p->failing);
        lengthen(t, &interval, by_cost[e], why[e], "stretched: 5 % bound");
        lengthen(t, &interval, by_body[e], why[e], "stretched: large answers");
        say_failing(failing, on_grid(t, retry));
        lengthen(t, &interval, retry, why[e], failing);
        set_interval(p, interval, why[e]);
    }
}
