#include "tui/screen_palette.h"

#include <curses.h>
#include <stdlib.h>
#include <term.h>

static bool wanted(enum screen_color color) {
    const char *no = getenv("NO_COLOR");
    if (color == SCREEN_COLOR_AUTO)
        return !no || !*no;
    return color == SCREEN_COLOR_ALWAYS;
}

/* RGB is a flag, a number of bits or text, as the description's author liked it. */
static bool is_direct(void) {
    char name[] = "RGB";
    const char *text = tigetstr(name);
    return COLORS > 256 && (tigetflag(name) > 0 || tigetnum(name) > 0 || (text && text != (const char *)-1));
}

/* Terminals with direct colour take 0xRRGGBB, but for 0 to 7, which are the terminal's own there, too. */
static int direct_color(int color) {
    if (color < 8)
        return color;
    int rgb = (int)color_rgb(color);
    return rgb < 8 ? 8 : rgb;
}

static int color_here(const struct screen_palette *palette, int color) {
    if (color < 0)
        return -1;
    return palette->direct ? direct_color(color) : color_of_256(color);
}

/* Without the terminal's own colours they are light on black. */
static short define_pair(const struct screen_palette *palette, int role, int fg, int bg) {
    if (fg < 0 && bg < 0)
        return 0;
    if (!palette->own_colors) {
        fg = fg < 0 ? COLOR_WHITE : fg;
        bg = bg < 0 ? COLOR_BLACK : bg;
    }
    short pair = (short)(role + 1);
    return init_extended_pair(pair, fg, bg) == OK ? pair : 0;
}

void palette_init(struct screen_palette *palette, enum screen_color color) {
    palette->color = wanted(color) && has_colors() && start_color() == OK && COLORS >= 8;
    palette->own_colors = palette->color && use_default_colors() == OK;
    palette->direct = palette->color && is_direct();
    palette_set(palette, theme_builtin());
}

/* On a terminal without colours pairs must not be touched. */
void palette_set(struct screen_palette *palette, const struct theme *theme) {
    enum theme_depth depth = !palette->color ? THEME_MONO : COLORS >= 256 ? THEME_256 : THEME_8;
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct look *look = &theme->looks[role][depth];
        palette->look[role].attrs = look->attrs;
        palette->look[role].pair = !palette->color ? (short)0
                                                   : define_pair(palette, role, color_here(palette, look->fg),
                                                                 color_here(palette, look->bg));
    }
}
