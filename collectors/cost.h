/* What asking costs the servers, the link and us, and the bound on it. Within `collect http`. */
#ifndef COLLECTORS_COST_H
#define COLLECTORS_COST_H

#include "collectors/target.h"

#define COST_BOUND 0.05 /* of a server's time, all its endpoints together */

/* An answer came: its cost counts, as does on its own what its body costs the link and us, who took
 * decoding_ns for it. A request that timed out, and once one during which /varz failed, is charged at most
 * the usual. false: and that one's failure is not its endpoint's. */
bool cost_take(struct target *t, int endpoint, const struct sample *head, int64_t decoding_ns);
/* COST frames of what changed, when nothing else waits; `all` after frames were lost. */
void cost_tell(struct collector *c, bool all);

/* What an endpoint costs as a rule, after one more answer: the middle one of the last five, since a single
 * slow answer says nothing of the next; where they are dear again and again what they cost in the mean. -1
 * while there is but one and that says nothing yet. Pure but for *costs. */
int64_t cost_usual(struct cost_memory *costs, int64_t cost_ns);
/* The intervals that keep the sum of cost / interval under the bound: those with the largest share get the
 * same share. Pure. Entries with cost < 0 or fixed[] are counted but never changed. Returns true when any was
 * stretched. */
bool cost_stretch(const int64_t *cost, const bool *fixed, int64_t *interval, int count);

#endif
