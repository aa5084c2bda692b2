/* JetStream: consumers and streams, worst first, and the meta group; below them the lag of the selected
 * consumer over time, its stream and who keeps that. */
#include "views/quantity_table.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/asset_detail.h"
#include "views/asset_name.h"
#include "views/asset_peers.h"
#include "views/flow.h"
#include "views/jetstream_heard.h"
#include "views/spark.h"

static const struct quantity_column consumer_columns[] = {
    {.quantity = Q_CONSUMER_path, .priority = 0, .width = 22, .grow = 200, .pinned = true},
    {.quantity = Q_CONSUMER_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_CONSUMER_account, .priority = 14},
    {.quantity = Q_CONSUMER_lag, .priority = 1},
    {.quantity = Q_CONSUMER_lag_slope, .priority = 4},
    {.quantity = Q_CONSUMER_time_behind, .priority = 1},
    {.quantity = Q_CONSUMER_drain, .priority = 3},
    {.quantity = Q_CONSUMER_state, .priority = 2, .grow = 8, .dated = true},
    {.quantity = Q_CONSUMER_pending, .priority = 9},
    {.quantity = Q_CONSUMER_ack_pending, .priority = 6},
    {.quantity = Q_CONSUMER_max_ack_pending, .priority = 10},
    {.quantity = Q_CONSUMER_redelivered, .priority = 6},
    {.quantity = Q_CONSUMER_waiting, .priority = 11},
    {.quantity = Q_CONSUMER_delivered_per_s, .priority = 7},
    {.quantity = Q_CONSUMER_acked_per_s, .priority = 7},
    {.quantity = Q_CONSUMER_leader, .priority = 5, .grow = 6},
    {.quantity = Q_CONSUMER_leadership, .priority = 12},
    {.quantity = Q_CONSUMER_replicas, .priority = 12, .width = 4},
    {.quantity = Q_CONSUMER_last_ack, .priority = 8},
    {.quantity = Q_CONSUMER_last_delivered, .priority = 13},
    {.quantity = Q_CONSUMER_lost_in, .priority = 14},
    {.quantity = Q_CONSUMER_kind, .priority = 15},
    {.quantity = Q_CONSUMER_why, .priority = 15, .grow = 30},
    {.quantity = Q_CONSUMER_leader_why, .priority = 15, .grow = 20, .off = true},
    {.quantity = Q_CONSUMER_ack_floor_seq, .priority = 16, .width = 12},
    {.quantity = Q_CONSUMER_delivered_seq, .priority = 16, .width = 12},
    {.quantity = Q_CONSUMER_state_since, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_pause_remaining, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_pinned, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_filter, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_deliver_policy, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_ack_policy, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_ack_wait, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_ack_window, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_max_deliver, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_given_up, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_max_waiting, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_deliveries, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_redelivered_per_min, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_redeliveries, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_undelivered_for, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_unacked_for, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_floor_age, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_evicted, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_deliver_subject, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_durable, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_priority, .priority = 2, .off = true},
    {.quantity = Q_CONSUMER_lag,
     .form = COLUMN_SPARK,
     .title = "10m",
     .width = 10,
     .priority = 4,
     .grow = 20},
};

static const struct quantity_column stream_columns[] = {
    {.quantity = Q_STREAM_shown,
     .priority = 0,
     .width = 16,
     .grow = 200,
     .title = "STREAM / BUCKET",
     .pinned = true},
    {.quantity = Q_STREAM_name, .priority = 15, .grow = 16, .off = true},
    {.quantity = Q_STREAM_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_STREAM_account, .priority = 12},
    {.quantity = Q_STREAM_leader, .priority = 3, .grow = 6},
    {.quantity = Q_STREAM_state, .priority = 2, .grow = 8, .dated = true},
    {.quantity = Q_STREAM_leadership, .priority = 15},
    {.quantity = Q_STREAM_replicas, .priority = 2, .width = 4},
    {.quantity = Q_STREAM_messages, .priority = 1},
    {.quantity = Q_STREAM_bytes, .priority = 2},
    {.quantity = Q_STREAM_in_msgs_per_s, .priority = 1},
    {.quantity = Q_STREAM_in_bytes_per_s, .priority = 8},
    {.quantity = Q_STREAM_msgs_share, .priority = 10},
    {.quantity = Q_STREAM_bytes_share, .priority = 5},
    {.quantity = Q_STREAM_full_in, .priority = 3},
    {.quantity = Q_STREAM_full_by, .priority = 11},
    {.quantity = Q_STREAM_loss, .priority = 4},
    {.quantity = Q_STREAM_consumers, .priority = 6},
    {.quantity = Q_STREAM_last_message, .priority = 7},
    {.quantity = Q_STREAM_max_bytes, .priority = 13},
    {.quantity = Q_STREAM_first_age, .priority = 13},
    {.quantity = Q_STREAM_copies, .priority = 13, .grow = 10},
    {.quantity = Q_STREAM_source_lag, .priority = 14},
    {.quantity = Q_STREAM_retention, .priority = 16},
    {.quantity = Q_STREAM_discard, .priority = 17},
    {.quantity = Q_STREAM_storage, .priority = 15},
    {.quantity = Q_STREAM_leader_why, .priority = 14, .grow = 30},
    {.quantity = Q_STREAM_first_seq, .priority = 18, .width = 12},
    {.quantity = Q_STREAM_last_seq, .priority = 18, .width = 12},
    {.quantity = Q_STREAM_kind, .priority = 2, .off = true},
    {.quantity = Q_STREAM_max_msgs, .priority = 2, .off = true},
    {.quantity = Q_STREAM_max_age, .priority = 2, .off = true},
    {.quantity = Q_STREAM_age_share, .priority = 2, .off = true},
    {.quantity = Q_STREAM_msgs_full_in, .priority = 2, .off = true},
    {.quantity = Q_STREAM_bytes_full_in, .priority = 2, .off = true},
    {.quantity = Q_STREAM_oldest_leaves_in, .priority = 2, .off = true},
    {.quantity = Q_STREAM_max_consumers, .priority = 2, .off = true},
    {.quantity = Q_STREAM_consumers_share, .priority = 2, .off = true},
    {.quantity = Q_STREAM_num_subjects, .priority = 2, .off = true},
    {.quantity = Q_STREAM_num_deleted, .priority = 2, .off = true},
    {.quantity = Q_STREAM_lost, .priority = 2, .off = true},
    {.quantity = Q_STREAM_sealed, .priority = 2, .off = true},
    {.quantity = Q_STREAM_source_active, .priority = 2, .off = true},
    {.quantity = Q_STREAM_source_state, .priority = 2, .off = true},
    {.quantity = Q_STREAM_source_error, .priority = 2, .off = true},
    {.quantity = Q_STREAM_why, .priority = 2, .off = true},
};
/* The meta group and the JetStream of each server. */
static const struct quantity_column meta_columns[] = {
    {.quantity = Q_SERVER_name, .priority = 0, .grow = 24, .pinned = true},
    {.quantity = Q_SERVER_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_SERVER_meta_role, .priority = 1},
    {.quantity = Q_SERVER_meta_lag, .priority = 4, .width = 6, .title = "LAG"},
    {.quantity = Q_SERVER_meta_seen, .priority = 3},
    {.quantity = Q_SERVER_js_memory, .priority = 6},
    {.quantity = Q_SERVER_js_max_memory, .priority = 11, .title = "OF MEM", .width = 6},
    {.quantity = Q_SERVER_js_memory_share, .priority = 2},
    {.quantity = Q_SERVER_js_reserved_memory, .priority = 12},
    {.quantity = Q_SERVER_js_storage, .priority = 5},
    {.quantity = Q_SERVER_js_max_storage, .priority = 11, .title = "OF DSK", .width = 6},
    {.quantity = Q_SERVER_js_storage_share, .priority = 1},
    {.quantity = Q_SERVER_js_reserved_storage, .priority = 12},
    {.quantity = Q_SERVER_js_api_per_s, .priority = 8},
    {.quantity = Q_SERVER_js_api_pending, .priority = 9},
    {.quantity = Q_SERVER_js_api_errors, .priority = 10},
    {.quantity = Q_SERVER_js_api_errors_per_min, .priority = 7},
    {.quantity = Q_SERVER_js_ha_assets, .priority = 8},
};
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { CHART_FIGURES = 32 }; /* columns of what its title says on the right */
enum { CHART_LEAST = 4, CHART_ROWS = 9, CHART_HEIGHT = 26, DETAIL_HEIGHT = 34, ROW_STEP = 4, META_LINES = 4 };

static const struct chart_spec lag_chart = {
    .quantity = Q_CONSUMER_lag, .role = ROLE_CHART_LOAD, .title = "LAG"};

static const struct fact meta_facts[] = {
    {Q_CLUSTER_meta_pending, "changes not applied yet"},
    {Q_CLUSTER_meta_leader_changes, "leader changes in 1h"},
};

enum tab { TAB_CONSUMERS, TAB_STREAMS, TAB_META, TAB_COUNT };

static const struct tab_info {
    const char *name, *brief;
    enum object_kind kind;
    const struct quantity_column *columns;
    int column_count, then; /* sorted by severity, then by this column */
    const char *empty;
} tabs[TAB_COUNT] = {
    [TAB_CONSUMERS] = {"consumers", "cons", OBJECT_CONSUMER, consumer_columns, COUNT(consumer_columns), 3,
                       "no consumers"},
    [TAB_STREAMS] = {"streams", "streams", OBJECT_STREAM, stream_columns, COUNT(stream_columns), 9,
                     "no streams"},
    [TAB_META] = {"meta group", "meta", OBJECT_SERVER, meta_columns, COUNT(meta_columns), 11,
                  "no server yet"},
};

struct jetstream {
    struct list_view list;
    struct quantity_list lists[TAB_COUNT];
    uint64_t opened;
    struct chart_scale scale;
    uint64_t scale_of;                       /* the object it fits */
    int chart_rows, detail_rows, table_rows; /* from below */
};

static enum tab tab_of(const struct jetstream *j) {
    return (enum tab)(j->list.focus - j->lists);
}

static void init(void *state) {
    struct jetstream *j = state;
    for (int t = 0; t < TAB_COUNT; t++)
        quantity_list_init(&j->lists[t], tabs[t].kind, tabs[t].columns, tabs[t].column_count, -1,
                           tabs[t].then);
    j->list.first = j->list.focus = &j->lists[TAB_CONSUMERS];
}

static void finish(void *state) {
    struct jetstream *j = state;
    for (int t = 0; t < TAB_COUNT; t++)
        quantity_list_finish(&j->lists[t]);
}

/* Nothing to do, nothing being done and nothing missed; what is not known is not idle. */
static bool idle(const struct model *model, const struct object *consumer) {
    static const enum quantity still[] = {Q_CONSUMER_lag, Q_CONSUMER_delivered_per_s, Q_CONSUMER_acked_per_s};
    double value;
    if (quantity_value(model, consumer, Q_CONSUMER_evicted, &value) && value > 0)
        return false;
    for (int i = 0; i < COUNT(still); i++)
        if (!quantity_value(model, consumer, still[i], &value) || value > 0)
            return false;
    return true;
}

static void open_object(struct jetstream *j, const struct view_context *context) {
    if (context->object == j->opened)
        return;
    j->opened = context->object;
    const struct object *object = j->opened ? model_object(context->model, j->opened) : NULL;
    for (int t = 0; object && t < TAB_COUNT; t++)
        if (tabs[t].kind == object->kind) {
            j->list.focus = &j->lists[t];
            quantity_list_select(j->list.focus, j->opened);
        }
}

static const struct object *shown_cluster(const struct jetstream *j, const struct view_context *context) {
    const struct object *server = quantity_list_selected(&j->lists[TAB_META], context->model);
    return server && server->parent ? server->parent : model_cluster(context->model);
}

static int detail_rows(const struct jetstream *j, const struct view_context *context, int width) {
    if (tab_of(j) != TAB_META)
        return asset_detail_rows(width, tabs[tab_of(j)].kind);
    const struct object *cluster = shown_cluster(j, context);
    struct rect area = {0, 0, width, META_LINES};
    return 1 + asset_meta_draw(context, cluster, NULL, area) +
           facts_draw(context, cluster, meta_facts, COUNT(meta_facts), NULL, area);
}

/* Chart and detail take what the table leaves, in steps of its rows; where it leaves nothing they have their
 * place on high screens. */
static void lay_out(struct jetstream *j, const struct view_context *context, struct rect area) {
    const struct quantity_list *list = j->list.focus;
    int rows = list->count < 1000 ? (int)list->count : 1000;
    int table = 1 + quantity_list_trouble_rows(list) + (rows + ROW_STEP - 1) / ROW_STEP * ROW_STEP,
        room = area.h - 1 - table;
    int detail = detail_rows(j, context, area.w);
    bool any = rows > 0 && area.w >= 60;
    j->detail_rows = any && (room >= detail || area.h >= DETAIL_HEIGHT) ? detail : 0;
    room -= j->detail_rows;
    j->chart_rows = 0;
    if (any && tab_of(j) == TAB_CONSUMERS) {
        int least = area.h >= CHART_HEIGHT ? CHART_ROWS : 0;
        j->chart_rows = room > least ? room : least;
        if (j->chart_rows < CHART_LEAST)
            j->chart_rows = 0;
    }
    int left = quantity_panel_rows(area.h) - j->chart_rows - j->detail_rows;
    j->table_rows = (j->chart_rows || j->detail_rows) && table < left ? table : left;
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct jetstream *j = state;
    open_object(j, context);
    for (int round = 0; round < 2; round++) { /* rows are counted, then placed */
        int height = round ? j->table_rows : quantity_panel_rows(area.h);
        for (int t = 0; t < TAB_COUNT; t++) {
            struct quantity_pick pick = {.idle = t == TAB_CONSUMERS ? idle : NULL,
                                         .internal = t == TAB_META ? NULL : asset_is_internal,
                                         .keep = j->opened,
                                         .no_filter = t != (int)tab_of(j),
                                         .shapes = 1u << SHAPE_JSZ};
            quantity_list_arrange(&j->lists[t], context, &pick, area.w, height);
        }
        if (round == 0)
            lay_out(j, context, area);
    }
    const struct object *selected = quantity_list_selected(&j->lists[TAB_CONSUMERS], context->model);
    if (!selected || !j->chart_rows)
        return;
    if (j->scale_of != selected->id)
        j->scale = (struct chart_scale){0};
    j->scale_of = selected->id;
    chart_spec_arrange(&lag_chart, &j->scale, context, selected, 600);
}

/* How much of the tabs is said: the first of these that fits. */
static const struct tab_words {
    bool whole, hidden, counted; /* names, what is hidden, how many */
    int gap;
} tab_words[] = {
    {true, true, true, 3}, {false, true, true, 3}, {false, false, true, 3}, {false, false, false, 1}};

/* "[consumers]", " 41, 32 idle hidden (i)" */
static void tab_text(const struct jetstream *j, enum tab t, const struct tab_words *words, char name[40],
                     char figures[120]) {
    const struct quantity_list *list = &j->lists[t];
    bool here = tab_of(j) == t;
    char key[32], hidden[80] = "";
    keymap_first(ACTION_HIDDEN, key, sizeof(key));
    if (here && words->hidden && (list->quiet || list->internal))
        snprintf(hidden, sizeof(hidden), ", %zu %s hidden%s%s%s", list->quiet + list->internal,
                 !list->internal ? "idle"
                 : !list->quiet  ? "internal"
                                 : "idle or internal",
                 *key ? " (" : "", key, *key ? ")" : "");
    snprintf(name, 40, here ? "[%s]" : "%s", words->whole ? tabs[t].name : tabs[t].brief);
    figures[0] = 0;
    if (words->counted)
        snprintf(figures, 120, " %zu%s", list->known, hidden);
}

/* "? 2 of 3 servers": what the others have is not in the lists. */
static void heard_text(const struct model *model, const struct tab_words *words, char out[80]) {
    char heard[60];
    jetstream_heard(model, heard, sizeof(heard));
    out[0] = 0;
    if (*heard && words->counted)
        snprintf(out, 80, "? %s", heard);
}

static int tabs_width(const struct jetstream *j, const struct model *model, const struct tab_words *words) {
    int width = 1 - words->gap;
    char name[40], figures[120], heard[80];
    heard_text(model, words, heard);
    width += *heard ? text_width(heard) + words->gap : 0;
    for (int t = 0; t < TAB_COUNT; t++) {
        tab_text(j, (enum tab)t, words, name, figures);
        width += text_width(name) + text_width(figures) + words->gap;
    }
    return width;
}

/* "[consumers] 41, 32 idle hidden (i)   streams 12   meta group 3"; returns where the next one would begin.
 */
static int draw_tab_names(const struct jetstream *j, const struct model *model, struct surface *s,
                          struct rect row) {
    const struct tab_words *words = tab_words, *last = &tab_words[COUNT(tab_words) - 1];
    int x = row.x + 1;
    char heard[80];
    while (words < last && tabs_width(j, model, words) > row.w)
        words++;
    for (int t = 0; t < TAB_COUNT; t++) {
        bool here = tab_of(j) == (enum tab)t;
        char name[40], figures[120];
        tab_text(j, (enum tab)t, words, name, figures);
        x += surface_text(s, row, x, row.y, here ? ROLE_HEAD : ROLE_MUTED, here ? ATTR_BOLD : 0, name);
        x += surface_text(s, row, x, row.y, ROLE_MUTED, 0, figures) + words->gap;
    }
    heard_text(model, words, heard);
    if (*heard)
        x += surface_text(s, row, x, row.y, ROLE_UNKNOWN, 0, heard) + words->gap;
    return x;
}

static void draw_tabs(const struct jetstream *j, const struct model *model, struct surface *s,
                      struct rect row) {
    const char *filter = j->list.focus->filter ? filter_text(j->list.focus->filter) : "";
    char sort[300], position[60], right[400];
    int x = draw_tab_names(j, model, s, row);
    quantity_list_status(j->list.focus, sort, sizeof(sort));
    quantity_list_position(j->list.focus, position, sizeof(position));
    snprintf(right, sizeof(right), "%s%s%s", position, *position ? "   " : "", sort);
    if (x + text_width(right) + 1 > row.x + row.w)
        snprintf(right, sizeof(right), "%s%s%s%s", position, *position && *filter ? "   " : "",
                 *filter ? "filter: " : "", filter);
    if (x + text_width(right) + 1 > row.x + row.w)
        snprintf(right, sizeof(right), "%s", position);
    if (x + text_width(right) + 1 <= row.x + row.w)
        surface_text(s, row, row.x + row.w - text_width(right) - 1, row.y, ROLE_MUTED, 0, right);
}

static void draw_chart(const struct jetstream *j, const struct view_context *context, struct surface *s,
                       struct rect area) {
    const struct object *selected = quantity_list_selected(&j->lists[TAB_CONSUMERS], context->model);
    char name[600], title[620];
    if (!selected)
        return;
    asset_name(name, sizeof(name), context->model, selected, Q_CONSUMER_path,
               model_shared_account(context->model, selected) != NULL, area.w - CHART_FIGURES);
    snprintf(title, sizeof(title), "LAG %s", name);
    struct chart_spec spec = lag_chart;
    spec.title = title;
    chart_spec_draw(&spec, &j->scale, context, selected, 600, s, area);
}

static void draw_meta(const struct view_context *context, const struct object *cluster, struct surface *s,
                      struct rect area) {
    char quorum[60];
    asset_meta_quorum(context, cluster, quorum, sizeof(quorum));
    surface_rule(s, area, "META GROUP", quorum);
    int lines = asset_meta_draw(context, cluster, s, rect_below(area, 1));
    facts_draw(context, cluster, meta_facts, COUNT(meta_facts), s, rect_below(area, 1 + lines));
}

static void empty_text(const struct jetstream *j, const struct model *model, char *out, size_t size) {
    jetstream_absence(model, out, size);
    if (!model_has(model, SHAPE_JSZ))
        snprintf(out, size, "not collected here");
    else if (!*out)
        snprintf(out, size, "%s", tabs[tab_of(j)].empty);
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct jetstream *j = state;
    struct rect body = rect_below(area, area.h - quantity_panel_rows(area.h));
    int y = body.y + j->table_rows;
    char empty[100];
    const struct object *selected = quantity_list_selected(j->list.focus, context->model);
    if (body.y > area.y)
        draw_tabs(j, context->model, s, area);
    empty_text(j, context->model, empty, sizeof(empty));
    quantity_list_draw(
        j->list.focus, s,
        j->list.focus->menu ? body : rect_cut(body, (struct rect){body.x, body.y, body.w, j->table_rows}),
        empty);
    quantity_menu_draw(j->list.focus, s, area, area);
    if (j->list.focus->menu)
        return;
    if (j->chart_rows)
        draw_chart(j, context, s, (struct rect){area.x, y, area.w, j->chart_rows});
    struct rect detail = {area.x, y + j->chart_rows, area.w, j->detail_rows};
    if (j->detail_rows && tab_of(j) == TAB_META)
        draw_meta(context, shown_cluster(j, context), s, detail);
    else if (j->detail_rows && selected)
        asset_detail_draw(context, selected, s, detail);
}

static unsigned switch_tab(struct view_call *c, int by) {
    struct jetstream *j = c->state;
    j->list.focus->menu = LIST_MENU_NONE;
    j->list.focus = &j->lists[((int)tab_of(j) + by + TAB_COUNT) % TAB_COUNT];
    return REACT_DRAW;
}

static unsigned next_tab(void *call) {
    return switch_tab(call, 1);
}

static unsigned previous_tab(void *call) {
    return switch_tab(call, -1);
}

static const struct action actions[] = {
    {ACTION_OPEN_ASSET, list_open},
    {ACTION_OPEN_LEADER, list_open_server},
    {ACTION_SWITCH, next_tab},
    {ACTION_SWITCH_BACK, previous_tab},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

static const struct view_list_row lists[] = {
    {"consumers", offsetof(struct jetstream, lists[TAB_CONSUMERS]), consumer_columns,
     COUNT(consumer_columns)},
    {"streams", offsetof(struct jetstream, lists[TAB_STREAMS]), stream_columns, COUNT(stream_columns)},
    {"meta", offsetof(struct jetstream, lists[TAB_META]), meta_columns, COUNT(meta_columns)},
    {NULL, 0, NULL, 0}};

const struct view_ops view_jetstream = {
    .lists = lists,
    .name = "jetstream",
    .title = "JetStream",
    .help = "Consumers, streams and the meta group: who lags, who leads, worst first.",
    .state_size = sizeof(struct jetstream),
    .init = init,
    .finish = finish,
    .shapes = 1u << SHAPE_JSZ,
    .slopes = 1u << SHAPE_JSZ,
    .dated_by = SHAPE_JSZ,
    .arrange = arrange,
    .draw = draw,
    .check_filter = list_check_filter,
    .actions = actions,
    .contexts = CONTEXT_JETSTREAM | CONTEXT_LIST,
};
