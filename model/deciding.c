#include "model/deciding.h"

#include <string.h>

#include "model/ruleset.h"
#include "model/state.h"

/* As bad as it would be: then it makes no difference. */
static bool is_outdone(const struct model *model, const struct entry *entry, const struct truth *truth) {
    for (size_t i = 0; i < entry->truth_count; i++) {
        const struct truth *other = &entry->truths[i];
        if (other->level >= truth->level && !other->slept_mono_ns && rules_left_to_hold(model, other) == 0 &&
            strcmp(other->rule->tag, truth->rule->tag) == 0)
            return true;
    }
    return false;
}

static bool is_deciding(const struct model *model, const struct entry *entry, int64_t within_ns) {
    for (size_t i = 0; i < entry->truth_count; i++) {
        const struct truth *truth = &entry->truths[i];
        int64_t left = truth->slept_mono_ns ? 0 : rules_left_to_hold(model, truth);
        if (left > 0 && left <= within_ns && !is_outdone(model, entry, truth))
            return true;
    }
    return false;
}

/* Of those that there can be thousands of the rules know the few that anything holds of. */
static bool any_of(const struct model *model, enum object_kind kind, int64_t within_ns) {
    bool many = rules_is_many(kind);
    size_t count = many ? model->watched[kind].count : kind_count(model, kind);
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = many ? model->watched[kind].items[i] : kind_at(model, kind, i);
        if (!entry->dead && is_deciding(model, entry, within_ns))
            return true;
    }
    return false;
}

bool model_is_deciding(const struct model *model, int64_t within_ns) {
    size_t count;
    const struct finding *forming = model_forming(model, &count);
    for (size_t i = 0; i < count; i++) /* also what another leader has to confirm */
        if (forming[i].due_utc_ns - model->utc_ns <= within_ns)
            return true;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (any_of(model, (enum object_kind)kind, within_ns))
            return true;
    return false;
}
