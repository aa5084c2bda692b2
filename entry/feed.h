/* The feed: the sample stream on its way into the model, and the model's time.
 *
 * Bytes come from the supervisor or from standard input; each committed sample goes straight into the model,
 * but long answers of /connz and /jsz wait in a queue and go there in slices: feed_work() once a turn.
 * Ticks are made here each 500 ms on the stream's own clocks, so that a stream from another machine, or a
 * saved one, is dated as it was; a wall clock that is put on or back moves nothing (entry/steady.h): the
 * model goes on, and base/clock.h is told by how much it shows other times than it counts. It also counts
 * what has been answered, so that a snapshot knows when every rate has two samples. Main process. */
#ifndef ENTRY_FEED_H
#define ENTRY_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

#define FEED_TICK_MS 500
#define FEED_PIPES   2

struct feed;

struct feed *feed_create(struct model *model); /* the model must outlive it */
void feed_destroy(struct feed *feed);

/* This machine's clocks; for tests. */
struct feed_clocks {
    int64_t (*utc_ns)(void), (*mono_ns)(void);
};
void feed_clocks(struct feed *feed, const struct feed_clocks *clocks);

/* Each writer has a pipe of its own, 0 .. FEED_PIPES - 1: the only one is 0. */
void feed_bytes(struct feed *feed, int pipe, const char *bytes, size_t len);
/* Held: what comes waits as it came, and there is no tick: the model stands still. */
void feed_hold(struct feed *feed, bool held);
/* Brings what waits a slice of about 2 ms further; false when there was nothing to do. */
bool feed_work(struct feed *feed);
/* All that waits, for who has nobody to answer meanwhile. */
void feed_drain(struct feed *feed);
/* The writer died: what was unfinished is void. */
void feed_restart(struct feed *feed, int pipe);
/* There is no writer any more, and none comes: who was asked by it is not. */
void feed_gone(struct feed *feed, int pipe);
/* An event of ours, at this moment of the stream: of the collector; of this program. */
void feed_event(struct feed *feed, const char *text);
void feed_own_event(struct feed *feed, const char *kind, const char *subject, const char *text);
void feed_tick(struct feed *feed);
/* The same in steps of a few ms, between which the model stands still: each returns true while more are left,
 * and the first begins the tick. */
bool feed_tick_step(struct feed *feed);

/* Samples in the model so far; grows with each. */
uint64_t feed_samples(const struct feed *feed);
/* The latest time that the stream has told, 0 none yet. */
int64_t feed_utc_ns(const struct feed *feed);
/* A stream began: the first frame came. What never has one is no stream of ours. */
bool feed_began(const struct feed *feed);
/* A server gave a usable answer. */
bool feed_reached(const struct feed *feed);
/* Nobody of those that are asked has ever answered, and each refused twice running, or its name is none. */
bool feed_refused(const struct feed *feed);
/* The same, and of none the name resolves. */
bool feed_nameless(const struct feed *feed);
/* Every server that is asked has been asked twice for each of these shapes (1 << SHAPE_x) and for whatever
 * else it was asked, and three times for those that slopes are made of. */
bool feed_settled(const struct feed *feed, unsigned shapes, unsigned slopes);
/* Once for each of these shapes, and for whatever else it was asked; who is silent twice. */
bool feed_looked(const struct feed *feed, unsigned shapes);

#endif
