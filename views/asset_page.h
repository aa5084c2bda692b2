/* What the pages of a stream and of a consumer have in common beside what all pages have: state and loss, the
 * consumers. Main process. */
#ifndef VIEWS_ASSET_PAGE_H
#define VIEWS_ASSET_PAGE_H

#include "views/page.h"

/* The first members of the state of such a page. */
struct asset_page {
    struct page base;
    struct quantity_list consumers; /* of the stream */
    bool few;                       /* rows: too few for more than its state and numbers */
    struct rect state_at, loss_at;
};

void asset_page_init(struct asset_page *page, enum object_kind kind, const struct quantity_column *columns,
                     int count, const struct page_part *parts);
void asset_page_finish(void *state);
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
/* Its name, for row 1. */
void asset_page_status(const void *state, const struct view_context *context, char *out, size_t size);

unsigned asset_page_server(void *call); /* the page of the server that leads it */

#endif
