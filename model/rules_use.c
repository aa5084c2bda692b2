/* Which rules there are. What is true of objects by a rule that stays as it is stays true under new ones; and
 * the levels that a drawn quantity has by them. */
#include "model/calc.h"

#include <math.h>

#include "model/rule_judge.h"

const struct ruleset *model_rules(const struct model *model) {
    return model->rules;
}

static const struct rule *same_in(const struct ruleset *set, const struct rule *rule) {
    const struct rule *other = ruleset_find(set, rule->name);
    return other && rule_same(rule, other) ? other : NULL;
}

static void truths_move(struct model *model, struct entry *entry, const struct ruleset *set) {
    size_t kept = 0;
    for (size_t t = 0; t < entry->truth_count; t++) {
        struct truth truth = entry->truths[t];
        truth.rule = same_in(set, truth.rule);
        if (truth.rule)
            entry->truths[kept++] = truth;
    }
    entry->truth_count = kept;
    rules_ask(model, entry);
}

static void findings_move(struct finding_list *list, const struct ruleset *set) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct finding f = list->items[i];
        f.rule = same_in(set, f.rule);
        if (f.rule)
            list->items[kept++] = f;
    }
    list->count = kept;
}

void model_use_rules(struct model *model, struct ruleset *set) {
    model_tick_finish(model);
    struct ruleset *before = model->rules;
    model->rules = ruleset_hold(set);
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        for (size_t i = 0; i < kind_count(model, (enum object_kind)kind); i++)
            truths_move(model, kind_at(model, (enum object_kind)kind, i), set);
    findings_move(&model->findings, set);
    findings_move(&model->forming, set);
    model->findings_version++;
    model->assets_told = true;
    model->rules_utc_ns = model->utc_ns;
    ruleset_release(before);
}

int64_t model_rules_since(const struct model *model) {
    return model->rules_utc_ns;
}

/* ---- their levels, where a quantity is drawn ---- */

/* What is drawn where rules go by what of it is proven. */
static const struct { enum quantity shown, judged; } proven[] = {{Q_CONSUMER_time_behind, Q_CONSUMER_late}};

static bool is_about(const struct rule *rule, enum quantity shown) {
    for (size_t i = 0; i < sizeof proven / sizeof *proven; i++)
        if (proven[i].shown == shown && rule->value_quantity == (int)proven[i].judged)
            return true;
    return rule->value_quantity == (int)shown;
}

size_t model_thresholds(const struct model *model, const struct object *object, enum quantity q,
                        struct threshold *out, size_t most) {
    struct asking asking = {.model = model, .object = object};
    size_t count = 0, rule_count;
    const struct rule *const *rules = ruleset_of(model->rules, object->kind, &rule_count);
    for (enum severity level = SEVERITY_WARN; level <= SEVERITY_CRIT; level++) {
        for (size_t r = 0; r < rule_count && count < most; r++) {
            const struct rule_level *of = rule_level(rules[r], level);
            if (!of->is || !is_about(rules[r], q) || !rule_applies(&asking, rules[r]))
                continue;
            double value = rule_threshold(&asking, of);
            if (!isnan(value))
                out[count++] = (struct threshold){rules[r], level, value,
                                                  of->sign == SIGN_MORE || of->sign == SIGN_AT_LEAST};
        }
    }
    return count;
}
