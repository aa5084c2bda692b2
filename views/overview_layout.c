/* How the panels share the rows: what is dropped whole when they are few, who gets what is left. */
#include "views/overview_parts.h"

#include <string.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { ROW_STEP = 4, CHART_MOST = 14, EVENTS = 5, TALL = 45 };

/* Rows of a panel with its rule and its head; an empty one says so in one row. */
static int want_list(const struct overview *o, enum panel panel) {
    size_t count = overview_list(o, panel)->count;
    int head = 2 + quantity_list_trouble_rows(overview_list(o, panel));
    return count == 0 ? 2 : head + (int)(count < 1000 ? count : 1000);
}

/* The same in steps, so that the panels below stand still when a row comes or goes. */
static int roomy_list(const struct overview *o, enum panel panel) {
    int head = 2 + quantity_list_trouble_rows(overview_list(o, panel)), rows = want_list(o, panel) - head;
    if (panel == PANEL_LAG && o->no_consumers)
        return 2;
    return head + (rows > 0 ? (rows + ROW_STEP - 1) / ROW_STEP * ROW_STEP : ROW_STEP);
}

static bool side_by_side(struct rect area) {
    return area.w >= 200;
}

static void choose(int *heights, const struct overview *o, struct rect area) {
    memset(heights, 0, PANEL_COUNT * sizeof(*heights));
    if (area.w >= 100 && area.h >= 28)
        heights[PANEL_CHARTS] = area.h >= TALL ? 11 : 9;
    else
        heights[PANEL_RATES] = 1;
    for (int p = PANEL_NODES; p < PANEL_EVENTS; p++) {
        int want = want_list(o, (enum panel)p),
            more = quantity_list_trouble_rows(overview_list(o, (enum panel)p));
        heights[p] = want < overview_panels[p].least + more ? want : overview_panels[p].least + more;
    }
    int more = quantity_list_trouble_rows(&o->nodes);
    if (heights[PANEL_NODES] < want_list(o, PANEL_NODES) && want_list(o, PANEL_NODES) <= 5 + more)
        heights[PANEL_NODES] = want_list(o, PANEL_NODES);
}

static int total(const int *heights, bool beside) {
    int sum = 0;
    for (int p = 0; p < PANEL_COUNT; p++)
        sum += heights[p];
    int less = heights[PANEL_LAG] < heights[PANEL_PENDING] ? heights[PANEL_LAG] : heights[PANEL_PENDING];
    return beside ? sum - less : sum;
}

static void sacrifice(int *heights, int rows, bool beside) {
    while (total(heights, beside) > rows) {
        int worst = -1;
        for (int p = 0; p < PANEL_COUNT; p++)
            if (heights[p] && overview_panels[p].sacrifice &&
                (worst < 0 || overview_panels[p].sacrifice > overview_panels[worst].sacrifice))
                worst = p;
        if (worst < 0)
            return;
        heights[worst] = 0;
    }
}

/* What is left goes to those who want more: a few rows each in turn, so that many nodes do not push the rest
 * out. */
static void share_out(int *heights, const struct overview *o, int rows, bool beside,
                      int (*want)(const struct overview *, enum panel)) {
    static const enum panel order[] = {PANEL_NODES, PANEL_LAG, PANEL_PENDING};
    bool more = true;
    while (more) {
        more = false;
        for (int i = 0; i < COUNT(order); i++) {
            enum panel p = order[i];
            if (!heights[p] || heights[p] >= want(o, p))
                continue;
            heights[p]++;
            if (total(heights, beside) > rows)
                heights[p]--;
            else
                more = true;
        }
    }
}

/* What no list wants: some events below, then higher charts, then more events. */
static void spend(int *heights, struct rect area, bool beside) {
    int left = area.h - total(heights, beside), chart = area.h >= TALL ? area.h * 9 / 20 : CHART_MOST;
    bool events = left >= overview_panels[PANEL_EVENTS].least && area.w >= 60;
    if (events) {
        heights[PANEL_EVENTS] = EVENTS < left ? EVENTS : left;
        left -= heights[PANEL_EVENTS];
    }
    if (heights[PANEL_CHARTS] && left > 0) {
        int more = chart - heights[PANEL_CHARTS] < left ? chart - heights[PANEL_CHARTS] : left;
        heights[PANEL_CHARTS] += more;
        left -= more;
    }
    if (events && area.h >= TALL)
        heights[PANEL_EVENTS] += left;
}

void overview_place_compact(struct overview *o, const struct view_context *context, struct rect area) {
    int marks = overview_marks_rows(o, context, area.w), most = area.h < 6 ? area.h - 1 : area.h / 2;
    int y = area.h > 1 ? 1 + (marks < most ? marks : most) : 1;
    int title = o->bare ? 0 : 1, nodes = want_list(o, PANEL_NODES) - 1 + title;
    memset(o->place, 0, sizeof(o->place));
    o->compact_rows = y;
    if (!o->lag.count && o->nodes.count && 1 + nodes <= area.h) { /* whole, in place of the marks */
        o->compact_rows = 1;
        o->place[PANEL_NODES] = (struct rect){area.x, area.y + 1, area.w, nodes};
        y = 1 + nodes;
    }
    for (int p = PANEL_LAG; p < PANEL_EVENTS; p++) {
        int left = area.h - y, want = want_list(o, (enum panel)p) - 1 + title;
        int least = overview_panels[PANEL_PENDING].least - 1 + title;
        int others = p == PANEL_LAG && o->pending.count && left >= 2 * least ? least : 0;
        if (left < 2 || !overview_list(o, (enum panel)p)->count)
            continue;
        o->place[p] = (struct rect){area.x, area.y + y, area.w, want < left - others ? want : left - others};
        y += o->place[p].h;
    }
}

void overview_place(struct overview *o, struct rect area) {
    int heights[PANEL_COUNT];
    bool beside = side_by_side(area);
    choose(heights, o, area);
    sacrifice(heights, area.h, beside);
    share_out(heights, o, area.h, beside, want_list);
    share_out(heights, o, area.h, beside, roomy_list);
    spend(heights, area, beside);
    int y = area.y;
    for (int p = 0; p < PANEL_COUNT; p++) {
        o->place[p] = (struct rect){area.x, y, area.w, heights[p]};
        bool with_next = p == PANEL_LAG && beside;
        bool with_last = p == PANEL_PENDING && beside && heights[PANEL_LAG] > heights[p];
        y += with_next ? 0 : with_last ? heights[PANEL_LAG] : heights[p];
    }
    if (beside && heights[PANEL_LAG] && heights[PANEL_PENDING]) {
        o->place[PANEL_LAG].w = area.w * 11 / 20 - 1;
        o->place[PANEL_PENDING].x = area.x + area.w * 11 / 20;
        o->place[PANEL_PENDING].w = area.w - area.w * 11 / 20;
    }
}
