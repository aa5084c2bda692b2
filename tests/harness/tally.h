/* A count that grows, as somebody saw it: what rates are held against. */
#ifndef HARNESS_TALLY_H
#define HARNESS_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "tests/harness/natsc.h"

struct tally {
    struct tally_point {
        int64_t at_ns; /* since 1970, of whichever clock the count came with; never goes back */
        double count;
    } * points;
    size_t n, room;
};

void tally_add(struct tally *t, int64_t at_ns, double count);
/* Between two points in proportion; NAN before the first and after the last. */
double tally_at(const struct tally *t, int64_t at_ns);
/* Per second between the two instants; NAN where it is not known. */
double tally_rate(const struct tally *t, int64_t from_ns, int64_t to_ns);
/* The share by which a rate that somebody saw between the two instants may be off: 1 %, and what comes in the
 * longest pause of this count, since a machine that holds us up that long does so with others, too. */
double tally_off(const struct tally *t, int64_t from_ns, int64_t to_ns);
/* Smallest and largest count seen from the last point before `from_ns` to the first one after `to_ns`. */
void tally_range(const struct tally *t, int64_t from_ns, int64_t to_ns, double *least, double *most);
/* One more turn of a load of `rate` messages a second since `from_ns`, by the clock, late ones too; `count`
 * is what was sent. Fails the Check test on its own. */
void tally_publish(struct tally *count, int64_t from_ns, struct natsc *publisher, const char *subject,
                   size_t size, double rate);
void tally_free(struct tally *t);

#endif
