#include "base/expr.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/expr_node.h"
#include "base/memory.h"
#include "base/text.h"

#define NO_NODE    (-1)
#define WORD_SHOWN 40
#define WORD_MAX   128
#define MESSAGE    sizeof((struct expr_error){0}.message)

struct parser {
    struct expr *expr;
    const char *text, *at;
    int depth;
    bool failed;
    expr_resolve_fn *resolve;
    void *data;
    struct expr_error *error;
};

struct word {
    char text[TEXT_MAX_BYTES + 1];
};

/* A piece of what was typed, fit for a message. */
static struct word shown(const char *from, size_t len) {
    struct word word = {""};
    char clean[TEXT_MAX_BYTES + 1];
    while (len > 1 && strchr(" \t\r\n", from[len - 1]))
        len--;
    text_clean(clean, from, len);
    text_cut(word.text, sizeof word.text, clean, WORD_SHOWN);
    return word;
}

/* The first fault counts; those that follow are its consequences. */
__attribute__((format(printf, 3, 4))) static int fail(struct parser *p, const char *at, const char *format,
                                                      ...) {
    va_list args;
    if (p->failed)
        return NO_NODE;
    p->failed = true;
    p->error->at = (size_t)(at - p->text);
    va_start(args, format);
    vsnprintf(p->error->message, sizeof p->error->message, format, args);
    va_end(args);
    return NO_NODE;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word_char(char c) {
    return is_name_start(c) || is_digit(c) || (c && strchr(".:$@*>-/", c));
}

static void skip_blanks(struct parser *p) {
    while (*p->at == ' ' || (*p->at >= '\t' && *p->at <= '\r'))
        p->at++;
}

/* "lag", "consumer.lag" */
static size_t name_len(const char *text) {
    size_t len = 0;
    if (!is_name_start(*text))
        return 0;
    while (is_name_start(text[len]) || is_digit(text[len]) ||
           (text[len] == '.' && is_name_start(text[len + 1])))
        len++;
    return len;
}

static size_t bare_word_len(const char *text) {
    size_t len = 0;
    while (is_word_char(text[len]))
        len++;
    return len;
}

static bool take_keyword(struct parser *p, const char *keyword) {
    skip_blanks(p);
    size_t len = strlen(keyword);
    if (name_len(p->at) != len || strncasecmp(p->at, keyword, len) != 0)
        return false;
    p->at += len;
    return true;
}

static bool is_keyword(const char *text, size_t len) {
    return (len == 2 && !strncasecmp(text, "or", 2)) ||
           (len == 3 && (!strncasecmp(text, "and", 3) || !strncasecmp(text, "not", 3)));
}

static int add(struct parser *p, struct expr_node node) {
    struct expr *expr = p->expr;
    if (expr->count == EXPR_NODES_MAX) {
        free(node.text);
        return fail(p, p->at, "this is longer than %d operands and operators", EXPR_NODES_MAX);
    }
    if (expr->count == expr->cap) {
        expr->cap = expr->cap ? expr->cap * 2 : 16;
        expr->nodes = memory_grow(expr->nodes, (size_t)expr->cap, sizeof *expr->nodes);
    }
    expr->nodes[expr->count] = node;
    return expr->count++;
}

static struct expr_node *node_at(struct parser *p, int index) {
    return &p->expr->nodes[index];
}

static struct word shown_node(struct parser *p, int index) {
    return shown(p->text + node_at(p, index)->at, node_at(p, index)->len);
}

static struct expr_node node_from(struct parser *p, enum expr_op op, enum expr_shape shape,
                                  const char *from) {
    return (struct expr_node){.op = op,
                              .shape = shape,
                              .unit = UNIT_NONE,
                              .left = NO_NODE,
                              .right = NO_NODE,
                              .number = 1,
                              .at = (size_t)(from - p->text),
                              .len = (size_t)(p->at - from)};
}

static int add_text(struct parser *p, const char *from, char *text) {
    struct expr_node node = node_from(p, OP_TEXT, SHAPE_TEXT, from);
    node.text = text;
    return add(p, node);
}

static int parse_quoted(struct parser *p) {
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
        return fail(p, from, "this text has no closing %c", quote);
    }
    p->at++;
    return add_text(p, from, text);
}

static int parse_bare_word(struct parser *p) {
    const char *from = p->at;
    p->at += bare_word_len(p->at);
    return add_text(p, from, memory_text_cut(from, (size_t)(p->at - from)));
}

static int parse_number(struct parser *p) {
    const char *from = p->at;
    double value;
    enum unit unit;
    size_t len = number_parse(from, &value, &unit);
    bool whole_word =
        unit == UNIT_PERCENT || !(is_name_start(from[len]) || is_digit(from[len]) || from[len] == '.');
    if (whole_word && !isfinite(value))
        return fail(p, from, "`%s` is too large a number", shown(from, len).text);
    if (!whole_word)
        return parse_bare_word(p); /* a version, an address, a name that begins with a digit */
    p->at += len;
    struct expr_node node = node_from(p, OP_NUMBER, SHAPE_NUMBER, from);
    node.number = value;
    node.unit = unit == UNIT_COUNT ? UNIT_NONE : unit;
    node.text = memory_text_cut(from, len);
    return add(p, node);
}

static bool resolve(struct parser *p, const char *function, const char *name, size_t len,
                    struct expr_node *node) {
    char copy[WORD_MAX];
    if (len >= sizeof copy)
        return false;
    memcpy(copy, name, len);
    copy[len] = '\0';
    node->unit = UNIT_NONE;
    node->id = p->resolve(p->data, function, copy, &node->unit);
    node->shape = node->unit == UNIT_NONE ? SHAPE_ANY : SHAPE_NUMBER;
    return node->id >= 0;
}

static int parse_call(struct parser *p, const char *from, size_t function_len) {
    char function[WORD_MAX];
    snprintf(function, sizeof function, "%.*s", (int)(function_len < WORD_MAX ? function_len : 0), from);
    p->at++;
    skip_blanks(p);
    const char *name = p->at;
    size_t len = name_len(name);
    p->at += len;
    skip_blanks(p);
    if (!len || *p->at != ')')
        return fail(p, name, "`%s(` wants one quantity and `)`", shown(from, function_len).text);
    p->at++;
    struct expr_node node = node_from(p, OP_NAME, SHAPE_ANY, from);
    if (!resolve(p, function, name, len, &node))
        return fail(p, from, "`%s` is no quantity", shown(from, node.len).text);
    return add(p, node);
}

static int parse_name(struct parser *p) {
    const char *from = p->at;
    size_t len = name_len(from);
    if (is_keyword(from, len))
        return fail(p, from, "a quantity, a number or \"text\" is expected before `%s`",
                    shown(from, len).text);
    p->at += len;
    if (*p->at == '(')
        return parse_call(p, from, len);
    struct expr_node node = node_from(p, OP_NAME, SHAPE_ANY, from);
    if (!resolve(p, NULL, from, len, &node))
        return fail(p, from, "`%s` is no quantity", shown(from, len).text);
    node.text = memory_text_cut(from, len);
    return add(p, node);
}

static int parse_or(struct parser *p);
static int parse_factor(struct parser *p);

/* The number that ends here, but for blanks. */
static const struct expr_node *number_before(struct parser *p) {
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
static bool begins_another(struct parser *p, const struct expr_node *number) {
    struct expr_node named;
    return number->text[strspn(number->text, "0123456789.")] || !is_name_start(*p->at) ||
           is_related(p->at + bare_word_len(p->at)) || resolve(p, NULL, p->at, name_len(p->at), &named);
}

/* "5 min", "1h 30m": it does not go on behind a number as it was meant to. */
static bool no_unit(struct parser *p) {
    const struct expr_node *number = number_before(p);
    size_t len = bare_word_len(p->at);
    char meant[MESSAGE];
    double value;
    enum unit unit;
    if (!number || !len)
        return false;
    const char *text = number->text, *word = p->at;
    struct word clean = shown(word, len);
    size_t more = number->unit == UNIT_NS ? number_parse(word, &value, &unit) : 0;
    if (more > 0 && unit == UNIT_NS)
        snprintf(meant, MESSAGE, "`%.40s %.*s` is written %.40s%.*s", text, (int)more, word, text, (int)more,
                 word);
    else if (number->unit != UNIT_NONE)
        return false;
    else if (!expr_unit_meant(text, strlen(text), clean.text, meant, MESSAGE)) {
        if (begins_another(p, number))
            return false;
        expr_no_unit(clean.text, meant, MESSAGE);
    }
    fail(p, word, "%s", meant);
    return true;
}

static int parse_parentheses(struct parser *p) {
    const char *from = p->at++;
    int inner = parse_or(p);
    if (inner == NO_NODE)
        return NO_NODE;
    skip_blanks(p);
    if (*p->at != ')')
        return no_unit(p) ? NO_NODE : fail(p, from, "this `(` has no closing `)`");
    p->at++;
    node_at(p, inner)->at = (size_t)(from - p->text);
    node_at(p, inner)->len = (size_t)(p->at - from);
    return inner;
}

static int parse_negative(struct parser *p) {
    const char *from = p->at++;
    int inner = parse_factor(p);
    if (inner == NO_NODE)
        return NO_NODE;
    enum expr_shape shape = node_at(p, inner)->shape;
    if (shape == SHAPE_TEXT || shape == SHAPE_TRUTH)
        return fail(p, from, "`-` wants a number behind it, not `%s`", shown_node(p, inner).text);
    struct expr_node node = node_from(p, OP_NEGATE, SHAPE_NUMBER, from);
    node.left = inner;
    node.unit = node_at(p, inner)->unit;
    return add(p, node);
}

static int parse_any_factor(struct parser *p) {
    skip_blanks(p);
    char c = *p->at;
    if (c == '(')
        return parse_parentheses(p);
    if (c == '-')
        return parse_negative(p);
    if (c == '"' || c == '\'')
        return parse_quoted(p);
    if (is_digit(c) || (c == '.' && is_digit(p->at[1])))
        return parse_number(p);
    if (is_name_start(c))
        return parse_name(p);
    if (!c)
        return fail(p, p->at, "a quantity, a number or \"text\" is expected at the end");
    return fail(p, p->at, "a quantity, a number or \"text\" is expected before `%s`", shown(p->at, 1).text);
}

static int parse_factor(struct parser *p) {
    if (p->depth == EXPR_DEPTH_MAX)
        return fail(p, p->at, "this is nested deeper than %d", EXPR_DEPTH_MAX);
    p->depth++;
    int node = parse_any_factor(p);
    p->depth--;
    return node;
}

static int add_pair(struct parser *p, enum expr_op op, enum expr_shape shape, int left, int right) {
    struct expr_node node = node_from(p, op, shape, p->text + node_at(p, left)->at);
    char hint[EXPR_HINT];
    node.left = left;
    node.right = right;
    if (shape == SHAPE_NUMBER || op >= OP_EQUAL) {
        if (!expr_units_combine(p->expr, &node, hint))
            return fail(p, p->text + node_at(p, right)->at, "`%s` (%s) does not go with `%s` (%s)%s",
                        shown_node(p, left).text, expr_unit_name(node_at(p, left)), shown_node(p, right).text,
                        expr_unit_name(node_at(p, right)), hint);
    }
    if (shape == SHAPE_TRUTH)
        node.unit = UNIT_NONE;
    return add(p, node);
}

/* "5min" */
static bool is_misspelled(struct parser *p, int index) {
    char meant[MESSAGE];
    const struct expr_node *node = node_at(p, index);
    if (node->op != OP_TEXT || !is_digit(p->text[node->at]) ||
        !expr_number_meant(shown_node(p, index).text, meant, MESSAGE))
        return false;
    fail(p, p->text + node->at, "%s", meant);
    return true;
}

static bool wants_number(struct parser *p, char sign, int index) {
    enum expr_shape shape = node_at(p, index)->shape;
    if (shape != SHAPE_TEXT && shape != SHAPE_TRUTH)
        return true;
    if (is_misspelled(p, index))
        return false;
    fail(p, p->text + node_at(p, index)->at, "`%c` wants numbers on both sides, not `%s`", sign,
         shown_node(p, index).text);
    return false;
}

struct sign {
    char sign;
    enum expr_op op;
};

static int parse_chain(struct parser *p, const struct sign signs[2], int (*parse_operand)(struct parser *)) {
    int left = parse_operand(p);
    while (left != NO_NODE) {
        skip_blanks(p);
        const struct sign *sign = *p->at == signs[0].sign   ? &signs[0]
                                  : *p->at == signs[1].sign ? &signs[1]
                                                            : NULL;
        if (!sign)
            return left;
        p->at++;
        int right = parse_operand(p);
        if (right == NO_NODE || !wants_number(p, sign->sign, left) || !wants_number(p, sign->sign, right))
            return NO_NODE;
        left = add_pair(p, sign->op, SHAPE_NUMBER, left, right);
    }
    return NO_NODE;
}

static int parse_product(struct parser *p) {
    static const struct sign signs[] = {{'*', OP_MULTIPLY}, {'/', OP_DIVIDE}};
    return parse_chain(p, signs, parse_factor);
}

static int parse_sum(struct parser *p) {
    static const struct sign signs[] = {{'+', OP_ADD}, {'-', OP_SUBTRACT}};
    return parse_chain(p, signs, parse_product);
}

static int add_number(struct parser *p, const char *from, size_t len, double value, enum unit unit) {
    p->at = from + len;
    struct expr_node node = node_from(p, OP_NUMBER, SHAPE_NUMBER, from);
    node.number = value;
    node.unit = unit;
    node.text = memory_text_cut(from, len);
    return add(p, node);
}

/* Beside a span it is the longest. */
static bool is_never(struct parser *p, int left) {
    skip_blanks(p);
    return node_at(p, left)->unit == UNIT_NS && name_len(p->at) == 5 && strncasecmp(p->at, "never", 5) == 0;
}

/* "3/3": a number, and beside a text what is written. */
static size_t fraction_len(const char *text) {
    size_t above = strspn(text, "0123456789");
    size_t below = above && text[above] == '/' ? strspn(text + above + 1, "0123456789") : 0;
    return below && bare_word_len(text) == above + 1 + below ? above + 1 + below : 0;
}

/* The right of `=` and `!=`: a sum, unless there stands a word that names no quantity. */
static int parse_sum_or_word(struct parser *p) {
    skip_blanks(p);
    struct expr_node ignored;
    size_t fraction = fraction_len(p->at);
    double below = fraction ? strtod(strchr(p->at, '/') + 1, NULL) : 0;
    if (below > 0)
        return add_number(p, p->at, fraction, strtod(p->at, NULL) / below, UNIT_NONE);
    size_t name = name_len(p->at), word = bare_word_len(p->at);
    bool is_sum =
        name ? is_keyword(p->at, name) || p->at[name] == '(' || resolve(p, NULL, p->at, name, &ignored)
             : !(*p->at && strchr("$@*>/:", *p->at));
    return word && !is_sum ? parse_bare_word(p) : parse_sum(p);
}

/* A pattern without quotes ends at a blank or at a `)` that it did not open. */
static int parse_pattern(struct parser *p) {
    skip_blanks(p);
    const char *from = p->at;
    int open = 0;
    if (*from == '"' || *from == '\'')
        return parse_quoted(p);
    for (; *p->at && *p->at != ' ' && !(*p->at >= '\t' && *p->at <= '\r'); p->at++) {
        if (*p->at == '\\' && p->at[1])
            p->at++;
        else if (*p->at == '(')
            open++;
        else if (*p->at == ')' && open-- == 0)
            break;
    }
    if (p->at == from)
        return fail(p, from, "a pattern is expected behind `~`");
    return add_text(p, from, memory_text_cut(from, (size_t)(p->at - from)));
}

static int add_match(struct parser *p, enum expr_op op, int left, int pattern) {
    char reason[80];
    struct expr_node node = node_from(p, op, SHAPE_TRUTH, p->text + node_at(p, left)->at);
    const struct expr_node *text = node_at(p, pattern);
    const char *refused = expr_pattern_refused(text->text);
    if (node_at(p, left)->shape == SHAPE_NUMBER || node_at(p, left)->shape == SHAPE_TRUTH)
        return fail(p, p->text + node_at(p, left)->at, "`~` searches in text, and `%s` is %s",
                    shown_node(p, left).text, expr_unit_name(node_at(p, left)));
    if (refused)
        return fail(p, p->text + text->at, "pattern `%s`: %s", shown_node(p, pattern).text, refused);
    node.regex = memory_new(sizeof *node.regex);
    int code = regcomp(node.regex, text->text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (code) {
        regerror(code, node.regex, reason, sizeof reason);
        free(node.regex);
        return fail(p, p->text + text->at, "pattern `%s`: %s", shown_node(p, pattern).text, reason);
    }
    node.left = left;
    node.right = pattern;
    int added = add(p, node);
    if (added == NO_NODE) {
        regfree(node.regex);
        free(node.regex);
    }
    return added;
}

static bool sides_agree(struct parser *p, int left, int right) {
    enum expr_shape l = node_at(p, left)->shape, r = node_at(p, right)->shape;
    bool text_beside_unit = (l == SHAPE_TEXT && r == SHAPE_NUMBER && node_at(p, right)->op != OP_NUMBER) ||
                            (r == SHAPE_TEXT && l == SHAPE_NUMBER && node_at(p, left)->op != OP_NUMBER);
    if (!text_beside_unit)
        return true;
    if (is_misspelled(p, left) || is_misspelled(p, right))
        return false;
    fail(p, p->text + node_at(p, right)->at, "`%s` (%s) does not go with `%s` (%s)", shown_node(p, left).text,
         expr_unit_name(node_at(p, left)), shown_node(p, right).text, expr_unit_name(node_at(p, right)));
    return false;
}

/* Longer spellings first. */
static const struct {
    const char *sign;
    enum expr_op op;
} relations[] = {
    {"!=", OP_NOT_EQUAL}, {"!~", OP_NOT_MATCH}, {"<=", OP_AT_MOST}, {">=", OP_AT_LEAST},
    {"=", OP_EQUAL},      {"<", OP_LESS},       {">", OP_MORE},     {"~", OP_MATCH},
};

static bool take_relation(struct parser *p, enum expr_op *op) {
    skip_blanks(p);
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        size_t len = strlen(relations[i].sign);
        if (strncmp(p->at, relations[i].sign, len) != 0)
            continue;
        *op = relations[i].op;
        p->at += len;
        return true;
    }
    return false;
}

static int parse_relation(struct parser *p) {
    enum expr_op op;
    int left = parse_sum(p);
    if (left == NO_NODE || !take_relation(p, &op))
        return left;
    if (op == OP_EQUAL && (*p->at == '=' || *p->at == '~'))
        return fail(p, p->at - 1, "`=%c` is written `%c`", *p->at, *p->at);
    if (op == OP_MATCH || op == OP_NOT_MATCH) {
        int pattern = parse_pattern(p);
        return pattern == NO_NODE ? NO_NODE : add_match(p, op, left, pattern);
    }
    bool equality = op == OP_EQUAL || op == OP_NOT_EQUAL;
    int right = is_never(p, left) ? add_number(p, p->at, 5, (double)INT64_MAX, UNIT_NS)
                : equality        ? parse_sum_or_word(p)
                                  : parse_sum(p);
    if (right == NO_NODE || !sides_agree(p, left, right))
        return NO_NODE;
    return add_pair(p, op, SHAPE_TRUTH, left, right);
}

static bool wants_truth(struct parser *p, const char *word, int index) {
    enum expr_shape shape = node_at(p, index)->shape;
    if (shape == SHAPE_TRUTH || shape == SHAPE_ANY)
        return true;
    struct word operand = shown_node(p, index);
    if (shape == SHAPE_TEXT)
        fail(p, p->text + node_at(p, index)->at, "`%s` wants a comparison, and `%s` is text", word,
             operand.text);
    else
        fail(p, p->text + node_at(p, index)->at, "`%s` wants a comparison: write `%s > 0`", word,
             operand.text);
    return false;
}

static int parse_not(struct parser *p) {
    skip_blanks(p);
    const char *from = p->at;
    if (!take_keyword(p, "not"))
        return parse_relation(p);
    int inner = parse_relation(p);
    if (inner == NO_NODE || !wants_truth(p, "not", inner))
        return NO_NODE;
    struct expr_node node = node_from(p, OP_NOT, SHAPE_TRUTH, from);
    node.left = inner;
    return add(p, node);
}

static int parse_joined(struct parser *p, const char *word, enum expr_op op,
                        int (*parse_operand)(struct parser *)) {
    int left = parse_operand(p);
    while (left != NO_NODE && take_keyword(p, word)) {
        int right = parse_operand(p);
        if (right == NO_NODE || !wants_truth(p, word, left) || !wants_truth(p, word, right))
            return NO_NODE;
        left = add_pair(p, op, SHAPE_TRUTH, left, right);
    }
    return left;
}

static int parse_and(struct parser *p) {
    return parse_joined(p, "and", OP_AND, parse_not);
}

static int parse_or(struct parser *p) {
    return parse_joined(p, "or", OP_OR, parse_and);
}

static int unexpected(struct parser *p) {
    size_t word = bare_word_len(p->at);
    if (no_unit(p))
        return NO_NODE;
    return fail(p, p->at, "`%s` is not expected here: join comparisons with `and` or `or`",
                shown(p->at, word ? word : 1).text);
}

struct expr *expr_parse_first(const char *text, expr_resolve_fn *resolver, void *data,
                              struct expr_error *error, const char **rest) {
    struct parser p = {.expr = memory_new(sizeof *p.expr),
                       .text = text,
                       .at = text,
                       .resolve = resolver,
                       .data = data,
                       .error = error};
    int root = parse_or(&p);
    const char *end = p.at;
    skip_blanks(&p);
    if (root != NO_NODE && *p.at && p.at == end && (p.at == text || p.at[-1] != ' '))
        root = unexpected(&p);
    *rest = p.at;
    if (root != NO_NODE)
        return p.expr;
    expr_destroy(p.expr);
    return NULL;
}

struct expr *expr_parse(const char *text, expr_resolve_fn *resolver, void *data, struct expr_error *error) {
    struct parser p = {.text = text, .resolve = resolver, .data = data, .error = error};
    struct expr *expr = p.expr = expr_parse_first(text, resolver, data, error, &p.at);
    if (!expr || !*p.at)
        return expr;
    unexpected(&p);
    expr_destroy(expr);
    return NULL;
}

/* On the right side: it names a quantity, and may be meant as a word all the same. */
static bool is_named(const struct expr *expr, const struct expr_node *relation) {
    return expr->nodes[relation->left].op == OP_NAME && expr->nodes[relation->right].op == OP_NAME &&
           expr->nodes[relation->right].text;
}

void expr_words(struct expr *expr, expr_word_fn *word, void *data) {
    for (int i = 0; i < expr->count; i++) {
        const struct expr_node *node = &expr->nodes[i];
        if (node->op != OP_EQUAL && node->op != OP_NOT_EQUAL)
            continue;
        struct expr_node *name = &expr->nodes[node->left], *text = &expr->nodes[node->right];
        if (name->op != OP_NAME) {
            struct expr_node *other = name;
            name = text;
            text = other;
        }
        bool named = is_named(expr, node), literal = text->op == OP_TEXT || text->op == OP_NUMBER || named;
        const char *meant = name->op == OP_NAME && literal ? word(data, name->id, text->text, named) : NULL;
        if (!meant)
            continue;
        free(text->text);
        text->text = memory_text(meant);
        text->op = named ? OP_TEXT : text->op;
        text->shape = named ? SHAPE_TEXT : text->shape;
    }
}

void expr_destroy(struct expr *expr) {
    if (!expr)
        return;
    for (int i = 0; i < expr->count; i++) {
        struct expr_node *node = &expr->nodes[i];
        free(node->text);
        if (node->regex)
            regfree(node->regex);
        free(node->regex);
    }
    free(expr->nodes);
    free(expr);
}
