#include "model/peer.h"

#define LOST_AFTER_IF_DOWN (3 * NS_PER_S)
#define HEARD_JUST_NOW     (2 * NS_PER_S) /* leaders say something each second */
#define UNDER_WAY          200            /* operations */

const struct peer_fields replica_fields = {F_REPLICA_name, F_REPLICA_current, F_REPLICA_offline,
                                           F_REPLICA_active, F_REPLICA_lag};
const struct peer_fields meta_peer_fields = {F_META_PEER_name, F_META_PEER_current, F_META_PEER_offline,
                                             F_META_PEER_active, F_META_PEER_lag};

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
static const struct object *cluster_to_look_in(const struct model *model, const struct object *peer,
                                               const char *name) {
    const struct object *cluster = peer->parent;
    while (cluster->kind != OBJECT_CLUSTER)
        cluster = cluster->parent;
    bool elsewhere = peer->kind == OBJECT_META_PEER && !server_by_name(model, cluster, name);
    return elsewhere ? NULL : cluster;
}

/* Under load what is on its way to it changes with every answer: who was heard a moment ago and lacks no more
 * than that keeps up. */
static bool is_late(const struct row *row, const struct peer_fields *f) {
    uint64_t lag = row_u64(row, f->lag, 0);
    int64_t active = row_i64(row, f->active, 0);
    bool current = !row_has(row, f->current) || row_u64(row, f->current, 0);
    return lag > UNDER_WAY || (!current && (active <= 0 || active > HEARD_JUST_NOW));
}

void peer_judge(struct model *model, struct entry *entry, const struct peer_fields *f) {
    struct peer *peer = entry->object.extra;
    const struct row *row = entry->object.now;
    bool late = is_late(row, f);
    peer->behind = late && peer->late;
    peer->late = late;
    int64_t mono_ns = entry->object.now_at.mono_ns;
    const struct object *cluster = cluster_to_look_in(model, &entry->object, row_text(row, f->name));
    enum contact contact = peer_contact(model, cluster, row, f);
    if (contact != CONTACT_NEVER)
        peer->silent_since_mono_ns = 0;
    else if (!peer->silent_since_mono_ns)
        peer->silent_since_mono_ns = mono_ns;
    peer->lost = contact == CONTACT_LOST ||
                 (contact == CONTACT_NEVER && mono_ns - peer->silent_since_mono_ns >= UNHEARD_LOST);
}

/* ---- in a word ---- */

static const char *const names[] = {[PEER_CURRENT] = "current",
                                    [PEER_BEHIND] = "behind",
                                    [PEER_DOWN] = "down",
                                    [PEER_LOST] = "lost",
                                    [PEER_OFFLINE] = "offline"};

const char *peer_state_name(enum peer_state state) {
    return names[state];
}

static const struct peer_fields *fields_of(const struct object *peer) {
    return peer->kind == OBJECT_REPLICA ? &replica_fields : &meta_peer_fields;
}

enum peer_state peer_state(const struct model *model, const struct object *object) {
    const struct peer *peer = object->extra;
    const struct peer_fields *f = fields_of(object);
    const char *name = row_text(object->now, f->name);
    if (row_u64(object->now, f->offline, 0))
        return PEER_OFFLINE;
    if (peer->lost)
        return PEER_LOST;
    if (is_down(model, cluster_to_look_in(model, object, name), name))
        return PEER_DOWN;
    if (!row_has(object->now, f->current))
        return PEER_UNKNOWN;
    return peer->behind ? PEER_BEHIND : PEER_CURRENT;
}
