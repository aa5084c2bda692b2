/* Slow: who fills and when they will be cut, who was cut and why, and what the servers count. */
#include "views/slow_parts.h"

#include "views/place.h"

static void init(void *state) {
    slow_lists_init(state);
    slow_detail_init(state);
}

static void finish(void *state) {
    struct slow *slow = state;
    for (int p = 0; p < SLOW_LISTS; p++)
        quantity_list_finish(&slow->lists[p]);
    quantity_list_finish(&slow->subscriptions);
}

/* From a finding, or from elsewhere: the row that was asked for. */
static void open_object(struct slow *slow, const struct view_context *context) {
    if (context->object == slow->opened)
        return;
    slow->opened = context->object;
    const struct object *object = slow->opened ? model_object(context->model, slow->opened) : NULL;
    if (object && object->kind == OBJECT_CLIENT)
        object = slow_last_of(context, object);
    if (!object || object->kind != OBJECT_CONNECTION)
        return;
    slow->list.focus = &slow->lists[model_is_closed(object) ? SLOW_CUT : SLOW_NOW];
    slow->list.chosen = true;
    quantity_list_select(slow->list.focus, object->id);
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct slow *slow = state;
    open_object(slow, context);
    for (int round = 0; round < 2; round++) { /* rows are counted, then placed, then shown */
        for (int p = 0; p < SLOW_LISTS; p++)
            slow_list_arrange(slow, (enum slow_part)p, context, area.w,
                              round ? quantity_panel_rows(slow->place[p].h) : 1);
        if (round)
            break;
        list_settle(slow_list_rows, slow, context);
        slow_lay_out(slow, context, area);
        if (!slow->place[slow->list.focus - slow->lists].h && !slow->list.chosen)
            slow->list.focus = slow->list.first; /* keys do nothing to what is not seen */
    }
    slow_detail_arrange(slow, context, slow->detail);
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct slow *slow = state;
    for (int p = 0; p < SLOW_LISTS; p++)
        if (slow->place[p].h)
            slow_draw_list(slow, (enum slow_part)p, context, s);
    if (slow->links.h)
        slow_links_draw(context, s, slow->links);
    if (slow->patterns.h)
        slow_patterns_draw(context, s, slow->patterns);
    if (slow->detail.h)
        slow_detail_draw(slow, context, s);
    for (int p = 0; p < SLOW_LISTS; p++)
        quantity_menu_draw(&slow->lists[p], s, slow->place[p].h ? slow->place[p] : area, area);
}

/* Its subjects, while there is room for them. */
static void question(const void *state, const struct view_context *context, struct view_question *out) {
    const struct slow *slow = state;
    const struct object *connection = slow->detail.h ? slow_selected(slow, context->model) : NULL;
    out->connection = connection ? connection->id : 0;
}

/* ---- keys ---- */

static unsigned step(struct view_call *c, int by) {
    list_step(slow_list_rows, c->state, by);
    return REACT_DRAW;
}

static unsigned next_list(void *call) {
    return step(call, 1);
}

static unsigned previous_list(void *call) {
    return step(call, -1);
}

static const struct action actions[] = {
    {ACTION_OPEN_SLOW, list_open},
    {ACTION_OPEN_HOLDER, list_open_server},
    {ACTION_NEXT_LIST, next_list},
    {ACTION_PREVIOUS_LIST, previous_list},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

const struct view_ops view_slow = {
    .lists = slow_list_rows,
    .hidden = "those closed for other reasons",
    .name = "slow",
    .title = "Slow",
    .help = "Slow consumers: whose buffer fills and when they will be cut, who was cut, when and why.",
    .state_size = sizeof(struct slow),
    .init = init,
    .finish = finish,
    .shapes = 1u << SHAPE_CONNZ_FEED,
    .question = question,
    .slopes = 1u << SHAPE_CONNZ_HOT,
    .dated_by = SHAPE_CONNZ_HOT,
    .arrange = arrange,
    .draw = draw,
    .check_filter = list_check_filter,
    .actions = actions,
    .contexts = CONTEXT_SLOW | CONTEXT_LIST,
};
