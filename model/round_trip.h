/* How long a peer takes, by what its server measured and not by how often that was said: an answer repeats
 * the last round trip until there is another one, on a busy link of an old version for an hour.
 *
 * Hangs at ROUTE, GATEWAY and LEAF objects as `extra`. Plain data, owned by the model. */
#ifndef MODEL_ROUND_TRIP_H
#define MODEL_ROUND_TRIP_H

#include "model/state.h"

#define ROUND_TRIPS 3 /* of one, a busy moment can be the reason; of three in succession, no */

struct round_trip {
    int64_t ns[ROUND_TRIPS]; /* newest first */
    int count;               /* of these, each soon after the one before */
    int64_t mono_ns;         /* the newest was seen first */
};

/* After entry_update(). */
void round_trip_seen(struct entry *link, enum field rtt);
/* The shortest of the last ones; -1: they are too few, or too old. */
int64_t round_trip_lasting(const struct model *model, const struct object *link);

#endif
