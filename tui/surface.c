#include "tui/surface.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const struct surface_cell blank = {.c = ' ', .role = ROLE_TEXT, .width = 1};

static int at_least(int value, int least) {
    return value < least ? least : value;
}

struct surface *surface_create(int cols, int rows) {
    struct surface *s = memory_new(sizeof *s);
    surface_resize(s, cols, rows);
    return s;
}

void surface_destroy(struct surface *s) {
    if (!s)
        return;
    free(s->cells);
    free(s->zones);
    free(s);
}

void surface_resize(struct surface *s, int cols, int rows) {
    s->cols = at_least(cols, 0);
    s->rows = at_least(rows, 0);
    free(s->cells);
    s->cells = memory_array((size_t)s->cols * (size_t)s->rows, sizeof *s->cells);
    surface_clear(s);
}

void surface_clear(struct surface *s) {
    size_t count = (size_t)s->cols * (size_t)s->rows;
    for (size_t i = 0; i < count; i++)
        s->cells[i] = blank;
    s->cursor_x = s->cursor_y = -1;
    s->zone_count = 0;
}

struct rect rect_cut(struct rect a, struct rect b) {
    int x = at_least(a.x, b.x), y = at_least(a.y, b.y);
    int right = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
    int bottom = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;
    return (struct rect){x, y, at_least(right - x, 0), at_least(bottom - y, 0)};
}

struct rect rect_below(struct rect area, int n) {
    n = n < 0 ? 0 : n < area.h ? n : at_least(area.h, 0);
    return (struct rect){area.x, area.y + n, area.w, area.h - n};
}

static struct surface_cell *cell_at(struct surface *s, int x, int y) {
    return &s->cells[(size_t)y * (size_t)s->cols + (size_t)x];
}

/* Half of a wide character is about to be overwritten: its other half becomes a space. */
static void part_wide(struct surface *s, int x, int y) {
    struct surface_cell *cell = cell_at(s, x, y);
    struct surface_cell *other = NULL;
    if (cell->width == 0 && x > 0)
        other = cell - 1;
    else if (cell->width == 2 && x + 1 < s->cols)
        other = cell + 1;
    if (!other)
        return;
    other->c = cell->c = ' ';
    other->width = cell->width = 1;
}

static void set_cell(struct surface *s, int x, int y, struct surface_cell value) {
    part_wide(s, x, y);
    *cell_at(s, x, y) = value;
}

/* One character at x, `clip` being inside the surface; what of a wide one sticks out leaves a space inside.
 */
static void put_clipped(struct surface *s, struct rect clip, int x, int y, struct surface_cell value) {
    int right = clip.x + clip.w;
    bool first = x >= clip.x && x < right, second = value.width == 2 && x + 1 >= clip.x && x + 1 < right;
    if (value.width == 2 && !(first && second)) {
        value.c = ' ';
        value.width = 1;
        if (first)
            set_cell(s, x, y, value);
        if (second)
            set_cell(s, x + 1, y, value);
        return;
    }
    if (second)
        part_wide(s, x + 1, y);
    if (first)
        set_cell(s, x, y, value);
    if (second) {
        value.c = ' ';
        value.width = 0;
        *cell_at(s, x + 1, y) = value;
    }
}

static struct surface_cell make_cell(enum role role, unsigned attrs, uint32_t c, int width) {
    return (struct surface_cell){
        .c = c, .role = (uint8_t)role, .attrs = (uint8_t)attrs, .width = (uint8_t)width};
}

int surface_text(struct surface *s, struct rect clip, int x, int y, enum role role, unsigned attrs,
                 const char *text) {
    clip = rect_cut(clip, surface_rect(s));
    bool visible = y >= clip.y && y < clip.y + clip.h && clip.w > 0;
    size_t len = strlen(text);
    int used = 0;
    while (len) {
        uint32_t c;
        size_t bytes = utf8_decode(text, len, &c);
        int width = char_width(c);
        if (visible && width > 0)
            put_clipped(s, clip, x + used, y, make_cell(role, attrs, c, width));
        used += width;
        text += bytes;
        len -= bytes;
    }
    return used;
}

int surface_printf(struct surface *s, struct rect clip, int x, int y, enum role role, unsigned attrs,
                   const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        return 0;
    int used = surface_text(s, clip, x, y, role, attrs, text);
    free(text);
    return used;
}

void surface_field(struct surface *s, struct rect clip, int x, int y, int w, int align, enum role role,
                   unsigned attrs, const char *text) {
    if (w <= 0)
        return;
    char cut[2048];
    int used = text_width(text);
    if (used > w) {
        used = text_cut(cut, sizeof cut, text, w);
        text = cut;
    }
    struct rect field = {x, y, w, 1};
    clip = rect_cut(clip, field);
    surface_fill(s, clip, role, attrs, ' ');
    surface_text(s, clip, align > 0 ? x + w - used : x, y, role, attrs, text);
}

void surface_put(struct surface *s, struct rect clip, int x, int y, enum role role, unsigned attrs,
                 uint32_t c) {
    clip = rect_cut(clip, surface_rect(s));
    int width = char_width(c);
    if (width > 0 && y >= clip.y && y < clip.y + clip.h)
        put_clipped(s, clip, x, y, make_cell(role, attrs, c, width));
}

static void fill_row(struct surface *s, struct rect area, int y, struct surface_cell value) {
    part_wide(s, area.x, y);
    part_wide(s, area.x + area.w - 1, y);
    struct surface_cell *cells = cell_at(s, area.x, y);
    for (int i = 0; i < area.w; i++)
        cells[i] = value;
}

void surface_fill(struct surface *s, struct rect area, enum role role, unsigned attrs, uint32_t c) {
    area = rect_cut(area, surface_rect(s));
    int width = char_width(c);
    if (width < 1 || area.w < 1)
        return;
    struct surface_cell value = make_cell(role, attrs, c, width);
    for (int y = area.y; y < area.y + area.h; y++) {
        if (width == 1)
            fill_row(s, area, y, value);
        for (int x = area.x; width == 2 && x < area.x + area.w; x += 2)
            put_clipped(s, area, x, y, value);
    }
}

void surface_tint(struct surface *s, struct rect area, int role, unsigned attrs) {
    area = rect_cut(area, surface_rect(s));
    for (int y = area.y; y < area.y + area.h; y++)
        for (int x = area.x; x < area.x + area.w; x++) {
            struct surface_cell *cell = cell_at(s, x, y);
            cell->attrs |= (uint8_t)attrs;
            if (role >= 0)
                cell->role = (uint8_t)role;
        }
}

void surface_rule(struct surface *s, struct rect area, const char *title, const char *right) {
    area = rect_cut(area, (struct rect){area.x, area.y, area.w, 1});
    surface_fill(s, area, ROLE_MUTED, 0, '-');
    if (area.w < 4)
        return;
    int room = area.w - 2, used = 0;
    if (title && *title) {
        used = text_width(title);
        used = used < room ? used : room;
        surface_field(s, area, area.x + 1, area.y, used, -1, ROLE_HEAD, 0, title);
        surface_put(s, area, area.x + 1 + used, area.y, ROLE_MUTED, 0, ' ');
    }
    int wide = right && *right ? text_width(right) : 0;
    if (!wide || used + wide + 4 > room)
        return;
    int x = area.x + area.w - 2 - wide;
    surface_put(s, area, x - 1, area.y, ROLE_MUTED, 0, ' ');
    surface_text(s, area, x, area.y, ROLE_MUTED, 0, right);
    surface_put(s, area, x + wide, area.y, ROLE_MUTED, 0, ' ');
}
