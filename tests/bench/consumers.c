/* Very many consumers: what watching them costs us and the servers, how soon they are on screen, and what a
 * key waits for meanwhile; of fewer also what `nats consumer report` needs for the same look. */
#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/many.h"
#include "tests/bench/spend.h"
#include "tests/bench/strokes.h"
#include "tests/bench/taking.h"
#include "tests/harness/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CONSUMERS = 10000, FEWER = 1000, RATE = 200, WATCHED = 40, COLLECTED = 36, LOOKS = 3 };
enum { SETTLE = 5, MAKING = 240, STREAM_BYTES = 10 };

static int consumers_wanted(void) {
    const char *text = getenv("BENCH_CONSUMERS");
    int n = text ? atoi(text) : CONSUMERS;
    return n < MANY_STREAMS ? MANY_STREAMS : n;
}

static struct terminal *view_of(const struct servers *s) {
    return session_natsight((const char *const[]){"--view", "jetstream", s->node[0].http, NULL});
}

static void say_cost(const struct servers *s, int consumers) {
    char ready[64], figure[64], peer[96];
    snprintf(ready, sizeof ready, "consumers\\]? %d([^0-9]|$)", consumers);
    struct spent idle = spend(NULL, s, NULL, WATCHED);
    struct spent ours = spend(view_of(s), s, ready, WATCHED);
    snprintf(figure, sizeof figure, "CPU, %d consumers", consumers);
    if (!ours.known) {
        bench_missing(figure, "not all of them came to the screen");
        return;
    }
    bench_line(figure, "3 % of a core", "", "%.2f %%", ours.cpu);
    snprintf(figure, sizeof figure, "PSS, %d consumers", consumers);
    bench_line(figure, "60 MB", "", "%.1f MB", ours.pss_mb);
    snprintf(figure, sizeof figure, "server CPU caused, %d consumers, each", consumers);
    snprintf(peer, sizeof peer, "of itself %.1f ms/s", idle.server_cpu * 10 / s->n);
    bench_line(figure, "5 ms/s", peer, "%.1f ms/s", (ours.server_cpu - idle.server_cpu) * 10 / s->n);
}

/* The stream of a collector that watches for a while. */
static bool collect(struct command *c, const struct servers *s) {
    const char *const argv[] = {command_natsight(), "collect", "--want", "jetstream", s->node[0].http, NULL};
    int64_t until = bench_now_ns() + (int64_t)(bench_seconds(COLLECTED) * 1e9);
    if (!command_start(c, argv, NULL))
        return false;
    while (bench_now_ns() < until)
        command_pump(c, 200);
    return c->output_size > 0;
}

static void say_taking(const struct servers *s, int consumers) {
    static const char figure[] = "last byte to the sorted and drawn table, CPU";
    struct command c = {0};
    struct taking t;
    size_t large = (size_t)consumers * STREAM_BYTES; /* what is smaller is no /jsz */
    char peer[160];
    if (!collect(&c, s) || !taking_measure(&t, c.output, c.output_size, large, "jetstream")) {
        bench_missing(figure, "no answer was collected");
        command_free(&c);
        return;
    }
    snprintf(peer, sizeof peer, "reading and merging %.1f, a frame %.1f, a tick %.1f; %d answers", t.merge_ms,
             t.frame_ms, t.tick_ms, t.answers);
    bench_line(figure, "16 ms", peer, "%.1f ms", t.answer_ms);
    snprintf(peer, sizeof peer, "it was %s", t.longest);
    bench_line("longest step that a key waits for, CPU", "8 ms", peer, "%.1f ms", t.longest_ms);
    bench_line("memory of the model", "", "", "%.2f kB a consumer",
               t.heap_mb * 1e3 / (double)(t.consumers ? t.consumers : 1));
    command_free(&c);
}

static void say_keys(const struct servers *s, int consumers) {
    struct strokes k;
    struct terminal *t = view_of(s);
    char figure[64], when[64];
    snprintf(figure, sizeof figure, "key to paint p50/p99, %d consumers", consumers);
    if (t && session_shows(t, "many-[0-9]+ / consumer-", 30)) {
        session_run(t, bench_seconds(SETTLE));
        strokes_take(t, 5, &k);
        snprintf(when, sizeof when, "; longest %.1f ms", bench_quantile(k.ms, k.n, 1));
        strokes_say(figure, when, &k);
    } else {
        bench_missing(figure, "the consumers did not come");
    }
    terminal_close(t);
}

/* ---- the worst ten ---- */

struct look {
    double ms, server_ms;
    bool known;
};

/* What the servers do of themselves is not counted. */
static struct look look_at(const struct servers *s, double of_itself, bool (*see)(const struct servers *)) {
    double ms[LOOKS], server_ms[LOOKS];
    int n = 0;
    for (int i = 0; i < LOOKS; i++) {
        double server = servers_cpu(s);
        int64_t began = bench_now_ns();
        if (!see(s))
            break;
        ms[n] = (double)(bench_now_ns() - began) / 1e6;
        server_ms[n] = (servers_cpu(s) - server) * 1e3 - of_itself * ms[n];
        n++;
    }
    return (struct look){bench_quantile(ms, n, 0.5), bench_quantile(server_ms, n, 0.5), n == LOOKS};
}

static bool see_ours(const struct servers *s) {
    char ready[64];
    snprintf(ready, sizeof ready, "consumers\\]? %d([^0-9]|$)", FEWER);
    struct terminal *t = view_of(s);
    bool seen = t && session_shows(t, ready, 15);
    terminal_close(t);
    return seen;
}

static bool see_theirs(const struct servers *s) {
    const char *cli = getenv("NATS_CLI");
    for (int i = 0; i < MANY_STREAMS; i++) {
        struct command c = {0};
        char stream[32];
        snprintf(stream, sizeof stream, "many-%d", i);
        const char *const argv[] = {cli, "--server", s->node[0].url, "consumer", "report", stream, NULL};
        bool seen = command_run(&c, argv, NULL, 15000) == 0 && c.output_size > 0;
        command_free(&c);
        if (!seen)
            return false;
    }
    return true;
}

static void say_looks(const struct servers *s) {
    static const char figure[] = "start to the worst ten of 1,000 consumers";
    const char *cli = getenv("NATS_CLI");
    char peer[160] = "nats consumer report is missing: NATS_CLI=PATH", goal[32] = "144 ms, 80 ms";
    double of_itself = spend(NULL, s, NULL, 5).server_cpu / 100;
    struct look ours = look_at(s, of_itself, see_ours);
    struct look theirs = {0};
    if (cli && *cli)
        theirs = look_at(s, of_itself, see_theirs);
    if (theirs.known) {
        snprintf(goal, sizeof goal, "%.0f ms, %.0f ms", theirs.ms / 10, theirs.server_ms / 10);
        snprintf(peer, sizeof peer, "nats consumer report, %d streams: %.0f ms, %.0f ms of server CPU",
                 MANY_STREAMS, theirs.ms, theirs.server_ms);
    } else if (cli && *cli) {
        snprintf(peer, sizeof peer, "%.100s consumer report: did not answer", cli);
    }
    if (ours.known)
        bench_line(figure, goal, peer, "%.0f ms, server %.0f ms", ours.ms, ours.server_ms);
    else
        bench_missing(figure, "they did not come to the screen");
}

/* ---- clusters ---- */

static void with_consumers(int consumers, void (*measure)(const struct servers *s, int consumers)) {
    struct servers *s =
        servers_start(&(struct servers_options){.nodes = 3, .jetstream = true, .addresses = true});
    struct load load;
    char what[64];
    snprintf(what, sizeof what, "three nodes with %d consumers", consumers);
    int64_t began = bench_now_ns();
    int made = s ? many_make(s, consumers, MAKING) : 0;
    if (made < consumers) {
        char why[64];
        snprintf(why, sizeof why, "only %d could be made", made);
        bench_missing(what, why);
    } else if (!load_start(&load, s, MANY_STREAMS, RATE)) {
        bench_missing(what, "no load on them");
    } else {
        bench_line(what, "", "", "made in %.0f s", (double)(bench_now_ns() - began) / 1e9);
        nanosleep(&(struct timespec){.tv_sec = (time_t)bench_seconds(SETTLE)}, NULL);
        measure(s, consumers);
        load_end(&load);
    }
    servers_end(s);
}

static void look_at_many(const struct servers *s, int consumers) {
    say_cost(s, consumers);
    say_taking(s, consumers);
    say_keys(s, consumers);
}

static void look_at_fewer(const struct servers *s, int consumers) {
    (void)consumers;
    say_looks(s);
}

void bench_consumers(void) {
    with_consumers(consumers_wanted(), look_at_many);
    with_consumers(FEWER, look_at_fewer);
}
