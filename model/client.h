/* Who was cut off as a slow consumer, joined over its connections. Extra of a CLIENT object.
 *
 * A connection ends with the cut; the program behind it comes back under another cid, perhaps at another
 * server. It is known again by account and name; where it has no name by its user, else by its address. Where
 * several connections of one name lived at the same time, it is told apart by its host, too; where even that
 * is no single one, its cuts count, and what would need to know which came back is unknown. Only who was cut
 * is kept, so a crowd that is well costs nothing. Owned by the model. */
#ifndef MODEL_CLIENT_H
#define MODEL_CLIENT_H

#include "model/server.h"

enum client_by { CLIENT_BY_NAME, CLIENT_BY_USER, CLIENT_BY_ADDRESS };

struct client_cut {            /* one life that ended so; instants of our clock */
    int64_t start_ns, stop_ns; /* start TIME_UNSET: not told */
    int64_t pending;           /* bytes that waited for it at the end, -1 not told */
    int64_t back_ns;           /* until its next start, -1 none known */
    uint64_t connection, server;
    const struct text *node, *host, *reason;
    bool in_crowd; /* many were cut there at that moment, or it came of that: burst.h */
};

struct client {
    enum client_by by;
    const struct text *account; /* NULL: the global one */
    const struct text *key;     /* its name, user or host */
    const struct text *host;    /* only connections from there; NULL: from wherever */
    bool crowded;               /* several at once: which of them came back can't be known */
    uint64_t cuts;              /* since we watch */
    struct client_cut *items;   /* by when, oldest first; the last of them */
    size_t count, cap;
    uint64_t *open; /* connections of it, unless they ended since */
    size_t open_count, open_cap;
};

static inline const struct client *client_const(const struct object *object) {
    return object->extra;
}

/* "name", "user", "address". NULL: there are not so many. */
const char *client_by_word(int n);
/* The record came that this connection was cut. */
void client_was_cut(struct model *model, struct entry *connection);
/* A connection was not heard of before; open or closed. Does nothing while nobody was cut. */
void client_came(struct model *model, struct entry *connection);
/* Joins what was there before the first cut, and forgets who was not cut for an hour. */
void clients_tick(struct model *model);
/* The CLIENT that a connection is one of; NULL: none that was cut. */
const struct object *client_of(const struct model *model, const struct object *connection);

/* Of the last lives; -1: not known. */
int64_t client_lived(const struct client *client);
int64_t client_back_after(const struct client *client);
int64_t client_pending(const struct client *client);
/* Cuts of the last `span_ns`; alone: without those that were one of many. true: there may have been more. */
bool client_cuts_within(const struct client *client, int64_t utc_ns, int64_t span_ns, bool alone,
                        uint64_t *cuts);
size_t client_open_count(const struct model *model, const struct client *client);
bool client_was_cut_at(const struct client *client, uint64_t server, int64_t since_ns);
/* Distinct ones, in order of the first cut there. Returns how many; `out` may be NULL. */
size_t client_nodes(const struct client *client, char *out, size_t size);
size_t client_hosts(const struct client *client);

void client_visit_texts(void *client, text_visit_fn *visit, void *data);
void client_destroy(void *client);
void *client_clone(const void *client);

#endif
