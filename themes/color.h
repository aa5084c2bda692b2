/* Colours as themes name them, and what comes nearest on a terminal that has fewer. Pure; main process. */
#ifndef THEMES_COLOR_H
#define THEMES_COLOR_H

#include <stdint.h>

/* A colour is an int. -1: the terminal's own; 0 to 255: of the 256-colour palette, of which 0 to 15 are the
 * terminal's to choose; else COLOR_EXACT | 0xRRGGBB. */
enum { COLOR_OWN = -1, COLOR_EXACT = 0x1000000 };

/* 0xRRGGBB of a colour that is not COLOR_OWN; 0 to 15 as xterm has them. */
uint32_t color_rgb(int c);
/* The nearest of 16 to 255 for an exact colour; others stay as they are. */
int color_of_256(int c);
/* The nearest of eight by its hue. On an unknown ground plain blue can't be read and grey is the text's own:
 * as a foreground they become cyan and COLOR_OWN. */
int color_of_8(int c);
int color_of_8_ground(int c);
/* 0 or 7: what can be read on this one of eight. */
int color_readable_on(int ground);

#endif
