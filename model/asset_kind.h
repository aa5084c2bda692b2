/* What the merge of /jsz needs to know of the two kinds of assets: which field of the row says what. Used by
 * the model alone. */
#ifndef MODEL_ASSET_KIND_H
#define MODEL_ASSET_KIND_H

#include "model/object.h"

struct asset_kind {
    enum object_kind kind;
    enum entity entity;
    enum field leader, clustered, leader_since, created;
    enum field seq;          /* how far it got in its stream */
    enum field counter;      /* falls when it is made anew, and hardly ever else */
    bool created_everywhere; /* `created` is the same on all servers, of whatever version */
    int ts;                  /* when the row itself was made, -1: no such field */
    enum field happened[2];  /* and what of it can have happened last */
    int counted; /* what a server counts as leader alone, and begins to a moment after it became one;
                  * -1: no such field */
    size_t extra_size;
};

enum { ASSET_KINDS = 2 };
extern const struct asset_kind asset_kinds[ASSET_KINDS];

#endif
