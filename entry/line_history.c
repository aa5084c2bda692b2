#include "entry/line_history.h"

#include <stdio.h>
#include <string.h>

void line_history_begin(struct line_history *h) {
    h->at = h->count;
    h->draft[0] = '\0';
}

void line_history_add(struct line_history *h, const char *line) {
    if (line[0] == '\0' || (h->count > 0 && strcmp(h->lines[h->count - 1], line) == 0))
        return;
    if (h->count == LINE_HISTORY_MOST)
        memmove(h->lines[0], h->lines[1], sizeof h->lines[0] * (size_t)--h->count);
    snprintf(h->lines[h->count++], LINE_HISTORY_SIZE, "%s", line);
}

const char *line_history_step(struct line_history *h, int by, const char *typed) {
    int to = h->at + by;
    if (to < 0 || to > h->count)
        return NULL;
    if (h->at == h->count)
        snprintf(h->draft, sizeof h->draft, "%s", typed);
    h->at = to;
    return to == h->count ? h->draft : h->lines[to];
}
