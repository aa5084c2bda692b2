/* Consumer: one consumer, why it is as it is, how it went, how it is set up, beside those of its stream. */
#include "views/asset_page.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/asset_peers.h"
#include "views/chart_stack.h"
#include "views/flow.h"
#include "views/place.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum {
    SUMMARY_MOST = 3,
    CONFIG_MOST = 3,
    REPLICA_MOST = 2,
    LIST_LEAST = 4,
    LIST_MOST = 8,
    CHART_LEAST = 4,
    TITLE_REST = 40 /* columns of what else stands in the title of the list */
};

static const struct quantity_column sibling_columns[] = {
    {.quantity = Q_CONSUMER_name, .priority = 0, .width = 16, .grow = 200, .pinned = true},
    {.quantity = Q_CONSUMER_lag, .priority = 1},
    {.quantity = Q_CONSUMER_lag_slope, .priority = 4},
    {.quantity = Q_CONSUMER_time_behind, .priority = 1},
    {.quantity = Q_CONSUMER_drain, .priority = 3},
    {.quantity = Q_CONSUMER_state, .priority = 2, .grow = 8, .dated = true},
    {.quantity = Q_CONSUMER_ack_pending, .priority = 5},
    {.quantity = Q_CONSUMER_max_ack_pending, .priority = 9},
    {.quantity = Q_CONSUMER_redelivered, .priority = 6},
    {.quantity = Q_CONSUMER_waiting, .priority = 8},
    {.quantity = Q_CONSUMER_delivered_per_s, .priority = 7},
    {.quantity = Q_CONSUMER_acked_per_s, .priority = 7},
    {.quantity = Q_CONSUMER_leader, .priority = 10, .grow = 6},
    {.quantity = Q_CONSUMER_last_ack, .priority = 11},
    {.quantity = Q_CONSUMER_lag,
     .form = COLUMN_SPARK,
     .title = "LAG 10m",
     .width = 10,
     .priority = 4,
     .grow = 20},
};

static const struct fact summary[] = {
    {Q_CONSUMER_lag, "lag"},
    {Q_CONSUMER_lag_slope, "d/dt"},
    {Q_CONSUMER_time_behind, "behind"},
    {Q_CONSUMER_drain, "drain"},
    {Q_CONSUMER_pending, "to deliver"},
    {Q_CONSUMER_ack_pending, "ack pending"},
    {Q_CONSUMER_redelivered, "redelivered"},
    {Q_CONSUMER_redelivered_per_min, "redelivered/min"},
    {Q_CONSUMER_waiting, "waiting pulls"},
    {Q_CONSUMER_bound, "bound"},
    {Q_CONSUMER_delivered_per_s, "delivered/s"},
    {Q_CONSUMER_acked_per_s, "acked/s"},
    {Q_CONSUMER_last_delivered, "last delivery"},
    {Q_CONSUMER_last_ack, "last ack"},
    {Q_CONSUMER_pause_remaining, "paused for"},
    {Q_CONSUMER_pinned, "pinned to"},
    {Q_CONSUMER_delivered_seq, "delivered up to"},
    {Q_CONSUMER_ack_floor_seq, "acked up to"},
};

static const struct fact config[] = {
    {Q_CONSUMER_kind, "kind"},
    {Q_CONSUMER_account, "account"},
    {Q_CONSUMER_filter, "takes"},
    {Q_CONSUMER_deliver_subject, "pushes to"},
    {Q_CONSUMER_deliver_policy, "from"},
    {Q_CONSUMER_ack_policy, "acks"},
    {Q_CONSUMER_ack_wait, "ack wait"},
    {Q_CONSUMER_max_ack_pending, "ack pending at most"},
    {Q_CONSUMER_max_deliver, "deliveries at most"},
    {Q_CONSUMER_max_waiting, "pulls at most"},
    {Q_CONSUMER_durable, "durable"},
    {Q_CONSUMER_priority, "priority"},
    {Q_CONSUMER_told, "levels"},
    {Q_CONSUMER_told_wrong, "level not read"},
};

static const struct chart_spec charts[] = {
    {.quantity = Q_CONSUMER_lag, .role = ROLE_CHART_LOAD, .title = "LAG"},
    {.quantity = Q_CONSUMER_time_behind, .role = ROLE_CHART_LOAD, .title = "TIME BEHIND", .brief = "BEHIND"},
    {.quantity = Q_CONSUMER_delivered_per_s,
     .role = ROLE_CHART_OUT,
     .title = "DELIVERED",
     .suffix = "/s",
     .brief = "DLV/s"},
    {.quantity = Q_CONSUMER_acked_per_s,
     .role = ROLE_CHART_IN,
     .title = "ACKED",
     .suffix = "/s",
     .brief = "ACK/s"},
};

struct consumer_page {
    struct asset_page page;
    struct chart_stack charts;
    struct rect summary_at, charts_at, config_at, replicas_at, list_at;
};

/* ---- layout ---- */

static int at_most(int wanted, int room) {
    return wanted < room ? wanted : room > 0 ? room : 0;
}

static int list_rows(const struct consumer_page *p) {
    int rows = 2 + (int)p->page.consumers.known;
    return rows < LIST_LEAST ? LIST_LEAST : rows > LIST_MOST ? LIST_MOST : rows;
}

static int summary_rows(const struct view_context *context, const struct object *consumer, int width,
                        int most) {
    return facts_draw(context, consumer, summary, COUNT(summary), NULL, (struct rect){0, 0, width, most});
}

static int config_rows(const struct view_context *context, const struct object *consumer, int width,
                       int most) {
    return 1 + facts_draw(context, consumer, config, COUNT(config), NULL, (struct rect){0, 0, width, most});
}

static int replica_rows(const struct view_context *context, const struct object *consumer, int width,
                        int most) {
    return 1 + asset_replicas_draw(context, consumer, NULL, (struct rect){0, 0, width, most});
}

/* What says why comes first, then how it went, then the others of its stream, then what never changes. */
static void lay_out_all(void *state, const struct view_context *context, const struct object *consumer,
                        struct rect left) {
    struct consumer_page *p = state;
    int numbers = p->page.few ? left.h : SUMMARY_MOST;
    p->summary_at = page_take(&left, summary_rows(context, consumer, left.w, numbers));
    if (p->page.few)
        return;
    int room = left.h - CHART_LEAST, list = at_most(room >= LIST_LEAST ? list_rows(p) : 0, room);
    int facts = config_rows(context, consumer, left.w, CONFIG_MOST);
    int replicas = replica_rows(context, consumer, left.w, REPLICA_MOST);
    room -= list;
    replicas = replicas > room ? 0 : replicas;
    room -= replicas;
    facts = facts > room ? 0 : facts;
    p->charts_at = page_take(&left, chart_stack_rows(&p->charts, left.h - list - replicas - facts));
    p->config_at = page_take(&left, facts);
    p->replicas_at = page_take(&left, replicas);
    p->list_at = left;
}

static void lay_out_charts(void *state, const struct view_context *context, const struct object *consumer,
                           struct rect left) {
    struct consumer_page *p = state;
    int charts_fit = chart_stack_rows(&p->charts, left.h);
    p->charts_at = page_take(&left, charts_fit);
    if (!charts_fit)
        p->summary_at = page_take(&left, summary_rows(context, consumer, left.w, left.h));
}

/* All that there is; the numbers give way, which have their place among all. */
static void lay_out_setup(void *state, const struct view_context *context, const struct object *consumer,
                          struct rect left) {
    struct consumer_page *p = state;
    int facts = config_rows(context, consumer, left.w, left.h);
    int replicas = replica_rows(context, consumer, left.w, left.h), room = left.h - facts - replicas;
    p->summary_at = page_take(&left, room > 0 ? summary_rows(context, consumer, left.w, room) : 0);
    p->config_at = page_take(&left, facts);
    p->replicas_at = page_take(&left, replicas);
}

static void lay_out_list(void *state, const struct view_context *context, const struct object *consumer,
                         struct rect left) {
    struct consumer_page *p = state;
    (void)context, (void)consumer;
    p->list_at = left;
}

static const struct page_part parts[] = {{"all", lay_out_all},
                                         {"charts", lay_out_charts},
                                         {"setup", lay_out_setup},
                                         {"consumers", lay_out_list},
                                         {NULL, NULL}};

static void lay_out(struct consumer_page *p, const struct view_context *context,
                    const struct object *consumer, struct rect area) {
    p->summary_at = p->charts_at = p->config_at = p->replicas_at = p->list_at = (struct rect){0};
    asset_page_lay_out(p, context, consumer, area);
}

static void init(void *state) {
    struct consumer_page *p = state;
    asset_page_init(&p->page, OBJECT_CONSUMER, sibling_columns, COUNT(sibling_columns), parts);
    p->charts.specs = charts;
    p->charts.count = COUNT(charts);
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct consumer_page *p = state;
    const struct object *consumer = page_object(&p->page.base, context);
    uint64_t shown = consumer ? consumer->id : 0;
    if (p->page.base.shown != shown)
        memset(p->charts.scales, 0, sizeof(p->charts.scales));
    if (p->page.base.shown != shown && consumer)
        quantity_list_select(&p->page.consumers, shown);
    p->page.base.shown = shown;
    if (!consumer)
        return;
    struct quantity_pick pick = {.stream = model_stream_of(context->model, consumer), .keep = shown};
    quantity_list_arrange(&p->page.consumers, context, &pick, area.w, 1);
    lay_out(p, context, consumer, area);
    quantity_list_arrange(&p->page.consumers, context, &pick, area.w, p->list_at.h - 1);
    p->page.consumers.table.focused = true;
    chart_stack_arrange(&p->charts, context, consumer, spark_span_s(context, area.w));
}

/* ---- drawing ---- */

static void draw_list(const struct consumer_page *p, const struct view_context *context,
                      const struct object *consumer, struct surface *s) {
    char title[640], stream[600], hint[60];
    text_cut_middle(stream, sizeof(stream),
                    quantity_name_text(context->model, consumer, Q_CONSUMER_stream_shown),
                    p->list_at.w - TITLE_REST);
    snprintf(title, sizeof(title), "CONSUMERS OF %s %zu", stream, p->page.consumers.known);
    keymap_hint(ACTION_OPEN_STREAM, "stream", hint, sizeof(hint));
    quantity_panel_draw(&p->page.consumers, s, p->list_at, title, hint, "no consumers");
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct consumer_page *p = state;
    const struct object *consumer = page_object(&p->page.base, context);
    if (!consumer) {
        asset_page_nothing(&p->page, context, s, area);
        return;
    }
    asset_page_head(&p->page, context, consumer, s, area);
    facts_draw(context, consumer, summary, COUNT(summary), s, p->summary_at);
    if (p->charts_at.h)
        chart_stack_draw(&p->charts, context, consumer, spark_span_s(context, area.w), s, p->charts_at);
    if (p->config_at.h) {
        surface_rule(s, p->config_at, "CONFIGURATION", "");
        facts_draw(context, consumer, config, COUNT(config), s, rect_below(p->config_at, 1));
    }
    if (p->replicas_at.h) {
        surface_rule(s, p->replicas_at, "REPLICAS", "");
        asset_replicas_draw(context, consumer, s, rect_below(p->replicas_at, 1));
    }
    if (p->list_at.h > 2)
        draw_list(p, context, consumer, s);
    asset_page_dim(&p->page, consumer, s, area);
    quantity_menu_draw(&p->page.consumers, s, p->list_at.h > 2 ? p->list_at : area, area);
}

static unsigned open_stream(void *call) {
    struct view_call *c = call;
    const struct consumer_page *p = c->state;
    const struct object *consumer =
        p->page.base.shown ? model_object(c->context->model, p->page.base.shown) : NULL;
    const struct object *stream = consumer ? model_stream_of(c->context->model, consumer) : NULL;
    return place_go(c, stream);
}

static const struct action actions[] = {
    {ACTION_PREVIOUS_OBJECT, page_previous},
    {ACTION_NEXT_OBJECT, page_next},
    {ACTION_NEXT_PART, page_next_part},
    {ACTION_PREVIOUS_PART, page_previous_part},
    {ACTION_BACK, page_back},
    {ACTION_OPEN_SIBLING, list_open},
    {ACTION_OPEN_STREAM, open_stream},
    {ACTION_OPEN_LEADER, asset_page_server},
    {ACTION_COPY, page_copy},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

static const struct view_list_row lists[] = {
    {"siblings", offsetof(struct consumer_page, page.consumers), sibling_columns, COUNT(sibling_columns)},
    {NULL, 0, NULL, 0}};

const struct view_ops view_consumer = {
    .lists = lists,
    .name = "consumer",
    .title = "Consumer",
    .help = "One consumer: why it lags, how it went, beside those of its stream.",
    .state_size = sizeof(struct consumer_page),
    .init = init,
    .finish = asset_page_finish,
    .shapes = 1u << SHAPE_JSZ,
    .slopes = 1u << SHAPE_JSZ,
    .dated_by = SHAPE_JSZ,
    .arrange = arrange,
    .draw = draw,
    .status = asset_page_status,
    .check_filter = list_check_filter,
    .actions = actions,
    .contexts = CONTEXT_CONSUMER | CONTEXT_LIST,
};
