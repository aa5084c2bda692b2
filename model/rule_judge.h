/* Whether a rule holds of an object, now: its levels are asked, and nothing is remembered. For
 * rules_truths.c, which remembers. Main process. */
#ifndef MODEL_RULE_JUDGE_H
#define MODEL_RULE_JUDGE_H

#include "model/asking.h"
#include "model/ruleset.h"

struct verdict {           /* of one rule about one object */
    bool warn, crit, kept; /* kept: the lesser level, once it spoke */
};

/* What is stale or gone is asked about its state alone. */
bool rule_can_ask(const struct rule *rule, const struct object *object);
struct verdict rule_judge(const struct asking *asking, const struct rule *rule);
/* spoke: this level did until now. */
bool verdict_holds(const struct verdict *verdict, const struct rule *rule, enum severity level, bool spoke);
/* It is about this object at all. */
bool rule_applies(const struct asking *asking, const struct rule *rule);
/* What has to be so besides the number is so. */
bool rule_counts(const struct asking *asking, const struct rule *rule);
bool rule_meets(enum rule_sign sign, double value, double limit);
/* NaN: not known. */
double rule_threshold(const struct asking *asking, const struct rule_level *level);

#endif
