#include "sample/row.h"

#include <string.h>

#include "base/memory.h"

size_t row_size(enum entity entity) {
    return sizeof(struct row) + (size_t)entities[entity].count * sizeof(union cell);
}

void row_init(struct row *row, enum entity entity) {
    row->entity = (uint16_t)entity;
    row->cells = (uint16_t)entities[entity].count;
    memset(row->present, 0, sizeof row->present);
}

struct row *row_create(enum entity entity) {
    struct row *row = memory_new(row_size(entity));
    row_init(row, entity);
    return row;
}

void row_copy(struct row *to, const struct row *from) {
    to->entity = from->entity;
    to->cells = from->cells;
    memcpy(to->present, from->present, sizeof to->present);
    memcpy(to->cell, from->cell, from->cells * sizeof(union cell));
}

struct row *row_clone(const struct row *row) {
    if (!row)
        return NULL;
    struct row *clone = row_create((enum entity)row->entity);
    row_copy(clone, row);
    return clone;
}

static bool same_cell(const struct row *a, const struct row *b, enum field f) {
    if (row_has(a, f) != row_has(b, f))
        return false;
    if (!row_has(a, f))
        return true;
    const union cell *x = row_cell(a, f), *y = row_cell(b, f);
    if (fields[f].type == TYPE_TEXT)
        return x->s == y->s || (x->s->len == y->s->len && !memcmp(x->s->bytes, y->s->bytes, x->s->len));
    if (fields[f].type == TYPE_F64)
        return x->f == y->f;
    return x->u == y->u;
}

bool row_same_key(const struct row *a, const struct row *b) {
    if (a->entity != b->entity)
        return false;
    const struct entity_info *info = &entities[a->entity];
    for (int f = (int)info->first; f < (int)info->first + info->count; f++)
        if (fields[f].flags & FIELD_KEY && !same_cell(a, b, (enum field)f))
            return false;
    return true;
}

static uint32_t mix(uint32_t hash, uint32_t more) {
    uint64_t x = ((uint64_t)hash << 32 | more) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(x >> 32) ^ (uint32_t)x;
}

static uint32_t cell_hash(const struct row *row, enum field f) {
    const union cell *c = row_cell(row, f);
    if (fields[f].type == TYPE_TEXT)
        return c->s->hash; /* of the content, whatever the pool */
    return (uint32_t)(c->u ^ c->u >> 32);
}

uint32_t row_key_hash(const struct row *row) {
    uint32_t hash = row->entity + 1u;
    const struct entity_info *info = &entities[row->entity];
    for (int f = (int)info->first; f < (int)info->first + info->count; f++)
        if (fields[f].flags & FIELD_KEY && row_has(row, (enum field)f))
            hash = mix(hash, cell_hash(row, (enum field)f) + fields[f].cell);
    return hash;
}

bool row_number(const struct row *row, enum field f, double *out) {
    if (!row_has(row, f))
        return false;
    const union cell *c = row_cell(row, f);
    switch ((enum field_type)fields[f].type) {
    case TYPE_U64:
    case TYPE_BOOL:
        *out = (double)c->u;
        return true;
    case TYPE_I64:
    case TYPE_TIME:
    case TYPE_SPAN:
        *out = (double)c->i;
        return true;
    case TYPE_F64:
        *out = c->f;
        return true;
    case TYPE_TEXT:
        break;
    }
    return false;
}
