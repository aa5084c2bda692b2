/* When what is asked: cadence, demand, the cost bound, the grid in time.
 *
 * Each target has a grid of instants, so that what belongs together (/varz and, on servers that do not count
 * clients, /routez) is asked together, and servers are spread over the interval in eight groups: those of a
 * group share one waking up. Only the first round is at once. A lane takes what is due longest. All endpoints
 * of a server together stay under 5 % of its time: beyond that the dear ones stretch; /varz never. */
#ifndef COLLECTORS_SCHEDULE_H
#define COLLECTORS_SCHEDULE_H

#include "collectors/target.h"

#define COST_BOUND 0.05

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
/* An answer came: its cost counts, as does on its own what its body costs the link and us, who took
 * decoding_ns for it; intervals are chosen anew. Heavy ones whose bodies are no use again and again (endless,
 * cut, no JSON) wait twice as long each time. A request that timed out, and once one during which /varz
 * failed, is charged at most the usual, and the latter is not held against its endpoint. */
void schedule_account(struct target *t, int endpoint, const struct sample *head, int64_t decoding_ns);
/* COST frames of what changed, when nothing else waits; `all` after frames were lost. */
void schedule_tell_costs(struct collector *c, bool all);
/* Marks what the supervisor forbade; for a new target, too. Stirs it. */
void schedule_quarantines(struct target *t);

/* Rows of a full page of connections that stay below the size cap, for this server's connections. */
unsigned schedule_connection_limit(const struct target *t);
uint64_t schedule_connection_bytes(const struct target *t);

/* The interval after so many useless bodies in a row: doubled each time, up to a minute, never shorter. Pure.
 */
int64_t schedule_failing(int64_t interval, int failing);

/* What an endpoint costs as a rule, after one more answer: the middle one of the last five, since a single
 * slow answer says nothing of the next; where they are dear again and again what they cost in the mean. -1
 * while there is but one and that says nothing yet. Pure but for *costs. */
int64_t schedule_cost(struct cost_memory *costs, int64_t cost_ns);

/* The intervals that keep the sum of cost / interval under the bound: those with the largest share get the
 * same share. Pure. Entries with cost < 0 or fixed[] are counted but never changed. Returns true when any was
 * stretched. */
bool schedule_stretch(const int64_t *cost, const bool *fixed, int64_t *interval, int count);

#endif
