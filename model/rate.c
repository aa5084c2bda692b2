#include "model/calc.h"

#define WINDOW_AT_LEAST  (100 * NS_PER_MS)
#define MAY_HAVE_CHANGED NS_PER_S

struct value value_of_field(const struct row *row, enum field f) {
    if (!row || !row_has(row, f))
        return value_unknown(0);
    const union cell *cell = row_cell(row, f);
    switch (fields[f].type) {
    case TYPE_U64:
        /* a wrapped negative: servers before 2.9.17 had these, and no gauge is that large */
        if (fields[f].kind == KIND_GAUGE && !(fields[f].flags & FIELD_EXACT) && cell->u > INT64_MAX)
            return value_unknown(0);
        return value_uint(cell->u);
    case TYPE_I64:
        return value_int(cell->i);
    case TYPE_F64:
        return value_real(cell->f);
    case TYPE_BOOL:
        return (struct value){.type = VALUE_BOOL, .b = cell->u != 0};
    case TYPE_TEXT:
        return value_text(cell->s->bytes);
    case TYPE_TIME:
        return cell->i == TIME_UNSET ? value_unknown(0) : value_told(cell->i);
    case TYPE_SPAN:
        return value_span(cell->i);
    }
    return value_unknown(0);
}

/* Exact also where doubles are not: counters are subtracted as the integers that they are. */
static double growth(const struct object *object, enum field f) {
    if (fields[f].type == TYPE_F64)
        return row_cell(object->now, f)->f - row_cell(object->before, f)->f;
    uint64_t now = row_cell(object->now, f)->u, before = row_cell(object->before, f)->u;
    bool fell = fields[f].type == TYPE_U64 ? now < before : (int64_t)now < (int64_t)before;
    return fell ? -(double)(before - now) : (double)(now - before);
}

struct value watched_for(const struct model *model, int64_t span_ns, struct value count) {
    if (model->utc_ns - model->began_utc_ns < span_ns)
        count.flags |= VALUE_LEAST;
    return count;
}

struct value value_awaited(const struct object *object, unsigned rows) {
    bool awaited = object->freshness == FRESH_LIVE && entry_of(object)->rows < rows;
    return value_unknown(awaited ? VALUE_NEW : 0);
}

struct value rate_of_field(const struct object *object, enum field f) {
    if (object->freshness == FRESH_GONE || !object->now || !row_has(object->now, f))
        return value_unknown(0);
    if (!object->before || !row_has(object->before, f))
        return value_awaited(object, 2);
    int64_t window = object->now_at.now_ns - object->before_at.now_ns;
    if (window < WINDOW_AT_LEAST)
        return value_awaited(object, 2);
    double by = growth(object, f);
    if (by < 0 && fields[f].kind == KIND_COUNTER)
        return value_unknown(0);
    return value_real(by * (double)NS_PER_S / (double)window);
}

/* Servers write -1, and we take 0 for the same, where there is no limit. */
struct value limit_of_field(const struct object *object, enum field f) {
    int64_t most = object->now ? row_i64(object->now, f, -1) : -1;
    return most > 0 ? aged(object, value_int(most)) : value_unknown(0);
}

struct value since_field(const struct object *object, enum field f) {
    int64_t from = object->now ? row_i64(object->now, f, TIME_UNSET) : TIME_UNSET;
    if (from == TIME_UNSET || from > object->now_at.now_ns)
        return value_unknown(0);
    return value_span(object->now_at.now_ns - from);
}

struct value age_since(const struct model *model, const struct object *object, enum field f) {
    struct value v = since_field(object, f);
    int64_t told = model->utc_ns - object->now_at.utc_ns;
    if (v.type == VALUE_UNKNOWN || told <= 0)
        return aged(object, v);
    v.i += told;
    if (told > MAY_HAVE_CHANGED)
        v.flags |= VALUE_BOUND;
    return aged(object, v);
}

struct value age_now(const struct model *model, const struct object *object, struct value v) {
    bool old = v.type == VALUE_SPAN && !(v.flags & VALUE_NEVER) && object->freshness != FRESH_LIVE;
    if (old && object->seen_utc_ns && model->utc_ns > object->seen_utc_ns)
        v.i += model->utc_ns - object->seen_utc_ns;
    return aged(object, v);
}
