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

/* Has nothing yet; can be destroyed. */
static void clone_begin(const struct model *model, struct model_copying *c) {
    c->copy = memory_new(sizeof *c->copy);
    c->alerts_version = model->alerts->version;
    memcpy(c->version, model->version, sizeof c->version);
    c->copy->texts = text_pool_hold(model->texts);
    c->copy->alerts = alert_book_clone_begin(model->alerts);
    states_create(c->copy);
}

static bool is_outdated(const struct model *model, const struct model_copying *c) {
    return memcmp(c->version, model->version, sizeof c->version) != 0 ||
           c->alerts_version != model->alerts->version;
}

/* Of the next entries in the order of kinds: there parents come before their children. */
static bool clone_entries(const struct model *model, struct model_copying *c, size_t entries) {
    for (; c->kind < OBJECT_KIND_COUNT; c->kind++, c->next = 0) {
        struct object_table *table = &c->copy->tables[c->kind];
        for (; c->next < kind_count(model, (enum object_kind)c->kind); c->next++) {
            if (!entries--)
                return false;
            table_add(table, entry_clone(c->copy, kind_at(model, (enum object_kind)c->kind, c->next)));
        }
        table->live = model->tables[c->kind].live;
    }
    return true;
}

static void clone_rest(const struct model *model, struct model *clone) {
    const struct model sliced = *clone;
    *clone = *model;
    memcpy(clone->tables, sliced.tables, sizeof clone->tables);
    clone->alerts = sliced.alerts;
    clone->states = sliced.states;
    clone->stream_states = sliced.stream_states;
    clone->label = model->label ? memory_text(model->label) : NULL;
    clone->arrivals_ring = memory_new(sizeof *clone->arrivals_ring);
    *clone->arrivals_ring = *model->arrivals_ring;
    clone->steps_left = 0; /* nobody makes them */
    clone->weighing = (struct weighing){.kind = 0};
    clone->targets = NULL;
    clone->target_count = 0;
    ruleset_hold(clone->rules);
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
    model_changed(clone);
}

struct model *model_clone_slice(const struct model *model, struct model_copying *c, size_t objects) {
    c->outdated |= c->copy && is_outdated(model, c);
    if (c->outdated) {
        if (model_destroy_slice(c->copy, objects))
            *c = (struct model_copying){.anew = c->anew + 1};
        return NULL;
    }
    if (!c->copy)
        clone_begin(model, c);
    struct model *copy = c->copy;
    if (!clone_entries(model, c, objects) || !alert_book_clone_slice(copy->alerts, model->alerts, objects))
        return NULL;
    clone_rest(model, copy);
    *c = (struct model_copying){0};
    return copy;
}

struct model *model_clone(const struct model *model) {
    struct model_copying copying = {0};
    return model_clone_slice(model, &copying, SIZE_MAX);
}
