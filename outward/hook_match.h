/* Which alerts a hook is for: an expression over what an alert is called. Main process. */
#ifndef OUTWARD_HOOK_MATCH_H
#define OUTWARD_HOOK_MATCH_H

#include "base/expr.h"
#include "model/alerts.h"
#include "model/ruleset.h"

/* Names are entity, cluster, name, rule, tag, origin. NULL: *error says why. To be
 * freed by expr_destroy(). */
struct expr *hook_match_parse(const char *text, struct expr_error *error);
/* The same, and that it can ever be so: there are such entities and, where rules are known already, such
 * rules and tags. rules may be NULL. false: *error says why. */
bool hook_match_check(const char *text, const struct ruleset *rules, struct expr_error *error);
bool hook_matches(const struct expr *match, const struct alert *alert);

#endif
