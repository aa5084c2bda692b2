/* How roles look, with colours and without. */
#include "tests/tui_line.h"

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
    ck_assert(has_color_bytes());
}
END_TEST

START_TEST(empty_no_color_counts_for_nothing) {
    setenv("NO_COLOR", "", 1);
    open_as("xterm-256color", SCREEN_COLOR_AUTO);
    draw_all_roles();
    ck_assert(has_color_bytes());
}
END_TEST

START_TEST(never_is_never) {
    open_as("xterm-256color", SCREEN_COLOR_NEVER);
    draw_all_roles();
    ck_assert(!has_color_bytes());
}
END_TEST

int main(void) {
    TCase *test = tcase_create("colors");
    tcase_add_loop_test(test, roles_have_their_look, 0, sizeof looks / sizeof *looks);
    tcase_add_test(test, no_color_means_none);
    tcase_add_test(test, the_option_beats_no_color);
    tcase_add_test(test, empty_no_color_counts_for_nothing);
    tcase_add_test(test, never_is_never);
    return run_line_tests(test, "tui_screen_colors");
}
