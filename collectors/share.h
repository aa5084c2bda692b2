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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHARE_SUBJECTS 8 /* that are asked whether weights matter */

struct look {
    uint32_t messages;
    double weight, measured; /* of its time so many times as much as it saw; as measured */
    bool quick;              /* that time is too short to be measured well */
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

/* Servers send in batches: how long a quick look took is more chance than rate. So these weigh all the same,
 * unless that would make a share another one than chance can; then what was measured counts, and intervals
 * are as wide as it is bad. An interval has both shares in it. seen: of so many subjects with much traffic,
 * each of so many looks. */
void looks_settle(struct look *look, size_t count, const uint32_t *const seen[], size_t subjects);

struct share {
    double share, low, high;
};
/* Of a subject with seen[i] messages in look i. Without any message: 0, 0 to 1. */
struct share share_of(const struct looks *looks, const uint32_t *seen);

#endif
