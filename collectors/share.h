/* How much of the traffic is one subject's, by short looks at it, and how sure that is.
 *
 * A look takes the first messages after a random moment: messages of one look resemble each other (a
 * publisher sends bursts, subjects take turns), so a look is one cluster of a cluster sample, not so many
 * independent messages. The share is the ratio estimate over looks, each weighted by how much of its time it
 * saw. Its variance is taken from how looks differ, at least that of independent messages, less what was seen
 * of all there was. The interval of 90 % is that of Korn and Graubard (1998): a binomial one, here Wilson's
 * with correction for continuity, on the effective number of messages, with Student's t for as many looks as
 * saw anything. Where one look alone did, nothing is known: 0 to 1. Pure. */
#ifndef COLLECTORS_SHARE_H
#define COLLECTORS_SHARE_H

#include <stddef.h>
#include <stdint.h>

#define SHARE_LOOKS_MAX 64

struct look {
    uint32_t messages;
    double weight; /* of its time so many times as much as it saw */
};

/* What of looks is the same for all subjects. */
struct looks {
    const struct look *look;
    size_t count;
    double weighted, squares; /* sums of weight times messages, and of weight squared times messages */
    uint64_t messages;
    int some; /* that saw anything */
};
void looks_sum(struct looks *looks, const struct look *look, size_t count);

struct share {
    double share, low, high;
};
/* Of a subject with seen[i] messages in look i. Without any message: 0, 0 to 1. */
struct share share_of(const struct looks *looks, const uint32_t *seen);

#endif
