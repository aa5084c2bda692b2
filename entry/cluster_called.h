/* What a cluster is called as its user calls it: by its name in the configuration, else by --label, else by
 * its context of the nats command, else by the least of the URLs given, in whichever order.
 *
 * That is known before the first answer, so that what was open is not told anew and it is clear at once who
 * writes; what servers call their cluster is known later, is the same for many ("nats"), and another one
 * after each start of a server that has no name. Any process. */
#ifndef ENTRY_CLUSTER_CALLED_H
#define ENTRY_CLUSTER_CALLED_H

#include "entry/options.h"

/* "prod", "http://127.0.0.1:8222"; to be freed. */
char *cluster_called(const struct options *in_force);

#endif
