#include "model/calc.h"
#include "model/connection.h"

#include <string.h>

struct value calc_connection_server(const struct model *model, const struct object *object) {
    return calc_server_name(model, object->parent);
}

/* Asked with auth=1 a server leaves out the global account alone. */
struct value calc_connection_account(const struct model *model, const struct object *object) {
    (void)model;
    const char *account = row_text(object->now, F_CONNECTION_account);
    return value_text(*account ? account : "$G");
}

struct value calc_connection_kind(const struct model *model, const struct object *object) {
    (void)model;
    const char *type = row_text(object->now, F_CONNECTION_type),
               *kind = row_text(object->now, F_CONNECTION_kind);
    if (*type)
        return value_text(type);
    return value_text(strcmp(kind, "Leafnode") == 0 ? "leaf" : kind);
}

struct value calc_connection_address(const struct model *model, const struct object *object) {
    (void)model;
    const struct connection *connection = object->extra;
    return value_text(connection->address ? connection->address->bytes : NULL);
}

struct value calc_connection_pending_share(const struct model *model, const struct object *object) {
    (void)model;
    double pending, most;
    const struct row *server = object->parent->now;
    if (!row_number(object->now, F_CONNECTION_pending_bytes, &pending) || !server ||
        !row_number(server, F_SERVER_max_pending, &most) || most <= 0)
        return value_unknown(0);
    return aged(object, value_real(pending / most));
}

/* "0s" is how a server says that it has not measured. */
struct value calc_connection_rtt(const struct model *model, const struct object *object) {
    (void)model;
    int64_t rtt = row_i64(object->now, F_CONNECTION_rtt, 0);
    return rtt > 0 ? aged(object, value_span(rtt)) : value_unknown(0);
}

/* Of a closed one until it was closed. */
static struct value until_end(const struct object *object, enum field since) {
    const struct row *row = object->now;
    if (!row_has(row, F_CONNECTION_stop) || !row_has(row, since))
        return aged(object, since_field(object, since));
    int64_t span = row_cell(row, F_CONNECTION_stop)->i - row_cell(row, since)->i;
    struct value v = value_span(span);
    v.flags = model_is_inferred(object) ? VALUE_BOUND : 0;
    return span >= 0 ? v : value_unknown(0);
}

struct value calc_connection_idle(const struct model *model, const struct object *object) {
    (void)model; /* who has ended waits for no message */
    return object->freshness == FRESH_GONE ? value_unknown(0) : until_end(object, F_CONNECTION_last_activity);
}

struct value calc_connection_idle_at_end(const struct model *model, const struct object *object) {
    (void)model;
    return object->freshness == FRESH_GONE ? until_end(object, F_CONNECTION_last_activity) : value_unknown(0);
}

struct value calc_connection_uptime(const struct model *model, const struct object *object) {
    (void)model;
    return until_end(object, F_CONNECTION_start);
}

/* ---- subscriptions ---- */

struct value calc_subscription_client(const struct model *model, const struct object *object) {
    const struct object *connection = model_connection_of(model, object);
    if (model_is_server_own(object))
        return value_text("the server itself");
    return value_text(connection ? row_text(connection->now, F_CONNECTION_name) : NULL);
}

/* Listed with its connection it has none of its own. */
struct value calc_subscription_account(const struct model *model, const struct object *object) {
    const struct object *connection = model_connection_of(model, object);
    const char *own = row_text(object->now, F_SUBSCRIPTION_account);
    if (!*own && connection)
        return calc_connection_account(model, connection);
    return value_text(*own ? own : "$G");
}

/* ---- the cost of watching ---- */

struct value calc_cost_server(const struct model *model, const struct object *object) {
    return calc_server_name(model, object->parent);
}

struct value calc_cost_endpoint(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(shape_name((unsigned)row_u64(object->now, F_COST_shape, 0)));
}

struct value calc_cost_share(const struct model *model, const struct object *object) {
    (void)model;
    struct value v = rate_of_field(object, F_COST_spent);
    if (v.type == VALUE_REAL)
        v.f = v.f / (double)NS_PER_S * 100;
    return v;
}
