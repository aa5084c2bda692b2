#include "model/calc.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/alert_object.h"
#include "model/alert_watch.h"
#include "model/finding_text.h"
#include "model/groups.h"
#include "model/rule_judge.h"

#define AFTER_A_MOVE (30 * NS_PER_S)  /* numbers settle after a change of leader */
#define SLEEPS_MOST  (120 * NS_PER_S) /* a truth that nobody can be asked about */
#define BEGINNING    (10 * NS_PER_S)  /* no quiet to speak of before */
#define ASKED_MOST   1024             /* a tick, of those of which there can be thousands */

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

/* ---- what holds of one object, and since when ---- */

static struct truth *truth_of(const struct entry *entry, const struct rule *rule, enum severity level) {
    for (size_t i = 0; i < entry->truth_count; i++) {
        if (entry->truths[i].rule == rule && entry->truths[i].level == level)
            return &entry->truths[i];
    }
    return NULL;
}

/* It counts from when that began which it is true of now. */
static void set_since(const struct model *model, const struct object *object, struct truth *truth) {
    if (truth->rule->since_quantity < 0)
        return;
    struct value began = quantity_get(model, object, (enum quantity)truth->rule->since_quantity);
    if (began.type != VALUE_TIME || began.i > model->utc_ns)
        return;
    int64_t mono_ns = model->mono_ns - (model->utc_ns - began.i);
    truth->since_mono_ns = mono_ns > truth->seen_mono_ns ? mono_ns : truth->seen_mono_ns;
    truth->since_utc_ns = began.i;
    truth->least = began.flags & VALUE_LEAST;
}

/* Nobody could say before whether it was so. */
static bool may_be_older(const struct model *model, const struct object *object, const struct rule *rule) {
    if (object->kind == OBJECT_SERVER && rule->about_state)
        return !server_const(object)->reached;
    return !watch_is_heard(model, object);
}

/* What a row has told counts from the tick after it. */
static void begin(const struct model *model, const struct object *object, struct truth *truth) {
    truth->since_utc_ns = model->utc_ns;
    truth->since_mono_ns = truth->seen_mono_ns = model->mono_ns;
    truth->least = may_be_older(model, object, truth->rule);
    set_since(model, object, truth);
}

static bool slept_too_long(const struct model *model, const struct truth *truth) {
    return truth->slept_mono_ns && model->mono_ns - truth->slept_mono_ns > SLEEPS_MOST;
}

/* What was true when its leader went counts from before, if the next one says so, too. */
static void note(struct model *model, struct entry *entry, const struct rule *rule, enum severity level,
                 bool now) {
    struct truth *truth = truth_of(entry, rule, level);
    if (truth && !rule_can_ask(rule, &entry->object) && entry->object.freshness == FRESH_STALE) {
        truth->slept_mono_ns = truth->slept_mono_ns ? truth->slept_mono_ns : model->mono_ns;
        return;
    }
    if (now && !truth) {
        entry->truths = memory_grow(entry->truths, entry->truth_count + 1, sizeof *entry->truths);
        truth = &entry->truths[entry->truth_count++];
        *truth = (struct truth){.rule = rule, .level = level};
    } else if (now && slept_too_long(model, truth)) {
        *truth = (struct truth){.rule = rule, .level = level};
    } else if (!now && truth) {
        *truth = entry->truths[--entry->truth_count];
    }
    if (!now)
        return;
    truth->slept_mono_ns = 0;
    if (truth->since_mono_ns)
        set_since(model, &entry->object, truth);
}

static bool has_truth_of(const struct entry *entry, const struct rule *rule) {
    return truth_of(entry, rule, SEVERITY_WARN) || truth_of(entry, rule, SEVERITY_CRIT);
}

static void ask(struct model *model, struct entry *entry, const struct asking *asking,
                const struct rule *rule) {
    struct verdict v = rule_judge(asking, rule);
    if (!v.warn && !v.crit && !has_truth_of(entry, rule))
        return; /* as of most */
    for (enum severity level = SEVERITY_WARN; level <= SEVERITY_CRIT; level++) {
        const struct truth *truth = truth_of(entry, rule, level);
        if (rule_level(rule, level)->is)
            note(model, entry, rule, level, verdict_holds(&v, rule, level, truth && truth->spoke));
    }
}

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
        if (other_held == held ? is_worse(other, truth) : other_held)
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

/* Another leader says the same of its stream; of a consumer it has to say it for a while. */
static bool was_so_before(const struct entry *entry, const struct truth *truth) {
    return entry->object.kind == OBJECT_STREAM &&
           truth->seen_mono_ns < asset_of(&entry->object)->moved_mono_ns;
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

static void find(struct model *model, struct entry *entry, struct truth *truth) {
    if (truth->slept_mono_ns || is_told(model, entry, truth))
        return;
    int64_t hold = rules_left_to_hold(model, truth);
    int64_t settle = was_so_before(entry, truth) ? 0 : left_to_settle(model, &entry->object);
    bool forming = hold || settle;
    enum severity severity = forming ? SEVERITY_PENDING : truth->level;
    truth->spoke |= !forming;
    list_add(model, forming ? &model->forming : &model->findings, entry, truth, hold, settle);
    worsen(entry, severity);
    if (entry->object.kind == OBJECT_SOURCE) /* what fails to copy is not well itself */
        worsen(entry_of(entry->object.parent), severity);
}

static bool goes_by_told(const struct entry *entry) {
    for (size_t t = 0; t < entry->truth_count; t++)
        if (entry->truths[t].rule->by_told)
            return true;
    return false;
}

/* What can't hold need not be asked, unless it did. */
static const struct rule *const *rules_for(const struct model *model, const struct entry *entry,
                                           size_t *count) {
    const struct object *object = &entry->object;
    return quantities_told_nothing(object) && !goes_by_told(entry)
               ? ruleset_of_untold(model->rules, object->kind, count)
               : ruleset_of(model->rules, object->kind, count);
}

/* Of most that nothing holds of, what each rule needs first says so, and several in a row need the same. */
static void ask_all(struct model *model, struct entry *entry) {
    struct asking_memo memo;
    struct asking asking = {.model = model, .object = &entry->object, .memo = &memo, .now = true};
    size_t count;
    const struct rule *const *rules = rules_for(model, entry, &count);
    memo.filled = 0;
    struct expr_value value = {EXPR_UNKNOWN, 0, NULL};
    int id = -1;
    for (size_t r = 0; r < count; r++) {
        const struct expr_need *first = rules[r]->need_count ? rules[r]->needs : NULL;
        if (first && first->id != id)
            value = asking_get(&asking, id = first->id);
        if (entry->truth_count || !first || expr_need_met(first, value))
            ask(model, entry, &asking, rules[r]);
    }
}

static void rank_from(struct finding_list *list, size_t from, const struct entry *entry) {
    for (size_t i = from; i < list->count; i++)
        list->items[i].lesser = entry->severity > list->items[i].severity;
}

static void find_all(struct model *model, struct entry *entry) {
    size_t findings = model->findings.count, forming = model->forming.count;
    entry->severity = SEVERITY_OK;
    for (size_t t = 0; t < entry->truth_count; t++)
        if (!entry->truths[t].since_mono_ns)
            begin(model, &entry->object, &entry->truths[t]);
    for (size_t t = 0; t < entry->truth_count; t++)
        find(model, entry, &entry->truths[t]);
    rank_from(&model->findings, findings, entry);
    rank_from(&model->forming, forming, entry);
}

static void ask_kind(struct model *model, enum object_kind kind) {
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        if (kind_at(model, kind, i)->dead)
            continue;
        ask_all(model, kind_at(model, kind, i));
        find_all(model, kind_at(model, kind, i));
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
    ask_all(model, entry);
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

static void find_watched(struct model *model, enum object_kind kind) {
    struct entry_list *watched = &model->watched[kind];
    size_t kept = 0;
    for (size_t i = 0; i < watched->count; i++) {
        struct entry *entry = watched->items[i];
        if (entry->dead)
            continue;
        if (!is_weighed(kind))
            ask_all(model, entry);
        find_all(model, entry);
        entry->watched = entry->truth_count > 0;
        if (entry->watched)
            watched->items[kept++] = entry;
    }
    watched->count = kept;
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
        const struct finding f = list->items[i];
        struct entry *entry = entry_by_id(model, f.object);
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

/* What was found of those that there are thousands of stays until they are weighed again. */
static void keep(struct model *model, struct finding_list *list, bool weighed) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count && !weighed; i++) {
        if (is_weighed((enum object_kind)kind_of_id(list->items[i].object)) &&
            model_object(model, list->items[i].object))
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

void rules_tick(struct model *model, bool weighed) {
    keep(model, &model->findings, weighed);
    keep(model, &model->forming, weighed);
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        if (!rules_is_many((enum object_kind)kind))
            ask_kind(model, (enum object_kind)kind);
        else if (is_weighed((enum object_kind)kind) && weighed)
            ask_some(model, (enum object_kind)kind);
        if (!is_weighed((enum object_kind)kind) || weighed)
            find_watched(model, (enum object_kind)kind);
    }
    model->leaders_moved &= !weighed;
    rank(model, &model->findings, false);
    rank(model, &model->forming, false);
    sort(&model->findings);
    sort(&model->forming);
    count_quiet(model);
    model->findings_version++;
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
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        free(model->unasked[kind].items);
        free(model->watched[kind].items);
    }
}
