#include "base/expr_node.h"

#include <stdio.h>

static const char *const unit_names[] = {
    [UNIT_NONE] = "number",     [UNIT_COUNT] = "count",
    [UNIT_MSGS] = "messages",   [UNIT_BYTES] = "bytes",
    [UNIT_NS] = "time span",    [UNIT_TIME] = "instant",
    [UNIT_PERCENT] = "percent", [UNIT_RATIO] = "share",
    [UNIT_PER_S] = "rate",      [UNIT_BYTES_PER_S] = "bytes per second",
};

const char *expr_unit_name(const struct expr_node *node) {
    if (node->shape == SHAPE_TEXT)
        return "text";
    return node->shape == SHAPE_TRUTH ? "true or false" : unit_names[node->unit];
}

/* What two different units make; spans are nanoseconds, rates are per second. */
static const struct product {
    enum expr_op op;
    enum unit left, right, result;
    double scale;
} products[] = {
    {OP_ADD, UNIT_TIME, UNIT_NS, UNIT_TIME, 1},
    {OP_ADD, UNIT_NS, UNIT_TIME, UNIT_TIME, 1},
    {OP_SUBTRACT, UNIT_TIME, UNIT_NS, UNIT_TIME, 1},
    {OP_SUBTRACT, UNIT_TIME, UNIT_TIME, UNIT_NS, 1},
    {OP_MULTIPLY, UNIT_PER_S, UNIT_NS, UNIT_COUNT, 1e-9},
    {OP_MULTIPLY, UNIT_NS, UNIT_PER_S, UNIT_COUNT, 1e-9},
    {OP_MULTIPLY, UNIT_BYTES_PER_S, UNIT_NS, UNIT_BYTES, 1e-9},
    {OP_MULTIPLY, UNIT_NS, UNIT_BYTES_PER_S, UNIT_BYTES, 1e-9},
    {OP_DIVIDE, UNIT_COUNT, UNIT_PER_S, UNIT_NS, 1e9},
    {OP_DIVIDE, UNIT_COUNT, UNIT_NS, UNIT_PER_S, 1e9},
    {OP_DIVIDE, UNIT_BYTES, UNIT_BYTES_PER_S, UNIT_NS, 1e9},
    {OP_DIVIDE, UNIT_BYTES, UNIT_NS, UNIT_BYTES_PER_S, 1e9},
    {OP_DIVIDE, UNIT_BYTES, UNIT_COUNT, UNIT_BYTES, 1},
    {OP_DIVIDE, UNIT_BYTES_PER_S, UNIT_PER_S, UNIT_BYTES, 1},
};

static enum unit family(enum unit unit) {
    return unit == UNIT_MSGS ? UNIT_COUNT : unit;
}

static bool find_product(struct expr_node *node, enum unit left, enum unit right) {
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        const struct product *p = &products[i];
        if (p->op != node->op || p->left != left || p->right != right)
            continue;
        node->unit = p->result;
        node->number = p->scale;
        return true;
    }
    return false;
}

static bool percent_to_share(struct expr_node *node) {
    if (node->unit != UNIT_PERCENT)
        return false;
    node->number *= 0.01;
    node->unit = UNIT_RATIO;
    return true;
}

static bool is_number_above_one(const struct expr_node *node) {
    return node->op == OP_NUMBER && node->unit == UNIT_NONE && node->number > 1;
}

/* Sums and relations want one unit on both sides. */
static bool combine_equals(struct expr_node *node, struct expr_node *left, struct expr_node *right,
                           char hint[EXPR_HINT]) {
    enum unit l = family(left->unit), r = family(right->unit);
    bool left_share = left->op == OP_NAME && l == UNIT_RATIO && is_number_above_one(right);
    bool right_share = right->op == OP_NAME && r == UNIT_RATIO && is_number_above_one(left);
    if (left_share || right_share) {
        double percent = left_share ? right->number : left->number;
        snprintf(hint, EXPR_HINT, ": write %.10g %% or %.10g", percent, percent / 100);
        return false;
    }
    if (l == UNIT_RATIO && percent_to_share(right))
        r = UNIT_RATIO;
    if (r == UNIT_RATIO && percent_to_share(left))
        l = UNIT_RATIO;
    node->unit = l == UNIT_NONE ? right->unit : left->unit;
    return l == UNIT_NONE || r == UNIT_NONE || l == r;
}

static bool combine_factors(struct expr_node *node, struct expr_node *left, struct expr_node *right) {
    enum unit l = family(left->unit), r = family(right->unit);
    if (node->op == OP_DIVIDE && l == r) {
        node->unit = l == UNIT_NONE ? UNIT_NONE : UNIT_RATIO;
        return true;
    }
    if (l != UNIT_NONE && percent_to_share(right))
        r = UNIT_RATIO;
    if (r != UNIT_NONE && node->op == OP_MULTIPLY && percent_to_share(left))
        l = UNIT_RATIO;
    if (r == UNIT_NONE || r == UNIT_RATIO)
        node->unit = left->unit;
    else if ((l == UNIT_NONE || l == UNIT_RATIO) && node->op == OP_MULTIPLY)
        node->unit = right->unit;
    return true;
}

bool expr_units_combine(struct expr *expr, struct expr_node *node, char hint[EXPR_HINT]) {
    struct expr_node *left = &expr->nodes[node->left], *right = &expr->nodes[node->right];
    node->unit = UNIT_NONE;
    *hint = '\0';
    if (find_product(node, family(left->unit), family(right->unit)))
        return true;
    if (node->op == OP_MULTIPLY || node->op == OP_DIVIDE)
        return combine_factors(node, left, right);
    return combine_equals(node, left, right, hint);
}

static const struct expr_node *root_of(const struct expr *expr) {
    return &expr->nodes[expr->count - 1];
}

bool expr_is_truth(const struct expr *expr) {
    return root_of(expr)->shape == SHAPE_TRUTH;
}

bool expr_is_number(const struct expr *expr) {
    return root_of(expr)->shape == SHAPE_NUMBER || root_of(expr)->shape == SHAPE_ANY;
}

enum unit expr_unit(const struct expr *expr) {
    return root_of(expr)->unit;
}
