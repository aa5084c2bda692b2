/* A terminal for the tests of the screen: a pseudo terminal, what was sent to it, and what it would show. */
#ifndef TESTS_TUI_LINE_H
#define TESTS_TUI_LINE_H

#include <check.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "tests/harness/suite.h"
#include "tui/screen.h"

enum { ROWS = 24, COLS = 80, WAIT_MS = 10000 };

static struct {
    int master, slave;
    struct termios before;
    VTerm *vterm;
    VTermScreen *cells;
    bool alternate, cursor;
    int64_t max_rate;     /* as good as none, and nothing is asked; 0: asked */
    struct buffer output; /* all that came */
} line;

static struct screen *screen;
static struct surface *surface;

static inline int on_property(VTermProp prop, VTermValue *value, void *data) {
    (void)data;
    if (prop == VTERM_PROP_ALTSCREEN)
        line.alternate = value->boolean;
    if (prop == VTERM_PROP_CURSORVISIBLE)
        line.cursor = value->boolean;
    return 1;
}

static inline void setup(void) {
    static const VTermScreenCallbacks callbacks = {.settermprop = on_property};
    struct winsize size = {.ws_row = ROWS, .ws_col = COLS};
    setlocale(LC_CTYPE, "C.UTF-8");
    unsetenv("NO_COLOR");
    ck_assert_int_eq(openpty(&line.master, &line.slave, NULL, NULL, &size), 0);
    fcntl(line.master, F_SETFL, O_NONBLOCK);
    ck_assert_int_eq(tcgetattr(line.slave, &line.before), 0);
    line.vterm = vterm_new(ROWS, COLS);
    vterm_set_utf8(line.vterm, 1);
    line.cells = vterm_obtain_screen(line.vterm);
    vterm_screen_set_callbacks(line.cells, &callbacks, NULL);
    vterm_screen_enable_altscreen(line.cells, 1);
    line.cursor = true;
    line.max_rate = INT64_MAX / 2;
    vterm_screen_reset(line.cells, 1);
    surface = surface_create(COLS, ROWS);
}

static inline void teardown(void) {
    screen_close(screen, NULL);
    surface_destroy(surface);
    vterm_free(line.vterm);
    buffer_finish(&line.output);
    close(line.master);
    close(line.slave);
}

static inline void open_as(const char *term, enum screen_color color) {
    char message[200] = "";
    struct screen_options options = {line.slave, line.slave, term, color, line.max_rate};
    screen = screen_open(&options, message, sizeof message);
    ck_assert_msg(screen != NULL, "%s", message);
}

/* Reads once; what comes out of a pseudo terminal comes a little later than what went in. */
static inline void receive(void) {
    char bytes[65536];
    struct pollfd wait = {.fd = line.master, .events = POLLIN};
    ck_assert_msg(poll(&wait, 1, WAIT_MS) == 1, "nothing came");
    ssize_t n = read(line.master, bytes, sizeof bytes);
    ck_assert_int_gt(n, 0);
    buffer_append(&line.output, bytes, (size_t)n);
    vterm_input_write(line.vterm, bytes, (size_t)n);
}

/* What was sent last has come when a mark written behind it has. */
static inline void receive_all(void) {
    static unsigned number;
    char mark[32];
    int len = snprintf(mark, sizeof mark, "\033]9;%u\a", ++number);
    while (screen_waiting(screen)) {
        screen_flush(screen);
        receive();
    }
    while (write(line.slave, mark, (size_t)len) < 0)
        receive();
    while (!strstr(buffer_text(&line.output), mark))
        receive();
    line.output.len -= (size_t)len;
}

static inline void receive_until(const char *mark) {
    while (!strstr(buffer_text(&line.output), mark))
        receive();
}

static inline void draw(void) {
    ck_assert(screen_draw(screen, surface, SCREEN_DATA));
    receive_all();
}

static inline void text_at(int x, int y, enum role role, const char *text) {
    surface_text(surface, surface_rect(surface), x, y, role, 0, text);
}

static inline VTermScreenCell cell_at(int x, int y) {
    VTermScreenCell cell;
    vterm_screen_get_cell(line.cells, (VTermPos){.row = y, .col = x}, &cell);
    return cell;
}

static inline void expect_text(int y, const char *text) {
    char row[1024] = "";
    VTermRect rect = {.start_row = y, .end_row = y + 1, .start_col = 0, .end_col = surface->cols};
    size_t len = vterm_screen_get_text(line.cells, row, sizeof row - 1, rect);
    while (len && (row[len - 1] == ' ' || row[len - 1] == '\0' || row[len - 1] == '\n'))
        len--;
    row[len] = '\0';
    ck_assert_str_eq(row, text);
}

static inline int count_of(const char *text) {
    int count = 0;
    for (const char *at = buffer_text(&line.output); (at = strstr(at, text)); at += strlen(text))
        count++;
    return count;
}

static inline void expect_restored(void) {
    struct termios now;
    ck_assert_int_eq(tcgetattr(line.slave, &now), 0);
    ck_assert_uint_eq(now.c_iflag, line.before.c_iflag);
    ck_assert_uint_eq(now.c_oflag, line.before.c_oflag);
    ck_assert_uint_eq(now.c_cflag, line.before.c_cflag);
    ck_assert_uint_eq(now.c_lflag, line.before.c_lflag);
    ck_assert_mem_eq(now.c_cc, line.before.c_cc, sizeof now.c_cc);
    ck_assert_int_eq(fcntl(line.slave, F_GETFL) & O_NONBLOCK, 0);
    ck_assert(!line.alternate);
    ck_assert(line.cursor);
}

static inline void resize(int cols, int rows) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    int now_cols, now_rows;
    ioctl(line.master, TIOCSWINSZ, &size);
    vterm_set_size(line.vterm, rows, cols);
    screen_size(screen, &now_cols, &now_rows);
    ck_assert_int_eq(now_cols, cols);
    ck_assert_int_eq(now_rows, rows);
    surface_resize(surface, now_cols, now_rows);
}

static inline void fill_noise(unsigned seed) {
    for (int y = 0; y < surface->rows; y++)
        for (int x = 0; x < surface->cols; x++)
            surface_put(surface, surface_rect(surface), x, y,
                        (enum role)((seed + (unsigned)(x * 7 + y)) % ROLE_COUNT), 0,
                        'a' + (seed + (unsigned)(x * y)) % 26);
}

/* Whole frames that came. */
static inline int frames(void) {
    return count_of("\033[?2026h");
}

static inline int run_line_tests(TCase *test, const char *name) {
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, test);
    tcase_set_timeout(test, 60);
    tcase_add_checked_fixture(test, setup, teardown);
    return suite_run(suite);
}

#endif
