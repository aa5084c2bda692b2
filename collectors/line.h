/* A connection to NATS, on cnats, which may block, and with the packaged 3.4.1 hang for ever.
 *
 * So nothing of cnats is called by the thread of the loop. One thread of the line's own connects, listens
 * and publishes as it is ordered to; what comes in is copied by the library's threads and handed over by the
 * loop. A connection that is lost, or refused, is tried again with the next server, 0.2 to 5 s later, for
 * ever: also when it is the login that was refused. A line is never ended: its process is, by _exit(). Used
 * by `collect nats`. */
#ifndef COLLECTORS_LINE_H
#define COLLECTORS_LINE_H

#include "base/loop.h"
#include "collectors/login.h"
#include "sample/sample.h"

struct line;

/* A reply to what was asked, or what is published on a subject that is listened to. Lives during the call. */
struct line_message {
    uint64_t number;     /* of the request; 0: none, then it has a subject */
    const char *subject; /* NULL: a reply */
    bool nobody;         /* no responders */
    bool gzip;           /* the data is compressed */
    const char *data;
    size_t len;
};

#define LINE_HEARD_A_SECOND 2000        /* messages that are listened to; what comes beyond that is counted */
#define LINE_HEARD_MAX      (64u << 10) /* bytes of one; larger ones are counted, too */

struct line_handler {
    void (*up)(void *data, const char *server); /* "host:port" */
    /* Lost, or not made: why. */
    void (*down)(void *data, const char *server, enum failure failure, const char *why);
    /* What the server objects to, such as a permission; the connection lives. */
    void (*error)(void *data, const char *text);
    void (*leaving)(void *data); /* that server is about to end, in lame duck mode */
    void (*message)(void *data, const struct line_message *message);
    /* So many that were listened to were too many, or too large. NULL: nobody listens. */
    void (*missed)(void *data, uint64_t messages);
};

/* login is copied. Begins to connect at once. NULL and message[]: its URLs are none. */
struct line *line_create(struct loop *loop, const struct login *login, const struct line_handler *handler,
                         void *data, char *message, size_t size);
bool line_is_up(const struct line *line);
/* Of the server that it was connected to last; "" none. */
const char *line_server_id(const struct line *line);

/* Publishes a request; each reply comes as a message with this number, which is not 0. Nothing while it is
 * down. */
void line_ask(struct line *line, uint64_t number, const char *subject, const char *body);
/* From now on, over each connection there will be. At most LINE_SUBJECTS_MAX subjects, each of which costs a
 * thread of the library. */
#define LINE_SUBJECTS_MAX 32
void line_listen(struct line *line, const char *subject);
/* Another server of the same system, "host:port": tried when those that were named are gone. */
void line_learn(struct line *line, const char *address);

/* The server that it is connected to says nothing any more, while others might: goes on with the next one, if
 * there is one. */
void line_leave(struct line *line);

/* For so long cnats has not come back from a call, beyond what that may take; 0: all is well. "what" is
 * tried, for people. */
int64_t line_stuck_ns(const struct line *line, char *what, size_t size);

#endif
