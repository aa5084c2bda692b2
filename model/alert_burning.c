/* What somebody has to act on, and what is about to be: findings as the book takes them. Without those that
 * somebody is on, or does not want to hear of; what only says that a server is silent is that one's alert. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/alert_book.h"
#include "model/alert_object.h"
#include "model/alert_vanished.h"
#include "model/alert_watch.h"
#include "model/ruleset.h"

enum place { BURNS, FORMS, IS_ASIDE, IS_ECHO };

static void add(const struct model *model, struct findings *list, const struct finding *finding,
                const struct slot *slot) {
    if (list->count == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 64;
        list->items = memory_grow(list->items, list->cap, sizeof *list->items);
    }
    struct finding *f = &list->items[list->count++];
    *f = *finding;
    if (!f->sign_utc_ns) {
        bool open = slot && slot->said.state == ALERT_OPEN;
        f->sign_least = f->least;
        f->sign_utc_ns = open ? alert_sign_utc_ns(&slot->said, &f->sign_least) : f->since_utc_ns;
        if (open)
            alert_book_since(model, slot, f);
    }
}

static enum place place_of(const struct model *model, const struct finding *f, const struct slot *slot,
                           bool held) {
    if (slot && slot->said.state == ALERT_OPEN) {
        bool aside = slot->said.acked_utc_ns || slot->said.silenced_until_utc_ns;
        return aside ? IS_ASIDE : held || alert_book_stands(slot, f->moved) ? BURNS : FORMS;
    }
    if (watch_is_echo(model, f))
        return IS_ECHO;
    return held && !watch_is_early(model, f) ? BURNS : FORMS;
}

static int by_id(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Objects, in order. */
struct ids {
    uint64_t *items;
    size_t count;
};

static bool ids_have(const struct ids *ids, uint64_t id) {
    return ids->count && bsearch(&id, ids->items, ids->count, sizeof *ids->items, by_id);
}

/* With its stream, if it fails to copy: that is not well itself. Two at most. */
static void ids_add(const struct model *model, struct ids *ids, uint64_t id) {
    const struct object *object = model_object(model, id);
    ids->items[ids->count++] = id;
    if (object && object->kind == OBJECT_SOURCE)
        ids->items[ids->count++] = object->parent->id;
}

static struct ids critical_of(const struct model *model, const struct findings *list) {
    struct ids ids = {memory_array(2 * list->count + 1, sizeof *ids.items), 0};
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].severity == SEVERITY_CRIT)
            ids_add(model, &ids, list->items[i].object);
    qsort(ids.items, ids.count, sizeof *ids.items, by_id);
    return ids;
}

/* What was not worth a word beside one that is left out speaks for its object; so does what came late. */
static void rank_again(const struct model *model, struct findings *list, struct ids *changed) {
    qsort(changed->items, changed->count, sizeof *changed->items, by_id);
    struct ids critical = critical_of(model, list);
    for (size_t i = 0; i < list->count; i++) {
        struct finding *f = &list->items[i];
        if (ids_have(changed, f->object))
            f->lesser = f->severity < SEVERITY_CRIT && ids_have(&critical, f->object);
    }
    free(critical.items);
}

static void add_of(const struct model *model, struct findings *list, const struct findings *from,
                   enum severity severity) {
    for (size_t i = 0; i < from->count; i++)
        if (from->items[i].severity == severity)
            add(model, list, &from->items[i], NULL);
}

/* Behind what is as urgent. */
static void add_late(const struct model *model, struct burning *b) {
    struct findings held = b->burning;
    b->burning = (struct findings){0};
    for (enum severity severity = SEVERITY_CRIT; severity >= SEVERITY_WARN; severity--) {
        add_of(model, &b->burning, &held, severity);
        add_of(model, &b->burning, &b->late, severity);
    }
    free(held.items);
}

static struct slot *slot_of(const struct model *model, const struct finding *finding) {
    return alert_book_find(model->alerts, finding->object, watch_tag(finding), false);
}

/* Its alert is as bad as it was until that has settled: what is counted is what the book says. */
static bool is_less(const struct finding *f, const struct slot *slot) {
    return slot && slot->said.state == ALERT_OPEN && f->severity < slot->said.severity;
}

/* What was worse of it may hold, too, and form anew, as after our start; else the lesser limit is passed. */
static void add_less(const struct model *model, struct findings *list, const struct finding *f,
                     const struct slot *slot) {
    struct finding said = *f;
    said.severity = slot->said.severity;
    if (rule_level(f->rule, said.severity)->is && watch_is_as_bad(model, slot))
        said.level = said.severity;
    add(model, list, &said, slot);
}

static void sift_held(const struct model *model, struct burning *b, struct ids *changed) {
    size_t all;
    const struct finding *findings = model_findings(model, &all);
    for (size_t i = 0; i < all; i++) {
        findings_ahead(model->alerts, findings, i, all);
        struct slot *slot = slot_of(model, &findings[i]);
        enum place place = place_of(model, &findings[i], slot, true);
        bool less = place == BURNS && is_less(&findings[i], slot);
        if (less)
            add_less(model, &b->late, &findings[i], slot);
        else if (place == BURNS)
            add(model, &b->burning, &findings[i], slot);
        if (less || place != BURNS)
            ids_add(model, changed, findings[i].object);
        b->untaken += place == BURNS && !(slot && slot->said.state == ALERT_OPEN);
        if (place != FORMS)
            continue;
        add(model, &b->pending, &findings[i], NULL);
        b->pending.items[b->pending.count - 1].due_utc_ns = 0;
    }
}

static void sift_forming(const struct model *model, struct burning *b, struct ids *changed) {
    size_t all;
    const struct finding *findings = model_forming(model, &all);
    for (size_t i = 0; i < all; i++) {
        findings_ahead(model->alerts, findings, i, all);
        struct slot *slot = slot_of(model, &findings[i]);
        enum place place = place_of(model, &findings[i], slot, false);
        if (place == FORMS)
            add(model, &b->pending, &findings[i], NULL);
        if (place != BURNS)
            continue;
        add(model, &b->late, &findings[i], slot);
        b->late.items[b->late.count - 1].severity = findings[i].level;
        ids_add(model, changed, findings[i].object);
    }
}

/* Open all the same while nothing is found of them: what comes and goes, and what the last run missed and
 * nobody has found since. Of that there is no object. */
static void sift_unfound(const struct model *model, struct burning *b, struct ids *changed) {
    for (size_t i = 0; i < model->alerts->live_count; i++) {
        const struct slot *slot = live_nth(model->alerts, i);
        const struct alert *a = &slot->said;
        bool flaps = a->flapping && a->quiet, open = flaps || vanished_is_known(model, slot);
        const struct rule *rule = open ? ruleset_find(model->rules, a->rule) : NULL;
        if (!rule || a->acked_utc_ns || a->silenced_until_utc_ns)
            continue;
        struct finding finding = {.severity = a->severity,
                                  .level = a->severity,
                                  .rule = rule,
                                  .object = flaps ? a->object : id_of_kind(OBJECT_ALERT, a->number),
                                  .alert = a->number};
        add(model, &b->late, &finding, slot);
        ids_add(model, changed, finding.object);
    }
}

static void sift(const struct model *model, struct burning *b) {
    size_t held, forming;
    model_findings(model, &held);
    model_forming(model, &forming);
    size_t most = 2 * (held + forming + model->alerts->live_count) + 1;
    struct ids changed = {memory_array(most, sizeof *changed.items), 0};
    b->burning.count = b->pending.count = b->late.count = b->untaken = 0;
    sift_held(model, b, &changed);
    sift_forming(model, b, &changed);
    sift_unfound(model, b, &changed);
    if (b->late.count)
        add_late(model, b);
    if (changed.count)
        rank_again(model, &b->burning, &changed);
    free(changed.items);
}

static void count_things(const struct alert_book *book, struct burning *b) {
    b->things = (struct alert_things){0};
    for (size_t i = 0; i < b->burning.count; i++) {
        b->things.crit += !b->burning.items[i].lesser && b->burning.items[i].severity == SEVERITY_CRIT;
        b->things.warn += !b->burning.items[i].lesser && b->burning.items[i].severity == SEVERITY_WARN;
    }
    for (size_t i = 0; i < book->live_count; i++) {
        const struct alert *a = &live_nth(book, i)->said;
        if (a->state != ALERT_OPEN || a->acked_utc_ns || a->silenced_until_utc_ns)
            continue;
        b->things.unheard += a->unheard;
        b->things.quiet += a->quiet && !a->flapping;
    }
}

bool burning_is_known(const struct model *model) {
    const struct burning *b = &model->alerts->burning;
    return b->book_version == model->alerts->version && b->findings_version == model->findings_version;
}

void burning_keep(struct model *model) {
    struct burning *b = &model->alerts->burning;
    b->book_version = model->alerts->version;
    b->findings_version = model->findings_version;
}

static const struct burning *sift_now(const struct model *model) {
    struct alert_book *book = model->alerts;
    struct burning *b = &book->burning;
    sift(model, b);
    count_things(book, b);
    b->book_version = book->version;
    b->findings_version = model->findings_version;
    return b;
}

void burning_tick(struct model *model) {
    sift_now(model);
}

static const struct burning *sifted(const struct model *model) {
    return burning_is_known(model) ? &model->alerts->burning : sift_now(model);
}

const struct finding *model_burning(const struct model *model, size_t *count) {
    const struct burning *b = sifted(model);
    *count = b->burning.count;
    return b->burning.items;
}

const struct finding *model_pending(const struct model *model, size_t *count) {
    const struct burning *b = sifted(model);
    *count = b->pending.count;
    return b->pending.items;
}

struct alert_things model_alert_things(const struct model *model) {
    return sifted(model)->things;
}

bool model_alerts_behind(const struct model *model) {
    return sifted(model)->untaken > 0;
}

static const struct finding *first_about(const struct finding *findings, size_t count,
                                         const struct alert *alert) {
    for (size_t i = 0; i < count; i++)
        if (findings[i].object == alert->object && strcmp(watch_tag(&findings[i]), alert->tag) == 0)
            return &findings[i];
    return NULL;
}

bool model_alert_less(const struct model *model, const struct alert *alert, struct finding *out) {
    const struct slot *slot = alert_book_numbered(model->alerts, alert->number);
    size_t count;
    if (!slot || slot->said.state != ALERT_OPEN || slot->found)
        return false;
    const struct finding *findings = model_findings(model, &count);
    const struct finding *now = first_about(findings, count, alert);
    if (!now) {
        findings = model_forming(model, &count);
        now = first_about(findings, count, alert);
    }
    if (!now || now->level >= alert->severity)
        return false;
    *out = *now;
    return true;
}
