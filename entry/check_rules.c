/* Which rules a check judges: those of --rule alone, else all. */
#include <string.h>

#include "base/clock.h"
#include "base/near.h"
#include "entry/check.h"

static bool unknown_rule(const struct ruleset *set, const char *name) {
    struct near near = near_begin(name);
    for (size_t i = 0; i < ruleset_count(set); i++)
        near_try(&near, ruleset_at(set, i)->name);
    options_refuse("--rule %s: there is no such rule; %s%s%s", options_typed(name),
                   near.name != NULL ? "did you mean " : "natsight rules lists them",
                   near.name != NULL ? near.name : "", near.name != NULL ? "?" : "");
    return false;
}

static bool is_named(const struct options *options, const struct rule *rule) {
    for (int i = 0; i < options->rule_count; i++)
        if (strcmp(options->rule[i], rule->name) == 0)
            return true;
    return options->rule_count == 0;
}

static bool check_names(const struct options *options, const struct ruleset *set) {
    for (int i = 0; i < options->rule_count; i++) {
        const struct rule *rule = ruleset_find(set, options->rule[i]);
        if (rule == NULL)
            return unknown_rule(set, options->rule[i]);
        if (!rule->enabled) {
            options_refuse("--rule %s: is silenced by %s", rule->name, rule->origin);
            return false;
        }
    }
    return true;
}

bool check_rules_narrow(const struct options *options, struct ruleset *set) {
    if (!check_names(options, set))
        return false;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        struct rule_said off = {.name = rule->name, .enabled = "false", .origin = "--rule"};
        struct rule_fault fault;
        if (!is_named(options, rule))
            ruleset_add(set, &off, &fault);
    }
    return true;
}

double check_rules_hold_ns(const struct ruleset *set, double scale) {
    double most_s = 0;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        const struct rule_level *levels[] = {&rule->warn, &rule->crit};
        for (int l = 0; l < 2; l++)
            if (rule->enabled && levels[l]->is && levels[l]->hold_s > most_s)
                most_s = levels[l]->hold_s;
    }
    return most_s * scale * (double)NS_PER_S;
}
