#include "views/help.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/table.h"

/* A walk over all lines; `hit` is the one that was asked for. */
struct walk {
    const struct help *help;
    int lines, asked;
    struct help_line hit;
    const char *heading; /* of what comes next, NULL once it is said */
};

static void give(struct walk *w, const char *keys, const char *text) {
    if (w->lines++ == w->asked)
        w->hit = (struct help_line){keys, text};
}

static void give_row(struct walk *w, const char *keys, const char *name, const char *text) {
    char filled[600];
    const char *filter = w->help->filter;
    if (*filter && !text_contains(keys, filter) && !text_contains(name, filter) &&
        !text_contains(keymap_fill(text, filled, sizeof(filled)), filter))
        return;
    if (w->heading && w->lines > 0)
        give(w, NULL, NULL);
    if (w->heading)
        give(w, NULL, w->heading);
    w->heading = NULL;
    give(w, keys, text);
}

/* A row that is valid in several of the contexts stands under the first. */
static bool stands_under(const struct help *help, int id, int context) {
    unsigned valid = key_infos[id].contexts & help->contexts;
    return valid & 1u << context && !(valid & ((1u << context) - 1));
}

static void walk_marks(struct walk *w) {
    w->heading = "Marks";
    for (int severity = 0; table_mark_meaning(severity); severity++) {
        const char *mark = table_mark(severity);
        give_row(w, mark + strspn(mark, " "), "", table_mark_meaning(severity));
    }
}

static void walk(struct walk *w) {
    for (int context = 0; context < CONTEXT_COUNT; context++) {
        w->heading = context_titles[context];
        for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
            const char *keys = keymap_keys((enum action_id)id);
            if (*keys && stands_under(w->help, id, context))
                give_row(w, keys, key_infos[id].name, key_infos[id].help);
        }
    }
    walk_marks(w);
    for (const struct help_line *line = w->help->extra; line && line->text; line++) {
        if (line->keys)
            give_row(w, line->keys, "", line->text);
        else
            w->heading = line->text;
    }
}

bool help_line(const struct help *help, int number, struct help_line *line) {
    struct walk w = {.help = help, .asked = number};
    walk(&w);
    *line = w.hit;
    return number >= 0 && number < w.lines;
}

int help_lines(const struct help *help) {
    struct walk w = {.help = help, .asked = -1};
    walk(&w);
    return w.lines;
}

static void draw_line(const struct help_line *line, struct surface *s, struct rect row) {
    char filled[600], text[600];
    if (!line->keys) {
        surface_text(s, row, row.x + 1, row.y, ROLE_HEAD, ATTR_BOLD, line->text ? line->text : "");
        return;
    }
    int keys = row.w >= 60 ? 14 : 10;
    surface_field(s, row, row.x + 2, row.y, keys, -1, ROLE_KEY, 0, line->keys);
    text_cut(text, sizeof(text), keymap_fill(line->text, filled, sizeof(filled)), row.w - keys - 4);
    surface_text(s, row, row.x + keys + 3, row.y, ROLE_TEXT, 0, text);
}

void help_draw(const struct help *help, const char *title, int top, struct surface *s, struct rect area) {
    char head[160], right[160];
    const char *filter = help->filter;
    int lines = help_lines(help), page = area.h - 1;
    int most = lines > page ? lines - page : 0;
    struct help_line line;
    surface_fill(s, area, ROLE_TEXT, 0, ' ');
    snprintf(head, sizeof(head), "KEYS in %s", title);
    top = top < 0 ? 0 : top > most ? most : top;
    snprintf(right, sizeof(right), "%s%s", *filter ? "search: " : "", filter);
    if (most > 0)
        snprintf(right + strlen(right), sizeof(right) - strlen(right), "%s%d-%d of %d", *filter ? "   " : "",
                 top + 1, top + page, lines);
    surface_rule(s, area, head, right);
    if (lines == 0 && area.h > 1)
        surface_text(s, rect_below(area, 1), area.x + 2, area.y + 2, ROLE_MUTED, 0,
                     "no key has that in its words");
    for (int y = 1; y < area.h && help_line(help, top + y - 1, &line); y++)
        draw_line(&line, s, rect_cut(area, (struct rect){area.x, area.y + y, area.w, 1}));
}
