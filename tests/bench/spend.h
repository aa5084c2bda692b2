/* What a program in a terminal uses while it is watched, and what the servers use meanwhile. */
#ifndef BENCH_SPEND_H
#define BENCH_SPEND_H

#include "tests/bench/session.h"
#include "tests/harness/servers.h"

struct spent {
    double cpu, server_cpu; /* percent of a core; of all servers together */
    double pss_mb;
    double bytes; /* a second, to the terminal */
    double connz; /* a second, asked of the first server */
    bool known;
};

/* CPU seconds of all servers so far. */
double servers_cpu(const struct servers *s);
/* Watches for bench_seconds(seconds) after a warm-up, once `ready` is on the screen. t NULL: nobody looks.
 * Closes it. */
struct spent spend(struct terminal *t, const struct servers *s, const char *ready, double seconds);

#endif
