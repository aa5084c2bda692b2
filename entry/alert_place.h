/* Where the alerts of a cluster are kept, and under which name.
 *
 * A cluster is called here as its user calls it: by its name in the configuration, else by --label, else by
 * the first URL. That is known before the first answer, so that what was open is not told anew and it is
 * clear at once who writes; what servers call their cluster is known later, is the same for many ("nats"),
 * and another one after each start of a server that has no name. Who renames a cluster, or names it by
 * another URL, begins anew, and finds the old file where it was.
 *
 * Files, of the user alone: alerts-NAME.json; while it is being written alerts-NAME.json.tmp;
 * alerts-NAME.lock, whose lock says who writes; alerts-NAME.json.broken-DATE, what could not be read. In NAME
 * each byte but A-Z a-z 0-9 . _ - is %XX, and a long one is cut and ends in ~ and its hash. Any process. */
#ifndef ENTRY_ALERT_PLACE_H
#define ENTRY_ALERT_PLACE_H

#include "entry/options.h"

struct alert_place {
    char *called; /* "prod", "http://127.0.0.1:8222" */
    char *folder, *file, *temporary, *lock;
};

/* false: there is no home folder; `called` alone is set. To be finished in both cases. */
bool alert_place_find(struct alert_place *place, const struct options *in_force);
void alert_place_finish(struct alert_place *place);

#endif
