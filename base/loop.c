#include "base/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

enum kind { KIND_FD, KIND_TIMER, KIND_SIGNAL, KIND_HOOK };

struct loop_source {
    struct loop *loop;
    enum kind kind;
    bool removed;
    void *data;
    union {
        struct {
            loop_fd_fn *fn;
            int fd;
            unsigned events;
        } io;
        struct {
            loop_timer_fn *fn;
            int64_t at;
            uint64_t set_in_turn; /* a timer set in a turn fires in the next one at the earliest */
        } timer;
        struct {
            loop_signal_fn *fn;
            int number;
            struct sigaction former;
        } signal;
        loop_timer_fn *hook;
    } as;
};

struct loop {
    struct loop_source **sources; /* in the order they were added; removed ones leave after the turn */
    size_t count, cap;
    size_t removed;
    struct pollfd *polled; /* this turn's; [0] is the signal pipe */
    struct loop_source **polled_source;
    size_t polled_cap;
    int signal_pipe[2]; /* -1 until a signal is wanted */
    uint64_t turn;
    bool in_turn, again, stopped;
    int code;
};

/* Signal handlers have no argument of ours: what came, and the pipe that wakes the loop that wants it. */
static volatile sig_atomic_t signal_pending[NSIG];
static volatile sig_atomic_t signal_wakes[NSIG];

static void on_signal(int number) {
    int saved = errno;
    signal_pending[number] = 1;
    ssize_t written = write(signal_wakes[number], "", 1);
    (void)written; /* a full pipe wakes as well */
    errno = saved;
}

struct loop *loop_create(void) {
    struct loop *loop = memory_new(sizeof *loop);
    loop->signal_pipe[0] = loop->signal_pipe[1] = -1;
    return loop;
}

static void detach(struct loop_source *source) {
    if (source->kind != KIND_SIGNAL)
        return;
    sigaction(source->as.signal.number, &source->as.signal.former, NULL);
    signal_pending[source->as.signal.number] = 0;
}

static void free_removed(struct loop *loop) {
    size_t kept = 0;
    if (!loop->removed)
        return;
    for (size_t i = 0; i < loop->count; i++) {
        if (loop->sources[i]->removed)
            free(loop->sources[i]);
        else
            loop->sources[kept++] = loop->sources[i];
    }
    loop->count = kept;
    loop->removed = 0;
}

void loop_destroy(struct loop *loop) {
    if (!loop)
        return;
    for (size_t i = 0; i < loop->count; i++) {
        if (!loop->sources[i]->removed)
            detach(loop->sources[i]);
        free(loop->sources[i]);
    }
    for (int i = 0; i < 2; i++)
        if (loop->signal_pipe[i] >= 0)
            close(loop->signal_pipe[i]);
    free(loop->sources);
    free(loop->polled);
    free(loop->polled_source);
    free(loop);
}

static struct loop_source *add(struct loop *loop, enum kind kind, void *data) {
    struct loop_source *source = memory_new(sizeof *source);
    *source = (struct loop_source){.loop = loop, .kind = kind, .data = data};
    if (loop->count == loop->cap) {
        loop->cap = loop->cap ? loop->cap * 2 : 16;
        loop->sources = memory_grow(loop->sources, loop->cap, sizeof *loop->sources);
    }
    return loop->sources[loop->count++] = source;
}

void loop_remove(struct loop_source *source) {
    if (!source || source->removed)
        return;
    struct loop *loop = source->loop;
    source->removed = true;
    loop->removed++;
    detach(source);
    if (!loop->in_turn)
        free_removed(loop);
}

struct loop_source *loop_add_fd(struct loop *loop, int fd, unsigned events, loop_fd_fn *fn, void *data) {
    struct loop_source *source = add(loop, KIND_FD, data);
    source->as.io.fn = fn;
    source->as.io.fd = fd;
    source->as.io.events = events;
    return source;
}

void loop_fd_want(struct loop_source *source, unsigned events) {
    source->as.io.events = events;
}

struct loop_source *loop_add_timer(struct loop *loop, int64_t mono_ns, loop_timer_fn *fn, void *data) {
    struct loop_source *source = add(loop, KIND_TIMER, data);
    source->as.timer.fn = fn;
    loop_timer_set(source, mono_ns);
    return source;
}

void loop_timer_set(struct loop_source *source, int64_t mono_ns) {
    source->as.timer.at = mono_ns;
    source->as.timer.set_in_turn = source->loop->turn;
}

static void open_signal_pipe(struct loop *loop) {
    if (loop->signal_pipe[0] < 0 && pipe2(loop->signal_pipe, O_NONBLOCK | O_CLOEXEC) != 0)
        loop->signal_pipe[0] = loop->signal_pipe[1] = -1;
}

struct loop_source *loop_add_signal(struct loop *loop, int number, loop_signal_fn *fn, void *data) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct loop_source *source = add(loop, KIND_SIGNAL, data);
    source->as.signal.fn = fn;
    source->as.signal.number = number;
    open_signal_pipe(loop);
    sigemptyset(&action.sa_mask);
    signal_pending[number] = 0;
    signal_wakes[number] = loop->signal_pipe[1];
    sigaction(number, &action, &source->as.signal.former);
    return source;
}

struct loop_source *loop_add_hook(struct loop *loop, loop_timer_fn *fn, void *data) {
    struct loop_source *source = add(loop, KIND_HOOK, data);
    source->as.hook = fn;
    return source;
}

void loop_again(struct loop *loop) {
    loop->again = true;
}

static bool is_due(const struct loop_source *source, int64_t now, uint64_t turn) {
    return source->kind == KIND_TIMER && !source->removed && source->as.timer.at <= now &&
           source->as.timer.at != INT64_MAX && source->as.timer.set_in_turn != turn;
}

static int wait_ms(const struct loop *loop, int max_wait_ms) {
    int64_t next = INT64_MAX;
    if (loop->again || loop->stopped)
        return 0;
    for (size_t i = 0; i < loop->count; i++) {
        const struct loop_source *source = loop->sources[i];
        if (source->kind == KIND_TIMER && source->as.timer.at < next)
            next = source->as.timer.at;
    }
    if (next == INT64_MAX)
        return max_wait_ms;
    int64_t now = clock_mono_ns();
    if (next <= now)
        return 0;
    int64_t span = next < 0 ? 0 : next - now;
    int64_t ms = span / NS_PER_MS + (span % NS_PER_MS != 0);
    if (ms > INT_MAX)
        ms = INT_MAX;
    return max_wait_ms >= 0 && max_wait_ms < ms ? max_wait_ms : (int)ms;
}

static short poll_mask(unsigned events) {
    return (short)((events & LOOP_IN ? POLLIN : 0) | (events & LOOP_OUT ? POLLOUT : 0));
}

static unsigned events_of(short mask) {
    return (mask & POLLIN ? LOOP_IN : 0u) | (mask & POLLOUT ? LOOP_OUT : 0u) |
           (mask & (POLLHUP | POLLERR | POLLNVAL) ? LOOP_HUP : 0u);
}

static size_t gather(struct loop *loop) {
    size_t n = 1;
    if (loop->polled_cap < loop->count + 1) {
        loop->polled_cap = loop->count + 16;
        loop->polled = memory_grow(loop->polled, loop->polled_cap, sizeof *loop->polled);
        loop->polled_source = memory_grow(loop->polled_source, loop->polled_cap, sizeof *loop->polled_source);
    }
    loop->polled[0] = (struct pollfd){.fd = loop->signal_pipe[0], .events = POLLIN};
    for (size_t i = 0; i < loop->count; i++) {
        struct loop_source *source = loop->sources[i];
        if (source->kind != KIND_FD)
            continue;
        loop->polled[n] = (struct pollfd){.fd = source->as.io.fd, .events = poll_mask(source->as.io.events)};
        loop->polled_source[n++] = source;
    }
    return n;
}

static void run_signals(struct loop *loop) {
    char drained[256];
    while (read(loop->signal_pipe[0], drained, sizeof drained) == sizeof drained)
        ;
    for (size_t i = 0, count = loop->count; i < count; i++) {
        struct loop_source *source = loop->sources[i];
        if (source->kind != KIND_SIGNAL || source->removed || !signal_pending[source->as.signal.number])
            continue;
        signal_pending[source->as.signal.number] = 0;
        source->as.signal.fn(loop, source->as.signal.number, source->data);
    }
}

static void run_descriptors(struct loop *loop, size_t polled) {
    for (size_t i = 1; i < polled; i++) {
        struct loop_source *source = loop->polled_source[i];
        unsigned events = events_of(loop->polled[i].revents);
        if (source->removed)
            continue;
        events &= source->as.io.events | LOOP_HUP;
        if (events)
            source->as.io.fn(loop, source->as.io.fd, events, source->data);
    }
}

/* Earliest first. A timer is marked as set in this turn before it fires, so that one that sets itself to the
 * past waits for the next turn and the turn ends. */
static void run_timers(struct loop *loop) {
    int64_t now = clock_mono_ns();
    for (;;) {
        struct loop_source *first = NULL;
        for (size_t i = 0; i < loop->count; i++) {
            struct loop_source *source = loop->sources[i];
            if (is_due(source, now, loop->turn) && (!first || source->as.timer.at < first->as.timer.at))
                first = source;
        }
        if (!first)
            return;
        loop_timer_set(first, INT64_MAX);
        first->as.timer.fn(loop, first->data);
    }
}

static void run_hooks(struct loop *loop) {
    for (size_t i = 0, count = loop->count; i < count; i++) {
        struct loop_source *source = loop->sources[i];
        if (source->kind == KIND_HOOK && !source->removed)
            source->as.hook(loop, source->data);
    }
}

void loop_turn(struct loop *loop, int max_wait_ms) {
    if (loop->in_turn)
        return;
    loop->in_turn = true;
    int wait = wait_ms(loop, max_wait_ms);
    size_t polled = gather(loop);
    loop->again = false;
    loop->turn++;
    int ready = poll(loop->polled, polled, wait);
    if (ready > 0 && loop->polled[0].revents)
        run_signals(loop);
    if (ready > 0)
        run_descriptors(loop, polled);
    run_timers(loop);
    run_hooks(loop);
    loop->in_turn = false;
    free_removed(loop);
}

int loop_run(struct loop *loop) {
    while (!loop->stopped)
        loop_turn(loop, -1);
    loop->stopped = false;
    return loop->code;
}

void loop_stop(struct loop *loop, int code) {
    loop->stopped = true;
    loop->code = code;
}
