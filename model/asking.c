#include "model/asking.h"

struct expr_value asking_get(void *data, int id) {
    const struct asking *asking = data;
    struct value v = quantity_get(asking->model, asking->object, (enum quantity)id);
    struct expr_value out = {EXPR_UNKNOWN, 0, NULL};
    if (v.type == VALUE_TEXT)
        out = (struct expr_value){EXPR_TEXT, 0, v.text};
    else if (value_number(v, &out.number))
        out.type = v.type == VALUE_BOOL ? EXPR_BOOL : EXPR_NUMBER;
    return out;
}
