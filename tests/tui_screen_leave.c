/* The terminal is left as it was found, whatever happens. */
#include "tests/tui_line.h"

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

START_TEST(close_does_not_wait_for_ever) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    resize(200, 60);
    for (unsigned i = 0; i < 100 && !screen_waiting(screen); i++) {
        fill_noise(i);
        screen_draw(screen, surface, SCREEN_DATA);
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
        ck_assert(screen_draw(screen, surface, SCREEN_DATA));
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

static void expect_refused(int in_fd, int out_fd, const char *term, const char *why) {
    char message[200] = "";
    struct screen_options options = {in_fd, out_fd, term, SCREEN_COLOR_AUTO, 0};
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
    TCase *test = tcase_create("leave");
    tcase_add_test(test, close_restores_and_leaves_the_last_frame);
    tcase_add_test(test, an_emergency_restores);
    tcase_add_test(test, a_childs_emergency_is_not_ours);
    tcase_add_test(test, a_suspended_terminal_comes_back);
    tcase_add_test(test, close_does_not_wait_for_ever);
    tcase_add_test(test, a_gone_terminal_is_said);
    tcase_add_test(test, signals_are_left_alone);
    tcase_add_test(test, what_is_no_terminal_is_refused);
    return run_line_tests(test, "tui_screen_leave");
}
