/* How the parts share the rows: what fills and who was cut first, the counters below, and what is left for
 * the selected connection. */
#include "views/slow_parts.h"

#include <string.h>

enum {
    ROW_STEP = 4,
    LOW = 12, /* rows, below which the parts take them as they come */
    WITH_COUNTERS = 16,
    WITH_DETAIL = 26,
    CUT_LEAST = 5,
    COUNTERS_LEAST = 4,
    DETAIL_LEAST = 6,
    LINKS_OF = 5 /* one line about a route for so many rows */
};

static int at_most(int rows, int room) {
    return rows < room ? rows : room > 0 ? room : 0;
}

/* With its rule and its head; an empty one says so in one row. */
static int want(const struct slow *slow, enum slow_part part) {
    const struct quantity_list *list = &slow->lists[part];
    int rows = list->count < 1000 ? (int)list->count : 1000;
    return (rows ? 2 + rows : 2) + quantity_list_trouble_rows(list);
}

/* In steps, so that what is below stands still while rows come and go. */
static int roomy(const struct slow *slow, enum slow_part part) {
    int head = 2 + quantity_list_trouble_rows(&slow->lists[part]), rows = want(slow, part) - head;
    return slow->lists[part].count ? head + (rows + ROW_STEP - 1) / ROW_STEP * ROW_STEP : head;
}

static bool is_asked_for(const struct slow *slow, int part) {
    return slow->list.chosen && slow->list.focus == &slow->lists[part];
}

/* Where rows are few, the list that was chosen comes first. */
static void lay_out_low(const struct slow *slow, int rows, int heights[SLOW_LISTS]) {
    int focus = slow->list.chosen ? (int)(slow->list.focus - slow->lists) : SLOW_NOW;
    for (int i = -1; i < SLOW_LISTS; i++) {
        int part = i < 0 ? focus : i;
        if (i == focus || rows < 2)
            continue;
        heights[part] = at_most(want(slow, (enum slow_part)part), rows);
        rows -= heights[part];
    }
}

static void lay_out_high(struct slow *slow, const struct view_context *context, struct rect area,
                         int heights[SLOW_LISTS]) {
    int room = area.h - CUT_LEAST - slow->links.h;
    if (area.h >= WITH_COUNTERS || is_asked_for(slow, SLOW_COUNTERS)) {
        int most = area.h / 5 > COUNTERS_LEAST ? area.h / 5 : COUNTERS_LEAST + 1;
        heights[SLOW_COUNTERS] = at_most(want(slow, SLOW_COUNTERS), most);
    }
    room -= heights[SLOW_COUNTERS];
    heights[SLOW_NOW] = at_most(roomy(slow, SLOW_NOW), room);
    slow->patterns.h = at_most(slow_patterns(context), room - heights[SLOW_NOW]);
    room += CUT_LEAST - heights[SLOW_NOW] - slow->patterns.h;
    int cut = roomy(slow, SLOW_CUT), most = room - DETAIL_LEAST;
    cut = cut > most / 2 && cut > CUT_LEAST ? (most / 2 > CUT_LEAST ? most / 2 : CUT_LEAST) : cut;
    slow->detail.h =
        area.h >= WITH_DETAIL && most >= cut ? slow_detail_rows(slow, context, area.w, room - cut) : 0;
    heights[SLOW_CUT] = at_most(roomy(slow, SLOW_CUT), room - slow->detail.h);
}

void slow_lay_out(struct slow *slow, const struct view_context *context, struct rect area) {
    int heights[SLOW_LISTS] = {0}, y = area.y;
    slow->links = slow->patterns = slow->detail = (struct rect){area.x, area.y, area.w, 0};
    slow->links.h = at_most(slow_links(context), area.h / LINKS_OF);
    if (area.h < LOW)
        lay_out_low(slow, area.h - slow->links.h, heights);
    else
        lay_out_high(slow, context, area, heights);
    for (int p = 0; p < SLOW_LISTS; p++) {
        slow->place[p] = (struct rect){area.x, y, area.w, heights[p]};
        y += heights[p];
        if (p == SLOW_NOW) {
            slow->links.y = y;
            y += slow->links.h;
        }
        if (p == SLOW_CUT) {
            slow->patterns.y = y;
            y += slow->patterns.h;
        }
    }
    slow->detail.y = y;
}
