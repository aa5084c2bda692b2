/* Where objects are found: a hash from (parent, scope, key of the row) to the entry, and all of a kind in
 * order of birth.
 *
 * One table a kind, owned by the model. Taking out is in two steps, so that nobody holds a freed entry in the
 * middle of a sample: unlinked at once, freed when the model sweeps. */
#ifndef MODEL_OBJECT_TABLE_H
#define MODEL_OBJECT_TABLE_H

#include "model/object.h"

struct entry;

struct object_table {
    struct entry **entries; /* oldest first; ids only grow */
    uint64_t *ids;          /* theirs: looked through without a look at each */
    size_t count, cap;
    struct entry **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t hashed;
    size_t dead;      /* entries that wait for the sweep */
    size_t live;      /* not dead, and FRESH_LIVE */
    uint64_t members; /* another number, of all tables there are, after each change of what is found here */
};

void object_table_finish(struct object_table *table);
void table_add(struct object_table *table, struct entry *entry);
/* Makes it findable by its key; its `now` row holds the key. */
void table_link(struct object_table *table, struct entry *entry, uint32_t hash);
void table_unlink(struct object_table *table, struct entry *entry);
struct entry *table_find(const struct object_table *table, const struct object *parent,
                         const struct text *scope, const struct row *key, uint32_t hash);
/* The first of those that may have that hash; the others follow in `next`. */
struct entry *table_first(const struct object_table *table, uint32_t hash);
uint32_t table_hash(const struct object *parent, const struct text *scope, const struct row *key);
/* The place of the first entry that was born after `id`. */
size_t table_after(const struct object_table *table, uint64_t id);
/* Room for so many more, so that none of them has to wait while all are put in new places. */
void table_reserve(struct object_table *table, size_t more);
struct entry *table_by_id(const struct object_table *table, uint64_t id);
/* Takes the dead out of the order and hands each to `bury`. */
void table_sweep(struct object_table *table, void (*bury)(struct entry *entry));

#endif
