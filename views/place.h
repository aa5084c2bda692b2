/* Places: where an object is looked at, and the way there. Main process, pure. */
#ifndef VIEWS_PLACE_H
#define VIEWS_PLACE_H

#include "views/view.h"

/* The server that holds a connection, leads a stream or a consumer, reports a route; itself for a server.
 * NULL: unknown. */
const struct object *place_server(const struct model *model, const struct object *object);

/* What a key of a view asks for: to go to the place of an object; to copy the `nats` command that continues
 * there. NULL: nothing is asked for. */
unsigned place_go(struct view_call *call, const struct object *object);
/* The same for what a finding is about. */
unsigned place_go_trouble(struct view_call *call, const struct object *object);
unsigned place_copy(struct view_call *call, const struct object *object);

#endif
