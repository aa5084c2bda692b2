/* The computed quantities, one function each, and the small makers of values that they share.
 *
 * CALC(name) in quantities.def, and WITHIN(name, N), is calc_name() here; the declarations are made of that
 * table. Texts that they return live in the model until its next change. */
#ifndef MODEL_CALC_H
#define MODEL_CALC_H

#include "model/asset.h"
#include "model/peer.h"

#define FIELD(FIELD_ID)
#define RATE(FIELD_ID)
#define SUM(QUANTITY_ID)
#define MOST(QUANTITY_ID)
#define CALC(FUNCTION)                                                    struct value calc_##FUNCTION(const struct model *model, const struct object *object);
#define WITHIN(FUNCTION, MINUTES)                                         CALC(FUNCTION)
#define QUANTITY(KIND, NAME, TITLE, WIDTH, UNIT, WORSE, FLAGS, HOW, HELP) HOW
#include "model/quantities.def"
#undef QUANTITY
#undef WITHIN
#undef CALC
#undef MOST
#undef SUM
#undef RATE
#undef FIELD

static inline struct value value_unknown(unsigned flags) {
    return (struct value){.type = VALUE_UNKNOWN, .flags = (uint8_t)flags};
}
static inline struct value value_uint(uint64_t u) {
    return (struct value){.type = VALUE_UINT, .u = u};
}
static inline struct value value_int(int64_t i) {
    return (struct value){.type = VALUE_INT, .i = i};
}
static inline struct value value_real(double f) {
    return (struct value){.type = VALUE_REAL, .f = f};
}
static inline struct value value_span(int64_t ns) {
    return (struct value){.type = VALUE_SPAN, .i = ns};
}
static inline struct value value_bool(bool b) {
    return (struct value){.type = VALUE_BOOL, .b = b};
}
static inline struct value value_time(int64_t utc_ns) {
    return (struct value){.type = VALUE_TIME, .i = utc_ns};
}
/* By the clock of its server. */
static inline struct value value_told(int64_t server_ns) {
    return (struct value){.type = VALUE_TIME, .flags = VALUE_TOLD, .i = server_ns};
}
/* Unknown when NULL or empty. */
static inline struct value value_text(const char *text) {
    return text && *text ? (struct value){.type = VALUE_TEXT, .text = text} : value_unknown(0);
}

/* Marks what was true when the object was last seen; what a connection ended with stays true. */
static inline struct value aged(const struct object *object, struct value v) {
    bool now = object->freshness == FRESH_LIVE &&
               (object->kind != OBJECT_SERVER || server_is_up(server_const(object)));
    bool ended = object->kind == OBJECT_CONNECTION && model_is_closed(object);
    if (v.type != VALUE_UNKNOWN && !now && !ended)
        v.flags |= VALUE_OLD;
    return v;
}

/* ---- words that some of them choose from, NULL behind the last ---- */
const char *consumer_kind_word(int n);
const char *consumer_pin_word(int n);
const char *stream_limit_word(int n);
const char *expectation_state_word(int n);

/* What one of a server's own rows says, for as long as that is worth repeating. */
struct value value_of_side(const struct model *model, const struct object *server, int side, struct value v);

/* ---- rate.c ---- */
/* A field of a row as it is; unknown when absent or unset. */
struct value value_of_field(const struct row *row, enum field f);
/* A count of that span: at least so much while we have watched for less. */
struct value watched_for(const struct model *model, int64_t span_ns, struct value count);
/* Unknown: new while so many rows are awaited, for ever unknown after that. */
struct value value_awaited(const struct object *object, unsigned rows);
/* Growth per second between the object's two rows. A gauge may shrink, a counter may not. */
struct value rate_of_field(const struct object *object, enum field f);
/* A configured limit; unknown where there is none. */
struct value limit_of_field(const struct object *object, enum field f);
/* Since an instant, by the clock of the answer that said it; unknown when in the future. */
struct value since_field(const struct object *object, enum field f);
/* The same until now, for what may have happened again since it was told: at most that, once it was told
 * longer ago than a second. */
struct value age_since(const struct model *model, const struct object *object, enum field f);
/* An age that a row tells: of a row that is old it has grown since. */
struct value age_now(const struct model *model, const struct object *object, struct value v);

/* ---- levels that assets carry: calc_told.c ---- */
/* It is one of them, or known only where there is one. */
bool quantity_is_told(int quantity);
/* All these are unknown of it. */
bool quantities_told_nothing(const struct object *object);

#endif
