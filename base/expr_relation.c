/* A relation: sums of factors on both sides, of kinds that go together. */
#include "base/expr_parser.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

/* "5min" */
static bool is_misspelled(struct expr_parser *p, int index) {
    char meant[EXPR_MESSAGE];
    const struct expr_node *node = expr_node_at(p, index);
    if (node->op != OP_TEXT || !expr_is_digit(p->text[node->at]) ||
        !expr_number_meant(expr_shown_node(p, index).text, meant, EXPR_MESSAGE))
        return false;
    expr_fail(p, p->text + node->at, "%s", meant);
    return true;
}

static bool wants_number(struct expr_parser *p, char sign, int index) {
    enum expr_shape shape = expr_node_at(p, index)->shape;
    if (shape != SHAPE_TEXT && shape != SHAPE_TRUTH)
        return true;
    if (is_misspelled(p, index))
        return false;
    expr_fail(p, p->text + expr_node_at(p, index)->at, "`%c` wants numbers on both sides, not `%s`", sign,
              expr_shown_node(p, index).text);
    return false;
}

struct sign {
    char sign;
    enum expr_op op;
};

static int parse_chain(struct expr_parser *p, const struct sign signs[2],
                       int (*parse_operand)(struct expr_parser *)) {
    int left = parse_operand(p);
    while (left != EXPR_NO_NODE) {
        expr_skip_blanks(p);
        const struct sign *sign = *p->at == signs[0].sign   ? &signs[0]
                                  : *p->at == signs[1].sign ? &signs[1]
                                                            : NULL;
        if (!sign)
            return left;
        p->at++;
        int right = parse_operand(p);
        if (right == EXPR_NO_NODE || !wants_number(p, sign->sign, left) ||
            !wants_number(p, sign->sign, right))
            return EXPR_NO_NODE;
        left = expr_add_pair(p, sign->op, SHAPE_NUMBER, left, right);
    }
    return EXPR_NO_NODE;
}

static int parse_product(struct expr_parser *p) {
    static const struct sign signs[] = {{'*', OP_MULTIPLY}, {'/', OP_DIVIDE}};
    return parse_chain(p, signs, expr_parse_factor);
}

static int parse_sum(struct expr_parser *p) {
    static const struct sign signs[] = {{'+', OP_ADD}, {'-', OP_SUBTRACT}};
    return parse_chain(p, signs, parse_product);
}

/* Beside a span it is the longest. */
static bool is_never(struct expr_parser *p, int left) {
    expr_skip_blanks(p);
    return expr_node_at(p, left)->unit == UNIT_NS && expr_name_len(p->at) == 5 &&
           strncasecmp(p->at, "never", 5) == 0;
}

/* "3/3": a number, and beside a text what is written. */
static size_t fraction_len(const char *text) {
    size_t above = strspn(text, "0123456789");
    size_t below = above && text[above] == '/' ? strspn(text + above + 1, "0123456789") : 0;
    return below && expr_word_len(text) == above + 1 + below ? above + 1 + below : 0;
}

/* The right of `=` and `!=`: a sum, unless there stands a word that names no quantity. */
static int parse_sum_or_word(struct expr_parser *p) {
    expr_skip_blanks(p);
    struct expr_node ignored;
    size_t fraction = fraction_len(p->at);
    double below = fraction ? strtod(strchr(p->at, '/') + 1, NULL) : 0;
    if (below > 0)
        return expr_add_number(p, p->at, fraction, strtod(p->at, NULL) / below, UNIT_NONE);
    size_t name = expr_name_len(p->at), word = expr_word_len(p->at);
    bool is_sum = name ? expr_is_keyword(p->at, name) || p->at[name] == '(' ||
                             expr_resolve(p, NULL, p->at, name, &ignored)
                       : !(*p->at && strchr("$@*>/:", *p->at));
    return word && !is_sum ? expr_parse_word(p) : parse_sum(p);
}

/* A pattern without quotes ends at a blank or at a `)` that it did not open. */
static int parse_pattern(struct expr_parser *p) {
    expr_skip_blanks(p);
    const char *from = p->at;
    int open = 0;
    if (*from == '"' || *from == '\'')
        return expr_parse_quoted(p);
    for (; *p->at && *p->at != ' ' && !(*p->at >= '\t' && *p->at <= '\r'); p->at++) {
        if (*p->at == '\\' && p->at[1])
            p->at++;
        else if (*p->at == '(')
            open++;
        else if (*p->at == ')' && open-- == 0)
            break;
    }
    if (p->at == from)
        return expr_fail(p, from, "a pattern is expected behind `~`");
    return expr_add_text(p, from, memory_text_cut(from, (size_t)(p->at - from)));
}

static int add_match(struct expr_parser *p, enum expr_op op, int left, int pattern) {
    char reason[80];
    struct expr_node node = expr_node_from(p, op, SHAPE_TRUTH, p->text + expr_node_at(p, left)->at);
    const struct expr_node *text = expr_node_at(p, pattern);
    const char *refused = expr_pattern_refused(text->text);
    if (expr_node_at(p, left)->shape == SHAPE_NUMBER || expr_node_at(p, left)->shape == SHAPE_TRUTH)
        return expr_fail(p, p->text + expr_node_at(p, left)->at, "`~` searches in text, and `%s` is %s",
                         expr_shown_node(p, left).text, expr_unit_name(expr_node_at(p, left)));
    if (refused)
        return expr_fail(p, p->text + text->at, "pattern `%s`: %s", expr_shown_node(p, pattern).text,
                         refused);
    node.regex = memory_new(sizeof *node.regex);
    int code = regcomp(node.regex, text->text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (code) {
        regerror(code, node.regex, reason, sizeof reason);
        free(node.regex);
        return expr_fail(p, p->text + text->at, "pattern `%s`: %s", expr_shown_node(p, pattern).text, reason);
    }
    node.left = left;
    node.right = pattern;
    int added = expr_add(p, node);
    if (added == EXPR_NO_NODE) {
        regfree(node.regex);
        free(node.regex);
    }
    return added;
}

static bool sides_agree(struct expr_parser *p, int left, int right) {
    enum expr_shape l = expr_node_at(p, left)->shape, r = expr_node_at(p, right)->shape;
    bool text_beside_unit =
        (l == SHAPE_TEXT && r == SHAPE_NUMBER && expr_node_at(p, right)->op != OP_NUMBER) ||
        (r == SHAPE_TEXT && l == SHAPE_NUMBER && expr_node_at(p, left)->op != OP_NUMBER);
    if (!text_beside_unit)
        return true;
    if (is_misspelled(p, left) || is_misspelled(p, right))
        return false;
    expr_fail(p, p->text + expr_node_at(p, right)->at, "`%s` (%s) does not go with `%s` (%s)",
              expr_shown_node(p, left).text, expr_unit_name(expr_node_at(p, left)),
              expr_shown_node(p, right).text, expr_unit_name(expr_node_at(p, right)));
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

static bool take_relation(struct expr_parser *p, enum expr_op *op) {
    expr_skip_blanks(p);
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

int expr_parse_relation(struct expr_parser *p) {
    enum expr_op op;
    int left = parse_sum(p);
    if (left == EXPR_NO_NODE || !take_relation(p, &op))
        return left;
    if (op == OP_EQUAL && (*p->at == '=' || *p->at == '~'))
        return expr_fail(p, p->at - 1, "`=%c` is written `%c`", *p->at, *p->at);
    if (op == OP_MATCH || op == OP_NOT_MATCH) {
        int pattern = parse_pattern(p);
        return pattern == EXPR_NO_NODE ? EXPR_NO_NODE : add_match(p, op, left, pattern);
    }
    bool equality = op == OP_EQUAL || op == OP_NOT_EQUAL;
    int right = is_never(p, left) ? expr_add_number(p, p->at, 5, (double)INT64_MAX, UNIT_NS)
                : equality        ? parse_sum_or_word(p)
                                  : parse_sum(p);
    if (right == EXPR_NO_NODE || !sides_agree(p, left, right))
        return EXPR_NO_NODE;
    return expr_add_pair(p, op, SHAPE_TRUTH, left, right);
}
