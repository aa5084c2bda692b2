/* What the keys of a list do. */
#include "views/quantity_table.h"

#include <limits.h>
#include <strings.h>

#include "views/place.h"

unsigned list_contexts(const struct view_ops *view, const void *state) {
    const struct list_view *lists = state;
    return view->contexts & CONTEXT_LIST && lists->focus && lists->focus->menu ? CONTEXT_CHOICE : 0;
}

struct quantity_list *list_of_view(const struct view_ops *view, void *state) {
    const struct list_view *lists = state;
    return !(view->contexts & CONTEXT_LIST) ? NULL : lists->focus ? lists->focus : lists->first;
}

const char *list_check_filter(void *state, const char *filter) {
    return quantity_list_check(((struct list_view *)state)->focus, filter);
}

const char *list_sort_name(const struct quantity_list *list, int column) {
    if (column < 0)
        return "severity";
    const struct quantity_column *c = &list->columns[column];
    return c->form == COLUMN_VALUE ? quantities[c->quantity].name : NULL;
}

static void sort_again(struct quantity_list *list, int column) {
    list->table.reverse = list->table.sort == column && !list->table.reverse;
    list->table.sort = column;
}

bool list_sort_by(struct quantity_list *list, const char *name) {
    for (int i = -1; i < list->column_count; i++) {
        const char *known = list_sort_name(list, i);
        if (!known || (strcasecmp(known, name) != 0 && (i < 0 || strcasecmp(list->titles[i], name) != 0)))
            continue;
        sort_again(list, i);
        return true;
    }
    return false;
}

/* Keys go to it from now on. */
static struct quantity_list *list_clicked(const struct view_ops *view, void *state, const void *of) {
    struct list_view *lists = state;
    lists->chosen = true;
    for (const struct view_list_row *row = view->lists; of && row && row->name; row++) {
        struct quantity_list *list = (void *)((char *)state + row->offset);
        if (&list->table == of)
            return lists->focus = list;
    }
    struct quantity_list *only = list_of_view(view, state);
    return only && &only->table == of ? lists->focus = only : NULL;
}

bool list_select(const struct view_ops *view, void *state, const void *of, uint64_t id, int64_t mono_ns) {
    struct quantity_list *list = list_clicked(view, state, of);
    struct table *table = list ? &list->table : view->table ? view->table(state) : NULL;
    if (!table || table != of)
        return false;
    table_select(table, id, mono_ns);
    return true;
}

bool list_sort_column(const struct view_ops *view, void *state, const void *of, int column) {
    struct quantity_list *list = list_clicked(view, state, of);
    if (!list || column >= list->column_count || !list_sort_name(list, column))
        return false;
    sort_again(list, column);
    return true;
}

bool list_choose(const struct view_ops *view, void *state, const void *of, int line) {
    struct quantity_list *list = list_clicked(view, state, of);
    if (!list || !list->menu || line >= quantity_menu_lines(list))
        return false;
    list->choice = line;
    return true;
}

static struct quantity_list *focus_of(void *call) {
    struct list_view *view = ((struct view_call *)call)->state;
    view->chosen = true;
    return view->focus;
}

static unsigned move(void *call, long by) {
    struct view_call *c = call;
    struct list_view *view = c->state;
    if (!view->focus && view->first) { /* from the verdict into the first list, on its first row */
        view->focus = view->first;
        return REACT_DRAW;
    }
    struct quantity_list *list = focus_of(call);
    if (!list)
        return REACT_PASS;
    if (!list->menu) {
        table_move(&list->table, by, c->context->mono_ns);
        return REACT_DRAW;
    }
    int last = quantity_menu_lines(list) - 1;
    long to = by == LONG_MIN ? 0 : by == LONG_MAX ? last : list->choice + by;
    list->choice = to < 0 ? 0 : to > last ? last : (int)to;
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

static unsigned open_menu(void *call, enum list_menu menu) {
    struct quantity_list *list = focus_of(call);
    struct list_view *view = ((struct view_call *)call)->state;
    if (!list)
        list = view->focus = view->first;
    if (!list)
        return REACT_PASS;
    list->menu = list->menu == menu ? LIST_MENU_NONE : menu;
    list->choice = 0;
    int lines = menu == LIST_MENU_COLUMNS ? 0 : quantity_menu_lines(list);
    for (int i = 0; i < lines; i++)
        if (menu == LIST_MENU_SORT ? quantity_menu_column(list, i) == list->table.sort
                                   : quantity_menu_group(i) == list->grouped_by)
            list->choice = i;
    return REACT_DRAW;
}

unsigned list_columns(void *call) {
    return open_menu(call, LIST_MENU_COLUMNS);
}
unsigned list_sort_menu(void *call) {
    return open_menu(call, LIST_MENU_SORT);
}

unsigned list_group_menu(void *call) {
    return open_menu(call, LIST_MENU_GROUP);
}

unsigned list_pick(void *call) {
    struct quantity_list *list = focus_of(call);
    if (!list || !list->menu)
        return REACT_PASS;
    int column = quantity_menu_column(list, list->choice);
    if (list->menu == LIST_MENU_COLUMNS) {
        bool fixed = list->columns[column].priority == 0;
        if (!fixed) {
            list->table.hidden[column] = !list->table.hidden[column];
            ((struct view_call *)call)->request->say = quantity_list_chosen(list);
        }
        return REACT_DRAW;
    }
    if (list->menu == LIST_MENU_SORT)
        sort_again(list, column);
    list->menu = LIST_MENU_NONE;
    return REACT_DRAW | REACT_WANTS;
}

static unsigned move_column(void *call, int by) {
    struct quantity_list *list = focus_of(call);
    if (!list || list->menu != LIST_MENU_COLUMNS)
        return REACT_NONE;
    if (quantity_list_move_column(list, list->choice, by)) {
        list->choice += by;
        ((struct view_call *)call)->request->say = quantity_list_chosen(list);
    }
    return REACT_DRAW;
}

unsigned list_move_left(void *call) {
    return move_column(call, -1);
}
unsigned list_move_right(void *call) {
    return move_column(call, 1);
}

unsigned list_close(void *call) {
    struct quantity_list *list = focus_of(call);
    if (!list || !list->menu)
        return REACT_PASS;
    list->menu = LIST_MENU_NONE;
    return REACT_DRAW;
}

unsigned list_copy(void *call) {
    struct view_call *c = call;
    struct quantity_list *list = focus_of(call);
    const struct object *object = list ? quantity_list_selected(list, c->context->model) : NULL;
    if (!object) {
        c->request->say = !list || list->count ? "no row is selected" : "nothing to copy: the list is empty";
        return REACT_DRAW;
    }
    return place_copy(c, object);
}

unsigned list_open(void *call) {
    struct view_call *c = call;
    struct quantity_list *list = focus_of(call);
    const struct object *object = list ? quantity_list_selected(list, c->context->model) : NULL;
    c->request->from = list ? &list->table : NULL;
    return object ? place_go(c, object) : REACT_PASS;
}

unsigned list_open_server(void *call) {
    struct view_call *c = call;
    struct quantity_list *list = focus_of(call);
    const struct object *object = list ? quantity_list_selected(list, c->context->model) : NULL;
    const struct object *server = object ? place_server(c->context->model, object) : NULL;
    return server ? place_go(c, server) : REACT_PASS;
}
