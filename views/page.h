/* What the pages of one object have in common: which one they show, the way to the next, parts that Tab leads
 * through, sentences with their mark, how lines share the rows. Main process. */
#ifndef VIEWS_PAGE_H
#define VIEWS_PAGE_H

#include "views/quantity_table.h"

/* What has the rows below the head of the page: a table of them ends with a name of NULL, its first row has
 * some of everything, the others one thing as whole as it goes. `left` are those rows. */
struct page_part {
    const char *name; /* "charts": Tab leads there */
    void (*lay_out)(void *state, const struct view_context *context, const struct object *object,
                    struct rect left);
};

/* The first member of the state of such a page. */
struct page {
    struct list_view list;
    enum object_kind kind; /* of what it shows */
    uint64_t shown;        /* the object of the last arrangement, 0 none */
    const struct page_part *parts;
    int part; /* of these, which has the rows */
};

/* What it was opened with; opened without, the worst of the kind. NULL: there is none, or no more. */
const struct object *page_object(const struct page *page, const struct view_context *context);
/* The one of the last arrangement; NULL none, or it is no more. */
const struct object *page_shown(const struct view_call *call);
/* The one before (side -1) or behind it in the list that the place was opened from, of those that are there
 * still; NULL: it was opened from none. */
const struct object *page_on_trail(const struct view_context *context, const struct object *of, int side);
/* "CONSUMER", "no consumers". */
const char *page_title(const struct page *page), *page_none(const struct page *page);
/* By which it is named. */
enum quantity page_name(enum object_kind kind);
/* "Tab charts   ( ) next   Esc back", for a title of that width; "" where that is too narrow. */
void page_keys(const struct page *page, int width, char *out, size_t size);
/* Takes rows from above, as many as there are. */
struct rect page_take(struct rect *left, int rows);

struct page_line {
    int severity; /* -1: it has no mark */
    char head[200], text[1100];
};
/* With its mark, in as many rows as it needs of those there are: "!! stalled acks: ack window 1000/1000".
 * s NULL: only counts. Returns how many. */
int page_line_put(const struct page_line *line, struct surface *s, struct rect area);

/* Handlers of all of them. */
unsigned page_previous(void *call), page_next(void *call), page_copy(void *call);
unsigned page_next_part(void *call), page_previous_part(void *call);
unsigned page_back(void *call); /* to all parts, then to the place before */

#endif
