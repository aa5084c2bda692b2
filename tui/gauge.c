#include "tui/chart.h"

static char gauge_cell(double filled) {
    return filled >= 0.99 ? '#' : filled >= 0.5 ? ':' : filled > 0 ? '.' : ' ';
}

void gauge_draw(struct surface *s, struct rect clip, int x, int y, int width, double share, double mark,
                enum role role) {
    int inner = width - 2;
    if (inner < 1)
        return;
    int marked = mark >= 0 && mark < 1 ? (int)(mark * inner) : -1;
    surface_put(s, clip, x, y, ROLE_MUTED, 0, '[');
    for (int i = 0; i < inner; i++) {
        char c = share >= 0 ? gauge_cell(share * inner - i) : i == inner / 2 ? '-' : ' ';
        bool at_mark = i == marked;
        surface_put(s, clip, x + 1 + i, y, at_mark ? ROLE_MUTED : role, 0, at_mark ? '|' : (uint32_t)c);
    }
    surface_put(s, clip, x + 1 + inner, y, ROLE_MUTED, 0, ']');
}
