#include "model/ruleset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/asking.h"
#include "model/rule_compile.h"
#include "model/rule_question.h"
#include "model/rule_said.h"
#include "model/sentence.h"

#define NO                                                                                                   \
    { .is = false, .limit = "" }
#define SO(HOLD)                                                                                             \
    { .is = true, .limit = "", .hold_s = HOLD }
#define AT(LIMIT, HOLD)                                                                                      \
    { .is = true, .limit = LIMIT, .hold_s = HOLD }

/* What every rule of rules.def has, whichever kind of row it is. */
#define OURS(NAME, KIND, TAG, WHERE, VALUE, TEXT)                                                            \
    .name = #NAME, .kind = OBJECT_##KIND, .tag = TAG, .match = "", .where = WHERE, .value = VALUE,           \
    .unless = "", .text = TEXT, .enabled = true

static const struct rule defaults[] = {
#define RULE(NAME, KIND, TAG, WHERE, VALUE, WARN, CRIT, CLEAR, SINCE, TEXT, WHY)                             \
    {OURS(NAME, KIND, TAG, WHERE, VALUE, TEXT),                                                              \
     .warn = WARN,                                                                                           \
     .crit = CRIT,                                                                                           \
     .clear = {.is = sizeof CLEAR > 1, .limit = CLEAR},                                                      \
     .since = SINCE,                                                                                         \
     .why = WHY,                                                                                             \
     .origin = "default"},
#define TOLD_RULE(NAME, KIND, TAG, WHERE, VALUE, WARN, CRIT, TEXT)                                           \
    {OURS(NAME, KIND, TAG, WHERE, VALUE, TEXT),                                                              \
     .warn = WARN,                                                                                           \
     .crit = CRIT,                                                                                           \
     .clear = NO,                                                                                            \
     .since = "",                                                                                            \
     .why = "The level stands in the asset's metadata, as nats server check reads it.",                      \
     .origin = "metadata"},
#include "model/rules.def"
#undef TOLD_RULE
#undef RULE
};

struct named { /* a quantity that a rule of rules.def has */
    const char *rule;
    enum quantity quantity;
};

#define RULE(...)
#define TOLD_RULE(...)
static const struct named exceptions[] = {
#define UNLESS(NAME, KIND, QUANTITY) {#NAME, Q_##KIND##_##QUANTITY},
#include "model/rules.def"
#undef UNLESS
};
static const struct named figures[] = {
#define FIGURE(NAME, KIND, QUANTITY) {#NAME, Q_##KIND##_##QUANTITY},
#include "model/rules.def"
#undef FIGURE
};
#undef TOLD_RULE
#undef RULE

struct ruleset {
    int holders;
    struct rule *rules[RULES_MOST]; /* each its own: what is asked by one may point to it */
    size_t count;
    const struct rule *by_kind[RULES_MOST]; /* those in force, kind by kind */
    size_t first[OBJECT_KIND_COUNT + 1];    /* where a kind begins among these */
    struct asked {
        const struct rule *rules[RULES_MOST]; /* the same, by what they need first */
        struct rule_question questions[RULES_MOST];
        size_t first[OBJECT_KIND_COUNT + 1]; /* where a kind begins among the questions */
    } all, untold;
    struct said_texts texts;
};

static void sort_by_kind(struct ruleset *set) {
    size_t count = 0;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        set->first[kind] = count;
        for (size_t i = 0; i < set->count; i++)
            if (set->rules[i]->enabled && set->rules[i]->kind == (enum object_kind)kind)
                set->by_kind[count++] = set->rules[i];
    }
    set->first[OBJECT_KIND_COUNT] = count;
}

/* Which of its kind's questions, from that one on, a rule has; a new one when there is none. */
static size_t question_of(struct asked *asked, size_t from, size_t *count, const struct rule *rule) {
    const struct rule_question new = rule_question_of(rule);
    size_t i = from;
    while (i < *count && asked->questions[i].id != new.id)
        i++;
    if (i == *count)
        asked->questions[(*count)++] = new;
    return i;
}

static void sort_by_question(const struct ruleset *set, struct asked *asked, bool untold) {
    size_t count = 0, placed = 0, which[RULES_MOST] = {0};
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        size_t from = asked->first[kind] = count;
        for (size_t i = set->first[kind]; i < set->first[kind + 1]; i++) {
            const struct rule *rule = set->by_kind[i];
            if (untold && rule->by_told)
                continue;
            which[i] = question_of(asked, from, &count, rule);
            rule_question_add(&asked->questions[which[i]], rule);
        }
        for (size_t q = from; q < count; q++) {
            asked->questions[q].rules = &asked->rules[placed];
            for (size_t i = set->first[kind]; i < set->first[kind + 1]; i++)
                if (!(untold && set->by_kind[i]->by_told) && which[i] == q)
                    asked->rules[placed++] = set->by_kind[i];
        }
    }
    asked->first[OBJECT_KIND_COUNT] = count;
}

static bool add(struct ruleset *set, size_t at, const struct rule *made, struct rule_fault *fault) {
    struct rule *rule = memory_new(sizeof *rule);
    *rule = *made;
    rule->order = (int)at;
    if (!rule_compile(rule, fault)) {
        rule_discard(rule);
        free(rule);
        return false;
    }
    if (at == set->count) {
        set->count++;
    } else {
        rule_discard(set->rules[at]);
        free(set->rules[at]);
    }
    set->rules[at] = rule;
    sort_by_kind(set);
    sort_by_question(set, &set->all, false);
    sort_by_question(set, &set->untold, true);
    return true;
}

/* "": none. */
static const char *named_for(const char *rule, const struct named *named, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(named[i].rule, rule) == 0)
            return quantities[named[i].quantity].name;
    return "";
}

struct ruleset *ruleset_create(void) {
    struct ruleset *set = memory_new(sizeof *set);
    set->holders = 1;
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
        struct rule rule = defaults[i];
        struct rule_fault fault;
        rule.unless = named_for(rule.name, exceptions, sizeof exceptions / sizeof *exceptions);
        rule.figure = named_for(rule.name, figures, sizeof figures / sizeof *figures);
        if (!add(set, set->count, &rule, &fault))
            fprintf(stderr, "natsight: rule %s: %s: %s\n", defaults[i].name, fault.key, fault.message);
    }
    return set;
}

struct ruleset *ruleset_hold(struct ruleset *set) {
    set->holders++;
    return set;
}

void ruleset_release(struct ruleset *set) {
    if (!set || --set->holders > 0)
        return;
    for (size_t i = 0; i < set->count; i++) {
        rule_discard(set->rules[i]);
        free(set->rules[i]);
    }
    said_texts_free(&set->texts);
    free(set);
}

static size_t place_of(const struct ruleset *set, const char *name) {
    size_t i = 0;
    while (i < set->count && strcmp(set->rules[i]->name, name) != 0)
        i++;
    return i;
}

/* Levels of ours may have been changed alone. */
static bool has_own_match(const struct rule *rule, const struct rule *before) {
    return *rule->match && (!before || before->own_match || strcmp(rule->match, before->match) != 0);
}

bool ruleset_add(struct ruleset *set, const struct rule_said *said, struct rule_fault *fault) {
    struct rule rule;
    size_t at = said->name ? place_of(set, said->name) : set->count;
    if (at >= RULES_MOST)
        return rule_refuse(fault, "name", "there are too many rules; %d is the most", RULES_MOST);
    const struct rule *before = at < set->count ? set->rules[at] : NULL;
    if (!rule_from_said(&rule, said, before, &set->texts, fault))
        return false;
    rule.own_match = has_own_match(&rule, before);
    return add(set, at, &rule, fault);
}

size_t ruleset_count(const struct ruleset *set) {
    return set->count;
}

const struct rule *ruleset_at(const struct ruleset *set, size_t index) {
    return set->rules[index];
}

const struct rule *const *ruleset_of(const struct ruleset *set, enum object_kind kind, size_t *count) {
    *count = set->first[kind + 1] - set->first[kind];
    return &set->by_kind[set->first[kind]];
}

const struct rule_question *ruleset_questions(const struct ruleset *set, enum object_kind kind, bool untold,
                                              size_t *count) {
    const struct asked *asked = untold ? &set->untold : &set->all;
    *count = asked->first[kind + 1] - asked->first[kind];
    return &asked->questions[asked->first[kind]];
}

const struct rule *ruleset_find(const struct ruleset *set, const char *name) {
    size_t at = place_of(set, name);
    return at < set->count ? set->rules[at] : NULL;
}

const struct rule_level *rule_level(const struct rule *rule, enum severity severity) {
    return severity == SEVERITY_CRIT ? &rule->crit : &rule->warn;
}

enum unit rule_unit(const struct rule *rule) {
    return rule->value_expr ? expr_unit(rule->value_expr) : UNIT_NONE;
}

static bool level_same(const struct rule_level *a, const struct rule_level *b) {
    return a->is == b->is && strcmp(a->limit, b->limit) == 0 && fabs(a->hold_s - b->hold_s) < 1e-9;
}

bool rule_same(const struct rule *a, const struct rule *b) {
    return strcmp(a->name, b->name) == 0 && a->kind == b->kind && strcmp(a->tag, b->tag) == 0 &&
           strcmp(a->match, b->match) == 0 && strcmp(a->where, b->where) == 0 &&
           strcmp(a->value, b->value) == 0 && strcmp(a->unless, b->unless) == 0 &&
           strcmp(a->since, b->since) == 0 && level_same(&a->warn, &b->warn) &&
           level_same(&a->crit, &b->crit) && level_same(&a->clear, &b->clear) && a->enabled == b->enabled;
}
