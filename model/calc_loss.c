#include "model/calc.h"

#define NOT_FORESEEN (100 * 365.25 * 86400) /* seconds */

static const struct loss *loss_of(const struct object *stream) {
    return &((const struct stream *)stream->extra)->loss;
}

struct value calc_stream_loss(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_text(loss_name(loss_of(object)->state)));
}

struct value calc_stream_loss_why(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_text(loss_of(object)->why));
}

struct value calc_consumer_lost_in(const struct model *model, const struct object *object) {
    (void)model;
    const struct consumer *consumer = object->extra;
    if (!consumer->weighed || !(consumer->lost_s < NOT_FORESEEN))
        return value_unknown(0);
    struct value v = value_span((int64_t)(consumer->lost_s * (double)NS_PER_S));
    v.flags = VALUE_ESTIMATED;
    return aged(object, v);
}
