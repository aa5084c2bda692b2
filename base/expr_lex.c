/* The letters of what was typed: blanks, names, words; and what is wrong where. */
#include "base/expr_parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SHOWN_MOST 40

struct expr_word expr_shown(const char *from, size_t len) {
    struct expr_word word = {""};
    char clean[TEXT_MAX_BYTES + 1];
    while (len > 1 && strchr(" \t\r\n", from[len - 1]))
        len--;
    text_clean(clean, from, len);
    text_cut(word.text, sizeof word.text, clean, SHOWN_MOST);
    return word;
}

int expr_fail(struct expr_parser *p, const char *at, const char *format, ...) {
    va_list args;
    if (p->failed)
        return EXPR_NO_NODE;
    p->failed = true;
    p->error->at = (size_t)(at - p->text);
    va_start(args, format);
    vsnprintf(p->error->message, sizeof p->error->message, format, args);
    va_end(args);
    return EXPR_NO_NODE;
}

bool expr_is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool expr_is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word_char(char c) {
    return expr_is_name_start(c) || expr_is_digit(c) || (c && strchr(".:$@*>-/", c));
}

void expr_skip_blanks(struct expr_parser *p) {
    while (*p->at == ' ' || (*p->at >= '\t' && *p->at <= '\r'))
        p->at++;
}

size_t expr_name_len(const char *text) {
    size_t len = 0;
    if (!expr_is_name_start(*text))
        return 0;
    while (expr_is_name_start(text[len]) || expr_is_digit(text[len]) ||
           (text[len] == '.' && expr_is_name_start(text[len + 1])))
        len++;
    return len;
}

size_t expr_word_len(const char *text) {
    size_t len = 0;
    while (is_word_char(text[len]))
        len++;
    return len;
}

bool expr_take_keyword(struct expr_parser *p, const char *keyword) {
    expr_skip_blanks(p);
    size_t len = strlen(keyword);
    if (expr_name_len(p->at) != len || strncasecmp(p->at, keyword, len) != 0)
        return false;
    p->at += len;
    return true;
}

bool expr_is_keyword(const char *text, size_t len) {
    return (len == 2 && !strncasecmp(text, "or", 2)) ||
           (len == 3 && (!strncasecmp(text, "and", 3) || !strncasecmp(text, "not", 3)));
}
