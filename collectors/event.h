/* What the collector alone noticed and the event log should have: EVENT frames.
 *
 * Changes of a target's state are TARGET frames and no events; a server that lies could make any number of
 * them, so there is a bound on how many are told in a minute. Called from the loop by whoever notices. */
#ifndef COLLECTORS_EVENT_H
#define COLLECTORS_EVENT_H

#include "collectors/target.h"

#define EVENTS_A_MINUTE 20

/* kind: one word for the log's column. t may be NULL; the text names what it speaks of either way. */
void event_tell(struct collector *c, const struct target *t, const char *kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Is there room for one more at `now`? Counts it. last: it is the last one of this minute. Pure but for the
 * bound. */
bool event_room(struct event_bound *bound, int64_t now, bool *last);

#endif
