/* The one event loop: descriptors, timers, signals and hooks, for the main process and the collectors alike.
 *
 * One poll(2) a turn, one thread. Nothing sleeps and nothing blocks elsewhere. Callbacks may add and remove
 * any source, their own included; a removed source is never called again and is freed after the turn. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_source;

enum { LOOP_IN = 1, LOOP_OUT = 2, LOOP_HUP = 4 }; /* HUP also stands for errors; it is reported unasked */

typedef void loop_fd_fn(struct loop *loop, int fd, unsigned events, void *data);
typedef void loop_timer_fn(struct loop *loop, void *data);
typedef void loop_signal_fn(struct loop *loop, int signal, void *data);

struct loop *loop_create(void);
void loop_destroy(struct loop *loop); /* closes nothing that was added */

/* Watches fd. loop_fd_want() changes the mask; 0 keeps the source and watches for HUP alone. */
struct loop_source *loop_add_fd(struct loop *loop, int fd, unsigned events, loop_fd_fn *fn, void *data);
void loop_fd_want(struct loop_source *source, unsigned events);

/* Fires once at mono_ns (clock_mono_ns() scale); loop_timer_set() arms again, INT64_MAX disarms. The source
 * lives until it is removed. */
struct loop_source *loop_add_timer(struct loop *loop, int64_t mono_ns, loop_timer_fn *fn, void *data);
void loop_timer_set(struct loop_source *source, int64_t mono_ns);

/* Called from the loop, not in signal context; several that come between two turns are one call. One source a
 * signal in the whole process; the former disposition returns on removal. A fork that does not exec keeps the
 * handlers: it must set its own dispositions first. */
struct loop_source *loop_add_signal(struct loop *loop, int signal, loop_signal_fn *fn, void *data);

/* Called at the end of each turn, after all descriptors and timers: painting, flushing. */
struct loop_source *loop_add_hook(struct loop *loop, loop_timer_fn *fn, void *data);

void loop_remove(struct loop_source *source); /* NULL is fine */

/* Asks for one more turn without waiting. */
void loop_again(struct loop *loop);
/* One turn: waits for at most max_wait_ms (-1: as long as it takes). Nothing when called within a turn. */
void loop_turn(struct loop *loop, int max_wait_ms);
/* Turns until loop_stop(); returns its code. A stop before the run ends it at once. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop, int code);

#endif
