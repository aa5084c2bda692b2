/* The terminal: a surface goes out through curses, bytes come in, and everything is left as it was found.
 *
 * curses draws into a memfd, never on the terminal; the bytes of one frame are sent in one non-blocking write
 * between synchronized-update marks. While a frame is still waiting to leave, further ones are skipped: a
 * slow terminal drops frames, never input. Main process only, one at a time. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "themes/theme.h"
#include "tui/surface.h"

enum screen_color { SCREEN_COLOR_AUTO, SCREEN_COLOR_NEVER, SCREEN_COLOR_ALWAYS };

struct screen;

struct screen_options {
    int in_fd, out_fd;       /* the terminal; may be the same */
    const char *term;        /* $TERM; NULL or unknown to terminfo: xterm-256color, then vt100 are tried */
    enum screen_color color; /* AUTO: NO_COLOR in the environment and the terminal decide */
};

/* Puts the terminal into raw mode and the alternate screen. NULL: message[] says why not, nothing was
 * changed. The locale has to be set before; LINES and COLUMNS leave the environment. */
struct screen *screen_open(const struct screen_options *options, char *message, size_t size);
/* Restores the terminal; with `last` its rows are printed to the normal screen, so that the last frame stays
 * in the scrollback. */
void screen_close(struct screen *screen, const struct surface *last);
/* Async-signal-safe: restores the terminal after a crash. Also what a fatal signal's handler calls. */
void screen_emergency(void);

/* How roles look from the next draw on, which paints what has changed by that; until then and without files it is
 * theme_builtin(). The theme is not kept. */
void screen_set_theme(struct screen *screen, const struct theme *theme);

/* Gives the terminal back for a suspension (Ctrl-Z), and takes it again; the next draw repaints all. */
void screen_suspend(struct screen *screen);
void screen_resume(struct screen *screen);

/* The terminal's size now (TIOCGWINSZ). */
void screen_size(const struct screen *screen, int *cols, int *rows);
/* Encodes the difference to what is shown and starts to send it. false: the frame before has not left yet,
 * try again when the out descriptor is writable. */
bool screen_draw(struct screen *screen, const struct surface *surface);
/* Forgets what is shown: the next draw repaints from scratch (resize, Ctrl-L). */
void screen_repaint(struct screen *screen);
/* Sends on; call when out_fd is writable. Returns 1: all has left, 0: more waits, -1: the terminal is gone.
 */
int screen_flush(struct screen *screen);
bool screen_waiting(const struct screen *screen);
/* Asks the terminal to take the text as its clipboard (OSC 52); goes out after what waits. Texts over 4 KiB
 * are not sent. */
void screen_copy(struct screen *screen, const char *text);

#endif
