/* Themes: how each role looks, at each depth of colour, from `NAME.theme` files or, with none of them, from
 * roles.def.
 *
 * A theme that was loaded is whole: what the file leaves open has come from the theme it inherits or from the
 * fallback roles, and what it says for 256 colours has been translated for eight and for none. Reads small
 * regular files; main process. */
#ifndef THEMES_THEME_H
#define THEMES_THEME_H

#include <stdbool.h>
#include <stddef.h>

#include "themes/color.h"
#include "themes/role.h"

enum theme_depth { THEME_256, THEME_8, THEME_MONO, THEME_DEPTHS }; /* 256 and more; eight to 255; none */
enum { THEME_NAME_SIZE = 64, THEME_MESSAGE_SIZE = 2000, THEME_MOST_NAMES = 64 };

struct look {
    int fg, bg; /* see color.h; of THEME_8 at most 7, of THEME_MONO COLOR_OWN */
    unsigned attrs;
};

struct theme {
    char name[THEME_NAME_SIZE];
    struct look looks[ROLE_COUNT][THEME_DEPTHS];
};

/* `dark`, which needs no file. */
const struct theme *theme_builtin(void);

/* Loads a theme by name, or a file where there is a slash in it or ".theme" at its end. false: *theme is as
 * before and message[] holds a line for each fault, "FILE:LINE: what it is and what to write instead",
 * several parted by newlines, none at the end. A name is looked for in $XDG_CONFIG_HOME/natsight/themes, in
 * what was installed, and beside the program; then among those compiled in, which are all that are shipped.
 */
bool theme_find(const char *name, struct theme *theme, char *message, size_t size);

/* The names that theme_find() knows, sorted, at most THEME_MOST_NAMES. */
int theme_names(char names[THEME_MOST_NAMES][THEME_NAME_SIZE]);

#endif
