/* Which alerts a hook is for: an expression over what an alert is called. Main process. */
#ifndef OUTWARD_HOOK_MATCH_H
#define OUTWARD_HOOK_MATCH_H

#include "base/expr.h"
#include "model/alerts.h"

/* Names are entity, cluster, name, rule, tag, origin. NULL: *error says why. */
struct expr *hook_match_parse(const char *text, struct expr_error *error);
bool hook_matches(const struct expr *match, const struct alert *alert);

#endif
