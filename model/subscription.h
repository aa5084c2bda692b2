/* Subscriptions: of a connection that was asked for, open or closed, and those that match a subject.
 *
 * One object each, found by (server, run, cid, sid), so that what both ask for is one. It stays while one of
 * the two answers has it; that of an open connection that nobody asks for any more goes after a minute, that
 * of a closed one with its record. So many are kept at most: those that were asked for longest ago go first,
 * all of a connection at once. Extra of a SUBSCRIPTION object. */
#ifndef MODEL_SUBSCRIPTION_H
#define MODEL_SUBSCRIPTION_H

#include "model/connection.h"

struct subscription {
    uint64_t connection;   /* id of its object, 0 not known */
    uint64_t group;        /* id of the group that it is in while it matches */
    int64_t told_mono_ns;  /* last answer about its connection that had it, 0 none that counts */
    int64_t first_mono_ns; /* the first of those that had it since */
    bool own;              /* the server's: all connections were listed while it was there, and none has it */
    int64_t matched_mono_ns; /* last answer about the subject that had it, 0 none that counts */
};

/* An answer to CONNZ_SUBS: all that the connection asked for has. After its connection's row. */
void subscriptions_put(struct model *model, struct entry *server, const struct sample *sample);
/* A subscription that matches the subject asked for. NULL: it is a new one, and there is no room left, which
 * each new one takes from. */
struct entry *subscription_match(struct model *model, struct entry *server, const struct row *row,
                                 const struct stamp *at, size_t *room);
/* Matches no more, as far as we know. */
void subscription_unmatch(struct model *model, struct entry *entry);
size_t subscriptions_matched(const struct model *model);
void subscriptions_tick(struct model *model);

#endif
