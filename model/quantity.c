#include "model/quantity.h"

#include <string.h>

#include "model/calc.h"
#include "model/groups.h"

#define QUANTITY_0        0
#define FIELD(FIELD_ID)   .how = HOW_FIELD, .field = F_##FIELD_ID
#define RATE(FIELD_ID)    .how = HOW_RATE, .field = F_##FIELD_ID
#define CALC(FUNCTION)    .how = HOW_CALC, .calc = calc_##FUNCTION
#define SUM(QUANTITY_ID)  .how = HOW_SUM, .of = Q_##QUANTITY_ID
#define MOST(QUANTITY_ID) .how = HOW_MOST, .of = Q_##QUANTITY_ID
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
#undef MOST
#undef SUM
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

static struct value field_of(const struct model *model, const struct object *object, enum field f) {
    int side = object->kind == OBJECT_SERVER ? side_of((enum entity)fields[f].entity) : -1;
    if (side < 0 && fields[f].kind == KIND_INFO && fields[f].type == TYPE_TEXT)
        return value_of_field(object->now, f); /* what it is, not how it is doing: names don't grow old */
    if (side < 0)
        return aged(object, value_of_field(object->now, f));
    return value_of_side(model, object, side, value_of_field(server_const(object)->sides[side].now, f));
}

struct value quantity_get(const struct model *model, const struct object *object, enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    if (!object || object->kind != info->kind)
        return value_unknown(0);
    if (info->how == HOW_FIELD)
        return field_of(model, object, info->field);
    if (info->how == HOW_SUM || info->how == HOW_MOST)
        return group_total(object, q);
    return info->how == HOW_RATE ? aged(object, rate_of_field(object, info->field))
                                 : info->calc(model, object);
}
