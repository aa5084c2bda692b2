/* How far a rule can be judged at all: what it asks may be unknown of some, as of servers whose version does
 * not tell it. Nothing is kept; main process. */
#ifndef MODEL_RULE_COVER_H
#define MODEL_RULE_COVER_H

#include "model/ruleset.h"

struct rule_cover {
    size_t asked;   /* objects that it is about */
    size_t unknown; /* of these: it can't be said whether it holds */
    size_t untold;  /* of these: because their servers' version does not tell it */
    size_t awaited; /* because it takes another answer */
    int quantity;   /* that is not known of one of those, of an untold or awaited one first; -1 none */
    const struct object *like; /* that one; the model's */
};
/* Of those that `take` lets through; NULL: all. */
typedef bool rule_take_fn(void *data, const struct object *object);
struct rule_cover rule_cover(const struct model *model, const struct rule *rule, rule_take_fn *take,
                             void *data);
/* It is about that object, and it can't be said whether it holds. */
bool rule_is_unjudged(const struct model *model, const struct rule *rule, const struct object *object);
/* The rule applies to that object. */
bool rule_is_about(const struct model *model, const struct rule *rule, const struct object *object);

#endif
