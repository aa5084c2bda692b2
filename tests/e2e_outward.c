/* Alerts that go out: to programs and into a file, of real servers, while the configuration changes. */
#include <check.h>
#include <glob.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

struct told {
    int times;
    json_int_t alert; /* its number, the last time */
};

/* The documents in a file of the folder whose event and rule these are; "": of none. */
static struct told told(const char *name, const char *event, const char *rule) {
    char file[700];
    struct told all = {0};
    snprintf(file, sizeof file, "%s/%s", config_folder(), name);
    for (const char *at = config_text(file), *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        json_t *one = json_loadb(at, (size_t)(end - at), 0, NULL);
        ck_assert_msg(one != NULL, "no document in %s: %.*s", name, (int)(end - at), at);
        const char *is = json_string_value(json_object_get(one, "rule"));
        if (strcmp(json_string_value(json_object_get(one, "event")), event) == 0 &&
            strcmp(is != NULL ? is : "", rule) == 0) {
            all.times++;
            all.alert = json_integer_value(json_object_get(one, "alert"));
        }
        json_decref(one);
    }
    return all;
}

static int count_of(const char *name, const char *event, const char *rule) {
    return told(name, event, rule).times;
}

static void wait_for(struct command *c, const char *name, const char *event, const char *rule) {
    for (int64_t until = servers_now_ms() + 2 * SHOWN_MS;
         count_of(name, event, rule) == 0 && servers_now_ms() < until;)
        command_pump(c, 50);
    ck_assert_msg(count_of(name, event, rule) == 1, "%d of %s %s in %s: %s", count_of(name, event, rule),
                  event, rule, name, c->output);
}

static void wait_said(struct command *c, const char *text) {
    ck_assert_msg(command_wait_output(c, text, SHOWN_MS), "not said: %s\n%s%s", text, c->output, c->errors);
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

/* All have the same state. */
static void come(struct command *c) {
    const char *argv[] = {command_natsight(),    "--config", config_path(), "--plain", cluster->node[0].http,
                          cluster->node[1].http, NULL};
    char state[700];
    snprintf(state, sizeof state, "XDG_STATE_HOME=%s/state", config_folder());
    ck_assert(command_start(c, argv, (const char *[]){state, NULL}));
}

static void leave(struct command *c) {
    ck_assert_int_eq(kill(c->pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(c, SHOWN_MS), 0);
    ck_assert_str_eq(c->errors, "");
    command_free(c);
}

static void end_hard(struct command *c) {
    ck_assert_int_eq(kill(c->pid, SIGKILL), 0);
    ck_assert_int_eq(command_finish(c, SHOWN_MS), 128 + SIGKILL);
    command_free(c);
}

START_TEST(what_happens_goes_out) {
    struct command c;
    write_config("{ name = \"none\"; command = [\"natsight-none\"]; }");
    come(&c);
    wait_said(&c, " ok servers test 2/2\n");
    servers_kill(cluster, 1);
    wait_for(&c, "told", "opened", "server_down");
    wait_for(&c, "alerts.log", "opened", "server_down");
    wait_said(&c, " warn hook - none: can't be run: there is no such program\n");
    wait_for(&c, "alerts.log", "hook_failed", "");
    write_config("{ name = \"hangs\"; command = [\"sleep\", \"1000\"]; timeout = \"200ms\"; }");
    ck_assert_int_eq(kill(c.pid, SIGUSR1), 0);
    wait_said(&c, " info reload - configuration reloaded\n");
    ck_assert(servers_restart(cluster, 1, false));
    wait_for(&c, "told", "cleared", "server_down"); /* by whom it was told as open, before the reload */
    wait_for(&c, "alerts.log", "cleared", "server_down");
    wait_said(&c, " warn hook - hangs: did not end within 200ms and was ended\n");
    leave(&c);
}
END_TEST

/* ---- two of one user ---- */

static void first_comes(struct command *first) {
    write_config("{ command = [\"true\"]; }");
    come(first);
    wait_said(first, " ok servers test 2/2\n");
}

static void both_come(struct command *first, struct command *second) {
    first_comes(first);
    come(second);
    wait_said(second, ", and runs the hooks\n");
    wait_said(second, " ok servers test 2/2\n");
}

static bool is_kept(const char *what) {
    char pattern[700];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/state/natsight/alerts-*.json", config_folder());
    bool kept = glob(pattern, 0, NULL, &found) == 0 && strstr(config_text(found.gl_pathv[0]), what) != NULL;
    globfree(&found);
    return kept;
}

/* What one of them knows is there for the other one. */
static void wait_kept(struct command *c, const char *what) {
    for (int64_t until = servers_now_ms() + SHOWN_MS; !is_kept(what);) {
        ck_assert_msg(servers_now_ms() < until, "%s is not kept: %s%s", what, c->output, c->errors);
        command_pump(c, 50);
    }
}

/* One tells, and when it is killed the other one goes on, with the same numbers. */
START_TEST(of_two_one_tells) {
    struct command first, second;
    both_come(&first, &second);
    servers_kill(cluster, 1);
    wait_said(&first, " crit server_down n2 down\n");
    wait_said(&second, " crit server_down n2 down\n");
    wait_for(&first, "told", "opened", "server_down");
    wait_kept(&first, "\"server_down\"");
    end_hard(&first);
    wait_said(&second, " alerts are kept here from now on: ");
    ck_assert(servers_restart(cluster, 1, false));
    wait_for(&second, "told", "cleared", "server_down");
    wait_for(&second, "alerts.log", "cleared", "server_down");
    ck_assert_int_eq(count_of("told", "opened", "server_down"), 1);
    ck_assert_int_eq(count_of("alerts.log", "opened", "server_down"), 1);
    ck_assert_int_eq(told("told", "opened", "server_down").alert,
                     told("told", "cleared", "server_down").alert);
    leave(&second);
}
END_TEST

/* The one that would tell hangs, and is killed: what opened meanwhile is told by the other one. */
START_TEST(what_nobody_told_is_told_by_who_takes_over) {
    struct command first, second;
    both_come(&first, &second);
    ck_assert_int_eq(kill(first.pid, SIGSTOP), 0);
    servers_kill(cluster, 1);
    wait_said(&second, " crit server_down n2 down\n");
    for (int64_t until = servers_now_ms() + 2000; servers_now_ms() < until;) /* nothing comes */
        command_pump(&second, 50);
    ck_assert_int_eq(count_of("alerts.log", "opened", "server_down"), 0);
    wait_said(&second, " and is stopped, since ");
    end_hard(&first);
    wait_for(&second, "told", "opened", "server_down");
    wait_for(&second, "alerts.log", "opened", "server_down");
    leave(&second);
}
END_TEST

/* Ctrl-Z on the screen that tells: the other one does, and goes on when the screen is back. */
START_TEST(one_that_is_suspended_lets_another_one_tell) {
    struct command second;
    char state[700];
    const char *env[] = {state, NULL};
    const char *arguments[] = {"--config", config_path(), cluster->node[0].http, cluster->node[1].http, NULL};
    snprintf(state, sizeof state, "XDG_STATE_HOME=%s/state", config_folder());
    write_config("{ command = [\"true\"]; }");
    struct terminal *t =
        shown_open(arguments, &(struct terminal_options){.cols = 120, .rows = 40, .env = env});
    shown_wait(t, "test +2/2");
    come(&second);
    wait_said(&second, ", and runs the hooks\n");
    wait_said(&second, " ok servers test 2/2\n");
    ck_assert(terminal_type(t, "\x1a"));
    ck_assert(terminal_wait_stopped(t, SHOWN_MS));
    wait_said(&second, " alerts are kept here from now on: ");
    servers_kill(cluster, 1);
    wait_for(&second, "told", "opened", "server_down");
    ck_assert(terminal_continue(t));
    shown_wait(t, "what is said here goes to natsight ");
    shown_type(t, "7", "^!!>.*server_down .* open");
    ck_assert(servers_restart(cluster, 1, false));
    shown_wait(t, " server_down .* cleared");
    wait_for(&second, "told", "cleared", "server_down");
    ck_assert_int_eq(count_of("told", "opened", "server_down"), 1);
    ck_assert_int_eq(count_of("alerts.log", "opened", "server_down"), 1);
    ck_assert_int_eq(count_of("alerts.log", "cleared", "server_down"), 1);
    shown_quit(t);
    leave(&second);
}
END_TEST

/* What was open when it came is the other one's to end. */
START_TEST(one_that_only_looks_tells_nothing) {
    struct command first, second;
    first_comes(&first);
    servers_kill(cluster, 1);
    wait_for(&first, "told", "opened", "server_down");
    wait_kept(&first, "\"server_down\"");
    come(&second);
    wait_said(&second, " crit server_down n2 still open since ");
    ck_assert(servers_restart(cluster, 1, false));
    wait_said(&second, " ok server_down n2 up\n");
    leave(&second);
    wait_for(&first, "told", "cleared", "server_down");
    leave(&first);
    ck_assert_int_eq(count_of("told", "opened", "server_down"), 1);
    ck_assert_int_eq(count_of("told", "cleared", "server_down"), 1);
    ck_assert_int_eq(count_of("alerts.log", "cleared", "server_down"), 1);
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
    tcase_add_test(tc, one_that_is_suspended_lets_another_one_tell);
    tcase_add_test(tc, one_that_only_looks_tells_nothing);
    tcase_add_test(tc, a_hook_that_fails_is_said_on_the_screen);
    suite_add_tcase(suite, tc);
    tc = tcase_create("named");
    tcase_add_checked_fixture(tc, config_begin, config_end);
    tcase_add_test(tc, nothing_goes_out_unless_it_is_named);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
