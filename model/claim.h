/* Who may speak for a stream or a consumer, of all the servers that say they lead it.
 *
 * A row of JetStream is the word of one server: the one that leads, by its own word at its last answer. Two
 * of them can say so at once, each cut off from the other: then the one in contact with a majority of its own
 * replicas counts, then the one that got further, and the other is remembered as its rival until one yields.
 * Servers are asked one after the other, and what one says in two answers it need not have been in between:
 * that is proven where it says since when it leads (from 2.11.9 on), or has heard none of its group since.
 * What a follower says names a leader, and no more. Owned by the asset, used by the model alone. */
#ifndef MODEL_CLAIM_H
#define MODEL_CLAIM_H

#include "model/server.h"

struct asset;
struct group;

struct claim {
    uint64_t server; /* its object, 0 none */
    uint64_t poll;   /* of its /jsz polls */
    int64_t since;   /* when it says that it became the leader, TIME_UNSET not told */
    int64_t asked_mono_ns, mono_ns;
    int64_t first_mono_ns;   /* from then on it has led all the time, as far as that is proven */
    int64_t unheard_mono_ns; /* without those that it never heard it has no majority: since then, 0 no */
    uint64_t seq;            /* how far it got, UINT64_MAX not told */
    bool quorum;             /* in contact with a majority of its replicas */
    bool again;              /* it said so the last time, too, and was not chosen anew since by its word */
};

struct word { /* of a server that says it leads */
    struct entry *server;
    const struct text *leader;
    int64_t since; /* as in the claim */
    uint64_t seq;
    int age;                   /* of another thing under this name, made later: 1, made earlier: -1; else 0 */
    const struct group *group; /* its replicas, NULL none */
};

/* The server leads by its own last answer, and that is not long ago. */
bool claim_stands(const struct model *model, const struct claim *claim);
/* NULL: there is none, or the server is no more. */
const struct entry *claim_server(const struct model *model, const struct claim *claim);
/* A server that leads it said so. false: another one has the better right. */
bool asset_claim(struct model *model, struct entry *entry, const struct word *word, const struct stamp *at);
/* What this server claimed does not stand any more, by its own word. */
void claim_retract(struct asset *asset, uint64_t server);
/* A follower named a leader, or nobody (NULL). */
void asset_named(struct model *model, struct entry *entry, const struct text *leader, const struct stamp *at);
/* Two servers say now that they lead it, and it is proven that both did so at one moment. */
bool asset_is_contested(const struct model *model, const struct asset *asset);
/* Nobody leads it, or can: too few are left of those that have it, or they have chosen none for long. What is
 * known of it is the last word of one that is gone, and counts in no sum. */
bool asset_is_lost(const struct model *model, const struct object *object);

#endif
