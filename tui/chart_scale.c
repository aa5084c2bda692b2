#include "tui/chart.h"

#include <math.h>

/* The last step before the next power: 1000 of them make it in tens, 1024 in bytes. */
static const double steps[] = {1, 2, 5, 10, 20, 50, 100, 200, 500};

enum { LEAST_TIME = 1000 * 1000 * 1000 }; /* a second, where nothing is to be measured */

static double step_for(double max, enum unit unit) {
    double power = unit == UNIT_BYTES || unit == UNIT_BYTES_PER_S ? 1024 : 1000;
    double base = unit == UNIT_RATIO ? 0.01 : 1;
    for (; base < 1e300; base *= power)
        for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++)
            if (steps[i] * base * (1 + 1e-6) >= max)
                return steps[i] * base;
    return max;
}

void chart_scale_fit(struct chart_scale *scale, double max, enum unit unit) {
    if (!(max >= 0) || isinf(max))
        max = 0;
    if (max == 0 && unit == UNIT_NS)
        max = LEAST_TIME;
    if (!(scale->top > 0) || max > scale->top * (1 + 1e-6) || max <= scale->top / 3)
        scale->top = step_for(max, unit);
}
