/* Errands: what a fork answers, and what becomes of one that does not. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "outward/errand.h"
#include "tests/harness/suite.h"

enum {
    WAIT_MS = 20000,
    LIMIT_MS = 15000,
    SHORT_MS = 100,
    MUCH = 5 << 20,
    WORK_MS = 1000,
    WORK_LIMIT_MS = 2000
};

static struct loop *loop;
static struct errand *errand;
static struct {
    int times, fd;
    char failure[100];
    struct buffer answer;
} end;

static void done(void *data, const char *failure, struct buffer *answer, int fd) {
    ck_assert_ptr_eq(data, &end);
    end.times++;
    end.fd = fd;
    end.failure[0] = '\0';
    if (failure != NULL)
        strncat(end.failure, failure, sizeof end.failure - 1);
    end.answer.len = 0;
    buffer_append(&end.answer, answer->data, answer->len);
}

static void begin(void) {
    loop = loop_create();
    errand = errand_create(loop, done, &end);
}

static void finish(void) {
    errand_destroy(errand);
    loop_destroy(loop);
    buffer_finish(&end.answer);
}

static void start(errand_run_fn *run, void *context, int limit_ms) {
    ck_assert(errand_begin(errand, run, context, limit_ms));
    ck_assert(errand_is_under_way(errand));
}

static void await(int times) {
    for (int turns = 0; turns < WAIT_MS && end.times < times; turns++)
        loop_turn(loop, 20);
    ck_assert_int_eq(end.times, times);
    ck_assert(!errand_is_under_way(errand));
}

static void answer_much(void *context, struct buffer *answer, int *fd) {
    const char *first = context;
    for (int i = 0; i < MUCH; i++)
        buffer_append(answer, i == 0 ? first : "x", 1);
    ck_assert_int_eq(*fd, -1);
}

START_TEST(an_answer_comes_whole) {
    start(answer_much, "a", LIMIT_MS);
    await(1);
    ck_assert_str_eq(end.failure, "");
    ck_assert_uint_eq(end.answer.len, MUCH);
    ck_assert_int_eq(end.answer.data[0], 'a');
    ck_assert_int_eq(end.fd, -1);
}
END_TEST

static void say_nothing(void *context, struct buffer *answer, int *fd) {
    (void)context, (void)answer, (void)fd;
}

START_TEST(nothing_is_an_answer_too) {
    start(say_nothing, NULL, LIMIT_MS);
    ck_assert(errand_wait(errand, WAIT_MS));
    ck_assert_int_eq(end.times, 1);
    ck_assert_str_eq(end.failure, "");
    ck_assert_uint_eq(end.answer.len, 0);
}
END_TEST

static void send_pipe(void *context, struct buffer *answer, int *fd) {
    int ends[2];
    (void)context;
    if (pipe(ends) == 0 && write(ends[1], "through", 7) == 7)
        *fd = ends[0];
    buffer_append_text(answer, "with it");
}

START_TEST(a_descriptor_goes_along) {
    char text[8] = "";
    start(send_pipe, NULL, LIMIT_MS);
    ck_assert(errand_wait(errand, WAIT_MS));
    ck_assert_str_eq(buffer_text(&end.answer), "with it");
    ck_assert_int_ge(end.fd, 0);
    ck_assert_int_eq((int)read(end.fd, text, 7), 7);
    ck_assert_str_eq(text, "through");
    ck_assert(fcntl(end.fd, F_GETFD) & FD_CLOEXEC);
    close(end.fd);
}
END_TEST

/* What it hears of signals is not what we do with them. */
static void hang(void *context, struct buffer *answer, int *fd) {
    (void)context, (void)answer, (void)fd;
    raise(SIGINT);
    raise(SIGHUP);
    raise(SIGTSTP);
    for (;;)
        pause();
}

START_TEST(one_that_hangs_is_killed) {
    start(hang, NULL, SHORT_MS);
    ck_assert(!errand_begin(errand, say_nothing, NULL, LIMIT_MS)); /* one at a time */
    await(1);
    ck_assert_msg(strncmp(end.failure, "killed after ", 13) == 0, "%s", end.failure);
    ck_assert_uint_eq(end.answer.len, 0);
    while (!errand_begin(errand, say_nothing, NULL, LIMIT_MS)) /* until it is gone */
        loop_turn(loop, 10);
    await(2);
    ck_assert_str_eq(end.failure, "");
}
END_TEST

static int64_t cpu_ms(clockid_t clock) {
    struct timespec t;
    return clock_gettime(clock, &t) == 0 ? t.tv_sec * 1000 + t.tv_nsec / 1000000 : 0;
}

static void work(void *context, struct buffer *answer, int *fd) {
    pid_t pid = getpid();
    (void)fd;
    if (context != NULL && write(*(int *)context, &pid, sizeof pid) != sizeof pid)
        return;
    while (context == NULL || cpu_ms(CLOCK_PROCESS_CPUTIME_ID) < WORK_MS)
        continue;
    buffer_append_text(answer, "done");
}

START_TEST(one_that_never_stops_working_is_killed) {
    start(work, NULL, SHORT_MS);
    await(1);
    ck_assert_msg(strncmp(end.failure, "killed after ", 13) == 0, "%s", end.failure);
}
END_TEST

static void turn_for(int ms) {
    for (int64_t until = cpu_ms(CLOCK_MONOTONIC) + ms; cpu_ms(CLOCK_MONOTONIC) < until && end.times == 0;)
        loop_turn(loop, 10);
}

/* It runs for a moment, then nobody lets it for a while, again and again, for longer than its limit. */
START_TEST(one_that_has_little_of_the_machine_has_the_time_it_needs) {
    int ends[2];
    pid_t its;
    clockid_t clock;
    ck_assert_int_eq(pipe(ends), 0);
    start(work, &ends[1], WORK_LIMIT_MS);
    ck_assert_int_eq((int)read(ends[0], &its, sizeof its), (int)sizeof its);
    ck_assert_int_eq(clock_getcpuclockid(its, &clock), 0);
    int64_t began = cpu_ms(CLOCK_MONOTONIC);
    while (end.times == 0 && cpu_ms(CLOCK_MONOTONIC) - began < 2 * WORK_LIMIT_MS) {
        kill(its, SIGSTOP);
        turn_for(WORK_LIMIT_MS / 20);
        kill(its, SIGCONT);
        for (int64_t had = cpu_ms(clock); end.times == 0 && cpu_ms(clock) < had + WORK_MS / 100;)
            turn_for(1);
    }
    ck_assert_str_eq(end.failure, "");
    await(1);
    ck_assert_str_eq(end.failure, "");
    ck_assert_str_eq(buffer_text(&end.answer), "done");
    close(ends[0]);
    close(ends[1]);
}
END_TEST

static void die(void *context, struct buffer *answer, int *fd) {
    (void)context, (void)fd;
    buffer_append_text(answer, "half");
    raise(SIGKILL);
}

START_TEST(one_that_dies_is_told) {
    start(die, NULL, LIMIT_MS);
    await(1);
    ck_assert_str_eq(end.failure, "the process for it died");
    ck_assert_uint_eq(end.answer.len, 0);
}
END_TEST

static void tell_standard_output(void *context, struct buffer *answer, int *fd) {
    (void)context, (void)fd;
    char target[100] = "";
    ssize_t n = readlink("/proc/self/fd/1", target, sizeof target - 1);
    buffer_append(answer, target, n > 0 ? (size_t)n : 0);
}

START_TEST(it_has_no_terminal) {
    start(tell_standard_output, NULL, LIMIT_MS);
    ck_assert(errand_wait(errand, WAIT_MS));
    ck_assert_str_eq(buffer_text(&end.answer), "/dev/null");
}
END_TEST

static void tell_pid_and_hang(void *context, struct buffer *answer, int *fd) {
    pid_t pid = getpid();
    (void)answer, (void)fd;
    if (write(*(int *)context, &pid, sizeof pid) == sizeof pid)
        for (;;)
            pause();
}

/* A process with an errand under way is killed: nobody stays behind. */
START_TEST(it_dies_with_us) {
    int ends[2];
    pid_t its, own;
    ck_assert_int_eq(pipe(ends), 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    own = fork();
    if (own == 0) {
        start(tell_pid_and_hang, &ends[1], LIMIT_MS);
        for (;;)
            pause();
    }
    ck_assert_int_eq((int)read(ends[0], &its, sizeof its), (int)sizeof its);
    kill(own, SIGKILL);
    ck_assert_int_eq(waitpid(own, NULL, 0), own);
    ck_assert_int_eq(waitpid(its, NULL, 0), its); /* Check's own limit ends the wait */
}
END_TEST

int main(void) {
    Suite *suite = suite_create("errand");
    TCase *tc = tcase_create("errand");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, begin, finish);
    tcase_add_test(tc, an_answer_comes_whole);
    tcase_add_test(tc, nothing_is_an_answer_too);
    tcase_add_test(tc, a_descriptor_goes_along);
    tcase_add_test(tc, one_that_hangs_is_killed);
    tcase_add_test(tc, one_that_never_stops_working_is_killed);
    tcase_add_test(tc, one_that_has_little_of_the_machine_has_the_time_it_needs);
    tcase_add_test(tc, one_that_dies_is_told);
    tcase_add_test(tc, it_has_no_terminal);
    tcase_add_test(tc, it_dies_with_us);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
