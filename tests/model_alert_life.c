/* The life of one alert: forms, opens, gets worse, ends, comes back. */
#include "model/alert_lines.h"
#include "model/alert_object.h"
#include "tests/model_alerted.h"
#include "tests/model_ruled.h"

static int64_t lasted(const struct watch *w, size_t index) {
    struct value v = alert_lasted(alert_at(w, index), model_utc_ns(w->n.model));
    ck_assert_int_eq(v.type, VALUE_SPAN);
    return v.i;
}

START_TEST(it_forms_and_opens) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 3, 7);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_PENDING);
    ck_assert_int_eq(a->severity, SEVERITY_WARN);
    ck_assert_str_eq(a->name, "n1/9");
    ck_assert_int_eq(a->due_utc_ns, utc(4.5));
    ck_assert_uint_eq(model_alert_counts(w.n.model).pending, 1);
    assert_told(&w, "");
    watch_holds(&w, 6, 7);
    assert_told(&w, "4.5 opened warn n1/9\n");
    a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert_uint_eq(a->number, 1);
    ck_assert_str_eq(a->entity, "connection");
    ck_assert_str_eq(a->cluster, "C");
    ck_assert_str_eq(a->rule, "buffer_filling");
    ck_assert_str_eq(a->tag, "SLOW");
    ck_assert_str_eq(a->figure, "11%");
    ck_assert_str_eq(a->peak, "11%");
    ck_assert_str_eq(a->limit, "> 10 %");
    ck_assert_str_eq(a->origin, "default");
    ck_assert_ptr_eq(strstr(a->text, "n1 cid 9  pending 7.00M, 11% of max"), a->text);
    ck_assert_int_eq(a->first_sign_utc_ns, utc(0.5));
    ck_assert_int_eq(a->opened_utc_ns, utc(4.5));
    ck_assert_int_eq(a->times, 1);
    ck_assert_ptr_nonnull(model_object(w.n.model, a->object));
    ck_assert_uint_eq(model_alert_counts(w.n.model).warn, 1);
    watch_end(&w);
}
END_TEST

START_TEST(what_comes_to_nothing_leaves_no_trace) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 3, 7);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    watch_holds(&w, 20, 0);
    ck_assert_uint_eq(model_alert_count(w.n.model), 0);
    assert_told(&w, "");
    watch_end(&w);
}
END_TEST

/* A machine so busy that we got no turn for half a minute: nobody has looked ten seconds long. */
START_TEST(time_without_a_turn_ends_nothing) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    watch_holds(&w, 11, 0);
    w.n.at += ns(30);
    watch_tick(&w);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_OPEN);
    watch_holds(&w, 42, 7);
    assert_told(&w, "4.5 opened warn n1/9\n");
    watch_end(&w);
}
END_TEST

START_TEST(what_comes_back_is_the_same) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    watch_holds(&w, 500, 0);
    watch_holds(&w, 510, 9);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_uint_eq(a->number, 1);
    ck_assert_int_eq(a->times, 2);
    ck_assert_int_eq(a->came_count, 2);
    ck_assert_int_eq(a->came_utc_ns[0], utc(4.5));
    ck_assert_int_eq(a->came_utc_ns[1], utc(504.5));
    ck_assert_int_eq(a->first_sign_utc_ns, utc(0.5));
    ck_assert_int_eq(a->ended_utc_ns, 0);
    ck_assert_str_eq(a->peak, "14%");
    watch_holds(&w, 1107, 0); /* more than ten minutes */
    watch_holds(&w, 1120, 7);
    ck_assert_uint_eq(model_alert_count(w.n.model), 2);
    ck_assert_int_eq(alert_at(&w, 0)->times, 1);
    ck_assert_uint_gt(alert_at(&w, 0)->number, 1);
    ck_assert_int_eq(alert_at(&w, 0)->first_sign_utc_ns, utc(1107.5));
    ck_assert_uint_eq(alert_at(&w, 1)->number, 1);
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "20.5 cleared ok n1/9\n"
                    "504.5 back warn n1/9\n"
                    "520.5 cleared ok n1/9\n"
                    "1111.5 opened warn n1/9\n");
    watch_end(&w);
}
END_TEST

/* The calm between is not of it, nor is what shows that it is over. */
START_TEST(it_lasted_as_long_as_it_was_so) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    ck_assert_int_eq(lasted(&w, 0), ns(9));
    watch_holds(&w, 15, 0); /* not over yet, and not so any more */
    ck_assert(alert_at(&w, 0)->quiet);
    ck_assert_int_eq(lasted(&w, 0), ns(10));
    watch_holds(&w, 300, 0);
    ck_assert_int_eq(lasted(&w, 0), ns(10));
    ck_assert_int_eq(alert_came_utc_ns(alert_at(&w, 0)), utc(4.5));
    watch_holds(&w, 308, 7);
    ck_assert_int_eq(alert_at(&w, 0)->times, 2);
    ck_assert_int_eq(alert_came_utc_ns(alert_at(&w, 0)), utc(304.5));
    ck_assert_int_eq(lasted(&w, 0), ns(7)); /* from its sign at 300.5, as its sentence */
    watch_holds(&w, 330, 0);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_CLEARED);
    ck_assert_int_eq(lasted(&w, 0), ns(8));
    watch_end(&w);
}
END_TEST

/* Of what is a warning soon, and critical later, the warning comes first: what it is due as, and when. */
START_TEST(what_forms_is_due_when_it_first_opens) {
    struct watch w;
    watch_begin(&w);
    use_two_levels(w.n.model, "20 s", "6 s");
    watch_holds(&w, 4, 25);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_PENDING);
    ck_assert_str_eq(a->rule, "sooner");
    ck_assert_int_eq(a->severity, SEVERITY_WARN);
    ck_assert_int_eq(a->due_utc_ns, utc(6.5));
    watch_until(&w, 30);
    assert_told(&w, "6.5 opened warn n1/9\n"
                    "20.5 worse crit n1/9\n");
    watch_end(&w);
}
END_TEST

static int64_t burns_since(const struct watch *w) {
    size_t count;
    const struct finding *burning = model_burning(w->n.model, &count);
    ck_assert_uint_eq(count, 1);
    return burning[0].since_utc_ns;
}

/* Nothing was found for a moment: its row goes on, and so does its sentence. A worse level counts for itself.
 */
START_TEST(what_was_not_away_counts_on) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    ck_assert_int_eq(burns_since(&w), utc(0.5));
    watch_holds(&w, 15, 0);
    watch_holds(&w, 30, 7);
    ck_assert_int_eq(lasted(&w, 0), ns(29));
    ck_assert_int_eq(burns_since(&w), utc(0.5));
    watch_holds(&w, 40, 40);
    ck_assert_int_eq(alert_at(&w, 0)->severity, SEVERITY_CRIT);
    ck_assert_int_eq(burns_since(&w), utc(30.5));
    watch_holds(&w, 80, 0);
    watch_holds(&w, 90, 7);
    ck_assert_int_eq(alert_at(&w, 0)->times, 2);
    ck_assert_int_eq(burns_since(&w), utc(80.5));
    watch_end(&w);
}
END_TEST

static void come_and_go(struct watch *w, int from, int to) {
    for (int i = from; i < to; i++) {
        watch_holds(w, 30 * i + 10, 7);
        watch_holds(w, 30 * i + 30, 0);
    }
}

START_TEST(flapping_is_one_that_stays_open) {
    struct watch w;
    watch_begin(&w);
    come_and_go(&w, 0, 10);
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "20.5 cleared ok n1/9\n"
                    "34.5 back warn n1/9\n"
                    "50.5 cleared ok n1/9\n"
                    "64.5 back warn n1/9\n"
                    "80.5 cleared ok n1/9\n"
                    "94.5 back warn n1/9\n"
                    "94.5 flapping warn n1/9\n");
    const struct alert *a = alert_at(&w, 0);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert(a->flapping);
    ck_assert_int_eq(a->times, 10);
    ck_assert_int_eq(a->came_count, ALERT_COMINGS);
    ck_assert_int_eq(a->came_utc_ns[0], utc(64.5));
    ck_assert_int_eq(a->came_utc_ns[ALERT_COMINGS - 1], utc(274.5));
    size_t count;
    char text[200];
    model_findings(w.n.model, &count);
    ck_assert_uint_eq(count, 0); /* and yet it is what is wrong */
    const struct finding *burning = model_burning(w.n.model, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(burning[0].severity, SEVERITY_WARN);
    ck_assert_int_eq(burning[0].sign_utc_ns, utc(270.5)); /* the last time */
    finding_text_of(w.n.model, &burning[0], 1, text, sizeof text);
    ck_assert_str_eq(text, "n1/9: comes and goes, 10 times, the last 25s ago, at its worst 11%");
    ck_assert_str_eq(finding_tag(&burning[0]), "SLOW");
    ck_assert(model_alert_ack(w.n.model, a->number, "alice", ""));
    model_burning(w.n.model, &count);
    ck_assert_uint_eq(count, 0);
    ck_assert(model_alert_unack(w.n.model, a->number));
    w.told[0] = '\0';
    w.read = model_alert_change_last(w.n.model);
    watch_holds(&w, 880, 0); /* not yet ten minutes */
    assert_told(&w, "");
    watch_holds(&w, 900, 0);
    assert_told(&w, "880.5 cleared ok n1/9\n");
    a = alert_at(&w, 0);
    ck_assert(!a->flapping);
    ck_assert_int_eq(a->ended_utc_ns, utc(280.5));
    watch_end(&w);
}
END_TEST

/* What comes and goes beside something worse goes without saying, whether it is there or not at the moment.
 */
START_TEST(what_flaps_beside_something_worse_is_not_counted) {
    const struct rule_said old = {
        .name = "old", .entity = "connection", .condition = "cid", .critical = "> 1", .tag = "OLD"};
    struct watch w;
    watch_begin(&w);
    come_and_go(&w, 0, 5);
    ck_assert_uint_eq(model_alert_things(w.n.model).warn, 1);
    use_rules(w.n.model, &old, 1);
    watch_holds(&w, 160, 0);
    size_t count;
    const struct finding *burning = model_burning(w.n.model, &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(finding_rule(&burning[0]), "old");
    ck_assert(burning[1].lesser);
    ck_assert_uint_eq(model_alert_things(w.n.model).crit, 1);
    ck_assert_uint_eq(model_alert_things(w.n.model).warn, 0);
    watch_end(&w);
}
END_TEST

static void line(void *data, const struct alert_change *change, const struct alert *alert, size_t more) {
    char *lines = data;
    size_t len = strlen(lines);
    ck_assert_uint_eq(more, 0);
    snprintf(lines + len, 1000 - len, "%s %d\n", alert_change_word(change->kind), alert->times);
}

static void tick_lines(struct watch *w, struct alert_lines *lines, double second, double mib) {
    while (w->n.at < ns(second)) {
        watch_holds(w, (double)w->n.at / 1e9 + 0.5, mib);
        alert_lines_tick(lines, w->n.model);
    }
}

/* Who reads lines is told why no more come: it is not over, and not forgotten either. */
START_TEST(that_it_flaps_is_a_line) {
    struct watch w;
    char said[1000] = "";
    watch_begin(&w);
    struct alert_lines *lines = alert_lines_create(w.n.model, line, said);
    for (int i = 0; i < 8; i++) {
        tick_lines(&w, lines, 30 * i + 10, 7);
        tick_lines(&w, lines, 30 * i + 30, 0);
    }
    ck_assert_str_eq(said, "opened 1\ncleared 1\nback 2\ncleared 2\nback 3\ncleared 3\nback 4\nflapping 4\n");
    said[0] = '\0';
    tick_lines(&w, lines, 900, 0);
    ck_assert_str_eq(said, "cleared 8\n");
    alert_lines_destroy(lines);
    watch_end(&w);
}
END_TEST

START_TEST(what_stays_flaps_no_more) {
    struct watch w;
    watch_begin(&w);
    come_and_go(&w, 0, 4);
    watch_holds(&w, 720, 7);
    ck_assert(alert_at(&w, 0)->flapping);
    watch_holds(&w, 730, 7);
    ck_assert(!alert_at(&w, 0)->flapping);
    w.told[0] = '\0';
    watch_holds(&w, 750, 0);
    assert_told(&w, "740.5 cleared ok n1/9\n");
    watch_end(&w);
}
END_TEST

/* Below the level it holds for a moment, again and again, for an hour. */
START_TEST(what_swings_around_its_level_is_one) {
    struct watch w;
    watch_begin(&w);
    for (int i = 0; i < 360; i++) {
        watch_holds(&w, 10 * i + 6, 7);
        watch_holds(&w, 10 * i + 10, 6);
    }
    assert_told(&w, "4.5 opened warn n1/9\n");
    watch_end(&w);
}
END_TEST

/* Around the critical one, more slowly. */
START_TEST(what_swings_between_levels_is_told_a_few_times) {
    struct watch w;
    watch_begin(&w);
    for (int i = 0; i < 20; i++) {
        watch_holds(&w, 40 * i + 20, 40);
        watch_holds(&w, 40 * i + 40, 30);
    }
    assert_told(&w, "4.5 opened crit n1/9\n"
                    "30.5 less warn n1/9\n"
                    "44.5 worse crit n1/9\n"
                    "70.5 less warn n1/9\n"
                    "84.5 worse crit n1/9\n"
                    "110.5 less warn n1/9\n"
                    "124.5 worse crit n1/9\n"
                    "150.5 less warn n1/9\n"
                    "164.5 worse crit n1/9\n");
    watch_holds(&w, 1400, 30);
    assert_told(&w, "1380.5 less warn n1/9\n");
    watch_end(&w);
}
END_TEST

/* An hour on, or back. */
START_TEST(a_step_of_the_clock_is_nothing) {
    int64_t hour = (_i ? -3600 : 3600) * NS_PER_S;
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 2, 7);
    w.step = hour; /* while it forms */
    watch_holds(&w, 4, 7);
    assert_told(&w, "");
    watch_holds(&w, 10, 7);
    assert_told(&w, "4.5 opened warn n1/9\n");
    w.step = 0; /* while it is open */
    watch_holds(&w, 20, 7);
    watch_holds(&w, 25, 0);
    w.step = hour; /* while it is quiet */
    watch_holds(&w, 30, 0);
    assert_told(&w, "");
    watch_holds(&w, 40, 0);
    assert_told(&w, "30.5 cleared ok n1/9\n");
    w.step = 0;
    watch_holds(&w, 100, 0);
    w.step = hour;
    watch_holds(&w, 110, 7); /* it ended a minute ago */
    assert_told(&w, "104.5 back warn n1/9\n");
    watch_holds(&w, 120, 0);
    w.step = 0;
    watch_holds(&w, 750, 0);
    w.step = -hour;
    watch_holds(&w, 760, 7); /* more than ten minutes */
    assert_told(&w, "120.5 cleared ok n1/9\n"
                    "754.5 opened warn n1/9\n");
    watch_end(&w);
}
END_TEST

/* Taken out of the file, or switched off: what waited waits on. */
START_TEST(without_its_rule_it_ends_and_says_so) {
    const struct rule_said little = {.name = "little_waits",
                                     .entity = "connection",
                                     .condition = "pending_bytes",
                                     .warn = "> 1 MiB",
                                     .hold = "4 s",
                                     .tag = "LITTLE",
                                     .text = "{value}"};
    const struct rule_said off = {.name = "little_waits",
                                  .entity = "connection",
                                  .condition = "pending_bytes",
                                  .warn = "> 1 MiB",
                                  .enabled = "false"};
    struct watch w;
    watch_begin(&w);
    use_rules(w.n.model, &little, 1);
    watch_holds(&w, 10, 2);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_OPEN);
    use_rules(w.n.model, &off, _i);
    watch_holds(&w, 30, 2);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_CLEARED);
    ck_assert_str_eq(alert_at(&w, 0)->ending, "its rule is not in force any more");
    ck_assert(model_alert_is_unsolved(alert_at(&w, 0)));
    use_rules(w.n.model, &little, 1);
    watch_holds(&w, 40, 2);
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "20.5 cleared ok n1/9\n"
                    "34.5 back warn n1/9\n");
    ck_assert_str_eq(alert_at(&w, 0)->ending, "");
    ck_assert(!model_alert_is_unsolved(alert_at(&w, 0)));
    watch_end(&w);
}
END_TEST

START_TEST(what_is_left_of_it_is_said) {
    static const struct {
        const char *figure, *ending, *text;
    } ends[] = {{"14 %", "", "14 %"},
                {"-", "", "-"},
                {"up", "not seen again", "up"},
                {"-", "not seen again", "not seen again"},
                {"60", "gone", "60, gone"},
                {"-", "gone", "gone"},
                {"91 %", "cut", "ended: it was cut"},
                {"2 s", "server down", "ended: server down"},
                {"yes", "still gone: taken as deleted", "ended: still gone: taken as deleted"},
                {"yes", "gone, acknowledged", "ended: gone, acknowledged"},
                {"5 s", "its rule is not in force any more", "ended: its rule is not in force any more"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[100];
        struct alert a = {.state = ALERT_CLEARED, .figure = ends[i].figure, .ending = ends[i].ending};
        alert_end_text(&a, text, sizeof text);
        ck_assert_str_eq(text, ends[i].text);
    }
}
END_TEST

START_TEST(an_object_that_is_gone_ends_it) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    w.count = 0;
    watch_until(&w, 30);
    assert_told(&w, "4.5 opened warn n1/9\n"
                    "20.5 cleared ok n1/9\n");
    ck_assert_str_eq(alert_at(&w, 0)->ending, "gone");
    w.count = 1; /* another one, of the same name */
    watch_holds(&w, 700, 0);
    watch_end(&w);
}
END_TEST

/* Nobody took it away: beside the alert that it is down it is neither gone nor well. */
START_TEST(what_a_dead_server_was_told_of_ends_with_it) {
    const struct rule_said crowded = {.name = "crowded",
                                      .entity = "server",
                                      .condition = "connections",
                                      .warn = "> 0",
                                      .hold = "1 s",
                                      .tag = "MANY",
                                      .text = "{value}"};
    struct watch w;
    watch_begin(&w);
    use_rules(w.n.model, &crowded, 1);
    watch_until(&w, 5);
    watch_silence(&w, 40);
    const struct alert *down = alert_at(&w, 0), *crowd = alert_at(&w, 1);
    ck_assert_str_eq(down->rule, "server_down");
    ck_assert_int_eq(down->state, ALERT_OPEN);
    ck_assert_str_eq(crowd->rule, "crowded");
    ck_assert_int_eq(crowd->state, ALERT_CLEARED);
    ck_assert_str_eq(crowd->ending, "server down");
    ck_assert(model_alert_is_unsolved(crowd));
    watch_until(&w, 60); /* it answers again */
    ck_assert_str_eq(alert_at(&w, 0)->rule, "crowded");
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_OPEN);
    ck_assert_str_eq(alert_at(&w, 0)->ending, "");
    ck_assert_int_eq(alert_at(&w, 0)->times, 2);
    watch_end(&w);
}
END_TEST

/* Its first answer is followed by a second one before anything opens, whatever the hold. */
START_TEST(the_first_two_answers_open_nothing) {
    struct watch w;
    struct model_options options = {NULL, 0, 1e-6};
    memset(&w, 0, sizeof w);
    w.count = 1;
    w.mib[0] = 7;
    w.n.model = model_create(&options);
    watch_tick(&w);
    send_target(&w.n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    watch_until(&w, 1);
    size_t count;
    model_findings(w.n.model, &count);
    ck_assert_uint_eq(count, 1);
    assert_told(&w, "");
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_PENDING);
    watch_until(&w, 2);
    assert_told(&w, "1.5 opened warn n1/9\n");
    watch_end(&w);
}
END_TEST

/* Whoever looks only once goes by what is found, not by what the book waits for. */
START_TEST(what_is_not_found_any_more_is_quiet) {
    struct watch w;
    watch_begin(&w);
    watch_holds(&w, 10, 7);
    ck_assert(!alert_at(&w, 0)->quiet);
    watch_holds(&w, 12, 0);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_OPEN);
    ck_assert(alert_at(&w, 0)->quiet);
    watch_holds(&w, 18, 7);
    ck_assert_int_eq(alert_at(&w, 0)->state, ALERT_OPEN);
    ck_assert(!alert_at(&w, 0)->quiet);
    watch_silence(&w, 24); /* nobody can be asked: not over */
    for (size_t i = 0; i < model_alert_count(w.n.model); i++)
        ck_assert(!alert_at(&w, i)->quiet);
    watch_holds(&w, 60, 0);
    for (size_t i = 0; i < model_alert_count(w.n.model); i++)
        ck_assert(alert_at(&w, i)->state == ALERT_CLEARED && !alert_at(&w, i)->quiet);
    watch_end(&w);
}
END_TEST

START_TEST(who_never_answered_is_told_of) {
    struct watch w;
    watch_begin(&w);
    for (int i = 0; i < 2; i++)
        send_failure(&w.n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    watch_silence(&w, 2);
    assert_told(&w, "0.5 opened crit h:8222\n");
    watch_end(&w);
}
END_TEST

/* Both are warnings: the sentence is another one, and nobody is told of that, in either direction. */
START_TEST(another_rule_as_bad_is_told_to_nobody) {
    const struct rule_said rules[] = {
        {.name = "much", .entity = "connection", .condition = "pending_bytes", .warn = "> 3 MiB", .tag = "T"},
        {.name = "some", .entity = "connection", .condition = "pending_bytes", .warn = "> 1 MiB", .tag = "T"},
    };
    struct watch w;
    watch_begin(&w);
    use_rules(w.n.model, rules, 2);
    watch_holds(&w, 10, 2);
    ck_assert_str_eq(alert_at(&w, 0)->rule, "some");
    assert_told(&w, "1.5 opened warn n1/9\n");
    watch_holds(&w, 20, 4);
    ck_assert_str_eq(alert_at(&w, 0)->rule, "much");
    ck_assert_str_eq(alert_at(&w, 0)->figure, "4.00M");
    watch_holds(&w, 40, 2);
    ck_assert_str_eq(alert_at(&w, 0)->rule, "some");
    watch_holds(&w, 50, 3.1);
    ck_assert_str_eq(alert_at(&w, 0)->rule, "much");
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    assert_told(&w, "");
    watch_holds(&w, 55, 6.3); /* twice what was said */
    watch_holds(&w, 70, 0);
    assert_told(&w, "50.5 grew warn n1/9\n"
                    "65.5 cleared ok n1/9\n");
    watch_end(&w);
}
END_TEST

static TCase *lives(void) {
    TCase *tc = tcase_create("lives");
    tcase_add_test(tc, what_forms_is_due_when_it_first_opens);
    tcase_add_test(tc, it_forms_and_opens);
    tcase_add_test(tc, what_comes_to_nothing_leaves_no_trace);
    tcase_add_test(tc, time_without_a_turn_ends_nothing);
    tcase_add_test(tc, what_comes_back_is_the_same);
    tcase_add_test(tc, what_was_not_away_counts_on);
    tcase_add_test(tc, it_lasted_as_long_as_it_was_so);
    tcase_add_test(tc, flapping_is_one_that_stays_open);
    tcase_add_test(tc, what_flaps_beside_something_worse_is_not_counted);
    tcase_add_test(tc, that_it_flaps_is_a_line);
    tcase_add_test(tc, what_stays_flaps_no_more);
    tcase_add_test(tc, what_swings_around_its_level_is_one);
    tcase_add_test(tc, what_swings_between_levels_is_told_a_few_times);
    tcase_add_loop_test(tc, a_step_of_the_clock_is_nothing, 0, 2);
    tcase_add_loop_test(tc, without_its_rule_it_ends_and_says_so, 0, 2);
    tcase_add_test(tc, what_is_left_of_it_is_said);
    tcase_add_test(tc, an_object_that_is_gone_ends_it);
    tcase_add_test(tc, what_a_dead_server_was_told_of_ends_with_it);
    tcase_add_test(tc, the_first_two_answers_open_nothing);
    tcase_add_test(tc, what_is_not_found_any_more_is_quiet);
    tcase_add_test(tc, who_never_answered_is_told_of);
    tcase_add_test(tc, another_rule_as_bad_is_told_to_nobody);
    return tc;
}

int main(void) {
    return run_case("model/alert_life", lives);
}
