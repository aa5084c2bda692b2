/* What the pages of a stream and of a consumer have in common: which one they show, the way to the next, its
 * parts, how lines share the rows. Main process. */
#ifndef VIEWS_ASSET_PAGE_H
#define VIEWS_ASSET_PAGE_H

#include "views/quantity_table.h"

/* What has the rows below the head of the page: a table of them ends with a name of NULL, its first row has
 * some of everything, the others one thing as whole as it goes. `left` are those rows. */
struct asset_part {
    const char *name; /* "charts": Tab leads there */
    void (*lay_out)(void *state, const struct view_context *context, const struct object *object,
                    struct rect left);
};

/* The first members of the state of such a page. */
struct asset_page {
    struct list_view list;
    enum object_kind kind;          /* of what it shows */
    struct quantity_list consumers; /* of the stream */
    uint64_t shown;                 /* the object of the last arrangement, 0 none */
    const struct asset_part *parts;
    int part; /* of these, which has the rows */
    bool few; /* rows: too few for more than its state and numbers */
    struct rect state_at, loss_at;
};

void asset_page_init(struct asset_page *page, enum object_kind kind, const struct quantity_column *columns,
                     int count, const struct asset_part *parts);
void asset_page_finish(void *state);
/* What it was opened with; opened without, the worst of the kind. NULL: there is none, or no more. */
const struct object *asset_page_object(const struct asset_page *page, const struct view_context *context);
/* Gives the rows to head and part; `state` begins with the page. */
void asset_page_lay_out(void *state, const struct view_context *context, const struct object *object,
                        struct rect area);
/* Title, state and whether data is lost: "STREAM ORDERS" and the keys of the page; how it is, and why. */
void asset_page_head(const struct asset_page *page, const struct view_context *context,
                     const struct object *object, struct surface *s, struct rect area);
/* Where there is no object, why. */
void asset_page_nothing(const struct asset_page *page, const struct view_context *context, struct surface *s,
                        struct rect area);
/* Why a consumer is as it is, and why its leader's word is old, unless that is the same. */
void asset_page_reason(const struct model *model, const struct object *consumer, char *out, size_t size);
/* What is no more is dimmed, but for the lines that say so. */
void asset_page_dim(const struct asset_page *page, const struct object *object, struct surface *s,
                    struct rect area);
/* Takes rows from above, as many as there are. */
struct rect asset_page_take(struct rect *left, int rows);
/* Its name, for row 1. */
void asset_page_status(const void *state, const struct view_context *context, char *out, size_t size);

/* Handlers of both. */
unsigned asset_page_previous(void *call), asset_page_next(void *call), asset_page_copy(void *call);
unsigned asset_page_server(void *call), asset_page_next_part(void *call),
    asset_page_previous_part(void *call);
unsigned asset_page_back(void *call); /* to all parts, then to the place before */

#endif
