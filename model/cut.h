/* When a server will cut a client that reads more slowly than it is sent to, by that server's own rules.
 *
 * A server hands all that waits for a client to the kernel in one write, and takes it off `pending_bytes`
 * only when that write is done. Meanwhile new bytes pile up behind it, so the next write is larger, and takes
 * longer. It ends in one of two ways: pending passes max_pending, or one write outlasts write_deadline. This
 * plays the writes to come through. Pure. */
#ifndef MODEL_CUT_H
#define MODEL_CUT_H

#include <stdbool.h>
#include <stdint.h>

#include "sample/row.h"

struct cut_rules {
    double max_pending; /* above that many bytes it is cut; INFINITY: it is not, or that is not known */
    double deadline_s;  /* for one write; INFINITY: not known */
    double held_above;  /* bytes pending from which producers are held; INFINITY: not known */
    double held_share;  /* the same of max_pending */
    bool kept;      /* a leaf node: no number of bytes cuts it, a deadline only if nothing of a write left */
    bool held_stop; /* who is held sends next to nothing; else a little less than before */
    double chunk;   /* bytes after which the deadline counts anew; INFINITY: it is one for the whole write */
};
/* By the last row of its server (NULL: nothing is known) and its own. `header` and `body`: bytes of a message
 * as it goes out. */
struct cut_rules cut_rules_of(const struct row *server, const struct row *connection, double header,
                              double body);

struct writing {    /* seconds count from now */
    double pending; /* bytes, what is being written among them */
    double began_s; /* the write that goes on, <= 0 */
    double bytes;   /* that it has to write in all */
    double drain;   /* bytes a second that the client takes; 0 none */
    double feed;    /* bytes a second that come while producers are not held */
};
enum cut_by { CUT_NOT, CUT_BY_PENDING, CUT_BY_DEADLINE };
struct cut {
    enum cut_by by;
    double in_s;      /* INFINITY: not foreseen */
    double held_in_s; /* when producers will be held first, 0 they are; INFINITY: not foreseen */
};
struct cut cut_foresee(const struct cut_rules *rules, const struct writing *writing);

#endif
