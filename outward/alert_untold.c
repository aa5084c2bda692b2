#include "outward/alert_untold.h"

#include <stdlib.h>

#include "base/memory.h"

static void add(struct alert_untold *untold, enum alert_change_kind kind, uint64_t alert) {
    untold->items = memory_grow(untold->items, untold->count + 1, sizeof *untold->items);
    untold->items[untold->count++] = (struct untold_one){kind, alert};
}

static int by_number(const void *a, const void *b) {
    uint64_t x = (*(const struct alert *const *)a)->number, y = (*(const struct alert *const *)b)->number;
    return (x > y) - (x < y);
}

struct open_ones { /* of the document, by number */
    const struct alert **items;
    size_t count;
};

static struct open_ones open_ones(const struct alert_document *document) {
    struct open_ones open = {.items = memory_array(document->alert_count + 1, sizeof *open.items)};
    for (size_t i = 0; i < document->alert_count; i++)
        if (document->alerts[i].state == ALERT_OPEN)
            open.items[open.count++] = &document->alerts[i];
    qsort(open.items, open.count, sizeof *open.items, by_number);
    return open;
}

static const struct alert *find(const struct open_ones *open, const struct alert *alert) {
    const struct alert **found = bsearch(&alert, open->items, open->count, sizeof *open->items, by_number);
    return found != NULL ? *found : NULL;
}

/* What is not found, or was not in this run, may have ended there. */
static void add_begun(struct alert_untold *untold, const struct model *model, const struct open_ones *open) {
    for (size_t i = 0; i < model_alert_count(model); i++) {
        const struct alert *here = model_alert(model, i);
        const struct alert *there = find(open, here);
        if (here->state != ALERT_OPEN || here->quiet || here->old)
            continue;
        if (there == NULL)
            add(untold, CHANGE_OPENED, here->number);
        else if (here->severity > there->worst)
            add(untold, CHANGE_WORSE, here->number);
    }
}

static void add_ended(struct alert_untold *untold, const struct model *model, const struct open_ones *open) {
    for (size_t i = 0; i < open->count; i++) {
        const struct alert *here = model_alert_by_number(model, open->items[i]->number);
        if (here != NULL && here->state == ALERT_CLEARED)
            add(untold, CHANGE_CLEARED, here->number);
    }
}

static void restore_others(struct model *model, const struct open_ones *open) {
    struct alert *others = memory_array(open->count + 1, sizeof *others);
    size_t count = 0;
    for (size_t i = 0; i < open->count; i++)
        if (model_alert_by_number(model, open->items[i]->number) == NULL)
            others[count++] = *open->items[i];
    model_alerts_restore(model, others, count);
    free(others);
}

void alert_untold_find(struct alert_untold *untold, struct model *model,
                       const struct alert_document *document) {
    struct open_ones open = open_ones(document);
    add_begun(untold, model, &open);
    add_ended(untold, model, &open);
    restore_others(model, &open);
    free(open.items);
}

void alert_untold_finish(struct alert_untold *untold) {
    free(untold->items);
    *untold = (struct alert_untold){0};
}
