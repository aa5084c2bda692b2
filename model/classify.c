#include "model/classify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "model/asking.h"
#include "model/asset.h"
#include "model/oldest.h"
#include "model/sentence.h"
#include "model/stream.h"

enum when { WHEN_NOW, WHEN_ROW, WHEN_LAG };
static const struct state {
    const char *name, *condition, *why;
    enum when when;
    bool stuck;
} states[] = {
#define FREE                                       false
#define STUCK                                      true
#define STATE(NAME, WHEN, WHETHER, CONDITION, WHY) {#NAME, CONDITION, WHY, WHEN_##WHEN, WHETHER},
#include "model/consumer_states.def"
#undef STATE
#undef STUCK
#undef FREE
};
#define STATE_COUNT ((int)(sizeof states / sizeof *states))

static int resolve(void *data, const char *function, const char *name, enum unit *unit) {
    (void)data;
    int q = function ? -1 : quantity_by_name(OBJECT_CONSUMER, name);
    if (q >= 0)
        *unit = quantities[q].unit;
    return q;
}

void states_create(struct model *model) {
    model->states = memory_array(STATE_COUNT, sizeof(struct expr *));
    for (int i = 0; i < STATE_COUNT; i++) {
        struct expr_error error;
        model->states[i] = expr_parse(states[i].condition, resolve, NULL, &error);
        if (!model->states[i])
            fprintf(stderr, "natsight: state %s: %s\n", states[i].name, error.message);
    }
    stream_states_create(model);
}

void states_destroy(struct model *model) {
    for (int i = 0; i < STATE_COUNT; i++)
        expr_destroy(model->states[i]);
    free(model->states);
    stream_states_destroy(model);
}

static bool holds(const struct model *model, int state, const struct object *consumer) {
    struct asking asking = {.model = model, .object = consumer};
    return model->states[state] && expr_true(model->states[state], asking_get, &asking);
}

static int classify(const struct model *model, const struct object *consumer) {
    double lag = 0;
    bool none = lag_of(consumer, &lag) && lag == 0;
    for (int i = 0; i < STATE_COUNT; i++) {
        if (states[i].when == WHEN_NOW || (states[i].when == WHEN_LAG && none))
            continue;
        if (holds(model, i, consumer))
            return i + 1;
    }
    return 0;
}

/* What its oldest message proves where nobody tells when it came. */
static void prove(struct consumer *consumer, const struct object *object, const struct object *stream) {
    if (!consumer->behind.flags || !stream || !stream->now)
        return;
    double age_s = oldest_of(object, stream).to.age_s;
    if (age_s > 0)
        behind_at_least(&consumer->behind, (int64_t)(age_s * (double)NS_PER_S));
}

void consumer_stands(struct model *model, struct entry *server, struct entry *entry, bool same, bool again) {
    struct object *object = &entry->object;
    struct consumer *consumer = object->extra;
    const struct object *stream = consumer->stream ? model_object(model, consumer->stream) : NULL;
    struct arrivals none = {0}, *arrivals = stream ? &((struct stream *)stream->extra)->arrivals : &none;
    consumer->progress.begun &= !again;
    if (again)
        lag_forget(&consumer->lag);
    else if (same)
        lag_put(&consumer->lag, object);
    else
        lag_hold(&consumer->lag, object);
    int64_t moment = moment_of(&server->object, &object->now_at);
    int64_t zero = consumer->progress.begun ? consumer->progress.zero_ns : TIME_UNSET;
    if (again || !same)
        intake_forget(&consumer->intake);
    intake_put(&consumer->intake, object, moment);
    consumer->behind = behind_of(arrivals, &consumer->intake, object, stream, moment, zero);
    progress_put(&consumer->progress, object, stream, arrivals, moment, &consumer->behind);
    eviction_add(&consumer->progress.eviction, consumer->fell_by, moment);
    prove(consumer, object, stream);
    int state = classify(model, object);
    int before = consumer->standing.state;
    if (again || !state != !before || (state && strcmp(standing_name(state), standing_name(before)) != 0))
        consumer->standing.since_utc_ns = object->now_at.utc_ns;
    consumer->standing.state = state;
}

/* ---- out ---- */

/* Our own word first. */
static int ours(const struct model *model, const struct object *object) {
    if (asset_state(model, object) == ASSET_OK) /* they are about who leads: most are asked no more */
        return 0;
    for (int i = 0; i < STATE_COUNT; i++) {
        if (states[i].when == WHEN_NOW && holds(model, i, object))
            return i + 1;
    }
    return 0;
}

int standing_of(const struct model *model, const struct object *object) {
    int state = ours(model, object);
    return state ? state : ((const struct consumer *)object->extra)->standing.state;
}

const char *standing_name(int state) {
    return state ? states[state - 1].name : NULL;
}

bool standing_is_told(int state) {
    return state && strcmp(standing_name(state), "unknown") != 0;
}

bool standing_is_stuck(int state) {
    return state && states[state - 1].stuck;
}

bool standing_is_ours(int state) {
    return state && states[state - 1].when == WHEN_NOW;
}

/* A cache of what follows from the model, so no change to it. */
const char *standing_why(const struct model *model, const struct object *object) {
    struct standing *s = &((struct consumer *)object->extra)->standing;
    int state = standing_of(model, object);
    if (!state)
        return NULL;
    if (standing_is_ours(state) || s->why_state != state || s->why_serial != object->now_at.serial) {
        sentence_make(model, object, states[state - 1].why, NULL, NULL, s->why, sizeof s->why);
        s->why_state = state;
        s->why_serial = object->now_at.serial;
    }
    return s->why;
}

int64_t standing_since(const struct model *model, const struct object *object) {
    const struct standing *s = &((const struct consumer *)object->extra)->standing;
    int64_t since = asset_of(object)->leaderless_since_mono_ns;
    if (ours(model, object))
        return since ? model->utc_ns - (model->mono_ns - since) : object->seen_utc_ns;
    return s->state ? s->since_utc_ns : TIME_UNSET;
}
