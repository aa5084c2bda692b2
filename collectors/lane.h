/* A lane: one connection to one server, one request in flight, its answer decoded and encoded while it
 * arrives.
 *
 * Rows go straight from the decoder into the frames of the sample that is being built; what came whole is
 * handed out by lane_commit(), what failed becomes a sample without rows. Decoder and writer are borrowed
 * while a body arrives. Owned by a target; the client is what all lanes share. */
#ifndef COLLECTORS_LANE_H
#define COLLECTORS_LANE_H

#include <curl/curl.h>

#include "base/page.h"
#include "collectors/auth.h"
#include "collectors/endpoint.h"
#include "collectors/failure.h"
#include "collectors/http.h"
#include "collectors/multi.h"
#include "collectors/slot.h"

struct worker;

struct client {
    const struct collect_options *options;
    struct multi *multi[LANE_COUNT];
    struct outbox *outbox;
    struct page *page; /* may be NULL */
    struct curl_slist *headers;
    bool logged_in;
    uint16_t source;
    uint64_t serial;
    struct worker *idle;     /* decoders and writers nobody uses now */
    struct text_pool *texts; /* of the error of the sample that is being ended, and of questions */
};

void client_open(struct client *client, struct loop *loop, const struct collect_options *options,
                 const struct auth *auth);
void client_close(struct client *client); /* after the last lane */

struct lane;
struct lane_handler {
    void (*row)(void *data, struct lane *lane, const struct row *row);
    /* The answer is whole or failed: exactly one of lane_commit() and lane_drop() has to follow, before that
     * lane_fail() may. */
    void (*done)(void *data, struct lane *lane);
};

struct lane {
    struct client *client;
    const struct lane_handler *handler;
    void *data;
    enum lane_kind kind;
    bool login; /* set by the owner: this server gets the login of --auth-file */
    CURL *easy; /* NULL until the first request */
    int fd;     /* the socket that was made last for it */
    bool busy;
    bool warm;            /* the connection served a request */
    bool fresh_next;      /* the next request wants a new connection */
    int connect_failures; /* in a row: the time to connect grows with them */
    int64_t rtt_ns;       /* of the connection, 0 unknown */
    int64_t made_mono_ns; /* the connection was; of the light lane a new one is made now and then */

    /* the request in flight, and its answer */
    const struct endpoint *endpoint;
    struct sample head;
    char error[320];
    struct worker *worker;
    struct buffer frames;
    const char *server_name, *base; /* borrowed from the target */
    const char *host;
    int port;
    bool https, literal;
    char path[ENDPOINT_PATH_SIZE];
    uint64_t cid; /* what was asked for, 0 and "" where nothing was */
    char subject[ENDPOINT_SUBJECT_SIZE];
    char curl_error[CURL_ERROR_SIZE];
    char text[256]; /* the first bytes of the body, raw */
    size_t text_len;
    bool decoding, refused, too_large, greeting;
    int64_t decoding_ns; /* spent on its body, encoding included */
};

struct lane_request {
    const struct endpoint *endpoint;
    uint64_t target;
    const char *base; /* base URL: for the page */
    const char *root; /* what the URL begins with: differs from base where the certificate's name does */
    struct curl_slist *connect_to;
    const char *host;
    int port;
    bool https, literal;
    const char *path;
    uint64_t cid;            /* in the path, for whoever reads the answer; 0 none */
    const char *subject;     /* the same; may be NULL or "" */
    const char *server_name; /* NULL or "": not known yet */
    int timeout_ms;
};

void lane_open(struct lane *lane, struct client *client, enum lane_kind kind,
               const struct lane_handler *handler, void *data);
void lane_close(struct lane *lane); /* ends what is in flight, without a word */
void lane_ask(struct lane *lane, const struct lane_request *request);

/* In done(): turns the answer into a failure. */
void lane_fail(struct lane *lane, enum failure failure, const char *error);
void lane_commit(struct lane *lane);
void lane_drop(struct lane *lane);
/* A sample about a request that is not made at all. */
void lane_say(struct client *client, uint64_t target, enum shape shape, enum failure failure,
              const char *error);

#endif
