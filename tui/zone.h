/* Zones: what stands where on a surface, for the mouse. Who draws a thing marks its cells; the last mark on a
 * cell counts, as the last character does. Main process. */
#ifndef TUI_ZONE_H
#define TUI_ZONE_H

#include "tui/surface.h"

enum zone_what {
    ZONE_NOTHING,
    ZONE_ROW,   /* of a table: `of` is the struct table, `value` the object's id */
    ZONE_HEAD,  /* of a column: `of` is the struct table, `value` its index, -1 the marks */
    ZONE_LINE,  /* of something chosen from: `of` says from what, `value` is its number */
    ZONE_ACTION /* a hint: `value` is what its key does */
};

struct zone {
    struct rect at;
    enum zone_what what;
    const void *of; /* to be compared, never followed */
    int64_t value;
};

/* Marks what of the area is on the surface; beyond ZONE_MOST it is left out. */
enum { ZONE_MOST = 1000 };
void surface_zone(struct surface *s, struct rect area, enum zone_what what, const void *of, int64_t value);
/* What is there; ZONE_NOTHING where nothing was marked. */
struct zone surface_zone_at(const struct surface *s, int x, int y);

#endif
