/* What the keys of a list do. */
#include "views/quantity_table.h"

#include <limits.h>

#include "tui/action.h"
#include "views/place.h"

static struct quantity_list *focus_of(void *call) {
    struct view_call *c = call;
    return ((struct list_view *)c->state)->focus;
}

static unsigned move(void *call, long by) {
    struct view_call *c = call;
    struct list_view *view = c->state;
    if (!view->focus && view->first) { /* from the verdict into the first list, on its first row */
        view->focus = view->first;
        return REACT_DRAW;
    }
    struct quantity_list *list = view->focus;
    if (!list)
        return REACT_PASS;
    if (!list->choosing) {
        table_move(&list->table, by, c->context->mono_ns);
        return REACT_DRAW;
    }
    long to = by == LONG_MIN ? 0 : by == LONG_MAX ? list->column_count - 1 : list->choice + by;
    list->choice = to < 0 ? 0 : to >= list->column_count ? list->column_count - 1 : (int)to;
    return REACT_DRAW;
}

static long page_of(void *call) {
    struct quantity_list *list = focus_of(call);
    return list && list->table.page > 1 ? list->table.page : 1;
}

unsigned list_down(void *call) {
    return move(call, 1);
}
unsigned list_up(void *call) {
    return move(call, -1);
}
unsigned list_page_down(void *call) {
    return move(call, page_of(call));
}
unsigned list_page_up(void *call) {
    return move(call, -page_of(call));
}
unsigned list_half_down(void *call) {
    return move(call, (page_of(call) + 1) / 2);
}
unsigned list_half_up(void *call) {
    return move(call, -(page_of(call) + 1) / 2);
}
unsigned list_home(void *call) {
    return move(call, LONG_MIN);
}
unsigned list_end(void *call) {
    return move(call, LONG_MAX);
}

static unsigned scroll(void *call, int by) {
    struct quantity_list *list = focus_of(call);
    if (!list)
        return REACT_PASS;
    int to = list->table.scroll + by;
    list->table.scroll = to < 0 ? 0 : to >= list->column_count ? list->column_count - 1 : to;
    return REACT_DRAW;
}

unsigned list_left(void *call) {
    return scroll(call, -1);
}
unsigned list_right(void *call) {
    return scroll(call, 1);
}

static unsigned sort(void *call, int by) {
    struct quantity_list *list = focus_of(call);
    if (!list)
        return REACT_PASS;
    table_sort_next(&list->table, by);
    return REACT_DRAW | REACT_WANTS; /* a partial page is chosen by the sort column */
}

unsigned list_sort_left(void *call) {
    return sort(call, -1);
}
unsigned list_sort_right(void *call) {
    return sort(call, 1);
}

unsigned list_reverse(void *call) {
    struct quantity_list *list = focus_of(call);
    if (!list)
        return REACT_PASS;
    list->table.reverse = !list->table.reverse;
    return REACT_DRAW;
}

unsigned list_columns(void *call) {
    struct quantity_list *list = focus_of(call);
    if (!list)
        return REACT_PASS;
    list->choosing = !list->choosing;
    list->choice = 0;
    return REACT_DRAW;
}

unsigned list_toggle(void *call) {
    struct quantity_list *list = focus_of(call);
    if (!list || !list->choosing)
        return REACT_PASS;
    bool fixed = list->columns[list->choice].priority == 0;
    if (!fixed)
        list->table.hidden[list->choice] = !list->table.hidden[list->choice];
    return REACT_DRAW;
}

unsigned list_close(void *call) {
    struct quantity_list *list = focus_of(call);
    if (!list || !list->choosing)
        return REACT_PASS;
    list->choosing = false;
    return REACT_DRAW;
}

unsigned list_copy(void *call) {
    struct view_call *c = call;
    struct quantity_list *list = focus_of(call);
    const struct object *object = list ? quantity_list_selected(list, c->context->model) : NULL;
    if (!object)
        return REACT_PASS;
    quantity_command(c->request->text, sizeof(c->request->text), c->context->model, object);
    if (c->request->text[0])
        c->request->copy = c->request->text;
    return REACT_DRAW;
}

static unsigned go(struct view_call *c, const char *view, uint64_t object) {
    c->request->view = view;
    c->request->object = object;
    return REACT_DRAW | REACT_WANTS;
}

unsigned list_open(void *call) {
    struct view_call *c = call;
    struct quantity_list *list = focus_of(call);
    const struct object *object = list ? quantity_list_selected(list, c->context->model) : NULL;
    uint64_t target;
    if (list && list->choosing)
        return list_toggle(call);
    if (!object)
        return REACT_PASS;
    const char *view = place_of(c->context->model, object, &target);
    return go(c, view, target);
}

unsigned list_open_server(void *call) {
    struct view_call *c = call;
    struct quantity_list *list = focus_of(call);
    const struct object *object = list ? quantity_list_selected(list, c->context->model) : NULL;
    if (list && list->choosing)
        return list_toggle(call);
    const struct object *server = object ? place_server(c->context->model, object) : NULL;
    return server ? go(c, "node", server->id) : REACT_PASS;
}
