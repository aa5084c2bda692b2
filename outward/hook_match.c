#include "outward/hook_match.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"

#define UNKNOWN_SIZE 64

static const struct fact {
    const char *name;
    size_t offset; /* of a text in struct alert */
} facts[] = {
    {"entity", offsetof(struct alert, entity)}, {"cluster", offsetof(struct alert, cluster)},
    {"name", offsetof(struct alert, name)},     {"rule", offsetof(struct alert, rule)},
    {"tag", offsetof(struct alert, tag)},       {"origin", offsetof(struct alert, origin)},
};

static int resolve(void *data, const char *function, const char *name, enum unit *unit) {
    *unit = UNIT_NONE;
    for (size_t i = 0; function == NULL && i < sizeof facts / sizeof *facts; i++)
        if (strcmp(facts[i].name, name) == 0)
            return (int)i;
    snprintf(data, UNKNOWN_SIZE, "%s", name);
    return -1;
}

static void suggest(const char *unknown, struct expr_error *error) {
    struct near near = near_begin(unknown);
    size_t len = strlen(error->message);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        near_try(&near, facts[i].name);
    if (near.name)
        snprintf(error->message + len, sizeof error->message - len, "; did you mean %s?", near.name);
    else
        snprintf(error->message + len, sizeof error->message - len,
                 " of an alert: entity, cluster, name, rule, tag, origin");
}

static struct expr_value get(void *data, int id) {
    const char *const *text = (const char *const *)(const void *)((const char *)data + facts[id].offset);
    return (struct expr_value){.type = EXPR_TEXT, .text = *text};
}

/* ---- words that a fact may be ---- */

/* The n-th entity that an alert may be of; NULL: no more. */
static const char *entity_word(const struct ruleset *rules, size_t n) {
    (void)rules;
    return n < OBJECT_GROUP ? object_kind_name((enum object_kind)n) : NULL; /* behind it: made for lists */
}

static const char *rule_word(const struct ruleset *rules, size_t n) {
    return n < ruleset_count(rules) ? ruleset_at(rules, n)->name : NULL;
}

static const char *tag_word(const struct ruleset *rules, size_t n) {
    return n < ruleset_count(rules) ? model_alert_tag(ruleset_at(rules, n)) : NULL;
}

static const struct vocabulary {
    const char *fact;
    const char *(*word)(const struct ruleset *rules, size_t n);
    const char *listed_by;
} vocabularies[] = {
    {"entity", entity_word, "natsight print"},
    {"rule", rule_word, "natsight rules"},
    {"tag", tag_word, "natsight rules"},
};

struct wording {
    const struct ruleset *rules;
    struct expr_error *error;
    bool wrong;
};

/* One that it can't be would never be so, and nobody would know. */
static void check_word(struct wording *w, const struct vocabulary *v, const char *text) {
    struct near near = near_begin(text);
    const char *word;
    for (size_t n = 0; (word = v->word(w->rules, n)) != NULL; n++) {
        if (strcmp(word, text) == 0)
            return;
        near_try(&near, word);
    }
    w->wrong = true;
    snprintf(w->error->message, sizeof w->error->message, "there is no %s \"%.50s\"%s%.50s%s", v->fact, text,
             near.name != NULL ? "; did you mean " : "; ", near.name != NULL ? near.name : v->listed_by,
             near.name != NULL ? "?" : " lists them");
}

static const char *see_word(void *data, int id, const char *text, bool named) {
    struct wording *w = data;
    if (named)
        return NULL;
    for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies && !w->wrong; i++)
        if (strcmp(vocabularies[i].fact, facts[id].name) == 0)
            check_word(w, &vocabularies[i], text);
    return NULL;
}

bool hook_match_check(const char *text, const struct ruleset *rules, struct expr_error *error) {
    struct wording w = {.rules = rules, .error = error};
    struct expr *expr = hook_match_parse(text, error);
    if (expr == NULL)
        return false;
    if (!expr_is_truth(expr) || expr_name_alone(expr) >= 0) {
        w.wrong = true;
        snprintf(error->message, sizeof error->message, "is neither true nor false; write name ~ billing");
    } else if (rules != NULL) {
        expr_words(expr, see_word, &w);
    }
    expr_destroy(expr);
    return !w.wrong;
}

/* A cluster is an entity, too. */
static const char *entity_named(void *data, int id, const char *text, bool named) {
    const char *word = NULL;
    (void)data;
    for (size_t n = 0; named && strcmp(facts[id].name, "entity") == 0 && (word = entity_word(NULL, n)); n++)
        if (strcmp(word, text) == 0)
            return word;
    return NULL;
}

struct expr *hook_match_parse(const char *text, struct expr_error *error) {
    char unknown[UNKNOWN_SIZE] = "";
    struct expr *expr = expr_parse(text, resolve, unknown, error);
    if (expr == NULL && *unknown)
        suggest(unknown, error);
    if (expr != NULL)
        expr_words(expr, entity_named, NULL);
    return expr;
}

bool hook_matches(const struct expr *match, const struct alert *alert) {
    return expr_true(match, get, (void *)(uintptr_t)alert);
}
