/* Which rows go with this frame.
 *
 * A narrow link gets the urgent rows each time and of the patient ones (surface.h) as many as the budget
 * bears. Those are rows of one moment: a newer body is taken up when the one before it has arrived, or a key
 * was pressed. Where a cursor has moved comes first. Of screen.c, for nobody else; pure. Main process. */
#ifndef TUI_SCREEN_ROWS_H
#define TUI_SCREEN_ROWS_H

#include "tui/surface.h"

struct screen_rows {
    struct surface *shown; /* what the terminal has, as far as it went */
    struct surface *body;  /* of whose patient rows some may still be missing */
    bool moving;
    const struct surface **from; /* by row: where this frame takes it from; NULL: it stays */
};

void rows_finish(struct screen_rows *rows);
/* The terminal is blank, of this size. */
void rows_blank(struct screen_rows *rows, int cols, int height);
/* All looks have changed. */
void rows_forget(struct screen_rows *rows);
/* Fills from[] for a frame of about `budget` bytes, SIZE_MAX: all of it. false: more rows have to follow. */
bool rows_plan(struct screen_rows *rows, const struct surface *next, size_t budget, bool fresh);

#endif
