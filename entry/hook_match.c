#include "entry/hook_match.h"

#include <string.h>

static const struct fact {
    const char *name;
    size_t offset; /* of a text in struct alert */
} facts[] = {
    {"entity", offsetof(struct alert, entity)}, {"cluster", offsetof(struct alert, cluster)},
    {"name", offsetof(struct alert, name)},     {"rule", offsetof(struct alert, rule)},
    {"tag", offsetof(struct alert, tag)},       {"origin", offsetof(struct alert, origin)},
};

static int resolve(void *data, const char *function, const char *name, enum unit *unit) {
    (void)data;
    *unit = UNIT_NONE;
    for (size_t i = 0; function == NULL && i < sizeof facts / sizeof *facts; i++)
        if (strcmp(facts[i].name, name) == 0)
            return (int)i;
    return -1;
}

static struct expr_value get(void *data, int id) {
    const char *const *text = (const char *const *)(const void *)((const char *)data + facts[id].offset);
    return (struct expr_value){.type = EXPR_TEXT, .text = *text};
}

struct expr *hook_match_parse(const char *text, struct expr_error *error) {
    return expr_parse(text, resolve, NULL, error);
}

bool hook_matches(const struct expr *match, const struct alert *alert) {
    return expr_true(match, get, (void *)(uintptr_t)alert);
}
