/* The block below JetStream's lists: the selected consumer, its stream or the selected one, that one's
 * replicas and consumers, and the meta group. Pure drawing, main process. */
#ifndef VIEWS_ASSET_DETAIL_H
#define VIEWS_ASSET_DETAIL_H

#include "views/view.h"

/* Rows it takes at that width, for a stream or a consumer. */
int asset_detail_rows(int width, enum object_kind kind);
/* `asset`: a stream or a consumer. */
void asset_detail_draw(const struct view_context *context, const struct object *asset, struct surface *s,
                       struct rect area);

#endif
