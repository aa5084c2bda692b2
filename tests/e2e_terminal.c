/* A terminal gets what it can show. */
#include <check.h>
#include <string.h>

#include "tests/harness/quiet.h"
#include "tests/harness/suite.h"

START_TEST(no_color) {
    static const struct {
        const char *term, *env;
        bool color;
    } cases[] = {{"xterm-256color", NULL, true}, {"xterm-256color", "NO_COLOR=1", false},
                 {"vt100", NULL, false},         {"xterm", NULL, true},
                 {"never-heard-of", NULL, true}, {"linux", "NO_COLOR=1", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *env[] = {cases[i].env, NULL};
        struct terminal *t =
            quiet_open(&(struct terminal_options){.rows = 24, .cols = 80, .term = cases[i].term, .env = env},
                       (const char *[]){"--label", "prod", "--label-color", "red", NULL});
        shown_wait(t, "\\. n3 ");
        shown_wait(t, "prod");
        shown_type(t, "2", " reader-3 ");
        bool color = shown_has_color(t);
        if (strcmp(cases[i].term, "never-heard-of") != 0)
            ck_assert_msg(color == cases[i].color, "%s %s", cases[i].term, cases[i].env ? cases[i].env : "");
        shown_quit(t);
    }
}
END_TEST

START_TEST(ascii_where_the_locale_has_no_more) {
    static const char *const envs[][3] = {{"LC_ALL=C", "LANG=C", NULL}, {"LC_ALL", "LANG=POSIX", NULL}};
    struct natsc *foreign =
        natsc_connect(quiet_cluster()->node[2].url,
                      &(struct natsc_options){.name = "B\xc3\xbc\x63her-\xe6\x97\xa5\xe6\x9c\xac"}, SHOWN_MS);
    ck_assert_ptr_nonnull(foreign);
    for (size_t i = 0; i < 2; i++) {
        struct terminal *t =
            quiet_open(&(struct terminal_options){.rows = 40, .cols = 120, .env = envs[i]}, NULL);
        shown_wait(t, "\\. n3 ");
        shown_wait(t, "ORDERS / billing");
        shown_type(t, "2", "B.*cher-");
        shown_type(t, "3", "> JetStream");
        shown_type(t, "?", "Everywhere");
        ck_assert_msg(!shown_has_byte_above(t, 126), "a byte above 126 with %s", envs[i][0]);
        shown_type(t, "\033", "> JetStream");
        shown_quit(t);
    }
    struct terminal *t = quiet_open(&(struct terminal_options){.rows = 40, .cols = 120}, NULL);
    shown_type(t, "2", "B\xc3\xbc\x63her-\xe6\x97\xa5\xe6\x9c\xac");
    shown_quit(t);
    natsc_close(foreign);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("terminal");
    TCase *tc = tcase_create("terminal");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, quiet_start, quiet_end);
    tcase_add_test(tc, no_color);
    tcase_add_test(tc, ascii_where_the_locale_has_no_more);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
