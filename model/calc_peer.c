#include "model/calc.h"

/* Members of Raft groups, as their leader sees them. */

static struct value state_of(const struct object *object, enum field current, enum field offline) {
    const struct peer *peer = object->extra;
    const char *state = row_u64(object->now, offline, 0)   ? "offline"
                        : peer->lost                       ? "lost"
                        : !row_has(object->now, current)   ? NULL
                        : row_u64(object->now, current, 0) ? "current"
                                                           : "behind";
    return aged(object, value_text(state));
}

/* Its server is known to be down, and that is said once; or it came back after this was told. */
static bool is_explained(const struct model *model, const struct object *peer, enum field name) {
    const struct object *cluster = peer->parent;
    while (cluster && cluster->kind != OBJECT_CLUSTER)
        cluster = cluster->parent;
    const struct entry *server = server_by_name(model, cluster, row_text(peer->now, name));
    return server && (server_const(&server->object)->state == SERVER_DOWN ||
                      server_const(&server->object)->here_mono_ns > peer->now_at.mono_ns);
}

/* Nothing stands for never, or for one that this leader does not know of. */
static struct value seen_of(const struct object *object, enum field active) {
    int64_t ns = row_i64(object->now, active, 0);
    return ns > 0 ? aged(object, value_span(ns)) : value_unknown(0);
}

struct value calc_replica_state(const struct model *model, const struct object *object) {
    (void)model;
    return state_of(object, F_REPLICA_current, F_REPLICA_offline);
}

struct value calc_replica_trouble(const struct model *model, const struct object *object) {
    bool gone = ((const struct peer *)object->extra)->lost;
    if (is_explained(model, object, F_REPLICA_name) || (gone && row_has(object->now, F_REPLICA_consumer)))
        return value_unknown(0);
    return calc_replica_state(model, object);
}

struct value calc_replica_seen(const struct model *model, const struct object *object) {
    (void)model;
    return seen_of(object, F_REPLICA_active);
}

struct value calc_meta_peer_cluster(const struct model *model, const struct object *object) {
    return calc_cluster_name(model, object->parent);
}

struct value calc_meta_peer_state(const struct model *model, const struct object *object) {
    (void)model;
    return state_of(object, F_META_PEER_current, F_META_PEER_offline);
}

struct value calc_meta_peer_trouble(const struct model *model, const struct object *object) {
    return is_explained(model, object, F_META_PEER_name) ? value_unknown(0)
                                                         : calc_meta_peer_state(model, object);
}

struct value calc_meta_peer_seen(const struct model *model, const struct object *object) {
    (void)model;
    return seen_of(object, F_META_PEER_active);
}
