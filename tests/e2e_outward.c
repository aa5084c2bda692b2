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
    tcase_add_test(tc, a_hook_that_fails_is_said_on_the_screen);
    suite_add_tcase(suite, tc);
    tc = tcase_create("named");
    tcase_add_checked_fixture(tc, config_begin, config_end);
    tcase_add_test(tc, nothing_goes_out_unless_it_is_named);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
