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

void flow_put(struct flow *f, enum role name_role, const char *name, enum role role, const char *text) {
    char cut[4 * NAME_WIDTH], rest[1100];
    text_cut_middle(cut, sizeof(cut), name, NAME_WIDTH);
    int name_width = text_width(cut) + (*cut ? 1 : 0), room = f->area.w - INDENT - name_width;
    text_cut(rest, sizeof(rest), text, room > 0 ? room : 0);
    int w = *rest ? name_width + text_width(rest) : name_width;
    if (!fits(f, w))
        return;
    if (f->s) {
        surface_text(f->s, f->area, f->x, f->y, name_role, 0, cut);
        surface_text(f->s, f->area, f->x + name_width, f->y, role, 0, rest);
    }
    f->x += w + APART;
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
        flow_put(f, ROLE_MUTED, facts[i].name, ROLE_TEXT, text);
    }
}

int facts_draw(const struct view_context *context, const struct object *object, const struct fact *facts,
               int count, struct surface *s, struct rect area) {
    struct flow f = flow_in(s, area);
    facts_put(&f, context, object, facts, count);
    return flow_lines(&f);
}
