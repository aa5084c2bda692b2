/* Quantities of a connection that fills. What was foreseen counts down until the next row. */
#include "model/calc.h"
#include "model/connection.h"
#include "model/sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FORESEEN (365 * 86400.0) /* seconds */

static double since_row(const struct model *model, const struct object *object) {
    int64_t passed = model->utc_ns - object->now_at.utc_ns;
    return passed > 0 ? (double)passed / (double)NS_PER_S : 0;
}

static int64_t left_of(const struct model *model, const struct object *object, double in_s) {
    double left = in_s - since_row(model, object);
    return left > 0 ? (int64_t)(left * (double)NS_PER_S) : 0;
}

static struct value foreseen(const struct model *model, const struct object *object, double in_s) {
    return in_s < FORESEEN ? value_span(left_of(model, object, in_s)) : value_unknown(0);
}

/* It goes on until the next row says otherwise. */
static struct value lasts(const struct model *model, const struct object *object, int64_t since_ns) {
    if (since_ns == TIME_UNSET)
        return value_unknown(0);
    int64_t passed = object->now_at.now_ns - since_ns;
    return value_span(passed + (int64_t)(since_row(model, object) * (double)NS_PER_S));
}

struct value calc_connection_pending_slope(const struct model *model, const struct object *object) {
    (void)model;
    const struct filling *f = filling_of(object);
    if (f && !isnan(f->slope))
        return value_real(f->slope);
    return aged(object, rate_of_field(object, F_CONNECTION_pending_bytes));
}

struct value calc_connection_feed(const struct model *model, const struct object *object) {
    (void)model;
    const struct filling *f = filling_of(object);
    return f && f->feed > 0 ? value_real(f->feed) : value_unknown(0);
}

/* Of one that holds little what is sent is what leaves, give or take. */
struct value calc_connection_drain(const struct model *model, const struct object *object) {
    (void)model;
    const struct filling *f = filling_of(object);
    if (f)
        return isnan(f->drain) ? value_unknown(0) : value_real(f->drain > 0 ? f->drain : 0);
    struct value sent = rate_of_field(object, F_CONNECTION_out_bytes),
                 kept = rate_of_field(object, F_CONNECTION_pending_bytes);
    if (sent.type != VALUE_REAL || kept.type != VALUE_REAL)
        return value_awaited(object, 2);
    return aged(object, value_real(sent.f > kept.f ? sent.f - kept.f : 0));
}

/* By how its last write began. That it will be cut for what waits does not come of that, but sooner it may
 * be. */
static uint8_t how_sure(const struct filling *f) {
    if (f->began == FILL_BEGAN_BEFORE)
        return VALUE_BOUND;
    return f->began == FILL_BEGAN_ABOUT && f->cut.by == CUT_BY_DEADLINE ? VALUE_ESTIMATED : 0;
}

struct value calc_connection_cut_in(const struct model *model, const struct object *object) {
    const struct filling *f = filling_of(object);
    struct value v = f ? foreseen(model, object, f->cut.in_s) : value_unknown(0);
    if (v.type == VALUE_SPAN)
        v.flags |= how_sure(f);
    return v;
}

struct value calc_connection_flat_for(const struct model *model, const struct object *object) {
    const struct filling *f = filling_of(object);
    return f ? lasts(model, object, f->flat_ns) : value_unknown(0);
}

struct value calc_connection_held_for(const struct model *model, const struct object *object) {
    const struct filling *f = filling_of(object);
    return f ? lasts(model, object, f->held_ns) : value_unknown(0);
}

/* Of one that was cut what it was last. */
struct value calc_connection_likely(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_text(((const struct connection *)object->extra)->likely));
}

struct value calc_connection_reads_most(const struct model *model, const struct object *object) {
    (void)model;
    const struct connection *connection = object->extra;
    bool known = connection->likely && connection->reads_most > 0;
    return known ? aged(object, value_real(connection->reads_most)) : value_unknown(0);
}

/* ---- the next step in words ---- */

struct telling {
    const struct model *model;
    const struct object *object;
    const struct filling *filling;
};

static struct value cut_in(const struct telling *t) {
    return calc_connection_cut_in(t->model, t->object);
}

static struct value held_in(const struct telling *t) {
    return foreseen(t->model, t->object, t->filling->cut.held_in_s);
}

static struct value flat_for(const struct telling *t) {
    return calc_connection_flat_for(t->model, t->object);
}

static struct value held_for(const struct telling *t) {
    return calc_connection_held_for(t->model, t->object);
}

static struct value quiet_for(const struct telling *t) {
    return lasts(t->model, t->object, t->filling->quiet_ns);
}

static struct value empty_in(const struct telling *t) {
    double less = t->filling->drain - t->filling->feed;
    return foreseen(t->model, t->object,
                    row_i64(t->object->now, F_CONNECTION_pending_bytes, 0) / (less > 0 ? less : NAN));
}

static struct value deadline(const struct telling *t) {
    return value_span((int64_t)(t->filling->rules.deadline_s * (double)NS_PER_S));
}

/* due: what is said where it has run out since the last row, which still is what is shown; NULL: it is left
 * out. */
static const struct {
    const char *name;
    struct value (*of)(const struct telling *t);
    const char *due;
} spans[] = {
    {"cut_in", cut_in, "due"},    {"held_in", held_in, "due"},  {"flat_for", flat_for, NULL},
    {"held_for", held_for, NULL}, {"empty_in", empty_in, NULL}, {"quiet_for", quiet_for, NULL},
    {"deadline", deadline, "0s"},
};

static bool is_due(struct value v) {
    return v.type == VALUE_SPAN && v.i < NS_PER_S;
}

static int say_span(struct value v, const char *before, const char *due, char *out, size_t size) {
    char span[TIME_TEXT_SIZE] = "";
    bool known = v.type == VALUE_SPAN;
    if (known)
        lasted_format(span, v.i);
    if (is_due(v))
        snprintf(out, size, "%s", due ? due : "");
    else
        snprintf(out, size, "%s%s%s", before, span, v.flags & VALUE_ESTIMATED ? "~" : "");
    return known && (due || !is_due(v));
}

/* "in 12s", "within 12s" */
static int say_cut(const struct telling *t, char *out, size_t size) {
    struct value v = cut_in(t);
    return say_span(v, v.flags & VALUE_BOUND ? "within " : "in ", "due", out, size);
}

static int say_hold(const struct telling *t, char *out, size_t size) {
    return say_span(held_in(t), " in ", ", due by its growth", out, size);
}

static int say_empty(const struct telling *t, char *out, size_t size) {
    return say_span(empty_in(t), "in ", "soon", out, size);
}

static const struct {
    const char *name;
    int (*say)(const struct telling *t, char *out, size_t size);
} phrases[] = {{"cut", say_cut}, {"hold", say_hold}, {"empty", say_empty}};

/* Half has a word of its own. */
static int say_level(double share, char *out, size_t size) {
    if (share == 0.5)
        snprintf(out, size, "half full");
    else
        snprintf(out, size, "%.0f%% full", share * 100);
    return 1;
}

static int say_word(void *data, const char *name, char *out, size_t size) {
    const struct telling *telling = data;
    if (strcmp(name, "level") == 0)
        return say_level(telling->filling->rules.held_share, out, size);
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (strcmp(phrases[i].name, name) == 0)
            return phrases[i].say(telling, out, size);
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        if (strcmp(spans[i].name, name) == 0) {
            struct value v = spans[i].of(telling);
            return say_span(v, v.flags & VALUE_BOUND ? "≤" : "", spans[i].due, out, size);
        }
    return -1;
}

static struct value say(const struct model *model, const struct object *object,
                        const char *(*of)(const struct filling *filling)) {
    struct telling telling = {model, object, filling_of(object)};
    const char *words = telling.filling ? of(telling.filling) : NULL;
    char text[160];
    if (!words)
        return value_unknown(0);
    sentence_make(model, object, words, say_word, &telling, text, sizeof text);
    return value_text(model_say(model, text));
}

struct value calc_connection_next(const struct model *model, const struct object *object) {
    return say(model, object, filling_next);
}

struct value calc_connection_step(const struct model *model, const struct object *object) {
    return say(model, object, filling_step);
}

struct value calc_connection_unheld(const struct model *model, const struct object *object) {
    (void)model;
    const struct filling *f = filling_of(object);
    return value_text(f ? filling_unheld(f) : NULL);
}

struct value calc_connection_threatened(const struct model *model, const struct object *object) {
    (void)model;
    const struct filling *f = filling_of(object);
    return f ? value_bool(f->threat > 0) : value_unknown(0);
}

struct value calc_connection_filling(const struct model *model, const struct object *object) {
    (void)model;
    return value_bool(filling_of(object) != NULL);
}

struct value calc_connection_held_from(const struct model *model, const struct object *object) {
    (void)model;
    struct cut_rules rules = cut_rules_of(object->parent->now, object->now, 0, 0);
    return rules.held_share > 0 ? value_real(rules.held_share) : value_unknown(0);
}
