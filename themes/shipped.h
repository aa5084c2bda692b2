/* The theme files of this folder as they were when the program was built, for a copy of it that has no files
 * beside it. Made by build-aux/embed-themes. Of this folder alone. */
#ifndef THEMES_SHIPPED_H
#define THEMES_SHIPPED_H

struct shipped_theme {
    const char *name, *text;
};

extern const struct shipped_theme shipped_themes[]; /* the last one has no name */

#endif
