/* Line mode: what changes, a line each, wherever it is sent to; and where a screen can't be drawn. */
#include <check.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/harness/command.h"
#include "tests/harness/folder.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/slow.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"

static struct servers *cluster;

static void start(void) {
    cluster = servers_start(&(struct servers_options){.nodes = 2});
    ck_assert_ptr_nonnull(cluster);
}

static void end(void) {
    servers_end(cluster);
}

static int count_of(const char *text, const char *part) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

/* Time, severity, what, object, figure; and nothing that is no text. */
static void expect_lines(char *text) {
    regex_t line;
    ck_assert_int_eq(
        regcomp(&line, "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9] (ok|info|unknown|warn|crit) [a-z_]+ [^ ].* [^ ]+$",
                REG_EXTENDED | REG_NOSUB),
        0);
    for (const char *at = text; *at; at++)
        ck_assert_msg(*at == '\n' || ((unsigned char)*at >= ' ' && *at != 0x7f), "byte %02x in: %s",
                      (unsigned char)*at, text);
    for (char *rest = text, *one; (one = strsep(&rest, "\n")) != NULL && rest != NULL;)
        ck_assert_msg(regexec(&line, one, 0, NULL, 0) == 0, "no line of ours: %s", one);
    regfree(&line);
}

START_TEST(changes_are_lines) {
    const char *argv[] = {command_natsight(), "--plain", cluster->node[0].http, cluster->node[1].http, NULL};
    char watching[250];
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " ok servers test 2/2\n", SHOWN_MS));
    snprintf(watching, sizeof watching, " info watching %s,%s 20", cluster->node[0].http,
             cluster->node[1].http);
    ck_assert_msg(strncmp(c.output + 8, watching, strlen(watching)) == 0, "%s", c.output);
    servers_kill(cluster, 1);
    ck_assert(command_wait_output(&c, " crit server_down n2 down\n", SHOWN_MS));
    ck_assert(command_wait_output(&c, " warn servers test 1/2\n", SHOWN_MS));
    ck_assert(servers_restart(cluster, 1, false));
    ck_assert(command_wait_output(&c, " ok server_down n2 up\n", SHOWN_MS));
    ck_assert_int_eq(kill(c.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&c, SHOWN_MS), 0);
    ck_assert_str_eq(c.errors, "");
    ck_assert_int_eq(count_of(c.output, "server_down"), 2); /* its begin, its end */
    expect_lines(c.output);
    command_free(&c);
}
END_TEST

START_TEST(what_holds_at_the_start_is_told) {
    const char *argv[] = {command_natsight(),    "--plain", "--expect", "3", "--hold-scale", "0",
                          cluster->node[0].http, NULL};
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " warn server_missing test 1\n", SHOWN_MS));
    ck_assert_int_eq(kill(c.pid, SIGINT), 0);
    ck_assert_int_eq(command_finish(&c, SHOWN_MS), 0);
    expect_lines(c.output);
    command_free(&c);
}
END_TEST

START_TEST(who_is_not_monitored_is_not_fine) {
    const char *argv[] = {command_natsight(), "--plain", cluster->node[0].http, NULL};
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " unknown servers test 1/2\n", SHOWN_MS));
    ck_assert_int_eq(kill(c.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&c, SHOWN_MS), 0);
    ck_assert_int_eq(count_of(c.output, " ok servers "), 0);
    expect_lines(c.output);
    command_free(&c);
}
END_TEST

START_TEST(what_was_foretold_ends_in_the_cut) {
    static const struct slow_group group = {
        .name = "reader", .fed_per_s = 500000, .message = 2000, .receive_buffer = 32768, .looks_after_s = 30};
    struct servers *alone =
        servers_start(&(struct servers_options){.nodes = 1, .config = "max_pending: 4MB"});
    ck_assert_ptr_nonnull(alone);
    const char *argv[] = {command_natsight(), "--plain", alone->node[0].http, NULL};
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " ok servers ", SHOWN_MS));
    struct slow *slow = slow_start(alone->node[0].url, &group, 1);
    ck_assert_ptr_nonnull(slow);
    ck_assert(command_wait_output(&c, " ended: it was cut\n", 4 * SHOWN_MS));
    ck_assert_int_eq(kill(c.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&c, SHOWN_MS), 0);
    ck_assert_msg(strstr(c.output, " crit cut_foreseen n1/") != NULL, "%s", c.output);
    ck_assert_msg(!strstr(c.output, " ok cut_"), "%s", c.output);
    expect_lines(c.output);
    command_free(&c);
    slow_end(slow);
    servers_end(alone);
}
END_TEST

/* One message is more than may wait, so all are cut within a moment. */
START_TEST(many_cut_at_once_are_one_line) {
    static const struct slow_group group = {
        .name = "reader-%d", .clients = 29, .fed_bytes = 400000, .message = 65536, .looks_after_s = 1};
    struct servers *alone = servers_start(&(struct servers_options){
        .nodes = 1, .config = "max_payload: 64KB\nmax_pending: 64KB\nwrite_deadline: \"1s\""});
    ck_assert_ptr_nonnull(alone);
    const char *argv[] = {command_natsight(), "--plain", alone->node[0].http, NULL};
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " ok servers ", SHOWN_MS));
    struct slow *slow = slow_start(alone->node[0].url, &group, 1);
    ck_assert_ptr_nonnull(slow);
    ck_assert(command_wait_output(&c, " crit clients_cut_at_once n1 ", SHOWN_MS));
    ck_assert(slow_wait(slow, SHOWN_MS));
    servers_kill(alone,
                 0); /* by the time that this is told the cuts are old enough to be alerts of their own */
    ck_assert(command_wait_output(&c, " crit server_down n1 down\n", SHOWN_MS));
    ck_assert_int_eq(kill(c.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&c, SHOWN_MS), 0);
    ck_assert_int_le(count_of(c.output, " clients_cut_at_once "), 3); /* once more when it is twice as many */
    ck_assert_msg(!strstr(c.output, " client_cut ") && !strstr(c.output, " client_cut_often ") &&
                      !strstr(c.output, " clients_cut_many ") && !strstr(c.output, " ok clients_cut"),
                  "%s", c.output);
    expect_lines(c.output);
    command_free(&c);
    slow_end(slow);
    servers_end(alone);
}
END_TEST

static void write_config(const char *path, const char *label, int expect, const char *more) {
    text_file_write(path,
                    "clusters = ( { name = \"mine\"; label = \"%s\"; urls = [\"%s\"]; expect = %d; } );\n%s",
                    label, cluster->node[1].http, expect, more);
}

START_TEST(a_new_configuration_is_taken) {
    struct folder folder;
    char path[600];
    ck_assert(folder_make(&folder, "plain"));
    snprintf(path, sizeof path, "%s/natsight.conf", folder.path);
    write_config(path, "first", 2, "");
    const char *argv[] = {command_natsight(), "--plain", "--config", path, NULL};
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " servers first ", SHOWN_MS));
    write_config(path, "second", 2, "unit = 1;\n");
    ck_assert_int_eq(kill(c.pid, SIGUSR1), 0);
    ck_assert(command_wait_output(&c, " warn reload - not reloaded: ", SHOWN_MS));
    write_config(path, "second", 4, "cadences = { varz = \"500ms\"; };\nlimits = { max_rate = 500; };\n");
    ck_assert_int_eq(kill(c.pid, SIGUSR1), 0);
    ck_assert(command_wait_output(&c,
                                  " info reload - configuration reloaded; the servers are asked anew; "
                                  "limits.max_rate: at the next start\n",
                                  SHOWN_MS));
    ck_assert(command_wait_output(&c, " warn servers second ", SHOWN_MS));
    ck_assert(command_wait_output(&c, "/4\n", SHOWN_MS));
    ck_assert_int_eq(kill(c.pid, SIGTERM), 0);
    ck_assert_int_eq(command_finish(&c, SHOWN_MS), 0);
    ck_assert_int_eq(count_of(c.output, " info watching "), 2);
    expect_lines(c.output);
    command_free(&c);
    folder_remove(&folder);
}
END_TEST

/* $1 is the program, $2 the URL. */
static void run(struct command *c, const char *script, const char *const *env) {
    const char *argv[] = {"sh", "-c", script, "sh", command_natsight(), cluster->node[0].http, NULL};
    ck_assert_int_eq(command_run(c, argv, env, SHOWN_MS), 0);
}

/* Also when there is nothing to say, so that no write would fail. */
START_TEST(it_ends_with_its_reader) {
    struct command c;
    run(&c, "{ \"$1\" --plain \"$2\"; echo \"code $?\" >&2; } | head -n 1", NULL);
    ck_assert_int_eq(count_of(c.output, "\n"), 1);
    ck_assert_str_eq(c.errors, "code 1\n");
    command_free(&c);
}
END_TEST

START_TEST(what_can_not_be_written_is_told) {
    static const char *const scripts[] = {"\"$1\" --plain \"$2\" >/dev/full; echo \"code $?\" >&2",
                                          "\"$1\" --plain \"$2\" >&-; echo \"code $?\" >&2"};
    struct command c;
    run(&c, scripts[_i], NULL);
    ck_assert_int_eq(count_of(c.errors, "natsight: standard output can't be written: "), 1);
    ck_assert_msg(strstr(c.errors, "\ncode 1\n") != NULL, "%s", c.errors);
    ck_assert_int_eq(count_of(c.errors, "\n"), 2);
    command_free(&c);
}
END_TEST

START_TEST(a_stream_is_told_in_lines) {
    struct command c;
    run(&c, "\"$1\" collect --interval 100ms \"$2\" | head -c 30000 | \"$1\" replay --plain -", NULL);
    ck_assert_msg(strstr(c.output, " info watching standard input 20") != NULL, "%s", c.output);
    ck_assert_msg(strstr(c.output, " servers test ") != NULL, "%s", c.output);
    expect_lines(c.output);
    command_free(&c);
}
END_TEST

START_TEST(a_locale_without_more_gets_ascii) {
    static const char *const env[] = {"LC_ALL=C", NULL};
    struct command c;
    run(&c, "\"$1\" --plain --label 'B\xc3\xbc\x63her\033[31m' \"$2\" | head -n 2", env);
    ck_assert_msg(strstr(c.output, " servers B?cher?[31m ") != NULL, "%s", c.output);
    expect_lines(c.output);
    command_free(&c);
}
END_TEST

/* ---- in a terminal ---- */

static const struct way {
    const char *env;
    const char *option;
} ways[] = {{"TERM=dumb", NULL}, {"TERM", NULL}, {"TERM=", NULL}, {"TERM=xterm-256color", "--plain"}};

START_TEST(terminals_without_a_cursor_get_lines) {
    const char *arguments[] = {cluster->node[0].http, ways[_i].option, NULL};
    struct terminal *t = shown_open(
        arguments, &(struct terminal_options){.cols = 120, .env = (const char *[]){ways[_i].env, NULL}});
    size_t size;
    int status;
    shown_wait(t, " info watching http");
    if (!ways[_i].option)
        shown_wait(t, "info terminal - .*lines instead");
    shown_wait(t, " servers test [12]/2");
    ck_assert(terminal_type(t, "q\x03")); /* the line is as it was: q is no key, Ctrl-C a signal */
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert(terminal_restored(t));
    const char *output = terminal_output(t, &size);
    ck_assert_ptr_null(memchr(output, '\033', size));
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("plain");
    TCase *tc = tcase_create("changes"), *changes = tc; /* it kills a server */
    tcase_set_timeout(tc, 90);
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, changes_are_lines);
    tc = tcase_create("plain");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, start, end);
    tcase_add_test(tc, what_holds_at_the_start_is_told);
    tcase_add_test(tc, who_is_not_monitored_is_not_fine);
    tcase_add_test(tc, many_cut_at_once_are_one_line);
    tcase_add_test(tc, what_was_foretold_ends_in_the_cut);
    tcase_add_test(tc, a_new_configuration_is_taken);
    tcase_add_test(tc, it_ends_with_its_reader);
    tcase_add_loop_test(tc, what_can_not_be_written_is_told, 0, 2);
    tcase_add_test(tc, a_stream_is_told_in_lines);
    tcase_add_test(tc, a_locale_without_more_gets_ascii);
    tcase_add_loop_test(tc, terminals_without_a_cursor_get_lines, 0, sizeof ways / sizeof *ways);
    suite_add_tcase(suite, changes);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
