/* A clock of the day that goes on: what is dated and counted by it lasts as long as it lasted.
 *
 * Within half a second it is the wall clock. When that is put on, or the machine slept, it follows; when that
 * is put back, it goes on with the monotonic clock until the wall clock is there again. */
#ifndef ENTRY_STEADY_H
#define ENTRY_STEADY_H

#include <stdbool.h>
#include <stdint.h>

struct steady { /* all zero: not looked yet */
    bool began;
    int64_t anchor_ns; /* the steady clock less the monotonic one */
    int64_t behind_ns; /* so much the wall clock is behind it, 0 it is the same */
};

/* What both clocks say now. Returns by how much the wall clock was moved since the last look, 0 not at all.
 */
int64_t steady_look(struct steady *steady, int64_t wall_ns, int64_t mono_ns);
/* What the wall clock says now, on the steady one. */
int64_t steady_time(const struct steady *steady, int64_t wall_ns);
/* The same of what both said together at another moment, which may be before it was moved. */
int64_t steady_moment(const struct steady *steady, int64_t wall_ns, int64_t mono_ns);

#endif
