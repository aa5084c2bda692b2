#include "model/sampling.h"

#include <string.h>

#define LATE_NS (4 * NS_PER_S) /* a window comes each second */

static struct entry *only_one(const struct model *model) {
    return kind_count(model, OBJECT_SAMPLING) ? kind_at(model, OBJECT_SAMPLING, 0) : NULL;
}

/* Others are looked at, or the same from anew. */
static bool is_another(const struct row *old, const struct row *row) {
    return strcmp(row_text(old, F_SAMPLING_subject), row_text(row, F_SAMPLING_subject)) != 0 ||
           row_i64(old, F_SAMPLING_since, 0) != row_i64(row, F_SAMPLING_since, 0);
}

static void refresh(struct model *model, struct entry *sampling, bool live) {
    enum freshness freshness = live ? FRESH_LIVE : FRESH_STALE;
    entry_set_freshness(model, sampling, freshness);
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBJECT); i++)
        if (!kind_at(model, OBJECT_SUBJECT, i)->dead)
            entry_set_freshness(model, kind_at(model, OBJECT_SUBJECT, i), freshness);
}

static void put_subjects(struct model *model, struct entry *sampling, const struct sample *sample,
                         const struct stamp *at) {
    for (size_t i = 0; i < sample->count; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity != ENTITY_SUBJECT || !row_has(row, F_SUBJECT_subject))
            continue;
        struct entry *entry = entry_take(model, OBJECT_SUBJECT, &sampling->object, NULL, row, at, NULL);
        entry_update(model, entry, row, at);
    }
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBJECT); i++) {
        struct entry *entry = kind_at(model, OBJECT_SUBJECT, i);
        if (!entry->dead && entry->object.now_at.serial != at->serial)
            entry_remove(model, entry);
    }
}

void sampling_put(struct model *model, const struct sample *sample) {
    const struct row *row = sample->failure ? NULL : sample_first(sample, ENTITY_SAMPLING);
    if (!row)
        return;
    model_begin(model, sample->asked_utc_ns, sample->asked_mono_ns);
    struct stamp at = stamp_of(sample, NULL);
    struct entry *entry = entry_take(model, OBJECT_SAMPLING, &model->cluster->object, NULL, row, &at, NULL);
    if (is_another(entry->object.now, row))
        entry_remove_children(model, &entry->object, OBJECT_SUBJECT);
    entry_update(model, entry, row, &at);
    put_subjects(model, entry, sample, &at);
    refresh(model, entry, strcmp(row_text(row, F_SAMPLING_state), "on") == 0);
    model->has[SHAPE_SUBJECTS] = true;
    model_changed_but(model, KINDS_OF_ASSETS);
}

void sampling_tick(struct model *model) {
    struct entry *entry = only_one(model);
    if (entry && !entry->dead && entry->object.freshness == FRESH_LIVE &&
        model->mono_ns - entry->seen_mono_ns > LATE_NS)
        refresh(model, entry, false);
}
