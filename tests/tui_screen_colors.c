/* How roles look, with colours and without. */
#include "tests/harness/folder.h"
#include "tests/harness/text_file.h"
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
    {"xterm", ROLE_CRIT, 1, -1, true, false},
    {"linux", ROLE_CHART_OUT, 2, -1, false, false},
    {"xterm", ROLE_LABEL_RED, 7, 1, false, false},
    {"xterm", ROLE_LABEL_YELLOW, 0, 3, false, false},
    {"linux", ROLE_LABEL, 7, 4, false, false},
    {"xterm", ROLE_SELECT, -1, -1, false, true},
    {"xterm", ROLE_ROW1_HELD, 0, 3, false, false},
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

/* ---- themes ---- */

static struct theme repainted(int fg, int bg) {
    struct theme theme = *theme_builtin();
    theme.looks[ROLE_CRIT][THEME_256] = (struct look){fg, bg, ATTR_UNDERLINE};
    theme.looks[ROLE_CRIT][THEME_8] = (struct look){5, -1, ATTR_BOLD};
    theme.looks[ROLE_CRIT][THEME_MONO] = (struct look){COLOR_OWN, COLOR_OWN, ATTR_REVERSE};
    return theme;
}

static const struct {
    const char *term;
    int fg, bg; /* what is shown of an exact colour and an index */
    bool underline, bold, reverse;
} themed[] = {
    {"xterm-256color", 208, 236, true, false, false},
    {"xterm", 5, -1, false, true, false},
    {"vt100", -1, -1, false, false, true},
};

/* What is there already takes the new look, by what has changed alone. */
START_TEST(a_theme_takes_over) {
    open_as(themed[_i].term, SCREEN_COLOR_AUTO);
    text_at(0, 0, ROLE_CRIT, "x");
    text_at(0, 1, ROLE_TEXT, "plain");
    draw();
    size_t before = line.output.len;
    struct theme theme = repainted(COLOR_EXACT | 0xff8000, 236);
    screen_set_theme(screen, &theme);
    draw();
    VTermScreenCell cell = cell_at(0, 0);
    ck_assert_uint_eq(cell.chars[0], 'x');
    expect_color(cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg), themed[_i].fg);
    expect_color(cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg), themed[_i].bg);
    ck_assert_int_eq(cell.attrs.underline != 0, themed[_i].underline);
    ck_assert_int_eq(cell.attrs.bold != 0, themed[_i].bold);
    ck_assert_int_eq(cell.attrs.reverse != 0, themed[_i].reverse);
    const char *frame = buffer_text(&line.output) + before;
    ck_assert_ptr_null(strstr(frame, "\033[2J"));
    ck_assert_ptr_null(strstr(frame, "plain"));
    expect_text(1, "plain");
}
END_TEST

static const char *const grounded[] = {"xterm-256color", "tmux-256color", "xterm", "linux"};

START_TEST(a_ground_fills_the_screen) {
    open_as(grounded[_i], SCREEN_COLOR_AUTO);
    text_at(0, 0, ROLE_TEXT, "x");
    draw();
    struct theme theme = *theme_builtin();
    theme.looks[ROLE_TEXT][THEME_256] = theme.looks[ROLE_TEXT][THEME_8] = (struct look){7, 4, 0};
    screen_set_theme(screen, &theme);
    draw();
    for (int y = 0; y < ROWS; y++)
        for (int x = 0; x < COLS; x++) {
            VTermScreenCell cell = cell_at(x, y);
            expect_color(cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg), 4);
        }
}
END_TEST

#define COLOR_OF(few, many)                                                                                  \
    "\\E[%?%p1%{8}%<%t" few "%p1%d%e" many                                                                   \
    "\\:2\\:\\:%p1%{65536}%/%d\\:%p1%{256}%/%{255}%&%d\\:%p1%{255}%&%d%;m"

/* xterm-direct is in no base system: the same here, with another name. */
static void describe_direct_terminal(const struct folder *folder) {
    char path[600], command[1400];
    snprintf(path, sizeof path, "%s/direct.ti", folder->path);
    text_file_write(path, "%s",
                    "test-direct|24 bits of colour,\n\tRGB, colors#0x1000000, pairs#0x10000, ccc@, "
                    "initc@,\n\tsetab=" COLOR_OF("4", "48") ",\n\tsetaf=" COLOR_OF(
                        "3", "38") ",\n\tuse=xterm-256color,\n");
    snprintf(command, sizeof command, "PATH=$PATH:/usr/bin tic -x -o '%s' '%s'", folder->path, path);
    ck_assert_int_eq(system(command), 0);
    setenv("TERMINFO", folder->path, 1);
}

static const struct {
    int color;
    const char *bytes;
} exact[] = {
    {COLOR_EXACT | 0x12ab9f, "38:2::18:171:159"},
    {COLOR_EXACT | 0x000000, "38:2::0:0:8"}, /* 0 to 7 would be the terminal's own */
    {COLOR_EXACT | 0xffffff, "38:2::255:255:255"},
    {214, "38:2::255:175:0"},
    {9, "38:2::255:0:0"},
    {3, "[33"},
};

/* By the bytes: libvterm reads this form otherwise. */
START_TEST(direct_color_is_exact) {
    struct folder folder;
    ck_assert(folder_make(&folder, "colors"));
    describe_direct_terminal(&folder);
    open_as("test-direct", SCREEN_COLOR_AUTO);
    struct theme theme = repainted(exact[_i].color, COLOR_EXACT | 0x010203);
    screen_set_theme(screen, &theme);
    text_at(0, 0, ROLE_CRIT, "x");
    draw();
    const char *output = buffer_text(&line.output);
    ck_assert_msg(strstr(output, exact[_i].bytes) != NULL, "no %s", exact[_i].bytes);
    ck_assert_ptr_nonnull(strstr(output, "48:2::1:2:3"));
    folder_remove(&folder);
}
END_TEST

START_TEST(twenty_four_bits_are_for_direct_color_alone) {
    setenv("COLORTERM", "truecolor", 1);
    open_as("xterm-256color", SCREEN_COLOR_ALWAYS);
    struct theme theme = repainted(COLOR_EXACT | 0x12ab9f, COLOR_OWN);
    screen_set_theme(screen, &theme);
    text_at(0, 0, ROLE_CRIT, "x");
    draw();
    ck_assert_ptr_nonnull(strstr(buffer_text(&line.output), "38;5;37"));
    ck_assert_ptr_null(strstr(buffer_text(&line.output), "8:2"));
    ck_assert_ptr_null(strstr(buffer_text(&line.output), "8;2;"));
}
END_TEST

START_TEST(a_theme_brings_no_color_where_none_is_wanted) {
    open_as("xterm-256color", SCREEN_COLOR_NEVER);
    struct theme theme = repainted(208, 236);
    screen_set_theme(screen, &theme);
    draw_all_roles();
    ck_assert(!has_color_bytes());
    ck_assert(cell_at(ROLE_CRIT, 0).attrs.reverse);
}
END_TEST

int main(void) {
    TCase *test = tcase_create("colors");
    tcase_add_loop_test(test, roles_have_their_look, 0, sizeof looks / sizeof *looks);
    tcase_add_test(test, no_color_means_none);
    tcase_add_test(test, the_option_beats_no_color);
    tcase_add_test(test, empty_no_color_counts_for_nothing);
    tcase_add_test(test, never_is_never);
    tcase_add_loop_test(test, a_theme_takes_over, 0, sizeof themed / sizeof *themed);
    tcase_add_loop_test(test, a_ground_fills_the_screen, 0, sizeof grounded / sizeof *grounded);
    tcase_add_loop_test(test, direct_color_is_exact, 0, sizeof exact / sizeof *exact);
    tcase_add_test(test, twenty_four_bits_are_for_direct_color_alone);
    tcase_add_test(test, a_theme_brings_no_color_where_none_is_wanted);
    return run_line_tests(test, "tui_screen_colors");
}
