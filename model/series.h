/* A series: one quantity over time, an hour of seconds and a day of minutes with minimum and maximum.
 *
 * A second that no sample fell into stays unknown: charts draw gaps as gaps. Owned by the model; charts only
 * read. */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include <stdint.h>

#define SERIES_SECONDS 3600
#define SERIES_MINUTES 1440

struct series;
struct series *series_create(void);
/* A small one for things of which there are thousands: so many runs of equal values, of 12 bytes each, the
 * oldest forgotten first. */
struct series *series_create_small(int runs);
void series_destroy(struct series *series);
struct series *series_clone(const struct series *series);

/* The value at a second (UTC). A sample stands for the seconds from the previous one to itself, at most
 * `hold_s` of them (its cadence and a bit), so that a 2 s cadence has no holes. An older second than the
 * newest is ignored. */
void series_put(struct series *series, int64_t utc_s, float value, int hold_s);

/* The first second of which it knows something. */
int64_t series_first_s(const struct series *series);

struct bucket {
    float min, max, last; /* all NAN: nothing known */
};
/* `count` buckets of `step_s` seconds each; the last one holds the second `until_s`. Buckets begin at
 * multiples of step_s, so that a chart moves by whole cells. */
void series_read(const struct series *series, int64_t until_s, int step_s, int count, struct bucket *out);

#endif
