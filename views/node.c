/* Node: one server, all its figures against its peers, and how they went. */
#include "views/quantity_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "views/faults.h"
#include "views/node_silent.h"
#include "views/spark.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { LEAST_FIGURES = 5, LEAST_CHART = 5, LEAST_ROUTES = 3, FAULTS_MOST = 3 };

static const struct quantity_column route_columns[] = {
    {.quantity = Q_ROUTE_peer, .priority = 0, .grow = 14, .pinned = true},
    {.quantity = Q_ROUTE_rtt, .priority = 1, .width = 8},
    {.quantity = Q_ROUTE_pending_bytes, .priority = 1},
    {.quantity = Q_ROUTE_in_msgs_per_s, .priority = 1},
    {.quantity = Q_ROUTE_out_msgs_per_s, .priority = 1},
};

static const struct chart_spec chart_specs[] = {
    {Q_SERVER_cpu, "CPU %", ROLE_CHART_LOAD, NULL, 0, NULL},
    {Q_SERVER_mem, "MEM", ROLE_CHART_LOAD, NULL, 0, NULL},
    {Q_SERVER_in_client_msgs_per_s, "IN", ROLE_CHART_IN, " msg/s", 0, NULL},
    {Q_SERVER_out_client_msgs_per_s, "OUT", ROLE_CHART_OUT, " msg/s", 0, NULL},
    {Q_SERVER_connections, "CONN", ROLE_CHART_LOAD, NULL, 0, NULL},
    {Q_SERVER_max_pending_bytes, "MAX PENDING", ROLE_CHART_LOAD, NULL, 0, NULL},
};

/* What it is, in a running line. */
static const enum quantity summary[] = {
    Q_SERVER_version,     Q_SERVER_uptime,      Q_SERVER_start,  Q_SERVER_restarts,
    Q_SERVER_health,      Q_SERVER_url,         Q_SERVER_id,     Q_SERVER_max_connections,
    Q_SERVER_max_pending, Q_SERVER_max_payload, Q_SERVER_routes,
};

/* What it does, each against the median of the others; the first ones stay where rows are short. */
static const enum quantity figures[] = {
    Q_SERVER_cpu,
    Q_SERVER_mem,
    Q_SERVER_connections,
    Q_SERVER_in_client_msgs_per_s,
    Q_SERVER_out_client_msgs_per_s,
    Q_SERVER_in_client_bytes_per_s,
    Q_SERVER_out_client_bytes_per_s,
    Q_SERVER_slow_consumers,
    Q_SERVER_max_pending_bytes,
    Q_SERVER_rtt,
    Q_SERVER_js_storage,
    Q_SERVER_js_memory,
    Q_SERVER_subscriptions,
    Q_SERVER_connects_per_s,
    Q_SERVER_cpu_share,
    Q_SERVER_js_api_per_s,
    Q_SERVER_js_api_errors,
    Q_SERVER_in_msgs_per_s,
    Q_SERVER_out_msgs_per_s,
    Q_SERVER_leafnodes,
    Q_SERVER_sublist_cache_hits,
    Q_SERVER_max_fanout,
};

struct node {
    struct list_view list;
    struct quantity_list routes;
    struct chart_scale scales[COUNT(chart_specs)];
    uint64_t shown; /* the server of the last arrangement */
    struct rect endpoints_at, figures_at, charts_at, routes_at;
    int summary_rows, chart_columns;
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

static unsigned wants(const void *state, const struct view_context *context, const char **sort) {
    (void)state, (void)context, (void)sort;
    return 1u << SHAPE_SUBSZ;
}

static const struct object *server_of(const struct view_context *context) {
    size_t count;
    const struct object *object = context->object ? model_object(context->model, context->object) : NULL;
    if (object && object->kind == OBJECT_SERVER)
        return object;
    const struct object *const *servers = model_objects(context->model, OBJECT_SERVER, &count);
    return context->object == 0 && count ? servers[0] : NULL;
}

/* ---- layout ---- */

static int figure_columns(int w) {
    return w >= 200 ? 4 : w >= 114 ? 3 : w >= 76 ? 2 : 1;
}

static bool is_known(const struct view_context *context, const struct object *server, enum quantity q) {
    struct value v = quantity_get(context->model, server, q);
    return v.type != VALUE_UNKNOWN || (v.flags & VALUE_NEW);
}

static int known_figures(const struct view_context *context, const struct object *server) {
    int n = 0;
    for (int i = 0; i < COUNT(figures); i++)
        n += is_known(context, server, figures[i]);
    return n;
}

static int flow_summary(const struct view_context *context, const struct object *server, struct surface *s,
                        struct rect area) {
    int x = area.x + 1, y = area.y;
    for (int i = 0; i < COUNT(summary); i++) {
        char value[300], cut[200];
        if (!is_known(context, server, summary[i]))
            continue;
        quantity_text(value, sizeof(value), context, server, summary[i], 12);
        text_cut(cut, sizeof(cut), value, 60);
        const char *name = quantities[summary[i]].name;
        int w = text_width(name) + 1 + text_width(cut);
        if (x > area.x + 1 && x + w > area.x + area.w) {
            x = area.x + 1;
            y++;
        }
        if (s && y < area.y + area.h) {
            surface_text(s, area, x, y, ROLE_MUTED, 0, name);
            surface_text(s, area, x + text_width(name) + 1, y, ROLE_TEXT, 0, cut);
        }
        x += w + 3;
    }
    return y - area.y + 1;
}

/* ", connz_hot 1s": how old the last answer is */
static int flow_answer(const struct view_context *context, const struct object *server, enum shape shape,
                       struct surface *s, struct rect row, int x) {
    const struct answer_state *answer = model_answer(context->model, server, shape);
    char age[TIME_TEXT_SIZE];
    lasted_format(age, context->utc_ns > answer->good_utc_ns ? context->utc_ns - answer->good_utc_ns : 0);
    int w = text_width(shape_name(shape)) + 1 + 6;
    if (s && x + w <= row.x + row.w)
        surface_printf(s, row, x, row.y, ROLE_TEXT, 0, "%s %s", shape_name(shape), age);
    return w + 1;
}

/* Endpoints that fail, a line each; how old the answers of the others are. Returns rows; s NULL: counts. */
static int draw_endpoints(const struct view_context *context, const struct object *server, struct surface *s,
                          struct rect area) {
    static const char head[] = "answers";
    int x = area.x + 2 + (int)sizeof(head), y = area.y, good = 0;
    if (strcmp(quantity_name_text(context->model, server, Q_SERVER_state), "up") != 0)
        return 0;
    for (int i = SHAPE_NONE + 1; i < SHAPE_LIMIT && y < area.y + FAULTS_MOST; i++) {
        char text[1400];
        struct fault_query query = {.shapes = 1u << i, .server = server->id};
        faults_text(text, sizeof(text), context, &query, area.w - 4);
        if (s && *text && y < area.y + area.h) {
            surface_text(s, area, area.x, y, ROLE_WARN, ATTR_BOLD, " !");
            surface_text(s, area, area.x + 3, y, ROLE_WARN, 0, text);
        }
        y += *text != 0;
    }
    struct rect row = {area.x, y, area.w, y < area.y + area.h ? 1 : 0};
    for (int i = SHAPE_NONE + 1; i < SHAPE_LIMIT; i++) {
        if (!fault_is_asked(context->model, server, (enum shape)i) ||
            model_answer(context->model, server, (enum shape)i)->failure != FAILURE_NONE)
            continue;
        x += flow_answer(context, server, (enum shape)i, s, row, x);
        good++;
    }
    if (s && good)
        surface_text(s, row, area.x + 1, y, ROLE_MUTED, 0, head);
    return y - area.y + (good > 0);
}

static void lay_out(struct node *n, const struct view_context *context, const struct object *server,
                    struct rect area) {
    int columns = figure_columns(area.w);
    int figure_rows = 1 + (known_figures(context, server) + columns - 1) / columns;
    n->summary_rows = flow_summary(context, server, NULL, (struct rect){0, 0, area.w, 100});
    if (n->summary_rows > 3)
        n->summary_rows = 3;
    int y = area.y + 2 + n->summary_rows, left = area.h - 2 - n->summary_rows;
    int endpoints = draw_endpoints(context, server, NULL, (struct rect){area.x, y, area.w, area.h});
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
    n->chart_columns = area.w >= 120 ? 3 : area.w >= 66 ? 3 : 2;
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
    band = band < 4 ? 0 : band > 12 ? 12 : band;
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
    struct quantity_pick pick = {.parent = server->id, .shapes = 1u << SHAPE_ROUTEZ};
    quantity_list_arrange(&n->routes, context, &pick, area.w, 1);
    lay_out(n, context, server, area);
    quantity_list_arrange(&n->routes, context, &pick, area.w, n->routes_at.h - 1);
    n->routes.table.focused = true;
    for (int i = 0; i < COUNT(chart_specs); i++)
        chart_spec_arrange(&chart_specs[i], &n->scales[i], context, server, area.w >= 200 ? 3600 : 600);
}

/* ---- drawing ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of the other servers that answer; false when there is none to compare with. */
static bool median_of_others(const struct model *model, const struct object *server, enum quantity q,
                             double *out) {
    size_t count, n = 0;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    double *values = memory_array(count + 1, sizeof(*values));
    for (size_t i = 0; i < count; i++)
        if (servers[i] != server && servers[i]->freshness == FRESH_LIVE &&
            quantity_value(model, servers[i], q, &values[n]))
            n++;
    qsort(values, n, sizeof(*values), by_size);
    if (n)
        *out = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    free(values);
    return n > 0;
}

/* "+57", and "" where that is a zero, which has no sign. */
static void rounded(char out[32], double difference) {
    out[0] = 0;
    if (fabs(difference) >= 0.5)
        snprintf(out, 32, "%+.0f", difference);
}

/* "+57 points", "+12 %", "6.1x", "same". */
static void difference(char *out, size_t size, enum quantity q, double value, double median) {
    enum unit unit = quantities[q].unit;
    bool share = unit == UNIT_PERCENT || unit == UNIT_RATIO;
    char by[32] = "";
    if (share)
        rounded(by, (value - median) * (unit == UNIT_RATIO ? 100 : 1));
    else if (median > 0)
        rounded(by, (value / median - 1) * 100);
    if (!share && median > 0 && value / median >= 3)
        snprintf(out, size,
                 value / median < 10      ? "%.1fx"
                 : value / median < 10000 ? "%.0fx"
                                          : "far more",
                 value / median);
    else if (*by)
        snprintf(out, size, "%s %s", by, share ? "points" : "%");
    else
        snprintf(out, size, "%s", median <= 0 && value > median ? "more" : "same");
}

/* Worse than its peers by so much that it is worth a look. */
static bool stands_out(enum quantity q, double value, double median) {
    if (quantities[q].worse != WORSE_MORE)
        return false;
    if (quantities[q].unit == UNIT_PERCENT)
        return value - median > 25;
    return median > 0 && value / median > 2;
}

static void draw_figure(const struct view_context *context, const struct object *server, enum quantity q,
                        struct surface *s, struct rect cell) {
    char now[64], peers[64], diff[64] = "";
    double value, median;
    quantity_text(now, sizeof(now), context, server, q, 7);
    bool compared = quantity_value(context->model, server, q, &value) &&
                    median_of_others(context->model, server, q, &median);
    enum role role = server->freshness == FRESH_LIVE ? ROLE_TEXT : ROLE_DIM;
    if (compared && role == ROLE_TEXT && stands_out(q, value, median))
        role = ROLE_WARN;
    surface_field(s, cell, cell.x + 1, cell.y, 9, -1, ROLE_MUTED, 0, quantities[q].title);
    surface_field(s, cell, cell.x + 10, cell.y, 8, 1, role, 0, now);
    if (!compared)
        return;
    quantity_number(peers, sizeof(peers), context, q, median);
    difference(diff, sizeof(diff), q, value, median);
    surface_field(s, cell, cell.x + 19, cell.y, 7, 1, ROLE_MUTED, 0, peers);
    surface_field(s, cell, cell.x + 27, cell.y, 10, 1, role, 0, diff);
}

static void draw_figures(const struct view_context *context, const struct object *server, struct surface *s,
                         struct rect area) {
    int columns = figure_columns(area.w), w = area.w / columns, n = 0;
    int known = known_figures(context, server), rows = (known + columns - 1) / columns;
    char right[40] = "";
    if (rows > area.h - 1)
        rows = area.h - 1;
    if (rows * columns < known)
        snprintf(right, sizeof(right), "%d of %d", rows * columns, known);
    surface_rule(s, area, "NOW, AND THE MEDIAN OF THE OTHER NODES", right);
    for (int i = 0; i < COUNT(figures) && n < rows * columns; i++) {
        if (!is_known(context, server, figures[i]))
            continue;
        draw_figure(context, server, figures[i], s,
                    (struct rect){area.x + n / rows * w, area.y + 1 + n % rows, w, 1});
        n++;
    }
}

static void draw_charts(const struct node *n, const struct view_context *context, const struct object *server,
                        struct surface *s, struct rect area) {
    int columns = n->chart_columns, bands = (COUNT(chart_specs) + columns - 1) / columns;
    if (area.h / bands < 4)
        bands = 1;
    int w = (area.w - (columns - 1)) / columns, h = area.h / bands;
    for (int i = 0; i < columns * bands && i < COUNT(chart_specs); i++) {
        int column = i % columns, x = area.x + column * (w + 1);
        struct rect at = {x, area.y + i / columns * h, column == columns - 1 ? area.x + area.w - x : w, h};
        chart_spec_draw(&chart_specs[i], &n->scales[i], context, server, area.w >= 200 ? 3600 : 600, s, at);
    }
}

static void draw_state(const struct view_context *context, const struct object *server, struct surface *s,
                       struct rect row) {
    const char *state = quantity_name_text(context->model, server, Q_SERVER_state);
    struct value since = quantity_get(context->model, server, Q_SERVER_state_since);
    enum severity severity = model_severity(context->model, server);
    char span[TIME_TEXT_SIZE] = "", reason[400];
    int x = row.x + 1;
    bool up = strcmp(state, "up") == 0;
    if (since.type == VALUE_TIME && since.i != TIME_UNSET && context->utc_ns > since.i)
        span_format(span, context->utc_ns - since.i);
    enum role role = up ? ROLE_OK : severity == SEVERITY_CRIT ? ROLE_CRIT : ROLE_WARN;
    x += surface_printf(s, row, x, row.y, role, ATTR_BOLD, "%s", *state ? state : "no answer yet");
    if (*span && !up) /* since we look; its own uptime is below */
        x += surface_printf(s, row, x, row.y, ROLE_TEXT, 0, " for %s", span);
    text_cut(reason, sizeof(reason), quantity_name_text(context->model, server, Q_SERVER_reason),
             row.x + row.w - x - 4);
    if (!up && *reason)
        surface_printf(s, row, x, row.y, ROLE_TEXT, 0, ": %s", reason);
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct node *n = state;
    const struct object *server = server_of(context);
    char name[300], title[320];
    if (!server) {
        surface_rule(s, area, "NODE", "");
        surface_text(s, area, area.x + 1, area.y + 1, ROLE_MUTED, 0,
                     context->object ? "this server is no more" : "no server yet");
        return;
    }
    text_cut(name, sizeof(name), quantity_name_text(context->model, server, Q_SERVER_name),
             area.w > 40 ? area.w - 36 : 20);
    snprintf(title, sizeof(title), "NODE %s", name);
    surface_rule(s, area, title, "( ) previous, next   Esc back");
    draw_state(context, server, s, rect_cut(area, (struct rect){area.x, area.y + 1, area.w, 1}));
    if (node_is_silent(server)) {
        node_silent_draw(context, server, s, rect_below(area, 2));
        return;
    }
    flow_summary(context, server, s,
                 rect_cut(area, (struct rect){area.x, area.y + 2, area.w, n->summary_rows}));
    draw_endpoints(context, server, s, n->endpoints_at);
    if (n->figures_at.h > 1)
        draw_figures(context, server, s, n->figures_at);
    if (n->charts_at.h)
        draw_charts(n, context, server, s, n->charts_at);
    if (n->routes_at.h) {
        snprintf(title, sizeof(title), "ROUTES %zu", n->routes.count);
        quantity_panel_draw(&n->routes, s, n->routes_at, title, "Enter=peer",
                            model_has(context->model, SHAPE_ROUTEZ) ? "no routes" : "not collected here");
    }
}

static void status(const void *state, const struct view_context *context, char *out, size_t size) {
    (void)state;
    const struct object *server = server_of(context);
    if (server)
        text_cut(out, size, quantity_name_text(context->model, server, Q_SERVER_name), 24);
}

/* ---- keys ---- */

static unsigned neighbour(struct view_call *c, long by) {
    size_t count;
    const struct node *n = c->state;
    const struct object *const *servers = model_objects(c->context->model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++)
        if (servers[i]->id == n->shown) {
            c->request->view = "node";
            c->request->object = servers[(i + count + (size_t)by) % count]->id;
            return REACT_DRAW;
        }
    return REACT_NONE;
}

static unsigned next_node(void *call) {
    return neighbour(call, 1);
}

static unsigned previous_node(void *call) {
    return neighbour(call, -1);
}

static unsigned leave(void *call) {
    struct view_call *c = call;
    struct node *n = c->state;
    return n->list.focus->menu ? list_close(call) : REACT_BACK;
}

static unsigned copy(void *call) {
    struct view_call *c = call;
    const struct object *server = server_of(c->context);
    if (!server)
        return REACT_NONE;
    quantity_command(c->request->text, sizeof(c->request->text), c->context->model, server);
    if (c->request->text[0])
        c->request->copy = c->request->text;
    return REACT_DRAW;
}

static const struct action actions[] = {
    {"(", "previous_object", NULL, "Previous node.", previous_node},
    {")", "next_object", "node", "Next node.", next_node},
    {"Esc Backspace", "back", "back", "Back to where this was opened.", leave},
    {"Enter d", "open", NULL, "The node at the other end of the route.", list_open},
    {"y", "copy", NULL, "Copy the nats command that continues at this node.", copy},
    LIST_ACTIONS,
};
static const struct action_table action_table = {"Node", actions, COUNT(actions)};

const struct view_ops view_node = {
    .name = "node",
    .title = "Node",
    .help = "One server: its figures against its peers, charts, routes.",
    .state_size = sizeof(struct node),
    .init = init,
    .finish = finish,
    .wants = wants,
    .arrange = arrange,
    .draw = draw,
    .status = status,
    .actions = &action_table,
};
