#include "sample/field.h"

#include <string.h>

#include "sample/row.h"

#define ENTITY(ID, NAME, SCOPE)
#define FIELD(...)
#define ENTITY_END(ID)                                                                                       \
    _Static_assert(LAST_##ID - FIRST_##ID <= ROW_MAX_CELLS, "entity " #ID " has too many fields");
#include "sample/fields.def"
#undef ENTITY
#undef FIELD
#undef ENTITY_END

/* The words of the flags column. */
enum { KEY = FIELD_KEY, LEADER = FIELD_LEADER, KEPT = FIELD_KEPT, EXACT = FIELD_EXACT, WHOLE = FIELD_WHOLE };

const struct field_info fields[FIELD_COUNT] = {
#define ENTITY(ID, NAME, SCOPE)
#define FIELD(NUMBER, ENT, NAME, TYPE, KIND, UNIT, REDACT, FLAGS)                                            \
    [F_##ENT##_##NAME] = {.number = NUMBER,                                                                  \
                          .entity = ENTITY_##ENT,                                                            \
                          .cell = (int)F_##ENT##_##NAME - (int)FIRST_##ENT,                                  \
                          .type = TYPE_##TYPE,                                                               \
                          .kind = KIND_##KIND,                                                               \
                          .unit = UNIT_##UNIT,                                                               \
                          .redact = REDACT_##REDACT,                                                         \
                          .flags = FLAGS,                                                                    \
                          .name = #NAME},
#define ENTITY_END(ID)
#include "sample/fields.def"
#undef ENTITY
#undef FIELD
#undef ENTITY_END
};

const struct entity_info entities[ENTITY_COUNT] = {
#define ENTITY(ID, NAME, SCOPE)                                                                              \
    [ENTITY_##ID] = {NAME, SCOPE_##SCOPE, (enum field)FIRST_##ID, (int)LAST_##ID - (int)FIRST_##ID},
#define FIELD(...)
#define ENTITY_END(ID)
#include "sample/fields.def"
#undef ENTITY
#undef FIELD
#undef ENTITY_END
};

/* By number, plus one. A number given twice initializes one element twice, which the compiler tells. */
static const uint16_t by_number[] = {
#define ENTITY(ID, NAME, SCOPE)
#define FIELD(NUMBER, ENT, NAME, ...) [NUMBER] = F_##ENT##_##NAME + 1,
#define ENTITY_END(ID)
#include "sample/fields.def"
#undef ENTITY
#undef FIELD
#undef ENTITY_END
};

static const char *const shapes[SHAPE_LIMIT] = {
#define SHAPE(NUMBER, ID, NAME) [NUMBER] = NAME,
#include "sample/shapes.def"
#undef SHAPE
};

static const char *const type_names[] = {
    [TYPE_U64] = "u64",   [TYPE_I64] = "i64",   [TYPE_F64] = "f64",   [TYPE_BOOL] = "bool",
    [TYPE_TEXT] = "text", [TYPE_TIME] = "time", [TYPE_SPAN] = "span",
};

int field_by_number(unsigned number) {
    if (number >= sizeof by_number / sizeof *by_number)
        return -1;
    return (int)by_number[number] - 1;
}

const char *shape_name(unsigned shape) {
    return shape < SHAPE_LIMIT ? shapes[shape] : NULL;
}

int shape_by_name(const char *name) {
    for (int s = 1; s < SHAPE_LIMIT; s++)
        if (shapes[s] && !strcmp(shapes[s], name))
            return s;
    return SHAPE_NONE;
}

const char *field_type_name(enum field_type type) {
    return (unsigned)type < sizeof type_names / sizeof *type_names ? type_names[type] : NULL;
}
