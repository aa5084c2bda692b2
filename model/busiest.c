#include "model/busiest.h"

#include <string.h>

#include "model/calc.h"

#define HALF_NS     (30 * NS_PER_S)
#define LONG_ENOUGH (400 * NS_PER_MS) /* for some messages a second to be told from chance */

static const enum field fields_of[BUSY_RATES] = {[BUSY_IN_MSGS] = F_CONNECTION_in_msgs,
                                                 [BUSY_IN_BYTES] = F_CONNECTION_in_bytes,
                                                 [BUSY_OUT_MSGS] = F_CONNECTION_out_msgs,
                                                 [BUSY_OUT_BYTES] = F_CONNECTION_out_bytes};

static void turn(struct busiest *busiest, int64_t half) {
    if (half == busiest->half)
        return;
    if (half == busiest->half + 1)
        memcpy(busiest->before, busiest->now, sizeof busiest->before);
    else
        memset(busiest->before, 0, sizeof busiest->before);
    memset(busiest->now, 0, sizeof busiest->now);
    busiest->half = half;
}

void busiest_put(struct busiest *busiest, const struct object *connection) {
    if (!connection->before || connection->now_at.now_ns - connection->before_at.now_ns < LONG_ENOUGH)
        return;
    turn(busiest, connection->now_at.mono_ns / HALF_NS);
    for (int i = 0; i < BUSY_RATES; i++) {
        struct value v = rate_of_field(connection, fields_of[i]);
        if (v.type == VALUE_REAL && v.f > (double)busiest->now[i])
            busiest->now[i] = (float)v.f;
    }
}

double busiest_of(const struct busiest *busiest, enum busy busy, int64_t mono_ns) {
    int64_t passed = mono_ns / HALF_NS - busiest->half;
    float now = passed <= 1 ? busiest->now[busy] : 0, before = passed < 1 ? busiest->before[busy] : 0;
    return (double)(now > before ? now : before);
}
