#include "base/expr_node.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

struct evaluation {
    const struct expr *expr;
    expr_get_fn *get;
    void *data;
};

static const struct expr_value unknown = {.type = EXPR_UNKNOWN};

static struct expr_value number_value(double number) {
    return isfinite(number) ? (struct expr_value){.type = EXPR_NUMBER, .number = number} : unknown;
}

static struct expr_value truth_value(bool truth) {
    return (struct expr_value){.type = EXPR_BOOL, .number = truth};
}

static struct expr_value negated(struct expr_value v) {
    return v.type == EXPR_BOOL ? truth_value(v.number == 0) : unknown;
}

/* A number where truth is wanted is true unless it is 0. */
static struct expr_value as_truth(struct expr_value v) {
    return v.type == EXPR_BOOL || v.type == EXPR_NUMBER ? truth_value(v.number != 0) : unknown;
}

int expr_truth_word(const char *text) {
    static const struct {
        const char *word;
        bool truth;
    } words[] = {{"true", true},   {"yes", true}, {"on", true},
                 {"false", false}, {"no", false}, {"off", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcasecmp(words[i].word, text))
            return words[i].truth;
    return -1;
}

static struct expr_value truth_of_word(const char *text) {
    int truth = expr_truth_word(text);
    return truth < 0 ? unknown : truth_value(truth);
}

bool expr_is_truth_word(const char *text) {
    return truth_of_word(text).type == EXPR_BOOL || strcmp(text, "1") == 0 || strcmp(text, "0") == 0;
}

/* Brings both sides to one type: a literal number beside a text is meant as it was written, a word beside a
 * truth as yes or no. */
static void align(const struct expr_node *node, struct expr_value *v, const struct expr_value *other) {
    if (v->type == EXPR_NUMBER && other->type == EXPR_TEXT && node->op == OP_NUMBER)
        *v = (struct expr_value){.type = EXPR_TEXT, .text = node->text};
    else if (v->type == EXPR_TEXT && other->type == EXPR_BOOL)
        *v = truth_of_word(v->text);
}

static int order_of(double a, double b) {
    return (a > b) - (a < b);
}

static struct expr_value relation(enum expr_op op, int order) {
    switch (op) {
    case OP_EQUAL:
        return truth_value(order == 0);
    case OP_NOT_EQUAL:
        return truth_value(order != 0);
    case OP_LESS:
        return truth_value(order < 0);
    case OP_MORE:
        return truth_value(order > 0);
    case OP_AT_MOST:
        return truth_value(order <= 0);
    default:
        return truth_value(order >= 0);
    }
}

/* "" is what nobody told: a client without a name. */
static bool asks_for_none(const struct expr_node *node, struct expr_value l, struct expr_value r) {
    struct expr_value other = l.type == EXPR_UNKNOWN ? r : l;
    return (node->op == OP_EQUAL || node->op == OP_NOT_EQUAL) &&
           (l.type == EXPR_UNKNOWN) != (r.type == EXPR_UNKNOWN) && other.type == EXPR_TEXT && !*other.text;
}

static struct expr_value compare(const struct evaluation *e, const struct expr_node *node,
                                 struct expr_value l, struct expr_value r) {
    if (l.type == EXPR_NUMBER && r.type == EXPR_NUMBER)
        return relation(node->op, order_of(l.number, r.number));
    align(&e->expr->nodes[node->left], &l, &r);
    align(&e->expr->nodes[node->right], &r, &l);
    if (asks_for_none(node, l, r))
        return truth_value(node->op == OP_EQUAL);
    if (l.type == EXPR_UNKNOWN || r.type == EXPR_UNKNOWN || (l.type == EXPR_TEXT) != (r.type == EXPR_TEXT))
        return unknown;
    if (l.type != EXPR_TEXT)
        return relation(node->op, order_of(l.number, r.number));
    bool ordered = node->op != OP_EQUAL && node->op != OP_NOT_EQUAL;
    return relation(node->op, ordered ? text_order(l.text, r.text) : strcmp(l.text, r.text));
}

static struct expr_value calculate(const struct expr_node *node, struct expr_value l, struct expr_value r) {
    if (l.type != EXPR_NUMBER || r.type != EXPR_NUMBER)
        return unknown;
    switch (node->op) {
    case OP_ADD:
        return number_value((l.number + r.number) * node->number);
    case OP_SUBTRACT:
        return number_value((l.number - r.number) * node->number);
    case OP_MULTIPLY:
        return number_value(l.number * r.number * node->number);
    default:
        return r.number == 0 ? unknown : number_value(l.number / r.number * node->number);
    }
}

static struct expr_value match(const struct expr_node *node, struct expr_value v) {
    if (v.type != EXPR_TEXT)
        return unknown;
    bool found = regexec(node->regex, v.text, 0, NULL, 0) == 0;
    return truth_value(found == (node->op == OP_MATCH));
}

static struct expr_value get_name(const struct evaluation *e, const struct expr_node *node) {
    struct expr_value v = e->get(e->data, node->id);
    if (v.type == EXPR_NUMBER)
        return number_value(v.number * node->number);
    return v.type == EXPR_TEXT && !v.text ? unknown : v;
}

static struct expr_value evaluate(const struct evaluation *e, int index);

/* Most operands are a name or a number. */
static inline struct expr_value operand(const struct evaluation *e, int index) {
    const struct expr_node *node = &e->expr->nodes[index];
    if (node->op == OP_NAME)
        return get_name(e, node);
    return node->op == OP_NUMBER ? (struct expr_value){EXPR_NUMBER, node->number, NULL} : evaluate(e, index);
}

/* What decides alone, decides: false beside unknown makes `and` false, true beside unknown makes `or` true.
 */
static struct expr_value connect(const struct evaluation *e, const struct expr_node *node) {
    double decisive = node->op == OP_OR;
    struct expr_value l = as_truth(evaluate(e, node->left));
    if (l.type == EXPR_BOOL && l.number == decisive)
        return l;
    struct expr_value r = as_truth(evaluate(e, node->right));
    return r.type == EXPR_BOOL && r.number == decisive ? r : l.type == EXPR_UNKNOWN ? l : r;
}

static struct expr_value negative(const struct expr_node *node, struct expr_value v) {
    return v.type == EXPR_NUMBER ? number_value(-v.number * node->number) : unknown;
}

static struct expr_value evaluate(const struct evaluation *e, int index) {
    const struct expr_node *node = &e->expr->nodes[index];
    switch (node->op) {
    case OP_NUMBER:
        return number_value(node->number);
    case OP_TEXT:
        return (struct expr_value){.type = EXPR_TEXT, .text = node->text};
    case OP_NAME:
        return get_name(e, node);
    case OP_NEGATE:
        return negative(node, evaluate(e, node->left));
    case OP_NOT:
        return negated(as_truth(evaluate(e, node->left)));
    case OP_OR:
    case OP_AND:
        return connect(e, node);
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_MULTIPLY:
    case OP_DIVIDE:
        return calculate(node, evaluate(e, node->left), evaluate(e, node->right));
    case OP_MATCH:
    case OP_NOT_MATCH:
        return match(node, evaluate(e, node->left));
    default:
        return compare(e, node, operand(e, node->left), operand(e, node->right));
    }
}

struct expr_value expr_eval(const struct expr *expr, expr_get_fn *get, void *data) {
    struct evaluation e = {expr, get, data};
    return evaluate(&e, expr->count - 1);
}

bool expr_true(const struct expr *expr, expr_get_fn *get, void *data) {
    struct expr_value v = as_truth(expr_eval(expr, get, data));
    return v.type == EXPR_BOOL && v.number != 0;
}

static struct expr_value nobody(void *data, int id) {
    (void)data, (void)id;
    return unknown;
}

bool expr_divides_by_zero(const struct expr *expr) {
    struct evaluation e = {expr, nobody, NULL};
    for (int i = 0; i < expr->count; i++) {
        if (expr->nodes[i].op != OP_DIVIDE)
            continue;
        struct expr_value by = evaluate(&e, expr->nodes[i].right);
        if (by.type == EXPR_NUMBER && by.number == 0)
            return true;
    }
    return false;
}
