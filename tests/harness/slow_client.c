#include "tests/harness/slow_inner.h"

#include "tests/harness/natsc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL_BUFFER = 2304, SMALL_SEGMENT = 536, SEGMENT = 1400, CHUNK = 65536, CONNECT_MS = 10000 };

static double seconds_since(int64_t ns) {
    return (double)(slow_mono_ns() - ns) / (double)SLOW_NS;
}

static void end(struct slow_client *c, enum slow_end how) {
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->connected = false;
    c->life->ended_ns = slow_utc_ns();
    c->life->end = (int)how;
    c->done = c->lives >= (c->group->lives > 0 ? c->group->lives : 1);
    c->due_ns = slow_mono_ns() + (int64_t)(c->group->back_after_s * 1e9);
}

/* ---- connecting ---- */

static bool address_of(const char *url, struct sockaddr_in *to) {
    char host[32];
    int port;
    *to = (struct sockaddr_in){.sin_family = AF_INET};
    if (sscanf(url, "nats://%31[0-9.]:%d", host, &port) != 2)
        return false;
    to->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &to->sin_addr) == 1;
}

/* What the kernel holds for who reads little does not count at the server: so it has little room. */
static void keep_small(int fd, const struct slow_group *group) {
    int room = group->receive_buffer > 0 ? group->receive_buffer : SMALL_BUFFER;
    int segment = group->receive_buffer > 0 ? SEGMENT : SMALL_SEGMENT;
    if (group->reads_all)
        return;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
}

static bool bind_to(int fd, const char *address) {
    struct sockaddr_in from = {.sin_family = AF_INET};
    return !address || (inet_pton(AF_INET, address, &from.sin_addr) == 1 &&
                        bind(fd, (struct sockaddr *)&from, sizeof from) == 0);
}

void slow_client_connect(struct slow *s, struct slow_client *c) {
    struct sockaddr_in to, own = {0};
    socklen_t size = sizeof own;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    keep_small(c->fd, c->group);
    if (!address_of(s->url, &to) || !bind_to(c->fd, c->group->from) ||
        (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) ||
        getsockname(c->fd, (struct sockaddr *)&own, &size) != 0) {
        end(c, SLOW_REFUSED);
        return;
    }
    c->life->port = ntohs(own.sin_port);
}

static bool introduce(const struct slow *s, const struct slow_client *c) {
    char text[SLOW_NAME + 1000], name[SLOW_NAME], subject[64];
    const struct slow_group *g = c->group;
    int n = snprintf(text, sizeof text, "CONNECT {\"verbose\":false,\"lang\":\"raw\",\"protocol\":1");
    slow_name(s, c->life, name, sizeof name);
    if (g->name)
        n += snprintf(text + n, sizeof text - (size_t)n, ",\"name\":\"%s\"", name);
    if (g->user)
        n += snprintf(text + n, sizeof text - (size_t)n, ",\"user\":\"%.100s\",\"pass\":\"%.100s\"", g->user,
                      g->password ? g->password : "");
    slow_subject(c, subject, sizeof subject);
    n += snprintf(text + n, sizeof text - (size_t)n, "}\r\nSUB %s 1\r\nPING\r\n", subject);
    return send(c->fd, text, (size_t)n, MSG_NOSIGNAL) == n;
}

/* INFO, our CONNECT, the PONG to the PING behind it. */
static void shake_hands(struct slow *s, struct slow_client *c) {
    ssize_t n = recv(c->fd, c->in + c->in_size, sizeof c->in - 1 - c->in_size, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        end(c, SLOW_REFUSED);
        return;
    }
    c->in[c->in_size += (size_t)n] = '\0';
    const char *cid = strstr(c->in, "\"client_id\":"), *line = strstr(c->in, "\r\n");
    if (c->life->cid == 0 && line && cid) {
        c->life->cid = strtoull(cid + strlen("\"client_id\":"), NULL, 10);
        if (!introduce(s, c))
            end(c, SLOW_REFUSED);
    } else if (c->life->cid && strstr(c->in, "\r\nPONG\r\n")) {
        c->connected = true;
        c->since_ns = slow_mono_ns();
        c->fed_ns = c->since_ns + (int64_t)(c->group->fed_after_s * 1e9);
        c->life->connected_ns = slow_utc_ns();
    }
}

/* ---- connected ---- */

static bool reads_all(const struct slow_client *c) {
    const struct slow_group *g = c->group;
    return g->reads_all || (g->looks_after_s > 0 && seconds_since(c->since_ns) >= g->looks_after_s);
}

/* false: the server had ended it. */
static bool read_up_to(struct slow_client *c, double bytes) {
    char chunk[CHUNK];
    while (bytes >= 1) {
        ssize_t n = recv(c->fd, chunk, bytes < CHUNK ? (size_t)bytes : CHUNK, 0);
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n <= 0)
            return false;
        if (memmem(chunk, (size_t)n, "PING\r\n", 6))
            send(c->fd, "PONG\r\n", 6, MSG_NOSIGNAL);
        c->life->taken += (uint64_t)n;
        bytes -= (double)n;
    }
    return true;
}

short slow_client_events(const struct slow_client *c) {
    return c->fd < 0 ? 0 : !c->connected || reads_all(c) ? POLLIN : POLLRDHUP;
}

static void note_stop(struct slow_client *c) {
    int status;
    if (waitpid(c->process, &status, WUNTRACED | WNOHANG) != c->process)
        return;
    if (WIFSTOPPED(status)) {
        c->connected = true;
        c->since_ns = c->fed_ns = slow_mono_ns();
        c->life->stopped_ns = slow_utc_ns();
    } else
        end(c, SLOW_REFUSED);
}

void slow_client_turn(struct slow *s, struct slow_client *c, short events) {
    const struct slow_group *g = c->group;
    if (c->process > 0) {
        note_stop(c);
        return;
    }
    if (!c->connected) {
        if (events)
            shake_hands(s, c);
        return;
    }
    double slowly = g->reads_per_s * seconds_since(c->since_ns) - (double)c->life->taken;
    bool is_open = events & (POLLRDHUP | POLLERR | POLLHUP) ? false
                   : reads_all(c)                           ? read_up_to(c, 16.0 * CHUNK)
                                                            : read_up_to(c, slowly);
    if (!is_open)
        end(c, SLOW_ENDED);
    else if (g->lives_s > 0 && seconds_since(c->since_ns) >= g->lives_s) {
        read_up_to(c, CHUNK); /* what is left unread makes an error of it */
        end(c, SLOW_CLOSED);
    }
}

/* ---- one that stops ---- */

static _Noreturn void stop_for_good(const struct slow *s, struct slow_client *c, pid_t parent) {
    char name[SLOW_NAME], subject[64];
    const struct slow_group *g = c->group;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    slow_name(s, c->life, name, sizeof name);
    slow_subject(c, subject, sizeof subject);
    const struct natsc_options options = {.name = g->name ? name : NULL,
                                          .user = g->user,
                                          .password = g->password,
                                          .receive_buffer = SMALL_BUFFER};
    struct natsc *line = natsc_connect(s->url, &options, CONNECT_MS);
    const char *cid = line ? strstr(natsc_info(line), "\"client_id\":") : NULL;
    if (!cid || !natsc_subscribe(line, subject, NULL) || !natsc_flush(line, CONNECT_MS))
        _exit(1);
    c->life->cid = strtoull(cid + strlen("\"client_id\":"), NULL, 10);
    c->life->connected_ns = slow_utc_ns();
    raise(SIGSTOP);
    _exit(1);
}

void slow_client_stops(struct slow *s, struct slow_client *c) {
    pid_t self = getpid();
    c->process = fork();
    if (c->process == 0)
        stop_for_good(s, c, self);
    if (c->process < 0) {
        c->process = 0;
        end(c, SLOW_REFUSED);
    }
}
