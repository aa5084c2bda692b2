/* The members of a Raft group in words, as their leader sees them: "n2 leader, asked 1.2s ago   n1 current,
 * lag 0, seen 0.1s". Pure drawing, main process. */
#ifndef VIEWS_ASSET_PEERS_H
#define VIEWS_ASSET_PEERS_H

#include "views/view.h"

/* Of a stream or a consumer; at most the lines of `area`, which are returned. s NULL: only counts. */
int asset_replicas_draw(const struct view_context *context, const struct object *asset, struct surface *s,
                        struct rect area);
/* Of the meta group of a cluster. */
int asset_meta_draw(const struct view_context *context, const struct object *cluster, struct surface *s,
                    struct rect area);
/* "quorum yes", "" when that is not known. */
void asset_meta_quorum(const struct view_context *context, const struct object *cluster, char *out,
                       size_t size);

#endif
