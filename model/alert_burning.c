/* What somebody has to act on, and what is about to be: findings as the book takes them. Without those that
 * somebody is on, or does not want to hear of; what only says that a server is silent is that one's alert. */
#include <stdlib.h>

#include "base/memory.h"
#include "model/alert_book.h"
#include "model/alert_watch.h"
#include "model/ruleset.h"

enum place { BURNS, FORMS, IS_ASIDE, IS_ECHO };

static void add(struct findings *list, const struct finding *finding, const struct slot *slot) {
    if (list->count == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 64;
        list->items = memory_grow(list->items, list->cap, sizeof *list->items);
    }
    struct finding *f = &list->items[list->count++];
    *f = *finding;
    if (slot && slot->said.state == ALERT_OPEN) { /* perhaps of the last run */
        f->since_utc_ns = slot->said.first_sign_utc_ns;
        f->least = slot->said.least;
    }
}

/* Another leader is given time to say the same; what is open burns on, and so does what comes and goes. */
static enum place place_of(const struct model *model, const struct finding *f, const struct slot *slot,
                           bool held) {
    if (slot && slot->said.state == ALERT_OPEN) {
        bool aside = slot->said.acked_utc_ns || slot->said.silenced_until_utc_ns;
        return aside ? IS_ASIDE : held || f->moved || slot->said.flapping ? BURNS : FORMS;
    }
    if (watch_is_echo(model, f))
        return IS_ECHO;
    return held && !watch_is_early(model, f) ? BURNS : FORMS;
}

static bool has_worse(const struct findings *list, size_t before) {
    const struct finding *items = list->items;
    for (size_t i = 0; i < before; i++)
        if (items[i].object == items[before].object && items[i].severity > items[before].severity)
            return true;
    return false;
}

static int by_id(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* What was not worth a word beside one that is left out speaks for its object. */
static void rank_again(struct findings *list, uint64_t *left_out, size_t count) {
    qsort(left_out, count, sizeof *left_out, by_id);
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].lesser &&
            bsearch(&list->items[i].object, left_out, count, sizeof *left_out, by_id))
            list->items[i].lesser = has_worse(list, i);
}

static void sift_held(const struct model *model, struct burning *b) {
    size_t all, left_out_count = 0;
    const struct finding *findings = model_findings(model, &all);
    uint64_t *left_out = memory_array(all + 1, sizeof *left_out);
    for (size_t i = 0; i < all; i++) {
        struct slot *slot =
            alert_book_find(model->alerts, findings[i].object, watch_tag(&findings[i]), false);
        enum place place = place_of(model, &findings[i], slot, true);
        if (place == BURNS)
            add(&b->burning, &findings[i], slot);
        else
            left_out[left_out_count++] = findings[i].object;
        b->untaken += place == BURNS && !(slot && slot->said.state == ALERT_OPEN);
        if (place != FORMS)
            continue;
        add(&b->pending, &findings[i], NULL);
        b->pending.items[b->pending.count - 1].due_utc_ns = 0;
    }
    if (left_out_count)
        rank_again(&b->burning, left_out, left_out_count);
    free(left_out);
}

/* Behind what is as urgent. */
static void add_in_order(struct findings *list, const struct finding *finding, const struct slot *slot) {
    add(list, finding, slot);
    size_t at = list->count - 1;
    struct finding f = list->items[at];
    f.severity = f.level;
    for (; at > 0 && list->items[at - 1].severity < f.severity; at--)
        list->items[at] = list->items[at - 1];
    list->items[at] = f;
    list->items[at].lesser = has_worse(list, at);
}

static void sift_forming(const struct model *model, struct burning *b) {
    size_t all;
    const struct finding *findings = model_forming(model, &all);
    for (size_t i = 0; i < all; i++) {
        struct slot *slot =
            alert_book_find(model->alerts, findings[i].object, watch_tag(&findings[i]), false);
        enum place place = place_of(model, &findings[i], slot, false);
        if (place == FORMS)
            add(&b->pending, &findings[i], NULL);
        else if (place == BURNS)
            add_in_order(&b->burning, &findings[i], slot);
    }
}

/* Open all the same while nothing is found of them. */
static void sift_flapping(const struct model *model, struct burning *b) {
    for (size_t i = 0; i < model->alerts->live_count; i++) {
        const struct slot *slot = model->alerts->live[i];
        const struct alert *a = &slot->said;
        const struct rule *rule = a->flapping && a->quiet ? ruleset_find(model->rules, a->rule) : NULL;
        if (!rule || a->acked_utc_ns || a->silenced_until_utc_ns)
            continue;
        struct finding finding = {.severity = a->severity,
                                  .level = a->severity,
                                  .rule = rule,
                                  .object = a->object,
                                  .flaps = a->number};
        add_in_order(&b->burning, &finding, slot);
    }
}

static const struct burning *sifted(const struct model *model) {
    struct alert_book *book = model->alerts;
    struct burning *b = &book->burning;
    if (b->book_version != book->version || b->findings_version != model->findings_version) {
        b->burning.count = b->pending.count = b->untaken = 0;
        sift_held(model, b);
        sift_forming(model, b);
        sift_flapping(model, b);
    }
    b->book_version = book->version;
    b->findings_version = model->findings_version;
    return b;
}

const struct finding *model_burning(const struct model *model, size_t *count) {
    const struct burning *b = sifted(model);
    *count = b->burning.count;
    return b->burning.items;
}

const struct finding *model_pending(const struct model *model, size_t *count) {
    const struct burning *b = sifted(model);
    *count = b->pending.count;
    return b->pending.items;
}

bool model_alerts_behind(const struct model *model) {
    return sifted(model)->untaken > 0;
}
