#include "model/calc.h"

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
    return limit_of_field(object, F_STREAM_max_bytes);
}

struct value calc_stream_last_message(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, since_field(object, F_STREAM_last_ts));
}
