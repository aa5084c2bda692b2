/* A cursor key to its paint while the cluster works, and while large answers arrive. */
#include "tests/bench/bench.h"
#include "tests/bench/processes.h"
#include "tests/bench/strokes.h"
#include "tests/harness/command.h"
#include "tests/harness/hostile.h"
#include "tests/harness/servers.h"

#include <stdio.h>

enum { LARGE_BYTES = 52000000 };

static void in_view(const struct servers *cluster, const char *view, const char *ready, int stride) {
    struct strokes s;
    char figure[64];
    struct terminal *t = session_natsight((const char *const[]){"--view", view, cluster->node[0].http, NULL});
    snprintf(figure, sizeof figure, "key to paint p50/p99, %s", view);
    if (t && session_shows(t, ready, 10)) {
        session_run(t, 3);
        terminal_key(t, VTERM_KEY_DOWN, VTERM_MOD_NONE); /* the overview begins without a cursor */
        session_run(t, 1);
        strokes_take(t, stride, &s);
        strokes_say(figure, "", &s);
        snprintf(figure, sizeof figure, "bytes per cursor key, %s", view);
        bench_line(figure, "350", "", "%.0f, p90 %.0f", bench_quantile(s.bytes, s.n, 0.5),
                   bench_quantile(s.bytes, s.n, 0.9));
    } else {
        bench_missing(figure, "the view did not come");
    }
    terminal_close(t);
}

void bench_keys(void) {
    struct servers *cluster =
        servers_start(&(struct servers_options){.nodes = 3, .jetstream = true, .addresses = true});
    struct command life = {0};
    if (!cluster) {
        bench_missing("key to paint", "no cluster");
        return;
    }
    const char *const argv[] = {command_life(),
                                "--only",
                                "breathing,service,orders,events,keeps-up,never-pulled,crowd",
                                "--crowd",
                                "100",
                                cluster->node[0].url,
                                cluster->node[1].url,
                                NULL};
    if (command_start(&life, argv, NULL) && command_wait_output(&life, "ready", 20000)) {
        in_view(cluster, "overview", "3/3 up", 2);
        in_view(cluster, "connections", "[0-9] +n[123] ", 5);
    } else {
        bench_missing("key to paint", "no life on the cluster");
    }
    command_free(&life);
    servers_end(cluster);
}

/* The same while one /connz of 52 MB follows the other. */
void bench_large(void) {
    static const char figure[] = "key to paint p50/p99, 52 MB /connz arriving";
    const struct hostile_rule rule = {.path = "/connz", .play = HOSTILE_LARGE, .size = LARGE_BYTES};
    struct hostile *server = hostile_start("127.0.0.1", 0, "large", &rule, 1);
    struct terminal *t =
        server ? session_natsight((const char *const[]){"--view", "connections", hostile_url(server), NULL})
               : NULL;
    struct strokes s;
    char bodies[64];
    if (t && session_shows(t, "client [0-9]", 20)) {
        int before = hostile_requests(server, "/connz");
        strokes_take(t, 5, &s);
        snprintf(bodies, sizeof bodies, ", %d bodies meanwhile", hostile_requests(server, "/connz") - before);
        strokes_say(figure, bodies, &s);
        bench_line("peak resident memory meanwhile", "", "", "%.1f MB",
                   processes_of(terminal_pid(t)).peak_mb);
    } else {
        bench_missing(figure, "the connections did not come");
    }
    terminal_close(t);
    hostile_end(server);
}
