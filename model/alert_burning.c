/* What somebody has to act on: findings, without those that somebody is on, or does not want to hear of. */
#include <stdlib.h>

#include "base/memory.h"
#include "model/alert_book.h"

static bool is_aside(const struct alert_book *book, const struct finding *f) {
    const struct slot *slot = alert_book_find(book, f->object, finding_tag(f), false);
    return slot && (slot->said.acked_utc_ns || slot->said.silenced_until_utc_ns);
}

static bool has_worse(const struct burning *b, size_t before) {
    for (size_t i = 0; i < before; i++)
        if (b->items[i].object == b->items[before].object && b->items[i].severity > b->items[before].severity)
            return true;
    return false;
}

static int by_id(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* What was not worth a word beside one that somebody is on now speaks for its object. */
static void rank_again(struct burning *b, uint64_t *aside, size_t count) {
    qsort(aside, count, sizeof *aside, by_id);
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].lesser && bsearch(&b->items[i].object, aside, count, sizeof *aside, by_id))
            b->items[i].lesser = has_worse(b, i);
}

static void sift(const struct model *model, struct burning *b) {
    size_t all, asides = 0;
    const struct finding *findings = model_findings(model, &all);
    uint64_t *aside = memory_array(all + 1, sizeof *aside);
    if (all > b->cap) {
        b->cap = 2 * all;
        b->items = memory_grow(b->items, b->cap, sizeof *b->items);
    }
    b->count = 0;
    for (size_t i = 0; i < all; i++) {
        if (is_aside(model->alerts, &findings[i]))
            aside[asides++] = findings[i].object;
        else
            b->items[b->count++] = findings[i];
    }
    if (asides)
        rank_again(b, aside, asides);
    free(aside);
}

const struct finding *model_burning(const struct model *model, size_t *count) {
    struct alert_book *book = model->alerts;
    struct burning *b = &book->burning;
    struct alert_counts n = model_alert_counts(model);
    if (!n.acked && !n.silenced)
        return model_findings(model, count);
    if (b->book_version != book->version || b->findings_version != model->findings_version)
        sift(model, b);
    b->book_version = book->version;
    b->findings_version = model->findings_version;
    *count = b->count;
    return b->items;
}
