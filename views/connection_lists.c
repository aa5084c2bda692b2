/* The lists of the view Connections: open ones, closed ones, both, and groups. */
#include "views/connections.h"

#include <stddef.h>

static const struct quantity_column open_columns[] = {
#define COLUMN(...) {__VA_ARGS__},
#define ENDED(...)
#include "views/connection_columns.def"
};

static const struct quantity_column both_columns[] = {
#define COLUMN(...) {__VA_ARGS__},
#define ENDED(...)  {__VA_ARGS__},
#include "views/connection_columns.def"
};

/* Of closed ones what they did in their life: there are no rates any more. */
static const struct quantity_column closed_columns[] = {
    {.quantity = Q_CONNECTION_cid, .priority = 0, .width = 7, .pinned = true},
    {.quantity = Q_CONNECTION_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_CONNECTION_server, .priority = 2, .grow = 6, .pinned = true},
    {.quantity = Q_CONNECTION_name, .priority = 2, .grow = 16, .pinned = true},
    {.quantity = Q_CONNECTION_closed_at, .priority = 1, .width = 9},
    {.quantity = Q_CONNECTION_closed_by, .priority = 1},
    {.quantity = Q_CONNECTION_lived, .priority = 2},
    {.quantity = Q_CONNECTION_account, .priority = 9},
    {.quantity = Q_CONNECTION_user, .priority = 12},
    {.quantity = Q_CONNECTION_kind, .priority = 21},
    {.quantity = Q_CONNECTION_pending_bytes, .priority = 3},
    {.quantity = Q_CONNECTION_pending_share, .priority = 6},
    {.quantity = Q_CONNECTION_in_msgs, .priority = 4},
    {.quantity = Q_CONNECTION_out_msgs, .priority = 4},
    {.quantity = Q_CONNECTION_in_bytes, .priority = 5},
    {.quantity = Q_CONNECTION_out_bytes, .priority = 5},
    {.quantity = Q_CONNECTION_subscriptions, .priority = 10},
    {.quantity = Q_CONNECTION_stalls, .priority = 15, .off = true},
    {.quantity = Q_CONNECTION_started, .priority = 11, .off = true},
    {.quantity = Q_CONNECTION_last_activity, .priority = 18, .off = true},
    {.quantity = Q_CONNECTION_lang, .priority = 13},
    {.quantity = Q_CONNECTION_version, .priority = 14},
    {.quantity = Q_CONNECTION_tls, .priority = 19},
    {.quantity = Q_CONNECTION_address, .priority = 13},
    {.quantity = Q_CONNECTION_reason, .priority = 8, .grow = 10},
    {.quantity = Q_CONNECTION_host, .priority = 13, .off = true},
    {.quantity = Q_CONNECTION_state, .priority = 22, .off = true},
    {.quantity = Q_CONNECTION_idle_at_end, .priority = 22, .off = true},
    {.quantity = Q_CONNECTION_cuts, .priority = 22, .off = true},
    {.quantity = Q_CONNECTION_mqtt_client, .priority = 22, .off = true},
    {.quantity = Q_CONNECTION_name_tag, .priority = 22, .off = true},
    {.quantity = Q_CONNECTION_tls_cipher, .priority = 22, .off = true},
};

static const struct quantity_column group_columns[] = {
    {.quantity = Q_GROUP_key, .priority = 0, .grow = 32, .pinned = true},
    {.quantity = Q_GROUP_connections, .priority = 1},
    {.quantity = Q_GROUP_servers, .priority = 8},
    {.quantity = Q_GROUP_pending_bytes, .priority = 2},
    {.quantity = Q_GROUP_pending_most, .priority = 6},
    {.quantity = Q_GROUP_pending_share, .priority = 6},
    {.quantity = Q_GROUP_in_msgs_per_s, .priority = 3, .total = Q_GROUP_in_msgs},
    {.quantity = Q_GROUP_out_msgs_per_s, .priority = 3, .total = Q_GROUP_out_msgs},
    {.quantity = Q_GROUP_in_bytes_per_s, .priority = 5, .total = Q_GROUP_in_bytes},
    {.quantity = Q_GROUP_out_bytes_per_s, .priority = 5, .total = Q_GROUP_out_bytes},
    {.quantity = Q_GROUP_in_msgs, .priority = 16},
    {.quantity = Q_GROUP_out_msgs, .priority = 16},
    {.quantity = Q_GROUP_in_bytes, .priority = 17},
    {.quantity = Q_GROUP_out_bytes, .priority = 17},
    {.quantity = Q_GROUP_subscriptions, .priority = 7},
    {.quantity = Q_GROUP_stalls, .priority = 15, .off = true},
    {.quantity = Q_GROUP_stalls_per_s, .priority = 15, .off = true, .total = Q_GROUP_stalls},
};
#define LIST(I, NAME, COLUMNS)                                                                               \
    [I] = {NAME, offsetof(struct connections, lists[I]), COLUMNS,                                            \
           (int)(sizeof(COLUMNS) / sizeof((COLUMNS)[0]))}

const struct view_list_row connection_list_rows[CONNECTIONS_LISTS + 1] = {
    LIST(CONNECTIONS_OPEN, "connections", open_columns),
    LIST(CONNECTIONS_CLOSED, "closed", closed_columns),
    LIST(CONNECTIONS_BOTH, "both", both_columns),
    LIST(CONNECTIONS_GROUPED, "groups", group_columns),
};

const struct connection_list_info connection_lists[CONNECTIONS_LISTS] = {
    [CONNECTIONS_OPEN] = {OBJECT_CONNECTION, Q_CONNECTION_pending_bytes, true, false, "no connections",
                          "open connections"},
    [CONNECTIONS_CLOSED] = {OBJECT_CONNECTION, Q_CONNECTION_closed_at, false, true, "none that we know of",
                            "closed connections"},
    [CONNECTIONS_BOTH] = {OBJECT_CONNECTION, Q_CONNECTION_pending_bytes, true, true, "no connections",
                          "open and closed connections"},
    [CONNECTIONS_GROUPED] = {OBJECT_GROUP, Q_GROUP_in_msgs_per_s, false, false, "no connections", NULL},
};
