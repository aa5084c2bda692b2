/* What several rules need first, as one question: it is asked of an object once, and mostly the answer says
 * that none of them holds of it. For ruleset.c, which puts rules together by it; pure. */
#ifndef MODEL_RULE_QUESTION_H
#define MODEL_RULE_QUESTION_H

#include "model/ruleset.h"

/* What that rule needs first; NULL: nothing that could be asked alone. */
const struct expr_need *rule_first_need(const struct rule *rule);
struct rule_question rule_question_of(const struct rule *rule);
/* That rule needs the same first. */
void rule_question_add(struct rule_question *question, const struct rule *rule);

#endif
