#include "outward/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/write_all.h"
#include "outward/spawn.h"

enum {
    LOOK_MS = 50,
    READ_BYTES = 16 << 10,
    HEARD_BYTES = 64 << 10,   /* beyond that nothing is looked at */
    DROPPED_A_LOOK = 1 << 20, /* 20 MB a second: who prints more than that waits */
    LINE_BYTES = 240,
};
#define GRACE_NS NS_PER_S

struct program {
    struct loop *loop;
    program_end_fn *fn;
    void *data;
    pid_t pid;
    int out, nowhere;
    struct loop_source *output, *look;
    int64_t limit_ns, until_ns;
    int64_t kill_ns, killed_ns; /* 0: it was not asked to end; it was not killed */
    bool reaped, late;
    int status;
    size_t printed;
    char line[LINE_BYTES + 1], last[LINE_BYTES + 1]; /* being heard; the last that says something */
    size_t len;
};

/* ---- what it prints ---- */

static void end_line(struct program *p) {
    p->line[p->len] = '\0';
    if (p->len > 0)
        memcpy(p->last, p->line, p->len + 1);
    p->len = 0;
}

static void hear(struct program *p, const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (bytes[i] == '\n' || bytes[i] == '\r')
            end_line(p);
        else if (p->len < LINE_BYTES)
            p->line[p->len++] = bytes[i];
}

/* From pipe to nowhere without being copied. */
static ssize_t drop(struct program *p) {
    ssize_t n = p->nowhere >= 0 ? splice(p->out, NULL, p->nowhere, NULL, DROPPED_A_LOOK,
                                         SPLICE_F_NONBLOCK | SPLICE_F_MOVE)
                                : -1;
    static char bytes[READ_BYTES];
    return n < 0 && errno != EAGAIN ? read(p->out, bytes, sizeof bytes) : n;
}

static ssize_t listen_once(struct program *p) {
    static char bytes[READ_BYTES];
    if (p->printed >= HEARD_BYTES)
        return drop(p);
    ssize_t n = read(p->out, bytes, sizeof bytes);
    if (n > 0) {
        p->printed += (size_t)n;
        hear(p, bytes, (size_t)n);
    }
    return n;
}

static void stop_listening(struct program *p) {
    loop_remove(p->output);
    p->output = NULL;
    close(p->out);
    p->out = -1;
    end_line(p);
}

static void on_output(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)fd, (void)events;
    struct program *p = data;
    ssize_t n = listen_once(p);
    if (p->printed >= HEARD_BYTES)
        loop_fd_want(p->output, 0); /* from now on at each look */
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    stop_listening(p);
    loop_timer_set(p->look, clock_mono_ns()); /* most likely it has ended */
}

/* What stands in the pipe when it has ended. */
static void hear_out(struct program *p) {
    while (p->out >= 0 && p->printed < HEARD_BYTES && listen_once(p) > 0)
        continue;
    if (p->out >= 0)
        stop_listening(p);
}

/* ---- its end ---- */

/* It may not have a group of its own yet. A stopped one hears nothing. */
static void signal_group(const struct program *p, int number) {
    if (kill(-p->pid, number) < 0 && !p->reaped)
        kill(p->pid, number);
    kill(-p->pid, SIGCONT);
}

static void ask_to_end(struct program *p, int64_t now) {
    p->late = true;
    p->kill_ns = now + GRACE_NS;
    signal_group(p, SIGTERM);
}

static void kill_group(struct program *p) {
    p->killed_ns = clock_mono_ns();
    signal_group(p, SIGKILL);
}

/* Somebody is in its group. Zombies that nobody buries are, too: they were killed, that is all there is. */
static bool has_others(const struct program *p) {
    while (waitpid(-p->pid, NULL, WNOHANG) > 0) /* where we are who orphans come to */
        continue;
    return kill(-p->pid, 0) == 0 && (p->killed_ns == 0 || clock_mono_ns() - p->killed_ns < GRACE_NS);
}

/* Until it is reaped its number is nobody else's, and afterwards not as long as its group has anybody. */
static bool has_ended(struct program *p) {
    if (!p->reaped && waitpid(p->pid, &p->status, WNOHANG) == p->pid) {
        p->reaped = true;
        if (p->status != 0)
            kill_group(p);
    }
    return p->reaped && !has_others(p);
}

static void say_limit(const struct program *p, char *out, size_t size) {
    char span[TIME_TEXT_SIZE];
    span_format(span, p->limit_ns);
    snprintf(out, size,
             p->reaped && p->status == 0 ? "left something running, which was ended after %s"
                                         : "did not end within %s and was ended",
             span);
}

static const char *fault_of(struct program *p, char *out, size_t size) {
    char last[TEXT_MAX_BYTES + 1], what[120];
    if (p->last[0] == SPAWN_FAILED) {
        text_clean(last, p->last + 1, strlen(p->last + 1));
        snprintf(out, size, "can't be run: %s", last);
        return out;
    }
    if (p->late)
        say_limit(p, what, sizeof what);
    else if (WIFSIGNALED(p->status))
        snprintf(what, sizeof what, "died of signal %d (%s)", WTERMSIG(p->status),
                 strsignal(WTERMSIG(p->status)));
    else if (WEXITSTATUS(p->status) != 0)
        snprintf(what, sizeof what, "ended with code %d", WEXITSTATUS(p->status));
    else
        return NULL;
    text_clean(last, p->last, strlen(p->last));
    snprintf(out, size, "%s%s%s", what, last[0] != '\0' ? ": " : "", last);
    return out;
}

static void forget(struct program *p) {
    if (p->out >= 0)
        stop_listening(p);
    if (p->nowhere >= 0)
        close(p->nowhere);
    loop_remove(p->look);
    free(p);
}

static void on_look(struct loop *loop, void *data) {
    (void)loop;
    struct program *p = data;
    char text[PROGRAM_FAULT_SIZE];
    int64_t now = clock_mono_ns();
    if (has_ended(p)) {
        hear_out(p);
        p->fn(p->data, fault_of(p, text, sizeof text));
        forget(p);
        return;
    }
    if (p->out >= 0 && p->printed >= HEARD_BYTES)
        drop(p);
    if (p->kill_ns == 0 && now >= p->until_ns)
        ask_to_end(p, now);
    else if (p->kill_ns != 0 && now >= p->kill_ns && p->killed_ns == 0)
        kill_group(p);
    loop_timer_set(p->look, now + LOOK_MS * NS_PER_MS);
}

/* ---- its beginning ---- */

/* A file in memory: nobody has to write to it while the program reads, or does not. */
static int input_of(const char *text) {
    int fd = memfd_create("natsight", MFD_CLOEXEC);
    if (fd >= 0 && write_all(fd, text, strlen(text)) && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

/* Behind all that is done here: it is for when we are no more. */
static unsigned alarm_of(int64_t limit_ns) {
    return (unsigned)((limit_ns + GRACE_NS + NS_PER_S) / NS_PER_S) + 1;
}

static struct program *watch(struct loop *loop, pid_t pid, int out, int64_t limit_ns) {
    int64_t now = clock_mono_ns();
    struct program *p = memory_new(sizeof *p);
    *p = (struct program){
        .loop = loop, .pid = pid, .out = out, .limit_ns = limit_ns, .until_ns = now + limit_ns};
    (void)fcntl(out, F_SETPIPE_SZ, DROPPED_A_LOOK);
    p->nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    fcntl(out, F_SETFL, O_NONBLOCK);
    p->output = loop_add_fd(loop, out, LOOP_IN, on_output, p);
    p->look = loop_add_timer(loop, now + LOOK_MS * NS_PER_MS, on_look, p);
    return p;
}

struct program *program_start(struct loop *loop, const struct program_start *start, program_end_fn *fn,
                              void *data) {
    int out[2], in = input_of(start->input), error;
    if (in < 0)
        return NULL;
    if (pipe2(out, O_CLOEXEC) < 0) {
        error = errno;
        close(in);
        errno = error;
        return NULL;
    }
    pid_t pid = spawn(&(struct spawn){.words = start->words,
                                      .environment = start->environment,
                                      .in = in,
                                      .out = out[1],
                                      .err = out[1],
                                      .alarm_s = alarm_of(start->limit_ns)});
    error = errno;
    close(in);
    close(out[1]);
    if (pid < 0) {
        close(out[0]);
        errno = error;
        return NULL;
    }
    struct program *p = watch(loop, pid, out[0], start->limit_ns);
    p->fn = fn;
    p->data = data;
    return p;
}

bool program_wait(struct program *p, int ms) {
    int64_t until = clock_mono_ns() + ms * NS_PER_MS;
    while (!has_ended(p) && clock_mono_ns() < until) {
        struct pollfd wait = {.fd = p->out, .events = POLLIN};
        poll(&wait, 1, 10);
        while (p->out >= 0 && listen_once(p) > 0 && clock_mono_ns() < until)
            continue;
    }
    return has_ended(p);
}

void program_destroy(struct program *p) {
    if (p == NULL)
        return;
    if (!has_ended(p))
        kill_group(p);
    if (!p->reaped)
        waitpid(p->pid, NULL, WNOHANG);
    forget(p);
}
