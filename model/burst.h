/* Many clients cut on one server at one moment: that is the server's, or what is sent through it, and no
 * single client's fault. Owned by its server. */
#ifndef MODEL_BURST_H
#define MODEL_BURST_H

#include <stdint.h>

struct burst {        /* the largest of the last minutes */
    uint64_t clients; /* within a second; 0 none */
    int64_t at_ns;    /* the server's clock */
    uint64_t looked;  /* cuts that were known when we looked last */
};

struct model;
struct entry;

/* Where clients were cut since the last tick. Marks their cuts (client.h). */
void bursts_tick(struct model *model);

#endif
