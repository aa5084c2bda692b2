/* Overview: is it healthy, how fast is it going, who is behind, who is too slow. */
#include "views/quantity_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/chrome_parts.h"
#include "views/clusters.h"
#include "views/events.h"
#include "views/place.h"
#include "views/spark.h"

static const struct quantity_column node_columns[] = {
    {.quantity = Q_SERVER_name, .priority = 0, .grow = 24, .pinned = true},
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
    {.quantity = Q_CONSUMER_path, .priority = 0, .width = 20, .grow = 20, .pinned = true},
    {.quantity = Q_CONSUMER_lag, .priority = 1},
    {.quantity = Q_CONSUMER_lag_slope, .priority = 1},
    {.quantity = Q_CONSUMER_ack_pending, .priority = 4},
    {.quantity = Q_CONSUMER_max_ack_pending, .priority = 8},
    {.quantity = Q_CONSUMER_redelivered, .priority = 5},
    {.quantity = Q_CONSUMER_waiting, .priority = 9},
    {.quantity = Q_CONSUMER_acked_per_s, .priority = 7},
    {.quantity = Q_CONSUMER_leader, .priority = 3, .grow = 4},
    {.quantity = Q_CONSUMER_last_ack, .priority = 6},
    {.quantity = Q_CONSUMER_lag,
     .form = COLUMN_SPARK,
     .title = "10m",
     .width = 10,
     .priority = 2,
     .grow = 20},
};

static const struct quantity_column pending_columns[] = {
    {.quantity = Q_CONNECTION_cid, .priority = 0, .width = 7, .pinned = true},
    {.quantity = Q_CONNECTION_server, .priority = 1, .grow = 4, .pinned = true},
    {.quantity = Q_CONNECTION_name, .priority = 1, .grow = 8, .pinned = true},
    {.quantity = Q_CONNECTION_account, .priority = 7},
    {.quantity = Q_CONNECTION_pending_bytes, .priority = 1},
    {.quantity = Q_CONNECTION_pending_share, .priority = 2},
    {.quantity = Q_CONNECTION_pending_share,
     .form = COLUMN_GAUGE,
     .title = "0   |  max",
     .width = 12,
     .priority = 6},
    {.quantity = Q_CONNECTION_pending_slope, .priority = 2},
    {.quantity = Q_CONNECTION_out_msgs_per_s, .priority = 4},
    {.quantity = Q_CONNECTION_out_bytes_per_s, .priority = 5},
    {.quantity = Q_CONNECTION_subscriptions, .priority = 9},
    {.quantity = Q_CONNECTION_idle, .priority = 8},
    {.quantity = Q_CONNECTION_lang, .priority = 3},
    {.quantity = Q_CONNECTION_version, .priority = 10},
    {.quantity = Q_CONNECTION_address, .priority = 11},
};
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { ROW_STEP = 4, CHART_MOST = 14, CHART_MOST_TALL = 18, EVENTS = 5, EVENTS_TALL = 11, TALL = 45 };

static const struct chart_spec chart_specs[] = {
    {Q_CLUSTER_in_client_msgs_per_s, "IN", ROLE_CHART_IN, " msg/s", Q_CLUSTER_in_client_bytes_per_s, "B/s"},
    {Q_CLUSTER_out_client_msgs_per_s, "OUT", ROLE_CHART_OUT, " msg/s", Q_CLUSTER_out_client_bytes_per_s,
     "B/s"},
    {Q_CLUSTER_lag, "TOTAL LAG", ROLE_CHART_LOAD, NULL, 0, NULL},
    {Q_CLUSTER_max_pending_bytes, "MAX PENDING", ROLE_CHART_LOAD, NULL, 0, NULL},
};

/* Lists are from PANEL_NODES to before PANEL_EVENTS. */
enum panel { PANEL_CHARTS, PANEL_RATES, PANEL_NODES, PANEL_LAG, PANEL_PENDING, PANEL_EVENTS, PANEL_COUNT };

struct overview {
    struct list_view list;
    struct quantity_list nodes, lag, pending;
    struct chart_scale scales[COUNT(chart_specs)];
    struct rect place[PANEL_COUNT]; /* h 0: not shown */
    bool compact, no_consumers;
    int span_s;
};

static struct quantity_list *list_of(const struct overview *o, enum panel panel) {
    struct overview *own = (struct overview *)o;
    struct quantity_list *lists[PANEL_COUNT] = {
        [PANEL_NODES] = &own->nodes, [PANEL_LAG] = &own->lag, [PANEL_PENDING] = &own->pending};
    return lists[panel];
}

static void init(void *state) {
    struct overview *o = state;
    quantity_list_init(&o->nodes, OBJECT_SERVER, node_columns, COUNT(node_columns), -1, 0);
    quantity_list_init(&o->lag, OBJECT_CONSUMER, lag_columns, COUNT(lag_columns), -1, 1);
    quantity_list_init(&o->pending, OBJECT_CONNECTION, pending_columns, COUNT(pending_columns), -1, 4);
    o->list.first = &o->nodes;
}

static void finish(void *state) {
    struct overview *o = state;
    quantity_list_finish(&o->nodes);
    quantity_list_finish(&o->lag);
    quantity_list_finish(&o->pending);
}

/* ---- layout ---- */

/* Rows of a panel with its rule and its head; an empty one says so in one row. */
static int want_list(const struct overview *o, enum panel panel) {
    size_t count = list_of(o, panel)->count;
    int head = 2 + quantity_list_trouble_rows(list_of(o, panel));
    return count == 0 ? 2 : head + (int)(count < 1000 ? count : 1000);
}

/* The same in steps, so that the panels below stand still when a row comes or goes. */
static int roomy_list(const struct overview *o, enum panel panel) {
    int head = 2 + quantity_list_trouble_rows(list_of(o, panel)), rows = want_list(o, panel) - head;
    if (panel == PANEL_LAG && o->no_consumers)
        return 2;
    return head + (rows > 0 ? (rows + ROW_STEP - 1) / ROW_STEP * ROW_STEP : ROW_STEP);
}

#define OF_LAG     (1u << SHAPE_JSZ)
#define OF_PENDING (1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_FULL)

static const struct panel_info {
    const char *name;
    int least;
    int sacrifice;    /* the largest goes first, 0 stays */
    const char *view; /* where the whole of it is */
    unsigned shapes;  /* that its rows come by; of the nodes whatever is no other panel's */
} panels[PANEL_COUNT] = {
    [PANEL_CHARTS] = {"charts", 9, 1, NULL, 0},
    [PANEL_RATES] = {"rates", 1, 1, NULL, 0},
    [PANEL_NODES] = {"nodes", 3, 0, NULL, ~(OF_LAG | OF_PENDING)},
    [PANEL_LAG] = {"lag", 4, 2, "jetstream", OF_LAG},
    [PANEL_PENDING] = {"pending", 3, 3, "connections", OF_PENDING},
    [PANEL_EVENTS] = {"events", 3, 4, "events", 0},
};

static bool side_by_side(struct rect area) {
    return area.w >= 200;
}

static void choose(int *heights, const struct overview *o, struct rect area) {
    memset(heights, 0, PANEL_COUNT * sizeof(*heights));
    if (area.w >= 100 && area.h >= 28)
        heights[PANEL_CHARTS] = area.h >= TALL ? 11 : 9;
    else
        heights[PANEL_RATES] = 1;
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++) {
        int want = want_list(o, (enum panel)p), more = quantity_list_trouble_rows(list_of(o, (enum panel)p));
        heights[p] = want < panels[p].least + more ? want : panels[p].least + more;
    }
    int more = quantity_list_trouble_rows(&o->nodes);
    if (heights[PANEL_NODES] < want_list(o, PANEL_NODES) && want_list(o, PANEL_NODES) <= 5 + more)
        heights[PANEL_NODES] = want_list(o, PANEL_NODES);
}

static int total(const int *heights, bool beside) {
    int sum = 0;
    for (int p = 0; p < PANEL_COUNT; p++)
        sum += heights[p];
    int less = heights[PANEL_LAG] < heights[PANEL_PENDING] ? heights[PANEL_LAG] : heights[PANEL_PENDING];
    return beside ? sum - less : sum;
}

static void sacrifice(int *heights, int rows, bool beside) {
    while (total(heights, beside) > rows) {
        int worst = -1;
        for (int p = 0; p < PANEL_COUNT; p++)
            if (heights[p] && panels[p].sacrifice &&
                (worst < 0 || panels[p].sacrifice > panels[worst].sacrifice))
                worst = p;
        if (worst < 0)
            return;
        heights[worst] = 0;
    }
}

/* What is left goes to those who want more: a few rows each in turn, so that many nodes do not push the rest
 * out. */
static void share_out(int *heights, const struct overview *o, int rows, bool beside,
                      int (*want)(const struct overview *, enum panel)) {
    static const enum panel order[] = {PANEL_NODES, PANEL_LAG, PANEL_PENDING};
    bool more = true;
    while (more) {
        more = false;
        for (int i = 0; i < COUNT(order); i++) {
            enum panel p = order[i];
            if (!heights[p] || heights[p] >= want(o, p))
                continue;
            heights[p]++;
            if (total(heights, beside) > rows)
                heights[p]--;
            else
                more = true;
        }
    }
}

/* What no list wants: events below, then higher charts. */
static void spend(int *heights, struct rect area, bool beside) {
    int left = area.h - total(heights, beside);
    int events = area.h >= TALL ? EVENTS_TALL : EVENTS, chart = area.h >= TALL ? CHART_MOST_TALL : CHART_MOST;
    if (left >= panels[PANEL_EVENTS].least && area.w >= 60) {
        heights[PANEL_EVENTS] = events < left ? events : left;
        left -= heights[PANEL_EVENTS];
    }
    if (heights[PANEL_CHARTS] && left > 0)
        heights[PANEL_CHARTS] = heights[PANEL_CHARTS] + left < chart ? heights[PANEL_CHARTS] + left : chart;
}

static void place_panels(struct overview *o, struct rect area) {
    int heights[PANEL_COUNT];
    bool beside = side_by_side(area);
    choose(heights, o, area);
    sacrifice(heights, area.h, beside);
    share_out(heights, o, area.h, beside, want_list);
    share_out(heights, o, area.h, beside, roomy_list);
    spend(heights, area, beside);
    int y = area.y;
    for (int p = 0; p < PANEL_COUNT; p++) {
        o->place[p] = (struct rect){area.x, y, area.w, heights[p]};
        bool with_next = p == PANEL_LAG && beside;
        bool with_last = p == PANEL_PENDING && beside && heights[PANEL_LAG] > heights[p];
        y += with_next ? 0 : with_last ? heights[PANEL_LAG] : heights[p];
    }
    if (beside && heights[PANEL_LAG] && heights[PANEL_PENDING]) {
        o->place[PANEL_LAG].w = area.w * 11 / 20 - 1;
        o->place[PANEL_PENDING].x = area.x + area.w * 11 / 20;
        o->place[PANEL_PENDING].w = area.w - area.w * 11 / 20;
    }
}

static bool no_buffer(const struct model *model, const struct object *connection) {
    double pending;
    return !quantity_value(model, connection, Q_CONNECTION_pending_bytes, &pending) || pending <= 0;
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct overview *o = state;
    struct quantity_pick picks[PANEL_COUNT] = {
        [PANEL_PENDING] = {.idle = no_buffer, .idle_text = "no connection has bytes waiting"}};
    enum panel filtered = o->list.focus == &o->lag       ? PANEL_LAG
                          : o->list.focus == &o->pending ? PANEL_PENDING
                                                         : PANEL_NODES;
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++) {
        picks[p].no_filter = p != (int)filtered;
        picks[p].shapes = panels[p].shapes;
    }
    o->span_s = area.w >= 200 ? 3600 : 600;
    o->compact = area.h < 4 || area.w < 50;
    for (int round = 0; round < 2; round++) { /* rows are counted, then placed, then shown */
        for (int p = PANEL_NODES; p < PANEL_EVENTS; p++)
            quantity_list_arrange(list_of(o, (enum panel)p), context, &picks[p], round ? o->place[p].w : 0,
                                  round ? o->place[p].h - 1 : 1);
        o->no_consumers = o->lag.known == 0 && model_has(context->model, SHAPE_JSZ);
        if (round == 0)
            place_panels(o, area);
    }
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++)
        list_of(o, (enum panel)p)->table.focused = o->list.focus == list_of(o, (enum panel)p);
    for (int i = 0; i < COUNT(chart_specs); i++)
        chart_spec_arrange(&chart_specs[i], &o->scales[i], context, model_cluster(context->model), o->span_s);
}

/* ---- drawing ---- */

/* "IN", or of several clusters "IN alpha": what the chart does not add up. */
static void titled(struct chart_spec *spec, const struct view_context *context, char *title, size_t size) {
    char name[100];
    if (clusters_count(context->model).clusters < 2)
        return;
    text_cut(name, sizeof(name),
             quantity_name_text(context->model, model_cluster(context->model), Q_CLUSTER_name), 16);
    snprintf(title, size, "%s %s", spec->title, name);
    spec->title = title;
}

static void draw_charts(const struct overview *o, const struct view_context *context, struct surface *s,
                        struct rect area) {
    int count = area.w >= 200 ? 4 : 2, gap = 1;
    int w = (area.w - gap * (count - 1)) / count;
    for (int i = 0; i < count; i++) {
        struct rect at = {area.x + i * (w + gap), area.y,
                          i == count - 1 ? area.x + area.w - (area.x + i * (w + gap)) : w, area.h};
        char title[140];
        struct chart_spec spec = chart_specs[i];
        titled(&spec, context, title, sizeof(title));
        chart_spec_draw(&spec, &o->scales[i], context, model_cluster(context->model), o->span_s, s, at);
    }
}

/* "IN", "187k/s", "92.7MB/s": words of fixed width, so that nothing moves as the numbers do. */
struct rate_words {
    char title[140], msgs[64], bytes[64];
};

enum { MSGS_WIDTH = 8, BYTES_WIDTH = 9, LEAST_SPARK = 6, MOST_SPARK = 180 };

static void with_unit(char *out, size_t size, const struct view_context *context, enum quantity q,
                      const char *unit) {
    char text[50];
    double unused;
    bool known = quantity_value(context->model, model_cluster(context->model), q, &unused);
    quantity_text(text, sizeof(text), context, model_cluster(context->model), q, 7);
    snprintf(out, size, "%s%s", text, known ? unit : "");
}

static void make_words(struct rate_words *w, const struct view_context *context,
                       const struct chart_spec *spec) {
    struct chart_spec named = *spec;
    char title[140];
    titled(&named, context, title, sizeof(title));
    snprintf(w->title, sizeof(w->title), "%s", named.title);
    with_unit(w->msgs, sizeof(w->msgs), context, spec->quantity, "/s");
    with_unit(w->bytes, sizeof(w->bytes), context, (enum quantity)spec->beside,
              context->bits ? "b/s" : "B/s");
}

static int words_width(const struct rate_words *w, bool with_bytes) {
    return text_width(w->title) + 1 + MSGS_WIDTH + 1 + (with_bytes ? BYTES_WIDTH + 1 : 0);
}

static void draw_rate(const struct view_context *context, const struct rate_words *w,
                      const struct chart_spec *spec, double top, bool with_bytes, int spark,
                      struct surface *s, struct rect area) {
    struct chart_bucket buckets[2 * MOST_SPARK];
    int x = area.x, count = s->ascii ? spark : 2 * spark;
    x += surface_text(s, area, x, area.y, ROLE_HEAD, ATTR_BOLD, w->title) + 1;
    surface_text(s, area, x, area.y, ROLE_TEXT, 0, w->msgs);
    x += MSGS_WIDTH + 1;
    if (with_bytes)
        surface_text(s, area, x, area.y, ROLE_TEXT, 0, w->bytes);
    x += with_bytes ? BYTES_WIDTH + 1 : 0;
    if (spark < LEAST_SPARK)
        return;
    spark_buckets(context, model_cluster(context->model), spec->quantity, 600, count, buckets);
    surface_put(s, area, x, area.y, ROLE_MUTED, 0, '[');
    spark_draw(s, area, x + 1, area.y, spark, buckets, count, top, spec->role);
    surface_put(s, area, x + 1 + spark, area.y, ROLE_MUTED, 0, ']');
}

/* In and out side by side, alike: both with bytes or none, sparklines of one width. */
static void draw_rates(const struct overview *o, const struct view_context *context, struct surface *s,
                       struct rect area) {
    enum { BOTH = 2 };
    struct rate_words words[BOTH];
    int half = (area.w - 2) / BOTH, spark[2]; /* without bytes, with them */
    for (int i = 0; i < BOTH; i++)
        make_words(&words[i], context, &chart_specs[i]);
    for (int b = 0; b < 2; b++) {
        int a0 = words_width(&words[0], b), a1 = words_width(&words[1], b);
        spark[b] = half - (a0 > a1 ? a0 : a1) - 3; /* brackets, and a blank before the next */
    }
    bool with_bytes = spark[1] >= LEAST_SPARK;
    int width = spark[with_bytes] < MOST_SPARK ? spark[with_bytes] : MOST_SPARK;
    for (int i = 0; i < BOTH; i++)
        draw_rate(context, &words[i], &chart_specs[i], o->scales[i].top, with_bytes, width, s,
                  rect_cut(area, (struct rect){area.x + 1 + i * half, area.y, half, 1}));
}

static const struct quantity_row *node_row(const struct overview *o, size_t i) {
    return &o->nodes.rows[o->nodes.table.order ? o->nodes.table.order[i] : i];
}

static void node_and_mark(const struct view_context *context, const struct quantity_row *row, char name[64],
                          const char **mark) {
    text_cut(name, 64, quantity_name_text(context->model, row->object, Q_SERVER_name), 12);
    *mark = table_mark(row->severity);
    *mark += **mark == ' ';
}

/* "n1 !! n2 . n3 .", the worst first; "+9" for those that have no room. */
static void draw_marks(const struct overview *o, const struct view_context *context, struct surface *s,
                       struct rect area) {
    int x = area.x, y = area.y;
    for (size_t i = 0; i < o->nodes.count; i++) {
        const struct quantity_row *row = node_row(o, i);
        char name[64];
        const char *mark;
        node_and_mark(context, row, name, &mark);
        int w = text_width(name) + 1 + text_width(mark), end = area.x + area.w;
        bool last_row = y == area.y + area.h - 1, last = i + 1 == o->nodes.count;
        if (x > area.x && x + w > end - (last_row && !last ? 4 : 0)) {
            if (last_row) {
                surface_printf(s, area, x, y, ROLE_MUTED, 0, "+%zu", o->nodes.count - i);
                return;
            }
            x = area.x;
            y++;
        }
        x += surface_text(s, area, x, y, ROLE_TEXT, 0, name) + 1;
        x += surface_text(s, area, x, y, table_mark_role(row->severity), ATTR_BOLD, mark) + 1;
    }
}

/* Over all clusters. */
static void total_text(char *out, size_t size, const struct view_context *context, enum quantity q,
                       int width) {
    struct value sum = clusters_sum(context->model, q);
    if (clusters_count(context->model).clusters < 2)
        quantity_text(out, size, context, model_cluster(context->model), q, width);
    else
        quantity_number(out, size, context, q, sum.type == VALUE_REAL ? sum.f : NAN);
}

/* The rates and a mark for each node: what a phone has room for. */
static void draw_compact(const struct overview *o, const struct view_context *context, struct surface *s,
                         struct rect area) {
    char in[64], out[64];
    if (area.h > 1) {
        total_text(in, sizeof(in), context, Q_CLUSTER_in_client_msgs_per_s, 6);
        total_text(out, sizeof(out), context, Q_CLUSTER_out_client_msgs_per_s, 6);
        surface_printf(s, area, area.x, area.y, ROLE_TEXT, 0, "IN %s  OUT %s", in, out);
        area = rect_below(area, 1);
    }
    if (area.h > 0)
        draw_marks(o, context, s, area);
}

static int digit_of(const char *view) {
    const struct view_ops *ops = view ? view_by_name(view) : NULL;
    return ops ? ops->digit : 0;
}

static void hidden_panels(const struct overview *o, char *out, size_t size) {
    size_t len = 0;
    out[0] = 0;
    for (int p = PANEL_LAG; p < PANEL_EVENTS && !o->compact; p++)
        if (!o->place[p].h && len < size)
            len += (size_t)snprintf(out + len, size - len, "%s%s (%d)",
                                    len ? ", " : "hidden: ", panels[p].name, digit_of(panels[p].view));
}

static void draw_nodes(const struct overview *o, struct surface *s) {
    char title[64], sort[160], right[400], hidden[160];
    snprintf(title, sizeof(title), "NODES %zu", o->nodes.count);
    quantity_list_status(&o->nodes, sort, sizeof(sort));
    hidden_panels(o, hidden, sizeof(hidden));
    snprintf(right, sizeof(right), "%s%s%s", hidden, *hidden ? "   " : "", sort);
    quantity_panel_draw(&o->nodes, s, o->place[PANEL_NODES], title, right, "no server yet");
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
    snprintf(out, size, "%s%s%s%d=%s", *filter ? "filter: " : "", filter, *filter ? "   " : "",
             digit_of(view), title);
}

static void draw_lag(const struct overview *o, const struct view_context *context, struct surface *s) {
    char title[200], total_lag[64], right[400];
    struct rect area = o->place[PANEL_LAG];
    size_t shown = (size_t)(area.h > 2 ? area.h - 2 : 0);
    shown = shown < o->lag.count ? shown : o->lag.count;
    struct value sum = clusters_sum(context->model, Q_CLUSTER_lag);
    bool known = any_live(&o->lag) && sum.type == VALUE_REAL;
    quantity_number(total_lag, sizeof(total_lag), context, Q_CLUSTER_lag, sum.f);
    if (shown == o->lag.known)
        snprintf(title, sizeof(title), "LAG %zu", o->lag.known);
    else
        snprintf(title, sizeof(title), "LAG worst %zu of %zu", shown, o->lag.known);
    if (known)
        snprintf(title + strlen(title), sizeof(title) - strlen(title), "   total %s%s", total_lag,
                 sum.flags & (VALUE_ESTIMATED | VALUE_OLD) ? "~" : "");
    right_text(&o->lag, right, sizeof(right), "jetstream", "JetStream");
    const char *empty = !model_has(context->model, SHAPE_JSZ)   ? "JetStream: not collected here yet"
                        : !chrome_has_jetstream(context->model) ? "no JetStream on this cluster"
                                                                : "no consumers";
    quantity_panel_draw(&o->lag, s, area, title, right, empty);
}

static void draw_pending(const struct overview *o, const struct view_context *context, struct surface *s) {
    char title[200], right[400], of[NUMBER_TEXT_SIZE];
    uint64_t rows, all;
    struct rect area = o->place[PANEL_PENDING];
    size_t shown = (size_t)(area.h > 2 ? area.h - 2 : 0);
    shown = shown < o->pending.count ? shown : o->pending.count;
    model_connection_cover(context->model, &rows, &all);
    number_format_grouped(of, all);
    if (shown && all)
        snprintf(title, sizeof(title), "PENDING worst %zu of %s", shown, of);
    else
        snprintf(title, sizeof(title), "PENDING");
    right_text(&o->pending, right, sizeof(right), "connections", "Connections");
    bool any = model_has(context->model, SHAPE_CONNZ_HOT) || model_has(context->model, SHAPE_CONNZ_FULL);
    quantity_panel_draw(&o->pending, s, area, title, right,
                        any ? "no connections" : "connections: not collected here yet");
}

static void draw_events(const struct view_context *context, struct surface *s, struct rect area) {
    surface_rule(s, area, "EVENTS newest first", ":events");
    if (model_event_count(context->model) == 0)
        surface_text(s, area, area.x + 3, area.y + 1, ROLE_MUTED, 0,
                     "nothing has changed since we began to look");
    events_draw(context, s, rect_below(area, 1));
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct overview *o = state;
    if (o->compact) {
        draw_compact(o, context, s, area);
        return;
    }
    if (o->place[PANEL_CHARTS].h)
        draw_charts(o, context, s, o->place[PANEL_CHARTS]);
    if (o->place[PANEL_RATES].h)
        draw_rates(o, context, s, o->place[PANEL_RATES]);
    draw_nodes(o, s);
    if (o->place[PANEL_LAG].h)
        draw_lag(o, context, s);
    if (o->place[PANEL_PENDING].h)
        draw_pending(o, context, s);
    if (o->place[PANEL_EVENTS].h)
        draw_events(context, s, o->place[PANEL_EVENTS]);
}

static void status(const void *state, const struct view_context *context, char *out, size_t size) {
    const struct overview *o = state;
    if (*context->filter)
        snprintf(out, size, "filter: %s", context->filter);
    else
        hidden_panels(o, out, size);
}

static const char *check_filter(void *state, const char *filter) {
    struct overview *o = state;
    return quantity_list_check(o->list.focus ? o->list.focus : &o->nodes, filter);
}

/* ---- keys ---- */

static unsigned step_focus(struct view_call *c, int by) {
    struct overview *o = c->state;
    int at = PANEL_NODES - 1; /* the verdict */
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++)
        if (o->list.focus == list_of(o, (enum panel)p))
            at = p;
    for (int tries = 0; tries <= PANEL_COUNT; tries++) {
        at += by;
        if (at >= PANEL_EVENTS)
            at = PANEL_NODES;
        if (at < PANEL_NODES)
            at = PANEL_EVENTS - 1;
        if (o->place[at].h) {
            o->list.focus = list_of(o, (enum panel)at);
            return REACT_DRAW;
        }
    }
    return REACT_NONE;
}

static unsigned next_panel(void *call) {
    return step_focus(call, 1);
}

static unsigned previous_panel(void *call) {
    return step_focus(call, -1);
}

static unsigned open_worst(struct view_call *c) {
    size_t count;
    const struct model *model = c->context->model;
    const struct finding *findings = model_findings(model, &count);
    for (size_t i = 0; i < count; i++) {
        const struct object *object = model_object(model, findings[i].object);
        uint64_t target;
        if (!object || object->kind == OBJECT_CLUSTER)
            continue;
        c->request->view = place_of(model, object, &target);
        c->request->object = target;
        return REACT_DRAW | REACT_WANTS;
    }
    c->request->view = count ? "events" : NULL;
    return count ? REACT_DRAW | REACT_WANTS : REACT_PASS;
}

static unsigned enter(void *call) {
    struct view_call *c = call;
    struct overview *o = c->state;
    return o->list.focus ? list_open(call) : open_worst(c);
}

static unsigned leave(void *call) {
    struct view_call *c = call;
    struct overview *o = c->state;
    if (o->list.focus && o->list.focus->menu)
        return list_close(call);
    if (!o->list.focus)
        return REACT_PASS;
    o->list.focus = NULL;
    return REACT_DRAW;
}

static const struct action actions[] = {
    {"Enter d", "open", "open", "Open the selected row; with none selected, the worst finding.", enter},
    {"Tab", "next_panel", "panel", "Next panel.", next_panel},
    {"Shift-Tab", "previous_panel", NULL, "Previous panel.", previous_panel},
    {"Esc", "verdict", NULL, "Back to the verdict: nothing selected.", leave},
    LIST_ACTIONS,
};
static const struct action_table action_table = {"Overview", actions, COUNT(actions)};

static unsigned wants(const void *state, const struct view_context *context, const char **sort) {
    (void)state, (void)context, (void)sort;
    return 1u << SHAPE_JSZ;
}

const struct view_ops view_overview = {
    .name = "overview",
    .title = "Overview",
    .help = "The whole cluster: verdict, rates, nodes, what is worst.",
    .state_size = sizeof(struct overview),
    .init = init,
    .finish = finish,
    .wants = wants,
    .arrange = arrange,
    .draw = draw,
    .status = status,
    .check_filter = check_filter,
    .actions = &action_table,
    .digit = 1,
};
