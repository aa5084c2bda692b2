/* What holds of one object by its rules, and since when. */
#include "model/calc.h"

#include "base/memory.h"
#include "model/alert_watch.h"
#include "model/rule_judge.h"
#include "model/rule_open.h"

#define SLEEPS_MOST (120 * NS_PER_S) /* a truth that nobody can say anything about */

static struct truth *truth_of(const struct entry *entry, const struct rule *rule, enum severity level) {
    for (size_t i = 0; i < entry->truth_count; i++) {
        if (entry->truths[i].rule == rule && entry->truths[i].level == level)
            return &entry->truths[i];
    }
    return NULL;
}

/* It counts from when that began which it is true of now. */
static void set_since(const struct model *model, const struct object *object, struct truth *truth) {
    if (truth->rule->since_quantity < 0)
        return;
    struct value began = quantity_get(model, object, (enum quantity)truth->rule->since_quantity);
    if (began.type != VALUE_TIME || began.i > model->utc_ns)
        return;
    int64_t mono_ns = model->mono_ns - (model->utc_ns - began.i);
    truth->since_mono_ns = mono_ns > truth->seen_mono_ns ? mono_ns : truth->seen_mono_ns;
    truth->since_utc_ns = began.i;
    truth->least = began.flags & VALUE_LEAST;
}

/* Nobody could say before whether it was so. */
static bool may_be_older(const struct model *model, const struct object *object, const struct rule *rule) {
    if (object->kind == OBJECT_SERVER && rule->about_state)
        return !server_const(object)->reached;
    return !watch_is_heard(model, object);
}

/* What a row has told counts from the tick after it. */
static void begin(const struct model *model, const struct object *object, struct truth *truth) {
    truth->since_utc_ns = model->utc_ns;
    truth->since_mono_ns = truth->seen_mono_ns = model->mono_ns;
    truth->least = may_be_older(model, object, truth->rule);
    set_since(model, object, truth);
}

static bool slept_too_long(const struct model *model, const struct truth *truth) {
    return truth->slept_mono_ns && model->mono_ns - truth->slept_mono_ns > SLEEPS_MOST;
}

/* Nobody can be asked; or what was told of it can't be said to be so or not, for now. What is not told yet
 * has to be so all the time. */
static bool sleeps(const struct asking *asking, const struct truth *truth) {
    if (!rule_can_ask(truth->rule, asking->object))
        return watch_may_go_on(asking->object);
    return watch_is_told(asking->model, asking->object, truth) &&
           rule_is_open(asking, truth->rule, truth->level, truth->spoke);
}

/* What was true when its leader went counts from before, if the next one says so, too. */
static void note(struct model *model, struct entry *entry, const struct asking *asking,
                 const struct rule *rule, enum severity level, bool now) {
    struct truth *truth = truth_of(entry, rule, level);
    if (truth && !now && sleeps(asking, truth)) {
        truth->slept_mono_ns = truth->slept_mono_ns ? truth->slept_mono_ns : model->mono_ns;
        return;
    }
    if (now && !truth) {
        entry->truths = memory_grow(entry->truths, entry->truth_count + 1, sizeof *entry->truths);
        truth = &entry->truths[entry->truth_count++];
        *truth = (struct truth){.rule = rule, .level = level};
    } else if (now && slept_too_long(model, truth)) {
        *truth = (struct truth){.rule = rule, .level = level};
    } else if (!now && truth) {
        *truth = entry->truths[--entry->truth_count];
    }
    if (!now)
        return;
    truth->slept_mono_ns = 0;
    if (truth->since_mono_ns)
        set_since(model, &entry->object, truth);
}

static bool has_truth_of(const struct entry *entry, const struct rule *rule) {
    return truth_of(entry, rule, SEVERITY_WARN) || truth_of(entry, rule, SEVERITY_CRIT);
}

static void ask(struct model *model, struct entry *entry, const struct asking *asking,
                const struct rule *rule) {
    struct verdict v = rule_judge(asking, rule);
    if (!v.warn && !v.crit && !has_truth_of(entry, rule))
        return; /* as of most */
    for (enum severity level = SEVERITY_WARN; level <= SEVERITY_CRIT; level++) {
        const struct truth *truth = truth_of(entry, rule, level);
        if (rule_level(rule, level)->is)
            note(model, entry, asking, rule, level, verdict_holds(&v, rule, level, truth && truth->spoke));
    }
}

static bool goes_by_told(const struct entry *entry) {
    for (size_t t = 0; t < entry->truth_count; t++)
        if (entry->truths[t].rule->by_told)
            return true;
    return false;
}

/* What can't hold need not be asked, unless it did. */
static const struct rule_question *questions_for(const struct model *model, const struct entry *entry,
                                                 size_t *count) {
    const struct object *object = &entry->object;
    bool untold = quantities_told_nothing(object) && !goes_by_told(entry);
    return ruleset_questions(model->rules, object->kind, untold, count);
}

static void ask_each(struct model *model, struct entry *entry, const struct asking *asking,
                     const struct rule_question *question, bool open) {
    for (size_t r = 0; r < question->count; r++)
        if (open || has_truth_of(entry, question->rules[r]))
            ask(model, entry, asking, question->rules[r]);
}

/* Of most that nothing holds of, what several rules need first says so of all of them. */
void truths_ask(struct model *model, struct entry *entry) {
    struct asking_memo memo;
    struct asking asking = {.model = model, .object = &entry->object, .memo = &memo, .now = true};
    struct asking once = {.model = model, .object = &entry->object, .now = true};
    size_t count;
    const struct rule_question *questions = questions_for(model, entry, &count);
    memo.filled = 0;
    for (size_t i = 0; i < count; i++) {
        const struct rule_question *question = &questions[i];
        bool open = question->id < 0 || rule_question_is_open(question, asking_get(&once, question->id));
        if (open || entry->truth_count)
            ask_each(model, entry, &asking, question, open);
    }
}

void truths_begin(struct model *model, struct entry *entry) {
    for (size_t t = 0; t < entry->truth_count; t++)
        if (!entry->truths[t].since_mono_ns)
            begin(model, &entry->object, &entry->truths[t]);
}
