/* Cost of watching: what each endpoint of each server costs, and that all of them stay below the bound. */
#include "views/quantity_table.h"

#include <stdio.h>
#include <string.h>

#include "tui/chart.h"

#define BOUND_PERCENT 5.0

static const struct quantity_column columns[] = {
    {.quantity = Q_COST_server, .priority = 0, .grow = 12, .pinned = true},
    {.quantity = Q_COST_cluster, .priority = 1, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_COST_endpoint, .priority = 0, .pinned = true},
    {.quantity = Q_COST_requests, .priority = 1},
    {.quantity = Q_COST_failures, .priority = 3},
    {.quantity = Q_COST_bytes, .priority = 4},
    {.quantity = Q_COST_bytes_per_s, .priority = 2},
    {.quantity = Q_COST_last, .priority = 1},
    {.quantity = Q_COST_share, .priority = 1},
    {.quantity = Q_COST_interval, .priority = 1},
    {.quantity = Q_COST_why, .priority = 2, .grow = 40},
};
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define SHARE    8

struct cost {
    struct list_view list;
    struct quantity_list all;
    int sums; /* rows of the upper panel */
};

static void init(void *state) {
    struct cost *c = state;
    quantity_list_init(&c->all, OBJECT_COST, columns, COUNT(columns), SHARE, 0);
    c->list.first = c->list.focus = &c->all;
}

static void finish(void *state) {
    struct cost *c = state;
    quantity_list_finish(&c->all);
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct cost *c = state;
    size_t servers;
    model_objects(context->model, OBJECT_SERVER, &servers);
    int most = area.h / 3;
    c->sums = area.h < 12 ? 0 : (int)servers + 1 < most ? (int)servers + 1 : most;
    quantity_list_arrange(&c->all, context, NULL, area.w, area.h - c->sums - 1);
}

static bool sum_of(const struct model *model, const struct object *server, double *sum) {
    size_t count;
    bool known = false;
    const struct object *const *costs = model_objects(model, OBJECT_COST, &count);
    *sum = 0;
    for (size_t i = 0; i < count; i++) {
        double share;
        if (costs[i]->parent == server && quantity_value(model, costs[i], Q_COST_share, &share)) {
            *sum += share;
            known = true;
        }
    }
    return known;
}

static void draw_sums(const struct view_context *context, struct surface *s, struct rect area) {
    size_t count;
    const struct object *const *servers = model_objects(context->model, OBJECT_SERVER, &count);
    char right[60];
    snprintf(right, sizeof(right), "bound %.0f %% of a server's time", BOUND_PERCENT);
    surface_rule(s, area, "COST OF WATCHING", right);
    for (size_t i = 0; i < count && (int)i + 1 < area.h; i++) {
        struct rect row = {area.x, area.y + 1 + (int)i, area.w, 1};
        char percent[64] = "-";
        double sum;
        bool known = sum_of(context->model, servers[i], &sum), dear = known && sum > BOUND_PERCENT;
        if (known)
            snprintf(percent, sizeof(percent), "%.2f %%", sum);
        surface_field(s, row, row.x + 3, row.y, 22, -1, ROLE_TEXT, 0,
                      quantity_name_text(context->model, servers[i], Q_SERVER_name));
        surface_field(s, row, row.x + 26, row.y, 8, 1, dear ? ROLE_WARN : ROLE_TEXT, 0, percent);
        if (dear)
            surface_text(s, row, row.x, row.y, ROLE_WARN, ATTR_BOLD, " !");
        if (known && row.w >= 60)
            gauge_draw(s, row, row.x + 36, row.y, 22, sum / BOUND_PERCENT, -1, ROLE_CHART_LOAD);
    }
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct cost *c = state;
    char title[80], sort[300];
    if (c->sums)
        draw_sums(context, s, (struct rect){area.x, area.y, area.w, c->sums});
    snprintf(title, sizeof(title), "ENDPOINTS %zu", c->all.count);
    quantity_list_status(&c->all, sort, sizeof(sort));
    quantity_panel_draw(&c->all, s, rect_below(area, c->sums), title, sort, "no figures yet");
    quantity_menu_draw(&c->all, s, rect_below(area, c->sums), area);
}

static const struct action actions[] = {
    {ACTION_OPEN_SERVER, list_open},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

const struct view_ops view_cost = {
    .name = "cost",
    .title = "Cost",
    .help = "What watching costs each server, how often and why.",
    .state_size = sizeof(struct cost),
    .init = init,
    .finish = finish,
    .arrange = arrange,
    .draw = draw,
    .check_filter = list_check_filter,
    .actions = actions,
    .contexts = CONTEXT_COST | CONTEXT_LIST,
};
