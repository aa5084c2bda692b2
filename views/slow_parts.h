/* The parts of the view Slow, one file each: its lists and what is in them (slow_lists.c), what their titles
 * say (slow_words.c), routes and gateways on which much waits (slow_links.c), clients that were cut again and
 * again (slow_clients.c), the selected connection (slow_detail.c) and why it is so (slow_why.c), who has
 * which rows (slow_layout.c). For slow.c. Main process. */
#ifndef VIEWS_SLOW_PARTS_H
#define VIEWS_SLOW_PARTS_H

#include "views/chart_stack.h"
#include "views/quantity_table.h"
#include "views/slow_tally.h"

/* From above; in this order Tab goes through them. */
enum slow_part { SLOW_NOW, SLOW_CUT, SLOW_COUNTERS, SLOW_LISTS };

struct slow {
    struct list_view list;
    struct quantity_list lists[SLOW_LISTS];
    uint64_t opened;                                        /* the object that was asked for */
    struct rect place[SLOW_LISTS], links, patterns, detail; /* h 0: not shown */
    struct quantity_list subscriptions;                     /* of the selected one */
    struct chart_stack charts;
    uint64_t charts_of; /* the object that their scales fit */
};

/* ---- slow_lists.c ---- */
void slow_lists_init(struct slow *slow);
extern const struct view_list_row slow_list_rows[];
void slow_list_arrange(struct slow *slow, enum slow_part part, const struct view_context *context, int width,
                       int height);
/* What the rows of the view are about: the selected one of the list that keys go to; NULL: none, or it is a
 * server. */
const struct object *slow_selected(const struct slow *slow, const struct model *model);

/* ---- slow_layout.c ---- */
void slow_lay_out(struct slow *slow, const struct view_context *context, struct rect area);

/* ---- slow_words.c ---- */
void slow_draw_list(const struct slow *slow, enum slow_part part, const struct view_context *context,
                    struct surface *s);

/* ---- slow_links.c ---- */
enum { SLOW_LINKS = 2 };
/* Lines about routes and gateways on which much waits for the peer, at most SLOW_LINKS. */
int slow_links(const struct view_context *context);
void slow_links_draw(const struct view_context *context, struct surface *s, struct rect area);

/* ---- slow_clients.c ---- */
enum { SLOW_PATTERNS = 2 };
/* Lines about the clients that were cut more than once, the worst first, at most SLOW_PATTERNS. */
int slow_patterns(const struct view_context *context);
void slow_patterns_draw(const struct view_context *context, struct surface *s, struct rect area);
/* The connection of that client that was cut last; NULL: none is known. */
const struct object *slow_last_of(const struct view_context *context, const struct object *client);

/* The client that it is of; NULL: of none that was cut. */
const struct object *slow_client_of(const struct model *model, const struct object *connection);

/* ---- slow_why.c ---- */
/* A line for each rule that holds; s NULL: they are counted. Returns how many. */
int slow_why_draw(const struct view_context *context, const struct object *connection, struct surface *s,
                  struct rect area);

/* ---- slow_detail.c ---- */
/* Rows that it makes use of, at most `rows`; 0: too few. */
int slow_detail_rows(const struct slow *slow, const struct view_context *context, int width, int rows);
void slow_detail_init(struct slow *slow);
void slow_detail_arrange(struct slow *slow, const struct view_context *context, struct rect area);
void slow_detail_draw(const struct slow *slow, const struct view_context *context, struct surface *s);

#endif
