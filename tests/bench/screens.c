/* The screen beside those that are loved: all measured the same way, in the same run, from the bytes that
 * arrive. Settled is the last byte before a silence. */
#include "tests/bench/bench.h"
#include "tests/bench/session.h"
#include "tests/harness/command.h"
#include "tests/harness/servers.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STARTS = 5, TIMES = 15, QUIET_MS = 60, LATE_MS = 1500, PAINTED_ROWS = 8, ARGUMENTS = 6, GAP_MS = 137 };

struct screen_figures {
    double start_ms, bytes_s, key_bytes, key_ms, resize_ms;
    double writes;      /* to the terminal, of each synchronized update */
    int clears, frames; /* of the watched seconds; frames: synchronized updates */
};

struct program {
    const char *name;
    const char *argv[ARGUMENTS];
    struct screen_figures figures;
    bool measured;
};

static const struct terminal_options size = {.rows = BENCH_ROWS, .cols = BENCH_COLS};

static double since_ms(int64_t began) {
    return (double)(bench_now_ns() - began) / 1e6;
}

static int painted_rows(struct terminal *t) {
    int painted = 0;
    for (int row = 0; row < BENCH_ROWS; row++)
        painted += *terminal_row(t, row) != '\0';
    return painted;
}

/* -1: never. */
static double first_paint(const struct program *p) {
    int64_t began = bench_now_ns();
    struct terminal *t = terminal_open(p->argv, &size);
    bool painted = false;
    while (t && !(painted = painted_rows(t) >= PAINTED_ROWS) && since_ms(began) < 5000)
        terminal_pump(t, 5);
    double took = since_ms(began);
    terminal_close(t);
    return painted ? took : -1;
}

/* Of what the program does now: when the first byte comes and the last before a silence, and how many in all.
 */
struct answer {
    double first_ms, last_ms, bytes;
};

static struct answer answer_of(struct terminal *t, int64_t began) {
    struct answer a = {NAN, NAN, 0};
    size_t before = terminal_bytes(t), seen = before;
    while (since_ms(began) < LATE_MS && (isnan(a.last_ms) || since_ms(began) - a.last_ms < QUIET_MS)) {
        terminal_pump(t, 2);
        if (terminal_bytes(t) == seen)
            continue;
        seen = terminal_bytes(t);
        a.last_ms = since_ms(began);
        if (isnan(a.first_ms))
            a.first_ms = a.last_ms;
    }
    a.bytes = (double)(seen - before);
    return a;
}

static void press_keys(struct terminal *t, struct screen_figures *f) {
    double first[TIMES], bytes[TIMES];
    int n = 0;
    for (int i = 0; i < TIMES; i++) {
        session_run(t, GAP_MS / 1e3);
        int64_t began = bench_now_ns();
        terminal_key(t, i % 10 < 5 ? VTERM_KEY_DOWN : VTERM_KEY_UP, VTERM_MOD_NONE);
        struct answer a = answer_of(t, began);
        if (isnan(a.first_ms))
            continue;
        first[n] = a.first_ms;
        bytes[n++] = a.bytes;
    }
    f->key_ms = bench_quantile(first, n, 0.5);
    f->key_bytes = bench_quantile(bytes, n, 0.5);
}

static void resize(struct terminal *t, struct screen_figures *f) {
    double last[TIMES];
    int n = 0;
    for (int i = 0; i < TIMES; i++) {
        session_run(t, GAP_MS / 1e3);
        int64_t began = bench_now_ns();
        terminal_resize(t, i % 2 ? BENCH_ROWS : BENCH_ROWS - 10, i % 2 ? BENCH_COLS : BENCH_COLS - 20);
        struct answer a = answer_of(t, began);
        if (!isnan(a.last_ms))
            last[n++] = a.last_ms;
    }
    f->resize_ms = bench_quantile(last, n, 0.5);
}

static int count_of(const char *bytes, size_t len, const char *part) {
    int n = 0;
    size_t size_of = strlen(part);
    for (const char *at = bytes, *end = bytes + len;
         (at = memmem(at, (size_t)(end - at), part, size_of)) != NULL; at += size_of)
        n++;
    return n;
}

/* The whole screen, and all behind the cursor. */
static int clears_of(const char *bytes, size_t len) {
    return count_of(bytes, len, "\033[2J") + count_of(bytes, len, "\033[J") + count_of(bytes, len, "\033[0J");
}

static bool is_installed(const char *name) {
    char look[100];
    snprintf(look, sizeof look, "command -v %s >/dev/null", name);
    return system(look) == 0;
}

/* write(2)s to the terminal of each synchronized update, as strace sees them; NAN where it can't. */
static double writes_a_frame(struct terminal *t) {
    struct command tracer;
    char pid[20];
    size_t len, before = terminal_bytes(t);
    snprintf(pid, sizeof pid, "%d", (int)terminal_pid(t));
    const char *const argv[] = {"strace", "-qq",         "-y", "-e", "trace=write",
                                "-o",     "/dev/stdout", "-p", pid,  NULL};
    if (!is_installed("strace") || !command_start(&tracer, argv, NULL))
        return NAN;
    session_run(t, bench_seconds(5));
    while (command_pump(&tracer, 50))
        ;
    const char *bytes = terminal_output(t, &len);
    int frames = len < before ? 0 : count_of(bytes + before, len - before, "\033[?2026h");
    int writes = count_of(tracer.output, tracer.output_size, "</dev/pts/");
    command_free(&tracer);
    return frames > 0 && writes > 0 ? (double)writes / frames : NAN;
}

static void watch(struct terminal *t, struct screen_figures *f) {
    size_t len, before = terminal_bytes(t);
    double seconds = bench_seconds(10);
    session_run(t, seconds);
    const char *bytes = terminal_output(t, &len);
    if (len < before)
        return;
    f->bytes_s = (double)(len - before) / seconds;
    f->clears = clears_of(bytes + before, len - before);
    f->frames = count_of(bytes + before, len - before, "\033[?2026h");
}

static void measure(struct program *p) {
    double starts[STARTS];
    int n = 0;
    for (int i = 0; i < STARTS; i++) {
        double took = first_paint(p);
        if (took >= 0)
            starts[n++] = took;
    }
    struct terminal *t = n ? terminal_open(p->argv, &size) : NULL;
    if (!t)
        return;
    session_run(t, bench_seconds(5));
    watch(t, &p->figures);
    press_keys(t, &p->figures);
    resize(t, &p->figures);
    p->figures.writes = p->figures.frames ? writes_a_frame(t) : NAN;
    p->figures.start_ms = bench_quantile(starts, n, 0.5);
    p->measured = true;
    terminal_close(t);
}

/* ---- as lines ---- */

static void say(const struct program *all, int n, const char *figure, const char *goal, const char *unit,
                int decimals, size_t offset) {
    char ours[60] = "", peers[200] = "", one[60];
    for (int i = 0; i < n; i++) {
        double value;
        memcpy(&value, (const char *)&all[i].figures + offset, sizeof value);
        snprintf(one, sizeof one, "%.*f%s", decimals, value, unit);
        if (i == 0)
            snprintf(ours, sizeof ours, "%s", all[i].measured ? one : "-");
        size_t used = strlen(peers);
        if (i > 0)
            snprintf(peers + used, sizeof peers - used, "%s%s %s", used ? ", " : "", all[i].name,
                     all[i].measured ? one : "missing");
    }
    bench_line(figure, goal, peers, "%s", ours);
}

static void say_all(const struct program *all, int n) {
    const struct screen_figures *f = &all[0].figures;
    char peers[200] = "";
    say(all, n, "start to the first 8 rows", "50 ms", " ms", 0, offsetof(struct screen_figures, start_ms));
    say(all, n, "bytes/s at 1 Hz", "1500", "", 0, offsetof(struct screen_figures, bytes_s));
    say(all, n, "bytes per cursor key", "350", "", 0, offsetof(struct screen_figures, key_bytes));
    say(all, n, "cursor key to its first byte", "2 ms", " ms", 1, offsetof(struct screen_figures, key_ms));
    say(all, n, "resize to settled frame", "20 ms", " ms", 1, offsetof(struct screen_figures, resize_ms));
    for (int i = 1; i < n; i++) {
        size_t used = strlen(peers);
        if (all[i].measured)
            snprintf(peers + used, sizeof peers - used, "%s%s %d clears", used ? ", " : "", all[i].name,
                     all[i].figures.clears);
    }
    bench_line("full clears while watched", "0", peers, "%d", f->clears);
    bench_line("writes to the terminal a frame", "1", "", "%.2f (%d frames watched)", f->writes, f->frames);
}

static void against_peers(const struct servers *cluster) {
    struct program all[] = {{.name = "natsight", .argv = {command_natsight(), cluster->node[0].http}},
                            {.name = "btop", .argv = {"btop"}},
                            {.name = "htop", .argv = {"htop", "-d", "10"}},
                            {.name = "top", .argv = {"top", "-d", "1"}}};
    int n = sizeof all / sizeof *all;
    for (int i = 0; i < n; i++)
        if (i == 0 || is_installed(all[i].name))
            measure(&all[i]);
    say_all(all, n);
}

void bench_screens(void) {
    struct servers *cluster =
        servers_start(&(struct servers_options){.nodes = 3, .jetstream = true, .addresses = true});
    struct command life = {0};
    if (!cluster) {
        bench_missing("the screen beside others", "no cluster");
        return;
    }
    const char *const argv[] = {command_life(), cluster->node[0].url, cluster->node[1].url,
                                cluster->node[2].url, NULL};
    if (command_start(&life, argv, NULL) && command_wait_output(&life, "ready", 20000))
        against_peers(cluster);
    else
        bench_missing("the screen beside others", "no life on the cluster");
    command_free(&life);
    servers_end(cluster);
}
