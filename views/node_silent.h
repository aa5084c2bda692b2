/* The page of a server that never answered: why, since when, where it was asked, and what to check. Pure
 * drawing, main process. */
#ifndef VIEWS_NODE_SILENT_H
#define VIEWS_NODE_SILENT_H

#include "views/view.h"

bool node_is_silent(const struct object *server);
/* What is below the line of its state. */
void node_silent_draw(const struct view_context *context, const struct object *server, struct surface *s,
                      struct rect area);

#endif
