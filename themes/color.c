#include "themes/color.h"

#include <stdlib.h>

static const int steps[] = {0, 95, 135, 175, 215, 255};

uint32_t color_rgb(int c) {
    static const uint32_t first[] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                     0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                     0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    if (c & COLOR_EXACT)
        return (uint32_t)c & 0xffffff;
    if (c < 16)
        return first[c & 15];
    if (c >= 232)
        return (uint32_t)(8 + (c - 232) * 10) * 0x010101;
    c -= 16;
    return (uint32_t)(steps[c / 36] << 16 | steps[c / 6 % 6] << 8 | steps[c % 6]);
}

static int part(uint32_t rgb, int which) {
    return (int)(rgb >> (16 - 8 * which) & 255);
}

static int apart(uint32_t a, uint32_t b) {
    int sum = 0;
    for (int i = 0; i < 3; i++)
        sum += (part(a, i) - part(b, i)) * (part(a, i) - part(b, i));
    return sum;
}

int color_of_256(int c) {
    if (c < 0 || !(c & COLOR_EXACT))
        return c;
    int best = 16;
    for (int at = 17; at < 256; at++)
        if (apart(color_rgb(c), color_rgb(at)) < apart(color_rgb(c), color_rgb(best)))
            best = at;
    return best;
}

/* Red, yellow, green, cyan, blue, magenta by sixths of the circle; -1 for greys. */
static int hue(uint32_t rgb) {
    int r = part(rgb, 0), g = part(rgb, 1), b = part(rgb, 2);
    int most = r > g ? r : g, least = r < g ? r : g;
    most = most > b ? most : b;
    least = least < b ? least : b;
    int range = most - least;
    if (range * 5 < most || range < 16)
        return -1;
    int degrees = most == r   ? (g - b) * 60 / range
                  : most == g ? 120 + (b - r) * 60 / range
                              : 240 + (r - g) * 60 / range;
    return (degrees + 390) % 360 / 60;
}

static int nearest_of_8(int c, int dark, int light) {
    static const int hues[] = {1, 3, 2, 6, 4, 5};
    if (c < 8)
        return c;
    if (c < 16)
        return c - 8;
    uint32_t rgb = color_rgb(c);
    int at = hue(rgb);
    if (at >= 0)
        return hues[at];
    return part(rgb, 0) + part(rgb, 1) + part(rgb, 2) < 3 * 128 ? dark : light;
}

int color_of_8(int c) {
    int of8 = nearest_of_8(c, COLOR_OWN, COLOR_OWN);
    return of8 == 4 && c > 15 ? 6 : of8;
}

int color_of_8_ground(int c) {
    return nearest_of_8(c, 0, 7);
}

int color_readable_on(int ground) {
    return ground == 2 || ground == 3 || ground == 6 || ground == 7 ? 0 : 7;
}
