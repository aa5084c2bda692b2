#include "base/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "tests/harness/suite.h"

#define MARK "\xef\xbf\xbd"

static const char *cleaned(const char *bytes, size_t len) {
    static char out[TEXT_MAX_BYTES + 1];
    memset(out, 'Z', sizeof out);
    size_t n = text_clean(out, bytes, len);
    ck_assert_uint_eq(n, strlen(out));
    return out;
}

#define CLEANS(bytes, expected) ck_assert_str_eq(cleaned(bytes, sizeof(bytes) - 1), expected)

START_TEST(printable_stays) {
    char all[96], text[TEXT_MAX_BYTES + 1];
    CLEANS("", "");
    CLEANS("orders.created", "orders.created");
    for (int i = 0; i < 95; i++)
        all[i] = (char)(0x20 + i);
    all[95] = '\0';
    ck_assert_str_eq(cleaned(all, 95), all);
    memset(text, 'x', sizeof text - 1);
    text[TEXT_MAX_BYTES] = '\0';
    ck_assert_str_eq(cleaned(text, TEXT_MAX_BYTES), text);
    CLEANS("gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80",
           "gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80");
    CLEANS("a" MARK MARK "b", "a" MARK MARK "b");
}
END_TEST

START_TEST(controls_are_marked) {
    CLEANS("a\x1b[31mb", "a" MARK "[31mb");
    CLEANS("\0", MARK);
    CLEANS("a\0b", "a" MARK "b");
    CLEANS("a\r\n\tb", "a" MARK "b");
    CLEANS("12345678\x7f", "12345678" MARK);
    CLEANS("\xc2\x9b"
           "31m",
           MARK "31m"); /* C1 CSI */
    CLEANS("a\xe2\x80\xae"
           "b",
           "a" MARK "b"); /* right-to-left override */
    CLEANS("a\xe2\x81\xa6"
           "b\xe2\x81\xa9",
           "a" MARK "b" MARK); /* isolates */
    CLEANS("a\xe2\x80\x8b"
           "b",
           "a" MARK "b"); /* zero-width space */
    CLEANS("a\xe2\x80\x8d"
           "b",
           "a" MARK "b"); /* joiner */
    CLEANS("\xef\xbb\xbf"
           "b",
           MARK "b"); /* byte order mark */
    CLEANS("a\xc2\xad"
           "b",
           "a" MARK "b");             /* soft hyphen */
    CLEANS("\xe2\x80\xa8", MARK);     /* line separator */
    CLEANS("\xf3\xa0\x81\x81", MARK); /* tag */
}
END_TEST

/* Every byte at every place of the fast path's words. */
START_TEST(fast_path_sees_each_byte) {
    for (int byte = 0; byte < 256; byte++) {
        for (int place = 0; place < 17; place++) {
            char bytes[17];
            memset(bytes, 'a', sizeof bytes);
            bytes[place] = (char)byte;
            bool printable = byte >= 0x20 && byte <= 0x7e;
            bool marked = strstr(cleaned(bytes, sizeof bytes), MARK) != NULL;
            ck_assert_msg(marked != printable, "byte %02x at %d", (unsigned)byte, place);
        }
    }
}
END_TEST

START_TEST(invalid_utf8_is_marked) {
    CLEANS("a\xff\xfe"
           "b",
           "a" MARK "b");
    CLEANS("\xc0\xaf", MARK); /* overlong */
    CLEANS("\xe0\x80\xaf", MARK);
    CLEANS("\xed\xa0\x80", MARK);     /* surrogate */
    CLEANS("\xf4\x90\x80\x80", MARK); /* past the last */
    CLEANS("\xe6\x97", MARK);         /* cut */
    CLEANS("\xe6\x97"
           "a",
           MARK "a");
    CLEANS("\xc3\x1b", MARK MARK); /* two reasons, two marks */
    CLEANS("\xef\xbf\xbf", MARK);  /* noncharacter */
}
END_TEST

START_TEST(combining_is_dropped) {
    CLEANS("e\xcc\x81", "e");
    CLEANS("\xcc\x81\xcc\x81"
           "a",
           "a");
    CLEANS("\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4");             /* variation selector */
    CLEANS("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\xf0\x9f\x91\x8d"); /* skin tone */
}
END_TEST

static void check_cut(const char *bytes, size_t len, const char *kept) {
    char mark[16];
    const char *out = cleaned(bytes, len);
    snprintf(mark, sizeof mark, "~%08x", hash_bytes(bytes, len));
    size_t n = strlen(out);
    ck_assert_uint_le(n, TEXT_MAX_BYTES);
    ck_assert_str_eq(out + n - 9, mark);
    ck_assert_uint_eq(strlen(kept), n - 9);
    ck_assert_int_eq(memcmp(out, kept, n - 9), 0);
}

START_TEST(long_is_cut_with_its_hash) {
    size_t len = 1 << 20;
    char *big = memory_new(len), kept[TEXT_MAX_BYTES + 1] = "";
    memset(big, 'x', len);
    memset(kept, 'x', 247);
    check_cut(big, len, kept);
    check_cut(big, 257, kept);
    big[len - 1] = 'y';
    char *other = memory_text(cleaned(big, len));
    big[len - 1] = 'z';
    ck_assert_str_ne(cleaned(big, len), other);
    free(other);
    for (size_t i = 0; i + 3 <= len; i += 3)
        memcpy(big + i, "\xe6\x97\xa5", 3);
    memset(kept, 0, sizeof kept);
    for (size_t i = 0; i + 3 <= 247; i += 3)
        memcpy(kept + i, "\xe6\x97\xa5", 3);
    check_cut(big, len, kept);
    for (size_t i = 0; i + 2 <= len; i += 2)
        memcpy(big + i, "\xcc\x81", 2);
    ck_assert_str_eq(cleaned(big, len), "");
    memset(big, 0x1b, len);
    ck_assert_str_eq(cleaned(big, len), MARK);
    free(big);
}
END_TEST

/* Whatever comes in, what goes out is valid, has no zero width and is bounded; cleaning it again changes
 * nothing. */
START_TEST(noise_becomes_harmless) {
    unsigned seed = 1;
    for (int round = 0; round < 5000; round++) {
        char bytes[64], out[TEXT_MAX_BYTES + 1], again[TEXT_MAX_BYTES + 1];
        size_t len = (size_t)(rand_r(&seed) % 64), at = 0;
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(rand_r(&seed) % 3 ? 0x80 | rand_r(&seed) % 128 : rand_r(&seed));
        size_t n = text_clean(out, bytes, len);
        while (at < n) {
            uint32_t c;
            size_t used = utf8_decode(out + at, n - at, &c);
            ck_assert_int_ge(char_width(c), 1);
            ck_assert(c != 0xfffd || !memcmp(out + at, MARK, 3));
            at += used;
        }
        ck_assert_uint_eq(text_clean(again, out, n), n);
        ck_assert_int_eq(memcmp(out, again, n + 1), 0);
    }
}
END_TEST

START_TEST(utf8_round_trip) {
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char bytes[4];
        uint32_t back;
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        size_t n = utf8_encode(bytes, c);
        if (utf8_decode(bytes, n, &back) != n || back != c)
            ck_abort_msg("U+%04X", c);
    }
    char bytes[4];
    ck_assert_uint_eq(utf8_encode(bytes, 0xd800), 3);
    ck_assert_int_eq(memcmp(bytes, MARK, 3), 0);
}
END_TEST

START_TEST(widths) {
    static const struct {
        uint32_t c;
        int width;
    } rows[] = {
        {'a', 1},    {0, 0},        {0x1b, 0},   {0x7f, 0},    {0x9b, 0},   {0xe9, 1},    {0x301, 0},
        {0x430, 1},  {0x4e2d, 2},   {0xac00, 2}, {0xff21, 2},  {0xff71, 1}, {0x1f600, 2}, {0x1fa77, 2},
        {0x2500, 1}, {0x28ff, 1},   {0x2588, 1}, {0x200b, 0},  {0x202e, 0}, {0x20000, 2}, {0x3fffd, 2},
        {0xfffd, 1}, {0x110000, 0}, {0x1160, 0}, {0xfe0f, 0},  {0x2764, 1}, {0xe0100, 0}, {0xa0, 1},
        {0x2705, 2}, {0x303f, 1},   {0xfffe, 0}, {0x2fffe, 0}, {0xe000, 1}, {0x1f1e9, 1}, {0x00b7, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(char_width(rows[i].c) == rows[i].width, "U+%04X has %d", rows[i].c,
                      char_width(rows[i].c));
    ck_assert_int_eq(text_width(""), 0);
    ck_assert_int_eq(text_width("a\xe6\x97\xa5\xf0\x9f\x98\x80"
                                "b"),
                     6);
}
END_TEST

static void check_text_cut_middle(const char *text, int columns, size_t size, const char *expected,
                                  int width) {
    char out[64];
    memset(out, 'Z', sizeof out);
    ck_assert_int_eq(text_cut_middle(out, size, text, columns), width);
    ck_assert_str_eq(out, expected);
}

START_TEST(cuts_the_middle) {
    check_text_cut_middle("billing-eu-1", 12, 64, "billing-eu-1", 12);
    check_text_cut_middle("billing-eu-1", 11, 64, "billi…-eu-1", 11);
    check_text_cut_middle("billing-eu-1", 4, 64, "bi…1", 4);
    check_text_cut_middle("billing-eu-1", 3, 64, "b…1", 3);
    check_text_cut_middle("billing-eu-1", 2, 64, "b…", 2);
    check_text_cut_middle("billing-eu-1", 0, 64, "", 0);
    check_text_cut_middle("billing-eu-1", 11, 12, "billi…", 6); /* no room for the end */
    check_text_cut_middle("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5, 64, "\xe6\x97\xa5…\xe8\xaa\x9e", 5);
    check_text_cut_middle("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, 64, "\xe6\x97\xa5…", 3);
}
END_TEST

static void check_text_cut_parts(const char *text, char between, int columns, const char *expected) {
    char out[64];
    ck_assert_int_eq(text_cut_parts(out, sizeof out, text, between, columns), text_width(expected));
    ck_assert_str_eq(out, expected);
    ck_assert_int_le(text_width(out), columns);
}

START_TEST(cuts_between_parts) {
    static const char subject[] = "orders.eu.west.shop-17.created";
    check_text_cut_parts(subject, '.', 30, "orders.eu.west.shop-17.created");
    check_text_cut_parts(subject, '.', 29, "orders.eu.….shop-17.created");
    check_text_cut_parts(subject, '.', 27, "orders.eu.….shop-17.created");
    check_text_cut_parts(subject, '.', 26, "orders.eu.west.….created");
    check_text_cut_parts(subject, '.', 23, "orders.eu.….created");
    check_text_cut_parts(subject, '.', 16, "orders.….created");
    check_text_cut_parts(subject, '.', 15, "orders.…created");
    check_text_cut_parts("orders.created-by-a-shop", '.', 12, "orders…-shop");
    check_text_cut_parts("orders.>", '.', 5, "or….>");
    check_text_cut_parts("a..b..cccc.dddd", '.', 9, "a..….dddd");
    check_text_cut_parts("billing-7 cut 15 times, on n2-lon", ' ', 25, "billing-7 cut … on n2-lon");
    check_text_cut_parts("日本.語語語.本", '.', 9, "日本.….本");
    char out[12];
    ck_assert_int_eq(text_cut_parts(out, sizeof out, subject, '.', 20), 9); /* bytes decide */
    check_text_cut_parts(subject, '.', 0, "");
}
END_TEST

START_TEST(breaks_between_words) {
    ck_assert_uint_eq(text_line("", 10), 0);
    ck_assert_uint_eq(text_line("one two", 7), 7);
    ck_assert_uint_eq(text_line("one two", 6), 3);
    ck_assert_uint_eq(text_line("one two", 3), 3);
    ck_assert_uint_eq(text_line("one  two", 4), 4);
    ck_assert_uint_eq(text_line("onetwo", 4), 4);
    ck_assert_uint_eq(text_line("onetwo", 0), 1);
    ck_assert_uint_eq(text_line("\xe6\x97\xa5\xe6\x9c\xac", 3), 3);
    ck_assert_uint_eq(text_line("one ", 3), 3);
}
END_TEST

static void check_text_cut(const char *text, int columns, size_t size, const char *expected, int width) {
    char out[64];
    memset(out, 'Z', sizeof out);
    ck_assert_int_eq(text_cut(out, size, text, columns), width);
    ck_assert_str_eq(out, expected);
    ck_assert_uint_lt(strlen(out), size);
}

START_TEST(cuts) {
    check_text_cut("orders", 6, 64, "orders", 6);
    check_text_cut("orders", 9, 64, "orders", 6);
    check_text_cut("orders", 5, 64, "orde…", 5);
    check_text_cut("orders", 1, 64, "…", 1);
    check_text_cut("orders", 0, 64, "", 0);
    check_text_cut("orders", -1, 64, "", 0);
    check_text_cut("", 0, 64, "", 0);
    check_text_cut("\xe6\x97\xa5\xe6\x9c\xac", 4, 64, "\xe6\x97\xa5\xe6\x9c\xac", 4);
    check_text_cut("\xe6\x97\xa5\xe6\x9c\xac", 3, 64, "\xe6\x97\xa5…", 3);
    check_text_cut("\xe6\x97\xa5\xe6\x9c\xac", 2, 64, "…", 1);
    check_text_cut("orders", 6, 7, "orders", 6);
    check_text_cut("orders", 6, 6, "or…", 3);
    check_text_cut("orders", 6, 4, "…", 1);
    check_text_cut("orders", 6, 3, "", 0);
    check_text_cut("orders", 6, 1, "", 0);
    check_text_cut("\xe6\x97\xa5\xe6\x9c\xac", 4, 6, "…", 1);
}
END_TEST

START_TEST(pool_interns) {
    struct text_pool *pool = text_pool_create();
    const struct text *a = text_intern(pool, "orders", 6);
    ck_assert_str_eq(a->bytes, "orders");
    ck_assert_uint_eq(a->len, 6);
    ck_assert_uint_eq(a->hash, hash_bytes("orders", 6));
    ck_assert_ptr_eq(text_intern(pool, "orders.x", 6), a);
    ck_assert_ptr_ne(text_intern(pool, "orders.x", 8), a);
    ck_assert_ptr_eq(text_intern(pool, "x", 0), text_empty);
    ck_assert_uint_eq(text_empty->hash, hash_bytes("", 0));
    ck_assert_str_eq(text_empty->bytes, "");
    text_pool_destroy(pool);
    text_pool_destroy(NULL);
}
END_TEST

START_TEST(pool_takes_texts_of_another) {
    struct text_pool *from = text_pool_create(), *to = text_pool_create();
    const struct text *orders = text_intern(from, "orders", 6);
    const struct text *again = text_intern_again(to, orders);
    ck_assert_ptr_ne(again, orders);
    ck_assert_ptr_eq(text_intern_again(to, orders), again);
    ck_assert_ptr_eq(text_intern_again(to, text_empty), text_empty);
    text_pool_destroy(from);
    ck_assert_str_eq(again->bytes, "orders");
    ck_assert_ptr_eq(text_intern(to, "orders", 6), again);
    text_pool_destroy(to);
}
END_TEST

START_TEST(pool_lives_as_long_as_its_last_owner) {
    struct text_pool *pool = text_pool_create(), *held = text_pool_hold(pool);
    const struct text *a = text_intern(pool, "orders", 6);
    text_pool_destroy(pool);
    ck_assert_str_eq(a->bytes, "orders");
    ck_assert_ptr_eq(text_intern(held, "orders", 6), a);
    text_pool_destroy(held);
}
END_TEST

START_TEST(pool_grows_and_clears) {
    enum { COUNT = 20000 };
    struct text_pool *pool = text_pool_create();
    const struct text **texts = memory_array(COUNT, sizeof *texts);
    size_t held = 0;
    char name[32];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < COUNT; i++)
            texts[i] = text_intern(pool, name, (size_t)snprintf(name, sizeof name, "client-%d", i));
        for (int i = 0; i < COUNT; i++) {
            int len = snprintf(name, sizeof name, "client-%d", i);
            ck_assert_ptr_eq(text_intern(pool, name, (size_t)len), texts[i]);
            ck_assert_str_eq(texts[i]->bytes, name);
        }
        if (round)
            ck_assert_uint_eq(text_pool_text_bytes(pool), held);
        held = text_pool_text_bytes(pool);
        text_pool_clear(pool);
    }
    char *big = memory_new(200000);
    memset(big, 'b', 200000);
    ck_assert_uint_eq(text_intern(pool, big, 200000)->len, 200000);
    ck_assert_uint_gt(text_pool_text_bytes(pool), held);
    free(big);
    free(texts);
    text_pool_destroy(pool);
}
END_TEST

START_TEST(contains) {
    ck_assert(text_contains("ORDERS/billing", "Bill"));
    ck_assert(text_contains("aab", "ab"));
    ck_assert(text_contains("x", ""));
    ck_assert(!text_contains("", "x"));
    ck_assert(!text_contains("bil", "bill"));
    ck_assert(!text_contains("[", "{"));
}
END_TEST

START_TEST(buffers) {
    struct buffer b = {0};
    ck_assert_str_eq(buffer_text(&b), "");
    buffer_append(&b, NULL, 0);
    buffer_append(&b, "a\0b", 3);
    ck_assert_uint_eq(b.len, 3);
    ck_assert_int_eq(memcmp(b.data, "a\0b", 3), 0);
    buffer_consume(&b, 2);
    buffer_append_text(&b, "cd");
    ck_assert_str_eq(buffer_text(&b), "bcd");
    buffer_consume(&b, 100);
    ck_assert_uint_eq(b.len, 0);
    for (int i = 0; i < 1000; i++)
        buffer_printf(&b, "%d,", i);
    ck_assert_uint_eq(b.len, 10 * 2 + 90 * 3 + 900 * 4);
    ck_assert_int_eq(strncmp(buffer_text(&b), "0,1,2,", 6), 0);
    buffer_finish(&b);
    buffer_printf(&b, "%0500d", 7);
    ck_assert_uint_eq(b.len, 500);
    ck_assert_int_eq(b.data[499], '7');
    buffer_finish(&b);
    ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(varints) {
    static const struct {
        uint64_t value;
        const char *bytes;
        size_t len;
    } rows[] = {{0, "\0", 1},
                {127, "\x7f", 1},
                {128, "\x80\x01", 2},
                {300, "\xac\x02", 2},
                {UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10}};
    struct buffer b = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        b.len = 0;
        buffer_append_varint(&b, rows[i].value);
        ck_assert_uint_eq(b.len, rows[i].len);
        ck_assert_int_eq(memcmp(b.data, rows[i].bytes, b.len), 0);
    }
    buffer_finish(&b);
}
END_TEST

static void say_hook(void) {
    fputs("hook ran\n", stderr);
    fflush(stderr);
}

START_TEST(exhaustion_ends) {
    memory_on_exhaustion(say_hook);
    memory_grow(NULL, SIZE_MAX / 2, 4);
}
END_TEST

START_TEST(memory_is_ready) {
    char *text = memory_format("%s-%d", "n", 7);
    ck_assert_str_eq(text, "n-7");
    free(text);
    text = memory_text_cut("orders", 3);
    ck_assert_str_eq(text, "ord");
    free(text);
    unsigned char *zeroed = memory_array(10, 10);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(zeroed[i], 0);
    free(zeroed);
    free(memory_array(0, 8));
    free(memory_grow(NULL, 0, 8));
}
END_TEST

START_TEST(digits_are_numbers_in_order) {
    static const char *const ordered[] = {"",       "-",           "1.2",          "1.9.0",
                                          "1.10.0", "10.0.0.2:99", "10.0.0.2:100", "10.0.0.10",
                                          "pod-2",  "pod-9",       "pod-10",       "v1"};
    enum { COUNT = sizeof ordered / sizeof *ordered };
    for (int a = 0; a < COUNT; a++)
        for (int b = 0; b < COUNT; b++) {
            int order = text_order(ordered[a], ordered[b]);
            ck_assert_int_eq((order > 0) - (order < 0), (a > b) - (a < b));
        }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/text");
    TCase *c = tcase_create("text");
    tcase_add_test(c, cuts_the_middle);
    tcase_add_test(c, cuts_between_parts);
    tcase_add_test(c, breaks_between_words);
    tcase_add_test(c, printable_stays);
    tcase_add_test(c, controls_are_marked);
    tcase_add_test(c, fast_path_sees_each_byte);
    tcase_add_test(c, invalid_utf8_is_marked);
    tcase_add_test(c, combining_is_dropped);
    tcase_add_test(c, long_is_cut_with_its_hash);
    tcase_add_test(c, noise_becomes_harmless);
    tcase_add_test(c, utf8_round_trip);
    tcase_add_test(c, widths);
    tcase_add_test(c, cuts);
    tcase_add_test(c, pool_interns);
    tcase_add_test(c, pool_takes_texts_of_another);
    tcase_add_test(c, pool_lives_as_long_as_its_last_owner);
    tcase_add_test(c, pool_grows_and_clears);
    tcase_add_test(c, contains);
    tcase_add_test(c, buffers);
    tcase_add_test(c, varints);
    tcase_add_test(c, memory_is_ready);
    tcase_add_test(c, digits_are_numbers_in_order);
    tcase_add_exit_test(c, exhaustion_ends, 1);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
