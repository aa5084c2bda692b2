#include "entry/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define SAME_CLOCK_NS (NS_PER_S / 2) /* a smaller offset is the pipe's delay, not another clock */

struct asked { /* what one target has answered */
    uint64_t id;
    bool polled, silent; /* its last sample was a failure */
    uint8_t times[SHAPE_LIMIT];
};

struct feed {
    struct model *model;
    struct stream_reader *reader;
    int64_t utc_offset_ns, mono_offset_ns, utc_last_ns, mono_last_ns;
    uint64_t samples;
    bool reached;
    struct asked *asked;
    size_t count;
};

static struct asked *find(struct feed *feed, uint64_t id) {
    for (size_t i = 0; i < feed->count; i++)
        if (feed->asked[i].id == id)
            return &feed->asked[i];
    feed->asked = memory_grow(feed->asked, feed->count + 1, sizeof *feed->asked);
    feed->asked[feed->count] = (struct asked){.id = id};
    return &feed->asked[feed->count++];
}

static int64_t offset(int64_t theirs, int64_t ours) {
    int64_t by = theirs - ours;
    return by > -SAME_CLOCK_NS && by < SAME_CLOCK_NS ? 0 : by;
}

static void on_hello(struct feed *feed, const struct row *row) {
    feed->count = 0;
    if (row_has(row, F_HELLO_utc))
        feed->utc_offset_ns = offset(row_cell(row, F_HELLO_utc)->i, clock_utc_ns());
    if (row_has(row, F_HELLO_mono))
        feed->mono_offset_ns = offset(row_cell(row, F_HELLO_mono)->i, clock_mono_ns());
    feed->utc_last_ns = feed->mono_last_ns = 0;
}

static void on_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    struct feed *feed = data;
    if (kind == FRAME_TICK)
        return; /* of a recording; a pipe's time is ours to make */
    if (kind == FRAME_HELLO)
        on_hello(feed, row);
    if (kind == FRAME_TARGET) {
        const char *state = row_text(row, F_TARGET_state);
        find(feed, row_u64(row, F_TARGET_id, 0))->polled =
            strcmp(state, "polled") == 0 || strcmp(state, "probing") == 0;
    }
    model_row(feed->model, source, kind, row);
}

static void on_sample(void *data, uint16_t source, const struct sample *sample) {
    struct feed *feed = data;
    struct asked *asked = find(feed, sample->target);
    if (sample->shape < SHAPE_LIMIT && asked->times[sample->shape] < UINT8_MAX)
        asked->times[sample->shape]++;
    if (sample->shape == SHAPE_VARZ)
        asked->silent = sample->failure != FAILURE_NONE;
    feed->samples++;
    feed->reached |= sample->failure == FAILURE_NONE;
    if (sample->answered_utc_ns > feed->utc_last_ns)
        feed->utc_last_ns = sample->answered_utc_ns;
    if (sample->answered_mono_ns > feed->mono_last_ns)
        feed->mono_last_ns = sample->answered_mono_ns;
    model_sample(feed->model, source, sample);
}

static void on_damage(void *data, size_t skipped) {
    char text[100];
    snprintf(text, sizeof text, "the stream was damaged: %zu bytes could not be read and were skipped",
             skipped);
    feed_event(data, text);
}

static const struct stream_handler handler = {on_row, on_sample, on_damage};

struct feed *feed_create(struct model *model) {
    struct feed *feed = memory_new(sizeof *feed);
    feed->model = model;
    feed->reader = stream_reader_create(&handler, feed);
    return feed;
}

void feed_destroy(struct feed *feed) {
    if (feed == NULL)
        return;
    stream_reader_destroy(feed->reader);
    free(feed->asked);
    free(feed);
}

void feed_bytes(struct feed *feed, const char *bytes, size_t len) {
    stream_reader_feed(feed->reader, bytes, len);
}

void feed_restart(struct feed *feed) {
    stream_reader_reset(feed->reader);
}

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t utc_now(const struct feed *feed) {
    return later(clock_utc_ns() + feed->utc_offset_ns, feed->utc_last_ns);
}

void feed_event(struct feed *feed, const char *text) {
    model_source_event(feed->model, 0, utc_now(feed), text);
}

void feed_tick(struct feed *feed) {
    model_tick(feed->model, utc_now(feed), later(clock_mono_ns() + feed->mono_offset_ns, feed->mono_last_ns));
}

uint64_t feed_samples(const struct feed *feed) {
    return feed->samples;
}

bool feed_reached(const struct feed *feed) {
    return feed->reached;
}

static bool asked_twice(const struct asked *asked, unsigned shapes) {
    for (unsigned shape = 1; shape < SHAPE_LIMIT; shape++)
        if (asked->times[shape] < 2 && ((shapes >> shape & 1) != 0 || asked->times[shape] == 1))
            if (shape != SHAPE_HEALTHZ && shape != SHAPE_SUBSZ) /* no rates are made of these */
                return false;
    return true;
}

bool feed_settled(const struct feed *feed, unsigned shapes) {
    bool any = false;
    for (size_t i = 0; i < feed->count; i++) {
        const struct asked *asked = &feed->asked[i];
        if (!asked->polled)
            continue;
        any = true;
        if (asked->silent ? asked->times[SHAPE_VARZ] < 2 : !asked_twice(asked, shapes))
            return false;
    }
    return any;
}
