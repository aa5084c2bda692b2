/* Actions: what keys do, as tables from which dispatch, footer hints, `?` and the manual are made.
 *
 * The program has a table, each view has one, the table widget has one. A handler changes state and answers
 * what has to happen; the loop paints once, however many handlers asked. Main process. */
#ifndef TUI_ACTION_H
#define TUI_ACTION_H

#include <stdint.h>

enum reaction {
    REACT_NONE = 0,
    REACT_DRAW = 1,    /* paint again */
    REACT_REPAINT = 2, /* from scratch */
    REACT_WANTS = 4,   /* what is asked of the servers changed */
    REACT_QUIT = 8,
    REACT_PASS = 16, /* not mine: try the next table */
    REACT_BACK = 32, /* leave this place */
};

struct action {
    const char *keys; /* names separated by spaces, the first is shown: "Down j" */
    const char *name; /* as the configuration calls it: "down" */
    const char *hint; /* for the footer, NULL: not there; "filter" */
    const char *help; /* one sentence */
    unsigned (*run)(void *context);
};

struct action_table {
    const char *title; /* heading in help: "Table", "Everywhere" */
    const struct action *actions;
    int count;
};

/* The action of this key, NULL when the table has none. */
const struct action *action_find(const struct action_table *table, uint32_t key);

#endif
