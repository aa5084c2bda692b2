/* Places: where an object is looked at. Main process, pure. */
#ifndef VIEWS_PLACE_H
#define VIEWS_PLACE_H

#include "views/view.h"

/* The view for this object and, in *target, the object to open it with (0: none). */
const char *place_of(const struct model *model, const struct object *object, uint64_t *target);
/* The server that holds a connection, leads a stream or a consumer, reports a route; itself for a server.
 * NULL: unknown. */
const struct object *place_server(const struct model *model, const struct object *object);
const struct object *place_server_named(const struct model *model, const char *name);

#endif
