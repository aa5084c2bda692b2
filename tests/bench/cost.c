/* CPU and memory of all our processes, and the CPU that they make a server spend; nats-top in the same run.
 */
#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/processes.h"
#include "tests/bench/session.h"
#include "tests/harness/servers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CONNECTIONS = 1000, RATE = 5000, FLEET = 50, FLEET_CONNECTIONS = 100, FLEET_RATE = 500, WARM = 8 };

struct spent {
    double cpu, server_cpu; /* percent of a core */
    double pss_mb;
    double bytes; /* a second, to the terminal */
    bool known;
};

static double servers_cpu(const struct servers *s) {
    double cpu = 0;
    for (int i = 0; i < s->n; i++)
        cpu += processes_of(s->node[i].pid).cpu_s;
    return cpu;
}

/* t NULL: nobody looks. Closes it. */
static struct spent spend(struct terminal *t, const struct servers *s, const char *ready) {
    struct spent spent = {.known = !ready || (t && session_shows(t, ready, 30))};
    struct processes none = {0};
    if (t && spent.known)
        session_run(t, bench_seconds(WARM));
    double server = servers_cpu(s);
    struct processes before = t ? processes_of(terminal_pid(t)) : none;
    size_t bytes = t ? terminal_bytes(t) : 0;
    int64_t began = bench_now_ns(), length = (int64_t)(bench_seconds(20) * 1e9);
    if (t)
        session_run(t, (double)length / 1e9);
    else
        nanosleep(&(struct timespec){length / 1000000000, length % 1000000000}, NULL);
    double took = (double)(bench_now_ns() - began) / 1e9;
    struct processes after = t ? processes_of(terminal_pid(t)) : none;
    spent.cpu = (after.cpu_s - before.cpu_s) / took * 100;
    spent.pss_mb = after.pss_mb;
    spent.bytes = t ? (double)(terminal_bytes(t) - bytes) / took : 0;
    spent.server_cpu = (servers_cpu(s) - server) / took * 100;
    terminal_close(t);
    return spent;
}

static void say(const char *what, const struct spent *ours, const struct spent *theirs, double idle_cpu,
                const char *server_of) {
    char figure[64], goal[32], peer[64];
    snprintf(figure, sizeof figure, "CPU, %s", what);
    if (!ours->known) {
        bench_missing(figure, "the screen did not come");
        return;
    }
    snprintf(goal, sizeof goal, "%.2f %% of a core", theirs->cpu / 10);
    snprintf(peer, sizeof peer, "nats-top %.2f %%%s", theirs->cpu, server_of);
    bench_line(figure, goal, peer, "%.2f %%", ours->cpu);
    snprintf(figure, sizeof figure, "PSS, %s", what);
    snprintf(goal, sizeof goal, "%.1f MB", theirs->pss_mb / 2);
    snprintf(peer, sizeof peer, "nats-top %.1f MB%s", theirs->pss_mb, server_of);
    bench_line(figure, goal, peer, "%.1f MB", ours->pss_mb);
    snprintf(figure, sizeof figure, "server CPU caused, %s", what);
    snprintf(peer, sizeof peer, "nats-top %.2f %%%s", theirs->server_cpu, server_of);
    bench_line(figure, "", peer, "%.2f %%", ours->server_cpu - idle_cpu);
    snprintf(figure, sizeof figure, "bytes/s to the terminal, %s", what);
    snprintf(peer, sizeof peer, "nats-top %.0f%s", theirs->bytes, server_of);
    bench_line(figure, "", peer, "%.0f", ours->bytes);
}

static void cost_of(const struct servers *s) {
    struct spent theirs = {.cpu = 13.1, .pss_mb = 23, .server_cpu = 1.3, .bytes = 1562, .known = true};
    const char *of = " (another machine)";
    const char *url = s->node[0].http;
    struct spent idle = spend(NULL, s, NULL);
    struct spent overview = spend(session_natsight((const char *const[]){url, NULL}), s, "1/1 up");
    struct spent list =
        spend(session_natsight((const char *const[]){"--view", "connections", url, NULL}), s, "worker-");
    if (bench_nats_top()) {
        theirs =
            spend(session_nats_top(s->node[0].address, s->node[0].monitor_port), s, "Memory: *[0-9]*[1-9]");
        of = theirs.known ? "" : " (did not start)";
    }
    struct spent idle_after = spend(NULL, s, NULL);
    double idle_cpu = (idle.server_cpu + idle_after.server_cpu) / 2;
    if (bench_nats_top())
        theirs.server_cpu -= idle_cpu;
    say("1,000 connections, overview", &overview, &theirs, idle_cpu, of);
    say("1,000 connections, their list", &list, &theirs, idle_cpu, of);
    bench_line("server CPU without us, before/after", "", "the noise of the two lines above",
               "%.2f / %.2f %%", idle.server_cpu, idle_after.server_cpu);
}

void bench_cost(void) {
    struct load load;
    struct servers *s = servers_start(&(struct servers_options){.nodes = 1});
    if (s && load_start(&load, s, CONNECTIONS, RATE)) {
        cost_of(s);
        load_end(&load);
    } else {
        bench_missing("CPU and PSS, 1,000 connections", "no server, or no load on it");
    }
    servers_end(s);
}

static int fleet_size(void) {
    const char *text = getenv("BENCH_SERVERS");
    int n = text ? atoi(text) : FLEET;
    return n < 2 ? 2 : n > SERVERS_MAX ? SERVERS_MAX : n;
}

static void fleet_of(const struct servers *s) {
    char ready[32], figure[64];
    snprintf(ready, sizeof ready, "%d/%d up", s->n, s->n);
    struct spent idle = spend(NULL, s, NULL);
    struct spent ours = spend(session_natsight((const char *const[]){s->node[0].http, NULL}), s, ready);
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
