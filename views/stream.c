/* Stream: one stream, its limits and when they are reached, its replicas, what it copies, who reads it. */
#include "views/asset_page.h"

#include <stdio.h>
#include <string.h>

#include "views/asset_peers.h"
#include "views/flow.h"
#include "views/stream_limits.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { FEW_ROWS = 12, SUMMARY_MOST = 3, CONFIG_MOST = 3, REPLICA_MOST = 3, LIST_LEAST = 4 };

static const struct quantity_column reader_columns[] = {
    {.quantity = Q_CONSUMER_name, .priority = 0, .width = 16, .grow = 200, .pinned = true},
    {.quantity = Q_CONSUMER_lag, .priority = 1},
    {.quantity = Q_CONSUMER_lag_slope, .priority = 4},
    {.quantity = Q_CONSUMER_time_behind, .priority = 1},
    {.quantity = Q_CONSUMER_drain, .priority = 3},
    {.quantity = Q_CONSUMER_state, .priority = 2},
    {.quantity = Q_CONSUMER_ack_pending, .priority = 5},
    {.quantity = Q_CONSUMER_max_ack_pending, .priority = 9},
    {.quantity = Q_CONSUMER_redelivered, .priority = 6},
    {.quantity = Q_CONSUMER_waiting, .priority = 8},
    {.quantity = Q_CONSUMER_delivered_per_s, .priority = 7},
    {.quantity = Q_CONSUMER_acked_per_s, .priority = 7},
    {.quantity = Q_CONSUMER_leader, .priority = 6, .grow = 6},
    {.quantity = Q_CONSUMER_last_ack, .priority = 10},
    {.quantity = Q_CONSUMER_lag,
     .form = COLUMN_SPARK,
     .title = "LAG 10m",
     .width = 10,
     .priority = 4,
     .grow = 20},
};

static const struct fact summary[] = {
    {Q_STREAM_messages, "messages"},   {Q_STREAM_bytes, "bytes"},           {Q_STREAM_in_msgs_per_s, "in/s"},
    {Q_STREAM_in_bytes_per_s, "B/s"},  {Q_STREAM_num_subjects, "subjects"}, {Q_STREAM_first_seq, "first"},
    {Q_STREAM_first_age, "oldest"},    {Q_STREAM_last_seq, "last"},         {Q_STREAM_last_message, "newest"},
    {Q_STREAM_num_deleted, "deleted"},
};

static const struct fact config[] = {
    {Q_STREAM_account, "account"}, {Q_STREAM_retention, "retention"}, {Q_STREAM_discard, "discard"},
    {Q_STREAM_storage, "on"},      {Q_STREAM_lost, "store damaged"},
};

struct stream_page {
    struct asset_page page;
    struct rect state_at, loss_at, summary_at, limits_at, sources_at, config_at, replicas_at, list_at;
};

static void init(void *state) {
    struct stream_page *p = state;
    asset_page_init(&p->page, OBJECT_STREAM, reader_columns, COUNT(reader_columns), 1);
}

/* ---- layout ---- */

/* Whole blocks, the more urgent ones first; the consumers have what is left. */
static void lay_out(struct stream_page *p, const struct view_context *context, const struct object *stream,
                    struct rect area) {
    struct rect left = rect_below(area, 1), block = {0, 0, area.w, SUMMARY_MOST};
    struct rect *const at[] = {&p->summary_at, &p->limits_at, &p->sources_at, &p->replicas_at, &p->config_at};
    int rows[COUNT(at)] = {
        facts_draw(context, stream, summary, COUNT(summary), NULL, block),
        stream_limits_rows(context, stream),
        stream_sources_rows(context, stream),
        1 + asset_replicas_draw(context, stream, NULL, (struct rect){0, 0, area.w, REPLICA_MOST}),
        1 + facts_draw(context, stream, config, COUNT(config), NULL, block),
    };
    p->state_at = asset_page_take(&left, 1);
    p->loss_at = asset_page_take(&left, asset_page_loss_rows(context, stream));
    int room = area.h < FEW_ROWS ? left.h : left.h - LIST_LEAST;
    for (int i = 0; i < COUNT(at); i++) {
        int *wanted = &rows[i];
        *wanted = *wanted <= room ? *wanted : i == 0 && room > 0 ? room : 0;
        if (i > 0 && area.h < FEW_ROWS)
            *wanted = 0;
        room -= *wanted;
    }
    for (int i = 0; i < COUNT(at); i++)
        *at[i] = asset_page_take(&left, rows[i]);
    p->list_at = left;
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct stream_page *p = state;
    const struct object *stream = asset_page_object(&p->page, context);
    p->page.shown = stream ? stream->id : 0;
    if (!stream)
        return;
    struct quantity_pick pick = {.stream = stream, .shapes = 1u << SHAPE_JSZ};
    lay_out(p, context, stream, area);
    quantity_list_arrange(&p->page.consumers, context, &pick, area.w, quantity_panel_rows(p->list_at.h));
    p->page.consumers.table.focused = true;
}

/* ---- drawing ---- */

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct stream_page *p = state;
    const struct object *stream = asset_page_object(&p->page, context);
    char title[80], hint[60];
    if (!stream) {
        asset_page_nothing(&p->page, context, s, area);
        return;
    }
    asset_page_title(context, stream, s, area);
    asset_page_state(context, stream, s, p->state_at);
    asset_page_loss(context, stream, s, p->loss_at);
    facts_draw(context, stream, summary, COUNT(summary), s, p->summary_at);
    if (p->limits_at.h)
        stream_limits_draw(context, stream, s, p->limits_at);
    if (p->sources_at.h)
        stream_sources_draw(context, stream, s, p->sources_at);
    if (p->config_at.h) {
        surface_rule(s, p->config_at, "CONFIGURATION", "");
        facts_draw(context, stream, config, COUNT(config), s, rect_below(p->config_at, 1));
    }
    if (p->replicas_at.h) {
        snprintf(title, sizeof(title), "REPLICAS %s",
                 quantity_name_text(context->model, stream, Q_STREAM_replicas));
        surface_rule(s, p->replicas_at, title, "");
        asset_replicas_draw(context, stream, s, rect_below(p->replicas_at, 1));
    }
    if (p->list_at.h) {
        snprintf(title, sizeof(title), "CONSUMERS %zu", p->page.consumers.known);
        keymap_hint(ACTION_OPEN_SIBLING, "consumer", hint, sizeof(hint));
        quantity_panel_draw(&p->page.consumers, s, p->list_at, title, hint, "no consumers");
    }
    asset_page_dim(stream, s, rect_below(area, p->state_at.y + 1 - area.y));
    quantity_menu_draw(&p->page.consumers, s, p->list_at.h > 2 ? p->list_at : area, area);
}

static const struct action actions[] = {
    {ACTION_PREVIOUS_OBJECT, asset_page_previous},
    {ACTION_NEXT_OBJECT, asset_page_next},
    {ACTION_OPEN_SIBLING, list_open},
    {ACTION_OPEN_LEADER, asset_page_server},
    {ACTION_COPY, asset_page_copy},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

static const struct view_list_row lists[] = {
    {"readers", offsetof(struct stream_page, page.consumers), reader_columns, COUNT(reader_columns)},
    {NULL, 0, NULL, 0}};

const struct view_ops view_stream = {
    .lists = lists,
    .name = "stream",
    .title = "Stream",
    .help = "One stream: when it is full, what it loses, who reads it.",
    .state_size = sizeof(struct stream_page),
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
    .contexts = CONTEXT_STREAM | CONTEXT_LIST,
};
