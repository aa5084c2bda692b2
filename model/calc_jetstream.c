#include "model/calc.h"

static struct value leader(const struct model *model, const struct object *object) {
    const struct asset *asset = asset_of(object);
    if (!asset->leader || asset_state(model, object) == ASSET_LEADERLESS)
        return value_unknown(0);
    return aged(object, value_text(asset->leader->bytes));
}

/* That something is wrong is our word of now; that all is well is its leader's, as old as that. */
static struct value state(const struct model *model, const struct object *object) {
    enum asset_state state = asset_state(model, object);
    struct value v = value_text(asset_state_name(state));
    return state == ASSET_OK ? aged(object, v) : v;
}

/* Servers write -1, and we take 0 for the same, where there is no limit. */
static struct value limit(const struct object *object, enum field f) {
    int64_t most = row_i64(object->now, f, -1);
    return most > 0 ? aged(object, value_int(most)) : value_unknown(0);
}

struct value calc_stream_leader(const struct model *model, const struct object *object) {
    return leader(model, object);
}

struct value calc_stream_state(const struct model *model, const struct object *object) {
    return state(model, object);
}

struct value calc_stream_consumers(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_uint(((const struct stream *)object->extra)->consumers));
}

struct value calc_stream_replicas(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_text(((const struct stream *)object->extra)->replicas_text));
}

struct value calc_stream_max_bytes(const struct model *model, const struct object *object) {
    (void)model;
    return limit(object, F_STREAM_max_bytes);
}

struct value calc_stream_last_message(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, since_field(object, F_STREAM_last_ts));
}

struct value calc_consumer_path(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(((const struct consumer *)object->extra)->path->bytes);
}

struct value calc_consumer_leader(const struct model *model, const struct object *object) {
    return leader(model, object);
}

struct value calc_consumer_state(const struct model *model, const struct object *object) {
    return state(model, object);
}

struct value calc_consumer_lag(const struct model *model, const struct object *object) {
    (void)model;
    uint64_t pending, ack_pending;
    if (!row_has(object->now, F_CONSUMER_pending) || !row_has(object->now, F_CONSUMER_ack_pending))
        return value_unknown(0);
    pending = row_u64(object->now, F_CONSUMER_pending, 0);
    ack_pending = row_u64(object->now, F_CONSUMER_ack_pending, 0);
    if (pending + ack_pending < pending)
        return value_unknown(0);
    return aged(object, value_uint(pending + ack_pending));
}

struct value calc_consumer_lag_slope(const struct model *model, const struct object *object) {
    (void)model;
    double per_s;
    if (object->freshness == FRESH_GONE)
        return value_unknown(0);
    if (!consumer_slope(object->extra, &per_s))
        return object->seen_utc_ns ? value_awaited(object, 3) : value_unknown(0);
    return aged(object, value_real(per_s));
}

struct value calc_consumer_max_ack_pending(const struct model *model, const struct object *object) {
    (void)model;
    return limit(object, F_CONSUMER_max_ack_pending);
}

/* Deliveries count redeliveries, the place in the stream counts messages that a filter passes over: the
 * smaller of the two is exact unless both happen. */
static struct value delivered_once(const struct object *object, bool *repeated) {
    struct value deliveries = rate_of_field(object, F_CONSUMER_delivered_consumer_seq);
    struct value messages = rate_of_field(object, F_CONSUMER_delivered_stream_seq);
    if (deliveries.type == VALUE_UNKNOWN)
        return deliveries;
    bool fewer = messages.type != VALUE_UNKNOWN && messages.f < deliveries.f;
    *repeated = fewer || row_u64(object->now, F_CONSUMER_redelivered, 1) ||
                row_u64(object->before, F_CONSUMER_redelivered, 1);
    return fewer ? messages : deliveries;
}

struct value calc_consumer_acked_per_s(const struct model *model, const struct object *object) {
    (void)model;
    bool repeated = false;
    struct value acked = delivered_once(object, &repeated);
    struct value pending = rate_of_field(object, F_CONSUMER_ack_pending);
    if (acked.type == VALUE_UNKNOWN || pending.type == VALUE_UNKNOWN)
        return acked.type == VALUE_UNKNOWN ? acked : pending;
    acked.f -= pending.f;
    if (acked.f < 0)
        return value_unknown(0);
    if (repeated)
        acked.flags |= VALUE_ESTIMATED;
    return aged(object, acked);
}

struct value calc_consumer_last_ack(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, since_field(object, F_CONSUMER_last_ack));
}

struct value calc_consumer_last_delivered(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, since_field(object, F_CONSUMER_last_delivered));
}
