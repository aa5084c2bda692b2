/* What a stream or a consumer carries in its metadata of how it wants to be watched: told.def.
 *
 * `nats server check` and audits read the same keys, so a level that was set for them holds here, too. A
 * value that can't be read is unknown, and told_wrong() says which. Used by the model alone. */
#ifndef MODEL_TOLD_H
#define MODEL_TOLD_H

#include "model/object.h"
#include "model/value.h"

enum told {
#define TOLD(KIND, NAME, KEY, FORM) TOLD_##KIND##_##NAME,
#include "model/told.def"
#undef TOLD
    TOLD_COUNT
};

/* As it is in force: unknown where it is not set, is nothing or less, can't be read, or where `enabled` says
 * no. Of `enabled` and `pinned` what they say. */
struct value told_level(const struct object *asset, enum told told);
/* It carries none of them, not even one that can't be read. */
bool told_nothing(const struct object *asset);
/* "lag-critical 200, peer-expect 3": all that are in force; false: none is. */
bool told_levels(const struct object *asset, char *out, size_t size);
/* "lag-critical: \"12x\" is no whole number": the first that can't be read, and how many more; false: all
 * can. */
bool told_wrong(const struct object *asset, char *out, size_t size);

#endif
