/* Whether what a rule says of an object is an open question: it can't be said for now whether it holds, which
 * is not that it does not. Nothing is kept; main process. */
#ifndef MODEL_RULE_OPEN_H
#define MODEL_RULE_OPEN_H

#include "model/asking.h"
#include "model/ruleset.h"

/* Of a rule that does not hold at that level: what it lacks was known or will be, as what is old, what takes
 * another answer, or what those who are asked disagree about. What there is none of, as a limit that was
 * taken away, is no question, and nor is it when one half of the condition is known not to be so.
 * spoke: the level did until now. */
bool rule_is_open(const struct asking *asking, const struct rule *rule, enum severity level, bool spoke);

#endif
