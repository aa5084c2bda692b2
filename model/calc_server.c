#include "model/calc.h"

#include <string.h>

#include "model/way.h"

struct value calc_server_name(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(server_label(server_const(object)));
}

struct value calc_server_cluster(const struct model *model, const struct object *object) {
    return server_const(object)->placed ? calc_cluster_name(model, object->parent) : value_unknown(0);
}

struct value calc_server_url(const struct model *model, const struct object *object) {
    (void)model;
    const struct server *server = server_const(object);
    return value_text(server->url ? server->url->bytes : NULL);
}

struct value calc_server_asked_by(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(way_name(server_const(object)->ways[SHAPE_VARZ]));
}

struct value calc_server_state(const struct model *model, const struct object *object) {
    (void)model;
    const char *name = server_state_name(server_const(object)->state);
    return name ? value_text(name) : value_unknown(VALUE_NEW);
}

struct value calc_server_reason(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(server_const(object)->reason);
}

struct value calc_server_twin(const struct model *model, const struct object *object) {
    const struct server *server = server_const(object);
    const struct entry *twin = server_is_up(server) ? server_twin(model, object) : NULL;
    return twin && twin->object.id < object->id ? calc_server_url(model, &twin->object) : value_unknown(0);
}

struct value calc_server_failing(const struct model *model, const struct object *object) {
    (void)model;
    const struct server *server = server_const(object);
    if (!server_is_up(server))
        return value_unknown(0);
    return *server->failing || !server_awaits(server) ? value_text(server->failing)
                                                      : value_unknown(VALUE_NEW);
}

struct value calc_server_failing_since(const struct model *model, const struct object *object) {
    (void)model;
    const struct server *server = server_const(object);
    bool fails = server_is_up(server) && *server->failing;
    return fails ? value_time(server->failing_since_utc_ns) : value_unknown(0);
}

struct value calc_server_state_since(const struct model *model, const struct object *object) {
    (void)model;
    return value_time(server_const(object)->state_since_utc_ns);
}

struct value value_of_side(const struct model *model, const struct object *object, int side, struct value v) {
    const struct server *server = server_const(object);
    if (v.type == VALUE_UNKNOWN || !server_was_fresh(model, server, side_shape(side), WORTH_REPEATING))
        return value_unknown(0);
    v = aged(object, v);
    if (!server_is_fresh(model, server, side_shape(side)))
        v.flags |= VALUE_OLD;
    return v;
}

/* The HTTP status decides; what the body says is the reason. */
struct value calc_server_health(const struct model *model, const struct object *object) {
    const struct row *row = server_const(object)->sides[SIDE_HEALTH].now;
    if (!row)
        return value_unknown(0);
    bool ok = row_has(row, F_HEALTH_code) ? row_u64(row, F_HEALTH_code, 0) == 200
                                          : strcmp(row_text(row, F_HEALTH_status), "ok") == 0;
    const char *said =
        *row_text(row, F_HEALTH_error) ? row_text(row, F_HEALTH_error) : row_text(row, F_HEALTH_status);
    return value_of_side(model, object, SIDE_HEALTH,
                         value_text(ok                                 ? "ok"
                                    : *said && strcmp(said, "ok") != 0 ? said
                                                                       : "unavailable"));
}

struct value calc_server_cpu_share(const struct model *model, const struct object *object) {
    (void)model;
    double cpu;
    if (!object->now || !row_number(object->now, F_SERVER_cpu, &cpu))
        return value_unknown(0);
    uint64_t cores = row_u64(object->now, F_SERVER_gomaxprocs, row_u64(object->now, F_SERVER_cores, 0));
    return cores ? aged(object, value_real(cpu / (double)cores)) : value_unknown(0);
}

static struct value client(const struct model *model, const struct object *object, int traffic) {
    struct client_traffic rate;
    double per_s;
    enum client_rate known =
        object->freshness == FRESH_GONE ? CLIENT_UNKNOWN : client_rate(model, object, traffic, &rate);
    if (known == CLIENT_UNKNOWN || known == CLIENT_NEW || !client_settle(&rate, &per_s))
        return value_unknown(known == CLIENT_NEW ? VALUE_NEW : 0);
    struct value v = value_real(per_s);
    v.flags = known == CLIENT_ESTIMATED ? VALUE_ESTIMATED : 0;
    return aged(object, v);
}

struct value calc_server_in_client_msgs(const struct model *model, const struct object *object) {
    return client(model, object, TRAFFIC_IN_MSGS);
}

struct value calc_server_out_client_msgs(const struct model *model, const struct object *object) {
    return client(model, object, TRAFFIC_OUT_MSGS);
}

struct value calc_server_in_client_bytes(const struct model *model, const struct object *object) {
    return client(model, object, TRAFFIC_IN_BYTES);
}

struct value calc_server_out_client_bytes(const struct model *model, const struct object *object) {
    return client(model, object, TRAFFIC_OUT_BYTES);
}

struct value calc_server_max_pending(const struct model *model, const struct object *object) {
    const struct server *server = server_const(object);
    if (server->max_pending < 0)
        return value_unknown(0);
    struct value v = aged(object, value_int(server->max_pending));
    if (!server_is_fresh(model, server, SHAPE_CONNZ_HOT) && !server_is_fresh(model, server, SHAPE_CONNZ_FULL))
        v.flags |= VALUE_OLD;
    return v;
}

struct value calc_server_rtt(const struct model *model, const struct object *object) {
    (void)model;
    const struct server *server = server_const(object);
    return server->rtt_ns < 0 ? value_unknown(0) : aged(object, value_span(server->rtt_ns));
}

struct value calc_server_routes(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_text(server_const(object)->routes_text));
}

static struct value share(const struct object *object, enum field used, enum field limit) {
    double part, whole;
    if (!object->now || value_of_field(object->now, used).type == VALUE_UNKNOWN ||
        !row_number(object->now, used, &part) || !row_number(object->now, limit, &whole) || whole <= 0)
        return value_unknown(0);
    return aged(object, value_real(part / whole));
}

struct value calc_server_js_memory_share(const struct model *model, const struct object *object) {
    (void)model;
    return share(object, F_SERVER_js_memory, F_SERVER_js_max_memory);
}

struct value calc_server_js_storage_share(const struct model *model, const struct object *object) {
    (void)model;
    return share(object, F_SERVER_js_storage, F_SERVER_js_max_storage);
}

struct value calc_server_uptime(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, since_field(object, F_SERVER_start));
}

struct value calc_server_restarts(const struct model *model, const struct object *object) {
    (void)model;
    const struct server *server = server_const(object);
    return server->reached ? value_uint((uint64_t)server->restarts) : value_unknown(0);
}
