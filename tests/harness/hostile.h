/* A small HTTP server that misbehaves on purpose, by path: what real servers, proxies and strangers do to us.
 *
 * One forked process, one loop, any number of connections; it dies with the process that started it. Paths
 * without a rule get the answer that a healthy standalone nats-server would give. */
#ifndef HARNESS_HOSTILE_H
#define HARNESS_HOSTILE_H

#include <stddef.h>

enum hostile_play {
    HOSTILE_ANSWER,  /* status and body, or the healthy body */
    HOSTILE_CUT,     /* half of it, then the connection ends */
    HOSTILE_SILENT,  /* the request is read, nothing comes */
    HOSTILE_TRICKLE, /* ten bytes a second */
    HOSTILE_ENDLESS, /* a chunked JSON array that never ends */
    HOSTILE_LARGE,   /* a valid /connz of about `size` bytes */
    HOSTILE_DEEP,    /* `size` opening brackets */
    HOSTILE_GREET,   /* `body` as soon as somebody connects, whatever the path: NATS, SSH */
    HOSTILE_LOGIN,   /* 401, unless the request has an Authorization header of exactly `body`; then healthy */
    HOSTILE_RESET,   /* the connection is reset when the request is there */
};

struct hostile_rule {
    const char *path; /* "/jsz": without query; "*": any */
    enum hostile_play play;
    int status; /* 0 is 200 */
    /* NULL: healthy. In it $ID is the server's id, $NEWID another one each time, $NOW the time, $N the number
     * of the request; the first $FILL is `size` letters A. */
    const char *body;
    int delay_ms; /* before the first byte */
    size_t size;
};

struct hostile;
/* NULL: said on stderr. address "127.0.0.1"; port 0: a free one. rules are copied, their texts are not. */
struct hostile *hostile_start(const char *address, int port, const char *name,
                              const struct hostile_rule *rules, int n);
int hostile_port(const struct hostile *hostile);
const char *hostile_url(const struct hostile *hostile); /* http://address:port */
/* Requests of this path so far; "*": all. */
int hostile_requests(const struct hostile *hostile, const char *path);
/* How many of the last 256 requests have this text in path and query. */
int hostile_asked(const struct hostile *hostile, const char *part);
/* Requests that brought a login along: those with an Authorization header. */
int hostile_logins(const struct hostile *hostile);
/* Other rules from now on, for requests that come. */
void hostile_rules(struct hostile *hostile, const struct hostile_rule *rules, int n);
void hostile_end(struct hostile *hostile); /* NULL is fine */

#endif
