#include "model/replica.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/asset_kind.h"

/* The fields that a key is made of, in an asset's row and in a replica's. */
enum { KEY_ACCOUNT, KEY_STREAM, KEY_CONSUMER, KEYS };
static const enum field replica_key[KEYS] = {F_REPLICA_account, F_REPLICA_stream, F_REPLICA_consumer};
static const enum field consumer_key[KEYS] = {F_CONSUMER_account, F_CONSUMER_stream, F_CONSUMER_name};
static const enum field stream_key[KEYS - 1] = {F_STREAM_account, F_STREAM_name};

struct key {
    const struct text *part[KEYS]; /* NULL: absent */
};

static struct key key_of(const struct row *row, const enum field *parts, int count) {
    struct key key = {{NULL}};
    for (int i = 0; i < count; i++)
        key.part[i] = row_has(row, parts[i]) ? row_cell(row, parts[i])->s : NULL;
    return key;
}

static bool same_key(const struct key *a, const struct key *b) {
    for (int i = 0; i < KEYS; i++) {
        if (!text_same(a->part[i], b->part[i]))
            return false;
    }
    return true;
}

static size_t place_of(const struct groups *groups, const struct key *key) {
    uint32_t hash = 0;
    for (int i = 0; i < KEYS; i++)
        hash = hash * 0x9e3779b1u + (key->part[i] ? key->part[i]->hash : 0);
    return (hash ^ hash >> 15) & (groups->size - 1);
}

/* The group of that key, or the empty place where it goes. */
static struct group *find(const struct groups *groups, const struct key *key) {
    for (size_t at = place_of(groups, key);; at = (at + 1) & (groups->size - 1)) {
        struct group *group = &groups->places[at];
        if (!group->row)
            return group;
        struct key there = key_of(group->row, replica_key, KEYS);
        if (same_key(&there, key))
            return group;
    }
}

/* Followers know of each other that they are there, and nothing else. */
static bool is_of(const struct row *row, bool told) {
    return row->entity == ENTITY_REPLICA &&
           (row_has(row, F_REPLICA_current) || row_has(row, F_REPLICA_active)) == told;
}

static struct group *group_of(const struct groups *groups, const struct row *replica) {
    struct key key = key_of(replica, replica_key, KEYS);
    return find(groups, &key);
}

/* ---- counting ---- */

static void count(struct groups *groups, const struct model *model, const struct object *cluster,
                  const struct sample *sample, size_t place) {
    const struct row *row = sample->rows[place];
    struct group *group = group_of(groups, row);
    int64_t active = row_i64(row, F_REPLICA_active, 0);
    if (group->row)
        groups->next[group->last] = (uint32_t)place;
    else
        group->first = (uint32_t)place, group->row = row, group->quiet_ns = active;
    group->quiet_ns = active < group->quiet_ns ? active : group->quiet_ns;
    group->last = (uint32_t)place;
    enum contact contact = peer_contact(model, cluster, row, &replica_fields);
    group->listed++;
    group->heard += contact == CONTACT_HEARD;
    group->never += contact == CONTACT_NEVER;
}

static void count_all(struct groups *groups, const struct model *model, const struct object *cluster,
                      const struct sample *sample, bool told) {
    size_t rows = 0;
    *groups = (struct groups){NULL, 0, NULL};
    for (size_t i = 0; i < sample->count; i++)
        rows += is_of(sample->rows[i], told);
    if (!rows)
        return;
    for (groups->size = 16; groups->size < 2 * rows;)
        groups->size *= 2;
    groups->places = memory_array(groups->size, sizeof *groups->places);
    groups->next = memory_array(sample->count, sizeof *groups->next);
    for (size_t i = 0; i < sample->count; i++) {
        if (is_of(sample->rows[i], told))
            count(groups, model, cluster, sample, i);
    }
}

void groups_count(struct groups *groups, const struct model *model, const struct object *cluster,
                  const struct sample *sample) {
    count_all(groups, model, cluster, sample, true);
}

static bool is_leaderless(const struct row *row) {
    for (size_t i = 0; i < ASSET_KINDS; i++)
        if (asset_kinds[i].entity == (enum entity)row->entity)
            return row_u64(row, asset_kinds[i].clustered, 0) && !*row_text(row, asset_kinds[i].leader);
    return false;
}

void groups_count_leaderless(struct groups *groups, const struct model *model, const struct object *cluster,
                             const struct sample *sample) {
    *groups = (struct groups){NULL, 0, NULL};
    for (size_t i = 0; i < sample->count; i++)
        if (is_leaderless(sample->rows[i])) {
            count_all(groups, model, cluster, sample, false);
            return;
        }
}

struct group *groups_find(const struct groups *groups, const struct row *asset) {
    if (!groups->places)
        return NULL;
    struct key key = asset->entity == ENTITY_STREAM ? key_of(asset, stream_key, KEYS - 1)
                                                    : key_of(asset, consumer_key, KEYS);
    struct group *group = find(groups, &key);
    return group->row ? group : NULL;
}

void groups_finish(struct groups *groups) {
    free(groups->places);
    free(groups->next);
}

/* ---- objects ---- */

static void name_count(struct model *model, struct asset *asset) {
    char text[32];
    snprintf(text, sizeof text, "%u/%u", asset->current, asset->replicas);
    if (!asset->replicas_text || strcmp(asset->replicas_text->bytes, text) != 0)
        asset->replicas_text = model_text_of(model, text);
}

static void put(struct model *model, struct entry *parent, const struct row *row, const struct stamp *at) {
    struct asset *asset = asset_of(&parent->object);
    bool made;
    struct entry *entry = entry_take(model, OBJECT_REPLICA, &parent->object, NULL, row, at, &made);
    if (made) {
        entry->object.extra = memory_new(sizeof(struct peer));
        asset->children++;
    }
    struct peer *peer = entry->object.extra;
    entry_update(model, entry, row, at);
    peer->serial = at->serial;
    peer_judge(model, entry, &replica_fields);
    rules_touch(model, entry);
    members_add(&asset->members, row_cell(entry->object.now, F_REPLICA_name)->s);
    asset->replicas++;
    asset->lost += peer->lost;
    asset->current += peer_state(model, &entry->object) == PEER_CURRENT;
}

bool replicas_put(struct model *model, struct entry *entry, const struct groups *groups,
                  const struct group *group, const struct sample *sample, const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    unsigned replicas = asset->replicas, current = asset->current, listed = group ? group->listed : 0;
    const struct entry *leader = claim_server(model, &asset->claim);
    bool api = leader && leader->object.kind == OBJECT_API;
    members_begin(&asset->members, api ? asset->leader : leader ? server_of(leader)->name : NULL);
    asset->replicas = asset->current = 1;
    asset->lost = 0;
    for (unsigned i = 0, place = group ? group->first : 0; i < listed; i++, place = groups->next[place])
        put(model, entry, sample->rows[place], at);
    if (asset->replicas != replicas || asset->current != current)
        name_count(model, asset);
    return asset->children != listed;
}

void members_put(struct model *model, struct entry *entry, const struct text *server,
                 const struct groups *groups, const struct sample *sample) {
    struct members *members = &asset_of(&entry->object)->members;
    const struct group *group = groups_find(groups, entry->object.now);
    if (!group)
        return;
    members_begin(members, server);
    for (unsigned i = 0, place = group->first; i < group->listed; i++, place = groups->next[place])
        members_add(members, model_text(model, row_cell(sample->rows[place], F_REPLICA_name)->s));
}

void replicas_sweep(struct model *model, const struct stamp *at) {
    for (size_t i = 0; i < kind_count(model, OBJECT_REPLICA); i++) {
        struct entry *entry = kind_at(model, OBJECT_REPLICA, i);
        const struct object *parent = entry->object.parent;
        if (entry->dead || parent->now_at.serial != at->serial ||
            ((struct peer *)entry->object.extra)->serial == at->serial)
            continue;
        asset_of(parent)->children--;
        entry_remove(model, entry);
    }
}

/* ---- when servers go and come ---- */

/* Of a leader that is down nothing says that it has what it had. */
static void count_leaders(struct model *model, enum object_kind kind) {
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        struct asset *asset = asset_of(&kind_at(model, kind, i)->object);
        const struct entry *leader = claim_server(model, &asset->claim);
        asset->current = !leader || server_const(&leader->object)->state != SERVER_DOWN;
    }
}

static void name_counts(struct model *model, enum object_kind kind) {
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        struct asset *asset = asset_of(&kind_at(model, kind, i)->object);
        if (asset->replicas)
            name_count(model, asset);
    }
}

void replicas_count(struct model *model) {
    static const enum object_kind kinds[] = {OBJECT_STREAM, OBJECT_CONSUMER};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        count_leaders(model, kinds[k]);
    for (size_t i = 0; i < kind_count(model, OBJECT_REPLICA); i++) {
        const struct entry *entry = kind_at(model, OBJECT_REPLICA, i);
        if (!entry->dead)
            asset_of(entry->object.parent)->current += peer_state(model, &entry->object) == PEER_CURRENT;
    }
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        name_counts(model, kinds[k]);
}
