/* Quantities as the names of expressions: what rules and states are asked with. */
#ifndef MODEL_ASKING_H
#define MODEL_ASKING_H

#include "base/expr.h"
#include "model/quantity.h"

struct asking {
    const struct model *model;
    const struct object *object;
};

/* An expr_get_fn whose data is a struct asking and whose ids are quantities. */
struct expr_value asking_get(void *data, int id);

#endif
