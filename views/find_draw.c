#include "views/find_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

/* The head and a row come first. */
int find_trouble_rows(const struct find *f, int height) {
    int most = height < 6 ? 0 : height / 4;
    return f->trouble_count < most ? f->trouble_count : most;
}

/* A screen of few rows has no title. */
int find_title_rows(int height) {
    return height > 2 ? 1 : 0;
}

/* "200 of 1,024 connections", "1 stream" */
static void count_text(const struct find_kind *kind, const struct find_part *part, char *out, size_t size) {
    char shown[NUMBER_TEXT_SIZE], found[NUMBER_TEXT_SIZE];
    number_format_grouped(shown, part->count);
    number_format_grouped(found, part->found);
    snprintf(out, size, "%s%s%s %s", part->count < part->found ? shown : "",
             part->count < part->found ? " of " : "", found, part->found == 1 ? kind->word : kind->plural);
}

static void counts_text(const struct find *f, char *out, size_t size) {
    size_t len = 0, gone = 0;
    char one[120], key[32];
    out[0] = '\0';
    for (int k = 0; k < find_kind_count && len < size; k++) {
        const struct find_part *part = &f->search.parts[k];
        gone += part->gone;
        count_text(&find_kinds[k], part, one, sizeof(one));
        if (part->found)
            len += (size_t)snprintf(out + len, size - len, "%s%s", len ? "  " : "", one);
    }
    keymap_first(ACTION_HIDDEN, key, sizeof(key));
    if (gone && len < size)
        snprintf(out + len, size - len, "%s%zu gone hidden%s%s%s", len ? "  " : "", gone, *key ? " (" : "",
                 key, *key ? ")" : "");
}

static void draw_title(const struct find *f, const struct view_context *context, struct surface *s,
                       struct rect area) {
    char title[2 * FIND_WORD_SIZE + 8], cut[2 * FIND_WORD_SIZE + 8], right[800], all[400], counts[400],
        position[60] = "";
    const struct table *t = &f->table;
    bool asked = *f->search.word || *f->search.pattern;
    snprintf(title, sizeof(title), "FIND%s%s%s", asked ? " " : "", f->search.word, f->search.pattern);

    text_cut(cut, sizeof(cut), title, area.w > 12 ? area.w / 2 : area.w);
    if (t->page > 0 && f->count > (size_t)t->page)
        snprintf(position, sizeof(position), "%zu/%zu   ", t->selected_row + 1, f->count);
    counts_text(f, counts, sizeof(counts));
    snprintf(right, sizeof(right), "%s%s%s%s", position, counts, *context->filter ? "   filter: " : "",
             context->filter);
    int room = area.w - text_width(cut) - 6;
    text_cut(all, sizeof(all), right, room > 0 ? room : 0);
    surface_rule(s, area, cut, all);
    surface_tint(s, (struct rect){area.x, area.y, area.w, 1}, -1, ATTR_BOLD);
}

static void draw_troubles(const struct find *f, struct surface *s, struct rect area, int lines) {
    char shown[FIND_TROUBLE_SIZE + 8];
    for (int i = 0; i < lines; i++) {
        surface_text(s, area, area.x, area.y + i, ROLE_UNKNOWN, ATTR_BOLD, " ?");
        text_cut(shown, sizeof(shown), f->troubles[i], area.w > 3 ? area.w - 3 : 0);
        surface_text(s, area, area.x + 3, area.y + i, ROLE_UNKNOWN, 0, shown);
    }
}

/* As many lines as it needs; returns these. */
static int draw_text(struct surface *s, struct rect area, const char *text, enum role role) {
    int y = 0, width = area.w > 4 ? area.w - 4 : 1;
    for (; *text && y < area.h; y++) {
        char line[800];
        size_t len = text_line(text, width);
        snprintf(line, sizeof(line), "%.*s", (int)len, text);
        surface_text(s, area, area.x + 3, area.y + y, role, 0, line);
        text += len;
        text += strspn(text, " ");
    }
    return y;
}

/* "7 connections, 3 streams", or without numbers what there is to be searched. */
static void searched_text(const struct find *f, bool numbers, char *out, size_t size) {
    size_t len = 0;
    for (int k = 0; k < find_kind_count && len < size; k++) {
        const char *between = k == 0 ? "" : k == find_kind_count - 1 ? " and " : ", ";
        char number[NUMBER_TEXT_SIZE] = "";
        size_t count = f->search.parts[k].searched;
        if (numbers && !count && find_kinds[k].skip) /* all were found otherwise */
            continue;
        if (numbers)
            number_format_grouped(number, count);
        len += (size_t)snprintf(out + len, size - len, "%s%s%s%s", between, number, numbers ? " " : "",
                                numbers && count == 1 ? find_kinds[k].word : find_kinds[k].plural);
    }
}

static void draw_nothing(const struct find *f, const struct view_context *context, struct surface *s,
                         struct rect area) {
    char text[900], searched[300];
    bool asked = find_search_asked(&f->search, context);
    searched_text(f, asked, searched, sizeof(searched));
    if (!asked) {
        snprintf(text, sizeof(text),
                 ":find WORD looks for it in the names of %s, and in what says whose they are", searched);
        draw_text(s, area, text, ROLE_MUTED);
        return;
    }
    const char *what = *f->search.word ? f->search.word : f->search.pattern;
    if (*what)
        snprintf(text, sizeof(text), "nothing called %s%s%s", what,
                 *context->filter ? " passes the filter" : "",
                 context->faults_only ? ", of what is faulty" : "");
    else
        snprintf(text, sizeof(text), "nothing passes the filter%s",
                 context->faults_only ? ", of what is faulty" : "");
    area = rect_below(area, draw_text(s, area, text, ROLE_TEXT));
    snprintf(text, sizeof(text), "searched: %s", searched);
    draw_text(s, area, text, ROLE_MUTED);
}

void find_draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct find *f = state;
    struct find_look look = {f, context};
    int title = find_title_rows(area.h), lines = find_trouble_rows(f, area.h - title);
    if (title)
        draw_title(f, context, s, area);
    struct rect rest = rect_below(area, title);
    draw_troubles(f, s, rest, lines);
    rest = rect_below(rest, lines);
    if (f->count == 0) {
        draw_nothing(f, context, s, rest);
        return;
    }
    struct table_source source = find_rows_source(&look);
    table_draw(&f->table, &source, s, rest, NULL);
}
