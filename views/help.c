#include "views/help.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct line {
    const char *heading;         /* else */
    const struct action *action; /* both NULL: an empty line */
};

typedef void line_fn(void *data, const struct line *line);

static bool fits(const struct action *a, const char *filter) {
    return !*filter || text_contains(a->keys, filter) || text_contains(a->name, filter) ||
           text_contains(a->help, filter);
}

static int walk(const struct action_table *const *tables, int count, const char *filter, line_fn *fn,
                void *data) {
    int lines = 0;
    for (int t = 0; t < count; t++) {
        bool headed = false;
        for (int i = 0; i < tables[t]->count; i++) {
            const struct action *a = &tables[t]->actions[i];
            if (!fits(a, filter))
                continue;
            if (!headed && lines > 0)
                fn(data, &(struct line){NULL, NULL}), lines++;
            if (!headed)
                fn(data, &(struct line){tables[t]->title, NULL}), lines++;
            headed = true;
            fn(data, &(struct line){NULL, a});
            lines++;
        }
    }
    return lines;
}

static void count_only(void *data, const struct line *line) {
    (void)data, (void)line;
}

int help_lines(const struct action_table *const *tables, int count, const char *filter) {
    return walk(tables, count, filter, count_only, NULL);
}

struct drawing {
    struct surface *s;
    struct rect area;
    int skip, y;
};

static void draw_line(void *data, const struct line *line) {
    struct drawing *d = data;
    char text[600];
    if (d->skip > 0) {
        d->skip--;
        return;
    }
    if (d->y >= d->area.h)
        return;
    struct rect row = {d->area.x, d->area.y + d->y++, d->area.w, 1};
    if (line->heading)
        surface_text(d->s, row, row.x + 1, row.y, ROLE_HEAD, ATTR_BOLD, line->heading);
    if (!line->action)
        return;
    int keys = row.w >= 60 ? 14 : 10;
    surface_field(d->s, row, row.x + 2, row.y, keys, -1, ROLE_KEY, 0, line->action->keys);
    text_cut(text, sizeof(text), line->action->help, row.w - keys - 4);
    surface_text(d->s, row, row.x + keys + 3, row.y, ROLE_TEXT, 0, text);
}

void help_draw(const struct action_table *const *tables, int count, const char *title, const char *filter,
               int top, struct surface *s, struct rect area) {
    char head[160], right[160];
    int lines = help_lines(tables, count, filter), page = area.h - 1;
    int most = lines > page ? lines - page : 0;
    surface_fill(s, area, ROLE_TEXT, 0, ' ');
    snprintf(head, sizeof(head), "KEYS in %s", title);
    top = top < 0 ? 0 : top > most ? most : top;
    snprintf(right, sizeof(right), "%s%s", *filter ? "search: " : "", filter);
    if (most > 0)
        snprintf(right + strlen(right), sizeof(right) - strlen(right), "%s%d-%d of %d", *filter ? "   " : "",
                 top + 1, top + page, lines);
    surface_rule(s, area, head, right);
    struct drawing d = {s, rect_below(area, 1), top, 0};
    if (lines == 0 && area.h > 1)
        surface_text(s, d.area, area.x + 2, area.y + 1, ROLE_MUTED, 0, "no key has that in its words");
    walk(tables, count, filter, draw_line, &d);
}
