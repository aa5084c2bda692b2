#include "model/calc.h"
#include "model/reported.h"
#include "model/server.h"

/* ---- one connection ---- */

struct value calc_route_server(const struct model *model, const struct object *object) {
    return calc_server_name(model, object->parent);
}

struct value calc_route_peer(const struct model *model, const struct object *object) {
    if (*row_text(object->now, F_ROUTE_remote_name))
        return value_text(row_text(object->now, F_ROUTE_remote_name));
    if (!row_has(object->now, F_ROUTE_remote_id))
        return value_unknown(0);
    const struct entry *peer = server_by_id(model, row_cell(object->now, F_ROUTE_remote_id)->s);
    return value_text(peer ? server_label(server_const(&peer->object))
                           : row_text(object->now, F_ROUTE_remote_id));
}

struct value calc_route_pending(const struct model *model, const struct object *object) {
    (void)model;
    bool told =
        row_i64(object->now, F_ROUTE_pending_bytes, 0) > 0 || server_tells_routes(object->parent->now);
    return told ? aged(object, value_of_field(object->now, F_ROUTE_pending_bytes)) : value_unknown(0);
}

/* ---- all connections to one peer ---- */

static bool is_beside(const struct object *route, const struct object *other) {
    return other == route ||
           (other->parent == route->parent && other->freshness != FRESH_GONE &&
            row_has(route->now, F_ROUTE_remote_id) && row_has(other->now, F_ROUTE_remote_id) &&
            text_same(row_cell(route->now, F_ROUTE_remote_id)->s,
                      row_cell(other->now, F_ROUTE_remote_id)->s));
}

struct value calc_route_links(const struct model *model, const struct object *object) {
    size_t count;
    uint64_t links = 0;
    const struct object *const *all = model_objects(model, OBJECT_ROUTE, &count);
    for (size_t i = 0; i < count; i++)
        links += is_beside(object, all[i]);
    return value_uint(links);
}

static uint64_t rid_of(const struct object *route) {
    return row_u64(route->now, F_ROUTE_rid, 0);
}

struct value calc_route_link(const struct model *model, const struct object *object) {
    size_t count;
    uint64_t links = 0, before = 0;
    const struct object *const *all = model_objects(model, OBJECT_ROUTE, &count);
    for (size_t i = 0; i < count; i++) {
        bool beside = is_beside(object, all[i]);
        links += beside;
        before += beside && rid_of(all[i]) < rid_of(object);
    }
    return links > 1 ? value_uint(before + 1) : value_unknown(0);
}

/* Unknown while one of them is. */
static struct value together(const struct model *model, const struct object *route, enum quantity q,
                             bool largest) {
    size_t count;
    struct value sum = value_real(0);
    const struct object *const *all = model_objects(model, OBJECT_ROUTE, &count);
    for (size_t i = 0; i < count; i++) {
        double number;
        if (!is_beside(route, all[i]))
            continue;
        struct value part = quantity_get(model, all[i], q);
        if (!value_number(part, &number))
            return part;
        sum.f = !largest ? sum.f + number : sum.f > number ? sum.f : number;
        sum.flags |= part.flags;
    }
    return sum;
}

struct value calc_route_peer_rtt(const struct model *model, const struct object *object) {
    return together(model, object, Q_ROUTE_rtt, true);
}

struct value calc_route_peer_pending(const struct model *model, const struct object *object) {
    return together(model, object, Q_ROUTE_pending_bytes, true);
}

struct value calc_route_peer_in(const struct model *model, const struct object *object) {
    return together(model, object, Q_ROUTE_in_msgs_per_s, false);
}

struct value calc_route_peer_out(const struct model *model, const struct object *object) {
    return together(model, object, Q_ROUTE_out_msgs_per_s, false);
}
