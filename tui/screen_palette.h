/* How roles look on this terminal: direct colour, 256 colours, eight, or none. Of screen.c, for nobody else.
 * Main process. */
#ifndef TUI_SCREEN_PALETTE_H
#define TUI_SCREEN_PALETTE_H

#include <stdbool.h>

#include "themes/theme.h"
#include "tui/screen.h"

struct screen_palette {
    bool color;
    bool own_colors; /* the terminal's own can be had */
    bool direct;     /* 24 bits */
    struct {
        unsigned attrs; /* of role.h */
        short pair;     /* of curses, 0 the terminal's own */
    } look[ROLE_COUNT];
};

/* After newterm(): finds out what the terminal can do, and takes the built-in theme. */
void palette_init(struct screen_palette *palette, enum screen_color color);
/* Defines the colour pairs once more; curses then draws again what they had coloured. */
void palette_set(struct screen_palette *palette, const struct theme *theme);

#endif
