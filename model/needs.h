/* What has to be asked of servers for a quantity to be known.
 *
 * Views, documents, rules and expectations say so in shapes, 1 << SHAPE_x; what is dear is asked for as long
 * as one of them is in force. Pure, main process. */
#ifndef MODEL_NEEDS_H
#define MODEL_NEEDS_H

#include "model/model.h"

/* For objects of that kind in a document. */
unsigned kind_shapes(enum object_kind kind);
unsigned quantity_shapes(enum quantity q);
/* For what an expression over these needs. Of connections that hold much the page of those that hold most is
 * enough, whatever else is asked of them. */
unsigned needs_together(unsigned shapes);
/* For the rules and the expectations of the model. */
unsigned model_shapes(const struct model *model);

#endif
