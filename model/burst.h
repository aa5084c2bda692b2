/* Many clients cut on one server at one moment: that is the server's, or what is sent through it, and no
 * single client's fault. What comes of it is neither: who is cut just before or after them, and who of them
 * comes back and is cut again. Owned by its server. */
#ifndef MODEL_BURST_H
#define MODEL_BURST_H

#include <stdint.h>

#include "base/clock.h"

#define BURST_TOLD_NS (300 * NS_PER_S) /* one that follows sooner is the same trouble */

struct burst { /* the last ones that followed each other */
    uint64_t
        clients; /* in any span of one second, by `stop` of their records, of the largest; one that is cut
                    twice in it counts once. 0 none. The server's log may have more lines in a second: it
                    is written when a client is found slow, sometimes twice, and `stop` comes later */
    int64_t at_mono_ns; /* of the last */
    uint64_t looked;    /* cuts that were known when we looked last */
};

struct model;
struct entry;

/* Where clients were cut since the last tick. Marks the cuts that belong to them (client.h). */
void bursts_tick(struct model *model);

#endif
