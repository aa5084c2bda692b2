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
#include "tui/screen.h"

enum { ROWS = 24, COLS = 80, WAIT_MS = 10000 };

static struct {
    int master, slave;
    struct termios before;
    VTerm *vterm;
    VTermScreen *cells;
    bool alternate, cursor;
    struct buffer output; /* all that came */
} line;

static struct screen *screen;
static struct surface *surface;

static int on_property(VTermProp prop, VTermValue *value, void *data) {
    (void)data;
    if (prop == VTERM_PROP_ALTSCREEN)
        line.alternate = value->boolean;
    if (prop == VTERM_PROP_CURSORVISIBLE)
        line.cursor = value->boolean;
    return 1;
}

static void setup(void) {
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
    vterm_screen_reset(line.cells, 1);
    surface = surface_create(COLS, ROWS);
}

static void teardown(void) {
    screen_close(screen, NULL);
    surface_destroy(surface);
    vterm_free(line.vterm);
    buffer_finish(&line.output);
    close(line.master);
    close(line.slave);
}

static void open_as(const char *term, enum screen_color color) {
    char message[200] = "";
    struct screen_options options = {line.slave, line.slave, term, color};
    screen = screen_open(&options, message, sizeof message);
    ck_assert_msg(screen != NULL, "%s", message);
}

/* Reads once; what comes out of a pseudo terminal comes a little later than what went in. */
static void receive(void) {
    char bytes[65536];
    struct pollfd wait = {.fd = line.master, .events = POLLIN};
    ck_assert_msg(poll(&wait, 1, WAIT_MS) == 1, "nothing came");
    ssize_t n = read(line.master, bytes, sizeof bytes);
    ck_assert_int_gt(n, 0);
    buffer_append(&line.output, bytes, (size_t)n);
    vterm_input_write(line.vterm, bytes, (size_t)n);
}

static void receive_all(void) {
    while (line.output.len < screen_bytes(screen) || screen_waiting(screen)) {
        screen_flush(screen);
        receive();
    }
}

static void receive_until(const char *mark) {
    while (!strstr(buffer_text(&line.output), mark))
        receive();
}

static void draw(void) {
    ck_assert(screen_draw(screen, surface));
    receive_all();
}

static void text_at(int x, int y, enum role role, const char *text) {
    surface_text(surface, surface_rect(surface), x, y, role, 0, text);
}

static VTermScreenCell cell_at(int x, int y) {
    VTermScreenCell cell;
    vterm_screen_get_cell(line.cells, (VTermPos){.row = y, .col = x}, &cell);
    return cell;
}

static void expect_text(int y, const char *text) {
    char row[1024] = "";
    VTermRect rect = {.start_row = y, .end_row = y + 1, .start_col = 0, .end_col = surface->cols};
    size_t len = vterm_screen_get_text(line.cells, row, sizeof row - 1, rect);
    while (len && (row[len - 1] == ' ' || row[len - 1] == '\0' || row[len - 1] == '\n'))
        len--;
    row[len] = '\0';
    ck_assert_str_eq(row, text);
}

static int count_of(const char *text) {
    int count = 0;
    for (const char *at = buffer_text(&line.output); (at = strstr(at, text)); at += strlen(text))
        count++;
    return count;
}

static void expect_restored(void) {
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

START_TEST(what_is_drawn_is_shown) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    text_at(0, 0, ROLE_TEXT, "first row");
    text_at(3, 5, ROLE_TEXT, "中国 ⣿⣸ é µ");
    text_at(COLS - 4, ROWS - 1, ROLE_TEXT, "last");
    draw();
    ck_assert(line.alternate);
    ck_assert(!line.cursor);
    expect_text(0, "first row");
    expect_text(5, "   中国 ⣿⣸ é µ");
    ck_assert_uint_eq(cell_at(COLS - 1, ROWS - 1).chars[0], 't');
    surface_clear(surface);
    text_at(0, 1, ROLE_TEXT, "second");
    draw();
    expect_text(0, "");
    expect_text(1, "second");
    expect_text(5, "");
}
END_TEST

static const struct {
    const char *term;
    enum role role;
    int fg, bg; /* -1: the terminal's own */
    bool bold, reverse;
} looks[] = {
    {"xterm-256color", ROLE_TEXT, -1, -1, false, false},
    {"xterm-256color", ROLE_CRIT, 203, -1, false, false},
    {"xterm-256color", ROLE_LABEL_RED, 231, 160, false, false},
    {"xterm-256color", ROLE_SELECT, -1, -1, false, true},
    {"nosuchterm", ROLE_CRIT, 203, -1, false, false},
    {NULL, ROLE_WARN, 214, -1, false, false},
    {"xterm", ROLE_CRIT, 1, -1, true, false},
    {"linux", ROLE_CHART_OUT, 2, -1, false, false},
    {"xterm", ROLE_LABEL_RED, 1, -1, false, true},
    {"vt100", ROLE_CRIT, -1, -1, true, false},
    {"vt100", ROLE_ROW1, -1, -1, false, true},
    {"vt100", ROLE_OK, -1, -1, false, false},
};

static void expect_color(VTermColor color, bool own, int index) {
    if (index < 0) {
        ck_assert(own);
        return;
    }
    ck_assert(!own && VTERM_COLOR_IS_INDEXED(&color));
    ck_assert_int_eq(color.indexed.idx, index);
}

START_TEST(roles_have_their_look) {
    open_as(looks[_i].term, SCREEN_COLOR_AUTO);
    text_at(0, 0, looks[_i].role, "x");
    draw();
    VTermScreenCell cell = cell_at(0, 0);
    ck_assert_uint_eq(cell.chars[0], 'x');
    expect_color(cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg), looks[_i].fg);
    expect_color(cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg), looks[_i].bg);
    ck_assert_int_eq(cell.attrs.bold != 0, looks[_i].bold);
    ck_assert_int_eq(cell.attrs.reverse != 0, looks[_i].reverse);
    ck_assert_int_eq(screen_has_color(screen),
                     looks[_i].term == NULL || strcmp(looks[_i].term, "vt100") != 0);
}
END_TEST

/* Any SGR sequence with a parameter from 30 to 49. */
static bool has_color_bytes(void) {
    const char *at = buffer_text(&line.output);
    while ((at = strstr(at, "\033["))) {
        at += 2;
        size_t len = strspn(at, "0123456789;");
        if (at[len] != 'm')
            continue;
        for (const char *number = at; number < at + len; number += strcspn(number, ";m") + 1)
            if (atoi(number) >= 30 && atoi(number) <= 49)
                return true;
    }
    return false;
}

static void draw_all_roles(void) {
    for (int role = 0; role < ROLE_COUNT; role++)
        text_at(role, 0, (enum role)role, "x");
    draw();
}

START_TEST(no_color_means_none) {
    setenv("NO_COLOR", "1", 1);
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw_all_roles();
    ck_assert(!screen_has_color(screen));
    ck_assert(cell_at(ROLE_CRIT, 0).attrs.bold);
    ck_assert(cell_at(ROLE_SELECT, 0).attrs.reverse);
    screen_close(screen, NULL);
    screen = NULL;
    receive_until("\033[?1049l");
    ck_assert(!has_color_bytes());
}
END_TEST

START_TEST(the_option_beats_no_color) {
    setenv("NO_COLOR", "1", 1);
    open_as("xterm-256color", SCREEN_COLOR_ALWAYS);
    draw_all_roles();
    ck_assert(screen_has_color(screen));
    ck_assert(has_color_bytes());
}
END_TEST

START_TEST(empty_no_color_counts_for_nothing) {
    setenv("NO_COLOR", "", 1);
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    ck_assert(screen_has_color(screen));
}
END_TEST

START_TEST(never_is_never) {
    open_as("xterm-256color", SCREEN_COLOR_NEVER);
    draw_all_roles();
    ck_assert(!has_color_bytes());
}
END_TEST

START_TEST(frames_are_wrapped_and_small) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    for (int y = 0; y < ROWS; y++)
        text_at(0, y, ROLE_MUTED, "a row of text that stays as it is");
    draw();
    ck_assert_uint_eq(screen_frames(screen), 1);
    ck_assert_int_eq(count_of("\033[2J") + count_of("\033[J"), 1);
    for (int i = 0; i < 10; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", i);
        text_at(40, 3, ROLE_TEXT, number);
        size_t before = line.output.len;
        draw();
        const char *frame = buffer_text(&line.output) + before;
        ck_assert_int_eq(strncmp(frame, "\033[?2026h", 8), 0);
        ck_assert_str_eq(frame + strlen(frame) - 8, "\033[?2026l");
        ck_assert_uint_lt(strlen(frame), 60);
    }
    ck_assert_uint_eq(screen_frames(screen), 11);
    ck_assert_int_eq(count_of("\033[?2026h"), 11);
    ck_assert_int_eq(count_of("\033[?2026l"), 11);
    ck_assert_int_eq(count_of("\033[2J") + count_of("\033[J"), 1);
    ck_assert_uint_eq(screen_bytes(screen), line.output.len);
}
END_TEST

START_TEST(the_same_frame_costs_nothing) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    text_at(0, 0, ROLE_OK, "still");
    draw();
    uint64_t bytes = screen_bytes(screen);
    ck_assert(screen_draw(screen, surface));
    ck_assert_uint_eq(screen_bytes(screen), bytes);
    ck_assert_uint_eq(screen_frames(screen), 1);
}
END_TEST

static void draw_table(int selected) {
    surface_clear(surface);
    for (int y = 0; y < surface->rows; y++) {
        surface_printf(surface, surface_rect(surface), 0, y, ROLE_OK, 0, " . stream-%02d", y);
        for (int x = 20; x + 8 < surface->cols; x += 8)
            surface_printf(surface, surface_rect(surface), x, y, ROLE_TEXT, 0, "%6d", y * 13 + x);
    }
    surface_tint(surface, (struct rect){0, selected, surface->cols, 1}, ROLE_SELECT, ATTR_REVERSE);
}

START_TEST(a_cursor_move_costs_two_rows) {
    struct winsize size = {.ws_row = 40, .ws_col = 120};
    ioctl(line.master, TIOCSWINSZ, &size);
    vterm_set_size(line.vterm, 40, 120);
    surface_resize(surface, 120, 40);
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw_table(5);
    draw();
    uint64_t before = screen_bytes(screen);
    draw_table(6);
    draw();
    ck_assert(cell_at(60, 6).attrs.reverse);
    ck_assert(!cell_at(60, 5).attrs.reverse);
    ck_assert_uint_lt(screen_bytes(screen) - before, 400);
}
END_TEST

START_TEST(repaint_sends_all) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    text_at(0, 0, ROLE_TEXT, "mine");
    draw();
    vterm_input_write(line.vterm, "\033[Hgarbage", 10);
    draw();
    expect_text(0, "garbage");
    screen_repaint(screen);
    draw();
    expect_text(0, "mine");
}
END_TEST

static void resize(int cols, int rows) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    int now_cols, now_rows;
    ioctl(line.master, TIOCSWINSZ, &size);
    vterm_set_size(line.vterm, rows, cols);
    screen_size(screen, &now_cols, &now_rows);
    ck_assert_int_eq(now_cols, cols);
    ck_assert_int_eq(now_rows, rows);
    surface_resize(surface, now_cols, now_rows);
}

START_TEST(sizes_change) {
    static const int sizes[][2] = {{120, 40}, {20, 4}, {1, 1}, {200, 60}, {80, 24}};
    setenv("LINES", "100000", 1);
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw();
    for (int i = 0; i < 5; i++) {
        resize(sizes[i][0], sizes[i][1]);
        text_at(sizes[i][0] - 1, sizes[i][1] - 1, ROLE_TEXT, "X");
        text_at(0, 0, ROLE_TEXT, "Y");
        draw();
        ck_assert_uint_eq(cell_at(0, 0).chars[0], 'Y');
        if (sizes[i][0] > 1)
            ck_assert_uint_eq(cell_at(sizes[i][0] - 1, sizes[i][1] - 1).chars[0], 'X');
    }
}
END_TEST

START_TEST(ascii_surfaces_send_ascii) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    surface->ascii = true;
    text_at(0, 0, ROLE_TEXT, "a中µ⣿é|");
    draw();
    expect_text(0, "a? u#?|");
    for (size_t i = 0; i < line.output.len; i++)
        ck_assert_int_lt((unsigned char)line.output.data[i], 0x80);
}
END_TEST

START_TEST(a_locale_without_utf8_sends_ascii) {
    setlocale(LC_CTYPE, "C");
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    text_at(0, 0, ROLE_TEXT, "a中µ⣿é|");
    draw();
    expect_text(0, "a? u#?|");
}
END_TEST

START_TEST(the_cursor_is_parked) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    surface->cursor_x = 7;
    surface->cursor_y = 23;
    draw();
    VTermPos at;
    vterm_state_get_cursorpos(vterm_obtain_state(line.vterm), &at);
    ck_assert(line.cursor);
    ck_assert_int_eq(at.row, 23);
    ck_assert_int_eq(at.col, 7);
    surface->cursor_x = -1;
    draw();
    ck_assert(!line.cursor);
}
END_TEST

START_TEST(close_restores_and_leaves_the_last_frame) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    struct termios raw;
    tcgetattr(line.slave, &raw);
    ck_assert_uint_eq(raw.c_lflag & (ICANON | ECHO | ISIG | IEXTEN), 0);
    ck_assert_uint_eq(raw.c_iflag & (IXON | ICRNL), 0);
    text_at(0, 0, ROLE_CRIT, "verdict");
    text_at(0, 1, ROLE_TEXT, "中 row");
    surface->cursor_x = surface->cursor_y = 0;
    draw();
    screen_close(screen, surface);
    screen = NULL;
    receive_until("row\r\n");
    expect_restored();
    expect_text(0, "verdict");
    expect_text(1, "中 row");
    ck_assert_str_eq(strstr(buffer_text(&line.output), "verdict\r\n"), "verdict\r\n中 row\r\n");
}
END_TEST

START_TEST(an_emergency_restores) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw();
    screen_emergency();
    receive_until("\033[?1049l");
    expect_restored();
    screen_emergency();
}
END_TEST

START_TEST(a_childs_emergency_is_not_ours) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw();
    pid_t child = fork();
    if (child == 0) {
        screen_emergency();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    struct termios now;
    tcgetattr(line.slave, &now);
    ck_assert_uint_eq(now.c_lflag & (ICANON | ECHO), 0);
}
END_TEST

START_TEST(a_suspended_terminal_comes_back) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    text_at(0, 0, ROLE_WARN, "before");
    surface->cursor_x = surface->cursor_y = 0;
    draw();
    screen_suspend(screen);
    receive_all();
    expect_restored();
    vterm_input_write(line.vterm, "shell output", 12);
    screen_resume(screen);
    surface->cursor_x = surface->cursor_y = -1;
    draw();
    ck_assert(line.alternate);
    ck_assert(!line.cursor);
    expect_text(0, "before");
    struct termios raw;
    tcgetattr(line.slave, &raw);
    ck_assert_uint_eq(raw.c_lflag & ICANON, 0);
    screen_close(screen, NULL);
    screen = NULL;
    while (line.alternate)
        receive();
    expect_restored();
}
END_TEST

static void fill_noise(unsigned seed) {
    for (int y = 0; y < surface->rows; y++)
        for (int x = 0; x < surface->cols; x++)
            surface_put(surface, surface_rect(surface), x, y,
                        (enum role)((seed + (unsigned)(x * 7 + y)) % ROLE_COUNT), 0,
                        'a' + (seed + (unsigned)(x * y)) % 26);
}

START_TEST(a_slow_terminal_drops_frames) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    resize(200, 60);
    unsigned drawn = 0;
    do {
        ck_assert_uint_lt(drawn, 100);
        fill_noise(drawn++);
    } while (screen_draw(screen, surface));
    ck_assert(screen_waiting(screen));
    ck_assert_int_eq(screen_flush(screen), 0);
    uint64_t frames = screen_frames(screen);
    fill_noise(200);
    ck_assert(!screen_draw(screen, surface));
    ck_assert_uint_eq(screen_frames(screen), frames);
    receive_all();
    ck_assert_int_eq(screen_flush(screen), 1);
    surface_clear(surface);
    text_at(0, 0, ROLE_TEXT, "the newest");
    ck_assert(screen_draw(screen, surface));
    receive_all();
    expect_text(0, "the newest");
    expect_text(30, "");
    ck_assert_int_eq(count_of("\033[?2026h"), (int)screen_frames(screen));
}
END_TEST

START_TEST(close_does_not_wait_for_ever) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    resize(200, 60);
    for (unsigned i = 0; i < 100 && !screen_waiting(screen); i++) {
        fill_noise(i);
        screen_draw(screen, surface);
    }
    screen_close(screen, surface);
    screen = NULL;
    struct termios now;
    tcgetattr(line.slave, &now);
    ck_assert_uint_eq(now.c_lflag, line.before.c_lflag);
}
END_TEST

START_TEST(a_gone_terminal_is_said) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    receive();
    close(line.master);
    for (int i = 0; i < 3; i++) {
        fill_noise((unsigned)i);
        ck_assert(screen_draw(screen, surface));
    }
    ck_assert_int_eq(screen_flush(screen), -1);
    ck_assert(!screen_waiting(screen));
    screen_close(screen, surface);
    screen = NULL;
    line.master = open("/dev/null", O_RDONLY);
}
END_TEST

START_TEST(signals_are_left_alone) {
    static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    for (int i = 0; i < 4; i++)
        signal(signals[i], SIG_DFL);
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw();
    for (int i = 0; i < 4; i++) {
        struct sigaction now;
        sigaction(signals[i], NULL, &now);
        ck_assert(now.sa_handler == SIG_DFL);
    }
}
END_TEST

START_TEST(the_clipboard_is_asked) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw();
    screen_copy(screen, "nats stream info");
    receive_until("\033]52;c;bmF0cyBzdHJlYW0gaW5mbw==\a");
    char *longer = memory_new(10000);
    memset(longer, 'x', 9999);
    uint64_t bytes = screen_bytes(screen);
    screen_copy(screen, longer);
    ck_assert_uint_eq(screen_bytes(screen), bytes);
    free(longer);
}
END_TEST

static void expect_refused(int in_fd, int out_fd, const char *term, const char *why) {
    char message[200] = "";
    struct screen_options options = {in_fd, out_fd, term, SCREEN_COLOR_AUTO};
    ck_assert_ptr_null(screen_open(&options, message, sizeof message));
    ck_assert_msg(strstr(message, why) != NULL, "%s", message);
    expect_restored();
}

START_TEST(what_is_no_terminal_is_refused) {
    int null = open("/dev/null", O_RDWR);
    expect_refused(null, line.slave, "xterm", "input is no terminal");
    expect_refused(line.slave, null, "xterm", "output is no terminal");
    expect_refused(line.slave, line.slave, "dumb", "can't place the cursor");
    struct pollfd nothing = {.fd = line.master, .events = POLLIN};
    ck_assert_int_eq(poll(&nothing, 1, 0), 0);
    open_as("xterm", SCREEN_COLOR_AUTO); /* and it still can be had */
    text_at(0, 0, ROLE_TEXT, "x");
    draw();
    expect_text(0, "x");
    close(null);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tui_screen");
    TCase *test = tcase_create("screen");
    suite_add_tcase(suite, test);
    tcase_set_timeout(test, 60);
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, what_is_drawn_is_shown);
    tcase_add_loop_test(test, roles_have_their_look, 0, sizeof looks / sizeof *looks);
    tcase_add_test(test, no_color_means_none);
    tcase_add_test(test, the_option_beats_no_color);
    tcase_add_test(test, empty_no_color_counts_for_nothing);
    tcase_add_test(test, never_is_never);
    tcase_add_test(test, frames_are_wrapped_and_small);
    tcase_add_test(test, the_same_frame_costs_nothing);
    tcase_add_test(test, a_cursor_move_costs_two_rows);
    tcase_add_test(test, repaint_sends_all);
    tcase_add_test(test, sizes_change);
    tcase_add_test(test, ascii_surfaces_send_ascii);
    tcase_add_test(test, a_locale_without_utf8_sends_ascii);
    tcase_add_test(test, the_cursor_is_parked);
    tcase_add_test(test, close_restores_and_leaves_the_last_frame);
    tcase_add_test(test, an_emergency_restores);
    tcase_add_test(test, a_childs_emergency_is_not_ours);
    tcase_add_test(test, a_suspended_terminal_comes_back);
    tcase_add_test(test, a_slow_terminal_drops_frames);
    tcase_add_test(test, close_does_not_wait_for_ever);
    tcase_add_test(test, a_gone_terminal_is_said);
    tcase_add_test(test, signals_are_left_alone);
    tcase_add_test(test, the_clipboard_is_asked);
    tcase_add_test(test, what_is_no_terminal_is_refused);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
