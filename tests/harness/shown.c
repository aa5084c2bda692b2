#include "tests/harness/shown.h"

#include "tests/harness/command.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { ARGUMENTS_MAX = 40 };

struct terminal *shown_open(const char *const arguments[], const struct terminal_options *options) {
    const char *argv[ARGUMENTS_MAX] = {command_natsight()};
    for (int i = 0; i < ARGUMENTS_MAX - 2 && arguments[i]; i++)
        argv[i + 1] = arguments[i];
    struct terminal *t = terminal_open(argv, options);
    ck_assert_ptr_nonnull(t);
    return t;
}

bool shown_nothing_left(struct terminal *t) {
    for (long long deadline = SHOWN_MS; deadline > 0; deadline -= 20) {
        if (terminal_processes(t) == 0)
            return true;
        terminal_pump(t, 20);
    }
    return false;
}

void shown_quit(struct terminal *t) {
    int status;
    ck_assert(terminal_type(t, "q"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
    ck_assert(terminal_restored(t));
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
}

void shown_wait(struct terminal *t, const char *regex) {
    ck_assert_msg(terminal_wait_regex(t, regex, SHOWN_MS), "not shown: %s", regex);
}

void shown_wait_gone(struct terminal *t, const char *text) {
    ck_assert_msg(terminal_wait_gone(t, text, SHOWN_MS), "still shown: %s", text);
}

void shown_type(struct terminal *t, const char *text, const char *expected) {
    ck_assert(terminal_type(t, text));
    shown_wait(t, expected);
}

void shown_peek(struct terminal *t, const char *text, const char *expected, const char *back) {
    shown_type(t, text, expected);
    shown_type(t, "\033", back);
}

bool shown_has_byte_above(struct terminal *t, unsigned char byte) {
    size_t size;
    const char *output = terminal_output(t, &size);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)output[i] > byte)
            return true;
    return false;
}

static bool is_color(long parameter) {
    return (parameter >= 30 && parameter <= 38) || (parameter >= 40 && parameter <= 48) ||
           (parameter >= 90 && parameter <= 97) || (parameter >= 100 && parameter <= 107);
}

bool shown_has_color(struct terminal *t) {
    size_t size;
    const char *p = terminal_output(t, &size), *end = p + size;
    for (; p < end; p++) {
        if (p[0] != '\033' || end - p < 3 || p[1] != '[')
            continue;
        const char *last = p + 2;
        bool color = false;
        while (last < end && (*last == ';' || *last == ':' || (*last >= '0' && *last <= '9'))) {
            char *next;
            color |= is_color(strtol(last, &next, 10));
            last = next > last ? next : last + 1;
        }
        if (last < end && *last == 'm' && color)
            return true;
    }
    return false;
}
