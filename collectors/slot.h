/* The way out: frames to a descriptor that may be slow, without ever waiting for it.
 *
 * One slot per (target, shape) holds the newest whole sample that was not sent yet; a newer one takes its
 * place and the loss is told by a gap frame ahead of it. Frames that are no samples go through a bounded
 * queue of their own, ahead of all samples; when that runs over it is emptied, and the owner says everything
 * that still holds again. What was begun is always finished: frames are never cut by us. Owned by `collect
 * http`. */
#ifndef COLLECTORS_SLOT_H
#define COLLECTORS_SLOT_H

#include "base/loop.h"
#include "sample/stream.h"

#define OUTBOX_QUEUE_MAX (512u << 10)

struct outbox_handler {
    /* Frames were lost: say schema and targets again. Called when there is room again. */
    void (*again)(void *data);
    /* Nobody reads any more (EPIPE), or the disk is full: errno. Called once. */
    void (*broken)(void *data, int error);
};

struct outbox;
/* Makes fd non-blocking for us alone where the system can do that, and watches it in the loop. */
struct outbox *outbox_create(struct loop *loop, int fd, uint16_t source, const struct outbox_handler *handler,
                             void *data);
/* Drops what was not sent. */
void outbox_destroy(struct outbox *outbox);

void outbox_schema(struct outbox *outbox);
void outbox_row(struct outbox *outbox, enum frame_kind kind, const struct row *row);
/* Takes the content of `frames` (a whole sample) and leaves an empty buffer. */
void outbox_sample(struct outbox *outbox, uint64_t target, enum shape shape, struct buffer *frames);

/* Drops what waits of a target that is no more. */
void outbox_forget(struct outbox *outbox, uint64_t target);

/* Nothing that is no sample waits: the moment for what may wait itself. */
bool outbox_quiet(const struct outbox *outbox);
/* Writes what the descriptor takes now. */
void outbox_flush(struct outbox *outbox);

#endif
