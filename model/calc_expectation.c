#include "model/calc.h"
#include "model/expecting.h"

static struct value text(const struct text *text) {
    return value_text(text ? text->bytes : NULL);
}

/* Not all is known of what there may be more of. */
static struct value at_least(const struct expecting *e, struct value v) {
    if (e->unsure || e->told == TOLD_PART)
        v.flags |= VALUE_LEAST;
    return v;
}

struct value calc_expectation_name(const struct model *model, const struct object *object) {
    (void)model;
    return text(expecting_of(object)->name);
}

struct value calc_expectation_entity(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(expecting_of(object)->what->word);
}

struct value calc_expectation_match(const struct model *model, const struct object *object) {
    (void)model;
    return text(expecting_of(object)->match);
}

struct value calc_expectation_subject(const struct model *model, const struct object *object) {
    (void)model;
    return text(expecting_of(object)->subject);
}

struct value calc_expectation_wanted(const struct model *model, const struct object *object) {
    (void)model;
    return value_uint(expecting_of(object)->wanted);
}

struct value calc_expectation_found(const struct model *model, const struct object *object) {
    (void)model;
    const struct expecting *e = expecting_of(object);
    return e->counted ? at_least(e, value_uint(e->found)) : value_unknown(VALUE_NEW);
}

struct value calc_expectation_missing(const struct model *model, const struct object *object) {
    (void)model;
    const struct expecting *e = expecting_of(object);
    if (e->state == EXPECTING_UNKNOWN)
        return value_unknown(e->counted ? 0 : VALUE_NEW);
    return value_uint(e->state == EXPECTING_MET ? 0 : e->wanted - e->found);
}

const char *expectation_state_word(int n) {
    static const char *const words[] = {"unknown", "met", "fewer", "none"};
    return n < (int)(sizeof words / sizeof *words) ? words[n] : NULL;
}

struct value calc_expectation_state(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(expectation_state_word((int)expecting_of(object)->state));
}

struct value calc_expectation_why(const struct model *model, const struct object *object) {
    (void)model;
    const struct expecting *e = expecting_of(object);
    return value_text(*e->why ? e->why : e->unsure ? "what one counts for is not known" : NULL);
}

struct value calc_expectation_since(const struct model *model, const struct object *object) {
    (void)model;
    return value_time(expecting_of(object)->since_utc_ns);
}

/* ---- who is new ---- */

struct value calc_expectation_newcomers(const struct model *model, const struct object *object) {
    const struct expecting *e = expecting_of(object);
    size_t kept = e->came < NEWCOMERS_MOST ? e->came : NEWCOMERS_MOST, count = 0;
    if (!e->newcomer || !e->looked)
        return value_unknown(e->newcomer ? VALUE_NEW : 0);
    for (size_t i = 0; i < kept; i++)
        count += model->utc_ns - e->came_utc_ns[i] < quantities[Q_EXPECTATION_newcomers].within_ns;
    struct value v = value_uint(count);
    v.flags |= count == NEWCOMERS_MOST ? VALUE_LEAST : 0;
    return v;
}

struct value calc_expectation_newest(const struct model *model, const struct object *object) {
    (void)model;
    return text(expecting_of(object)->newest);
}

struct value calc_expectation_newest_at(const struct model *model, const struct object *object) {
    (void)model;
    const struct expecting *e = expecting_of(object);
    return e->came ? value_time(e->came_utc_ns[(e->came - 1) % NEWCOMERS_MOST]) : value_unknown(0);
}
