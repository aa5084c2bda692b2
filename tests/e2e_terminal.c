/* The terminal is left as it was found, whatever ends or stops the program, and gets what it can show. */
#include <check.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/harness/quiet.h"

/* ---- ways out ---- */

START_TEST(q_leaves_the_last_picture) {
    struct terminal *t = quiet_open_size(24, 80);
    shown_wait(t, "ORDERS / billing");
    ck_assert(terminal_alternate(t));
    int status;
    ck_assert(terminal_type(t, "q"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(terminal_restored(t));
    ck_assert_int_ge(terminal_find(t, "ORDERS / billing", NULL), 0);
    ck_assert_int_ge(terminal_find(t, "NODES 3", NULL), 0);
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
}
END_TEST

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS};

START_TEST(signals_leave_the_terminal_as_it_was) {
    struct terminal *t = quiet_open_size(24, 80);
    int status;
    shown_wait(t, "\\. n3 ");
    ck_assert(terminal_signal(t, deadly[_i]));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert_msg(terminal_restored(t), "signal %d", deadly[_i]);
    if (WIFSIGNALED(status))
        ck_assert_int_eq(WTERMSIG(status), deadly[_i]);
    ck_assert_msg(shown_nothing_left(t), "signal %d leaves processes", deadly[_i]);
    terminal_close(t);
}
END_TEST

START_TEST(control_c_quits) {
    struct terminal *t = quiet_open_size(24, 80);
    int status;
    shown_wait(t, "\\. n3 ");
    shown_type(t, "/n", "/n");
    ck_assert(terminal_type(t, "\x03")); /* the prompt first */
    shown_wait_gone(t, "/n");
    ck_assert(terminal_type(t, "\x03"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert(terminal_restored(t));
    terminal_close(t);
}
END_TEST

START_TEST(a_lost_line_or_a_kill_leaves_nothing_running) {
    struct terminal *t = quiet_open_size(24, 80);
    int status;
    shown_wait(t, "\\. n3 ");
    ck_assert_int_ge(terminal_processes(t), 2);
    if (_i == 0)
        terminal_hangup(t);
    else
        ck_assert(terminal_signal(t, SIGKILL));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
}
END_TEST
START_TEST(suspended_and_back) {
    struct terminal *t = quiet_open_size(24, 80);
    shown_wait(t, "\\. n3 ");
    ck_assert(terminal_alternate(t));
    for (int i = 0; i < 2; i++) {
        ck_assert(terminal_type(t, "\x1a"));
        ck_assert(terminal_wait_stopped(t, SHOWN_MS));
        ck_assert(terminal_restored(t));
        terminal_resize(t, 40, 120);
        ck_assert(terminal_continue(t));
        shown_wait(t, "2026|20[0-9][0-9]-"); /* there is room for the date now */
        shown_wait(t, "^.PENDING");
        ck_assert(terminal_alternate(t));
        shown_type(t, "2", " reader-3 ");
        shown_type(t, "1", "^.NODES 3");
    }
    shown_quit(t);
}
END_TEST

/* ---- terminals ---- */

START_TEST(no_color) {
    static const struct {
        const char *term, *env;
        bool color;
    } cases[] = {{"xterm-256color", NULL, true}, {"xterm-256color", "NO_COLOR=1", false},
                 {"vt100", NULL, false},         {"xterm", NULL, true},
                 {"never-heard-of", NULL, true}, {"linux", "NO_COLOR=1", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *env[] = {cases[i].env, NULL};
        struct terminal *t =
            quiet_open(&(struct terminal_options){.rows = 24, .cols = 80, .term = cases[i].term, .env = env},
                       (const char *[]){"--label", "prod", "--label-color", "red", NULL});
        shown_wait(t, "\\. n3 ");
        shown_wait(t, "prod");
        shown_type(t, "2", " reader-3 ");
        bool color = shown_has_color(t);
        if (strcmp(cases[i].term, "never-heard-of") != 0)
            ck_assert_msg(color == cases[i].color, "%s %s", cases[i].term, cases[i].env ? cases[i].env : "");
        shown_quit(t);
    }
}
END_TEST

START_TEST(ascii_where_the_locale_has_no_more) {
    static const char *const envs[][3] = {{"LC_ALL=C", "LANG=C", NULL}, {"LC_ALL", "LANG=POSIX", NULL}};
    struct natsc *foreign =
        natsc_connect(quiet_cluster()->node[2].url,
                      &(struct natsc_options){.name = "B\xc3\xbc\x63her-\xe6\x97\xa5\xe6\x9c\xac"}, SHOWN_MS);
    ck_assert_ptr_nonnull(foreign);
    for (size_t i = 0; i < 2; i++) {
        struct terminal *t =
            quiet_open(&(struct terminal_options){.rows = 40, .cols = 120, .env = envs[i]}, NULL);
        shown_wait(t, "\\. n3 ");
        shown_wait(t, "ORDERS / billing");
        shown_type(t, "2", "B.*cher-");
        shown_type(t, "3", "> JetStream");
        shown_type(t, "?", "Everywhere");
        ck_assert_msg(!shown_has_byte_above(t, 126), "a byte above 126 with %s", envs[i][0]);
        shown_type(t, "\033", "> JetStream");
        shown_quit(t);
    }
    struct terminal *t = quiet_open(&(struct terminal_options){.rows = 40, .cols = 120}, NULL);
    shown_type(t, "2", "B\xc3\xbc\x63her-\xe6\x97\xa5\xe6\x9c\xac");
    shown_quit(t);
    natsc_close(foreign);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("terminal");
    TCase *tc = tcase_create("terminal");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, quiet_start, quiet_end);
    tcase_add_test(tc, suspended_and_back);
    tcase_add_test(tc, q_leaves_the_last_picture);
    tcase_add_loop_test(tc, signals_leave_the_terminal_as_it_was, 0, sizeof deadly / sizeof *deadly);
    tcase_add_test(tc, control_c_quits);
    tcase_add_loop_test(tc, a_lost_line_or_a_kill_leaves_nothing_running, 0, 2);
    tcase_add_test(tc, no_color);
    tcase_add_test(tc, ascii_where_the_locale_has_no_more);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
