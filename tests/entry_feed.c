/* The feed's time: what a stream says, and the model's ticks, while this machine's clock is moved. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "entry/feed.h"
#include "model/alerts.h"
#include "model/model.h"
#include "sample/stream.h"
#include "tests/harness/suite.h"
#include "tests/sample_write.h"

#define UTC   (1795228140LL * NS_PER_S) /* 2026-11-21T02:29:00Z */
#define MONO  (1000 * NS_PER_S)
#define HOUR  (3600 * NS_PER_S)
#define LIMIT (64ll << 20) /* of what a connection may hold */

static int64_t at, moved; /* since the beginning; the wall clock */

static int64_t wall(void) {
    return UTC + at + moved;
}

static int64_t mono(void) {
    return MONO + at;
}

struct run {
    struct model *model;
    struct feed *feed;
    int64_t away_utc, away_mono; /* the collector's machine, less this one */
    int64_t its_moved;           /* its wall clock */
    uint64_t serial;
    double held; /* of what the connection may hold */
};

static int64_t its_wall(const struct run *run) {
    return UTC + at + run->away_utc + run->its_moved;
}

static int64_t its_mono(const struct run *run) {
    return mono() + run->away_mono;
}

static void pass_on(struct run *run, struct buffer *bytes) {
    feed_bytes(run->feed, bytes->data, bytes->len);
    feed_drain(run->feed);
    buffer_finish(bytes);
}

static void put_word(struct sample *s, struct row *row, enum field f, const char *text) {
    row_put(row, f)->s = sample_text(s, text, strlen(text));
}

static void say_hello(struct run *run) {
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

static struct sample *made(struct run *run, enum shape shape) {
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

static void write_and_drop(struct buffer *bytes, struct sample *s) {
    write_sample(bytes, 1, s);
    sample_destroy(s);
}

/* What a collector would have written just now. */
static struct buffer answers(struct run *run) {
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
    struct row *connection = sample_add(s, ENTITY_CONNECTION);
    row_put(connection, F_CONNECTION_cid)->u = 9;
    row_put(connection, F_CONNECTION_pending_bytes)->i = (int64_t)(run->held * (double)LIMIT);
    write_and_drop(&bytes, s);
    return bytes;
}

static void begin_with(struct run *run, int64_t away_utc, int64_t away_mono) {
    static const struct feed_clocks clocks = {wall, mono};
    struct model_options options = {NULL, 0, 1};
    at = moved = 0;
    *run = (struct run){.away_utc = away_utc, .away_mono = away_mono};
    run->model = model_create(&options);
    run->feed = feed_create(run->model);
    feed_clocks(run->feed, &clocks);
    say_hello(run);
}

static void begin(struct run *run) {
    begin_with(run, 0, 0);
}

static void end(struct run *run) {
    feed_destroy(run->feed);
    model_destroy(run->model);
}

/* Answers each second up to that one, ticks twice a second. */
static void until(struct run *run, int second) {
    while (at < second * NS_PER_S) {
        if (at % NS_PER_S == 0) {
            struct buffer bytes = answers(run);
            pass_on(run, &bytes);
        }
        at += NS_PER_S / 2;
        feed_tick(run->feed);
    }
}

static double seconds_now(const struct run *run) {
    return (double)(model_utc_ns(run->model) - UTC - run->away_utc) / 1e9;
}

static const struct object *server_of(const struct run *run) {
    size_t count;
    const struct object *const *servers = model_objects(run->model, OBJECT_SERVER, &count);
    ck_assert_uint_eq(count, 1);
    return servers[0];
}

/* How old is what is known of it, as it is shown. */
static double age_of(const struct run *run) {
    return (double)(model_utc_ns(run->model) - server_of(run)->now_at.utc_ns) / 1e9;
}

static int clock_events(const struct run *run, char text[200]) {
    int count = 0;
    text[0] = '\0';
    for (size_t i = 0; i < model_event_count(run->model); i++) {
        const struct event *e = model_event(run->model, i);
        if (strcmp(e->kind, "clock") == 0 && ++count)
            snprintf(text, 200, "%s", e->text);
    }
    return count;
}

START_TEST(a_clock_that_is_put_back_stops_nothing) {
    char text[200];
    struct run run;
    begin(&run);
    run.held = 0.2;
    until(&run, 20);
    ck_assert_uint_eq(model_alert_counts(run.model).warn, 1);
    const struct alert *a = model_alert(run.model, 0);
    int64_t opened = a->opened_utc_ns;
    ck_assert_int_eq(clock_events(&run, text), 0);
    moved = run.its_moved = -HOUR;
    until(&run, 80);
    ck_assert_double_eq_tol(seconds_now(&run), 80, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    ck_assert_int_eq(clock_events(&run, text), 1);
    ck_assert_str_eq(text, "the system's clock was put back by 1h00m: times here go on as they were");
    a = model_alert(run.model, 0);
    ck_assert_int_eq(a->opened_utc_ns, opened);
    run.held = 0;
    until(&run, 120);
    a = model_alert(run.model, 0);
    ck_assert_int_eq(a->state, ALERT_CLEARED);
    ck_assert_double_eq_tol((double)(a->ended_utc_ns - opened) / 1e9, 76, 2);
    run.held = 0.2;
    until(&run, 140);
    a = model_alert(run.model, 0);
    ck_assert_int_eq(a->times, 2);
    ck_assert_double_eq_tol((double)(a->came_utc_ns[1] - opened) / 1e9, 120, 2);
    end(&run);
}
END_TEST

START_TEST(a_chart_goes_on) {
    struct run run;
    begin(&run);
    until(&run, 20);
    moved = run.its_moved = -HOUR;
    until(&run, 60);
    struct bucket last;
    const struct series *series = model_series(run.model, server_of(&run), Q_SERVER_connections);
    series_read(series, UTC / NS_PER_S + 59, 1, 1, &last);
    ck_assert_float_eq(last.last, 59);
    end(&run);
}
END_TEST

/* Of the hour that it was put back nothing is left. */
START_TEST(put_back_and_on_again) {
    char text[200];
    struct run run;
    begin(&run);
    until(&run, 20);
    moved = run.its_moved = -HOUR;
    until(&run, 40);
    moved = run.its_moved = -HOUR / 2;
    until(&run, 50);
    ck_assert_double_eq_tol(seconds_now(&run), 50, 0.001);
    clock_events(&run, text);
    ck_assert_str_eq(text, "the system's clock was put on by 30m00s: times here are still ahead of it");
    moved = run.its_moved = 0;
    until(&run, 60);
    ck_assert_double_eq_tol(seconds_now(&run), 60, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    ck_assert_int_eq(clock_events(&run, text), 3);
    end(&run);
}
END_TEST

START_TEST(a_clock_that_is_put_on_is_followed) {
    char text[200];
    struct run run;
    begin(&run);
    run.held = 0.2;
    until(&run, 2);
    moved = run.its_moved = HOUR;
    until(&run, 4);
    ck_assert_uint_eq(model_alert_counts(run.model).warn, 0); /* holds go by the other clock */
    until(&run, 20);
    ck_assert_uint_eq(model_alert_counts(run.model).warn, 1);
    ck_assert_double_eq_tol(seconds_now(&run), 3620, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    ck_assert_int_eq(clock_events(&run, text), 1);
    ck_assert_str_eq(text, "the system's clock went ahead by 1h00m: it was put on, or the machine slept");
    end(&run);
}
END_TEST

/* It was made before and comes after. */
START_TEST(an_answer_on_its_way) {
    struct run run;
    begin(&run);
    until(&run, 20);
    struct buffer late = answers(&run);
    moved = run.its_moved = _i ? HOUR : -HOUR;
    at += NS_PER_S / 4;
    feed_tick(run.feed);
    pass_on(&run, &late);
    at += NS_PER_S / 4;
    feed_tick(run.feed);
    ck_assert_double_eq_tol(seconds_now(&run), _i ? 3620.5 : 20.5, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.001);
    until(&run, 40);
    ck_assert_double_eq_tol(seconds_now(&run), _i ? 3640 : 40, 0.001);
    end(&run);
}
END_TEST

/* It begins again and has only the clock as it is now. */
START_TEST(another_collector_after_it) {
    struct run run;
    begin(&run);
    until(&run, 20);
    moved = run.its_moved = -HOUR;
    until(&run, 30);
    feed_restart(run.feed);
    say_hello(&run);
    until(&run, 40);
    ck_assert_double_eq_tol(seconds_now(&run), 40, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    end(&run);
}
END_TEST

/* Through a pipe, from a machine whose clocks are others. */
START_TEST(another_machine) {
    struct run run;
    begin_with(&run, -86400 * NS_PER_S, 500 * NS_PER_S);
    until(&run, 20);
    ck_assert_double_eq_tol(seconds_now(&run), 20, 0.001);
    *(_i ? &moved : &run.its_moved) = -HOUR;
    until(&run, 40);
    ck_assert_double_eq_tol(seconds_now(&run), 40, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    end(&run);
}
END_TEST

/* While the model has to stand still, nothing gets in and no time goes by; then all of it does, in order. */
START_TEST(what_comes_while_it_is_held_waits) {
    struct run run;
    begin(&run);
    until(&run, 20);
    uint64_t samples = feed_samples(run.feed), version = model_version(run.model, OBJECT_SERVER);
    feed_hold(run.feed, true);
    for (int i = 0; i < 2; i++) {
        at += NS_PER_S;
        struct buffer bytes = answers(&run);
        feed_bytes(run.feed, bytes.data, bytes.len);
        buffer_finish(&bytes);
        feed_tick(run.feed);
        ck_assert(!feed_work(run.feed));
    }
    ck_assert_uint_eq(model_version(run.model, OBJECT_SERVER), version);
    feed_hold(run.feed, false);
    ck_assert_uint_eq(feed_samples(run.feed), samples);
    while (feed_work(run.feed))
        continue;
    feed_tick(run.feed);
    ck_assert_uint_eq(feed_samples(run.feed), samples + 4);
    ck_assert_double_eq_tol(seconds_now(&run), 22, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0, 0.001);
    until(&run, 30);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    end(&run);
}
END_TEST

static TCase *times(void) {
    TCase *tc = tcase_create("times");
    tcase_add_test(tc, a_clock_that_is_put_back_stops_nothing);
    tcase_add_test(tc, a_chart_goes_on);
    tcase_add_test(tc, put_back_and_on_again);
    tcase_add_test(tc, a_clock_that_is_put_on_is_followed);
    tcase_add_loop_test(tc, an_answer_on_its_way, 0, 2);
    tcase_add_test(tc, another_collector_after_it);
    tcase_add_loop_test(tc, another_machine, 0, 2);
    tcase_add_test(tc, what_comes_while_it_is_held_waits);
    return tc;
}

int main(void) {
    Suite *suite = suite_create("entry/feed");
    suite_add_tcase(suite, times());
    return suite_run(suite);
}
