/* A lane: one request in flight at one server, its answer decoded and encoded while it arrives.
 *
 * Rows go straight from the decoder into the frames of the sample that is being built; what came whole is
 * handed out by lane_commit(), what failed becomes a sample without rows. How the bytes come is the business
 * of a way (`struct lane_way`: http_way.h). Decoder and writer are borrowed while a body arrives. Owned by a
 * target; the client is what all lanes share. */
#ifndef COLLECTORS_LANE_H
#define COLLECTORS_LANE_H

#include "base/buffer.h"
#include "base/page.h"
#include "collectors/endpoint.h"
#include "collectors/slot.h"

struct decoder;
struct worker;
struct lane;
struct lane_request;

/* How lanes ask. */
struct lane_way {
    void (*ask)(struct lane *lane, const struct lane_request *request);
    /* Frees what it has of a lane; what is in flight ends without a word. */
    void (*close)(struct lane *lane);
};

struct client {
    const struct lane_way *way;
    void *way_data; /* of all lanes together */
    struct outbox *outbox;
    struct page *page; /* may be NULL */
    uint16_t source;
    uint64_t serial;
    struct worker *idle;     /* decoders and writers nobody uses now */
    struct text_pool *texts; /* of the error of the sample that is being ended, and of questions */
};

/* way, way_data, outbox, page and source are the caller's to set. */
void client_open(struct client *client);
void client_close(struct client *client); /* after the last lane */

/* Of an answer that comes as several documents: looks at their rows. */
struct lane_pages {
    bool (*row)(void *data, const struct row *row); /* false: it is not handed out */
    void *data;
};

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
    void *way; /* what the way has of it; NULL until the first request */
    enum lane_kind kind;
    bool busy;
    bool fresh_next; /* the next request wants a new connection */

    /* the request in flight, and its answer */
    const struct endpoint *endpoint;
    struct sample head;
    char error[320];
    struct worker *worker;
    struct buffer frames;
    const char *server_name, *base; /* borrowed from the target */
    uint64_t cid;                   /* what was asked for, 0 and "" where nothing was */
    char subject[ENDPOINT_SUBJECT_SIZE];
    const struct lane_pages *pages; /* NULL: it is one document */
    bool refused;                   /* its body by the decoder */
    int64_t decoding_ns;            /* spent on its body, encoding included */
};

struct lane_request {
    const struct endpoint *endpoint;
    uint64_t target;
    const char *base; /* base URL: for the page */
    const struct endpoint_words *words;
    const char *server_name;            /* NULL or "": not known yet */
    const struct http_address *address; /* what the way over HTTP needs */
    const char *server_id;              /* and the one over NATS */
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

/* ---- for ways: a body that arrives; head.http_status and head.round_trip_ns are known by then ---- */
void lane_begin(struct lane *lane, bool reply); /* as it comes over NATS */
/* Another document of the same answer: what its rows are given (decoder_give()) follows. */
struct decoder *lane_page(struct lane *lane, enum shape shape);
/* A row that no document says. */
void lane_row(struct lane *lane, const struct row *row);
/* false: it is refused from here on. */
bool lane_decode(struct lane *lane, const char *bytes, size_t len);
/* The body ended: what is wrong with it, in lane->error. `nats`: it has what answers of NATS always have. */
enum failure lane_decoded(struct lane *lane, bool *nats);
/* The answer ended. */
void lane_done(struct lane *lane, enum failure failure);

#endif
