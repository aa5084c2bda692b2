#include "tui/screen_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { PLACE_BYTES = 7, LOOK_BYTES = 9, NEAR_CELLS = 8 };

static struct surface_cell *row_of(const struct surface *s, int y) {
    return &s->cells[(size_t)y * (size_t)s->cols];
}

static void copy_row(struct surface *to, const struct surface *from, int y) {
    memcpy(row_of(to, y), row_of(from, y), (size_t)to->cols * sizeof *to->cells);
}

static bool same(const struct surface_cell *a, const struct surface_cell *b) {
    return a->c == b->c && a->role == b->role && a->attrs == b->attrs && a->width == b->width;
}

static bool same_row(const struct surface *a, const struct surface *b, int y) {
    for (int x = 0; x < a->cols; x++)
        if (!same(&row_of(a, y)[x], &row_of(b, y)[x]))
            return false;
    return true;
}

static size_t utf8_bytes(uint32_t c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* About what the row takes on the line: characters, places and looks. */
static size_t cost(const struct surface *shown, const struct surface *next, int y) {
    const struct surface_cell *was = row_of(shown, y), *is = row_of(next, y);
    size_t bytes = 0;
    int last = -NEAR_CELLS, role = -1, attrs = -1;
    for (int x = 0; x < next->cols; x++) {
        if (same(&was[x], &is[x]))
            continue;
        bytes += utf8_bytes(is[x].c);
        if (x - last >= NEAR_CELLS)
            bytes += PLACE_BYTES;
        else
            bytes += (size_t)(x - last - 1);
        if (is[x].role != role || is[x].attrs != attrs)
            bytes += LOOK_BYTES;
        last = x;
        role = is[x].role;
        attrs = is[x].attrs;
    }
    return bytes;
}

static bool cursor_moved(const struct surface *shown, const struct surface *next, int y) {
    for (int x = 0; x < next->cols; x++)
        if ((row_of(shown, y)[x].attrs ^ row_of(next, y)[x].attrs) & ATTR_REVERSE)
            return true;
    return false;
}

void rows_finish(struct screen_rows *r) {
    surface_destroy(r->shown);
    surface_destroy(r->body);
    free(r->from);
    *r = (struct screen_rows){0};
}

void rows_blank(struct screen_rows *r, int cols, int height) {
    if (!r->shown) {
        r->shown = surface_create(cols, height);
        r->body = surface_create(cols, height);
    } else if (r->shown->cols != cols || r->shown->rows != height) {
        surface_resize(r->shown, cols, height);
        surface_resize(r->body, cols, height);
    }
    surface_clear(r->shown);
    r->from = memory_grow(r->from, (size_t)height, sizeof *r->from);
    r->moving = false;
}

void rows_forget(struct screen_rows *r) {
    if (r->shown)
        memset(r->shown->cells, 0, (size_t)r->shown->cols * (size_t)r->shown->rows * sizeof *r->shown->cells);
    r->moving = false;
}

static bool is_patient(const struct surface *s, int y) {
    return y >= s->patient.y && y < s->patient.y + s->patient.h;
}

static void send_row(struct screen_rows *r, const struct surface *from, int y) {
    r->from[y] = from;
    copy_row(r->shown, from, y);
}

static void send_all(struct screen_rows *r, const struct surface *next) {
    for (int y = 0; y < next->rows; y++)
        send_row(r, next, y);
    r->moving = false;
}

struct spending {
    size_t budget, spent;
    bool body; /* one row of it goes whatever it costs */
};

static void spend(struct screen_rows *r, struct spending *s, int y) {
    size_t bytes = cost(r->shown, r->body, y);
    if (s->body && s->spent + bytes > s->budget)
        return;
    s->spent += bytes;
    s->body = true;
    send_row(r, r->body, y);
}

static void send_urgent(struct screen_rows *r, struct spending *s, const struct surface *next) {
    for (int y = 0; y < next->rows; y++) {
        r->from[y] = NULL;
        if (is_patient(next, y))
            continue;
        s->spent += cost(r->shown, next, y);
        send_row(r, next, y);
    }
}

bool rows_plan(struct screen_rows *r, const struct surface *next, size_t budget, bool fresh) {
    struct spending s = {.budget = budget};
    if (budget == SIZE_MAX) {
        send_all(r, next);
        return true;
    }
    if (!r->moving || fresh)
        for (int y = 0; y < next->rows; y++)
            copy_row(r->body, next, y);
    send_urgent(r, &s, next);
    for (int pass = 0; pass < 2; pass++) /* the cursor before the rest */
        for (int y = next->patient.y; y < next->patient.y + next->patient.h; y++)
            if (!r->from[y] && (pass || cursor_moved(r->shown, r->body, y)) &&
                !same_row(r->shown, r->body, y))
                spend(r, &s, y);
    r->moving = false;
    for (int y = next->patient.y; y < next->patient.y + next->patient.h && !r->moving; y++)
        r->moving = !same_row(r->shown, r->body, y);
    return !r->moving;
}
