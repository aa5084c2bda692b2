/* Connections: every client of every server, the fullest buffers first. */
#include "views/connections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "views/account.h"

static void focus(struct connections *c) {
    c->list.first = c->list.focus = &c->lists[c->grouped ? CONNECTIONS_GROUPED : c->shown];
}

static int column_of(const struct view_list_row *row, enum quantity q) {
    int i = 0;
    while (i < row->column_count && row->columns[i].quantity != q)
        i++;
    return i;
}

static void init(void *state) {
    struct connections *c = state;
    for (int i = 0; i < CONNECTIONS_LISTS; i++) {
        const struct view_list_row *row = &connection_list_rows[i];
        const struct connection_list_info *info = &connection_lists[i];
        quantity_list_init(&c->lists[i], info->kind, row->columns, row->column_count, -1,
                           column_of(row, info->then));
        c->lists[i].table.focused = true;
    }
    focus(c);
}

static void finish(void *state) {
    struct connections *c = state;
    for (int i = 0; i < CONNECTIONS_LISTS; i++)
        quantity_list_finish(&c->lists[i]);
    groups_free(&c->groups);
    free(c->members);
}

static const char *page_sort(const void *state) {
    return connections_page_sort(state);
}

/* ---- which rows ---- */

static bool is_closed(const struct model *model, const struct object *object) {
    (void)model; /* or gone, and not told yet that it is */
    return object->freshness == FRESH_GONE || model_is_closed(object);
}

static bool is_open(const struct model *model, const struct object *object) {
    return !is_closed(model, object);
}

static void count_closed(struct connections *c, const struct model *model) {
    size_t count;
    double at;
    const struct object *const *all = model_objects(model, OBJECT_CONNECTION, &count);
    c->closed = 0;
    c->closed_since_ns = model_utc_ns(model);
    for (size_t i = 0; connection_lists[c->shown].closed && i < count; i++) {
        if (!is_closed(model, all[i]))
            continue;
        c->closed++;
        if (quantity_value(model, all[i], Q_CONNECTION_closed_at, &at) && at < (double)c->closed_since_ns)
            c->closed_since_ns = (int64_t)at;
    }
}

static void count_missed(struct connections *c, const struct model *model) {
    size_t count;
    double missed;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    c->closed_at_bound = model_closed_at_bound(model);
    c->closed_missed = 0;
    for (size_t i = 0; i < count; i++)
        if (quantity_value(model, servers[i], Q_SERVER_closed_missed, &missed))
            c->closed_missed += (uint64_t)missed;
}

static const struct object *const *members_of(struct connections *c, const struct quantity_list *list) {
    if (list->count > c->member_cap) {
        c->member_cap = list->count;
        c->members = memory_grow(c->members, c->member_cap, sizeof(*c->members));
    }
    for (size_t i = 0; i < list->count; i++)
        c->members[i] = list->rows[i].object;
    return c->members;
}

/* What is no filter of groups, but one of connections, says whose groups they are. */
static bool is_for_members(struct connections *c, const char *typed) {
    if (!c->grouped)
        return false;
    if (strcmp(c->typed, typed) != 0) {
        snprintf(c->typed, sizeof(c->typed), "%s", typed);
        c->typed_below = quantity_list_check(&c->lists[CONNECTIONS_GROUPED], typed) &&
                         !quantity_list_check(&c->lists[c->shown], typed);
    }
    return c->typed_below;
}

static const char *text_of(const struct view_context *context) {
    return context->filter ? context->filter : "";
}

static const char *check_filter(void *state, const char *filter) {
    struct connections *c = state;
    const char *fault = quantity_list_check(c->list.focus, filter);
    return fault && is_for_members(c, filter ? filter : "") ? NULL : fault;
}

static void find_below(struct connections *c, const struct view_context *context) {
    const char *below = c->layers[c->depth].below,
               *typed = is_for_members(c, text_of(context)) ? text_of(context) : "";
    snprintf(c->below, sizeof(c->below), "%s%s%s", below, *below && *typed ? " " : "", typed);
}

/* What the list below has, and the groups of these. */
static void make_groups(struct connections *c, const struct view_context *context,
                        const struct quantity_pick *pick, int width) {
    struct quantity_list *list = &c->lists[c->shown];
    struct view_context below = *context;
    find_below(c, context);
    below.filter = c->below;
    below.faults_only = false; /* a group has members that are ok, too */
    quantity_list_collect(list, &below, pick, width);
    struct groups_of of = {list, list->collected, c->layers[c->depth].by, c->cover.rows < c->cover.total};
    const struct groups_of *had = &c->groups_of;
    if (had->list == of.list && had->collected == of.collected && had->by == of.by &&
        had->partial == of.partial)
        return;
    groups_make(&c->groups, context->model, of.by, members_of(c, list), list->count, of.partial);
    c->groups_of = of;
    c->groups_made++;
}

/* A choice of columns holds for open ones, closed ones and both, as far as they have the same columns; their
 * order is each one's own. */
static void follow_choice(struct connections *c) {
    unsigned chosen = c->lists[c->shown].chosen;
    if (chosen == c->columns_chosen[c->shown])
        return;
    c->columns_chosen[c->shown] = chosen;
    for (int i = 0; i < CONNECTIONS_LISTINGS; i++)
        if (i != (int)c->shown)
            quantity_list_follow(&c->lists[i], &c->lists[c->shown]);
}

/* Groups of closed ones have no rates, as these have none; else totals are swapped in all lists alike. */
static void follow_totals(struct connections *c) {
    bool closed = !connection_lists[c->shown].open;
    quantity_list_show_totals(&c->lists[CONNECTIONS_GROUPED],
                              closed || quantity_list_shows_totals(&c->lists[CONNECTIONS_OPEN]));
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct connections *c = state;
    struct view_context here = *context;
    follow_choice(c);
    follow_totals(c);
    cover_follow(&c->cover, context);
    count_closed(c, context->model);
    count_missed(c, context->model);
    const struct connection_list_info *info = &connection_lists[c->shown];
    struct quantity_pick pick = {.shapes = 1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_FULL,
                                 .skip = !info->closed ? is_closed
                                         : !info->open ? is_open
                                                       : NULL,
                                 .gone = info->closed,
                                 .groups = c->inside,
                                 .group_count = c->depth,
                                 .groups_number = c->inside_number};
    if (c->grouped) {
        make_groups(c, context, &pick, area.w);
        here.filter = is_for_members(c, text_of(context)) ? "" : context->filter;
        pick = (struct quantity_pick){.shapes = pick.shapes,
                                      .objects = c->groups.all,
                                      .object_count = c->groups.count,
                                      .made = c->groups_made};
    }
    quantity_list_arrange(c->list.focus, &here, &pick, area.w, quantity_panel_rows(area.h));
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct connections *c = state;
    const struct quantity_list *list = c->list.focus;
    char title[600], sort[300];
    bool any = model_has(context->model, SHAPE_CONNZ_HOT) || model_has(context->model, SHAPE_CONNZ_FULL);
    connections_title(c, context, title, sizeof(title));
    quantity_list_status(list, sort, sizeof(sort));
    quantity_panel_draw(list, s, area, any ? title : "CONNECTIONS", sort,
                        any ? connection_lists[c->grouped ? CONNECTIONS_GROUPED : c->shown].empty
                            : account_empty(context->model, "not collected here"));
    quantity_menu_draw(list, s, area, area);
}

/* ---- keys ---- */

static unsigned changed(struct view_call *call, struct connections *c, const char *filter) {
    focus(c);
    call->request->filter = filter;
    return REACT_DRAW | REACT_WANTS;
}

static void keep(char to[CONNECTIONS_FILTER], const struct view_context *context) {
    snprintf(to, CONNECTIONS_FILTER, "%s", text_of(context));
}

/* Else the first row is, whichever one it will be. */
static void select_if_listed(struct connections *c, const struct model *model, uint64_t id) {
    const struct connection_list_info *info = &connection_lists[c->shown];
    const struct object *object = id ? model_object(model, id) : NULL;
    bool listed = object && (is_closed(model, object) ? info->closed : info->open);
    quantity_list_select(&c->lists[c->shown], listed ? id : 0);
}

static unsigned next_listing(void *data) {
    struct view_call *call = data;
    struct connections *c = call->state;
    uint64_t selected = c->lists[c->shown].table.selected;
    c->chosen = selected ? selected : c->chosen;
    c->shown = (c->shown + 1) % CONNECTIONS_LISTINGS;
    select_if_listed(c, call->context->model, c->chosen);
    call->request->say = connection_lists[c->shown].say;
    return changed(call, c, NULL);
}

/* In all lists alike; closed ones have totals alone. */
static unsigned swap_totals(void *data) {
    struct view_call *call = data;
    struct connections *c = call->state;
    bool totals = !quantity_list_shows_totals(&c->lists[CONNECTIONS_OPEN]);
    for (int i = 0; i < CONNECTIONS_LISTS; i++)
        quantity_list_show_totals(&c->lists[i], totals);
    call->request->say = totals ? "messages and bytes since it connected" : "messages and bytes per second";
    return REACT_DRAW | REACT_WANTS;
}

static unsigned ungroup(struct view_call *call, struct connections *c) {
    c->grouped = false;
    return changed(call, c, c->layers[c->depth].below);
}

static unsigned group(struct view_call *call, struct connections *c, enum quantity by) {
    struct group_layer *layer = &c->layers[c->depth];
    bool was = c->grouped;
    if (!was)
        keep(layer->below, call->context);
    layer->by = by;
    c->grouped = true;
    c->lists[CONNECTIONS_GROUPED].grouped_by = (int)by;
    return changed(call, c, was ? NULL : "");
}

static unsigned take(void *data) {
    struct view_call *call = data;
    struct connections *c = call->state;
    struct quantity_list *list = c->list.focus;
    if (list->menu != LIST_MENU_GROUP)
        return list_pick(data);
    int by = quantity_menu_group(list->choice);
    list->menu = LIST_MENU_NONE;
    if (by >= 0)
        return group(call, c, (enum quantity)by);
    return c->grouped ? ungroup(call, c) : REACT_DRAW;
}

/* The connections of the selected group. */
static unsigned enter(struct view_call *call, struct connections *c) {
    const struct object *selected = quantity_list_selected(c->list.focus, call->context->model);
    struct group_layer *layer = &c->layers[c->depth];
    if (!selected || c->depth == CONNECTIONS_DEPTH)
        return REACT_NONE;
    keep(layer->above, call->context);
    find_below(c, call->context);
    bool fits = strlen(c->below) < sizeof(layer->within); /* half a filter is another one */
    snprintf(layer->within, sizeof(layer->within), "%.*s", CONNECTIONS_FILTER - 1,
             fits ? c->below : layer->below);
    c->inside[c->depth++] = *group_key(selected);
    c->inside_number++;
    c->grouped = false;
    quantity_list_select(&c->lists[c->shown], 0);
    return changed(call, c, layer->within);
}

static unsigned open_row(void *data) {
    struct view_call *call = data;
    struct connections *c = call->state;
    return c->grouped ? enter(call, c) : list_open(data);
}

/* The filter that was typed goes first, then the group, then grouping. */
static unsigned back(void *data) {
    struct view_call *call = data;
    struct connections *c = call->state;
    const char *filter = text_of(call->context);
    if (c->grouped)
        return *filter ? REACT_PASS : ungroup(call, c);
    if (c->depth == 0)
        return REACT_PASS;
    struct group_layer *outer = &c->layers[c->depth - 1];
    if (strcmp(filter, outer->within) != 0)
        return changed(call, c, outer->within);
    c->depth--;
    c->inside_number++;
    c->grouped = true;
    return changed(call, c, outer->above);
}

static const struct action actions[] = {
    {ACTION_OPEN_CONNECTION, open_row},
    {ACTION_OPEN_HOLDER, list_open_server},
    {ACTION_GROUP, list_group_menu},
    {ACTION_TOTALS, swap_totals},
    {ACTION_LISTED, next_listing},
    {ACTION_TAKE, take},
    {ACTION_TOGGLE_COLUMN, take},
    {ACTION_BACK, back},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

const struct view_ops view_connections = {
    .lists = connection_list_rows,
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
    .check_filter = check_filter,
    .actions = actions,
    .contexts = CONTEXT_CONNECTIONS | CONTEXT_LIST,
};
