#include "collectors/decode_paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum rule_kind { RULE_ROW, RULE_PATH, RULE_FIXED, RULE_PRESENT };
struct rule {
    enum rule_kind kind;
    enum shape shape;
    const char *path;
    int what; /* entity or field */
    const char *text;
};

static const struct rule rules[] = {
#define ROW(SHAPE, AT, ENT)           {RULE_ROW, SHAPE_##SHAPE, AT, ENTITY_##ENT, NULL},
#define PATH(SHAPE, AT, FIELD)        {RULE_PATH, SHAPE_##SHAPE, AT, F_##FIELD, NULL},
#define FIXED(SHAPE, AT, FIELD, TEXT) {RULE_FIXED, SHAPE_##SHAPE, AT, F_##FIELD, TEXT},
#define PRESENT(SHAPE, AT, FIELD)     {RULE_PRESENT, SHAPE_##SHAPE, AT, F_##FIELD, NULL},
#define INHERIT(TO, FROM)
#define NONZERO(FIELD)
#define OPTIONAL_KEY(FIELD)
#define ENVELOPE(AT, FIELD)
#include "collectors/paths.def"
#undef ENVELOPE
#undef ROW
#undef PATH
#undef FIXED
#undef PRESENT
#undef INHERIT
#undef NONZERO
#undef OPTIONAL_KEY
#define ROW(...)
#define PATH(...)
#define FIXED(...)
#define PRESENT(...)
};

static const struct path_inherit inherits[] = {
#define INHERIT(TO, FROM) {F_##TO, F_##FROM},
#define NONZERO(FIELD)
#define OPTIONAL_KEY(FIELD)
#define ENVELOPE(AT, FIELD)
#include "collectors/paths.def"
#undef ENVELOPE
#undef INHERIT
#undef NONZERO
#undef OPTIONAL_KEY
};

static const bool nonzero[FIELD_COUNT] = {
#define INHERIT(TO, FROM)
#define NONZERO(FIELD) [F_##FIELD] = true,
#define OPTIONAL_KEY(FIELD)
#define ENVELOPE(AT, FIELD)
#include "collectors/paths.def"
#undef ENVELOPE
#undef NONZERO
#undef OPTIONAL_KEY
};

static const bool optional_key[FIELD_COUNT] = {
#define NONZERO(FIELD)
#define OPTIONAL_KEY(FIELD) [F_##FIELD] = true,
#define ENVELOPE(AT, FIELD)
#include "collectors/paths.def"
#undef INHERIT
#undef NONZERO
#undef OPTIONAL_KEY
#undef ENVELOPE
};

static const struct rule around_replies[] = {
#define INHERIT(TO, FROM)
#define NONZERO(FIELD)
#define OPTIONAL_KEY(FIELD)
#define ENVELOPE(AT, FIELD) {RULE_PATH, SHAPE_NONE, AT, F_##FIELD, NULL},
#include "collectors/paths.def"
};

static const bool envelope[FIELD_COUNT] = {
    [F_ANSWER_server_id] = true,
    [F_HEALTH_status] = true,
    [F_SUBLIST_num_subscriptions] = true, /* before 2.12 /subsz says nothing else */
};

static _Noreturn void table_fault(const struct rule *rule, const char *what) {
    fprintf(stderr, "collectors/paths.def: \"%s\": %s\n", rule->path, what);
    abort();
}

/* ---- building ---- */

static struct path_node *node_new(const char *name, size_t len) {
    struct path_node *node = memory_new(sizeof *node);
    node->name = name;
    node->name_len = len;
    node->row = -1;
    return node;
}

static struct path_node *child_of(struct path_node *node, const char *name, size_t len) {
    struct path_node **at = &node->children;
    for (; *at; at = &(*at)->next)
        if ((*at)->name_len == len && !memcmp((*at)->name, name, len))
            return *at;
    return *at = node_new(name, len);
}

static struct path_node *own(struct path_node **place, const char *name, size_t len) {
    if (!*place)
        *place = node_new(name, len);
    return *place;
}

static void add_target(struct path_targets *targets, enum field field) {
    targets->items = memory_grow(targets->items, targets->count + 1, sizeof *targets->items);
    targets->items[targets->count++] =
        (struct path_target){.field = field, .envelope = envelope[field], .nonzero = nonzero[field]};
}

/* Walks to the node that a path names; *key is set when it ends in {key}, which belongs to the map around it.
 */
static struct path_node *walk(struct path_node *node, const char *path, bool *key) {
    *key = false;
    while (*path) {
        if (*path == '.')
            path++;
        size_t len = strcspn(path, ".[");
        if (*path == '\'') {
            len = strcspn(path + 1, "'");
            node = child_of(node, path + 1, len);
            len += 2;
        } else if (!strncmp(path, "[]", 2)) {
            node = own(&node->element, path, len = 2);
        } else if (len == 5 && !strncmp(path, "{key}", 5)) {
            *key = true;
        } else if (len == 2 && !strncmp(path, "{}", 2)) {
            node = own(&node->member, path, len);
        } else {
            node = child_of(node, path, len);
        }
        path += len;
    }
    return node;
}

static void apply(struct path_node *root, const struct rule *rule) {
    bool key;
    struct path_node *node = walk(root, rule->path, &key);
    switch (rule->kind) {
    case RULE_ROW:
        if (node->row >= 0 && node->row != rule->what)
            table_fault(rule, "two rows at one place");
        node->row = rule->what;
        break;
    case RULE_PATH:
        add_target(key ? &node->keys : &node->values, (enum field)rule->what);
        break;
    case RULE_PRESENT:
        add_target(&node->present, (enum field)rule->what);
        break;
    case RULE_FIXED:
        node->fixed = memory_grow(node->fixed, node->fixed_count + 1, sizeof *node->fixed);
        node->fixed[node->fixed_count++] = (struct path_text){(enum field)rule->what, rule->text};
        break;
    }
}

static unsigned path_hash(const char *key, size_t len) {
    return (unsigned)len * 7 + (unsigned char)key[0] * 31u + (unsigned char)key[len - 1] * 131u +
           (unsigned char)key[len / 2] * 17u;
}

static void build_index(struct path_node *node) {
    unsigned count = 0, size = 4;
    for (const struct path_node *c = node->children; c; c = c->next)
        count++;
    if (!count)
        return;
    while (size < count * 4)
        size *= 2;
    node->index = memory_array(size, sizeof(struct path_node *));
    node->index_mask = size - 1;
    for (struct path_node *c = node->children; c; c = c->next) {
        unsigned at = path_hash(c->name, c->name_len) & node->index_mask;
        while (node->index[at])
            at = (at + 1) & node->index_mask;
        node->index[at] = c;
    }
}

/* Entities of the rows open around a node, by slot. */
struct around {
    int entity[PATH_SLOTS_MAX];
    int count;
};

static void settle_targets(struct path_targets *targets, const struct around *around) {
    for (size_t i = 0; i < targets->count; i++) {
        int slot = around->count - 1;
        while (slot >= 0 && around->entity[slot] != fields[targets->items[i].field].entity)
            slot--;
        targets->items[i].slot = slot >= 0 ? slot : PATH_WAITS;
    }
}

static void settle(struct path_node *node, struct around around, int level, const struct rule *any) {
    if (level > PATH_LEVELS_MAX)
        table_fault(any, "too many levels");
    if (node->row >= 0) {
        if (around.count == PATH_SLOTS_MAX)
            table_fault(any, "too many rows within each other");
        node->slot = around.count;
        around.entity[around.count++] = node->row;
    }
    settle_targets(&node->values, &around);
    settle_targets(&node->present, &around);
    settle_targets(&node->keys, &around);
    build_index(node);
    if (node->element)
        settle(node->element, around, level + 1, any);
    if (node->member)
        settle(node->member, around, level + 1, any);
    for (struct path_node *c = node->children; c; c = c->next)
        settle(c, around, level + 1, any);
}

static struct path_node *compile(enum shape shape, bool reply) {
    struct path_node *root = node_new("", 0), *document = reply ? child_of(root, "data", 4) : root;
    const struct rule *any = NULL;
    for (size_t i = 0; i < sizeof around_replies / sizeof *around_replies && reply; i++)
        apply(root, any = &around_replies[i]);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].shape == shape)
            apply(document, any = &rules[i]);
    if (any)
        settle(root, (struct around){.entity = {ENTITY_ANSWER}, .count = 1}, 0, any);
    return root;
}

/* ---- use ---- */

const struct path_node *paths_of(enum shape shape, bool reply) {
    static struct path_node *trees[2][SHAPE_LIMIT];
    if (!shape_name((unsigned)shape))
        return NULL;
    if (!trees[reply][shape])
        trees[reply][shape] = compile(shape, reply);
    return trees[reply][shape];
}

const struct path_node *path_child(const struct path_node *node, const char *key, size_t len) {
    if (!node->index || !len)
        return NULL;
    unsigned at = path_hash(key, len) & node->index_mask;
    for (; node->index[at]; at = (at + 1) & node->index_mask) {
        const struct path_node *c = node->index[at];
        if (c->name_len == len && !memcmp(c->name, key, len))
            return c;
    }
    return NULL;
}

const struct path_inherit *path_inherits(size_t *count) {
    *count = sizeof inherits / sizeof *inherits;
    return inherits;
}

bool path_key_optional(enum field field) {
    return optional_key[field];
}
