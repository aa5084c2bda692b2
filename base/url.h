/* The URLs that people type for a monitoring port, or for NATS itself, and what is wrong with them.
 *
 * `host`, `host:port`, `[v6]:port`, `http://host:8222/prefix`, `nats://host:4222`, `tls://host:4222`; nothing
 * else. A user part is refused: secrets do not belong on a command line. Used by the options and by
 * discovery. */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>
#include <stddef.h>

struct url {
    bool https;     /* or TLS over NATS */
    bool nats;      /* where clients connect, no monitoring port */
    char host[256]; /* without brackets */
    bool v6;
    int port;         /* 8222 when not given, 4222 over NATS */
    char prefix[256]; /* "" or "/path", no slash at the end */
};

/* false: message[] says in one line what to write instead. */
bool url_parse(struct url *url, const char *text, char *message, size_t size);
/* "http://host:8222/prefix", always with port. */
void url_format(const struct url *url, char *out, size_t size);
bool url_same(const struct url *a, const struct url *b);

#endif
