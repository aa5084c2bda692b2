/* A program in a pseudo terminal whose screen can be asked: end-to-end tests see what a person would see.
 *
 * The program runs as the foreground job of a small job-control parent (as under a shell), so that Ctrl-Z
 * stops it; a hang-up is passed on to it. Everything dies with the test process. The screen is libvterm
 * 0.1.4's: it misreads `38:2::r:g:b`, has no dim attribute and ignores synchronized updates. Each wait reads
 * the program's output on the way; a wait that fails prints what it waited for and the screen on stderr. */
#ifndef HARNESS_TERMINAL_H
#define HARNESS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <vterm.h>

struct terminal;

struct terminal_options {
    int rows, cols;         /* 0: 24, 80 */
    const char *term;       /* NULL: xterm-256color */
    const char *const *env; /* further NAME=VALUE, NULL-terminated, or NULL; NAME alone removes it */
    const char *folder;     /* working directory, or NULL */
};

enum { TERMINAL_DEFAULT = -1, TERMINAL_RGB = -2 };

struct terminal_cell {
    char text[32]; /* UTF-8; "" behind a wide character, " " where empty */
    int width;
    bool bold, underline, italic, blink, reverse;
    int fg, bg; /* palette index, TERMINAL_DEFAULT or TERMINAL_RGB */
};

/* NULL-terminated argv; argv[0] is looked up in PATH unless it has a slash. NULL: the terminal could not be
 * made. */
struct terminal *terminal_open(const char *const argv[], const struct terminal_options *options);
/* Kills what still runs, frees. NULL is fine. */
void terminal_close(struct terminal *t);

/* Reads what is there, waiting at most ms for the first byte. false: nothing came. */
bool terminal_pump(struct terminal *t, int ms);
/* Until quiet for `ms`, at most `most_ms`. */
void terminal_settle(struct terminal *t, int ms, int most_ms);
bool terminal_wait(struct terminal *t, bool (*met)(struct terminal *t, void *context), void *context,
                   const char *what, int ms);
bool terminal_wait_text(struct terminal *t, const char *text, int ms);
bool terminal_wait_gone(struct terminal *t, const char *text, int ms);
/* POSIX extended, against each row. */
bool terminal_wait_regex(struct terminal *t, const char *regex, int ms);
/* Bytes of output since the beginning reach at least this. */
bool terminal_wait_bytes(struct terminal *t, size_t bytes, int ms);

/* Row of the screen as UTF-8 without trailing blanks; "" outside. Valid until the row is asked for again. */
const char *terminal_row(struct terminal *t, int row);
/* All rows with newlines; to be freed. */
char *terminal_text(struct terminal *t);
/* Row of the first occurrence, -1 none; col (may be NULL) is the screen column. */
int terminal_find(struct terminal *t, const char *text, int *col);
/* First row that matches, -1 none; groups 0 to n-1 are copied. */
int terminal_match(struct terminal *t, const char *regex, char groups[][128], int n);
struct terminal_cell terminal_cell(struct terminal *t, int row, int col);
bool terminal_alternate(const struct terminal *t);
void terminal_size(const struct terminal *t, int *rows, int *cols);
/* On stderr. */
void terminal_dump(struct terminal *t);

bool terminal_send(struct terminal *t, const void *bytes, size_t size);
/* All of it at once, but not sooner behind what was typed before than fingers would. */
bool terminal_type(struct terminal *t, const char *text);
/* VTERM_KEY_UP, VTERM_KEY_FUNCTION(5), ... with VTERM_MOD_SHIFT, ..., as this terminal's modes have it. */
void terminal_key(struct terminal *t, VTermKey key, VTermModifier modifier);
void terminal_resize(struct terminal *t, int rows, int cols);
/* The line is lost: the terminal is gone, its job gets SIGHUP. Nothing can be read or sent any more. */
void terminal_hangup(struct terminal *t);

/* Everything the program wrote, and how much; borrowed, valid until the next pump. */
const char *terminal_output(const struct terminal *t, size_t *size);
size_t terminal_bytes(const struct terminal *t);

pid_t terminal_pid(const struct terminal *t);
/* Living processes that the program started, itself included, also those that left its session. */
int terminal_processes(struct terminal *t);
bool terminal_signal(struct terminal *t, int signal);
/* Wait status as of waitpid(2). false: still running. */
bool terminal_wait_exit(struct terminal *t, int *status, int ms);
/* Stopped by Ctrl-Z or SIGSTOP; the terminal is the job-control parent's then. */
bool terminal_wait_stopped(struct terminal *t, int ms);
/* Back to the foreground, SIGCONT. */
bool terminal_continue(struct terminal *t);
/* The line has its modes of before again: what a shell does when its job was stopped. */
void terminal_take_back(struct terminal *t);
/* Sequences that the terminal does not understand, by their last byte ("?c" is CSI ? ... c); "" none. */
const char *terminal_unknown(const struct terminal *t);
/* The line settings are as they were at the start, the cursor is visible, the main screen shown, the mouse
 * off, and each mode that was changed (ESC [ ? N h or l) is as it usually is. Says what is not. */
bool terminal_restored(struct terminal *t);

#endif
