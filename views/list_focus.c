/* Which of the lists of a view keys go to. */
#include "views/quantity_table.h"

static struct quantity_list *list_at(const struct view_list_row *row, void *state) {
    return (void *)((char *)state + row->offset);
}

static const struct view_list_row *row_of(const struct view_list_row *rows, void *state,
                                          const struct quantity_list *list) {
    while (rows->name && list_at(rows, state) != list)
        rows++;
    return rows->name ? rows : NULL;
}

void list_settle(const struct view_list_row *rows, void *state, const struct view_context *context) {
    struct list_view *view = state;
    if (view->focus->menu || *context->filter)
        return;
    view->chosen = view->chosen && view->focus->count;
    for (; rows->name && !view->chosen; rows++)
        if (list_at(rows, state)->count) {
            view->focus = list_at(rows, state);
            return;
        }
}

void list_step(const struct view_list_row *rows, void *state, int by) {
    struct list_view *view = state;
    const struct view_list_row *row = row_of(rows, state, view->focus);
    int count = 0, at = row ? (int)(row - rows) : 0;
    while (rows[count].name)
        count++;
    for (int tries = 1; tries < count; tries++) {
        struct quantity_list *list = list_at(&rows[((at + tries * by) % count + count) % count], state);
        if (!list->count)
            continue;
        view->focus->menu = LIST_MENU_NONE;
        view->focus = list;
        view->chosen = true;
        return;
    }
}

size_t list_hidden(const struct view_list_row *rows, void *state) {
    size_t hidden = 0;
    for (; rows && rows->name; rows++)
        hidden += list_at(rows, state)->quiet + list_at(rows, state)->internal;
    return hidden;
}
