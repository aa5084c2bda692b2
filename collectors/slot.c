#include "collectors/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

#define TURN_MAX   (1u << 20) /* bytes written in one turn: the loop has more to do */
#define BUFFER_MAX (256u << 10)
#define GATHER_MAX (32u << 10) /* small samples leave in one write: the reader wakes up once */

struct slot {
    uint64_t target;
    enum shape shape;
    struct buffer frames; /* empty: nothing waits */
    uint64_t lost;        /* not told yet */
    uint64_t order;
};

struct outbox {
    struct loop *loop;
    struct loop_source *watch;
    int fd, own_fd; /* own_fd: our own description of the same pipe, -1 */
    int old_flags;  /* to be put back, -1 */
    uint16_t source;
    const struct outbox_handler *handler;
    void *data;

    struct buffer current; /* being written, from `at` on */
    size_t at;
    struct buffer queue;
    bool overflowed, ended;
    struct slot *slots;
    size_t slot_count, waiting;
    uint64_t order;
};

/* O_NONBLOCK belongs to the open description that we share with others (a shell, a sibling): a pipe is opened
 * anew. */
static void set_nonblocking(struct outbox *o, int fd) {
    struct stat st;
    o->fd = fd;
    o->own_fd = o->old_flags = -1;
    if (fstat(fd, &st) != 0 || S_ISREG(st.st_mode))
        return;
    if (S_ISFIFO(st.st_mode)) {
        char path[40];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        o->own_fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        if (o->own_fd >= 0) {
            o->fd = o->own_fd;
            return;
        }
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && !(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
        o->old_flags = flags;
}

static void on_writable(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)fd;
    struct outbox *o = data;
    if (events & LOOP_HUP && !o->ended) {
        o->ended = true;
        o->handler->broken(o->data, EPIPE);
        return;
    }
    outbox_flush(o);
}

struct outbox *outbox_create(struct loop *loop, int fd, uint16_t source, const struct outbox_handler *handler,
                             void *data) {
    struct outbox *o = memory_new(sizeof *o);
    o->loop = loop;
    o->source = source;
    o->handler = handler;
    o->data = data;
    set_nonblocking(o, fd);
    o->watch = loop_add_fd(loop, o->fd, 0, on_writable, o);
    return o;
}

void outbox_destroy(struct outbox *o) {
    if (o == NULL)
        return;
    loop_remove(o->watch);
    if (o->old_flags >= 0)
        (void)fcntl(o->fd, F_SETFL, o->old_flags);
    if (o->own_fd >= 0)
        close(o->own_fd);
    for (size_t i = 0; i < o->slot_count; i++)
        buffer_finish(&o->slots[i].frames);
    free(o->slots);
    buffer_finish(&o->current);
    buffer_finish(&o->queue);
    free(o);
}

static bool queue_full(struct outbox *o) {
    if (o->queue.len > OUTBOX_QUEUE_MAX) {
        buffer_finish(&o->queue);
        o->overflowed = true;
    }
    return o->overflowed;
}

void outbox_schema(struct outbox *o) {
    if (!queue_full(o))
        stream_write_schema(&o->queue, o->source);
}

void outbox_row(struct outbox *o, enum frame_kind kind, const struct row *row) {
    if (!queue_full(o))
        stream_write_row(&o->queue, o->source, kind, row);
}

static struct slot *slot_of(struct outbox *o, uint64_t target, enum shape shape) {
    for (size_t i = 0; i < o->slot_count; i++)
        if (o->slots[i].target == target && o->slots[i].shape == shape)
            return &o->slots[i];
    o->slots = memory_grow(o->slots, o->slot_count + 1, sizeof *o->slots);
    struct slot *slot = &o->slots[o->slot_count++];
    *slot = (struct slot){.target = target, .shape = shape};
    return slot;
}

static void swap(struct buffer *a, struct buffer *b) {
    struct buffer c = *a;
    *a = *b;
    *b = c;
}

static void reuse(struct buffer *b) {
    if (b->cap > BUFFER_MAX)
        buffer_finish(b);
    b->len = 0;
}

void outbox_sample(struct outbox *o, uint64_t target, enum shape shape, struct buffer *frames) {
    struct slot *slot = slot_of(o, target, shape);
    if (slot->frames.len > 0) {
        slot->lost++;
    } else {
        slot->order = ++o->order;
        o->waiting++;
    }
    swap(&slot->frames, frames);
    reuse(frames);
}

void outbox_forget(struct outbox *o, uint64_t target) {
    size_t kept = 0;
    for (size_t i = 0; i < o->slot_count; i++) {
        struct slot *slot = &o->slots[i];
        if (slot->target != target) {
            o->slots[kept++] = *slot;
            continue;
        }
        if (slot->frames.len > 0)
            o->waiting--;
        buffer_finish(&slot->frames);
    }
    o->slot_count = kept;
}

bool outbox_quiet(const struct outbox *o) {
    return o->queue.len == 0 && !o->overflowed;
}

static struct slot *oldest(struct outbox *o) {
    struct slot *best = NULL;
    for (size_t i = 0; i < o->slot_count && o->waiting > 0; i++)
        if (o->slots[i].frames.len > 0 && (best == NULL || o->slots[i].order < best->order))
            best = &o->slots[i];
    return best;
}

static void tell_gap(struct outbox *o, struct slot *slot) {
    struct row_any any;
    struct row *row = &any.row;
    row_init(row, ENTITY_GAP);
    row_put(row, F_GAP_target)->u = slot->target;
    row_put(row, F_GAP_shape)->u = slot->shape;
    row_put(row, F_GAP_lost)->u = slot->lost;
    row_put(row, F_GAP_utc)->i = clock_utc_ns();
    slot->lost = 0;
    stream_write_row(&o->queue, o->source, FRAME_GAP, row);
}

/* More of what waits, behind the sample in `current`; a loss is told ahead of its sample, so that one ends
 * it.
 */
static void gather(struct outbox *o) {
    for (struct slot *slot; (slot = oldest(o)) != NULL && slot->lost == 0; o->waiting--) {
        if (o->current.len + slot->frames.len > GATHER_MAX)
            return;
        buffer_append(&o->current, slot->frames.data, slot->frames.len);
        slot->frames.len = 0;
    }
}

/* The next thing to write becomes `current`; false when nothing waits. */
static bool next(struct outbox *o) {
    reuse(&o->current);
    o->at = 0;
    if (o->overflowed && o->queue.len == 0) {
        o->overflowed = false;
        o->handler->again(o->data);
    }
    struct slot *slot = o->queue.len == 0 ? oldest(o) : NULL;
    if (slot != NULL && slot->lost > 0)
        tell_gap(o, slot);
    if (o->queue.len > 0) {
        swap(&o->current, &o->queue);
        return true;
    }
    if (slot == NULL)
        return false;
    swap(&o->current, &slot->frames);
    o->waiting--;
    gather(o);
    return true;
}

static void broken(struct outbox *o, int error) {
    o->ended = true;
    loop_fd_want(o->watch, 0);
    o->handler->broken(o->data, error);
}

void outbox_flush(struct outbox *o) {
    size_t written = 0;
    while (!o->ended && written < TURN_MAX && (o->at < o->current.len || next(o))) {
        ssize_t n = write(o->fd, o->current.data + o->at, o->current.len - o->at);
        if (n > 0) {
            o->at += (size_t)n;
            written += (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            break;
        } else if (n < 0 && errno != EINTR) {
            broken(o, errno);
            return;
        }
    }
    bool more = o->at < o->current.len || o->queue.len > 0 || o->waiting > 0 || o->overflowed;
    if (!o->ended)
        loop_fd_want(o->watch, more ? LOOP_OUT : 0);
}
