#include "collectors/line.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/line_parts.h"

#define DEFAULT_URL "nats://127.0.0.1:4222"

/* ---- servers ---- */

static bool add_server(struct line *line, const char *text, size_t len, char *message, size_t size) {
    static const char *const schemes[] = {"nats://", "tls://"};
    bool known = memmem(text, len, "://", 3) == NULL;
    for (int i = 0; i < 2; i++)
        known |= len > strlen(schemes[i]) && strncasecmp(text, schemes[i], strlen(schemes[i])) == 0;
    if (!known || len > 300 || memchr(text, '@', len) != NULL) {
        snprintf(
            message, size,
            known ? "`...%.*s`: a login stands in the context or in NATS_USER and NATS_PASSWORD, not in a URL"
                  : "`%.*s`: write nats://host:4222 or tls://host:4222",
            known ? 0 : (int)(len < 100 ? len : 100), text);
        return false;
    }
    if (line->server_count < LINE_SERVERS_MAX)
        snprintf(line->servers[line->server_count++].url, sizeof line->servers[0].url, "%s%.*s",
                 memmem(text, len, "://", 3) == NULL ? "nats://" : "", (int)len, text);
    return true;
}

static bool add_servers(struct line *line, const char *urls, char *message, size_t size) {
    for (const char *p = urls; *p != '\0';) {
        p += strspn(p, ", ");
        size_t len = strcspn(p, ", ");
        if (len > 0 && !add_server(line, p, len, message, size))
            return false;
        p += len;
    }
    return line->server_count > 0 || add_server(line, DEFAULT_URL, strlen(DEFAULT_URL), message, size);
}

/* ---- what came ---- */

void line_tell(struct line *line, struct line_event *event) {
    size_t bytes = sizeof *event + event->message.len;
    const uint64_t one = 1;
    pthread_mutex_lock(&line->mutex);
    bool room = event->kind != EVENT_MESSAGE || line->waiting + bytes <= LINE_WAITING_MAX;
    if (room) {
        event->next = NULL;
        *line->events_end = event;
        line->events_end = &event->next;
        line->waiting += bytes;
    } else {
        line->lost++;
    }
    pthread_mutex_unlock(&line->mutex);
    if (!room)
        free(event);
    else if (write(line->wake, &one, sizeof one) < 0)
        return; /* it is full of wakes: the loop comes anyway */
}

bool line_may_hear(struct line *line, size_t len) {
    int64_t now = clock_mono_ns();
    const uint64_t one = 1;
    pthread_mutex_lock(&line->mutex);
    if (now - line->heard_since_ns >= NS_PER_S) {
        line->heard_since_ns = now;
        line->heard = 0;
    }
    bool room = len <= LINE_HEARD_MAX && line->heard < LINE_HEARD_A_SECOND;
    bool first = !room && line->missed == 0;
    line->heard += room;
    line->missed += !room;
    pthread_mutex_unlock(&line->mutex);
    if (first && write(line->wake, &one, sizeof one) < 0)
        return false; /* it is full of wakes: the loop comes anyway */
    return room;
}

static void hand_over(struct line *line, const struct line_event *e) {
    switch (e->kind) {
    case EVENT_UP:
        line->up = true;
        snprintf(line->server_id, sizeof line->server_id, "%.79s", e->text);
        line->handler->up(line->data, e->server);
        break;
    case EVENT_DOWN:
        line->up = false;
        line->handler->down(line->data, e->server, e->failure, e->text);
        break;
    case EVENT_ERROR:
        line->handler->error(line->data, e->text);
        break;
    case EVENT_LEAVING:
        line->handler->leaving(line->data);
        break;
    case EVENT_MESSAGE:
        line->handler->message(line->data, &e->message);
        break;
    }
}

static void on_wake(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)events;
    struct line *line = data;
    uint64_t count;
    if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN)
        return;
    pthread_mutex_lock(&line->mutex);
    struct line_event *e = line->events, *next;
    uint64_t lost = line->lost, missed = line->missed;
    line->events = NULL;
    line->events_end = &line->events;
    line->waiting = 0;
    line->lost = line->missed = 0;
    pthread_mutex_unlock(&line->mutex);
    for (; e != NULL; e = next) {
        next = e->next;
        hand_over(line, e);
        free(e);
    }
    if (missed > 0 && line->handler->missed != NULL)
        line->handler->missed(line->data, missed);
    if (lost > 0) {
        char text[100];
        snprintf(text, sizeof text, "%llu messages came faster than they were read, and are lost",
                 (unsigned long long)lost);
        line->handler->error(line->data, text);
    }
}

/* ---- orders ---- */

void line_order(struct line *line, struct line_order *order) {
    order->next = NULL;
    pthread_mutex_lock(&line->mutex);
    *line->orders_end = order;
    line->orders_end = &order->next;
    pthread_cond_signal(&line->ordered);
    pthread_mutex_unlock(&line->mutex);
}

static void order(struct line *line, enum line_order_kind kind, uint64_t number, const char *subject,
                  const char *body) {
    struct line_order *o = memory_new(sizeof *o);
    o->kind = kind;
    o->number = number;
    snprintf(o->subject, sizeof o->subject, "%s", subject);
    o->body = body != NULL ? memory_text(body) : NULL;
    line_order(line, o);
}

void line_ask(struct line *line, uint64_t number, const char *subject, const char *body) {
    if (line->up)
        order(line, ORDER_ASK, number, subject, body);
}

void line_listen(struct line *line, const char *subject) {
    order(line, ORDER_LISTEN, 0, subject, NULL);
}

void line_learn(struct line *line, const char *address) {
    order(line, ORDER_LEARN, 0, address, NULL);
}

void line_leave(struct line *line) {
    order(line, ORDER_LEAVE, 0, "", NULL);
}

void line_stir(struct line *line) {
    order(line, ORDER_STIR, 0, "", NULL);
}

/* ---- life ---- */

const char *line_server_id(const struct line *line) {
    return line->server_id;
}

bool line_is_up(const struct line *line) {
    return line->up;
}

int64_t line_stuck_ns(const struct line *line, char *what, size_t size) {
    int64_t since = atomic_load(&line->calling_ns);
    int64_t ns = since > 0 ? clock_mono_ns() - since - LINE_CONNECT_MS * NS_PER_MS : 0;
    snprintf(what, size, line->work == NULL ? "connecting to %s" : "sampling at %s",
             line->servers[atomic_load(&line->tried)].url);
    return ns > 0 ? ns : 0;
}

static bool start_thread(struct line *line) {
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all); /* signals are the loop's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = pthread_create(&thread, NULL, line_run, line) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (good)
        pthread_detach(thread);
    return good;
}

static void free_line(struct line *line) {
    login_finish(&line->login);
    if (line->wake >= 0)
        close(line->wake);
    free(line);
}

struct line *line_create(struct loop *loop, const struct login *login, const struct line_handler *handler,
                         void *data, char *message, size_t size) {
    return line_create_working(loop, login, handler, NULL, data, message, size);
}

struct line *line_create_working(struct loop *loop, const struct login *login,
                                 const struct line_handler *handler, const struct line_work *work, void *data,
                                 char *message, size_t size) {
    struct line *line = memory_new(sizeof *line);
    line->handler = handler;
    line->work = work;
    line->data = data;
    line->orders_end = &line->orders;
    line->events_end = &line->events;
    line->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&line->mutex, NULL);
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&line->ordered, &steady);
    login_copy(&line->login, login);
    if (!add_servers(line, login->url != NULL ? login->url : "", message, size)) {
        free_line(line);
        return NULL;
    }
    /* Whom we tried first last time may be the one that hung. */
    line->at = (int)((uint64_t)clock_utc_ns() / 1000 % (unsigned)line->server_count);
    if (line->wake < 0 || !start_thread(line)) {
        snprintf(message, size, "no thread for NATS: %s", strerror(errno));
        free_line(line);
        return NULL;
    }
    loop_add_fd(loop, line->wake, LOOP_IN, on_wake, line);
    return line;
}
