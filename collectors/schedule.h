/* When what is asked: the grid in time, and turns.
 *
 * What is wanted is said by demand.h, how often by cadence.h, what that costs by cost.h, and request.h asks.
 * Each target has a grid of instants, so that what belongs together (/varz and, on servers that do not count
 * clients, /routez) is asked together, and servers are spread over the interval in eight groups: those of a
 * group share one waking up. Only the first round is at once. A lane takes what is due longest. All endpoints
 * of a server together stay under 5 % of its time: beyond that the dear ones stretch; /varz never. */
#ifndef COLLECTORS_SCHEDULE_H
#define COLLECTORS_SCHEDULE_H

#include "collectors/target.h"

/* Once a turn: starts whatever is due in a free lane, and sets the timer to the next one. Looks at no target
 * that is not stirred and has nothing due. */
void schedule_run(struct collector *c);
/* What decides on its schedule changed: an answer, a command, its state. */
void schedule_stir(struct target *t);
/* Once more, as soon as the lane is free, wanted or not. */
void schedule_ask(struct target *t, int endpoint);
/* Wanted otherwise from now on: asked at once where that makes another request of it. */
void schedule_want(struct target *t, int endpoint, const struct want *want);
/* A candidate became a target: from now on it is asked in step. */
void schedule_adopt(struct target *t);
/* An answer came: its cost counts (cost_take), intervals are chosen anew, and with them when it is due. */
void schedule_account(struct target *t, int endpoint, const struct sample *head, int64_t decoding_ns);
/* Marks what the supervisor forbade; for a new target, too. Stirs it. */
void schedule_quarantines(struct target *t);

#endif
