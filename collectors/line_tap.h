/* Looks at the traffic: a quarter of a second has one, at a random moment, of so many messages or
 * milliseconds.
 *
 * On a line of its own, so that a server which cuts it off takes nothing else along; the line's thread makes
 * the looks, in the order that cnats 3.4.1 survives: subscribe, let the server end it after so many, take
 * what comes, unsubscribe if it was fewer, flush, and only then let go. A stopped process has one look's
 * messages waiting at most, and no subscription after that. How many a look takes gets fewer where messages
 * are large. Of a message its subject, size and names of headers are kept. Used by collectors/sampler.c. */
#ifndef COLLECTORS_LINE_TAP_H
#define COLLECTORS_LINE_TAP_H

#include "collectors/line.h"

#define TAP_LOOKS        4 /* a second */
#define TAP_HEADERS_MAX  8 /* names of one message */
#define TAP_MOST_DEFAULT 1000
#define TAP_MS_DEFAULT   100
#define TAP_MOST_MAX     20000
#define TAP_MS_MAX       400
#define TAP_SUBJECT_MAX  400

struct tap_wish { /* a second, over all its looks */
    char subject[TAP_SUBJECT_MAX];
    int most, ms;
};

/* Not cleaned. Lives during the call. */
struct tap_message {
    const char *subject;
    size_t subject_len;
    uint32_t bytes;
    bool reply;
    const char *headers[TAP_HEADERS_MAX];
    int header_count;
};

struct tap_look {
    int64_t mono_ns; /* it began */
    bool early;      /* it ended before its time: so many had come */
    double saw_s;    /* of the time that it stands for, of_s */
    double of_s;
    uint64_t dropped; /* messages that were too large, or too many at once, to be looked at */
    int count;
};

struct tap_handler {
    void (*up)(void *data, const char *server);
    void (*down)(void *data, const char *server, enum failure failure, const char *why);
    void (*error)(void *data, const char *text);
    void (*look)(void *data, const struct tap_look *look);
    void (*message)(void *data, const struct tap_message *message); /* look->count times, after it */
};

struct tap;
/* Connects at once; looks at nothing. NULL and message[]: as line_create(). */
struct tap *tap_create(struct loop *loop, const struct login *login, const struct tap_handler *handler,
                       void *data, char *message, size_t size);
/* NULL: looks at nothing any more. */
void tap_want(struct tap *tap, const struct tap_wish *wish);
/* The same, and waits until the look at hand is over and flushed, for at most 300 ms. */
void tap_end(struct tap *tap);
int64_t tap_stuck_ns(const struct tap *tap, char *what, size_t size);

#endif
