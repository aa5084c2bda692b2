#include "model/alert_said.h"

#include <stdio.h>
#include <string.h>

#include "model/alert_text.h"
#include "model/alert_vanished.h"
#include "model/finding_text.h"
#include "model/ruleset.h"

#define TEXT_SIZE   1024
#define FIGURE_SIZE 300

/* ---- its worst ---- */

static bool is_beyond(const struct alert *a, enum quantity_worse worse, double number) {
    if (strcmp(a->peak, "-") == 0)
        return worse != WORSE_NEITHER;
    return a->peak_size && (worse == WORSE_MORE   ? number > a->peak_size
                            : worse == WORSE_LESS ? number < a->peak_size
                                                  : false);
}

/* That rule, and the one that spoke at its worst, are about one number. */
static bool is_of_worst(const struct model *model, const struct alert *a, const struct rule *rule) {
    const struct rule *worst =
        strcmp(rule->name, a->worst_rule) == 0 ? rule : ruleset_find(model->rules, a->worst_rule);
    return worst && (worst == rule || finding_figures_compare(worst, rule));
}

/* What is shown is never worse than the peak: no figure of what spoke at its worst. */
static bool note_peak(const struct model *model, struct slot *slot, const struct finding *finding,
                      const char *figure) {
    struct alert *a = &slot->said;
    double number = 0;
    enum quantity_worse worse = finding_number(model, finding, &number);
    if (!is_of_worst(model, a, finding->rule) || !is_beyond(a, worse, number))
        return false;
    a->peak_size = number;
    alert_text_set(&a->peak, figure);
    model->alerts->peaks += a->state != ALERT_PENDING;
    return true;
}

static void set_peak(const struct model *model, struct slot *slot, const struct finding *finding) {
    struct alert *a = &slot->said;
    double number = 0;
    bool known = finding_number(model, finding, &number) != WORSE_NEITHER;
    a->peak_size = known ? number : 0;
    alert_text_copy(&a->worst_rule, a->rule);
    alert_text_copy(&a->peak, a->figure);
    model->alerts->peaks += a->state != ALERT_PENDING;
}

static void set_worst_text(const struct model *model, struct alert *a) {
    a->worst_utc_ns = model->utc_ns;
    alert_text_copy(&a->worst_text, a->text);
}

/* While it forms: of another number that is another peak. */
static void say_sign(const struct model *model, struct slot *slot, const struct finding *finding) {
    struct alert *a = &slot->said;
    bool other = !is_of_worst(model, a, finding->rule);
    if (other)
        set_peak(model, slot, finding);
    if (note_peak(model, slot, finding, a->figure) || other)
        set_worst_text(model, a);
}

/* Of words, as stale and down, none is beyond another: the worst is what the worst level says. */
static bool is_word(const struct model *model, const struct finding *finding, const char *figure) {
    double number;
    return strcmp(figure, "-") != 0 && finding_number(model, finding, &number) == WORSE_NEITHER;
}

static void say_worst(const struct model *model, struct slot *slot, const struct finding *finding) {
    struct alert *a = &slot->said;
    bool other = !is_of_worst(model, a, finding->rule), formed = a->worst == SEVERITY_OK && !other;
    bool worse = a->severity != a->worst ? a->severity > a->worst : slot->order < slot->worst_order;
    bool peak = note_peak(model, slot, finding, a->figure);
    if (!worse && !peak)
        return;
    if (worse && (other || is_word(model, finding, a->figure)))
        set_peak(model, slot, finding);
    if (worse) {
        a->worst = a->severity;
        slot->worst_order = slot->order;
        alert_text_copy(&a->worst_rule, a->rule);
    }
    if (peak || !formed)
        set_worst_text(model, a);
}

void alert_take_peak(struct model *model, struct slot *slot, const struct slot *formed,
                     const struct finding *finding) {
    struct alert *a = &slot->said;
    const struct alert *from = &formed->said;
    double number;
    enum quantity_worse worse = finding_number(model, finding, &number);
    if (!is_of_worst(model, from, finding->rule) || !is_of_worst(model, a, finding->rule) ||
        !is_beyond(a, worse, from->peak_size))
        return;
    a->peak_size = from->peak_size;
    a->worst_utc_ns = from->worst_utc_ns;
    alert_text_copy(&a->peak, from->peak);
    alert_text_copy(&a->worst_text, from->worst_text);
    model->alerts->peaks++;
}

void model_alert_peak(const struct model *model, const struct alert *a, char *out, size_t size) {
    const struct rule *rule = ruleset_find(model->rules, a->rule),
                      *worst = ruleset_find(model->rules, a->worst_rule);
    char of[FIGURE_OF_SIZE] = "";
    if (worst)
        finding_figure_of(worst, of);
    bool same = !*a->worst_rule || strcmp(a->rule, a->worst_rule) == 0 || strcmp(a->peak, "-") == 0 ||
                (rule && worst && finding_figures_compare(rule, worst));
    snprintf(out, size, "%s%s%s", same ? "" : worst ? of : a->worst_rule, same ? "" : " ", a->peak);
}

/* ---- while it is so ---- */

uint64_t alert_row(const struct model *model, const struct slot *slot) {
    const struct object *object = model_object(model, slot->said.object);
    return object ? object->now_at.serial : 0;
}

void alert_say(struct model *model, struct slot *slot, const struct finding *finding) {
    struct alert *a = &slot->said;
    char text[TEXT_SIZE], figure[FIGURE_SIZE], limit[FIGURE_SIZE];
    struct finding told = *finding;
    if (a->state == ALERT_OPEN)
        alert_book_since(model, slot, &told);
    finding_limit(model, finding, limit, sizeof limit);
    finding_text_of(model, &told, 1, text, sizeof text);
    finding_figure(model, finding, figure, sizeof figure);
    bool other = alert_text_set(&a->text, text);
    other |= alert_text_set(&a->figure, figure);
    other |= alert_text_set(&a->rule, finding_rule(finding));
    other |= alert_text_set(&a->limit, limit);
    other |= alert_text_set(&a->origin, finding->rule->origin);
    if (other)
        alert_book_share(model->alerts, slot);
    if (other || a->old)
        alert_book_changed(model->alerts, false);
    a->old = a->figure_now = false;
    a->severity = finding->severity;
    a->due_utc_ns = finding->due_utc_ns;
    a->moved = finding->moved;
    slot->order = finding->rule->order;
    slot->size = finding_size(model, finding);
    slot->looked_tick = model->alerts->tick;
    slot->looked_row = alert_row(model, slot);
    if (a->state == ALERT_PENDING)
        say_sign(model, slot, finding);
    else
        say_worst(model, slot, finding);
}

static bool is_live(const struct model *model, uint64_t id) {
    const struct object *object = id ? model_object(model, id) : NULL;
    return object && object->freshness == FRESH_LIVE;
}

/* Whose figure it is: of the last run's alert, who is called so now. */
static uint64_t object_of(const struct model *model, const struct slot *slot) {
    if (slot->said.object)
        return slot->said.object;
    return is_live(model, slot->candidate) ? slot->candidate : 0;
}

void alert_say_figure(struct model *model, struct slot *slot) {
    struct finding finding = {.rule = ruleset_find(model->rules, slot->said.rule),
                              .object = object_of(model, slot)};
    char figure[FIGURE_SIZE] = "-";
    if (finding.rule && is_live(model, finding.object))
        finding_figure(model, &finding, figure, sizeof figure);
    bool known = finding.rule && strcmp(figure, "-") != 0;
    bool other = known && alert_text_set(&slot->said.figure, figure);
    if (known)
        other |= note_peak(model, slot, &finding, figure);
    if (other || known != slot->said.figure_now)
        alert_book_changed(model->alerts, false);
    slot->said.figure_now = known;
}

/* ---- its end ---- */

static const char ending_cut[] = "cut", ending_down[] = "server down",
                  ending_unruled[] = "its rule is not in force any more";

bool model_alert_is_unsolved(const struct alert *alert) {
    const char *const unsolved[] = {ending_cut, ending_down, ending_unruled, ENDING_ACKNOWLEDGED,
                                    ENDING_TAKEN};
    for (size_t i = 0; alert->state == ALERT_CLEARED && i < sizeof unsolved / sizeof *unsolved; i++)
        if (strcmp(alert->ending, unsolved[i]) == 0)
            return true;
    return false;
}

/* Removed, or switched off: nobody asks whether it goes on. */
static bool is_ruled(const struct model *model, const struct slot *slot) {
    const struct rule *rule = ruleset_find(model->rules, slot->said.rule);
    return rule && rule->enabled;
}

/* It, or what it is of: nobody took it away, and nobody knows how it is. */
static bool is_of_dead_server(const struct object *object) {
    while (object && object->kind != OBJECT_SERVER)
        object = object->parent;
    return object && object->freshness == FRESH_GONE;
}

static const char *ending_of(const struct model *model, const struct slot *slot) {
    const struct object *object =
        model_object(model, slot->said.object ? slot->said.object : slot->candidate);
    const char *vanished = vanished_ending(model, slot);
    if (!is_ruled(model, slot))
        return ending_unruled;
    if (vanished)
        return vanished;
    if (object && object->kind == OBJECT_CONNECTION && model_is_closed(object))
        return strcmp(quantity_get(model, object, Q_CONNECTION_closed_by).text, "slow") == 0 ? ending_cut
                                                                                             : "closed";
    if (slot->restored)
        return "not seen again";
    if (object && object->freshness != FRESH_GONE)
        return "";
    return is_of_dead_server(object) ? ending_down : "gone";
}

void alert_say_end(const struct model *model, struct slot *slot) {
    struct finding finding = {.severity = slot->said.severity,
                              .level = slot->said.severity,
                              .rule = ruleset_find(model->rules, slot->said.rule),
                              .object = object_of(model, slot)};
    char figure[FIGURE_SIZE] = "-";
    if (finding.rule)
        finding_figure(model, &finding, figure, sizeof figure);
    alert_text_set(&slot->said.figure, figure);
    if (finding.rule)
        note_peak(model, slot, &finding, figure);
    alert_text_set(&slot->said.ending, ending_of(model, slot));
}
