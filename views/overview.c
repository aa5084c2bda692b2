/* Overview: is it healthy, how fast is it going, who is behind, who is too slow. */
#include "views/overview_parts.h"
#include "views/asset_name.h"
#include "views/links.h"

#include <stdio.h>

#include "model/alerts.h"
#include "views/place.h"

static void init(void *state) {
    overview_lists_init(state);
}

static void finish(void *state) {
    struct overview *o = state;
    quantity_list_finish(&o->nodes);
    quantity_list_finish(&o->lag);
    quantity_list_finish(&o->pending);
}

static bool is_closed(const struct model *model, const struct object *connection) {
    (void)model;
    return model_is_closed(connection);
}

static bool no_buffer(const struct model *model, const struct object *connection) {
    double pending;
    return !quantity_value(model, connection, Q_CONNECTION_pending_bytes, &pending) || pending <= 0;
}

static int rows_of_list(const struct overview *o, int height) {
    return o->bare ? height : quantity_panel_rows(height);
}

/* Where nothing is left to open, keys go to the verdict. */
static void leave_empty(struct overview *o, const struct view_context *context) {
    const struct quantity_list *list = o->list.focus;
    if (list && !list->count && !list->menu && !*context->filter)
        o->list.focus = NULL;
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct overview *o = state;
    char untold[120];
    links_worst(context, o->links, sizeof(o->links));
    links_untold_text(context, untold, sizeof(untold));
    snprintf(o->no_buffer, sizeof(o->no_buffer), "no %s has bytes waiting%s",
             *untold ? "client" : "connection", untold);
    struct quantity_pick picks[PANEL_COUNT] = {
        [PANEL_LAG] = {.internal = asset_is_internal},
        [PANEL_PENDING] = {
            .skip = is_closed, .idle = no_buffer, .idle_text = *o->links ? o->links : o->no_buffer}};
    enum panel filtered = o->list.focus == &o->lag       ? PANEL_LAG
                          : o->list.focus == &o->pending ? PANEL_PENDING
                                                         : PANEL_NODES;
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++) {
        picks[p].no_filter = p != (int)filtered;
        picks[p].shapes = overview_panels[p].shapes;
    }
    o->span_s = spark_span_s(context, area.w);
    o->compact = area.h < 4 || area.w < 50;
    o->bare = o->compact && area.h < 10;
    /* Rows are counted, for the place that they had and most times will have again; then placed, then put in
     * order. Of nodes, which are few, marks are placed in that order. */
    quantity_list_arrange(&o->nodes, context, &picks[PANEL_NODES], o->place[PANEL_NODES].w, 1);
    for (int p = PANEL_NODES + 1; p < PANEL_EVENTS; p++)
        quantity_list_collect(overview_list(o, (enum panel)p), context, &picks[p], o->place[p].w);
    o->no_consumers = o->lag.known == 0 && model_has(context->model, SHAPE_JSZ);
    leave_empty(o, context);
    if (o->compact)
        overview_place_compact(o, context, area);
    else
        overview_place(o, area);
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++)
        quantity_list_arrange(overview_list(o, (enum panel)p), context, &picks[p], o->place[p].w,
                              rows_of_list(o, o->place[p].h));
    o->list.first = o->compact && o->place[PANEL_LAG].h ? &o->lag : &o->nodes;
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++)
        overview_list(o, (enum panel)p)->table.focused = o->list.focus == overview_list(o, (enum panel)p);
    for (int i = 0; i < OVERVIEW_CHARTS; i++)
        chart_spec_arrange(&overview_charts[i], &o->scales[i], context, model_cluster(context->model),
                           o->span_s);
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct overview *o = state;
    if (o->compact)
        overview_draw_compact(o, context, s,
                              rect_cut(area, (struct rect){area.x, area.y, area.w, o->compact_rows}));
    for (int p = 0; p < PANEL_COUNT; p++)
        if (o->place[p].h && o->bare)
            quantity_list_draw(overview_list(o, (enum panel)p), s, o->place[p], "");
        else if (o->place[p].h)
            overview_panels[p].draw(o, context, s, o->place[p]);
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++) /* over the panels below, too */
        quantity_menu_draw(overview_list(o, (enum panel)p), s, o->place[p].h ? o->place[p] : area, area);
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
        if (o->list.focus == overview_list(o, (enum panel)p))
            at = p;
    for (int tries = 0; tries <= PANEL_COUNT; tries++) {
        at += by;
        if (at >= PANEL_EVENTS)
            at = PANEL_NODES;
        if (at < PANEL_NODES)
            at = PANEL_EVENTS - 1;
        if (o->place[at].h && overview_list(o, (enum panel)at)->count) {
            o->list.focus = overview_list(o, (enum panel)at);
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
    const struct finding *findings = model_burning(model, &count);
    for (size_t i = 0; i < count; i++) {
        const struct object *object = model_object(model, findings[i].object);
        if (object && object->kind != OBJECT_CLUSTER)
            return place_go_trouble(c, object);
    }
    c->request->view = count ? "events" : NULL;
    return count ? REACT_DRAW | REACT_WANTS : REACT_PASS;
}

static unsigned enter(void *call) {
    struct view_call *c = call;
    struct overview *o = c->state;
    return o->list.focus ? list_open(call) : open_worst(c);
}

static unsigned acknowledge(void *call) {
    struct view_call *c = call;
    const struct alert *worst = model_alert(c->context->model, 0);
    struct alert_counts n = model_alert_counts(c->context->model);
    if (!n.crit && !n.warn) {
        c->request->say = "there is no alert to acknowledge";
        return REACT_DRAW;
    }
    c->request->alert = worst->number;
    c->request->alert_wish = ALERT_ACK;
    return REACT_DRAW;
}

static unsigned leave(void *call) {
    struct view_call *c = call;
    struct overview *o = c->state;
    if (!o->list.focus)
        return REACT_PASS;
    o->list.focus = NULL;
    return REACT_DRAW;
}

static const struct action actions[] = {
    {ACTION_OPEN_ROW, enter},
    {ACTION_ACKNOWLEDGE, acknowledge},
    {ACTION_NEXT_PANEL, next_panel},
    {ACTION_PREVIOUS_PANEL, previous_panel},
    {ACTION_BACK, leave}, /* to the verdict first */
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

const struct view_ops view_overview = {
    .lists = overview_list_rows,
    .name = "overview",
    .title = "Overview",
    .help = "The whole cluster: verdict, rates, nodes, what is worst.",
    .state_size = sizeof(struct overview),
    .init = init,
    .finish = finish,
    .shapes = 1u << SHAPE_JSZ,
    .slopes = 1u << SHAPE_JSZ,
    .arrange = arrange,
    .draw = draw,
    .check_filter = check_filter,
    .actions = actions,
    .contexts = CONTEXT_OVERVIEW | CONTEXT_LIST,
};
