#include "views/quantity_table.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/zone.h"

int quantity_menu_column(const struct quantity_list *list, int line) {
    if (list->menu == LIST_MENU_COLUMNS)
        return list->table.sequence[line];
    for (int i = 0, n = 0; list->menu == LIST_MENU_SORT && i < list->column_count; i++)
        if (list->columns[i].form == COLUMN_VALUE && ++n == line)
            return i;
    return -1;
}

int quantity_menu_group(int line) {
    enum quantity q;
    return line > 0 && group_by_at(line - 1, &q) ? (int)q : -1;
}

static int column_lines(const struct quantity_list *list) {
    return list->column_count;
}

static int sort_lines(const struct quantity_list *list) {
    int lines = 1;
    for (int i = 0; i < list->column_count; i++)
        lines += list->columns[i].form == COLUMN_VALUE;
    return lines;
}

static int group_lines(const struct quantity_list *list) {
    int lines = 1;
    (void)list;
    while (quantity_menu_group(lines) >= 0)
        lines++;
    return lines;
}

struct line {
    const char *mark, *title, *name, *help;
    bool stays;
};

static struct line line_of(const char *title, enum quantity q) {
    return (struct line){.title = title, .name = quantities[q].name, .help = quantities[q].help};
}

static struct line column_line(const struct quantity_list *list, int n) {
    int column = quantity_menu_column(list, n);
    struct line line = line_of(list->titles[column], list->columns[column].quantity);
    line.stays = list->columns[column].priority == 0;
    line.mark = line.stays ? "[=]" : list->table.hidden[column] ? "[ ]" : "[x]";
    return line;
}

static struct line sort_line(const struct quantity_list *list, int n) {
    int column = quantity_menu_column(list, n);
    struct line line = {.title = "severity", .name = "", .help = "The worst first."};
    if (column >= 0)
        line = line_of(list->titles[column], list->columns[column].quantity);
    line.mark = column == list->table.sort ? "(*)" : "( )";
    return line;
}

static struct line group_line(const struct quantity_list *list, int n) {
    int q = quantity_menu_group(n);
    struct line line = {.title = "none", .name = "", .help = "Each for itself."};
    if (q >= 0)
        line = line_of(quantities[q].title, (enum quantity)q);
    line.mark = q == list->grouped_by ? "(*)" : "( )";
    return line;
}

static const struct menu {
    const char *title, *verb;
    enum action_id take;
    int (*lines)(const struct quantity_list *list);
    struct line (*line)(const struct quantity_list *list, int n);
} menus[LIST_MENU_COUNT] = {
    [LIST_MENU_COLUMNS] = {"COLUMNS", "show", ACTION_TOGGLE_COLUMN, column_lines, column_line},
    [LIST_MENU_SORT] = {"SORT BY", "take", ACTION_TAKE, sort_lines, sort_line},
    [LIST_MENU_GROUP] = {"GROUP BY", "take", ACTION_TAKE, group_lines, group_line},
};

int quantity_menu_lines(const struct quantity_list *list) {
    return menus[list->menu].lines ? menus[list->menu].lines(list) : 0;
}

static void draw_menu_line(const struct quantity_list *list, int n, struct surface *s, struct rect row) {
    surface_zone(s, row, ZONE_LINE, &list->table, n);
    struct line line = menus[list->menu].line(list, n);
    char text[300];
    snprintf(text, sizeof(text), "%s %-8.20s %-20s %s%s", line.mark, line.title, line.name,
             line.stays ? "Always there. " : "", line.help);
    surface_field(s, row, row.x + 1, row.y, row.w - 2, -1, ROLE_TEXT, 0, text);
    if (n == list->choice)
        surface_tint(s, row, ROLE_SELECT, 0);
    if (n == list->choice)
        surface_put(s, row, row.x, row.y, ROLE_SELECT, 0, '>');
}

enum { NOTE_ROWS = 4, NOTE_HEIGHT = 14 }; /* where there is room, the chosen line is told in full */

/* Rows beside the lines. */
static int other_rows(int height) {
    return height >= NOTE_HEIGHT ? 2 + NOTE_ROWS : 2;
}

static void draw_note(const struct quantity_list *list, bool edge, struct surface *s, struct rect rows) {
    const char *text = menus[list->menu].line(list, list->choice).help;
    surface_rule(s, rows, "", "");
    for (int y = 1; y < rows.h; y++) {
        int len = (int)text_line(text, rows.w - 3);
        if (edge)
            surface_put(s, rows, rows.x, rows.y + y, ROLE_MUTED, 0, '|');
        surface_printf(s, rows, rows.x + 2, rows.y + y, ROLE_TEXT, 0, "%.*s", len, text);
        text += len + (int)strspn(text + len, " ");
    }
}

static void draw_menu(const struct quantity_list *list, struct surface *s, struct rect area) {
    char seen[40] = "";
    const struct menu *menu = &menus[list->menu];
    int lines = quantity_menu_lines(list), wide = area.w * 3 / 4 > 44 ? area.w * 3 / 4 : 44;
    int w = wide < area.w ? wide : area.w, others = other_rows(area.h),
        h = lines + others < area.h ? lines + others : area.h;
    struct rect box = {area.x + area.w - w, area.y, w, h};
    int page = h - others, top = list->choice >= page ? list->choice - page + 1 : 0;
    char take[50], done[50], keys[120];
    if (page < 1 || w < 12)
        return;
    surface_fill(s, box, ROLE_TEXT, 0, ' ');
    keymap_hint(menu->take, menu->verb, take, sizeof(take));
    keymap_hint(ACTION_CHOICE_BACK, "done", done, sizeof(done));
    snprintf(keys, sizeof(keys), "%s  %s", take, done);
    surface_rule(s, box, menu->title, keys);
    int edge = box.x > area.x ? 1 : 0; /* what it covers ends there */
    for (int i = top; i < lines && i - top < page; i++) {
        struct rect row = {box.x + edge, box.y + 1 + i - top, w - edge, 1};
        if (edge)
            surface_put(s, box, box.x, row.y, ROLE_MUTED, 0, '|');
        draw_menu_line(list, i, s, row);
    }
    if (others > 2)
        draw_note(list, edge > 0, s, (struct rect){box.x, box.y + 1 + page, w, NOTE_ROWS});
    if (lines > page)
        snprintf(seen, sizeof(seen), "%d to %d of %d", top + 1, top + page, lines);
    surface_rule(s, (struct rect){box.x, box.y + h - 1, w, 1}, "", seen);
}

void quantity_menu_draw(const struct quantity_list *list, struct surface *s, struct rect panel,
                        struct rect view) {
    if (!list->menu)
        return;
    struct rect area = rect_below(panel, panel.h - quantity_panel_rows(panel.h));
    int bottom = view.y + view.h, want = quantity_menu_lines(list) + other_rows(view.h);
    if (area.y + want > bottom)
        area.y = bottom - want > view.y ? bottom - want : view.y;
    area.h = bottom - area.y;
    draw_menu(list, s, area);
}
