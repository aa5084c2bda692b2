#include "outward/append.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "views/alert_json.h"

enum { READ_BYTES = 64 << 10, LINE_MOST = 256 << 10, STUCK_MS = 1000 };

struct appender {
    const char *path;
    int fd; /* -1: none */
    dev_t device;
    ino_t inode;
    bool torn; /* the file ends in a part of a line */
    size_t lost;
    char fault[200]; /* told; "" it works */
};

char *append_lost_line(size_t lost, const char *why, int64_t utc_ns) {
    char line[300];
    snprintf(line, sizeof line, "%zu lines are missing here: %s", lost, why);
    json_t *json = alert_note_json("lost", utc_ns, line);
    json_object_set_new(json, "lost", json_integer((json_int_t)lost));
    char *text = json_dumps(json, JSON_COMPACT), *whole = memory_format("%s\n", text != NULL ? text : "{}");
    json_decref(json);
    free(text);
    return whole;
}

static void tell(struct appender *a, const char *fault) {
    if (strcmp(fault, a->fault) == 0)
        return;
    snprintf(a->fault, sizeof a->fault, "%s", fault);
    dprintf(STDOUT_FILENO, "%s\n", a->fault);
}

static void close_file(struct appender *a) {
    if (a->fd >= 0)
        close(a->fd);
    a->fd = -1;
}

/* Whoever wrote it last could not finish: the disk was full, the machine went down. */
static bool ends_torn(const char *path) {
    struct stat info;
    char last = '\n';
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 &&
        pread(fd, &last, 1, info.st_size - 1) != 1)
        last = '\n';
    close(fd);
    return last != '\n';
}

static void open_file(struct appender *a) {
    struct stat info;
    a->fd = open(a->path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
    if (a->fd < 0 || fstat(a->fd, &info) != 0)
        return;
    a->torn = S_ISREG(info.st_mode) && ends_torn(a->path);
    a->device = info.st_dev;
    a->inode = info.st_ino;
}

/* The file of that name now. false: errno. */
static bool has_file(struct appender *a) {
    struct stat info;
    if (a->fd >= 0 && (stat(a->path, &info) != 0 || info.st_dev != a->device || info.st_ino != a->inode))
        close_file(a);
    if (a->fd < 0)
        open_file(a);
    return a->fd >= 0;
}

/* A fifo or a terminal that nobody reads is waited for, but not longer than somebody writes to us. */
static bool wait_for_room(struct appender *a) {
    struct pollfd fds[2] = {{.fd = a->fd, .events = POLLOUT}, {.fd = STDIN_FILENO}};
    while (poll(fds, 2, STUCK_MS) == 0 || fds[0].revents == 0)
        if (fds[1].revents & (POLLHUP | POLLERR)) {
            struct pollfd last = {.fd = a->fd, .events = POLLOUT};
            bool room = poll(&last, 1, STUCK_MS) > 0;
            errno = EAGAIN;
            return room;
        }
    return true;
}

static bool write_some(struct appender *a, const char *text, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t n = write(a->fd, text + done, len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n < 0 && errno == EAGAIN && wait_for_room(a))
            continue;
        else if (n == 0 || errno != EINTR) {
            a->torn |= done > 0;
            return false;
        }
    }
    return true;
}

static bool write_line(struct appender *a, const char *line, size_t len) {
    if (a->torn && !write_some(a, "\n", 1))
        return false;
    a->torn = false;
    return write_some(a, line, len);
}

static bool tell_lost(struct appender *a) {
    if (a->lost == 0)
        return true;
    char *line = append_lost_line(a->lost, a->fault, clock_utc_ns());
    bool good = write_line(a, line, strlen(line));
    free(line);
    if (good)
        a->lost = 0;
    return good;
}

static void append_line(struct appender *a, const char *line, size_t len) {
    errno = 0;
    if (has_file(a) && tell_lost(a) && write_line(a, line, len)) {
        tell(a, "");
        return;
    }
    int error = errno;
    a->lost++;
    tell(a, error == ENXIO ? "nobody reads this pipe" : strerror(error));
    if (error != ENOSPC && error != EDQUOT)
        close_file(a);
}

static void append_lines(struct appender *a, struct buffer *in, bool last) {
    size_t done = 0;
    const char *end;
    while (done < in->len && (end = memchr(in->data + done, '\n', in->len - done)) != NULL) {
        size_t len = (size_t)(end - in->data) + 1 - done;
        append_line(a, in->data + done, len);
        done += len;
    }
    buffer_consume(in, done);
    if (in->len > LINE_MOST || (last && in->len > 0)) { /* whoever wrote it did not finish it */
        in->len = 0;
        a->lost++;
    }
}

bool append_to(const char *path) {
    struct appender a = {.path = path, .fd = -1};
    struct buffer in = {0};
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        ssize_t n = read(STDIN_FILENO, buffer_reserve(&in, READ_BYTES), READ_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n > 0)
            in.len += (size_t)n;
        append_lines(&a, &in, n <= 0);
        if (n <= 0)
            break;
    }
    close_file(&a);
    buffer_finish(&in);
    return a.fault[0] == '\0';
}
