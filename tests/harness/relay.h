/* A relay between servers: a process that listens on ports of its own and passes on what comes, until a link
 * is cut. Then its connections end, and new ones are ended at once; healed, it passes on again.
 *
 * Bounded: RELAY_LINKS links, RELAY_PAIRS connections, one buffer each way. Dies with who started it. */
#ifndef HARNESS_RELAY_H
#define HARNESS_RELAY_H

#include <stdbool.h>

enum { RELAY_LINKS = 32, RELAY_PAIRS = 128 };

struct relay;

/* One link for each port of `targets` (on 127.0.0.1). NULL: said on stderr. */
struct relay *relay_start(const int *targets, int n);
int relay_port(const struct relay *relay, int link);
/* Returns when nothing passes any more. false: the relay is no more. */
bool relay_cut(struct relay *relay, int link, bool cut);
/* NULL is fine. */
void relay_end(struct relay *relay);

#endif
