#include "tests/bench/session.h"

#include "tests/bench/bench.h"
#include "tests/harness/command.h"

#include <stdio.h>

enum { ARGUMENTS = 16 };

static const struct terminal_options size = {.rows = BENCH_ROWS, .cols = BENCH_COLS};

struct terminal *session_natsight(const char *const arguments[]) {
    const char *argv[ARGUMENTS] = {command_natsight()};
    for (int i = 0; i < ARGUMENTS - 2 && arguments[i]; i++)
        argv[i + 1] = arguments[i];
    return terminal_open(argv, &size);
}

struct terminal *session_nats_top(const char *address, int port) {
    char number[16];
    snprintf(number, sizeof number, "%d", port);
    const char *argv[] = {bench_nats_top(), "-s", address, "-m", number, NULL};
    return terminal_open(argv, &size);
}

bool session_shows(struct terminal *t, const char *regex, double seconds) {
    int64_t deadline = bench_now_ns() + (int64_t)(seconds * 1e9);
    while (terminal_match(t, regex, NULL, 0) < 0) {
        if (bench_now_ns() >= deadline)
            return false;
        terminal_pump(t, 20);
    }
    return true;
}

void session_run(struct terminal *t, double seconds) {
    int64_t deadline = bench_now_ns() + (int64_t)(seconds * 1e9), now;
    while ((now = bench_now_ns()) < deadline) {
        int64_t left = (deadline - now) / 1000000 + 1;
        terminal_pump(t, left < 1000 ? (int)left : 1000);
    }
}
