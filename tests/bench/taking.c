#include "tests/bench/taking.h"

#include "entry/feed.h"
#include "sample/stream.h"
#include "tests/bench/bench.h"
#include "views/chrome.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEAD = 16, KIND_AT = 8, PIECE = 64 << 10, ANSWERS_MAX = 64, FIRST_ANSWERS = 3, FRAMES_A_PAGE = 5 };

struct run {
    struct model *model;
    struct feed *feed;
    const struct view_ops *view;
    void *state;
    struct surface *surface;
    struct taking *out;
    double answer[ANSWERS_MAX], merge[ANSWERS_MAX], frame[ANSWERS_MAX], tick[ANSWERS_MAX];
    int answers;
};

static double cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* What was done since then. */
static double step(struct run *run, double began, const char *what) {
    double took = cpu_ms() - began;
    if (took > run->out->longest_ms) {
        run->out->longest_ms = took;
        run->out->longest = what;
    }
    return took;
}

static double feed_piece(struct run *run, const char *bytes, size_t len) {
    double began = cpu_ms();
    feed_bytes(run->feed, bytes, len);
    double took = step(run, began, "reading");
    for (bool more = true; more;) {
        began = cpu_ms();
        more = feed_work(run->feed);
        took += step(run, began, "merging");
    }
    return took;
}

/* As the program draws one. */
static void draw(struct run *run) {
    struct view_context context = {.model = run->model,
                                   .utc_ns = model_utc_ns(run->model),
                                   .mono_ns = bench_now_ns(),
                                   .show_hidden = true,
                                   .filter = ""};
    struct rect all = surface_rect(run->surface), body = chrome_layout(all);
    struct chrome_context chrome = {.view_context = &context,
                                    .view = run->view,
                                    .view_state = run->state,
                                    .waiting_for = "",
                                    .interval_ns = 1000000000,
                                    .contexts = run->view->contexts | CONTEXT_EVERYWHERE | CONTEXT_ALWAYS};
    surface_clear(run->surface);
    run->view->arrange(run->state, &context, body);
    run->view->draw(run->state, &context, run->surface, body);
    chrome_draw(&chrome, run->surface, all);
}

static double frame(struct run *run) {
    double began = cpu_ms();
    draw(run);
    return step(run, began, "drawing");
}

static double tick(struct run *run) {
    double began = cpu_ms();
    feed_tick(run->feed);
    return step(run, began, "a tick");
}

static void take_answer(struct run *run, const char *bytes, size_t len) {
    double took = 0;
    for (size_t at = 0; at < len; at += PIECE)
        took += feed_piece(run, bytes + at, len - at < PIECE ? len - at : PIECE);
    int n = run->answers < ANSWERS_MAX ? run->answers++ : ANSWERS_MAX - 1;
    run->merge[n] = took;
    run->answer[n] = took + frame(run);
    run->tick[n] = tick(run);
    run->frame[n] = frame(run);
}

static size_t frame_size(const char *bytes, size_t len) {
    uint32_t payload;
    if (len < HEAD)
        return 0;
    memcpy(&payload, bytes + 4, sizeof payload);
    return payload <= len - HEAD ? HEAD + payload : 0;
}

/* Of what stands at the beginning: a sample, or one other frame. 0: there is no whole one. */
static size_t part_size(const char *bytes, size_t len) {
    size_t at = 0, size;
    bool sample = len > KIND_AT && bytes[KIND_AT] == FRAME_BEGIN;
    while ((size = frame_size(bytes + at, len - at)) != 0) {
        bool last = !sample || bytes[at + KIND_AT] == FRAME_END;
        at += size;
        if (last)
            return at;
    }
    return 0;
}

static void take_stream(struct run *run, const char *stream, size_t size, size_t large) {
    for (size_t at = 0, part; (part = part_size(stream + at, size - at)) != 0; at += part) {
        if (part > large)
            take_answer(run, stream + at, part);
        else
            feed_bytes(run->feed, stream + at, part);
    }
}

static void sum_up(struct run *run) {
    int first = run->answers > FIRST_ANSWERS ? FIRST_ANSWERS : 0, n = run->answers - first;
    struct taking *out = run->out;
    out->answers = run->answers;
    out->answer_ms = bench_quantile(run->answer + first, n, 0.5);
    out->merge_ms = bench_quantile(run->merge + first, n, 0.5);
    out->frame_ms = bench_quantile(run->frame + first, n, 0.5);
    out->tick_ms = bench_quantile(run->tick + first, n, 0.5);
    model_objects(run->model, OBJECT_CONSUMER, &out->consumers);
}

static size_t heap(void) {
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

bool taking_measure(struct taking *out, const char *stream, size_t size, size_t large, const char *view) {
    size_t before = heap();
    struct run run = {.model = model_create(NULL), .view = view_by_name(view), .out = out};
    *out = (struct taking){.longest = ""};
    run.feed = feed_create(run.model);
    run.surface = surface_create(BENCH_COLS, BENCH_ROWS);
    run.state = calloc(1, run.view->state_size);
    run.view->init(run.state);
    take_stream(&run, stream, size, large);
    sum_up(&run);
    out->heap_mb = (double)(heap() - before) / 1e6;
    run.view->finish(run.state);
    free(run.state);
    surface_destroy(run.surface);
    feed_destroy(run.feed);
    model_destroy(run.model);
    return out->answers > 0;
}
