/* Actions: what a view or the program does for a row of keys.def.
 *
 * A handler changes state and answers what has to happen; the loop paints once, however many handlers asked.
 * Main process. */
#ifndef VIEWS_ACTION_H
#define VIEWS_ACTION_H

#include "views/keymap.h"

enum reaction {
    REACT_NONE = 0,
    REACT_DRAW = 1,    /* paint again */
    REACT_REPAINT = 2, /* from scratch */
    REACT_WANTS = 4,   /* what is asked of the servers changed */
    REACT_QUIT = 8,
    REACT_PASS = 16, /* not mine: try the next table */
};

struct action { /* a table of them ends with ACTION_NONE */
    enum action_id id;
    unsigned (*run)(void *context);
};

/* NULL when the table (may be NULL) has none. The first row of an id counts. */
const struct action *action_of(const struct action *actions, enum action_id id);

#endif
