#include "model/calc.h"

#define HEARD_AGAIN (10 * NS_PER_S) /* routes are made and elections over by then */

/* Members of Raft groups, as their leader sees them. */

/* That a server does not answer us is our word of now. */
static struct value state_of(const struct model *model, const struct object *peer) {
    enum peer_state state = peer_state(model, peer);
    struct value v = value_text(peer_state_name(state));
    return state == PEER_DOWN ? v : aged(peer, v);
}

/* The leader was asked before it was back, or has not had the time to hear of it. 0: it was never away. */
static bool is_just_back(const struct object *peer, int64_t back_mono_ns) {
    return back_mono_ns && back_mono_ns + HEARD_AGAIN > peer->now_at.mono_ns;
}

/* What it does not do is told of its server, or its server has just come back. */
static bool is_explained(const struct model *model, const struct object *peer, enum field name) {
    const struct object *cluster = peer->parent;
    while (cluster && cluster->kind != OBJECT_CLUSTER)
        cluster = cluster->parent;
    const struct entry *entry = server_by_name(model, cluster, row_text(peer->now, name));
    if (!entry)
        return false;
    const struct server *server = server_const(&entry->object);
    return server->state == SERVER_DOWN || is_lame_duck(model, &entry->object) ||
           js_was_switched_off(server) || server->here_mono_ns > peer->now_at.mono_ns ||
           is_just_back(peer, server->silent_mono_ns) || is_just_back(peer, server->usage.again_mono_ns);
}

/* An answering leader says how long it is: when we asked is no silence of the peer's. Else nobody has heard
 * it since. Nothing stands for never, or for one that this leader does not know of. */
static struct value seen_of(const struct model *model, const struct object *peer, enum field active) {
    int64_t ns = row_i64(peer->now, active, 0);
    if (ns <= 0)
        return value_unknown(0);
    if (peer->freshness != FRESH_LIVE && model->utc_ns > peer->now_at.utc_ns)
        ns += model->utc_ns - peer->now_at.utc_ns;
    return aged(peer, value_span(ns));
}

struct value calc_replica_state(const struct model *model, const struct object *object) {
    return state_of(model, object);
}

struct value calc_replica_trouble(const struct model *model, const struct object *object) {
    bool gone = ((const struct peer *)object->extra)->lost;
    if (is_explained(model, object, F_REPLICA_name) || (gone && row_has(object->now, F_REPLICA_consumer)))
        return value_unknown(0);
    return state_of(model, object);
}

struct value calc_replica_lag(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_of_field(object->now, F_REPLICA_lag));
}

struct value calc_replica_seen(const struct model *model, const struct object *object) {
    return seen_of(model, object, F_REPLICA_active);
}

struct value calc_meta_peer_cluster(const struct model *model, const struct object *object) {
    return calc_cluster_name(model, object->parent);
}

struct value calc_meta_peer_state(const struct model *model, const struct object *object) {
    return state_of(model, object);
}

struct value calc_meta_peer_trouble(const struct model *model, const struct object *object) {
    return is_explained(model, object, F_META_PEER_name) ? value_unknown(0) : state_of(model, object);
}

struct value calc_meta_peer_lag(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_of_field(object->now, F_META_PEER_lag));
}

struct value calc_meta_peer_seen(const struct model *model, const struct object *object) {
    return seen_of(model, object, F_META_PEER_active);
}
