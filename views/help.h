/* Help: the keys that are valid here, made of the action tables, searchable. Drawn over the body.
 * Main process. */
#ifndef VIEWS_HELP_H
#define VIEWS_HELP_H

#include "tui/action.h"
#include "tui/surface.h"

/* Lines that the tables give with this filter ("" all): headings, keys with their sentence, tables without a
 * hit left out. */
int help_lines(const struct action_table *const *tables, int count, const char *filter);
/* Draws from line `top` on (clamped) over `area`; `title` is the view's. Clears what was there. */
void help_draw(const struct action_table *const *tables, int count, const char *title, const char *filter,
               int top, struct surface *s, struct rect area);

#endif
