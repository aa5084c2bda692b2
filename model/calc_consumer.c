#include "model/calc.h"

#include <math.h>
#include <stdio.h>

struct value calc_consumer_path(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(((const struct consumer *)object->extra)->path->bytes);
}

struct value calc_consumer_lag(const struct model *model, const struct object *object) {
    (void)model;
    uint64_t pending, ack_pending;
    if (!row_has(object->now, F_CONSUMER_pending) || !row_has(object->now, F_CONSUMER_ack_pending))
        return value_unknown(0);
    pending = row_u64(object->now, F_CONSUMER_pending, 0);
    ack_pending = row_u64(object->now, F_CONSUMER_ack_pending, 0);
    if (pending + ack_pending < pending)
        return value_unknown(0);
    return aged(object, value_uint(pending + ack_pending));
}

static struct value of_slope(const struct object *object, double per_s) {
    struct value v = value_real(per_s);
    v.flags = lag_is_guess(&((const struct consumer *)object->extra)->lag) ? VALUE_ESTIMATED : 0;
    return aged(object, v);
}

/* Deliveries count redeliveries, the place in the stream counts messages that a filter passes over: the
 * smaller of the two is exact unless both happen. */
static struct value delivered_once(const struct object *object, bool *repeated) {
    struct value deliveries = rate_of_field(object, F_CONSUMER_delivered_consumer_seq);
    struct value messages = rate_of_field(object, F_CONSUMER_delivered_stream_seq);
    if (deliveries.type == VALUE_UNKNOWN)
        return deliveries;
    bool fewer = messages.type != VALUE_UNKNOWN && messages.f < deliveries.f;
    *repeated = fewer || row_u64(object->now, F_CONSUMER_redelivered, 1) ||
                row_u64(object->before, F_CONSUMER_redelivered, 1);
    return fewer ? messages : deliveries;
}

/* Messages went with the stream's limits, or in a purge, before they were acknowledged: what is no longer ack
 * pending tells nothing then. */
static bool lost_some(const struct object *object, const struct object *stream) {
    const struct consumer *consumer = object->extra;
    uint64_t first = row_u64(stream->now, F_STREAM_first_seq, 0);
    uint64_t floor = row_u64(object->before, F_CONSUMER_ack_floor_stream_seq, UINT64_MAX);
    return consumer->before_seq && first > consumer->before_seq && floor < first - 1;
}

/* All that was ack pending is gone at once, and the stream has not been heard since. */
static bool may_have_lost(const struct object *object, const struct object *stream, bool many) {
    uint64_t floor = row_u64(object->now, F_CONSUMER_ack_floor_stream_seq, 0);
    return many && stream->now_at.mono_ns < object->now_at.mono_ns &&
           floor >= row_u64(object->before, F_CONSUMER_delivered_stream_seq, UINT64_MAX);
}

/* Where max_deliver is not told nothing can be said of what looks like it. */
static bool given_up_of(const struct object *object, uint64_t seen, uint64_t *messages) {
    *messages = row_i64(object->now, F_CONSUMER_max_deliver, -1) > 0 ? seen : 0;
    return !seen || row_u64(object->now, F_CONSUMER_config, 0);
}

struct value calc_consumer_given_up(const struct model *model, const struct object *object) {
    (void)model;
    const struct progress *p = &((const struct consumer *)object->extra)->progress;
    uint64_t messages;
    if (!p->begun || !row_has(object->now, F_CONSUMER_ack_pending) ||
        !given_up_of(object, p->given_up, &messages))
        return value_unknown(0);
    return aged(object, value_uint(messages));
}

struct value calc_consumer_given_up_10m(const struct model *model, const struct object *object) {
    uint64_t messages;
    bool least;
    if (!heard_given_up(model, object, 600 * NS_PER_S, &messages, &least))
        return value_unknown(0);
    struct value v = value_uint(messages);
    v.flags |= least ? VALUE_LEAST : 0;
    return v;
}

/* false: not known. Between its two rows. */
static bool given_up_per_s(const struct object *object, double *per_s) {
    const struct progress *p = &((const struct consumer *)object->extra)->progress;
    double window = (double)(object->now_at.now_ns - object->before_at.now_ns) / (double)NS_PER_S;
    uint64_t messages;
    bool known = p->begun && given_up_of(object, p->gave_up, &messages);
    *per_s = known ? (double)messages / window : 0;
    return known;
}

struct value calc_consumer_acked_per_s(const struct model *model, const struct object *object) {
    uint64_t of = ((const struct consumer *)object->extra)->stream;
    const struct object *stream = of ? model_object(model, of) : NULL;
    bool repeated = false;
    double given_up;
    struct value acked = delivered_once(object, &repeated);
    struct value pending = rate_of_field(object, F_CONSUMER_ack_pending);
    if (acked.type == VALUE_UNKNOWN || pending.type == VALUE_UNKNOWN)
        return acked.type == VALUE_UNKNOWN ? acked : pending;
    if (!given_up_per_s(object, &given_up))
        return value_unknown(0);
    bool many = -pending.f > acked.f;
    acked.f -= pending.f + given_up;
    if (acked.f < 0)
        return value_unknown(0);
    if (stream && stream->now && (lost_some(object, stream) || may_have_lost(object, stream, many)))
        return value_unknown(0);
    if (repeated)
        acked.flags |= VALUE_ESTIMATED;
    return aged(object, acked);
}

struct value calc_consumer_last_ack(const struct model *model, const struct object *object) {
    return age_since(model, object, F_CONSUMER_last_ack);
}

struct value calc_consumer_last_delivered(const struct model *model, const struct object *object) {
    return age_since(model, object, F_CONSUMER_last_delivered);
}

/* ---- how long, and until when ---- */

static const struct consumer *consumer_of(const struct object *object) {
    return object->extra;
}

struct value calc_consumer_trend(const struct model *model, const struct object *object) {
    (void)model;
    double per_s;
    if (object->freshness == FRESH_GONE)
        return value_unknown(0);
    if (!lag_trend(&consumer_of(object)->lag, &per_s))
        return object->seen_utc_ns ? value_awaited(object, 3) : value_unknown(0);
    return of_slope(object, per_s);
}

struct value calc_consumer_time_behind(const struct model *model, const struct object *object) {
    const struct behind *behind = &consumer_of(object)->behind;
    if (!behind->known)
        return value_unknown(0);
    struct value v = value_span(behind->ns);
    v.flags = behind->flags;
    return v.flags & VALUE_BOUND ? age_now(model, object, v) : aged(object, v);
}

/* A guess is no evidence: as much of it as is proven. */
struct value calc_consumer_late(const struct model *model, const struct object *object) {
    const struct behind *behind = &consumer_of(object)->behind;
    struct value v = calc_consumer_time_behind(model, object);
    if (v.type == VALUE_UNKNOWN || !behind->flags)
        return v;
    v = value_span(behind->least_ns);
    v.flags = VALUE_LEAST;
    return behind->least_ns > 0 || behind->in_sight ? aged(object, v) : value_unknown(0);
}

struct value calc_consumer_in_sight(const struct model *model, const struct object *object) {
    const struct behind *behind = &consumer_of(object)->behind;
    (void)model;
    return behind->known ? aged(object, value_bool(behind->in_sight)) : value_unknown(0);
}

struct value calc_consumer_rhythm(const struct model *model, const struct object *object) {
    const struct progress *p = &consumer_of(object)->progress;
    int64_t usual = p->begun ? rhythm_usual(&p->rhythm) : 0;
    (void)model;
    return usual ? aged(object, value_span(usual)) : value_unknown(0);
}

/* How long it may stay away, 0: it does not. */
static int64_t patience_of(const struct progress *p) {
    int64_t usual = p->begun ? rhythm_usual(&p->rhythm) : 0, most = rhythm_patience(usual);
    return usual && p->seen_ns - p->delivery_ns <= most ? most : 0;
}

/* Who came before we looked may come each few minutes. For how long nobody has come; 0: that is too long, or
 * it is known how he comes. */
static int64_t unseen_for(const struct progress *p) {
    int64_t most = p->begun ? rhythm_patience(rhythm_unseen(&p->rhythm)) : 0;
    int64_t away = p->seen_ns - p->last_delivery.at_ns;
    return p->deliveries && !p->last_delivery.least && away <= most ? away : 0;
}

struct value calc_consumer_pausing(const struct model *model, const struct object *object) {
    const struct progress *p = &consumer_of(object)->progress;
    (void)model;
    return aged(object, value_bool(patience_of(p) > 0 || unseen_for(p) > 0));
}

#define AT_ONCE_NS (5 * NS_PER_S)

/* And nothing has waited for longer than that. */
struct value calc_consumer_in_rhythm(const struct model *model, const struct object *object) {
    const struct progress *p = &consumer_of(object)->progress;
    const struct behind *behind = &consumer_of(object)->behind;
    int64_t most = patience_of(p), unseen = unseen_for(p);
    bool usual = most && p->rhythm.all && behind->known && behind->least_ns <= most;
    (void)model; /* of one who was not seen all that waits came after him */
    return aged(object,
                value_bool(usual || (unseen && behind->known && behind->least_ns <= unseen + AT_ONCE_NS)));
}

#define LONGEST_DRAIN (100 * 86400.0) /* what takes longer is said to be never */

/* A lag of less than a poll is what is being worked on: for how long it is, unknown if it is more. */
static struct value worked_on(const struct object *object, double lag, double trend) {
    const struct behind *behind = &consumer_of(object)->behind;
    struct value rate = rate_of_field(object, F_CONSUMER_delivered_consumer_seq);
    double seconds = rate.type == VALUE_REAL && rate.f > 0 ? lag / rate.f : INFINITY;
    if (trend > 0 || (behind->known ? behind->ns >= 5 * NS_PER_S : !(seconds <= 5)))
        return value_unknown(0);
    struct value v = value_span(behind->known ? behind->ns : (int64_t)(seconds * (double)NS_PER_S));
    v.flags = behind->known ? 0 : VALUE_ESTIMATED;
    return aged(object, v);
}

/* Acknowledged, though its oldest one was delivered before them. What is delivered again takes no place in
 * the stream, and what a filter passes over is no delivery. false: not told. */
static bool overtaken_of(const struct object *object, double *messages) {
    const struct row *row = object->now;
    double deliveries, delivered, floor, floor_seq, ack_pending;
    if (!row_number(row, F_CONSUMER_delivered_consumer_seq, &deliveries) ||
        !row_number(row, F_CONSUMER_ack_floor_consumer_seq, &floor) ||
        !row_number(row, F_CONSUMER_delivered_stream_seq, &delivered) ||
        !row_number(row, F_CONSUMER_ack_floor_stream_seq, &floor_seq) ||
        !row_number(row, F_CONSUMER_ack_pending, &ack_pending))
        return false;
    *messages = fmax(0, fmin(deliveries - floor, delivered - floor_seq) - ack_pending);
    return true;
}

struct value calc_consumer_overtaken(const struct model *model, const struct object *object) {
    double messages;
    (void)model;
    return object->now && overtaken_of(object, &messages) ? aged(object, value_uint((uint64_t)messages))
                                                          : value_unknown(0);
}

#define HELD_FOR (5 * NS_PER_S)
#define HELD_BY  4.0 /* times its lag went past its oldest one */

/* Its oldest message has waited for so long, or its place stands for as long as that one may have. */
static bool waits_long(const struct progress *p, const struct behind *behind) {
    int64_t stands = p->seen_ns - p->floor_ns;
    if (behind->least_ns >= HELD_FOR || (behind->known && !behind->flags))
        return behind->least_ns >= HELD_FOR;
    return stands >= HELD_FOR && (!behind->known || behind->ns >= HELD_FOR);
}

/* What it is behind is its oldest message alone, and its lag tells of the others. */
static bool is_held(const struct object *object, double lag) {
    const struct progress *p = &consumer_of(object)->progress;
    double overtaken;
    return p->begun && overtaken_of(object, &overtaken) && row_u64(object->now, F_CONSUMER_ack_pending, 0) &&
           overtaken >= HELD_BY * lag && waits_long(p, &consumer_of(object)->behind);
}

struct value calc_consumer_held(const struct model *model, const struct object *object) {
    double lag;
    (void)model;
    return lag_of(object, &lag) ? aged(object, value_bool(is_held(object, lag))) : value_unknown(0);
}

#define STANDS_AFTER (15 * NS_PER_S)

static bool stands(const struct object *object, enum field owed, struct value since) {
    return !row_u64(object->now, owed, 0) || (since.type == VALUE_SPAN && since.i > STANDS_AFTER);
}

/* Nobody works on what there is: where the lag falls all the same, messages go by themselves. */
static bool nothing_moves(const struct model *model, const struct object *object) {
    return stands(object, F_CONSUMER_pending, calc_consumer_undelivered_for(model, object)) &&
           stands(object, F_CONSUMER_ack_pending, calc_consumer_unacked_for(model, object));
}

/* The drain is told by the same: what falls no more than it scatters is never done, and of one that keeps up
 * it is the time that it is behind. What only seems to grow is told: it may be the beginning. */
struct value calc_consumer_lag_slope(const struct model *model, const struct object *object) {
    const struct lag_history *history = &consumer_of(object)->lag;
    double per_s, trend, lag;
    (void)model;
    if (object->freshness == FRESH_GONE)
        return value_unknown(0);
    if (!lag_slope(history, &per_s) || !lag_trend(history, &trend))
        return object->seen_utc_ns ? value_awaited(object, 3) : value_unknown(0);
    bool near = lag_of(object, &lag) && worked_on(object, lag, 0).type != VALUE_UNKNOWN;
    bool scatters = trend == 0 && (per_s < 0 || near);
    return of_slope(object, scatters ? 0 : per_s);
}

struct value calc_consumer_drain(const struct model *model, const struct object *object) {
    struct value lag = calc_consumer_lag(model, object), trend = calc_consumer_trend(model, object);
    if (lag.type == VALUE_UNKNOWN || object->freshness == FRESH_GONE)
        return value_unknown(0);
    if (lag.u == 0)
        return aged(object, value_span(0));
    if (trend.type == VALUE_UNKNOWN)
        return trend;
    bool still = is_held(object, (double)lag.u) ||
                 (standing_is_stuck(consumer_of(object)->standing.state) && nothing_moves(model, object));
    double bent;
    if (trend.f >= 0 && lag_begins_to_fall(&consumer_of(object)->lag, &bent)) {
        trend.f = bent;
        trend.flags |= VALUE_ESTIMATED;
    }
    double seconds = trend.f < 0 && !still ? (double)lag.u / -trend.f : INFINITY;
    if (seconds < LONGEST_DRAIN) {
        struct value v = value_span((int64_t)(seconds * (double)NS_PER_S));
        v.flags = trend.flags & VALUE_ESTIMATED;
        return aged(object, v);
    }
    struct value soon = worked_on(object, (double)lag.u, trend.f);
    if (!still && soon.type != VALUE_UNKNOWN)
        return soon;
    struct value never = value_span(INT64_MAX);
    never.flags = VALUE_NEVER;
    return aged(object, never);
}

struct value calc_consumer_draining(const struct model *model, const struct object *object) {
    struct value drain = calc_consumer_drain(model, object);
    double bent;
    if (drain.type == VALUE_UNKNOWN)
        return drain;
    struct value trend = calc_consumer_trend(model, object);
    bool begins =
        lag_begins_to_fall(&consumer_of(object)->lag, &bent) && trend.f > 0; /* a guess: one point */
    return aged(object, value_bool(drain.i > 0 && !(drain.flags & VALUE_NEVER) && !begins));
}

/* Since a moment of its progress, as its last row tells. */
static struct value stands_since(const struct object *object, int64_t moment, bool least, enum field owed) {
    const struct progress *p = &consumer_of(object)->progress;
    if (!p->begun || !row_has(object->now, owed))
        return value_unknown(0);
    bool due = row_u64(object->now, owed, 0) > 0 && p->seen_ns > moment;
    struct value v = value_span(due ? p->seen_ns - moment : 0);
    v.flags = due && least ? VALUE_LEAST : 0;
    return aged(object, v);
}

struct value calc_consumer_undelivered_for(const struct model *model, const struct object *object) {
    const struct progress *p = &consumer_of(object)->progress;
    (void)model;
    return stands_since(object, p->delivery_ns, p->delivery_least, F_CONSUMER_pending);
}

struct value calc_consumer_unacked_for(const struct model *model, const struct object *object) {
    const struct progress *p = &consumer_of(object)->progress;
    (void)model;
    return stands_since(object, p->ack_ns, p->ack_least, F_CONSUMER_ack_pending);
}

struct value calc_consumer_floor_age(const struct model *model, const struct object *object) {
    const struct progress *p = &consumer_of(object)->progress;
    (void)model;
    return stands_since(object, p->floor_ns, p->floor_least, F_CONSUMER_ack_pending);
}

/* Until its last row; never where there is none to count from. */
static struct value silence(const struct object *object, const struct heard *heard, enum field count) {
    const struct progress *p = &consumer_of(object)->progress;
    if (!p->begun || !row_has(object->now, count))
        return value_unknown(0);
    struct value v = value_span(p->seen_ns > heard->at_ns ? p->seen_ns - heard->at_ns : 0);
    v.flags = heard->least ? VALUE_LEAST : 0;
    if (!row_u64(object->now, count, 0))
        v = (struct value){.type = VALUE_SPAN, .i = INT64_MAX, .flags = VALUE_NEVER};
    return aged(object, v);
}

struct value calc_consumer_no_delivery_for(const struct model *model, const struct object *object) {
    (void)model;
    return silence(object, &consumer_of(object)->progress.last_delivery, F_CONSUMER_delivered_consumer_seq);
}

struct value calc_consumer_no_ack_for(const struct model *model, const struct object *object) {
    (void)model;
    return silence(object, &consumer_of(object)->progress.last_ack, F_CONSUMER_ack_floor_consumer_seq);
}

/* Of one that passes over messages only what its place does not explain is told apart. */
static bool may_hide_some(const struct object *object, double seen) {
    return seen == 0 && backlog_is_filtered(object->now) && row_u64(object->now, F_CONSUMER_redelivered, 1);
}

struct value calc_consumer_redelivered_per_min(const struct model *model, const struct object *object) {
    (void)model;
    double per_min;
    if (!progress_redelivered_per_min(&consumer_of(object)->progress, &per_min))
        return value_awaited(object, 2);
    return may_hide_some(object, per_min) ? value_unknown(0) : aged(object, value_real(round(per_min)));
}

struct value calc_consumer_redelivering(const struct model *model, const struct object *object) {
    struct value v = calc_consumer_redelivered_per_min(model, object);
    return v.type == VALUE_REAL && v.f > 0 ? v : value_unknown(0);
}

struct value calc_consumer_delivered_per_min(const struct model *model, const struct object *object) {
    (void)model;
    double per_min;
    if (!progress_delivered_per_min(&consumer_of(object)->progress, &per_min))
        return value_awaited(object, 2);
    return aged(object, value_real(round(per_min)));
}

struct value calc_consumer_redelivery_share(const struct model *model, const struct object *object) {
    double again, all;
    bool known = value_number(calc_consumer_redelivered_per_min(model, object), &again) &&
                 value_number(calc_consumer_delivered_per_min(model, object), &all) && all > 0;
    return known ? aged(object, value_real(fmin(again / all, 1))) : value_unknown(0);
}

struct value calc_consumer_redeliveries(const struct model *model, const struct object *object) {
    (void)model;
    const struct progress *p = &consumer_of(object)->progress;
    if (!p->rows)
        return value_awaited(object, 2);
    return may_hide_some(object, p->again_at_floor) ? value_unknown(0)
                                                    : aged(object, value_uint((uint64_t)p->again_at_floor));
}

#define JUST_NOW (15 * NS_PER_S)

struct value calc_consumer_evicted(const struct model *model, const struct object *object) {
    (void)model;
    const struct progress *p = &consumer_of(object)->progress;
    struct value v = value_uint(eviction_total(&p->eviction));
    v.flags = p->eviction.before ? VALUE_BOUND : v.u && p->eviction.least ? VALUE_LEAST : 0;
    bool told = p->eviction.begun && !p->eviction.unseen;
    return p->begun && (v.u || told) ? aged(object, v) : value_unknown(0);
}

struct value calc_consumer_evicted_ago(const struct model *model, const struct object *object) {
    (void)model;
    const struct progress *p = &consumer_of(object)->progress;
    int64_t last = p->eviction.last_ns;
    if (!p->begun || !eviction_total(&p->eviction) || last == TIME_UNSET || p->seen_ns - last < JUST_NOW ||
        p->eviction.goes_on)
        return value_unknown(0);
    struct value ago = value_span(p->seen_ns - last);
    ago.flags |= eviction_may_last(&p->eviction) ? VALUE_BOUND : 0;
    return aged(object, ago);
}

struct value calc_consumer_evicted_when(const struct model *model, const struct object *object) {
    const struct eviction *e = &consumer_of(object)->progress.eviction;
    struct value ago = calc_consumer_evicted_ago(model, object);
    char span[TIME_TEXT_SIZE], when[TIME_TEXT_SIZE + 20];
    if (eviction_total(e) && e->last_ns == TIME_UNSET)
        return aged(object, value_text("before we watched"));
    if (ago.type != VALUE_SPAN)
        return value_unknown(0);
    span_format(span, ago.i);
    snprintf(when, sizeof when, "the last %s%s ago", eviction_may_last(e) ? "≤" : "", span);
    return aged(object, value_text(model_say(model, when)));
}

struct value calc_consumer_evicted_ahead(const struct model *model, const struct object *object) {
    (void)model;
    const struct progress *p = &consumer_of(object)->progress;
    return p->begun ? aged(object, value_bool(p->eviction.ahead)) : value_unknown(0);
}

struct value calc_consumer_evicting(const struct model *model, const struct object *object) {
    (void)model;
    const struct progress *p = &consumer_of(object)->progress;
    return p->begun ? aged(object, value_bool(p->eviction.lasts)) : value_unknown(0);
}

/* ---- what it is doing ---- */

/* That nobody leads it is our word of now. */
struct value calc_consumer_state(const struct model *model, const struct object *object) {
    int state = standing_of(model, object);
    if (object->freshness == FRESH_GONE)
        return value_text("deleted");
    struct value v = value_text(standing_name(state));
    return standing_is_ours(state) ? v : aged(object, v);
}

struct value calc_consumer_why(const struct model *model, const struct object *object) {
    if (object->freshness == FRESH_GONE)
        return value_text(asset_last_seen(model, object));
    struct value v = value_text(standing_why(model, object));
    return standing_is_ours(standing_of(model, object)) ? v : aged(object, v);
}

struct value calc_consumer_cause(const struct model *model, const struct object *object) {
    return standing_is_stuck(standing_of(model, object)) ? calc_consumer_why(model, object)
                                                         : value_unknown(0);
}

struct value calc_consumer_state_since(const struct model *model, const struct object *object) {
    int64_t since = standing_since(model, object);
    return since == TIME_UNSET ? value_unknown(0) : value_time(since);
}
