/* In what condition a server is: what it uses of its limits, how its connections come and go, what ends. */
#include "model/calc.h"

#include "model/server.h"

#define MINUTES_NS(N) ((N)*60 * NS_PER_S)

static struct value share_of(const struct object *server, enum field used, enum field limit) {
    struct value most = limit_of_field(server, limit);
    double part, whole;
    if (!value_number(most, &whole) || !server->now || !row_number(server->now, used, &part) || part < 0)
        return value_unknown(0);
    return aged(server, value_real(part / whole));
}

struct value calc_server_mem_share(const struct model *model, const struct object *object) {
    (void)model;
    return share_of(object, F_SERVER_mem, F_SERVER_gomemlimit);
}

struct value calc_server_connections_share(const struct model *model, const struct object *object) {
    (void)model;
    return share_of(object, F_SERVER_connections, F_SERVER_max_connections);
}

/* ---- coming and going ---- */

struct value calc_server_churn_1m(const struct model *model, const struct object *object) {
    uint64_t count;
    if (!turnover_churn(&server_const(object)->turnover, model->utc_ns, &count))
        return value_unknown(0);
    return aged(object, value_uint(count));
}

/* Of none that are open it is as many times one. */
struct value calc_server_churn_share(const struct model *model, const struct object *object) {
    uint64_t count, open = object->now ? row_u64(object->now, F_SERVER_connections, 0) : 0;
    if (!turnover_churn(&server_const(object)->turnover, model->utc_ns, &count))
        return value_unknown(0);
    return aged(object, value_real((double)count / (double)(open ? open : 1)));
}

/* Whatever was before we came. */
static bool runs_for(const struct model *model, const struct object *object, int64_t span_ns) {
    int64_t start = object->now ? row_i64(object->now, F_SERVER_start, TIME_UNSET) : TIME_UNSET;
    return server_is_up(server_const(object)) && start != TIME_UNSET &&
           model->utc_ns - stamp_our_time(&object->now_at, start) >= span_ns;
}

struct value calc_server_restarts_10m(const struct model *model, const struct object *object) {
    const struct server *server = server_const(object);
    struct value v = value_uint(lately_within(&server->restarted, model->utc_ns, MINUTES_NS(10)));
    if (!server->reached)
        return value_unknown(0);
    return runs_for(model, object, MINUTES_NS(10)) ? v : watched_for(model, MINUTES_NS(10), v);
}

struct value calc_server_lame_duck(const struct model *model, const struct object *object) {
    return value_bool(is_lame_duck(model, object));
}

struct value calc_server_lame_duck_since(const struct model *model, const struct object *object) {
    return is_lame_duck(model, object) ? value_time(server_const(object)->lame_duck.since_utc_ns)
                                       : value_unknown(0);
}

struct value calc_server_round_trip(const struct model *model, const struct object *object) {
    (void)model;
    int64_t ns = server_const(object)->round_trip_ns;
    return ns > 0 ? aged(object, value_span(ns)) : value_unknown(0);
}

/* ---- routes and gateways ---- */

/* Two of one name are one to those that they would have a route to, and none to each other. */
static bool is_peer(const struct model *model, const struct object *other, const struct object *server,
                    enum server_state state) {
    const struct entry *twin = server_twin(model, other);
    return other != server && other->parent == server->parent && server_const(other)->state == state &&
           !(twin && (&twin->object == server || twin->object.id < other->id));
}

static uint64_t peers_in(const struct model *model, const struct object *server, enum server_state state) {
    uint64_t count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        count += is_peer(model, &kind_at(model, OBJECT_SERVER, i)->object, server, state);
    return count;
}

/* The most that one of its cluster has routes to now. */
static uint64_t most_routed(const struct model *model, const struct object *cluster) {
    uint64_t most = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = &kind_at(model, OBJECT_SERVER, i)->object;
        uint64_t remotes = server->now ? row_u64(server->now, F_SERVER_remotes, 0) : 0;
        if (server->parent == cluster && server_is_up(server_const(server)) && remotes > most)
            most = remotes;
    }
    return most;
}

struct value calc_server_unrouted(const struct model *model, const struct object *object) {
    if (!object->now || !row_has(object->now, F_SERVER_remotes) || cluster_of(object->parent)->alone)
        return value_unknown(0);
    uint64_t up = peers_in(model, object, SERVER_UP), remotes = row_u64(object->now, F_SERVER_remotes, 0);
    /* Who is not asked is there as far as another one's routes lead; of its names one may be another's. */
    uint64_t all = up + peers_in(model, object, SERVER_KNOWN), most = most_routed(model, object->parent);
    uint64_t peers = all < most ? all : most > up ? most : up;
    return aged(object, value_uint(peers > remotes ? peers - remotes : 0));
}

struct value calc_server_gateways_lost(const struct model *model, const struct object *object) {
    const struct server *server = server_const(object);
    const char *name;
    if (!server->gateways.told || !server_was_fresh(model, server, SHAPE_GATEWAYZ, WORTH_REPEATING))
        return value_unknown(0);
    return aged(object, value_uint(gateway_watch_lost(&server->gateways, &name)));
}

struct value calc_server_gateway_lost(const struct model *model, const struct object *object) {
    const char *name;
    (void)model;
    return gateway_watch_lost(&server_const(object)->gateways, &name) ? value_text(name) : value_unknown(0);
}

/* ---- certificates ---- */

static const struct certificate {
    enum field end;
    const char *of;
} certificates[] = {{F_SERVER_tls_cert, "clients"},          {F_SERVER_tls_cert_cluster, "routes"},
                    {F_SERVER_tls_cert_gateway, "gateways"}, {F_SERVER_tls_cert_leaf, "leaf nodes"},
                    {F_SERVER_tls_cert_mqtt, "MQTT"},        {F_SERVER_tls_cert_websocket, "websockets"}};

static const struct certificate *first_to_end(const struct object *server, int64_t *utc_ns) {
    const struct certificate *first = NULL;
    for (size_t i = 0; server->now && i < sizeof certificates / sizeof *certificates; i++) {
        int64_t end = row_i64(server->now, certificates[i].end, TIME_UNSET);
        if (end == TIME_UNSET || (first && end >= *utc_ns))
            continue;
        first = &certificates[i];
        *utc_ns = end;
    }
    return first;
}

struct value calc_server_cert_ends(const struct model *model, const struct object *object) {
    int64_t end;
    (void)model;
    return first_to_end(object, &end) ? aged(object, value_told(end)) : value_unknown(0);
}

/* Less than nothing once it has ended: it is that late. */
struct value calc_server_cert_left(const struct model *model, const struct object *object) {
    int64_t end;
    (void)model;
    return first_to_end(object, &end) ? aged(object, value_span(end - object->now_at.now_ns))
                                      : value_unknown(0);
}

struct value calc_server_cert_of(const struct model *model, const struct object *object) {
    int64_t end;
    (void)model;
    const struct certificate *first = first_to_end(object, &end);
    return first ? value_text(first->of) : value_unknown(0);
}
