/* Writing a cluster's file of alerts, and looking what was said beside it, as an errand, in a fork: that has
 * the model as it was. */
#ifndef OUTWARD_ALERT_WRITE_H
#define OUTWARD_ALERT_WRITE_H

#include "base/buffer.h"
#include "model/model.h"
#include "outward/alert_pass.h"
#include "outward/alert_place.h"

struct alert_write {
    const struct alert_place *place;
    const struct model *model;
    int lock;
    bool write;             /* false: there is nothing new */
    bool last;              /* nobody keeps the file any more */
    struct alert_said said; /* the model has it: it goes once the file has it, too */
};

struct alert_write_answer {
    enum { ALERT_WRITTEN, ALERT_NOT_OURS /* the lock was removed */, ALERT_NOT_WRITTEN } state;
    char message[600];        /* NOT_WRITTEN: why */
    struct alert_stamp stamp; /* of the file as it is now */
    struct alert_said said;   /* behind the head stands what it says */
};

/* `context` is a struct alert_write; the answer is a struct alert_write_answer. An errand_run_fn. */
void alert_write(void *context, struct buffer *answer, int *fd);

#endif
