#include "model/calc.h"

struct value calc_consumer_path(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(((const struct consumer *)object->extra)->path->bytes);
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
    if (!lag_slope(&((const struct consumer *)object->extra)->lag, &per_s))
        return object->seen_utc_ns ? value_awaited(object, 3) : value_unknown(0);
    return aged(object, value_real(per_s));
}

struct value calc_consumer_max_ack_pending(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_CONSUMER_max_ack_pending);
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
