/* Which columns of a table are shown, where, and how wide. Of the table widget, for nobody else. Main
 * process. */
#ifndef TUI_TABLE_LAYOUT_H
#define TUI_TABLE_LAYOUT_H

#include "tui/table.h"

struct table_layout {
    int prefix; /* columns of the mark and of what points at the selection */
    int count;
    int column[TABLE_MAX_COLUMNS]; /* index into the table's columns */
    int x[TABLE_MAX_COLUMNS], width[TABLE_MAX_COLUMNS];
    int lead;     /* the first of those scrolled to, -1 none */
    bool dropped; /* some column had to go */
};

/* With `scroll` columns skipped; the pinned ones stay, and of the others at least the first that is left. */
void table_layout_make(struct table_layout *l, const struct table *t, int width, int scroll);
/* `scroll`, or less where less shows the last columns already. */
int table_layout_scroll(const struct table *t, int width, int scroll);

#endif
