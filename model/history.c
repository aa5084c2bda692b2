#include "model/calc.h"

#include <math.h>

#include "base/memory.h"

/* Of a consumer these, each in a small series: the first always, all of them for DETAILED_MOST consumers. */
static const enum quantity of_consumer[] = {Q_CONSUMER_lag, Q_CONSUMER_delivered_per_s,
                                            Q_CONSUMER_acked_per_s, Q_CONSUMER_time_behind};
enum { OF_CONSUMER = sizeof of_consumer / sizeof *of_consumer };

int series_slots(enum object_kind kind) {
    int slots = 0;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        slots += quantities[q].kind == kind && quantities[q].flags & QUANTITY_SERIES;
    return kind == OBJECT_CONSUMER ? OF_CONSUMER : slots;
}

static int slot_of(enum quantity q) {
    int slot = 0;
    for (int i = 0; i < OF_CONSUMER; i++)
        if (of_consumer[i] == q)
            return i;
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

/* ---- consumers: thousands of them, so only some in detail ---- */

static bool is_detailed(const struct entry *consumer) {
    return consumer->series && consumer->series[OF_CONSUMER - 1];
}

static double its_lag(const struct model *model, const struct entry *consumer) {
    double lag = 0;
    value_number(quantity_get(model, &consumer->object, Q_CONSUMER_lag), &lag);
    return lag;
}

static void forget_details(struct entry *consumer) {
    for (int i = 1; consumer->series && i < OF_CONSUMER; i++) {
        series_destroy(consumer->series[i]);
        consumer->series[i] = NULL;
    }
}

/* The place of one that is no more, or of the one that lags least; -1: all lag more than half of `lag`. */
static int place_for(struct model *model, double lag) {
    int least = -1;
    double least_lag = lag / 2;
    for (int i = 0; i < DETAILED_MOST; i++) {
        struct entry *entry = entry_by_id(model, model->detailed[i]);
        if (!entry || !is_detailed(entry))
            return i;
        double its = its_lag(model, entry);
        if (its < least_lag) {
            least = i;
            least_lag = its;
        }
    }
    if (least >= 0)
        forget_details(entry_by_id(model, model->detailed[least]));
    else
        model->detailed_above = lag;
    return least;
}

/* Who comes first has a place, then who lags most: the least must give it up to one that lags twice as much.
 */
static bool take_place(struct model *model, const struct entry *consumer, int64_t utc_ns) {
    int at = (int)model->detailed_count;
    if (model->detailed_count < DETAILED_MOST) {
        model->detailed_count++;
    } else {
        double lag = its_lag(model, consumer);
        if (utc_ns / NS_PER_S != model->detailed_s) /* in this second it is known what is too little */
            model->detailed_above = 0;
        model->detailed_s = utc_ns / NS_PER_S;
        if (lag <= model->detailed_above)
            return false;
        at = place_for(model, lag);
    }
    if (at >= 0)
        model->detailed[at] = consumer->object.id;
    return at >= 0;
}

void history_consumer(struct model *model, struct entry *consumer, int64_t utc_ns, int hold_s) {
    bool detailed = is_detailed(consumer) || take_place(model, consumer, utc_ns);
    put(consumer, 0, quantity_get(model, &consumer->object, of_consumer[0]), utc_ns, hold_s);
    if (!detailed)
        return;
    if (!consumer->series)
        consumer->series = memory_array(OF_CONSUMER, sizeof(struct series *));
    for (int i = 1; i < OF_CONSUMER; i++) {
        if (!consumer->series[i])
            consumer->series[i] = series_create_small();
        put(consumer, i, quantity_get(model, &consumer->object, of_consumer[i]), utc_ns, hold_s);
    }
}
