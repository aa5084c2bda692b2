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
    size_t old;     /* because nobody tells of it any more */
    size_t unheard; /* because somebody who may have what is expected can't be asked */
    int quantity;   /* that is not known of one of those, of one with such a reason first; -1 none, or
                     * all of it is old */
    const struct object *like; /* that one; the model's */
};
/* One that may be a trouble is enough. What else is not known may be what is not so, as a limit that there is
 * none of. */
bool rule_cover_lacks(const struct rule_cover *cover);
/* Of those that `take` lets through; NULL: all. */
typedef bool rule_take_fn(void *data, const struct object *object);
struct rule_cover rule_cover(const struct model *model, const struct rule *rule, rule_take_fn *take,
                             void *data);
/* Its match, which is no default's, meets none of those that are known, not even of those that nobody tells
 * of now: a slip in it, or what it means is gone. */
bool rule_is_in_vain(const struct model *model, const struct rule *rule);
/* It is about that object, and it can't be said whether it holds. */
bool rule_is_unjudged(const struct model *model, const struct rule *rule, const struct object *object);
/* What stands for that id in expressions is unknown of it until there is another answer. */
bool rule_awaits(const struct model *model, const struct object *object, int id);
/* The rule applies to that object. */
bool rule_is_about(const struct model *model, const struct rule *rule, const struct object *object);

#endif
