/* Will a stream's limits take messages that a consumer has not processed yet?
 *
 * Weighed after each answer to /jsz, stream by stream over its durable consumers: who reads without a name to
 * come back under has nothing to lose. A limit of age takes a message when it is that old; limits of messages
 * and bytes take the oldest once they are reached, if the stream discards old ones. A limit for each subject
 * takes whichever the newer one replaces, and a message may say itself how long it stays, and nobody tells
 * which did: there it is unknown, unless another limit is a risk for certain, or it shows that some went.
 * Owned by the stream. */
#ifndef MODEL_LOSS_H
#define MODEL_LOSS_H

#include "model/object.h"

struct model;
struct growth;

enum loss_state { LOSS_UNKNOWN, LOSS_NO, LOSS_LOST, LOSS_AT_RISK, LOSS_LOSING, LOSS_STATE_COUNT };

struct prospect { /* of a stream: how soon its limits take the oldest message */
    bool known;
    double max_age_s;         /* INFINITY: none */
    double full_s[2];         /* until messages and bytes are at their limits; INFINITY: never */
    double in_per_s, density; /* messages; of them for each sequence number */
    bool drops_old;           /* at its limits */
    int64_t per_subject;      /* keeps so many of each; 0: all */
    bool expires;             /* messages may say themselves how long they stay */
};

/* Not told enough; the limit for each subject; that of each message; how near the oldest unprocessed is to
 * its end. */
enum loss_doubt { DOUBT_UNTOLD, DOUBT_SUBJECT, DOUBT_TTL, DOUBT_PLACE };

struct outlook { /* of a consumer */
    enum loss_state state;
    enum loss_doubt doubt; /* why, while that is unknown */
    double lost_s;         /* until its oldest unprocessed message is lost; INFINITY never */
    double last_s;         /* the latest that this can be */
    double age_s;          /* of that one; NAN unknown */
    uint64_t lag, gone;
    bool bound;   /* where that one is is not known: between lost_s and last_s, age_s at most */
    bool guess;   /* where it is is known, and when it came is guessed */
    int by;       /* which limit takes it, LOSS_BY_ */
    bool partial; /* it passes over messages, and what went before we watched may have been its own */
};

struct loss { /* of a stream: of its durable consumers */
    enum loss_state state;
    struct prospect prospect;
    uint64_t consumer; /* the one that is worst off, 0 all is well with all */
    struct outlook worst;
    bool blind;   /* one of them is not known well enough */
    bool partial; /* of one of them */
    unsigned consumers;
    char why[200]; /* one sentence */
};

struct risk { /* of a consumer: whether it is at risk is not said, and not taken back, by one row alone */
    bool said;
    unsigned rows;   /* in a row that speak against what is said */
    uint64_t serial; /* of the last one */
};

enum { LOSS_BY_MSGS, LOSS_BY_BYTES, LOSS_BY_AGE };

const char *loss_name(enum loss_state state);
/* Streams of a cluster of which, or of whose consumers, something was told since, and those consumers. */
void losses_weigh(struct model *model, const struct object *cluster);

/* ---- loss_words.c ---- */
void loss_say(const struct model *model, const struct object *stream, char *out, size_t size);
void loss_say_consumer(const struct model *model, const struct object *consumer, char *out, size_t size);

#endif
