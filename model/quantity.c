#include "model/quantity.h"

#include <string.h>

#include "base/text.h"
#include "model/calc.h"
#include "model/groups.h"

#define QUANTITY_0                0
#define FIELD(FIELD_ID)           .how = HOW_FIELD, .field = F_##FIELD_ID
#define RATE(FIELD_ID)            .how = HOW_RATE, .field = F_##FIELD_ID
#define CALC(FUNCTION)            .how = HOW_CALC, .calc = calc_##FUNCTION
#define WITHIN(FUNCTION, MINUTES) CALC(FUNCTION), .within_ns = (MINUTES)*60 * NS_PER_S
#define SUM(QUANTITY_ID)          .how = HOW_SUM, .of = Q_##QUANTITY_ID
#define MOST(QUANTITY_ID)         .how = HOW_MOST, .of = Q_##QUANTITY_ID
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
#undef WITHIN
#undef CALC
#undef RATE
#undef FIELD

/* Each sentence asks for some by name, and there can be thousands of sentences at once. */
#define NAME_SLOTS 4096
_Static_assert(QUANTITY_COUNT < NAME_SLOTS / 2, "slots stay free");

static uint32_t name_slot(enum object_kind kind, const char *name) {
    return hash_bytes(name, strlen(name)) + (uint32_t)kind * 2654435761u;
}

static const int16_t *names(void) {
    static int16_t slots[NAME_SLOTS]; /* 0 free, else one more than the quantity */
    static bool made;
    for (int q = 0; q < QUANTITY_COUNT && !made; q++) {
        uint32_t at = name_slot(quantities[q].kind, quantities[q].name);
        while (slots[at % NAME_SLOTS])
            at++;
        slots[at % NAME_SLOTS] = (int16_t)(q + 1);
    }
    made = true;
    return slots;
}

int quantity_by_name(enum object_kind kind, const char *name) {
    const int16_t *slots = names();
    for (uint32_t at = name_slot(kind, name); slots[at % NAME_SLOTS]; at++) {
        int q = slots[at % NAME_SLOTS] - 1;
        if (quantities[q].kind == kind && strcmp(quantities[q].name, name) == 0)
            return q;
    }
    return -1;
}

enum { KEYS_MOST = 8 };
static int16_t keys[OBJECT_KIND_COUNT][KEYS_MOST + 1];

static void find_keys(void) {
    int count[OBJECT_KIND_COUNT] = {0};
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        enum object_kind kind = quantities[q].kind;
        if (quantities[q].flags & QUANTITY_KEY && count[kind] < KEYS_MOST)
            keys[kind][count[kind]++] = (int16_t)q;
    }
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        keys[kind][count[kind]] = -1;
}

const int16_t *quantity_keys(enum object_kind kind) {
    static bool found;
    if (!found)
        find_keys();
    found = true;
    return keys[kind];
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
