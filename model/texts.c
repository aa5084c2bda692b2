#include "model/state.h"

#include <string.h>

#define COMPACT_FROM (1u << 20) /* bytes: below that it is not worth it */
#define ENTRY_BYTES  128        /* of texts, by which a new entry may make the pool grow */

enum { TEXTS_AN_ENTRY = 2 }; /* that no other one has: its name, and its address or its path */

const struct text *model_text(struct model *model, const struct text *foreign) {
    return foreign ? text_intern(model->texts, foreign->bytes, foreign->len) : NULL;
}

const struct text *model_text_of(struct model *model, const char *clean) {
    return text_intern(model->texts, clean, strlen(clean));
}

const char *model_say(const struct model *model, const char *sentence) {
    return text_intern(model->texts, sentence, strlen(sentence))->bytes;
}

bool text_same(const struct text *a, const struct text *b) {
    if (a == b)
        return true;
    return a && b && a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

static void visit(text_visit_fn *fn, void *data, const struct text **place) {
    if (*place)
        fn(data, place);
}

static void visit_row(struct row *row, text_visit_fn *fn, void *data) {
    if (!row)
        return;
    const struct entity_info *entity = &entities[row->entity];
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (fields[f].type == TYPE_TEXT && row_has(row, f))
            visit(fn, data, &row->cell[fields[f].cell].s);
    }
}

static void visit_entry(struct entry *entry, text_visit_fn *fn, void *data) {
    visit_row(entry->object.now, fn, data);
    visit_row(entry->object.before, fn, data);
    visit(fn, data, &entry->object.now_at.server_id);
    visit(fn, data, &entry->object.before_at.server_id);
    visit(fn, data, &entry->scope);
    const struct extra_ops *ops = &extra_ops[entry->object.kind];
    if (ops->texts && entry->object.extra)
        ops->texts(entry->object.extra, fn, data);
}

static void visit_target(struct target *target, text_visit_fn *fn, void *data) {
    visit(fn, data, &target->url);
    visit(fn, data, &target->origin);
    visit(fn, data, &target->reason);
    visit(fn, data, &target->server_id);
    visit(fn, data, &target->name);
}

void model_visit_texts(struct model *model, text_visit_fn *fn, void *data) {
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        for (size_t i = 0; i < kind_count(model, (enum object_kind)kind); i++)
            visit_entry(kind_at(model, (enum object_kind)kind, i), fn, data);
    }
    for (size_t i = 0; i < model->target_count; i++)
        visit_target(model->targets[i], fn, data);
    for (size_t i = 0; i < model->forgotten_count; i++)
        visit(fn, data, &model->forgotten[i]);
    visit(fn, data, &model->told_label);
    visit(fn, data, &model->balancer);
    visit(fn, data, &model->interest.subject);
    visit(fn, data, &model->gap.reason);
}

#define MOVED_KEPT 256

struct move {
    struct text_pool *to;
    struct moved {
        const struct text *from, *to;
    } moved[MOVED_KEPT]; /* a row has most of the one before it, and others have some of it */
};

static void move_text(void *data, const struct text **place) {
    struct move *move = data;
    struct moved *moved = &move->moved[(uintptr_t)*place / sizeof **place % MOVED_KEPT];
    if (moved->from != *place)
        *moved = (struct moved){*place, text_intern_again(move->to, *place)};
    *place = moved->to;
}

static size_t all_entries(const struct model *model) {
    size_t count = 0;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        count += kind_count(model, (enum object_kind)kind);
    return count;
}

/* What new entries brought is in use: there is nothing to gain, and much to visit. */
static bool has_waste(const struct model *model) {
    size_t bytes = text_pool_text_bytes(model->texts), entries = all_entries(model);
    size_t more = entries > model->entries_after ? entries - model->entries_after : 0;
    return bytes >= COMPACT_FROM && bytes >= 2 * (model->texts_after + more * ENTRY_BYTES);
}

void model_compact_texts(struct model *model) {
    if (!has_waste(model))
        return;
    struct text_pool *old = model->texts;
    struct move move = {.to = text_pool_create()};
    text_pool_reserve(move.to, TEXTS_AN_ENTRY * all_entries(model));
    model_visit_texts(model, move_text, &move);
    model->texts = move.to;
    text_pool_destroy(old);
    model->texts_after = text_pool_text_bytes(model->texts);
    model->entries_after = all_entries(model);
    model_changed(model); /* what was said is gone */
}
