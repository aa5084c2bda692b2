/* Whom the rules are asked of at a tick, and what the ticks have found. */
#include "model/calc.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/alert_book.h"
#include "model/alert_object.h"
#include "model/groups.h"
#include "model/rule_judge.h"

#define BEGINNING  (10 * NS_PER_S) /* no quiet to speak of before */
#define ASKED_MOST 1024            /* a tick, of those of which there can be thousands */
#define FOUND_MOST 4096            /* a step, of these */

static void ask_kind(struct model *model, enum object_kind kind) {
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        if (kind_at(model, kind, i)->dead)
            continue;
        truths_ask(model, kind_at(model, kind, i));
        findings_of(model, kind_at(model, kind, i));
    }
}

/* ---- of those that there are thousands of only a few ---- */

bool rules_is_many(enum object_kind kind) {
    return kind == OBJECT_CONNECTION || kind == OBJECT_CONSUMER || kind == OBJECT_REPLICA;
}

/* Connections are asked at each tick. */
static bool is_weighed(enum object_kind kind) {
    return rules_is_many(kind) && kind != OBJECT_CONNECTION;
}

static void list_push(struct entry_list *list, struct entry *entry) {
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 16;
        list->items = memory_grow(list->items, list->cap, sizeof *list->items);
    }
    list->items[list->count++] = entry;
}

static void watch(struct model *model, struct entry *entry) {
    if (!entry->watched)
        list_push(&model->watched[entry->object.kind], entry);
    entry->watched = true;
}

void rules_ask(struct model *model, struct entry *entry) {
    if (!is_weighed(entry->object.kind) || entry->unasked)
        return;
    list_push(&model->unasked[entry->object.kind], entry);
    entry->unasked = true;
}

void rules_touch(struct model *model, struct entry *entry) {
    truths_ask(model, entry);
    if (entry->truth_count)
        watch(model, entry);
}

static void forget_dead(struct entry_list *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!list->items[i]->dead)
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

void rules_forget_dead(struct model *model) {
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        if (!model->tables[kind].dead)
            continue;
        forget_dead(&model->unasked[kind]);
        forget_dead(&model->watched[kind]);
    }
}

static void ask_each(struct model *model, enum object_kind kind) {
    for (size_t i = 0; i < kind_count(model, kind); i++)
        rules_ask(model, kind_at(model, kind, i));
}

/* They change with their row alone, so most need not be asked again. After a large answer the rest is asked
 * at the next tick. */
static void ask_some(struct model *model, enum object_kind kind) {
    struct entry_list *unasked = &model->unasked[kind];
    if (model->leaders_moved)
        ask_each(model, kind);
    size_t asked = unasked->count < ASKED_MOST ? unasked->count : ASKED_MOST;
    for (size_t i = 0; i < asked; i++) {
        struct entry *entry = unasked->items[i];
        entry->unasked = false;
        if (entry->dead)
            continue;
        rules_touch(model, entry);
    }
    unasked->count -= asked;
    if (unasked->count)
        memmove(unasked->items, unasked->items + asked, unasked->count * sizeof *unasked->items);
    model->assets_told |= unasked->count > 0;
}

/* Of one the entry is fetched, of one before it what that points to. */
static void watched_ahead(const struct model *model, const struct entry_list *watched, size_t at) {
    struct entry *const *items = watched->items + at;
    if (at + (size_t)(2 * MEMORY_AHEAD) < watched->count) {
        __builtin_prefetch(items[2 * MEMORY_AHEAD]);
        __builtin_prefetch(&items[2 * MEMORY_AHEAD]->truths);
    }
    if (at + MEMORY_AHEAD < watched->count) {
        __builtin_prefetch(items[MEMORY_AHEAD]->truths);
        alert_book_ahead(model->alerts, items[MEMORY_AHEAD]->object.id, items[MEMORY_AHEAD / 2]->object.id);
    }
}

/* Of so many; true: there are more. */
static bool find_watched(struct model *model, enum object_kind kind, struct watching *w, size_t *left) {
    struct entry_list *watched = &model->watched[kind];
    for (; w->next < watched->count; w->next++) {
        struct entry *entry = watched->items[w->next];
        if (!*left)
            return true;
        --*left;
        watched_ahead(model, watched, w->next);
        if (entry->dead)
            continue;
        if (!is_weighed(kind))
            truths_ask(model, entry);
        findings_of(model, entry);
        entry->watched = entry->truth_count > 0;
        if (entry->watched)
            watched->items[w->kept++] = entry;
    }
    watched->count = w->kept;
    *w = (struct watching){0, 0};
    return false;
}

static void find_all(struct model *model, enum object_kind kind) {
    struct watching watching = {0, 0};
    size_t all = SIZE_MAX;
    find_watched(model, kind, &watching, &all);
}

static int by_urgency(const void *a, const void *b) {
    const struct finding *x = a, *y = b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->rule != y->rule)
        return x->rule->order < y->rule->order ? -1 : 1;
    if (x->since_utc_ns != y->since_utc_ns)
        return x->since_utc_ns < y->since_utc_ns ? -1 : 1;
    return (x->object > y->object) - (x->object < y->object);
}

static bool still_holds(const struct model *model, const struct finding *f, const struct object *object) {
    struct asking asking = {.model = model, .object = object, .now = true};
    struct verdict v = rule_judge(&asking, f->rule);
    return verdict_holds(&v, f->rule, f->level, f->severity != SEVERITY_PENDING);
}

static void recheck(struct model *model, struct finding_list *list) {
    bool forming = list == &model->forming;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct finding f = list->items[i];
        struct entry *entry = entry_by_id(model, f.object);
        f.echo = ECHO_UNKNOWN;
        if (entry && still_holds(model, &f, &entry->object))
            list->items[kept++] = f;
        else if (entry && forming == (entry->severity == SEVERITY_PENDING))
            entry->severity = SEVERITY_OK; /* until the tick, which weighs what else there is */
    }
    list->count = kept;
}

/* Where one object's findings speak of another, or were taken back. */
static void rank(const struct model *model, struct finding_list *list, bool all) {
    for (size_t i = 0; i < list->count; i++) {
        struct finding *f = &list->items[i];
        if (!all && kind_of_id(f->object) != OBJECT_STREAM)
            continue;
        const struct object *object = model_object(model, f->object);
        f->lesser = object && model_severity(model, object) > f->severity;
    }
}

void rules_recheck(struct model *model) {
    recheck(model, &model->findings);
    recheck(model, &model->forming);
    rank(model, &model->findings, true);
    rank(model, &model->forming, true);
    model->states_moved = false;
    model->findings_version++;
}

static void sort(struct finding_list *list) {
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, by_urgency);
}

/* Not by what the last tick left behind: rules_recheck() takes findings back in between. */
static void count_quiet(struct model *model) {
    if (model->findings.count)
        model->quiet_since = 0;
    else if (model->troubled)
        model->quiet_since = model->utc_ns;
    else if (!model->quiet_since && model->utc_ns - model->began_utc_ns >= BEGINNING)
        model->quiet_since = model->began_utc_ns;
    model->troubled = model->findings.count > 0;
}

/* What was found of those that there are thousands of is found by itself, and stays until then. */
static void keep(struct model *model, struct finding_list *list, bool weighed) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (is_weighed((enum object_kind)kind_of_id(list->items[i].object)) == weighed &&
            model_object(model, list->items[i].object))
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

static void put_in_order(struct model *model) {
    rank(model, &model->findings, false);
    rank(model, &model->forming, false);
    sort(&model->findings);
    sort(&model->forming);
    model->findings_version++;
}

void rules_tick(struct model *model, bool weighed) {
    keep(model, &model->findings, true);
    keep(model, &model->forming, true);
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        if (!rules_is_many((enum object_kind)kind))
            ask_kind(model, (enum object_kind)kind);
        else if (!is_weighed((enum object_kind)kind))
            find_all(model, (enum object_kind)kind);
        else if (weighed)
            ask_some(model, (enum object_kind)kind);
    }
    model->leaders_moved &= !weighed;
    put_in_order(model);
    if (!weighed)
        count_quiet(model);
}

static void swap(struct finding_list *a, struct finding_list *b) {
    struct finding_list list = *a;
    *a = *b;
    *b = list;
}

/* Beside what was found of them before. */
static bool find_some(struct model *model) {
    struct weighing *w = &model->weighing;
    size_t left = FOUND_MOST;
    bool more = false;
    swap(&model->findings, &w->findings);
    swap(&model->forming, &w->forming);
    for (; w->kind < OBJECT_KIND_COUNT; w->kind++) {
        more = is_weighed((enum object_kind)w->kind) &&
               find_watched(model, (enum object_kind)w->kind, &w->watching, &left);
        if (more)
            break;
    }
    swap(&model->findings, &w->findings);
    swap(&model->forming, &w->forming);
    return more;
}

/* In place of what was found before. */
static void put_found(struct model *model, struct finding_list *list, struct finding_list *found) {
    keep(model, list, false);
    size_t count = list->count + found->count;
    if (count > list->cap) {
        list->items = memory_grow(list->items, count, sizeof *list->items);
        list->cap = count;
    }
    if (found->count)
        memcpy(list->items + list->count, found->items, found->count * sizeof *found->items);
    list->count = count;
    found->count = 0;
}

bool rules_weigh(struct model *model) {
    if (find_some(model))
        return true;
    model->weighing.kind = 0;
    put_found(model, &model->findings, &model->weighing.findings);
    put_found(model, &model->forming, &model->weighing.forming);
    put_in_order(model);
    count_quiet(model);
    return false;
}

/* ---- out ---- */

const struct finding *model_findings(const struct model *model, size_t *count) {
    *count = model->findings.count;
    return model->findings.items;
}

const struct finding *model_forming(const struct model *model, size_t *count) {
    *count = model->forming.count;
    return model->forming.items;
}

/* Its leader tells of it, and what it is doing can't be said all the same. */
static bool is_puzzling(const struct object *object) {
    return object->kind == OBJECT_CONSUMER &&
           !standing_is_told(((const struct consumer *)object->extra)->standing.state);
}

enum severity model_severity(const struct model *model, const struct object *object) {
    (void)model;
    if (object->kind == OBJECT_GROUP) /* no entry of ours */
        return group_severity(object);
    if (object->kind == OBJECT_ALERT)
        return alert_object_severity(object);
    enum severity found = entry_of(object)->severity;
    bool ended = object->kind == OBJECT_CONNECTION && model_is_closed(object);
    if (found == SEVERITY_OK && ((object->freshness != FRESH_LIVE && !ended) || is_puzzling(object)))
        return SEVERITY_UNKNOWN;
    return found;
}

int64_t model_quiet_since(const struct model *model) {
    return model->quiet_since;
}

/* ---- room ---- */

void rules_create(struct model *model) {
    model->rules = ruleset_create();
}

void rules_destroy(struct model *model) {
    ruleset_release(model->rules);
    free(model->findings.items);
    free(model->forming.items);
    free(model->weighing.findings.items);
    free(model->weighing.forming.items);
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        free(model->unasked[kind].items);
        free(model->watched[kind].items);
    }
}
