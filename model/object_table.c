#include "model/object_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/state.h"

#define RESERVED_MOST ((size_t)1 << 20)

/* Of all models: a frozen copy may stand where another one stood. */
static uint64_t last_members;

void object_table_finish(struct object_table *table) {
    free(table->entries);
    free(table->ids);
    free(table->buckets);
    memset(table, 0, sizeof *table);
}

void table_add(struct object_table *table, struct entry *entry) {
    if (table->count == table->cap) {
        table->cap = table->cap ? table->cap * 2 : 16;
        table->entries = memory_grow(table->entries, table->cap, sizeof(struct entry *));
        table->ids = memory_grow(table->ids, table->cap, sizeof *table->ids);
    }
    table->ids[table->count] = entry->object.id;
    table->entries[table->count++] = entry;
    table->members = ++last_members;
}

static void rehash(struct object_table *table, size_t bucket_count) {
    struct entry **buckets = memory_array(bucket_count, sizeof(struct entry *));
    for (size_t i = 0; i < table->bucket_count; i++) {
        for (struct entry *e = table->buckets[i], *next; e; e = next) {
            next = e->next;
            struct entry **head = &buckets[e->hash & (bucket_count - 1)];
            e->next = *head;
            *head = e;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = bucket_count;
}

void table_link(struct object_table *table, struct entry *entry, uint32_t hash) {
    if (table->hashed >= table->bucket_count)
        rehash(table, table->bucket_count ? table->bucket_count * 2 : 64);
    struct entry **head = &table->buckets[hash & (table->bucket_count - 1)];
    entry->hash = hash;
    entry->next = *head;
    entry->hashed = true;
    table->members = ++last_members;
    *head = entry;
    table->hashed++;
}

void table_unlink(struct object_table *table, struct entry *entry) {
    if (!entry->hashed)
        return;
    struct entry **place = &table->buckets[entry->hash & (table->bucket_count - 1)];
    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    entry->hashed = false;
    table->members = ++last_members;
    table->hashed--;
}

uint32_t table_hash(const struct object *parent, const struct text *scope, const struct row *key) {
    uint32_t hash = row_key_hash(key);
    hash ^= (uint32_t)(parent ? parent->id : 0) * 0x9e3779b1u;
    return hash ^ (scope ? scope->hash * 0x85ebca6bu : 0);
}

struct entry *table_first(const struct object_table *table, uint32_t hash) {
    return table->bucket_count ? table->buckets[hash & (table->bucket_count - 1)] : NULL;
}

struct entry *table_find(const struct object_table *table, const struct object *parent,
                         const struct text *scope, const struct row *key, uint32_t hash) {
    for (struct entry *e = table_first(table, hash); e; e = e->next) {
        if (e->hash == hash && e->object.parent == parent && text_same(e->scope, scope) &&
            row_same_key(e->object.now, key))
            return e;
    }
    return NULL;
}

void table_reserve(struct object_table *table, size_t more) {
    size_t buckets = table->bucket_count ? table->bucket_count : 64;
    while (buckets < table->hashed + more && buckets < RESERVED_MOST)
        buckets *= 2;
    if (buckets > table->bucket_count)
        rehash(table, buckets);
}

size_t table_after(const struct object_table *table, uint64_t id) {
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->ids[middle] <= id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct entry *table_by_id(const struct object_table *table, uint64_t id) {
    size_t after = table_after(table, id);
    if (!after || table->ids[after - 1] != id)
        return NULL;
    struct entry *entry = table->entries[after - 1];
    return table->dead && entry->dead ? NULL : entry; /* most times none is, and it need not be at hand */
}

void table_sweep(struct object_table *table, void (*bury)(struct entry *entry)) {
    if (!table->dead)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < table->count; i++) {
        struct entry *e = table->entries[i];
        if (e->dead) {
            bury(e);
            continue;
        }
        table->ids[kept] = table->ids[i];
        table->entries[kept++] = e;
    }
    table->count = kept;
    table->dead = 0;
    table->members = ++last_members;
}
