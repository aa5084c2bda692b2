#include "model/calc.h"
#include "model/source.h"

struct value calc_cluster_of_part(const struct model *model, const struct object *object) {
    return calc_cluster_of_asset(model, object->parent);
}

static struct value never(void) {
    return (struct value){.type = VALUE_SPAN, .i = INT64_MAX, .flags = VALUE_NEVER};
}

struct value calc_source_state(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_text(source_state(object)));
}

struct value calc_source_lag(const struct model *model, const struct object *object) {
    (void)model;
    if (!source_lag_is_told(object))
        return value_unknown(0);
    return aged(object, value_of_field(object->now, F_SOURCE_lag));
}

struct value calc_source_active(const struct model *model, const struct object *object) {
    (void)model;
    if (((const struct source *)object->extra)->never)
        return aged(object, never());
    return aged(object, value_of_field(object->now, F_SOURCE_active));
}

/* ---- of all sources of a stream ---- */

static const struct copying *copying_of(const struct object *stream) {
    return &((const struct stream *)stream->extra)->copying;
}

struct value calc_stream_copies(const struct model *model, const struct object *object) {
    (void)model;
    const struct copying *copying = copying_of(object);
    return copying->text ? aged(object, value_text(copying->text->bytes)) : value_unknown(0);
}

struct value calc_stream_source_lag(const struct model *model, const struct object *object) {
    (void)model;
    const struct copying *copying = copying_of(object);
    return copying->told ? aged(object, value_uint(copying->lag)) : value_unknown(0);
}

struct value calc_stream_source_active(const struct model *model, const struct object *object) {
    (void)model;
    const struct copying *copying = copying_of(object);
    if (!copying->sources)
        return value_unknown(0);
    return aged(object, copying->never ? never() : value_span(copying->active_ns));
}

struct value calc_stream_source_state(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_text(copying_of(object)->state));
}

struct value calc_stream_source_error(const struct model *model, const struct object *object) {
    (void)model;
    const struct text *error = copying_of(object)->error;
    return error ? aged(object, value_text(error->bytes)) : value_unknown(0);
}
