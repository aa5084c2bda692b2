#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collectors/json_reader.h"
#include "tests/harness/suite.h"

#define DEPTH 2048

/* ---- a tree from our reader, to hold against jansson's ---- */

struct built {
    json_t *stack[DEPTH + 1], *root;
    unsigned depth;
    char key[JSON_TEXT_MAX + 1];
    size_t key_len;
    const char *skip_key;
    bool skip_arrays;
    unsigned calls;
    struct json_scalar last;
    char last_text[JSON_TEXT_MAX];
};

static void place(struct built *b, json_t *value) {
    if (!b->depth)
        b->root = value;
    else if (json_is_array(b->stack[b->depth - 1]))
        json_array_append_new(b->stack[b->depth - 1], value);
    else
        json_object_setn_new_nocheck(b->stack[b->depth - 1], b->key, b->key_len, value);
}

static enum json_answer on_begin(void *data, bool array) {
    struct built *b = data;
    b->calls++;
    if (array && b->skip_arrays)
        return JSON_SKIP;
    json_t *value = array ? json_array() : json_object();
    place(b, value);
    b->stack[b->depth++] = value;
    return JSON_GO;
}
static void on_end(void *data, bool array) {
    struct built *b = data;
    b->calls++;
    ck_assert_uint_gt(b->depth, 0);
    b->depth--;
    ck_assert_int_eq(json_is_array(b->stack[b->depth]), array);
}
static enum json_answer on_key(void *data, const char *key, size_t len) {
    struct built *b = data;
    b->calls++;
    ck_assert_uint_le(len, JSON_TEXT_MAX);
    if (b->skip_key && strlen(b->skip_key) == len && !memcmp(b->skip_key, key, len))
        return JSON_SKIP;
    memcpy(b->key, key, len);
    b->key_len = len;
    return JSON_GO;
}
static json_t *scalar_value(const struct json_scalar *s) {
    switch (s->kind) {
    case JSON_NULL_:
        return json_null();
    case JSON_FALSE_:
        return json_false();
    case JSON_TRUE_:
        return json_true();
    case JSON_UINT:
        return json_integer((json_int_t)s->u);
    case JSON_INT:
        return json_integer(s->i);
    case JSON_REAL_:
        return isfinite(s->f) ? json_real(s->f) : json_string("infinite");
    case JSON_TEXT:
        return json_stringn_nocheck(s->text, s->len);
    }
    return NULL;
}
static void on_scalar(void *data, const struct json_scalar *s) {
    struct built *b = data;
    b->calls++;
    b->last = *s;
    if (s->kind == JSON_TEXT)
        memcpy(b->last_text, s->text, s->len);
    place(b, scalar_value(s));
}

static const struct json_handler handler = {on_begin, on_end, on_key, on_scalar};
static struct built built;

/* Reads in pieces of `piece` bytes; the tree is in built.root, NULL when refused. Every piece is a block of
 * its own, so that a sanitizer sees any step past its end. */
static enum json_status read_in(const char *text, size_t len, size_t piece) {
    const char *skip_key = built.skip_key;
    bool skip_arrays = built.skip_arrays;
    memset(&built, 0, sizeof built);
    built.skip_key = skip_key;
    built.skip_arrays = skip_arrays;
    struct json_reader *r = json_reader_create(&handler, &built, DEPTH);
    enum json_status status = JSON_MORE;
    for (size_t at = 0; at < len && status <= JSON_DONE; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        char *block = malloc(n);
        memcpy(block, text + at, n);
        status = json_reader_feed(r, block, n);
        free(block);
    }
    status = json_reader_finish(r);
    if (status != JSON_DONE) {
        ck_assert_str_ne(json_reader_problem(r), "");
        ck_assert_uint_le(json_reader_offset(r), len);
        json_decref(built.root);
        built.root = NULL;
    }
    json_reader_destroy(r);
    return status;
}

static json_t *jansson(const char *text, size_t len, json_error_t *error) {
    return json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
}

static const size_t pieces[] = {1, 2, 3, 7, 64, 1 << 20};
#define EACH_PIECE(P) for (size_t P##_i = 0, P; P##_i < 6 && (P = pieces[P##_i], true); P##_i++)

static void check_equal(const char *text, size_t len) {
    json_error_t error;
    json_t *theirs = jansson(text, len, &error);
    ck_assert_msg(theirs != NULL, "jansson refuses %.60s: %s", text, error.text);
    EACH_PIECE(piece) {
        enum json_status status = read_in(text, len, piece);
        ck_assert_msg(status == JSON_DONE, "refused in pieces of %zu: %.60s", piece, text);
        ck_assert_msg(json_equal(theirs, built.root), "another tree in pieces of %zu: %.60s", piece, text);
        json_decref(built.root);
    }
    json_decref(theirs);
}

/* ---- tests ---- */

START_TEST(what_jansson_accepts_gives_an_equal_tree) {
    static const char *const documents[] = {
        "{}",
        "[]",
        " [ ] ",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7 ",
        "-1",
        "12.5",
        "1e3",
        "1E+3",
        "-1.5e-3",
        "0.0",
        "0e0",
        "123456789012345678",
        "9223372036854775807",
        "-9223372036854775808",
        "1e-400",
        "\"\"",
        "\"a\"",
        "\"a\\nb\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"",
        "\"\\u0000 nul\"",
        "\"\xc3\xa9\"",
        "\"\x7f\"",
        "\"\\u001b[31m\"",
        "\"12345678\"",
        "\"1234567\\n12345678\"",
        "[1,2,3]",
        "[[],{},[[]]]",
        "{\"a\":1,\"b\":[true,null,{\"c\":\"d\"}],\"e\":{}}",
        "{\"a\":1,\"a\":2}",
        "\t\r\n {\r\n\t\"a\" : 1 ,\n\"b\":2}\n\n",
        "{\"\":{\"\":[]}}",
        "[\"\\u00e9\",\"\\u00E9\"]",
        "[0.1,100000000000000000000.5,2.2250738585072014e-308]",
        "{\"long key that is more than eight bytes\":\"and a value that is, too\"}",
        "[1 , 2\n,3\t]",
    };
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        check_equal(documents[i], strlen(documents[i]));
}
END_TEST

START_TEST(what_is_no_json_is_refused_as_by_jansson) {
    static const char *const documents[] = {
        "",
        " ",
        "{",
        "[",
        "}",
        "]",
        "[}",
        "{]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[,]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
        "{\"a\":1 \"b\":2}",
        "[1 2]",
        "01",
        "-01",
        "-",
        "+1",
        "1.",
        ".5",
        "1.e3",
        "1e",
        "1e+",
        "1ee3",
        "1.2.3",
        "--1",
        "0x1",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "nulll",
        "nullx",
        "tru",
        "True",
        "falsy",
        "'a'",
        "\"",
        "\"a",
        "\"a\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\U0041\"",
        "\"a\nb\"",
        "\"\t\"",
        "\"\x01\"",
        "\xef\xbb\xbf{}",
        "{}{}",
        "[] []",
        "1 2",
        "[]x",
        "//c\n1",
        "[1]/**/",
        "{\"a\":1}}",
        "\"a\"\"b\"",
        "[1}",
        "{\"a\":[}",
        "404 page not found",
        "<html>",
        "[1,2",
        "[\"a\",",
        "{\"a\":tru}",
        "[1e]",
        "[-]",
        "[01]",
        "[1.]",
        "[\"\\ud83d\\q\"]",
    };
    json_error_t error;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        ck_assert_msg(!jansson(documents[i], strlen(documents[i]), &error), "jansson accepts %s",
                      documents[i]);
        EACH_PIECE(piece)
        ck_assert_msg(read_in(documents[i], strlen(documents[i]), piece) == JSON_BAD, "accepted: %s",
                      documents[i]);
    }
    static const char raw_nul[] = "[\"a\0b\"]", behind_number[] = "[1\0]"; /* jansson overlooks the second */
    EACH_PIECE(piece) {
        ck_assert_int_eq(read_in(raw_nul, sizeof raw_nul - 1, piece), JSON_BAD);
        ck_assert_int_eq(read_in(behind_number, sizeof behind_number - 1, piece), JSON_BAD);
    }
}
END_TEST

static void check_text(const char *document, const char *want, size_t len) {
    json_error_t error;
    ck_assert_ptr_null(jansson(document, strlen(document), &error));
    EACH_PIECE(piece) {
        ck_assert_msg(read_in(document, strlen(document), piece) == JSON_DONE, "refused: %s", document);
        ck_assert_int_eq(built.last.kind, JSON_TEXT);
        ck_assert_uint_eq(built.last.len, len);
        ck_assert_mem_eq(built.last_text, want, len);
        json_decref(built.root);
    }
}

static struct json_scalar number(const char *document) {
    ck_assert_int_eq(read_in(document, strlen(document), 5), JSON_DONE);
    json_decref(built.root);
    return built.last;
}

START_TEST(what_we_accept_beyond_jansson) {
    check_text("\"\\ud800\"", "\xef\xbf\xbd", 3);
    check_text("\"\\udc00\"", "\xef\xbf\xbd", 3);
    check_text("\"\\ud800x\"", "\xef\xbf\xbdx", 4);
    check_text("\"\\ud800\\n\"", "\xef\xbf\xbd\n", 4);
    check_text("\"\\ud800\\ud800\"", "\xef\xbf\xbd\xef\xbf\xbd", 6);
    check_text("\"\\ud800\\u0041\"",
               "\xef\xbf\xbd"
               "A",
               4);
    check_text("\"\\ud800\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7);
    check_text("\"a\xff\xc0\xaf z\"", "a\xff\xc0\xaf z", 6);
    check_text("\"\xed\xa0\x80\"", "\xed\xa0\x80", 3);
    struct json_scalar s = number("18446744073709551615");
    ck_assert(s.kind == JSON_UINT && s.u == UINT64_MAX);
    s = number("9223372036854775808");
    ck_assert(s.kind == JSON_UINT && s.u == (uint64_t)INT64_MAX + 1);
    s = number("-9223372036854775808");
    ck_assert(s.kind == JSON_INT && s.i == INT64_MIN);
    s = number("18446744073709551616");
    ck_assert(s.kind == JSON_REAL_ && s.f == 0x1p64);
    s = number("-9223372036854775809");
    ck_assert(s.kind == JSON_REAL_ && s.f == -0x1p63);
    s = number("1e400");
    ck_assert(s.kind == JSON_REAL_ && isinf(s.f) && s.f > 0);
    s = number("-0");
    ck_assert(s.kind == JSON_UINT && s.u == 0);
    s = number("42");
    ck_assert(s.kind == JSON_UINT && s.u == 42 && s.f == 42);
    s = number("-42");
    ck_assert(s.kind == JSON_INT && s.i == -42 && s.f == -42);
    const char *nul_key = "{\"a\\u0000b\":1}";
    json_error_t error;
    ck_assert_ptr_null(jansson(nul_key, strlen(nul_key), &error));
    ck_assert_int_eq(read_in(nul_key, strlen(nul_key), 1), JSON_DONE);
    ck_assert_uint_eq(built.key_len, 3);
    json_decref(built.root);
}
END_TEST

START_TEST(long_numbers_have_an_end) {
    char *text = memory_new(JSON_TEXT_MAX + 10);
    memset(text, '7', JSON_TEXT_MAX);
    EACH_PIECE(piece) {
        ck_assert_int_eq(read_in(text, JSON_TEXT_MAX, piece), JSON_DONE);
        ck_assert_int_eq(built.last.kind, JSON_REAL_);
        json_decref(built.root);
    }
    text[JSON_TEXT_MAX] = '7';
    EACH_PIECE(piece) ck_assert_int_eq(read_in(text, JSON_TEXT_MAX + 1, piece), JSON_BAD);
    free(text);
}
END_TEST

/* Texts past the maximum are cut, but their hash and length are of all of it, whatever the pieces. */
START_TEST(long_texts_are_cut_and_told_apart) {
    static char text[3 * JSON_TEXT_MAX];
    uint32_t hash = 0;
    for (int variant = 0; variant < 2; variant++) {
        for (size_t len = JSON_TEXT_MAX - 1; len < JSON_TEXT_MAX + 3; len++) {
            memset(text, 'n', sizeof text);
            text[0] = text[len + 1] = '"';
            text[len] = variant ? 'x' : 'n';
            uint32_t whole = 0;
            EACH_PIECE(piece) {
                ck_assert_int_eq(read_in(text, len + 2, piece), JSON_DONE);
                ck_assert_uint_eq(built.last.whole_len, len);
                ck_assert_uint_eq(built.last.len, len < JSON_TEXT_MAX ? len : JSON_TEXT_MAX);
                if (piece_i)
                    ck_assert(len <= JSON_TEXT_MAX || built.last.whole_hash == whole);
                whole = built.last.whole_hash;
                json_decref(built.root);
            }
            if (variant && len == JSON_TEXT_MAX + 2)
                ck_assert_uint_ne(whole, hash);
            if (!variant)
                hash = whole;
        }
    }
    struct buffer b = {0}; /* the same text, escaped, has the same hash */
    buffer_append_text(&b, "\"");
    for (int i = 0; i < JSON_TEXT_MAX + 2; i++)
        buffer_append_text(&b, "\\u006e");
    buffer_append_text(&b, "\"");
    ck_assert_int_eq(read_in(b.data, b.len, 1000), JSON_DONE);
    ck_assert_uint_eq(built.last.whole_hash, hash);
    ck_assert_uint_eq(built.last.whole_len, JSON_TEXT_MAX + 2);
    json_decref(built.root);
    buffer_finish(&b);
}
END_TEST

START_TEST(depth_has_its_limit) {
    static char text[2 * 100000 + 1];
    for (size_t depth = DEPTH - 1; depth <= DEPTH + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        json_error_t error;
        json_t *theirs = jansson(text, 2 * depth, &error);
        ck_assert_int_eq(theirs != NULL, depth <= DEPTH);
        json_decref(theirs);
        enum json_status status = read_in(text, 2 * depth, 100);
        ck_assert_int_eq(status, depth <= DEPTH ? JSON_DONE : JSON_DEEP);
        json_decref(built.root);
    }
    memset(text, '[', 100000);
    memset(text + 100000, ']', 100000);
    ck_assert_int_eq(read_in(text, 200000, 4096), JSON_DEEP);
    built.skip_arrays = true; /* what is skipped counts, too */
    ck_assert_int_eq(read_in(text, 200000, 4096), JSON_DEEP);
    ck_assert_uint_eq(built.calls, 1);
    built.skip_arrays = false;
}
END_TEST

START_TEST(what_is_skipped_is_not_called_and_still_checked) {
    const char *text = "{\"a\":1,\"skip\":{\"x\":[1,{\"skip\":\"\\u0041\"}],\"y\":2},\"b\":[1,2],\"skip\":"
                       "\"q\",\"c\":{\"skip\":[]}}";
    built.skip_key = "skip";
    json_error_t error;
    json_t *want = json_loads("{\"a\":1,\"b\":[1,2],\"c\":{}}", 0, &error);
    EACH_PIECE(piece) {
        ck_assert_int_eq(read_in(text, strlen(text), piece), JSON_DONE);
        ck_assert(json_equal(want, built.root));
        json_decref(built.root);
    }
    json_decref(want);
    built.skip_arrays = true;
    want = json_loads("{\"a\":1,\"c\":{}}", 0, &error);
    EACH_PIECE(piece) {
        ck_assert_int_eq(read_in(text, strlen(text), piece), JSON_DONE);
        ck_assert(json_equal(want, built.root));
        json_decref(built.root);
    }
    json_decref(want);
    static const char *const bad[] = {"{\"skip\":{\"a\":01}}",
                                      "{\"skip\":[1,]}",
                                      "{\"skip\":\"\\x\"}",
                                      "{\"skip\":{]}",
                                      "[[nul]]",
                                      "[[\"\n\"]]",
                                      "[[1}]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        EACH_PIECE(piece)
    ck_assert_msg(read_in(bad[i], strlen(bad[i]), piece) == JSON_BAD, "accepted: %s", bad[i]);
    built.skip_key = NULL;
    built.skip_arrays = false;
}
END_TEST

START_TEST(a_reader_is_used_again) {
    struct json_reader *r = json_reader_create(&handler, &built, 10);
    for (int i = 0; i < 3; i++) {
        memset(&built, 0, sizeof built);
        ck_assert_int_eq(json_reader_feed(r, "{\"a\":[1", 7), JSON_MORE);
        ck_assert_int_eq(json_reader_finish(r), JSON_BAD);
        ck_assert_uint_eq(json_reader_offset(r), 7);
        json_decref(built.root);
        json_reader_reset(r);
        memset(&built, 0, sizeof built);
        ck_assert_int_eq(json_reader_feed(r, "[1] ", 4), JSON_DONE);
        ck_assert_int_eq(json_reader_feed(r, " \n", 2), JSON_DONE);
        ck_assert_int_eq(json_reader_feed(r, ",", 1), JSON_BAD);
        json_decref(built.root);
        json_reader_reset(r);
    }
    json_reader_destroy(r);
    json_reader_destroy(NULL);
}
END_TEST

/* ---- random documents, and random damage to them ---- */

static uint64_t state = 88172645463325252u;
static uint64_t below(uint64_t n) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % n;
}

static void any_space(struct buffer *b) {
    while (!below(3))
        buffer_append(b, &" \n\t\r        "[below(12)], 1);
}

static void any_string(struct buffer *b) {
    static const char *const bits[] = {"a",    "bc", "\\n", "\\u0041",  "\\ud83d\\ude00", "\\\\",
                                       "\\\"", "é",  "漢",  "        ", "x1y2z3w4"};
    buffer_append_text(b, "\"");
    for (uint64_t n = below(8); n; n--)
        buffer_append_text(b, bits[below(sizeof bits / sizeof *bits)]);
    buffer_append_text(b, "\"");
}

static void any_value(struct buffer *b, int depth) {
    static const char *const words[] = {"null", "true",  "false",         "0",       "-1",
                                        "1.5",  "-2e10", "1234567890123", "0.001E-3"};
    any_space(b);
    uint64_t what = below(depth > 5 ? 2 : 4);
    if (what == 0)
        buffer_append_text(b, words[below(sizeof words / sizeof *words)]);
    if (what == 1)
        any_string(b);
    if (what >= 2) {
        buffer_append_text(b, what == 2 ? "[" : "{");
        for (uint64_t n = below(6), i = 0; i < n; i++) {
            if (i)
                buffer_append_text(b, ",");
            if (what == 3) {
                any_space(b);
                any_string(b);
                any_space(b);
                buffer_append_text(b, ":");
            }
            any_value(b, depth + 1);
        }
        any_space(b);
        buffer_append_text(b, what == 2 ? "]" : "}");
    }
    any_space(b);
}

/* jansson's reasons to refuse what we are meant to accept. */
static bool is_listed(const json_error_t *error) {
    enum json_error_code code = json_error_code(error);
    return code == json_error_numeric_overflow || code == json_error_null_byte_in_key ||
           code == json_error_invalid_utf8 || strstr(error->text, "invalid Unicode '") != NULL;
}

START_TEST(random_documents_and_damage_agree_with_jansson) {
    struct buffer b = {0};
    unsigned accepted = 0, refused = 0;
    for (int i = 0; i < 30000; i++) {
        b.len = 0;
        any_value(&b, 0);
        for (uint64_t n = below(3); n && b.len; n--)
            b.data[below(b.len)] = "{}[]\",:0123456789.eE+-\\untf \n\x01\xff\xc3\xa9"[below(33)];
        json_error_t error;
        json_t *theirs = jansson(b.data, b.len, &error);
        enum json_status status = read_in(b.data, b.len, 1 + below(40));
        if (theirs) {
            ck_assert_msg(status == JSON_DONE, "refused: %.*s", (int)b.len, b.data);
            ck_assert_msg(json_equal(theirs, built.root), "another tree: %.*s", (int)b.len, b.data);
            accepted++;
        } else {
            ck_assert_msg(status != JSON_DONE || is_listed(&error), "accepted, jansson says %s: %.*s",
                          error.text, (int)b.len, b.data);
            refused++;
        }
        json_decref(theirs);
        json_decref(built.root);
    }
    ck_assert_uint_gt(accepted, 5000);
    ck_assert_uint_gt(refused, 5000);
    buffer_finish(&b);
}
END_TEST

int main(void) {
    Suite *s = suite_create("collectors/json");
    TCase *tc = tcase_create("json");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, what_jansson_accepts_gives_an_equal_tree);
    tcase_add_test(tc, what_is_no_json_is_refused_as_by_jansson);
    tcase_add_test(tc, what_we_accept_beyond_jansson);
    tcase_add_test(tc, long_numbers_have_an_end);
    tcase_add_test(tc, long_texts_are_cut_and_told_apart);
    tcase_add_test(tc, depth_has_its_limit);
    tcase_add_test(tc, what_is_skipped_is_not_called_and_still_checked);
    tcase_add_test(tc, a_reader_is_used_again);
    tcase_add_test(tc, random_documents_and_damage_agree_with_jansson);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
