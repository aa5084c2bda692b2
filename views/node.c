/* Node: one server, all its figures against its peers, and how they went. */
#include "views/account.h"
#include "views/quantity_table.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/node_facts.h"
#include "views/node_figures.h"
#include "views/node_silent.h"
#include "views/page.h"
#include "views/place.h"
#include "views/spark.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { LEAST_FIGURES = 5, LEAST_CHART = 5, LEAST_ROUTES = 3, SUMMARY_MOST = 3, FEW_ROWS = 12 };

static const struct quantity_column route_columns[] = {
    {.quantity = Q_ROUTE_peer, .priority = 0, .grow = 14, .pinned = true},
    {.quantity = Q_ROUTE_links, .priority = 2},
    {.quantity = Q_ROUTE_peer_rtt, .priority = 1, .title = "RTT"},
    {.quantity = Q_ROUTE_peer_pending_bytes, .priority = 1, .width = 6, .title = "PEND"},
    {.quantity = Q_ROUTE_peer_in_msgs_per_s, .priority = 1, .width = 6, .title = "IN/s"},
    {.quantity = Q_ROUTE_peer_out_msgs_per_s, .priority = 1, .width = 6, .title = "OUT/s"},
};

static const struct chart_spec chart_specs[] = {
    {.quantity = Q_SERVER_cpu, .role = ROLE_CHART_LOAD, .title = "CPU %"},
    {.quantity = Q_SERVER_mem, .role = ROLE_CHART_LOAD, .title = "MEM"},
    {.quantity = Q_SERVER_in_client_msgs_per_s, .role = ROLE_CHART_IN, .title = "IN", .suffix = " msg/s"},
    {.quantity = Q_SERVER_out_client_msgs_per_s, .role = ROLE_CHART_OUT, .title = "OUT", .suffix = " msg/s"},
    {.quantity = Q_SERVER_connections, .role = ROLE_CHART_LOAD, .title = "CONN"},
    {.quantity = Q_SERVER_max_pending_bytes, .role = ROLE_CHART_LOAD, .title = "MAX PENDING"},
};

struct node {
    struct list_view list;
    struct quantity_list routes;
    struct chart_scale scales[COUNT(chart_specs)];
    uint64_t shown; /* the server of the last arrangement */
    struct rect summary_at, endpoints_at, figures_at, charts_at, routes_at;
    int state_rows, chart_columns;
    bool few_rows; /* the figures before all else */
};

static void init(void *state) {
    struct node *n = state;
    quantity_list_init(&n->routes, OBJECT_ROUTE, route_columns, COUNT(route_columns), -1, 0);
    n->list.first = n->list.focus = &n->routes;
}

static void finish(void *state) {
    struct node *n = state;
    quantity_list_finish(&n->routes);
}

static const struct object *server_of(const struct view_context *context) {
    size_t count;
    const struct object *object = context->object ? model_object(context->model, context->object) : NULL;
    if (object && object->kind == OBJECT_SERVER)
        return object;
    const struct object *const *servers = model_objects(context->model, OBJECT_SERVER, &count);
    return context->object == 0 && count ? servers[0] : NULL;
}

/* A peer has one row, whatever the number of connections to it: that of the first. */
static bool is_further_route(const struct model *model, const struct object *route) {
    size_t count;
    const char *peer = row_text(route->now, F_ROUTE_remote_id);
    const struct object *const *all = model_objects(model, OBJECT_ROUTE, &count);
    for (size_t i = 0; *peer && i < count && all[i] != route; i++)
        if (all[i]->parent == route->parent && strcmp(row_text(all[i]->now, F_ROUTE_remote_id), peer) == 0)
            return true;
    return false;
}

/* ---- layout ---- */

/* Where rows are few the figures come first. */
static void lay_out_few(struct node *n, const struct view_context *context, const struct object *server,
                        struct rect area) {
    int figures = node_figures_rows(context, server, area.w), y = area.y + 1;
    n->state_rows = node_state_rows(context, server);
    y += n->state_rows;
    int left = area.y + area.h > y ? area.y + area.h - y : 0;
    struct rect none = {area.x, y, area.w, 0};
    n->summary_at = n->endpoints_at = n->charts_at = n->routes_at = none;
    n->figures_at = (struct rect){area.x, y, area.w, figures < left ? figures : left};
    n->summary_at.y += n->figures_at.h;
    n->summary_at.h = left - n->figures_at.h;
}

static void lay_out(struct node *n, const struct view_context *context, const struct object *server,
                    struct rect area) {
    n->few_rows = area.h < FEW_ROWS;
    if (n->few_rows) {
        lay_out_few(n, context, server, area);
        return;
    }
    int figure_rows = 1 + node_figures_rows(context, server, area.w);
    int summary = node_summary(context, server, NULL, (struct rect){0, 0, area.w, 100});
    n->state_rows = node_state_rows(context, server);
    n->summary_at = (struct rect){area.x, area.y + 1 + n->state_rows, area.w,
                                  summary < SUMMARY_MOST ? summary : SUMMARY_MOST};
    int head = 1 + n->state_rows + n->summary_at.h, y = area.y + head, left = area.h - head;
    int endpoints = node_endpoints(context, server, NULL, (struct rect){area.x, y, area.w, area.h});
    n->endpoints_at = (struct rect){area.x, y, area.w, endpoints < left ? endpoints : left < 0 ? 0 : left};
    y += n->endpoints_at.h;
    left -= n->endpoints_at.h;
    if (left < 0)
        left = 0;
    int room = left - LEAST_CHART - LEAST_ROUTES; /* charts and routes come before the last figures */
    if (figure_rows > room && left > LEAST_FIGURES + LEAST_CHART)
        figure_rows = room > LEAST_FIGURES ? room : LEAST_FIGURES;
    if (figure_rows > left)
        figure_rows = left;
    n->figures_at = (struct rect){area.x, y, area.w, figure_rows};
    left -= figure_rows;
    y += figure_rows;
    n->chart_columns = area.w >= 66 ? 3 : 2;
    int bands = (COUNT(chart_specs) + n->chart_columns - 1) / n->chart_columns;
    int routes = left >= 4 ? 2 + (int)(n->routes.known < 1    ? 1
                                       : n->routes.known < 12 ? n->routes.known
                                                              : 12)
                           : 0;
    if (routes > left / 2)
        routes = left / 2 >= 3 ? left / 2 : 0;
    int band = (left - routes) / bands;
    if (band < 4) { /* one band of charts, or none */
        bands = 1;
        band = left - routes;
    }
    band = band < 4 ? 0 : band;
    n->charts_at = (struct rect){area.x, y, area.w, band * bands};
    left -= band * bands;
    y += band * bands;
    n->routes_at = (struct rect){area.x, y, area.w, left >= 3 ? left : 0};
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct node *n = state;
    const struct object *server = server_of(context);
    if (!server) {
        n->shown = 0;
        return;
    }
    if (n->shown != server->id)
        memset(n->scales, 0, sizeof(n->scales));
    n->shown = server->id;
    struct quantity_pick pick = {
        .parent = server->id, .skip = is_further_route, .shapes = 1u << SHAPE_ROUTEZ};
    quantity_list_arrange(&n->routes, context, &pick, area.w, 1);
    lay_out(n, context, server, area);
    quantity_list_arrange(&n->routes, context, &pick, area.w, n->routes_at.h - 1);
    n->routes.table.focused = true;
    for (int i = 0; i < COUNT(chart_specs); i++)
        chart_spec_arrange(&chart_specs[i], &n->scales[i], context, server, spark_span_s(context, area.w));
}

/* ---- drawing ---- */

static void draw_charts(const struct node *n, const struct view_context *context, const struct object *server,
                        struct surface *s, struct rect area) {
    int columns = n->chart_columns, bands = (COUNT(chart_specs) + columns - 1) / columns;
    if (area.h / bands < 4)
        bands = 1;
    int w = (area.w - (columns - 1)) / columns, h = area.h / bands;
    for (int i = 0; i < columns * bands && i < COUNT(chart_specs); i++) {
        int column = i % columns, x = area.x + column * (w + 1);
        struct rect at = {x, area.y + i / columns * h, column == columns - 1 ? area.x + area.w - x : w, h};
        chart_spec_draw(&chart_specs[i], &n->scales[i], context, server, spark_span_s(context, area.w), s,
                        at);
    }
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct node *n = state;
    const struct object *server = server_of(context);
    char name[300], title[320], previous[32], next[32], back[32], keys[160];
    if (!server) {
        surface_rule(s, area, "NODE", "");
        surface_text(s, area, area.x + 1, area.y + 1, ROLE_MUTED, 0,
                     context->object ? "this server is no more"
                                     : account_empty(context->model, "no server yet"));
        return;
    }
    text_cut(name, sizeof(name), quantity_name_text(context->model, server, Q_SERVER_name),
             area.w > 40 ? area.w - 36 : 20);
    snprintf(title, sizeof(title), "NODE %s%s", name, n->few_rows && !n->state_rows ? " up" : "");
    keymap_first(ACTION_PREVIOUS_OBJECT, previous, sizeof(previous));
    keymap_first(ACTION_NEXT_OBJECT, next, sizeof(next));
    keymap_first(ACTION_BACK, back, sizeof(back));
    snprintf(keys, sizeof(keys), "%s %s previous, next   %s back", previous, next, back);
    surface_rule(s, area, title, keys);
    if (n->state_rows)
        node_state_draw(context, server, s, rect_cut(area, (struct rect){area.x, area.y + 1, area.w, 1}));
    if (node_is_silent(server)) {
        node_silent_draw(context, server, s, rect_below(area, 2));
        return;
    }
    node_summary(context, server, s, rect_cut(area, n->summary_at));
    node_endpoints(context, server, s, n->endpoints_at);
    if (n->few_rows)
        node_figures_draw(context, server, title, s, area, n->figures_at);
    else if (n->figures_at.h > 1)
        node_figures_draw(context, server, "NOW, AND THE MEDIAN OF THE OTHER NODES", s, n->figures_at,
                          rect_below(n->figures_at, 1));
    if (n->charts_at.h)
        draw_charts(n, context, server, s, n->charts_at);
    if (n->routes_at.h) {
        snprintf(title, sizeof(title), "ROUTES %zu", n->routes.count);
        keymap_hint(ACTION_OPEN_PEER, "peer", keys, sizeof(keys));
        quantity_panel_draw(&n->routes, s, n->routes_at, title, keys,
                            model_has(context->model, SHAPE_ROUTEZ) ? "no routes" : "not collected here");
    }
    quantity_menu_draw(&n->routes, s, n->routes_at.h ? n->routes_at : area, area);
}

static void status(const void *state, const struct view_context *context, char *out, size_t size) {
    (void)state;
    const struct object *server = server_of(context);
    if (server)
        text_cut(out, size, quantity_name_text(context->model, server, Q_SERVER_name), 24);
}

/* ---- keys ---- */

static unsigned neighbour(struct view_call *c, int by) {
    size_t count;
    const struct node *n = c->state;
    const struct object *shown = model_object(c->context->model, n->shown);
    const struct object *next = shown ? page_on_trail(c->context, shown, by) : NULL;
    if (next)
        return place_go(c, next);
    const struct object *const *servers = model_objects(c->context->model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++)
        if (servers[i]->id == n->shown)
            return place_go(c, servers[(i + count + (size_t)by) % count]);
    return REACT_NONE;
}

static unsigned next_node(void *call) {
    return neighbour(call, 1);
}

static unsigned previous_node(void *call) {
    return neighbour(call, -1);
}

static unsigned copy(void *call) {
    struct view_call *c = call;
    return place_copy(c, server_of(c->context));
}

static const struct action actions[] = {
    {ACTION_PREVIOUS_OBJECT, previous_node},
    {ACTION_NEXT_OBJECT, next_node},
    {ACTION_OPEN_PEER, list_open},
    {ACTION_COPY, copy},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

static const struct view_list_row lists[] = {
    {"routes", offsetof(struct node, routes), route_columns, COUNT(route_columns)}, {NULL, 0, NULL, 0}};

const struct view_ops view_node = {
    .lists = lists,
    .name = "node",
    .title = "Node",
    .help = "One server: its figures against its peers, charts, routes.",
    .state_size = sizeof(struct node),
    .init = init,
    .finish = finish,
    .shapes = 1u << SHAPE_SUBSZ,
    .arrange = arrange,
    .draw = draw,
    .status = status,
    .actions = actions,
    .contexts = CONTEXT_NODE | CONTEXT_LIST,
};
