#include "views/help.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/table.h"

/* A walk over all lines. */
struct walk {
    const struct help *help;
    int lines;
    void (*take)(void *data, int number, const struct help_line *line, int part); /* NULL: they are counted */
    void *data;
    const char *heading; /* of what comes next, NULL once it is said */
};

static int keys_width(int width) {
    return width >= 60 ? 17 : 10;
}

/* Columns of the text behind the keys. */
static int text_room(int width) {
    return width - keys_width(width) - 4;
}

static const char *next_line(const char *text, int room) {
    text += text_line(text, room);
    return text + strspn(text, " ");
}

static void give(struct walk *w, const char *keys, const char *text, int part) {
    struct help_line line = {keys, text};
    if (w->take)
        w->take(w->data, w->lines, &line, part);
    w->lines++;
}

static void give_row(struct walk *w, const char *keys, const char *name, const char *text) {
    char filled[600];
    const char *filter = w->help->filter;
    if (*filter && !text_contains(keys, filter) && !text_contains(name, filter) &&
        !text_contains(keymap_fill(text, filled, sizeof(filled)), filter))
        return;
    if (w->heading && w->lines > 0)
        give(w, NULL, NULL, 0);
    if (w->heading)
        give(w, NULL, w->heading, 0);
    w->heading = NULL;
    int room = text_room(w->help->width);
    const char *rest = keymap_fill(text, filled, sizeof(filled));
    give(w, keys, text, 0);
    for (int part = 1; room > 0 && *(rest = next_line(rest, room)); part++)
        give(w, keys, text, part);
}

/* Whoever searches for "states" wants all of them. */
static void walk_lines(struct walk *w, const struct help_line *line) {
    const char *heading = "";
    for (; line && line->text; line++) {
        if (line->keys)
            give_row(w, line->keys, heading, line->text);
        else
            w->heading = heading = line->text;
    }
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
    walk_lines(w, w->help->words);
    walk_lines(w, w->help->extra);
}

struct asked {
    int number;
    struct help_line line;
};

static void keep_asked(void *data, int number, const struct help_line *line, int part) {
    struct asked *asked = data;
    (void)part;
    if (number == asked->number)
        asked->line = *line;
}

bool help_line(const struct help *help, int number, struct help_line *line) {
    struct asked asked = {.number = number};
    struct walk w = {.help = help, .take = keep_asked, .data = &asked};
    walk(&w);
    *line = asked.line;
    return number >= 0 && number < w.lines;
}

int help_lines(const struct help *help) {
    struct walk w = {.help = help};
    walk(&w);
    return w.lines;
}

static void draw_line(const struct help_line *line, int part, struct surface *s, struct rect row) {
    char filled[600], text[600];
    if (!line->keys) {
        surface_text(s, row, row.x + 1, row.y, ROLE_HEAD, ATTR_BOLD, line->text ? line->text : "");
        return;
    }
    int keys = keys_width(row.w), room = text_room(row.w);
    const char *rest = keymap_fill(line->text, filled, sizeof(filled));
    for (int i = 0; i < part; i++)
        rest = next_line(rest, room);
    snprintf(text, sizeof(text), "%.*s", (int)text_line(rest, room > 0 ? room : 1), rest);
    if (part == 0)
        surface_field(s, row, row.x + 2, row.y, keys, -1, ROLE_KEY, 0, line->keys);
    surface_text(s, row, row.x + keys + 3, row.y, ROLE_TEXT, 0, text);
}

struct page {
    struct surface *s;
    struct rect area; /* below the title */
    int top;
};

static void draw_on_page(void *data, int number, const struct help_line *line, int part) {
    const struct page *page = data;
    struct rect area = page->area;
    int y = number - page->top;
    if (y >= 0 && y < area.h)
        draw_line(line, part, page->s, (struct rect){area.x, area.y + y, area.w, 1});
}

void help_draw(const struct help *help, const char *title, int top, struct surface *s, struct rect area) {
    char head[160], right[160];
    const char *filter = help->filter;
    int lines = help_lines(help), page = area.h - 1;
    int most = lines > page ? lines - page : 0;
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
                     "nothing here has that in its words");
    struct page body = {s, rect_below(area, 1), top};
    struct walk w = {.help = help, .take = draw_on_page, .data = &body};
    walk(&w);
}
