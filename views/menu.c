#include "views/menu.h"

#include <stdio.h>

#include "tui/zone.h"

static void draw_line(const struct view_ops *view, bool here, bool chosen, struct surface *s,
                      struct rect row) {
    char key[32], text[400];
    keymap_first(view_action(view), key, sizeof(key));
    surface_field(s, row, row.x + 2, row.y, 2, -1, ROLE_KEY, 0, key);
    snprintf(text, sizeof(text), "%-12s %c %s", view->title, here ? '*' : ' ', view->help);
    surface_field(s, row, row.x + 4, row.y, row.w - 5, -1, ROLE_TEXT, 0, text);
    if (!chosen)
        return;
    surface_put(s, row, row.x + 1, row.y, ROLE_TEXT, 0, '>');
    surface_tint(s, row, ROLE_SELECT, 0);
}

void menu_draw(const struct view_ops *here, int choice, struct surface *s, struct rect area) {
    int h = view_count + 2 < area.h ? view_count + 2 : area.h, page = h - 2;
    int top = choice >= page ? choice - page + 1 : 0;
    struct rect box = {area.x, area.y, area.w, h};
    char seen[40] = "";
    if (page < 1 || area.w < 12)
        return;
    surface_fill(s, box, ROLE_TEXT, 0, ' ');
    surface_rule(s, box, "VIEWS", "");
    for (int i = top; i < view_count && i - top < page; i++)
        surface_zone(s, (struct rect){box.x, box.y + 1 + i - top, box.w, 1}, ZONE_LINE, NULL, i),
            draw_line(views[i], views[i] == here, i == choice, s,
                      (struct rect){box.x, box.y + 1 + i - top, box.w, 1});
    if (view_count > page)
        snprintf(seen, sizeof(seen), "%d to %d of %d", top + 1, top + page, view_count);
    surface_rule(s, (struct rect){box.x, box.y + h - 1, box.w, 1}, "", seen);
}
