#include "outward/alert_log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "outward/append.h"
#include "outward/spawn.h"

enum { WAITING_MAX = 256 << 10, CLOSE_MS = 500, POLL_MS = 20, SAID_BYTES = 400, ENDING_MOST = 4 };
#define AGAIN_NS (2 * NS_PER_S) /* between two tries to start the child */

struct alert_log {
    struct loop *loop;
    const char *self;
    alert_log_say_fn *say;
    void *data;
    char *path;                /* NULL: no log */
    pid_t pid;                 /* 0: no child */
    pid_t ending[ENDING_MOST]; /* let go, and not buried yet; 0: none */
    int in, out;
    struct loop_source *input, *output, *again;
    struct buffer waiting;
    size_t lost;
    char said[SAID_BYTES + 1]; /* by the child: a part of a line */
    size_t said_len;
    bool wrong; /* that was told */
};

static void start(struct alert_log *log);

static void tell(struct alert_log *log, const char *fault) {
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, fault, strlen(fault));
    if (fault[0] == '\0' && !log->wrong)
        return;
    log->wrong = fault[0] != '\0';
    log->say(log->data, log->wrong, log->path, log->wrong ? clean : "is written again");
}

/* ---- the child ---- */

static void bury(struct alert_log *log) {
    for (int i = 0; i < ENDING_MOST; i++)
        if (log->ending[i] != 0 && waitpid(log->ending[i], NULL, WNOHANG) != 0)
            log->ending[i] = 0;
}

/* It ends by itself, at the end of its input, once it has written. */
static void let_go(struct alert_log *log) {
    if (log->pid == 0)
        return;
    loop_remove(log->input);
    loop_remove(log->output);
    close(log->in);
    close(log->out);
    bury(log);
    for (int i = 0; i < ENDING_MOST && log->pid != 0; i++)
        if (log->ending[i] == 0) {
            log->ending[i] = log->pid;
            log->pid = 0;
        }
    log->input = log->output = NULL;
    log->pid = 0;
    log->said_len = 0;
}

static void on_again(struct loop *loop, void *data) {
    (void)loop;
    struct alert_log *log = data;
    if (log->path != NULL && log->pid == 0)
        start(log);
}

static void lose_child(struct alert_log *log) {
    let_go(log);
    tell(log, "whoever writes it has died");
    loop_timer_set(log->again, clock_mono_ns() + AGAIN_NS);
}

static void hear(struct alert_log *log, const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != '\n') {
            if (log->said_len < SAID_BYTES)
                log->said[log->said_len++] = bytes[i];
            continue;
        }
        log->said[log->said_len] = '\0';
        log->said_len = 0;
        tell(log, log->said);
    }
}

static void on_output(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)events;
    char bytes[512];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n > 0)
        hear(data, bytes, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        lose_child(data);
}

/* ---- lines ---- */

static void add_text(struct alert_log *log, const char *text) {
    if (log->waiting.len + strlen(text) > WAITING_MAX)
        log->lost++;
    else
        buffer_append_text(&log->waiting, text);
}

static void tell_lost(struct alert_log *log) {
    if (log->lost == 0 || log->waiting.len > WAITING_MAX / 2)
        return;
    char *line = append_lost_line(log->lost, "they came faster than they could be written", clock_utc_ns());
    log->lost = 0;
    add_text(log, line);
    free(line);
}

static void send_waiting(struct alert_log *log) {
    while (log->pid != 0 && log->waiting.len > 0) {
        ssize_t n = write(log->in, log->waiting.data, log->waiting.len);
        if (n > 0)
            buffer_consume(&log->waiting, (size_t)n);
        else if (errno != EINTR)
            break;
        tell_lost(log);
    }
    if (log->input != NULL)
        loop_fd_want(log->input, log->waiting.len > 0 ? LOOP_OUT : 0);
}

/* That it is gone is said by its output. */
static void on_input(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)fd;
    struct alert_log *log = data;
    if (events & LOOP_HUP)
        loop_fd_want(log->input, 0);
    else
        send_waiting(log);
}

void alert_log_add(struct alert_log *log, json_t *document) {
    char *text = log->path != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    if (text == NULL)
        return;
    bury(log);
    char *line = memory_format("%s\n", text);
    add_text(log, line);
    free(line);
    free(text);
    send_waiting(log);
}

/* ---- life ---- */

static pid_t spawn_child(struct alert_log *log, int in, int out) {
    static const char *const nothing[] = {NULL};
    const char *const words[] = {log->self, "append", log->path, NULL};
    return spawn(&(struct spawn){.words = words, .environment = nothing, .in = in, .out = out, .err = out});
}

static void watch(struct alert_log *log, pid_t pid, int in, int out) {
    log->pid = pid;
    log->in = in;
    log->out = out;
    fcntl(in, F_SETFL, O_NONBLOCK);
    fcntl(out, F_SETFL, O_NONBLOCK);
    log->input = loop_add_fd(log->loop, in, 0, on_input, log);
    log->output = loop_add_fd(log->loop, out, LOOP_IN, on_output, log);
    send_waiting(log);
}

static void start(struct alert_log *log) {
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    pid_t pid =
        pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 ? spawn_child(log, in[0], out[1]) : -1;
    int error = errno;
    int ends[] = {in[0], out[1], pid < 0 ? in[1] : -1, pid < 0 ? out[0] : -1};
    for (int i = 0; i < 4; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    if (pid > 0) {
        watch(log, pid, in[1], out[0]);
        return;
    }
    tell(log, strerror(error));
    loop_timer_set(log->again, clock_mono_ns() + AGAIN_NS);
}

struct alert_log *alert_log_create(struct loop *loop, const char *self, alert_log_say_fn *say, void *data) {
    struct alert_log *log = memory_new(sizeof *log);
    log->loop = loop;
    log->self = self;
    log->say = say;
    log->data = data;
    log->again = loop_add_timer(loop, INT64_MAX, on_again, log);
    return log;
}

void alert_log_use(struct alert_log *log, const char *path) {
    if (path != NULL && path[0] == '\0')
        path = NULL;
    if (path == log->path || (path != NULL && log->path != NULL && strcmp(path, log->path) == 0))
        return;
    send_waiting(log);
    let_go(log);
    free(log->path);
    log->path = path != NULL ? memory_text(path) : NULL;
    log->waiting.len = log->lost = 0;
    log->wrong = false;
    if (path != NULL)
        start(log);
}

bool alert_log_is_used(const struct alert_log *log) {
    return log->path != NULL;
}

static bool any_ends(struct alert_log *log) {
    bury(log);
    for (int i = 0; i < ENDING_MOST; i++)
        if (log->ending[i] != 0)
            return true;
    return false;
}

void alert_log_destroy(struct alert_log *log) {
    if (log == NULL)
        return;
    for (int waited = 0; waited < CLOSE_MS && log->pid != 0 && log->waiting.len > 0; waited += POLL_MS) {
        struct pollfd wait = {.fd = log->in, .events = POLLOUT};
        poll(&wait, 1, POLL_MS);
        send_waiting(log);
    }
    let_go(log);
    for (int waited = 0; waited < CLOSE_MS && any_ends(log); waited += POLL_MS)
        poll(NULL, 0, POLL_MS);
    loop_remove(log->again);
    buffer_finish(&log->waiting);
    free(log->path);
    free(log);
}
