#include "model/rule_judge.h"

#include <math.h>

bool rule_can_ask(const struct rule *rule, const struct object *object) {
    return object->freshness == FRESH_LIVE || rule->about_state;
}

static bool is_so(const struct asking *asking, const struct expr *expr) {
    return !expr || expr_true(expr, asking_get, (void *)asking);
}

bool rule_meets(enum rule_sign sign, double value, double limit) {
    switch (sign) {
    case SIGN_MORE:
        return value > limit;
    case SIGN_AT_LEAST:
        return value >= limit;
    case SIGN_LESS:
        return value < limit;
    default:
        return value <= limit;
    }
}

double rule_threshold(const struct asking *asking, const struct rule_level *level) {
    if (!level->asked)
        return level->threshold;
    struct expr_value v = expr_eval(level->asked, asking_get, (void *)asking);
    return v.type == EXPR_NUMBER ? v.number : NAN;
}

static bool level_holds(const struct asking *asking, const struct rule_level *level, double value) {
    return level->is && (!*level->limit || rule_meets(level->sign, value, rule_threshold(asking, level)));
}

bool rule_applies(const struct asking *asking, const struct rule *rule) {
    if (!rule->enabled || !rule_can_ask(rule, asking->object))
        return false;
    if (rule->unless_quantity >= 0 && asking_get((void *)asking, rule->unless_quantity).type != EXPR_UNKNOWN)
        return false;
    return is_so(asking, rule->match_expr);
}

bool rule_counts(const struct asking *asking, const struct rule *rule) {
    return is_so(asking, rule->where_expr);
}

static bool needs_are_met(const struct asking *asking, const struct rule *rule) {
    for (int i = 0; i < rule->need_count; i++)
        if (!expr_need_met(&rule->needs[i], asking_get((void *)asking, rule->needs[i].id)))
            return false;
    return true;
}

/* What it needs first: of most objects that says it. */
struct verdict rule_judge(const struct asking *asking, const struct rule *rule) {
    static const struct verdict nothing = {false, false, false};
    struct verdict v = nothing;
    double value = NAN;
    if (!rule->enabled || !rule_can_ask(rule, asking->object) || !needs_are_met(asking, rule))
        return nothing;
    if (rule->value_expr) {
        struct expr_value number = rule->value_quantity >= 0
                                       ? asking_get((void *)asking, rule->value_quantity)
                                       : expr_eval(rule->value_expr, asking_get, (void *)asking);
        if (number.type != EXPR_NUMBER)
            return nothing;
        value = number.number;
    }
    v.warn = level_holds(asking, &rule->warn, value);
    v.crit = level_holds(asking, &rule->crit, value);
    v.kept = rule->clear.is && !level_holds(asking, &rule->clear, value);
    if (!v.warn && !v.crit && !v.kept)
        return nothing;
    return rule_applies(asking, rule) && rule_counts(asking, rule) ? v : nothing;
}

static enum severity lesser_level(const struct rule *rule) {
    return rule->warn.is ? SEVERITY_WARN : SEVERITY_CRIT;
}

bool verdict_holds(const struct verdict *v, const struct rule *rule, enum severity level, bool spoke) {
    return (level == SEVERITY_CRIT ? v->crit : v->warn) || (spoke && v->kept && level == lesser_level(rule));
}
