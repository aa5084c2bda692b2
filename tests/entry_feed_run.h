/* A feed that is told of one server by a collector whose clocks are ours, or another machine's; and our
 * clocks, which stand where a test puts them.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_ENTRY_FEED_RUN_H
#define TESTS_ENTRY_FEED_RUN_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "entry/feed.h"
#include "model/model.h"
#include "sample/stream.h"
#include "tests/sample_write.h"

#define UTC   (1795228140LL * NS_PER_S) /* 2026-11-21T02:29:00Z */
#define MONO  (1000 * NS_PER_S)
#define HOUR  (3600 * NS_PER_S)
#define LIMIT (64ll << 20) /* of what a connection may hold */

static int64_t at, moved; /* since the beginning; the wall clock */

static inline int64_t wall(void) {
    return UTC + at + moved;
}

static inline int64_t mono(void) {
    return MONO + at;
}

enum { CUT = 6 };

struct run {
    struct model *model;
    struct feed *feed;
    int64_t away_utc, away_mono; /* the collector's machine, less this one */
    int64_t its_moved;           /* its wall clock */
    int64_t left_ns[2];          /* when cids 8 and 9 left, the same */
    int64_t cut_ns[2];           /* when the server cut some, by its clock; 0 none */
    uint64_t serial;
    double held; /* of what the connection may hold */
};

static inline int64_t its_wall(const struct run *run) {
    return UTC + at + run->away_utc + run->its_moved;
}

static inline int64_t its_mono(const struct run *run) {
    return mono() + run->away_mono;
}

static inline void pass_on(struct run *run, struct buffer *bytes) {
    feed_bytes(run->feed, 0, bytes->data, bytes->len);
    feed_drain(run->feed);
    buffer_finish(bytes);
}

static inline void put_word(struct sample *s, struct row *row, enum field f, const char *text) {
    row_put(row, f)->s = sample_text(s, text, strlen(text));
}

static inline void say_hello(struct run *run) {
    struct buffer bytes = {0};
    struct sample *s = sample_create();
    struct row *hello = sample_add(s, ENTITY_HELLO), *target = sample_add(s, ENTITY_TARGET);
    row_put(hello, F_HELLO_utc)->i = its_wall(run);
    row_put(hello, F_HELLO_mono)->i = its_mono(run);
    row_put(hello, F_HELLO_interval)->i = NS_PER_S;
    row_put(target, F_TARGET_id)->u = 1;
    row_put(target, F_TARGET_utc)->i = its_wall(run);
    put_word(s, target, F_TARGET_url, "http://h:8222");
    put_word(s, target, F_TARGET_origin, "named");
    put_word(s, target, F_TARGET_state, "polled");
    stream_write_schema(&bytes, 1);
    stream_write_row(&bytes, 1, FRAME_HELLO, hello);
    stream_write_row(&bytes, 1, FRAME_TARGET, target);
    sample_destroy(s);
    pass_on(run, &bytes);
}

static inline struct sample *made(struct run *run, enum shape shape) {
    struct sample *s = sample_create();
    s->target = 1;
    s->shape = shape;
    s->serial = ++run->serial;
    s->asked_utc_ns = s->answered_utc_ns = its_wall(run);
    s->asked_mono_ns = s->answered_mono_ns = its_mono(run);
    s->http_status = 200;
    s->error = text_empty;
    struct row *answer = sample_add(s, ENTITY_ANSWER);
    put_word(s, answer, F_ANSWER_server_id, "IDA");
    row_put(answer, F_ANSWER_now)->i = its_wall(run);
    row_put(answer, F_ANSWER_total)->u = 1;
    return s;
}

static inline void write_and_drop(struct buffer *bytes, struct sample *s) {
    write_sample(bytes, 1, s);
    sample_destroy(s);
}

/* Clients that were cut as slow consumers, so many each time; and some that left. */
static inline struct sample *closed_list(struct run *run) {
    struct sample *s = made(run, SHAPE_CONNZ_CLOSED);
    char name[20];
    for (int i = 0; i < 2 * CUT; i++) {
        if (!run->cut_ns[i / CUT])
            continue;
        struct row *closed = sample_add(s, ENTITY_CONNECTION);
        snprintf(name, sizeof name, "slow%d", i);
        row_put(closed, F_CONNECTION_cid)->u = 20 + (uint64_t)i;
        put_word(s, closed, F_CONNECTION_name, name);
        put_word(s, closed, F_CONNECTION_reason, "Slow Consumer (Write Deadline)");
        row_put(closed, F_CONNECTION_start)->i = run->cut_ns[i / CUT] - NS_PER_S;
        row_put(closed, F_CONNECTION_stop)->i = run->cut_ns[i / CUT];
    }
    for (int i = 0; i < 2; i++) {
        if (!run->left_ns[i])
            continue;
        struct row *closed = sample_add(s, ENTITY_CONNECTION);
        row_put(closed, F_CONNECTION_cid)->u = i ? 9 : 8;
        put_word(s, closed, F_CONNECTION_reason, "Client Closed");
        row_put(closed, F_CONNECTION_stop)->i = run->left_ns[i];
    }
    if (run->left_ns[0] && !run->left_ns[1]) { /* nonsense: no stop at all */
        struct row *closed = sample_add(s, ENTITY_CONNECTION);
        row_put(closed, F_CONNECTION_cid)->u = 9;
        put_word(s, closed, F_CONNECTION_reason, "Client Closed");
    }
    return s;
}

/* What a collector would have written just now. */
static inline struct buffer answers(struct run *run) {
    struct buffer bytes = {0};
    struct sample *s = made(run, SHAPE_VARZ);
    struct row *server = sample_add(s, ENTITY_SERVER);
    put_word(s, server, F_SERVER_server_id, "IDA");
    put_word(s, server, F_SERVER_name, "n1");
    row_put(server, F_SERVER_start)->i = UTC - HOUR;
    row_put(server, F_SERVER_max_pending)->i = LIMIT;
    row_put(server, F_SERVER_connections)->u = (uint64_t)(at / NS_PER_S);
    write_and_drop(&bytes, s);
    s = made(run, SHAPE_CONNZ_HOT);
    if (!run->left_ns[1]) {
        struct row *connection = sample_add(s, ENTITY_CONNECTION);
        row_put(connection, F_CONNECTION_cid)->u = 9;
        row_put(connection, F_CONNECTION_pending_bytes)->i = (int64_t)(run->held * (double)LIMIT);
    }
    write_and_drop(&bytes, s);
    if (run->cut_ns[0] || run->left_ns[0])
        write_and_drop(&bytes, closed_list(run));
    return bytes;
}

static inline void create(struct run *run) {
    static const struct feed_clocks clocks = {wall, mono};
    struct model_options options = {NULL, 0, 1};
    run->model = model_create(&options);
    run->feed = feed_create(run->model);
    feed_clocks(run->feed, &clocks);
}

static inline void begin_with(struct run *run, int64_t away_utc, int64_t away_mono) {
    at = moved = 0;
    *run = (struct run){.away_utc = away_utc, .away_mono = away_mono};
    create(run);
    say_hello(run);
}

/* The program once more, with the clock as it is. */
static inline void begin_at(struct run *run, int second) {
    at = second * NS_PER_S;
    *run = (struct run){.its_moved = moved};
    create(run);
    say_hello(run);
}

static inline void begin(struct run *run) {
    begin_with(run, 0, 0);
}

static inline void end(struct run *run) {
    feed_destroy(run->feed);
    model_destroy(run->model);
}

/* Answers each second up to that one, ticks twice a second. */
static inline void until(struct run *run, int second) {
    while (at < second * NS_PER_S) {
        if (at % NS_PER_S == 0) {
            struct buffer bytes = answers(run);
            pass_on(run, &bytes);
        }
        at += NS_PER_S / 2;
        feed_tick(run->feed);
    }
}

static inline double seconds_now(const struct run *run) {
    return (double)(model_utc_ns(run->model) - UTC - run->away_utc) / 1e9;
}

static inline const struct object *server_of(const struct run *run) {
    size_t count;
    const struct object *const *servers = model_objects(run->model, OBJECT_SERVER, &count);
    ck_assert_uint_eq(count, 1);
    return servers[0];
}

/* How old is what is known of it, as it is shown. */
static inline double age_of(const struct run *run) {
    return (double)(model_utc_ns(run->model) - server_of(run)->now_at.utc_ns) / 1e9;
}

#endif
