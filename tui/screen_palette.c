#include "tui/screen_palette.h"

#include <curses.h>
#include <stdlib.h>

static const struct {
    short fg256, bg256, fg8;
    unsigned mono;
} roles[] = {
#define ROLE(NAME, FALLBACK, TEXT, FG256, BG256, FG8, MONO, MEANING) {FG256, BG256, FG8, MONO},
#include "themes/roles.def"
#undef ROLE
};
_Static_assert(sizeof roles / sizeof *roles == ROLE_COUNT, "a look for each role");

static bool wanted(enum screen_color color) {
    const char *no = getenv("NO_COLOR");
    if (color == SCREEN_COLOR_AUTO)
        return !no || !*no;
    return color == SCREEN_COLOR_ALWAYS;
}

/* Terminals with direct colour take 0xRRGGBB for what is an index elsewhere. */
static int direct_color(int index) {
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    if (index < 16)
        return index & 7;
    if (index >= 232)
        return (8 + (index - 232) * 10) * 0x010101;
    index -= 16;
    return steps[index / 36] << 16 | steps[index / 6 % 6] << 8 | steps[index % 6];
}

static int color_here(int index) {
    return index < 0 || COLORS <= 256 ? index : direct_color(index);
}

/* Without the terminal's own colours they are light on black. */
static short define_pair(int role, int fg, int bg, bool own_colors) {
    if (fg < 0 && bg < 0)
        return 0;
    if (!own_colors) {
        fg = fg < 0 ? COLOR_WHITE : fg;
        bg = bg < 0 ? COLOR_BLACK : bg;
    }
    short pair = (short)(role + 1);
    return init_extended_pair(pair, fg, bg) == OK ? pair : 0;
}

void palette_init(struct screen_palette *palette, enum screen_color color) {
    palette->color = wanted(color) && has_colors() && start_color() == OK && COLORS >= 8;
    bool own_colors = palette->color && use_default_colors() == OK, many = COLORS >= 256;
    for (int role = 0; role < ROLE_COUNT; role++) {
        palette->look[role].attrs = roles[role].mono;
        palette->look[role].pair = 0;
        if (!palette->color)
            continue;
        if (!many) {
            palette->look[role].pair = define_pair(role, roles[role].fg8, -1, own_colors);
            continue;
        }
        palette->look[role].pair =
            define_pair(role, color_here(roles[role].fg256), color_here(roles[role].bg256), own_colors);
        if (palette->look[role].pair)
            palette->look[role].attrs = 0;
    }
}
