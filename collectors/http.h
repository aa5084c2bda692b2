/* `natsight collect http`: polls the monitoring ports of a cluster and writes the sample stream to standard
 * output.
 *
 * One process, one thread, one loop around libcurl's multi handle. Supervised by the main process (a shared
 * page with heartbeat and what it is doing), or alone under cron, in a pipe, under ssh.
 *
 * Commands on standard input, read only with --supervised, one a line:
 *   want SHAPE [every=MS] [sort=KEY] [limit=N] [cid=N [state=closed]] [subject=S] [server=URL]
 *                                  from now on; again with other words: changed
 *   unwant SHAPE [server=URL]      as before any want: what --want says stays; with server=: as the others
 *   ask SHAPE [cid=N [state=closed]] [server=URL] once, as soon as the lane is free; several connections one
 * after another quarantine URL SHAPE [known]   never ask this again (said by the supervisor); known: it is in
 * the log stop An unknown command is answered by a log frame. End of input ends the process. */
#ifndef COLLECTORS_HTTP_H
#define COLLECTORS_HTTP_H

#include "collectors/collect.h"

/* Runs until end of input, `stop`, SIGTERM or a broken pipe; returns the exit code. */
int collect_http(const struct collect_options *options);

#endif
