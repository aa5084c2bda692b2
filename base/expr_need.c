#include "base/expr_node.h"

#include <string.h>

static const unsigned stands_of[] = {
    [OP_EQUAL] = STANDS_AT,
    [OP_NOT_EQUAL] = STANDS_BELOW | STANDS_ABOVE,
    [OP_LESS] = STANDS_BELOW,
    [OP_MORE] = STANDS_ABOVE,
    [OP_AT_MOST] = STANDS_BELOW | STANDS_AT,
    [OP_AT_LEAST] = STANDS_AT | STANDS_ABOVE,
};

static bool is_relation(enum expr_op op) {
    return op >= OP_EQUAL && op <= OP_AT_LEAST;
}

/* "" is equal to what is not known. */
static bool add_word(struct expr_need *need, const char *word) {
    if (!*word || need->word_count == EXPR_NEED_WORDS)
        return false;
    need->words[need->word_count] = word;
    need->truths[need->word_count++] = expr_truth_word(word);
    return true;
}

/* Into what was found so far in the other halves of an `or`: words of the same name. */
static bool find_relation(const struct expr *expr, const struct expr_node *node, struct expr_need *need) {
    const struct expr_node *name = &expr->nodes[node->left], *other = &expr->nodes[node->right];
    if (!is_relation(node->op) || name->op != OP_NAME || (need->id >= 0 && need->id != name->id))
        return false;
    if (node->op == OP_EQUAL && other->op == OP_TEXT && !need->stands) {
        need->id = name->id;
        return add_word(need, other->text);
    }
    if (other->op != OP_NUMBER || need->id >= 0)
        return false;
    *need = (struct expr_need){
        .id = name->id, .stands = stands_of[node->op], .scale = name->number, .number = other->number};
    return true;
}

static bool find_words(const struct expr *expr, const struct expr_node *node, struct expr_need *need) {
    if (node->op == OP_OR)
        return find_words(expr, &expr->nodes[node->left], need) &&
               find_words(expr, &expr->nodes[node->right], need) && need->word_count;
    return find_relation(expr, node, need);
}

static bool find(const struct expr *expr, const struct expr_node *node, struct expr_need *need) {
    if (node->op == OP_AND)
        return find(expr, &expr->nodes[node->left], need) || find(expr, &expr->nodes[node->right], need);
    *need = (struct expr_need){.id = -1};
    return find_words(expr, node, need);
}

bool expr_need(const struct expr *expr, struct expr_need *need) {
    return find(expr, &expr->nodes[expr->count - 1], need);
}

/* Of many words the first letter says it. */
static bool is_word(const char *word, const char *text) {
    return *word == *text && strcmp(word, text) == 0;
}

static bool is_among(const struct expr_need *need, struct expr_value value) {
    for (int i = 0; i < need->word_count; i++) {
        if (value.type == EXPR_TEXT ? value.text && is_word(need->words[i], value.text)
                                    : value.type == EXPR_BOOL && need->truths[i] == (value.number != 0))
            return true;
    }
    return false;
}

bool expr_need_met(const struct expr_need *need, struct expr_value value) {
    if (need->word_count)
        return is_among(need, value);
    if (value.type == EXPR_TEXT)
        return true; /* the number is meant as it is written */
    double number = value.type == EXPR_NUMBER ? value.number * need->scale : value.number;
    unsigned stands = number < need->number ? STANDS_BELOW : number > need->number ? STANDS_ABOVE : STANDS_AT;
    return value.type != EXPR_UNKNOWN && need->stands & stands;
}

/* ---- nothing is true of the unknown ---- */

static const struct expr_node *at(const struct expr *expr, int index) {
    return &expr->nodes[index];
}

/* Neither true nor false, and no number. */
static bool is_unknown(const struct expr *expr, const struct expr_node *node, expr_pick_fn *unknown) {
    if (node->op == OP_NAME)
        return unknown(node->id);
    if (node->op == OP_NUMBER || node->op == OP_TEXT)
        return false;
    bool left = is_unknown(expr, at(expr, node->left), unknown);
    if (node->op == OP_NEGATE || node->op == OP_NOT || node->op == OP_MATCH || node->op == OP_NOT_MATCH)
        return left;
    bool right = is_unknown(expr, at(expr, node->right), unknown);
    if (node->op == OP_AND || node->op == OP_OR)
        return left && right;
    return (left || right) && node->op != OP_EQUAL && node->op != OP_NOT_EQUAL;
}

/* Equal to what is not known is "", which a name may be. */
static bool is_something(const struct expr_node *node) {
    return node->shape == SHAPE_NUMBER || (node->op == OP_TEXT && *node->text);
}

static bool is_void(const struct expr *expr, const struct expr_node *node, expr_pick_fn *unknown) {
    bool both = node->op == OP_AND, either = node->op == OP_OR, equal = node->op == OP_EQUAL;
    if (!both && !either && !equal && node->op != OP_NOT_EQUAL)
        return is_unknown(expr, node, unknown);
    const struct expr_node *left = at(expr, node->left), *right = at(expr, node->right);
    if (both || either) {
        bool l = is_void(expr, left, unknown), r = is_void(expr, right, unknown);
        return both ? l || r : l && r;
    }
    return (is_unknown(expr, left, unknown) && (!equal || is_something(right))) ||
           (is_unknown(expr, right, unknown) && (!equal || is_something(left)));
}

bool expr_is_void(const struct expr *expr, expr_pick_fn *unknown) {
    return is_void(expr, at(expr, expr->count - 1), unknown);
}
