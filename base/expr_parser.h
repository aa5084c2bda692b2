/* What the files of the parser share; nobody else includes it. Each function of the grammar (base/expr.h)
 * returns the index of the node that it added, or EXPR_NO_NODE once it has failed.
 *
 * expr_lex.c: letters and words. expr_tree.c: nodes. expr_operand.c: factors. expr_relation.c: sums and
 * relations. expr.c: and, or, not; the whole text. */
#ifndef BASE_EXPR_PARSER_H
#define BASE_EXPR_PARSER_H

#include "base/expr_node.h"
#include "base/text.h"

#define EXPR_NO_NODE (-1)
#define EXPR_MESSAGE sizeof((struct expr_error){0}.message)

struct expr_parser {
    struct expr *expr;
    const char *text, *at;
    int depth;
    bool failed;
    expr_resolve_fn *resolve;
    void *data;
    struct expr_error *error;
};

/* ---- expr_lex.c ---- */

struct expr_word {
    char text[TEXT_MAX_BYTES + 1];
};
/* A piece of what was typed, fit for a message. */
struct expr_word expr_shown(const char *from, size_t len);
/* EXPR_NO_NODE. The first fault counts; those that follow are its consequences. */
int expr_fail(struct expr_parser *p, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool expr_is_digit(char c);
bool expr_is_name_start(char c);
void expr_skip_blanks(struct expr_parser *p);
/* How long what stands here is, 0 not: "lag", "consumer.lag"; a word without quotes. */
size_t expr_name_len(const char *text);
size_t expr_word_len(const char *text);
bool expr_is_keyword(const char *text, size_t len);
bool expr_take_keyword(struct expr_parser *p, const char *keyword);

/* ---- expr_tree.c ---- */

static inline struct expr_node *expr_node_at(struct expr_parser *p, int index) {
    return &p->expr->nodes[index];
}
struct expr_word expr_shown_node(struct expr_parser *p, int index);
/* One that was written from there to here. */
struct expr_node expr_node_from(struct expr_parser *p, enum expr_op op, enum expr_shape shape,
                                const char *from);
/* What the node owns is the tree's from now on, or gone. */
int expr_add(struct expr_parser *p, struct expr_node node);
int expr_add_text(struct expr_parser *p, const char *from, char *text);
/* Goes on behind it. */
int expr_add_number(struct expr_parser *p, const char *from, size_t len, double value, enum unit unit);
/* Of two that have to go together. */
int expr_add_pair(struct expr_parser *p, enum expr_op op, enum expr_shape shape, int left, int right);

/* ---- expr_operand.c ---- */

/* Makes the node a quantity; false: there is none of that name. */
bool expr_resolve(struct expr_parser *p, const char *function, const char *name, size_t len,
                  struct expr_node *node);
/* Fails where a number goes on as if it had a unit, and says what was meant. */
bool expr_blame_unit(struct expr_parser *p);
int expr_parse_quoted(struct expr_parser *p);
int expr_parse_word(struct expr_parser *p);
int expr_parse_factor(struct expr_parser *p);

/* ---- expr_relation.c, expr.c ---- */

int expr_parse_relation(struct expr_parser *p);
int expr_parse_or(struct expr_parser *p);

#endif
