/* How many clients were cut as slow consumers, and when the next one will be. Main process, pure. */
#ifndef VIEWS_SLOW_TALLY_H
#define VIEWS_SLOW_TALLY_H

#include "base/clock.h"
#include "views/view.h"

#define SLOW_WINDOW_NS (600 * NS_PER_S) /* what "in 10 min" counts */

struct slow_tally {
    size_t cut;              /* clients within SLOW_WINDOW_NS */
    size_t leafs;            /* leaf nodes closed for the same reason within it, which are none of these */
    size_t routes, gateways; /* closed within it while much waited on them */
    bool least;              /* at least so many */
    uint64_t untold;         /* counted within it by servers that began in it, and none has a record of one */
    uint64_t undivided;      /* of these, by servers that count links among them, which have no records */
    uint64_t awaited;        /* counted just now, who it was is asked */
    int64_t last_ns;         /* age of the last one; TIME_UNSET: none ever */
    uint64_t missed;         /* at least so many were closed of which nothing is known */
    int64_t since_ns;        /* watched since, utc; TIME_UNSET: no server told of closed connections */
    size_t told, asked;      /* servers that did; that are up */
};
struct slow_tally slow_tally_of(const struct view_context *context);
/* How long ago it was closed, by its server's clock; TIME_UNSET: not known. */
int64_t slow_closed_ago(const struct view_context *context, const struct object *connection);
/* ", next cut in 8s, 17 cut in 10 min", as far as there is any; else "". */
void slow_brief(const struct view_context *context, char *out, size_t size);

#endif
