/* A model that goes by rules of a user's own, beside ours: for tests of the model and of views.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_RULED_H
#define TESTS_MODEL_RULED_H

#include <check.h>

#include "model/ruleset.h"

/* All of them are without fault. */
static inline void use_rules(struct model *model, const struct rule_said *said, size_t count) {
    struct rule_fault fault = {0};
    struct ruleset *set = ruleset_create();
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(ruleset_add(set, &said[i], &fault), "%s: %s", fault.key, fault.message);
    model_use_rules(model, set);
    ruleset_release(set);
}

#endif
