/* A row: what was said of one thing at one moment, as fixed cells with a presence bitmap.
 *
 * Absent is not zero: a field that the answer did not have has its bit clear, and its cell means nothing.
 * Text cells point into a pool that outlives the row (the sample's while it travels, the model's when kept).
 * Used in every process. */
#ifndef SAMPLE_ROW_H
#define SAMPLE_ROW_H

#include "base/text.h"
#include "sample/field.h"

#define ROW_MAX_CELLS 128

union cell {
    uint64_t u;
    int64_t i; /* I64, TIME, SPAN */
    double f;
    const struct text *s;
};

struct row {
    uint16_t entity;
    uint16_t cells; /* == entities[entity].count */
    uint64_t present[ROW_MAX_CELLS / 64];
    union cell cell[];
};

/* A row with room for any entity, for the stack. row_init() empties it. */
struct row_any {
    struct row row;
    union cell room[ROW_MAX_CELLS];
};

size_t row_size(enum entity entity); /* bytes of a row of that entity */
void row_init(struct row *row, enum entity entity);
struct row *row_create(enum entity entity);            /* freed by free() */
void row_copy(struct row *to, const struct row *from); /* same entity; text pointers are copied as they are */
struct row *row_clone(const struct row *row);          /* the same, created; NULL of NULL */

static inline bool row_has(const struct row *row, enum field f) {
    unsigned c = fields[f].cell;
    return row->present[c / 64] >> (c % 64) & 1;
}
static inline const union cell *row_cell(const struct row *row, enum field f) {
    return &row->cell[fields[f].cell];
}
static inline union cell *row_put(struct row *row, enum field f) { /* marks it present */
    unsigned c = fields[f].cell;
    row->present[c / 64] |= (uint64_t)1 << (c % 64);
    return &row->cell[c];
}
static inline void row_drop(struct row *row, enum field f) {
    unsigned c = fields[f].cell;
    row->present[c / 64] &= ~((uint64_t)1 << (c % 64));
}
static inline uint64_t row_u64(const struct row *row, enum field f, uint64_t otherwise) {
    return row_has(row, f) ? row_cell(row, f)->u : otherwise;
}
static inline int64_t row_i64(const struct row *row, enum field f, int64_t otherwise) {
    return row_has(row, f) ? row_cell(row, f)->i : otherwise;
}
/* "" when absent. */
static inline const char *row_text(const struct row *row, enum field f) {
    return row_has(row, f) ? row_cell(row, f)->s->bytes : "";
}

/* Equal presence and values of the KEY fields; texts compared by content, so the pools may differ. */
bool row_same_key(const struct row *a, const struct row *b);
uint32_t row_key_hash(const struct row *row);
/* Any numeric cell as double (TIME and SPAN in ns, BOOL 0 or 1); false for absent or text. */
bool row_number(const struct row *row, enum field f, double *out);

#endif
