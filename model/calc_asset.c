#include "model/calc.h"

/* What streams and consumers have alike. */

struct value calc_asset_leader(const struct model *model, const struct object *object) {
    const struct asset *asset = asset_of(object);
    if (!asset->leader || asset_state(model, object) == ASSET_LEADERLESS)
        return value_unknown(0);
    return aged(object, value_text(asset->leader->bytes));
}

/* That something is wrong is our word of now; that all is well is its leader's, as old as that. */
struct value calc_asset_leadership(const struct model *model, const struct object *object) {
    enum asset_state state = asset_state(model, object);
    struct value v = value_text(asset_state_name(state));
    return state == ASSET_OK ? aged(object, v) : v;
}

struct value calc_asset_leader_why(const struct model *model, const struct object *object) {
    char why[3 * TEXT_MAX_BYTES];
    return asset_why(model, object, why, sizeof why) ? value_text(model_say(model, why)) : value_unknown(0);
}

struct value calc_asset_replicas(const struct model *model, const struct object *object) {
    (void)model;
    const struct text *text = asset_of(object)->replicas_text;
    return text ? aged(object, value_text(text->bytes)) : value_unknown(0);
}

const char *asset_stream_called(const struct model *model, const struct object *object, const char *name) {
    const struct object *stream = model_stream_of(model, object);
    struct value v = stream ? calc_stream_shown(model, stream) : value_unknown(0);
    return v.type == VALUE_TEXT ? v.text : name;
}

struct value calc_consumer_stream_shown(const struct model *model, const struct object *object) {
    return value_text(asset_stream_called(model, object, row_text(object->now, F_CONSUMER_stream)));
}

struct value calc_asset_unled_since(const struct model *model, const struct object *object) {
    int64_t utc_ns;
    bool least;
    if (!asset_unled(model, object, &utc_ns, &least))
        return value_unknown(0);
    struct value v = value_time(utc_ns);
    v.flags = least ? VALUE_LEAST : 0;
    return v;
}
