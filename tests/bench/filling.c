/* From the moment that a connection's buffer is 10 % full until the screen says so, at default cadence. */
#include "tests/bench/bench.h"
#include "tests/bench/session.h"
#include "tests/harness/http_get.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUNS = 5, MESSAGE = 8000, RECEIVE_BUFFER = 4096, WAIT_MS = 30000, LOOK_MS = 50, TURN_US = 10000 };
static const double MAX_PENDING = 64 << 20, FEED_BYTES = 4e6; /* a second; full in 17 s */

/* A reader that never reads and who feeds it, in a process that ends with this one. */
static pid_t fill(const struct server *server) {
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct natsc_options slow = {.name = "filling", .receive_buffer = RECEIVE_BUFFER};
    struct natsc *reader = natsc_connect(server->url, &slow, WAIT_MS);
    struct natsc *feeder = natsc_connect(server->url, &(struct natsc_options){.name = "feeder"}, WAIT_MS);
    if (getppid() != parent || !reader || !feeder || !natsc_subscribe(reader, "fill", NULL) ||
        !natsc_flush(reader, WAIT_MS))
        _exit(1);
    double began = (double)bench_now_ns() / 1e9, sent = 0;
    for (;;) {
        double due = ((double)bench_now_ns() / 1e9 - began) * FEED_BYTES;
        for (; sent < due; sent += MESSAGE)
            if (!natsc_publish_many(feeder, "fill", MESSAGE, 1))
                _exit(0);
        usleep(TURN_US);
    }
}

static double share_of_max(const struct server *server) {
    char url[160];
    snprintf(url, sizeof url, "%s/connz?sort=pending&limit=1", server->http);
    json_t *connz = http_get_json(url, 5000);
    const json_t *first = json_array_get(json_object_get(connz, "connections"), 0);
    double pending = json_number_value(json_object_get(first, "pending_bytes"));
    json_decref(connz);
    return pending / MAX_PENDING;
}

struct delays {
    double shown[RUNS], told[RUNS];
    int count;
};

/* Seconds until that is on the screen. */
static double until(struct terminal *t, const char *regex, int64_t since_ns) {
    return session_shows(t, regex, 15) ? (double)(bench_now_ns() - since_ns) / 1e9 : NAN;
}

static void one(const struct server *server, struct delays *delays) {
    struct terminal *t = session_natsight((const char *const[]){server->http, NULL});
    if (t && session_shows(t, "1/1 up", 10)) {
        session_run(t, 3);
        pid_t pid = fill(server);
        int64_t end = bench_now_ns() + WAIT_MS * INT64_C(1000000);
        while (share_of_max(server) < 0.1 && bench_now_ns() < end)
            session_run(t, LOOK_MS / 1e3);
        int64_t since = bench_now_ns();
        delays->shown[delays->count] = until(t, "filling .* [1-9][0-9]%", since);
        delays->told[delays->count++] = until(t, "^ ?(!!|!) .*filling", since);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    terminal_close(t);
}

void bench_filling(void) {
    struct delays delays = {.count = 0};
    struct servers *s = servers_start(&(struct servers_options){.nodes = 1});
    for (int run = 0; s && run < RUNS; run++)
        one(&s->node[0], &delays);
    servers_end(s);
    if (!delays.count) {
        bench_missing("from 10 % full until the screen says so", "no server, or no screen");
        return;
    }
    const char *peer = "asked each 2 s; a rule waits for two looks";
    bench_line("from 10 % full until it stands in Overview", "", peer, "%.1f s (%d)",
               bench_quantile(delays.shown, delays.count, 0.5), delays.count);
    bench_line("from 10 % full until the verdict says it", "", peer, "%.1f s, at most %.1f",
               bench_quantile(delays.told, delays.count, 0.5), bench_quantile(delays.told, delays.count, 1));
}
