/* The tree behind base/expr.h: shared by its parser, its unit rules and its evaluation, and by nobody else.
 *
 * Nodes live in one array and name each other by index; the root is the last one. An array that stays below
 * EXPR_NODES_MAX bounds memory and the depth of the evaluation alike. */
#ifndef BASE_EXPR_NODE_H
#define BASE_EXPR_NODE_H

#include <regex.h>

#include "base/expr.h"

#define EXPR_NODES_MAX 1000
#define EXPR_DEPTH_MAX 64

enum expr_op {
    OP_NUMBER,
    OP_TEXT,
    OP_NAME,
    OP_NEGATE,
    OP_NOT,
    OP_OR,
    OP_AND,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_MORE,
    OP_AT_MOST,
    OP_AT_LEAST,
    OP_MATCH,
    OP_NOT_MATCH,
};

/* What is known of a node's value before there is an object; a name without unit may turn out to be any. */
enum expr_shape { SHAPE_ANY, SHAPE_NUMBER, SHAPE_TEXT, SHAPE_TRUTH };

struct expr_node {
    enum expr_op op;
    enum expr_shape shape;
    enum unit unit;  /* of the value; UNIT_NONE goes with every unit */
    int left, right; /* indexes; left alone for OP_NEGATE and OP_NOT */
    int id;          /* OP_NAME */
    double number;   /* OP_NUMBER: the value; others: what a number that comes out is multiplied with */
    char *text;      /* OP_TEXT: the text; OP_NUMBER, OP_NAME: how it was written; owned */
    regex_t *regex;  /* OP_MATCH, OP_NOT_MATCH; owned */
    size_t at, len;  /* where it stood */
};

struct expr {
    struct expr_node *nodes;
    int count, cap;
};

/* Sets the unit and scale of `node`, an arithmetic operation or a relation whose operands stand; may scale an
 * operand, so that 50 % is 0.5 beside a share. false when the operands do not go together; `hint` then is
 * what to append. */
enum { EXPR_HINT = 60 };
bool expr_units_combine(struct expr *expr, struct expr_node *node, char hint[EXPR_HINT]);
/* 1 and 0 of "yes" and "no" and the like; -1: no such word. */
int expr_truth_word(const char *text);
const char *expr_unit_name(const struct expr_node *node);

/* ---- expr_meant.c: what was meant, one line; of words fit for a message ---- */
/* By a word behind a number: false, no unit that we know. */
bool expr_unit_meant(const char *number, size_t len, const char *word, char *out, size_t size);
void expr_no_unit(const char *word, char *out, size_t size);
/* By one that begins as a number does: false, it is something else, a version or an address. */
bool expr_number_meant(const char *text, char *out, size_t size);

#endif
