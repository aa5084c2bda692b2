#include "model/calc.h"
#include "model/connection.h"
#include "model/reason.h"

static const char *const states[] = {"open", "closed", "gone"};

const char *connection_state_word(int n) {
    return n < (int)(sizeof states / sizeof *states) ? states[n] : NULL;
}

struct value calc_connection_state(const struct model *model, const struct object *object) {
    (void)model;
    int state = model_is_closed(object) ? 1 : object->freshness == FRESH_GONE ? 2 : 0;
    struct value v = value_text(states[state]);
    v.flags = object->freshness == FRESH_STALE ? VALUE_OLD : 0; /* who knows what it is by now */
    return v;
}

struct value calc_connection_closed_by(const struct model *model, const struct object *object) {
    (void)model;
    if (!model_is_closed(object))
        return value_unknown(0);
    return value_text(reason_group_name(reason_of(row_text(object->now, F_CONNECTION_reason)).group));
}

struct value calc_connection_reason_brief(const struct model *model, const struct object *object) {
    (void)model;
    const char *said = row_text(object->now, F_CONNECTION_reason);
    return *said ? value_text(reason_of(said).brief) : value_unknown(0);
}

/* Of one whose server began again that is when at the latest. */
struct value calc_connection_closed_at(const struct model *model, const struct object *object) {
    (void)model;
    struct value v = value_of_field(object->now, F_CONNECTION_stop);
    v.flags |= model_is_inferred(object) ? VALUE_BOUND : 0;
    return v;
}

struct value calc_connection_lived(const struct model *model, const struct object *object) {
    (void)model;
    const struct row *row = object->now;
    if (!row_has(row, F_CONNECTION_stop) || !row_has(row, F_CONNECTION_start))
        return value_unknown(0);
    int64_t lived = row_cell(row, F_CONNECTION_stop)->i - row_cell(row, F_CONNECTION_start)->i;
    struct value v = value_span(lived);
    v.flags = model_is_inferred(object) ? VALUE_BOUND : 0;
    return lived >= 0 ? v : value_unknown(0);
}

struct value calc_server_cut(const struct model *model, const struct object *object) {
    (void)model;
    const struct server *server = server_const(object);
    struct value v = value_uint(server->closing.cut);
    v.flags = server->cut_counters.untold ? VALUE_LEAST : 0;
    return server->closing.known ? v : value_unknown(0);
}

struct value calc_server_closed_missed(const struct model *model, const struct object *object) {
    (void)model;
    const struct closing *closing = &server_const(object)->closing;
    return closing->known ? value_uint(closing->missed) : value_unknown(0);
}
