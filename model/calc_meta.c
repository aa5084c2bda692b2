/* What the leader of the meta group sees of each server. */
#include "model/calc.h"

static const struct object *peer_of(const struct model *model, const struct object *server) {
    const struct text *name = server_const(server)->name;
    for (size_t i = 0; name && i < kind_count(model, OBJECT_META_PEER); i++) {
        const struct object *object = &kind_at(model, OBJECT_META_PEER, i)->object;
        if (object->parent == server->parent && object->now && object->freshness != FRESH_GONE &&
            row_has(object->now, F_META_PEER_name) &&
            text_same(row_cell(object->now, F_META_PEER_name)->s, name))
            return object;
    }
    return NULL;
}

static bool leads(const struct object *server) {
    if (!server->parent || server->parent->kind != OBJECT_CLUSTER)
        return false;
    const struct meta *meta = &cluster_of(server->parent)->meta;
    return meta->led && text_same(meta->leader, server_const(server)->name);
}

/* A server of a cluster has a group, which it may not have told of yet. */
struct value calc_cluster_js_alone(const struct model *model, const struct object *object) {
    for (size_t i = 0; cluster_of(object)->alone && i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (!entry->dead && entry->object.parent == object && side_speaks(model, server, SIDE_JETSTREAM))
            return value_bool(!js_is_off(server) &&
                              !row_u64(server->sides[SIDE_JETSTREAM].now, F_JETSTREAM_meta, 0));
    }
    return value_unknown(0);
}

struct value calc_server_meta_role(const struct model *model, const struct object *object) {
    const struct object *peer = peer_of(model, object);
    if (js_is_off(server_const(object)))
        return value_of_side(model, object, SIDE_JETSTREAM, value_text("off"));
    if (leads(object))
        return value_text("leader");
    return peer ? calc_meta_peer_state(model, peer) : value_unknown(0);
}

struct value calc_server_meta_lag(const struct model *model, const struct object *object) {
    const struct object *peer = peer_of(model, object);
    return peer && !leads(object) ? calc_meta_peer_lag(model, peer) : value_unknown(0);
}

struct value calc_server_meta_seen(const struct model *model, const struct object *object) {
    const struct object *peer = peer_of(model, object);
    return peer && !leads(object) ? calc_meta_peer_seen(model, peer) : value_unknown(0);
}
