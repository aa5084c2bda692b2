/* How many messages went out of a stream before a consumer had them, and when the last of them did.
 *
 * What is gone leaves no lag behind, so it is counted as it goes, row by row, and remembered. Each count is
 * what the rows prove, so it may be less than what is lost. Of one that reads all of the stream, the place of
 * the first message left tells; of one that filters, its own pending does: it falls by delivery alone, and
 * what was pending is gone once the stream begins behind all that was there then, but for what was delivered,
 * and before that all but what there is still room for: so it is compared with several moments before, the
 * further apart the longer the stream keeps. What an administrator
 * purges is not counted where it can be told apart.
 *
 * Of what went before we watched there is a bound: servers say of one that has got nothing yet from where on
 * it was to begin, and a purge takes that along, so what is between its place and the first message left went
 * without it, less what had been deleted there by hand. Of one that filters nothing can be said of that time.
 * All instants are moments (model/backlog.h). Owned by its consumer, used by the model alone. */
#ifndef MODEL_EVICTION_H
#define MODEL_EVICTION_H

#include "model/backlog.h"

#define EVICTION_MARKS 8
struct eviction_mark { /* what had come once for one that filters */
    uint64_t came;     /* delivered and pending */
    uint64_t counted;  /* of them, and of others, gone by then */
    uint64_t serial;   /* of the stream's row then */
    uint64_t last;     /* all of it is up to here; 0 not known yet */
};

struct eviction {
    uint64_t messages; /* seen to go; 0 none */
    uint64_t before;   /* at most so many went before we watched, or while its leader moved */
    int64_t last_ns;   /* the last of them went; TIME_UNSET: before we watched */
    bool lasts;        /* it is news, or has a backlog behind it */
    bool ahead;        /* the consumer has not got past that place */
    uint64_t lost_to;  /* that place: a sequence */
    uint64_t gone_to;  /* what went up to here is counted */
    uint64_t unacked;  /* most at once that had been delivered */
    bool begun;        /* a row was looked at */
    bool unseen;       /* newer messages take the place of others of their subject, which tells nobody */
    bool known;        /* there is a row before, of the same leader; of it: */
    uint64_t place, floor, pending, deliveries, stream_messages, stream_last;
    bool filters;                               /* so what went is that many at least */
    struct eviction_mark marks[EVICTION_MARKS]; /* of one that filters, oldest first */
    unsigned marked, stride, skipped;           /* so many of them, and rows from one to the next */
    uint64_t counted;                           /* gone since we watch, of one that filters */
};

/* 0 none; bounded by it where some went before we watched. */
static inline uint64_t eviction_total(const struct eviction *e) {
    return e->messages + e->before;
}
/* The consumer has a new row, true at `moment`. first: nothing is known of it before. */
void eviction_put(struct eviction *eviction, const struct object *consumer, const struct object *stream,
                  const struct arrivals *arrivals, int64_t moment, bool first);
/* So many went with a stream that lost its store, of which no row tells. Its sequences begin anew. */
void eviction_add(struct eviction *eviction, uint64_t messages, int64_t moment);

#endif
