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
    uint64_t counted, ever; /* messages of all of them: since the last look, and since they subscribed */
    double per_s;
    size_t rated;          /* members of which the rate is known */
    bool compared;         /* counted is known of all of them */
    int64_t empty_mono_ns; /* nobody is known since an answer that was asked for then; 0: somebody is */
    int64_t since_utc_ns;  /* it has members, or has none, since */
    bool told;             /* that it has none */
};

/* An answer to INTEREST. */
void interest_put(struct model *model, struct entry *server, const struct sample *sample);
void interest_tick(struct model *model);
/* Another run of the server: what matched there is no more. */
void interest_forget_run(struct model *model, struct entry *server);

#endif
