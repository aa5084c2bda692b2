/* Whose connections come and go: those of one account, user and name, else address. Extra of a VISITOR
 * object.
 *
 * A connection ends, and another of the same client begins: that is a reconnect, whatever the reason and
 * whichever the server. Both are known by when they were, so they may come to be known in any order, and long
 * after. Only who has ended lately is followed, and so many at most; so a crowd that stays costs nothing.
 * Owned by the model. */
#ifndef MODEL_VISITOR_H
#define MODEL_VISITOR_H

#include "model/state.h"

#define VISITS_MOST   64
#define VISIT_SPAN_NS (3600 * NS_PER_S)
#define ARRIVALS_KEPT 4096

struct visit { /* one connection; instants of our clock */
    uint64_t connection;
    int64_t start_ns, stop_ns; /* TIME_UNSET: not told; still open */
};

struct visitor {
    const struct text *account, *user, *name, *host; /* NULL: none; host: only where it has no name */
    struct visit visits[VISITS_MOST];                /* by start */
    size_t count;
    int64_t crowded_ns; /* more than are kept: the first of them went then, 0 none did */
    uint64_t reconnects;
    int64_t last_ns; /* the last of these, 0 none */
    bool stale;      /* these have to be counted anew */
};

struct arrivals_ring { /* connections that were seen first lately, whoever they are of */
    uint64_t ids[ARRIVALS_KEPT];
    uint32_t hashes[ARRIVALS_KEPT];
    size_t next;
    int64_t began_mono_ns; /* of these, as many as there is room for came since */
    int64_t missed_utc_ns; /* what was closed, or came, was not told or kept then; 0 all was */
};

/* A connection was not heard of before, open or closed. */
void visitor_came(struct model *model, struct entry *connection);
/* It is closed. After visitor_came(). */
void visitor_left(struct model *model, struct entry *connection);
/* Connections were closed of which nothing is known. */
void visitors_missed(struct model *model, int64_t utc_ns);
void visitors_tick(struct model *model);
void visitor_visit_texts(void *extra, text_visit_fn *visit, void *data);
/* Reconnects of the last hour. true: there may have been more. */
bool visitor_reconnects(const struct model *model, const struct object *visitor, uint64_t *count);

#endif
