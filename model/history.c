#include "model/calc.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "model/connection.h"
#include "model/filling.h"

/* Of a consumer these: the first always, all of them for DETAILED_MOST consumers. Of a connection all or
 * none. */
static const enum quantity of_consumer[] = {Q_CONSUMER_lag, Q_CONSUMER_delivered_per_s,
                                            Q_CONSUMER_acked_per_s, Q_CONSUMER_time_behind};
static const enum quantity of_connection[] = {Q_CONNECTION_pending_bytes, Q_CONNECTION_out_msgs_per_s,
                                              Q_CONNECTION_in_msgs_per_s, Q_CONNECTION_out_bytes_per_s,
                                              Q_CONNECTION_in_bytes_per_s};
enum {
    OF_CONSUMER = sizeof of_consumer / sizeof *of_consumer,
    OF_CONNECTION = sizeof of_connection / sizeof *of_connection
};

/* Kinds of which there are thousands: small series of these quantities. Where all moves at each poll, the
 * runs of a consumer last for more than ten minutes, those of a connection for twenty. */
static const struct {
    const enum quantity *quantities;
    int count, runs;
} small[OBJECT_KIND_COUNT] = {
    [OBJECT_CONSUMER] = {of_consumer, OF_CONSUMER, 150},
    [OBJECT_CONNECTION] = {of_connection, OF_CONNECTION, 600},
};

int series_slots(enum object_kind kind) {
    int slots = small[kind].count;
    if (slots)
        return slots;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        slots += quantities[q].kind == kind && quantities[q].flags & QUANTITY_SERIES;
    return slots;
}

static int slot_of(enum quantity q) {
    int slot = 0;
    enum object_kind kind = quantities[q].kind;
    for (int i = 0; i < small[kind].count; i++)
        if (small[kind].quantities[i] == q)
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
    int runs = small[entry->object.kind].runs;
    if (!entry->series[slot])
        entry->series[slot] = runs ? series_create_small(runs) : series_create();
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
            consumer->series[i] = series_create_small(small[OBJECT_CONSUMER].runs);
        put(consumer, i, quantity_get(model, &consumer->object, of_consumer[i]), utc_ns, hold_s);
    }
}

/* ---- connections: tens of thousands, of which a few are of interest ---- */

#define LOOKED_NS (10 * NS_PER_S) /* for so long somebody looks after each frame that showed it */
#define LARGE     0.01            /* of what the server may hold for one: worth keeping */

static bool is_looked_at(const struct model *model, const struct entry *entry) {
    int64_t looked = ((const struct connection *)entry->object.extra)->looked_mono_ns;
    return looked && model->mono_ns - looked < LOOKED_NS;
}

/* An alert holds of it or is about to, or its buffer fills. */
static bool is_of_interest(const struct model *model, const struct entry *entry) {
    double share = 0;
    if (entry->object.freshness == FRESH_GONE)
        return false;
    if (entry->watched || entry->truth_count > 0 || filling_of(&entry->object))
        return true;
    value_number(quantity_get(model, &entry->object, Q_CONNECTION_pending_share), &share);
    return share >= LARGE;
}

static void forget_series(struct entry *entry) {
    for (int i = 0; i < series_slots(entry->object.kind); i++)
        series_destroy(entry->series[i]);
    free(entry->series);
    entry->series = NULL;
}

/* A free place, else that of the one that was of interest longest ago; who is looked at takes that of one
 * that is of interest still. -1: none. */
static int place_of_kept(const struct model *model, bool looked) {
    int oldest = -1;
    int64_t at = looked ? INT64_MAX : model->mono_ns - LOOKED_NS;
    for (int i = 0; i < KEPT_MOST; i++) {
        const struct entry *entry = model->kept[i] ? entry_by_id(model, model->kept[i]) : NULL;
        if (!entry || !entry->series)
            return i;
        const struct connection *connection = entry->object.extra;
        if (connection->wanted_mono_ns < at && !is_looked_at(model, entry)) {
            at = connection->wanted_mono_ns;
            oldest = i;
        }
    }
    return oldest;
}

static bool keep(struct model *model, struct entry *entry, bool looked) {
    if (!looked && model->kept_full_ns == model->mono_ns) /* at this tick there was no room already */
        return false;
    int place = place_of_kept(model, looked);
    if (place < 0) {
        model->kept_full_ns = model->mono_ns;
        return false;
    }
    struct entry *before = model->kept[place] ? entry_by_id(model, model->kept[place]) : NULL;
    if (before && before->series)
        forget_series(before);
    model->kept[place] = entry->object.id;
    entry->series = memory_array(OF_CONNECTION, sizeof(struct series *));
    return true;
}

void history_connection(struct model *model, struct entry *entry, int64_t utc_ns, int hold_s) {
    struct connection *connection = entry->object.extra;
    bool looked = is_looked_at(model, entry);
    if (looked || is_of_interest(model, entry))
        connection->wanted_mono_ns = model->mono_ns;
    else if (!entry->series)
        return;
    if (!entry->series && !keep(model, entry, looked))
        return;
    for (int i = 0; i < OF_CONNECTION; i++)
        put(entry, i, quantity_get(model, &entry->object, of_connection[i]), utc_ns, hold_s);
}

void history_connection_end(struct model *model, struct entry *entry, int64_t utc_ns) {
    if (entry->series)
        put(entry, 0, quantity_get(model, &entry->object, of_connection[0]), utc_ns, 1);
}

void model_look_at(struct model *model, uint64_t id) {
    struct entry *entry = id ? entry_by_id(model, id) : NULL;
    if (entry && entry->object.kind == OBJECT_CONNECTION)
        ((struct connection *)entry->object.extra)->looked_mono_ns = model->mono_ns;
}
