/* What the parts of `collect http` and `collect nats` share: the process as one struct, passed to whoever
 * needs it. How they differ is the way that lanes go, and how servers are found.
 *
 * Private to collectors/. One thread, so no locks: whatever is changed is changed from the loop. */
#ifndef COLLECTORS_COLLECTOR_H
#define COLLECTORS_COLLECTOR_H

#include "base/loop.h"
#include "base/text.h"
#include "collectors/collect.h"
#include "collectors/lane.h"

#define TARGETS_MAX    512 /* servers asked, candidates included */
#define PEERS_MAX      512 /* servers that routes name */
#define QUARANTINE_MAX 64
#define OWN_WANTS_MAX  64

struct target;
struct peer;
struct sampler;

/* What is wanted of an endpoint, by --want and by commands. */
struct want {
    bool on;
    int every_ms;                        /* 0: the table's */
    char sort[24];                       /* "" the endpoint's own */
    unsigned limit;                      /* 0: made from the last total */
    uint64_t cid;                        /* 0: none */
    bool closed;                         /* that one is */
    char subject[ENDPOINT_SUBJECT_SIZE]; /* "" none */
};

struct quarantine {
    char url[600];
    int endpoint;
};

/* What is wanted of one server alone: it may not be found yet, or be found again. */
struct own_want {
    char url[600];
    int endpoint;
    struct want want;
};

/* How many events were told in the minute that began then. */
struct event_bound {
    int64_t since;
    int count;
};

struct collector {
    const struct collect_options *options;
    const char *transport;              /* "http", "nats" */
    bool searches;                      /* what servers say of each other's addresses is tried */
    bool (*beats)(struct collector *c); /* false: something of it hangs, and no beat says so; NULL: never */
    /* Who we are; once, by a command. NULL: nobody asks. */
    const char *(*takes_login)(struct collector *c, const struct login *login);
    /* A server says that clients may connect there. NULL: nobody asks. */
    void (*hears_address)(struct collector *c, const char *address);
    struct nats *nats;       /* of `collect nats` alone */
    struct sampler *sampler; /* the same, once it is known who we are */
    struct loop *loop;
    struct client client;
    struct outbox *outbox;
    struct text_pool *texts; /* of the frame being written */
    int64_t started_mono_ns;
    int64_t varz_ns; /* cadence of /varz */

    struct target *targets[TARGETS_MAX];
    int target_count;
    struct peer *peers[PEERS_MAX];
    int peer_count;
    uint64_t last_id; /* of targets and known peers */
    unsigned made;    /* targets made so far: spreads them over the interval */
    bool told_full;
    int unmatched; /* peers that routes name and nobody is polled as: candidates are tried */
    int unsettled; /* of them, those of which nothing is said yet */
    bool judge;    /* something changed that discovery has to look at */

    struct loop_source *schedule_timer;
    int64_t schedule_next; /* mono: when the first target has something due */
    bool stirred;          /* some target is */

    struct want first[EP_COUNT]; /* by --want: what unwant returns to */
    struct want wants[EP_COUNT]; /* of all servers that have none of their own */
    struct own_want own_wants[OWN_WANTS_MAX];
    int own_want_count;
    struct event_bound events;
    struct quarantine quarantines[QUARANTINE_MAX];
    int quarantine_count;
};

/* A line on stderr; false. */
bool collector_refuse(const char *message);
/* false: standard output or --want is of no use, which was said. */
bool collector_may_begin(const struct collect_options *options);
/* Says hello. The client's way is the caller's to open, before the first target. */
struct collector *collector_create(const struct collect_options *options, const char *transport,
                                   uint16_t source);
int collector_run(struct collector *c); /* until it ends; the exit code */
void collector_drop_targets(struct collector *c);
void collector_destroy(struct collector *c); /* after targets and way */

/* Frames of the process itself. */
void collector_log(struct collector *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A cell from text that is clean already. The text lives until the next collector_row(). */
void collector_put(struct collector *c, struct row *row, enum field field, const char *text);
/* Empties the row and forgets the texts of the one before. */
void collector_row(struct collector *c, struct row *row, enum entity entity);

#endif
