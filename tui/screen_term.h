/* What $TERM stands for. Main process; only before a screen is opened, whose description it would forget. */
#ifndef TUI_SCREEN_TERM_H
#define TUI_SCREEN_TERM_H

/* The terminal description to draw by: `term` itself, or xterm-256color, else vt100, where terminfo does not
 * know it. NULL: lines are all it can show, because it has no name, can't place its cursor, or nothing is
 * described here at all. */
const char *screen_term(const char *term);

#endif
