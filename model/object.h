/* Objects: the things of a cluster as we know them, each with its last and its previous row.
 *
 * Made, changed and removed by the model alone; views and exports hold const pointers only during one draw
 * and remember an object by its id. A text inside a row lives as long as the row. */
#ifndef MODEL_OBJECT_H
#define MODEL_OBJECT_H

#include "sample/sample.h"

enum object_kind {
    OBJECT_CLUSTER,
    OBJECT_SERVER,
    OBJECT_CONNECTION,
    OBJECT_CLIENT,  /* who was cut as a slow consumer, over all its connections */
    OBJECT_VISITOR, /* whose connections come and go, over all of them */
    OBJECT_STREAM,
    OBJECT_CONSUMER,
    OBJECT_REPLICA,
    OBJECT_SOURCE, /* what a stream copies from */
    OBJECT_META_PEER,
    OBJECT_ROUTE,
    OBJECT_GATEWAY,
    OBJECT_LEAF,
    OBJECT_COST,         /* one endpoint of one server: what watching it costs */
    OBJECT_AUDIENCE,     /* who subscribes to the same, of those that match a subject */
    OBJECT_SUBSCRIPTION, /* of a connection that was asked for, or matching a subject that was */
    OBJECT_API,          /* JetStream of an account, by its API: model/api.h */
    OBJECT_SAMPLING,     /* what is looked at of the traffic: sampling.h */
    OBJECT_SUBJECT,      /* of messages that were seen there, or many that are alike */
    OBJECT_EXPECTATION,  /* so many of something should be there: expectation.h */
    OBJECT_GROUP, /* connections with something in common (groups.h): made for a list, none are in the model
                   */
    OBJECT_ALERT, /* alert_object.h: made for a list, none are in the model */
    OBJECT_KIND_COUNT
};

enum freshness {
    FRESH_LIVE,
    FRESH_STALE, /* older than it should be: shown dimmed with its age, evidence of nothing */
    FRESH_GONE,  /* not there any more: a tombstone with "last seen" */
};

/* When a row was true. Rates are made of now_ns (the server's clock); ages of utc_ns and mono_ns (the
 * collector's). */
struct stamp {
    int64_t now_ns; /* the answer's own `now`, else answered_utc */
    int64_t utc_ns; /* collector: answered */
    int64_t mono_ns;
    int64_t asked_mono_ns;
    uint64_t serial;              /* of the sample, over all that its source said */
    uint16_t source;              /* who asked */
    const struct text *server_id; /* whose counters these are */
};

struct object {
    /* What whoever walks over thousands asks of each is together here. */
    enum object_kind kind;
    enum freshness freshness;
    uint64_t id; /* never used twice in one model; stays over restarts of the thing */
    /* cluster of a server, client, stream, consumer; stream of a source; asset of a replica; server of a
     * connection, subscription, route, cost */
    const struct object *parent;
    struct row *now;
    void *extra;        /* what only its kind has, private to the model; may be NULL */
    struct row *before; /* NULL until there is one, and when the rate window was dropped */

    int64_t seen_utc_ns;  /* last authoritative row, 0 never */
    int64_t first_utc_ns; /* when this object came to be known */
    struct stamp now_at, before_at;
};

/* The number of an OBJECT_KIND's JSON array ("servers") and its singular ("server"). */
const char *object_kind_plural(enum object_kind kind);
const char *object_kind_name(enum object_kind kind);

#endif
