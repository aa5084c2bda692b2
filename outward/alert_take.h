/* Taking a cluster's file of alerts: whose it is, and what it says. All of it may wait for a disk: it is run
 * as an errand, in a fork. */
#ifndef OUTWARD_ALERT_TAKE_H
#define OUTWARD_ALERT_TAKE_H

#include <sys/types.h>

#include "base/buffer.h"
#include "outward/alert_place.h"
#include "outward/alert_stamp.h"

enum alert_taken {
    ALERT_TAKEN,  /* the lock is ours, and what there was is read */
    ALERT_OTHERS, /* another one has the lock */
    ALERT_NOT_TAKEN,
};

/* The head of the answer; behind it stands the file's text, when it is good and not that of `seen`. */
struct alert_take_answer {
    enum alert_taken taken;
    pid_t holder; /* OTHERS: who, 0 not known */
    bool holder_no_screen;
    bool holder_stopped; /* by SIGSTOP, a debugger: it does nothing, and the lock stays its */
    bool said_stands;    /* what the owner passed to the holder is not taken yet */
    struct alert_stamp stamp;
    char message[600]; /* NOT_TAKEN: why; else "", or what became of the file that was there */
};

struct alert_take {
    const struct alert_place *place;
    pid_t owner;    /* of the lock, for those who ask */
    bool no_screen; /* it takes no keys; for these, too */
    struct alert_stamp seen;
    bool reads; /* another one had the lock: when it has it no more its last state is read again */
};

/* Makes the folder, takes the lock or asks who has it, and reads the file. One that can't be read as what it
 * should be is set aside by who has the lock; one of a newer natsight, or that must not be read or written,
 * stays as it is and is not taken. *lock goes along when it is TAKEN: the file is ours while it is open.
 * `context` is a struct alert_take. An errand_run_fn. */
void alert_take(void *context, struct buffer *answer, int *lock);
/* The lock is of the file that goes by its name: nobody else can have one beside it. */
bool alert_lock_stands(int lock, const struct alert_place *place);

#endif
