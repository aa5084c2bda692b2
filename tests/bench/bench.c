#include "tests/bench/bench.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { USUAL_SECONDS = 20 };

static const struct figure {
    const char *name;
    void (*run)(void);
} figures[] = {
    {"start", bench_start},     {"keys", bench_keys},       {"large", bench_large},
    {"bytes", bench_bytes},     {"screens", bench_screens}, {"link", bench_link},
    {"cost", bench_cost},       {"fleet", bench_fleet},     {"consumers", bench_consumers},
    {"filling", bench_filling}, {"rules", bench_rules},     {"alerts", bench_alerts},
};

void bench_line(const char *figure, const char *goal, const char *peer, const char *format, ...) {
    char measured[128];
    va_list values;
    va_start(values, format);
    vsnprintf(measured, sizeof measured, format, values);
    va_end(values);
    printf("%-56s %22s  %-18s %s\n", figure, measured, goal, peer);
    fflush(stdout);
}

void bench_missing(const char *figure, const char *why) {
    bench_line(figure, "", why, "-");
}

double bench_seconds(double usual) {
    const char *text = getenv("BENCH_SECONDS");
    double seconds = text ? strtod(text, NULL) : 0;
    return usual * (seconds > 0 ? seconds / USUAL_SECONDS : 1);
}

const char *bench_nats_top(void) {
    const char *path = getenv("NATS_TOP");
    return path && *path ? path : NULL;
}

int64_t bench_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_quantile(double *values, int n, double share) {
    if (n <= 0)
        return NAN;
    qsort(values, (size_t)n, sizeof *values, by_value);
    int at = (int)ceil(share * n) - 1;
    return values[at < 0 ? 0 : at];
}

/* Usage: bench_figures [name ...]; without a name all. */
int main(int argc, char **argv) {
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        int wanted = argc < 2;
        for (int a = 1; a < argc; a++)
            wanted |= strcmp(argv[a], figures[i].name) == 0;
        if (wanted)
            figures[i].run();
    }
    return 0;
}
