/* The one expression grammar: filters, --where, rules. Quantities by name, numbers with units, text.
 *
 *   or_expr  = and_expr { "or" and_expr }
 *   and_expr = not_expr { "and" not_expr }
 *   not_expr = ["not"] relation
 *   relation = sum [ ( "=" | "!=" | "<" | ">" | "<=" | ">=" | "~" | "!~" ) sum ]
 *   sum      = product { ("+"|"-") product }
 *   product  = factor { ("*"|"/") factor }
 *   factor   = NUMBER[unit] | "text" | name | name "(" name ")" | "(" or_expr ")" | "-" factor
 *
 * `~` is a POSIX extended regular expression, without case; its right side is a text, quoted or up to the
 * next blank. A bare word on the right of `=` `!=` that names no quantity is text, and so is one that the
 * left side may be (expr_words()) and what begins with a digit and is no number (2.10.22). Text is equal to
 * the byte, and ordered as versions are (n2 < n10). A literal number beside a text is meant as written (3/3,
 * too), `never` beside a span is longer than all others; yes, no, true, false stand for truth beside a truth.
 *
 * Units are checked when parsed: `lag > 10 s` is an error. A bare number, k and M included, goes with each
 * unit (rules are stricter: expr_bare()); 50 % is 0.5 beside a share and 50 beside percent; a count by a rate
 * is a span.
 *
 * Unknown operands make a relation unknown, and unknown is never true: `not unknown` is unknown too. `unknown
 * or true` is true, `unknown and false` is false. What is divided by zero is unknown.
 *
 * An expr knows names as the small integers that its resolver gave, so this module knows nothing of NATS. */
#ifndef BASE_EXPR_H
#define BASE_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/number.h"

enum expr_type { EXPR_UNKNOWN, EXPR_NUMBER, EXPR_TEXT, EXPR_BOOL };

struct expr_value {
    enum expr_type type;
    double number;    /* base units; 0 or 1 for EXPR_BOOL */
    const char *text; /* borrowed from the caller until the evaluation ends */
};

/* The number of a name (function = NULL) or of function(name), -1 when there is none; *unit = its unit. */
typedef int expr_resolve_fn(void *data, const char *function, const char *name, enum unit *unit);
/* The value of name number `id` for the object under evaluation. */
typedef struct expr_value expr_get_fn(void *data, int id);

struct expr;

struct expr_error {
    size_t at;         /* byte offset of the fault */
    char message[160]; /* one line: what is wrong and what was meant */
};

/* NULL and *error when the text is no expression. The text is not kept. */
struct expr *expr_parse(const char *text, expr_resolve_fn *resolve, void *data, struct expr_error *error);
/* The same for a text that may go on behind the expression, after a blank: *rest is what follows there. */
struct expr *expr_parse_first(const char *text, expr_resolve_fn *resolve, void *data,
                              struct expr_error *error, const char **rest);
/* What stands for a text that a name is compared with by = or !=, NULL: the text as it is. `named`: the text
 * is a name as well, and is that one unless a word is told. */
typedef const char *expr_word_fn(void *data, int id, const char *text, bool named);
/* Asks for each of these texts, from the left, and for each number as it is written. */
void expr_words(struct expr *expr, expr_word_fn *word, void *data);
void expr_destroy(struct expr *expr);
/* It stands for truth: yes, no, true, false, on, off, whatever the case; 1 and 0 are numbers that do. */
bool expr_is_truth_word(const char *text);
/* It is true or false, and no number and no text; of a name without unit that is known only with an object.
 */
bool expr_is_truth(const struct expr *expr);
/* It is a number; the same of a name. */
bool expr_is_number(const struct expr *expr);
/* What that number is measured in. */
enum unit expr_unit(const struct expr *expr);
/* A number without a unit, not 0, that stands beside a span, bytes or percent: by a sum or a relation. */
struct expr_bare {
    const char *sign, *number; /* "> ", "" within a sum; as it was written */
    enum unit beside;
    const char *unit; /* in words */
};
/* The first of these; false: there is none. */
bool expr_bare(const struct expr *expr, struct expr_bare *out);
typedef bool expr_is_number_fn(int id);
/* The first name that something is calculated with, or that a calculated one is compared with, and that is no
 * number; -1: there is none. */
int expr_misused(const struct expr *expr, expr_is_number_fn *is_number);
/* It is a name and nothing more, which; -1: it is not. */
int expr_name_alone(const struct expr *expr);
/* Something in it is divided by what is always 0. */
bool expr_divides_by_zero(const struct expr *expr);
struct expr_value expr_eval(const struct expr *expr, expr_get_fn *get, void *data);
/* true exactly when the expression is known and true. */
bool expr_true(const struct expr *expr, expr_get_fn *get, void *data);

/* ---- what it can't be true without ----
 * For those who ask the same of thousands: one look at one name says of most that it is not so. */
enum { EXPR_NEED_WORDS = 4 };
enum expr_stands { STANDS_BELOW = 1, STANDS_AT = 2, STANDS_ABOVE = 4 };
struct expr_need { /* a name is one of a few words, or stands so to a number */
    int id;
    const char *words[EXPR_NEED_WORDS]; /* the expression's own */
    int truths[EXPR_NEED_WORDS];        /* what each says of a truth: 0, 1, or -1 nothing */
    int word_count;                     /* 0: it is a number */
    unsigned stands;                    /* bits: as one of these to it */
    double scale, number;
};
/* The first such part of the expression; false: it has none. */
bool expr_need(const struct expr *expr, struct expr_need *need);
/* false: the expression is not true, as the value of that name is such. */
bool expr_need_met(const struct expr_need *need, struct expr_value value);
/* It is true of nothing, and no number, while all names that `unknown` picks are unknown. */
typedef bool expr_pick_fn(int id);
bool expr_is_void(const struct expr *expr, expr_pick_fn *unknown);

/* NULL, or why this pattern is not given to libc: back references can take exponential time to match, and
 * stacked repetitions exponential memory to compile. */
const char *expr_pattern_refused(const char *pattern);

#endif
