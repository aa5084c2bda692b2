/* Real nats-servers for tests: one, or a full mesh of up to SERVERS_MAX, on loopback, in a temporary folder.
 *
 * The binary is $NATS_SERVER, else nats-server from PATH. The servers die with the process that started them
 * (not with a thread: start them from the main one), the folder goes with it, too. In a Check test start them
 * inside the test or in a checked fixture; for one cluster per test program start it in an unchecked fixture:
 * then the tests may look at it and pause and resume nodes, while kill, restart and end work in the starting
 * process alone. */
#ifndef HARNESS_SERVERS_H
#define HARNESS_SERVERS_H

#include "tests/harness/folder.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { SERVERS_MAX = 64 };

struct servers_options {
    int nodes; /* 0 is 1; above 1 they are a cluster */
    bool jetstream;
    bool addresses; /* node i on 127.0.0.(11+i), all with the same three ports; else 127.0.0.1 with ports of
                       their own */
    const char *cluster;            /* "test" */
    const char *prefix;             /* "n": the servers are n1, n2, ... */
    const char *config;             /* further configuration text for every node, or NULL */
    const char *const *node_config; /* one further text for each node, entries may be NULL; or NULL */
    uint64_t absent; /* bit i: node i+1 is in everybody's routes but not started (servers_restart() does it
                        later) */
    uint64_t other;  /* bit i: node i+1 is $NATS_SERVER_OTHER, a server of another version */
    int ready_ms;    /* 20,000 */
    bool https;      /* monitoring over TLS: `config` has a tls block; ready means what the log says */
    bool everywhere; /* monitoring listens on 0.0.0.0 */
    const char *base_path; /* "/nats": http_base_path; part of server.http then */
    bool relayed; /* routes go through relays, so that servers_cut() can cut them; not with `addresses` */
};

struct server {
    char name[32];
    char address[16];
    int client_port, monitor_port, route_port;
    pid_t pid; /* 0: not running */
    bool paused;
    char http[96];    /* http://127.0.0.1:8222 */
    char url[64];     /* nats://127.0.0.1:4222 */
    char config[600]; /* paths */
    char log[600];
    char store[600];
};

struct servers {
    int n;
    struct server node[SERVERS_MAX];
    struct folder folder;
    struct relay *relay;            /* NULL without; the link from i to k is i * n + k */
    struct servers_options options; /* texts are the caller's: they must live as long as the servers */
};

/* Started and ready. NULL: the reason and the ends of the logs are on stderr, nothing is left behind. */
struct servers *servers_start(const struct servers_options *options);
/* Every running node answers 200 on /healthz and sees all other running ones; with JetStream and a majority
 * running, all name one meta leader of this cluster. */
bool servers_wait_ready(struct servers *servers, int ms);
/* Position of the meta leader, -1 unknown. */
int servers_meta_leader(const struct servers *servers);

void servers_kill(struct servers *servers, int node);               /* SIGKILL, and waits until it is gone */
void servers_pause(struct servers *servers, int node);              /* SIGSTOP */
void servers_resume(struct servers *servers, int node);             /* SIGCONT */
bool servers_signal(struct servers *servers, int node, int signal); /* SIGHUP: reload, SIGUSR2: lame duck */
/* No route to or from this node any more, or again; clients and monitoring go on. false: there are no relays.
 */
bool servers_cut(struct servers *servers, int node, bool cut);
/* Same name, same ports; killed before, if running. Doesn't wait until ready. */
bool servers_restart(struct servers *servers, int node, bool empty_store);
/* Replaces the further text of this node's configuration; counts from the next restart or SIGHUP. `text` is
 * copied. */
bool servers_configure(struct servers *servers, int node, const char *text);
/* The log so far; to be freed. */
char *servers_log(const struct servers *servers, int node);
/* Stops all, removes the folder, frees. NULL is fine. */
void servers_end(struct servers *servers);

/* Milliseconds of the monotonic clock, for deadlines. */
int64_t servers_now_ms(void);

#endif
