/* The figures of `make bench`: each is printed beside its goal and, where there is one, a peer in the same
 * run. Nothing is asserted: a shared machine makes noise, so times are CPU times, medians and ratios where
 * possible. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

enum { BENCH_COLS = 120, BENCH_ROWS = 40 };

/* Each prints its lines; selected by BENCH=name,name. */
void bench_start(void);
void bench_keys(void);
void bench_large(void);
void bench_bytes(void);
void bench_screens(void);
void bench_link(void);
void bench_cost(void);
void bench_fleet(void);
void bench_filling(void);
void bench_consumers(void);
void bench_rules(void);
void bench_alerts(void);

/* One line of the table; a text may be "". The measured value is printf's. */
void bench_line(const char *figure, const char *goal, const char *peer, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Why a figure is missing. */
void bench_missing(const char *figure, const char *why);

/* A length of the usual run, as BENCH_SECONDS (20: as it is) scales it. */
double bench_seconds(double usual);
/* $NATS_TOP, NULL when not given. */
const char *bench_nats_top(void);

int64_t bench_now_ns(void);
/* Sorted by this; the value below which `share` (0 to 1) of them are. NAN without values. */
double bench_quantile(double *values, int n, double share);

#endif
