/* A rule in words. Pure, main process. */
#ifndef MODEL_RULE_TEXT_H
#define MODEL_RULE_TEXT_H

#include "model/ruleset.h"

enum { RULE_TEXT_SIZE = 4096 };

/* "consumer: lag  warn > 10k for 1m  critical > 100k for 1m  clear < 8k  while lag_slope > 0" */
void rule_text(const struct rule *rule, char *out, size_t size);
/* Of one that is in vain (model/rule_cover.h): "applies to no consumer here: late (stream = SHOP,
 * natsight.conf:12)". */
void rule_in_vain_text(const struct rule *rule, char *out, size_t size);

#endif
