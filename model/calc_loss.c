#include "model/calc.h"

#define NOT_FORESEEN (100 * 365.25 * 86400) /* seconds */

static const struct loss *loss_of(const struct object *stream) {
    return &((const struct stream *)stream->extra)->loss;
}

/* What happens to it since is seen by nobody. */
static bool is_unled(const struct model *model, const struct object *asset) {
    enum asset_state state = asset_state(model, asset);
    return state == ASSET_LEADERLESS || state == ASSET_LEADER_GONE || state == ASSET_UNLISTED;
}

struct value calc_stream_loss(const struct model *model, const struct object *object) {
    if (is_unled(model, object))
        return value_text(loss_name(LOSS_UNKNOWN));
    return aged(object, value_text(loss_name(loss_of(object)->state)));
}

struct value calc_stream_loss_why(const struct model *model, const struct object *object) {
    if (is_unled(model, object))
        return calc_asset_leader_why(model, object);
    return aged(object, value_text(loss_of(object)->why));
}

struct value calc_consumer_loss(const struct model *model, const struct object *object) {
    if (object->freshness == FRESH_GONE || is_unled(model, object))
        return value_text(loss_name(LOSS_UNKNOWN));
    return aged(object, value_text(loss_name(((const struct consumer *)object->extra)->outlook.state)));
}

struct value calc_consumer_loss_why(const struct model *model, const struct object *object) {
    char why[200];
    if (is_unled(model, object))
        return calc_asset_leader_why(model, object);
    loss_say_consumer(model, object, why, sizeof why);
    return aged(object, value_text(model_say(model, why)));
}

struct value calc_consumer_lost_in(const struct model *model, const struct object *object) {
    (void)model;
    const struct outlook *outlook = &((const struct consumer *)object->extra)->outlook;
    if (outlook->state == LOSS_UNKNOWN || !(outlook->lost_s < NOT_FORESEEN))
        return value_unknown(0);
    struct value v = value_span((int64_t)(outlook->lost_s * (double)NS_PER_S));
    v.flags = outlook->bound && !outlook->guess ? VALUE_LEAST : VALUE_ESTIMATED;
    return aged(object, v);
}
