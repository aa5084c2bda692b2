/* The list of closed connections: how much of it to ask for, and when at once.
 *
 * A server keeps its last 10,000, the oldest fall out; what is asked for is as many as were closed since the
 * last answer, by /varz: all that ever connected less those that are open. It puts some into the list after
 * others that were closed later, so the last ones of the answer before are asked for again. Whose cut is in
 * an answer for the first time is asked for its subscriptions, one after another. Owned by a target of
 * `collect http`. */
#ifndef COLLECTORS_CLOSED_H
#define COLLECTORS_CLOSED_H

#include <stdbool.h>
#include <stdint.h>

#include "sample/row.h"

#define CIDS_MAX 64

/* Connections that wait to be asked for: first in, first out; what does not fit is not asked. */
struct asked_cid {
    uint64_t cid;
    bool closed;
};
struct cids {
    struct asked_cid waiting[CIDS_MAX];
    int count;
};
void cids_add(struct cids *cids, uint64_t cid, bool closed); /* one that waits already waits once */
struct asked_cid cids_take(struct cids *cids);               /* cid 0: none waits */

/* What we know of the list of one run of a server. */
struct closed_list {
    int64_t start;     /* of that run */
    uint64_t closed;   /* connections that it has closed, by its last /varz */
    uint64_t taken;    /* the same at the last answer */
    uint64_t troubles; /* slow consumers and stale connections, by its last /varz */
    int64_t newest;    /* latest `stop` that was seen, TIME_UNSET none */
    uint64_t late;     /* so many were closed shortly before that: others like them may still come into it */
    bool known;        /* there was an answer */
    unsigned larger;   /* the last answer did not reach back to the one before: so many times as much */
    bool hopeless;     /* that much can't be had: the next answer is taken as it is */
};

struct closed_seen { /* in the answer in flight */
    int64_t newest, oldest;
    uint64_t late;   /* closed shortly before the newest */
    struct cids cut; /* latest first */
};

struct target;
struct facts;
struct sample;

/* Rows to ask for now. */
unsigned closed_limit(const struct target *t);
void closed_see(struct closed_seen *seen, const struct closed_list *list, const struct row *connection);
/* A good /varz: asks for the list at once when somebody was cut, or when it may run over; and for the routes
 * when a slow one of whatever kind was counted. */
void closed_varz(struct target *t, const struct facts *f);
/* An answer. false: it leaves a gap that a longer one can close, which is asked for in its place. */
bool closed_answer(struct target *t, bool good, const struct facts *f);

#endif
