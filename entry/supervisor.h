/* The supervisor: keeps one `natsight collect http` alive, reads what it writes, tells it what is wanted.
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
#include "sample/field.h"

struct supervisor;

struct supervisor_handler {
    void (*on_bytes)(void *data, const char *bytes, size_t len);
    /* A new stream begins: what was unfinished of the old one is void. */
    void (*on_restart)(void *data);
    /* One sentence for the event log: "collector killed: ...". */
    void (*on_event)(void *data, const char *text);
    /* The collector refused to start (wrong usage, unreadable file): its own line. It is not tried again. */
    void (*on_refusal)(void *data, const char *text);
};

/* options and handler must outlive it. */
struct supervisor *supervisor_create(struct loop *loop, const struct options *options,
                                     const struct supervisor_handler *handler, void *data);
/* The options changed: ends the collector and starts one that knows them. */
void supervisor_restart(struct supervisor *s);
void supervisor_destroy(struct supervisor *s); /* ends the child by its pid; NULL is fine */

/* Wants exactly these shapes on top of what is always asked, as a bit mask of 1 << SHAPE_x; `sort` is for
 * CONNZ_FULL, NULL: cid. */
void supervisor_want(struct supervisor *s, unsigned shapes, const char *sort);
/* Wants the subscriptions of one connection, again and again; NULL: of none. */
struct question {
    const char *server_url;
    uint64_t cid;
    bool closed;
};
void supervisor_want_subscriptions(struct supervisor *s, const struct question *question);
/* Wants the subscriptions that match a subject, of all servers; "": none. */
void supervisor_want_interest(struct supervisor *s, const char *subject);

#endif
