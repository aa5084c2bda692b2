/* The block below JetStream's lists: the stream behind the selected row, its replicas and consumers, and the
 * meta group. Pure drawing, main process. */
#ifndef VIEWS_ASSET_DETAIL_H
#define VIEWS_ASSET_DETAIL_H

#include "views/view.h"

/* Rows it takes at that width. */
int asset_detail_rows(int width);
/* `asset`: a stream or a consumer. */
void asset_detail_draw(const struct view_context *context, const struct object *asset, struct surface *s,
                       struct rect area);

#endif
