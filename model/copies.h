/* When each server made its copy of a consumer, by its own word: up to 2.13 that differs from server to
 * server, so of two leaders it proves nothing; but one that has had a copy since it started, and has a
 * younger one now, has made it again.
 *
 * Owned by its consumer, used by the merge alone. */
#ifndef MODEL_COPIES_H
#define MODEL_COPIES_H

#include "model/server.h"

#define COPIES_MOST 5

struct copies {
    struct copy {
        uint64_t server; /* its object, 0 none */
        int64_t created_ns, mono_ns;
    } of[COPIES_MOST];
};

/* `server` says that it made its copy then. true: it had an older one in this run. */
bool copies_put(struct copies *copies, const struct entry *server, int64_t created_ns, int64_t mono_ns);

#endif
