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

/* Of servers that do not answer nothing counts, as long as another one has members. */
static struct value counted(const struct model *model, const struct object *object, struct value v) {
    const struct audience *group = group_of(object);
    bool as_it_was = group->members && !group->live;
    if (!as_it_was && !all_told(model))
        v.flags |= VALUE_LEAST;
    return aged(object, v);
}

struct value calc_audience_members(const struct model *model, const struct object *object) {
    return counted(model, object, value_uint(audience_counted(group_of(object))));
}

struct value calc_audience_state(const struct model *model, const struct object *object) {
    (void)model;
    const struct audience *group = group_of(object);
    return value_text(!group->known    ? "unknown"
                      : group->members ? "here"
                      : group->told    ? "nobody"
                                       : "leaving");
}

struct value calc_audience_since(const struct model *model, const struct object *object) {
    (void)model;
    return value_time(group_of(object)->since_utc_ns);
}

static struct value rate(const struct model *model, const struct object *object, double per_s) {
    const struct audience *group = group_of(object);
    if (group->members && !group->rated)
        return value_unknown(VALUE_NEW);
    struct value v = counted(model, object, value_real(per_s));
    if (group->rated < audience_counted(group))
        v.flags |= VALUE_LEAST;
    return v;
}

struct value calc_audience_msgs_per_s(const struct model *model, const struct object *object) {
    const struct audience *group = group_of(object);
    return rate(model, object, group->queue ? group->per_s : group->most_per_s);
}

struct value calc_audience_deliveries_per_s(const struct model *model, const struct object *object) {
    return rate(model, object, group_of(object)->per_s);
}

struct value calc_audience_deliveries(const struct model *model, const struct object *object) {
    return counted(model, object, value_uint(group_of(object)->ever));
}

static struct value part(double one, double all, unsigned flags) {
    struct value v = all > 0 ? value_real(one / all) : value_unknown(0);
    v.flags |= (uint8_t)(all > 0 ? flags : 0);
    return v;
}

/* Of rates, since the servers are asked at different times: what was counted between these is no share. */
struct value calc_subscription_share(const struct model *model, const struct object *object) {
    const struct object *of = model_audience_of(model, object);
    const struct audience *group = of ? group_of(of) : NULL;
    double msgs, per_s;
    if (!group || !group->queue || (group->live && object->freshness != FRESH_LIVE))
        return value_unknown(0);
    unsigned flags = group->live && !all_told(model) ? VALUE_BOUND : 0;
    bool rated = value_number(quantity_get(model, object, Q_SUBSCRIPTION_msgs_per_s), &per_s);
    if (group->rated && group->per_s > 0) {
        flags |= group->rated < audience_counted(group) ? VALUE_BOUND : 0;
        return rated ? aged(object, part(per_s, group->per_s, flags)) : value_unknown(VALUE_NEW);
    }
    if (!row_number(object->now, F_SUBSCRIPTION_msgs, &msgs))
        return value_unknown(0);
    return aged(object, part(msgs, (double)group->ever, flags | VALUE_ESTIMATED));
}
