/* What routes and gateways have in common: what comes next for one on which bytes wait, and where a gateway
 * leads. */
#include "model/calc.h"
#include "model/link_watch.h"
#include "model/round_trip.h"

#include <stdio.h>
#include <string.h>

/* Whatever a server writes to a peer has to be through by its deadline. Where nothing of it went, the
 * connection is closed; where something did, only if that is configured, which is told of routes alone. */
static struct value next_of(const struct model *model, const struct object *link, int64_t deadline,
                            bool closes) {
    double pending = 0;
    char span[TIME_TEXT_SIZE], text[100];
    row_number(link->now, link->kind == OBJECT_ROUTE ? F_ROUTE_pending_bytes : F_GATEWAY_pending_bytes,
               &pending);
    if (deadline <= 0 || pending <= 0)
        return value_unknown(0);
    lasted_format(span, deadline);
    snprintf(text, sizeof text, "write deadline %s: %s", span,
             closes ? "then it is closed" : "closed if nothing leaves");
    return value_text(model_say(model, text));
}

static int64_t deadline_of(const struct object *link, enum field own) {
    const struct row *server = link->parent->now;
    int64_t general = server ? row_i64(server, F_SERVER_write_deadline, 0) : 0;
    return server && own ? row_i64(server, own, general) : general;
}

struct value calc_route_next(const struct model *model, const struct object *object) {
    const struct row *server = object->parent->now;
    bool closes = server && strcmp(row_text(server, F_SERVER_route_timeout), "close") == 0;
    return next_of(model, object, deadline_of(object, F_SERVER_route_deadline), closes);
}

struct value calc_gateway_next(const struct model *model, const struct object *object) {
    return next_of(model, object, deadline_of(object, 0), false);
}

struct value calc_gateway_peer(const struct model *model, const struct object *object) {
    char text[300];
    link_peer(model, object, text, sizeof text);
    return value_text(model_say(model, text));
}

struct value calc_gateway_uptime(const struct model *model, const struct object *object) {
    (void)model;
    return since_field(object, F_GATEWAY_start);
}

struct value calc_link_lasting_rtt(const struct model *model, const struct object *object) {
    int64_t ns = round_trip_lasting(model, object);
    return ns < 0 ? value_unknown(0) : aged(object, value_span(ns));
}

/* ---- who was slow ---- */

static struct value slow_peer(const struct model *model, const struct object *server, int link) {
    char text[300];
    bool known = link_watch_slow(&server_const(server)->link_watch, link, text, sizeof text);
    return known ? value_text(model_say(model, text)) : value_unknown(0);
}

struct value calc_server_slow_route(const struct model *model, const struct object *object) {
    return slow_peer(model, object, LINK_ROUTES);
}

struct value calc_server_slow_gateway(const struct model *model, const struct object *object) {
    return slow_peer(model, object, LINK_GATEWAYS);
}

struct value calc_server_slow_leaf(const struct model *model, const struct object *object) {
    return slow_peer(model, object, LINK_LEAFS);
}

/* ---- who was closed ---- */

static struct value closed_lately(const struct model *model, const struct object *server, int link) {
    const struct lately *closed = &server_const(server)->link_watch.of[link].closed;
    return server->now ? value_uint(lately_within(closed, model->utc_ns, 600 * NS_PER_S)) : value_unknown(0);
}

struct value calc_server_routes_closed(const struct model *model, const struct object *object) {
    return closed_lately(model, object, LINK_ROUTES);
}

struct value calc_server_gateways_closed(const struct model *model, const struct object *object) {
    return closed_lately(model, object, LINK_GATEWAYS);
}
