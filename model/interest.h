/* Interest: who is subscribed to what matches one subject, over all servers, and whether a group falls to
 * nobody.
 *
 * One subject at a time is watched; each server's answers replace what it said before. The subscriptions that
 * match form groups: to a server members of one queue and account are one group, whatever pattern each of
 * them subscribed to; those without a queue are listed by account and subject. Extra of an AUDIENCE object. A
 * group that loses its last member is told of when every server that is asked has said so after that: of one
 * that does not answer nothing is known, and a member that moves to another server was never missing. Owned
 * by the model. */
#ifndef MODEL_INTEREST_H
#define MODEL_INTEREST_H

#include "model/server.h"

#define PATTERNS_MOST 4

struct audience {
    const struct text *account, *subject, *queue; /* queue NULL: none; subject: its patterns */
    const struct text *patterns[PATTERNS_MOST];   /* of its members, none twice */
    size_t pattern_count;                         /* one more: there are others */
    size_t members, live;                         /* of these: whose server says so now */
    bool known;                                   /* that it has members, or that it has none */
    /* Of those that are live; where none is, of all, as it was. */
    uint64_t ever;            /* deliveries to all of them since they subscribed */
    double per_s, most_per_s; /* to all of them, to the one that gets most */
    size_t rated;             /* members of which the rate is known */
    int64_t empty_mono_ns;    /* nobody is known since an answer that was asked for then; 0: somebody is */
    int64_t here_utc_ns;      /* somebody was told last */
    int64_t since_utc_ns;     /* it has members, or has none, since */
    bool told;                /* that it has none */
};

/* So many of its members count above. */
size_t audience_counted(const struct audience *group);

/* An answer to INTEREST. */
void interest_put(struct model *model, struct entry *server, const struct sample *sample);
void interest_tick(struct model *model);
/* Another run of the server: what matched there is no more. */
void interest_forget_run(struct model *model, struct entry *server);

#endif
