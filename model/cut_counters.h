/* What one server counts of those that do not read, answer or wait: each growth of a counter is an event and
 * stays known for ten minutes.
 *
 * Counters of cut clients are held against the records of closed connections (closing.h), because a client
 * that was cut by bytes is counted again where its last write misses the deadline, and because before 2.10
 * routes, gateways and leaf nodes are counted with the clients. One that a missed deadline cut is counted
 * once. What is counted beyond that is nobody's of whom a record tells. From 2.12 a route that goes on
 * missing its deadline is counted again in the sum alone. The first value of a run is no growth, so a restart
 * is no event, unless the run began while we watched.
 *
 * Pauses of producers come in hundreds: one event from the first of them, which gets their number and how
 * long that lasted when none came for ten seconds, or the run ends. Owned by its server. */
#ifndef MODEL_CUT_COUNTERS_H
#define MODEL_CUT_COUNTERS_H

#include <stdbool.h>

#include "model/lately.h"
#include "model/link_watch.h"
#include "model/object.h"

enum counted { /* rows of the table in cut_counters.c, */
               SLOW_CLIENTS,
               SLOW_UNDIVIDED, /* before 2.10: of whatever kind */
               SLOW_ROUTES,
               SLOW_GATEWAYS,
               SLOW_LEAFS,
               STALE_CLIENTS,
               STALE_ROUTES,
               STALE_GATEWAYS,
               STALE_LEAFS,
               STALE_ALL,
               STALLS,
               COUNTED_ROWS,
               /* and what is no counter of the server */
               SLOW_UNTOLD = COUNTED_ROWS, /* counted, and no record came */
               SLOW_RECORDED,              /* clients with a record that may be counted again */
               SLOW_AGAIN,                 /* a route, in the sum alone */
               CLOSED_MISSED,              /* connections that were closed and have no record */
               CLOSED_STALE,
               CLOSED_AUTH,
               COUNTED_COUNT
};

#define CUT_NAMES_SIZE 400
struct cut_counters {
    struct lately lately[COUNTED_COUNT];
    uint64_t last[COUNTED_ROWS];
    bool known[COUNTED_ROWS];
    int64_t began_ns; /* the first value of this run is of then, by the server's clock; 0 none */
    bool from_start;  /* its first value, which is still to come, grew from 0 while we watched */
    struct {          /* growth that no event has told yet */
        uint64_t counted, records, leafs; /* leafs: records of leaf nodes, where they are counted with all */
        int64_t utc_ns, mono_ns, record_mono_ns;
        char names[CUT_NAMES_SIZE]; /* of the records, as far as there is room */
        char last_name[100];
        unsigned named;
        char suspect[LINK_SUSPECT_SIZE]; /* the link that it may be, when it was counted; "" none then */
    } awaited;
    struct {                                        /* the last event */
        uint64_t number, counted, clients, missing; /* missing: of these no record may have come */
        char names[CUT_NAMES_SIZE];
    } told;
    struct {                    /* producers, without a pause of ten seconds between two of theirs */
        uint64_t event, pauses; /* event 0: none is, at the last look */
        int64_t from_mono_ns, last_mono_ns, looked_mono_ns; /* looked: 0 not in this run */
        bool much;                                          /* so many a second that somebody should know */
        int64_t much_mono_ns, above_mono_ns; /* half as many at least, last; since when so many, 0 */
    } held;
    uint64_t untold;             /* counted since we watch, and no record came */
    uint64_t beyond, again_told; /* in the sum and in no kind: at the last look; as an event, or before */
};

struct model;
struct entry;
struct stamp;

/* What the sum of slow consumers counts beyond its kinds, since that server's start; false: not known. */
bool cut_counters_beyond(const struct row *varz, uint64_t *beyond);
/* After an answer to /varz. */
void cut_counters_varz(struct model *model, struct entry *server);
/* The record of a connection that was closed, of whatever reason. */
void cut_counters_record(struct model *model, struct entry *server, const struct entry *connection);
/* The list of closed connections was answered; so many were missed that were closed since it was before. */
void cut_counters_answered(struct model *model, struct entry *server, uint64_t missed,
                           const struct stamp *at);
void cut_counters_tick(struct model *model);
/* from_start: the next one began while we watched, so all that it counts is growth. */
void cut_counters_forget_run(struct model *model, struct entry *server, bool from_start);
/* The server says how many; else nothing is known of that. */
bool cut_counters_told(const struct cut_counters *counters, enum counted counted);
uint64_t cut_counters_within(const struct model *model, const struct cut_counters *counters,
                             enum counted counted, int64_t span_ns);

#endif
