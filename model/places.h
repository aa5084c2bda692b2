/* Where servers of a cluster should be, as the living ones have their routes configured, and who is there.
 *
 * A snapshot of one call: places_create() to free(). */
#ifndef MODEL_PLACES_H
#define MODEL_PLACES_H

#include "model/server.h"

#define PLACES_MAX 1024 /* route addresses that count; a hostile configuration has more */

struct place { /* where a configured address leads to, and whether somebody is there */
    const struct text *address;
    char host[300];
    uint64_t port;
    bool taken;
    int next; /* in its bucket */
};

struct places {
    struct place items[PLACES_MAX];
    int first[PLACES_MAX]; /* by host */
    size_t count;
};

struct places *places_create(const struct model *model, const struct entry *cluster);
size_t vacant_places(const struct places *places);
/* By its own address: cluster port, monitoring port of one that is known alone, or nobody else could be meant
 * by this host. */
void take_own_places(struct places *places, const struct entry *entry);
/* By the routes that lead there: what is at their other end runs. `only` NULL: any living server. */
void take_routed_places(const struct model *model, const struct entry *cluster, struct places *places,
                        const struct entry *only);

#endif
