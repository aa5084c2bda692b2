/* What the pages of a stream and of a consumer have in common: which one they show, the way to the next, how
 * lines share the rows. Main process. */
#ifndef VIEWS_ASSET_PAGE_H
#define VIEWS_ASSET_PAGE_H

#include "views/quantity_table.h"

/* The first members of the state of such a page. */
struct asset_page {
    struct list_view list;
    enum object_kind kind;          /* of what it shows */
    struct quantity_list consumers; /* of the stream */
    uint64_t shown;                 /* the object of the last arrangement, 0 none */
};

void asset_page_init(struct asset_page *page, enum object_kind kind, const struct quantity_column *columns,
                     int count, int then);
void asset_page_finish(void *state);
/* What it was opened with; opened without, the worst of the kind. NULL: there is none, or no more. */
const struct object *asset_page_object(const struct asset_page *page, const struct view_context *context);
/* "STREAM ORDERS" and the keys of the page; where there is no object, why. */
void asset_page_title(const struct view_context *context, const struct object *object, struct surface *s,
                      struct rect area);
void asset_page_nothing(const struct asset_page *page, const struct view_context *context, struct surface *s,
                        struct rect area);
/* The line that says how it is, and why. */
void asset_page_state(const struct view_context *context, const struct object *object, struct surface *s,
                      struct rect row);
/* Why a consumer is as it is, and why its leader's word is old, unless that is the same. */
void asset_page_reason(const struct model *model, const struct object *consumer, char *out, size_t size);
/* What is no more is dimmed, but for the line that says so. */
void asset_page_dim(const struct object *object, struct surface *s, struct rect area);
/* Whether the limits of its stream take what is not processed yet; no row where its state says so. */
int asset_page_loss_rows(const struct view_context *context, const struct object *object);
void asset_page_loss(const struct view_context *context, const struct object *object, struct surface *s,
                     struct rect row);
/* Takes rows from above. */
struct rect asset_page_take(struct rect *left, int rows);
/* Its name, for row 1. */
void asset_page_status(const void *state, const struct view_context *context, char *out, size_t size);

/* Handlers of both. */
unsigned asset_page_previous(void *call), asset_page_next(void *call), asset_page_copy(void *call);
unsigned asset_page_server(void *call);

#endif
