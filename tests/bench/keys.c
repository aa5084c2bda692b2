/* A cursor key to its paint, and the bytes that the paint took. The cursor is the reversed row. */
#include "tests/bench/bench.h"
#include "tests/bench/processes.h"
#include "tests/bench/session.h"
#include "tests/harness/command.h"
#include "tests/harness/hostile.h"
#include "tests/harness/servers.h"

#include <stdio.h>

enum { KEYS = 200, GAP_MS = 37, LOST_MS = 2000, LOST_MOST = 5, COLUMN = 12, LARGE_BYTES = 52000000 };

struct strokes {
    double ms[KEYS], bytes[KEYS], echo_ms[KEYS];
    int n, lost, echoes;
};

static uint64_t cursor_rows(struct terminal *t) {
    uint64_t rows = 0;
    for (int row = 1; row < BENCH_ROWS - 1; row++)
        if (terminal_cell(t, row, COLUMN).reverse)
            rows |= UINT64_C(1) << row;
    return rows;
}

static void stroke(struct terminal *t, VTermKey key, struct strokes *s) {
    uint64_t before = cursor_rows(t);
    size_t bytes = terminal_bytes(t);
    int64_t began = bench_now_ns(), limit = began + LOST_MS * INT64_C(1000000);
    terminal_key(t, key, VTERM_MOD_NONE);
    while (cursor_rows(t) == before && bench_now_ns() < limit)
        terminal_pump(t, 50);
    if (cursor_rows(t) == before) {
        s->lost++;
        return;
    }
    s->ms[s->n] = (double)(bench_now_ns() - began) / 1e6;
    s->bytes[s->n++] = (double)(terminal_bytes(t) - bytes);
}

/* The same key through a bare cat: what of the time is the machine's. */
static void echo(struct terminal *t, struct strokes *s) {
    size_t bytes = terminal_bytes(t);
    int64_t began = bench_now_ns();
    terminal_type(t, "k");
    if (terminal_wait_bytes(t, bytes + 1, LOST_MS))
        s->echo_ms[s->echoes++] = (double)(bench_now_ns() - began) / 1e6;
}

/* `stride` down, `stride` up; the gaps are no multiple of anything that the program does. */
static void strokes(struct terminal *t, int stride, struct strokes *s) {
    static const char *const argv[] = {"sh", "-c", "stty raw -echo; echo ready; exec cat", NULL};
    struct terminal *cat = terminal_open(argv, NULL);
    s->n = s->lost = s->echoes = 0;
    if (!cat || !terminal_wait_text(cat, "ready", LOST_MS))
        s->lost = KEYS;
    for (int i = 0; i < KEYS && s->lost < LOST_MOST; i++) {
        stroke(t, i / stride % 2 ? VTERM_KEY_UP : VTERM_KEY_DOWN, s);
        session_run(t, GAP_MS / 1e3);
        echo(cat, s);
    }
    terminal_close(cat);
}

static void say(const char *figure, const char *when, struct strokes *s) {
    char peer[96];
    double p50 = bench_quantile(s->ms, s->n, 0.5), p99 = bench_quantile(s->ms, s->n, 0.99);
    snprintf(peer, sizeof peer, "a bare cat %.1f / %.1f ms%s", bench_quantile(s->echo_ms, s->echoes, 0.5),
             bench_quantile(s->echo_ms, s->echoes, 0.99), when);
    bench_line(figure, "2 / 8 ms", peer, "%.1f / %.1f ms%s", p50, p99, s->lost ? ", keys lost" : "");
}

static void in_view(const struct servers *cluster, const char *view, const char *ready, int stride) {
    struct strokes s;
    char figure[64];
    struct terminal *t = session_natsight((const char *const[]){"--view", view, cluster->node[0].http, NULL});
    snprintf(figure, sizeof figure, "key to paint p50/p99, %s", view);
    if (t && session_shows(t, ready, 10)) {
        session_run(t, 3);
        terminal_key(t, VTERM_KEY_DOWN, VTERM_MOD_NONE); /* the overview begins without a cursor */
        session_run(t, 1);
        strokes(t, stride, &s);
        say(figure, "", &s);
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
        strokes(t, 5, &s);
        snprintf(bodies, sizeof bodies, ", %d bodies meanwhile", hostile_requests(server, "/connz") - before);
        say(figure, bodies, &s);
        bench_line("peak resident memory meanwhile", "", "", "%.1f MB",
                   processes_of(terminal_pid(t)).peak_mb);
    } else {
        bench_missing(figure, "the connections did not come");
    }
    terminal_close(t);
    hostile_end(server);
}
