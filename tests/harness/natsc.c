#include "tests/harness/natsc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct waiting {
    struct waiting *next;
    struct natsc_message message;
    char *payload; /* headers, NUL, data, NUL */
};

struct natsc {
    int fd, last_sid;
    bool closed;
    unsigned requests;
    int pongs;
    char *in;
    size_t in_size, in_room;
    char *info;
    char error[256];
    struct waiting *first, **last;
    struct waiting *current;
};

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static bool write_all(struct natsc *c, const void *bytes, size_t size) {
    const char *p = bytes;
    while (size > 0 && !c->closed) {
        ssize_t n = send(c->fd, p, size, MSG_NOSIGNAL);
        if (n > 0)
            p += n, size -= (size_t)n;
        else if (errno != EINTR)
            c->closed = true;
    }
    return size == 0;
}

static bool write_text(struct natsc *c, const char *text) {
    return write_all(c, text, strlen(text));
}

/* false: deadline, or closed. */
static bool fill(struct natsc *c, int64_t deadline) {
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    int64_t left = deadline - now_ms();
    if (c->closed || poll(&p, 1, left > 0 ? (int)left : 0) <= 0)
        return false;
    if (c->in_room - c->in_size < 65536) {
        char *larger = realloc(c->in, c->in_room + (1 << 18));
        if (!larger)
            return false;
        c->in = larger;
        c->in_room += 1 << 18;
    }
    ssize_t n = recv(c->fd, c->in + c->in_size, c->in_room - c->in_size, 0);
    if (n <= 0) {
        c->closed = true;
        return false;
    }
    c->in_size += (size_t)n;
    return true;
}

static void drop(struct natsc *c, size_t size) {
    memmove(c->in, c->in + size, c->in_size - size);
    c->in_size -= size;
}

/* MSG subject sid [reply] size / HMSG subject sid [reply] header-size size. 0: more bytes are needed. */
static size_t take_message(struct natsc *c, const char *line, size_t line_size) {
    char text[1400], *word[6] = {NULL}, *rest = NULL;
    int n = 0;
    bool headers = line[0] == 'H';
    snprintf(text, sizeof text, "%.*s", (int)line_size - 2, line);
    while (n < 6 && (word[n] = strtok_r(n ? NULL : text, " ", &rest)))
        n++;
    int expected = headers ? 5 : 4;
    if (n != expected && n != expected + 1) {
        c->closed = true;
        return 0;
    }
    size_t size = (size_t)atol(word[n - 1]), head = headers ? (size_t)atol(word[n - 2]) : 0;
    if (c->in_size < line_size + size + 2)
        return 0;
    struct waiting *w = calloc(1, sizeof *w);
    char *payload = calloc(1, size + 2);
    if (!w || !payload || head > size) {
        free(w), free(payload);
        c->closed = true;
        return 0;
    }
    memcpy(payload, line + line_size, head);
    memcpy(payload + head + 1, line + line_size + head, size - head);
    w->payload = payload;
    snprintf(w->message.subject, sizeof w->message.subject, "%s", word[1]);
    w->message.sid = atoi(word[2]);
    if (n == expected + 1)
        snprintf(w->message.reply, sizeof w->message.reply, "%s", word[3]);
    w->message.headers = payload;
    w->message.data = payload + head + 1;
    w->message.size = size - head;
    *c->last = w;
    c->last = &w->next;
    return line_size + size + 2;
}

static size_t take_line(struct natsc *c, const char *line, size_t size) {
    if (!strncmp(line, "PING", 4))
        write_text(c, "PONG\r\n");
    else if (!strncmp(line, "PONG", 4))
        c->pongs++;
    else if (!strncmp(line, "INFO ", 5)) {
        free(c->info);
        c->info = strndup(line + 5, size - 7);
    } else if (!strncmp(line, "-ERR", 4))
        snprintf(c->error, sizeof c->error, "%.*s", (int)size - 2, line);
    return size;
}

/* Everything complete in the input is taken. */
static void take(struct natsc *c) {
    while (c->in_size > 0) {
        char *end = memmem(c->in, c->in_size, "\r\n", 2);
        if (!end)
            return;
        size_t line = (size_t)(end - c->in) + 2;
        bool message = !strncmp(c->in, "MSG ", 4) || !strncmp(c->in, "HMSG ", 5);
        size_t used = message ? take_message(c, c->in, line) : take_line(c, c->in, line);
        if (used == 0)
            return;
        drop(c, used);
    }
}

static bool send_connect(struct natsc *c, const struct natsc_options *o) {
    char text[8192];
    int n = snprintf(
        text, sizeof text,
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"raw\",\"version\":\"1\",\"protocol\":1,"
        "\"headers\":true,\"no_responders\":true,\"echo\":%s",
        o->no_echo ? "false" : "true");
    write_all(c, text, (size_t)n);
    if (o->name)
        write_text(c, ",\"name\":\""), write_text(c, o->name), write_text(c, "\"");
    if (o->user) {
        n = snprintf(text, sizeof text, ",\"user\":\"%s\",\"pass\":\"%s\"", o->user,
                     o->password ? o->password : "");
        write_all(c, text, (size_t)n);
    }
    return write_text(c, "}\r\n");
}

static int open_socket(const char *url, const struct natsc_options *o) {
    char host[64];
    int port, one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (sscanf(url, "nats://%63[^:]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &to.sin_addr) != 1)
        port = 0;
    to.sin_port = htons((uint16_t)port);
    if (o->receive_buffer > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &o->receive_buffer, sizeof o->receive_buffer);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    fprintf(stderr, "natsc: %s: %s\n", url, strerror(errno));
    close(fd);
    return -1;
}

struct natsc *natsc_connect(const char *url, const struct natsc_options *options, int ms) {
    static const struct natsc_options usual;
    int64_t deadline = now_ms() + ms;
    struct natsc *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    options = options ? options : &usual;
    c->last = &c->first;
    c->fd = open_socket(url, options);
    if (c->fd >= 0) {
        while (!c->info && fill(c, deadline))
            take(c);
        if (c->info && send_connect(c, options) && natsc_flush(c, (int)(deadline - now_ms())))
            return c;
        fprintf(stderr, "natsc: %s: %s\n", url, *c->error ? c->error : "no answer");
    }
    natsc_close(c);
    return NULL;
}

bool natsc_publish(struct natsc *c, const char *subject, const char *reply, const void *data, size_t size) {
    char head[1200];
    int n = snprintf(head, sizeof head, "PUB %s %s%s%zu\r\n", subject, reply ? reply : "", reply ? " " : "",
                     size);
    return n < (int)sizeof head && write_all(c, head, (size_t)n) && write_all(c, data, size) &&
           write_text(c, "\r\n");
}

bool natsc_publish_many(struct natsc *c, const char *subject, size_t size, int count) {
    char head[600];
    int n = snprintf(head, sizeof head, "PUB %.500s %zu\r\n", subject, size);
    size_t one = (size_t)n + size + 2, batch = one < 65536 ? 65536 / one : 1;
    char *bytes = malloc(one * batch);
    if (!bytes)
        return false;
    for (size_t i = 0; i < batch; i++) {
        char *p = bytes + i * one;
        memcpy(p, head, (size_t)n);
        memset(p + n, 'x', size);
        p[one - 2] = '\r';
        p[one - 1] = '\n';
    }
    bool ok = true;
    while (count > 0 && ok) {
        size_t now = (size_t)count < batch ? (size_t)count : batch;
        ok = write_all(c, bytes, now * one);
        count -= (int)now;
    }
    free(bytes);
    return ok;
}

int natsc_subscribe(struct natsc *c, const char *subject, const char *queue) {
    char line[1200];
    int sid = ++c->last_sid;
    snprintf(line, sizeof line, "SUB %.600s %.300s %d\r\n", subject, queue ? queue : "", sid);
    return write_text(c, line) ? sid : 0;
}

bool natsc_unsubscribe(struct natsc *c, int sid) {
    char line[64];
    snprintf(line, sizeof line, "UNSUB %d\r\n", sid);
    return write_text(c, line);
}

bool natsc_flush(struct natsc *c, int ms) {
    int64_t deadline = now_ms() + ms;
    int before = c->pongs;
    if (!write_text(c, "PING\r\n"))
        return false;
    while (c->pongs == before && fill(c, deadline))
        take(c);
    return c->pongs != before;
}

static void release(struct waiting *w) {
    if (w)
        free(w->payload);
    free(w);
}

bool natsc_next(struct natsc *c, struct natsc_message *message, int ms) {
    int64_t deadline = now_ms() + ms;
    release(c->current);
    c->current = NULL;
    take(c);
    while (!c->first && fill(c, deadline))
        take(c);
    if (!c->first)
        return false;
    c->current = c->first;
    c->first = c->first->next;
    if (!c->first)
        c->last = &c->first;
    *message = c->current->message;
    return true;
}

char *natsc_request(struct natsc *c, const char *subject, const char *data, int ms) {
    int64_t deadline = now_ms() + ms;
    struct natsc_message message;
    char inbox[64], *reply = NULL;
    snprintf(inbox, sizeof inbox, "_INBOX.raw%d.%u", (int)getpid(), ++c->requests);
    int sid = natsc_subscribe(c, inbox, NULL);
    if (!sid || !natsc_publish(c, subject, inbox, data, strlen(data)))
        return NULL;
    while (!reply && natsc_next(c, &message, (int)(deadline - now_ms()))) {
        if (message.sid != sid)
            continue;
        if (!strncmp(message.headers, "NATS/1.0 503", 12))
            break;
        reply = strndup(message.data, message.size);
    }
    natsc_unsubscribe(c, sid);
    return reply;
}

const char *natsc_info(const struct natsc *c) {
    return c->info;
}

const char *natsc_error(const struct natsc *c) {
    return c->error;
}

bool natsc_closed(const struct natsc *c) {
    return c->closed;
}

int natsc_fd(const struct natsc *c) {
    return c->fd;
}

void natsc_close(struct natsc *c) {
    if (!c)
        return;
    if (c->fd >= 0)
        close(c->fd);
    release(c->current);
    while (c->first) {
        struct waiting *next = c->first->next;
        release(c->first);
        c->first = next;
    }
    free(c->in);
    free(c->info);
    free(c);
}
