/* In which rhythm somebody comes and takes what there is for a consumer.
 *
 * Who fetches every half minute and doesn't wait is never seen waiting, and what came meanwhile is half a
 * minute late each time: that is how it works, and no fault before it stays away for longer than it used to.
 * Each time that something is delivered after a pause, this is remembered, and whether anything of before was
 * left; who delivers all the time has no rhythm. Owned by its consumer, used by
 * the model alone. */
#ifndef MODEL_RHYTHM_H
#define MODEL_RHYTHM_H

#include "model/object.h"

#define RHYTHM_PAUSES 3
struct rhythm {
    int64_t pauses[RHYTHM_PAUSES]; /* newest first */
    unsigned count;
    bool all;         /* nothing was left after the last one */
    bool seen;        /* somebody waited, or took something, while we looked */
    unsigned flowing; /* rows in succession that saw deliveries and no pause */
};

/* The consumer has a new row, true at `moment`, its row before at `before`; it last delivered at `delivered`,
 * and before that, or had nothing to deliver, at `since`. All are moments (model/backlog.h). */
void rhythm_put(struct rhythm *rhythm, const struct object *consumer, int64_t since, int64_t delivered,
                int64_t before, int64_t moment);
/* 0: it has none. One pause that is longer than the others makes no rhythm. */
int64_t rhythm_usual(const struct rhythm *rhythm);
/* Nobody was seen yet: for so long he may stay away who came last before we looked. 0: he was. */
int64_t rhythm_unseen(const struct rhythm *rhythm);
/* Who usually makes such pauses stays away no longer than that without a reason. */
int64_t rhythm_patience(int64_t usual);

#endif
