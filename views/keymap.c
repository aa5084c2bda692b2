#include "views/keymap.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "tui/keys.h"
#include "views/action.h"
#include "views/view.h"

const char *const context_titles[CONTEXT_COUNT] = {
#define CONTEXT(ID, TITLE) TITLE,
#include "views/keys.def"
};

enum { /* as the rows of keys.def name them */
#define CONTEXT(ID, TITLE) ID = CONTEXT_##ID,
#include "views/keys.def"
};

const struct key_info key_infos[ACTION_COUNT] = {
    {"", "", NULL, "", 0},
#define KEY(ID, CONTEXTS, NAME, KEYS, HINT, HELP) {NAME, KEYS, HINT, HELP, CONTEXTS},
#include "views/keys.def"
};

const struct action *action_of(const struct action *actions, enum action_id id) {
    for (; actions && actions->id != ACTION_NONE; actions++)
        if (actions->id == id)
            return actions;
    return NULL;
}

/* ---- names to keys ---- */

static void say_unknown_key(const char *binding, const char *name, const char *where, char *message,
                            size_t size) {
    static const uint32_t characters[] = {K_ENTER, K_TAB, K_ESC, ' ', K_BACKSPACE};
    char known[KEY_LIMIT_ - KEY_FIRST_ + 5][32];
    int count = 0;
    for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++)
        key_name(characters[i], known[count++], sizeof(known[0]));
    for (uint32_t key = KEY_FIRST_ + 1; key < KEY_LIMIT_; key++)
        key_name(key, known[count++], sizeof(known[0]));
    struct near near = near_begin(name);
    for (int i = 0; i < count; i++)
        near_try(&near, known[i]);
    snprintf(message, size, "%s: %s: no key is called \"%s\"; %s%s%s", where, binding, name,
             near.name ? "did you mean " : "", near.name ? near.name : "write a character, Ctrl-X, F5, PgUp",
             near.name ? "?" : "");
}

static bool add_key(struct keymap_row *row, const char *binding, const char *name, const char *where,
                    char *message, size_t size) {
    uint32_t key = key_parse(name);
    char text[32];
    if (!key) {
        say_unknown_key(binding, name, where, message, size);
        return false;
    }
    for (int i = 0; i < row->count; i++)
        if (row->keys[i] == key)
            return true;
    key_name(key, text, sizeof(text));
    size_t len = strlen(row->text);
    if (row->count == KEYMAP_MOST || len + strlen(text) + 2 > sizeof(row->text)) {
        snprintf(message, size, "%s: %s: at most %d keys for one thing", where, binding, KEYMAP_MOST);
        return false;
    }
    row->keys[row->count++] = key;
    snprintf(row->text + len, sizeof(row->text) - len, "%s%s", len ? " " : "", text);
    return true;
}

static bool parse(struct keymap_row *row, const char *binding, const char *keys, const char *where,
                  char *message, size_t size) {
    *row = (struct keymap_row){.count = 0};
    snprintf(row->where, sizeof(row->where), "%s", where);
    for (keys += strspn(keys, " "); *keys;) {
        char name[40];
        size_t len = strcspn(keys, " ");
        snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : sizeof(name) - 1), keys);
        if (!add_key(row, binding, name, where, message, size))
            return false;
        keys += len;
        keys += strspn(keys, " ");
    }
    return true;
}

/* ---- the map ---- */

void keymap_defaults(struct keymap *map) {
    char message[120];
    for (int id = 0; id < ACTION_COUNT; id++)
        parse(&map->row[id], key_infos[id].name, key_infos[id].keys, "", message, sizeof(message));
}

static bool is_named(int id, const char *name) {
    return id != ACTION_NONE && strcmp(key_infos[id].name, name) == 0;
}

static void say_unknown_name(const char *name, const char *where, char *message, size_t size) {
    struct near near = near_begin(name);
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
        near_try(&near, key_infos[id].name);
    snprintf(message, size, "%s: nothing is called \"%.60s\"; %s%s%s", where, name,
             near.name ? "did you mean " : "", near.name ? near.name : "natsight manual lists all names",
             near.name ? "?" : "");
}

/* Letters are typed there, and Ctrl-C is the way out of everything. */
static bool may_have(unsigned contexts, const struct keymap_row *row, const char *name, char *message,
                     size_t size) {
    for (int i = 0; i < row->count; i++) {
        char text[32];
        key_name(row->keys[i], text, sizeof(text));
        bool typed = contexts & CONTEXT_PROMPT && row->keys[i] < KEY_FIRST_ && char_width(row->keys[i]) > 0;
        if (!typed && row->keys[i] != K_CTRL('c'))
            continue;
        snprintf(message, size,
                 typed ? "%s: %s can't be %s: it is typed there" : "%s: %s can't be %s: it quits", row->where,
                 name, text);
        return false;
    }
    return true;
}

bool keymap_change(struct keymap *map, const char *name, const char *keys, const char *where, char *message,
                   size_t size) {
    struct keymap_row row;
    unsigned contexts = 0;
    for (int id = 0; id < ACTION_COUNT; id++)
        if (is_named(id, name))
            contexts |= key_infos[id].contexts;
    if (!contexts) {
        say_unknown_name(name, where, message, size);
        return false;
    }
    if (is_named(ACTION_INTERRUPT, name)) {
        snprintf(message, size, "%s: %s is always %s", where, name, key_infos[ACTION_INTERRUPT].keys);
        return false;
    }
    if (!parse(&row, name, keys, where, message, size) || !may_have(contexts, &row, name, message, size))
        return false;
    for (int id = 0; id < ACTION_COUNT; id++)
        if (is_named(id, name))
            map->row[id] = row;
    return true;
}

/* ---- what can be valid together ---- */

static bool together(unsigned a, unsigned b) {
    static const unsigned layers[] = {CHOICE | ALWAYS, MENU | ALWAYS, SETTINGS | ALWAYS, HELP | ALWAYS,
                                      PROMPT};
    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
        if (a & layers[i] && b & layers[i])
            return true;
    for (int i = 0; i < view_count; i++) {
        unsigned here = views[i]->contexts | EVERYWHERE | ALWAYS;
        if (a & here && b & here)
            return true;
    }
    return false;
}

static bool has_key(const struct keymap_row *row, uint32_t key) {
    for (int i = 0; i < row->count; i++)
        if (row->keys[i] == key)
            return true;
    return false;
}

/* ---- whose a key is ---- */

static void forget_key(struct keymap_row *row, uint32_t key) {
    int left = 0;
    size_t len = 0;
    for (int i = 0; i < row->count; i++)
        if (row->keys[i] != key)
            row->keys[left++] = row->keys[i];
    row->count = left;
    row->text[0] = 0;
    for (int i = 0; i < left; i++) {
        char name[32];
        key_name(row->keys[i], name, sizeof(name));
        len += (size_t)snprintf(row->text + len, sizeof(row->text) - len, "%s%s", i ? " " : "", name);
    }
}

/* All rows of its name, which are one binding. */
static void lose(struct keymap *map, const char *name, uint32_t key, const char *to) {
    char text[32];
    key_name(key, text, sizeof(text));
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
        struct keymap_row *row = &map->row[id];
        if (!is_named(id, name))
            continue;
        size_t len = strlen(row->lost);
        snprintf(row->lost + len, sizeof(row->lost) - len, len ? ", %s to %s" : "%s went to %s", text, to);
        forget_key(row, key);
    }
}

static bool is_own(const struct keymap_row *row) {
    return row->where[0] != 0;
}

void keymap_give_way(struct keymap *map) {
    for (int own = ACTION_NONE + 1; own < ACTION_COUNT; own++)
        for (int other = ACTION_NONE + 1; is_own(&map->row[own]) && other < ACTION_COUNT; other++)
            for (int i = 0; !is_own(&map->row[other]) && i < map->row[own].count; i++)
                if (has_key(&map->row[other], map->row[own].keys[i]) &&
                    together(key_infos[own].contexts, key_infos[other].contexts))
                    lose(map, key_infos[other].name, map->row[own].keys[i], key_infos[own].name);
}

static void clash(const struct keymap *map, int a, int b, keymap_clash_fn *told, void *data) {
    const struct keymap_row *row = &map->row[a], *other = &map->row[b];
    if (!together(key_infos[a].contexts, key_infos[b].contexts))
        return;
    for (int i = 0; i < row->count; i++) {
        char key[32], message[2 * KEYMAP_WHERE + 200];
        if (!has_key(other, row->keys[i]))
            continue;
        key_name(row->keys[i], key, sizeof(key));
        snprintf(message, sizeof(message), "%s: %s is %s, but %s has that key (%s)", row->where,
                 key_infos[a].name, key, key_infos[b].name, other->where);
        told(data, row->where, message);
    }
}

void keymap_clashes(const struct keymap *map, keymap_clash_fn *told, void *data) {
    for (int a = 0; a < ACTION_COUNT; a++)
        for (int b = 0; b < a; b++)
            clash(map, a, b, told, data);
}

const struct keymap_row *keymap_row_named(const struct keymap *map, const char *name) {
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
        if (is_named(id, name))
            return &map->row[id];
    return NULL;
}

/* ---- in force ---- */

static struct keymap in_force;
static bool begun;

static const struct keymap *current(void) {
    if (!begun)
        keymap_defaults(&in_force);
    begun = true;
    return &in_force;
}

void keymap_use(const struct keymap *map) {
    in_force = *map;
    begun = true;
}

const char *keymap_keys(enum action_id id) {
    return current()->row[id].text;
}

void keymap_first(enum action_id id, char *out, size_t size) {
    const char *keys = keymap_keys(id);
    snprintf(out, size, "%.*s", (int)strcspn(keys, " "), keys);
}

void keymap_hint(enum action_id id, const char *what, char *out, size_t size) {
    char key[32];
    keymap_first(id, key, sizeof(key));
    snprintf(out, size, "%s%s%s", key, *key ? "=" : "", *key ? what : "");
}

/* Of a binding without a key the name is said: it can be given one. */
static size_t fill_key(const char *name, size_t len, char *out, size_t size) {
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
        if (strlen(key_infos[id].name) != len || strncmp(key_infos[id].name, name, len) != 0)
            continue;
        keymap_first((enum action_id)id, out, size);
        if (*out)
            return strlen(out);
    }
    snprintf(out, size, "(%.*s, which has no key)", (int)len, name);
    return strlen(out);
}

const char *keymap_fill(const char *text, char *out, size_t size) {
    size_t at = 0;
    while (*text && at + 1 < size) {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;
        if (end) {
            at += fill_key(text + 1, (size_t)(end - text) - 1, out + at, size - at);
            text = end + 1;
        } else {
            out[at++] = *text++;
        }
    }
    out[at] = 0;
    return out;
}

enum action_id keymap_find(unsigned contexts, uint32_t key) {
    const struct keymap *map = current();
    for (int id = ACTION_NONE + 1; key && id < ACTION_COUNT; id++)
        if (key_infos[id].contexts & contexts && has_key(&map->row[id], key))
            return (enum action_id)id;
    return ACTION_NONE;
}
