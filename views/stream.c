/* Stream: one stream, its limits and when they are reached, its replicas, what it copies, who reads it. */
#include "views/asset_page.h"

#include <stdio.h>
#include <string.h>

#include "views/asset_peers.h"
#include "views/flow.h"
#include "views/stream_limits.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { LIST_LEAST = 4 };

static const struct quantity_column reader_columns[] = {
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
    {Q_STREAM_account, "account"},           {Q_STREAM_retention, "retention"},
    {Q_STREAM_discard, "discard"},           {Q_STREAM_storage, "on"},
    {Q_STREAM_lost, "store damaged"},        {Q_STREAM_told, "levels"},
    {Q_STREAM_told_wrong, "level not read"},
};

/* ---- what it consists of, beside head and list ---- */

static int summary_rows(const struct view_context *context, const struct object *stream, struct rect area) {
    return facts_draw(context, stream, summary, COUNT(summary), NULL, area);
}

static void draw_summary(const struct view_context *context, const struct object *stream, struct surface *s,
                         struct rect area) {
    facts_draw(context, stream, summary, COUNT(summary), s, area);
}

static int limits_rows(const struct view_context *context, const struct object *stream, struct rect area) {
    (void)area;
    return stream_limits_rows(context, stream);
}

static int sources_rows(const struct view_context *context, const struct object *stream, struct rect area) {
    return stream_sources_rows(context, stream, area.h);
}

static int replicas_rows(const struct view_context *context, const struct object *stream, struct rect area) {
    return 1 + asset_replicas_draw(context, stream, NULL, area);
}

static void draw_replicas(const struct view_context *context, const struct object *stream, struct surface *s,
                          struct rect area) {
    char title[80];
    snprintf(title, sizeof(title), "REPLICAS %s",
             quantity_name_text(context->model, stream, Q_STREAM_replicas));
    surface_rule(s, area, title, "");
    asset_replicas_draw(context, stream, s, rect_below(area, 1));
}

static int config_rows(const struct view_context *context, const struct object *stream, struct rect area) {
    return 1 + facts_draw(context, stream, config, COUNT(config), NULL, area);
}

static void draw_config(const struct view_context *context, const struct object *stream, struct surface *s,
                        struct rect area) {
    surface_rule(s, area, "CONFIGURATION", "");
    facts_draw(context, stream, config, COUNT(config), s, rect_below(area, 1));
}

enum { PART_ALL = 1, PART_LIMITS = 2, PART_SETUP = 4 };

/* In the order in which they stand, the more urgent ones first. */
static const struct block {
    unsigned parts;
    int most; /* lines that it may have among all */
    /* Rows that it makes use of, where it may have so many lines as `area` has rows. */
    int (*rows)(const struct view_context *context, const struct object *stream, struct rect area);
    void (*draw)(const struct view_context *context, const struct object *stream, struct surface *s,
                 struct rect area);
} blocks[] = {
    {PART_ALL | PART_LIMITS, 3, summary_rows, draw_summary},
    {PART_ALL | PART_LIMITS, 0, limits_rows, stream_limits_draw},
    {PART_ALL | PART_LIMITS, 6, sources_rows, stream_sources_draw},
    {PART_ALL | PART_SETUP, 3, replicas_rows, draw_replicas},
    {PART_ALL | PART_SETUP, 3, config_rows, draw_config},
};

struct stream_page {
    struct asset_page page;
    struct rect at[COUNT(blocks)], list_at;
};

/* ---- layout ---- */

static void place(struct stream_page *p, const int *rows, struct rect *left) {
    for (int i = 0; i < COUNT(blocks); i++)
        p->at[i] = page_take(left, rows[i]);
}

/* Whole blocks; the consumers have what is left. */
static void lay_out_all(void *state, const struct view_context *context, const struct object *stream,
                        struct rect left) {
    struct stream_page *p = state;
    int rows[COUNT(blocks)] = {0}, room = p->page.few ? left.h : left.h - LIST_LEAST;
    for (int i = 0; i < (p->page.few ? 1 : COUNT(blocks)); i++) {
        int wanted = blocks[i].rows(context, stream, (struct rect){0, 0, left.w, blocks[i].most});
        rows[i] = wanted <= room ? wanted : i == 0 && room > 0 ? room : 0;
        room -= rows[i];
    }
    place(p, rows, &left);
    p->list_at = left;
}

/* Some blocks as whole as they can be; what comes later stands before the summary where room is short. */
static void lay_out_blocks(struct stream_page *p, unsigned part, const struct view_context *context,
                           const struct object *stream, struct rect left) {
    int rows[COUNT(blocks)] = {0}, room = left.h;
    for (int n = 1; n <= COUNT(blocks); n++) {
        int i = n % COUNT(blocks), wanted;
        if (!(blocks[i].parts & part))
            continue;
        wanted = blocks[i].rows(context, stream, (struct rect){0, 0, left.w, left.h});
        rows[i] = wanted < room ? wanted : room;
        room -= rows[i];
    }
    place(p, rows, &left);
}

static void lay_out_limits(void *state, const struct view_context *context, const struct object *stream,
                           struct rect left) {
    lay_out_blocks(state, PART_LIMITS, context, stream, left);
}

static void lay_out_setup(void *state, const struct view_context *context, const struct object *stream,
                          struct rect left) {
    lay_out_blocks(state, PART_SETUP, context, stream, left);
}

static void lay_out_list(void *state, const struct view_context *context, const struct object *stream,
                         struct rect left) {
    struct stream_page *p = state;
    (void)context, (void)stream;
    p->list_at = left;
}

static const struct page_part parts[] = {{"all", lay_out_all},
                                         {"limits", lay_out_limits},
                                         {"setup", lay_out_setup},
                                         {"consumers", lay_out_list},
                                         {NULL, NULL}};

static void init(void *state) {
    struct stream_page *p = state;
    asset_page_init(&p->page, OBJECT_STREAM, reader_columns, COUNT(reader_columns), parts);
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct stream_page *p = state;
    const struct object *stream = page_object(&p->page.base, context);
    p->page.base.shown = stream ? stream->id : 0;
    if (!stream)
        return;
    struct quantity_pick pick = {.stream = stream, .shapes = 1u << SHAPE_JSZ};
    memset(p->at, 0, sizeof(p->at));
    p->list_at = (struct rect){0};
    asset_page_lay_out(p, context, stream, area);
    quantity_list_arrange(&p->page.consumers, context, &pick, area.w, quantity_panel_rows(p->list_at.h));
    p->page.consumers.table.focused = true;
}

/* ---- drawing ---- */

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct stream_page *p = state;
    const struct object *stream = page_object(&p->page.base, context);
    char title[80], hint[60];
    if (!stream) {
        asset_page_nothing(&p->page, context, s, area);
        return;
    }
    asset_page_head(&p->page, context, stream, s, area);
    for (int i = 0; i < COUNT(blocks); i++)
        if (p->at[i].h)
            blocks[i].draw(context, stream, s, p->at[i]);
    if (p->list_at.h) {
        snprintf(title, sizeof(title), "CONSUMERS %zu", p->page.consumers.known);
        keymap_hint(ACTION_OPEN_SIBLING, "consumer", hint, sizeof(hint));
        quantity_panel_draw(&p->page.consumers, s, p->list_at, title, hint, "no consumers");
    }
    asset_page_dim(&p->page, stream, s, area);
    quantity_menu_draw(&p->page.consumers, s, p->list_at.h > 2 ? p->list_at : area, area);
}

static const struct action actions[] = {
    {ACTION_PREVIOUS_OBJECT, page_previous},
    {ACTION_NEXT_OBJECT, page_next},
    {ACTION_NEXT_PART, page_next_part},
    {ACTION_PREVIOUS_PART, page_previous_part},
    {ACTION_BACK, page_back},
    {ACTION_OPEN_SIBLING, list_open},
    {ACTION_OPEN_LEADER, asset_page_server},
    {ACTION_COPY, page_copy},
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
