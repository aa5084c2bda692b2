#include "model/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/asking.h"
#include "model/calc.h"
#include "model/sentence.h"

static const struct state {
    const char *name, *condition, *why;
} states[] = {
#define STATE(NAME, CONDITION, WHY) {#NAME, CONDITION, WHY},
#include "model/stream_states.def"
#undef STATE
};
enum { STATE_COUNT = sizeof states / sizeof *states };

static int resolve(void *data, const char *function, const char *name, enum unit *unit) {
    (void)data;
    int q = function ? -1 : quantity_by_name(OBJECT_STREAM, name);
    if (q >= 0)
        *unit = quantities[q].unit;
    return q;
}

void stream_states_create(struct model *model) {
    model->stream_states = memory_array(STATE_COUNT, sizeof(struct expr *));
    for (int i = 0; i < STATE_COUNT; i++) {
        struct expr_error error;
        model->stream_states[i] = expr_parse(states[i].condition, resolve, NULL, &error);
        if (!model->stream_states[i])
            fprintf(stderr, "natsight: state %s: %s\n", states[i].name, error.message);
    }
}

void stream_states_destroy(struct model *model) {
    for (int i = 0; i < STATE_COUNT; i++)
        expr_destroy(model->stream_states[i]);
    free(model->stream_states);
}

/* The first from there on that holds; STATE_COUNT: none. */
static int state_from(const struct model *model, const struct object *object, int from) {
    struct asking asking = {.model = model, .object = object};
    while (from < STATE_COUNT &&
           !(model->stream_states[from] && expr_true(model->stream_states[from], asking_get, &asking)))
        from++;
    return from;
}

/* That it is gone is our word of now, and that its leader is. */
struct value calc_stream_state(const struct model *model, const struct object *object) {
    if (object->freshness == FRESH_GONE)
        return value_text("deleted");
    int state = state_from(model, object, 0);
    if (state == STATE_COUNT)
        return value_unknown(0);
    struct value v = value_text(states[state].name);
    return strstr(states[state].condition, "leadership") && state + 1 < STATE_COUNT ? v : aged(object, v);
}

struct value calc_stream_why(const struct model *model, const struct object *object) {
    char why[1200];
    if (object->freshness == FRESH_GONE)
        return value_text(asset_last_seen(model, object));
    int state = state_from(model, object, 0);
    if (state == STATE_COUNT)
        return calc_asset_leader_why(model, object);
    sentence_make(model, object, states[state].why, NULL, NULL, why, sizeof why);
    return value_text(*why ? model_say(model, why) : NULL);
}

/* What else is wrong, in the words of these states: "full, copy failing". */
struct value calc_stream_also(const struct model *model, const struct object *object) {
    char also[200];
    size_t len = 0;
    if (object->freshness == FRESH_GONE)
        return value_unknown(0);
    int state = state_from(model, object, 0);
    for (state = state_from(model, object, state + 1); state + 1 < STATE_COUNT && len < sizeof also;
         state = state_from(model, object, state + 1))
        len += (size_t)snprintf(also + len, sizeof also - len, "%s%s", len ? ", " : "", states[state].name);
    for (char *c = also; len && *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return len ? value_text(model_say(model, also)) : value_unknown(0);
}
