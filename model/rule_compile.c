#include "model/rule_compile.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/near.h"
#include "model/asking.h"
#include "model/finding_text.h"
#include "model/needs.h"
#include "model/rule_needs.h"

static const struct {
    const char *text;
    enum rule_sign sign;
} signs[] = {{">=", SIGN_AT_LEAST}, {"<=", SIGN_AT_MOST}, {">", SIGN_MORE}, {"<", SIGN_LESS}};

bool rule_refuse(struct rule_fault *fault, const char *key, const char *format, ...) {
    va_list args;
    fault->key = key;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    return false;
}

bool rule_sign_of(const char *limit, enum rule_sign *sign, const char **rest) {
    limit += strspn(limit, " \t");
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strncmp(limit, signs[i].text, strlen(signs[i].text)) != 0)
            continue;
        *sign = signs[i].sign;
        *rest = limit + strlen(signs[i].text);
        *rest += strspn(*rest, " \t");
        return true;
    }
    return false;
}

/* ---- expressions, with who they are about ---- */

static void did_you_mean(const struct asking_names *names, char *out, size_t size) {
    struct near near = near_begin(names->unknown);
    char rate[64];
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == names->kind)
            near_try(&near, quantities[q].name);
    snprintf(rate, sizeof rate, "%.40s_per_s", names->unknown);
    if (*names->unknown && quantity_by_name(names->kind, rate) >= 0)
        near.name = rate;
    if (*names->unknown && near.name)
        snprintf(out, size, " of a %s; did you mean %s?", object_kind_name(names->kind), near.name);
    else if (*names->unknown)
        snprintf(out, size, " of a %s", object_kind_name(names->kind));
    else
        *out = '\0';
}

struct wording { /* words that a quantity is compared with */
    const char *key;
    struct rule_fault *fault;
    bool wrong;
};

/* One that it can't be would never be true, and nobody would know. */
static const char *check_word(void *data, int id, const char *text, bool named) {
    struct wording *w = data;
    char message[sizeof w->fault->message];
    bool wrong;
    const char *word = asking_meant(id, text, &wrong);
    if (!wrong || w->wrong || named)
        return word;
    w->wrong = true;
    asking_no_word(id, text, "", message, sizeof message);
    rule_refuse(w->fault, w->key, "%s", message);
    return NULL;
}

/* In a file that nobody reads again, 5 may have been meant as anything. */
static bool has_units(const struct expr *expr, const char *key, struct rule_fault *fault) {
    static const char *const meant[] = {
        [UNIT_NS] = " s", [UNIT_BYTES] = "B", [UNIT_BYTES_PER_S] = "B/s", [UNIT_PERCENT] = " %"};
    struct expr_bare bare;
    if (!expr_bare(expr, &bare))
        return true;
    size_t digits = strspn(bare.number, "0123456789.");
    bool bytes = bare.beside == UNIT_BYTES || bare.beside == UNIT_BYTES_PER_S;
    const char *blank = bytes && !bare.number[digits] ? " " : "";
    int len = (int)(bytes ? strlen(bare.number) : digits);
    return rule_refuse(fault, key, "%.60s has no unit (%s): write \"%s%.*s%s%s\"", bare.number, bare.unit,
                       bare.sign, len < 60 ? len : 60, bare.number, blank, meant[bare.beside]);
}

static bool makes_sense(struct expr *expr, const char *key, struct rule_fault *fault) {
    struct wording wording = {key, fault, false};
    expr_words(expr, check_word, &wording);
    int misused = expr_misused(expr, asking_is_number);
    if (wording.wrong || !has_units(expr, key, fault))
        return false;
    if (misused >= 0)
        return rule_refuse(fault, key, "%s is no number", quantities[misused].name);
    if (expr_divides_by_zero(expr))
        return rule_refuse(fault, key, "something is divided by 0, so it is never known");
    return true;
}

/* NULL: it asks what makes no sense, and *fault says so. */
static struct expr *fit(struct expr *expr, const struct asking_names *names, const char *key,
                        struct rule_fault *fault) {
    bool good = makes_sense(expr, key, fault);
    if (good && !names->dated)
        return expr;
    if (good)
        rule_refuse(
            fault, key,
            "the round trip of a connection is as old as the server's last ping, hours on a busy one: "
            "evidence of nothing, so no rule asks it; round_trip of a server is measured by us");
    expr_destroy(expr);
    return NULL;
}

struct expr *rule_parse(struct asking_names *names, const char *key, const char *text,
                        struct rule_fault *fault) {
    struct expr_error error;
    char hint[160] = "";
    struct expr *expr = expr_parse(text, asking_resolve, names, &error);
    if (expr)
        return fit(expr, names, key, fault);
    if (*names->refused)
        return rule_refuse(fault, key, "%s", names->refused), NULL;
    if (strstr(error.message, "is no quantity"))
        did_you_mean(names, hint, sizeof hint);
    rule_refuse(fault, key, "%s%s", error.message, hint);
    return NULL;
}

/* What no quantity tells is made up here: of a number that differs for each name only units are asked. */
static struct expr_value any_number(void *data, int id) {
    (void)data;
    return (struct expr_value){EXPR_NUMBER, 1.3 + 0.618 * id, NULL};
}

/* In the unit that the value has. */
static double threshold_of(const struct rule *rule, const char *limit) {
    struct asking_names names = {.kind = rule->kind};
    struct expr_error error;
    char *text = memory_format("(%s) - (%s) + (%s)", rule->value, rule->value, limit);
    struct expr *expr = expr_parse(text, asking_resolve, &names, &error);
    struct expr_value v = expr ? expr_eval(expr, any_number, NULL) : (struct expr_value){0};
    expr_destroy(expr);
    free(text);
    return v.type == EXPR_NUMBER ? v.number : NAN;
}

/* ---- levels ---- */

static bool compile_level(struct rule *rule, struct rule_level *level, const char *key,
                          struct rule_fault *fault) {
    struct asking_names beside = {.kind = rule->kind}, alone = {.kind = rule->kind};
    const char *limit;
    if (!level->is || !*rule->value)
        return true;
    if (!rule_sign_of(level->limit, &level->sign, &limit))
        return rule_refuse(fault, key, "\"%s\" begins with none of > >= < <=", level->limit);
    char *text = memory_format("(%s) %s", rule->value, level->limit);
    struct expr *both = rule_parse(&beside, key, text, fault);
    free(text);
    if (!both)
        return false;
    expr_destroy(both);
    struct expr *number = rule_parse(&alone, key, limit, fault);
    if (!number)
        return false;
    rule->shapes |= alone.shapes;
    int name = expr_name_alone(number);
    bool same_for_all = alone.named == 0;
    bool is_number = expr_is_number(number) && (name < 0 || asking_is_number(name));
    level->threshold = same_for_all ? threshold_of(rule, limit) : NAN;
    level->asked = same_for_all ? NULL : number;
    if (same_for_all)
        expr_destroy(number);
    if (!is_number || (same_for_all && isnan(level->threshold)))
        return rule_refuse(fault, key, "\"%s\" is no number to compare with", limit);
    return true;
}

static bool is_upward(enum rule_sign sign) {
    return sign == SIGN_MORE || sign == SIGN_AT_LEAST;
}

static bool is_beyond(const struct rule_level *a, const struct rule_level *b) {
    return is_upward(b->sign) ? a->threshold > b->threshold : a->threshold < b->threshold;
}

static bool levels_agree(const struct rule *rule, struct rule_fault *fault) {
    const struct rule_level *warn = &rule->warn, *crit = &rule->crit, *clear = &rule->clear;
    const struct rule_level *lesser = warn->is ? warn : crit;
    if (!*rule->value)
        return true;
    if (warn->is && crit->is && is_upward(warn->sign) != is_upward(crit->sign))
        return rule_refuse(fault, "critical", "\"%s\" looks the other way than warn, \"%s\"", crit->limit,
                           warn->limit);
    if (warn->is && crit->is && is_beyond(warn, crit))
        return rule_refuse(fault, "warn", "\"%s\" is beyond critical, \"%s\"", warn->limit, crit->limit);
    if (clear->is && is_upward(clear->sign) == is_upward(lesser->sign))
        return rule_refuse(fault, "clear", "\"%s\" has to look the other way than \"%s\"", clear->limit,
                           lesser->limit);
    if (clear->is && is_beyond(clear, lesser))
        return rule_refuse(fault, "clear", "\"%s\" is on the bad side of \"%s\"", clear->limit,
                           lesser->limit);
    return true;
}

/* ---- the whole ---- */

static int quantity_of(const struct rule *rule, const char *name) {
    return *name ? quantity_by_name(rule->kind, name) : -1;
}

static bool compile_conditions(struct rule *rule, struct rule_fault *fault) {
    struct asking_names match = {.kind = rule->kind}, where = match, value = match;
    if (*rule->match && !(rule->match_expr = rule_parse(&match, "match", rule->match, fault)))
        return false;
    if (rule->match_expr && !expr_is_truth(rule->match_expr))
        return rule_refuse(fault, "match",
                           "\"%.80s\" is no comparison: to whom does it apply? match = \"name ~ orders\"",
                           rule->match);
    if (*rule->where && !(rule->where_expr = rule_parse(&where, "condition", rule->where, fault)))
        return false;
    if (*rule->value && !(rule->value_expr = rule_parse(&value, "condition", rule->value, fault)))
        return false;
    rule->figure_quantity = *rule->figure  ? quantity_of(rule, rule->figure)
                            : *rule->value ? rule->value_quantity
                                           : where.figure - 1;
    rule->about_state = where.about_state || value.about_state;
    rule->of_vanished = where.vanished || value.vanished;
    rule->shapes = match.shapes | where.shapes | value.shapes;
    return true;
}

static bool compile_text(const struct rule *rule, struct rule_fault *fault) {
    if (!*rule->text)
        return rule_refuse(fault, "text", "says nothing");
    for (const char *at = strchr(rule->text, '{'); at; at = strchr(at + 1, '{')) {
        char name[RULE_NAME_MAX + 1];
        size_t len = strcspn(at + 1, "}");
        if (!at[len + 1] || len > RULE_NAME_MAX)
            return rule_refuse(fault, "text", "this { has no closing }: %.40s", at);
        snprintf(name, sizeof name, "%.*s", (int)len, at + 1);
        struct asking_names names = {.kind = rule->kind};
        char hint[160];
        snprintf(names.unknown, sizeof names.unknown, "%s", name);
        if (finding_word_is(name) || quantity_of(rule, name) >= 0)
            continue;
        did_you_mean(&names, hint, sizeof hint);
        return rule_refuse(fault, "text", "{%s} is no quantity%s", name, hint);
    }
    return true;
}

static bool compile_needs(struct rule *rule) {
    rule->shapes = needs_together(rule->shapes);
    rule_find_needs(rule);
    return true;
}

bool rule_compile(struct rule *rule, struct rule_fault *fault) {
    rule->value_quantity = quantity_of(rule, rule->value);
    rule->since_quantity = quantity_of(rule, rule->since);
    rule->unless_quantity = quantity_of(rule, rule->unless);
    return compile_conditions(rule, fault) && compile_level(rule, &rule->warn, "warn", fault) &&
           compile_level(rule, &rule->crit, "critical", fault) &&
           compile_level(rule, &rule->clear, "clear", fault) && levels_agree(rule, fault) &&
           compile_text(rule, fault) && compile_needs(rule);
}

static bool refuse_text(int id, struct rule_fault *fault) {
    const char *name = quantities[id].name, *word = asking_word(id, 0);
    if (word)
        return rule_refuse(fault, "condition", "%s is no number; compare it here: condition = \"%s = %s\"",
                           name, name, word);
    return rule_refuse(fault, "condition",
                       "%s is no number; compare it here: condition = \"%s = ...\" or \"%s ~ ...\"", name,
                       name, name);
}

bool rule_kind_of(enum object_kind kind, const char *condition, bool *number, bool *truth,
                  struct rule_fault *fault) {
    struct asking_names names = {.kind = kind};
    struct expr *expr = rule_parse(&names, "condition", condition, fault);
    if (!expr)
        return false;
    *truth = expr_is_truth(expr);
    *number = expr_is_number(expr) && names.named > 0;
    int name = expr_name_alone(expr);
    expr_destroy(expr);
    return name < 0 || asking_is_number(name) || refuse_text(name, fault);
}

void rule_discard(struct rule *rule) {
    expr_destroy(rule->match_expr);
    expr_destroy(rule->where_expr);
    expr_destroy(rule->value_expr);
    expr_destroy(rule->warn.asked);
    expr_destroy(rule->crit.asked);
    expr_destroy(rule->clear.asked);
}
