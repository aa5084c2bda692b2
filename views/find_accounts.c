#include "views/find_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

const struct find_source find_sources[FIND_SOURCES] = {
    {Q_CONNECTION_account, "connection", "connections", "connections"},
    {Q_STREAM_account, "stream", "streams", "jetstream"},
    {Q_CONSUMER_account, "consumer", "consumers", "jetstream"},
};
const int find_source_count = 3;

/* In a range that objects never reach. */
static uint64_t id_of(const char *name, uint64_t cluster) {
    uint64_t hash = 0xcbf29ce484222325u ^ cluster * 0x9e3779b97f4a7c15u;
    for (const char *c = name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
    return hash | (uint64_t)1 << 63;
}

static uint64_t cluster_of(const struct object *object) {
    while (object && object->kind != OBJECT_CLUSTER)
        object = object->parent;
    return object ? object->id : 0;
}

static bool is_it(const struct find_account *account, const char *name, uint64_t cluster) {
    return account->cluster == cluster && strcmp(account->name, name) == 0;
}

static size_t slot_of(const struct find_accounts *a, const char *name, uint64_t cluster, uint64_t id) {
    size_t at = (size_t)(id * 0x9e3779b97f4a7c15u >> 20) & (a->slot_count - 1);
    while (a->slots[at] && !is_it(&a->all[a->slots[at] - 1], name, cluster))
        at = (at + 1) & (a->slot_count - 1);
    return at;
}

static void grow(struct find_accounts *a) {
    a->cap = a->cap ? a->cap * 2 : 32;
    a->all = memory_grow(a->all, a->cap, sizeof(*a->all));
    free(a->slots);
    a->slot_count = a->cap * 2;
    a->slots = memory_array(a->slot_count, sizeof(*a->slots));
    for (size_t i = 0; i < a->count; i++)
        a->slots[slot_of(a, a->all[i].name, a->all[i].cluster, a->all[i].id)] = (uint32_t)i + 1;
}

static struct find_account *account_named(struct find_accounts *a, const char *name, uint64_t cluster) {
    uint64_t id = id_of(name, cluster);
    if (!a->slots || a->count == a->cap)
        grow(a);
    size_t at = slot_of(a, name, cluster, id);
    if (!a->slots[at]) {
        a->all[a->count++] = (struct find_account){.name = name, .cluster = cluster, .id = id};
        a->slots[at] = (uint32_t)a->count;
    }
    return &a->all[a->slots[at] - 1];
}

/* Texts are interned, and neighbours are often of one account. */
static void count_source(struct find_accounts *a, const struct model *model, int source) {
    size_t count, last = 0;
    const char *name = NULL;
    uint64_t cluster = 0;
    enum quantity q = find_sources[source].account;
    const struct object *const *all = model_objects(model, quantities[q].kind, &count);
    for (size_t i = 0; i < count; i++) {
        struct value v = quantity_get(model, all[i], q);
        if (all[i]->freshness == FRESH_GONE || v.type != VALUE_TEXT || !*v.text)
            continue;
        uint64_t its = cluster_of(all[i]);
        if (v.text != name || its != cluster)
            last = (size_t)(account_named(a, v.text, its) - a->all);
        name = v.text;
        cluster = its;
        a->all[last].has[source]++;
    }
}

static void judge(struct find_accounts *a, const struct model *model) {
    size_t count;
    const struct finding *findings = model_findings(model, &count);
    for (size_t i = 0; i < count; i++) {
        const struct object *object = model_object(model, findings[i].object);
        for (int s = 0; object && s < find_source_count; s++) {
            if (quantities[find_sources[s].account].kind != object->kind || object->freshness == FRESH_GONE)
                continue;
            struct value v = quantity_get(model, object, find_sources[s].account);
            if (v.type != VALUE_TEXT || !*v.text)
                continue;
            struct find_account *account = account_named(a, v.text, cluster_of(object));
            if (findings[i].severity > account->severity)
                account->severity = findings[i].severity;
        }
    }
}

bool find_accounts_look(struct find_accounts *a, const struct model *model) {
    bool same = true;
    for (int s = 0; s < find_source_count; s++) {
        uint64_t version = model_version(model, quantities[find_sources[s].account].kind);
        same = same && version == a->versions[s];
        a->versions[s] = version;
    }
    if (same)
        return false;
    a->count = 0;
    if (a->slots)
        memset(a->slots, 0, a->slot_count * sizeof(*a->slots));
    for (int s = 0; s < find_source_count; s++)
        count_source(a, model, s);
    judge(a, model);
    return true;
}

void find_accounts_finish(struct find_accounts *a) {
    free(a->all);
    free(a->slots);
    *a = (struct find_accounts){0};
}
