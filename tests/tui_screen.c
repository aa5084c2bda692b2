/* Frames: what is sent, how little of it, and to whom it is too much. */
#include "tests/tui_line.h"

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

START_TEST(frames_are_wrapped_and_small) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    for (int y = 0; y < ROWS; y++)
        text_at(0, y, ROLE_MUTED, "a row of text that stays as it is");
    draw();
    ck_assert_int_eq(frames(), 1);
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
    ck_assert_int_eq(frames(), 11);
    ck_assert_int_eq(count_of("\033[?2026h"), 11);
    ck_assert_int_eq(count_of("\033[?2026l"), 11);
    ck_assert_int_eq(count_of("\033[2J") + count_of("\033[J"), 1);
}
END_TEST

START_TEST(the_same_frame_costs_nothing) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    text_at(0, 0, ROLE_OK, "still");
    draw();
    size_t bytes = line.output.len;
    draw();
    ck_assert_uint_eq(line.output.len, bytes);
    ck_assert_int_eq(frames(), 1);
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
    size_t before = line.output.len;
    draw_table(6);
    draw();
    ck_assert(cell_at(60, 6).attrs.reverse);
    ck_assert(!cell_at(60, 5).attrs.reverse);
    ck_assert_uint_lt(line.output.len - before, 400);
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

START_TEST(a_slow_terminal_drops_frames) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    resize(200, 60);
    unsigned drawn = 0;
    do {
        ck_assert_uint_lt(drawn, 100);
        fill_noise(drawn++);
    } while (screen_draw(screen, surface, SCREEN_DATA));
    ck_assert(screen_waiting(screen));
    ck_assert_int_eq(screen_flush(screen), 0);
    fill_noise(200);
    ck_assert(!screen_draw(screen, surface, SCREEN_DATA));
    receive_all();
    ck_assert_int_eq(frames(), (int)drawn - 1); /* but for the one that was refused at last, and this one */
    ck_assert_int_eq(screen_flush(screen), 1);
    surface_clear(surface);
    text_at(0, 0, ROLE_TEXT, "the newest");
    ck_assert(screen_draw(screen, surface, SCREEN_DATA));
    receive_all();
    expect_text(0, "the newest");
    expect_text(30, "");
    ck_assert_int_eq(frames(), (int)drawn);
}
END_TEST

START_TEST(the_clipboard_is_asked) {
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw();
    screen_copy(screen, "nats stream info");
    receive_until("\033]52;c;bmF0cyBzdHJlYW0gaW5mbw==\a");
    char *longer = memory_new(10000);
    memset(longer, 'x', 9999);
    receive_all();
    size_t bytes = line.output.len;
    screen_copy(screen, longer);
    receive_all();
    ck_assert_uint_eq(line.output.len, bytes);
    free(longer);
}
END_TEST

int main(void) {
    TCase *test = tcase_create("screen");
    tcase_add_test(test, what_is_drawn_is_shown);
    tcase_add_test(test, frames_are_wrapped_and_small);
    tcase_add_test(test, the_same_frame_costs_nothing);
    tcase_add_test(test, a_cursor_move_costs_two_rows);
    tcase_add_test(test, repaint_sends_all);
    tcase_add_test(test, sizes_change);
    tcase_add_test(test, ascii_surfaces_send_ascii);
    tcase_add_test(test, a_locale_without_utf8_sends_ascii);
    tcase_add_test(test, the_cursor_is_parked);
    tcase_add_test(test, a_slow_terminal_drops_frames);
    tcase_add_test(test, the_clipboard_is_asked);
    return run_line_tests(test, "tui_screen");
}
