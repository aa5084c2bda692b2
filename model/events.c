#include "model/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

void span_format_whole(char out[TIME_TEXT_SIZE], int64_t ns) {
    if (ns >= 0 && ns < 60 * NS_PER_S)
        snprintf(out, TIME_TEXT_SIZE, "%ds", (int)(ns / NS_PER_S));
    else
        span_format(out, ns);
}

static void slot_free(struct event_slot *slot) {
    free(slot->kind);
    free(slot->subject);
    free(slot->text);
}

static struct event_slot *next_slot(struct model *model) {
    model->event_total++;
    if (model->event_count < EVENTS_MAX)
        return &model->events[(model->event_first + model->event_count++) % EVENTS_MAX];
    struct event_slot *slot = &model->events[model->event_first];
    model->event_first = (model->event_first + 1) % EVENTS_MAX;
    slot_free(slot);
    return slot;
}

void model_add_event(struct model *model, int64_t utc_ns, const char *kind, const struct object *object,
                     const char *subject, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct event_slot *slot = next_slot(model);
    slot->kind = memory_text(kind);
    slot->subject = memory_text(subject);
    slot->text = memory_text(text);
    slot->event = (struct event){utc_ns, slot->kind, object ? object->id : 0, slot->subject, slot->text};
}

size_t model_event_count(const struct model *model) {
    return model->event_count;
}

uint64_t model_event_total(const struct model *model) {
    return model->event_total;
}

const struct event *model_event(const struct model *model, size_t index) {
    if (index >= model->event_count)
        return NULL;
    return &model->events[(model->event_first + index) % EVENTS_MAX].event;
}

void events_destroy(struct model *model) {
    for (size_t i = 0; i < model->event_count; i++)
        slot_free(&model->events[(model->event_first + i) % EVENTS_MAX]);
}

void events_clone(struct model *to, const struct model *from) {
    to->event_first = to->event_count = 0;
    to->event_total = from->event_total - from->event_count;
    for (size_t i = 0; i < from->event_count; i++) {
        const struct event *e = model_event(from, i);
        struct event_slot *slot = next_slot(to);
        slot->kind = memory_text(e->kind);
        slot->subject = memory_text(e->subject);
        slot->text = memory_text(e->text);
        slot->event = (struct event){e->utc_ns, slot->kind, e->object, slot->subject, slot->text};
    }
}
