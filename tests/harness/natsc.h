/* The NATS client protocol over a raw socket, as much as tests need, without a client library.
 *
 * Blocking with deadlines, one thread. Every wait takes milliseconds. */
#ifndef HARNESS_NATSC_H
#define HARNESS_NATSC_H

#include <stdbool.h>
#include <stddef.h>

struct natsc;

struct natsc_options {
    const char *name; /* NULL: none. Sent as JSON string content: escape it yourself to be hostile */
    const char *user, *password;
    int receive_buffer; /* SO_RCVBUF; 0: the kernel's choice. Small, and never reading, makes a slow consumer
                         */
    bool no_echo;
};

struct natsc_message {
    char subject[512];
    char reply[512];
    int sid;
    const char *headers; /* borrowed till the next call; "" without headers */
    const char *data;
    size_t size;
};

/* url: nats://a.b.c.d:port. Returns when the server has answered our first PING; NULL otherwise (reason on
 * stderr). */
struct natsc *natsc_connect(const char *url, const struct natsc_options *options, int ms);
bool natsc_publish(struct natsc *c, const char *subject, const char *reply, const void *data, size_t size);
/* `count` messages of `size` bytes, all written when it returns. */
bool natsc_publish_many(struct natsc *c, const char *subject, size_t size, int count);
/* queue NULL: no group. The subscription's sid, 0 on failure. */
int natsc_subscribe(struct natsc *c, const char *subject, const char *queue);
bool natsc_unsubscribe(struct natsc *c, int sid);
/* Everything written so far has been taken by the server. Messages that arrive meanwhile wait for
 * natsc_next(). */
bool natsc_flush(struct natsc *c, int ms);
/* The next message of any subscription; PINGs are answered on the way. */
bool natsc_next(struct natsc *c, struct natsc_message *message, int ms);
/* One reply, its data to be freed and NUL-terminated; NULL: none in time, or no responders. What other
 * subscriptions get meanwhile is dropped. */
char *natsc_request(struct natsc *c, const char *subject, const char *data, int ms);
/* The INFO line's JSON; borrowed. */
const char *natsc_info(const struct natsc *c);
/* What the server said in its last -ERR; "" none. */
const char *natsc_error(const struct natsc *c);
bool natsc_closed(const struct natsc *c);
int natsc_fd(const struct natsc *c);
void natsc_close(struct natsc *c);

#endif
