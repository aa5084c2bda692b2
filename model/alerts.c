#include "model/alerts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#define SETTLES   (10 * NS_PER_S) /* what is less by now may be as much again in a moment */
#define WORSE     2               /* so many times the figure that was said */
#define NAME_SIZE (4 * TEXT_MAX_BYTES)
#define SAID_MOST 5 /* lines of one rule a tick; how many more there are is another one */

struct alert {
    struct finding now, said, worst; /* said: by the last line; worst: of all lines */
    double size;                     /* of what was said */
    int64_t less_ns;                 /* since when less or nothing is found than was said; 0 as much */
    char *name;
    bool speaks;
    bool told; /* a line was its own: so is its end */
};

struct crowd { /* that one rule speaks of in this tick */
    struct finding like;
    size_t count;
};

struct alerts {
    alert_name_fn *name;
    alert_say_fn *say;
    void *data;
    struct alert *items; /* by object and tag */
    size_t count, cap;
    struct crowd *crowds;
    size_t crowd_count, crowd_cap;
};

static int by_object(const void *a, const void *b) {
    const struct finding *x = &((const struct alert *)a)->now, *y = &((const struct alert *)b)->now;
    if (x->object != y->object)
        return x->object < y->object ? -1 : 1;
    return strcmp(finding_tag(x), finding_tag(y));
}

static bool is_worse(const struct finding *a, const struct finding *b) {
    return a->severity != b->severity ? a->severity > b->severity : a->rule < b->rule;
}

static struct crowd *crowd_of(struct alerts *alerts, const struct finding *finding) {
    for (size_t i = 0; i < alerts->crowd_count; i++)
        if (alerts->crowds[i].like.rule == finding->rule)
            return &alerts->crowds[i];
    if (alerts->crowd_count == alerts->crowd_cap) {
        alerts->crowd_cap = alerts->crowd_cap ? alerts->crowd_cap * 2 : 8;
        alerts->crowds = memory_grow(alerts->crowds, alerts->crowd_cap, sizeof *alerts->crowds);
    }
    struct crowd *crowd = &alerts->crowds[alerts->crowd_count++];
    *crowd = (struct crowd){.like = *finding};
    crowd->like.object = 0;
    return crowd;
}

static void say(struct alerts *alerts, const struct model *model, struct alert *alert) {
    alert->said = alert->now;
    alert->size = finding_size(model, &alert->now);
    alert->less_ns = 0;
    if (is_worse(&alert->now, &alert->worst))
        alert->worst = alert->now;
    if (++crowd_of(alerts, &alert->now)->count > SAID_MOST)
        return;
    alert->told = true;
    alerts->say(alerts->data, alert->now.severity, &alert->now, alert->name);
}

static void say_crowds(struct alerts *alerts) {
    for (size_t i = 0; i < alerts->crowd_count; i++) {
        const struct crowd *crowd = &alerts->crowds[i];
        char name[40];
        snprintf(name, sizeof name, "%zu more", crowd->count > SAID_MOST ? crowd->count - SAID_MOST : 0);
        if (crowd->count > SAID_MOST)
            alerts->say(alerts->data, crowd->like.severity, &crowd->like, name);
    }
    alerts->crowd_count = 0;
}

static void begin(struct alerts *alerts, const struct model *model, const struct finding *finding) {
    char name[NAME_SIZE];
    if (alerts->count == alerts->cap) {
        alerts->cap = alerts->cap ? alerts->cap * 2 : 16;
        alerts->items = memory_grow(alerts->items, alerts->cap, sizeof *alerts->items);
    }
    struct alert *alert = &alerts->items[alerts->count++];
    alerts->name(model, model_object(model, finding->object), name, sizeof name);
    *alert = (struct alert){.now = *finding, .worst = *finding, .name = memory_text(name), .speaks = true};
    say(alerts, model, alert);
}

/* It has been less for so long that it is believed. */
static bool has_settled(const struct model *model, struct alert *alert) {
    if (!alert->less_ns)
        alert->less_ns = model_utc_ns(model);
    return model_utc_ns(model) - alert->less_ns >= SETTLES;
}

static bool is_news(const struct model *model, struct alert *alert) {
    if (alert->now.rule != alert->said.rule)
        return is_worse(&alert->now, &alert->said) || has_settled(model, alert);
    alert->less_ns = 0;
    return alert->size > 0 && finding_size(model, &alert->now) >= WORSE * alert->size;
}

static void go_on(struct alerts *alerts, const struct model *model, struct alert *alert,
                  const struct finding *finding) {
    alert->now = *finding;
    alert->speaks = true;
    if (is_news(model, alert))
        say(alerts, model, alert);
}

static void end_some(struct alerts *alerts, const struct model *model) {
    size_t kept = 0;
    for (size_t i = 0; i < alerts->count; i++) {
        struct alert *alert = &alerts->items[i];
        if (alert->speaks || !has_settled(model, alert)) {
            alert->speaks = false;
            alerts->items[kept++] = *alert;
            continue;
        }
        if (alert->told)
            alerts->say(alerts->data, SEVERITY_OK, &alert->worst, alert->name);
        free(alert->name);
    }
    alerts->count = kept;
}

void alerts_tick(struct alerts *alerts, const struct model *model) {
    size_t count, known = alerts->count;
    const struct finding *findings = model_findings(model, &count);
    for (size_t i = 0; i < count; i++) { /* the most urgent first */
        struct alert key = {.now = findings[i]}, *alert = NULL;
        if (known)
            alert = bsearch(&key, alerts->items, known, sizeof *alerts->items, by_object);
        if (alert)
            go_on(alerts, model, alert, &findings[i]);
        else
            begin(alerts, model, &findings[i]);
    }
    say_crowds(alerts);
    end_some(alerts, model);
    if (alerts->count)
        qsort(alerts->items, alerts->count, sizeof *alerts->items, by_object);
}

struct alerts *alerts_create(alert_name_fn *name, alert_say_fn *say_fn, void *data) {
    struct alerts *alerts = memory_new(sizeof *alerts);
    alerts->name = name;
    alerts->say = say_fn;
    alerts->data = data;
    return alerts;
}

void alerts_destroy(struct alerts *alerts) {
    if (!alerts)
        return;
    for (size_t i = 0; i < alerts->count; i++)
        free(alerts->items[i].name);
    free(alerts->items);
    free(alerts->crowds);
    free(alerts);
}
