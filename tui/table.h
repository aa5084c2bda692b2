/* The table: columns that fit or are dropped whole, rows that scroll, sort, and keep the selection on the
 * object.
 *
 * Knows nothing of NATS: a source gives the texts. Columns are dropped by priority when space is short, never
 * squeezed; left and right scroll those that stay hidden into sight. What somebody sorted it by is seen,
 * hidden or not. The order freezes for 5 s after a cursor key. Main process. */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include "tui/surface.h"

#define TABLE_MAX_COLUMNS 48

struct table_column {
    const char *title;
    int width;    /* columns of text, fixed: digits change in place */
    int align;    /* <0 left, >0 right */
    int priority; /* 0 never dropped; larger goes first */
    int grow;     /* > 0: takes of what is left over, up to that many columns more */
    int id;       /* the source's name for it */
    bool pinned;  /* says which row it is: stays when columns are scrolled */
    int rest;     /* of what is left when all have grown so many more, without which its texts are cut */
};

struct table_cell {
    char text[288];
    enum role role;
    unsigned attrs;
};

struct table_source {
    void *data;
    size_t rows;
    uint64_t (*id)(void *data, size_t row); /* of the object, stays */
    void (*cell)(void *data, size_t row, int column_id, int width,
                 struct table_cell *out);                          /* text "" and ROLE_TEXT set already */
    int (*compare)(void *data, size_t a, size_t b, int column_id); /* ascending; unknown first */
    /* They are no more apart in this column than two looks at the same: between such rows the order stays as
     * it was, however little each of them moves. NULL: no two rows are. */
    bool (*near)(void *data, size_t a, size_t b, int column_id);
    /* Ascending order of what is equal otherwise, whichever way the table is sorted. NULL: the rows' own. */
    int (*tie)(void *data, size_t a, size_t b);
    int (*severity)(void *data, size_t row); /* 0 ok, 1 unknown, 2 pending, 3 warn, 4 crit: the mark column */
    /* A text across all columns but the first, for a row that has nothing to put there; false: it has. May be
     * NULL. */
    bool (*note)(void *data, size_t row, struct table_cell *out);
    bool same; /* nothing of the rows but what cells show has changed since they were arranged last */
    /* What it says is old: drawn in ROLE_DIM where it has ROLE_TEXT, unless something is known to be wrong
     * with it. NULL: no row is. */
    bool (*stale)(void *data, size_t row);
};

struct table { /* state of one table; init with table_init() */
    const struct table_column *columns;
    int column_count;
    bool hidden[TABLE_MAX_COLUMNS];
    int sequence[TABLE_MAX_COLUMNS]; /* indexes into columns, from the left */
    int sort;                        /* index into columns; -1: by severity, then `then` */
    int then;
    int usual_sort; /* that it began with */
    bool reverse; /* of the default direction: largest first for right-aligned columns, A first for others */
    uint64_t selected;   /* id, 0: the first row */
    size_t selected_row; /* where it was last arranged */
    size_t top;
    int scroll;    /* columns scrolled off on the left, pinned ones not counted */
    int page;      /* rows shown at the last arrangement */
    size_t *order; /* row numbers as shown */
    size_t order_cap, rows;
    int64_t frozen_until_ns; /* mono */
    uint64_t *frozen_ids;    /* as shown, of the last arrangement: what the order is frozen to */
    size_t frozen_count;
    bool sorted;                      /* and not as it was frozen */
    int arranged_sort, arranged_then; /* of the last arrangement: a new order ends the freeze */
    bool arranged_reverse;
    int width; /* of the area, when the caller knows it before arranging: keeps scroll within what there is;
                  0: not known */
    bool mark; /* show the severity mark column */
    bool focused; /* show the selection */
    bool covered; /* not now: what is chosen lies over it */
};

void table_init(struct table *t, const struct table_column *columns, int count, int sort, int then);
void table_finish(struct table *t);
/* Sorts and clamps: before each draw, with the rows as they are now and the height of the area (the head
 * takes one row of it, unless there is no other). Rows in equal places are in the source's order of ties,
 * else in its own. When the selected object is gone, the row at its place is selected. */
void table_arrange(struct table *t, const struct table_source *source, int height, int64_t mono_ns);
/* Head and rows inside `area`. const: draws, changes nothing. `empty` (may be NULL) is shown when there is no
 * row. A focused table shows '>' before the selected row, reversed. */
void table_draw(const struct table *t, const struct table_source *source, struct surface *s, struct rect area,
                const char *empty);
/* Columns that have room at t->width, as they are scrolled; bit: index. */
uint64_t table_shown(const struct table *t);
/* Columns of text that it has there; 0: it has no room. */
int table_column_width(const struct table *t, int column);
/* The id of the selected row, 0 when there is none. */
uint64_t table_selected(const struct table *t);
void table_select(struct table *t, uint64_t id, int64_t mono_ns);
void table_move(struct table *t, long by, int64_t mono_ns); /* LONG_MIN / LONG_MAX: ends */
/* Since somebody moved in it rows stay where they are, whatever they hold now. */
bool table_held(const struct table *t);
/* -1, +1 through severity and the columns that table_shown() has. */
void table_sort_next(struct table *t, int by);
const char *table_sort_title(const struct table *t); /* "severity", "LAG" */

/* "!!" " !" " *" " ?" " ." for the severities 4, 3, 2, 1, 0. */
const char *table_mark(int severity);
enum role table_mark_role(int severity);
/* One sentence for help and manual; NULL: there is no such severity. */
const char *table_mark_meaning(int severity);

#endif
