#include "model/rule_said.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/near.h"
#include "model/rule_compile.h"

#define TAG_MAX  6
#define HOLD_MAX (24 * 3600.0)

static const char *own(struct said_texts *texts, char *text) {
    texts->items = memory_grow(texts->items, texts->count + 1, sizeof *texts->items);
    return texts->items[texts->count++] = text;
}

void said_texts_free(struct said_texts *texts) {
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
}

static const char *kept(struct said_texts *texts, const char *text) {
    return text && *text ? own(texts, memory_text(text)) : "";
}

/* ---- names ---- */

static bool name_is_good(const char *name, struct rule_fault *fault) {
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    if (*name && !name[len] && len <= RULE_NAME_MAX)
        return true;
    return rule_refuse(fault, "name", "\"%.60s\": a name has letters, digits, _ and -, %d of them at most",
                       name, RULE_NAME_MAX);
}

static bool entity_of(const char *entity, enum object_kind *kind, struct rule_fault *fault) {
    struct near near = near_begin(entity ? entity : "");
    if (!entity)
        return rule_refuse(fault, "entity",
                           "what is it about? entity = \"consumer\", \"stream\", \"server\" ...");
    for (int k = 0; k < OBJECT_KIND_COUNT; k++) {
        if (k == OBJECT_GROUP || k == OBJECT_ALERT)
            continue;
        if (strcmp(object_kind_name((enum object_kind)k), entity) == 0) {
            *kind = (enum object_kind)k;
            return true;
        }
        near_try(&near, object_kind_name((enum object_kind)k));
    }
    return rule_refuse(fault, "entity", "\"%.60s\" is no entity%s%s%s", entity,
                       near.name ? "; did you mean " : ": natsight print lists them",
                       near.name ? near.name : "", near.name ? "?" : "");
}

/* ---- levels ---- */

static bool hold_of(const char *text, double *hold_s, struct rule_fault *fault) {
    double ns;
    enum unit unit;
    size_t len = number_parse(text, &ns, &unit);
    if (!len || text[len] || (unit != UNIT_NS && !(unit == UNIT_NONE && ns == 0)))
        return rule_refuse(fault, "hold", "\"%.60s\" is no time span: write \"30 s\" or \"5m\"", text);
    *hold_s = ns / (double)NS_PER_S;
    if (*hold_s < 0 || *hold_s > HOLD_MAX)
        return rule_refuse(fault, "hold", "\"%.60s\" is not between 0 and 24 h", text);
    return true;
}

/* "10k" is meant as the sign says. */
static const char *limit_of(struct said_texts *texts, const char *text, const char *sign) {
    enum rule_sign ignored;
    const char *rest;
    if (rule_sign_of(text, &ignored, &rest))
        return own(texts, memory_text(text + strspn(text, " \t")));
    return own(texts, memory_format("%s %s", sign, text));
}

static struct rule_level level_of(struct said_texts *texts, const char *text, const char *sign,
                                  double hold_s) {
    if (!text)
        return (struct rule_level){.limit = ""};
    return (struct rule_level){.is = true, .limit = limit_of(texts, text, sign), .hold_s = hold_s};
}

/* Which way a bare number looks: as the other one of its rule does. */
static const char *sign_beside(const char *warn, const char *critical) {
    enum rule_sign sign;
    const char *rest;
    if ((warn && rule_sign_of(warn, &sign, &rest)) || (critical && rule_sign_of(critical, &sign, &rest)))
        return sign == SIGN_LESS || sign == SIGN_AT_MOST ? "<" : ">";
    return ">";
}

static bool take_levels(struct rule *rule, const struct rule_said *said, struct said_texts *texts,
                        double hold_s, struct rule_fault *fault) {
    const char *sign = sign_beside(said->warn, said->critical);
    if (!said->warn && !said->critical)
        return rule_refuse(fault, "condition",
                           "\"%.80s\" is a number: from which one on is it a trouble? "
                           "warn = \"> 10k\"; critical = \"> 100k\"; or compare it here",
                           said->condition);
    if (said->severity)
        return rule_refuse(fault, "severity",
                           "goes with a condition that is true or false; here warn and "
                           "critical say it");
    rule->value = kept(texts, said->condition);
    rule->warn = level_of(texts, said->warn, sign, hold_s);
    rule->crit = level_of(texts, said->critical, sign, hold_s);
    rule->clear = level_of(texts, said->clear, *sign == '<' ? ">" : "<", 0);
    return true;
}

static bool take_severity(struct rule *rule, const struct rule_said *said, struct said_texts *texts,
                          double hold_s, struct rule_fault *fault) {
    const char *severity = said->severity ? said->severity : "warn";
    const char *key = said->warn ? "warn" : said->critical ? "critical" : said->clear ? "clear" : NULL;
    struct rule_level so = {.is = true, .limit = "", .hold_s = hold_s};
    if (key)
        return rule_refuse(fault, key,
                           "goes with a condition that is a number, and \"%.80s\" is true or "
                           "false; severity = \"warn\" or \"critical\" says how bad it is",
                           said->condition);
    if (strcmp(severity, "warn") != 0 && strcmp(severity, "critical") != 0)
        return rule_refuse(fault, "severity", "\"%.60s\" is neither \"warn\" nor \"critical\"", severity);
    rule->where = kept(texts, said->condition);
    *(*severity == 'w' ? &rule->warn : &rule->crit) = so;
    return true;
}

static bool take_condition(struct rule *rule, const struct rule_said *said, struct said_texts *texts,
                           struct rule_fault *fault) {
    bool number, truth;
    double hold_s = 0;
    if (!said->condition)
        return rule_refuse(fault, "condition",
                           "what is looked at? condition = \"lag\" with warn = \"> 10k\", or "
                           "condition = \"state = stalled_delivery\"");
    if (!rule_kind_of(rule->kind, said->condition, &number, &truth, fault) ||
        (said->hold && !hold_of(said->hold, &hold_s, fault)))
        return false;
    if (truth)
        return take_severity(rule, said, texts, hold_s, fault);
    if (number)
        return take_levels(rule, said, texts, hold_s, fault);
    return rule_refuse(fault, "condition", "\"%.80s\" is neither a quantity nor a comparison",
                       said->condition);
}

/* ---- the whole ---- */

#define USUAL_OF_NUMBER "{which}{object}: {condition} {value}, limit {limit}[, for {since}]"
#define USUAL_OF_TRUTH  "{which}{object}: {condition}[, for {since}]"

static bool take_new(struct rule *rule, const struct rule_said *said, struct said_texts *texts,
                     struct rule_fault *fault) {
    *rule = (struct rule){.name = kept(texts, said->name),
                          .match = "",
                          .where = "",
                          .value = "",
                          .warn = {.limit = ""},
                          .crit = {.limit = ""},
                          .clear = {.limit = ""},
                          .unless = "",
                          .since = "",
                          .figure = ""};
    if (!entity_of(said->entity, &rule->kind, fault) || !take_condition(rule, said, texts, fault))
        return false;
    rule->tag = rule->name;
    rule->text = *rule->value ? USUAL_OF_NUMBER : USUAL_OF_TRUTH;
    rule->why = "";
    return true;
}

static bool change_levels(struct rule *rule, const struct rule_said *said, struct said_texts *texts,
                          struct rule_fault *fault) {
    const char *sign =
        sign_beside(rule->warn.is ? rule->warn.limit : NULL, rule->crit.is ? rule->crit.limit : NULL);
    double warn_s = rule->warn.is ? rule->warn.hold_s : rule->crit.hold_s;
    double crit_s = rule->crit.is ? rule->crit.hold_s : rule->warn.hold_s;
    if (said->hold && !hold_of(said->hold, &warn_s, fault))
        return false;
    rule->warn.hold_s = warn_s;
    rule->crit.hold_s = said->hold ? warn_s : crit_s;
    if (!*rule->value && (said->warn || said->critical || said->clear))
        return rule_refuse(fault,
                           said->warn       ? "warn"
                           : said->critical ? "critical"
                                            : "clear",
                           "%s is about what is true or false; it has no level", rule->name);
    if (said->warn)
        rule->warn = level_of(texts, said->warn, sign, rule->warn.hold_s);
    if (said->critical)
        rule->crit = level_of(texts, said->critical, sign, rule->crit.hold_s);
    if (said->clear)
        rule->clear = level_of(texts, said->clear, *sign == '<' ? ">" : "<", 0);
    return true;
}

/* What is not said stays. */
static bool take_changes(struct rule *rule, const struct rule_said *said, const struct rule *replaced,
                         struct said_texts *texts, struct rule_fault *fault) {
    enum object_kind kind;
    *rule = *replaced;
    rule->match_expr = rule->where_expr = rule->value_expr = NULL;
    rule->warn.asked = rule->crit.asked = rule->clear.asked = NULL;
    if (said->entity && !entity_of(said->entity, &kind, fault))
        return false;
    if (said->entity && kind != replaced->kind)
        return rule_refuse(fault, "entity",
                           "%s is about a %s; for a new rule of that name write its condition, too",
                           rule->name, object_kind_name(replaced->kind));
    if (said->severity)
        return rule_refuse(fault, "severity", "goes with a condition of one's own");
    return change_levels(rule, said, texts, fault);
}

static bool enabled_of(const char *text, bool *enabled, struct rule_fault *fault) {
    *enabled = !text || strcmp(text, "false") != 0;
    if (*enabled && text && strcmp(text, "true") != 0)
        return rule_refuse(fault, "enabled", "\"%.60s\" is neither true nor false", text);
    return true;
}

bool rule_from_said(struct rule *rule, const struct rule_said *said, const struct rule *replaced,
                    struct said_texts *texts, struct rule_fault *fault) {
    if (!said->name)
        return rule_refuse(fault, "name", "a rule wants a name: name = \"orders_lag\"");
    if (!name_is_good(said->name, fault))
        return false;
    bool enabled;
    if (!enabled_of(said->enabled, &enabled, fault))
        return false;
    if (!enabled && !said->condition && !replaced)
        return rule_refuse(fault, "name", "there is no rule %s to silence; natsight rules lists them",
                           said->name);
    if (said->tag && (!*said->tag || strlen(said->tag) > TAG_MAX))
        return rule_refuse(fault, "tag", "\"%.60s\" is not 1 to %d characters long", said->tag, TAG_MAX);
    bool changes = replaced && !said->condition;
    if (changes ? !take_changes(rule, said, replaced, texts, fault) : !take_new(rule, said, texts, fault))
        return false;
    if (!changes && replaced)
        rule->tag = replaced->tag;
    if (said->tag)
        rule->tag = kept(texts, said->tag);
    if (said->match)
        rule->match = kept(texts, said->match);
    if (said->text)
        rule->text = kept(texts, said->text);
    if (said->reason)
        rule->why = kept(texts, said->reason);
    rule->enabled = enabled;
    rule->origin = kept(texts, said->origin);
    return true;
}
