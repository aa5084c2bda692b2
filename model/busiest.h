/* The busiest that a connection was lately: its highest rates of the last half to whole minute, each for
 * itself. Whose producers are held gets less, and they send less; who feeds it shows in what was before.
 * Plain data, zeroed to begin. */
#ifndef MODEL_BUSIEST_H
#define MODEL_BUSIEST_H

#include <stdint.h>

enum busy { BUSY_IN_MSGS, BUSY_IN_BYTES, BUSY_OUT_MSGS, BUSY_OUT_BYTES, BUSY_RATES };

struct busiest {
    int64_t half;                              /* which half minute `now` is of */
    float now[BUSY_RATES], before[BUSY_RATES]; /* a second */
};

struct object;

/* After each new row: by the rates between that and the one before. */
void busiest_put(struct busiest *busiest, const struct object *connection);
/* A second; 0: nothing went that way, or no rate is known. */
double busiest_of(const struct busiest *busiest, enum busy busy, int64_t mono_ns);

#endif
