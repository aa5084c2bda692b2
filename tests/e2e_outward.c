/* Alerts that go out: to programs and into a file, of real servers, while the configuration changes. */
#include <check.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/e2e/configured.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"

static struct servers *cluster;

static void setup(void) {
    cluster = servers_start(&(struct servers_options){.nodes = 2});
    ck_assert_ptr_nonnull(cluster);
}

static void teardown(void) {
    servers_end(cluster);
}

/* The documents in a file of the folder whose event and rule these are; "": of none. */
static int count_of(const char *name, const char *event, const char *rule) {
    char file[700];
    int count = 0;
    snprintf(file, sizeof file, "%s/%s", config_folder(), name);
    for (const char *at = config_text(file), *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        json_t *one = json_loadb(at, (size_t)(end - at), 0, NULL);
        ck_assert_msg(one != NULL, "no document in %s: %.*s", name, (int)(end - at), at);
        const char *is = json_string_value(json_object_get(one, "rule"));
        count += strcmp(json_string_value(json_object_get(one, "event")), event) == 0 &&
                 strcmp(is != NULL ? is : "", rule) == 0;
        json_decref(one);
    }
    return count;
}

static void wait_for(struct command *c, const char *name, const char *event, const char *rule) {
    time_t until = time(NULL) + 2 * SHOWN_MS / 1000;
    while (count_of(name, event, rule) == 0 && time(NULL) < until)
        command_pump(c, 50);
    ck_assert_msg(count_of(name, event, rule) == 1, "%d of %s %s in %s: %s", count_of(name, event, rule),
                  event, rule, name, c->output);
}

/* A log, and hooks: one that writes down what it gets, and another one. */
static void write_config(const char *other) {
    char text[2000];
    snprintf(
        text, sizeof text,
        "log = \"alerts.log\";\n"
        "hooks = ( { command = [\"sh\", \"-c\", \"cat >>%s/told\"]; rules = [\"server_down\"]; },\n %s );\n",
        config_folder(), other);
    config_write("natsight.conf", text);
}

START_TEST(what_happens_goes_out) {
    const char *argv[] = {command_natsight(),    "--config", config_path(), "--plain", cluster->node[0].http,
                          cluster->node[1].http, NULL};
    struct command c;
    write_config("{ name = \"none\"; command = [\"natsight-none\"]; }");
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " ok servers test 2/2\n", SHOWN_MS));
    servers_kill(cluster, 1);
    wait_for(&c, "told", "opened", "server_down");
    wait_for(&c, "alerts.log", "opened", "server_down");
    ck_assert(
        command_wait_output(&c, " warn hook - none: can't be run: there is no such program\n", SHOWN_MS));
    wait_for(&c, "alerts.log", "hook_failed", "");
    write_config("{ name = \"hangs\"; command = [\"sleep\", \"1000\"]; timeout = \"200ms\"; }");
    ck_assert_int_eq(kill(c.pid, SIGUSR1), 0);
    ck_assert(command_wait_output(&c, " info reload - configuration reloaded\n", SHOWN_MS));
    ck_assert(servers_restart(cluster, 1, false));
    wait_for(&c, "told", "cleared", "server_down"); /* by whom it was told as open, before the reload */
    wait_for(&c, "alerts.log", "cleared", "server_down");
    ck_assert(
        command_wait_output(&c, " warn hook - hangs: did not end within 200ms and was ended\n", SHOWN_MS));
    ck_assert_int_eq(kill(c.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&c, SHOWN_MS), 0);
    ck_assert_str_eq(c.errors, "");
    command_free(&c);
}
END_TEST

/* The number of the alert in the documents of that event and rule: the same in all. 0: there is none. */
static json_int_t number_of(const char *name, const char *event, const char *rule) {
    char file[700];
    json_int_t number = 0;
    snprintf(file, sizeof file, "%s/%s", config_folder(), name);
    for (const char *at = config_text(file), *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        json_t *one = json_loadb(at, (size_t)(end - at), 0, NULL);
        const char *is = json_string_value(json_object_get(one, "rule"));
        if (strcmp(json_string_value(json_object_get(one, "event")), event) == 0 &&
            strcmp(is != NULL ? is : "", rule) == 0)
            number = json_integer_value(json_object_get(one, "alert"));
        json_decref(one);
    }
    return number;
}

static void pump_both(struct command *a, struct command *b, int ms) {
    for (int passed = 0; passed < ms; passed += 100) {
        command_pump(a, 50);
        command_pump(b, 50);
    }
}

/* Each of these has the same state. */
static void beside(struct command *c) {
    const char *argv[] = {command_natsight(),    "--config", config_path(), "--plain", cluster->node[0].http,
                          cluster->node[1].http, NULL};
    char state[700];
    snprintf(state, sizeof state, "XDG_STATE_HOME=%s/state", config_folder());
    ck_assert(command_start(c, argv, (const char *[]){state, NULL}));
}

/* Two of one user: one tells, and when it is killed the other one goes on, with the same numbers. */
START_TEST(of_two_one_tells) {
    struct command first, second;
    write_config("{ command = [\"true\"]; }");
    beside(&first);
    ck_assert(command_wait_output(&first, " ok servers test 2/2\n", SHOWN_MS));
    beside(&second);
    ck_assert(command_wait_output(&second, ", and runs the hooks\n", SHOWN_MS));
    ck_assert(command_wait_output(&second, " ok servers test 2/2\n", SHOWN_MS));
    servers_kill(cluster, 1);
    ck_assert(command_wait_output(&first, " crit server_down n2 down\n", SHOWN_MS));
    ck_assert(command_wait_output(&second, " crit server_down n2 down\n", SHOWN_MS));
    wait_for(&first, "told", "opened", "server_down");
    pump_both(&first, &second, 9000); /* it is written, and read by the other one */
    ck_assert_int_eq(kill(first.pid, SIGKILL), 0);
    ck_assert_int_eq(command_finish(&first, SHOWN_MS), 128 + SIGKILL);
    ck_assert(command_wait_output(&second, " alerts are kept here from now on: ", SHOWN_MS));
    ck_assert(servers_restart(cluster, 1, false));
    wait_for(&second, "told", "cleared", "server_down");
    wait_for(&second, "alerts.log", "cleared", "server_down");
    ck_assert_int_eq(count_of("told", "opened", "server_down"), 1);
    ck_assert_int_eq(count_of("alerts.log", "opened", "server_down"), 1);
    ck_assert_int_eq(number_of("told", "opened", "server_down"), number_of("told", "cleared", "server_down"));
    ck_assert_int_eq(kill(second.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&second, SHOWN_MS), 0);
    command_free(&first);
    command_free(&second);
}
END_TEST

/* The one that would tell hangs, and is killed: what opened meanwhile is told by the other one. */
START_TEST(what_nobody_told_is_told_by_who_takes_over) {
    struct command first, second;
    write_config("{ command = [\"true\"]; }");
    beside(&first);
    ck_assert(command_wait_output(&first, " ok servers test 2/2\n", SHOWN_MS));
    beside(&second);
    ck_assert(command_wait_output(&second, ", and runs the hooks\n", SHOWN_MS));
    ck_assert(command_wait_output(&second, " ok servers test 2/2\n", SHOWN_MS));
    ck_assert_int_eq(kill(first.pid, SIGSTOP), 0);
    servers_kill(cluster, 1);
    ck_assert(command_wait_output(&second, " crit server_down n2 down\n", SHOWN_MS));
    pump_both(&second, &second, 2000);
    ck_assert_int_eq(count_of("alerts.log", "opened", "server_down"), 0);
    ck_assert_int_eq(kill(first.pid, SIGKILL), 0);
    ck_assert_int_eq(command_finish(&first, SHOWN_MS), 128 + SIGKILL);
    wait_for(&second, "told", "opened", "server_down");
    wait_for(&second, "alerts.log", "opened", "server_down");
    ck_assert_int_eq(kill(second.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&second, SHOWN_MS), 0);
    command_free(&first);
    command_free(&second);
}
END_TEST

/* What was open when it came is the other one's to end. */
START_TEST(one_that_only_looks_tells_nothing) {
    struct command first, second;
    write_config("{ command = [\"true\"]; }");
    beside(&first);
    ck_assert(command_wait_output(&first, " ok servers test 2/2\n", SHOWN_MS));
    servers_kill(cluster, 1);
    wait_for(&first, "told", "opened", "server_down");
    pump_both(&first, &first, 5000); /* it is written */
    beside(&second);
    ck_assert(command_wait_output(&second, " crit server_down n2 still open since ", SHOWN_MS));
    ck_assert(servers_restart(cluster, 1, false));
    ck_assert(command_wait_output(&second, " ok server_down n2 up\n", SHOWN_MS));
    ck_assert_int_eq(kill(second.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&second, SHOWN_MS), 0);
    wait_for(&first, "told", "cleared", "server_down");
    ck_assert_int_eq(kill(first.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&first, SHOWN_MS), 0);
    ck_assert_int_eq(count_of("told", "opened", "server_down"), 1);
    ck_assert_int_eq(count_of("told", "cleared", "server_down"), 1);
    ck_assert_int_eq(count_of("alerts.log", "cleared", "server_down"), 1);
    command_free(&first);
    command_free(&second);
}
END_TEST

START_TEST(a_hook_that_fails_is_said_on_the_screen) {
    text_file_write(
        config_path(),
        "clusters = ( { name = \"mine\"; label = \"FIRST\"; urls = [\"%s\", \"%s\"]; } );\n"
        "hooks = ( { name = \"pager\"; command = [\"sh\", \"-c\", \"echo no network; exit 2\"]; } );\n"
        "log = \"nowhere/alerts.log\";\n",
        cluster->node[0].http, cluster->node[1].http);
    struct terminal *t = configured_open(&(struct terminal_options){.cols = 160, .rows = 40});
    shown_wait(t, "\\. n2 ");
    servers_kill(cluster, 1);
    ck_assert(terminal_wait_text(t, " hook pager: ended with code 2: no network ", WAIT));
    shown_type(t, ":events\r", "log +alerts.log +No such file or directory");
    shown_wait(t, "hook +pager +ended with code 2: no network");
    configured_end(t);
}
END_TEST

START_TEST(nothing_goes_out_unless_it_is_named) {
    ck_assert_int_eq(config_load(""), 0);
    config_has("log = \"\"", "default");
    ck_assert_ptr_null(strstr(config_output(), "hooks"));
    ck_assert_int_eq(config_load("log = \"alerts.log\";\nhooks = ( { command = [\"./page\", \"a b\"];\n"
                                 "per_minute = 3; } );"),
                     0);
    char command[700];
    snprintf(command, sizeof command, "hooks[0].command = [\"%s/./page\", \"a b\"]", config_folder());
    config_has(command, "natsight.conf:2");
    config_has("hooks[0].per_minute = 3", "natsight.conf:3");
    snprintf(command, sizeof command, "log = \"%s/alerts.log\"", config_folder());
    config_has(command, "natsight.conf:1");
    ck_assert_int_eq(config_run(NULL, "--config", "docs/hooks/hooks.conf", NULL), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("outward");
    TCase *tc = tcase_create("outward");
    tcase_set_timeout(tc, 90);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_checked_fixture(tc, config_begin, config_end);
    tcase_add_test(tc, what_happens_goes_out);
    tcase_add_test(tc, of_two_one_tells);
    tcase_add_test(tc, what_nobody_told_is_told_by_who_takes_over);
    tcase_add_test(tc, one_that_only_looks_tells_nothing);
    tcase_add_test(tc, a_hook_that_fails_is_said_on_the_screen);
    suite_add_tcase(suite, tc);
    tc = tcase_create("named");
    tcase_add_checked_fixture(tc, config_begin, config_end);
    tcase_add_test(tc, nothing_goes_out_unless_it_is_named);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
