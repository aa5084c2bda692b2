/* A sample: what one endpoint of one server said at one moment, whole.
 *
 * Made by a decoder in a collector or by the stream reader in the main process; whoever made it owns it, the
 * model only reads it. All rows and texts live in the sample and die with sample_clear(). */
#ifndef SAMPLE_SAMPLE_H
#define SAMPLE_SAMPLE_H

#include "sample/row.h"

/* Why there is no usable answer: the ladder of name, connect, TLS, HTTP, "this is not NATS monitoring". */
enum failure {
    FAILURE_NONE,
    FAILURE_NAME,    /* does not resolve */
    FAILURE_REFUSED, /* or reset before an answer */
    FAILURE_CONNECT, /* no connection within the time */
    FAILURE_TLS,
    FAILURE_TIMEOUT,  /* connected, but silent or too slow */
    FAILURE_CUT,      /* the body ended in the middle */
    FAILURE_HTTP,     /* a status that is no answer; http_status says which */
    FAILURE_NOT_NATS, /* answers, but not as NATS monitoring does */
    FAILURE_BODY,     /* not JSON, or nested too deep */
    FAILURE_TOO_LARGE,
    FAILURE_OTHER_SERVER, /* the server_id is not the one /varz gave: a balancer in between */
    FAILURE_QUARANTINED,  /* killed the collector three times */
    FAILURE_LOGIN,        /* it refuses who we are */
    FAILURE_COUNT
};
const char *failure_name(enum failure failure); /* "refused", ... for JSON and events */

struct sample {
    uint16_t source;         /* of the stream: who asked */
    uint64_t target, serial; /* within that source */
    enum shape shape;
    int64_t asked_utc_ns, asked_mono_ns, answered_utc_ns, answered_mono_ns;
    int64_t cost_ns, took_ns;
    int64_t round_trip_ns; /* of the connection, 0 not known */
    uint64_t bytes, dropped;
    int http_status; /* 0: none */
    enum failure failure;
    const struct text *error; /* never NULL, "" without failure */

    struct row **rows; /* in the order of the answer; the ANSWER row, if any, is among them */
    size_t count;

    struct sample_store *store; /* private */
};

struct sample *sample_create(void);
void sample_destroy(struct sample *sample); /* NULL is fine */
void sample_clear(struct sample *sample);   /* forgets everything, keeps memory */

/* A new empty row at the end. The address stays valid until sample_clear(). */
struct row *sample_add(struct sample *sample, enum entity entity);
/* A copy of the text in the sample's pool (interned). */
const struct text *sample_text(struct sample *sample, const char *clean, size_t len);
/* The first row of an entity, NULL when there is none. */
const struct row *sample_first(const struct sample *sample, enum entity entity);

#endif
