/* The feed's time: what a stream says, and the model's ticks, while this machine's clock is moved. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "entry/feed.h"
#include "model/alerts.h"
#include "model/model.h"
#include "model/alert_object.h"
#include "outward/alert_document.h"
#include "outward/alert_join.h"
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

/* Clients that were cut as slow consumers, so many each time; and some that left. */
static struct sample *closed_list(struct run *run) {
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

static void create(struct run *run) {
    static const struct feed_clocks clocks = {wall, mono};
    struct model_options options = {NULL, 0, 1};
    run->model = model_create(&options);
    run->feed = feed_create(run->model);
    feed_clocks(run->feed, &clocks);
}

static void begin_with(struct run *run, int64_t away_utc, int64_t away_mono) {
    at = moved = 0;
    *run = (struct run){.away_utc = away_utc, .away_mono = away_mono};
    create(run);
    say_hello(run);
}

/* The program once more, with the clock as it is. */
static void begin_at(struct run *run, int second) {
    at = second * NS_PER_S;
    *run = (struct run){.its_moved = moved};
    create(run);
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

/* The instant that is shown and written for it. */
static int64_t shown(int64_t utc_ns) {
    char text[TIME_TEXT_SIZE];
    int64_t ns = 0;
    time_format_rfc3339(text, utc_ns);
    ck_assert(time_parse(text, strlen(text), &ns));
    return ns;
}

/* What is shown for an instant is so long ago by the wall clock as it is now. */
static void check_shown(int64_t utc_ns, double seconds_ago) {
    ck_assert_double_eq_tol((double)(wall() - shown(utc_ns)) / 1e9, seconds_ago, 0.002);
}

static double lasted(const struct run *run, const struct alert *a) {
    return (double)alert_lasted(a, model_utc_ns(run->model)).i / 1e9;
}

static const struct alert *only(const struct run *run) {
    ck_assert_uint_eq(model_alert_count(run->model), 1);
    return model_alert(run->model, 0);
}

static void move(struct run *run, int64_t to) {
    moved = run->its_moved = to;
}

#define FOLLOWS ": times of day follow it, spans stay as they were"

static const struct {
    int64_t first, then; /* the clock is moved at 20 s and at 60 s */
    const char *says_first, *says_then;
} moves[] = {{-HOUR, -HOUR, "the system's clock was put back by 1h00m" FOLLOWS, NULL},
             {HOUR, HOUR, "the system's clock was put on by 1h00m" FOLLOWS, NULL},
             {HOUR, 0, "the system's clock was put on by 1h00m" FOLLOWS,
              "the system's clock was put back by 1h00m" FOLLOWS},
             {-HOUR, 0, "the system's clock was put back by 1h00m" FOLLOWS,
              "the system's clock was put on by 1h00m" FOLLOWS},
             {-HOUR, -HOUR / 2, "the system's clock was put back by 1h00m" FOLLOWS,
              "the system's clock was put on by 30m00s" FOLLOWS}};
enum { MOVES = sizeof moves / sizeof *moves };

/* An alert that is open meanwhile lasts as long as it lasts, and all times of day are the wall clock's. */
START_TEST(a_clock_that_is_moved_moves_no_span) {
    char text[200];
    struct run run;
    begin(&run);
    run.held = 0.2;
    until(&run, 20);
    int64_t opened = only(&run)->opened_utc_ns;
    double was = lasted(&run, only(&run)), ago = 20 - (double)(opened - UTC) / 1e9;
    ck_assert_int_eq(clock_events(&run, text), 0);
    check_shown(opened, ago);
    move(&run, moves[_i].first);
    until(&run, 60);
    ck_assert_int_eq(clock_events(&run, text), 1);
    ck_assert_str_eq(text, moves[_i].says_first);
    ck_assert_double_eq_tol(lasted(&run, only(&run)), was + 40, 0.001);
    check_shown(opened, ago + 40);
    check_shown(model_utc_ns(run.model), 0);
    move(&run, moves[_i].then);
    until(&run, 80);
    ck_assert_int_eq(clock_events(&run, text), moves[_i].says_then ? 2 : 1);
    if (moves[_i].says_then)
        ck_assert_str_eq(text, moves[_i].says_then);
    ck_assert_double_eq_tol(seconds_now(&run), 80, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    ck_assert_double_eq_tol(lasted(&run, only(&run)), was + 60, 0.001);
    check_shown(opened, ago + 60);
    ck_assert_int_eq(only(&run)->opened_utc_ns, opened);
    ck_assert_int_eq(only(&run)->times, 1);
    run.held = 0;
    until(&run, 120);
    ck_assert_int_eq(only(&run)->state, ALERT_CLEARED);
    ck_assert_double_eq_tol((double)(only(&run)->ended_utc_ns - opened) / 1e9, 76, 2);
    run.held = 0.2;
    until(&run, 140);
    ck_assert_int_eq(only(&run)->times, 2);
    ck_assert_double_eq_tol((double)(only(&run)->came_utc_ns[1] - opened) / 1e9, 120, 2);
    end(&run);
}
END_TEST

/* What was written after it, the next run reads, by the wall clock as it is then. */
START_TEST(another_run_after_it) {
    char why[200];
    struct run run;
    struct buffer file = {0};
    struct alert_document document;
    begin(&run);
    until(&run, 4);
    run.held = 0.2;
    until(&run, 20);
    double was = lasted(&run, only(&run));
    move(&run, moves[_i].first);
    until(&run, 60);
    move(&run, moves[_i].then);
    until(&run, 70);
    alert_document_write(run.model, "prod", &file);
    end(&run);
    begin_at(&run, 80);
    ck_assert_int_eq(alert_document_read(&document, file.data, file.len, why, sizeof why),
                     ALERT_DOCUMENT_GOOD);
    alert_join_first(run.model, &document);
    alert_document_finish(&document);
    buffer_finish(&file);
    run.held = 0.2;
    until(&run, 100);
    ck_assert_int_eq(model_utc_ns(run.model), wall());
    ck_assert_int_eq(only(&run)->state, ALERT_OPEN);
    ck_assert_double_eq_tol(lasted(&run, only(&run)), was + 80, 0.001);
    ck_assert(!only(&run)->least);
    end(&run);
}
END_TEST

/* It slept, and both clocks went on: who is open is open for as long. */
START_TEST(a_machine_that_sleeps) {
    char text[200];
    struct run run;
    begin(&run);
    run.held = 0.2;
    until(&run, 20);
    double was = lasted(&run, only(&run));
    at += 8 * HOUR;
    until(&run, 8 * 3600 + 40);
    ck_assert_int_eq(clock_events(&run, text), 1);
    ck_assert_str_eq(text, "nobody watched for 8h00m: natsight got no turn, or the machine slept");
    ck_assert_double_eq_tol(lasted(&run, only(&run)), was + 8 * 3600 + 20, 0.001);
    check_shown(model_utc_ns(run.model), 0);
    end(&run);
}
END_TEST

/* A server's own words are by its clock. */
START_TEST(what_a_server_told_stays_its_own) {
    char text[40];
    struct run run;
    begin(&run);
    until(&run, 20);
    moved = HOUR; /* and not its clock */
    until(&run, 40);
    struct value start = quantity_get(run.model, server_of(&run), Q_SERVER_start);
    ck_assert_int_eq(start.i, UTC - HOUR);
    value_format(text, sizeof text, start, UNIT_TIME);
    ck_assert_str_eq(text, "01:29:00");
    struct value since = quantity_get(run.model, server_of(&run), Q_SERVER_state_since);
    value_format(text, sizeof text, since, UNIT_TIME);
    ck_assert_str_eq(text, "03:29:00"); /* by ours */
    end(&run);
}
END_TEST

static uint64_t cut_lately(const struct run *run) {
    return quantity_get(run->model, server_of(run), Q_SERVER_cut_10m).u;
}

static bool is_burst(const struct run *run) {
    return quantity_get(run->model, server_of(run), Q_SERVER_cut_at_once).type != VALUE_UNKNOWN;
}

/* Its own clock is moved, too: what its list told before is no news, and what it tells then is. */
START_TEST(a_server_on_the_same_machine) {
    struct run run;
    begin(&run);
    until(&run, 10);
    run.cut_ns[0] = its_wall(&run);
    until(&run, 40);
    ck_assert_uint_eq(cut_lately(&run), CUT);
    ck_assert(is_burst(&run));
    ck_assert_uint_gt(model_alert_counts(run.model).warn + model_alert_counts(run.model).crit, 0);
    until(&run, 1500);
    ck_assert_uint_eq(cut_lately(&run), 0);
    uint64_t changes = model_alert_change_last(run.model);
    move(&run, _i ? HOUR : -HOUR);
    for (int second = 1501; second < 2000; second += 20) {
        until(&run, second);
        ck_assert_uint_eq(cut_lately(&run), 0);
        ck_assert(!is_burst(&run));
    }
    ck_assert_uint_eq(model_alert_change_last(run.model), changes);
    run.cut_ns[1] = its_wall(&run);
    until(&run, 2030);
    ck_assert_uint_eq(cut_lately(&run), CUT);
    ck_assert(is_burst(&run));
    ck_assert_uint_gt(model_alert_counts(run.model).warn + model_alert_counts(run.model).crit, 0);
    end(&run);
}
END_TEST

static bool has_left(const struct run *run, uint64_t cid) {
    size_t count;
    const struct object *const *connections = model_objects(run->model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        if (row_u64(connections[i]->now, F_CONNECTION_cid, 0) == cid && model_is_closed(connections[i]))
            return true;
    return false;
}

/* Who leaves then does so, by its clock, before others that are not kept any more. */
START_TEST(who_leaves_a_server_on_the_same_machine) {
    struct run run;
    begin(&run);
    until(&run, 10);
    run.left_ns[0] = its_wall(&run);
    until(&run, 30);
    ck_assert(has_left(&run, 8));
    until(&run, 1500);
    ck_assert(!has_left(&run, 8));
    move(&run, _i ? HOUR : -HOUR);
    until(&run, 1530);
    ck_assert(!has_left(&run, 8));
    ck_assert(!has_left(&run, 9));
    run.left_ns[1] = its_wall(&run);
    until(&run, 1560);
    ck_assert(!has_left(&run, 8));
    ck_assert(has_left(&run, 9));
    end(&run);
}
END_TEST

static void say_event(struct run *run, struct buffer *bytes) {
    struct sample *s = sample_create();
    struct row *event = sample_add(s, ENTITY_EVENT);
    row_put(event, F_EVENT_utc)->i = its_wall(run);
    put_word(s, event, F_EVENT_kind, "late");
    put_word(s, event, F_EVENT_text, "made before");
    stream_write_row(bytes, 1, FRAME_EVENT, event);
    sample_destroy(s);
}

/* What has the wall clock's word alone, made before and read after it. */
START_TEST(an_event_on_its_way) {
    struct run run;
    struct buffer late = {0};
    begin(&run);
    until(&run, 20);
    say_event(&run, &late);
    move(&run, _i ? HOUR : -HOUR);
    at += NS_PER_S / 2;
    feed_tick(run.feed);
    pass_on(&run, &late);
    say_event(&run, &late);
    pass_on(&run, &late);
    int count = 0;
    for (size_t i = 0; i < model_event_count(run.model); i++) {
        const struct event *e = model_event(run.model, i);
        if (e->text && strcmp(e->text, "made before") == 0)
            ck_assert_int_eq(e->utc_ns, UTC + 20 * NS_PER_S + (count++ ? NS_PER_S / 2 : 0));
    }
    ck_assert_int_eq(count, 2);
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
    ck_assert_double_eq_tol(seconds_now(&run), 20.5, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.001);
    until(&run, 40);
    ck_assert_double_eq_tol(seconds_now(&run), 40, 0.001);
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
    char text[200];
    struct run run;
    begin_with(&run, -86400 * NS_PER_S, 500 * NS_PER_S);
    until(&run, 20);
    ck_assert_double_eq_tol(seconds_now(&run), 20, 0.001);
    *(_i ? &moved : &run.its_moved) = -HOUR;
    until(&run, 40);
    ck_assert_double_eq_tol(seconds_now(&run), 40, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    ck_assert_int_eq(clock_events(&run, text), _i ? 0 : 1); /* ours is not shown */
    if (!_i)
        ck_assert_str_eq(text, "the collector's clock was put back by 1h00m" FOLLOWS);
    ck_assert_double_eq_tol((double)(its_wall(&run) - shown(model_utc_ns(run.model))) / 1e9, 0, 0.002);
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

/* What comes between two steps of a tick comes behind it. */
START_TEST(a_tick_is_made_in_steps) {
    struct run run;
    int steps = 1;
    begin(&run);
    until(&run, 20);
    uint64_t samples = feed_samples(run.feed);
    at += NS_PER_S / 2;
    ck_assert(feed_tick_step(run.feed));
    ck_assert_double_eq_tol(seconds_now(&run), 20.5, 0.001);
    struct buffer bytes = answers(&run);
    feed_bytes(run.feed, bytes.data, bytes.len);
    buffer_finish(&bytes);
    ck_assert(!feed_work(run.feed));
    ck_assert_uint_eq(feed_samples(run.feed), samples);
    for (; feed_tick_step(run.feed); steps++)
        ck_assert_int_lt(steps, 10);
    ck_assert(feed_work(run.feed));
    ck_assert_uint_eq(feed_samples(run.feed), samples + 2);
    ck_assert(feed_tick_step(run.feed)); /* and whole, from wherever it is */
    feed_tick(run.feed);
    ck_assert(!model_tick_step(run.model));
    end(&run);
}
END_TEST

static TCase *times(void) {
    TCase *tc = tcase_create("times");
    tcase_add_loop_test(tc, a_clock_that_is_moved_moves_no_span, 0, MOVES);
    tcase_add_loop_test(tc, another_run_after_it, 0, MOVES);
    tcase_add_test(tc, a_machine_that_sleeps);
    tcase_add_test(tc, what_a_server_told_stays_its_own);
    tcase_add_loop_test(tc, an_event_on_its_way, 0, 2);
    tcase_add_loop_test(tc, a_server_on_the_same_machine, 0, 2);
    tcase_add_loop_test(tc, who_leaves_a_server_on_the_same_machine, 0, 2);
    tcase_add_test(tc, a_chart_goes_on);
    tcase_add_loop_test(tc, an_answer_on_its_way, 0, 2);
    tcase_add_test(tc, another_collector_after_it);
    tcase_add_loop_test(tc, another_machine, 0, 2);
    tcase_add_test(tc, what_comes_while_it_is_held_waits);
    tcase_add_test(tc, a_tick_is_made_in_steps);
    return tc;
}

int main(void) {
    Suite *suite = suite_create("entry/feed");
    suite_add_tcase(suite, times());
    return suite_run(suite);
}
