/* Why a figure is not known: whether it is that this version of the server has none. */
#ifndef MODEL_REPORTED_H
#define MODEL_REPORTED_H

#include "model/quantity.h"

/* "not reported by 2.9.10", where the server, or that of the connection, has answered without it; NULL: it
 * reports it, nothing was answered yet, or it is no figure that a server tells as it is. Lives until the
 * model's next change. */
const char *not_reported(const struct model *model, const struct object *object, enum quantity q);

#endif
