/* The nodes of an expression: each is added behind those that it is made of. */
#include "base/expr_parser.h"

#include <stdlib.h>

#include "base/memory.h"

int expr_add(struct expr_parser *p, struct expr_node node) {
    struct expr *expr = p->expr;
    if (expr->count == EXPR_NODES_MAX) {
        free(node.text);
        return expr_fail(p, p->at, "this is longer than %d operands and operators", EXPR_NODES_MAX);
    }
    if (expr->count == expr->cap) {
        expr->cap = expr->cap ? expr->cap * 2 : 16;
        expr->nodes = memory_grow(expr->nodes, (size_t)expr->cap, sizeof *expr->nodes);
    }
    expr->nodes[expr->count] = node;
    return expr->count++;
}

struct expr_word expr_shown_node(struct expr_parser *p, int index) {
    return expr_shown(p->text + expr_node_at(p, index)->at, expr_node_at(p, index)->len);
}

struct expr_node expr_node_from(struct expr_parser *p, enum expr_op op, enum expr_shape shape,
                                const char *from) {
    return (struct expr_node){.op = op,
                              .shape = shape,
                              .unit = UNIT_NONE,
                              .left = EXPR_NO_NODE,
                              .right = EXPR_NO_NODE,
                              .number = 1,
                              .at = (size_t)(from - p->text),
                              .len = (size_t)(p->at - from)};
}

int expr_add_text(struct expr_parser *p, const char *from, char *text) {
    struct expr_node node = expr_node_from(p, OP_TEXT, SHAPE_TEXT, from);
    node.text = text;
    return expr_add(p, node);
}

int expr_add_number(struct expr_parser *p, const char *from, size_t len, double value, enum unit unit) {
    p->at = from + len;
    struct expr_node node = expr_node_from(p, OP_NUMBER, SHAPE_NUMBER, from);
    node.number = value;
    node.unit = unit;
    node.text = memory_text_cut(from, len);
    return expr_add(p, node);
}

int expr_add_pair(struct expr_parser *p, enum expr_op op, enum expr_shape shape, int left, int right) {
    struct expr_node node = expr_node_from(p, op, shape, p->text + expr_node_at(p, left)->at);
    char hint[EXPR_HINT];
    node.left = left;
    node.right = right;
    if (shape == SHAPE_NUMBER || op >= OP_EQUAL) {
        if (!expr_units_combine(p->expr, &node, hint))
            return expr_fail(p, p->text + expr_node_at(p, right)->at,
                             "`%s` (%s) does not go with `%s` (%s)%s", expr_shown_node(p, left).text,
                             expr_unit_name(expr_node_at(p, left)), expr_shown_node(p, right).text,
                             expr_unit_name(expr_node_at(p, right)), hint);
    }
    if (shape == SHAPE_TRUTH)
        node.unit = UNIT_NONE;
    return expr_add(p, node);
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
