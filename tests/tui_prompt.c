#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/suite.h"
#include "tui/keys.h"
#include "tui/prompt.h"

static struct prompt prompt;

/* Words: an edit by its name, else a character. */
static void type(const char *keys) {
    static const struct {
        const char *name;
        enum prompt_edit edit;
    } edits[] = {{"Left", PROMPT_LEFT},       {"Right", PROMPT_RIGHT},    {"Home", PROMPT_HOME},
                 {"End", PROMPT_END},         {"Erase", PROMPT_ERASE},    {"Delete", PROMPT_DELETE},
                 {"Word", PROMPT_ERASE_WORD}, {"Line", PROMPT_ERASE_LINE}};
    char name[32];
    while (sscanf(keys, " %31s", name) == 1) {
        size_t i = 0;
        while (i < sizeof edits / sizeof *edits && strcmp(edits[i].name, name) != 0)
            i++;
        if (i < sizeof edits / sizeof *edits)
            prompt_edit(&prompt, edits[i].edit);
        else
            ck_assert(prompt_insert(&prompt, key_parse(name)));
        keys = strstr(keys, name) + strlen(name);
    }
}

static void expect(const char *text, size_t at) {
    ck_assert_str_eq(prompt.text, text);
    ck_assert_uint_eq(prompt.len, strlen(text));
    ck_assert_uint_eq(prompt.at, at);
}

START_TEST(typing_inserts_at_the_cursor) {
    prompt_open(&prompt, "/", "");
    ck_assert(prompt.open);
    ck_assert(prompt_insert(&prompt, 'a'));
    type("b Left Left x Right y End Space z Home w");
    expect("wxayb z", 1);
}
END_TEST

START_TEST(characters_are_moved_and_removed_whole) {
    prompt_open(&prompt, "/", "ä中b");
    expect("ä中b", 6);
    type("Left Left");
    expect("ä中b", 2);
    type("Delete");
    expect("äb", 2);
    type("😀 Erase Erase");
    expect("b", 0);
    type("Erase");
    expect("b", 0);
    type("End Delete");
    expect("b", 1);
}
END_TEST

START_TEST(words_and_the_line_are_removed) {
    prompt_open(&prompt, ":", "stream ORDERS now");
    type("Word");
    expect("stream ORDERS ", 14);
    type("Word");
    expect("stream ", 7);
    type("Home Word x End y");
    expect("xstream y", 9);
    type("Left Line");
    expect("y", 0);
}
END_TEST

START_TEST(other_keys_change_nothing) {
    prompt_open(&prompt, "/", "abc");
    ck_assert(!prompt_insert(&prompt, K_F5));
    ck_assert(!prompt_insert(&prompt, K_UP));
    ck_assert(!prompt_insert(&prompt, K_TAB));
    ck_assert(!prompt_insert(&prompt, K_CTRL('l')));
    ck_assert(!prompt_insert(&prompt, 0x301));
    expect("abc", 3);
}
END_TEST

START_TEST(it_holds_no_more_than_it_can) {
    prompt_open(&prompt, "/", "");
    for (int i = 0; i < 1000; i++)
        prompt_insert(&prompt, 0x4e2d);
    ck_assert_uint_eq(prompt.len, 255);
    ck_assert(!prompt_insert(&prompt, 'x'));
    ck_assert_uint_eq(strlen(prompt.text), 255);
    char longer[1000];
    memset(longer, 'y', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    prompt_open(&prompt, "a label that is too long", longer);
    ck_assert_uint_lt(prompt.len, sizeof prompt.text);
}
END_TEST

/* Behind the text, or where there is no room above it. */
START_TEST(an_error_is_read_whole) {
    struct surface *s = surface_create(30, 3);
    prompt_open(&prompt, ":", "forget n9");
    snprintf(prompt.error, sizeof prompt.error, "there is no n9");
    prompt_draw(&prompt, s, (struct rect){0, 2, 30, 1});
    char *text = surface_plain(s);
    ck_assert_str_eq(text, "\n\n:forget n9  there is no n9\n");
    free(text);
    snprintf(prompt.error, sizeof prompt.error, "there is no server n9");
    prompt_draw(&prompt, s, (struct rect){0, 2, 30, 1});
    text = surface_plain(s);
    ck_assert_str_eq(text, "\n there is no server n9\n:forget n9\n");
    free(text);
    prompt_draw(&prompt, s, (struct rect){0, 0, 30, 1}); /* nothing above it */
    ck_assert_int_eq(s->cursor_y, 0);
    surface_destroy(s);
}
END_TEST

START_TEST(typing_clears_the_error) {
    prompt_open(&prompt, "/", "lag>");
    snprintf(prompt.error, sizeof prompt.error, "a number is missing");
    ck_assert(!prompt_insert(&prompt, K_F1));
    ck_assert_str_eq(prompt.error, "a number is missing");
    prompt_insert(&prompt, '1');
    ck_assert_str_eq(prompt.error, "");
}
END_TEST

static void expect_drawn(int cols, const char *row, int cursor) {
    struct surface *s = surface_create(cols, 2);
    surface_fill(s, surface_rect(s), ROLE_TEXT, 0, '#');
    prompt_draw(&prompt, s, (struct rect){0, 1, cols, 1});
    char *text = surface_plain(s);
    ck_assert_str_eq(strchr(text, '\n') + 1, row);
    ck_assert_int_eq(s->cursor_x, cursor);
    ck_assert_int_eq(s->cursor_y, cursor < 0 ? -1 : 1);
    free(text);
    surface_destroy(s);
}

START_TEST(it_is_drawn_with_its_cursor) {
    prompt_open(&prompt, "/", "lag>10");
    expect_drawn(20, "/lag>10\n", 7);
    type("Left Left");
    expect_drawn(20, "/lag>10\n", 5);
    snprintf(prompt.error, sizeof prompt.error, "no such column");
    expect_drawn(30, "/lag>10  no such column\n", 5);
    prompt_open(&prompt, "filter: ", "中国");
    expect_drawn(20, "filter: 中国\n", 12);
}
END_TEST

/* What is typed as an answer comes to nothing, and why stays in sight. */
START_TEST(what_is_refused_takes_no_text) {
    prompt_refuse(&prompt, "no: ", "only read here");
    ck_assert(prompt.open);
    ck_assert(!prompt_insert(&prompt, 'x'));
    prompt_edit(&prompt, PROMPT_ERASE_LINE);
    prompt_set(&prompt, "typed before");
    expect_drawn(30, "no:   only read here\n", 4);
    prompt_open(&prompt, "/", "");
    ck_assert(prompt_insert(&prompt, 'x'));
    expect_drawn(20, "/x\n", 2);
}
END_TEST

START_TEST(a_long_text_scrolls) {
    prompt_open(&prompt, "/", "0123456789abcdef");
    expect_drawn(10, "/89abcdef\n", 9);
    type("Home");
    expect_drawn(10, "/012345678\n", 1);
    expect_drawn(1, "\n", -1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tui_prompt");
    TCase *test = tcase_create("prompt");
    suite_add_tcase(suite, test);
    tcase_add_test(test, typing_inserts_at_the_cursor);
    tcase_add_test(test, characters_are_moved_and_removed_whole);
    tcase_add_test(test, words_and_the_line_are_removed);
    tcase_add_test(test, other_keys_change_nothing);
    tcase_add_test(test, it_holds_no_more_than_it_can);
    tcase_add_test(test, typing_clears_the_error);
    tcase_add_test(test, an_error_is_read_whole);
    tcase_add_test(test, it_is_drawn_with_its_cursor);
    tcase_add_test(test, what_is_refused_takes_no_text);
    tcase_add_test(test, a_long_text_scrolls);
    return suite_run(suite);
}
