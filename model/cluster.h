/* One cluster of the set: who belongs to it, and what its servers say of it together.
 *
 * Hangs at a CLUSTER object as `extra`. A cluster is what its servers call it (varz.cluster.name); a server
 * that has no such name is one of its own. The first one is there from the beginning and has no name until
 * somebody answers; whoever has not answered yet counts to it. Owned by the model. */
#ifndef MODEL_CLUSTER_H
#define MODEL_CLUSTER_H

#include "model/state.h"

#define LEADERS_MOST 64 /* changes that are remembered */
struct meta {
    const struct text *leader; /* the last one known, NULL never */
    bool led;                  /* somebody living says now that it leads */
    bool contested;            /* and so does another one, again and again */
    const char *quorum;        /* "yes", "no", "leaderless", NULL unknown */
    const char *told;          /* the last of these words that was known */
    int64_t since_utc_ns;      /* it is true since then */
    bool since_least;          /* or for longer: nothing was known before */
    bool pending_told;
    uint64_t pending;                     /* proposals that its leader has not applied yet */
    int64_t changed_utc_ns[LEADERS_MOST]; /* ring: another leader */
    unsigned changes;                     /* ever */
};

struct listing {             /* what the living servers' /jsz answers prove together */
    int64_t horizon_mono_ns; /* each has answered twice since then; INT64_MIN nothing proven */
    int64_t last_mono_ns;    /* and once since then */
    bool all_up;
};

struct lag_sum { /* over its consumers, as of that version of them; 0: of none */
    uint64_t version, sum;
    bool known;     /* of all of them */
    bool live, old; /* of some, and not of now */
    bool left_out;  /* some can't have a leader */
};

struct cluster {
    const struct text *name; /* NULL: nobody has answered */
    bool alone;              /* the name is that of its only server, which has no cluster */
    bool fresh_varz;         /* one came since the last point of its series */
    uint64_t remotes_max;
    int64_t some_back_mono_ns; /* of those that are missed, and not known yet who; 0: not */
    bool one_configuration;    /* all of its servers had the same, and we saw it */
    int route_addresses;       /* distinct ones that its servers have configured, without the forgotten */
    int forgotten_nameless;    /* servers forgotten whose route address nobody knows */
    struct meta meta;
    struct listing listing;
    struct lag_sum lag_sum; /* kept: a tick and a frame ask again and again */
    struct {                /* its servers of which no closed connection was ever heard */
        unsigned count;
        uint64_t one; /* of these, 0 none has a row */
    } closed_unheard;
    int64_t closed_since_utc_ns; /* what was closed from then on is known of all others */
};

static inline struct cluster *cluster_of(const struct object *cluster) {
    return cluster->extra;
}
/* The one that a server belongs to, or counts to. */
static inline struct entry *cluster_at(const struct entry *server) {
    return entry_of(server->object.parent);
}

struct entry *cluster_create(struct model *model, int64_t utc_ns);
/* A server has said which cluster it is in. */
void cluster_join(struct model *model, struct entry *server, int64_t utc_ns);
/* Somebody else knows in which one a server is that has not answered itself. */
void cluster_place(struct model *model, struct entry *server, struct entry *cluster);
/* Which is the first one now; those that nobody who ever answered belongs to are no more. */
void clusters_settle(struct model *model);
/* Live while one of its servers is up, gone when all are down, else stale: nobody has answered yet, or for
 * long. */
void clusters_judge(struct model *model);
/* Two servers or more answer, and all have the same configuration (calc_alike.c). */
bool cluster_has_one_configuration(const struct model *model, const struct object *cluster);

#endif
