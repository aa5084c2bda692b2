/* Who fills now, who was cut, what the servers count. */
#include "views/slow_parts.h"

#include <string.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { NEXT_BRIEF = 11, NEXT_WIDE = 35, NEXT_WHOLE = 50 }; /* columns */

static const struct quantity_column now_columns[] = {
    {.quantity = Q_CONNECTION_cid, .priority = 0, .width = 6, .pinned = true},
    {.quantity = Q_CONNECTION_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_CONNECTION_server, .priority = 4, .width = 6, .grow = 6, .pinned = true},
    {.quantity = Q_CONNECTION_name, .priority = 3, .width = 12, .grow = 20, .pinned = true},
    {.quantity = Q_CONNECTION_account, .priority = 11, .width = 6, .grow = 10},
    {.quantity = Q_CONNECTION_user, .priority = 20},
    {.quantity = Q_CONNECTION_pending_bytes, .priority = 2},
    {.quantity = Q_CONNECTION_pending_share, .priority = 1},
    {.quantity = Q_CONNECTION_pending_share,
     .form = COLUMN_GAUGE,
     .mark = Q_CONNECTION_held_from,
     .title = "0        max",
     .width = 12,
     .priority = 7},
    {.quantity = Q_CONNECTION_pending_slope, .priority = 5},
    {.quantity = Q_CONNECTION_drain, .priority = 8},
    {.quantity = Q_CONNECTION_next, .priority = 1, .width = NEXT_BRIEF, .brief = Q_CONNECTION_step},
    {.quantity = Q_CONNECTION_cut_in, .priority = 9},
    {.quantity = Q_CONNECTION_likely, .priority = 3},
    {.quantity = Q_CONNECTION_cuts, .priority = 6},
    {.quantity = Q_CONNECTION_stalls_per_s, .priority = 12},
    {.quantity = Q_CONNECTION_subscriptions, .priority = 13},
    {.quantity = Q_CONNECTION_idle, .priority = 14},
    {.quantity = Q_CONNECTION_lang, .priority = 10, .width = 6},
    {.quantity = Q_CONNECTION_version, .priority = 15},
    {.quantity = Q_CONNECTION_out_msgs_per_s, .priority = 16},
    {.quantity = Q_CONNECTION_out_bytes_per_s, .priority = 17},
    {.quantity = Q_CONNECTION_address, .priority = 18},
    {.quantity = Q_CONNECTION_uptime, .priority = 19},
    {.quantity = Q_CONNECTION_tls, .priority = 20, .off = true},
};

static const struct quantity_column cut_columns[] = {
    {.quantity = Q_CONNECTION_closed_at, .priority = 0, .title = "TIME", .pinned = true},
    {.quantity = Q_CONNECTION_cid, .priority = 5, .width = 6, .pinned = true},
    {.quantity = Q_CONNECTION_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_CONNECTION_server, .priority = 4, .width = 6, .grow = 6, .pinned = true},
    {.quantity = Q_CONNECTION_name, .priority = 1, .width = 12, .grow = 20, .pinned = true},
    {.quantity = Q_CONNECTION_account, .priority = 13, .width = 6, .grow = 10},
    {.quantity = Q_CONNECTION_user, .priority = 12},
    {.quantity = Q_CONNECTION_reason_brief, .priority = 1, .grow = 10, .title = "REASON"},
    {.quantity = Q_CONNECTION_lived, .priority = 2},
    {.quantity = Q_CONNECTION_pending_bytes, .priority = 3},
    {.quantity = Q_CONNECTION_pending_share, .priority = 9},
    {.quantity = Q_CONNECTION_out_bytes, .priority = 7, .title = "OUT TOTAL", .width = 9},
    {.quantity = Q_CONNECTION_out_msgs, .priority = 17, .title = "OUT MSGS", .width = 8},
    {.quantity = Q_CONNECTION_subscriptions, .priority = 8},
    {.quantity = Q_CONNECTION_address, .priority = 6},
    {.quantity = Q_CONNECTION_lang, .priority = 14, .width = 6},
    {.quantity = Q_CONNECTION_version, .priority = 15},
    {.quantity = Q_CONNECTION_stalls, .priority = 16},
    {.quantity = Q_CONNECTION_closed_by, .priority = 19, .off = true},
    {.quantity = Q_CONNECTION_tls, .priority = 20, .off = true},
};

static const struct quantity_column counter_columns[] = {
    {.quantity = Q_SERVER_name, .priority = 0, .grow = 12, .pinned = true},
    {.quantity = Q_SERVER_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_SERVER_slow_consumers, .priority = 1},
    {.quantity = Q_SERVER_slow_clients, .priority = 2, .title = "CLIENTS"},
    {.quantity = Q_SERVER_slow_routes, .priority = 2, .title = "ROUTES"},
    {.quantity = Q_SERVER_slow_gateways, .priority = 3, .title = "GATEWAYS", .width = 8},
    {.quantity = Q_SERVER_slow_leafs, .priority = 3, .title = "LEAFS"},
    {.quantity = Q_SERVER_slow_again, .priority = 5, .title = "AGAIN", .width = 5},
    {.quantity = Q_SERVER_cut_10m, .priority = 4},
    {.quantity = Q_SERVER_stalls_per_s, .priority = 4},
    {.quantity = Q_SERVER_stale_connections, .priority = 5},
    {.quantity = Q_SERVER_closed_missed, .priority = 6},
    {.quantity = Q_SERVER_max_pending, .priority = 7},
    {.quantity = Q_SERVER_max_pending_bytes, .priority = 9, .title = "PEND", .width = 6},
    {.quantity = Q_SERVER_version, .priority = 8},
};

#define LIST(PART, NAME, COLUMNS) [PART] = {NAME, offsetof(struct slow, lists[PART]), COLUMNS, COUNT(COLUMNS)}
const struct view_list_row slow_list_rows[SLOW_LISTS + 1] = {
    LIST(SLOW_NOW, "filling", now_columns),
    LIST(SLOW_CUT, "cut", cut_columns),
    LIST(SLOW_COUNTERS, "counters", counter_columns),
};

/* Of closed connections the newest first: nothing of them can get worse. */
static const struct {
    enum object_kind kind;
    enum quantity sort, then;
    bool by_severity;
} orders[SLOW_LISTS] = {
    [SLOW_NOW] = {OBJECT_CONNECTION, 0, Q_CONNECTION_pending_share, true},
    [SLOW_CUT] = {OBJECT_CONNECTION, Q_CONNECTION_closed_at, Q_CONNECTION_cid, false},
    [SLOW_COUNTERS] = {OBJECT_SERVER, 0, Q_SERVER_slow_consumers, true},
};

static int column_of(enum slow_part part, enum quantity q) {
    return quantity_column_named(slow_list_rows[part].columns, slow_list_rows[part].column_count,
                                 quantities[q].name);
}

void slow_lists_init(struct slow *slow) {
    for (int p = 0; p < SLOW_LISTS; p++)
        quantity_list_init(&slow->lists[p], orders[p].kind, slow_list_rows[p].columns,
                           slow_list_rows[p].column_count,
                           orders[p].by_severity ? -1 : column_of((enum slow_part)p, orders[p].sort),
                           column_of((enum slow_part)p, orders[p].then));
    slow->lists[SLOW_CUT].table.mark = false;
    slow->list.first = slow->list.focus = &slow->lists[SLOW_NOW];
}

/* ---- which rows there are ---- */

static bool is_quiet(const struct model *model, const struct object *connection) {
    return connection->freshness == FRESH_GONE || !quantity_get(model, connection, Q_CONNECTION_filling).b;
}

static bool closed_by(const struct model *model, const struct object *connection, const char *group) {
    return strcmp(quantity_name_text(model, connection, Q_CONNECTION_closed_by), group) == 0;
}

static bool is_not_the_servers_doing(const struct model *model, const struct object *connection) {
    return !model_is_closed(connection) || closed_by(model, connection, "ordinary");
}

static bool is_not_slow(const struct model *model, const struct object *connection) {
    return !closed_by(model, connection, "slow");
}

#define OF_NOW (1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_FULL)
#define OF_CUT (1u << SHAPE_CONNZ_CLOSED)

static const struct quantity_pick picks[SLOW_LISTS] = {
    [SLOW_NOW] = {.skip = is_quiet, .shapes = OF_NOW},
    [SLOW_CUT] = {.skip = is_not_the_servers_doing,
                  .idle = is_not_slow,
                  .idle_text = "",
                  .gone = true,
                  .shapes = OF_CUT},
};

void slow_list_arrange(struct slow *slow, enum slow_part part, const struct view_context *context, int width,
                       int height) {
    struct quantity_list *list = &slow->lists[part];
    struct quantity_pick pick = picks[part];
    pick.no_filter = list != slow->list.focus;
    pick.keep = slow->opened;
    list->table.focused = list == slow->list.focus;
    if (part == SLOW_NOW)
        list->made[column_of(part, Q_CONNECTION_next)].width = width >= 190   ? NEXT_WHOLE
                                                               : width >= 110 ? NEXT_WIDE
                                                                              : NEXT_BRIEF;
    quantity_list_arrange(list, context, &pick, width, height);
}

const struct object *slow_selected(const struct slow *slow, const struct model *model) {
    const struct quantity_list *list =
        slow->list.focus == &slow->lists[SLOW_COUNTERS] ? &slow->lists[SLOW_NOW] : slow->list.focus;
    const struct object *object = quantity_list_selected(list, model);
    if (!object && list == &slow->lists[SLOW_NOW]) /* whom it was about last, then */
        object = quantity_list_selected(&slow->lists[SLOW_CUT], model);
    return object;
}
