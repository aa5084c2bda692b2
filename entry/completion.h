/* Completion of the command line: the names that fit what was typed, and the one that Tab shows of them.
 * Main process. */
#ifndef ENTRY_COMPLETION_H
#define ENTRY_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/surface.h"

enum { COMPLETION_MOST = 64, COMPLETION_SIZE = 128 };

struct app;
struct completion {
    char names[COMPLETION_MOST][COMPLETION_SIZE];
    int count;
    int chosen;  /* -1: none yet */
    size_t from; /* where in the line the name begins */
};

/* The line was edited. */
void completion_update(struct completion *c, struct app *app);
/* Tab: as far as all agree, then one after the other. */
void completion_step(struct completion *c, struct app *app, int by);
/* One row, above the line. */
void completion_draw(const struct completion *c, struct surface *s, struct rect row);

#endif
