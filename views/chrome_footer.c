/* The footer: where to press; or what just happened; or what is being typed. All from tables. */
#include "views/chrome_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void first_key(char *out, size_t size, const char *keys) {
    size_t len = strcspn(keys, " ");
    snprintf(out, size, "%.*s", (int)len, keys);
}

static int hint_width(const struct action *a) {
    char key[32];
    first_key(key, sizeof(key), a->keys);
    return text_width(key) + 1 + text_width(a->hint);
}

static int draw_hint(struct surface *s, struct rect row, int x, const struct action *a) {
    char key[32];
    first_key(key, sizeof(key), a->keys);
    x += surface_text(s, row, x, row.y, ROLE_KEY, 0, key) + 1;
    x += surface_text(s, row, x, row.y, ROLE_MUTED, 0, a->hint);
    return x;
}

static int draw_views(const struct chrome_context *c, struct surface *s, struct rect row, int x) {
    bool whole = row.w >= 70;
    for (int i = 0; i < view_count; i++) {
        char title[40];
        if (!views[i]->digit)
            continue;
        snprintf(title, sizeof(title), whole ? "%s" : "%.4s", views[i]->title);
        if (x + 2 + text_width(title) > row.x + row.w)
            break;
        enum role role = views[i] == c->view ? ROLE_HEAD : ROLE_MUTED;
        x += surface_printf(s, row, x, row.y, ROLE_KEY, 0, "%d", views[i]->digit) + (whole ? 1 : 0);
        x += surface_text(s, row, x, row.y, role, views[i] == c->view ? ATTR_BOLD : 0, title) +
             (whole ? 2 : 1);
    }
    return x;
}

static const struct action *help_hint(const struct chrome_context *c) {
    for (int t = 0; t < c->table_count; t++)
        for (int i = 0; i < c->tables[t]->count; i++)
            if (c->tables[t]->actions[i].hint && strcmp(c->tables[t]->actions[i].name, "help") == 0)
                return &c->tables[t]->actions[i];
    return NULL;
}

/* By a table before it: that one has the key. */
static bool is_taken(const struct chrome_context *c, int table, const struct action *a) {
    char key[32], other[32];
    first_key(key, sizeof(key), a->keys);
    for (int t = 0; t < table; t++)
        for (int i = 0; i < c->tables[t]->count; i++) {
            first_key(other, sizeof(other), c->tables[t]->actions[i].keys);
            if (strcmp(key, other) == 0)
                return true;
        }
    return false;
}

static void draw_hints(const struct chrome_context *c, struct surface *s, struct rect row) {
    const struct action *help = help_hint(c);
    int end = row.x + row.w - (help ? hint_width(help) + 1 : 0);
    int x = c->covered ? row.x + 1 : draw_views(c, s, row, row.x + 1) + 1;
    for (int t = 0; t < c->table_count; t++)
        for (int i = 0; i < c->tables[t]->count; i++) {
            const struct action *a = &c->tables[t]->actions[i];
            if (!a->hint || a == help || is_taken(c, t, a))
                continue;
            if (x + hint_width(a) + 2 > end)
                continue;
            x = draw_hint(s, row, x, a) + 2;
        }
    if (help && end > x - 2)
        draw_hint(s, row, end, help);
}

void chrome_footer(const struct chrome_context *c, struct surface *s, struct rect row) {
    char text[600];
    if (c->prompt && c->prompt->open) {
        prompt_draw(c->prompt, s, row);
        return;
    }
    if (!c->message || !*c->message) {
        draw_hints(c, s, row);
        return;
    }
    text_cut(text, sizeof(text), c->message, row.w - 2);
    surface_text(s, row, row.x + 1, row.y, c->message_is_error ? ROLE_ERROR : ROLE_HEAD, 0, text);
}
