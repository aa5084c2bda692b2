/* Keys: what can be done (keys.def), by which keys in force, and where each binding comes from.
 *
 * A map is a value: begin with the defaults, change bindings by name, check the whole (two bindings may
 * change places), put it in force. What the user binds takes that key away from another's default, so that
 * a new default never clashes with an older configuration; only two of the user's own do. A key is looked up
 * among the contexts that are valid at that moment; no two rows that can be valid together have a key in
 * common, and Ctrl-C belongs to nobody else. Dispatch, footer, help, manual and configuration read this. Main
 * process. */
#ifndef VIEWS_KEYMAP_H
#define VIEWS_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
#define CONTEXT(ID, TITLE) CONTEXT_INDEX_##ID,
#include "views/keys.def"
    CONTEXT_COUNT
};
enum { /* sets of contexts are these or'ed */
#define CONTEXT(ID, TITLE) CONTEXT_##ID = 1 << CONTEXT_INDEX_##ID,
#include "views/keys.def"
};
extern const char *const context_titles[CONTEXT_COUNT];

enum action_id {
    ACTION_NONE,
#define KEY(ID, CONTEXTS, NAME, KEYS, HINT, HELP) ACTION_##ID,
#include "views/keys.def"
    ACTION_COUNT
};

struct key_info {
    const char *name, *keys; /* as the configuration calls it; by default */
    const char *hint;        /* for the footer, NULL: not there */
    const char *help;        /* one sentence */
    unsigned contexts;
};
extern const struct key_info key_infos[ACTION_COUNT]; /* of ACTION_NONE all empty */

enum { KEYMAP_MOST = 8, KEYMAP_TEXT = 96, KEYMAP_WHERE = 200 };

struct keymap {
    struct keymap_row {
        uint32_t keys[KEYMAP_MOST];
        int count;
        char text[KEYMAP_TEXT];   /* names separated by spaces, the first is shown: "Down j" */
        char where[KEYMAP_WHERE]; /* "natsight.conf:12"; "" the default */
        char lost[KEYMAP_WHERE];  /* of a default: "p went to pause, q to help"; "" nothing */
    } row[ACTION_COUNT];
};

void keymap_defaults(struct keymap *map);
/* Binds all rows of that name to `keys`, names separated by spaces, "" to none; one that is named twice
 * counts once. `where` is said in messages, also about a later clash. false: message[] says which key or name
 * there is not, and the nearest there is; nothing was changed. */
bool keymap_change(struct keymap *map, const char *name, const char *keys, const char *where, char *message,
                   size_t size);
/* Once all is bound: defaults lose the keys that the user gave to something else that can be valid together
 * with them. */
void keymap_give_way(struct keymap *map);
/* Then tells of all bindings that can be valid together and have a key in common: a message that names both
 * and where they come from, and begins with `where`. Rows of one name say the same more than once. */
typedef void keymap_clash_fn(void *data, const char *where, const char *message);
void keymap_clashes(const struct keymap *map, keymap_clash_fn *told, void *data);
/* The row of a binding by its name; NULL: there is none. */
const struct keymap_row *keymap_row_named(const struct keymap *map, const char *name);
/* Puts a copy in force; before the first call the defaults are. */
void keymap_use(const struct keymap *map);

/* Of the map in force. */
const char *keymap_keys(enum action_id id);
void keymap_first(enum action_id id, char *out, size_t size); /* the first of them, "" when there is none */
/* "Enter=peer", for texts that stand where the key helps; "" when there is no key. */
void keymap_hint(enum action_id id, const char *what, char *out, size_t size);
/* A text of a table, in which {NAME} stands for the first key in force of the binding called that. */
const char *keymap_fill(const char *text, char *out, size_t size);
/* What this key does where these contexts are valid; ACTION_NONE: nothing. */
enum action_id keymap_find(unsigned contexts, uint32_t key);

#endif
