/* What only a connection has: which pages it was in, whether it is closed. Extra of a CONNECTION object. */
#ifndef MODEL_CONNECTION_H
#define MODEL_CONNECTION_H

#include "model/busiest.h"
#include "model/filling.h"
#include "model/lingering.h"
#include "model/server.h"

enum { PAGE_HOT, PAGE_FULL, PAGE_FEED, PAGE_SUBS, PAGE_COUNT };

struct connection {
    const struct text *address; /* "ip:port", NULL for one without */
    uint64_t polls[PAGE_COUNT]; /* number of the last poll of each page that had it, 0 never */
    bool closed;                /* closing.h */
    bool inferred;          /* no record told that: its server began again; `stop` is when at the latest */
    int64_t looked_mono_ns; /* somebody looked at it, 0 never */
    int64_t wanted_mono_ns; /* there was a reason to keep its figures over time, 0 never */
    struct subscribed subscribed;
    struct busiest busiest;
    uint64_t client;         /* id of the CLIENT that it was found to be one of, 0 none: client.h */
    struct filling *filling; /* NULL: it holds little */
    double reads_most;       /* bytes a second at most, where that word is "stopped"; NAN not known */
    struct lingering lingering;
    const char *likely; /* a word of filling.h: why it holds much, or did; NULL */
};

/* The words of its state: open, closed, gone. NULL: there are not so many. */
const char *connection_state_word(int n);
/* A leaf node, which is in the list of what was closed, too. */
bool connection_is_leaf(const struct row *row);
/* After a new row of it: what its server leaves out where it is nothing. */
void connection_complete(struct entry *entry);
/* Makes the extra of a new entry. */
void connection_create(struct model *model, struct entry *entry, const struct row *row);

#endif
