/* What JetStream of one server does: its API calls over the last minute, and whether it is on at all.
 *
 * Errors are counted over a window, since there are few: from one answer to the next the share of them would
 * be all or nothing. Owned by its server. */
#ifndef MODEL_USAGE_H
#define MODEL_USAGE_H

#include "model/object.h"

struct model;
struct entry;

#define USAGE_POINTS 13
struct usage_point {
    int64_t now_ns; /* the server's clock */
    uint64_t calls, errors;
};
enum js_power { JS_UNTOLD, JS_ON, JS_OFF };
struct usage {
    struct usage_point points[USAGE_POINTS]; /* ring */
    unsigned count, next;
    enum js_power power;
    bool was_on; /* and we saw it */
};

/* After an answer to /varz. */
void usage_put(struct usage *usage, const struct object *server);
/* Another run of the server: counters begin anew. */
void usage_forget(struct usage *usage);
/* Per minute of the window; false: that is too short. */
bool usage_per_min(const struct usage *usage, double *calls, double *errors);
/* After an answer to /jsz: says it when JetStream was switched off, or on again. */
void power_judge(struct model *model, struct entry *server, int64_t utc_ns);

#endif
