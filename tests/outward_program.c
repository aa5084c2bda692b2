/* A program of somebody else: what it gets, what is said of its end, what is left of it. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "outward/program.h"
#include "tests/harness/suite.h"
#include "tests/outward/scripts.h"

#define LONG_NS (60 * NS_PER_S)

static const char *const usual[] = {"PATH=/usr/bin:/bin", NULL};
static bool ended;
static char fault[PROGRAM_FAULT_SIZE];

static void on_end(void *data, const char *text) {
    (void)data;
    ended = true;
    snprintf(fault, sizeof fault, "%s", text != NULL ? text : "");
}

static struct program *begin(const char *path, const char *const *environment, const char *input,
                             int64_t limit_ns) {
    const char *words[] = {path, "one word", "*", NULL};
    struct program_start start = {words, environment, input, limit_ns};
    ended = false;
    struct program *program = program_start(scripts_loop(), &start, on_end, NULL);
    ck_assert_ptr_nonnull(program);
    return program;
}

static bool has_ended(const void *nothing) {
    (void)nothing;
    return ended;
}

static const char *run(const char *path, int64_t limit_ns) {
    begin(path, usual, "{}\n", limit_ns);
    scripts_turn_until(has_ended, NULL);
    return fault;
}

/* 32 and 33 are libc's own, which nobody can set; make leaves them ignored. */
static unsigned long long ignored(const char *status) {
    const char *line = strstr(status, "SigIgn:");
    ck_assert_ptr_nonnull(line);
    return strtoull(line + 7, NULL, 16) & ~(1ull << 31 | 1ull << 32);
}

START_TEST(it_gets_words_input_and_environment) {
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "NATSIGHT_TEXT=$(false) `x` \\", NULL};
    const char *path = script("a", "for word in \"$@\"; do echo \"[$word]\"; done >%s/words\n"
                                   "cat >%s/input; env >%s/env; ls /proc/self/fd | wc -l >%s/fds\n"
                                   "grep -E 'SigIgn|SigBlk' /proc/self/status >%s/signals");
    signal(SIGPIPE, SIG_IGN);
    begin(path, environment, "first\nsecond\n", LONG_NS);
    scripts_turn_until(has_ended, NULL);
    ck_assert_str_eq(fault, "");
    ck_assert_str_eq(scripts_text("input"), "first\nsecond\n");
    ck_assert_str_eq(scripts_text("words"), "[one word]\n[*]\n");
    ck_assert_ptr_nonnull(strstr(scripts_text("env"), "NATSIGHT_TEXT=$(false) `x` \\\n"));
    ck_assert_ptr_null(strstr(scripts_text("env"), "HOME="));
    ck_assert_str_eq(scripts_text("fds"), "4\n"); /* three, and the folder that ls reads */
    ck_assert_uint_eq(ignored(scripts_text("signals")), 0);
    ck_assert_ptr_nonnull(strstr(scripts_text("signals"), "SigBlk:\t0000000000000000"));
    signal(SIGPIPE, SIG_DFL);
}
END_TEST

static const struct end {
    const char *text, *says;
} ends[] = {
    {"exit 0", ""},
    {"echo fine", ""},
    {"echo first; echo last >&2; exit 3", "ended with code 3: last"},
    {"exit 3", "ended with code 3"},
    {"printf 'a\\033[31mb\\n\\n'; exit 1", "ended with code 1: a\xef\xbf\xbd[31mb"},
    {"echo oh; kill -SEGV $$", "died of signal 11 (Segmentation fault): oh"},
    {"exec >&- 2>&-; exit 4", "ended with code 4"},
    {"exec /nowhere/at/all", "ended with code 127"},
    {"head -c 3000 /dev/zero | tr '\\0' x; exit 1", "ended with code 1: xxxx"},
};

START_TEST(its_end_is_said) {
    run(script("a", ends[_i].text), LONG_NS);
    ck_assert_msg(strncmp(fault, ends[_i].says, strlen(ends[_i].says)) == 0 &&
                      (ends[_i].says[0] != '\0' || fault[0] == '\0'),
                  "%s: %s", ends[_i].text, fault);
}
END_TEST

START_TEST(one_that_is_not_there_is_said) {
    ck_assert_str_eq(run(scripts_path("none"), LONG_NS), "can't be run: there is no such program");
    ck_assert_str_eq(run("natsight-has-no-such-program", LONG_NS), "can't be run: there is no such program");
    chmod(script("text", "exit 0"), 0644);
    ck_assert_str_eq(run(scripts_path("text"), LONG_NS), "can't be run: Permission denied");
    ck_assert_str_eq(run(scripts_path("."), LONG_NS), "can't be run: Permission denied");
}
END_TEST

START_TEST(one_that_hangs_is_ended_with_all_of_its_group) {
    const char *path = script("a", "trap '' TERM\nsleep 1000 & echo $! >%s/child; echo $$ >%s/self\n"
                                   "while :; do sleep 1000; done");
    ck_assert_str_eq(run(path, NS_PER_S), "did not end within 1.0s and was ended");
    scripts_wait_gone("self");
    scripts_wait_gone("child");
}
END_TEST

START_TEST(one_that_stopped_itself_is_ended) {
    ck_assert_str_eq(run(script("a", "kill -STOP $$"), NS_PER_S / 5),
                     "did not end within 200ms and was ended");
}
END_TEST

START_TEST(what_it_leaves_in_its_group_has_the_rest_of_its_time) {
    ck_assert_str_eq(run(script("a", "(sleep 0.2; echo late >%s/late) &"), LONG_NS), "");
    ck_assert_str_eq(scripts_text("late"), "late\n");
    ck_assert_str_eq(run(script("b", "sleep 1000 >/dev/null 2>&1 & echo $! >%s/child"), NS_PER_S / 2),
                     "left something running, which was ended after 500ms");
    scripts_wait_gone("child");
    ck_assert_str_eq(run(script("c", "sleep 1000 & echo $! >%s/child; exit 1"), LONG_NS),
                     "ended with code 1");
    scripts_wait_gone("child");
}
END_TEST

START_TEST(what_left_its_group_is_not_waited_for) {
    const char *path = script("a", "setsid sh -c 'echo $$ >%s/child; exec sleep 1000' &\n"
                                   "while [ ! -s %s/child ]; do sleep 0.01; done");
    ck_assert_str_eq(run(path, LONG_NS), "");
    pid_t child = (pid_t)atoi(scripts_text("child"));
    ck_assert_int_gt(child, 1);
    ck_assert_int_eq(kill(child, SIGKILL), 0); /* it lived */
}
END_TEST

START_TEST(output_without_end_costs_nothing) {
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    ck_assert_str_eq(run(script("a", "yes | head -c 3M; exit 7"), LONG_NS), "ended with code 7: y");
    ck_assert_str_eq(run(script("b", "yes | head -c 1G"), NS_PER_S),
                     "did not end within 1.0s and was ended: y");
    getrusage(RUSAGE_SELF, &after);
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 4096);
    printf("figure: a program that prints without end for 1 s: %ld ms CPU of ours\n",
           (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) *
                   1000 +
               (after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec -
                before.ru_stime.tv_usec) /
                   1000);
}
END_TEST

START_TEST(input_that_nobody_reads_is_no_fault) {
    static char input[200000];
    memset(input, 'x', sizeof input - 1);
    begin(script("a", "exec <&-; exit 0"), usual, input, LONG_NS);
    scripts_turn_until(has_ended, NULL);
    ck_assert_str_eq(fault, "");
    begin(script("b", "wc -c >%s/size"), usual, input, LONG_NS);
    scripts_turn_until(has_ended, NULL);
    ck_assert_int_eq(atoi(scripts_text("size")), 199999);
}
END_TEST

START_TEST(what_is_forgotten_is_killed) {
    struct program *program = begin(
        script("a", "trap '' TERM; echo $$ >%s/self; while :; do sleep 1000; done"), usual, "", LONG_NS);
    scripts_wait_lines("self", 1);
    ck_assert(!program_wait(program, 10));
    program_destroy(program);
    scripts_wait_gone("self");
    ck_assert(!ended);
}
END_TEST

/* Nobody is left who could end it; it does not die at once either: what it tells may be on its way. */
START_TEST(one_whose_natsight_is_killed_ends_by_its_limit) {
    const char *path = script("a", "trap '' TERM HUP; echo $$ >%s/self\nsleep 0.5; echo told >%s/told\n"
                                   "while :; do sleep 0.1; done");
    pid_t pid = fork();
    if (pid == 0) {
        begin(path, usual, "", NS_PER_S);
        kill(getpid(), SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    scripts_wait_text("told", "told\n");
    scripts_wait_gone("self");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("program");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, scripts_begin, scripts_end);
    tcase_add_test(tc, it_gets_words_input_and_environment);
    tcase_add_loop_test(tc, its_end_is_said, 0, sizeof ends / sizeof *ends);
    tcase_add_test(tc, one_that_is_not_there_is_said);
    tcase_add_test(tc, one_that_hangs_is_ended_with_all_of_its_group);
    tcase_add_test(tc, one_that_stopped_itself_is_ended);
    tcase_add_test(tc, what_it_leaves_in_its_group_has_the_rest_of_its_time);
    tcase_add_test(tc, what_left_its_group_is_not_waited_for);
    tcase_add_test(tc, output_without_end_costs_nothing);
    tcase_add_test(tc, input_that_nobody_reads_is_no_fault);
    tcase_add_test(tc, what_is_forgotten_is_killed);
    tcase_add_test(tc, one_whose_natsight_is_killed_ends_by_its_limit);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
