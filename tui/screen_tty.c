#include "tui/screen_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    POLL_MS = 50,
    CLOSE_POLLS = 10,
    EMERGENCY_POLLS = 4,
    EMERGENCY_WAITS = 40,
    FOREGROUND_TRIES = 100,
    INTERRUPT = 3
};

/* All that a signal handler needs, complete before `active` is set. */
static struct {
    volatile sig_atomic_t active;
    pid_t owner; /* a forked child's crash is not the terminal's business */
    int in_fd, out_fd, old_flags;
    volatile sig_atomic_t answers; /* that may still come */
    struct termios saved;
    char bytes[512];
    size_t len;
} emergency;

/* A process in the background may change the modes, too: it is leaving. */
static void set_modes(int fd, const struct termios *modes) {
    sigset_t block, before;
    sigemptyset(&block);
    sigaddset(&block, SIGTTOU);
    sigprocmask(SIG_BLOCK, &block, &before);
    while (tcsetattr(fd, TCSANOW, modes) < 0 && errno == EINTR)
        ;
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static bool open_output(struct screen_tty *tty, int out_fd) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", out_fd);
    tty->old_flags = -1;
    tty->out_fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    tty->own_out = tty->out_fd >= 0;
    if (tty->own_out)
        return true;
    tty->out_fd = out_fd;
    tty->old_flags = fcntl(out_fd, F_GETFL);
    return tty->old_flags >= 0 && fcntl(out_fd, F_SETFL, tty->old_flags | O_NONBLOCK) == 0;
}

bool tty_open(struct screen_tty *tty, int in_fd, int out_fd, char *message, size_t size) {
    *tty = (struct screen_tty){.in_fd = in_fd, .out_fd = -1, .old_flags = -1};
    if (tcgetattr(in_fd, &tty->saved) < 0) {
        snprintf(message, size, "the input is no terminal");
        return false;
    }
    if (!isatty(out_fd)) {
        snprintf(message, size, "the output is no terminal");
        return false;
    }
    if (!open_output(tty, out_fd)) {
        snprintf(message, size, "the terminal can't be written to: %s", strerror(errno));
        return false;
    }
    return true;
}

void tty_close(struct screen_tty *tty) {
    if (tty->own_out)
        close(tty->out_fd);
    else if (tty->old_flags >= 0)
        fcntl(tty->out_fd, F_SETFL, tty->old_flags);
    buffer_finish(&tty->out);
    buffer_finish(&tty->enter);
    buffer_finish(&tty->leave);
}

static void arm_emergency(const struct screen_tty *tty) {
    emergency.active = 0;
    emergency.owner = getpid();
    emergency.in_fd = tty->in_fd;
    emergency.out_fd = tty->out_fd;
    emergency.old_flags = tty->old_flags;
    emergency.saved = tty->saved;
    emergency.len = tty->leave.len < sizeof emergency.bytes ? tty->leave.len : 0;
    memcpy(emergency.bytes, tty->leave.data, emergency.len);
    emergency.active = 1;
}

void tty_rearm(struct screen_tty *tty) {
    if (tty->raw)
        arm_emergency(tty);
}

/* Started or continued in the background: stopped until the shell puts us in front, whose modes would be
 * taken for those to restore otherwise. Where nobody stops us (an orphaned group), so be it. */
static void wait_for_foreground(int fd) {
    for (int tries = 0; tries < FOREGROUND_TRIES; tries++) {
        pid_t front = tcgetpgrp(fd);
        if (front < 0 || front == getpgrp())
            return;
        raise(SIGTTIN);
    }
}

bool tty_is_ours(const struct screen_tty *tty) {
    struct termios now;
    return tcgetattr(tty->in_fd, &now) < 0 || !(now.c_lflag & ICANON);
}

void tty_take(struct screen_tty *tty) {
    if (tty->raw)
        return;
    wait_for_foreground(tty->in_fd);
    if (tcgetattr(tty->in_fd, &tty->saved) < 0)
        return;
    arm_emergency(tty);
    struct termios raw = tty->saved;
    cfmakeraw(&raw);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    set_modes(tty->in_fd, &raw);
    tty->raw = true;
    buffer_append(&tty->out, tty->enter.data, tty->enter.len);
    tty_flush(tty);
}

bool tty_waiting(const struct screen_tty *tty) {
    return tty->sent < tty->out.len;
}

static void forget_output(struct screen_tty *tty) {
    tty->out.len = tty->sent = 0;
}

int tty_flush(struct screen_tty *tty) {
    if (tty->gone) {
        forget_output(tty);
        return -1;
    }
    if (!tty_waiting(tty))
        return 1;
    ssize_t n;
    do
        n = write(tty->out_fd, tty->out.data + tty->sent, tty->out.len - tty->sent);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN) {
        tty->gone = true;
        forget_output(tty);
        return -1;
    }
    if (n > 0) {
        tty->sent += (size_t)n;
    }
    if (tty_waiting(tty))
        return 0;
    forget_output(tty);
    return 1;
}

/* Counts waits, not time: a terminal that takes nothing holds us up for half a second at most. */
static void flush_patiently(struct screen_tty *tty) {
    for (int polls = 0; polls < CLOSE_POLLS && tty_flush(tty) == 0; polls++) {
        struct pollfd wait = {.fd = tty->out_fd, .events = POLLOUT};
        poll(&wait, 1, POLL_MS);
    }
}

/* How many of ESC [ 0 n and ESC [ 3 n end in these bytes; *at: how much of one has come. */
static int count_answers(const char *bytes, ssize_t len, int *at) {
    int count = 0;
    for (ssize_t i = 0; i < len; i++) {
        char c = bytes[i];
        bool fits = *at == 1 ? c == '[' : *at == 2 ? c == '0' || c == '3' : *at == 3 && c == 'n';
        count += *at == 3 && fits;
        *at = fits ? (*at + 1) % 4 : c == '\033';
    }
    return count;
}

/* What was typed meanwhile goes with them, but Ctrl-C: somebody is tired of waiting. What comes still later
 * can't be helped. */
static void drain_answers(struct screen_tty *tty, int answers, int64_t patience_ns) {
    int64_t until = clock_mono_ns() + patience_ns, left;
    int at = 0;
    while (answers > 0 && !tty->gone && (left = until - clock_mono_ns()) > 0) {
        char bytes[256];
        struct pollfd wait = {.fd = tty->in_fd, .events = POLLIN};
        if (poll(&wait, 1, (int)(left / NS_PER_MS) + 1) != 1)
            continue;
        ssize_t n = read(tty->in_fd, bytes, sizeof bytes);
        if (n <= 0)
            break;
        answers -= count_answers(bytes, n, &at);
        if (memchr(bytes, INTERRUPT, (size_t)n))
            break;
    }
    if (answers > 0)
        tcflush(tty->in_fd, TCIFLUSH);
}

void tty_give_back(struct screen_tty *tty, const struct buffer *text, int answers, int64_t patience_ns) {
    if (!tty->raw)
        return;
    flush_patiently(tty);
    forget_output(tty);
    buffer_append(&tty->out, tty->leave.data, tty->leave.len);
    if (text)
        buffer_append(&tty->out, text->data, text->len);
    flush_patiently(tty);
    forget_output(tty);
    drain_answers(tty, answers, patience_ns);
    emergency.active = 0;
    set_modes(tty->in_fd, &tty->saved);
    tty->raw = false;
}

void tty_expect(struct screen_tty *tty, int answers) {
    if (tty->raw)
        emergency.answers = answers;
}

/* Two seconds at most: who comes back to a crash wants the shell. */
static void drain_in_emergency(void) {
    char bytes[64];
    int at = 0, answers = emergency.answers;
    for (int waits = 0; answers > 0 && waits < EMERGENCY_WAITS; waits++) {
        struct pollfd wait = {.fd = emergency.in_fd, .events = POLLIN};
        if (poll(&wait, 1, POLL_MS) != 1)
            continue;
        ssize_t n = read(emergency.in_fd, bytes, sizeof bytes);
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n; i++)
            if (bytes[i] == INTERRUPT)
                return;
        answers -= count_answers(bytes, n, &at);
    }
}

void tty_emergency(void) {
    if (!emergency.active || emergency.owner != getpid())
        return;
    emergency.active = 0;
    int saved_errno = errno;
    size_t sent = 0;
    for (int polls = 0; sent < emergency.len && polls < EMERGENCY_POLLS; polls++) {
        ssize_t n = write(emergency.out_fd, emergency.bytes + sent, emergency.len - sent);
        if (n > 0) {
            sent += (size_t)n;
            continue;
        }
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            break;
        struct pollfd wait = {.fd = emergency.out_fd, .events = POLLOUT};
        poll(&wait, 1, POLL_MS);
    }
    drain_in_emergency();
    tcflush(emergency.in_fd, TCIFLUSH);
    set_modes(emergency.in_fd, &emergency.saved);
    if (emergency.old_flags >= 0)
        fcntl(emergency.out_fd, F_SETFL, emergency.old_flags);
    errno = saved_errno;
}
