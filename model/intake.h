/* When the oldest message came that a consumer has not processed, by its own counts.
 *
 * Of a consumer that reads some subjects of its stream nobody tells which messages are its own, but each of
 * its rows tells how many there were by then: those delivered, and those pending. The oldest not processed is
 * the one behind its ack floor, counted the same way; so how many came by which moment is remembered, in
 * steps that grow with their age. What is delivered again counts once more, so then it may have come earlier
 * than it seems, and never later. All instants are moments (model/backlog.h). Owned by its consumer, used by
 * the model alone. */
#ifndef MODEL_INTAKE_H
#define MODEL_INTAKE_H

#include "model/object.h"

#define INTAKE_MARKS 16
struct intake {
    struct intake_mark {
        uint64_t came; /* so many by then */
        int64_t moment;
    } marks[INTAKE_MARKS]; /* oldest first */
    unsigned count;
    bool repeated; /* something was delivered again since the first of them */
};

/* The consumer has a new row, true at `moment`, of the same leader as before. */
void intake_put(struct intake *intake, const struct object *consumer, int64_t moment);
/* What comes next is another's word, or another's count. */
void intake_forget(struct intake *intake);

struct intake_span {
    int64_t from_ns, to_ns, guess_ns; /* it came between the first two; TIME_UNSET: not known */
};
struct intake_span intake_oldest(const struct intake *intake, const struct row *consumer);

#endif
