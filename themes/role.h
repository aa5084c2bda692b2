/* What a cell of the screen means. themes/roles.def lists the roles; a theme says how each one looks.
 * Everywhere in the main process. */
#ifndef THEMES_ROLE_H
#define THEMES_ROLE_H

enum role {
#define ROLE(NAME, ...) ROLE_##NAME,
#include "themes/roles.def"
#undef ROLE
    ROLE_COUNT
};

enum { ATTR_BOLD = 1, ATTR_REVERSE = 2, ATTR_UNDERLINE = 4, ATTR_DIM = 8 };

#endif
