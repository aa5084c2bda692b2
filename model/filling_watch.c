#include "model/filling.h"

#include <math.h>
#include <stdlib.h>

#include "model/calc.h"
#include "model/connection.h"

#define FED_LEAST 0.05 /* of what comes to it is sent by clients of its server */

static bool poll_of(const struct row *row, const struct stamp *at, struct fill_poll *out) {
    out->now_ns = at->now_ns;
    out->stalls = NAN;
    if (row)
        row_number(row, F_CONNECTION_stalls, &out->stalls);
    return row && row_number(row, F_CONNECTION_pending_bytes, &out->pending) &&
           row_number(row, F_CONNECTION_out_bytes, &out->out_bytes) &&
           row_number(row, F_CONNECTION_out_msgs, &out->out_msgs);
}

/* Since it connected; NAN not known. */
static double usual_of(const struct object *object, const struct fill_poll *poll) {
    int64_t start = row_i64(object->now, F_CONNECTION_start, TIME_UNSET);
    if (!poll || start == TIME_UNSET || start >= poll->now_ns)
        return NAN;
    return poll->out_bytes * (double)NS_PER_S / (double)(poll->now_ns - start);
}

static void let_go(struct connection *connection) {
    free(connection->filling);
    connection->filling = NULL;
}

static void begin(struct connection *connection, const struct object *object, const struct fill_poll *poll,
                  const struct row *server) {
    struct fill_poll before;
    double most = 0;
    bool known = poll_of(object->before, &object->before_at, &before);
    if (server)
        row_number(server, F_SERVER_max_pending, &most);
    if (filling_is_due(known ? &before : NULL, poll, most))
        connection->filling =
            filling_create(known ? &before : NULL, usual_of(object, known ? &before : NULL));
}

/* A message of a client is one to it, or a few. */
static bool is_fed_else(const struct model *model, const struct object *connection) {
    static const struct {
        enum quantity sent;
        enum field got;
    } ways[] = {{Q_SERVER_in_client_msgs_per_s, F_CONNECTION_out_msgs},
                {Q_SERVER_in_client_bytes_per_s, F_CONNECTION_out_bytes}};
    bool is = false;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        double sent, got;
        is |= value_number(quantity_get(model, connection->parent, ways[i].sent), &sent) &&
              value_number(rate_of_field(connection, ways[i].got), &got) && sent < FED_LEAST * got;
    }
    return is;
}

void filling_watch(const struct model *model, struct entry *entry, bool hot) {
    const struct object *object = &entry->object;
    struct connection *connection = object->extra;
    const struct row *server = object->parent->now;
    struct fill_poll poll;
    if ((!connection->filling && !hot) || !poll_of(object->now, &object->now_at, &poll))
        return;
    if (connection->filling && !object->before) { /* another run, or away for a while */
        let_go(connection);
        connection->likely = NULL;
        connection->reads_most = NAN;
    }
    if (!connection->filling && hot)
        begin(connection, object, &poll, server);
    if (!connection->filling)
        return;
    filling_put(connection->filling, &poll, server, object->now, is_fed_else(model, object));
    if (!connection->filling->was_cut) {
        connection->likely = filling_likely(connection->filling);
        connection->reads_most = connection->filling->reads_most;
    }
    if (filling_is_over(connection->filling))
        let_go(connection);
}

void filling_end(struct entry *entry) {
    let_go(entry->object.extra);
}

const struct filling *filling_of(const struct object *object) {
    const struct connection *connection = object->extra;
    return object->freshness == FRESH_LIVE ? connection->filling : NULL;
}
