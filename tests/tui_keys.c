#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tui/action.h"
#include "tui/keys.h"

struct typed {
    char text[512];
};

static void note(void *data, uint32_t key) {
    struct typed *typed = data;
    char name[32];
    key_name(key, name, sizeof name);
    size_t len = strlen(typed->text);
    snprintf(typed->text + len, sizeof typed->text - len, "%s%s", len ? " " : "", name);
}

static void expect_fed(const char *bytes, size_t len, const char *keys) {
    struct typed typed = {""};
    struct key_decoder d;
    key_decoder_init(&d);
    key_decoder_feed(&d, bytes, len, 0, note, &typed);
    ck_assert_str_eq(typed.text, keys);
}

static const struct {
    const char *bytes, *keys;
} sequences[] = {
    {"a", "a"},
    {"q?/", "q ? /"},
    {"\r\n", "Enter Enter"},
    {"\t", "Tab"},
    {" ", "Space"},
    {"\177\b", "Backspace Backspace"},
    {"\003\014\032", "Ctrl-C Ctrl-L Ctrl-Z"},
    {"\033[A\033[B\033[C\033[D", "Up Down Right Left"},
    {"\033OA\033OB\033OC\033OD", "Up Down Right Left"},
    {"\033[H\033[F\033OH\033OF\033[1~\033[4~\033[7~\033[8~", "Home End Home End Home End Home End"},
    {"\033[2~\033[3~\033[5~\033[6~", "Ins Del PgUp PgDn"},
    {"\033[Z", "Shift-Tab"},
    {"\033OP\033OQ\033OR\033OS\033[15~\033[17~", "F1 F2 F3 F4 F5 F6"},
    {"\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~", "F7 F8 F9 F10 F11 F12"},
    {"\033[11~\033[12~\033[13~\033[14~", "F1 F2 F3 F4"},
    {"\033[[A\033[[E", "F1 F5"},
    {"\033[1;5A\033[5;2~", "Up PgUp"},
    {"\033OM", "Enter"},
    {"\303\244\342\202\254\360\237\230\200\344\270\255", "ä € 😀 中"},
    {"\033[0nx", "x"},                        /* the answer to a status query */
    {"\033[12;40R\033[?62;22cy", "y"},        /* where the cursor is, what the terminal is */
    {"\033]11;rgb:0000/0000/0000\007x", "x"}, /* colours */
    {"\033]11;rgb:0000/0000/0000\033\\x", "x"},
    {"\033P1$r0m\033\\x", "x"},
    {"\033[200;201;202zx", "x"},
    {"\033[999~x", "x"},
    {"\033[1\003x", "Ctrl-C x"}, /* a broken sequence takes no key with it */
    {"\033[1\033[A", "Up"},
    {"\033\033[A", "Esc Up"},
    {"\033jq", "Esc j q"},
    {"\377\300\200\355\240\200x", "x"}, /* no UTF-8 */
    {"\303x", "x"},
    {"\342\202x", "x"},
    {"\314\201x", "x"},    /* a combining character alone */
    {"\302\233Ax", "A x"}, /* C1 */
};
#define SEQUENCES (int)(sizeof sequences / sizeof *sequences)

START_TEST(sequences_give_keys) {
    expect_fed(sequences[_i].bytes, strlen(sequences[_i].bytes), sequences[_i].keys);
}
END_TEST

START_TEST(sequences_may_be_split_anywhere) {
    const char *bytes = sequences[_i].bytes;
    size_t len = strlen(bytes);
    for (size_t first = 1; first < len; first++) {
        struct typed typed = {""};
        struct key_decoder d;
        key_decoder_init(&d);
        key_decoder_feed(&d, bytes, first, 0, note, &typed);
        int64_t later = 20 * NS_PER_MS;
        key_decoder_timeout(&d, later, note, &typed);
        key_decoder_feed(&d, bytes + first, len - first, later, note, &typed);
        ck_assert_msg(strcmp(typed.text, sequences[_i].keys) == 0, "split at %zu: \"%s\", expected \"%s\"",
                      first, typed.text, sequences[_i].keys);
    }
}
END_TEST

START_TEST(sequences_may_come_byte_by_byte) {
    struct typed typed = {""};
    struct key_decoder d;
    key_decoder_init(&d);
    for (const char *at = sequences[_i].bytes; *at; at++)
        key_decoder_feed(&d, at, 1, 0, note, &typed);
    ck_assert_str_eq(typed.text, sequences[_i].keys);
}
END_TEST

START_TEST(nul_is_no_key) {
    expect_fed("\0a\0b", 4, "a b");
}
END_TEST

static void expect_after(const char *bytes, int64_t wait_ms, const char *early, const char *late) {
    struct typed typed = {""};
    struct key_decoder d;
    key_decoder_init(&d);
    ck_assert_int_eq(d.deadline_ns, INT64_MAX);
    key_decoder_feed(&d, bytes, strlen(bytes), NS_PER_S, note, &typed);
    ck_assert_int_eq(d.deadline_ns, NS_PER_S + wait_ms * NS_PER_MS);
    key_decoder_timeout(&d, d.deadline_ns - 1, note, &typed);
    ck_assert_str_eq(typed.text, early);
    key_decoder_timeout(&d, d.deadline_ns, note, &typed);
    ck_assert_str_eq(typed.text, late);
    ck_assert_int_eq(d.deadline_ns, INT64_MAX);
    key_decoder_feed(&d, "x", 1, 2 * NS_PER_S, note, &typed);
    ck_assert_int_eq(typed.text[strlen(typed.text) - 1], 'x');
}

START_TEST(time_decides_what_is_incomplete) {
    expect_after("\033", 25, "", "Esc");
    expect_after("a\033", 25, "a", "a Esc");
    expect_after("\033[", 100, "", "Esc [");
    expect_after("\033O", 100, "", "Esc O");
    expect_after("\033[1;", 100, "", "");
    expect_after("\033]0;title", 100, "", "");
    expect_after("\342\202", 100, "", "");
}
END_TEST

START_TEST(an_endless_sequence_is_swallowed) {
    char bytes[5000] = "\033[";
    memset(bytes + 2, '1', sizeof bytes - 3);
    bytes[sizeof bytes - 1] = 'A';
    expect_fed(bytes, sizeof bytes, "");
    struct typed typed = {""};
    struct key_decoder d;
    key_decoder_init(&d);
    key_decoder_feed(&d, bytes, sizeof bytes, 0, note, &typed);
    key_decoder_feed(&d, "\033[Bz", 4, 0, note, &typed);
    ck_assert_str_eq(typed.text, "Down z");
}
END_TEST

START_TEST(names_and_keys_agree) {
    static const char *const names[] = {"q",  "Ctrl-L", "Up",        "PgDn", "Enter",  "Esc", "Space",
                                        "F1", "F12",    "Backspace", "Tab",  "Ctrl-_", "ä",   "Shift-Tab"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[32];
        ck_assert_uint_ne(key_parse(names[i]), 0);
        key_name(key_parse(names[i]), name, sizeof name);
        ck_assert_str_eq(name, names[i]);
    }
    ck_assert_uint_eq(key_parse("Ctrl-L"), 12);
    ck_assert_uint_eq(key_parse("ctrl-l"), 12);
    ck_assert_uint_eq(key_parse("Space"), ' ');
    ck_assert_uint_eq(key_parse("-"), '-');
    ck_assert_uint_eq(key_parse("PgUp"), K_PGUP);
    ck_assert_uint_eq(key_parse(""), 0);
    ck_assert_uint_eq(key_parse("Foo"), 0);
    ck_assert_uint_eq(key_parse("Ctrl-"), 0);
    ck_assert_uint_eq(key_parse("Ctrl-LL"), 0);
    ck_assert_uint_eq(key_parse("ab"), 0);
}
END_TEST

START_TEST(an_action_has_several_keys) {
    static const struct action actions[] = {
        {"Down j", "down", NULL, "Next row.", NULL},
        {"Space z", "pause", "pause", "Pause.", NULL},
        {"/", "filter", "filter", "Filter.", NULL},
    };
    const struct action_table table = {"Test", actions, 3};
    ck_assert_ptr_eq(action_find(&table, K_DOWN), &actions[0]);
    ck_assert_ptr_eq(action_find(&table, 'j'), &actions[0]);
    ck_assert_ptr_eq(action_find(&table, ' '), &actions[1]);
    ck_assert_ptr_eq(action_find(&table, '/'), &actions[2]);
    ck_assert_ptr_null(action_find(&table, 'J'));
    ck_assert_ptr_null(action_find(&table, 0));
    ck_assert_ptr_null(action_find(NULL, 'j'));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tui_keys");
    TCase *test = tcase_create("keys");
    suite_add_tcase(suite, test);
    tcase_add_loop_test(test, sequences_give_keys, 0, SEQUENCES);
    tcase_add_loop_test(test, sequences_may_be_split_anywhere, 0, SEQUENCES);
    tcase_add_loop_test(test, sequences_may_come_byte_by_byte, 0, SEQUENCES);
    tcase_add_test(test, nul_is_no_key);
    tcase_add_test(test, time_decides_what_is_incomplete);
    tcase_add_test(test, an_endless_sequence_is_swallowed);
    tcase_add_test(test, names_and_keys_agree);
    tcase_add_test(test, an_action_has_several_keys);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
