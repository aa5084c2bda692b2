/* The line under the screen: raw mode, bytes that wait to leave, and the way back to how it was found.
 *
 * The terminal is opened once more for writing, so that non-blocking writes are ours alone and not those of
 * the shell, which shares the descriptors we were given. Of screen.c, for nobody else; one at a time. Main
 * process. */
#ifndef TUI_SCREEN_TTY_H
#define TUI_SCREEN_TTY_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

#include "base/buffer.h"

struct screen_tty {
    int in_fd, out_fd;
    int old_flags; /* of out_fd, when it could not be opened once more; -1 else */
    bool own_out;
    bool raw, gone;
    struct termios saved;
    struct buffer out; /* from `sent` on it still has to leave */
    size_t sent;
    struct buffer enter, leave; /* what takes the terminal's screen and gives it back */
};

/* false: message[] says why not. */
bool tty_open(struct screen_tty *tty, int in_fd, int out_fd, char *message, size_t size);
void tty_close(struct screen_tty *tty);
/* Raw mode, then `enter` is on its way; from now on tty_emergency() has something to do. */
void tty_take(struct screen_tty *tty);
/* The modes are those that tty_take() set. */
bool tty_is_ours(const struct screen_tty *tty);
/* `leave` is another one. */
void tty_rearm(struct screen_tty *tty);
/* What waits is given a moment to leave, then `leave` and `text` (may be NULL) are sent; so many answers to
 * status queries are read away, for at most `patience_ns` or until Ctrl-C, and the modes are as they were. */
void tty_give_back(struct screen_tty *tty, const struct buffer *text, int answers, int64_t patience_ns);
/* One write. 1: all has left, 0: more waits, -1: the terminal is gone. */
int tty_flush(struct screen_tty *tty);
bool tty_waiting(const struct screen_tty *tty);
/* So many answers to status queries may still come: for a crash. */
void tty_expect(struct screen_tty *tty, int answers);
/* Async-signal-safe. */
void tty_emergency(void);

#endif
