/* Streams and consumers, as merged out of what several servers say of the same thing.
 *
 * Hangs at a STREAM or CONSUMER object as `extra`. The numbers of the object's row are its leader's; who
 * leads, who lists it and when is kept here, because all truth about an asset hangs on that. Owned by the
 * model. */
#ifndef MODEL_ASSET_H
#define MODEL_ASSET_H

#include "model/growth.h"
#include "model/lag.h"
#include "model/loss.h"
#include "model/server.h"

struct asset {
    const struct text *leader; /* last one named; NULL never */
    uint64_t claimant;         /* server whose row we hold, 0 none */
    uint64_t claim_poll;       /* of the claimant's /jsz polls */
    int64_t claim_since;       /* its leader_since, TIME_UNSET not told */
    int64_t claim_mono_ns, named_mono_ns, leaderless_mono_ns, listed_mono_ns;
    int64_t moved_mono_ns; /* last change of leader, 0 none */
};

struct copying { /* what all sources of a stream say together */
    unsigned sources;
    bool told, never;        /* of their lag; one had no contact yet */
    uint64_t lag;            /* the worst */
    int64_t active_ns;       /* the longest without contact */
    const struct text *text; /* "mirror of X", NULL: copies from nowhere */
    const struct object *any; /* one of them, while they are added up */
};

struct stream {
    struct asset asset; /* first */
    unsigned consumers; /* that we know */
    unsigned replicas, current, lost;
    char replicas_text[24];
    struct copying copying;
    struct growth growth;
    const struct text *shown; /* what people call it */
    struct loss loss;
};

struct consumer {
    struct asset asset;      /* first */
    const struct text *path; /* "STREAM / CONSUMER" */
    uint64_t stream;         /* its object, 0 unknown */
    struct lag_history lag;
    bool weighed;
    double lost_s; /* until its oldest unprocessed message is lost; INFINITY never */
};

static inline struct asset *asset_of(const struct object *object) {
    return object->extra;
}

enum asset_state { ASSET_UNKNOWN, ASSET_OK, ASSET_LEADERLESS, ASSET_LEADER_GONE, ASSET_NO_QUORUM };
#define MOVES_TOLD 20 /* leader events of one sample; of the rest the number */
const char *asset_state_name(enum asset_state state); /* NULL for ASSET_UNKNOWN */
enum asset_state asset_state(const struct model *model, const struct object *object);
/* The row is the word of a leader that was still one at its last answer. */
bool asset_has_claim(const struct model *model, const struct asset *asset);
/* A server that leads it said so. false: another claimant has the better right. */
bool asset_claim(struct model *model, struct entry *entry, struct entry *server, const struct text *leader,
                 int64_t leader_since, const struct stamp *at);
/* A follower named a leader, or nobody (NULL). */
void asset_named(struct model *model, struct entry *entry, const struct text *leader, const struct stamp *at);
void assets_tick(struct model *model);
void asset_bury(struct model *model, struct entry *entry);

/* Replica and peer rows of Raft groups: is this one lost by what its leader says? */
struct peer {                     /* extra of REPLICA and META_PEER */
    int64_t silent_since_mono_ns; /* current=false with active=0 since then, 0 no */
    uint64_t serial;              /* of the sample that last listed it */
    bool lost;
};
struct peer_fields {
    enum field name, current, offline, active;
};
void peer_judge(struct model *model, struct entry *entry, const struct peer_fields *f);

void meta_put(struct model *model, struct entry *server, const struct sample *sample, const struct stamp *at);
void meta_tick(struct model *model);

#endif
