/* The panels: what each shows, and where the whole of it is. */
#include "views/account.h"
#include "views/overview_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/clusters.h"
#include "views/events.h"
#include "views/jetstream_heard.h"
#include "views/slow_tally.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* The order in which columns go when room is short is the overview's own: a list among others keeps what
 * tells good from bad, the view of its own what tells why. So the lists are written out here and there. */
static const struct quantity_column node_columns[] = {
    {.quantity = Q_SERVER_name, .priority = 0, .grow = 24, .pinned = true},
    {.quantity = Q_SERVER_cluster, .priority = 1, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_SERVER_version, .priority = 9},
    {.quantity = Q_SERVER_health, .priority = 20, .grow = 6},
    {.quantity = Q_SERVER_cpu, .priority = 1},
    {.quantity = Q_SERVER_mem, .priority = 3},
    {.quantity = Q_SERVER_connections, .priority = 2},
    {.quantity = Q_SERVER_connects_per_s, .priority = 16},
    {.quantity = Q_SERVER_subscriptions, .priority = 10},
    {.quantity = Q_SERVER_in_client_msgs_per_s, .priority = 2},
    {.quantity = Q_SERVER_out_client_msgs_per_s, .priority = 2},
    {.quantity = Q_SERVER_in_client_bytes_per_s, .priority = 11},
    {.quantity = Q_SERVER_out_client_bytes_per_s, .priority = 11},
    {.quantity = Q_SERVER_slow_consumers, .priority = 5},
    {.quantity = Q_SERVER_max_pending_bytes, .priority = 15, .width = 6},
    {.quantity = Q_SERVER_rtt, .priority = 7},
    {.quantity = Q_SERVER_routes, .priority = 12},
    {.quantity = Q_SERVER_leafnodes, .priority = 22},
    {.quantity = Q_SERVER_js_memory_share, .priority = 13},
    {.quantity = Q_SERVER_js_storage_share, .priority = 6},
    {.quantity = Q_SERVER_js_api_per_s, .priority = 17},
    {.quantity = Q_SERVER_js_api_errors, .priority = 18},
    {.quantity = Q_SERVER_restarts, .priority = 19},
    {.quantity = Q_SERVER_uptime, .priority = 8, .width = 7},
    {.quantity = Q_SERVER_cpu,
     .form = COLUMN_SPARK,
     .title = "CPU 10m",
     .width = 18,
     .priority = 4,
     .grow = 32},
};

static const struct quantity_column lag_columns[] = {
    {.quantity = Q_CONSUMER_path, .priority = 0, .width = 20, .grow = 200, .pinned = true},
    {.quantity = Q_CONSUMER_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_CONSUMER_account, .priority = 12, .off = true},
    {.quantity = Q_CONSUMER_lag, .priority = 1},
    {.quantity = Q_CONSUMER_lag_slope, .priority = 2},
    {.quantity = Q_CONSUMER_time_behind, .priority = 2},
    {.quantity = Q_CONSUMER_drain, .priority = 3},
    {.quantity = Q_CONSUMER_state, .priority = 1},
    {.quantity = Q_CONSUMER_ack_pending, .priority = 6},
    {.quantity = Q_CONSUMER_max_ack_pending, .priority = 8},
    {.quantity = Q_CONSUMER_redelivered, .priority = 6},
    {.quantity = Q_CONSUMER_waiting, .priority = 9},
    {.quantity = Q_CONSUMER_acked_per_s, .priority = 7},
    {.quantity = Q_CONSUMER_leader, .priority = 5, .grow = 4},
    {.quantity = Q_CONSUMER_last_ack, .priority = 6},
    {.quantity = Q_CONSUMER_lag,
     .form = COLUMN_SPARK,
     .title = "10m",
     .width = 10,
     .priority = 4,
     .grow = 20},
};

static const struct quantity_column pending_columns[] = {
    {.quantity = Q_CONNECTION_cid, .priority = 0, .width = 7, .pinned = true},
    {.quantity = Q_CONNECTION_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_CONNECTION_server, .priority = 1, .grow = 4, .pinned = true},
    {.quantity = Q_CONNECTION_name, .priority = 2, .grow = 8, .pinned = true},
    {.quantity = Q_CONNECTION_account, .priority = 7},
    {.quantity = Q_CONNECTION_pending_bytes, .priority = 1},
    {.quantity = Q_CONNECTION_pending_share, .priority = 2},
    {.quantity = Q_CONNECTION_pending_share,
     .form = COLUMN_GAUGE,
     .mark = Q_CONNECTION_held_from,
     .title = "0        max",
     .width = 12,
     .priority = 6},
    {.quantity = Q_CONNECTION_pending_slope, .priority = 3},
    {.quantity = Q_CONNECTION_next, .priority = 1, .width = 11, .brief = Q_CONNECTION_step},
    {.quantity = Q_CONNECTION_likely, .priority = 4},
    {.quantity = Q_CONNECTION_cuts, .priority = 4},
    {.quantity = Q_CONNECTION_out_msgs_per_s, .priority = 5},
    {.quantity = Q_CONNECTION_out_bytes_per_s, .priority = 5},
    {.quantity = Q_CONNECTION_subscriptions, .priority = 9},
    {.quantity = Q_CONNECTION_idle, .priority = 8},
    {.quantity = Q_CONNECTION_lang, .priority = 9},
    {.quantity = Q_CONNECTION_version, .priority = 10},
    {.quantity = Q_CONNECTION_address, .priority = 11},
};

struct quantity_list *overview_list(const struct overview *o, enum panel panel) {
    struct overview *own = (struct overview *)o;
    struct quantity_list *lists[PANEL_COUNT] = {
        [PANEL_NODES] = &own->nodes, [PANEL_LAG] = &own->lag, [PANEL_PENDING] = &own->pending};
    return lists[panel];
}

const struct view_list_row overview_list_rows[] = {
    {"nodes", offsetof(struct overview, nodes), node_columns, COUNT(node_columns)},
    {"lag", offsetof(struct overview, lag), lag_columns, COUNT(lag_columns)},
    {"pending", offsetof(struct overview, pending), pending_columns, COUNT(pending_columns)},
    {NULL, 0, NULL, 0},
};

void overview_lists_init(struct overview *o) {
    quantity_list_init(&o->nodes, OBJECT_SERVER, node_columns, COUNT(node_columns), -1, 0);
    quantity_list_init(&o->lag, OBJECT_CONSUMER, lag_columns, COUNT(lag_columns), -1, 3);
    quantity_list_init(&o->pending, OBJECT_CONNECTION, pending_columns, COUNT(pending_columns), -1, 5);
    o->list.first = &o->nodes;
}

static void key_of(const char *view, char *out, size_t size) {
    const struct view_ops *ops = view ? view_by_name(view) : NULL;
    keymap_first(ops ? view_action(ops) : ACTION_NONE, out, size);
}

void overview_hidden(const struct overview *o, bool brief, char *out, size_t size) {
    size_t len = 0;
    out[0] = 0;
    for (int p = PANEL_LAG; p < PANEL_EVENTS; p++) {
        char key[32];
        if (o->place[p].h || len >= size || (o->compact && !overview_list(o, (enum panel)p)->count))
            continue;
        key_of(overview_panels[p].view, key, sizeof(key));
        if (brief)
            len += (size_t)snprintf(out + len, size - len, "%s%s", len ? " " : "more: ", key);
        else
            len += (size_t)snprintf(out + len, size - len, *key ? "%s%s (%s)" : "%s%s",
                                    len ? ", " : "hidden: ", overview_panels[p].name, key);
    }
}

/* "LAG 3"; cut "LAG worst 5 of 9", and "LAG 5 of 9" where the rows seen are not the worst ones. */
static void counted_title(const struct quantity_list *list, size_t all, const char *name, char *out,
                          size_t size) {
    const struct table *t = &list->table;
    size_t page = t->page > 0 ? (size_t)t->page : 0, shown = page < list->count ? page : list->count;
    bool worst = t->sort < 0 && !t->reverse && t->top == 0;
    if (all == 0)
        snprintf(out, size, "%s", name);
    else if (shown == all)
        snprintf(out, size, "%s %zu", name, all);
    else
        snprintf(out, size, "%s %s%zu of %zu", name, worst ? "worst " : "", shown, all);
}

static void draw_nodes(const struct overview *o, const struct view_context *context, struct surface *s,
                       struct rect area) {
    (void)context;
    char title[64], sort[160], right[400], hidden[160];
    counted_title(&o->nodes, o->nodes.count, "NODES", title, sizeof(title));
    quantity_list_status(&o->nodes, sort, sizeof(sort));
    overview_hidden(o, false, hidden, sizeof(hidden));
    snprintf(right, sizeof(right), "%s%s%s", hidden, *hidden ? "   " : "", sort);
    quantity_panel_draw(&o->nodes, s, area, title, right, account_empty(context->model, "no server yet"));
}

/* A sum over consumers that nobody tells of any more is none. */
static bool any_live(const struct quantity_list *list) {
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].object->freshness == FRESH_LIVE)
            return true;
    return false;
}

/* What narrows this list, and where the whole of it is. */
static void right_text(const struct quantity_list *list, char *out, size_t size, const char *view,
                       const char *title) {
    const char *filter = list->filter ? filter_text(list->filter) : "";
    char key[60];
    keymap_hint(view_action(view_by_name(view)), title, key, sizeof(key));
    snprintf(out, size, "%s%s%s%s", *filter ? "filter: " : "", filter, *filter ? "   " : "", key);
}

static void draw_lag(const struct overview *o, const struct view_context *context, struct surface *s,
                     struct rect area) {
    char title[200], total_lag[64], heard[60], right[400], absence[100];
    struct value sum = clusters_sum(context->model, Q_CLUSTER_lag);
    bool known = any_live(&o->lag) && sum.type == VALUE_REAL;
    quantity_number(total_lag, sizeof(total_lag), context, Q_CLUSTER_lag, sum.f);
    counted_title(&o->lag, o->lag.known - o->lag.internal, "LAG", title, sizeof(title));
    if (o->lag.internal)
        snprintf(title + strlen(title), sizeof(title) - strlen(title), ", %zu internal hidden",
                 o->lag.internal);
    jetstream_heard(context->model, heard, sizeof(heard));
    jetstream_absence(context->model, absence, sizeof(absence));
    if (known)
        snprintf(title + strlen(title), sizeof(title) - strlen(title), "   total %s%s%s", clusters_bound(sum),
                 total_lag, sum.flags & (VALUE_ESTIMATED | VALUE_OLD) ? "~" : "");
    if (*heard && !*absence)
        snprintf(title + strlen(title), sizeof(title) - strlen(title), "%s%s", known ? ", " : "   ", heard);
    right_text(&o->lag, right, sizeof(right), "jetstream", "JetStream");
    const char *empty = !model_has(context->model, SHAPE_JSZ) ? "JetStream: not collected here yet"
                        : *absence                            ? absence
                                                              : "no consumers";
    quantity_panel_draw(&o->lag, s, area, title, right, empty);
}

static void draw_pending(const struct overview *o, const struct view_context *context, struct surface *s,
                         struct rect area) {
    char title[500], right[400], of[NUMBER_TEXT_SIZE];
    uint64_t rows, all;
    size_t shown = (size_t)(area.h > 2 ? area.h - 2 : 0);
    shown = shown < o->pending.count ? shown : o->pending.count;
    model_connection_cover(context->model, &rows, &all);
    number_format_grouped(of, all);
    int len = shown && all ? snprintf(title, sizeof(title), "PENDING worst %zu of %s", shown, of)
                           : snprintf(title, sizeof(title), "PENDING");
    slow_brief(context, title + len, sizeof(title) - (size_t)len);
    right_text(&o->pending, right, sizeof(right), "slow", "Slow");
    if (*o->links && shown && text_width(title) + text_width(o->links) + text_width(right) + 8 <= area.w)
        snprintf(title + strlen(title), sizeof(title) - strlen(title), ", %s", o->links);
    bool any = model_has(context->model, SHAPE_CONNZ_HOT) || model_has(context->model, SHAPE_CONNZ_FULL);
    quantity_panel_draw(&o->pending, s, area, title, right,
                        any ? "no connections" : "connections: not collected here yet");
}

static void draw_events(const struct overview *o, const struct view_context *context, struct surface *s,
                        struct rect area) {
    (void)o;
    surface_rule(s, area, "EVENTS newest first", ":events");
    if (model_event_count(context->model) == 0)
        surface_text(s, area, area.x + 3, area.y + 1, ROLE_MUTED, 0,
                     "nothing has changed since we began to look");
    events_draw(context, s, rect_below(area, 1));
}

#define OF_LAG     (1u << SHAPE_JSZ)
#define OF_PENDING (1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_FULL)

const struct panel_info overview_panels[PANEL_COUNT] = {
    [PANEL_CHARTS] = {"charts", 9, 1, NULL, 0, overview_draw_charts},
    [PANEL_RATES] = {"rates", 1, 1, NULL, 0, overview_draw_rates},
    [PANEL_NODES] = {"nodes", 3, 0, NULL, ~(OF_LAG | OF_PENDING), draw_nodes},
    [PANEL_LAG] = {"lag", 4, 2, "jetstream", OF_LAG, draw_lag},
    [PANEL_PENDING] = {"pending", 3, 3, "slow", OF_PENDING, draw_pending},
    [PANEL_EVENTS] = {"events", 3, 4, "events", 0, draw_events},
};
