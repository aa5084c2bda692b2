/* How roles look on this terminal: 256 colours, eight, or none. Of screen.c, for nobody else. Main process.
 */
#ifndef TUI_SCREEN_PALETTE_H
#define TUI_SCREEN_PALETTE_H

#include <stdbool.h>

#include "tui/screen.h"

struct screen_palette {
    bool color;
    struct {
        unsigned attrs; /* of surface.h */
        short pair;     /* of curses, 0 the terminal's own */
    } look[ROLE_COUNT];
};

/* After newterm(): defines the colour pairs. */
void palette_init(struct screen_palette *palette, enum screen_color color);

#endif
