/* What a rule can't hold without, found in its texts: a look at one quantity says of most objects that it
 * does not, and the rest of it is not asked. For rule_compile.c, once the rest of the rule is made. */
#ifndef MODEL_RULE_NEEDS_H
#define MODEL_RULE_NEEDS_H

#include "model/ruleset.h"

void rule_find_needs(struct rule *rule);

#endif
