#include "tui/table.h"

#include "base/text.h"
#include "tui/table_layout.h"
#include "tui/zone.h"

static void underline_sorted(struct surface *s, struct rect cell, int align, const char *title) {
    int used = text_width(title);
    if (used > cell.w)
        used = cell.w;
    if (align > 0)
        cell.x += cell.w - used;
    cell.w = used;
    surface_tint(s, cell, -1, ATTR_UNDERLINE | ATTR_BOLD);
}

static void draw_head(const struct table *t, const struct table_layout *l, struct surface *s,
                      struct rect area) {
    struct rect head = rect_cut(area, (struct rect){area.x, area.y, area.w, 1});
    surface_fill(s, head, ROLE_HEAD, 0, ' ');
    if (t->mark)
        surface_zone(s, (struct rect){area.x, area.y, l->prefix, 1}, ZONE_HEAD, t, -1);
    if (t->mark)
        surface_text(s, head, area.x + 1, area.y, ROLE_HEAD, t->sort < 0 ? ATTR_UNDERLINE | ATTR_BOLD : 0,
                     "S");
    for (int i = 0; i < l->count; i++) {
        const struct table_column *c = &t->columns[l->column[i]];
        int x = area.x + l->x[i];
        struct rect cell = rect_cut(head, (struct rect){x, area.y, l->width[i], 1});
        surface_field(s, head, x, area.y, l->width[i], c->align, ROLE_HEAD, 0, c->title);
        surface_zone(s, cell, ZONE_HEAD, t, l->column[i]);
        if (l->column[i] == t->sort)
            underline_sorted(s, rect_cut(head, (struct rect){x, area.y, l->width[i], 1}), c->align, c->title);
    }
}

static bool draw_note(const struct table_layout *l, const struct table_source *source, struct surface *s,
                      struct rect line, size_t row) {
    struct table_cell note = {.role = ROLE_TEXT};
    if (l->count < 2 || !source->note || !source->note(source->data, row, &note))
        return false;
    surface_field(s, line, line.x + l->x[1], line.y, line.w - l->x[1], -1, note.role, note.attrs, note.text);
    return true;
}

static void draw_row(const struct table *t, const struct table_layout *l, const struct table_source *source,
                     struct surface *s, struct rect line, size_t row, bool selected) {
    int severity = source->severity ? source->severity(source->data, row) : 0;
    bool dim = severity <= 1 && source->stale && source->stale(source->data, row);
    surface_fill(s, line, ROLE_TEXT, 0, ' ');
    if (t->mark)
        surface_text(s, line, line.x, line.y, table_mark_role(severity), 0, table_mark(severity));
    for (int i = 0; i < l->count; i++) {
        const struct table_column *c = &t->columns[l->column[i]];
        struct table_cell cell;
        cell.text[0] = '\0';
        cell.role = ROLE_TEXT;
        cell.attrs = 0;
        source->cell(source->data, row, c->id, l->width[i], &cell);
        if (dim && cell.role == ROLE_TEXT)
            cell.role = ROLE_DIM;
        surface_field(s, line, line.x + l->x[i], line.y, l->width[i], c->align, cell.role, cell.attrs,
                      cell.text);
        if (i == 0 && draw_note(l, source, s, line, row))
            break;
    }
    if (!selected)
        return;
    surface_put(s, line, line.x + l->prefix - 1, line.y, ROLE_TEXT, 0, '>');
    surface_tint(s, line, ROLE_SELECT, 0);
}

void table_draw(const struct table *t, const struct table_source *source, struct surface *s, struct rect area,
                const char *empty) {
    struct table_layout l;
    table_layout_make(&l, t, area.w, table_layout_scroll(t, area.w, t->scroll));
    if (area.h > 1)
        draw_head(t, &l, s, area);
    struct rect body = area.h > 1 ? rect_below(area, 1) : area;
    surface_fill(s, body, ROLE_TEXT, 0, ' ');
    if (!t->rows && empty && body.h > 0)
        surface_text(s, body, body.x + l.prefix, body.y, ROLE_MUTED, 0, empty);
    for (int y = 0; y < body.h && t->top + (size_t)y < t->rows; y++) {
        size_t at = t->top + (size_t)y, row = t->order[at];
        struct rect line = rect_cut(body, (struct rect){body.x, body.y + y, body.w, 1});
        surface_zone(s, line, ZONE_ROW, t, (int64_t)t->frozen_ids[at]);
        if (row < source->rows)
            draw_row(t, &l, source, s, line, row, t->focused && !t->covered && at == t->selected_row);
    }
}
