/* exec to first useful paint: a figure of at least one node stands on the screen. */
#include "tests/bench/bench.h"
#include "tests/bench/session.h"
#include "tests/harness/servers.h"

#include <stdio.h>
#include <string.h>

enum { STARTS = 10 };

static struct terminal *ours(const struct servers *cluster) {
    return session_natsight((const char *const[]){cluster->node[0].http, NULL});
}

static struct terminal *theirs(const struct servers *cluster) {
    return session_nats_top(cluster->node[0].address, cluster->node[0].monitor_port);
}

/* What a start costs on this machine at this moment. */
static struct terminal *least(const struct servers *cluster) {
    (void)cluster;
    return terminal_open((const char *const[]){"echo", "useful", NULL}, NULL);
}

/* Milliseconds from before the fork; -1: never. */
static double one_start(struct terminal *(*open)(const struct servers *), const struct servers *cluster,
                        const char *useful) {
    int64_t began = bench_now_ns();
    struct terminal *t = open(cluster);
    double took = t && session_shows(t, useful, 5) ? (double)(bench_now_ns() - began) / 1e6 : -1;
    terminal_close(t);
    return took;
}

static int starts(struct terminal *(*open)(const struct servers *), const struct servers *cluster,
                  const char *useful, double *out) {
    int n = 0;
    for (int i = 0; i < STARTS; i++) {
        double took = one_start(open, cluster, useful);
        if (took >= 0)
            out[n++] = took;
    }
    return n;
}

void bench_start(void) {
    static const char figure[] = "exec to first useful paint, 3 nodes";
    char peer[160] = "elsewhere nats-top 135 ms, nats top 165, nats server list 320";
    double took[STARTS], bare[STARTS];
    struct servers *cluster =
        servers_start(&(struct servers_options){.nodes = 3, .jetstream = true, .addresses = true});
    if (!cluster) {
        bench_missing(figure, "no cluster");
        return;
    }
    if (bench_nats_top()) {
        int n = starts(theirs, cluster, "Memory: *[0-9]*[1-9]", took);
        snprintf(peer, sizeof peer, "nats-top %.0f ms, one node", bench_quantile(took, n, 0.5));
    }
    int echoes = starts(least, cluster, "useful", bare);
    size_t used = strlen(peer);
    snprintf(peer + used, sizeof peer - used, "; a bare echo %.0f", bench_quantile(bare, echoes, 0.5));
    int n = starts(ours, cluster, "(^|[^A-Za-z0-9])n[123] .*[0-9]", took);
    double median = bench_quantile(took, n, 0.5);
    bench_line(figure, "50 ms", peer, "%.0f ms (%d of %d)", median, n, STARTS);
    servers_end(cluster);
}
