#include "model/round_trip.h"
#include "model/server.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AWAITED     (30 * NS_PER_S) /* three polls of the longest interval that nobody stretched */
#define LINK_STEPS  2               /* of /varz: how often links are asked whose traffic is subtracted */
#define LONG_ENOUGH (10 * NS_PER_S) /* no window is longer, however little passes */
#define CLEARLY     4               /* times the slack */
#define EDGE_MSGS   2.0 /* that /varz has and the links not yet, or the other way, at one moment */

static const enum field plain_fields[TRAFFIC_COUNT] = {F_SERVER_in_msgs, F_SERVER_out_msgs, F_SERVER_in_bytes,
                                                       F_SERVER_out_bytes};
static const enum field client_fields[TRAFFIC_COUNT] = {F_SERVER_in_client_msgs, F_SERVER_out_client_msgs,
                                                        F_SERVER_in_client_bytes, F_SERVER_out_client_bytes};
static const int messages_of[TRAFFIC_COUNT] = {TRAFFIC_IN_MSGS, TRAFFIC_OUT_MSGS, TRAFFIC_IN_MSGS,
                                               TRAFFIC_OUT_MSGS};
static const struct link_kind {
    enum object_kind kind;
    enum entity entity;
    enum shape shape;
    enum field rtt, counters[TRAFFIC_COUNT];
} link_kinds[LINK_COUNT] = {
    [LINK_ROUTES] = {OBJECT_ROUTE,
                     ENTITY_ROUTE,
                     SHAPE_ROUTEZ,
                     F_ROUTE_rtt,
                     {F_ROUTE_in_msgs, F_ROUTE_out_msgs, F_ROUTE_in_bytes, F_ROUTE_out_bytes}},
    [LINK_GATEWAYS] = {OBJECT_GATEWAY,
                       ENTITY_GATEWAY,
                       SHAPE_GATEWAYZ,
                       F_GATEWAY_rtt,
                       {F_GATEWAY_in_msgs, F_GATEWAY_out_msgs, F_GATEWAY_in_bytes, F_GATEWAY_out_bytes}},
    [LINK_LEAFS] = {OBJECT_LEAF,
                    ENTITY_LEAF,
                    SHAPE_LEAFZ,
                    F_LEAF_rtt,
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

static void remove_others(struct model *model, int link, struct entry *server, const struct stamp *at) {
    enum object_kind kind = link_kinds[link].kind;
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        struct entry *entry = kind_at(model, kind, i);
        if (entry->dead || entry->object.parent != &server->object ||
            entry->object.now_at.serial == at->serial)
            continue;
        link_watch_gone(model, server, link, &entry->object, at);
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
        round_trip_seen(object, kind->rtt);
        entry_set_freshness(model, object, FRESH_LIVE);
        if (link != LINK_LEAFS)
            link_watch_seen(model, entry, link, &object->object, &at);
        add_row(&point, object->object.now, kind->counters);
        if (link == LINK_ROUTES)
            place_peer(model, entry, row);
        point.set += (uint64_t)row_key_hash(row) * 0x9e3779b97f4a7c15u + 1;
    }
    if (known < traffic->count)
        remove_others(model, link, entry, &at);
    if (link == LINK_GATEWAYS)
        gateway_watch_put(model, entry, sample);
    traffic->count = count;
    memmove(traffic->points + 1, traffic->points, sizeof point * (LINK_POINTS - 1));
    traffic->points[0] = point;
    traffic->polls += traffic->polls < LINK_POINTS;
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

/* As it would be were nothing late or stretched, twice: beyond that an estimate would stand still unseen. */
static bool too_old(const struct model *model, const struct object *object, int link) {
    const struct link_traffic *traffic = &server_const(object)->links[link];
    return object->now_at.now_ns - traffic->points[0].now_ns > 2 * LINK_STEPS * model->interval_ns;
}

static double seconds_between(int64_t from_ns, int64_t to_ns) {
    return (double)(to_ns - from_ns) / (double)NS_PER_S;
}

struct span { /* counters at both ends of a window */
    const struct traffic_point *from, *to;
};

static bool grows(const struct span *span, int traffic, double *growth) {
    *growth = span->to->count[traffic] - span->from->count[traffic];
    return span->from->known && span->to->known && span->to->now_ns > span->from->now_ns && *growth >= 0 &&
           span->from->set == span->to->set;
}

/* How many messages fit between the moments at which the links and /varz were read. */
static double fitting(const struct span *links, int msgs, int64_t from_ns, int64_t to_ns) {
    double growth = links->to->count[msgs] - links->from->count[msgs];
    return growth * seconds_between(from_ns, to_ns) / seconds_between(links->from->now_ns, links->to->now_ns);
}

/* Takes one kind of links off: its counters carried to the moments of /varz at their pace, by whole messages,
 * so that what is counted to the message where little passes stays so. */
static bool subtract(const struct span *all, const struct span *links, int traffic,
                     struct client_traffic *out) {
    int msgs = messages_of[traffic];
    double growth, messages;
    if (!grows(links, traffic, &growth) || !grows(links, msgs, &messages))
        return false;
    double each = messages > 0 ? growth / messages : 1,
           seconds = seconds_between(all->from->now_ns, all->to->now_ns);
    double first = fitting(links, msgs, links->from->now_ns, all->from->now_ns);
    double last = fitting(links, msgs, links->to->now_ns, all->to->now_ns);
    out->per_s -= (growth + (trunc(last) - trunc(first)) * each) / seconds;
    out->slack += (2 * EDGE_MSGS + fabs(first) + fabs(last)) * each / seconds;
    return true;
}

/* Over the last `steps` polls of the links. */
static bool estimate_over(const struct object *object, int steps, int traffic, struct client_traffic *out,
                          double *seconds) {
    const struct server *server = server_const(object);
    struct span all = {NULL, NULL};
    *out = (struct client_traffic){0, 0};
    for (int i = 0; i < LINK_COUNT; i++) {
        const struct link_traffic *link = &server->links[i];
        struct span links = {&link->points[steps], &link->points[0]};
        if (!needed(object, i))
            continue;
        if (link->polls <= steps)
            return false;
        if (!all.to) {
            all = (struct span){nearest(server, links.from->now_ns), nearest(server, links.to->now_ns)};
            if (!all.from || !all.to || !grows(&all, traffic, &out->per_s))
                return false;
            *seconds = seconds_between(all.from->now_ns, all.to->now_ns);
            out->per_s /= *seconds;
        }
        if (!subtract(&all, &links, traffic, out))
            return false;
    }
    return all.to != NULL;
}

/* Two answers are on their way as long as none fails and it takes no longer than it should. */
static enum client_rate awaited(const struct object *object, int link) {
    const struct server *server = server_const(object);
    int64_t limit = 3 * server_gap_ns(server, link_kinds[link].shape);
    bool late = object->now_at.mono_ns - entry_of(object)->run_mono_ns > (limit > AWAITED ? limit : AWAITED);
    return late || server->answers[link_kinds[link].shape].failure ? CLIENT_UNKNOWN : CLIENT_NEW;
}

/* The shortest window in which messages are far more than its moments can make of none; else the longest.
 * What one moment counts too much the next one lacks, so a longer window has less of it. *quiet: they may be
 * none at all. */
static int steps_needed(const struct object *object, int msgs, bool *quiet) {
    struct client_traffic rate;
    double seconds = 0;
    int steps = 0;
    bool clear = false;
    *quiet = true;
    while (!clear && steps + 1 < LINK_POINTS && seconds * (double)NS_PER_S < (double)LONG_ENOUGH &&
           estimate_over(object, steps + 1, msgs, &rate, &seconds)) {
        *quiet = rate.per_s <= rate.slack;
        clear = rate.per_s > CLEARLY * rate.slack;
        steps++;
    }
    return steps;
}

/* The few messages at an edge may be the largest of the window. */
static double largest_edge(const struct object *object, int steps, int traffic, double seconds) {
    double bytes = 0;
    for (int i = 0; i < LINK_COUNT; i++) {
        const struct traffic_point *points = server_const(object)->links[i].points;
        bytes += needed(object, i) ? points[0].count[traffic] - points[steps].count[traffic] : 0;
    }
    return bytes / seconds;
}

static enum client_rate estimate(const struct model *model, const struct object *object, int traffic,
                                 struct client_traffic *out) {
    bool quiet;
    double seconds;
    for (int i = 0; i < LINK_COUNT; i++) {
        if (!needed(object, i))
            continue;
        if (server_const(object)->links[i].polls < 2)
            return awaited(object, i);
        if (too_old(model, object, i))
            return CLIENT_UNKNOWN;
    }
    int steps = steps_needed(object, messages_of[traffic], &quiet);
    if (!steps || !estimate_over(object, steps, traffic, out, &seconds))
        return CLIENT_UNKNOWN;
    if (quiet && traffic != messages_of[traffic] && out->per_s < 0)
        out->slack = fmax(out->slack, largest_edge(object, steps, traffic, seconds));
    return CLIENT_ESTIMATED;
}

enum client_rate client_rate(const struct model *model, const struct object *object, int traffic,
                             struct client_traffic *out) {
    bool linked = false;
    *out = (struct client_traffic){0, 0};
    if (!object->now)
        return CLIENT_UNKNOWN;
    bool own = row_has(object->now, client_fields[traffic]);
    for (int i = 0; i < LINK_COUNT; i++)
        linked |= needed(object, i);
    if (!own && linked)
        return estimate(model, object, traffic, out);
    enum field f = own ? client_fields[traffic] : plain_fields[traffic];
    if (field_rate(object, f, &out->per_s))
        return CLIENT_EXACT;
    return entry_of(object)->rows >= 2 || !row_has(object->now, f) ? CLIENT_UNKNOWN : CLIENT_NEW;
}

bool client_settle(const struct client_traffic *traffic, double *per_s) {
    *per_s = traffic->per_s > 0 ? traffic->per_s : 0;
    return traffic->per_s >= -traffic->slack;
}
