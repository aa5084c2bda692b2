/* How many connections of a server are opened and closed, over the last minute. Plain data, zeroed to begin;
 * owned by its server. */
#ifndef MODEL_TURNOVER_H
#define MODEL_TURNOVER_H

#include <stdbool.h>

#include "model/lately.h"

struct row;

struct turnover {
    bool known;          /* what it counted last */
    uint64_t ever, open; /* that */
    int64_t since_ns;    /* counted since then, 0 not yet */
    struct lately opened, closed;
};

/* After an answer to /varz. */
void turnover_put(struct turnover *turnover, const struct row *varz, int64_t utc_ns);
/* Another run of the server counts anew. */
void turnover_forget_run(struct turnover *turnover);
/* Those of the last minute that were opened while as many were closed: who only comes, or only goes, is no
 * churn. false: not watched for so long. */
bool turnover_churn(const struct turnover *turnover, int64_t utc_ns, uint64_t *count);

#endif
