/* The replicas of streams and consumers, as one answer to /jsz lists them.
 *
 * First they are counted by asset: whether who says that it leads sees a majority decides whether it is
 * believed. With the row of who is, its replicas become REPLICA objects, children of their asset. All work is
 * in proportion to the rows of the answer. Groups live while one answer is taken; texts are the sample's. */
#ifndef MODEL_REPLICA_H
#define MODEL_REPLICA_H

#include "model/asset.h"
#include "model/peer.h"

struct group {             /* of one asset */
    const struct row *row; /* a replica row of it: its key. NULL: an empty place */
    unsigned listed, heard, never;
    int64_t quiet_ns;     /* so long none of them was heard, as far as that is told */
    uint32_t first, last; /* of its rows, by their place in the answer */
};

struct groups {
    struct group *places; /* a hash; NULL: nobody lists replicas */
    size_t size;          /* a power of two */
    uint32_t *next;       /* by place in the answer: the group's next row */
};

void groups_count(struct groups *groups, const struct model *model, const struct object *cluster,
                  const struct sample *sample);
/* The same of what members say that are no leader, where they say that there is none. */
void groups_count_leaderless(struct groups *groups, const struct model *model, const struct object *cluster,
                             const struct sample *sample);
/* Of a STREAM or a CONSUMER row; NULL: it has no other replicas. */
struct group *groups_find(const struct groups *groups, const struct row *asset);
void groups_finish(struct groups *groups);

/* The believed word about an asset comes with this group (may be NULL): its replicas are as it lists them.
 * true: some of them have gone. */
bool replicas_put(struct model *model, struct entry *asset, const struct groups *groups,
                  const struct group *group, const struct sample *sample, const struct stamp *at);
/* This member says that nobody leads it, and who else is one. */
void members_put(struct model *model, struct entry *asset, const struct text *server,
                 const struct groups *groups, const struct sample *sample);
/* A server went down or is back: how many of each asset's replicas are current is counted anew. */
void replicas_count(struct model *model);
/* Those that this answer no longer lists go. Looks at all replicas there are. */
void replicas_sweep(struct model *model, const struct stamp *at);

#endif
