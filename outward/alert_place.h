/* Where the alerts of a cluster are kept, and under which name.
 *
 * By what its user calls the cluster (entry/cluster_called.h). Who calls it otherwise begins anew, and finds
 * the old file where it was.
 *
 * Files, of the user alone: alerts-NAME.json; while it is being written alerts-NAME.json.tmp;
 * alerts-NAME.lock, whose lock says who writes; alerts-NAME.said-PID, what
 * was said beside it and that one has to write (outward/alert_pass.h); alerts-NAME.json.broken-DATE, what
 * could not be read. In NAME each byte but A-Z a-z 0-9 . _ - is %XX, and a long one is cut and ends in ~ and
 * its hash. Any process. */
#ifndef OUTWARD_ALERT_PLACE_H
#define OUTWARD_ALERT_PLACE_H

#include <stdbool.h>

struct alert_place {
    char *called; /* "prod", "http://127.0.0.1:8222" */
    char *folder, *file, *temporary, *lock;
    char *said; /* behind it stands of whom */
};

/* Of the cluster that is called so. false: there is no home folder; `called` alone is set. To be finished in
 * both cases. */
bool alert_place_find(struct alert_place *place, const char *called);
void alert_place_finish(struct alert_place *place);

#endif
