/* `natsight collect nats`: asks the servers of a NATS system through one connection of its system account,
 * and writes the sample stream to standard output.
 *
 * Who there is says $SYS.REQ.SERVER.PING; each of them is asked as `collect http` asks a monitoring port,
 * with the same schedule, lanes, decoders and commands. All of cnats runs in threads of its own (line.h):
 * where it hangs no beat is given, and the supervisor ends this process. With --supervised the first command
 * is `login {...}` (login.h); `sample` and `unsample` look at the traffic itself (sampler.h). */
#ifndef COLLECTORS_NATS_H
#define COLLECTORS_NATS_H

#include "collectors/collect.h"

/* Runs until end of input, `stop`, SIGTERM or a broken pipe. Does not return to its caller's cleaning up:
 * cnats may crash when it is ended, so the process is, by _exit(). Returns COLLECT_USAGE when there is
 * nothing to begin with. */
int collect_nats(const struct collect_options *options);

#endif
