#include "model/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

static void slot_free(struct event_slot *slot) {
    free(slot->kind);
    free(slot->subject);
    free(slot->text);
}

static struct event_slot *slot_at(struct model *model, size_t index) {
    return &model->events[(model->event_first + index) % EVENTS_MAX];
}

/* The oldest of these goes, so that others stay. */
static void drop_chatter(struct model *model) {
    size_t at = 0;
    while (!slot_at(model, at)->event.chatter)
        at++;
    slot_free(slot_at(model, at));
    for (; at > 0; at--)
        *slot_at(model, at) = *slot_at(model, at - 1);
    model->event_first = (model->event_first + 1) % EVENTS_MAX;
    model->event_count--;
    model->chatter_count--;
}

/* At its place in time: what a leader says happened comes to be known later. NULL: it is older than all that
 * are kept. */
static struct event_slot *take_slot(struct model *model, int64_t utc_ns) {
    if (model->event_count == EVENTS_MAX) {
        if (utc_ns < slot_at(model, 0)->event.utc_ns)
            return NULL;
        model->chatter_count -= slot_at(model, 0)->event.chatter;
        slot_free(slot_at(model, 0));
        model->event_first = (model->event_first + 1) % EVENTS_MAX;
        model->event_count--;
    }
    size_t at = model->event_count++;
    for (; at > 0 && slot_at(model, at - 1)->event.utc_ns > utc_ns; at--)
        *slot_at(model, at) = *slot_at(model, at - 1);
    return slot_at(model, at);
}

static void fill(struct event_slot *slot, const struct event *e) {
    slot->kind = memory_text(e->kind);
    slot->subject = memory_text(e->subject);
    slot->text = memory_text(e->text);
    slot->event = *e;
    slot->event.kind = slot->kind;
    slot->event.subject = slot->subject;
    slot->event.text = slot->text;
}

static void add(struct model *model, struct event *e) {
    if (e->chatter && model->chatter_count == CHATTER_MOST)
        drop_chatter(model);
    struct event_slot *slot = take_slot(model, e->utc_ns);
    if (!slot)
        return;
    e->number = ++model->event_total;
    model->chatter_count += e->chatter;
    fill(slot, e);
}

void model_add_heard(struct model *model, int64_t utc_ns, const char *kind, const struct object *object,
                     const char *subject, const char *text, bool chatter) {
    add(model, &(struct event){.utc_ns = utc_ns,
                               .kind = kind,
                               .object = object ? object->id : 0,
                               .subject = subject,
                               .text = text,
                               .heard = true,
                               .chatter = chatter});
}

void model_add_event(struct model *model, int64_t utc_ns, const char *kind, const struct object *object,
                     const char *subject, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(model, &(struct event){.utc_ns = utc_ns,
                               .kind = kind,
                               .object = object ? object->id : 0,
                               .subject = subject,
                               .text = text});
}

void model_amend_event(struct model *model, uint64_t number, const char *text) {
    for (size_t i = model->event_count; number && i-- > 0;) {
        struct event_slot *slot = slot_at(model, i);
        if (slot->event.number != number)
            continue;
        free(slot->text);
        slot->event.text = slot->text = memory_text(text);
        slot->event.amended = ++model->amended_total;
        return;
    }
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
    for (size_t i = 0; i < from->event_count; i++)
        fill(slot_at(to, to->event_count++), model_event(from, i));
}
