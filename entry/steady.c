#include "entry/steady.h"

#include "base/clock.h"

#define SAME_NS                                                                                              \
    (NS_PER_S / 2) /* the two clocks are not read at the same moment, and small errors are slewed */

static bool is_same(int64_t by_ns) {
    return by_ns > -SAME_NS && by_ns < SAME_NS;
}

int64_t steady_look(struct steady *steady, int64_t wall_ns, int64_t mono_ns) {
    int64_t anchor = wall_ns - mono_ns, was = steady->behind_ns;
    int64_t ahead = steady->began ? anchor - steady->anchor_ns : 0;
    steady->began = true;
    steady->behind_ns = is_same(ahead) || ahead > 0 ? 0 : -ahead;
    if (!steady->behind_ns)
        steady->anchor_ns = anchor;
    return is_same(ahead + was) ? 0 : ahead + was;
}

int64_t steady_time(const struct steady *steady, int64_t wall_ns) {
    return wall_ns + steady->behind_ns;
}

int64_t steady_moment(const struct steady *steady, int64_t wall_ns, int64_t mono_ns) {
    int64_t time = mono_ns + steady->anchor_ns;
    return !steady->began || is_same(time - wall_ns) ? wall_ns : time;
}
