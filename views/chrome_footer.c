/* The footer: where to press; or what just happened; or what is being typed. All from tables. */
#include "views/chrome_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/zone.h"

static int hint_width(enum action_id id) {
    char key[32];
    keymap_first(id, key, sizeof(key));
    return text_width(key) + 1 + text_width(key_infos[id].hint);
}

static int draw_hint(struct surface *s, struct rect row, int x, enum action_id id) {
    char key[32];
    keymap_first(id, key, sizeof(key));
    surface_zone(s, rect_cut(row, (struct rect){x, row.y, hint_width(id), 1}), ZONE_ACTION, NULL, id);
    x += surface_text(s, row, x, row.y, ROLE_KEY, 0, key) + 1;
    x += surface_text(s, row, x, row.y, ROLE_MUTED, 0, key_infos[id].hint);
    return x;
}

static int draw_views(const struct chrome_context *c, struct surface *s, struct rect row, int x) {
    bool whole = row.w >= 70;
    for (int i = 0; i < view_count; i++) {
        char title[40], key[32];
        keymap_first(view_action(views[i]), key, sizeof(key));
        if (key[0] < '1' || key[0] > '9' || key[1])
            continue;
        snprintf(title, sizeof(title), whole ? "%s" : "%.4s", views[i]->title);
        if (x + 2 + text_width(title) > row.x + row.w)
            break;
        struct rect place = {x, row.y, 1 + (whole ? 1 : 0) + text_width(title), 1};
        surface_zone(s, rect_cut(row, place), ZONE_ACTION, NULL, view_action(views[i]));
        enum role role = views[i] == c->view ? ROLE_HEAD : ROLE_MUTED;
        x += surface_text(s, row, x, row.y, ROLE_KEY, 0, key) + (whole ? 1 : 0);
        x += surface_text(s, row, x, row.y, role, views[i] == c->view ? ATTR_BOLD : 0, title) +
             (whole ? 2 : 1);
    }
    return x;
}

static bool has_hint(const struct chrome_context *c, int id) {
    return key_infos[id].contexts & c->contexts && key_infos[id].hint && *keymap_keys((enum action_id)id);
}

static void draw_hints(const struct chrome_context *c, struct surface *s, struct rect row) {
    bool help = has_hint(c, ACTION_HELP);
    int end = row.x + row.w - (help ? hint_width(ACTION_HELP) + 1 : 0);
    int x = c->covered ? row.x + 1 : draw_views(c, s, row, row.x + 1) + 1;
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
        if (has_hint(c, id) && id != ACTION_HELP && x + hint_width((enum action_id)id) + 2 <= end)
            x = draw_hint(s, row, x, (enum action_id)id) + 2;
    if (help && end > x - 2)
        draw_hint(s, row, end, ACTION_HELP);
}

/* The last row, and where it is long as many above it as it needs of those there are: that is not cut which
 * says what to do. */
static void draw_message(const struct chrome_context *c, struct surface *s, struct rect area) {
    enum role role = c->message_is_error ? ROLE_ERROR : ROLE_HEAD;
    char text[600];
    int width = area.w - 2, rows = 0;
    for (const char *left = c->message; *left && rows < area.h && width > 0; rows++) {
        left += text_line(left, width);
        left += strspn(left, " ");
    }
    struct rect at = rect_below(area, area.h - (rows ? rows : 1));
    const char *left = c->message;
    for (int i = 0; i < at.h; i++) {
        size_t len = width > 0 ? text_line(left, width) : 0;
        struct rect row = {at.x, at.y + i, at.w, 1};
        snprintf(text, sizeof(text), "%.*s", (int)len, left);
        if (i == at.h - 1)
            text_cut(text, sizeof(text), left, width);
        surface_fill(s, row, ROLE_TEXT, 0, ' ');
        surface_text(s, row, row.x + 1, row.y, role, 0, text);
        left += len;
        left += strspn(left, " ");
    }
}

void chrome_footer(const struct chrome_context *c, struct surface *s, struct rect area) {
    struct rect row = rect_below(area, area.h - 1);
    if (c->last)
        return;
    if (c->prompt && c->prompt->open)
        prompt_draw(c->prompt, s, row);
    else if (c->message && *c->message)
        draw_message(c, s, area);
    else
        draw_hints(c, s, row);
}
