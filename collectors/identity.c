#include "collectors/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/discover.h"
#include "collectors/event.h"
#include "collectors/schedule.h"

#define LOST_AFTER  3 /* failures in a row before another URL of the same server may take over */
#define DOUBT_AFTER 2

static void remember(struct target *t, const struct facts *f, const struct lane *lane) {
    if (strcmp(t->server_id, f->server_id) != 0)
        t->collector->judge = true;
    if (t->config_load_time != f->config_load_time)
        t->config_changed = true;
    bool routes_older = t->plan[EP_ROUTEZ].last_asked + 100 * NS_PER_MS < lane->head.asked_mono_ns;
    const struct plan *routes = &t->plan[EP_ROUTEZ];
    if (t->remotes != f->remotes && routes->active && routes->failing == 0 && routes_older)
        schedule_ask(t, EP_ROUTEZ);
    snprintf(t->server_id, sizeof t->server_id, "%s", f->server_id);
    snprintf(t->name, sizeof t->name, "%s", f->name);
    snprintf(t->version, sizeof t->version, "%s", f->version);
    snprintf(t->cluster, sizeof t->cluster, "%s", f->cluster);
    t->last_now = f->now != TIME_UNSET ? f->now : lane->head.answered_utc_ns;
    t->start = f->start;
    t->config_load_time = f->config_load_time;
    t->remotes = f->remotes;
    t->clustered = f->clustered;
    t->gateways = f->gateways;
    t->leafs = f->leafs;
    t->client_counters = f->client_counters;
}

static void remember_former(struct target *t) {
    unsigned at = t->former_count++ % FORMER_MAX;
    free(t->former[at]);
    t->former[at] = memory_text(t->server_id);
}

/* A document said another id: when /varz goes on saying the old one, that was no restart. */
static void judge_foreign(struct target *t, const struct facts *f) {
    if (t->varz_asked < t->foreign_ns)
        return; /* that was asked before */
    uint32_t hash = hash_bytes(t->foreign, strlen(t->foreign));
    bool stranger = t->foreign[0] != '\0' && !target_had_id(t, t->foreign) &&
                    strcmp(t->server_id, f->server_id) == 0 && t->state == TARGET_POLLED;
    if (stranger && hash != t->foreign_told) {
        t->foreign_told = hash;
        event_tell(t->collector, t, "identity",
                   "%.100s answered as %.60s once, /varz goes on as %.60s: a balancer in between?", t->base,
                   t->foreign, t->server_id);
    }
    t->foreign[0] = '\0';
}

static void become_balancer(struct target *t, const struct facts *f, const struct lane *lane) {
    bool names = strcmp(t->name, f->name) != 0;
    char before[NAME_SIZE];
    snprintf(before, sizeof before, "%s", names ? t->name : t->server_id);
    remember(t, f, lane);
    target_set(t, TARGET_BALANCER,
               "different servers answer here (%.60s, %.60s): a balancer; name the servers' own URLs", before,
               names ? f->name : f->server_id);
}

/* The same server under two URLs: the one we had stays, unless it has stopped answering. */
static bool take_duplicate(struct target *t, struct target *original) {
    if (original->varz_failures >= LOST_AFTER) {
        target_set(original, TARGET_DUPLICATE, "the same server as %s", t->base);
        t->doubts = 0;
        target_set(t, TARGET_POLLED, "%s", "");
        return true;
    }
    t->doubts = 0;
    target_set(t, TARGET_DUPLICATE, "the same server as %s", original->base);
    return false;
}

static bool take_good(struct target *t, const struct lane *lane, const struct facts *f) {
    bool changed = t->server_id[0] != '\0' && strcmp(t->server_id, f->server_id) != 0;
    if (t->state == TARGET_BALANCER || t->state == TARGET_GONE) {
        remember(t, f, lane);
        return false;
    }
    if (changed && t->state == TARGET_POLLED) {
        if (f->start <= t->last_now) {
            become_balancer(t, f, lane);
            return false;
        }
        remember_former(t);
    }
    remember(t, f, lane);
    if (t->hidden)
        return discover_believe(t);
    struct target *original = target_by_id(t->collector, t->server_id, t);
    if (original != NULL)
        return take_duplicate(t, original);
    if (t->state == TARGET_DUPLICATE && ++t->doubts < DOUBT_AFTER)
        return false;
    target_set(t, TARGET_POLLED, "%s", "");
    return true;
}

static void take_failure(struct target *t, const struct lane *lane) {
    t->varz_failures++;
    snprintf(t->error, sizeof t->error, "%s", lane->error);
    if (t->state == TARGET_PROBING)
        target_set(t, TARGET_PROBING, "%s", lane->error);
}

bool identity_take(struct target *t, const struct lane *lane, const struct facts *f) {
    struct collector *c = t->collector;
    bool good = lane->head.failure == FAILURE_NONE && f->server_id[0] != '\0';
    t->varz_asked = lane->head.asked_mono_ns;
    t->failure = lane->head.failure;
    t->up = good;
    if (c->unsettled > 0 || t->hidden)
        c->judge = true;
    if (!good) {
        take_failure(t, lane);
        return !t->hidden && (t->state == TARGET_POLLED || t->state == TARGET_PROBING);
    }
    t->varz_failures = 0;
    t->error[0] = '\0';
    judge_foreign(t, f);
    bool send = take_good(t, lane, f);
    closed_varz(t, f);
    discover_hosts(t, f);
    return send;
}
