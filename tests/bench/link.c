/* A narrow link: how far the clock on the screen is behind, and what it costs. */
#include "tests/bench/bench.h"
#include "tests/bench/line.h"
#include "tests/harness/command.h"
#include "tests/harness/servers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAMPLES = 100000, KEYS = 10 };
#define WARM_UP  15.0
#define SAMPLE   0.05
#define KEY_LOST 20.0

static const struct {
    double rate;
    const char *goal;
} links[] = {{0, ""}, {8000, "2 s"}, {960, "2 s"}};

struct behind {
    double *values, most;
    int n;
};

static void watch(struct line *line, double seconds, struct behind *b) {
    int64_t until = bench_now_ns() + (int64_t)(seconds * 1e9);
    b->n = 0;
    b->most = 0;
    while (bench_now_ns() < until && b->n < SAMPLES) {
        line_run(line, SAMPLE);
        if (!line_clock_behind(line, &b->values[b->n]))
            continue;
        b->most = fmax(b->most, b->values[b->n]);
        b->n++;
    }
}

static void say(const char *who, double rate, const char *goal, struct behind *b, struct line_counts before,
                struct line_counts after, double seconds) {
    char figure[96];
    double frames = (double)(after.frames - before.frames);
    if (rate > 0)
        snprintf(figure, sizeof figure, "shown clock behind, p50/max, %.0f B/s, %s", rate, who);
    else
        snprintf(figure, sizeof figure, "shown clock behind, p50/max, fast line, %s", who);
    if (b->n > 0)
        bench_line(figure, goal, "", "%.1f / %.1f s", bench_quantile(b->values, b->n, 0.5), b->most);
    else
        bench_missing(figure, "no clock on its screen");
    if (frames > 0)
        bench_line("  bytes/s; frames/s; reads a frame; clears", "", "", "%.0f; %.1f; %.2f; %zu",
                   (double)(after.bytes - before.bytes) / seconds, frames / seconds,
                   (double)(after.reads - before.reads) / frames, after.clears - before.clears);
    else
        bench_line("  bytes/s; clears", "", "", "%.0f; %zu", (double)(after.bytes - before.bytes) / seconds,
                   after.clears - before.clears);
}

/* Down and up: until the cursor has moved on the far side. */
static void keys(struct line *line, double rate) {
    char figure[64];
    double took[KEYS];
    int n = 0;
    line_type(line, "\033[B");
    line_run(line, 3);
    for (int i = 0; i < KEYS; i++) {
        int row = line_cursor_row(line);
        int64_t began = bench_now_ns(), limit = began + (int64_t)(KEY_LOST * 1e9);
        line_type(line, i % 2 ? "\033[A" : "\033[B");
        while (line_cursor_row(line) == row && bench_now_ns() < limit)
            line_run(line, 0);
        took[n++] = (double)(bench_now_ns() - began) / 1e9;
        line_run(line, 1.37);
    }
    snprintf(figure, sizeof figure, "  key to paint p50/max, %.0f B/s", rate);
    bench_line(figure, "", "", "%.2f / %.2f s", bench_quantile(took, n, 0.5), bench_quantile(took, n, 1));
}

static void one(const char *who, const char *const argv[], double rate, const char *goal, bool ours,
                struct behind *b) {
    double seconds = bench_seconds(30);
    struct line *line = line_open(argv, rate);
    line_run(line, WARM_UP);
    struct line_counts before = line_counts(line);
    watch(line, seconds, b);
    say(who, rate, goal, b, before, line_counts(line), seconds);
    if (ours && rate > 0)
        keys(line, rate);
    line_close(line);
}

static bool installed(const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/usr/bin/%s", name);
    return access(path, X_OK) == 0;
}

static void peers(struct behind *b) {
    static const char *const names[] = {"btop", "htop", "top"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *const slow[] = {names[i], "-d", "1", NULL}, *const plain[] = {names[i], NULL};
        bool is_top = i == 2;
        if (!installed(names[i]))
            bench_missing(names[i], "not installed");
        else
            for (size_t l = 1; l < sizeof links / sizeof *links; l++)
                one(names[i], is_top ? slow : plain, links[l].rate, "", false, b);
    }
}

void bench_link(void) {
    struct servers *cluster =
        servers_start(&(struct servers_options){.nodes = 3, .jetstream = true, .addresses = true});
    struct command life = {0};
    struct behind b = {.values = malloc(SAMPLES * sizeof *b.values)};
    if (!cluster) {
        bench_missing("shown clock behind", "no cluster");
        free(b.values);
        return;
    }
    const char *const argv[] = {command_life(), cluster->node[0].url, cluster->node[1].url,
                                cluster->node[2].url, NULL};
    const char *const ours[] = {command_natsight(), cluster->node[0].http, NULL};
    if (command_start(&life, argv, NULL) && command_wait_output(&life, "ready", 20000))
        for (size_t l = 0; l < sizeof links / sizeof *links; l++)
            one("natsight", ours, links[l].rate, links[l].goal, true, &b);
    else
        bench_missing("shown clock behind", "no life on the cluster");
    command_free(&life);
    servers_end(cluster);
    peers(&b);
    free(b.values);
}
