/* The program without a terminal: a collector, a model that its stream goes into, and somebody who looks at
 * it.
 *
 * Snapshots, print and check are made of it. Events and refusals of the collector go to stderr unless
 * somebody takes them. Owned by the command that runs; one thread. Main process. */
#ifndef ENTRY_UNATTENDED_H
#define ENTRY_UNATTENDED_H

#include "base/loop.h"
#include "entry/feed.h"
#include "entry/options.h"
#include "entry/supervisors.h"

/* "data" is the watcher's. */
struct unattended_handler {
    void (*on_look)(void *data);                      /* ten times a second, after the model's tick */
    void (*on_event)(void *data, const char *text);   /* of the collector; NULL: to stderr */
    void (*on_refusal)(void *data, const char *text); /* with a newline; NULL: to stderr, as wrong usage */
    void (*on_signal)(void *data);                    /* to end; NULL: as failed */
};

struct unattended {
    const struct options *options;
    const struct unattended_handler *handler;
    void *data;
    struct loop *loop;
    struct model *model;
    struct feed *feed;
    struct supervisors *supervisors; /* NULL: what feeds it is somebody else's */
    struct loop_source *look;
    int64_t started_ns;
    double hold_scale;
    int code; /* that it ends with */
};

/* Everything but a collector; options and handler must outlive it. Scale of the holds: of the options unless
 * it is above 0. */
void unattended_begin(struct unattended *u, const struct options *options,
                      const struct unattended_handler *handler, void *data, double hold_scale);
/* Asks the servers for what is always asked, for these shapes, and for what the rules need. */
void unattended_ask(struct unattended *u, unsigned shapes);
void unattended_run(struct unattended *u);
/* From within. */
void unattended_stop(struct unattended *u, int code);
/* Returns the code. */
int unattended_end(struct unattended *u);

/* Bytes of its stream. */
void unattended_take(struct unattended *u, const char *bytes, size_t len);
/* Since it began. */
int64_t unattended_watched_ns(const struct unattended *u);
/* To stdout; of a reader that goes nothing is said. false: not all of it, errno says why. */
bool unattended_write(const char *text, size_t len);

#endif
