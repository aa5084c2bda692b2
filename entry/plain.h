/* Line mode: what changes, a line each, for logs, screen readers and terminals that can't place a cursor.
 *
 *     02:31:00 info watching http://127.0.0.1:8222 2026-11-21 UTC
 *     02:31:01 ok servers main 3/3
 *     02:31:04 crit consumer_growing ORDERS/billing 1.24M
 *     02:40:12 ok consumer_growing ORDERS/billing 0
 *
 * Time, severity (ok, info, unknown, warn, crit), what (a rule, "servers", a kind of event), object, figure.
 * Nothing is said twice (model/alert_lines.h), and no byte is sent that is no text. Main process; never
 * blocks: what a slow reader does not take waits, and beyond 256 KiB is left out and counted. */
#ifndef ENTRY_PLAIN_H
#define ENTRY_PLAIN_H

#include "base/loop.h"
#include "model/model.h"

struct plain;

struct plain_options {
    int out_fd;
    bool ascii, local_time;
    const char *const *watching; /* URLs, borrowed until others are given */
    int watching_count;
    const char *remark; /* why it is lines, when nobody asked for them; NULL */
    /* Nobody reads any more: called once; errno of the write, 0 when the reader went. */
    void (*lost)(void *data, int error);
    void *data;
};

struct plain *plain_create(struct loop *loop, const struct model *model, const struct plain_options *options);
/* Takes others, but for the output and who is told of its end; what is watched is said anew. */
void plain_configure(struct plain *plain, const struct plain_options *options);
/* A line about the program itself: "info reload - TEXT", or a warning. */
void plain_say(struct plain *plain, bool warning, const char *what, const char *text);
/* Sends what still waits, for half a second at most. NULL is fine. */
void plain_destroy(struct plain *plain);
/* After each tick of the model: what has changed. began: the first answers are there; before that little is
 * known, and little said. */
void plain_tick(struct plain *plain, bool began);

#endif
