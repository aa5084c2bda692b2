/* The terminal: a surface goes out through curses, bytes come in, and everything is left as it was found.
 *
 * curses draws into a memfd, never on the terminal; the bytes of one frame are sent in one non-blocking write
 * between synchronized-update marks, with a status query behind them: no more than two frames may be on their
 * way (fence.h). Further ones are skipped: a slow terminal drops frames, never input. Where the line is
 * narrow the patient rows of a surface follow in parts. Main process only, one at a time. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <stddef.h>

#include "themes/theme.h"
#include "tui/surface.h"

enum screen_color { SCREEN_COLOR_AUTO, SCREEN_COLOR_NEVER, SCREEN_COLOR_ALWAYS };

struct screen;

struct screen_options {
    int in_fd, out_fd;       /* the terminal; may be the same */
    const char *term;        /* $TERM, read by screen_term() */
    enum screen_color color; /* AUTO: NO_COLOR in the environment and the terminal decide */
    int64_t max_rate;        /* bytes/s, and nothing is asked; 0: the terminal's answers decide */
};

/* Puts the terminal into raw mode and the alternate screen. NULL: message[] says why not, nothing was
 * changed. The locale has to be set before; LINES and COLUMNS leave the environment. */
struct screen *screen_open(const struct screen_options *options, char *message, size_t size);
/* Restores the terminal; with `last` its rows are printed to the normal screen, so that the last frame stays
 * in the scrollback. */
void screen_close(struct screen *screen, const struct surface *last);
/* Async-signal-safe: restores the terminal after a crash. Also what a fatal signal's handler calls. */
void screen_emergency(void);

/* How roles look from the next draw on, which paints what has changed by that; until then and without files
 * it is theme_builtin(). The theme is not kept. */
void screen_set_theme(struct screen *screen, const struct theme *theme);

/* Colour or none from the next draw on; the theme has to be set again. */
void screen_set_color(struct screen *screen, enum screen_color color);

/* Gives the terminal back for a suspension (Ctrl-Z), and takes it again; the next draw repaints all. */
void screen_suspend(struct screen *screen);
void screen_resume(struct screen *screen);
/* We were stopped and continued by somebody else: takes the terminal again if a shell has had it. */
void screen_continue(struct screen *screen);

/* The terminal's size now (TIOCGWINSZ). */
void screen_size(const struct screen *screen, int *cols, int *rows);
enum screen_haste { SCREEN_DATA, SCREEN_KEY /* answers a key: goes before data */ };
/* May a frame be drawn? Else ask again after screen_answer(), screen_flush() or when screen_next_ns() has
 * passed. */
bool screen_ready(struct screen *screen, enum screen_haste haste);
int64_t screen_next_ns(const struct screen *screen, enum screen_haste haste);
/* Encodes the difference to what is shown and starts to send it. false: it has not gone, or not all of it;
 * draw again when ready. */
bool screen_draw(struct screen *screen, const struct surface *surface, enum screen_haste haste);
/* The terminal answered a status query (REPORT_ANSWER of the keys). */
void screen_answer(struct screen *screen);
struct screen_link {
    int64_t lag_ns; /* how far the terminal is behind */
    bool capped;    /* by a rate in bytes, because it does not answer or the option says so */
};
struct screen_link screen_link(const struct screen *screen);
/* From the next frame on the terminal tells what the mouse does, as key reports, or no longer. */
void screen_ask_mouse(struct screen *screen, bool on);
/* With the next frame the terminal's bell rings once. */
void screen_ring(struct screen *screen);
/* From the next frame on the window has this title, "": the one that it had. Nothing, where the terminal is
 * not known to have any. The text is clean and has 120 bytes at most. */
void screen_set_title(struct screen *screen, const char *title);
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
