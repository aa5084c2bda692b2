/* How many streams and consumers have no leader for want of a server that is silent. Hangs at a server, of
 * all of which it is counted at once: there are thousands to look at. */
#ifndef MODEL_ORPHANS_H
#define MODEL_ORPHANS_H

#include "model/object.h"

struct model;

struct orphans {
    size_t streams, consumers;
    uint64_t versions[3]; /* of what it was counted by; 0 it was not yet */
    int64_t utc_ns;
};

/* Counted anew where something has changed. Of one that is up it says nothing. */
const struct orphans *orphans_of(const struct model *model, const struct object *server);

#endif
