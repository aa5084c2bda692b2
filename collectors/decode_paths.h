/* paths.def as a tree of keys per endpoint shape, compiled at first use and kept while the process lives.
 *
 * Read by the decoder while a body arrives; nobody else needs it. */
#ifndef COLLECTORS_DECODE_PATHS_H
#define COLLECTORS_DECODE_PATHS_H

#include "sample/field.h"

#define PATH_SLOTS_MAX  6  /* rows open within each other: 0 the ANSWER row, 1 .. the rows around a place */
#define PATH_LEVELS_MAX 12 /* containers within each other that the paths go through */
#define PATH_WAITS      (-1)

struct path_target {
    enum field field;
    int slot;      /* of the open row that takes the value, PATH_WAITS: one that begins further inside */
    bool envelope; /* what every NATS answer of that shape has */
    bool nonzero;  /* 0 is absent */
};
struct path_targets {
    struct path_target *items;
    size_t count;
};
struct path_text {
    enum field field;
    const char *text;
};

struct path_node {
    const char *name;
    size_t name_len;
    int row;  /* entity of the row that begins here, -1: none */
    int slot; /* of that row */
    struct path_targets values, present, keys;
    struct path_text *fixed;
    size_t fixed_count;
    struct path_node *element, *member; /* behind [] and {} */
    struct path_node *next;             /* among `children` */
    struct path_node *children;
    struct path_node **index; /* by path_hash(), open addressing */
    unsigned index_mask;
};

/* What a row takes over from another that is open around it. */
struct path_inherit {
    enum field to, from;
};

/* NULL for a shape that has no paths. `reply`: in its envelope, as it comes over NATS. */
const struct path_node *paths_of(enum shape shape, bool reply);
const struct path_node *path_child(const struct path_node *node, const char *key, size_t len);
const struct path_inherit *path_inherits(size_t *count);
bool path_key_optional(enum field field);

#endif
