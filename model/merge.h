/* An answer to /jsz on its way into the model.
 *
 * It is taken in slices: merge.c goes from step to step and says when it is done, jetstream.c takes one row.
 * In between ticks and other answers come, so nothing here holds an entry or one of the model's texts from
 * one slice to the next; what is told of an asset is told by its own row, all at once. Used by the model
 * alone. */
#ifndef MODEL_MERGE_H
#define MODEL_MERGE_H

#include "model/replica.h"

struct answer { /* one /jsz, during a slice */
    struct model *model;
    struct entry *server;
    const struct sample *sample;
    struct stamp at;
    const struct text *domain;                /* foreign or ours; NULL none */
    const struct groups *groups, *leaderless; /* of those who lead; of who says that nobody does */
    bool api;                                 /* of an account: each row is its leader's */
    bool returned;                            /* it has just come back (returned.h) */
    bool one_instant;    /* consumers are created at one instant on all servers: from 2.14 on */
    bool fewer_replicas; /* than before, of some asset */
};

/* Of a stream or of a consumer; others are passed over. */
void jetstream_row(struct answer *answer, const struct row *row);

#endif
