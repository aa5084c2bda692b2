#include "collectors/event.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"

#define MINUTE (60 * NS_PER_S)

bool event_room(struct event_bound *bound, int64_t now, bool *last) {
    if (bound->count == 0 || now - bound->since >= MINUTE)
        *bound = (struct event_bound){.since = now};
    if (bound->count >= EVENTS_A_MINUTE)
        return false;
    *last = ++bound->count == EVENTS_A_MINUTE;
    return true;
}

static void tell(struct collector *c, const struct target *t, const char *kind, const char *text) {
    struct row_any any;
    struct row *row = &any.row;
    collector_row(c, row, ENTITY_EVENT);
    row_put(row, F_EVENT_utc)->i = clock_utc_ns();
    collector_put(c, row, F_EVENT_kind, kind);
    collector_put(c, row, F_EVENT_text, text);
    if (t != NULL && !t->hidden)
        row_put(row, F_EVENT_target)->u = t->id;
    outbox_row(c->outbox, FRAME_EVENT, row);
}

void event_tell(struct collector *c, const struct target *t, const char *kind, const char *format, ...) {
    bool last;
    if (!event_room(&c->events, clock_mono_ns(), &last))
        return;
    char text[TEXT_MAX_BYTES + 1];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    tell(c, t, kind, text);
    if (last)
        tell(c, NULL, "collector", "more of the like within a minute are not told");
}
