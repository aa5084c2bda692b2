/* A program in a terminal of 120x40, as the figures look at it. */
#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include "tests/harness/terminal.h"

/* natsight with these further arguments, NULL-terminated. */
struct terminal *session_natsight(const char *const arguments[]);
/* $NATS_TOP on the monitoring port of this loopback address, as its own defaults have it (1 s). */
struct terminal *session_nats_top(const char *address, int port);
/* A row that matches is on the screen. Quiet: the caller says what it means. */
bool session_shows(struct terminal *t, const char *regex, double seconds);
/* Lets it run, reading what it writes. */
void session_run(struct terminal *t, double seconds);

#endif
