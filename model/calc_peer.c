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

/* Nothing stands for never, or for one that this leader does not know of. */
static struct value seen_of(const struct object *object, enum field active) {
    int64_t ns = row_i64(object->now, active, 0);
    return ns > 0 ? aged(object, value_span(ns)) : value_unknown(0);
}

struct value calc_replica_state(const struct model *model, const struct object *object) {
    (void)model;
    return state_of(object, F_REPLICA_current, F_REPLICA_offline);
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

struct value calc_meta_peer_seen(const struct model *model, const struct object *object) {
    (void)model;
    return seen_of(object, F_META_PEER_active);
}
