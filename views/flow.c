#include "views/flow.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/quantity_text.h"

enum { INDENT = 2, APART = 3, NAME_WIDTH = 24 };

struct flow flow_in(struct surface *s, struct rect area) {
    return (struct flow){s, area, area.x + INDENT, area.y};
}

static bool fits(struct flow *f, int width) {
    if (f->x > f->area.x + INDENT && f->x + width > f->area.x + f->area.w) {
        f->x = f->area.x + INDENT;
        f->y++;
    }
    return f->y < f->area.y + f->area.h;
}

/* What is longer than a line goes on below it, as far as there are lines; its end stays, too. */
static void put_long(struct flow *f, int name_width, enum role role, const char *text) {
    char line[1100];
    int x = f->x + name_width, room = f->area.x + f->area.w - x, last = f->area.y + f->area.h - 1;
    for (; *text && room > 0; f->y += *text != 0) {
        int len = (int)text_line(text, room);
        bool cut = f->y == last;
        if (cut)
            text_cut_middle(line, sizeof(line), text, room);
        else
            snprintf(line, sizeof(line), "%.*s", len, text);
        if (f->s)
            surface_text(f->s, f->area, x, f->y, role, 0, line);
        text += cut ? (int)strlen(text) : len;
        text += strspn(text, " ");
    }
    f->x = f->area.x + f->area.w;
}

static void put(struct flow *f, enum role name_role, const char *name, enum role role, const char *text,
                bool goes_on) {
    char cut[4 * NAME_WIDTH], rest[1100];
    text_cut_middle(cut, sizeof(cut), name, NAME_WIDTH);
    int name_width = text_width(cut) + (*cut ? 1 : 0), room = f->area.w - INDENT - name_width;
    goes_on = goes_on && text_width(text) > room;
    text_cut(rest, sizeof(rest), text, room > 0 ? room : 0);
    int w = *rest ? name_width + text_width(rest) : name_width;
    if (!fits(f, w))
        return;
    if (f->s)
        surface_text(f->s, f->area, f->x, f->y, name_role, 0, cut);
    if (goes_on) {
        put_long(f, name_width, role, text);
        return;
    }
    if (f->s)
        surface_text(f->s, f->area, f->x + name_width, f->y, role, 0, rest);
    f->x += w + APART;
}

void flow_put(struct flow *f, enum role name_role, const char *name, enum role role, const char *text) {
    put(f, name_role, name, role, text, false);
}

int flow_lines(const struct flow *f) {
    int lines = f->y - f->area.y + (f->x > f->area.x + INDENT);
    return lines < f->area.h ? lines : f->area.h;
}

void facts_put(struct flow *f, const struct view_context *context, const struct object *object,
               const struct fact *facts, int count) {
    for (int i = 0; i < count; i++) {
        struct value v = quantity_get(context->model, object, facts[i].quantity);
        char text[1100];
        if (v.type == VALUE_UNKNOWN && !(v.flags & VALUE_NEW))
            continue;
        quantity_text(text, sizeof(text), context, object, facts[i].quantity, 12);
        put(f, ROLE_MUTED, facts[i].name, ROLE_TEXT, text, true);
    }
}

int facts_draw(const struct view_context *context, const struct object *object, const struct fact *facts,
               int count, struct surface *s, struct rect area) {
    struct flow f = flow_in(s, area);
    facts_put(&f, context, object, facts, count);
    return flow_lines(&f);
}
