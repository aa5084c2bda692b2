/* The overview's own parts, one file each: which panels there are and what they show (overview_panels.c), how
 * they share the rows (overview_layout.c), rates and what a phone has room for (overview_rates.c). For
 * overview.c. Main process. */
#ifndef VIEWS_OVERVIEW_PARTS_H
#define VIEWS_OVERVIEW_PARTS_H

#include "views/quantity_table.h"
#include "views/spark.h"

/* From above; lists are from PANEL_NODES to before PANEL_EVENTS. */
enum panel { PANEL_CHARTS, PANEL_RATES, PANEL_NODES, PANEL_LAG, PANEL_PENDING, PANEL_EVENTS, PANEL_COUNT };
enum { OVERVIEW_CHARTS = 4, OVERVIEW_CHARTS_NARROW = 2 };

struct overview {
    struct list_view list;
    struct quantity_list nodes, lag, pending;
    struct chart_scale scales[OVERVIEW_CHARTS];
    struct rect place[PANEL_COUNT]; /* h 0: not shown */
    bool compact, no_consumers;
    bool bare;        /* compact, and no rows for titles */
    int compact_rows; /* of rates and marks, while compact */
    int span_s;
    char links[260];     /* the route or gateway on which most waits, "" none */
    char no_buffer[200]; /* what is said where nobody's does */
};

typedef void panel_draw_fn(const struct overview *o, const struct view_context *context, struct surface *s,
                           struct rect area);

struct panel_info {
    const char *name;
    int least;        /* rows */
    int sacrifice;    /* the largest goes first, 0 stays */
    const char *view; /* where the whole of it is */
    unsigned shapes;  /* that its rows come by; of the nodes whatever is no other panel's */
    panel_draw_fn *draw;
};
extern const struct panel_info overview_panels[PANEL_COUNT];

/* NULL for a panel that is no list. */
struct quantity_list *overview_list(const struct overview *o, enum panel panel);
void overview_lists_init(struct overview *o);
extern const struct view_list_row overview_list_rows[];
/* "hidden: lag (3), pending (2)", with little room "more: 3 2"; "" when nothing is. */
void overview_hidden(const struct overview *o, bool brief, char *out, size_t size);

/* Shares the rows of `area` among the panels: o->place. */
void overview_place(struct overview *o, struct rect area);
/* The same where rates and marks of nodes stand in place of the nodes' own panel. */
void overview_place_compact(struct overview *o, const struct view_context *context, struct rect area);
/* Rows that the marks of all nodes take. */
int overview_marks_rows(const struct overview *o, const struct view_context *context, int width);

extern const struct chart_spec overview_charts[OVERVIEW_CHARTS];
panel_draw_fn overview_draw_charts, overview_draw_rates, overview_draw_compact;

#endif
