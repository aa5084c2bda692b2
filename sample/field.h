/* The field tables, readable: enums, one struct field_info a field, one struct entity_info an entity.
 *
 * Generated from fields.def and shapes.def by the preprocessor, so that a new field is one row there and one
 * in collectors/paths.def. Constant data, used in every process. */
#ifndef SAMPLE_FIELD_H
#define SAMPLE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/number.h"

enum entity {
#define ENTITY(ID, NAME, SCOPE) ENTITY_##ID,
#define FIELD(...)
#define ENTITY_END(ID)
#include "sample/fields.def"
#undef ENTITY
#undef FIELD
#undef ENTITY_END
    ENTITY_COUNT
};

/* F_SERVER_mem and so on: positions in `fields`, in file order. */
enum field {
#define ENTITY(ID, NAME, SCOPE)       FIRST_##ID, FIRST_##ID##_AGAIN = FIRST_##ID - 1,
#define FIELD(NUMBER, ENT, NAME, ...) F_##ENT##_##NAME,
#define ENTITY_END(ID)                LAST_##ID, LAST_##ID##_AGAIN = LAST_##ID - 1,
#include "sample/fields.def"
#undef ENTITY
#undef FIELD
#undef ENTITY_END
    FIELD_COUNT
};

enum shape {
    SHAPE_NONE,
#define SHAPE(NUMBER, ID, NAME) SHAPE_##ID = NUMBER,
#include "sample/shapes.def"
#undef SHAPE
    SHAPE_LIMIT /* one more than the largest number */
};

enum field_type { TYPE_U64, TYPE_I64, TYPE_F64, TYPE_BOOL, TYPE_TEXT, TYPE_TIME, TYPE_SPAN };
enum field_kind { KIND_INFO, KIND_GAUGE, KIND_COUNTER, KIND_CLOCK };
enum field_redact { REDACT_OPEN, REDACT_HOST, REDACT_ADDRESS, REDACT_USER, REDACT_CLIENT, REDACT_ASSET };
enum field_flags { FIELD_KEY = 1, FIELD_LEADER = 2, FIELD_KEPT = 4, FIELD_EXACT = 8, FIELD_WHOLE = 16 };
enum entity_scope { SCOPE_STREAM, SCOPE_SERVER, SCOPE_CLUSTER };

struct field_info {
    uint16_t number; /* stable */
    uint8_t entity;
    uint8_t cell; /* index into the row of its entity */
    uint8_t type, kind, unit, redact, flags;
    const char *name;
};

struct entity_info {
    const char *name;
    enum entity_scope scope;
    enum field first; /* its fields are first .. first + count - 1 */
    int count;        /* at most ROW_MAX_CELLS (sample/row.h) */
};

extern const struct field_info fields[FIELD_COUNT];
extern const struct entity_info entities[ENTITY_COUNT];

/* -1 / NULL when there is none. */
int field_by_number(unsigned number);
const char *shape_name(unsigned shape); /* NULL for a number that no shape has */
int shape_by_name(const char *name);    /* SHAPE_NONE when there is none */
const char *field_type_name(enum field_type type);

#endif
