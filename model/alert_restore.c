#include "model/alert_book.h"

#include <limits.h>
#include <string.h>

#include "model/alert_object.h"
#include "model/alert_text.h"
#include "model/ruleset.h"

#define RESTORED_MOST 65536            /* open ones; no rule finds more */
#define NUMBERS       (UINT64_MAX / 2) /* a larger one is nobody's */

static enum severity harmless(enum severity severity) {
    return severity == SEVERITY_CRIT ? SEVERITY_CRIT : SEVERITY_WARN;
}

static int clamp(int value, int least, int most) {
    return value < least ? least : value > most ? most : value;
}

static void take_texts(struct alert *to, const struct alert *from) {
    const struct {
        const char **to;
        const char *from;
    } texts[] = {
        {&to->rule, from->rule},
        {&to->tag, from->tag},
        {&to->entity, from->entity},
        {&to->cluster, from->cluster},
        {&to->name, from->name},
        {&to->client, from->client},
        {&to->address, from->address},
        {&to->text, from->text},
        {&to->worst_rule, from->worst_rule},
        {&to->worst_text, from->worst_text},
        {&to->figure, from->figure},
        {&to->peak, from->peak},
        {&to->limit, from->limit},
        {&to->origin, from->origin},
        {&to->ending, from->ending},
        {&to->acked_by, from->acked_by},
        {&to->note, from->note},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        alert_text_set(texts[i].to, texts[i].from);
}

static void take_facts(struct alert *to, const struct alert *from) {
    to->number = from->number < NUMBERS ? from->number : 0;
    to->severity = harmless(from->severity);
    to->worst = harmless(from->worst > from->severity ? from->worst : from->severity);
    to->peak_size = from->peak_size;
    to->first_sign_utc_ns = from->first_sign_utc_ns;
    to->least = from->least;
    to->sign_utc_ns = from->sign_utc_ns;
    to->sign_least = from->sign_least;
    to->opened_utc_ns = from->opened_utc_ns;
    to->worst_utc_ns = from->worst_utc_ns;
    to->ended_utc_ns = from->ended_utc_ns;
    to->came_count = clamp(from->came_count, 1, ALERT_COMINGS);
    to->times = clamp(from->times, to->came_count, INT_MAX / 2);
    memcpy(to->came_utc_ns, from->came_utc_ns, sizeof to->came_utc_ns);
    to->flapping = from->flapping && from->state == ALERT_OPEN;
    to->untold = from->untold;
    to->acked_utc_ns = from->acked_utc_ns;
    to->acked_severity = harmless(from->acked_severity);
}

static int64_t mono_of(const struct model *model, int64_t utc_ns) {
    int64_t age_ns = model->utc_ns - (utc_ns < 0 ? 0 : utc_ns);
    return model->mono_ns - (age_ns < 0 ? 0 : age_ns);
}

/* A smaller figure is no new peak. */
static void set_worst_order(const struct model *model, struct slot *slot) {
    const struct rule *rule = ruleset_find(model->rules, slot->said.worst_rule);
    slot->worst_order = rule ? rule->order : INT_MAX;
}

/* What began later than now did so by a clock that was put back since: how long ago is not known, and nor is
 * it when that time has come once more. */
static void set_ages(const struct model *model, struct slot *slot) {
    set_worst_order(model, slot);
    slot->said.least |= slot->said.first_sign_utc_ns > model->utc_ns;
    slot->said.sign_least |= alert_sign_utc_ns(&slot->said, &(bool){false}) > model->utc_ns;
    slot->ended_mono_ns = mono_of(model, slot->said.ended_utc_ns);
    for (int i = 0; i < slot->said.came_count; i++)
        slot->came_mono_ns[i] = mono_of(model, slot->said.came_utc_ns[i]);
}

/* OBJECT_KIND_COUNT: there is none. */
static enum object_kind kind_called(const char *entity) {
    int kind = 0;
    while (kind < OBJECT_KIND_COUNT &&
           (!entity || strcmp(object_kind_name((enum object_kind)kind), entity) != 0))
        kind++;
    return (enum object_kind)kind;
}

/* Of files that do not tell it. */
static void set_address(struct slot *slot) {
    if (slot->kind == OBJECT_SERVER && !*slot->said.address && strchr(slot->said.name, ':'))
        alert_text_copy(&slot->said.address, slot->said.name);
}

static void restore(struct model *model, const struct alert *from) {
    struct alert_book *book = model->alerts;
    struct slot *slot = slot_create();
    take_facts(&slot->said, from);
    take_texts(&slot->said, from);
    slot->order = slot->worst_order = INT_MAX;
    slot->restored = slot->known = slot->said.unheard = slot->said.old = from->state == ALERT_OPEN;
    slot->kind = kind_called(from->entity);
    set_address(slot);
    book->restored_any |= slot->restored;
    slot->said.state = ALERT_OPEN;
    if (slot->said.number && alert_book_numbered(book, slot->said.number))
        slot->said.number = 0;
    alert_book_add(book, slot);
    if (book->began)
        set_ages(model, slot);
    else /* their order; how long ago is known at the first tick */
        slot->ended_mono_ns = from->ended_utc_ns;
    if (from->state != ALERT_OPEN)
        alert_book_end(book, slot);
}

static void raise_last(struct alert_book *book, const struct alert *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (items[i].number < NUMBERS && items[i].number > book->last_number)
            book->last_number = items[i].number;
}

void model_alerts_restore(struct model *model, const struct alert *items, size_t count) {
    model_tick_finish(model);
    struct alert_book *book = model->alerts;
    raise_last(book, items, count);
    for (size_t i = count; i-- > 0;) /* the oldest of the history first */
        if (items[i].state == ALERT_CLEARED ||
            (items[i].state == ALERT_OPEN && book->live_count < RESTORED_MOST))
            restore(model, &items[i]);
}

/* ---- two that are one ---- */

static void take_beginning(struct alert *to, struct slot *slot, const struct slot *from) {
    const struct alert *a = &from->said;
    to->opened_utc_ns = a->opened_utc_ns;
    to->first_sign_utc_ns = a->first_sign_utc_ns;
    to->least = a->least;
    to->sign_utc_ns = a->sign_utc_ns;
    to->sign_least = a->sign_least;
    to->times = a->times;
    to->came_count = a->came_count;
    memcpy(to->came_utc_ns, a->came_utc_ns, sizeof to->came_utc_ns);
    memcpy(slot->came_mono_ns, from->came_mono_ns, sizeof slot->came_mono_ns);
}

static bool was_worse(const struct alert *a, const struct alert *than) {
    return a->worst != than->worst
               ? a->worst > than->worst
               : strcmp(a->worst_rule, than->worst_rule) == 0 && a->peak_size > than->peak_size;
}

static void take_worst(struct slot *slot, const struct slot *from) {
    struct alert *to = &slot->said;
    to->worst = from->said.worst;
    to->worst_utc_ns = from->said.worst_utc_ns;
    to->peak_size = from->said.peak_size;
    slot->worst_order = from->worst_order;
    alert_text_copy(&to->worst_rule, from->said.worst_rule);
    alert_text_copy(&to->worst_text, from->said.worst_text);
    alert_text_copy(&to->peak, from->said.peak);
}

static void take_ack(struct alert *to, const struct alert *from) {
    to->acked_utc_ns = from->acked_utc_ns;
    to->acked_severity = from->acked_severity;
    alert_text_copy(&to->acked_by, from->acked_by);
    alert_text_copy(&to->note, from->note);
}

void alert_unite(struct model *model, struct slot *slot, struct slot *restored) {
    struct alert *a = &slot->said;
    const struct alert *was = &restored->said;
    uint64_t first = was->number < a->number ? was->number : a->number;
    if (first == was->number)
        take_beginning(a, slot, restored);
    if (was_worse(was, a))
        take_worst(slot, restored);
    if (!a->acked_utc_ns && was->acked_utc_ns && a->severity <= was->acked_severity)
        take_ack(a, was);
    a->untold &= was->untold;
    alert_book_drop(model->alerts, restored);
    if (a->number != first)
        alert_book_set_number(model->alerts, slot, first);
    model->alerts->peaks++; /* the file is to say so soon */
}

/* ---- the numbers of another natsight ---- */

static bool is_called(const struct alert *a, const struct alert *b) {
    return strcmp(a->tag, b->tag) == 0 && strcmp(a->name, b->name) == 0 && strcmp(a->entity, b->entity) == 0;
}

static void free_number(struct alert_book *book, const struct alert *there) {
    struct slot *other = alert_book_numbered(book, there->number);
    if (other && !is_called(&other->said, there))
        alert_book_set_number(book, other, 0);
}

static void take_number(struct alert_book *book, const struct alert *there) {
    struct slot *slot = alert_book_find_named(book, there, false);
    struct slot *other = alert_book_numbered(book, there->number);
    if (!slot || slot == other)
        return;
    if (other) /* one before it, of the same */
        alert_book_set_number(book, other, 0);
    alert_book_set_number(book, slot, there->number);
}

void model_alerts_follow(struct model *model, const struct alert *items, size_t count) {
    struct alert_book *book = model->alerts;
    raise_last(book, items, count);
    for (size_t i = 0; i < count; i++)
        if (items[i].number < NUMBERS)
            free_number(book, &items[i]);
    for (size_t i = 0; i < count; i++)
        if (items[i].state == ALERT_OPEN && items[i].number && items[i].number < NUMBERS)
            take_number(book, &items[i]);
}

void alert_restored_begin(struct model *model) {
    struct alert_book *book = model->alerts;
    for (size_t i = 0; i < book->live_count; i++)
        set_ages(model, book->live[i]);
    for (size_t i = 0; i < book->ended_count; i++)
        set_ages(model, book->ended[i]);
    alert_silences_begin(model);
}
