/* natsight check: what a scheduler gets, and what a script gets, of clusters that are well and not there. */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/checked.h"
#include "tests/e2e/config_file.h"
#include "tests/harness/document.h"
#include "tests/harness/hostile.h"
#include "tests/harness/suite.h"

static struct servers *well;
#define WELL well->node[0].http, well->node[1].http, well->node[2].http

/* ---- well ---- */

enum { ALL, ONE, ONE_RULE, ONE_ENTITY, ONE_SERVER, RUNS };
static struct checked runs[RUNS];

static void start_well(void) {
    well = servers_start(&(struct servers_options){.nodes = 3, .jetstream = true});
    ck_assert_ptr_nonnull(well);
    CHECK_START(&runs[ALL], SCALED, WELL);
    CHECK_START(&runs[ONE], SCALED, well->node[0].http);
    CHECK_START(&runs[ONE_RULE], SCALED, "--rule", "consumer_behind", well->node[0].http);
    CHECK_START(&runs[ONE_ENTITY], SCALED, "--only", "consumer", well->node[0].http);
    CHECK_START(&runs[ONE_SERVER], SCALED, "--only", "server:n1", well->node[0].http);
    checked_finish(runs, RUNS);
}

static void end_well(void) {
    servers_end(well);
    checked_forget();
}

START_TEST(who_is_well_is_ok) {
    checked_code(0, checked_take(&runs[ALL]));
    ck_assert_str_eq(checked_last.errors, "");
    ck_assert_int_eq(
        strncmp(checked_last.output, "OK: no alert; 3 of 3 servers answer | 'critical'=0 'warning'=0 ", 63),
        0);
    checked_says(" 'servers'=3;;;0;3 ");
    checked_says(" 'in_msgs_per_s'=");
    ck_assert_msg(strstr(checked_last.output, "critical ") == NULL, "%s", checked_last.output);
}
END_TEST

START_TEST(who_is_not_asked_is_not_well) {
    checked_code(3, checked_take(&runs[ONE]));
    checked_says("UNKNOWN: 2 servers are not monitored, and nothing is wrong elsewhere: name them, too; ");
    checked_code(3, checked_take(&runs[ONE_RULE]));
    checked_code(3, checked_take(&runs[ONE_ENTITY]));
    checked_code(0, checked_take(&runs[ONE_SERVER]));
}
END_TEST

START_TEST(one_look_is_enough_for_what_is_so) {
    checked_code(0, CHECK("--once", "--json", WELL));
    json_t *json = checked_document();
    json_t *errors = doc_find(json, "not_judged", "rule", "api_errors");
    ck_assert_str_eq(doc_text(json, "status"), "ok");
    ck_assert_double_lt(doc_number(json, "watched_s"), 10);
    ck_assert_int_eq(doc_count(json, "alerts"), 0);
    ck_assert_str_eq(doc_text(errors, "quantity"), "js_api_error_share");
    ck_assert_double_eq(doc_number(errors, "of"), 3);
    ck_assert_double_eq(doc_number(json_object_get(json, "servers"), "up"), 3);
    ck_assert_double_ge(doc_number(json, "age_s"), 0);
    json_decref(json);
}
END_TEST

START_TEST(what_needs_longer_is_left_out_by_name) {
    checked_code(0, CHECK("--once", WELL));
    const char *line = strstr(checked_last.output, "\nnot judged in one look: ");
    ck_assert_msg(line != NULL, "%s", checked_last.output);
    ck_assert_int_eq(strncmp(line + 1, "not judged in one look: api_errors, connections_churn", 53), 0);
    ck_assert_ptr_eq(strchr(line + 1, '\n'), checked_last.output + checked_last.output_size - 1);
    checked_code(3, CHECK("--once", "--rule", "api_errors", WELL));
    checked_says("UNKNOWN: api_errors can't be judged: js_api_error_share: takes more than one look;");
}
END_TEST

/* As cron and schedulers start it; $1 is the program, $2 a URL. */
static const struct place {
    const char *script;
    int code;
} places[] = {
    {"exec env -i \"$1\" check --once --only server:n1 \"$2\" <&-", 0},
    {"exec env -i TERM=dumb \"$1\" check --once --only server:n1 \"$2\" </dev/null 2>&-", 0},
    {"\"$1\" check --once --only server:n1 \"$2\" | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", 0},
    {"s=$(mktemp -d) && XDG_STATE_HOME=$s HOME=$s \"$1\" check --once --only server:n1 \"$2\" && rmdir "
     "\"$s\"",
     0},
    {"exec \"$1\" check --once --only server:n1 \"$2\" >/dev/full", 3},
    {"exec \"$1\" check --once --only server:n1 \"$2\" >&-", 3},
};

START_TEST(it_runs_anywhere) {
    const char *argv[] = {"bash", "-c", places[_i].script, "bash", command_natsight(), well->node[0].http,
                          NULL};
    checked_forget();
    checked_code(places[_i].code, command_run(&checked_last, argv, NULL, CHECKED_MS));
}
END_TEST

/* ---- wrong usage ---- */

static const struct wrong {
    const char *words[3];
    const char *says;
} wrongs[] = {
    {{"--rule", "consumer_growin"},
     "--rule consumer_growin: there is no such rule; did you mean consumer_growing?"},
    {{"--only", "consumr"}, "--only consumr: there is no such entity; did you mean consumer?"},
    {{"--only", "consumer:lagg > 1"}, "--only consumer:lagg > 1: there is no column lagg; did you mean lag?"},
    {{"--timeout", "30"}, "--timeout 30: takes a time from 1ms to 24h, such as 500ms, 5s or 2m"},
    {{"--onc"}, "--onc: there is no such option; did you mean --once?"},
    {{"--view", "slow"}, "--view: does not belong to check"},
    {{"http://"}, "http://"},
};

START_TEST(wrong_usage_is_unknown) {
    const struct wrong *wrong = &wrongs[_i];
    checked_code(3, checked_run(wrong->words));
    ck_assert_msg(strstr(checked_last.errors, wrong->says) != NULL, "%s", checked_last.errors);
    ck_assert_int_eq(strncmp(checked_last.output, "UNKNOWN: ", 9), 0);
    checked_says(wrong->says);
    ck_assert_ptr_eq(strchr(checked_last.output, '\n'), checked_last.output + checked_last.output_size - 1);
}
END_TEST

START_TEST(a_script_is_told_of_wrong_usage) {
    checked_code(3, CHECK("--onc", "--json"));
    json_t *json = checked_document();
    ck_assert_str_eq(doc_text(json, "state"), "unknown");
    ck_assert_str_eq(doc_text(json, "status"), "unknown");
    ck_assert_ptr_nonnull(strstr(doc_text(json, "error"), "did you mean --once?"));
    json_decref(json);
}
END_TEST

/* ---- nobody there ---- */

START_TEST(who_is_not_there_is_critical) {
    checked_code(2, CHECK("127.0.0.1:9", SCALED));
    ck_assert_int_eq(strncmp(checked_last.output, "CRITICAL: 1 critical; DOWN 127.0.0.1:9 refused", 46), 0);
    checked_says("; 0 of 1 servers answer | 'critical'=1 ");
    checked_says("\ncritical DOWN 127.0.0.1:9 ");
}
END_TEST

/* It is down by all that was seen of it, and answers a moment later: as one that begins beside us, or again.
 */
START_TEST(who_is_back_in_a_moment_is_not_down) {
    const struct hostile_rule resets[] = {{"*", HOSTILE_RESET, 0, NULL, 0, 0}};
    struct hostile *server = hostile_start("127.0.0.1", 0, "begins", resets, 1);
    ck_assert_ptr_nonnull(server);
    const char *argv[] = {command_natsight(),  "check", "--once", "--rule", "server_down",
                          hostile_url(server), NULL};
    checked_forget();
    ck_assert(command_start(&checked_last, argv, NULL));
    for (int64_t until = servers_now_ms() + 10000; hostile_requests(server, "/varz") < 2;) {
        ck_assert_int_lt(servers_now_ms(), until);
        command_pump(&checked_last, 20);
    }
    command_pump(&checked_last, 500); /* the second one has been told by now */
    hostile_rules(server, NULL, 0);
    checked_code(0, command_finish(&checked_last, CHECKED_MS));
    checked_says("OK: no alert; 1 of 1 servers answer |");
    hostile_end(server);
}
END_TEST

START_TEST(who_says_nothing_is_unknown) {
    const struct hostile_rule silent[] = {{"*", HOSTILE_SILENT, 0, NULL, 0, 0}};
    struct hostile *server = hostile_start("127.0.0.1", 0, "silent", silent, 1);
    ck_assert_ptr_nonnull(server);
    checked_code(3, CHECK("--timeout", "1500ms", hostile_url(server)));
    ck_assert_int_eq(strncmp(checked_last.output, "UNKNOWN: nothing could be reached within 1.", 43), 0);
    hostile_end(server);
}
END_TEST

/* It is tried again each five seconds. */
START_TEST(what_can_not_start_is_said_once) {
    const char *const argv[] = {"/bin/sh", "-c", "ulimit -n 7; exec \"$0\" check --timeout 7s 127.0.0.1:9",
                                command_natsight(), NULL};
    checked_forget();
    checked_code(3, command_run(&checked_last, argv, NULL, CHECKED_MS));
    const char *said =
        strstr(checked_last.output, "note: the collector can't be started: Too many open files\n");
    ck_assert_msg(said != NULL, "%s", checked_last.output);
    ck_assert_msg(strstr(strchr(said, '\n'), "started") == NULL, "%s", checked_last.output);
}
END_TEST

START_TEST(what_nobody_tells_is_unknown) {
    checked_code(3, CHECK("127.0.0.1:9", "--rule", "consumer_growing", "--timeout", "1500ms"));
    ck_assert_int_eq(strncmp(checked_last.output, "UNKNOWN: nothing could be reached", 33), 0);
    checked_code(3, CHECK("127.0.0.1:9", "--rule", "consumer_growing", "--json"));
    json_t *json = checked_document();
    ck_assert(json_is_false(json_object_get(json, "cut_short")));
    ck_assert_double_lt(doc_number(json, "watched_s"), 20); /* as soon as it is certain */
    json_decref(json);
}
END_TEST

START_TEST(a_node_that_was_killed_is_critical) {
    struct servers *cluster = servers_start(&(struct servers_options){.nodes = 3});
    ck_assert_ptr_nonnull(cluster);
    servers_kill(cluster, 2);
    checked_code(2, CHECK(cluster->node[0].http, cluster->node[1].http, cluster->node[2].http, SCALED));
    checked_says("CRITICAL: 1 critical");
    checked_says("; 2 of 3 servers answer |");
    checked_says("(server_down, since before 20");
    servers_end(cluster);
}
END_TEST

/* Who is dead may have had them. */
START_TEST(what_could_not_be_asked_is_not_ok) {
    struct servers *cluster = servers_start(&(struct servers_options){.nodes = 3});
    ck_assert_ptr_nonnull(cluster);
    config_write("natsight.conf", "expect = ( { name = \"ai\"; entity = \"connection\"; "
                                  "match = \"name ~ ai-integration\"; instances = 2; } );\n");
#define THESE "--config", config_path(), cluster->node[0].http, cluster->node[1].http, cluster->node[2].http
    checked_code(2, CHECK("--once", "--rule", "expected_missing", THESE));
    servers_kill(cluster, 2);
    checked_code(3, CHECK("--once", "--rule", "expected_missing", THESE));
    checked_says("UNKNOWN: expected_missing can't be judged: missing: 127.0.0.1:");
    checked_says(" does not answer; 2 of 3 servers answer; 1 of 1 expectations can't be judged");
    checked_says("\nnot judged, not all could be asked: expected_missing\n");
    checked_code(2, CHECK("--once", THESE));
    checked_says("; 1 of 1 expectations can't be judged | ");
    checked_code(0, CHECK("--once", "--rule", "newcomer", THESE)); /* nobody wants to know of these */
#undef THESE
    servers_end(cluster);
}
END_TEST
/* What it told is not so any more, and nothing else is known. */
START_TEST(who_dies_meanwhile_is_not_well) {
    struct servers *ill = checked_ill();
    const char *argv[] = {command_natsight(), "check",  "--rule",
                          "consumer_growing", "--only", "consumer:ORDERS/billing",
                          ill->node[0].http,  NULL};
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    for (int64_t until = servers_now_ms() + 3000; servers_now_ms() < until;)
        command_pump(&c, 100);
    servers_kill(ill, 0);
    int code = command_finish(&c, CHECKED_MS);
    ck_assert_msg(code == 3, "%d: %s", code, c.output);
    ck_assert_msg(strncmp(c.output, "UNKNOWN: consumer_growing can't be judged: ", 43) == 0, "%s", c.output);
    ck_assert_msg(strstr(c.output, ": its server does not answer any more; ") != NULL, "%s", c.output);
    command_free(&c);
    servers_end(ill);
}
END_TEST
int main(void) {
    Suite *s = suite_create("check");
    TCase *usage = checked_part(s, "usage");
    tcase_add_loop_test(usage, wrong_usage_is_unknown, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_test(usage, a_script_is_told_of_wrong_usage);
    TCase *gone = checked_part(s, "nobody there");
    tcase_add_checked_fixture(gone, config_begin, config_end);
    tcase_add_test(gone, who_is_not_there_is_critical);
    tcase_add_test(gone, who_is_back_in_a_moment_is_not_down);
    tcase_add_test(gone, who_says_nothing_is_unknown);
    tcase_add_test(gone, what_can_not_start_is_said_once);
    tcase_add_test(gone, what_nobody_tells_is_unknown);
    tcase_add_test(gone, a_node_that_was_killed_is_critical);
    tcase_add_test(gone, what_could_not_be_asked_is_not_ok);
    tcase_add_test(gone, who_dies_meanwhile_is_not_well);
    TCase *fine = checked_part(s, "well");
    tcase_add_unchecked_fixture(fine, start_well, end_well);
    tcase_add_test(fine, who_is_well_is_ok);
    tcase_add_test(fine, who_is_not_asked_is_not_well);
    tcase_add_test(fine, one_look_is_enough_for_what_is_so);
    tcase_add_test(fine, what_needs_longer_is_left_out_by_name);
    tcase_add_loop_test(fine, it_runs_anywhere, 0, sizeof places / sizeof *places);
    return suite_run(s);
}
