/* How many messages went out of a stream before a consumer had them, and when the last of them did.
 *
 * What is gone leaves no lag behind, so it is counted as it goes, row by row, and remembered. Each count is
 * what the rows prove, so it may be less than what is lost.
 *
 * One that reads all of the stream gets past each message once: what it passed since its row before, or what
 * the stream begins behind, is delivered or lost, and one delivery is one message, but for those that are
 * delivered again. That needs no word of the stream from the same moment, so the two may have other leaders,
 * and both numbers stay with the consumer when its leader moves. What had been deleted by hand in front of it
 * when we came is not lost again.
 *
 * Of one that filters, its own pending tells: it falls by delivery alone, and what was pending is gone once
 * the stream begins behind all that was there then, but for what was delivered, and before that all but what
 * there is still room for: so it is compared with several moments before, the further apart the longer the
 * stream keeps. So it is where messages say themselves how long they stay, for they go from anywhere; and
 * of one that reads all, what came meanwhile is known there, too. What an administrator purges is not counted
 * where it can be told apart.
 *
 * Of what went before we watched there is a bound: servers say of one that has got nothing yet from where on
 * it was to begin, and a purge takes that along, so what is between its place and the first message left went
 * without it, less what had been deleted there by hand. Of one that filters nothing can be said of that time.
 * All instants are moments (model/backlog.h). Owned by its consumer, used by the model alone. */
#ifndef MODEL_EVICTION_H
#define MODEL_EVICTION_H

#include "model/backlog.h"

#define EVICTION_MARKS 8
struct eviction_mark { /* what had come once */
    uint64_t came;     /* delivered and pending */
    uint64_t counted;  /* of them, and of others, gone by then */
    uint64_t serial;   /* of the stream's row then */
    uint64_t last;     /* all of it is up to here; 0 not known yet */
};

struct eviction {
    uint64_t messages;  /* seen to go; 0 none */
    uint64_t before;    /* at most so many went before we watched */
    uint64_t before_to; /* it has got past these there */
    int64_t last_ns;    /* that the last of them went was seen; TIME_UNSET: before we watched */
    bool least;         /* more may have gone than is counted */
    bool repeats;       /* it got some again */
    bool goes_on;       /* it shows now and then, and was not long ago */
    bool lasts;         /* it is news, or has a backlog behind it */
    bool ahead;         /* the consumer has not got past that place */
    uint64_t lost_to;   /* that place: a sequence */
    uint64_t reached;   /* what went up to here is counted: it has passed it, or the stream begins behind */
    uint64_t unacked;   /* most at once that had been delivered */
    bool begun;         /* a row was looked at */
    bool unseen;        /* newer messages take the place of others of their subject, which tells nobody */
    uint32_t server;    /* who told that row, and what it took then */
    uint32_t filter;
    bool known; /* there is a row before, of the same filter; of it: */
    uint64_t place, floor, pending, deliveries, redelivered, stream_messages, stream_last, gone;
    bool behind;                                /* its leader knew of fewer deliveries than the one before */
    struct eviction_mark marks[EVICTION_MARKS]; /* oldest first */
    unsigned marked, stride, skipped;           /* so many of them, and rows from one to the next */
    unsigned quiet, still;                      /* rows since some went, and since its stream took any */
    uint64_t counted;                           /* gone since we watch, by its own numbers */
    struct eviction_mark base;                  /* serial 0 none */
    uint64_t base_last;                         /* of the stream, by its last row then */
    uint64_t above_base;                        /* gone since, by its row before */
    struct eviction_mark front; /* when we came: what had come, and was passed; serial 0: that is done */
    uint64_t holes;             /* at most so many in front of it had been deleted then */
};

/* Some that are still pending may have gone after the last that we saw to go. */
static inline bool eviction_may_last(const struct eviction *e) {
    return e->least && e->pending && e->quiet;
}
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
