#include "base/expr.h"

#include "base/expr_parser.h"
#include "base/memory.h"

static bool wants_truth(struct expr_parser *p, const char *word, int index) {
    enum expr_shape shape = expr_node_at(p, index)->shape;
    if (shape == SHAPE_TRUTH || shape == SHAPE_ANY)
        return true;
    struct expr_word operand = expr_shown_node(p, index);
    if (shape == SHAPE_TEXT)
        expr_fail(p, p->text + expr_node_at(p, index)->at, "`%s` wants a comparison, and `%s` is text", word,
                  operand.text);
    else
        expr_fail(p, p->text + expr_node_at(p, index)->at, "`%s` wants a comparison: write `%s > 0`", word,
                  operand.text);
    return false;
}

static int parse_not(struct expr_parser *p) {
    expr_skip_blanks(p);
    const char *from = p->at;
    if (!expr_take_keyword(p, "not"))
        return expr_parse_relation(p);
    int inner = expr_parse_relation(p);
    if (inner == EXPR_NO_NODE || !wants_truth(p, "not", inner))
        return EXPR_NO_NODE;
    struct expr_node node = expr_node_from(p, OP_NOT, SHAPE_TRUTH, from);
    node.left = inner;
    return expr_add(p, node);
}

static int parse_joined(struct expr_parser *p, const char *word, enum expr_op op,
                        int (*parse_operand)(struct expr_parser *)) {
    int left = parse_operand(p);
    while (left != EXPR_NO_NODE && expr_take_keyword(p, word)) {
        int right = parse_operand(p);
        if (right == EXPR_NO_NODE || !wants_truth(p, word, left) || !wants_truth(p, word, right))
            return EXPR_NO_NODE;
        left = expr_add_pair(p, op, SHAPE_TRUTH, left, right);
    }
    return left;
}

static int parse_and(struct expr_parser *p) {
    return parse_joined(p, "and", OP_AND, parse_not);
}

int expr_parse_or(struct expr_parser *p) {
    return parse_joined(p, "or", OP_OR, parse_and);
}

static int unexpected(struct expr_parser *p) {
    size_t word = expr_word_len(p->at);
    if (expr_blame_unit(p))
        return EXPR_NO_NODE;
    return expr_fail(p, p->at, "`%s` is not expected here: join comparisons with `and` or `or`",
                     expr_shown(p->at, word ? word : 1).text);
}

struct expr *expr_parse_first(const char *text, expr_resolve_fn *resolver, void *data,
                              struct expr_error *error, const char **rest) {
    struct expr_parser p = {.expr = memory_new(sizeof *p.expr),
                            .text = text,
                            .at = text,
                            .resolve = resolver,
                            .data = data,
                            .error = error};
    int root = expr_parse_or(&p);
    const char *end = p.at;
    expr_skip_blanks(&p);
    if (root != EXPR_NO_NODE && *p.at && p.at == end && (p.at == text || p.at[-1] != ' '))
        root = unexpected(&p);
    *rest = p.at;
    if (root != EXPR_NO_NODE)
        return p.expr;
    expr_destroy(p.expr);
    return NULL;
}

struct expr *expr_parse(const char *text, expr_resolve_fn *resolver, void *data, struct expr_error *error) {
    struct expr_parser p = {.text = text, .resolve = resolver, .data = data, .error = error};
    struct expr *expr = p.expr = expr_parse_first(text, resolver, data, error, &p.at);
    if (!expr || !*p.at)
        return expr;
    unexpected(&p);
    expr_destroy(expr);
    return NULL;
}
