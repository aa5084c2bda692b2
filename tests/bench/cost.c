/* CPU and memory of all our processes, and the CPU that they make a server spend; nats-top in the same run.
 */
#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/spend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FLEET = 50, FLEET_CONNECTIONS = 100, FLEET_RATE = 500, WATCHED = 20 };

/* One server. The rate is in messages a second of all together: each second every connection's figures move.
 */
static const struct crowd {
    const char *many;
    int connections, rate;
} crowds[] = {{"1,000", 1000, 5000}, {"10,000", 10000, 20000}};

static void say(const char *what, const struct spent *ours, const struct spent *theirs, const char *of) {
    char figure[160], goal[32], peer[96];
    snprintf(figure, sizeof figure, "CPU, %s", what);
    if (!ours->known) {
        bench_missing(figure, "the screen did not come");
        return;
    }
    snprintf(goal, sizeof goal, "%.2f %% of a core", theirs->cpu / 10);
    snprintf(peer, sizeof peer, "nats-top %.2f %%%s; /connz a second %.2f, nats-top %.2f", theirs->cpu, of,
             ours->connz, theirs->connz);
    bench_line(figure, goal, peer, "%.2f %%", ours->cpu);
    snprintf(figure, sizeof figure, "PSS, %s", what);
    snprintf(goal, sizeof goal, "%.1f MB", theirs->pss_mb / 2);
    snprintf(peer, sizeof peer, "nats-top %.1f MB%s", theirs->pss_mb, of);
    bench_line(figure, goal, peer, "%.1f MB", ours->pss_mb);
    snprintf(figure, sizeof figure, "bytes/s to the terminal, %s", what);
    snprintf(peer, sizeof peer, "nats-top %.0f%s", theirs->bytes, of);
    bench_line(figure, "1500", peer, "%.0f", ours->bytes);
}

static struct terminal *overview_on(const struct servers *s) {
    return session_natsight((const char *const[]){s->node[0].http, NULL});
}

static struct terminal *list_on(const struct servers *s) {
    return session_natsight((const char *const[]){"--view", "connections", s->node[0].http, NULL});
}

/* As often as nats-top asks. */
static struct terminal *list_each_second_on(const struct servers *s) {
    return session_natsight((const char *const[]){"--view", "connections", "--every", "connz_full=1s",
                                                  "--every", "connz_hot=1s", s->node[0].http, NULL});
}

static struct spent nats_top_spends(const struct servers *s) {
    if (!bench_nats_top()) /* as measured once on two other cores, 2.15.2, under the same load */
        return (struct spent){.cpu = 13.1, .pss_mb = 23, .server_cpu = 1.3, .bytes = 1562, .connz = 1};
    return spend(session_nats_top(s->node[0].address, s->node[0].monitor_port), s, "Memory: *[0-9]*[1-9]",
                 WATCHED);
}

static const char *where(const struct spent *theirs) {
    return theirs->known ? "" : bench_nats_top() ? " (did not start)" : " elsewhere";
}

static const struct way {
    const char *what;
    struct terminal *(*open)(const struct servers *s);
    const char *ready;
} ways[] = {
    {"", overview_on, "1/1 up"},
    {", listed", list_on, "worker-"},
    {", listed each second", list_each_second_on, "worker-"},
};
enum { WAYS = sizeof ways / sizeof *ways };

static void cost_of(const struct servers *s, const struct crowd *crowd) {
    struct spent ours[WAYS];
    char what[96];
    for (int w = 0; w < WAYS; w++)
        ours[w] = spend(ways[w].open(s), s, ways[w].ready, WATCHED);
    struct spent theirs = nats_top_spends(s);
    for (int w = 0; w < WAYS; w++) {
        snprintf(what, sizeof what, "%s busy%s", crowd->many, ways[w].what);
        say(what, &ours[w], &theirs, where(&theirs));
    }
}

/* On connections without traffic: with traffic the server's own CPU varies more than any of this. */
static void server_cost_of(const struct servers *s, const struct crowd *crowd) {
    char peer[96], figure[160];
    struct spent ours[WAYS], idle = spend(NULL, s, NULL, WATCHED);
    for (int w = 0; w < WAYS; w++)
        ours[w] = spend(ways[w].open(s), s, ways[w].ready, WATCHED);
    struct spent theirs = nats_top_spends(s);
    if (theirs.known && bench_nats_top())
        theirs.server_cpu -= idle.server_cpu;
    snprintf(peer, sizeof peer, "nats-top %.2f %%%s; of itself %.2f %%", theirs.server_cpu, where(&theirs),
             idle.server_cpu);
    for (int w = 0; w < WAYS; w++) {
        snprintf(figure, sizeof figure, "server CPU caused, %s idle%s", crowd->many, ways[w].what);
        bench_line(figure, "", peer, "%.2f %%", ours[w].server_cpu - idle.server_cpu);
    }
}

static void with_load(const struct servers *s, const struct crowd *crowd, int rate,
                      void (*measure)(const struct servers *, const struct crowd *)) {
    struct load load;
    if (s && load_start(&load, s, crowd->connections, rate)) {
        measure(s, crowd);
        load_end(&load);
    } else {
        bench_missing("costs with many connections", "no server, or no load on it");
    }
}

void bench_cost(void) {
    for (size_t i = 0; i < sizeof crowds / sizeof *crowds; i++) {
        struct servers *s = servers_start(&(struct servers_options){.nodes = 1});
        with_load(s, &crowds[i], crowds[i].rate, cost_of);
        with_load(s, &crowds[i], 0, server_cost_of);
        servers_end(s);
    }
}

static int fleet_size(void) {
    const char *text = getenv("BENCH_SERVERS");
    int n = text ? atoi(text) : FLEET;
    return n < 2 ? 2 : n > SERVERS_MAX ? SERVERS_MAX : n;
}

static void fleet_of(const struct servers *s) {
    char ready[32], figure[64];
    snprintf(ready, sizeof ready, "%d/%d up", s->n, s->n);
    struct spent idle = spend(NULL, s, NULL, WATCHED);
    struct spent ours =
        spend(session_natsight((const char *const[]){s->node[0].http, NULL}), s, ready, WATCHED);
    snprintf(figure, sizeof figure, "CPU, %d servers", s->n);
    if (!ours.known) {
        bench_missing(figure, "not all servers came");
        return;
    }
    bench_line(figure, "2 % of a core", "", "%.2f %%", ours.cpu);
    snprintf(figure, sizeof figure, "PSS, %d servers", s->n);
    bench_line(figure, "40 MB", "", "%.1f MB", ours.pss_mb);
    snprintf(figure, sizeof figure, "server CPU caused, %d servers, each", s->n);
    bench_line(figure, "", "", "%.2f %%", (ours.server_cpu - idle.server_cpu) / s->n);
    snprintf(figure, sizeof figure, "bytes/s to the terminal, %d servers", s->n);
    bench_line(figure, "", "", "%.0f", ours.bytes);
}

void bench_fleet(void) {
    struct load load;
    struct servers *s = servers_start(
        &(struct servers_options){.nodes = fleet_size(), .addresses = true, .ready_ms = 120000});
    if (s && load_start(&load, s, FLEET_CONNECTIONS, FLEET_RATE)) {
        fleet_of(s);
        load_end(&load);
    } else {
        bench_missing("CPU and PSS, many servers", "no servers, or no load on them");
    }
    servers_end(s);
}
