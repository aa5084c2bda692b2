/* Where in its stream the oldest message is that a consumer has not processed, and how long it has waited.
 *
 * Of one that reads all of it that is what comes behind its ack floor. Of one that filters, or where messages
 * were deleted, nobody tells which are left for it, so there are two places between which it is: none that
 * came before we last saw it without lag, and none later than what was there when it first had lag since, or
 * since its floor stands where it does. Computed, owned by nobody, used by the model alone. */
#ifndef MODEL_OLDEST_H
#define MODEL_OLDEST_H

#include "model/object.h"

struct place {
    uint64_t seq;
    double age_s; /* NAN unknown */
};

struct oldest {
    struct place from, to; /* the same where it is known */
    bool fresh;            /* it came between two rows that we saw */
};

/* By their present rows; the consumer has lag. */
struct oldest oldest_of(const struct object *consumer, const struct object *stream);

#endif
