/* How much is wrong, as row 2 counts it: a thing once, whatever else is wrong with it. Of the alerts that
 * burn, and of what may become one. For the chrome's own sources. */
#ifndef VIEWS_CHROME_TALLY_H
#define VIEWS_CHROME_TALLY_H

#include "model/alerts.h"

struct tally {
    size_t crit, warn, pending;
    size_t acked, silenced;      /* not among these */
    size_t unheard;              /* nor these: open, and nobody can say whether they go on */
    const struct finding *first; /* the first sign, where that is not of the worst; NULL: it is */
    int64_t since;               /* of the oldest of the worst severity */
    bool least;                  /* it may be older */
    int64_t due_ns;              /* until the first of the pending ones speaks; 0: at the next answer */
    bool moved;                  /* for so long, as its object has another leader */
};

struct tally tally_of(const struct model *model);
/* "first in 12s", "in 21s, as its leader changed" */
void tally_due(const struct tally *t, bool brief, char *out, size_t size);
/* "1 acked, 2 silenced, 1 unheard"; "": none. */
void tally_aside(const struct tally *t, char *out, size_t size);

#endif
