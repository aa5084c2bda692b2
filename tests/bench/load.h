/* Connections with traffic, from one process with one epoll: what the measured servers carry meanwhile.
 *
 * Every connection subscribes to a subject of its own; the rate is spread over all of them in turn, each
 * message going to another connection's subject. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "tests/harness/servers.h"

#include <sys/types.h>

struct load {
    pid_t pid;
    int life; /* the process ends when this closes */
};

/* connections over all servers in turn, messages a second of all together. false: said on stderr. Returns
 * when all are connected. */
bool load_start(struct load *load, const struct servers *servers, int connections, int rate);
void load_end(struct load *load);

#endif
