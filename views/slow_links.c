/* Routes and gateways on which much waits for the other end: nothing of them is in a list of connections, a
 * line each. */
#include "views/slow_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/links.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { INDENT = 3, LABELLED = 60 };

int slow_links(const struct view_context *context) {
    int count = links_held(context->model).count;
    return count < SLOW_LINKS ? count : SLOW_LINKS;
}

/* "n1 to n2: 14.5M wait, +2.10M/s, write deadline 10s: ...", "14.5M: n1 to n2"; what has no room is left out
 * from its end. */
static void link_text(const struct view_context *context, const struct link_held *held, bool wide, char *out,
                      size_t size, int width) {
    char slope[40], pending[40], between[200], parts[4][300] = {""};
    const struct object *link = held->link;
    links_between(context, held, between, sizeof(between));
    quantity_text(pending, sizeof(pending), context, link, held->row->pending, 6);
    quantity_text(slope, sizeof(slope), context, link, held->row->slope, 7);
    if (!wide) {
        snprintf(out, size, "%s: %s", pending, between);
        return;
    }
    snprintf(parts[0], sizeof(parts[0]), "%s: %s wait", between, pending);
    if (quantity_get(context->model, link, held->row->slope).type != VALUE_UNKNOWN)
        snprintf(parts[1], sizeof(parts[1]), ", %s/s", slope);
    const char *next = quantity_name_text(context->model, link, held->row->next);
    int deadline = (int)strcspn(next, ":"); /* what follows from it has a part of its own */
    if (*next)
        snprintf(parts[2], sizeof(parts[2]), ", %.*s", deadline, next);
    snprintf(parts[3], sizeof(parts[3]), "%s", next + deadline);
    snprintf(out, size, "%s", parts[0]);
    for (int i = 1; i < COUNT(parts) && text_width(out) + text_width(parts[i]) <= width; i++)
        snprintf(out + strlen(out), size - strlen(out), "%s", parts[i]);
}

void slow_links_draw(const struct view_context *context, struct surface *s, struct rect area) {
    struct links_held found = links_held(context->model);
    for (int i = 0; i < found.count && i < area.h; i++) {
        char text[1100], cut[1100], more[40] = "";
        bool wide = area.w >= LABELLED;
        int x = area.x + (wide ? INDENT : 1), y = area.y + i, right = area.x + area.w;
        if (i + 1 == area.h && found.count > area.h)
            snprintf(more, sizeof(more), wide ? "   + %d more" : " +%d", found.count - area.h);
        if (wide)
            x += surface_text(s, area, x, y, ROLE_HEAD, ATTR_BOLD, found.held[i].row->label) + 1;
        link_text(context, &found.held[i], wide, text, sizeof(text), right - x - text_width(more));
        text_cut(cut, sizeof(cut), text, right - x - text_width(more));
        x += surface_text(s, area, x, y, ROLE_TEXT, 0, cut);
        surface_text(s, area, x, y, ROLE_MUTED, 0, more);
    }
}
