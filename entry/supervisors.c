#include "entry/supervisors.h"

#include <stdlib.h>

#include "base/memory.h"

struct supervisors {
    struct loop *loop;
    const struct options *options;
    const struct supervisor_handler *handler;
    void *data;
    struct supervisor *ways[WAY_COUNT]; /* NULL: not a way in */
};

static void end(struct supervisors *s, enum way way) {
    supervisor_destroy(s->ways[way]);
    if (s->ways[way] != NULL)
        s->handler->on_gone(s->data, way);
    s->ways[way] = NULL;
}

static void start(struct supervisors *s) {
    for (enum way way = 0; way < WAY_COUNT; way++) {
        if (!way_in_is(s->options, way))
            end(s, way);
        else if (s->ways[way] != NULL)
            supervisor_restart(s->ways[way]);
        else
            s->ways[way] = supervisor_create(s->loop, s->options, way, s->handler, s->data);
    }
}

struct supervisors *supervisors_create(struct loop *loop, const struct options *options,
                                       const struct supervisor_handler *handler, void *data) {
    struct supervisors *s = memory_new(sizeof *s);
    *s = (struct supervisors){.loop = loop, .options = options, .handler = handler, .data = data};
    start(s);
    if (options->sample != NULL && options->sample[0] != '\0')
        supervisors_sample(s, options->sample, 0);
    return s;
}

void supervisors_restart(struct supervisors *s) {
    start(s);
}

void supervisors_destroy(struct supervisors *s) {
    for (int way = 0; s != NULL && way < WAY_COUNT; way++)
        supervisor_destroy(s->ways[way]);
    free(s);
}

void supervisors_want(struct supervisors *s, unsigned shapes, const char *sort) {
    for (int way = 0; way < WAY_COUNT; way++)
        if (s->ways[way] != NULL)
            supervisor_want(s->ways[way], shapes, sort);
}

void supervisors_want_subscriptions(struct supervisors *s, const struct question *question) {
    for (int way = 0; way < WAY_COUNT; way++)
        if (s->ways[way] != NULL)
            supervisor_want_subscriptions(s->ways[way], question);
}

void supervisors_want_interest(struct supervisors *s, const char *subject) {
    for (int way = 0; way < WAY_COUNT; way++)
        if (s->ways[way] != NULL)
            supervisor_want_interest(s->ways[way], subject);
}

void supervisors_sample(struct supervisors *s, const char *subject, int64_t seconds) {
    if (s->ways[WAY_NATS] != NULL)
        supervisor_sample(s->ways[WAY_NATS], subject, seconds);
}

void supervisors_hold_sampling(struct supervisors *s, bool held) {
    if (s != NULL && s->ways[WAY_NATS] != NULL)
        supervisor_hold_sampling(s->ways[WAY_NATS], held);
}
