#include "tui/zone.h"

#include "base/memory.h"

void surface_zone(struct surface *s, struct rect area, enum zone_what what, const void *of, int64_t value) {
    area = rect_cut(area, surface_rect(s));
    if (area.w < 1 || area.h < 1 || s->zone_count == ZONE_MOST)
        return;
    if (s->zone_count == s->zone_cap) {
        s->zone_cap = s->zone_cap ? s->zone_cap * 2 : 64;
        s->zones = memory_grow(s->zones, (size_t)s->zone_cap, sizeof *s->zones);
    }
    s->zones[s->zone_count++] = (struct zone){area, what, of, value};
}

static bool holds(struct rect r, int x, int y) {
    return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

struct zone surface_zone_at(const struct surface *s, int x, int y) {
    for (int i = s->zone_count; i-- > 0;)
        if (holds(s->zones[i].at, x, y))
            return s->zones[i];
    return (struct zone){.what = ZONE_NOTHING};
}
