/* The line to the terminal: pastes by accident, its end, and what a frame is made of. */
#include <check.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/command.h"
#include "tests/harness/suite.h"
#include "tests/harness/terminal.h"

enum { WAIT_MS = 20000, PASTE = 1 << 20 };
#define NOBODY "http://127.0.0.1:9"

static struct terminal *t;

static void setup(void) {
    const char *const argv[] = {command_natsight(), NOBODY, NULL};
    t = terminal_open(argv, NULL);
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait_text(t, "LIVE", WAIT_MS));
}

static void teardown(void) {
    terminal_close(t);
}

static const char *const pastes[] = {
    "quit the cluster now\r\n:quit\r\n\tq 1 2 3 \x03 /dev/null ?\r\n",
    "quit\r\n",
    ":quit\r\n",
    "q\tr\ts\tq\r\n",
    "\033[31merror \033[0m queue full\r\n",
    "\033[31mq\033[0m\r\n",
};
#define PASTES (int)(sizeof pastes / sizeof *pastes)

static void expect_ignored(const char *words, size_t size) {
    size_t len = strlen(words);
    char *text = malloc(size);
    for (size_t i = 0; i < size; i++)
        text[i] = words[i % len];
    ck_assert(terminal_send(t, text, size));
    free(text);
    ck_assert(terminal_wait_text(t, "pasted text ignored", WAIT_MS));
    ck_assert(terminal_wait_gone(t, "pasted text ignored", WAIT_MS));
    terminal_type(t, "q");
    int status;
    ck_assert(terminal_wait_exit(t, &status, WAIT_MS));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert(terminal_restored(t));
}

START_TEST(a_megabyte_pasted_by_accident_triggers_nothing) {
    expect_ignored(pastes[_i], PASTE);
}
END_TEST

START_TEST(a_few_bytes_pasted_trigger_nothing) {
    static const char *const few[] = {"quit\r\nquit\r\nquit\r\nquit\r\n", "q\r\n", "\033[31mq",
                                      "\033[200~q\033[201~", "\033[200~\033[201~\033[200~2\r\033[201~"};
    expect_ignored(few[_i], strlen(few[_i]));
}
END_TEST

START_TEST(a_prompt_takes_a_paste_as_one_line) {
    terminal_type(t, ":");
    ck_assert(terminal_wait_bytes(t, 1, WAIT_MS));
    terminal_type(t, "x");
    ck_assert(terminal_wait_regex(t, "^:x", WAIT_MS));
    size_t size;
    ck_assert_ptr_nonnull(strstr(terminal_output(t, &size), "\033[?2004h"));
    terminal_type(t, "\033[200~one\r\ntwo\x1b[A three\r\n\033[201~y");
    ck_assert(terminal_wait_regex(t, "^:xone two threey", WAIT_MS));
    terminal_type(t, "\033");
    ck_assert(terminal_wait_gone(t, ":xone", WAIT_MS));
}
END_TEST

/* The prompt is closed by the first one, and the program by the second. */
START_TEST(control_c_ends_whatever_comes_with_it) {
    static const char *const lines[] = {"abcd\x03", "/abcd\x03\x03",
                                        "\x03"
                                        "echo hello\r"};
    int status;
    terminal_type(t, lines[_i]);
    ck_assert(terminal_wait_exit(t, &status, WAIT_MS));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(a_line_typed_ahead_is_typed) {
    terminal_type(t, "/consumers of the billing stream");
    ck_assert(terminal_wait_regex(t, "^/consumers of the billing stream", WAIT_MS));
}
END_TEST

static int count_of(const char *text, size_t size, const char *mark) {
    int count = 0;
    for (const char *at = text; (at = memmem(at, size - (size_t)(at - text), mark, strlen(mark))); at++)
        count++;
    return count;
}

/* ESC [ H ESC [ 2 J clears, ESC [ J clears from where the cursor is. */
START_TEST(nothing_is_cleared_but_by_resize_and_ctrl_l) {
    size_t size;
    terminal_type(t, "?");
    ck_assert(terminal_wait_text(t, "KEYS in", WAIT_MS));
    terminal_type(t, "\033");
    ck_assert(terminal_wait_gone(t, "KEYS in", WAIT_MS));
    terminal_type(t, "2");
    ck_assert(terminal_wait_text(t, "CONNECTIONS", WAIT_MS));
    const char *output = terminal_output(t, &size);
    ck_assert_int_eq(count_of(output, size, "\033[2J"), 1);
    ck_assert_int_eq(count_of(output, size, "\033[J"), 0);
    ck_assert_int_ge(count_of(output, size, "\033[?2026h"), 3);
    ck_assert_int_eq(count_of(output, size, "\033[?2026h"), count_of(output, size, "\033[?2026l\033[5n"));
    terminal_type(t, "\014");
    while (count_of(terminal_output(t, &size), size, "\033[2J") < 2)
        ck_assert(terminal_wait_bytes(t, terminal_bytes(t) + 1, WAIT_MS));
}
END_TEST

/* No SIGHUP tells it: the terminal is none that controls it. */
static pid_t start_on(int slave) {
    pid_t child = fork();
    if (child == 0) {
        dup2(slave, 0);
        dup2(slave, 1);
        dup2(slave, 2);
        setenv("TERM", "xterm-256color", 1);
        execl(command_natsight(), "natsight", NOBODY, (char *)NULL);
        _exit(127);
    }
    return child;
}

START_TEST(a_lost_terminal_is_the_end) {
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int master, slave, status;
    char bytes[4096], seen[65536] = "";
    size_t len = 0;
    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, &size), 0);
    fcntl(master, F_SETFD, FD_CLOEXEC);
    pid_t child = start_on(slave);
    close(slave);
    while (!strstr(seen, "\033[?2026l")) {
        ssize_t n = read(master, bytes, sizeof bytes);
        ck_assert_int_gt(n, 0);
        for (ssize_t i = 0; i < n && len < sizeof seen - 1; i++)
            seen[len++] = bytes[i] ? bytes[i] : ' ';
    }
    close(master);
    struct rusage used;
    ck_assert_int_eq(wait4(child, &status, 0, &used), child); /* the test's time limit ends the wait */
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 1);
    ck_assert_int_lt(used.ru_utime.tv_sec + used.ru_stime.tv_sec, 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("e2e_link");
    TCase *lines = tcase_create("lines"), *lost = tcase_create("lost");
    suite_add_tcase(suite, lines);
    suite_add_tcase(suite, lost);
    tcase_set_timeout(lines, 120);
    tcase_set_timeout(lost, 60);
    tcase_add_checked_fixture(lines, setup, teardown);
    tcase_add_loop_test(lines, a_megabyte_pasted_by_accident_triggers_nothing, 0, PASTES);
    tcase_add_loop_test(lines, a_few_bytes_pasted_trigger_nothing, 0, 5);
    tcase_add_test(lines, a_prompt_takes_a_paste_as_one_line);
    tcase_add_loop_test(lines, control_c_ends_whatever_comes_with_it, 0, 3);
    tcase_add_test(lines, a_line_typed_ahead_is_typed);
    tcase_add_test(lines, nothing_is_cleared_but_by_resize_and_ctrl_l);
    tcase_add_test(lost, a_lost_terminal_is_the_end);
    return suite_run(suite);
}
