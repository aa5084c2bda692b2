/* The terminal is left as it was found, whatever ends or stops the program; and a crash says where. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/quiet.h"
#include "tests/harness/suite.h"

static struct folder folder;
static char state[600], state_env[700], temporary_env[700], home_env[700];

static void start(void) {
    quiet_start();
    ck_assert(folder_make(&folder, "natsight-leave"));
    snprintf(state, sizeof state, "%s/state", folder.path);
    snprintf(state_env, sizeof state_env, "XDG_STATE_HOME=%s", state);
    snprintf(home_env, sizeof home_env, "HOME=%s", folder.path);
    snprintf(temporary_env, sizeof temporary_env, "TMPDIR=%s", folder.path);
}

static void end(void) {
    folder_remove(&folder);
    quiet_end();
}

static struct terminal *open_in(const char *first, const char *second) {
    const char *env[] = {first, second, NULL};
    struct terminal *t = quiet_open(&(struct terminal_options){.rows = 24, .cols = 80, .env = env}, NULL);
    shown_wait(t, "\\. n3 ");
    ck_assert(terminal_alternate(t));
    return t;
}

/* ---- ways out ---- */

enum { REAL_TIME_FIRST = 34, REAL_TIME_LAST = 64 }; /* SIGRTMIN and SIGRTMAX, which are no constants */

/* What the last terminal row with something on it has to hold, is `last`. All leave the line, the screen, the
 * cursor and each mode as they were, and no process. */
static const struct way {
    int signal;
    const char *typed;
    int exit; /* code, or the signal that it dies of */
    bool picture;
    const char *last;
} ways[] = {
    {0, "q", 0, true, NULL},
    {0, ":quit\r", 0, true, NULL},
    {0, "\x03", 0, true, NULL},
    {0, "/n\x03\x03", 0, true, NULL}, /* the prompt first */
    {SIGINT, NULL, 0, true, NULL},
    {SIGTERM, NULL, 0, true, NULL},
    {SIGHUP, NULL, 0, true, NULL},
    {SIGQUIT, NULL, 0, true, NULL},
    {SIGUSR2, NULL, SIGUSR2, true, NULL},
    {SIGALRM, NULL, SIGALRM, true, NULL},
    {SIGVTALRM, NULL, SIGVTALRM, true, NULL},
    {SIGPROF, NULL, SIGPROF, true, NULL},
    {SIGXCPU, NULL, SIGXCPU, true, NULL},
    {SIGXFSZ, NULL, SIGXFSZ, true, NULL},
    {SIGIO, NULL, SIGIO, true, NULL},
    {SIGPWR, NULL, SIGPWR, true, NULL},
    {SIGSTKFLT, NULL, SIGSTKFLT, true, NULL},
    {REAL_TIME_FIRST, NULL, REAL_TIME_FIRST, true, NULL},
    {REAL_TIME_LAST, NULL, REAL_TIME_LAST, true, NULL},
    {SIGSEGV, NULL, SIGSEGV, false, "natsight crashed (SIGSEGV): "},
    {SIGBUS, NULL, SIGBUS, false, "natsight crashed (SIGBUS): "},
    {SIGFPE, NULL, SIGFPE, false, "natsight crashed (SIGFPE): "},
    {SIGILL, NULL, SIGILL, false, "natsight crashed (SIGILL): "},
    {SIGABRT, NULL, SIGABRT, false, "natsight crashed (SIGABRT): "},
    {SIGTRAP, NULL, SIGTRAP, false, "natsight crashed (SIGTRAP): "},
    {SIGSYS, NULL, SIGSYS, false, "natsight crashed (SIGSYS): "},
};

static int end_of(int status) {
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

/* Of a crash; nor a lock that nobody has. */
static void expect_no_note(void) {
    char path[700];
    snprintf(path, sizeof path, "%s/natsight", state);
    DIR *dir = opendir(path);
    ck_assert_msg(dir != NULL, "%s is not there", path);
    for (const struct dirent *one; (one = readdir(dir)) != NULL;)
        ck_assert_msg(strncmp(one->d_name, "crash-", 6) != 0 && strstr(one->d_name, ".lock") == NULL, "%s",
                      one->d_name);
    closedir(dir);
}

START_TEST(ways_out_leave_the_terminal_as_it_was) {
    const struct way *way = &ways[_i];
    struct terminal *t = open_in(state_env, NULL);
    int status;
    shown_wait(t, "ORDERS / billing");
    ck_assert(way->typed ? terminal_type(t, way->typed) : terminal_signal(t, way->signal));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert_msg(terminal_restored(t), "way %d", _i);
    ck_assert_int_eq(WIFSIGNALED(status), way->exit != 0);
    ck_assert_int_eq(end_of(status), way->exit);
    ck_assert_int_eq(terminal_find(t, "NODES 3", NULL) >= 0, way->picture);
    if (way->last)
        ck_assert_int_ge(terminal_find(t, way->last, NULL), 0);
    else
        expect_no_note();
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
    folder_remove_path(state);
}
END_TEST

/* Of what lay over the view nothing stays, nor of what was being typed: keys that do nothing any more. */
START_TEST(what_stays_behind_is_the_view) {
    static const char *const over[][2] = {
        {":hel", ":hel"}, {"?", "KEYS in"}, {"m", "-VIEWS "}, {"o", "SORT BY"}, {"\x1bOQ", "-SETTINGS "}};
    struct terminal *t = open_in(state_env, NULL);
    int status;
    shown_wait(t, "ORDERS / billing");
    shown_type(t, over[_i][0], over[_i][1]);
    ck_assert(terminal_signal(t, SIGTERM));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert_int_ge(terminal_find(t, "NODES 3", NULL), 0);
    ck_assert_int_lt(terminal_find(t, over[_i][1], NULL), 0);
    ck_assert_int_lt(terminal_find(t, "help", NULL), 0);
    terminal_close(t);
}
END_TEST

START_TEST(a_lost_line_or_a_kill_leaves_nothing_running) {
    struct terminal *t = open_in(state_env, NULL);
    int status;
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
    struct terminal *t = open_in(state_env, NULL);
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

/* Stopped by somebody else, and by nobody asked. */
START_TEST(stopped_and_continued) {
    struct terminal *t = open_in(state_env, NULL);
    for (int shell = 0; shell < 2; shell++) {
        ck_assert(terminal_signal(t, SIGSTOP));
        ck_assert(terminal_wait_stopped(t, SHOWN_MS));
        if (shell)
            terminal_take_back(t);
        ck_assert(terminal_continue(t));
        shown_type(t, "2", " reader-3 ");
        shown_type(t, "1", "^.NODES 3");
    }
    shown_quit(t);
}
END_TEST

/* ---- notes ---- */

/* Into `text`; the one file of a crash in that folder. */
static void read_note(const char *path, char *text, size_t size) {
    char name[1200] = "";
    DIR *dir = opendir(path);
    ck_assert_msg(dir != NULL, "%s is not there", path);
    for (const struct dirent *one; (one = readdir(dir)) != NULL;)
        if (strncmp(one->d_name, "crash-", 6) == 0)
            snprintf(name, sizeof name, "%s/%.200s", path, one->d_name);
    closedir(dir);
    FILE *in = fopen(name, "re");
    ck_assert_msg(in != NULL, "no note in %s", path);
    text[fread(text, 1, size - 1, in)] = '\0';
    fclose(in);
    struct stat status;
    ck_assert_int_eq(stat(name, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    unlink(name);
}

START_TEST(a_crash_says_where) {
    const struct {
        const char *state, *other, *folder;
    } cases[] = {{state_env, NULL, "state/natsight"},
                 {"XDG_STATE_HOME=no/path", home_env, ".local/state/natsight"},
                 {"XDG_STATE_HOME=/dev/null", temporary_env, "."}};
    char path[900], note[8192];
    struct terminal *t = open_in(cases[_i].state, cases[_i].other);
    terminal_resize(t, 24, 200); /* the name on one row */
    ck_assert(terminal_signal(t, SIGSEGV));
    ck_assert(terminal_wait_exit(t, NULL, SHOWN_MS));
    snprintf(path, sizeof path, "%s/%s", folder.path, cases[_i].folder);
    read_note(path, note, sizeof note);
    ck_assert_msg(strncmp(note, "natsight 0.", 11) == 0, "%s", note);
    ck_assert_msg(strstr(note, "\nSIGSEGV, code ") != NULL, "%s", note);
    ck_assert_msg(strstr(note, " UTC\n") != NULL && strstr(note, "natsight(+0x") != NULL, "%s", note);
    ck_assert_int_ge(terminal_find(t, "crash-20", NULL), 0);
    terminal_close(t);
    folder_remove_path(state);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("leave");
    TCase *tc = tcase_create("leave");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, start, end);
    tcase_add_loop_test(tc, ways_out_leave_the_terminal_as_it_was, 0, sizeof ways / sizeof *ways);
    tcase_add_loop_test(tc, what_stays_behind_is_the_view, 0, 5);
    tcase_add_loop_test(tc, a_lost_line_or_a_kill_leaves_nothing_running, 0, 2);
    tcase_add_test(tc, suspended_and_back);
    tcase_add_test(tc, stopped_and_continued);
    tcase_add_loop_test(tc, a_crash_says_where, 0, 3);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
