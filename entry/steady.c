#include "entry/steady.h"

#include <stdlib.h>

#include "base/clock.h"

#define SAME_NS                                                                                              \
    (NS_PER_S / 2) /* the two clocks are not read at the same moment, and small errors are slewed */

static bool is_same(int64_t by_ns) {
    return by_ns > -SAME_NS && by_ns < SAME_NS;
}

/* So that seconds begin together on both clocks, and two programs that see one move agree. */
static int64_t whole_seconds(int64_t ns) {
    return (ns + (ns < 0 ? -SAME_NS : SAME_NS)) / NS_PER_S * NS_PER_S;
}

int64_t steady_look(struct steady *steady, int64_t wall_ns, int64_t mono_ns) {
    if (!steady->began)
        *steady = (struct steady){.began = true, .anchor_ns = wall_ns - mono_ns};
    int64_t moved = wall_ns - steady->ahead_ns - steady_now(steady, mono_ns), step = 0;
    if (!is_same(moved)) {
        step = whole_seconds(moved);
        steady->before_ns = steady->ahead_ns;
        steady->ahead_ns += step;
    }
    steady->anchor_ns += moved - step;
    return step;
}

int64_t steady_now(const struct steady *steady, int64_t mono_ns) {
    return mono_ns + steady->anchor_ns;
}

int64_t steady_time(const struct steady *steady, int64_t wall_ns, int64_t near_ns) {
    int64_t time = wall_ns - steady->ahead_ns, before = wall_ns - steady->before_ns;
    return llabs(before - near_ns) < llabs(time - near_ns) ? before : time;
}

int64_t steady_moment(const struct steady *steady, int64_t wall_ns, int64_t mono_ns) {
    int64_t time = steady_now(steady, mono_ns), said = wall_ns - steady->ahead_ns;
    return !steady->began || is_same(time - said) ? said : time;
}
