#include "model/calc.h"
#include "model/interest.h"
#include "model/subscription.h"

static const struct audience *group_of(const struct object *object) {
    return object->extra;
}

static struct value text(const struct text *text) {
    return value_text(text ? text->bytes : NULL);
}

struct value calc_audience_account(const struct model *model, const struct object *object) {
    (void)model;
    const struct audience *group = group_of(object);
    return value_text(group->account ? group->account->bytes : "$G");
}

struct value calc_audience_subject(const struct model *model, const struct object *object) {
    (void)model;
    return text(group_of(object)->subject);
}

struct value calc_audience_queue(const struct model *model, const struct object *object) {
    (void)model;
    return text(group_of(object)->queue);
}

/* Of servers that do not answer it is not known who is there now, of a list that was cut not who else is. */
static bool all_told(const struct model *model) {
    struct interest_seen seen = model_interest(model);
    return seen.answered == seen.servers && !seen.cut;
}

struct value calc_audience_members(const struct model *model, const struct object *object) {
    const struct audience *group = group_of(object);
    struct value v = value_uint(group->members);
    if (!all_told(model))
        v.flags |= VALUE_LEAST;
    return aged(object, v);
}

struct value calc_audience_state(const struct model *model, const struct object *object) {
    (void)model;
    const struct audience *group = group_of(object);
    return value_text(!group->known ? "unknown" : group->members ? "here" : "nobody");
}

struct value calc_audience_since(const struct model *model, const struct object *object) {
    (void)model;
    return value_time(group_of(object)->since_utc_ns);
}

struct value calc_audience_msgs_per_s(const struct model *model, const struct object *object) {
    const struct audience *group = group_of(object);
    struct value v = group->rated || !group->members ? value_real(group->per_s) : value_unknown(VALUE_NEW);
    if (group->rated && (group->rated < group->members || !all_told(model)))
        v.flags |= VALUE_LEAST;
    return aged(object, v);
}

struct value calc_audience_msgs(const struct model *model, const struct object *object) {
    struct value v = value_uint(group_of(object)->ever);
    if (!all_told(model))
        v.flags |= VALUE_LEAST;
    return aged(object, v);
}

/* By what was counted since the last look; where nothing was, or that is not known, by all there ever was. */
struct value calc_subscription_share(const struct model *model, const struct object *object) {
    const struct object *of = model_audience_of(model, object);
    double now, before;
    if (!of || !row_number(object->now, F_SUBSCRIPTION_msgs, &now))
        return value_unknown(0);
    const struct audience *group = group_of(of);
    if (group->compared && group->counted && object->before &&
        row_number(object->before, F_SUBSCRIPTION_msgs, &before))
        return aged(object, value_real((now - before) / (double)group->counted));
    if (!group->ever)
        return value_unknown(0);
    struct value v = value_real(now / (double)group->ever);
    v.flags |= VALUE_ESTIMATED;
    return aged(object, v);
}
