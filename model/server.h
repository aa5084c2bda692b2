/* A server of the cluster: its identity, its state, and what it said besides /varz.
 *
 * Hangs at a SERVER object as `extra`. A row is here from the moment a person named its URL, a peer was
 * found, or the cluster's own configuration said that it should be there. Owned by the model. */
#ifndef MODEL_SERVER_H
#define MODEL_SERVER_H

#include "model/burst.h"
#include "model/closing.h"
#include "model/cluster.h"
#include "model/cut_counters.h"
#include "model/gateway_watch.h"
#include "model/lame_duck.h"
#include "model/link_watch.h"
#include "model/orphans.h"
#include "model/turnover.h"
#include "model/usage.h"

enum server_state { SERVER_NEW, SERVER_UP, SERVER_STALE, SERVER_DOWN, SERVER_KNOWN, SERVER_STATE_COUNT };

struct side { /* the one row of an entity that every answer of its shape has */
    struct row *now;
    struct stamp at;
};
enum { SIDE_HEALTH, SIDE_JETSTREAM, SIDE_SUBLIST, SIDE_COUNT };

enum { TRAFFIC_IN_MSGS, TRAFFIC_OUT_MSGS, TRAFFIC_IN_BYTES, TRAFFIC_OUT_BYTES, TRAFFIC_COUNT };
struct traffic_point { /* counters at one moment of the server's clock */
    int64_t now_ns;
    bool known;
    double count[TRAFFIC_COUNT];
    uint64_t set; /* of the links added up: another set has another sum */
};
#define LINK_POINTS 6
struct link_traffic { /* the sum of all links of a kind, at the last polls of this run of the server */
    struct traffic_point points[LINK_POINTS]; /* newest first */
    int polls;                                /* how many of these there are */
    size_t count;                             /* of the links in the last one */
};
#define VARZ_POINTS     64
#define UNWANTED        (-1)
#define WORTH_REPEATING 2 /* an old row: for as long again as it was fresh */

struct server {
    const struct text *cluster, *name, *server_id; /* NULL: not known */
    const struct text *url;                        /* where it is asked; NULL: it isn't */
    const struct text *address;                    /* host:port: what it is called while it has no name */
    bool nameless;                                 /* its name is its id: its address stands for it */
    bool reached;                                  /* /varz was answered once */
    bool placeholder; /* should be there, and nobody knows more than its route address */
    bool placed;      /* its cluster is known: it, a route or a configuration says so */
    bool joined;      /* it said so itself */
    bool forgotten;
    enum server_state state;
    int64_t state_since_utc_ns;
    int restarts;
    int refused; /* times running */
    enum failure failure;
    const struct text *error; /* of the last failed /varz, NULL none */
    int64_t good_mono_ns;     /* last valid /varz, or when we began to wait for one */
    int64_t here_mono_ns; /* it runs and answers since: its first answer after a start or after being down */
    int64_t silent_mono_ns; /* it answered, and was stale or down until then, once we had asked it; 0 never */
    struct target *target;  /* whose answers count; NULL: nobody asks, or a copy */
    bool asked;             /* it has one, or what it is a copy of */
    uint16_t ways[SHAPE_LIMIT]; /* whose answers count: a source, 0 nobody's yet (way.h) */
    int64_t orphan_mono_ns;     /* a known peer lost its target then */
    bool left_behind;           /* was there when others came to be watched, and was not found again yet */

    struct answer_state answers[SHAPE_LIMIT];
    const struct text *errors[SHAPE_LIMIT]; /* behind answers[].error */
    int64_t failing_utc_ns[SHAPE_LIMIT];    /* the first of its failures running, 0 none */
    uint64_t polls[SHAPE_LIMIT];            /* good ones */
    bool merging;                           /* of the last /jsz not all rows are taken yet */
    int64_t asked_mono_ns[SHAPE_LIMIT][2];  /* of the last two good ones, newest first */
    int64_t interval_ns[SHAPE_LIMIT];       /* that the collector chose; 0 not told, UNWANTED not asked now */
    int64_t rtt_ns;                         /* of the last /varz, -1 unknown */
    int64_t round_trip_ns;                  /* of the connection that it came by, -1 unknown */
    struct side sides[SIDE_COUNT];
    struct {
        int64_t since_mono_ns;   /* it says since then that it leads the meta group, 0 it does not */
        int64_t unheard_mono_ns; /* without peers that it never heard it has no majority: since then, 0 no */
        uint64_t needed;         /* members, of a majority */
        bool quorum;
    } meta;
    const struct text
        *dated_by; /* server_id of the run that says since when it leads what it leads, NULL none */
    uint64_t
        streams_before; /* that it had a copy of in its last run; 0: none, or this run has told of its own */

    const struct text **route_urls; /* host:port of varz.cluster.urls */
    size_t route_url_count;

    struct traffic_point varz[VARZ_POINTS]; /* ring */
    size_t varz_next, varz_count;
    struct link_traffic links[LINK_COUNT];
    struct usage usage;
    struct gap gap;

    struct closing closing;
    struct interest_answer interest; /* of this run; zero: none */
    struct cut_counters cut_counters;
    struct link_watch link_watch;
    struct gateway_watch gateways;
    struct lame_duck lame_duck;
    struct turnover turnover;
    struct lately restarted;
    struct burst burst;
    int64_t max_pending; /* largest buffer of one connection, -1 unknown */
    uint64_t connz_total;
    bool connz_known;
    struct {
        int64_t asked_mono_ns, mono_ns; /* 0: none of this run */
        uint64_t last_cid;
    } listed; /* the last list of connections that had all there are */

    char reason[400], failing[400]; /* why it is not up; what of it does not answer, "" nothing */
    int64_t failing_since_utc_ns;   /* of the endpoint that `failing` names */
    bool silent;                    /* the reason says for how long */
    char routes_text[32];
    struct orphans orphans; /* when all assets were looked at */
    char lone[220];         /* silent since we came: the streams that it alone had before; "" none known */
    char supposed[160]; /* what it is called before it answered (remembered.h, supposed.h), "" not known */
};

static inline struct server *server_of(const struct entry *entry) {
    return entry->object.extra;
}
static inline const struct server *server_const(const struct object *object) {
    return object->extra;
}
/* For how long it writes to one connection at most; it may not have told. */
static inline int64_t server_write_deadline(const struct object *server) {
    return server->now ? row_i64(server->now, F_SERVER_write_deadline, 10 * NS_PER_S) : 10 * NS_PER_S;
}
static inline bool server_is_up(const struct server *s) {
    return s->state == SERVER_UP;
}

/* ---- server.c ---- */
struct entry *server_create(struct model *model, int64_t utc_ns);
#define SILENT_FOR "silent for " /* why it is stale or down; who hangs says nothing, and is not gone */
const char *server_state_name(enum server_state state); /* NULL for SERVER_NEW */
/* What it is called: its name, else its address. */
const char *server_label(const struct server *server);
/* What it is asked at, "h3:8222", or where routes to it lead; "": not known, or no server. */
const char *server_place(const struct object *object);
void server_set_state(struct model *model, struct entry *entry, enum server_state state, int64_t utc_ns);
void servers_tick(struct model *model);
/* After an answer, or when something is not asked any more: which endpoint fails, the longest of several. */
void server_find_failing(struct server *server);
/* Something that it is asked for has neither come nor failed yet. */
bool server_awaits(const struct server *server);
void server_failed(struct model *model, struct entry *entry, const struct sample *sample);
void server_answered(struct model *model, struct entry *entry, const struct sample *sample,
                     const struct row *row);
void server_remove(struct model *model, struct entry *entry);
struct entry *server_by_id(const struct model *model, const struct text *server_id);
/* By name within a cluster, NULL: in any; of several the one that answers. */
struct entry *server_by_name(const struct model *model, const struct object *cluster, const char *name);
/* Another one of its name and cluster that answers; NULL: there is none, or it has no name. */
const struct entry *server_twin(const struct model *model, const struct object *object);
/* Not long ago, by its own clock: it recovers, and its groups have not told it all yet. */
bool server_has_just_started(const struct entry *entry);
/* Answered not long ago, as long goes with this shape; `times` as long. */
bool server_is_fresh(const struct model *model, const struct server *server, enum shape shape);
bool server_was_fresh(const struct model *model, const struct server *server, enum shape shape, int times);
/* From one poll to the next: as it was last, or as its collector means to, whichever is longer; 0 unknown. */
int64_t server_gap_ns(const struct server *server, enum shape shape);
void side_put(struct model *model, struct server *server, int side, const struct row *row,
              const struct stamp *at);
/* The side that has the rows of an entity, -1 when that is /varz. */
int side_of(enum entity entity);
enum shape side_shape(int side);
/* It is up, and what that row says is its word of now: not from before it started or was down, and not old.
 */
bool side_speaks(const struct model *model, const struct server *server, int side);

/* ---- identity.c ---- */
struct target *target_find(const struct model *model, uint16_t source, uint64_t id); /* NULL: none */
struct target *target_take(struct model *model, uint16_t source, uint64_t id);
void target_row(struct model *model, uint16_t source, const struct row *row);
void targets_forget(struct model *model, uint16_t source);
bool target_is_named(const struct target *target); /* by the user */
/* The row that this answer to /varz is about, NULL when it is none of ours. */
struct entry *identify(struct model *model, struct target *target, const struct sample *sample,
                       const struct row *row);
void twins_tick(struct model *model);

/* ---- others.c ---- */
void others_began(struct model *model); /* another collector did */
void others_tick(struct model *model);

/* ---- gaps.c ---- */
/* Lost samples become an event, at most one a server in ten seconds. */
void gap_row(struct model *model, uint16_t source, const struct row *row);
void gaps_tick(struct model *model);

/* ---- expected.c ---- */
int expected_servers(const struct model *model, const struct entry *cluster);
/* Servers of the cluster have their routes configured to that place, or to the first of several that it could
 * be, and all that should be there is: as many are connected as ever, and none is down. */
bool expected_is_there(const struct model *model, const struct entry *cluster, const char *place);
void expected_tick(struct model *model, int64_t utc_ns);
/* The same after one answer to /varz: does nothing while as many are missing as before. */
void expected_answered(struct model *model, struct entry *cluster, int64_t utc_ns);
struct entry *placeholder_take(struct model *model, const char *host); /* NULL: there is none */

/* ---- places.c ---- */
void route_urls_put(struct model *model, struct entry *entry, const struct sample *sample);
/* A server's configured routes changed, or it went: how many they name is counted anew. */
void route_addresses_changed(struct model *model, const struct entry *cluster);

/* ---- link.c ---- */
void links_put(struct model *model, struct entry *entry, const struct sample *sample, int link);
/* Links are as fresh as the word of the server that told of them. */
void links_tick(struct model *model);
void varz_point_put(struct server *server, const struct row *row, const struct stamp *at);
/* Per second and signed, since an estimate is a difference of counters that were read at different moments:
 * `slack` is what these moments can make of it. Less than nothing by more than that is nonsense. An estimate
 * goes on with every poll of the links; one older than two of these (unstretched) is unknown. */
enum client_rate { CLIENT_UNKNOWN, CLIENT_NEW, CLIENT_EXACT, CLIENT_ESTIMATED };
struct client_traffic {
    double per_s, slack;
};
enum client_rate client_rate(const struct model *model, const struct object *server, int traffic,
                             struct client_traffic *out);
/* false when it is below zero by more than its slack; what is within is nothing. */
bool client_settle(const struct client_traffic *traffic, double *per_s);

/* ---- connection.c ---- */
/* A slice of a page; true when it is done. `rows`: at most about so many. */
bool connections_put(struct model *model, struct entry *server, const struct sample *sample,
                     struct model_intake *intake, size_t rows);
/* The answer about one connection: says nothing of all others. */
void connections_put_one(struct model *model, struct entry *server, const struct sample *sample);
void connections_tick(struct model *model);

/* ---- store.c ---- */
/* Its run is over: what it had is kept for comparison. */
void store_remember(struct server *server);
/* After an answer to /jsz: says it when the server came back with nothing of what it had. */
void store_judge(struct model *model, struct entry *server, int64_t utc_ns);

/* ---- merge.c ---- */
/* A slice of an answer to /jsz; true when it is done. `rows`: at most about so many. */
bool jetstream_put(struct model *model, struct entry *server, const struct sample *sample,
                   struct model_intake *intake, size_t rows);
void merging_destroy(struct merging *merging); /* NULL is fine */

#endif
