#include "model/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/calc.h"

enum { SERVERS_MOST = 64 }; /* bits; beyond that they are at least as many */

/* quantities.def has those of a kind one behind the other, the key first. */
enum {
    FIRST = Q_GROUP_key,
#define QUANTITY(KIND, ...) +(OBJECT_##KIND == OBJECT_GROUP)
    TOTALS = 0
#include "model/quantities.def"
#undef QUANTITY
};

struct total {
    double value;
    uint32_t known, unknown;
    uint8_t flags; /* of what went into it */
};

struct share {
    uint32_t members;
    uint64_t servers; /* bit: place in making.servers */
    bool more_servers;
    enum severity severity;
    struct total totals[TOTALS];
};

struct group {
    struct object object;
    struct group_key key;
    uint32_t live, told; /* told: of these, or of their end, their server tells now */
    bool partial;
    struct share now, seen; /* seen: as last seen, of which nobody tells now */
};

static struct group *group_of(const struct object *object) {
    return (struct group *)object;
}

bool group_by_at(int n, enum quantity *out) {
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].flags & QUANTITY_GROUP && n-- == 0) {
            *out = (enum quantity)q;
            return true;
        }
    return false;
}

/* ---- making them ---- */

/* The id follows from the key, so that a row stays the same row. */
static uint64_t id_of(struct value key) {
    uint64_t hash = 1469598103934665603u;
    for (const char *c = key.type == VALUE_TEXT ? key.text : ""; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return hash ? hash : 1;
}

static bool is_key(const struct group_key *key, struct value v) {
    bool known = v.type == VALUE_TEXT;
    return known == key->known && (!known || strcmp(v.text, key->text) == 0);
}

static struct group *add(struct groups *groups, enum quantity by, struct value key, uint64_t id,
                         bool partial) {
    if (groups->count == groups->cap) {
        groups->cap = groups->cap ? groups->cap * 2 : 64;
        groups->all = memory_grow(groups->all, groups->cap, sizeof *groups->all);
    }
    struct group *group = memory_new(sizeof *group);
    group->object = (struct object){.kind = OBJECT_GROUP, .id = id};
    group->key.by = by;
    group->key.known = key.type == VALUE_TEXT;
    group->partial = partial;
    if (group->key.known)
        snprintf(group->key.text, sizeof group->key.text, "%s", key.text);
    groups->all[groups->count++] = &group->object;
    return group;
}

/* What is the same for all groups that are made at once. */
struct making {
    struct groups *groups;
    const struct model *model;
    enum quantity by;
    bool partial;
    uint32_t *places; /* by id, twice as many as there can be groups: number of the group and 1; 0 empty */
    size_t mask;
    const struct object *servers[SERVERS_MOST];
    int server_count;
};

static struct group *find(struct making *m, struct value key) {
    uint64_t id = id_of(key);
    size_t i = (size_t)(id ^ id >> 32) & m->mask;
    for (; m->places[i]; i = (i + 1) & m->mask) {
        struct group *group = group_of(m->groups->all[m->places[i] - 1]);
        if (group->object.id == id && is_key(&group->key, key))
            return group;
    }
    struct group *group = add(m->groups, m->by, key, id, m->partial);
    m->places[i] = (uint32_t)m->groups->count;
    return group;
}

static void count_server(struct making *m, struct share *share, const struct object *server) {
    int i = 0;
    while (i < m->server_count && m->servers[i] != server)
        i++;
    if (i == SERVERS_MOST) {
        share->more_servers = true;
        return;
    }
    m->servers[i] = server;
    m->server_count += i == m->server_count;
    share->servers |= 1ull << i;
}

static void put(struct total *total, const struct quantity_info *info, struct value v) {
    double number;
    if (!value_number(v, &number)) {
        total->unknown++;
        total->flags |= v.flags & VALUE_NEW;
        return;
    }
    total->value = info->how == HOW_SUM                         ? total->value + number
                   : total->known == 0 || number > total->value ? number
                                                                : total->value;
    total->known++;
    total->flags |= v.flags & (VALUE_OLD | VALUE_ESTIMATED);
}

/* What is gone holds nothing and sends nothing any more; what it sent stays sent. */
static bool outlasts(const struct quantity_info *info) {
    const struct quantity_info *of = &quantities[info->of];
    return info->how == HOW_SUM && of->how == HOW_FIELD && fields[of->field].kind == KIND_COUNTER;
}

static void join(struct making *m, struct group *group, const struct object *member) {
    bool gone = member->freshness == FRESH_GONE;
    struct share *share = member->freshness == FRESH_STALE ? &group->seen : &group->now;
    enum severity severity = gone ? SEVERITY_OK : model_severity(m->model, member);
    share->members++;
    group->live += member->freshness == FRESH_LIVE;
    group->told += member->freshness == FRESH_LIVE || model_is_closed(member); /* its record came */
    share->severity = severity > share->severity ? severity : share->severity;
    count_server(m, share, member->parent);
    for (int t = 0; t < TOTALS; t++) {
        const struct quantity_info *info = &quantities[FIRST + t];
        if ((info->how != HOW_SUM && info->how != HOW_MOST) || (gone && !outlasts(info)))
            continue;
        struct value v = quantity_get(m->model, member, info->of);
        v.flags &= gone ? (uint8_t)~VALUE_OLD : UINT8_MAX;
        put(&share->totals[t], info, v);
    }
}

static void add_total(struct total *to, const struct quantity_info *info, const struct total *of) {
    if (of->known)
        to->value = info->how == HOW_SUM                      ? to->value + of->value
                    : to->known == 0 || of->value > to->value ? of->value
                                                              : to->value;
    to->known += of->known;
    to->unknown += of->unknown;
    to->flags |= of->flags;
}

/* Who fails over stays for a while as last seen where it was: who lives counts alone, and where nobody does
 * it is what was seen last. */
static void settle(struct group *group) {
    struct share *now = &group->now;
    const struct share *seen = &group->seen;
    group->object.freshness = group->told ? FRESH_LIVE : FRESH_STALE;
    if (group->live)
        return;
    now->members += seen->members;
    now->servers |= seen->servers;
    now->more_servers |= seen->more_servers;
    now->severity = seen->severity > now->severity ? seen->severity : now->severity;
    for (int t = 0; t < TOTALS; t++)
        add_total(&now->totals[t], &quantities[FIRST + t], &seen->totals[t]);
}

static size_t room_for(size_t count) {
    size_t size = 64;
    while (size < 2 * count)
        size *= 2;
    return size;
}

static void clear(struct groups *groups) {
    for (size_t i = 0; i < groups->count; i++)
        free(group_of(groups->all[i]));
    groups->count = 0;
}

void groups_make(struct groups *groups, const struct model *model, enum quantity by,
                 const struct object *const *members, size_t count, bool partial) {
    size_t size = room_for(count);
    struct making m = {groups, model, by, partial, memory_array(size, sizeof *m.places), size - 1, {0}, 0};
    clear(groups);
    for (size_t i = 0; i < count; i++) {
        struct group *group = find(&m, quantity_get(model, members[i], by));
        join(&m, group, members[i]);
    }
    for (size_t i = 0; i < groups->count; i++)
        settle(group_of(groups->all[i]));
    free(m.places);
}

void groups_free(struct groups *groups) {
    clear(groups);
    free(groups->all);
    *groups = (struct groups){0};
}

/* ---- asking them ---- */

const struct group_key *group_key(const struct object *group) {
    return &group_of(group)->key;
}

bool group_has(const struct group_key *key, const struct model *model, const struct object *member) {
    return is_key(key, quantity_get(model, member, key->by));
}

enum severity group_severity(const struct object *group) {
    return group_of(group)->told ? group_of(group)->now.severity : SEVERITY_UNKNOWN;
}

/* There are more than are in its sums. */
static uint8_t least(const struct group *group) {
    return group->partial || (group->live && group->seen.members) ? VALUE_LEAST : 0;
}

struct value group_total(const struct object *object, enum quantity q) {
    const struct group *group = group_of(object);
    const struct total *total = &group->now.totals[q - FIRST];
    struct value v = value_real(total->value);
    if (!total->known)
        return value_unknown(total->flags & VALUE_NEW);
    v.flags = (total->flags & (uint8_t)~VALUE_NEW) | (total->unknown ? VALUE_LEAST : least(group));
    return v;
}

struct value calc_group_key(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(group_of(object)->key.text);
}

static struct value counted(const struct group *group, uint64_t count, uint8_t flags) {
    struct value v = value_uint(count);
    v.flags = flags | least(group) | (!group->live && group->seen.members ? VALUE_OLD : 0);
    return v;
}

struct value calc_group_connections(const struct model *model, const struct object *object) {
    (void)model;
    return counted(group_of(object), group_of(object)->now.members, 0);
}

struct value calc_group_servers(const struct model *model, const struct object *object) {
    (void)model;
    const struct share *now = &group_of(object)->now;
    return counted(group_of(object), (uint64_t)__builtin_popcountll(now->servers),
                   now->more_servers ? VALUE_LEAST : 0);
}
