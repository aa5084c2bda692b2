/* What one server counts of those that do not read, answer or wait: each growth of a counter is an event and
 * stays known for ten minutes.
 *
 * Counters of cut clients are held against the records of closed connections (closing.h), because a client
 * may be counted twice, up to a write deadline apart, and because before 2.10 routes are counted with the
 * clients. The first value of a run is no growth, so a restart is no event. Owned by its server. */
#ifndef MODEL_CUT_COUNTERS_H
#define MODEL_CUT_COUNTERS_H

#include <stdbool.h>

#include "model/lately.h"
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
    struct {          /* growth that no event has told yet */
        uint64_t counted, records;
        int64_t utc_ns, mono_ns, record_mono_ns;
        char names[CUT_NAMES_SIZE]; /* of the records, as far as there is room */
        char last_name[100];
        unsigned named;
    } awaited;
    struct { /* the last event */
        uint64_t number, counted, clients;
        char names[CUT_NAMES_SIZE];
    } told;
};

struct model;
struct entry;
struct stamp;

/* After an answer to /varz. */
void cut_counters_varz(struct model *model, struct entry *server);
/* The record of a connection that was closed, of whatever reason. */
void cut_counters_record(struct model *model, struct entry *server, const struct entry *connection);
/* The list of closed connections was answered. */
void cut_counters_answered(struct model *model, struct entry *server, const struct stamp *at);
void cut_counters_tick(struct model *model);
void cut_counters_forget_run(struct cut_counters *counters);
/* The server says how many; else nothing is known of that. */
bool cut_counters_told(const struct cut_counters *counters, enum counted counted);
uint64_t cut_counters_within(const struct model *model, const struct cut_counters *counters,
                             enum counted counted, int64_t span_ns);

#endif
