/* Alerts over restarts: on a real cluster, through a kill, with a second natsight beside it. */
#include <check.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/command.h"
#include "tests/harness/folder.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

enum { KEPT_MS = 30000, PEAK_MS = 20000 /* ten seconds, and a slow machine */ };

static struct servers *cluster;
static struct folder folder;
static char state[600], file[700], env_state[700];

static void start(void) {
    cluster = servers_start(&(struct servers_options){.nodes = 2});
    ck_assert_ptr_nonnull(cluster);
    ck_assert(folder_make(&folder, "natsight-alerts"));
    snprintf(state, sizeof state, "%s/natsight", folder.path);
    snprintf(file, sizeof file, "%s/alerts-mine.json", state);
    snprintf(env_state, sizeof env_state, "XDG_STATE_HOME=%s", folder.path);
}

static void end(void) {
    chmod(state, 0700);
    folder_remove(&folder);
    servers_end(cluster);
}

/* ---- the program ---- */

static void plain_start(struct command *c) {
    const char *argv[] = {command_natsight(),    "--plain", "--label", "mine", cluster->node[0].http,
                          cluster->node[1].http, NULL};
    ck_assert(command_start(c, argv, (const char *[]){env_state, NULL}));
}

static struct terminal *screen_start(void) {
    const char *arguments[] = {"--label", "mine", cluster->node[0].http, cluster->node[1].http, NULL};
    const char *env[] = {env_state, NULL};
    return shown_open(arguments, &(struct terminal_options){.cols = 120, .rows = 40, .env = env});
}

static void await_output(struct command *c, const char *text) {
    ck_assert_msg(command_wait_output(c, text, KEPT_MS), "not said: %s\n%s%s", text, c->output, c->errors);
}

static void plain_end(struct command *c) {
    ck_assert_int_eq(kill(c->pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(c, SHOWN_MS), 0);
    ck_assert_str_eq(c->errors, "");
}

static void plain_kill(struct command *c) {
    ck_assert_int_eq(kill(c->pid, SIGKILL), 0);
    ck_assert_int_eq(command_finish(c, SHOWN_MS), 128 + SIGKILL);
    command_free(c);
}

/* ---- the file ---- */

/* The alert that n2 is down, in this state; NULL: not yet. A reference to the whole in *document. */
static json_t *down(json_t **document, const char *in_state) {
    size_t i;
    json_t *alert, *found = NULL;
    *document = json_load_file(file, 0, NULL);
    json_array_foreach(json_object_get(*document, "alerts"), i, alert) {
        const char *rule = json_string_value(json_object_get(alert, "rule"));
        const char *its = json_string_value(json_object_get(alert, "state"));
        if (strcmp(rule, "server_down") == 0 && strcmp(its, in_state) == 0)
            found = alert;
    }
    return found;
}

static json_t *await_down(struct command *c, json_t **document, const char *in_state) {
    json_t *found = NULL;
    for (int64_t until = servers_now_ms() + KEPT_MS; found == NULL;) {
        ck_assert_msg(servers_now_ms() < until, "not in the file as %s\n%s", in_state, c->output);
        command_pump(c, 50);
        found = down(document, in_state);
        if (found == NULL)
            json_decref(*document);
    }
    return found;
}

/* That of n2 stands in the file. */
static void await_silence(struct command *c) {
    for (int64_t until = servers_now_ms() + KEPT_MS;;) {
        json_t *document = json_load_file(file, 0, NULL);
        json_t *silence = json_array_get(json_object_get(document, "silences"), 0);
        bool there =
            silence != NULL && strcmp(json_string_value(json_object_get(silence, "name")), "n2") == 0;
        json_decref(document);
        if (there)
            return;
        ck_assert_msg(servers_now_ms() < until, "not silenced\n%s", c->output);
        command_pump(c, 50);
    }
}

static int count_of(const char *text, const char *part) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

/* ---- tests ---- */

/* As somebody acknowledged it before the kill. */
static void acknowledge(json_t *document, json_t *alert) {
    json_object_set_new(alert, "acked", json_string("2026-01-01T00:00:00Z"));
    json_object_set_new(alert, "acked_severity", json_string("critical"));
    json_object_set_new(alert, "acked_by", json_string("ann"));
    ck_assert_int_eq(json_dump_file(document, file, 0), 0);
}

START_TEST(what_was_open_outlives_a_kill) {
    struct command c;
    json_t *document, *alert;
    char first_sign[60];
    plain_start(&c);
    await_output(&c, " ok servers mine 2/2\n");
    servers_kill(cluster, 1);
    await_output(&c, " crit server_down n2 down\n");
    alert = await_down(&c, &document, "open");
    plain_kill(&c);
    snprintf(first_sign, sizeof first_sign, "%s", json_string_value(json_object_get(alert, "first_sign")));
    acknowledge(document, alert);
    json_decref(document);
    plain_start(&c);
    await_output(&c, " warn servers mine 1/2\n");
    ck_assert(servers_restart(cluster, 1, false));
    await_output(&c, " ok server_down n2 up\n"); /* the one before said that it was down */
    alert = await_down(&c, &document, "cleared");
    ck_assert_str_eq(json_string_value(json_object_get(alert, "first_sign")), first_sign);
    ck_assert_str_eq(json_string_value(json_object_get(alert, "acked_by")), "ann");
    ck_assert_int_eq((int)json_integer_value(json_object_get(alert, "times")), 1);
    json_decref(document);
    plain_end(&c);
    ck_assert_msg(count_of(c.output, " crit server_down n2 still open since 2") == 1, "%s", c.output);
    ck_assert_msg(count_of(c.output, ", acked\n") == 1, "%s", c.output);
    ck_assert_msg(count_of(c.output, " crit server_down ") == 1, "%s", c.output); /* not told anew */
    ck_assert_msg(count_of(c.output, " alerts ") == 0, "%s", c.output);
    command_free(&c);
}
END_TEST

static double peak_of(const char *rule) {
    json_t *document = json_load_file(file, 0, NULL), *alert;
    double peak = 0;
    size_t i;
    json_array_foreach(json_object_get(document, "alerts"), i, alert) {
        if (strcmp(json_string_value(json_object_get(alert, "rule")), rule) == 0)
            peak = json_number_value(json_object_get(alert, "peak_size"));
    }
    json_decref(document);
    return peak;
}

static void await_peak(struct command *c, const char *rule, double above) {
    for (int64_t until = servers_now_ms() + PEAK_MS; peak_of(rule) <= above; command_pump(c, 100))
        ck_assert_msg(servers_now_ms() < until, "peak %g of %s is not above %g", peak_of(rule), rule, above);
}

/* What it is about grows with each answer; nothing else changes. */
START_TEST(a_peak_outlives_a_kill_but_for_seconds) {
    char config[700];
    snprintf(config, sizeof config, "%s/rules.conf", folder.path);
    const char *argv[] = {command_natsight(),    "--plain", "--label", "mine", "--config", config,
                          cluster->node[0].http, NULL};
    struct command c;
    FILE *out = fopen(config, "w");
    ck_assert_ptr_nonnull(out);
    fputs("rules = ( {name=\"old\", entity=\"server\", condition=\"uptime * 1\", warn=\"> 0\", "
          "match=\"name = n1\"} );\n",
          out);
    fclose(out);
    ck_assert(command_start(&c, argv, (const char *[]){env_state, NULL}));
    await_output(&c, " warn old n1 ");
    await_peak(&c, "old", 0);
    double first = peak_of("old");
    await_peak(&c, "old", first);
    plain_kill(&c);
    double last = peak_of("old");
    ck_assert(command_start(&c, argv, (const char *[]){env_state, NULL}));
    await_output(&c, " warn old n1 still open since ");
    await_peak(&c, "old", last);
    plain_end(&c);
    command_free(&c);
}
END_TEST

static void pump_for(struct terminal *t, int ms) {
    for (int64_t until = servers_now_ms() + ms; servers_now_ms() < until;)
        terminal_pump(t, 50);
}

/* Nobody was silent: nobody listened. */
START_TEST(who_was_suspended_blames_nobody) {
    const char *argv[] = {command_natsight(),    "--plain", "--label", "mine", cluster->node[0].http,
                          cluster->node[1].http, NULL};
    const char *env[] = {env_state, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.cols = 120, .rows = 40, .env = env});
    ck_assert_ptr_nonnull(t);
    int status;
    shown_wait(t, " ok servers mine 2/2");
    pump_for(t, 3000);
    for (int i = 0; i < 3; i++) {
        ck_assert(terminal_type(t, "\x1a"));
        ck_assert(terminal_wait_stopped(t, SHOWN_MS));
        pump_for(t, 5000);
        ck_assert(terminal_continue(t));
        pump_for(t, 4000);
    }
    ck_assert_int_eq(terminal_find(t, "stale", NULL), -1);
    ck_assert(terminal_signal(t, SIGTERM));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    terminal_close(t);
    ck_assert_int_ne(access(file, F_OK), 0); /* there were none */
}
END_TEST

START_TEST(a_second_one_reads_until_the_first_ends) {
    struct command first;
    char expected[100];
    plain_start(&first);
    await_output(&first, " ok servers mine 2/2\n");
    struct terminal *t = screen_start();
    snprintf(expected, sizeof expected, "what is said here goes to natsight %d: it keeps the alerts",
             (int)first.pid);
    shown_wait(t, expected);
    plain_kill(&first);
    ck_assert(terminal_wait_regex(t, "alerts are kept here from now on: those of mine", KEPT_MS));
    shown_type(t, ":events\r", "alerts .*natsight [0-9]+: it keeps the alerts");
    shown_quit(t);
    ck_assert_int_ne(access(file, F_OK), 0); /* there were none */
}
END_TEST

START_TEST(who_only_reads_has_it_in_the_title) {
    struct terminal *keeper = screen_start();
    shown_wait(keeper, "mine +2/2");
    servers_kill(cluster, 1);
    shown_type(keeper, "7", "^!!>.*server_down .* open");
    struct terminal *t = screen_start();
    shown_wait(t, "alerts are only read here: ");
    shown_type(t, "7", "ALERTS 1 open.* only read");
    shown_wait(t, "^!!>.*server_down .* open");
    shown_type(t, "a", "no ack \\(Esc closes\\).*natsight [0-9]+ keeps the alerts of mine: say it there");
    ck_assert(terminal_type(t, "1 on it")); /* no view, no page */
    shown_type(t, "\r", "1 Overview");
    shown_wait(t, "ALERTS 1 open.* only read");
    shown_quit(t);
    shown_quit(keeper);
}
END_TEST

/* --plain takes no keys: a screen beside it does, and leaves the hooks there. */
START_TEST(beside_one_without_a_screen_it_is_said_here) {
    struct command plain;
    json_t *document, *alert;
    plain_start(&plain);
    await_output(&plain, " ok servers mine 2/2\n");
    servers_kill(cluster, 1);
    await_down(&plain, &document, "open");
    json_decref(document);
    struct terminal *t = screen_start();
    shown_wait(t, "what is said here goes to natsight [0-9]+: it keeps the alerts");
    shown_type(t, "7", "ALERTS 1 open.* kept by natsight [0-9]+");
    shown_wait(t, "^!!>.*server_down .* open");
    shown_type(t, "a", "ack DOWN n2, note:");
    shown_type(t, "on it\r", "acknowledged: ");
    await_output(&plain, " info server_down n2 acked ");
    shown_wait(t, "server_down .* acked");
    shown_type(t, "M", "mute .*for \\(30m, 2h, note\\)");
    shown_type(t, "30m\r", "n2 is silenced until ");
    shown_quit(t);
    await_silence(&plain);
    plain_end(&plain);
    alert = await_down(&plain, &document, "open"); /* as it wrote it */
    ck_assert_str_eq(json_string_value(json_object_get(alert, "note")), "on it");
    json_decref(document);
    command_free(&plain);
}
END_TEST

START_TEST(a_broken_one_is_set_aside) {
    struct command c;
    ck_assert_int_eq(mkdir(state, 0700), 0);
    FILE *out = fopen(file, "w");
    ck_assert_ptr_nonnull(out);
    fputs("{\"natsight_alerts\":1,\"ale", out);
    fclose(out);
    plain_start(&c);
    await_output(&c, " info alerts - alerts-mine.json: line 1: ");
    await_output(&c, "; it was set aside as alerts-mine.json.broken-");
    await_output(&c, " ok servers mine 2/2\n");
    plain_end(&c);
    command_free(&c);
}
END_TEST

START_TEST(where_nothing_can_be_written_alerts_go_on) {
    struct command c;
    ck_assert_int_eq(mkdir(state, 0700), 0);
    ck_assert_int_eq(chmod(state, 0500), 0);
    plain_start(&c);
    await_output(&c, " info alerts - alerts are not kept: ");
    await_output(&c, "/natsight: read-only\n");
    await_output(&c, " ok servers mine 2/2\n");
    servers_kill(cluster, 1);
    await_output(&c, " crit server_down n2 down\n");
    ck_assert_int_eq(chmod(state, 0700), 0); /* tried again */
    await_output(&c, " info alerts - alerts are kept here from now on: those of mine\n");
    json_t *document;
    await_down(&c, &document, "open");
    json_decref(document);
    plain_end(&c);
    ck_assert_int_eq(count_of(c.output, " info alerts - "), 2);
    command_free(&c);
}
END_TEST

static const char *const readers[] = {"\"$1\" snapshot -o - \"$2\"", "\"$1\" check --once \"$2\"; true",
                                      "\"$1\" print server.name -- \"$2\"",
                                      "\"$1\" collect \"$2\" | head -c 20000 | \"$1\" replay --plain -"};

/* Side by side: each watches for some ten seconds. */
START_TEST(who_only_looks_writes_nothing) {
    enum { READERS = sizeof readers / sizeof *readers };
    struct command c[READERS];
    char env[READERS][700];
    for (int i = 0; i < READERS; i++) {
        const char *argv[] = {"sh", "-c", readers[i], "sh", command_natsight(), cluster->node[0].http, NULL};
        snprintf(env[i], sizeof env[i], "XDG_STATE_HOME=%s/%d", folder.path, i);
        ck_assert(command_start(&c[i], argv, (const char *[]){env[i], NULL}));
    }
    for (int i = 0; i < READERS; i++) {
        ck_assert_msg(command_finish(&c[i], 2 * SHOWN_MS) == 0, "%s: %s", readers[i], c[i].errors);
        ck_assert_msg(access(strchr(env[i], '/'), F_OK) < 0, "%s", readers[i]);
        command_free(&c[i]);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("alert file");
    TCase *tc = tcase_create("alert file");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, what_was_open_outlives_a_kill);
    tcase_add_test(tc, a_peak_outlives_a_kill_but_for_seconds);
    tcase_add_test(tc, who_was_suspended_blames_nobody);
    tcase_add_test(tc, a_second_one_reads_until_the_first_ends);
    tcase_add_test(tc, who_only_reads_has_it_in_the_title);
    tcase_add_test(tc, beside_one_without_a_screen_it_is_said_here);
    tcase_add_test(tc, a_broken_one_is_set_aside);
    tcase_add_test(tc, where_nothing_can_be_written_alerts_go_on);
    tcase_add_test(tc, who_only_looks_writes_nothing);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
