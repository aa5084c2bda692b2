/* The feed's time: what a stream says, and the model's ticks, while this machine's clock is moved. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/alerts.h"
#include "model/alert_object.h"
#include "outward/alert_document.h"
#include "outward/alert_join.h"
#include "tests/entry_feed_run.h"
#include "tests/harness/suite.h"

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
    feed_restart(run.feed, 0);
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
    return tc;
}

int main(void) {
    Suite *suite = suite_create("entry/feed");
    suite_add_tcase(suite, times());
    return suite_run(suite);
}
