/* What keys that move do in a view of lines which is no list of objects (these: quantity_table.h). Main
 * process. */
#ifndef VIEWS_LINE_MOVES_H
#define VIEWS_LINE_MOVES_H

#include "views/view.h"

/* The first member of the state of such a view. */
struct line_moves {
    /* Down by so many lines, below zero up; LONG_MIN, LONG_MAX: to the ends. */
    void (*move)(void *state, const struct view_context *context, long by);
    long page; /* lines that were seen at the last arrangement */
};

unsigned line_down(void *call), line_up(void *call), line_page_down(void *call), line_page_up(void *call);
unsigned line_half_down(void *call), line_half_up(void *call), line_home(void *call), line_end(void *call);

/* As rows of the view's own table. */
#define LINE_ACTIONS                                                                                         \
    {ACTION_DOWN, line_down}, {ACTION_UP, line_up}, {ACTION_PAGE_DOWN, line_page_down},                      \
        {ACTION_PAGE_UP, line_page_up}, {ACTION_HALF_DOWN, line_half_down}, {ACTION_HALF_UP, line_half_up},  \
        {ACTION_HOME, line_home}, {                                                                          \
        ACTION_END, line_end                                                                                 \
    }

#endif
