#include "model/alert_book.h"
#include "model/asset.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/ruleset.h"
#include "model/visitor.h"

static struct entry *entry_clone(const struct model *to, const struct entry *from) {
    struct entry *entry = memory_new(sizeof *entry);
    *entry = *from;
    const struct object *parent = from->object.parent;
    entry->object.parent = parent ? model_object(to, parent->id) : NULL;
    entry->object.now = row_clone(from->object.now);
    entry->object.before = row_clone(from->object.before);
    entry->spare = NULL;
    entry->next = NULL;
    entry->hashed = false;
    if (from->object.extra && extra_ops[from->object.kind].clone)
        entry->object.extra = extra_ops[from->object.kind].clone(from->object.extra);
    entry->truths = NULL;
    entry->truth_count = 0;
    if (from->series) {
        int slots = series_slots(from->object.kind);
        entry->series = memory_array((size_t)slots, sizeof(struct series *));
        for (int i = 0; i < slots; i++)
            entry->series[i] = from->series[i] ? series_clone(from->series[i]) : NULL;
    }
    return entry;
}

static struct finding_list findings_clone(const struct finding_list *from) {
    struct finding_list list = {NULL, from->count, from->count};
    if (from->count) {
        list.items = memory_array(from->count, sizeof *list.items);
        memcpy(list.items, from->items, from->count * sizeof *list.items);
    }
    return list;
}

struct model *model_clone(const struct model *model) {
    struct model *clone = memory_new(sizeof *clone);
    *clone = *model;
    clone->label = model->label ? memory_text(model->label) : NULL;
    text_pool_hold(clone->texts);
    clone->arrivals_ring = memory_new(sizeof *clone->arrivals_ring);
    *clone->arrivals_ring = *model->arrivals_ring;
    clone->targets = NULL;
    clone->target_count = 0;
    states_create(clone);
    ruleset_hold(clone->rules);
    memset(clone->tables, 0, sizeof clone->tables);
    /* parents come before their children in the order of kinds */
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        for (size_t i = 0; i < kind_count(model, (enum object_kind)kind); i++)
            table_add(&clone->tables[kind], entry_clone(clone, kind_at(model, (enum object_kind)kind, i)));
        clone->tables[kind].live = model->tables[kind].live;
    }
    clone->cluster = entry_by_id(clone, model->cluster->object.id);
    clone->remembered = NULL;
    clone->remembered_count = 0;
    clone->lone_streams = NULL;
    clone->lone_stream_count = 0;
    clone->forgotten = NULL;
    if (model->forgotten_count) {
        clone->forgotten = memory_array(model->forgotten_count, sizeof(const struct text *));
        memcpy(clone->forgotten, model->forgotten, model->forgotten_count * sizeof(const struct text *));
    }
    events_clone(clone, model);
    memset(clone->unasked, 0, sizeof clone->unasked);
    memset(clone->watched, 0, sizeof clone->watched);
    clone->findings = findings_clone(&model->findings);
    clone->forming = findings_clone(&model->forming);
    clone->alerts = alert_book_clone(model->alerts);
    model_changed(clone);
    return clone;
}
