/* `natsight collect` on its own, as in cron, in a pipe, under ssh: standard input is nobody's business, and
 * it ends well when nobody reads any more. */
#include "tests/harness/command.h"
#include "tests/harness/hostile.h"
#include "tests/harness/suite.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_MS = 30000 };

static struct hostile *server;

static void start(void) {
    const struct hostile_rule rule = {"/connz", HOSTILE_LARGE, 0, NULL, 0, 1 << 20};
    server = hostile_start("127.0.0.1", 0, "one", &rule, 1); /* there is something to read */
    ck_assert_ptr_nonnull(server);
}

static void end(void) {
    hostile_end(server);
}

/* The shell's words: $1 is the program, $2 the URL. */
static void run(struct command *c, const char *script, int code) {
    const char *argv[] = {"sh", "-c", script, "sh", command_natsight(), hostile_url(server), NULL};
    ck_assert_int_eq(command_run(c, argv, NULL, DEADLINE_MS), code);
}

static const char *const inputs[] = {"<&-", "</dev/null", ""};

/* head takes its bytes and goes: the next write ends the collector, with 0 and without a word. */
START_TEST(its_reader_goes) {
    struct command c;
    char script[300];
    snprintf(
        script, sizeof script,
        "{ \"$1\" collect http --interval 100ms \"$2\" %s; echo \"code $?\" >&2; } | head -c 100000 | wc -c",
        inputs[_i]);
    run(&c, script, 0);
    ck_assert_int_eq(atoi(c.output), 100000);
    ck_assert_str_eq(c.errors, "code 0\n");
    command_free(&c);
}
END_TEST

/* No input does not end it; SIGTERM does. */
START_TEST(it_is_told_to_end) {
    struct command c;
    char script[300];
    snprintf(script, sizeof script, "exec \"$1\" collect http --interval 100ms \"$2\" %s", inputs[_i]);
    const char *argv[] = {"sh", "-c", script, "sh", command_natsight(), hostile_url(server), NULL};
    ck_assert(command_start(&c, argv, NULL));
    if (inputs[_i][0] == '\0')
        command_close_input(&c); /* a pipe that ends */
    for (int i = 0; i < 2000 && (hostile_requests(server, "/varz") < 5 || c.output_size < 1000); i++)
        command_pump(&c, 20);
    ck_assert_int_ge(hostile_requests(server, "/varz"), 5);
    ck_assert_int_eq(memcmp(c.output, "NsF1", 4), 0);
    kill(c.pid, SIGTERM);
    ck_assert_int_eq(command_finish(&c, DEADLINE_MS), 0);
    ck_assert_str_eq(c.errors, "");
    command_free(&c);
}
END_TEST

START_TEST(closed_output_is_said) {
    struct command c;
    run(&c, "exec \"$1\" collect http \"$2\" >&-", 64);
    ck_assert_str_eq(c.errors,
                     "natsight: collect: standard output is closed; write it to a file or a pipe\n");
    ck_assert_int_eq(hostile_requests(server, "*"), 0);
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collect");
    TCase *tc = tcase_create("collect");
    tcase_add_checked_fixture(tc, start, end);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, its_reader_goes, 0, sizeof inputs / sizeof *inputs);
    tcase_add_loop_test(tc, it_is_told_to_end, 0, sizeof inputs / sizeof *inputs);
    tcase_add_test(tc, closed_output_is_said);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
