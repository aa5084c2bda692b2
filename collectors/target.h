/* A server that is asked: who it is, in which state, and what its answers said.
 *
 * States: probing (no answer yet), polled, balancer (different servers answer behind one URL), duplicate
 * (another URL reaches the same server), gone. A hidden target is a candidate of discovery: nobody is told of
 * it until it is believed. Owned by the collector. */
#ifndef COLLECTORS_TARGET_H
#define COLLECTORS_TARGET_H

#include "base/url.h"
#include "collectors/closed.h"
#include "collectors/collector.h"
#include "collectors/http_way.h"

#define NAME_SIZE  (TEXT_MAX_BYTES + 1)
#define FORMER_MAX 8
#define SEEN_MAX   1024 /* routes or addresses taken from one answer */

enum target_state {
    TARGET_PROBING,
    TARGET_POLLED,
    TARGET_BALANCER,
    TARGET_DUPLICATE,
    TARGET_GONE,
    TARGET_KNOWN
};

/* What the answers of an endpoint cost so far. */
#define COSTS_KEPT 5
struct cost_memory {
    int64_t last[COSTS_KEPT]; /* ring */
    unsigned count;           /* of all answers */
    double mean;              /* slow: it takes dozens of answers to move it */
};

/* The schedule of one endpoint of one target, and what it has cost. */
struct plan {
    bool active; /* wanted now */
    bool asked;  /* once, by a command or because something changed */
    bool quarantined;
    int64_t due;        /* mono */
    int64_t last_asked; /* mono, 0 never */
    int64_t interval;   /* chosen now */
    struct cost_memory costs, bodies;
    uint64_t size;      /* of its last answer without configuration, 0 unknown */
    int64_t cost, body; /* of the server; of the link and us for its body. As a rule, -1 unknown */
    char why[64];
    int failing;  /* heavy ones: bodies in a row that were no use */
    bool excused; /* the last answer was: the server was silent meanwhile */
    uint64_t requests, failures, bytes;
    int64_t spent, last;
    bool changed; /* since the last cost frame */
};

struct seen_route {
    char id[NAME_SIZE], name[NAME_SIZE], ip[NAME_SIZE];
    uint64_t port;
};
struct seen_host {
    char host[NAME_SIZE];
    const char *origin;
};

/* What the answer in flight in a lane said of itself. Counts once the answer is whole. */
struct facts {
    struct seen_route *routes;
    size_t route_count, route_cap;
    struct seen_host *hosts;
    size_t host_count, host_cap;

    char server_id[NAME_SIZE];
    int64_t now;
    bool has_total;
    uint64_t total, num, streams, connections;
    uint64_t made; /* of all consumers that it leads: who they are, and since when */
    struct closed_seen closed;
    /* of /varz */
    bool server;
    char name[NAME_SIZE], version[64], cluster[NAME_SIZE];
    int64_t start, config_load_time;
    uint64_t remotes, total_connections, open;
    uint64_t troubles; /* slow consumers and stale connections that it counts */
    int64_t waiting;   /* bytes on all routes of /routez, or gateways of /gatewayz, as far as it matters */
    bool clustered, gateways, leafs, client_counters;
};

struct target {
    struct collector *collector;
    uint64_t id;
    struct url url;
    char base[600]; /* url as text */
    struct http_address address;
    char asked_id[NAME_SIZE]; /* over NATS: whose answers are asked for */
    char account[NAME_SIZE];  /* whose JetStream is asked, instead of a server; "" none */
    const char *origin;
    char reason[400];
    char told[1800];  /* last TARGET frame, to see changes */
    int64_t named_at; /* candidates: last time somebody named the address */
    int64_t backoff;  /* candidates: wait until the next try */

    /* who it said it is, and what there is of it */
    char server_id[NAME_SIZE], name[NAME_SIZE], version[64], cluster[NAME_SIZE];
    char foreign[NAME_SIZE];  /* id in another document than /varz that is not its own; "" none in doubt */
    int64_t foreign_ns;       /* when that was, mono */
    uint32_t foreign_told;    /* hash of the last one told, which /varz did not confirm */
    char *former[FORMER_MAX]; /* ids before its restarts, ring */
    int64_t last_now, start, config_load_time;
    uint64_t remotes, streams, made;
    uint64_t conn_total; /* of the last /connz */
    uint64_t conn_bytes; /* per connection, of the last full page; 0 unknown */
    unsigned conn_limit; /* of the full page that was asked last */
    struct closed_list closed;
    struct cids cids; /* to be asked for their subscriptions */

    char error[320];     /* of the last /varz */
    int64_t silent;      /* mono: when the last /varz failed, 0 never */
    int64_t varz_asked;  /* mono: when the last finished /varz was asked, 0 never */
    int64_t config_last; /* mono: the last /jsz with configuration */

    struct lane lane[LANE_COUNT];
    struct facts facts[LANE_COUNT];
    struct plan plan[EP_COUNT];
    struct want wants[EP_COUNT];

    enum target_state state;
    enum failure failure; /* of the last /varz */
    int64_t next;         /* mono: when its schedule has to be looked at again */
    unsigned number;      /* place in the interval */
    unsigned former_count;
    uint32_t hosts_hash; /* of the addresses in its last /varz */
    int varz_failures;   /* in a row */
    int doubts;          /* duplicates: answers in a row that its original did not share */
    bool named;          /* by the user */
    bool hidden;
    bool stirred; /* something changed: its schedule is looked at in this turn */
    bool up;      /* the last /varz was good */
    bool clustered, gateways, leafs, client_counters;
    bool backlog[EP_COUNT]; /* by the last answer much waits on its routes, its gateways */
    bool config_changed;    /* something says that the configuration we have is out of date */
    bool config_asked;      /* in the /jsz in flight */
    bool conn_again;        /* the full page was asked once more, since its limit was too low */
};

/* NULL when there are too many. check_name: see struct target; may be NULL. */
struct target *target_create(struct collector *c, const struct url *url, const char *origin,
                             const char *check_name);
/* One that is asked over NATS, by its id. */
struct target *target_create_by_id(struct collector *c, const char *server_id, const char *name);
/* An account, whose JetStream is asked by its API; `api`: the client whose lanes go that way. */
struct target *target_create_account(struct collector *c, struct client *api, const char *account);
void target_destroy(struct target *t);
/* Says its TARGET frame if anything in it changed, or always. */
void target_tell(struct target *t, bool always);
void target_set(struct target *t, enum target_state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Does that server id belong to it, now or before its restarts? */
bool target_had_id(const struct target *t, const char *server_id);
/* The target that is polled under this id, NULL when there is none. */
struct target *target_by_id(struct collector *c, const char *server_id, const struct target *except);
const char *target_state_name(enum target_state state);
/* 1, 2, 3 of "1.2.3-beta" compared; an unreadable version counts as newest. */
bool version_at_most(const char *version, int major, int minor, int patch);

/* One TARGET frame. */
struct target_words {
    uint64_t id;
    const char *url, *origin, *state, *reason, *server_id, *name;
};
void target_frame(struct collector *c, const struct target_words *words);

#endif
