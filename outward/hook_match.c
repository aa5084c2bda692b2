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

struct expr *hook_match_parse(const char *text, struct expr_error *error) {
    char unknown[UNKNOWN_SIZE] = "";
    struct expr *expr = expr_parse(text, resolve, unknown, error);
    if (expr == NULL && *unknown)
        suggest(unknown, error);
    return expr;
}

bool hook_matches(const struct expr *match, const struct alert *alert) {
    return expr_true(match, get, (void *)(uintptr_t)alert);
}
