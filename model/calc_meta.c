/* What the leader of the meta group sees of each server. */
#include "model/calc.h"

static const struct row *peer_row(const struct model *model, const struct object *server,
                                  const struct peer **peer) {
    const struct text *name = server_const(server)->name;
    for (size_t i = 0; name && i < kind_count(model, OBJECT_META_PEER); i++) {
        const struct object *object = &kind_at(model, OBJECT_META_PEER, i)->object;
        if (object->parent != server->parent || !object->now || object->freshness == FRESH_GONE ||
            !row_has(object->now, F_META_PEER_name) ||
            !text_same(row_cell(object->now, F_META_PEER_name)->s, name))
            continue;
        *peer = object->extra;
        return object->now;
    }
    return NULL;
}

/* Without a leader that answers it is what the last one saw. */
static struct value seen_by_leader(const struct object *server, struct value v) {
    const struct object *cluster = server->parent;
    if (v.type != VALUE_UNKNOWN && cluster->kind == OBJECT_CLUSTER && !cluster_of(cluster)->meta.quorum)
        v.flags |= VALUE_OLD;
    return v;
}

static bool leads(const struct object *server) {
    if (!server->parent || server->parent->kind != OBJECT_CLUSTER)
        return false;
    const struct meta *meta = &cluster_of(server->parent)->meta;
    return meta->led && text_same(meta->leader, server_const(server)->name);
}

struct value calc_server_meta_role(const struct model *model, const struct object *object) {
    const struct peer *peer;
    const struct row *row = peer_row(model, object, &peer);
    if (js_is_off(server_const(object)))
        return value_of_side(model, object, SIDE_JETSTREAM, value_text("off"));
    if (leads(object))
        return value_text("leader");
    if (row)
        return seen_by_leader(object, value_text(peer->lost                             ? "lost"
                                                 : row_u64(row, F_META_PEER_offline, 0) ? "offline"
                                                 : row_u64(row, F_META_PEER_current, 0) ? "current"
                                                                                        : "behind"));
    return value_unknown(0);
}

struct value calc_server_meta_lag(const struct model *model, const struct object *object) {
    const struct peer *peer;
    const struct row *row = peer_row(model, object, &peer);
    return row && !leads(object) ? seen_by_leader(object, value_of_field(row, F_META_PEER_lag))
                                 : value_unknown(0);
}

struct value calc_server_meta_seen(const struct model *model, const struct object *object) {
    const struct peer *peer;
    const struct row *row = peer_row(model, object, &peer);
    int64_t active = row ? row_i64(row, F_META_PEER_active, TIME_UNSET) : TIME_UNSET;
    return active > 0 && !leads(object) ? seen_by_leader(object, value_span(active)) : value_unknown(0);
}
