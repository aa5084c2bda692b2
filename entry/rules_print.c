/* The rules in words. */
#include "entry/command.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "entry/config.h"
#include "model/rule_text.h"

/* "consumer_growing   consumer: lag  warn > 10k for 1m  critical > 100k for 1m  # default" */
static void print_rule(const struct rule *rule) {
    char text[RULE_TEXT_SIZE];
    rule_text(rule, text, sizeof text);
    printf("%-24s %s%s  # %s\n", rule->name, text, rule->enabled ? "" : "  (silenced)", rule->origin);
}

static void print_whole(const struct rule *rule) {
    print_rule(rule);
    printf("    says: %s: %s\n", rule->tag, rule->text);
    if (*rule->why)
        printf("    why: %s\n", rule->why);
    if (*rule->unless)
        printf("    not asked where %s is known\n", rule->unless);
    if (rule->about_state)
        printf("    asked of what is stale or gone, too\n");
}

/* Of one kind of trouble, the most urgent first. */
static bool print_tagged(const struct ruleset *set, const char *tag) {
    bool any = false;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        if (strcmp(ruleset_at(set, i)->tag, tag) == 0) {
            print_rule(ruleset_at(set, i));
            any = true;
        }
    }
    return any;
}

static bool print_named(const struct ruleset *set, const char *name) {
    const struct rule *rule = ruleset_find(set, name);
    struct near near = near_begin(name);
    if (rule != NULL) {
        print_whole(rule);
        return true;
    }
    if (print_tagged(set, name))
        return true;
    for (size_t i = 0; i < ruleset_count(set); i++)
        near_try(&near, ruleset_at(set, i)->name);
    fprintf(stderr, "natsight: there is no rule %s%s%s%s\n", options_typed(name),
            near.name != NULL ? "; did you mean " : "; natsight rules lists them",
            near.name != NULL ? near.name : "", near.name != NULL ? "?" : "");
    return false;
}

int command_rules(const struct options *options) {
    const struct ruleset *set = config_rules(options->config);
    int code = 0;
    for (int i = 0; i < options->word_count; i++)
        if (!print_named(set, options->words[i]))
            code = EXIT_USAGE;
    for (size_t i = 0; options->word_count == 0 && i < ruleset_count(set); i++)
        print_rule(ruleset_at(set, i));
    return code;
}
