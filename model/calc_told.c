#include "model/calc.h"

#include "model/state.h"
#include "model/told.h"

/* The levels that streams and consumers carry themselves. */

#define TOLD(KIND, NAME, KEY, FORM)                                                                          \
    struct value calc_##KIND##_told_##NAME(const struct model *model, const struct object *object) {         \
        (void)model;                                                                                         \
        return aged(object, told_level(object, TOLD_##KIND##_##NAME));                                       \
    }
#include "model/told.def"
#undef TOLD

bool quantity_is_told(int quantity) {
    switch (quantity) {
#define TOLD(KIND, NAME, KEY, FORM) case Q_##KIND##_told_##NAME:
#include "model/told.def"
#undef TOLD
    case Q_STREAM_told:
    case Q_STREAM_told_wrong:
    case Q_STREAM_told_subjects_most:
    case Q_CONSUMER_told:
    case Q_CONSUMER_told_wrong:
    case Q_REPLICA_told:
    case Q_REPLICA_told_lag:
    case Q_REPLICA_told_seen:
    case Q_SOURCE_told_lag:
    case Q_SOURCE_told_seen:
        return true;
    default:
        return false;
    }
}

bool quantities_told_nothing(const struct object *object) {
    switch (object->kind) {
    case OBJECT_STREAM:
    case OBJECT_CONSUMER:
        return told_nothing(object);
    case OBJECT_REPLICA:
    case OBJECT_SOURCE:
        return !object->parent || told_nothing(object->parent);
    default:
        return true;
    }
}

struct value calc_asset_told(const struct model *model, const struct object *object) {
    char text[2 * TEXT_MAX_BYTES];
    return told_levels(object, text, sizeof text) ? value_text(model_say(model, text)) : value_unknown(0);
}

struct value calc_asset_told_wrong(const struct model *model, const struct object *object) {
    char text[TEXT_MAX_BYTES];
    return told_wrong(object, text, sizeof text) ? value_text(model_say(model, text)) : value_unknown(0);
}

/* Whether its numbers of subjects are not to be reached from below, as those that come with more of them do.
 */
struct value calc_stream_told_subjects_most(const struct model *model, const struct object *object) {
    double warn = 0, critical = 0;
    bool any = value_number(calc_STREAM_told_subjects_warn(model, object), &warn);
    any = value_number(calc_STREAM_told_subjects_critical(model, object), &critical) || any;
    return any ? aged(object, value_bool(warn < critical)) : value_unknown(0);
}

struct value calc_stream_peers(const struct model *model, const struct object *object) {
    unsigned replicas = asset_of(object)->replicas;
    (void)model;
    return replicas ? aged(object, value_uint(replicas)) : value_unknown(0);
}

/* ---- what their parts go by ---- */

static bool is_of_stream(const struct object *replica) {
    return replica->parent->kind == OBJECT_STREAM;
}

struct value calc_replica_told_lag(const struct model *model, const struct object *object) {
    return is_of_stream(object) ? calc_STREAM_told_peer_lag(model, object->parent) : value_unknown(0);
}

struct value calc_replica_told_seen(const struct model *model, const struct object *object) {
    return is_of_stream(object) ? calc_STREAM_told_peer_seen(model, object->parent) : value_unknown(0);
}

struct value calc_replica_told(const struct model *model, const struct object *object) {
    bool any = calc_replica_told_lag(model, object).type != VALUE_UNKNOWN ||
               calc_replica_told_seen(model, object).type != VALUE_UNKNOWN;
    return any ? value_bool(true) : value_unknown(0);
}

struct value calc_source_told_lag(const struct model *model, const struct object *object) {
    return calc_STREAM_told_lag(model, object->parent);
}

struct value calc_source_told_seen(const struct model *model, const struct object *object) {
    return calc_STREAM_told_seen(model, object->parent);
}
