#include "base/loop.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/harness/suite.h"

static struct loop *loop;
static int calls[8];
static struct loop_source *sources[8];

static void set_up(void) {
    loop = loop_create();
    for (int i = 0; i < 8; i++) {
        calls[i] = 0;
        sources[i] = NULL;
    }
}

static void tear_down(void) {
    loop_destroy(loop);
}

static int index_of(const void *data) {
    return (int)((const int *)data - calls);
}

static void count(struct loop *l, void *data) {
    (void)l;
    calls[index_of(data)]++;
}

static void count_and_stop(struct loop *l, void *data) {
    loop_stop(l, 40 + ++calls[index_of(data)]);
}

static unsigned seen_events;

static void read_one(struct loop *l, int fd, unsigned events, void *data) {
    char byte;
    (void)l;
    seen_events = events;
    if (events & LOOP_IN)
        ck_assert_int_ge(read(fd, &byte, 1), 0);
    calls[index_of(data)]++;
}

START_TEST(descriptor) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct loop_source *source = loop_add_fd(loop, ends[0], LOOP_IN, read_one, &calls[0]);
    loop_turn(loop, 0);
    ck_assert_int_eq(calls[0], 0);
    ck_assert_int_eq(write(ends[1], "ab", 2), 2);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 1);
    ck_assert_uint_eq(seen_events, LOOP_IN);
    loop_fd_want(source, 0);
    loop_turn(loop, 0);
    ck_assert_int_eq(calls[0], 1);
    close(ends[1]);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 2);
    ck_assert_uint_eq(seen_events, LOOP_HUP);
    loop_remove(source);
    loop_turn(loop, 0);
    ck_assert_int_eq(calls[0], 2);
    close(ends[0]);
}
END_TEST

START_TEST(writable) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    loop_add_fd(loop, ends[1], LOOP_OUT, read_one, &calls[0]);
    loop_turn(loop, -1);
    ck_assert_uint_eq(seen_events, LOOP_OUT);
    close(ends[0]);
    loop_turn(loop, -1);
    ck_assert_uint_eq(seen_events & LOOP_HUP, LOOP_HUP);
    close(ends[1]);
}
END_TEST

static void remove_both(struct loop *l, int fd, unsigned events, void *data) {
    (void)l;
    (void)fd;
    (void)events;
    calls[index_of(data)]++;
    loop_remove(sources[0]);
    loop_remove(sources[1]);
}

START_TEST(removal_while_dispatching) {
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    sources[0] = loop_add_fd(loop, ends[0], LOOP_OUT, remove_both, &calls[0]);
    sources[1] = loop_add_fd(loop, ends[1], LOOP_OUT, remove_both, &calls[1]);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 1);
    ck_assert_int_eq(calls[1], 0);
    loop_turn(loop, 0);
    ck_assert_int_eq(calls[0] + calls[1], 1);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* A new source on a number that was watched a moment ago hears nothing that was meant for the former. */
static void swap(struct loop *l, int fd, unsigned events, void *data) {
    int *spare = &calls[7];
    (void)events;
    calls[index_of(data)]++;
    loop_remove(sources[0]);
    loop_remove(sources[1]);
    for (int i = 0; i < 100; i++)
        sources[2] = loop_add_fd(l, calls[6], LOOP_IN, read_one, spare);
    (void)fd;
}

START_TEST(additions_wait_for_the_next_turn) {
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ck_assert_int_eq(write(ends[0], "x", 1), 1);
    calls[6] = ends[1];
    sources[0] = loop_add_fd(loop, ends[0], LOOP_OUT, swap, &calls[0]);
    sources[1] = loop_add_fd(loop, ends[1], LOOP_IN, read_one, &calls[1]);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 1);
    ck_assert_int_eq(calls[1], 0);
    ck_assert_int_eq(calls[7], 0);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(timers_fire_in_order_and_once) {
    int64_t now = clock_mono_ns();
    loop_add_timer(loop, now + 30 * NS_PER_MS, count_and_stop, &calls[0]);
    loop_add_timer(loop, now + 20 * NS_PER_MS, count, &calls[1]);
    loop_add_timer(loop, now - 1, count, &calls[2]);
    loop_add_timer(loop, INT64_MAX, count, &calls[3]);
    ck_assert_int_eq(loop_run(loop), 41);
    ck_assert_int_ge(clock_mono_ns(), now + 30 * NS_PER_MS);
    ck_assert_int_eq(calls[1], 1);
    ck_assert_int_eq(calls[2], 1);
    ck_assert_int_eq(calls[3], 0);
    loop_turn(loop, 0);
    ck_assert_int_eq(calls[1] + calls[2], 2);
}
END_TEST

static int order[8], ordered;

static void note_order(struct loop *l, void *data) {
    (void)l;
    order[ordered++] = index_of(data);
}

START_TEST(due_timers_run_earliest_first) {
    int64_t now = clock_mono_ns();
    ordered = 0;
    loop_add_timer(loop, now - 10, note_order, &calls[0]);
    loop_add_timer(loop, now - 30, note_order, &calls[1]);
    loop_add_timer(loop, now - 20, note_order, &calls[2]);
    loop_turn(loop, -1);
    ck_assert_int_eq(ordered, 3);
    ck_assert_int_eq(order[0], 1);
    ck_assert_int_eq(order[1], 2);
    ck_assert_int_eq(order[2], 0);
}
END_TEST

static void again_in_the_past(struct loop *l, void *data) {
    (void)l;
    calls[index_of(data)]++;
    loop_timer_set(sources[0], 0);
}

START_TEST(timer_in_the_past_ends_the_turn) {
    sources[0] = loop_add_timer(loop, 0, again_in_the_past, &calls[0]);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 1);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 2);
    loop_timer_set(sources[0], INT64_MAX);
    loop_turn(loop, 0);
    ck_assert_int_eq(calls[0], 2);
}
END_TEST

static void remove_other_timer(struct loop *l, void *data) {
    (void)l;
    calls[index_of(data)]++;
    loop_remove(sources[0]);
    loop_remove(sources[1]);
}

START_TEST(timers_remove_timers) {
    sources[0] = loop_add_timer(loop, 1, remove_other_timer, &calls[0]);
    sources[1] = loop_add_timer(loop, 2, remove_other_timer, &calls[1]);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 1);
    ck_assert_int_eq(calls[1], 0);
}
END_TEST

static void count_signal(struct loop *l, int number, void *data) {
    (void)l;
    ck_assert(number == SIGUSR1 || number == SIGUSR2);
    calls[index_of(data)]++;
}

START_TEST(signals) {
    struct sigaction before, after;
    sigaction(SIGUSR1, NULL, &before);
    struct loop_source *one = loop_add_signal(loop, SIGUSR1, count_signal, &calls[0]);
    loop_add_signal(loop, SIGUSR2, count_signal, &calls[1]);
    kill(getpid(), SIGUSR1);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 1);
    ck_assert_int_eq(calls[1], 0);
    for (int i = 0; i < 100000; i++)
        raise(SIGUSR2);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[1], 1);
    loop_turn(loop, 0);
    ck_assert_int_eq(calls[0] + calls[1], 2);
    loop_remove(one);
    sigaction(SIGUSR1, NULL, &after);
    ck_assert(after.sa_handler == before.sa_handler);
}
END_TEST

START_TEST(signal_wakes_a_waiting_loop) {
    loop_add_signal(loop, SIGUSR1, count_signal, &calls[0]);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        kill(parent, SIGUSR1);
        _exit(0);
    }
    while (!calls[0])
        loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 1);
}
END_TEST

static void again_thrice(struct loop *l, void *data) {
    if (++calls[index_of(data)] < 4)
        loop_again(l);
    else
        loop_stop(l, 3);
}

START_TEST(hooks_run_last_and_ask_again) {
    ordered = 0;
    loop_add_hook(loop, note_order, &calls[5]);
    loop_add_timer(loop, 0, note_order, &calls[1]);
    loop_turn(loop, -1);
    ck_assert_int_eq(ordered, 2);
    ck_assert_int_eq(order[0], 1);
    ck_assert_int_eq(order[1], 5);
    ordered = 0;
    loop_add_hook(loop, again_thrice, &calls[0]);
    loop_again(loop);
    ck_assert_int_eq(loop_run(loop), 3);
    ck_assert_int_eq(calls[0], 4);
    ck_assert_int_eq(ordered, 4);
}
END_TEST

static void remove_self(struct loop *l, void *data) {
    (void)l;
    calls[index_of(data)]++;
    loop_remove(sources[index_of(data)]);
}

START_TEST(hooks_remove_themselves) {
    sources[0] = loop_add_hook(loop, remove_self, &calls[0]);
    loop_turn(loop, 0);
    loop_turn(loop, 0);
    ck_assert_int_eq(calls[0], 1);
    loop_remove(NULL);
}
END_TEST

START_TEST(stop_before_run) {
    loop_stop(loop, 9);
    ck_assert_int_eq(loop_run(loop), 9);
    loop_add_timer(loop, 0, count_and_stop, &calls[0]);
    ck_assert_int_eq(loop_run(loop), 41);
}
END_TEST

static void turn_inside(struct loop *l, void *data) {
    calls[index_of(data)]++;
    loop_turn(l, -1);
}

START_TEST(no_turn_in_a_turn) {
    loop_add_timer(loop, 0, turn_inside, &calls[0]);
    loop_turn(loop, -1);
    ck_assert_int_eq(calls[0], 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/loop");
    TCase *c = tcase_create("loop");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, descriptor);
    tcase_add_test(c, writable);
    tcase_add_test(c, removal_while_dispatching);
    tcase_add_test(c, additions_wait_for_the_next_turn);
    tcase_add_test(c, timers_fire_in_order_and_once);
    tcase_add_test(c, due_timers_run_earliest_first);
    tcase_add_test(c, timer_in_the_past_ends_the_turn);
    tcase_add_test(c, timers_remove_timers);
    tcase_add_test(c, signals);
    tcase_add_test(c, signal_wakes_a_waiting_loop);
    tcase_add_test(c, hooks_run_last_and_ask_again);
    tcase_add_test(c, hooks_remove_themselves);
    tcase_add_test(c, stop_before_run);
    tcase_add_test(c, no_turn_in_a_turn);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
