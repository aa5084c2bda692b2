#include "model/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *text_at(const struct object *object, enum field stream, enum field consumer) {
    return row_text(object->now, object->kind == OBJECT_STREAM ? stream : consumer);
}

static const char *name_of(const struct object *object) {
    return text_at(object, F_STREAM_name, F_CONSUMER_stream);
}

static const char *account_of(const struct object *object) {
    return text_at(object, F_STREAM_account, F_CONSUMER_account);
}

static bool are_twins(const struct object *a, const struct object *b) {
    return a->parent == b->parent && strcmp(name_of(a), name_of(b)) == 0 &&
           strcmp(account_of(a), account_of(b)) != 0;
}

/* Of all streams there are, which is mostly not so: each of thousands of sentences asks. */
static bool has_accounts(const struct model *model) {
    static uint64_t members;
    static bool several;
    if (members == model->tables[OBJECT_STREAM].members)
        return several;
    several = false;
    for (size_t i = 1; i < kind_count(model, OBJECT_STREAM) && !several; i++)
        several = strcmp(account_of(&kind_at(model, OBJECT_STREAM, 0)->object),
                         account_of(&kind_at(model, OBJECT_STREAM, i)->object)) != 0;
    members = model->tables[OBJECT_STREAM].members;
    return several;
}

/* The asset that a replica or a source is part of, or the object itself. */
static const struct object *asset_at(const struct object *object) {
    while (object && object->kind != OBJECT_STREAM && object->kind != OBJECT_CONSUMER)
        object = object->parent;
    return object;
}

const char *model_shared_account(const struct model *model, const struct object *object) {
    const struct object *asset = has_accounts(model) ? asset_at(object) : NULL;
    for (size_t i = 0; asset && i < kind_count(model, OBJECT_STREAM); i++) {
        const struct entry *entry = kind_at(model, OBJECT_STREAM, i);
        if (!entry->dead && entry->object.freshness != FRESH_GONE && are_twins(&entry->object, asset))
            return account_of(asset);
    }
    return NULL;
}

static int by_name(const void *a, const void *b) {
    const struct object *x = *(const struct object *const *)a, *y = *(const struct object *const *)b;
    int order = strcmp(name_of(x), name_of(y));
    return order ? order : (x->parent > y->parent) - (x->parent < y->parent);
}

/* Streams that are there; one account alone has no name twice. */
static size_t collect(const struct model *model, const struct object **out) {
    size_t count = 0;
    bool several = false;
    for (size_t i = 0; i < kind_count(model, OBJECT_STREAM); i++) {
        const struct entry *entry = kind_at(model, OBJECT_STREAM, i);
        if (entry->dead || entry->object.freshness == FRESH_GONE)
            continue;
        out[count++] = &entry->object;
        several |= strcmp(account_of(out[0]), account_of(&entry->object)) != 0;
    }
    return several ? count : 0;
}

bool model_shares_names(const struct model *model) {
    const struct object **streams = memory_array(kind_count(model, OBJECT_STREAM) + 1, sizeof(*streams));
    size_t count = collect(model, streams);
    bool found = false;
    if (count)
        qsort(streams, count, sizeof(*streams), by_name);
    for (size_t i = 1; i < count && !found; i++)
        found = are_twins(streams[i - 1], streams[i]);
    free(streams);
    return found;
}
