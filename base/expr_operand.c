/* A factor: a number, a text, a quantity, or what stands in parentheses. */
#include "base/expr_parser.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NAME_MOST 128

int expr_parse_quoted(struct expr_parser *p) {
    const char *from = p->at;
    char quote = *p->at++;
    char *text = memory_new(strlen(from)), *out = text;
    while (*p->at && *p->at != quote) {
        if (*p->at == '\\' && (p->at[1] == quote || p->at[1] == '\\'))
            p->at++;
        *out++ = *p->at++;
    }
    if (!*p->at) {
        free(text);
        return expr_fail(p, from, "this text has no closing %c", quote);
    }
    p->at++;
    return expr_add_text(p, from, text);
}

int expr_parse_word(struct expr_parser *p) {
    const char *from = p->at;
    p->at += expr_word_len(p->at);
    return expr_add_text(p, from, memory_text_cut(from, (size_t)(p->at - from)));
}

static int parse_number(struct expr_parser *p) {
    const char *from = p->at;
    double value;
    enum unit unit;
    size_t len = number_parse(from, &value, &unit);
    bool whole_word = unit == UNIT_PERCENT ||
                      !(expr_is_name_start(from[len]) || expr_is_digit(from[len]) || from[len] == '.');
    if (whole_word && !isfinite(value))
        return expr_fail(p, from, "`%s` is too large a number", expr_shown(from, len).text);
    if (!whole_word)
        return expr_parse_word(p); /* a version, an address, a name that begins with a digit */
    return expr_add_number(p, from, len, value, unit == UNIT_COUNT ? UNIT_NONE : unit);
}

bool expr_resolve(struct expr_parser *p, const char *function, const char *name, size_t len,
                  struct expr_node *node) {
    char copy[NAME_MOST];
    if (len >= sizeof copy)
        return false;
    memcpy(copy, name, len);
    copy[len] = '\0';
    node->unit = UNIT_NONE;
    node->id = p->resolve(p->data, function, copy, &node->unit);
    node->shape = node->unit == UNIT_NONE ? SHAPE_ANY : SHAPE_NUMBER;
    return node->id >= 0;
}

static int parse_call(struct expr_parser *p, const char *from, size_t function_len) {
    char function[NAME_MOST];
    snprintf(function, sizeof function, "%.*s", (int)(function_len < NAME_MOST ? function_len : 0), from);
    p->at++;
    expr_skip_blanks(p);
    const char *name = p->at;
    size_t len = expr_name_len(name);
    p->at += len;
    expr_skip_blanks(p);
    if (!len || *p->at != ')')
        return expr_fail(p, name, "`%s(` wants one quantity and `)`", expr_shown(from, function_len).text);
    p->at++;
    struct expr_node node = expr_node_from(p, OP_NAME, SHAPE_ANY, from);
    if (!expr_resolve(p, function, name, len, &node))
        return expr_fail(p, from, "`%s` is no quantity", expr_shown(from, node.len).text);
    return expr_add(p, node);
}

static int parse_name(struct expr_parser *p) {
    const char *from = p->at;
    size_t len = expr_name_len(from);
    if (expr_is_keyword(from, len))
        return expr_fail(p, from, "a quantity, a number or \"text\" is expected before `%s`",
                         expr_shown(from, len).text);
    p->at += len;
    if (*p->at == '(')
        return parse_call(p, from, len);
    struct expr_node node = expr_node_from(p, OP_NAME, SHAPE_ANY, from);
    if (!expr_resolve(p, NULL, from, len, &node))
        return expr_fail(p, from, "`%s` is no quantity", expr_shown(from, len).text);
    node.text = memory_text_cut(from, len);
    return expr_add(p, node);
}

/* The number that ends here, but for blanks. */
static const struct expr_node *number_before(struct expr_parser *p) {
    size_t at = (size_t)(p->at - p->text);
    while (at > 0 && p->text[at - 1] == ' ')
        at--;
    for (int i = p->expr->count - 1; i >= 0; i--) {
        const struct expr_node *node = &p->expr->nodes[i];
        if (node->op == OP_NUMBER && node->at + node->len == at)
            return node;
    }
    return NULL;
}

static bool is_related(const char *text) {
    text += strspn(text, " ");
    return *text && strchr("=<>~!+*/-", *text);
}

/* "lag > 5 cpu > 1", "lag > 10k orders" */
static bool begins_another(struct expr_parser *p, const struct expr_node *number) {
    struct expr_node named;
    return number->text[strspn(number->text, "0123456789.")] || !expr_is_name_start(*p->at) ||
           is_related(p->at + expr_word_len(p->at)) ||
           expr_resolve(p, NULL, p->at, expr_name_len(p->at), &named);
}

/* "5 min", "1h 30m": it does not go on behind a number as it was meant to. */
bool expr_blame_unit(struct expr_parser *p) {
    const struct expr_node *number = number_before(p);
    size_t len = expr_word_len(p->at);
    char meant[EXPR_MESSAGE];
    double value;
    enum unit unit;
    if (!number || !len)
        return false;
    const char *text = number->text, *word = p->at;
    struct expr_word clean = expr_shown(word, len);
    size_t more = number->unit == UNIT_NS ? number_parse(word, &value, &unit) : 0;
    if (more > 0 && unit == UNIT_NS)
        snprintf(meant, EXPR_MESSAGE, "`%.40s %.*s` is written %.40s%.*s", text, (int)more, word, text,
                 (int)more, word);
    else if (number->unit != UNIT_NONE)
        return false;
    else if (!expr_unit_meant(text, strlen(text), clean.text, meant, EXPR_MESSAGE)) {
        if (begins_another(p, number))
            return false;
        expr_no_unit(clean.text, meant, EXPR_MESSAGE);
    }
    expr_fail(p, word, "%s", meant);
    return true;
}

static int parse_parentheses(struct expr_parser *p) {
    const char *from = p->at++;
    int inner = expr_parse_or(p);
    if (inner == EXPR_NO_NODE)
        return EXPR_NO_NODE;
    expr_skip_blanks(p);
    if (*p->at != ')')
        return expr_blame_unit(p) ? EXPR_NO_NODE : expr_fail(p, from, "this `(` has no closing `)`");
    p->at++;
    expr_node_at(p, inner)->at = (size_t)(from - p->text);
    expr_node_at(p, inner)->len = (size_t)(p->at - from);
    return inner;
}

static int parse_negative(struct expr_parser *p) {
    const char *from = p->at++;
    int inner = expr_parse_factor(p);
    if (inner == EXPR_NO_NODE)
        return EXPR_NO_NODE;
    enum expr_shape shape = expr_node_at(p, inner)->shape;
    if (shape == SHAPE_TEXT || shape == SHAPE_TRUTH)
        return expr_fail(p, from, "`-` wants a number behind it, not `%s`", expr_shown_node(p, inner).text);
    struct expr_node node = expr_node_from(p, OP_NEGATE, SHAPE_NUMBER, from);
    node.left = inner;
    node.unit = expr_node_at(p, inner)->unit;
    return expr_add(p, node);
}

static int parse_any_factor(struct expr_parser *p) {
    expr_skip_blanks(p);
    char c = *p->at;
    if (c == '(')
        return parse_parentheses(p);
    if (c == '-')
        return parse_negative(p);
    if (c == '"' || c == '\'')
        return expr_parse_quoted(p);
    if (expr_is_digit(c) || (c == '.' && expr_is_digit(p->at[1])))
        return parse_number(p);
    if (expr_is_name_start(c))
        return parse_name(p);
    if (!c)
        return expr_fail(p, p->at, "a quantity, a number or \"text\" is expected at the end");
    return expr_fail(p, p->at, "a quantity, a number or \"text\" is expected before `%s`",
                     expr_shown(p->at, 1).text);
}

int expr_parse_factor(struct expr_parser *p) {
    if (p->depth == EXPR_DEPTH_MAX)
        return expr_fail(p, p->at, "this is nested deeper than %d", EXPR_DEPTH_MAX);
    p->depth++;
    int node = parse_any_factor(p);
    p->depth--;
    return node;
}
