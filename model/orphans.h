/* How many streams and consumers have no leader for want of a server that is silent. Hangs at a server; of
 * all servers it is counted at once, whenever all assets are looked at. */
#ifndef MODEL_ORPHANS_H
#define MODEL_ORPHANS_H

#include <stddef.h>

struct model;

struct orphans {
    size_t streams, consumers;
};

void orphans_count(struct model *model);

#endif
