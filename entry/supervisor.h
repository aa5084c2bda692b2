/* The supervisor: keeps one collector (`natsight collect http` or `nats`) alive, reads what it writes, tells
 * it what is wanted.
 *
 * A collector that dies is started again (0.2 to 5 s later); one that has not beaten for 3 s while this
 * process was running is killed first. Whatever it was decoding when it died is blamed, and after three times
 * no longer asked, visibly. Its stderr is a pipe, never the terminal; its environment is cleared. Main
 * process. */
#ifndef ENTRY_SUPERVISOR_H
#define ENTRY_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "entry/options.h"
#include "entry/way_in.h"
#include "sample/field.h"

struct supervisor;

struct supervisor_handler { /* `way` is the collector's */
    void (*on_bytes)(void *data, enum way way, const char *bytes, size_t len);
    /* A new stream begins: what was unfinished of the old one is void. */
    void (*on_restart)(void *data, enum way way);
    /* There is no such collector any more: it is not a way in since the options changed. */
    void (*on_gone)(void *data, enum way way);
    /* One sentence for the event log: "collector killed: ...". */
    void (*on_event)(void *data, const char *text);
    /* The collector refused to start (wrong usage, unreadable file): its own line. It is not tried again. */
    void (*on_refusal)(void *data, const char *text);
};

/* options and handler must outlive it. */
struct supervisor *supervisor_create(struct loop *loop, const struct options *options, enum way way,
                                     const struct supervisor_handler *handler, void *data);
/* The options changed: ends the collector and starts one that knows them. */
void supervisor_restart(struct supervisor *s);
void supervisor_destroy(struct supervisor *s); /* ends the child by its pid; NULL is fine */

/* As those of all supervisors (supervisors.h), of this one. */
struct question;
void supervisor_want(struct supervisor *s, unsigned shapes, const char *sort);
void supervisor_want_subscriptions(struct supervisor *s, const struct question *question);
void supervisor_want_interest(struct supervisor *s, const char *subject);
void supervisor_sample(struct supervisor *s, const char *subject, int64_t seconds);
void supervisor_hold_sampling(struct supervisor *s, bool held);

#endif
