/* How many happened lately: a count for each ten seconds of the last ten minutes. Plain data, zeroed to
 * begin. */
#ifndef MODEL_LATELY_H
#define MODEL_LATELY_H

#include <stdint.h>

#define LATELY_SLOTS 61
struct lately {
    int64_t newest;                /* which ten seconds the newest slot is of */
    uint32_t counts[LATELY_SLOTS]; /* ring by that number */
};

/* What is older than ten minutes is left out. */
void lately_add(struct lately *lately, int64_t utc_ns, uint64_t count);
/* Takes away up to `count` of the last `span_ns`, oldest first. Returns how many there were to take. */
uint64_t lately_take(struct lately *lately, int64_t utc_ns, int64_t span_ns, uint64_t count);
/* Of the last `span_ns`, which is up to ten minutes, and what is missing to a whole ten seconds. */
uint64_t lately_within(const struct lately *lately, int64_t utc_ns, int64_t span_ns);

#endif
