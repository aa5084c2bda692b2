/* Theme files: what they say, what they leave open, what is wrong with them, and where they are looked for.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/harness/folder.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"
#include "themes/theme.h"

static struct folder folder;
static struct theme theme;
static char message[THEME_MESSAGE_SIZE];

static void setup(void) {
    ck_assert(folder_make(&folder, "themes"));
    setenv("XDG_CONFIG_HOME", folder.path, 1);
    char path[700];
    snprintf(path, sizeof path, "%s/natsight", folder.path);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/natsight/themes", folder.path);
    mkdir(path, 0700);
    memset(&theme, 0, sizeof theme);
}

static void teardown(void) {
    folder_remove(&folder);
}

static const char *user_path(const char *name) {
    static char path[700];
    snprintf(path, sizeof path, "%s/natsight/themes/%s.theme", folder.path, name);
    return path;
}

static void write_theme(const char *name, const char *text) {
    text_file_write(user_path(name), "%s", text);
}

static void load(const char *text) {
    write_theme("one", text);
    ck_assert_msg(theme_find("one", &theme, message, sizeof message), "%s", message);
    ck_assert_str_eq(theme.name, "one");
}

static void expect_look(enum role role, enum theme_depth depth, int fg, int bg, unsigned attrs) {
    struct look look = theme.looks[role][depth];
    ck_assert_int_eq(look.fg, fg);
    ck_assert_int_eq(look.bg, bg);
    ck_assert_uint_eq(look.attrs, attrs);
}

/* ---- what a file says ---- */

START_TEST(a_line_is_a_look) {
    load("\xef\xbb\xbf"
         "head = 98");
    expect_look(ROLE_HEAD, THEME_256, 98, -1, 0);
    load("  # a comment\n\n\tcrit=#FF8000 17 bold underline\n"
         "warn = 99 default reverse dim # a comment\r\n"
         "ok = default #123456 #\n"
         "crit.8 = 5 0\ncrit.mono = default dim");
    expect_look(ROLE_CRIT, THEME_256, COLOR_EXACT | 0xff8000, 17, ATTR_BOLD | ATTR_UNDERLINE);
    expect_look(ROLE_WARN, THEME_256, 99, -1, ATTR_REVERSE | ATTR_DIM);
    expect_look(ROLE_OK, THEME_256, -1, COLOR_EXACT | 0x123456, 0);
    expect_look(ROLE_CRIT, THEME_8, 5, 0, 0);
    expect_look(ROLE_CRIT, THEME_MONO, -1, -1, ATTR_DIM);
}
END_TEST

START_TEST(what_is_not_named_looks_like_its_fallback) {
    load("text = 252\nwarn = 99 bold\nhead = 98\n");
    expect_look(ROLE_CRIT, THEME_256, 99, -1, ATTR_BOLD);
    expect_look(ROLE_ERROR, THEME_256, 99, -1, ATTR_BOLD);
    expect_look(ROLE_CRIT, THEME_8, 6, -1, ATTR_BOLD);
    expect_look(ROLE_KEY, THEME_256, 98, -1, 0);
    expect_look(ROLE_LABEL_CYAN, THEME_256, 98, -1, 0);
    expect_look(ROLE_MUTED, THEME_256, 252, -1, 0);
    expect_look(ROLE_SELECT, THEME_256, 252, -1, ATTR_REVERSE); /* has to be seen */
    expect_look(ROLE_ROW1, THEME_MONO, -1, -1, ATTR_REVERSE);
}
END_TEST

START_TEST(an_empty_file_is_a_theme) {
    load("");
    expect_look(ROLE_CRIT, THEME_256, -1, -1, 0);
    expect_look(ROLE_SELECT, THEME_256, -1, -1, ATTR_REVERSE);
}
END_TEST

START_TEST(a_ground_of_text_is_everybodys) {
    load("inherits = dark\ntext = #eeeeee #101010\nok = 39 default\n");
    expect_look(ROLE_CRIT, THEME_256, 203, COLOR_EXACT | 0x101010, 0);
    expect_look(ROLE_SELECT, THEME_256, COLOR_EXACT | 0xeeeeee, COLOR_EXACT | 0x101010, ATTR_REVERSE);
    expect_look(ROLE_LABEL_RED, THEME_256, 231, 160, 0);
    expect_look(ROLE_OK, THEME_256, 39, -1, 0);
    expect_look(ROLE_TEXT, THEME_8, 7, 0, 0);
    expect_look(ROLE_MUTED, THEME_8, 7, 0, 0);
    expect_look(ROLE_CRIT, THEME_8, 1, 0, ATTR_BOLD);
}
END_TEST

START_TEST(heirs_change_what_they_name) {
    write_theme("base", "inherits = dark\nwarn = 99\nmuted = 98\nmuted.8 = 5\n");
    load("inherits = base\nmuted = 71\n");
    expect_look(ROLE_WARN, THEME_256, 99, -1, 0);
    expect_look(ROLE_CRIT, THEME_256, 203, -1, 0);
    expect_look(ROLE_MUTED, THEME_256, 71, -1, 0);
    ck_assert_int_eq(theme.looks[ROLE_MUTED][THEME_8].fg, 2); /* 5 belonged to 98 */
}
END_TEST

START_TEST(a_user_s_own_may_inherit_the_one_it_hides) {
    write_theme("dark", "inherits = dark\ncrit = 201\n");
    ck_assert_msg(theme_find("dark", &theme, message, sizeof message), "%s", message);
    expect_look(ROLE_CRIT, THEME_256, 201, -1, 0);
    expect_look(ROLE_WARN, THEME_256, 214, -1, 0);
}
END_TEST

/* ---- fewer colours ---- */

static const struct {
    const char *line;
    int fg256, fg, bg;
    unsigned attrs, mono;
} translated[] = {
    {"warn = #ff8700", 208, 3, -1, ATTR_BOLD, ATTR_BOLD},
    {"warn = #0000ff", 21, 6, -1, ATTR_BOLD, ATTR_BOLD},
    {"warn = 21 underline", 21, 6, -1, ATTR_UNDERLINE, ATTR_UNDERLINE},
    {"warn = #808080", 244, -1, -1, ATTR_BOLD, ATTR_BOLD},
    {"warn = 11", 11, 3, -1, ATTR_BOLD, ATTR_BOLD},
    {"warn = 4", 4, 4, -1, ATTR_BOLD, ATTR_BOLD},
    {"warn = 21 16", 21, 6, 0, ATTR_BOLD, ATTR_BOLD},
    {"warn = 203 #0000aa", 203, 7, 4, ATTR_BOLD, ATTR_BOLD},
    {"warn = 231 #ffff00", 231, 0, 3, ATTR_BOLD, ATTR_BOLD},
    {"warn = 231 254", 231, 0, 7, ATTR_BOLD, ATTR_BOLD},
    {"warn = default 124", -1, 7, 1, ATTR_BOLD, ATTR_BOLD},
    {"warn = 214", 214, 3, -1, ATTR_BOLD, ATTR_BOLD},
};

START_TEST(few_colours_can_be_read) {
    load(translated[_i].line);
    ck_assert_int_eq(color_of_256(theme.looks[ROLE_WARN][THEME_256].fg), translated[_i].fg256);
    expect_look(ROLE_WARN, THEME_8, translated[_i].fg, translated[_i].bg, translated[_i].attrs);
    expect_look(ROLE_WARN, THEME_MONO, -1, -1, translated[_i].mono);
}
END_TEST

/* ---- faults ---- */

static const struct {
    const char *text;
    int line;
    const char *what;
} faults[] = {
    {"ok = 39\ncirt = 203\n", 2, "there is no role \"cirt\"; did you mean crit?"},
    {"qqqqqqqq = 1", 1, "there is no role \"qqqqqqqq\"; themes/dark.theme has all"},
    {"inherit = dark", 1, "did you mean inherits?"},
    {"crit.16 = 1", 1, "\"crit.16\": behind the name may stand .8 or .mono"},
    {"crit = 256", 1, "crit: \"256\" is no colour: 0 to 255, #rrggbb or default"},
    {"crit = -1", 1, "\"-1\" is no colour"},
    {"crit = #fff", 1, "\"#fff\" is no colour"},
    {"crit = #12345g", 1, "\"#12345g\" is no colour"},
    {"crit = defualt", 1, "did you mean default?"},
    {"crit = red", 1, "\"red\" is no colour"},
    {"crit = 203 blod", 1, "did you mean bold?"},
    {"crit = 203 1 blinking", 1, "\"blinking\" is no attribute: bold, underline, reverse or dim"},
    {"crit = 203 1 2", 1, "crit: \"2\" stands behind what may be a colour: COLOUR [GROUND] [ATTRIBUTE"},
    {"crit = default default default", 1, "crit: \"default\" stands behind what may be a colour: "},
    {"crit = 1 bold 2", 1, "crit: \"2\" stands behind what may be a colour: "},
    {"crit = 1 2 300", 1, "crit: \"300\" is no colour"},
    {"crit = bold", 1, "the colour comes first: default bold"},
    {"crit =", 1, "crit has no colour"},
    {"crit = # nothing", 1, "crit has no colour"},
    {"crit 203", 1, "a line is ROLE = COLOUR"},
    {"= 203", 1, "a line is ROLE = COLOUR"},
    {"crit warn = 203", 1, "a line is ROLE = COLOUR"},
    {"crit = 203\n\ncrit = 204", 3, "crit stands on line 1 already"},
    {"crit.8 = 8", 1, "\"8\" is none of eight colours"},
    {"crit.mono = 1 bold", 1, "\"1\" is a colour"},
    {"inherits = dark light", 1, "inherits takes the name of one theme"},
    {"inherits = dark\ninherits = dark", 2, "inherits stands on line 1 already"},
    {"\ninherits = drak", 2, "there is no theme \"drak\" to inherit; did you mean dark?"},
    {"inherits = one", 1, "a theme can't inherit itself"},
    {"inherits = ../../etc/passwd", 1, "there is no theme"},
    {"crit\033[31m = 1", 1, "\"crit\357\277\275[31m\""},
};

START_TEST(a_fault_names_its_line) {
    char start[800];
    write_theme("one", faults[_i].text);
    struct theme before = theme;
    ck_assert(!theme_find("one", &theme, message, sizeof message));
    snprintf(start, sizeof start, "%s:%d: ", user_path("one"), faults[_i].line);
    ck_assert_msg(strncmp(message, start, strlen(start)) == 0, "not %s: %s", start, message);
    ck_assert_msg(strstr(message, faults[_i].what) != NULL, "no \"%s\" in: %s", faults[_i].what, message);
    ck_assert_ptr_null(strchr(message, '\n'));
    ck_assert_mem_eq(&before, &theme, sizeof theme);
}
END_TEST

START_TEST(all_faults_are_told_up_to_a_bound) {
    char text[2000] = "";
    for (int i = 0; i < 20; i++)
        strcat(text, "crit = x\n");
    write_theme("one", text);
    ck_assert(!theme_find("one", &theme, message, sizeof message));
    int lines = 1;
    for (const char *at = message; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_int_eq(lines, 9);
    ck_assert_ptr_nonnull(strstr(message, ":8: "));
    ck_assert_ptr_nonnull(strstr(message, "\nand 12 more"));
    char small[100];
    ck_assert(!theme_find("one", &theme, small, sizeof small));
    ck_assert_uint_lt(strlen(small), sizeof small);
}
END_TEST

START_TEST(rings_and_towers_end) {
    char name[20], text[60];
    write_theme("a", "inherits = b");
    write_theme("b", "inherits = a");
    ck_assert(!theme_find("a", &theme, message, sizeof message));
    ck_assert_ptr_nonnull(
        strstr(message, "b.theme:1: a theme can't inherit itself, also not through another one"));
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "t%d", i);
        snprintf(text, sizeof text, "# floor\ninherits = t%d", i + 1);
        write_theme(name, text);
    }
    ck_assert(!theme_find("t0", &theme, message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "t7.theme:2: "));
    ck_assert_ptr_nonnull(strstr(message, "too deep"));
}
END_TEST

START_TEST(what_is_no_text_file_is_refused) {
    ck_assert(!theme_find(folder.path, &theme, message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "this is no theme"));
    ck_assert(!theme_find("/dev/zero", &theme, message, sizeof message));
    ck_assert(!theme_find("/nonexistent/x.theme", &theme, message, sizeof message));
    ck_assert_str_eq(message, "/nonexistent/x.theme: there is no such file");
    char fifo[700];
    snprintf(fifo, sizeof fifo, "%s/fifo.theme", folder.path);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert(!theme_find(fifo, &theme, message, sizeof message)); /* and does not wait for a writer */
    FILE *file = fopen(user_path("nul"), "w");
    ck_assert_ptr_nonnull(file);
    fwrite("ok = 1\0\n", 1, 8, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert(!theme_find("nul", &theme, message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "nul.theme:1: this is no line of a theme"));
    static char big[70000];
    memset(big, '\n', sizeof big - 1);
    write_theme("big", big);
    ck_assert(!theme_find("big", &theme, message, sizeof message));
}
END_TEST

/* ---- where ---- */

START_TEST(dark_needs_no_file) {
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("HOME");
    ck_assert_msg(theme_find("dark", &theme, message, sizeof message), "%s", message);
    ck_assert_mem_eq(theme.looks, theme_builtin()->looks, sizeof theme.looks);
    ck_assert(!theme_find("drak", &theme, message, sizeof message));
    static const char start[] = "drak: there is no such theme; did you mean dark? (looked in /";
    ck_assert_msg(strncmp(message, start, sizeof start - 1) == 0, "%s", message);
    ck_assert_ptr_nonnull(strstr(message, "/share/natsight/themes, /"));
    ck_assert_str_eq(strstr(message, "/tests/themes"), "/tests/themes and the program)");
    ck_assert_ptr_null(strstr(message, ".."));
}
END_TEST

START_TEST(what_is_shipped_needs_no_file) {
    static const char *const names[] = {"light", "high-contrast", "mono", "okabe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char file[100];
        struct theme of_file;
        snprintf(file, sizeof file, "themes/%s.theme", names[i]);
        ck_assert_msg(theme_find(names[i], &theme, message, sizeof message), "%s", message);
        ck_assert_msg(theme_find(file, &of_file, message, sizeof message), "%s", message);
        ck_assert_mem_eq(theme.looks, of_file.looks, sizeof theme.looks);
    }
    write_theme("light", "inherits = light\nok = 201\n");
    ck_assert_msg(theme_find("light", &theme, message, sizeof message), "%s", message);
    expect_look(ROLE_OK, THEME_256, 201, -1, 0);
    expect_look(ROLE_MUTED, THEME_256, 236, -1, 0);
}
END_TEST

START_TEST(home_stands_in_for_a_relative_config) {
    char path[2000];
    setenv("XDG_CONFIG_HOME", "here", 1);
    setenv("HOME", folder.path, 1);
    snprintf(path, sizeof path, "mkdir -p '%s/.config' && mv '%s/natsight' '%s/.config/'", folder.path,
             folder.path, folder.path);
    write_theme("mine", "ok = 1");
    ck_assert_int_eq(system(path), 0);
    ck_assert_msg(theme_find("mine", &theme, message, sizeof message), "%s", message);
}
END_TEST

START_TEST(a_file_is_named_by_its_path) {
    write_theme("one", "ok = 99");
    ck_assert_msg(theme_find(user_path("one"), &theme, message, sizeof message), "%s", message);
    ck_assert_str_eq(theme.name, "one");
    expect_look(ROLE_OK, THEME_256, 99, -1, 0);
}
END_TEST

START_TEST(names_are_listed_once_and_in_order) {
    char names[THEME_MOST_NAMES][THEME_NAME_SIZE], name[40];
    write_theme("zebra", "");
    write_theme("amber", "");
    write_theme("dark", "");
    write_theme("no good", "");
    int count = theme_names(names);
    ck_assert_int_ge(count, 3);
    ck_assert_str_eq(names[0], "amber");
    ck_assert_str_eq(names[1], "dark");
    ck_assert_str_eq(names[count - 1], "zebra");
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "many%d", i);
        write_theme(name, "");
    }
    ck_assert_int_eq(theme_names(names), THEME_MOST_NAMES);
}
END_TEST

/* ---- what is shipped ---- */

START_TEST(the_shipped_dark_is_the_one_compiled_in) {
    ck_assert_msg(theme_find("themes/dark.theme", &theme, message, sizeof message), "%s", message);
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int depth = 0; depth < THEME_DEPTHS; depth++) {
            const struct look *look = &theme_builtin()->looks[role][depth];
            expect_look((enum role)role, (enum theme_depth)depth, look->fg, look->bg, look->attrs);
        }
}
END_TEST

START_TEST(the_shipped_mono_is_what_no_colour_looks_like) {
    ck_assert_msg(theme_find("themes/mono.theme", &theme, message, sizeof message), "%s", message);
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int depth = 0; depth < THEME_DEPTHS; depth++)
            expect_look((enum role)role, (enum theme_depth)depth, -1, -1,
                        theme_builtin()->looks[role][THEME_MONO].attrs);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("themes_files");
    TCase *test = tcase_create("files");
    suite_add_tcase(suite, test);
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, a_line_is_a_look);
    tcase_add_test(test, what_is_not_named_looks_like_its_fallback);
    tcase_add_test(test, an_empty_file_is_a_theme);
    tcase_add_test(test, a_ground_of_text_is_everybodys);
    tcase_add_test(test, heirs_change_what_they_name);
    tcase_add_test(test, a_user_s_own_may_inherit_the_one_it_hides);
    tcase_add_loop_test(test, few_colours_can_be_read, 0, sizeof translated / sizeof *translated);
    tcase_add_loop_test(test, a_fault_names_its_line, 0, sizeof faults / sizeof *faults);
    tcase_add_test(test, all_faults_are_told_up_to_a_bound);
    tcase_add_test(test, rings_and_towers_end);
    tcase_add_test(test, what_is_no_text_file_is_refused);
    tcase_add_test(test, dark_needs_no_file);
    tcase_add_test(test, what_is_shipped_needs_no_file);
    tcase_add_test(test, home_stands_in_for_a_relative_config);
    tcase_add_test(test, a_file_is_named_by_its_path);
    tcase_add_test(test, names_are_listed_once_and_in_order);
    tcase_add_test(test, the_shipped_dark_is_the_one_compiled_in);
    tcase_add_test(test, the_shipped_mono_is_what_no_colour_looks_like);
    return suite_run(suite);
}
