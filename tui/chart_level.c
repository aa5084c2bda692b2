#include "tui/chart_level.h"

#include <math.h>

bool chart_known(struct chart_bucket bucket) {
    return bucket.max >= 0;
}

int chart_level(double value, double top, int steps) {
    if (!(value > 0) || !(top > 0))
        return 0;
    double level = ceil(value / top * steps - 1e-6);
    return level >= steps ? steps : level < 1 ? 1 : (int)level;
}

int chart_dots(struct chart_bucket bucket, double top, int total) {
    if (!chart_known(bucket))
        return 0;
    int level = chart_level(bucket.max, top, total);
    return level < 1 ? 1 : level;
}

uint32_t chart_braille(int left, int right) {
    static const uint8_t left_dots[] = {0, 0x40, 0x44, 0x46, 0x47};
    static const uint8_t right_dots[] = {0, 0x80, 0xa0, 0xb0, 0xb8};
    uint8_t dots = left_dots[left < 0   ? 0
                             : left > 4 ? 4
                                        : left] |
                   right_dots[right < 0   ? 0
                              : right > 4 ? 4
                                          : right];
    return dots ? 0x2800u + dots : ' ';
}
