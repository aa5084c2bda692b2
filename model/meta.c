#include "model/asset.h"

#include <string.h>

#include "base/memory.h"

static const struct peer_fields meta_fields = {F_META_PEER_name, F_META_PEER_current, F_META_PEER_offline,
                                               F_META_PEER_active};

static const struct row *js_row(const struct entry *entry) {
    return server_const(&entry->object)->sides[SIDE_JETSTREAM].now;
}

static bool names_itself(const struct entry *entry) {
    const struct row *js = js_row(entry);
    const struct server *server = server_const(&entry->object);
    return js && server->name && row_has(js, F_JETSTREAM_meta_leader) &&
           text_same(row_cell(js, F_JETSTREAM_meta_leader)->s, server->name);
}

static void set_leader(struct model *model, struct entry *cluster, const struct text *leader,
                       int64_t utc_ns) {
    struct meta *meta = &cluster_of(&cluster->object)->meta;
    if (!leader || text_same(meta->leader, leader))
        return;
    const struct text *old = meta->leader;
    meta->leader = model_text(model, leader);
    if (old)
        model_add_event(model, utc_ns, "leader", &cluster->object, "JetStream",
                        "leader of the meta group moved from %s to %s", old->bytes, leader->bytes);
}

/* ---- the living meta leader and what it sees ---- */

static struct entry *living_leader(const struct model *model, const struct entry *cluster) {
    struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        if (entry->dead || cluster_at(entry) != cluster || !server_is_up(server) || !names_itself(entry) ||
            !server_is_fresh(model, server, SHAPE_JSZ))
            continue;
        if (!found ||
            server->sides[SIDE_JETSTREAM].at.mono_ns > server_of(found)->sides[SIDE_JETSTREAM].at.mono_ns)
            found = entry;
    }
    return found;
}

static bool has_majority(const struct model *model, const struct entry *leader) {
    uint64_t serial = server_const(&leader->object)->sides[SIDE_JETSTREAM].at.serial;
    uint64_t listed = 0, in_contact = 1;
    for (size_t i = 0; i < kind_count(model, OBJECT_META_PEER); i++) {
        const struct peer *peer = kind_at(model, OBJECT_META_PEER, i)->object.extra;
        if (peer->serial == serial) {
            listed++;
            in_contact += !peer->lost;
        }
    }
    uint64_t size = row_u64(js_row(leader), F_JETSTREAM_meta_size, listed + 1);
    size = size < listed + 1 ? listed + 1 : size;
    return in_contact >= size / 2 + 1;
}

/* ---- without one: what the others say ---- */

/* The group of several clusters has its leader in one of them, and that one tells about quorum. */
static const struct entry *leader_named(const struct model *model, const struct entry *cluster,
                                        const char *name) {
    const struct entry *leader = server_by_name(model, &cluster->object, name);
    return leader ? leader : server_by_name(model, NULL, name);
}

static const char *hearsay(const struct model *model, const struct entry *cluster,
                           const struct entry **elsewhere) {
    bool clustered = false, answers = false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        const struct row *js = js_row(entry);
        if (entry->dead || cluster_at(entry) != cluster || !js || !row_u64(js, F_JETSTREAM_meta, 0))
            continue;
        clustered = true;
        if (!server_is_up(server))
            continue;
        answers = true;
        const struct entry *leader = leader_named(model, cluster, row_text(js, F_JETSTREAM_meta_leader));
        if (leader && cluster_at(leader) != cluster && names_itself(leader))
            *elsewhere = leader;
        if (*row_text(js, F_JETSTREAM_meta_leader) &&
            (!leader || server_const(&leader->object)->state != SERVER_DOWN))
            return NULL; /* one that we can't ask, or have not yet: nothing is proven */
    }
    return clustered && answers ? "leaderless" : NULL;
}

static void evaluate(struct model *model, struct entry *cluster, int64_t utc_ns) {
    const struct entry *leader = living_leader(model, cluster), *elsewhere = NULL;
    const char *quorum =
        leader ? has_majority(model, leader) ? "yes" : "no" : hearsay(model, cluster, &elsewhere);
    if (leader)
        set_leader(model, cluster, server_const(&leader->object)->name, utc_ns);
    if (elsewhere) {
        set_leader(model, cluster, server_const(&elsewhere->object)->name, utc_ns);
        entry_remove_children(model, &cluster->object, OBJECT_META_PEER);
    }
    struct meta *meta = &cluster_of(&cluster->object)->meta;
    if (quorum != meta->quorum)
        cluster->dirty = true;
    meta->quorum = quorum;
}

void meta_put(struct model *model, struct entry *server, const struct sample *sample,
              const struct stamp *at) {
    if (names_itself(server)) {
        for (size_t i = 0; i < sample->count; i++) {
            const struct row *row = sample->rows[i];
            if (row->entity != ENTITY_META_PEER)
                continue;
            bool made;
            struct entry *entry =
                entry_take(model, OBJECT_META_PEER, server->object.parent, NULL, row, at, &made);
            if (made)
                entry->object.extra = memory_new(sizeof(struct peer));
            entry_update(model, entry, row, at);
            ((struct peer *)entry->object.extra)->serial = at->serial;
            peer_judge(model, entry, &meta_fields);
        }
        for (size_t i = 0; i < kind_count(model, OBJECT_META_PEER); i++) {
            struct entry *entry = kind_at(model, OBJECT_META_PEER, i);
            if (entry->object.parent == server->object.parent &&
                ((struct peer *)entry->object.extra)->serial != at->serial)
                entry_remove(model, entry);
        }
    }
    evaluate(model, cluster_at(server), at->utc_ns);
}

void meta_tick(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        if (!kind_at(model, OBJECT_CLUSTER, i)->dead)
            evaluate(model, kind_at(model, OBJECT_CLUSTER, i), model->utc_ns);
    }
}
