#include "model/calc.h"

#include <stdio.h>
#include <string.h>

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

struct value calc_source_trouble(const struct model *model, const struct object *object) {
    static const char *const words[][2] = {
        {"never", "had no contact yet"}, {"error", "fails"}, {"silent", "is silent"}};
    const char *state = source_state(object);
    (void)model;
    for (size_t i = 0; state && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], state) == 0)
            return aged(object, value_text(words[i][1]));
    return value_unknown(0);
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

struct value calc_stream_origins(const struct model *model, const struct object *object) {
    (void)model;
    return object->seen_utc_ns ? aged(object, value_uint(copying_of(object)->sources)) : value_unknown(0);
}

struct value calc_stream_sources(const struct model *model, const struct object *object) {
    return copying_of(object)->mirror ? aged(object, value_uint(0)) : calc_stream_origins(model, object);
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

/* "from X, one of 3 sources" */
struct value calc_stream_source_failing(const struct model *model, const struct object *object) {
    const struct copying *copying = copying_of(object);
    char text[TEXT_MAX_BYTES + 80], more[40] = ", one", of[40] = "";
    if (!copying->failing || !copying->worst)
        return value_unknown(0);
    if (copying->sources == 1)
        return calc_stream_copies(model, object);
    if (copying->failing > 1)
        snprintf(more, sizeof more, " and %u more", copying->failing - 1);
    if (copying->failing < copying->sources)
        snprintf(of, sizeof of, " of %u sources", copying->sources);
    snprintf(text, sizeof text, "from %s%s%s", copying->worst->bytes, more, of);
    return aged(object, value_text(model_say(model, text)));
}

struct value calc_stream_source_error(const struct model *model, const struct object *object) {
    (void)model;
    const struct text *error = copying_of(object)->error;
    return error ? aged(object, value_text(error->bytes)) : value_unknown(0);
}
