#include "tui/chart.h"

#include "tui/chart_level.h"

static double own_top(const struct chart_bucket *buckets, int count) {
    double top = 0;
    for (int i = 0; i < count; i++)
        if (chart_known(buckets[i]) && buckets[i].max > top)
            top = buckets[i].max;
    return top;
}

/* ' ' is unknown, '.' zero, then eight steps. */
static void draw_ascii(struct surface *s, struct rect clip, int x, int y, int width,
                       const struct chart_bucket *buckets, int count, double top, enum role role) {
    static const char levels[] = ".:-=+*#%@";
    for (int i = 0; i < width; i++) {
        int at = count - width + i;
        char c = ' ';
        if (at >= 0 && chart_known(buckets[at]))
            c = levels[chart_level(buckets[at].max, top, (int)sizeof levels - 2)];
        surface_put(s, clip, x + i, y, role, 0, (uint32_t)c);
    }
}

static void draw_braille(struct surface *s, struct rect clip, int x, int y, int width,
                         const struct chart_bucket *buckets, int count, double top, enum role role) {
    for (int i = 0; i < width; i++) {
        int heights[2];
        for (int side = 0; side < 2; side++) {
            int at = count - 2 * width + 2 * i + side;
            heights[side] = at < 0 ? 0 : chart_dots(buckets[at], top, 4);
        }
        surface_put(s, clip, x + i, y, role, 0, chart_braille(heights[0], heights[1]));
    }
}

void spark_draw(struct surface *s, struct rect clip, int x, int y, int width,
                const struct chart_bucket *buckets, int count, double top, enum role role) {
    if (width <= 0)
        return;
    int shown = s->ascii ? width : 2 * width;
    if (count > shown) {
        buckets += count - shown;
        count = shown;
    }
    if (!(top > 0))
        top = own_top(buckets, count);
    if (s->ascii)
        draw_ascii(s, clip, x, y, width, buckets, count, top, role);
    else
        draw_braille(s, clip, x, y, width, buckets, count, top, role);
}
