/* What JetStream of one server does: its API calls over the last minute, and whether it is on at all.
 *
 * Errors are counted over a window, since there are few: from one answer to the next the share of them would
 * be all or nothing. Owned by its server. */
#ifndef MODEL_USAGE_H
#define MODEL_USAGE_H

#include "model/object.h"

struct model;
struct entry;
struct server;

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
    bool was_on;           /* and we saw it */
    int64_t on_mono_ns;    /* it is on since it was asked then */
    int64_t again_mono_ns; /* the same after it was off, 0: it never was */
};

/* After an answer to /varz. */
void usage_put(struct usage *usage, const struct object *server);
/* Another run of the server: counters begin anew. */
void usage_forget(struct usage *usage);
/* Per minute of the window; false: that is too short. */
bool usage_per_min(const struct usage *usage, double *calls, double *errors);
/* After an answer to /jsz: says it when JetStream was switched off, or on again. */
void power_judge(struct model *model, struct entry *server, const struct stamp *at);
/* By its last word; what it stores is still there, and nobody gets at it. */
bool js_is_off(const struct server *server);
/* The same, and it was on while we watched. */
bool js_was_switched_off(const struct server *server);
/* After an answer to /varz or /jsz: figures of a JetStream that is off are nobody's. */
void usage_of_none(struct server *server, struct row *row);

#endif
