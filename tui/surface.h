/* A surface: a grid of cells that views draw on and backends carry to a terminal, a file or a test.
 *
 * A cell is a character, a role (what it means; a theme says how that looks) and attributes. Texts
 * are cleaned already; a wide character takes two cells, the second with width 0. Everything is clipped,
 * nothing fails. Main process, one thread. */
#ifndef TUI_SURFACE_H
#define TUI_SURFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "themes/role.h"

struct surface_cell {
    uint32_t c; /* ' ' when empty */
    uint8_t role;
    uint8_t attrs;
    uint8_t width; /* 1, 2, or 0 for the second half of a wide one */
};

struct rect {
    int x, y, w, h;
};

struct zone;

struct surface {
    int cols, rows;
    struct surface_cell *cells; /* row by row */
    int cursor_x, cursor_y;     /* where the terminal's cursor is parked; -1: hidden */
    struct zone *zones;         /* what stands where: zone.h */
    int zone_count, zone_cap;
    struct rect patient; /* rows that may come later where the line is slow; set with each frame */
    bool ascii; /* no character beyond ASCII will be shown: draw +-|, not lines; charts in " .:-=+*#%@" */
};

struct surface *surface_create(int cols, int rows);
void surface_destroy(struct surface *surface);                    /* NULL is fine */
void surface_resize(struct surface *surface, int cols, int rows); /* content is lost */
void surface_clear(struct surface *surface);

static inline struct rect surface_rect(const struct surface *s) {
    return (struct rect){0, 0, s->cols, s->rows};
}

/* Draws at (x, y) inside `clip`, both in surface coordinates; returns the columns the whole text would take.
 */
int surface_text(struct surface *s, struct rect clip, int x, int y, enum role role, unsigned attrs,
                 const char *text);
int surface_printf(struct surface *s, struct rect clip, int x, int y, enum role role, unsigned attrs,
                   const char *format, ...) __attribute__((format(printf, 7, 8)));
/* Exactly w columns: cut with "…" when too long, padded with spaces; align < 0 left, > 0 right. */
void surface_field(struct surface *s, struct rect clip, int x, int y, int w, int align, enum role role,
                   unsigned attrs, const char *text);
void surface_put(struct surface *s, struct rect clip, int x, int y, enum role role, unsigned attrs,
                 uint32_t c);
void surface_fill(struct surface *s, struct rect area, enum role role, unsigned attrs, uint32_t c);
/* Adds attributes and, with role >= 0, a role to what is there: the selected row, the row-1 background. */
void surface_tint(struct surface *s, struct rect area, int role, unsigned attrs);
/* "-TITLE ---- right -": the rule above a panel, over the whole width of `area`'s first row. */
void surface_rule(struct surface *s, struct rect area, const char *title, const char *right);
/* What stays of `area` below n rows. */
struct rect rect_below(struct rect area, int n);
struct rect rect_cut(struct rect a, struct rect b); /* the common part */

/* Rows as UTF-8 text without trailing spaces, each ended by \n: snapshots, golden screens. An ascii surface
 * gives ASCII. Freed by the caller. */
char *surface_plain(const struct surface *s);
/* What stands for a character where only ASCII can be shown: itself, '.' ':' '#' for braille, '?' for others.
 */
char surface_ascii(uint32_t c);

#endif
