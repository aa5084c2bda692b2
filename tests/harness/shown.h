/* The dashboard in a terminal, and what is on its screen: what tests of it share. */
#ifndef HARNESS_SHOWN_H
#define HARNESS_SHOWN_H

#include "tests/harness/terminal.h"

enum { SHOWN_MS = 15000 };

/* natsight with these arguments (NULL-terminated); options as of terminal_open(). Fails the Check test on its
 * own. */
struct terminal *shown_open(const char *const arguments[], const struct terminal_options *options);
/* q; ends with code 0, everything restored, nothing left running; then closed. */
void shown_quit(struct terminal *t);
/* No process of it lives any more; within SHOWN_MS. */
bool shown_nothing_left(struct terminal *t);

/* Types the text and waits until the screen has `expected` (a regular expression on one row). */
void shown_type(struct terminal *t, const char *text, const char *expected);
/* The same, and Esc leads back to where the screen has `back`. */
void shown_peek(struct terminal *t, const char *text, const char *expected, const char *back);
void shown_wait(struct terminal *t, const char *regex);
void shown_wait_gone(struct terminal *t, const char *text);

/* Does the output so far hold such a byte, or such a text? */
bool shown_has_byte_above(struct terminal *t, unsigned char byte);
/* Escape sequences ESC [ ... m with a parameter that is a colour. */
bool shown_has_color(struct terminal *t);

#endif
