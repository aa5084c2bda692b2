/* What of a consumer moves, and since when what should move stands still.
 *
 * Servers tell when it last delivered and when something was last acknowledged, but not for how long that has
 * been owed: who had nothing to do for an hour is not an hour late. So each row is compared with what was
 * before. All instants are moments (model/backlog.h). Owned by its consumer, used by the model alone. */
#ifndef MODEL_PROGRESS_H
#define MODEL_PROGRESS_H

#include "model/eviction.h"
#include "model/rhythm.h"

#define AGAIN_PARTS 6
struct progress {
    bool begun;
    /* Nothing tells since when, so it is since we look: it may be longer. */
    bool delivery_least, ack_least, floor_least;
    int64_t seen_ns;     /* its last row was true then */
    int64_t zero_ns;     /* it had no lag then, TIME_UNSET never seen */
    int64_t owed_ns;     /* its oldest has been owed since that row; TIME_UNSET: it has no lag */
    bool owed_fresh;     /* and not at the row before */
    int64_t delivery_ns; /* the last delivery, or nothing to deliver */
    int64_t ack_ns;      /* the last acknowledgement, or none was owed */
    int64_t floor_ns;    /* the ack floor moved */
    struct heard {       /* the last one that is known of, owed or not */
        bool least;      /* since we look: it may be longer ago */
        int64_t at_ns;
    } last_delivery, last_ack;
    uint64_t deliveries, floor;
    struct eviction eviction;
    uint64_t given_up;        /* messages delivered as often as is allowed, at least; see max_deliver, too */
    uint64_t gave_up;         /* of these since its row before */
    double again_at_floor;    /* redeliveries since the floor moved */
    float again[AGAIN_PARTS]; /* and in each part of the last minute */
    float delivered[AGAIN_PARTS]; /* deliveries in these, those included */
    int64_t again_part;           /* the newest of them, counted from the beginning of time */
    struct rhythm rhythm;
    unsigned rows; /* that could be compared with one before, up to 2 */
};

/* The consumer has a new row. `behind` by that row, as far as it is known without this. */
void progress_put(struct progress *progress, const struct object *consumer, const struct object *stream,
                  const struct arrivals *arrivals, int64_t moment, const struct behind *behind);
/* false: no two rows to compare yet. */
bool progress_redelivered_per_min(const struct progress *progress, double *per_min);
/* All deliveries of that minute; the same. */
bool progress_delivered_per_min(const struct progress *progress, double *per_min);

#endif
