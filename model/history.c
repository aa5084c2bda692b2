#include "model/calc.h"

#include <math.h>

#include "base/memory.h"

/* A consumer keeps its lag alone, and that in a small series. */
int series_slots(enum object_kind kind) {
    int slots = 0;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        slots += quantities[q].kind == kind && quantities[q].flags & QUANTITY_SERIES;
    return kind == OBJECT_CONSUMER ? 1 : slots;
}

static int slot_of(enum quantity q) {
    int slot = 0;
    if (q == Q_CONSUMER_lag)
        return 0;
    if (!(quantities[q].flags & QUANTITY_SERIES))
        return -1;
    for (int i = 0; i < (int)q; i++)
        slot += quantities[i].kind == quantities[q].kind && quantities[i].flags & QUANTITY_SERIES;
    return slot;
}

const struct series *model_series(const struct model *model, const struct object *object, enum quantity q) {
    (void)model;
    const struct entry *entry = entry_of(object);
    int slot = slot_of(q);
    return quantities[q].kind == object->kind && slot >= 0 && entry->series ? entry->series[slot] : NULL;
}

static void put(struct entry *entry, int slot, struct value v, int64_t utc_ns, int hold_s) {
    double number;
    if (!value_number(v, &number) || isnan(number))
        return;
    if (!entry->series)
        entry->series = memory_array((size_t)series_slots(entry->object.kind), sizeof(struct series *));
    if (!entry->series[slot])
        entry->series[slot] = entry->object.kind == OBJECT_CONSUMER ? series_create_small() : series_create();
    series_put(entry->series[slot], utc_ns / NS_PER_S, (float)number, hold_s);
}

static void put_all(struct model *model, struct entry *entry, int64_t utc_ns) {
    int hold_s = (int)((model->interval_ns + NS_PER_S - 1) / NS_PER_S) + 1;
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        if (quantities[q].kind == entry->object.kind && quantities[q].flags & QUANTITY_SERIES)
            put(entry, slot_of((enum quantity)q), quantity_get(model, &entry->object, (enum quantity)q),
                utc_ns, hold_s);
    }
}

void history_server(struct model *model, struct entry *server, int64_t utc_ns) {
    put_all(model, server, utc_ns);
}

/* Only while answers come in: a dead collector leaves a gap, not a line. */
void history_clusters(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        struct entry *entry = kind_at(model, OBJECT_CLUSTER, i);
        struct cluster *cluster = cluster_of(&entry->object);
        if (cluster->fresh_varz)
            put_all(model, entry, model->utc_ns);
        cluster->fresh_varz = false;
    }
}

void history_consumer(struct model *model, struct entry *consumer, int64_t utc_ns, int hold_s) {
    put(consumer, 0, calc_consumer_lag(model, &consumer->object), utc_ns, hold_s);
}
