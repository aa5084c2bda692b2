/* Connections: every client of every server, the fullest buffers first. */
#include "views/quantity_table.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"

static const struct quantity_column columns[] = {
    {.quantity = Q_CONNECTION_cid, .priority = 0, .width = 7, .pinned = true},
    {.quantity = Q_CONNECTION_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_CONNECTION_server, .priority = 2, .grow = 6, .pinned = true},
    {.quantity = Q_CONNECTION_name, .priority = 2, .grow = 16, .pinned = true},
    {.quantity = Q_CONNECTION_account, .priority = 9},
    {.quantity = Q_CONNECTION_user, .priority = 20},
    {.quantity = Q_CONNECTION_kind, .priority = 21},
    {.quantity = Q_CONNECTION_pending_bytes, .priority = 1},
    {.quantity = Q_CONNECTION_pending_share, .priority = 6},
    {.quantity = Q_CONNECTION_pending_slope, .priority = 10},
    {.quantity = Q_CONNECTION_in_msgs_per_s, .priority = 3},
    {.quantity = Q_CONNECTION_out_msgs_per_s, .priority = 3},
    {.quantity = Q_CONNECTION_in_bytes_per_s, .priority = 5},
    {.quantity = Q_CONNECTION_out_bytes_per_s, .priority = 5},
    {.quantity = Q_CONNECTION_in_msgs, .priority = 16},
    {.quantity = Q_CONNECTION_out_msgs, .priority = 16},
    {.quantity = Q_CONNECTION_in_bytes, .priority = 17},
    {.quantity = Q_CONNECTION_out_bytes, .priority = 17},
    {.quantity = Q_CONNECTION_subscriptions, .priority = 8},
    {.quantity = Q_CONNECTION_idle, .priority = 7},
    {.quantity = Q_CONNECTION_uptime, .priority = 11},
    {.quantity = Q_CONNECTION_rtt, .priority = 15},
    {.quantity = Q_CONNECTION_lang, .priority = 12},
    {.quantity = Q_CONNECTION_version, .priority = 14},
    {.quantity = Q_CONNECTION_tls, .priority = 19},
    {.quantity = Q_CONNECTION_address, .priority = 13},
};
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define PENDING  7

#define SETTLED_NS (10 * NS_PER_S)

/* How many of all there are rows of. Pages come one by one and count at different moments: what is said
 * follows them slowly, else it would jump at each. */
struct cover {
    uint64_t rows, total;
    int64_t mono_ns;       /* when these were true, 0 never */
    int64_t whole_mono_ns; /* last time that all had rows, 0 never */
};

struct connections {
    struct list_view list;
    struct quantity_list all;
    uint64_t opened; /* the object that was asked for */
    struct cover cover;
};

static void init(void *state) {
    struct connections *c = state;
    quantity_list_init(&c->all, OBJECT_CONNECTION, columns, COUNT(columns), -1, PENDING);
    c->list.first = c->list.focus = &c->all;
}

static void finish(void *state) {
    struct connections *c = state;
    quantity_list_finish(&c->all);
}

/* What a page too large for us is to be chosen by: the column on the screen, where the server can sort by it.
 */
static const struct sort {
    enum quantity quantity;
    const char *name;
} sorts[] = {
    {Q_CONNECTION_cid, "cid"},
    {Q_CONNECTION_pending_bytes, "pending"},
    {Q_CONNECTION_pending_share, "pending"},
    {Q_CONNECTION_in_msgs, "msgs_from"},
    {Q_CONNECTION_out_msgs, "msgs_to"},
    {Q_CONNECTION_in_bytes, "bytes_from"},
    {Q_CONNECTION_out_bytes, "bytes_to"},
    {Q_CONNECTION_in_msgs_per_s, "msgs_from"},
    {Q_CONNECTION_out_msgs_per_s, "msgs_to"},
    {Q_CONNECTION_in_bytes_per_s, "bytes_from"},
    {Q_CONNECTION_out_bytes_per_s, "bytes_to"},
    {Q_CONNECTION_subscriptions, "subs"},
    {Q_CONNECTION_idle, "idle"},
    {Q_CONNECTION_uptime, "uptime"},
};

static const char *page_sort(const void *state) {
    const struct connections *c = state;
    int column = c->all.table.sort < 0 ? c->all.table.then : c->all.table.sort;
    for (int i = 0; column >= 0 && i < COUNT(sorts); i++)
        if (sorts[i].quantity == columns[column].quantity)
            return sorts[i].name;
    return "pending";
}

static uint64_t apart(uint64_t a, uint64_t b) {
    return a > b ? a - b : b - a;
}

static bool is_far(uint64_t a, uint64_t b) {
    return apart(a, b) > b / 10;
}

static void follow(struct cover *cover, const struct view_context *context) {
    uint64_t rows, total;
    int64_t now = context->mono_ns;
    model_connection_cover(context->model, &rows, &total);
    if (rows >= total)
        cover->whole_mono_ns = now;
    bool whole = cover->whole_mono_ns && now - cover->whole_mono_ns < SETTLED_NS;
    if (whole && (apart(rows, total) <= 1 || !is_far(rows, total))) {
        *cover = (struct cover){total, total, now, cover->whole_mono_ns};
    } else if (!cover->mono_ns || now - cover->mono_ns >= SETTLED_NS || is_far(rows, cover->rows) ||
               is_far(total, cover->total)) {
        cover->rows = rows < total ? rows : total;
        cover->total = total;
        cover->mono_ns = now;
    }
}

static bool is_closed(const struct model *model, const struct object *object) {
    (void)model;
    return model_is_closed(object);
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct connections *c = state;
    if (context->object != c->opened) {
        c->opened = context->object;
        if (c->opened)
            quantity_list_select(&c->all, c->opened);
    }
    follow(&c->cover, context);
    c->all.table.focused = true;
    struct quantity_pick pick = {.skip = is_closed, .shapes = 1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_FULL};
    quantity_list_arrange(&c->all, context, &pick, area.w, quantity_panel_rows(area.h));
}

/* "   every 8.0s on n2: stretched: 5 % bound", where the page comes less often than usual; of several servers
 * the slowest. */
static void pace_text(const struct view_context *context, char *out, size_t size) {
    size_t count, paced = 0, all = 0;
    const struct model *model = context->model;
    const struct object *slowest = NULL, *const *costs = model_objects(model, OBJECT_COST, &count);
    double longest = 0, interval;
    char every[64], on[80] = "", name[64];
    for (size_t i = 0; i < count; i++) {
        if (!costs[i]->now || row_u64(costs[i]->now, F_COST_shape, SHAPE_NONE) != SHAPE_CONNZ_FULL ||
            !quantity_value(model, costs[i], Q_COST_interval, &interval))
            continue;
        all++;
        const struct answer_state *answer = model_answer(model, costs[i]->parent, SHAPE_CONNZ_FULL);
        if (strcmp(quantity_name_text(model, costs[i], Q_COST_why), "default") == 0 ||
            (answer && answer->failure != FAILURE_NONE)) /* that is said besides */
            continue;
        paced++;
        if (interval > longest) {
            longest = interval;
            slowest = costs[i];
        }
    }
    out[0] = 0;
    if (!slowest)
        return;
    quantity_text(every, sizeof(every), context, slowest, Q_COST_interval, 7);
    text_cut(name, sizeof(name), quantity_name_text(model, slowest, Q_COST_server), 16);
    if (paced < all)
        snprintf(on, sizeof(on), " on %s", name);
    snprintf(out, size, "   every %s%s: %.60s", every, on, quantity_name_text(model, slowest, Q_COST_why));
}

static void cover_text(const struct connections *c, const struct view_context *context, char *out,
                       size_t size) {
    char have[NUMBER_TEXT_SIZE], of[NUMBER_TEXT_SIZE], shown[NUMBER_TEXT_SIZE];
    uint64_t rows = c->cover.rows, total = c->cover.total;
    number_format_grouped(have, rows);
    number_format_grouped(of, total);
    number_format_grouped(shown, c->all.count);
    if (total == 0 && c->all.known > 0) {
        snprintf(out, size, "%zu connections, as last seen: no server answers", c->all.known);
        return;
    }
    int len = rows >= total ? snprintf(out, size, "%s connections", of)
              : c->all.trouble[0]
                  ? snprintf(out, size, "%s of %s connections", have, of) /* which says why */
                  : snprintf(out, size, "%s of %s connections, chosen by %s", have, of, page_sort(c));
    if (c->all.count != c->all.known && len > 0 && (size_t)len < size)
        snprintf(out + len, size - (size_t)len, "   %s shown", shown);
    len = (int)strlen(out);
    pace_text(context, out + len, size - (size_t)len);
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct connections *c = state;
    char title[500], sort[300];
    bool any = model_has(context->model, SHAPE_CONNZ_HOT) || model_has(context->model, SHAPE_CONNZ_FULL);
    cover_text(c, context, title, sizeof(title));
    quantity_list_status(&c->all, sort, sizeof(sort));
    quantity_panel_draw(&c->all, s, area, any ? title : "CONNECTIONS", sort,
                        any ? "no connections" : "not collected here");
    quantity_menu_draw(&c->all, s, area, area);
}

static const struct action actions[] = {
    {ACTION_OPEN_SERVER, list_open_server},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

static const struct view_list_row lists[] = {
    {"connections", offsetof(struct connections, all), columns, COUNT(columns)}, {NULL, 0, NULL, 0}};

const struct view_ops view_connections = {
    .lists = lists,
    .name = "connections",
    .title = "Connections",
    .help = "Every client of every server, the fullest buffers first.",
    .state_size = sizeof(struct connections),
    .init = init,
    .finish = finish,
    .shapes = 1u << SHAPE_CONNZ_FULL,
    .dated_by = SHAPE_CONNZ_FULL,
    .page_sort = page_sort,
    .arrange = arrange,
    .draw = draw,
    .check_filter = list_check_filter,
    .actions = actions,
    .contexts = CONTEXT_CONNECTIONS | CONTEXT_LIST,
};
