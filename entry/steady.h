/* A clock of the day that goes on: what is dated and counted by it lasts as long as it lasted.
 *
 * It is the wall clock as it was when we first looked, and goes with the monotonic one. However that is put
 * on or back, this one is not moved, and what it was moved by is known. Less than half a second is no move:
 * it follows that. */
#ifndef ENTRY_STEADY_H
#define ENTRY_STEADY_H

#include <stdbool.h>
#include <stdint.h>

struct steady { /* all zero: not looked yet */
    bool began;
    int64_t anchor_ns;           /* the steady clock less the monotonic one */
    int64_t ahead_ns, before_ns; /* the wall clock less the steady one, whole seconds; until its last move */
};

/* What both clocks say now. Returns by how much the wall clock was moved since the last look, 0 not at all.
 */
int64_t steady_look(struct steady *steady, int64_t wall_ns, int64_t mono_ns);
/* Once looked: what it is now. */
int64_t steady_now(const struct steady *steady, int64_t mono_ns);
/* What the wall clock said at a moment near that one, on the steady one. */
int64_t steady_time(const struct steady *steady, int64_t wall_ns, int64_t near_ns);
/* The same of what both said together, which may be before it was moved. */
int64_t steady_moment(const struct steady *steady, int64_t wall_ns, int64_t mono_ns);

#endif
