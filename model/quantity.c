#include "model/quantity.h"

#include <string.h>

#include "model/calc.h"

#define QUANTITY_0      0
#define FIELD(FIELD_ID) .how = HOW_FIELD, .field = F_##FIELD_ID
#define RATE(FIELD_ID)  .how = HOW_RATE, .field = F_##FIELD_ID
#define CALC(FUNCTION)  .how = HOW_CALC, .calc = calc_##FUNCTION
#define QUANTITY(KIND, NAME, TITLE, WIDTH, UNIT, WORSE, FLAGS, HOW, HELP)                                    \
    [Q_##KIND##_##NAME] = {.kind = OBJECT_##KIND,                                                            \
                           .name = #NAME,                                                                    \
                           .title = TITLE,                                                                   \
                           .width = WIDTH,                                                                   \
                           .unit = UNIT_##UNIT,                                                              \
                           .worse = WORSE_##WORSE,                                                           \
                           .flags = QUANTITY_##FLAGS,                                                        \
                           .help = HELP,                                                                     \
                           HOW},
const struct quantity_info quantities[QUANTITY_COUNT] = {
#include "model/quantities.def"
};
#undef QUANTITY
#undef CALC
#undef RATE
#undef FIELD

int quantity_by_name(enum object_kind kind, const char *name) {
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        if (quantities[q].kind == kind && strcmp(quantities[q].name, name) == 0)
            return q;
    }
    return -1;
}

static const struct row *row_for(const struct object *object, enum field f) {
    const struct stamp *at;
    if (object->kind == OBJECT_SERVER)
        return server_row(object, (enum entity)fields[f].entity, &at);
    return object->now;
}

struct value quantity_get(const struct model *model, const struct object *object, enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    if (!object || object->kind != info->kind)
        return value_unknown(0);
    struct value v = info->how == HOW_FIELD  ? value_of_field(row_for(object, info->field), info->field)
                     : info->how == HOW_RATE ? rate_of_field(object, info->field)
                                             : info->calc(model, object);
    return info->how == HOW_CALC ? v : aged(object, v);
}
