/* The view Alerts: what is listed, what keys ask for, what is said of the selected one; the verdict without
 * those that somebody is on. */
#include "tests/harness/suite.h"
#include "tests/model_ruled.h"
#include "tests/views_frame.h"

#include <check.h>
#include <stdio.h>

#include "model/alerts.h"

static struct world world;
static struct frame frame;

static void setup(void) {
    world_alerted(&world);
    frame_open(&frame, &world, "alerts");
}

static void teardown(void) {
    frame_close(&frame);
    world_finish(&world);
}

static const struct alert *about(const char *name) {
    for (size_t i = 0; i < model_alert_count(world.model); i++)
        if (strcmp(model_alert(world.model, i)->name, name) == 0)
            return model_alert(world.model, i);
    ck_abort_msg("no alert about %s", name);
    return NULL;
}

static void sees(int cols, int rows, const char *expected) {
    char *text = frame_text(&frame, cols, rows, false);
    ck_assert_msg(strstr(text, expected) != NULL, "\"%s\" is not in\n%s", expected, text);
    free(text);
}

static void sees_not(int cols, int rows, const char *unexpected) {
    char *text = frame_text(&frame, cols, rows, false);
    ck_assert_msg(strstr(text, unexpected) == NULL, "\"%s\" is in\n%s", unexpected, text);
    free(text);
}

/* Down to the row of that object. */
static void select_about(const char *name) {
    struct view_request request;
    sees(120, 40, name);
    frame_key(&frame, "Home", &request);
    for (int i = 0; i < 20; i++) {
        char expected[100];
        snprintf(expected, sizeof expected, " %s -", name); /* the detail's title */
        char *text = frame_text(&frame, 120, 40, false);
        bool there = strstr(text, expected) != NULL;
        free(text);
        if (there)
            return;
        frame_key(&frame, "Down", &request);
    }
    ck_abort_msg("%s is not selected", name);
}

START_TEST(the_worst_comes_first_and_history_last) {
    char *text = frame_text(&frame, 120, 40, false);
    const char *crit = strstr(text, "n2-lon/4711/billing-7 "), *late = strstr(text, "ORDERS/billing  "),
               *warn = strstr(text, "ORDERS/audit"), *over = strstr(text, "server_down");
    ck_assert(crit && late && warn && over && crit < late && late < warn && warn < over);
    free(text);
    sees(120, 40, "ALERTS 3 open  1 cleared in 7m26s");
    sees(120, 40,
         "02:32:22 ORDERS/billing             9m45s     1 consumer_growing lag > 100k             1.24M   "
         "1.24M   open");
}
END_TEST

/* Of one that came three times the last time, and that it came so often. */
START_TEST(how_often_it_came_is_seen) {
    sees(120, 40, " OPENED OBJECT                    LASTED TIMES ");
    sees(120, 40, "n3-ams                       19s     3 server_down");
}
END_TEST

/* A column of names that has no room cuts them: with tags in between nobody knows which is which. */
START_TEST(a_name_has_no_tag_in_its_place) {
    const struct view_list_row *list = &frame.view->lists[0];
    for (int i = 0; i < list->column_count; i++)
        ck_assert_int_eq(list->columns[i].brief, 0);
}
END_TEST

START_TEST(a_filter_knows_columns_and_words) {
    frame.context.filter = "state=cleared rule=server_down";
    sees(120, 40, "n3-ams");
    sees_not(120, 40, "ORDERS/audit");
    frame.context.filter = "!entity=consumer state!=cleared";
    sees(120, 40, "n2-lon/4711/billing-7");
    sees_not(120, 40, " ORDERS/audit  ");
    frame.context.filter = "severity=crit times>=3";
    sees(120, 40, "n3-ams");
    sees_not(120, 40, "ORDERS/audit");
    ck_assert_ptr_nonnull(frame.view->check_filter(frame.state, "state=burning"));
    ck_assert_ptr_null(frame.view->check_filter(frame.state, "state=silenced"));
}
END_TEST

START_TEST(keys_ask_for_what_people_say) {
    struct view_request request;
    select_about("ORDERS/audit");
    uint64_t number = about("ORDERS/audit")->number;
    frame_key(&frame, "a", &request);
    ck_assert_int_eq(request.alert_wish, ALERT_ACK);
    ck_assert_uint_eq(request.alert, number);
    frame_key(&frame, "A", &request);
    ck_assert_int_eq(request.alert_wish, ALERT_STAYS);
    ck_assert_str_eq(request.say, "nobody has acknowledged it");
    frame_key(&frame, "M", &request);
    ck_assert_int_eq(request.alert_wish, ALERT_SILENCE);
    ck_assert(model_alert_ack(world.model, number, "alice", "on it"));
    select_about("ORDERS/audit");
    sees(120, 40, "CONDITION      NOW     PEAK    STATE    ACK"); /* which has its width again */
    sees(120, 40, "acked    alice, on it");
    sees(120, 40, "acknowledged: by alice, 02:41:07");
    sees(120, 40, "note: on it");
    frame_key(&frame, "a", &request);
    ck_assert_int_eq(request.alert_wish, ALERT_UNACK);
    frame_key(&frame, "A", &request);
    ck_assert_int_eq(request.alert_wish, ALERT_UNACK);
    ck_assert(model_silence(world.model, "consumer", "", "ORDERS/audit", world_utc(&world) + NS_PER_S * 600,
                            "moved"));
    sees(120, 40, "silenced: until 02:51:07, moved");
    sees(120, 40, "silenced: consumer ORDERS/audit until 02:51:07, moved");
    frame_key(&frame, "M", &request);
    ck_assert_int_eq(request.alert_wish, ALERT_UNSILENCE);
    select_about("n3-ams");
    frame_key(&frame, "a", &request);
    ck_assert_int_eq(request.alert_wish, ALERT_ACK); /* refused with the reason: tests/e2e_alerts.c */
}
END_TEST

START_TEST(enter_goes_to_the_evidence) {
    struct view_request request;
    select_about("ORDERS/billing");
    frame_key(&frame, "Enter", &request);
    ck_assert_str_eq(request.view, "consumer");
    ck_assert_uint_eq(request.object, world_object(&world, OBJECT_CONSUMER, Q_CONSUMER_name, "billing"));
    select_about("n2-lon/4711/billing-7");
    frame_key(&frame, "Enter", &request);
    ck_assert_str_eq(request.view, "slow");
    select_about("n3-ams");
    frame_key(&frame, "Enter", &request);
    ck_assert_str_eq(request.view, "node");
}
END_TEST

static const char *chosen_line(char *text) {
    char *at = strstr(text, "\n>");
    ck_assert_msg(at != NULL, "nothing is chosen in\n%s", text);
    *strchr(at + 1, '\n') = '\0';
    return at + 2;
}

static void chooses(struct frame *f, const char *key, const char *expected) {
    struct view_request request;
    frame_key(f, key, &request);
    char *text = frame_text(f, 120, 40, false);
    const char *line = chosen_line(text);
    ck_assert_msg(strstr(line, expected) != NULL, "\"%s\" is not \"%s\"", line, expected);
    free(text);
}

/* In one order of time with all that happened. */
START_TEST(what_becomes_of_alerts_is_among_events) {
    struct view_request request;
    struct frame f;
    frame_open(&f, &world, "events");
    chooses(&f, "E", "02:40:39    28s  alert !!   n2-lon/4711/billing-7     rule   worse crit: n2-lon cid");
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.view, "slow");
    for (int i = 0; i < 5; i++)
        frame_key(&f, "E", &request);
    chooses(&f, "E", "02:33:51  7m16s  alert  .   n3-ams                    rule   cleared: n3-ams connec");
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.view, "node");
    chooses(&f, "E", "02:33:41  7m26s  back       n3-ams                    poll   answers again");
    chooses(&f, "e", "02:33:51  7m16s  alert  . ");
    f.context.filter = "!alert";
    char *text = frame_text(&f, 120, 40, false);
    ck_assert_msg(strstr(text, "EVENTS 6 ") && !strstr(text, "cleared:"), "%s", text);
    free(text);
    f.context.filter = "n3-ams";
    text = frame_text(&f, 120, 40, false);
    ck_assert_msg(strstr(text, "EVENTS 12 "), "%s", text);
    free(text);
    frame_close(&f);
}
END_TEST

/* What was said then stays, whatever is said now; people are told of by name, and an entity by its own. */
START_TEST(an_event_says_what_was_said_then) {
    struct frame f;
    ck_assert(model_alert_ack(world.model, about("ORDERS/audit")->number, "alice", "on it"));
    ck_assert(
        model_silence(world.model, "server", "", "n1-lon", world_utc(&world) + NS_PER_S * 600, "moved"));
    frame_open(&f, &world, "events");
    char *text = frame_text(&f, 120, 40, false);
    const char *expected[] = {"alert      n1-lon                    rule   silenced: moved",
                              "alert  !   ORDERS/audit              rule   acked by alice, on it",
                              "opened warn: ORDERS/audit 22.1k, +200/s", "grew warn: ORDERS/audit 45.1k"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_msg(strstr(text, expected[i]) != NULL, "\"%s\" is not in\n%s", expected[i], text);
    free(text);
    frame_close(&f);
}
END_TEST

static const struct {
    const char *rule, *limit, *says;
} gone[] = {
    {"no_such_rule", "> 10k", "> 10k: it is not in force any more"},
    {"consumer_growing", "> 1234", "it spoke at > 1234, the rule has other levels by now"},
};

/* From the last run, and nobody has seen it in this one; nor are the rules of that time the ones of now. */
START_TEST(what_is_gone_is_said) {
    struct view_request request;
    struct world w;
    struct frame f;
    struct alert old = {.number = 7,
                        .state = ALERT_OPEN,
                        .severity = SEVERITY_WARN,
                        .worst = SEVERITY_WARN,
                        .rule = gone[_i].rule,
                        .tag = "LAG",
                        .entity = "consumer",
                        .cluster = "nats-prod",
                        .name = "JOBS/old",
                        .text = "JOBS/old 20k",
                        .worst_text = "JOBS/old 20k",
                        .worst_rule = "consumer_growing",
                        .figure = "20k",
                        .peak = "20k",
                        .limit = gone[_i].limit,
                        .origin = "default",
                        .ending = "",
                        .acked_by = "",
                        .note = "",
                        .silence_note = "",
                        .first_sign_utc_ns = WORLD_START * NS_PER_S - 2 * 86400 * NS_PER_S,
                        .opened_utc_ns = WORLD_START * NS_PER_S - 2 * 86400 * NS_PER_S,
                        .times = 1};
    world_init(&w);
    model_alerts_restore(w.model, &old, 1);
    world_run(&w, 5);
    frame_open(&f, &w, "alerts");
    char *text = frame_text(&f, 120, 40, false);
    ck_assert_msg(strstr(text, "ALERTS 0 open  1 unheard") && strstr(text, gone[_i].says) &&
                      strstr(text, "from the last run of natsight, and not seen in this one yet") &&
                      strstr(text, "2026-11-19"),
                  "%s", text);
    free(text);
    frame_key(&f, "Enter", &request);
    ck_assert_ptr_null(request.view);
    ck_assert_str_eq(request.say, "consumer JOBS/old was not seen since natsight began");
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(what_came_again_is_folded) {
    select_about("n3-ams");
    sees(120, 40, "came 3 times: 02:31:02 02:32:02 02:33:22, folded into one");
    sees(120, 40, "ended 02:33:41   lasted the last time 19s   at the end up   peak down");
    sees(120, 40, "rule server_down: server: state = down");
}
END_TEST

START_TEST(tab_gives_the_rows_to_the_detail) {
    struct view_request request;
    sees(60, 15, "S   OPENED OBJECT");
    frame_key(&frame, "Tab", &request);
    sees_not(60, 15, "S   OPENED OBJECT");
    sees(60, 15, "rule producers_held");
    frame_key(&frame, "Esc", &request);
    sees(60, 15, "S   OPENED OBJECT");
}
END_TEST

/* How many, where from, and when they were read again. */
START_TEST(the_rules_in_force_are_counted) {
    struct rule_fault fault;
    struct ruleset *set = ruleset_create();
    size_t enabled = 0;
    char expected[200];
    struct rule_said said = {.name = "orders_lag",
                             .entity = "consumer",
                             .condition = "lag",
                             .warn = "> 5k",
                             .origin = "natsight.conf:12"};
    ck_assert_msg(ruleset_add(set, &said, &fault), "%s", fault.message);
    for (size_t i = 0; i < ruleset_count(set); i++)
        enabled += ruleset_at(set, i)->enabled;
    sees_not(120, 40, " read ");
    model_use_rules(world.model, set);
    ruleset_release(set);
    snprintf(expected, sizeof expected, "%zu rules", enabled);
    sees(120, 40, expected);
    sees(120, 40, ", 1 of natsight.conf, read 02:41:07 -");
    sees(80, 24, " of metadata -"); /* what has no room is left out whole */
    sees(60, 24, " rules -\n");
}
END_TEST

/* A slip in a match: nothing would ever be said of it. What was not told of may be what is meant. */
START_TEST(a_rule_that_applies_to_nothing_is_said) {
    static const struct rule_said said[] = {{.name = "never",
                                             .entity = "consumer",
                                             .match = "stream = NOSUCH",
                                             .condition = "pending",
                                             .warn = "> 5000",
                                             .origin = "natsight.conf:3"},
                                            {.name = "some",
                                             .entity = "consumer",
                                             .match = "stream = ORDERS",
                                             .condition = "pending",
                                             .warn = "> 5000000",
                                             .origin = "natsight.conf:4"},
                                            {.name = "nobody",
                                             .entity = "server",
                                             .match = "name = n9",
                                             .condition = "cpu",
                                             .warn = "> 5000 %",
                                             .origin = "natsight.conf:5"},
                                            {.name = "whoever", /* of whom not all are listed */
                                             .entity = "connection",
                                             .match = "name = nosuch",
                                             .condition = "pending_bytes",
                                             .warn = "> 1 GiB",
                                             .origin = "natsight.conf:6"},
                                            {.name = "route_backlog", .warn = "> 5 MiB"}};
    static const char words[] = "   applies to no consumer here: never (stream = NOSUCH, natsight.conf:3); "
                                "applies to no server here: nobody (name = n9, natsight.conf:5)\n";
    struct world w;
    sees_not(160, 40, "applies to no");
    use_rules(world.model, said, sizeof said / sizeof *said);
    sees(160, 40, words);
    world.nodes[1].answers = false;
    world_run(&world, 20);
    frame.context.utc_ns = world_utc(&world);
    sees_not(160, 40, "applies to no");
    world_init(&w); /* which has just begun */
    use_rules(w.model, said, sizeof said / sizeof *said);
    world_run(&w, 20);
    frame.context.model = w.model;
    frame.context.utc_ns = world_utc(&w);
    sees_not(160, 40, "applies to no");
    world_run(&w, 20);
    frame.context.utc_ns = world_utc(&w);
    sees(160, 40, "   applies to no consumer here: never (stream = NOSUCH, natsight.conf:3); ");
    frame.context.model = world.model;
    world_finish(&w);
}
END_TEST

/* Over so many that one frame would be late. */
START_TEST(looking_for_them_goes_on_from_frame_to_frame) {
    enum { MANY = 1234, RULES = 20 };
    static struct world_client clients[MANY];
    static char names[RULES][12];
    struct rule_said said[RULES];
    struct world w;
    for (int i = 0; i < MANY; i++)
        clients[i] = (struct world_client){0, (uint64_t)i + 5, "same", NULL, "go", 0, 1, 0};
    for (int i = 0; i < RULES; i++) {
        snprintf(names[i], sizeof names[i], "r%d", i);
        said[i] = (struct rule_said){.name = names[i],
                                     .entity = "connection",
                                     .match = "name = nosuch",
                                     .condition = "pending_bytes",
                                     .warn = "> 1 GiB",
                                     .origin = "natsight.conf:6"};
    }
    world_init(&w);
    w.clients = clients;
    w.client_count = MANY;
    w.nodes[0].connections = MANY;
    w.nodes[1].connections = w.nodes[2].connections = 0;
    use_rules(w.model, said, RULES);
    world_run(&w, 40);
    frame.context.model = w.model;
    frame.context.utc_ns = world_utc(&w);
    sees_not(160, 40, "applies to no");
    sees(160, 40, "   applies to no connection here: r0 (name = nosuch, natsight.conf:6); ");
    frame.context.model = world.model;
    world_finish(&w);
}
END_TEST

static const char *verdict(char out[400]) {
    char *text = frame_text(&frame, 120, 40, false), *line = strchr(text, '\n') + 1;
    int len = (int)strcspn(line, "\n");
    while (len > 0 && line[len - 1] == ' ')
        len--;
    snprintf(out, 400, "%.*s", len, line);
    free(text);
    return out;
}

/* Who is on it need not be told; of the same object what was less is said then. */
START_TEST(the_verdict_leaves_out_what_somebody_is_on) {
    char line[400];
    ck_assert_str_eq(verdict(line), "!! 2 CRIT   ! 1 WARN   since 02:31:22 (9m45s)");
    ck_assert(model_alert_ack(world.model, about("n2-lon/4711/billing-7")->number, "alice", ""));
    ck_assert_str_eq(verdict(line), "!! 1 CRIT   ! 1 WARN   1 acked   since 02:31:22 (9m45s)");
    sees_not(120, 40, "SLOW   n2-lon");
    ck_assert(
        model_silence(world.model, "consumer", "", "ORDERS/billing", world_utc(&world) + NS_PER_S * 600, ""));
    ck_assert_str_eq(verdict(line), " ! 1 WARN   1 acked, 1 silenced   since 02:34:37 (6m30s)");
    ck_assert(model_alert_ack(world.model, about("ORDERS/audit")->number, "alice", ""));
    ck_assert_int_eq(strncmp(verdict(line), " . all else ok, 2 acked, 1 silenced", 35), 0);
    ck_assert(model_alert_unack(world.model, about("ORDERS/audit")->number));
    ck_assert_str_eq(verdict(line), " ! 1 WARN   1 acked, 1 silenced   since 02:34:37 (6m30s)");
}
END_TEST

/* As after a restart by a clock that was put back: no span is less than nothing. */
START_TEST(a_time_to_come_is_said_to_be_one) {
    char line[400];
    select_about("n2-lon/4711/billing-7");
    frame.context.utc_ns -= 3600 * NS_PER_S;
    ck_assert_str_eq(verdict(line), "!! 2 CRIT   ! 1 WARN   since 02:31:22 (later than now)");
    sees(120, 40, "first sign 02:35:01 (later than now)   opened 02:35:05 (later than now)");
    sees(45, 20, "!! 2 CRIT   ! 1 WARN   since 02:31:22");
    frame.context.utc_ns -= 86400 * NS_PER_S;
    sees(120, 40, "first sign 2026-11-21 02:35:01 (later than now)");
}
END_TEST

/* Nothing is found of it any more: it is not what is wrong now. */
START_TEST(what_is_about_to_end_is_marked) {
    char line[400];
    struct world_client clients[20];
    ck_assert_int_le(world.client_count, 20);
    memcpy(clients, world.clients, (size_t)world.client_count * sizeof *clients);
    clients[0].pending = 0;
    world.clients = clients;
    world_run(&world, 3);
    ck_assert_msg(strncmp(verdict(line), "!! 1 CRIT   ! 1 WARN ", 21) == 0, "%s", line);
    sees(120, 40, "ALERTS 2 open  1 ending  1 cleared");
    select_about("n2-lon/4711/billing-7");
    sees(120, 40, " ending ");
    sees(120, 40, "nothing is found of it at the moment: it ends unless that comes back within ten seconds");
    world_run(&world, 12);
    sees(120, 40, "ALERTS 2 open  2 cleared");
    sees_not(120, 40, " ending ");
}
END_TEST

/* What has no tag has its rule's name there, and whoever stands beside it stands as far to the right. */
START_TEST(a_name_in_the_place_of_a_tag_has_room) {
    const struct rule_said said = {.name = "solo_buffers",
                                   .entity = "connection",
                                   .condition = "pending_bytes",
                                   .warn = "> 8 MiB",
                                   .hold = "0s",
                                   .origin = "natsight.conf:12"};
    use_rules(world.model, &said, 1);
    world_run(&world, 3);
    frame.context.utc_ns = world_utc(&world);
    ck_assert(
        model_silence(world.model, "consumer", "", "ORDERS/billing", world_utc(&world) + NS_PER_S * 600, ""));
    for (size_t i = 0; i < model_alert_count(world.model); i++)
        if (strcmp(model_alert(world.model, i)->rule, "producers_held") == 0)
            ck_assert(model_alert_ack(world.model, model_alert(world.model, i)->number, "alice", ""));
    sees(120, 40, "\n ! solo_buffers n2-lon/4711/billing-7: pending_bytes 33");
    sees(120, 40, "\n ! LAG          ORDERS/audit 88");
    sees(80, 24, "\n ! solo_… n2-lon");
    sees(80, 24, "\n ! LAG    ORDERS/audit 88");
}
END_TEST

/* As the verdict counts. */
START_TEST(two_of_one_thing_are_said_to_be) {
    char line[400];
    const struct rule_said said = {.name = "holds_some",
                                   .entity = "connection",
                                   .condition = "pending_bytes",
                                   .warn = "> 8 MiB",
                                   .hold = "0s",
                                   .tag = "SOME",
                                   .origin = "natsight.conf:12"};
    use_rules(world.model, &said, 1);
    world_run(&world, 3);
    ck_assert_msg(strncmp(verdict(line), "!! 2 CRIT   ! 1 WARN ", 21) == 0, "%s", line);
    sees(120, 40, "ALERTS 4 open of 3 things  1 cleared");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views alerts");
    TCase *tc = tcase_create("alerts");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, the_worst_comes_first_and_history_last);
    tcase_add_test(tc, how_often_it_came_is_seen);
    tcase_add_test(tc, a_name_has_no_tag_in_its_place);
    tcase_add_test(tc, a_filter_knows_columns_and_words);
    tcase_add_test(tc, keys_ask_for_what_people_say);
    tcase_add_test(tc, enter_goes_to_the_evidence);
    tcase_add_test(tc, what_becomes_of_alerts_is_among_events);
    tcase_add_test(tc, an_event_says_what_was_said_then);
    tcase_add_loop_test(tc, what_is_gone_is_said, 0, sizeof gone / sizeof *gone);
    tcase_add_test(tc, what_came_again_is_folded);
    tcase_add_test(tc, tab_gives_the_rows_to_the_detail);
    tcase_add_test(tc, the_rules_in_force_are_counted);
    tcase_add_test(tc, a_rule_that_applies_to_nothing_is_said);
    tcase_add_test(tc, looking_for_them_goes_on_from_frame_to_frame);
    tcase_add_test(tc, the_verdict_leaves_out_what_somebody_is_on);
    tcase_add_test(tc, a_time_to_come_is_said_to_be_one);
    tcase_add_test(tc, what_is_about_to_end_is_marked);
    tcase_add_test(tc, a_name_in_the_place_of_a_tag_has_room);
    tcase_add_test(tc, two_of_one_thing_are_said_to_be);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
