/* What is found of one object: of what holds of it, that which has held for long enough, and that no other
 * rule says already. */
#include "model/calc.h"

#include <string.h>

#include "base/memory.h"
#include "model/alert_book.h"
#include "model/alert_watch.h"
#include "model/finding_text.h"
#include "model/rule_judge.h"

#define AFTER_A_MOVE (30 * NS_PER_S) /* numbers settle after a change of leader */

static const struct news { /* what a rule counts happened last then */
    const char *rule;
    enum quantity last;
} news[] = {
#define RULE(...)
#define NEWS(RULE, KIND, LAST) {#RULE, Q_##KIND##_##LAST},
#include "model/rules.def"
#undef NEWS
#undef RULE
};

/* A consumer is behind in its stream: what the one's leader tells is weighed by what the other's does. */
static int64_t moved_of(const struct model *model, const struct object *object) {
    const struct object *stream = object->kind == OBJECT_CONSUMER ? model_stream_of(model, object) : NULL;
    int64_t own = asset_of(object)->moved_mono_ns, other = stream ? asset_of(stream)->moved_mono_ns : 0;
    return own > other ? own : other;
}

static int64_t left_to_settle(const struct model *model, const struct object *object) {
    int64_t settles = (int64_t)((double)AFTER_A_MOVE * model->hold_scale);
    if (model->asset_moved_mono_ns + settles <= model->mono_ns) /* all have */
        return 0;
    if (object->kind == OBJECT_REPLICA || object->kind == OBJECT_SOURCE)
        object = object->parent; /* another leader sees them anew */
    if (object->kind != OBJECT_STREAM && object->kind != OBJECT_CONSUMER)
        return 0;
    int64_t moved = moved_of(model, object);
    int64_t left = moved + settles - model->mono_ns;
    return moved && left > 0 ? left : 0;
}

int64_t rules_left_to_hold(const struct model *model, const struct truth *truth) {
    double hold_s = rule_level(truth->rule, truth->level)->hold_s * model->hold_scale;
    int64_t lasted = truth->since_mono_ns ? model->mono_ns - truth->since_mono_ns : 0;
    int64_t left = (int64_t)(hold_s * (double)NS_PER_S) - lasted;
    return left > 0 ? left : 0;
}

static bool is_held(const struct model *model, const struct truth *truth) {
    return !truth->slept_mono_ns && rules_left_to_hold(model, truth) == 0;
}

static bool is_worse(const struct truth *a, const struct truth *b) {
    return a->level != b->level ? a->level > b->level : a->rule->order < b->rule->order;
}

/* Another leader says the same of its stream; of a consumer it has to say it for a while. */
static bool was_so_before(const struct entry *entry, const struct truth *truth) {
    return entry->object.kind == OBJECT_STREAM &&
           truth->seen_mono_ns < asset_of(&entry->object)->moved_mono_ns;
}

static int64_t left_to_settle_of(const struct model *model, const struct entry *entry,
                                 const struct truth *truth) {
    return was_so_before(entry, truth) ? 0 : left_to_settle(model, &entry->object);
}

static int64_t left_to_speak(const struct model *model, const struct entry *entry,
                             const struct truth *truth) {
    int64_t hold = rules_left_to_hold(model, truth), settle = left_to_settle_of(model, entry, truth);
    return hold > settle ? hold : settle;
}

static bool is_open(const struct model *model, const struct entry *entry, const struct truth *truth) {
    struct finding finding = {.rule = truth->rule};
    const struct slot *slot = alert_book_find(model->alerts, entry->object.id, watch_tag(&finding), false);
    return slot && slot->said.state == ALERT_OPEN;
}

/* Of two that form the one that will speak first; of what is open already the worse. */
static bool forms_before(const struct model *model, const struct entry *entry, const struct truth *a,
                         const struct truth *b) {
    if (is_open(model, entry, b))
        return is_worse(a, b);
    int64_t left_a = left_to_speak(model, entry, a), left_b = left_to_speak(model, entry, b);
    return left_a != left_b ? left_a < left_b : is_worse(a, b);
}

/* One trouble of one object is said once, by the most urgent rule of its tag; what is held speaks before what
 * is forming. */
static bool is_said_by_other(const struct model *model, const struct entry *entry,
                             const struct truth *truth) {
    bool held = is_held(model, truth);
    for (size_t t = 0; t < entry->truth_count; t++) {
        const struct truth *other = &entry->truths[t];
        if (other == truth || other->slept_mono_ns || (held && !is_worse(other, truth)) ||
            strcmp(other->rule->tag, truth->rule->tag) != 0)
            continue;
        bool other_held = is_held(model, other);
        if (other_held != held ? other_held
            : held             ? is_worse(other, truth)
                               : forms_before(model, entry, other, truth))
            return true;
    }
    return false;
}

static void list_add(const struct model *model, struct finding_list *list, const struct entry *entry,
                     const struct truth *truth, int64_t hold_ns, int64_t settle_ns) {
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 16;
        list->items = memory_grow(list->items, list->cap, sizeof *list->items);
    }
    list->items[list->count++] =
        (struct finding){.severity = truth->level,
                         .level = truth->level,
                         .rule = truth->rule,
                         .object = entry->object.id,
                         .since_utc_ns = truth->since_utc_ns,
                         .least = truth->least,
                         .due_utc_ns = model->utc_ns + (hold_ns > settle_ns ? hold_ns : settle_ns),
                         .moved = settle_ns > hold_ns,
                         .cause = finding_cause(model, &entry->object, truth->rule)};
}

static void worsen(struct entry *entry, enum severity severity) {
    if (severity > entry->severity)
        entry->severity = severity;
}

/* When the last happened that this rule counts; 0: it does not count, or that is not known. */
static int64_t news_of(const struct model *model, const struct object *object, const struct rule *rule) {
    for (size_t i = 0; i < sizeof news / sizeof *news; i++) {
        if (strcmp(news[i].rule, rule->name) != 0)
            continue;
        struct value last = quantity_get(model, object, news[i].last);
        return last.type == VALUE_TIME ? last.i : 0;
    }
    return 0;
}

/* Another rule speaks, or did of all that this one knows of. */
static bool is_told(const struct model *model, const struct entry *entry, struct truth *truth) {
    bool by_other = is_said_by_other(model, entry, truth);
    if (by_other)
        truth->told_ns = news_of(model, &entry->object, truth->rule);
    return by_other || (truth->told_ns && news_of(model, &entry->object, truth->rule) <= truth->told_ns);
}

/* Its alert is open all the same. */
static bool stands(const struct model *model, const struct entry *entry, const struct truth *truth,
                   bool moved) {
    struct finding finding = {.rule = truth->rule};
    return alert_book_stands(alert_book_find(model->alerts, entry->object.id, watch_tag(&finding), false),
                             moved);
}

static void find(struct model *model, struct entry *entry, struct truth *truth) {
    if (truth->slept_mono_ns || is_told(model, entry, truth))
        return;
    int64_t hold = rules_left_to_hold(model, truth);
    int64_t settle = left_to_settle_of(model, entry, truth);
    bool forming = hold || settle;
    bool speaks = !forming || stands(model, entry, truth, settle > hold);
    enum severity severity = speaks ? truth->level : SEVERITY_PENDING;
    truth->spoke |= !forming;
    list_add(model, forming ? &model->forming : &model->findings, entry, truth, hold, settle);
    worsen(entry, severity);
    if (entry->object.kind == OBJECT_SOURCE) /* what fails to copy is not well itself */
        worsen(entry_of(entry->object.parent), severity);
}

static void rank_from(struct finding_list *list, size_t from, const struct entry *entry) {
    for (size_t i = from; i < list->count; i++)
        list->items[i].lesser = entry->severity > list->items[i].severity;
}

void findings_of(struct model *model, struct entry *entry) {
    size_t findings = model->findings.count, forming = model->forming.count;
    entry->severity = SEVERITY_OK;
    truths_begin(model, entry);
    for (size_t t = 0; t < entry->truth_count; t++)
        find(model, entry, &entry->truths[t]);
    rank_from(&model->findings, findings, entry);
    rank_from(&model->forming, forming, entry);
}
