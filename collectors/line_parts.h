/* What the parts of a line share. Private to collectors/line*.c. */
#ifndef COLLECTORS_LINE_PARTS_H
#define COLLECTORS_LINE_PARTS_H

#include <nats/nats.h>
#include <pthread.h>
#include <stdatomic.h>

#include "collectors/line.h"

#define LINE_SERVERS_MAX  64
#define LINE_CONNECT_MS   2000
#define LINE_SUBJECT_SIZE 512
#define LINE_WAITING_MAX  (128u << 20) /* bytes of messages that nobody has taken yet */

struct line_server {
    char url[400]; /* with its scheme, without a login */
};

enum line_order_kind { ORDER_ASK, ORDER_LISTEN, ORDER_LEARN, ORDER_STIR, ORDER_LEAVE, ORDER_CLOSED };
struct line_order {
    struct line_order *next;
    enum line_order_kind kind;
    uint64_t number;                 /* of a request; of the connection that is closed */
    char subject[LINE_SUBJECT_SIZE]; /* or the address of a server */
    char *body;
};

enum line_event_kind { EVENT_UP, EVENT_DOWN, EVENT_ERROR, EVENT_LEAVING, EVENT_MESSAGE };
struct line_event {
    struct line_event *next;
    enum line_event_kind kind;
    enum failure failure;
    struct line_message message;
    char server[300], text[400];
    char bytes[]; /* subject and data of a message */
};

/* What a line does beyond asking, on its own thread; such a line has no inbox. */
struct line_work {
    /* Connected, and it is time: returns when it is again (mono), INT64_MAX for not before line_stir(). */
    int64_t (*run)(void *data, natsConnection *connection);
    /* That connection is closed, and will be destroyed. */
    void (*lost)(void *data);
};

struct line {
    const struct line_handler *handler;
    const struct line_work *work; /* NULL: none */
    void *data;
    bool up;            /* as the loop knows it */
    char server_id[80]; /* of the server that it is connected to, as the loop knows it */

    /* Between the loop and the threads, under the mutex. */
    pthread_mutex_t mutex;
    pthread_cond_t ordered;
    struct line_order *orders, **orders_end;
    struct line_event *events, **events_end;
    size_t waiting;         /* bytes of events */
    uint64_t lost;          /* messages that found no room */
    int64_t heard_since_ns; /* mono: the second in which these were heard */
    unsigned heard;
    uint64_t missed;            /* of what is listened to: too many, too large */
    int wake;                   /* eventfd: there are events */
    _Atomic int64_t calling_ns; /* mono: since when cnats connects, 0: it does not */
    _Atomic int tried;          /* index of that server */

    /* The line's own thread's. */
    struct login login;
    struct line_server servers[LINE_SERVERS_MAX];
    int server_count, at;
    char inbox[200];
    natsConnection *connection; /* NULL: none */
    natsSubscription *inbox_sub, *subs[LINE_SUBJECTS_MAX];
    char subjects[LINE_SUBJECTS_MAX][LINE_SUBJECT_SIZE];
    int subject_count, sub_count;
    bool left; /* the connection that will be told to be closed is so by order */
    int64_t backoff_ns, next_ns;
};

/* line_login.c: what cnats has to know to connect to that server. NATS_OK, or message[] says what is wrong
 * with a file. */
natsStatus line_options(natsOptions **options, struct line *line, const char *url, char *message,
                        size_t size);
/* line_fault.c: in one sentence why there is no connection. */
enum failure line_fault(natsStatus status, const char *text, const struct login *login, const char *url,
                        char *out, size_t size);
/* line.c: line_create() with work to do. */
struct line *line_create_working(struct loop *loop, const struct login *login,
                                 const struct line_handler *handler, const struct line_work *work, void *data,
                                 char *message, size_t size);
void line_stir(struct line *line); /* its work is to be run now */
/* Takes over the event. Any thread. */
void line_tell(struct line *line, struct line_event *event);
/* Is there room for one more of what is listened to? Counts it either way. Any thread. */
bool line_may_hear(struct line *line, size_t len);
void line_order(struct line *line, struct line_order *order);
/* line_thread.c */
void *line_run(void *line);

#endif
