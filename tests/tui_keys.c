#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/harness/suite.h"
#include "tui/keys.h"

struct typed {
    char text[512];
    int line_keys; /* of the last paste */
};

static void note_text(struct typed *typed, const char *text) {
    size_t len = strlen(typed->text);
    snprintf(typed->text + len, sizeof typed->text - len, "%s%s", len ? " " : "", text);
}

static void note(void *data, uint32_t key) {
    char name[32];
    key_name(key, name, sizeof name);
    note_text(data, name);
}

static void note_report(void *data, const struct key_report *r) {
    static const char *const mouse[] = {"press", "release", "move", "wheel-up", "wheel-down"};
    char text[400] = "<answer>";
    if (r->type == REPORT_MOUSE)
        snprintf(text, sizeof text, "<%s %d at %d,%d>", mouse[r->mouse.what], r->mouse.button, r->mouse.x,
                 r->mouse.y);
    if (r->type == REPORT_PASTE) {
        ((struct typed *)data)->line_keys = r->paste.key_count;
        snprintf(text, sizeof text, "<%s%s: %s>", r->paste.marked ? "marked" : "paste",
                 r->paste.entered ? " entered" : "", r->paste.text);
    }
    note_text(data, text);
}

static const struct key_handler noting = {note, note_report};

static void settle(struct key_decoder *d) {
    while (d->deadline_ns != INT64_MAX)
        key_decoder_timeout(d, d->deadline_ns);
}

static void expect_fed(const char *bytes, size_t len, const char *keys) {
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    key_decoder_feed(&d, bytes, len, 0);
    settle(&d);
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
    {"\033[H\033[F\033OH\033OF", "Home End Home End"},
    {"\033[1~\033[4~\033[7~\033[8~", "Home End Home End"},
    {"\033[2~\033[3~\033[5~\033[6~", "Ins Del PgUp PgDn"},
    {"\033[Z", "Shift-Tab"},
    {"\033OP\033OQ\033OR\033OS", "F1 F2 F3 F4"},
    {"\033[15~\033[17~\033[18~", "F5 F6 F7"},
    {"\033[19~\033[20~\033[21~", "F8 F9 F10"},
    {"\033[23~\033[24~", "F11 F12"},
    {"\033[11~\033[12~", "F1 F2"},
    {"\033[13~\033[14~", "F3 F4"},
    {"\033[[A\033[[E", "F1 F5"},
    {"\033[1;5A\033[5;2~", "Up PgUp"},
    {"\033OM", "Enter"},
    {"\303\244\342\202\254", "ä €"},
    {"\360\237\230\200\344\270\255", "😀 中"},
    {"\033[0nx", "<answer> x"}, /* to a status query */
    {"\033[3nx", "<answer> x"},
    {"\033[1nx", "x"},
    {"\033[12;40R\033[?62;22cy", "y"},        /* where the cursor is, what the terminal is */
    {"\033]11;rgb:0000/0000/0000\007x", "x"}, /* colours */
    {"\033]11;rgb:0000/0000/0000\033\\x", "x"},
    {"\033P1$r0m\033\\x", "x"},
    {"\033[200;201;202zx", "x"},
    {"\033[999~x", "x"},
    {"\033[1\003x", "Ctrl-C x"}, /* a broken sequence takes no key with it */
    {"\033[1\033[A", "Up"},
    {"\033\033[A", "Esc Up"},
    {"\033jq", "Alt-j q"},
    {"\033q", "Alt-q"},
    {"\033\303\244", "Alt-ä"},
    {"\033\r\033\177", "Alt-Enter Alt-Backspace"},
    {"\033\033q", "Esc Alt-q"},
    {"\033\303x", "x"},
    {"\033\003", "Esc Ctrl-C"},
    {"\033[31m\033[0m", ""},
    {"\377\300\200\355\240\200x", "x"}, /* no UTF-8 */
    {"\303x", "x"},
    {"\342\202x", "x"},
    {"\314\201x", "x"},    /* a combining character alone */
    {"\302\233Ax", "A x"}, /* C1 */
    {"\033[<0;1;1Mx\033[<0;12;40m", "<press 1 at 0,0> x <release 1 at 11,39>"},
    {"\033[<2;500;200M\033[<1;5;5M", "<press 3 at 499,199> <press 2 at 4,4>"},
    {"\033[<64;5;6M\033[<65;5;6M\033[<66;5;6Mx", "<wheel-up 0 at 4,5> <wheel-down 0 at 4,5> x"},
    {"\033[<28;3;4M\033[<35;3;4M\033[<32;3;4M", "<press 1 at 2,3> <move 0 at 2,3> <move 1 at 2,3>"},
    {"\033[<0;0;1Mx\033[<0;1M\033[<Mz\033[<128;1;1M", "x z"},
    {"\033[200~q\033[201~x", "<marked: q> x"},
    {"a\033[200~one\r\ntwo\tthree\r\033[201~b", "a <marked: one two three> b"},
    {"\033[200~line\n\033[201~", "<marked entered: line>"},
    {"\033[200~\303\244\342\202\033[A\003z\033[201~", "<marked: äz>"},
    {"\033[200~\033[201~\033[201~x", "<marked: > x"},
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
        struct typed typed = {.text = ""};
        struct key_decoder d;
        key_decoder_init(&d, &noting, &typed);
        key_decoder_feed(&d, bytes, first, 0);
        int64_t later = 20 * NS_PER_MS;
        key_decoder_timeout(&d, later);
        key_decoder_feed(&d, bytes + first, len - first, later);
        settle(&d);
        ck_assert_msg(strcmp(typed.text, sequences[_i].keys) == 0, "split at %zu: \"%s\", expected \"%s\"",
                      first, typed.text, sequences[_i].keys);
    }
}
END_TEST

START_TEST(sequences_may_come_byte_by_byte) {
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    for (const char *at = sequences[_i].bytes; *at; at++)
        key_decoder_feed(&d, at, 1, 0);
    settle(&d);
    ck_assert_str_eq(typed.text, sequences[_i].keys);
}
END_TEST

START_TEST(nul_is_no_key) {
    expect_fed("\0a\0b", 4, "a b");
}
END_TEST

static void expect_after(const char *bytes, int64_t wait_ms, const char *early, const char *late) {
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    ck_assert_int_eq(d.deadline_ns, INT64_MAX);
    key_decoder_feed(&d, bytes, strlen(bytes), NS_PER_S);
    ck_assert_int_eq(d.deadline_ns, NS_PER_S + wait_ms * NS_PER_MS);
    key_decoder_timeout(&d, d.deadline_ns - 1);
    ck_assert_str_eq(typed.text, early);
    key_decoder_timeout(&d, d.deadline_ns);
    ck_assert_str_eq(typed.text, late);
    ck_assert_int_eq(d.deadline_ns, INT64_MAX);
    key_decoder_feed(&d, "x", 1, 3 * NS_PER_S);
    ck_assert_int_eq(typed.text[strlen(typed.text) - 1], 'x');
}

START_TEST(time_decides_what_is_incomplete) {
    expect_after("\033", 25, "", "Esc");
    expect_after("a\033", 25, "a", "a Esc");
    expect_after("\033[", 100, "", "Esc [");
    expect_after("\033O", 100, "", "Esc O");
    expect_after("\033[1;", 1000, "", "");
    expect_after("\033[0", 1000, "", ""); /* an answer, the rest of which comes late */
    expect_after("\033]0;title", 100, "", "");
    expect_after("\342\202", 100, "", "");
}
END_TEST

START_TEST(an_endless_sequence_is_swallowed) {
    char bytes[5000] = "\033[";
    memset(bytes + 2, '1', sizeof bytes - 3);
    bytes[sizeof bytes - 1] = 'A';
    expect_fed(bytes, sizeof bytes, "");
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    key_decoder_feed(&d, bytes, sizeof bytes, 0);
    key_decoder_feed(&d, "\033[Bz", 4, 0);
    ck_assert_str_eq(typed.text, "Down z");
}
END_TEST

/* In pieces of `piece` bytes, one each `gap_ns`, with the time between them heard. */
static void feed_in_pieces(struct key_decoder *d, const char *bytes, size_t len, size_t piece,
                           int64_t gap_ns) {
    int64_t now = NS_PER_S;
    for (size_t at = 0; at < len; at += piece, now += gap_ns) {
        key_decoder_timeout(d, now);
        key_decoder_feed(d, bytes + at, len - at < piece ? len - at : piece, now);
    }
    settle(d);
}

static void expect_pieces(const char *bytes, size_t piece, int64_t gap_ns, const char *keys) {
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    feed_in_pieces(&d, bytes, strlen(bytes), piece, gap_ns);
    ck_assert_str_eq(typed.text, keys);
}

static void count_key(void *data, uint32_t key) {
    (void)key;
    ++*(int *)data;
}

static void ignore_report(void *data, const struct key_report *report) {
    (void)data, (void)report;
}

static int keys_in(const char *bytes, size_t len, size_t piece, int64_t gap_ns) {
    static const struct key_handler counting = {count_key, ignore_report};
    struct key_decoder d;
    int keys = 0;
    key_decoder_init(&d, &counting, &keys);
    feed_in_pieces(&d, bytes, len, piece, gap_ns);
    return keys;
}

START_TEST(a_paste_by_accident_is_no_keys) {
    enum { SIZE = 1 << 20 };
    static const char words[] =
        "the quick brown fox\r\njumps over q the lazy dog : / \033[A 1 2 3 Q \343\201\202\t";
    char *bytes = malloc(SIZE);
    for (int i = 0; i < SIZE; i++)
        bytes[i] = words[(size_t)i % (sizeof words - 1)];
    ck_assert_int_eq(keys_in(bytes, SIZE, 4096, 0), 0);
    ck_assert_int_eq(keys_in(bytes, SIZE, 4096, 50 * NS_PER_MS), 0);
    ck_assert_int_eq(keys_in(bytes, SIZE, 64, 10 * NS_PER_MS), 0);
    ck_assert_int_eq(keys_in(bytes, SIZE, 3, NS_PER_MS), 0);
    ck_assert_int_le(keys_in(bytes, SIZE, 1, NS_PER_MS), 2); /* a line of 9600 baud */
    free(bytes);
    expect_pieces("systemctl restart nats-server\r", 4096, 0,
                  "<paste entered: systemctl restart nats-server>");
    expect_pieces("server_name: n1\njetstream { }\n", 4096, 0, "<paste: server_name: n1 jetstream { }>");
}
END_TEST

static void expect_no_keys_of(const char *text) {
    enum { SIZE = 1 << 20 };
    size_t len = strlen(text);
    char *bytes = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = text[i % len];
    ck_assert_int_eq(keys_in(bytes, SIZE, 4096, 0), 0);
    ck_assert_int_eq(keys_in(bytes, SIZE, 4095, 14 * NS_PER_MS), 0);
    ck_assert_int_eq(keys_in(bytes, len, len, 0), 0);
    ck_assert_int_eq(keys_in(bytes, 4 * len, 4 * len, 0), 0);
    free(bytes);
}

static const char *const short_words[] = {"quit\r\n",
                                          "q\tr\ts\tq\r\n",
                                          "\033[31merror \033[0m queue full\r\n",
                                          "\033[31mq\033[0m\r\n",
                                          "q\r\n",
                                          "q\n",
                                          "\033[31mq",
                                          "q\033[m",
                                          "quit\r",
                                          "quit",
                                          "top\r",
                                          "q\tq\rq\t",
                                          "\033[?25lq"};
#define SHORT_WORDS (int)(sizeof short_words / sizeof *short_words)

START_TEST(a_paste_of_short_words_is_no_keys) {
    expect_no_keys_of(short_words[_i]);
}
END_TEST

START_TEST(one_short_line_keeps_its_keys) {
    static const struct {
        const char *bytes, *report;
        int keys;
    } lines[] = {
        {":events\r", "<paste entered: :events>", 8},
        {":events\r\n", "<paste entered: :events>", 0},
        {"a\033bcd\r", "<paste entered: acd>", 5},
        {":sort rt\t\r", "<paste entered: :sort rt >", 10},
        {"abc\025d\r", "<paste entered: abcd>", 6},
        {":quit\r:quit\r", "<paste: :quit :quit>", 0},
        {"\r:qu\r", "<paste: :qu>", 0},
        {":\033[mq\r", "<paste: :q>", 0},
        {"/orders\rjjd", "<paste: /orders jjd>", 0},
        {":theme high-contrast\r", "<paste entered: :theme high-contrast>", 21},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct typed typed = {.text = ""};
        struct key_decoder d;
        key_decoder_init(&d, &noting, &typed);
        key_decoder_feed(&d, lines[i].bytes, strlen(lines[i].bytes), 0);
        settle(&d);
        ck_assert_str_eq(typed.text, lines[i].report);
        ck_assert_int_eq(typed.line_keys, lines[i].keys);
    }
}
END_TEST

/* What comes without a pause belongs to the paste, behind a pause it is typed. */
START_TEST(a_burst_ends_with_a_pause) {
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    key_decoder_feed(&d, "q\r\n", 3, 0);
    key_decoder_timeout(&d, 14 * NS_PER_MS);
    key_decoder_feed(&d, "q", 1, 14 * NS_PER_MS);
    key_decoder_timeout(&d, 28 * NS_PER_MS);
    key_decoder_feed(&d, "q", 1, 28 * NS_PER_MS);
    ck_assert_str_eq(typed.text, "");
    key_decoder_timeout(&d, 43 * NS_PER_MS);
    ck_assert_str_eq(typed.text, "<paste: q qq>");
    key_decoder_feed(&d, "x", 1, 44 * NS_PER_MS);
    ck_assert_str_eq(typed.text, "<paste: q qq> x");
}
END_TEST

START_TEST(alt_is_not_esc_and_a_key) {
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    key_decoder_feed(&d, "\033", 1, 0);
    key_decoder_timeout(&d, 25 * NS_PER_MS);
    key_decoder_feed(&d, "q", 1, 26 * NS_PER_MS);
    settle(&d);
    ck_assert_str_eq(typed.text, "Esc q");
    char name[32];
    key_name(K_ALT('q'), name, sizeof name);
    ck_assert_str_eq(name, "Alt-q");
}
END_TEST

/* Fingers, key repeat and a stalled line are not taken for a clipboard. */
START_TEST(fast_fingers_are_keys) {
    char held[900], arrows[900];
    memset(held, 'j', sizeof held);
    for (size_t i = 0; i + 3 <= sizeof arrows; i += 3)
        memcpy(arrows + i, i % 2 ? "\033[A" : "\033OB", 3);
    ck_assert_int_eq(keys_in(held, sizeof held, sizeof held, 0), 900);
    ck_assert_int_eq(keys_in(held, sizeof held, 1, 20 * NS_PER_MS), 900);
    ck_assert_int_eq(keys_in(held, sizeof held, 7, 5 * NS_PER_MS), 900);
    ck_assert_int_eq(keys_in(arrows, sizeof arrows, sizeof arrows, 0), 300);
    ck_assert_int_eq(keys_in(arrows, sizeof arrows, 4, NS_PER_MS), 300);
    expect_pieces("the quick brown fox jumps", 1, 30 * NS_PER_MS,
                  "t h e Space q u i c k Space b r o w n Space f o x Space j u m p s");
    expect_pieces("the quick brown fox jumps", 2, 30 * NS_PER_MS,
                  "t h e Space q u i c k Space b r o w n Space f o x Space j u m p s");
    expect_pieces("jjkkjdjj", 4096, 0, "j j k k j d j j");
    expect_pieces("jkjkjkjkjkjkjkjk", 4096, 0, "j k j k j k j k j k j k j k j k");
    expect_pieces("jj\033[Bk\003", 4096, 0, "j j Down k Ctrl-C");
}
END_TEST

START_TEST(what_a_late_line_brings_together_is_typed) {
    static const char *const together[][2] = {
        {"3\t", "3 Tab"},
        {"\t3", "Tab 3"},
        {"j\r", "j Enter"},
        {"2sj", "2 s j"},
        {"\r\n", "Enter Enter"},
        {"3\tjj\r", "3 Tab j j Enter"},
        {"y\rn\r", "y Enter n Enter"},
    };
    for (size_t i = 0; i < sizeof together / sizeof *together; i++)
        expect_pieces(together[i][0], 4096, 0, together[i][1]);
}
END_TEST

/* No text holds a cursor key, and Ctrl-C is meant whatever comes with it. */
START_TEST(a_guess_is_corrected) {
    expect_pieces("/orders\r\033[B\r", 4096, 0, "<paste entered: /orders> Down Enter");
    expect_pieces("list of\033[200~words\033[201~", 4096, 0, "<paste: list of> <marked: words>");
    expect_pieces("\003echo hello\r", 4096, 0, "Ctrl-C <paste entered: echo hello>");
    expect_pieces("ab\003", 4096, 0, "a b Ctrl-C");
    expect_pieces("\033]\033[0nx", 4096, 0, "<answer> x"); /* Alt-] and an answer behind it */
    expect_pieces("\033P\033[0n\033[B", 4096, 0, "<answer> Down");
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    key_decoder_feed(&d, "\033[200~hello", 11, 0); /* without its end */
    key_decoder_feed(&d, "\003", 1, NS_PER_S);
    settle(&d);
    ck_assert_str_eq(typed.text, "<marked: hello> Ctrl-C");
}
END_TEST

START_TEST(single_keys_do_not_wait) {
    struct typed typed = {.text = ""};
    struct key_decoder d;
    key_decoder_init(&d, &noting, &typed);
    key_decoder_feed(&d, "j", 1, 0);
    key_decoder_feed(&d, "k", 1, NS_PER_MS);
    key_decoder_feed(&d, "\033[B\033[B\033[B", 9, 2 * NS_PER_MS);
    ck_assert_str_eq(typed.text, "j k Down Down Down");
    key_decoder_feed(&d, "qx", 2, 20 * NS_PER_MS);
    ck_assert_str_eq(typed.text, "j k Down Down Down");
    ck_assert_int_eq(d.deadline_ns, 35 * NS_PER_MS);
    key_decoder_timeout(&d, 35 * NS_PER_MS);
    ck_assert_str_eq(typed.text, "j k Down Down Down q x");
}
END_TEST

START_TEST(a_paste_has_an_end) {
    struct typed typed = {.text = ""};
    struct key_decoder d;
    char long_line[2000];
    memset(long_line, 'a', sizeof long_line);
    key_decoder_init(&d, &noting, &typed);
    key_decoder_feed(&d, "\033[200~open", 10, 0);
    ck_assert_int_eq(d.deadline_ns, 5 * NS_PER_S);
    settle(&d);
    key_decoder_feed(&d, "q", 1, 6 * NS_PER_S);
    ck_assert_str_eq(typed.text, "<marked: open> q");
    typed.text[0] = '\0';
    key_decoder_feed(&d, "\033[200~", 6, 7 * NS_PER_S);
    key_decoder_feed(&d, long_line, sizeof long_line, 7 * NS_PER_S);
    key_decoder_timeout(&d, 11 * NS_PER_S); /* the link stood */
    key_decoder_feed(&d, "\033[201~x", 7, 11 * NS_PER_S);
    ck_assert_int_eq(strncmp(typed.text, "<marked: aaaa", 13), 0);
    ck_assert_uint_eq(strlen(typed.text), strlen("<marked: >") + PASTE_TEXT_SIZE - 1 + 2);
    ck_assert_str_eq(typed.text + strlen(typed.text) - 2, " x");
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
    tcase_add_test(test, a_paste_by_accident_is_no_keys);
    tcase_add_loop_test(test, a_paste_of_short_words_is_no_keys, 0, SHORT_WORDS);
    tcase_add_test(test, one_short_line_keeps_its_keys);
    tcase_add_test(test, a_burst_ends_with_a_pause);
    tcase_add_test(test, alt_is_not_esc_and_a_key);
    tcase_add_test(test, fast_fingers_are_keys);
    tcase_add_test(test, what_a_late_line_brings_together_is_typed);
    tcase_add_test(test, a_guess_is_corrected);
    tcase_add_test(test, single_keys_do_not_wait);
    tcase_add_test(test, a_paste_has_an_end);
    tcase_add_test(test, names_and_keys_agree);
    return suite_run(suite);
}
