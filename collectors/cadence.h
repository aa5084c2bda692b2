/* How often each endpoint of a target is asked: what was told, what its server is and says, how large its
 * answers are; longer where that would cost too much (cost.h), or fails. Intervals are multiples of that of
 * /varz, so that what belongs together is asked together. Within `collect http`. */
#ifndef COLLECTORS_CADENCE_H
#define COLLECTORS_CADENCE_H

#include "collectors/target.h"

/* Chooses the intervals of all endpoints, and says why. What was not asked for costs nothing. */
void cadence_choose(struct target *t);
/* It is asked together with /varz, whatever its own interval is a multiple of. */
bool cadence_follows_varz(const struct target *t, int endpoint);
/* An answer came: heavy ones whose bodies are no use again and again (endless, cut, no JSON) wait twice as
 * long each time. */
void cadence_count_failing(struct plan *plan, int endpoint, enum failure failure);
/* The interval after so many useless bodies in a row: doubled each time, up to a minute, never shorter. Pure.
 */
int64_t cadence_failing(int64_t interval, int failing);

#endif
