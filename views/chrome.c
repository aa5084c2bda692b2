#include "views/chrome.h"

#include "views/chrome_parts.h"

#define NARROW        50 /* sentences take two rows there */
#define MESSAGE_SHARE 6  /* of the rows a long message takes that part */

/* Rows at the top by the height of the screen: row 1, counts, sentences. Where there are few, one of the
 * verdict is enough: rows of data are what the screen is for. */
static const struct height {
    int rows, verdict, narrow; /* from this height on; verdict rows, the counts among them */
    bool footer;
} heights[] = {{50, 4, 5, true}, {24, 3, 5, true}, {15, 3, 3, true},
               {11, 2, 2, true}, {6, 1, 1, true},  {3, 1, 1, false}};

static const struct height *height_of(struct rect area) {
    if (area.w < 20)
        return NULL;
    for (size_t i = 0; i < sizeof(heights) / sizeof(heights[0]); i++)
        if (area.h >= heights[i].rows)
            return &heights[i];
    return NULL;
}

static int verdict_rows(const struct height *h, struct rect area) {
    return area.w < NARROW ? h->narrow : h->verdict;
}

struct rect chrome_layout(struct rect area) {
    const struct height *h = height_of(area);
    if (!h)
        return (struct rect){0};
    int top = 1 + verdict_rows(h, area), rest = area.h - top - (h->footer ? 1 : 0);
    return (struct rect){area.x, area.y + top, area.w, rest};
}

void chrome_draw(const struct chrome_context *c, struct surface *s, struct rect area) {
    const struct height *h = height_of(area);
    if (area.w < 1 || area.h < 1)
        return;
    if (!h) {
        chrome_line(c, s, area);
        return;
    }
    chrome_row1(c, s, (struct rect){area.x, area.y, area.w, 1});
    chrome_verdict(c, s, (struct rect){area.x, area.y + 1, area.w, verdict_rows(h, area)});
    int most = area.h / MESSAGE_SHARE > 1 ? area.h / MESSAGE_SHARE : 1;
    if (h->footer)
        chrome_footer(c, s, rect_below(area, area.h - most));
}
