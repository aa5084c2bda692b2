/* What can be parsed and yet makes no sense: for texts that are kept, as rules are. */
#include "base/expr_node.h"

static bool is_relation(enum expr_op op) {
    return op >= OP_EQUAL && op <= OP_AT_LEAST;
}

/* ---- numbers without a unit ---- */

static const char *sign_of(enum expr_op op) {
    static const char *const signs[] = {[OP_EQUAL] = "= ", [OP_NOT_EQUAL] = "!= ", [OP_LESS] = "< ",
                                        [OP_MORE] = "> ",  [OP_AT_MOST] = "<= ",   [OP_AT_LEAST] = ">= "};
    return op >= OP_EQUAL ? signs[op] : "";
}

/* A count is bare, a share is a number from 0 to 1. */
static bool wants_unit(enum unit unit) {
    return unit == UNIT_NS || unit == UNIT_BYTES || unit == UNIT_BYTES_PER_S || unit == UNIT_PERCENT;
}

static bool is_bare(const struct expr *expr, int index, int other, struct expr_bare *out) {
    const struct expr_node *node = &expr->nodes[index], *beside = &expr->nodes[other];
    if (node->op == OP_NEGATE)
        node = &expr->nodes[node->left];
    bool nothing = node->number >= 0 && node->number <= 0;
    if (node->op != OP_NUMBER || node->unit != UNIT_NONE || nothing || !wants_unit(beside->unit))
        return false;
    out->number = node->text;
    out->beside = beside->unit;
    out->unit = expr_unit_name(beside);
    return true;
}

bool expr_bare(const struct expr *expr, struct expr_bare *out) {
    for (int i = 0; i < expr->count; i++) {
        const struct expr_node *node = &expr->nodes[i];
        if (node->op != OP_ADD && node->op != OP_SUBTRACT && !is_relation(node->op))
            continue;
        out->sign = sign_of(node->op);
        if (is_bare(expr, node->right, node->left, out))
            return true;
        out->sign = "";
        if (is_bare(expr, node->left, node->right, out))
            return true;
    }
    return false;
}

/* ---- names that are no numbers ---- */

static bool is_calculation(enum expr_op op) {
    return op == OP_NEGATE || (op >= OP_ADD && op <= OP_DIVIDE);
}

/* Beside a literal it may be a text, as a version is. */
static bool is_measured(const struct expr_node *node) {
    return node->shape == SHAPE_NUMBER && node->op != OP_NUMBER;
}

static int misused(const struct expr *expr, int index, expr_is_number_fn *is_number) {
    const struct expr_node *node = index < 0 ? NULL : &expr->nodes[index];
    return node && node->op == OP_NAME && !is_number(node->id) ? node->id : -1;
}

int expr_misused(const struct expr *expr, expr_is_number_fn *is_number) {
    for (int i = 0; i < expr->count; i++) {
        const struct expr_node *node = &expr->nodes[i];
        bool pair = is_relation(node->op);
        int id = -1;
        if (is_calculation(node->op) || (pair && is_measured(&expr->nodes[node->right])))
            id = misused(expr, node->left, is_number);
        if (id < 0 && (is_calculation(node->op) || (pair && is_measured(&expr->nodes[node->left]))))
            id = misused(expr, node->right, is_number);
        if (id >= 0)
            return id;
    }
    return -1;
}

int expr_name_alone(const struct expr *expr) {
    const struct expr_node *root = &expr->nodes[expr->count - 1];
    return root->op == OP_NAME ? root->id : -1;
}
