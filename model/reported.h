/* Why a figure is not known: whether it is that this version of the server has none. Pure. */
#ifndef MODEL_REPORTED_H
#define MODEL_REPORTED_H

#include "model/quantity.h"

/* false: the server, or that of the connection, has answered without the field that this is, or is the rate
 * of. */
bool quantity_is_reported(const struct object *object, enum quantity q);

/* A row of /varz: its version is 2.MINOR.PATCH or later; `untold` where it tells none. */
bool server_is_since(const struct row *varz, int minor, int patch, bool untold);
/* The same: this version tells what waits on its routes; before that it stands in the answer and is
 * never set. One whose version is not known does. */
bool server_tells_routes(const struct row *varz);

/* Links of which living servers do not tell what waits on them: none is in /connz there, or none is set. */
struct links_untold {
    bool routes, leafs;
    bool several;     /* versions */
    char version[24]; /* the first of them, "" where all links are told of */
};
struct links_untold links_untold(const struct model *model);

#endif
