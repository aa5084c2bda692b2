/* A cursor key to its paint, and the bytes that the paint took. The cursor is the reversed row. */
#ifndef BENCH_STROKES_H
#define BENCH_STROKES_H

#include "tests/bench/session.h"

enum { STROKES = 200 };

struct strokes {
    double ms[STROKES], bytes[STROKES];
    double echo_ms[STROKES]; /* the same key through a bare cat: what of the time is the machine's */
    int n, lost, echoes;
};

/* `stride` down, `stride` up; the gaps are no multiple of anything that the program does. */
void strokes_take(struct terminal *t, int stride, struct strokes *s);
/* As a line; `when` goes behind the peer. */
void strokes_say(const char *figure, const char *when, struct strokes *s);

#endif
