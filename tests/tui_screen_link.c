/* Status queries behind frames, their answers, and that none is left for whoever reads next. */
#include "tests/tui_line.h"

#define QUERY  "\033[5n"
#define ANSWER "\033[0n"

enum { FIRST_PART = 1000 }; /* bytes of the patient rows */

static void open_asking(void) {
    line.max_rate = 0;
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
}

static void answer(const char *bytes) {
    ck_assert_int_eq(write(line.master, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

static bool draw_number(int number, enum screen_haste haste) {
    surface_printf(surface, surface_rect(surface), 0, 0, ROLE_TEXT, 0, "%d", number);
    return screen_draw(screen, surface, haste);
}

START_TEST(a_frame_ends_with_a_query) {
    open_asking();
    receive_until(QUERY); /* before the first frame */
    ck_assert_int_eq(frames(), 0);
    ck_assert(draw_number(1, SCREEN_DATA));
    receive_all();
    const char *end = buffer_text(&line.output) + line.output.len;
    ck_assert_str_eq(end - 12, "\033[?2026l" QUERY);
    ck_assert_int_eq(count_of(QUERY), 2);
}
END_TEST

START_TEST(two_frames_may_be_unanswered) {
    open_asking();
    ck_assert(draw_number(1, SCREEN_DATA));
    ck_assert(draw_number(2, SCREEN_DATA));
    ck_assert(!screen_ready(screen, SCREEN_DATA));
    ck_assert(!draw_number(3, SCREEN_KEY));
    receive_all();
    ck_assert_int_eq(frames(), 2);
    for (int i = 0; i < 3; i++)
        screen_answer(screen);
    ck_assert(draw_number(4, SCREEN_DATA));
    receive_all();
    expect_text(0, "4");
    ck_assert_int_eq(frames(), 3);
    ck_assert(!screen_link(screen).capped);
}
END_TEST

/* What the next reader would get. */
static void expect_nothing_to_read(void) {
    struct termios raw = line.before;
    struct pollfd wait = {.fd = line.slave, .events = POLLIN};
    expect_restored();
    cfmakeraw(&raw);
    tcsetattr(line.slave, TCSANOW, &raw);
    ck_assert_int_eq(poll(&wait, 1, 0), 0);
}

static void expect_drained(const char *input) {
    open_asking();
    draw_number(1, SCREEN_DATA);
    draw_number(2, SCREEN_DATA);
    answer(input);
    screen_close(screen, NULL);
    screen = NULL;
    receive_until("\033[?1049l");
    expect_nothing_to_read();
}

START_TEST(answers_are_read_away_at_the_end) {
    expect_drained(ANSWER "x" ANSWER "\033[3n");
}
END_TEST

/* The answers come when the screen has been given back. */
START_TEST(a_crash_reads_answers_away) {
    open_asking();
    draw_number(1, SCREEN_DATA);
    receive_all();
    pid_t far = fork();
    if (far == 0) {
        struct pollfd given_back = {.fd = line.master, .events = POLLIN};
        poll(&given_back, 1, 10000);
        ssize_t n = write(line.master, ANSWER ANSWER, 2 * (sizeof ANSWER - 1));
        _exit(n > 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    screen_emergency();
    int status;
    ck_assert_int_eq(waitpid(far, &status, 0), far);
    ck_assert_int_eq(status, 0);
    receive_until("\033[?1049l");
    expect_nothing_to_read();
}
END_TEST

START_TEST(answers_that_do_not_all_come_hold_nobody_up) {
    expect_drained(ANSWER "\033[0");
}
END_TEST

START_TEST(control_c_ends_the_wait) {
    expect_drained("x\x03" ANSWER);
}
END_TEST

START_TEST(the_first_picture_goes_in_parts) {
    open_asking();
    surface->patient = (struct rect){0, 3, COLS, ROWS - 4};
    fill_noise(1);
    text_at(0, 1, ROLE_CRIT, "verdict first");
    ck_assert(!screen_draw(screen, surface, SCREEN_DATA));
    receive_all();
    ck_assert_int_eq(frames(), 1);
    ck_assert_uint_lt(line.output.len, 8 * FIRST_PART);
    ck_assert_ptr_nonnull(strstr(buffer_text(&line.output), "verdict first"));
    bool whole = false;
    for (int i = 0; i < 100 && !whole; i++) { /* at once where the terminal is near */
        screen_answer(screen);
        screen_answer(screen);
        whole = screen_draw(screen, surface, SCREEN_DATA);
        receive_all();
    }
    ck_assert(whole);
}
END_TEST

START_TEST(what_was_typed_for_the_next_one_stays) {
    open_asking();
    draw_number(1, SCREEN_DATA);
    screen_answer(screen);
    screen_answer(screen);
    answer("ls\r");
    screen_close(screen, NULL);
    screen = NULL;
    char bytes[8];
    ck_assert_int_eq(read(line.slave, bytes, sizeof bytes), 3);
    ck_assert_int_eq(memcmp(bytes, "ls", 2), 0);
}
END_TEST

START_TEST(a_suspension_asks_again) {
    open_asking();
    draw_number(1, SCREEN_DATA);
    answer(ANSWER ANSWER);
    screen_suspend(screen);
    receive_all();
    expect_nothing_to_read();
    tcsetattr(line.slave, TCSANOW, &line.before);
    screen_resume(screen);
    ck_assert(draw_number(2, SCREEN_DATA));
    ck_assert(draw_number(3, SCREEN_DATA));
    ck_assert(!screen_ready(screen, SCREEN_KEY));
    receive_all();
    ck_assert_int_eq(count_of(QUERY), 5);
}
END_TEST

START_TEST(a_given_rate_asks_nothing) {
    line.max_rate = 1000;
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    surface->patient = (struct rect){0, 3, COLS, ROWS - 4};
    fill_noise(1);
    ck_assert(!screen_draw(screen, surface, SCREEN_DATA));
    ck_assert(!screen_ready(screen, SCREEN_DATA));
    ck_assert_int_gt(screen_next_ns(screen, SCREEN_DATA), 0);
    ck_assert_int_lt(screen_next_ns(screen, SCREEN_DATA), INT64_MAX);
    ck_assert(screen_link(screen).capped);
    receive_all();
    ck_assert_int_eq(count_of(QUERY), 0);
    ck_assert_int_eq(frames(), 1);
}
END_TEST

START_TEST(pastes_are_marked) {
    open_asking();
    draw_number(1, SCREEN_DATA);
    screen_answer(screen);
    draw_number(2, SCREEN_DATA);
    receive_all();
    ck_assert_int_eq(count_of("\033[?2004h"), 1);
    ck_assert_int_eq(count_of("\033[?2004l"), 0);
    answer(ANSWER ANSWER ANSWER);
    screen_close(screen, NULL);
    screen = NULL;
    receive_until("\033[?2004l");
}
END_TEST

int main(void) {
    TCase *test = tcase_create("link");
    tcase_add_test(test, a_frame_ends_with_a_query);
    tcase_add_test(test, two_frames_may_be_unanswered);
    tcase_add_test(test, answers_are_read_away_at_the_end);
    tcase_add_test(test, a_crash_reads_answers_away);
    tcase_add_test(test, answers_that_do_not_all_come_hold_nobody_up);
    tcase_add_test(test, control_c_ends_the_wait);
    tcase_add_test(test, the_first_picture_goes_in_parts);
    tcase_add_test(test, what_was_typed_for_the_next_one_stays);
    tcase_add_test(test, a_suspension_asks_again);
    tcase_add_test(test, a_given_rate_asks_nothing);
    tcase_add_test(test, pastes_are_marked);
    return run_line_tests(test, "tui_screen_link");
}
