/* Why a connection was closed, in groups: rows of reasons.def. Pure. */
#ifndef MODEL_REASON_H
#define MODEL_REASON_H

#include <stdbool.h>

enum reason_group {
    REASON_SLOW,
    REASON_ORDINARY,
    REASON_LIVENESS,
    REASON_AUTH,
    REASON_TLS,
    REASON_LIMIT,
    REASON_PROTOCOL,
    REASON_TOPOLOGY,
    REASON_OTHER,
    REASON_GROUP_COUNT
};

#define REASON_RESTARTED "server restarted (inferred)"
#define REASON_UNTOLD    "closed before the server restarted, and not told why"

struct reason {
    const char *said, *brief;
    enum reason_group group;
};

/* What the server's words stand for; of words that nobody knows the group is OTHER and `brief` they
 * themselves. `said` is borrowed. */
struct reason reason_of(const char *said);
const char *reason_group_name(enum reason_group group); /* "slow", "ordinary", ... */

#endif
