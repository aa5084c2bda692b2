#include "model/peer.h"

#define LOST_AFTER_IF_DOWN (3 * NS_PER_S)

const struct peer_fields replica_fields = {F_REPLICA_name, F_REPLICA_current, F_REPLICA_offline,
                                           F_REPLICA_active};

static bool is_down(const struct model *model, const struct object *cluster, const char *name) {
    const struct entry *server = server_by_name(model, cluster, name);
    return server && server_const(&server->object)->state == SERVER_DOWN;
}

enum contact peer_contact(const struct model *model, const struct object *cluster, const struct row *row,
                          const struct peer_fields *f) {
    int64_t active = row_i64(row, f->active, 0);
    if (row_u64(row, f->offline, 0) || active > LOST_AFTER)
        return CONTACT_LOST;
    if (active > LOST_AFTER_IF_DOWN && is_down(model, cluster, row_text(row, f->name)))
        return CONTACT_LOST;
    return row_has(row, f->current) && !row_u64(row, f->current, 0) && active == 0 ? CONTACT_NEVER
                                                                                   : CONTACT_HEARD;
}

/* The meta group of several clusters has peers in all of them. */
static const struct object *cluster_to_look_in(const struct model *model, const struct entry *entry,
                                               const char *name) {
    const struct object *cluster = entry->object.parent;
    while (cluster->kind != OBJECT_CLUSTER)
        cluster = cluster->parent;
    bool elsewhere = entry->object.kind == OBJECT_META_PEER && !server_by_name(model, cluster, name);
    return elsewhere ? NULL : cluster;
}

void peer_judge(struct model *model, struct entry *entry, const struct peer_fields *f) {
    struct peer *peer = entry->object.extra;
    const struct row *row = entry->object.now;
    int64_t mono_ns = entry->object.now_at.mono_ns;
    const struct object *cluster = cluster_to_look_in(model, entry, row_text(row, f->name));
    enum contact contact = peer_contact(model, cluster, row, f);
    if (contact != CONTACT_NEVER)
        peer->silent_since_mono_ns = 0;
    else if (!peer->silent_since_mono_ns)
        peer->silent_since_mono_ns = mono_ns;
    peer->lost = contact == CONTACT_LOST ||
                 (contact == CONTACT_NEVER && mono_ns - peer->silent_since_mono_ns >= UNHEARD_LOST);
}
