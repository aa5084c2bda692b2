#include "model/progress.h"

#include "base/clock.h"
#include "model/asset.h"
#include "model/lag.h"
#include "model/value.h"

#define PART (60 * NS_PER_S / AGAIN_PARTS)

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t told(const struct object *consumer, enum field f, int64_t moment) {
    return moment_then(moment, &consumer->now_at, row_i64(consumer->now, f, TIME_UNSET));
}

/* What the first row proves: what is owed has been owed since the later of what came last, and of what made
 * it so, and for no longer than it is there: it may be there for longer where each server has its own word of
 * when it was created, which is that of its last start. */
static void begin(struct progress *p, const struct object *consumer, int64_t moment,
                  const struct behind *behind) {
    const struct row *row = consumer->now;
    int64_t delivery = told(consumer, F_CONSUMER_last_delivered, moment);
    int64_t ack = told(consumer, F_CONSUMER_last_ack, moment);
    int64_t created = told(consumer, F_CONSUMER_created, moment);
    bool unclear = row_u64(row, F_CONSUMER_ack_pending, 1) || !behind->known;
    int64_t proven = unclear ? moment : moment - behind->least_ns, last = later(created, delivery);
    bool told_of = delivery != TIME_UNSET || row_u64(row, F_CONSUMER_delivered_consumer_seq, 1) == 0;
    bool older = created == last && !((const struct consumer *)consumer->extra)->asset.created_counts;
    *p = (struct progress){.begun = true, .again_part = moment / PART};
    p->zero_ns = p->owed_ns = TIME_UNSET;
    p->delivery_least = unclear || !told_of || (proven > last ? behind->flags : older);
    p->delivery_ns = unclear || !told_of ? moment : later(last, proven);
    p->ack_least = delivery == TIME_UNSET;
    p->ack_ns = p->ack_least ? moment : later(delivery, ack);
    p->floor_least = true;
    p->floor_ns = ack == TIME_UNSET ? moment : ack;
    p->last_delivery = (struct heard){delivery == TIME_UNSET, delivery == TIME_UNSET ? moment : delivery};
    p->last_ack = (struct heard){ack == TIME_UNSET, ack == TIME_UNSET ? moment : ack};
}

/* At least so many were delivered again since its row before. */
static double delivered_again(const struct object *consumer) {
    double most = 0;
    const struct row *now = consumer->now, *before = consumer->before;
    double deliveries = (double)(row_u64(now, F_CONSUMER_delivered_consumer_seq, 0) -
                                 row_u64(before, F_CONSUMER_delivered_consumer_seq, 0));
    double messages = (double)(row_u64(now, F_CONSUMER_delivered_stream_seq, 0) -
                               row_u64(before, F_CONSUMER_delivered_stream_seq, 0));
    double more =
        (double)row_u64(now, F_CONSUMER_redelivered, 0) - (double)row_u64(before, F_CONSUMER_redelivered, 0);
    if (row_has(before, F_CONSUMER_delivered_consumer_seq) &&
        row_has(before, F_CONSUMER_delivered_stream_seq))
        most = deliveries - messages;
    return most > more ? most : more > 0 ? more : 0;
}

static double delivered(const struct object *consumer) {
    uint64_t now = row_u64(consumer->now, F_CONSUMER_delivered_consumer_seq, 0);
    uint64_t before = row_u64(consumer->before, F_CONSUMER_delivered_consumer_seq, now);
    return now > before ? (double)(now - before) : 0;
}

static void count_again(struct progress *p, const struct object *consumer, int64_t moment) {
    int64_t part = moment / PART,
            from = part - p->again_part > AGAIN_PARTS ? part - AGAIN_PARTS : p->again_part;
    for (int64_t i = from + 1; i <= part; i++)
        p->again[i % AGAIN_PARTS] = p->delivered[i % AGAIN_PARTS] = 0;
    p->again_part = part > p->again_part ? part : p->again_part;
    if (!consumer->before)
        return;
    double again = delivered_again(consumer);
    p->again[p->again_part % AGAIN_PARTS] += (float)again;
    p->delivered[p->again_part % AGAIN_PARTS] += (float)delivered(consumer);
    p->again_at_floor += again;
    p->rows += p->rows < 2;
}

static bool per_min_of(const struct progress *p, const float *parts, double *per_min) {
    *per_min = 0;
    for (int i = 0; i < AGAIN_PARTS; i++)
        *per_min += parts[i];
    return p->rows > 0;
}

bool progress_redelivered_per_min(const struct progress *p, double *per_min) {
    return per_min_of(p, p->again, per_min);
}

bool progress_delivered_per_min(const struct progress *p, double *per_min) {
    return per_min_of(p, p->delivered, per_min);
}

/* What is given up is ack pending no more, and remains among what was delivered again: so what is more than
 * ack pending was given up, and what was stays so however much comes to be ack pending after it. */
static void count_given_up(struct progress *p, const struct row *row) {
    uint64_t redelivered = row_u64(row, F_CONSUMER_redelivered, 0), was = p->given_up;
    uint64_t ack_pending = row_u64(row, F_CONSUMER_ack_pending, redelivered);
    uint64_t least = redelivered > ack_pending ? redelivered - ack_pending : 0;
    p->given_up = was > least ? was : least;
    p->given_up = p->given_up > redelivered ? redelivered : p->given_up;
    p->gave_up = p->given_up > was ? p->given_up - was : 0;
}

/* Nothing is delivered then, nor again. */
static bool is_paused(const struct row *row) {
    return row_u64(row, F_CONSUMER_paused, 0);
}

static void look_at_deliveries(struct progress *p, const struct row *row, int64_t delivery, int64_t moment) {
    bool none_due = !row_u64(row, F_CONSUMER_pending, 1) || is_paused(row);
    bool delivered = row_u64(row, F_CONSUMER_delivered_consumer_seq, 0) != p->deliveries;
    if (none_due)
        p->delivery_ns = moment;
    else if (delivered)
        p->delivery_ns = later(p->delivery_ns, delivery != TIME_UNSET ? delivery : moment);
    p->delivery_least &= !none_due && !delivered;
}

/* Where nothing tells since when, the row before tells of its last delivery. */
static void look_at_rhythm(struct progress *p, const struct object *consumer, int64_t moment) {
    int64_t before = TIME_UNSET;
    if (consumer->before && p->delivery_least)
        before = moment_then(p->seen_ns, &consumer->before_at,
                             row_i64(consumer->before, F_CONSUMER_last_delivered, TIME_UNSET));
    rhythm_put(&p->rhythm, consumer, before != TIME_UNSET ? before : p->delivery_ns,
               told(consumer, F_CONSUMER_last_delivered, moment), p->seen_ns, moment);
}

static void look_at_acks(struct progress *p, const struct row *row, int64_t ack, int64_t moment) {
    bool none_due = !row_u64(row, F_CONSUMER_ack_pending, 1) || is_paused(row);
    bool moved = row_u64(row, F_CONSUMER_ack_floor_stream_seq, 0) != p->floor;
    int64_t seen = ack != TIME_UNSET ? ack : moved ? moment : p->ack_ns;
    p->ack_least &= !none_due && seen <= p->ack_ns;
    p->ack_ns = none_due ? moment : later(p->ack_ns, seen);
    if (moved)
        p->floor_ns = moment;
    if (moved || none_due)
        p->again_at_floor = 0;
    p->floor_least &= !moved;
}

static void look_at_lag(struct progress *p, const struct object *consumer, int64_t moment) {
    double lag;
    bool moved = row_u64(consumer->now, F_CONSUMER_ack_floor_stream_seq, 0) != p->floor;
    if (!lag_of(consumer, &lag))
        return;
    if (lag == 0) {
        p->zero_ns = moment;
        p->owed_ns = TIME_UNSET;
    } else if (p->owed_ns == TIME_UNSET || moved) { /* else it is the same one */
        p->owed_fresh = p->owed_ns == TIME_UNSET && p->zero_ns != TIME_UNSET;
        p->owed_ns = moment;
    }
}

/* A server that was restarted, or leads anew, no longer knows when that was. */
static void hear(struct heard *heard, int64_t last, bool moved, int64_t moment) {
    int64_t at_ns = last != TIME_UNSET ? last : moved ? moment : heard->at_ns;
    if (at_ns <= heard->at_ns)
        return;
    heard->at_ns = at_ns;
    heard->least = false;
}

static void look_at_news(struct progress *p, const struct object *consumer, int64_t moment) {
    const struct row *row = consumer->now;
    hear(&p->last_delivery, told(consumer, F_CONSUMER_last_delivered, moment),
         row_u64(row, F_CONSUMER_delivered_consumer_seq, 0) != p->deliveries, moment);
    hear(&p->last_ack, told(consumer, F_CONSUMER_last_ack, moment),
         row_u64(row, F_CONSUMER_ack_floor_stream_seq, 0) != p->floor, moment);
}

static void look(struct progress *p, const struct object *consumer, int64_t moment) {
    look_at_deliveries(p, consumer->now, told(consumer, F_CONSUMER_last_delivered, moment), moment);
    look_at_acks(p, consumer->now, told(consumer, F_CONSUMER_last_ack, moment), moment);
    look_at_lag(p, consumer, moment);
    look_at_news(p, consumer, moment);
}

void progress_put(struct progress *p, const struct object *consumer, const struct object *stream,
                  const struct arrivals *arrivals, int64_t moment, const struct behind *behind) {
    bool first = !p->begun;
    if (first)
        begin(p, consumer, moment, behind);
    p->deliveries = first ? row_u64(consumer->now, F_CONSUMER_delivered_consumer_seq, 0) : p->deliveries;
    p->floor = first ? row_u64(consumer->now, F_CONSUMER_ack_floor_stream_seq, 0) : p->floor;
    count_again(p, consumer, moment);
    count_given_up(p, consumer->now);
    if (!first)
        look_at_rhythm(p, consumer, moment);
    look(p, consumer, moment);
    eviction_put(&p->eviction, consumer, stream, arrivals, moment, first);
    p->deliveries = row_u64(consumer->now, F_CONSUMER_delivered_consumer_seq, 0);
    p->floor = row_u64(consumer->now, F_CONSUMER_ack_floor_stream_seq, 0);
    p->seen_ns = moment;
}
