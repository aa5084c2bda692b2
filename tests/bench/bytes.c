/* What goes to the terminal each second while both charts of the overview move. */
#include "tests/bench/bench.h"
#include "tests/bench/session.h"
#include "tests/harness/command.h"
#include "tests/harness/servers.h"

static void watch(const struct servers *cluster) {
    static const char figure[] = "bytes/s to the terminal, charts moving";
    struct terminal *t = session_natsight((const char *const[]){cluster->node[0].http, NULL});
    double seconds = bench_seconds(20);
    if (!t || !session_shows(t, "3/3 up", 10)) {
        bench_missing(figure, "the overview did not come");
        terminal_close(t);
        return;
    }
    session_run(t, bench_seconds(25));
    size_t before = terminal_bytes(t);
    session_run(t, seconds);
    bench_line(figure, "1500", "nats-top 1562, one node", "%.0f",
               (double)(terminal_bytes(t) - before) / seconds);
    terminal_close(t);
}

void bench_bytes(void) {
    struct servers *cluster =
        servers_start(&(struct servers_options){.nodes = 3, .jetstream = true, .addresses = true});
    struct command life = {0};
    if (!cluster) {
        bench_missing("bytes/s to the terminal", "no cluster");
        return;
    }
    const char *const argv[] = {command_life(), cluster->node[0].url, cluster->node[1].url,
                                cluster->node[2].url, NULL};
    if (command_start(&life, argv, NULL) && command_wait_output(&life, "ready", 20000))
        watch(cluster);
    else
        bench_missing("bytes/s to the terminal", "no life on the cluster");
    command_free(&life);
    servers_end(cluster);
}
