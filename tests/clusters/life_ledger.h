/* What came into a stream and what its consumer is done with, by the word of those who did it: what a
 * dashboard says of that consumer can be held against it.
 *
 * Sequences come from publish acknowledgements, and a message is done when the server has confirmed its
 * acknowledgement. One publisher, one worker and one who tells may use it at once. There is one ledger. */
#ifndef LIFE_LEDGER_H
#define LIFE_LEDGER_H

#include <stdint.h>

/* All up to here was done before we came. */
void ledger_begin(uint64_t floor);
/* The stream has this message, offered at an instant of UTC (ns), and those before it. */
void ledger_came(uint64_t seq, int64_t at_ns);
void ledger_done(uint64_t seq);

struct ledger {
    uint64_t last, done, waiting; /* last sequence; messages done with since we began, and not done with */
    int64_t oldest_ns;            /* when the oldest of those that wait came; 0: none does, or not known */
};
struct ledger ledger_now(void);

#endif
