/* Why a figure is not known: whether it is that this version of the server has none. Pure. */
#ifndef MODEL_REPORTED_H
#define MODEL_REPORTED_H

#include "model/quantity.h"

/* false: the server, or that of the connection, has answered without the field that this is, or is the rate
 * of. */
bool quantity_is_reported(const struct object *object, enum quantity q);

#endif
