#include "model/calc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/asking.h"
#include "model/groups.h"
#include "model/sentence.h"

#define AFTER_A_MOVE (30 * NS_PER_S)  /* numbers settle after a change of leader */
#define SLEEPS_MOST  (120 * NS_PER_S) /* a truth that nobody can be asked about */
#define BEGINNING    (10 * NS_PER_S)  /* no quiet to speak of before */
#define NAME_SIZE    (TEXT_MAX_BYTES + 32)
#define ASKED_MOST   1024 /* a tick, of those of which there can be thousands */

static const struct rule {
    const char *name;
    enum object_kind kind;
    enum severity severity;
    double hold_s;
    const char *tag, *condition, *since, *text;
} rules[] = {
#define RULE(NAME, KIND, SEVERITY, HOLD, TAG, CONDITION, SINCE, TEXT)                                        \
    {#NAME, OBJECT_##KIND, SEVERITY_##SEVERITY, HOLD, TAG, CONDITION, SINCE, TEXT},
#include "model/rules.def"
#undef RULE
};
#define RULE_COUNT (sizeof rules / sizeof *rules)

static const struct many { /* how findings of one cause are said together */
    const char *rule;
    enum quantity cause;
    const char *text;
} many[] = {
#define RULE(NAME, KIND, SEVERITY, HOLD, TAG, CONDITION, SINCE, TEXT)
#define MANY(RULE, KIND, CAUSE, TEXT) {#RULE, Q_##KIND##_##CAUSE, TEXT},
#include "model/rules.def"
#undef MANY
};

static const struct news { /* what a rule counts happened last then */
    const char *rule;
    enum quantity last;
} news[] = {
#define NEWS(RULE, KIND, LAST) {#RULE, Q_##KIND##_##LAST},
#include "model/rules.def"
#undef NEWS
#undef RULE
};

/* ---- conditions ---- */

struct resolving {
    enum object_kind kind;
    bool about_state;
};

static int resolve(void *data, const char *function, const char *name, enum unit *unit) {
    struct resolving *resolving = data;
    int q = function ? -1 : quantity_by_name(resolving->kind, name);
    if (q < 0)
        return -1;
    resolving->about_state |= q == (int)Q_SERVER_state || strcmp(name, "leadership") == 0;
    *unit = quantities[q].unit;
    return q;
}

void rules_create(struct model *model) {
    model->rules = memory_array(RULE_COUNT, sizeof(struct expr *));
    model->rule_about_state = memory_array(RULE_COUNT, sizeof *model->rule_about_state);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        struct resolving resolving = {rules[i].kind, false};
        struct expr_error error;
        model->rules[i] = expr_parse(rules[i].condition, resolve, &resolving, &error);
        model->rule_about_state[i] = resolving.about_state;
        if (!model->rules[i])
            fprintf(stderr, "natsight: rule %s: %s\n", rules[i].name, error.message);
    }
}

void rules_destroy(struct model *model) {
    for (size_t i = 0; model->rules && i < RULE_COUNT; i++)
        expr_destroy(model->rules[i]);
    free(model->rules);
    free(model->rule_about_state);
    free(model->findings.items);
    free(model->forming.items);
    free(model->watched);
}

static bool can_be_asked(const struct model *model, size_t rule, const struct object *object) {
    return object->freshness == FRESH_LIVE || model->rule_about_state[rule];
}

static bool holds(const struct model *model, size_t rule, const struct object *object) {
    if (!model->rules[rule] || !can_be_asked(model, rule, object))
        return false;
    struct asking asking = {model, object};
    return expr_true(model->rules[rule], asking_get, &asking);
}

/* ---- what holds of one object, and since when ---- */

static struct truth *truth_of(struct entry *entry, int rule) {
    for (size_t i = 0; i < entry->truth_count; i++) {
        if (entry->truths[i].rule == rule)
            return &entry->truths[i];
    }
    return NULL;
}

/* It counts from when that began which it is true of now. */
static void set_since(const struct model *model, const struct object *object, struct truth *truth) {
    if (!*rules[truth->rule].since)
        return;
    int q = quantity_by_name(object->kind, rules[truth->rule].since);
    struct value began = q >= 0 ? quantity_get(model, object, (enum quantity)q) : value_unknown(0);
    if (began.type != VALUE_TIME || began.i > model->utc_ns)
        return;
    int64_t mono_ns = model->mono_ns - (model->utc_ns - began.i);
    truth->since_mono_ns = mono_ns > truth->seen_mono_ns ? mono_ns : truth->seen_mono_ns;
    truth->since_utc_ns = began.i;
    truth->least = began.flags & VALUE_LEAST;
}

static struct truth truth_from_now(const struct model *model, size_t rule) {
    return (struct truth){.rule = (int)rule,
                          .since_utc_ns = model->utc_ns,
                          .since_mono_ns = model->mono_ns,
                          .seen_mono_ns = model->mono_ns};
}

static bool slept_too_long(const struct model *model, const struct truth *truth) {
    return truth->slept_mono_ns && model->mono_ns - truth->slept_mono_ns > SLEEPS_MOST;
}

/* What was true when its leader went counts from before, if the next one says so, too. */
static void ask(struct model *model, struct entry *entry, size_t rule) {
    bool now = holds(model, rule, &entry->object);
    struct truth *truth = truth_of(entry, (int)rule);
    if (truth && !can_be_asked(model, rule, &entry->object) && entry->object.freshness == FRESH_STALE) {
        truth->slept_mono_ns = truth->slept_mono_ns ? truth->slept_mono_ns : model->mono_ns;
        return;
    }
    if (now && !truth) {
        entry->truths = memory_grow(entry->truths, entry->truth_count + 1, sizeof *entry->truths);
        truth = &entry->truths[entry->truth_count++];
        *truth = truth_from_now(model, rule);
    } else if (now && slept_too_long(model, truth)) {
        *truth = truth_from_now(model, rule);
    } else if (!now && truth) {
        *truth = entry->truths[--entry->truth_count];
    }
    if (!now)
        return;
    truth->slept_mono_ns = 0;
    set_since(model, &entry->object, truth);
}

static int64_t left_to_settle(const struct model *model, const struct object *object) {
    if (object->kind == OBJECT_REPLICA || object->kind == OBJECT_SOURCE)
        object = object->parent; /* another leader sees them anew */
    if (object->kind != OBJECT_STREAM && object->kind != OBJECT_CONSUMER)
        return 0;
    int64_t moved = asset_of(object)->moved_mono_ns;
    int64_t left = moved + (int64_t)((double)AFTER_A_MOVE * model->hold_scale) - model->mono_ns;
    return moved && left > 0 ? left : 0;
}

/* `held_ns`: for so long it is true. */
static int64_t left_to_hold(const struct model *model, int rule, int64_t held_ns) {
    int64_t left = (int64_t)(rules[rule].hold_s * model->hold_scale * (double)NS_PER_S) - held_ns;
    return left > 0 ? left : 0;
}

static bool is_held(const struct model *model, const struct truth *truth) {
    return !truth->slept_mono_ns &&
           left_to_hold(model, truth->rule, model->mono_ns - truth->since_mono_ns) == 0;
}

/* One trouble of one object is said once, by the most urgent rule of its tag; what is held speaks before what
 * is forming. */
static bool is_said_by_other(const struct model *model, const struct entry *entry,
                             const struct truth *truth) {
    bool held = is_held(model, truth);
    for (size_t t = 0; t < entry->truth_count; t++) {
        const struct truth *other = &entry->truths[t];
        bool other_held = is_held(model, other);
        if (!other->slept_mono_ns && (other_held == held ? other->rule < truth->rule : other_held) &&
            strcmp(rules[other->rule].tag, rules[truth->rule].tag) == 0)
            return true;
    }
    return false;
}

static const struct object *home_of(const struct object *object) {
    while (object && object->kind != OBJECT_CLUSTER)
        object = object->parent;
    return object;
}

static const struct many *many_of(int rule) {
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        if (strcmp(many[i].rule, rules[rule].name) == 0)
            return &many[i];
    return NULL;
}

/* Of one cluster and one text, as a number. */
static uint64_t cause_of(const struct model *model, const struct object *object, int rule) {
    const struct many *together = many_of(rule);
    const struct object *home = home_of(object);
    struct value v = together ? quantity_get(model, object, together->cause) : value_unknown(0);
    if (v.type != VALUE_TEXT || !*v.text)
        return 0;
    return (uint64_t)hash_bytes(v.text, strlen(v.text)) << 32 | (home ? (uint32_t)home->id : 1);
}

static void list_add(const struct model *model, struct finding_list *list, const struct entry *entry,
                     const struct truth *truth, int64_t left_ns) {
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 16;
        list->items = memory_grow(list->items, list->cap, sizeof *list->items);
    }
    list->items[list->count++] = (struct finding){.severity = rules[truth->rule].severity,
                                                  .rule = truth->rule,
                                                  .object = entry->object.id,
                                                  .since_utc_ns = truth->since_utc_ns,
                                                  .least = truth->least,
                                                  .due_utc_ns = model->utc_ns + left_ns,
                                                  .cause = cause_of(model, &entry->object, truth->rule)};
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
static int64_t news_of(const struct model *model, const struct object *object, int rule) {
    for (size_t i = 0; i < sizeof news / sizeof *news; i++) {
        if (strcmp(news[i].rule, rules[rule].name) != 0)
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
    int64_t hold = left_to_hold(model, truth->rule, model->mono_ns - truth->since_mono_ns);
    int64_t settle = was_so_before(entry, truth) ? 0 : left_to_settle(model, &entry->object);
    bool forming = hold || settle;
    enum severity severity = forming ? SEVERITY_PENDING : rules[truth->rule].severity;
    list_add(model, forming ? &model->forming : &model->findings, entry, truth,
             hold > settle ? hold : settle);
    worsen(entry, severity);
    if (entry->object.kind == OBJECT_SOURCE) /* what fails to copy is not well itself */
        worsen(entry_of(entry->object.parent), severity);
}

static void ask_all(struct model *model, struct entry *entry) {
    for (size_t r = 0; r < RULE_COUNT; r++) {
        if (rules[r].kind == entry->object.kind)
            ask(model, entry, r);
    }
    entry->dirty = false;
}

static void rank_from(struct finding_list *list, size_t from, const struct entry *entry) {
    for (size_t i = from; i < list->count; i++)
        list->items[i].lesser = entry->severity > list->items[i].severity;
}

static void find_all(struct model *model, struct entry *entry) {
    size_t findings = model->findings.count, forming = model->forming.count;
    entry->severity = SEVERITY_OK;
    for (size_t t = 0; t < entry->truth_count; t++)
        find(model, entry, &entry->truths[t]);
    rank_from(&model->findings, findings, entry);
    rank_from(&model->forming, forming, entry);
}

/* They change with their row alone, so most need not be asked again. After a large answer the rest is asked
 * at the next tick, beginning where this one ended. */
static void ask_dirty(struct model *model, enum object_kind kind) {
    size_t count = kind_count(model, kind), from = model->asked_next[kind], left = ASKED_MOST;
    for (size_t i = 0; i < count; i++) {
        size_t at = (from + i) % count;
        struct entry *entry = kind_at(model, kind, at);
        if (entry->dead)
            continue;
        entry->dirty |= model->leaders_moved;
        model->assets_told |= entry->dirty && !left;
        if (entry->dirty && left) {
            ask_all(model, entry);
            model->asked_next[kind] = at + 1;
            left--;
        }
        find_all(model, entry);
    }
}

static void ask_kind(struct model *model, enum object_kind kind) {
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        if (kind_at(model, kind, i)->dead)
            continue;
        ask_all(model, kind_at(model, kind, i));
        find_all(model, kind_at(model, kind, i));
    }
}

/* ---- of connections only a few: there can be a hundred thousand ---- */

void rules_touch(struct model *model, struct entry *connection) {
    for (size_t r = 0; r < RULE_COUNT && !connection->watched; r++) {
        if (rules[r].kind != OBJECT_CONNECTION || !holds(model, r, &connection->object))
            continue;
        if (model->watched_count == model->watched_cap) {
            model->watched_cap = model->watched_cap ? model->watched_cap * 2 : 16;
            model->watched = memory_grow(model->watched, model->watched_cap, sizeof(struct entry *));
        }
        model->watched[model->watched_count++] = connection;
        connection->watched = true;
    }
}

void rules_forget_dead(struct model *model) {
    size_t kept = 0;
    for (size_t i = 0; i < model->watched_count; i++) {
        if (!model->watched[i]->dead)
            model->watched[kept++] = model->watched[i];
    }
    model->watched_count = kept;
}

static void ask_watched(struct model *model) {
    size_t kept = 0;
    rules_forget_dead(model);
    for (size_t i = 0; i < model->watched_count; i++) {
        struct entry *entry = model->watched[i];
        ask_all(model, entry);
        find_all(model, entry);
        entry->watched = entry->truth_count > 0;
        if (entry->watched)
            model->watched[kept++] = entry;
    }
    model->watched_count = kept;
}

static int by_urgency(const void *a, const void *b) {
    const struct finding *x = a, *y = b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->since_utc_ns != y->since_utc_ns)
        return x->since_utc_ns < y->since_utc_ns ? -1 : 1;
    return (x->object > y->object) - (x->object < y->object);
}

static void recheck(struct model *model, struct finding_list *list) {
    bool forming = list == &model->forming;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct finding f = list->items[i];
        struct entry *entry = entry_by_id(model, f.object);
        if (entry && holds(model, (size_t)f.rule, &entry->object))
            list->items[kept++] = f;
        else if (entry && forming == (entry->severity == SEVERITY_PENDING))
            entry->severity = SEVERITY_OK; /* until the tick, which weighs what else there is */
    }
    list->count = kept;
}

static bool is_many(int kind) {
    return kind == OBJECT_CONSUMER || kind == OBJECT_REPLICA;
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
        if (is_many(kind_of_id(list->items[i].object)) && model_object(model, list->items[i].object))
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

void rules_tick(struct model *model, bool weighed) {
    keep(model, &model->findings, weighed);
    keep(model, &model->forming, weighed);
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        if (is_many(kind) && weighed)
            ask_dirty(model, (enum object_kind)kind);
        else if (!is_many(kind) && kind != OBJECT_CONNECTION)
            ask_kind(model, (enum object_kind)kind);
    }
    ask_watched(model);
    model->leaders_moved &= !weighed;
    rank(model, &model->findings, false);
    rank(model, &model->forming, false);
    sort(&model->findings);
    sort(&model->forming);
    count_quiet(model);
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

const char *finding_tag(const struct finding *finding) {
    return rules[finding->rule].tag;
}

const char *finding_rule(const struct finding *finding) {
    return rules[finding->rule].name;
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
    enum severity found = entry_of(object)->severity;
    bool ended = object->kind == OBJECT_CONNECTION && model_is_closed(object);
    if (found == SEVERITY_OK && ((object->freshness != FRESH_LIVE && !ended) || is_puzzling(object)))
        return SEVERITY_UNKNOWN;
    return found;
}

int64_t model_quiet_since(const struct model *model) {
    return model->quiet_since;
}

/* Of several clusters it is said which one is meant. */
static void name_cluster(const struct model *model, const struct object *object, char *out, size_t size) {
    object = home_of(object);
    struct value name = object ? calc_cluster_name(model, object) : (struct value){0};
    out[0] = '\0';
    if (kind_count(model, OBJECT_CLUSTER) > 1 && name.type == VALUE_TEXT)
        snprintf(out, size, "%s: ", name.text);
}

struct telling {
    const struct model *model;
    const struct finding *finding;
    const struct object *object;
    size_t count;
};

/* What only a finding knows. */
static int tell(void *data, const char *name, char *out, size_t size) {
    const struct telling *t = data;
    if (strcmp(name, "since") == 0 || strcmp(name, "for") == 0) {
        char span[TIME_TEXT_SIZE];
        bool said =
            *name == 'f' && t->object && t->object->kind == OBJECT_SERVER && server_const(t->object)->silent;
        span_format_whole(span, t->model->utc_ns - t->finding->since_utc_ns);
        snprintf(out, size, "%s%s%s", *name == 'f' && !said ? ", for " : "",
                 t->finding->least && !said ? "≥" : "", said ? "" : span);
        return 1;
    }
    if (strcmp(name, "count") == 0) {
        snprintf(out, size, "%zu", t->count);
        return 1;
    }
    if (strcmp(name, "which") == 0) {
        name_cluster(t->model, t->object, out, size);
        return 1;
    }
    if (strcmp(name, "called") == 0) {
        struct value shown = t->object ? calc_stream_shown(t->model, t->object) : value_unknown(0);
        bool plain = t->object && strcmp(calc_stream_kind(t->model, t->object).text, "stream") == 0;
        snprintf(out, size, "%s%s", plain ? "stream " : "", shown.type == VALUE_TEXT ? shown.text : "-");
        return 1;
    }
    if (strcmp(name, "stream") == 0 && t->object && sentence_quantity(t->model, t->object, name, out, size)) {
        char real[NAME_SIZE];
        snprintf(real, sizeof real, "%s", out);
        snprintf(out, size, "%s", asset_stream_called(t->model, t->object, real));
        return 1;
    }
    if (strcmp(name, "acct") == 0) {
        const char *account = t->object ? model_shared_account(t->model, t->object) : NULL;
        snprintf(out, size, account ? " (%s)" : "", account);
        return 1;
    }
    return -1;
}

static void name_figure(const struct finding *finding, char name[static 64]) {
    const char *condition = rules[finding->rule].condition;
    snprintf(name, 64, "%.*s", (int)strspn(condition, "abcdefghijklmnopqrstuvwxyz0123456789_"), condition);
}

double finding_size(const struct model *model, const struct finding *finding) {
    const struct object *object = model_object(model, finding->object);
    char name[64];
    double size;
    name_figure(finding, name);
    int q = object ? quantity_by_name(object->kind, name) : -1;
    bool known = q >= 0 && quantities[q].worse == WORSE_MORE &&
                 value_number(quantity_get(model, object, (enum quantity)q), &size);
    return known ? size : 0;
}

void finding_figure(const struct model *model, const struct finding *finding, char *out, size_t size) {
    char name[64];
    name_figure(finding, name);
    if (!sentence_quantity(model, model_object(model, finding->object), name, out, size))
        snprintf(out, size, "-");
}

bool finding_same_cause(const struct finding *a, const struct finding *b) {
    return a->rule == b->rule && (a->object == b->object || (a->cause && a->cause == b->cause));
}

void finding_text_of(const struct model *model, const struct finding *finding, size_t count, char *out,
                     size_t size) {
    struct telling telling = {model, finding, model_object(model, finding->object), count};
    const struct many *together = count > 1 ? many_of(finding->rule) : NULL;
    sentence_make(model, telling.object, together ? together->text : rules[finding->rule].text, tell,
                  &telling, out, size);
}
