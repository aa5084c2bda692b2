#include "views/slow_tally.h"

#include <stdio.h>
#include <string.h>

#include "views/quantity_text.h"

int64_t slow_closed_ago(const struct view_context *context, const struct object *connection) {
    struct value stop = quantity_get(context->model, connection, Q_CONNECTION_closed_at);
    const struct object *server = connection->parent;
    if (stop.type != VALUE_TIME || stop.i == TIME_UNSET || !server || !server->now)
        return TIME_UNSET;
    int64_t ago = server->now_at.now_ns - stop.i + (context->utc_ns - server->now_at.utc_ns);
    return ago > 0 ? ago : 0;
}

static void count_cut(const struct view_context *context, struct slow_tally *tally) {
    size_t count;
    const struct object *const *all = model_objects(context->model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++) {
        const struct object *connection = model_nth(all, i, count);
        if (!model_is_closed(connection) ||
            strcmp(quantity_name_text(context->model, connection, Q_CONNECTION_closed_by), "slow") != 0)
            continue;
        int64_t ago = slow_closed_ago(context, connection);
        bool leaf = strcmp(quantity_name_text(context->model, connection, Q_CONNECTION_kind), "leaf") == 0;
        tally->leafs += leaf && ago != TIME_UNSET && ago <= SLOW_WINDOW_NS;
        if (leaf || ago == TIME_UNSET)
            continue;
        tally->cut += ago <= SLOW_WINDOW_NS;
        tally->last_ns = tally->last_ns == TIME_UNSET || ago < tally->last_ns ? ago : tally->last_ns;
    }
}

/* Of a server that began within the window and has no record of a cut: all that it counts. */
static void add_untold(const struct model *model, const struct object *server, struct slow_tally *tally) {
    double up, cut, counted;
    if (!quantity_value(model, server, Q_SERVER_uptime, &up) || up > (double)SLOW_WINDOW_NS ||
        !quantity_value(model, server, Q_SERVER_cut_10m, &cut) || cut > 0)
        return;
    bool divided = quantity_value(model, server, Q_SERVER_slow_clients, &counted);
    if ((!divided && !quantity_value(model, server, Q_SERVER_slow_consumers, &counted)) || counted <= 0)
        return;
    tally->untold += (uint64_t)counted;
    tally->undivided += divided ? 0 : (uint64_t)counted;
}

static size_t number_of(const struct model *model, const struct object *server, enum quantity q) {
    double number;
    return quantity_value(model, server, q, &number) ? (size_t)number : 0;
}

/* Some server did not tell, or not of all. */
static bool is_least(const struct model *model) {
    size_t count;
    const struct object *const *clusters = model_objects(model, OBJECT_CLUSTER, &count);
    for (size_t i = 0; i < count; i++)
        if (quantity_get(model, clusters[i], Q_CLUSTER_cut_10m).flags & VALUE_LEAST)
            return true;
    return false;
}

struct slow_tally slow_tally_of(const struct view_context *context) {
    struct slow_tally tally = {.last_ns = TIME_UNSET, .since_ns = TIME_UNSET};
    size_t count;
    const struct object *const *servers = model_objects(context->model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        double missed;
        if (strcmp(quantity_name_text(context->model, servers[i], Q_SERVER_state), "up") != 0)
            continue;
        tally.asked++;
        if (!quantity_value(context->model, servers[i], Q_SERVER_closed_missed, &missed))
            continue;
        tally.told++;
        tally.missed += (uint64_t)missed;
        tally.routes += number_of(context->model, servers[i], Q_SERVER_routes_closed);
        tally.gateways += number_of(context->model, servers[i], Q_SERVER_gateways_closed);
        tally.awaited += number_of(context->model, servers[i], Q_SERVER_slow_awaited);
        add_untold(context->model, servers[i], &tally);
        if (tally.since_ns == TIME_UNSET || servers[i]->first_utc_ns < tally.since_ns)
            tally.since_ns = servers[i]->first_utc_ns;
    }
    tally.least = is_least(context->model);
    count_cut(context, &tally);
    return tally;
}

/* The least of all that fill; unknown: none is foreseen. */
static struct value next_cut(const struct model *model) {
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_CONNECTION, &count);
    struct value least = {.type = VALUE_UNKNOWN};
    for (size_t i = 0; i < count; i++) {
        const struct object *connection = model_nth(all, i, count);
        struct value in = quantity_get(model, connection, Q_CONNECTION_cut_in);
        if (connection->freshness == FRESH_LIVE && in.type == VALUE_SPAN &&
            (least.type != VALUE_SPAN || in.i < least.i))
            least = in;
    }
    return least;
}

void slow_brief(const struct view_context *context, char *out, size_t size) {
    struct slow_tally tally = slow_tally_of(context);
    struct value in = next_cut(context->model);
    char next[TIME_TEXT_SIZE];
    int len = 0;
    out[0] = 0;
    if (in.type == VALUE_SPAN) {
        lasted_format(next, in.i);
        len = snprintf(out, size, ", next cut %s %s%s", in.flags & VALUE_BOUND ? "within" : "in", next,
                       in.flags & VALUE_ESTIMATED ? "~" : "");
    }
    if (tally.cut && (size_t)len < size)
        snprintf(out + len, size - (size_t)len, ", %s%zu cut in 10 min", tally.least ? "≥" : "", tally.cut);
}
