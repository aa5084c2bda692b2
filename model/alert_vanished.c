#include "model/alert_vanished.h"

#include "model/alert_watch.h"
#include "model/ruleset.h"

#define LISTS_NS (20 * NS_PER_S) /* all have said by then what they have */

static bool is_due(const struct model *model, const struct slot *slot) {
    int count = slot->said.came_count;
    return slot->said.acked_utc_ns || count == 0 ||
           model->mono_ns - slot->came_mono_ns[count - 1] >= VANISHED_NS;
}

bool alert_keeps(const struct model *model, const struct object *object) {
    size_t count;
    const struct rule *const *rules = ruleset_of(model->rules, object->kind, &count);
    for (size_t i = 0; i < count; i++) {
        const struct finding finding = {.rule = rules[i]};
        const struct slot *slot = rules[i]->of_vanished
                                      ? alert_book_find(model->alerts, object->id, watch_tag(&finding), false)
                                      : NULL;
        if (slot && slot->said.state == ALERT_OPEN && !is_due(model, slot))
            return true;
    }
    return false;
}

static const struct rule *rule_of(const struct model *model, const struct slot *slot) {
    const struct rule *rule = ruleset_find(model->rules, slot->said.rule);
    return rule && rule->enabled && rule->of_vanished ? rule : NULL;
}

static bool is_listed(const struct model *model, const struct slot *slot) {
    const struct object *object =
        model_object(model, slot->said.object ? slot->said.object : slot->candidate);
    return object && object->freshness != FRESH_GONE;
}

bool vanished_stays(const struct model *model, const struct slot *slot) {
    return slot->kind == OBJECT_STREAM && !is_due(model, slot) && !is_listed(model, slot) &&
           rule_of(model, slot);
}

bool vanished_is_known(const struct model *model, const struct slot *slot) {
    return slot->restored && slot->waited_ns >= LISTS_NS && vanished_stays(model, slot);
}

const char *vanished_ending(const struct model *model, const struct slot *slot) {
    if (!rule_of(model, slot))
        return NULL;
    if (is_listed(model, slot))
        return "listed again";
    return slot->said.acked_utc_ns ? ENDING_ACKNOWLEDGED : ENDING_TAKEN;
}
