/* A rule from what somebody said of it: for ruleset.c, which makes rules, and for nobody else. */
#ifndef MODEL_RULE_SAID_H
#define MODEL_RULE_SAID_H

#include "model/ruleset.h"

struct said_texts { /* of the rules of a set */
    char **items;
    size_t count;
};
void said_texts_free(struct said_texts *texts);

/* `replaced`: the rule of that name so far, NULL none. Not compiled. false: *fault. */
bool rule_from_said(struct rule *rule, const struct rule_said *said, const struct rule *replaced,
                    struct said_texts *texts, struct rule_fault *fault);

#endif
