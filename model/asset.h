/* Streams and consumers, as merged out of what several servers say of the same thing.
 *
 * Hangs at a STREAM or CONSUMER object as `extra`. The numbers of the object's row are its leader's; who
 * leads, who lists it and when is kept here, because all truth about an asset hangs on that. Owned by the
 * model. */
#ifndef MODEL_ASSET_H
#define MODEL_ASSET_H

#include "model/backlog.h"
#include "model/claim.h"
#include "model/classify.h"
#include "model/copies.h"
#include "model/growth.h"
#include "model/lag.h"
#include "model/loss.h"
#include "model/members.h"

struct doubt {       /* the first word of a leader that was not taken yet */
    uint64_t server; /* 0 none */
    int64_t since;   /* as in claims */
    int64_t mono_ns; /* of that word */
};

struct asset {
    const struct text *leader; /* last one named; NULL never */
    struct claim claim;        /* whose row we hold, or will with its next answer */
    struct claim rival;        /* of another server that says it leads */
    bool contested;            /* it said so after `claim` did, and that again after it: while both stand */
    bool created_counts;       /* `created` in the row we hold is the same on all servers */
    int64_t named_mono_ns, leaderless_mono_ns, listed_mono_ns;
    int64_t leaderless_since_mono_ns; /* since the last claim; 0 somebody leads */
    int64_t moved_mono_ns;            /* last change of leader, 0 none */
    struct doubt doubt;
    struct {
        const struct text *leader; /* by the last one who does not lead it, NULL nobody */
        int64_t asked_mono_ns;     /* that one was asked then */
    } named;
    unsigned replicas, current, lost; /* 0 replicas: not told */
    unsigned children;                /* REPLICA objects */
    const struct text *replicas_text; /* "2/3", NULL not told */
    struct members members;
};

struct copying { /* what all sources of a stream say together */
    unsigned sources;
    bool mirror;              /* it copies one stream, with its sequences */
    bool told, never;         /* all of their lag; one had no contact yet */
    uint64_t lag;             /* the worst */
    int64_t active_ns;        /* the longest without contact */
    const char *state;        /* of the source that is worst off, source_state(); NULL not told */
    const struct text *error; /* why, NULL not told */
    const struct text *worst; /* its name */
    unsigned failing;         /* so many are not ok */
    const struct text *text;  /* "mirror of X", NULL: copies from nowhere */
    const struct object *any; /* one of them, while they are added up */
};

struct stream {
    struct asset asset; /* first */
    unsigned consumers; /* that we know */
    struct arrivals arrivals;
    struct copying copying;
    struct growth growth;
    const struct text *shown; /* what people call it */
    int64_t anew_ns;          /* another one has its name since then, by its server's clock; 0 no */
    int64_t fell_mono_ns;     /* it was seen then to have less than before, though it is the same; 0 never */
    struct loss loss;
    bool told;                 /* it, or a consumer of it, since its loss was weighed */
    int64_t untold_mono_ns;    /* an account's API did not tell of its consumers then; 0 never */
    const struct text *untold; /* why, NULL never */
};

struct consumer {
    struct asset asset;      /* first */
    const struct text *path; /* "STREAM / CONSUMER" */
    uint64_t stream;         /* its object, 0 unknown */
    int64_t begun_ns;        /* what we remember of it begins there, by its server's clock */
    struct copies copies;
    bool was_away; /* since its last row: not listed where it was led, or a copy of it made again */
    struct lag_history lag;
    struct behind behind;
    struct intake intake;
    struct progress progress;
    struct standing standing;
    uint64_t first_seq;  /* of its stream when the row came, 0 not told */
    uint64_t before_seq; /* the same of the row before */
    uint64_t fell_by;    /* of its lag, with its stream since the row before */
    struct risk risk;
    struct outlook outlook;
};

static inline struct asset *asset_of(const struct object *object) {
    return object->extra;
}

enum asset_state {
    ASSET_UNKNOWN,
    ASSET_OK,
    ASSET_LEADERLESS,
    ASSET_LEADER_GONE,
    ASSET_UNLISTED, /* its leader answers without it, and nobody has listed it since */
    ASSET_NO_QUORUM,
    ASSET_CONTESTED,
    ASSET_STATE_COUNT
};
const char *asset_state_name(enum asset_state state); /* NULL for ASSET_UNKNOWN */
/* By its leader's last word too few of its replicas are in contact, the leader itself among them. */
bool asset_lost_majority(const struct asset *asset);
/* Who leads it by the last word of anybody, though it may not have said so itself yet; NULL: not known, or
 * none that we know. */
const struct entry *asset_leader(const struct model *model, const struct object *object);
/* The last that was told of who leads it is that nobody does. */
bool asset_is_leaderless(const struct asset *asset);
/* It would have listed what it has: it was asked twice since it is there and its JetStream is on. */
bool server_lists(const struct server *server);
enum asset_state asset_state(const struct model *model, const struct object *object);
/* Why its numbers are old, or not to be relied on, into `out`; false: all is well, or it is no more. */
bool asset_why(const struct model *model, const struct object *object, char *out, size_t size);
/* Since when nobody leads it who answers, UTC: never from before that is proven. `least`: it never had a
 * leader as far as we know, and that long at least. false: somebody does, or it is not known. */
bool asset_unled(const struct model *model, const struct object *object, int64_t *utc_ns, bool *least);
/* Of one that is no more: "last seen 20s ago". Lives until the model's next change. */
const char *asset_last_seen(const struct model *model, const struct object *object);
/* What people call the stream of a consumer, a replica or a source; `name` where that is not known. */
const char *asset_stream_called(const struct model *model, const struct object *object, const char *name);
/* "ORDERS", "ORDERS / billing" */
const char *asset_called(const struct object *object);
/* An event about it; of the many that one answer may bring only the first are told. */
#define MOVES_TOLD 20
void asset_tell(struct model *model, const struct entry *entry, const char *kind, int64_t utc_ns,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
void assets_tick(struct model *model);
void asset_bury(struct model *model, struct entry *entry);
/* A consumer comes (1) or goes (-1): its stream has as many as are there. */
void asset_count(struct model *model, const struct entry *entry, int by);

void meta_put(struct model *model, struct entry *server, const struct sample *sample, const struct stamp *at);
void meta_tick(struct model *model);
/* Some server of that cluster is a member of a meta group, or was when it said so last. */
bool meta_is_there(const struct model *model, const struct object *cluster);

#endif
