#include "tests/bench/strokes.h"

#include "tests/bench/bench.h"

#include <stdio.h>

enum { GAP_MS = 37, LOST_MS = 2000, LOST_MOST = 5, COLUMN = 12 };

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

static void echo(struct terminal *t, struct strokes *s) {
    size_t bytes = terminal_bytes(t);
    int64_t began = bench_now_ns();
    terminal_type(t, "k");
    if (terminal_wait_bytes(t, bytes + 1, LOST_MS))
        s->echo_ms[s->echoes++] = (double)(bench_now_ns() - began) / 1e6;
}

void strokes_take(struct terminal *t, int stride, struct strokes *s) {
    static const char *const argv[] = {"sh", "-c", "stty raw -echo; echo ready; exec cat", NULL};
    struct terminal *cat = terminal_open(argv, NULL);
    s->n = s->lost = s->echoes = 0;
    if (!cat || !terminal_wait_text(cat, "ready", LOST_MS))
        s->lost = STROKES;
    for (int i = 0; i < STROKES && s->lost < LOST_MOST; i++) {
        stroke(t, i / stride % 2 ? VTERM_KEY_UP : VTERM_KEY_DOWN, s);
        session_run(t, GAP_MS / 1e3);
        echo(cat, s);
    }
    terminal_close(cat);
}

void strokes_say(const char *figure, const char *when, struct strokes *s) {
    char peer[96];
    double p50 = bench_quantile(s->ms, s->n, 0.5), p99 = bench_quantile(s->ms, s->n, 0.99);
    snprintf(peer, sizeof peer, "a bare cat %.1f / %.1f ms%s", bench_quantile(s->echo_ms, s->echoes, 0.5),
             bench_quantile(s->echo_ms, s->echoes, 0.99), when);
    bench_line(figure, "2 / 8 ms", peer, "%.1f / %.1f ms%s", p50, p99, s->lost ? ", keys lost" : "");
}
