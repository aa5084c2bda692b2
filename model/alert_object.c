#include "model/alert_object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/calc.h"
#include "model/ruleset.h"

enum { CONDITION_SIZE = 200 };

struct alert_object {
    struct object object; /* first */
    const struct alert *alert;
    size_t place;
    char condition[CONDITION_SIZE]; /* "lag > 100k" */
    char ack[2 * TEXT_MAX_BYTES];   /* "alice, on it" */
};

static const struct alert_object *item_of(const struct object *object) {
    return (const struct alert_object *)object;
}

const struct alert *alert_of(const struct object *object) {
    return item_of(object)->alert;
}

size_t alert_place(const struct object *object) {
    return item_of(object)->place;
}

uint64_t alert_number_of(uint64_t id) {
    return kind_of_id(id) == OBJECT_ALERT ? serial_of_id(id) : 0;
}

/* ---- making them ---- */

/* What is compared stands in the rule, where that is in force still. Thousands in a row say the same. */
static void say_condition(struct alert_object *item, const struct model *model,
                          const struct alert_object *before) {
    const struct alert *a = item->alert;
    if (before && strcmp(before->alert->rule, a->rule) == 0 && strcmp(before->alert->limit, a->limit) == 0) {
        memcpy(item->condition, before->condition, strlen(before->condition) + 1);
        return;
    }
    const struct rule *rule = ruleset_find(model_rules(model), a->rule);
    const char *what = !rule ? "" : *rule->value ? rule->value : rule->where;
    const char *limit = rule && !*rule->value ? "" : a->limit;
    snprintf(item->condition, sizeof item->condition, "%s%s%s", what, *what && *limit ? " " : "", limit);
}

static void say_ack(struct alert_object *item) {
    const struct alert *a = item->alert;
    const char *by = *a->acked_by ? a->acked_by : "yes";
    item->ack[0] = '\0';
    if (a->acked_utc_ns)
        snprintf(item->ack, sizeof item->ack, "%s%s%s", by, *a->note ? ", " : "", a->note);
}

/* What nobody has to act on is in the background. */
static bool is_aside(const struct alert *a) {
    return a->state == ALERT_OPEN && (a->acked_utc_ns || a->silenced_until_utc_ns);
}

static void make(struct alert_object *item, const struct model *model, size_t place) {
    item->alert = model_alert(model, place);
    item->place = place;
    item->object = (struct object){.kind = OBJECT_ALERT,
                                   .id = id_of_kind(OBJECT_ALERT, item->alert->number),
                                   .freshness = is_aside(item->alert) ? FRESH_STALE : FRESH_LIVE};
    say_condition(item, model, place ? item - 1 : NULL);
    say_ack(item);
}

void alert_objects_make(struct alert_objects *objects, const struct model *model) {
    objects->count = model_alert_count(model);
    if (objects->count > objects->cap) {
        objects->cap = 2 * objects->count;
        objects->items = memory_grow(objects->items, objects->cap, sizeof *objects->items);
        objects->all = memory_grow(objects->all, objects->cap, sizeof *objects->all);
    }
    for (size_t i = 0; i < objects->count; i++) {
        make(&objects->items[i], model, i);
        objects->all[i] = &objects->items[i].object;
    }
}

void alert_objects_free(struct alert_objects *objects) {
    free(objects->items);
    free(objects->all);
    *objects = (struct alert_objects){0};
}

/* ---- words ---- */

enum state_word {
    STATE_PENDING,
    STATE_OPEN,
    STATE_FLAPPING,
    STATE_UNHEARD,
    STATE_ENDING,
    STATE_ACKED,
    STATE_SILENCED,
    STATE_CLEARED
};
static const char *const states[] = {"pending", "open",  "flapping", "unheard",
                                     "ending",  "acked", "silenced", "cleared"};
static const char *const severities[] = {[SEVERITY_WARN] = "warn", [SEVERITY_CRIT] = "crit"};

const char *alert_state_at(int n) {
    return n < (int)(sizeof states / sizeof *states) ? states[n] : NULL;
}

const char *alert_severity_at(int n) {
    return n < 2 ? severities[SEVERITY_WARN + n] : NULL;
}

static const char *state_word(const struct alert *a) {
    return states[a->state == ALERT_PENDING   ? STATE_PENDING
                  : a->state == ALERT_CLEARED ? STATE_CLEARED
                  : a->silenced_until_utc_ns  ? STATE_SILENCED
                  : a->acked_utc_ns           ? STATE_ACKED
                  : a->flapping               ? STATE_FLAPPING
                  : a->unheard                ? STATE_UNHEARD
                  : a->quiet                  ? STATE_ENDING
                                              : STATE_OPEN];
}

enum severity alert_object_severity(const struct object *object) {
    const struct alert *a = alert_of(object);
    return a->state == ALERT_PENDING   ? SEVERITY_PENDING
           : a->state == ALERT_CLEARED ? SEVERITY_OK
                                       : a->severity;
}

/* ---- quantities ---- */

#define ALERT_QUANTITY(NAME, VALUE)                                                                          \
    struct value calc_alert_##NAME(const struct model *model, const struct object *object) {                 \
        const struct alert_object *item = item_of(object);                                                   \
        const struct alert *a = item->alert;                                                                 \
        (void)model, (void)a;                                                                                \
        return VALUE;                                                                                        \
    }

static struct value instant(int64_t utc_ns, unsigned flags) {
    struct value v = utc_ns ? value_time(utc_ns) : value_unknown(0);
    v.flags |= (uint8_t)flags;
    return v;
}

int64_t alert_came_utc_ns(const struct alert *a) {
    int64_t came = a->came_count > 0 ? a->came_utc_ns[a->came_count - 1] : 0;
    return came > 0 ? came : a->opened_utc_ns; /* a file need not say */
}

int64_t alert_sign_utc_ns(const struct alert *a, bool *least) {
    bool again = a->state != ALERT_PENDING && a->times > 1;
    *least = again ? a->sign_least : a->least;
    return !again ? a->first_sign_utc_ns : a->sign_utc_ns ? a->sign_utc_ns : alert_came_utc_ns(a);
}

struct value alert_lasted(const struct alert *a, int64_t utc_ns) {
    bool least;
    int64_t from = alert_sign_utc_ns(a, &least);
    int64_t to = a->state == ALERT_CLEARED ? a->ended_utc_ns : a->quiet ? a->quiet_utc_ns : utc_ns;
    struct value v = from && to >= from ? value_span((to - from) / NS_PER_S * NS_PER_S) : value_unknown(0);
    v.flags |= least ? VALUE_LEAST : 0;
    return v;
}

static struct value figure(const struct alert *a) {
    struct value v = value_text(a->figure);
    v.flags |= a->old && !a->figure_now ? VALUE_OLD : 0;
    return v;
}

static struct value peak(const struct model *model, const struct alert *a) {
    char text[ALERT_PEAK_SIZE];
    model_alert_peak(model, a, text, sizeof text);
    return value_text(model_say(model, text));
}

ALERT_QUANTITY(opened, instant(alert_came_utc_ns(a), 0))
ALERT_QUANTITY(lasted, alert_lasted(a, model_utc_ns(model)))
ALERT_QUANTITY(rule, value_text(a->rule))
ALERT_QUANTITY(tag, value_text(a->tag))
ALERT_QUANTITY(entity, value_text(a->entity))
ALERT_QUANTITY(object, value_text(a->name))
ALERT_QUANTITY(cluster, value_text(a->cluster))
ALERT_QUANTITY(condition, value_text(item->condition))
ALERT_QUANTITY(figure, figure(a))
ALERT_QUANTITY(peak, peak(model, a))
ALERT_QUANTITY(state, value_text(state_word(a)))
ALERT_QUANTITY(severity, value_text(severities[a->severity >= SEVERITY_WARN ? a->severity : SEVERITY_WARN]))
ALERT_QUANTITY(ack, value_text(item->ack))
ALERT_QUANTITY(acked, instant(a->acked_utc_ns, 0))
ALERT_QUANTITY(times, a->times ? value_uint((uint64_t)a->times) : value_unknown(0))
ALERT_QUANTITY(first_sign, instant(a->first_sign_utc_ns, a->least ? VALUE_BOUND : 0))
ALERT_QUANTITY(worst, instant(a->worst_utc_ns, 0))
ALERT_QUANTITY(ended, instant(a->ended_utc_ns, 0))
ALERT_QUANTITY(silenced_until, instant(a->silenced_until_utc_ns, 0))
ALERT_QUANTITY(text, value_text(a->text))
ALERT_QUANTITY(origin, value_text(a->origin))
