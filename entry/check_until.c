#include "entry/check_until.h"

#include <string.h>

#include "base/clock.h"
#include "model/alerts.h"
#include "model/deciding.h"
#include "model/expectation.h"
#include "model/needs.h"
#include "model/rule_cover.h"

#define SETTLES_NS   (25 * NS_PER_S) /* so long at most until each rate has its samples */
#define DOWN_NS      (12 * NS_PER_S) /* who is silent is known to be down by then */
#define BACK_NS      (10 * NS_PER_S) /* who restarts is back by then */
#define ONCE_DOWN_NS (3 * NS_PER_S)  /* so long it has to be down at one look */
#define FIRST_NS     (5 * NS_PER_S)  /* what is there at first is known by then */
#define COVER_NS     (NS_PER_S / 2)
#define DISCOVERY_NS (10 * NS_PER_S)
#define TOLD_NS      NS_PER_S /* what an answer means is said by then */
#define AWAITED      (1u << SHAPE_JSZ | 1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_CLOSED)

bool check_until_first(void *data, const struct object *object) {
    const struct check_until *u = data;
    int64_t since_ns = model_utc_ns(u->run->model) - unattended_watched_ns(u->run) + FIRST_NS;
    return object->first_utc_ns <= since_ns && check_only_object(u->only, u->run->model, object);
}

/* It lags, and what it is doing can't be said yet. */
static bool is_any_puzzling(struct check_until *u) {
    size_t count;
    const struct object *const *consumers = model_objects(u->run->model, OBJECT_CONSUMER, &count);
    for (size_t i = 0; i < count; i++) {
        struct value state = quantity_get(u->run->model, consumers[i], Q_CONSUMER_state);
        if (consumers[i]->freshness == FRESH_LIVE && state.type == VALUE_TEXT &&
            strcmp(state.text, "unknown") == 0 && check_until_first(u, consumers[i]))
            return true;
    }
    return false;
}

/* Where a lag goes takes more answers than all else until it is known; who came since is not awaited. */
static bool is_lag_awaited(struct check_until *u) {
    const struct ruleset *set = model_rules(u->run->model);
    if (unattended_watched_ns(u->run) < u->next_cover_ns)
        return true;
    u->next_cover_ns = unattended_watched_ns(u->run) + COVER_NS;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        if (rule->enabled && rule->kind == OBJECT_CONSUMER &&
            (is_any_puzzling(u) || rule_cover(u->run->model, rule, check_until_first, u).awaited > 0))
            return true;
    }
    return false;
}

/* Servers that have links are asked for them, and may tell of servers that nobody named. */
static const struct links {
    enum shape shape;
    enum field field;
} links[] = {{SHAPE_ROUTEZ, F_SERVER_routes}, {SHAPE_LEAFZ, F_SERVER_leafnodes}};

static bool is_link_awaited(const struct model *model) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < sizeof links / sizeof *links; l++)
            if (servers[i]->now != NULL && servers[i]->freshness == FRESH_LIVE &&
                row_u64(servers[i]->now, links[l].field, 0) > 0 &&
                model_answer(model, servers[i], links[l].shape) == NULL)
                return true;
    return false;
}

/* Servers that should be there are looked for, and until then nothing is known of them. */
static bool is_any_unseen(const struct model *model) {
    size_t count;
    const struct object *const *clusters = model_objects(model, OBJECT_CLUSTER, &count);
    for (size_t i = 0; i < count; i++) {
        double unseen;
        if (value_number(quantity_get(model, clusters[i], Q_CLUSTER_unseen), &unseen) && unseen > 0)
            return true;
    }
    return false;
}

/* With what rules of one's own and expectations look at. */
static unsigned awaited(const struct check_until *u) {
    return AWAITED | model_shapes(u->run->model);
}

static bool is_looked_at(const struct check_until *u) {
    bool found = !is_link_awaited(u->run->model) && !is_any_unseen(u->run->model);
    return feed_looked(u->run->feed, awaited(u)) && (found || unattended_watched_ns(u->run) >= DISCOVERY_NS);
}

static bool is_settled(struct check_until *u) {
    struct alert_counts counts = model_alert_counts(u->run->model);
    if (unattended_watched_ns(u->run) >= SETTLES_NS)
        return true;
    if (!feed_reached(u->run->feed) && counts.crit + counts.warn == 0)
        return false;
    if (!model_expect_counted(u->run->model))
        return false;
    if (u->run->options->once)
        return is_looked_at(u);
    return feed_settled(u->run->feed, awaited(u), 0) && !is_lag_awaited(u);
}

/* All refuse, and of that the rules that are judged say nothing, not even in a moment. */
static bool is_hopeless(struct check_until *u) {
    size_t found, forming;
    model_findings(u->run->model, &found);
    model_forming(u->run->model, &forming);
    if (!feed_refused(u->run->feed) || found + forming > 0)
        u->hopeless_ns = 0;
    else if (u->hopeless_ns == 0)
        u->hopeless_ns = unattended_watched_ns(u->run);
    return u->hopeless_ns != 0 && unattended_watched_ns(u->run) - u->hopeless_ns >= TOLD_NS;
}

/* Silent, and whether it is down is not said yet. */
static bool is_any_stale(const struct model *model) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        struct value state = quantity_get(model, servers[i], Q_SERVER_state);
        if (state.type == VALUE_TEXT && strcmp(state.text, "stale") == 0)
            return true;
    }
    return false;
}

/* Who is down since a moment ago may be about to come back: a restart, or one that began beside us. */
static bool is_any_down_anew(const struct check_until *u) {
    double scale = u->run->options->once ? 1 : u->run->hold_scale;
    int64_t settles_ns = (int64_t)((double)(u->run->options->once ? ONCE_DOWN_NS : BACK_NS) * scale);
    size_t count = model_alert_count(u->run->model);
    for (size_t i = 0; i < count; i++) {
        const struct alert *alert = model_alert(u->run->model, i);
        const struct rule *rule = ruleset_find(model_rules(u->run->model), alert->rule);
        if (alert->state == ALERT_OPEN && !alert->quiet && rule != NULL && rule->about_state &&
            rule->kind == OBJECT_SERVER &&
            model_utc_ns(u->run->model) - alert->first_sign_utc_ns < settles_ns)
            return true;
    }
    return false;
}

static bool is_decided(const struct check_until *u) {
    int64_t watched = unattended_watched_ns(u->run) - u->settled_ns;
    int64_t silence_left = DOWN_NS - watched, left = (int64_t)u->hold_most_ns + DOWN_NS - watched;
    const struct model *model = u->run->model;
    if (left > 0 && (model_alerts_behind(model) || is_any_down_anew(u) ||
                     (!u->run->options->once && model_is_deciding(model, left))))
        return false;
    return silence_left <= 0 || !is_any_stale(model);
}

bool check_until_over(struct check_until *u) {
    if (u->settled_ns == 0 && is_settled(u))
        u->settled_ns = unattended_watched_ns(u->run);
    bool decided = u->settled_ns != 0 && is_decided(u), hopeless = is_hopeless(u);
    return decided || hopeless;
}
