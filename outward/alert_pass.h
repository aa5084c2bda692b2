/* Passing what was said here to the natsight that keeps the alerts: a file beside theirs,
 * alerts-NAME.said-PID, that the keeper reads every few seconds and removes once it stands in the file of the
 * alerts.
 *
 * All of it may wait for a disk: it is run in errands, in a fork. */
#ifndef OUTWARD_ALERT_PASS_H
#define OUTWARD_ALERT_PASS_H

#include <sys/types.h>

#include "base/buffer.h"
#include "outward/alert_place.h"
#include "outward/alert_stamp.h"
#include "outward/alert_words.h"

/* ---- who says ---- */

struct alert_pass {
    const struct alert_place *place;
    const struct alert_words *words;
    pid_t who;
};

struct alert_pass_answer {
    bool passed;
    char message[600]; /* why not */
};

/* `context` is a struct alert_pass; the answer is a struct alert_pass_answer. An errand_run_fn. */
void alert_pass(void *context, struct buffer *answer, int *fd);
/* What this one said was not taken yet. */
bool alert_pass_stands(const struct alert_place *place, pid_t who);

/* ---- who keeps ---- */

struct alert_said { /* of one who said something, as it was read */
    pid_t who;      /* 0: of nobody */
    struct alert_stamp stamp;
};

/* The file of one of them, and its text, "" where it can't be read; who 0: nobody says anything. */
struct alert_said alert_pass_find(const struct alert_place *place, struct buffer *text);
/* It is done. What the same one has said since stays. */
void alert_pass_remove(const struct alert_place *place, const struct alert_said *said);

#endif
