/* Help: the keys that are valid here, what is on the screen, and what may be typed as a command; searchable.
 * Drawn over the body. Main process. */
#ifndef VIEWS_HELP_H
#define VIEWS_HELP_H

#include "tui/surface.h"
#include "views/keymap.h"

struct help {
    unsigned contexts;             /* that are valid here */
    const char *filter;            /* "" all */
    const struct help_line *extra; /* behind the keys: "Typed after :"; ends with a text of NULL */
    const struct help_line *words; /* between both: what is on the screen; the same, NULL none */
    int width;                     /* columns: what is longer goes on in the next line; 0: it does not */
};

struct help_line {
    const char *keys,
        *text; /* keys NULL: `text` is a heading; both NULL: an empty line, the end of `extra` */
};

/* The line of that number, counted from 0; false: there are not as many. */
bool help_line(const struct help *help, int number, struct help_line *line);
int help_lines(const struct help *help);
/* Draws from line `top` on (clamped) over `area`, which is help->width wide; `title` is the view's. Clears
 * what was there. */
void help_draw(const struct help *help, const char *title, int top, struct surface *s, struct rect area);

#endif
