#include "model/alert_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum group { BURNING, ACKED, SILENCED, PENDING, ENDED };

static enum group group_of(const struct slot *slot) {
    const struct alert *a = &slot->said;
    if (a->state != ALERT_OPEN)
        return a->state == ALERT_PENDING ? PENDING : ENDED;
    return a->silenced_until_utc_ns ? SILENCED : a->acked_utc_ns ? ACKED : BURNING;
}

static int compare_i64(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int by_end(const struct slot *x, const struct slot *y) {
    int order = compare_i64(y->ended_mono_ns, x->ended_mono_ns);
    return order ? order : compare_i64(y->said.ended_utc_ns, x->said.ended_utc_ns);
}

/* Nothing is found of it now: that can wait. */
static bool is_absent(const struct alert *a) {
    return a->unheard || a->quiet;
}

static int by_urgency(const void *a, const void *b) {
    const struct slot *x = *(struct slot *const *)a, *y = *(struct slot *const *)b;
    int order = (int)group_of(x) - (int)group_of(y);
    if (!order && x->said.state == ALERT_CLEARED)
        order = by_end(x, y);
    else if (!order)
        order = (int)y->said.severity - (int)x->said.severity;
    if (!order && x->said.state == ALERT_OPEN)
        order = (int)is_absent(&x->said) - (int)is_absent(&y->said);
    if (!order)
        order = (x->order > y->order) - (x->order < y->order);
    if (!order)
        order = compare_i64(x->said.first_sign_utc_ns, y->said.first_sign_utc_ns);
    return order ? order : (x->said.number > y->said.number) - (x->said.number < y->said.number);
}

static void count(struct alert_counts *counts, const struct slot *slot) {
    size_t *const places[] = {[BURNING] =
                                  slot->said.severity == SEVERITY_CRIT ? &counts->crit : &counts->warn,
                              [ACKED] = &counts->acked,
                              [SILENCED] = &counts->silenced,
                              [PENDING] = &counts->pending,
                              [ENDED] = &counts->ended};
    ++*places[group_of(slot)];
}

static void sort(struct alert_book *book) {
    size_t all = book->live_count + book->ended_count;
    if (!book->order_stale)
        return;
    if (all > book->order_cap) {
        book->order_cap = all * 2;
        book->order = memory_grow(book->order, book->order_cap, sizeof(struct slot *));
    }
    book->counts = (struct alert_counts){0};
    book->order_count = all;
    for (size_t i = 0; i < all; i++) {
        book->order[i] = i < book->live_count ? book->live[i] : book->ended[i - book->live_count];
        count(&book->counts, book->order[i]);
    }
    if (all)
        qsort(book->order, all, sizeof(struct slot *), by_urgency);
    book->order_stale = false;
}

size_t model_alert_count(const struct model *model) {
    return model->alerts->live_count + model->alerts->ended_count;
}

const struct alert *model_alert(const struct model *model, size_t index) {
    sort(model->alerts);
    return index < model->alerts->order_count ? &model->alerts->order[index]->said : NULL;
}

const struct alert *model_alert_by_number(const struct model *model, uint64_t number) {
    struct slot *slot = alert_book_numbered(model->alerts, number);
    return slot ? &slot->said : NULL;
}

struct alert_counts model_alert_counts(const struct model *model) {
    sort(model->alerts);
    return model->alerts->counts;
}

uint64_t model_alerts_peaks(const struct model *model) {
    return model->alerts->peaks;
}

uint64_t model_alerts_version(const struct model *model) {
    return model->alerts->version;
}
