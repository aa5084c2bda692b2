#include "model/server.h"

#include <math.h>
#include <stdlib.h>

#define AWAITED (30 * NS_PER_S) /* three polls of the longest interval that nobody stretched */

static const enum field plain_fields[TRAFFIC_COUNT] = {F_SERVER_in_msgs, F_SERVER_out_msgs, F_SERVER_in_bytes,
                                                       F_SERVER_out_bytes};
static const enum field client_fields[TRAFFIC_COUNT] = {F_SERVER_in_client_msgs, F_SERVER_out_client_msgs,
                                                        F_SERVER_in_client_bytes, F_SERVER_out_client_bytes};
static const struct link_kind {
    enum object_kind kind;
    enum entity entity;
    enum shape shape;
    enum field counters[TRAFFIC_COUNT];
} link_kinds[LINK_COUNT] = {
    [LINK_ROUTES] = {OBJECT_ROUTE,
                     ENTITY_ROUTE,
                     SHAPE_ROUTEZ,
                     {F_ROUTE_in_msgs, F_ROUTE_out_msgs, F_ROUTE_in_bytes, F_ROUTE_out_bytes}},
    [LINK_GATEWAYS] = {OBJECT_GATEWAY,
                       ENTITY_GATEWAY,
                       SHAPE_GATEWAYZ,
                       {F_GATEWAY_in_msgs, F_GATEWAY_out_msgs, F_GATEWAY_in_bytes, F_GATEWAY_out_bytes}},
    [LINK_LEAFS] = {OBJECT_LEAF,
                    ENTITY_LEAF,
                    SHAPE_LEAFZ,
                    {F_LEAF_in_msgs, F_LEAF_out_msgs, F_LEAF_in_bytes, F_LEAF_out_bytes}},
};

/* ---- what was counted when ---- */

static void add_row(struct traffic_point *point, const struct row *row, const enum field *counters) {
    for (int i = 0; i < TRAFFIC_COUNT; i++) {
        double value = 0;
        if (!row_number(row, counters[i], &value))
            point->known = false;
        point->count[i] += value;
    }
}

void varz_point_put(struct server *server, const struct row *row, const struct stamp *at) {
    struct traffic_point point = {.now_ns = at->now_ns, .known = true};
    add_row(&point, row, plain_fields);
    server->varz[server->varz_next] = point;
    server->varz_next = (server->varz_next + 1) % VARZ_POINTS;
    if (server->varz_count < VARZ_POINTS)
        server->varz_count++;
}

static void remove_others(struct model *model, enum object_kind kind, const struct object *parent,
                          uint64_t serial) {
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        struct entry *entry = kind_at(model, kind, i);
        if (entry->object.parent == parent && entry->object.now_at.serial != serial)
            entry_remove(model, entry);
    }
}

/* Routes stay within a cluster. */
static void place_peer(struct model *model, const struct entry *server, const struct row *route) {
    struct entry *peer =
        row_has(route, F_ROUTE_remote_id) ? server_by_id(model, row_cell(route, F_ROUTE_remote_id)->s) : NULL;
    if (peer)
        cluster_place(model, peer, cluster_at(server));
}

void links_put(struct model *model, struct entry *entry, const struct sample *sample, int link) {
    const struct link_kind *kind = &link_kinds[link];
    struct server *server = server_of(entry);
    struct stamp at = stamp_of(sample, server->server_id);
    struct traffic_point point = {.now_ns = at.now_ns, .known = sample->dropped == 0};
    struct link_traffic *traffic = &server->links[link];
    size_t count = 0, known = 0; /* of them, those that were here before */
    for (size_t i = 0; i < sample->count; i++) {
        const struct row *row = sample->rows[i];
        bool made;
        if (row->entity != kind->entity)
            continue;
        struct entry *object = entry_take(model, kind->kind, &entry->object, NULL, row, &at, &made);
        known += !made && object->object.now_at.serial != at.serial;
        count += object->object.now_at.serial != at.serial || made;
        entry_update(model, object, row, &at);
        entry_set_freshness(model, object, FRESH_LIVE);
        add_row(&point, object->object.now, kind->counters);
        if (link == LINK_ROUTES)
            place_peer(model, entry, row);
        point.set += (uint64_t)row_key_hash(row) * 0x9e3779b97f4a7c15u + 1;
    }
    if (known < traffic->count)
        remove_others(model, kind->kind, &entry->object, at.serial);
    traffic->count = count;
    traffic->before = traffic->now;
    traffic->now = point;
    if (traffic->polls < 2)
        traffic->polls++;
}

static enum freshness freshness_by(const struct model *model, const struct server *server, enum shape shape) {
    if (server_is_up(server) && server_is_fresh(model, server, shape))
        return FRESH_LIVE;
    bool gone = server->state == SERVER_DOWN && !server_was_fresh(model, server, shape, WORTH_REPEATING);
    return gone ? FRESH_GONE : FRESH_STALE;
}

void links_tick(struct model *model) {
    for (int link = 0; link < LINK_COUNT; link++) {
        const struct link_kind *kind = &link_kinds[link];
        for (size_t i = 0; i < kind_count(model, kind->kind); i++) {
            struct entry *entry = kind_at(model, kind->kind, i);
            const struct server *server = server_const(entry->object.parent);
            entry_set_freshness(model, entry, freshness_by(model, server, kind->shape));
        }
    }
}

/* ---- rates ---- */

static bool rate_between(const struct traffic_point *from, const struct traffic_point *to, int traffic,
                         double *per_s) {
    double seconds = (double)(to->now_ns - from->now_ns) / (double)NS_PER_S;
    double growth = to->count[traffic] - from->count[traffic];
    if (!from->known || !to->known || seconds <= 0 || growth < 0 || from->set != to->set)
        return false;
    *per_s = growth / seconds;
    return true;
}

static bool field_rate(const struct object *object, enum field f, double *per_s) {
    double from, to;
    double seconds = (double)(object->now_at.now_ns - object->before_at.now_ns) / (double)NS_PER_S;
    if (!object->before || !row_number(object->now, f, &to) || !row_number(object->before, f, &from) ||
        seconds <= 0 || to < from)
        return false;
    *per_s = (to - from) / seconds;
    return true;
}

static const struct traffic_point *nearest(const struct server *server, int64_t now_ns) {
    const struct traffic_point *best = NULL;
    for (size_t i = 0; i < server->varz_count; i++) {
        const struct traffic_point *point = &server->varz[i];
        if (!best || llabs(point->now_ns - now_ns) < llabs(best->now_ns - now_ns))
            best = point;
    }
    return best && llabs(best->now_ns - now_ns) <= 3 * NS_PER_S / 2 ? best : NULL;
}

static bool needed(const struct object *object, int link) {
    const struct row *now = object->now, *before = object->before ? object->before : now;
    switch (link) {
    case LINK_ROUTES:
        return row_u64(now, F_SERVER_routes, 1) || row_u64(before, F_SERVER_routes, 1);
    case LINK_LEAFS:
        return row_u64(now, F_SERVER_leafnodes, 0) || row_u64(before, F_SERVER_leafnodes, 0);
    default:
        return *row_text(now, F_SERVER_gateway) != '\0';
    }
}

static bool too_old(const struct object *object, int link) {
    const struct link_traffic *traffic = &server_const(object)->links[link];
    int64_t seen = traffic->now.now_ns - traffic->before.now_ns;
    int64_t meant = server_const(object)->interval_ns[link_kinds[link].shape];
    int64_t gap = 3 * (seen > meant ? seen : meant);
    int64_t limit = gap > 6 * NS_PER_S ? gap : 6 * NS_PER_S;
    return object->now_at.now_ns - traffic->now.now_ns > limit;
}

static double seconds_between(int64_t from_ns, int64_t to_ns) {
    return (double)llabs(to_ns - from_ns) / (double)NS_PER_S;
}

/* Two messages at the edges of the window, and what passes between the moments at which the counters were
 * read. */
static double slack_of(const struct traffic_point *from, const struct traffic_point *to,
                       const struct link_traffic *link, int traffic, double all) {
    int msgs = traffic == TRAFFIC_IN_BYTES    ? TRAFFIC_IN_MSGS
               : traffic == TRAFFIC_OUT_BYTES ? TRAFFIC_OUT_MSGS
                                              : traffic;
    double messages = to->count[msgs] - from->count[msgs];
    double each = messages > 0 ? (to->count[traffic] - from->count[traffic]) / messages : 1;
    double skew =
        seconds_between(from->now_ns, link->before.now_ns) + seconds_between(to->now_ns, link->now.now_ns);
    return (2 * each + 2 * all * skew) / seconds_between(from->now_ns, to->now_ns);
}

/* Two answers are on their way as long as none fails and it takes no longer than it should. */
static enum client_rate awaited(const struct object *object, int link) {
    const struct server *server = server_const(object);
    int64_t limit = 3 * server_gap_ns(server, link_kinds[link].shape);
    bool late = object->now_at.mono_ns - entry_of(object)->run_mono_ns > (limit > AWAITED ? limit : AWAITED);
    return late || server->answers[link_kinds[link].shape].failure ? CLIENT_UNKNOWN : CLIENT_NEW;
}

static enum client_rate estimate(const struct object *object, int traffic, struct client_traffic *out) {
    const struct server *server = server_const(object);
    const struct link_traffic *first = NULL;
    double links = 0, all;
    for (int i = 0; i < LINK_COUNT; i++) {
        double rate;
        const struct link_traffic *link = &server->links[i];
        if (!needed(object, i))
            continue;
        if (link->polls < 2)
            return awaited(object, i);
        if (too_old(object, i) || !rate_between(&link->before, &link->now, traffic, &rate))
            return CLIENT_UNKNOWN;
        links += rate;
        first = first ? first : link;
    }
    if (!first)
        return CLIENT_UNKNOWN;
    const struct traffic_point *from = nearest(server, first->before.now_ns),
                               *to = nearest(server, first->now.now_ns);
    if (!from || !to || !rate_between(from, to, traffic, &all))
        return CLIENT_UNKNOWN;
    *out = (struct client_traffic){all - links, slack_of(from, to, first, traffic, all)};
    return CLIENT_ESTIMATED;
}

enum client_rate client_rate(const struct object *object, int traffic, struct client_traffic *out) {
    bool linked = false;
    *out = (struct client_traffic){0, 0};
    if (!object->now)
        return CLIENT_UNKNOWN;
    bool own = row_has(object->now, client_fields[traffic]);
    for (int i = 0; i < LINK_COUNT; i++)
        linked |= needed(object, i);
    if (!own && linked)
        return estimate(object, traffic, out);
    enum field f = own ? client_fields[traffic] : plain_fields[traffic];
    if (field_rate(object, f, &out->per_s))
        return CLIENT_EXACT;
    return entry_of(object)->rows >= 2 || !row_has(object->now, f) ? CLIENT_UNKNOWN : CLIENT_NEW;
}

bool client_settle(const struct client_traffic *traffic, double *per_s) {
    *per_s = traffic->per_s > 0 ? traffic->per_s : 0;
    return traffic->per_s >= -traffic->slack;
}
