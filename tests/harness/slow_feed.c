#include "tests/harness/slow_inner.h"

#include "tests/harness/natsc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MESSAGE = 1000, HEAD = 100, CONNECT_MS = 20000, TURN_BYTES = 1 << 20 };

/* What it is behind by more than that it does not make up. */
#define LATE_NS (SLOW_NS / 5)
/* It answers PINGs so often. */
#define LISTENS_EVERY_NS SLOW_NS

struct feeder {
    struct natsc *line;
    char *bytes; /* of the message on its way */
    size_t size, at;
    struct slow_client *to;
    int next;
    int64_t listened_ns;
};

struct slow_feeders {
    struct slow_client *clients;
    int n_clients, n;
    size_t message;
    struct feeder list[];
};

static bool connect_one(const struct slow *s, const struct slow_group *g, struct feeder *f, size_t message) {
    const struct natsc_options options = {
        .name = "feeder", .user = g->user, .password = g->password, .no_echo = true};
    f->line = natsc_connect(s->url, &options, CONNECT_MS);
    f->bytes = malloc(HEAD + message + 2);
    return f->line && f->bytes;
}

struct slow_feeders *slow_feeders_start(struct slow *s, struct slow_client *clients, int n) {
    const struct slow_group *g = clients->group;
    int count = g->feeders > 0 ? g->feeders : 1;
    if (g->fed_per_s <= 0 && g->fed_bytes <= 0)
        return NULL;
    struct slow_feeders *feeders = calloc(1, sizeof *feeders + (size_t)count * sizeof(struct feeder));
    if (!feeders)
        return NULL;
    feeders->clients = clients;
    feeders->n_clients = n;
    feeders->message = g->message > 0 ? (size_t)g->message : MESSAGE;
    while (feeders->n < count && connect_one(s, g, &feeders->list[feeders->n], feeders->message)) {
        feeders->list[feeders->n].next = feeders->n;
        feeders->n++;
    }
    return feeders;
}

static bool is_hungry(const struct slow_client *c, int64_t now) {
    const struct slow_group *g = c->group;
    return c->connected && now >= c->fed_ns && (g->fed_bytes <= 0 || c->life->fed < (uint64_t)g->fed_bytes);
}

static void serve(struct slow_client *c, size_t bytes, int64_t now) {
    const struct slow_group *g = c->group;
    c->life->fed += bytes;
    if (g->fed_per_s > 0)
        c->fed_ns =
            (now - c->fed_ns > LATE_NS ? now : c->fed_ns) + (int64_t)((double)bytes / g->fed_per_s * 1e9);
}

/* Every n-th client is this one's. */
static struct slow_client *next_client(const struct slow_feeders *all, struct feeder *f, int64_t now) {
    int own = (all->n_clients - (int)(f - all->list) + all->n - 1) / all->n;
    for (int i = 0; i < own; i++) {
        struct slow_client *c = &all->clients[f->next];
        f->next += all->n;
        if (f->next >= all->n_clients)
            f->next = (int)(f - all->list);
        if (is_hungry(c, now))
            return c;
    }
    return NULL;
}

static bool take_up(const struct slow_feeders *all, struct feeder *f, int64_t now) {
    char subject[64];
    f->to = next_client(all, f, now);
    if (!f->to)
        return false;
    slow_subject(f->to, subject, sizeof subject);
    int head = snprintf(f->bytes, HEAD, "PUB %s %zu\r\n", subject, all->message);
    memset(f->bytes + head, 'x', all->message);
    memcpy(f->bytes + (size_t)head + all->message, "\r\n", 2);
    f->size = (size_t)head + all->message + 2;
    f->at = 0;
    serve(f->to, all->message, now);
    return true;
}

/* Between two messages. */
static void listen_to(struct feeder *f, int64_t now) {
    struct natsc_message ignored;
    if (now - f->listened_ns < LISTENS_EVERY_NS)
        return;
    natsc_next(f->line, &ignored, 0);
    f->listened_ns = now;
}

static void feed(const struct slow_feeders *all, struct feeder *f, int64_t now) {
    for (size_t sent = 0; sent < TURN_BYTES;) {
        if (f->at == f->size) {
            listen_to(f, now);
            if (!take_up(all, f, now))
                return;
        }
        ssize_t n = send(natsc_fd(f->line), f->bytes + f->at, f->size - f->at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n <= 0)
            return;
        f->at += (size_t)n;
        sent += (size_t)n;
    }
}

void slow_feeders_turn(struct slow_feeders *feeders) {
    int64_t now = slow_mono_ns();
    for (int i = 0; feeders && i < feeders->n; i++)
        feed(feeders, &feeders->list[i], now);
}
