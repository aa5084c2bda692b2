/* How a stream grew of late, and when it will be full if it goes on so.
 *
 * A slope is made of a window of about a minute, not of two answers: a load that breathes has one slope. What
 * only scatters about a level does not grow. Points are the word of one leader; the history begins anew with
 * another one, and with a purge. Owned by its stream, used by the model alone. */
#ifndef MODEL_GROWTH_H
#define MODEL_GROWTH_H

#include "model/object.h"

enum { GROWTH_MESSAGES, GROWTH_BYTES, GROWTH_LAST_SEQ, GROWTH_COUNT };

#define GROWTH_POINTS 16
struct growth_point {
    int64_t now_ns; /* the leader's clock */
    unsigned known; /* bits */
    int64_t value[GROWTH_COUNT];
};
struct growth {
    struct growth_point points[GROWTH_POINTS]; /* ring */
    unsigned count, next;
};

/* From the stream's present row. */
void growth_put(struct growth *growth, const struct object *stream);
void growth_forget(struct growth *growth);
/* Per second. false: too few points. */
bool growth_per_s(const struct growth *growth, int what, double *per_s);
/* The same of what grows for certain; false where it shrinks, stands or scatters, too. */
bool growth_is_up(const struct growth *growth, int what, double *per_s);

#endif
