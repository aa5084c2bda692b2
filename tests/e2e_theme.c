/* Themes in the running program: what the option and the command name is what is shown, and a fault changes
 * nothing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/harness/folder.h"
#include "tests/harness/hostile.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"

static struct hostile *server;
static struct folder folder;
static char config[600];

static void setup(void) {
    char path[700];
    server = hostile_start("127.0.0.1", 0, "n1", NULL, 0);
    ck_assert_ptr_nonnull(server);
    ck_assert(folder_make(&folder, "theme"));
    snprintf(path, sizeof path, "%s/natsight", folder.path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/natsight/themes", folder.path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s", folder.path);
}

static void teardown(void) {
    hostile_end(server);
    folder_remove(&folder);
}

static void write_theme(const char *name, const char *text) {
    char path[700];
    snprintf(path, sizeof path, "%s/natsight/themes/%s.theme", folder.path, name);
    text_file_write(path, "%s", text);
}

static struct terminal *open_with(const char *theme) {
    const char *const env[] = {config, "NO_COLOR", NULL};
    const char *const arguments[] = {theme ? "--theme" : "--view", theme ? theme : "overview",
                                     hostile_url(server), NULL};
    struct terminal_options options = {.env = env};
    struct terminal *t = shown_open(arguments, &options);
    shown_wait(t, "\\. n1 ");
    return t;
}

struct colored {
    const char *text;
    int fg;
};

static bool is_colored(struct terminal *t, void *context) {
    const struct colored *c = context;
    int col, row = terminal_find(t, c->text, &col);
    return row >= 0 && terminal_cell(t, row, col).fg == c->fg;
}

static void wait_color(struct terminal *t, const char *text, int fg) {
    struct colored c = {text, fg};
    char what[100];
    snprintf(what, sizeof what, "%s in colour %d", text, fg);
    ck_assert(terminal_wait(t, is_colored, &c, what, SHOWN_MS));
}

START_TEST(the_option_names_a_theme) {
    write_theme("mine", "inherits = dark\nok = 201\n");
    struct terminal *t = open_with("mine");
    wait_color(t, ". n1", 201);
    shown_quit(t);
}
END_TEST

START_TEST(shipped_themes_lie_beside_the_program) {
    struct terminal *t = open_with("light");
    wait_color(t, ". n1", 26);
    shown_quit(t);
}
END_TEST

START_TEST(a_user_s_own_comes_first) {
    write_theme("light", "inherits = light\nok = 202\n");
    struct terminal *t = open_with("light");
    wait_color(t, ". n1", 202);
    wait_color(t, "NODES", 234); /* the rest from the one it hides */
    shown_quit(t);
}
END_TEST

START_TEST(a_faulty_file_of_the_default_is_said) {
    write_theme("dark", "cirt = 2\n");
    const char *const env[] = {config, "NO_COLOR", NULL};
    const char *const arguments[] = {hostile_url(server), NULL};
    struct terminal_options options = {.env = env, .cols = 160};
    struct terminal *t = shown_open(arguments, &options);
    shown_wait(t, "dark.theme:1: there is no role \"cirt\"; did you mean crit\\?");
    wait_color(t, ". n1", 39);
    shown_quit(t);
    write_theme("dark", "inherits = dark\nok = 203\n"); /* nobody named it, and it counts */
    t = open_with(NULL);
    wait_color(t, ". n1", 203);
    shown_quit(t);
}
END_TEST

START_TEST(the_command_shows_it_at_once) {
    struct terminal *t = open_with(NULL);
    wait_color(t, ". n1", 39);
    shown_type(t, ":theme light\r", " light *$");
    wait_color(t, ". n1", 26);
    write_theme("bad", "ok = 1\n\ncirt = 2\n");
    shown_type(t, ":theme bad\r", "bad.theme:3: there is no role");
    wait_color(t, ". n1", 26);
    shown_type(t, "\025theme okbae\r", "okbae: there is no such theme; did you mean okabe\\?");
    shown_type(t, "\025theme\r", "light is shown; there are bad dark high-contrast light mono okabe");
    shown_type(t, ":theme dark\r", " dark *$");
    wait_color(t, ". n1", 39);
    shown_quit(t);
}
END_TEST

START_TEST(a_theme_is_shown_while_it_is_typed) {
    struct terminal *t = open_with(NULL);
    wait_color(t, ". n1", 39);
    ck_assert(terminal_type(t, ":theme lig"));
    wait_color(t, ". n1", 39);
    ck_assert(terminal_type(t, "\t")); /* completed */
    wait_color(t, ". n1", 26);
    ck_assert(terminal_type(t, "h"));
    wait_color(t, ". n1", 39); /* no name */
    ck_assert(terminal_type(t, "\177"));
    wait_color(t, ". n1", 26);
    ck_assert(terminal_type(t, "\033"));
    wait_color(t, ". n1", 39);
    shown_type(t, ":theme light\r", " light *$");
    wait_color(t, ". n1", 26);
    shown_quit(t);
}
END_TEST

/* Before anything is asked or the terminal is touched. */
START_TEST(a_faulty_theme_ends_the_start) {
    const char *const env[] = {config, NULL};
    const char *const arguments[] = {"--theme", "bad", hostile_url(server), NULL};
    struct terminal_options options = {.env = env, .cols = 200};
    int status;
    write_theme("bad", "cirt = 2\nok = 300\n");
    struct terminal *t = shown_open(arguments, &options);
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 64);
    shown_wait(t, "^natsight: --theme .*/bad.theme:1: there is no role \"cirt\"; did you mean crit\\?");
    shown_wait(t, "bad.theme:2: ok: \"300\" is no colour: 0 to 255, #rrggbb or default");
    ck_assert_int_eq(hostile_requests(server, "*"), 0);
    terminal_close(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("e2e_theme");
    TCase *test = tcase_create("theme");
    suite_add_tcase(suite, test);
    tcase_set_timeout(test, 60);
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, the_option_names_a_theme);
    tcase_add_test(test, shipped_themes_lie_beside_the_program);
    tcase_add_test(test, a_user_s_own_comes_first);
    tcase_add_test(test, a_faulty_file_of_the_default_is_said);
    tcase_add_test(test, the_command_shows_it_at_once);
    tcase_add_test(test, a_theme_is_shown_while_it_is_typed);
    tcase_add_test(test, a_faulty_theme_ends_the_start);
    return suite_run(suite);
}
