#include "model/eviction.h"

#include <string.h>

#include "base/clock.h"
#include "model/asset.h"
#include "model/lag.h"
#include "model/state.h"
#include "model/stream.h"

#define NEWS      (600 * NS_PER_S)
#define MISSING   4                 /* rows to the next evidence, for each from one moment to the next */
#define FORGOTTEN (3600 * NS_PER_S) /* once the consumer has got past it */

/* What both rows say now. */
struct view {
    const struct row *consumer, *stream;
    uint64_t serial; /* of the stream's row */
    uint64_t place, floor, pending, ack_pending, deliveries, redelivered;
    uint64_t gone, last, messages;
    bool filters, placed; /* where it is was told */
    bool mirrors;         /* the stream has the sequences of another */
    bool expires;         /* messages go when they say so, from anywhere in the stream */
    bool begins;          /* nothing is known of before */
    bool moved;           /* another server told the row before */
    bool behind;          /* it knows of fewer deliveries than were told */
};

static uint64_t most(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t above(uint64_t a, uint64_t b) {
    return a > b ? a - b : 0;
}

static bool is_told(const struct row *consumer, const struct row *stream) {
    return row_u64(stream, F_STREAM_first_seq, 0) && row_has(stream, F_STREAM_retention) &&
           row_has(consumer, F_CONSUMER_config) && row_has(consumer, F_CONSUMER_pending) &&
           row_has(consumer, F_CONSUMER_delivered_consumer_seq);
}

/* Its numbers are all told, and what goes is not replaced by a newer message of the same subject. */
static bool look(struct view *v, const struct row *consumer, const struct object *of) {
    const struct row *stream = of->now;
    *v = (struct view){.consumer = consumer, .stream = stream, .serial = of->now_at.serial};
    v->placed = row_has(consumer, F_CONSUMER_delivered_stream_seq);
    bool limits = strcmp(row_text(stream, F_STREAM_retention), "limits") == 0;
    if (!is_told(consumer, stream) || !backlog_floor(consumer, &v->floor) || !(limits || v->placed) ||
        row_i64(stream, F_STREAM_max_msgs_per_subject, -1) > 0)
        return false;
    v->place = most(row_u64(consumer, F_CONSUMER_delivered_stream_seq, 0), v->floor);
    v->pending = row_u64(consumer, F_CONSUMER_pending, 0);
    v->ack_pending = limits ? row_u64(consumer, F_CONSUMER_ack_pending, 0) : 0;
    v->deliveries = row_u64(consumer, F_CONSUMER_delivered_consumer_seq, 0);
    v->redelivered = row_u64(consumer, F_CONSUMER_redelivered, 0);
    v->gone = row_u64(stream, F_STREAM_first_seq, 0) - 1;
    v->last = row_u64(stream, F_STREAM_last_seq, 0);
    v->messages = row_u64(stream, F_STREAM_messages, 0);
    v->filters = backlog_is_filtered(consumer);
    v->expires = row_u64(stream, F_STREAM_allow_msg_ttl, 0);
    v->mirrors = ((const struct stream *)of->extra)->copying.mirror;
    return true;
}

/* ---- what an administrator took ---- */

/* All at once, though the newest was not old enough: no limit of number takes the last one, unless it says so
 * itself. */
static bool is_emptied(const struct eviction *e, const struct view *v, const struct stamp *at) {
    int64_t last_ts = row_i64(v->stream, F_STREAM_last_ts, TIME_UNSET);
    int64_t max_age = row_i64(v->stream, F_STREAM_max_age, 1);
    bool young = max_age <= 0 || (last_ts != TIME_UNSET && row_has(v->stream, F_STREAM_max_age) &&
                                  at->now_ns - last_ts < max_age - NS_PER_S);
    return e->stream_messages && !v->messages && young && !v->expires;
}

/* A mirror has the sequences of its origin, so it may begin anywhere, and a consumer made before does not
 * know where. */
static bool may_begin_anywhere(const struct view *v) {
    return !v->place && v->mirrors;
}

static bool is_purged(const struct eviction *e, const struct view *v, const struct stamp *at) {
    if (!stream_has_limits(v->stream) || (v->begins && v->expires)) /* else who took them is somebody */
        return true;
    bool carried = v->deliveries == e->deliveries && v->floor > e->floor && v->floor == v->gone;
    return e->known && (carried || is_emptied(e, v, at));
}

/* ---- what is lost ---- */

/* When we came, between it and the last message there were so many sequences more than messages. How many
 * more is known by the stream's next row. */
static void begin_holes(struct eviction *e, const struct view *v) {
    uint64_t reached = most(v->place, v->gone);
    e->holes = above(v->last, v->gone) - least(v->messages, above(v->last, v->gone));
    e->front = (struct eviction_mark){.came = reached + v->pending, .serial = e->holes ? v->serial : 0};
}

static uint64_t less_holes(struct eviction *e, const struct view *v, uint64_t passed) {
    if (e->front.serial && e->front.serial != v->serial) {
        uint64_t used = e->front.counted, most_in_front = above(v->last, e->front.came);
        e->holes = least(e->holes, above(most_in_front, used));
        e->front.serial = 0;
    }
    uint64_t used = least(passed, e->holes);
    e->front.counted += used;
    e->holes -= used;
    e->least |= used > 0;
    return passed - used;
}

/* Of those that it had not reached at its row before, it has got one for each delivery at most. Where it goes
 * without a delivery it was put there, and of a mirror the sequences that its origin lacks never came. */
static uint64_t passed_over(struct eviction *e, const struct view *v) {
    uint64_t lost = above(v->gone, most(v->place, e->reached));
    if (!e->known)
        return lost;
    uint64_t deliveries = v->deliveries - e->deliveries;
    bool goes = deliveries && !v->mirrors;
    uint64_t passed = v->placed ? above(most(goes ? v->place : 0, v->gone), e->reached) : 0;
    lost = most(lost, above(passed, deliveries));
    e->repeats |= v->redelivered || e->redelivered || (goes && deliveries > passed);
    e->least |= lost && (e->repeats || v->behind || v->mirrors);
    return less_holes(e, v, lost);
}

/* At most all of those that are still in the stream and delivered are waiting for their acknowledgement. */
static uint64_t unacked_gone(struct eviction *e, const struct view *v) {
    uint64_t left = v->place > v->gone ? v->place - v->gone : 0, lost = 0;
    if (!v->filters && v->ack_pending && v->gone > v->floor) {
        lost = above(v->ack_pending, left);
        lost += !lost && row_i64(v->consumer, F_CONSUMER_max_deliver, -1) <= 0;
    }
    uint64_t more = above(lost, e->unacked);
    e->least |= more && left;
    e->unacked = v->ack_pending ? most(e->unacked, lost) : 0;
    return more;
}

static void begin_count(struct eviction *e, const struct view *v) {
    e->marked = e->skipped = 0;
    e->stride = 1;
    e->base.serial = 0;
    begin_holes(e, v);
}

/* Half of them, each second one, and twice as far apart from now on. */
static void spread(struct eviction *e) {
    for (unsigned i = 0; i < EVICTION_MARKS / 2; i++)
        e->marks[i] = e->marks[2 * i];
    e->marked = EVICTION_MARKS / 2;
    e->stride *= 2;
}

static struct eviction_mark mark_of(const struct eviction *e, const struct view *v) {
    return (struct eviction_mark){
        .came = v->pending + v->deliveries, .counted = e->counted, .serial = v->serial};
}

static void mark(struct eviction *e, const struct view *v) {
    if (e->marked && ++e->skipped < e->stride)
        return;
    e->skipped = 0;
    if (e->marked == EVICTION_MARKS)
        spread(e);
    e->marks[e->marked++] = mark_of(e, v);
}

/* Of what had come by then, and was neither delivered nor can still be there. */
static uint64_t gone_since(const struct eviction *e, const struct eviction_mark *m, const struct view *v) {
    uint64_t left = above(m->last, v->gone), lost = above(m->came, v->deliveries);
    return m->last ? above(above(lost, left), e->counted - m->counted) : 0;
}

/* Nothing of what they tell of is left. */
static void drop_marks(struct eviction *e, const struct view *v) {
    unsigned gone = 0;
    while (gone < e->marked && e->marks[gone].last && e->marks[gone].last <= v->gone)
        gone++;
    e->marked -= gone;
    memmove(e->marks, e->marks + gone, e->marked * sizeof *e->marks);
    if (gone && e->marked < EVICTION_MARKS / 4 && e->stride > 1)
        e->stride /= 2;
}

/* Told after that row, so nothing that had come by then is behind this. */
static void close_mark(struct eviction_mark *m, const struct view *v) {
    if (!m->last && m->serial != v->serial)
        m->last = v->last;
}

/* A fall that no delivery explains. What a leader says that has just begun may not be all. */
static uint64_t fallen(const struct eviction *e, const struct view *v) {
    bool sure = e->known && !v->moved && !v->behind && !e->behind && (v->expires || v->gone > e->place);
    return sure ? above(e->pending + e->deliveries, v->pending + v->deliveries) : 0;
}

/* Each message that came is delivered, pending or gone. That the stream had it at an earlier row, and that it
 * is so at two rows in a row, is for those who are a little behind it. */
static uint64_t gone_since_base(struct eviction *e, const struct view *v) {
    struct eviction_mark *m = &e->base;
    close_mark(m, v);
    uint64_t here = v->pending + v->deliveries;
    if (!m->serial || v->last + m->came < e->base_last + here) { /* some came twice */
        *m = mark_of(e, v);
        e->base_last = v->last;
        e->above_base = 0;
        return 0;
    }
    uint64_t now = m->last ? above(e->stream_last + m->came, m->last + here) : 0;
    uint64_t both = least(now, e->above_base);
    e->above_base = now;
    return above(both, e->counted - m->counted);
}

static uint64_t count(struct eviction *e, uint64_t more) {
    e->counted += more;
    return more;
}

/* By what was pending, and what it would be. */
static uint64_t out_of_pending(struct eviction *e, const struct view *v) {
    if (!e->known)
        begin_count(e, v);
    uint64_t lost = count(e, fallen(e, v));
    for (unsigned i = 0; i < e->marked; i++) {
        close_mark(&e->marks[i], v);
        lost += count(e, gone_since(e, &e->marks[i], v));
    }
    if (!v->filters)
        lost += count(e, gone_since_base(e, v));
    drop_marks(e, v);
    mark(e, v);
    e->least |= lost > 0;
    return lost;
}

/* What shows now and then only, as moments before get out of reach, has gone on since while its stream goes
 * on to take messages. */
static bool goes_on(struct eviction *e, const struct view *v, bool lost) {
    e->quiet = lost ? 0 : e->quiet + 1;
    bool takes = v->gone > e->gone || e->stream_messages + above(v->last, e->stream_last) > v->messages;
    e->still = takes ? 0 : e->still + 1;
    return e->least && e->marked && v->pending && v->place < e->lost_to && e->still <= e->stride &&
           e->quiet <= MISSING * e->stride;
}

static void conclude(struct eviction *e, const struct view *v, bool lost, int64_t moment) {
    bool past = v->place >= e->lost_to, lags = v->pending || v->ack_pending;
    bool old = e->last_ns == TIME_UNSET || moment - e->last_ns > FORGOTTEN;
    if (v->place >= e->before_to)
        e->before = 0;
    if (past && old)
        e->messages = 0, e->least = false;
    bool any = eviction_total(e) > 0;
    bool news = e->last_ns != TIME_UNSET && moment - e->last_ns < NEWS;
    e->goes_on = goes_on(e, v, lost) && any;
    e->lasts = any && (news || e->goes_on || (lags && v->floor < e->lost_to));
    e->ahead = any && !past;
}

static void remember(struct eviction *e, const struct view *v) {
    e->begun = e->known = true;
    e->behind = v->behind;
    e->place = v->place, e->floor = v->floor;
    e->pending = v->pending, e->deliveries = v->deliveries, e->redelivered = v->redelivered;
    e->stream_messages = v->messages, e->stream_last = v->last, e->gone = v->gone;
    e->reached = most(e->reached, most(v->gone, v->place));
}

/* Of another filter, or of a stream that ends before the place where it began, nothing before counts. A new
 * leader may not have heard of all deliveries yet. */
static void compare(struct eviction *e, struct view *v, const struct object *consumer) {
    const struct text *server = consumer->now_at.server_id;
    const char *subject = row_text(consumer->now, F_CONSUMER_filter_subject);
    uint32_t by = server ? server->hash : 0;
    uint32_t filter = hash_bytes(subject, strlen(subject)) +
                      (uint32_t)row_u64(consumer->now, F_CONSUMER_filter_subjects, 0);
    v->begins = !e->begun;
    v->moved = e->server != by;
    bool fell = e->known && v->deliveries < e->deliveries;
    bool much = v->deliveries <= e->deliveries / 2, began_anew = v->last < e->gone;
    bool counts_anew = fell && (much || (!v->moved && !consumer->before));
    e->known &= filter == e->filter && !counts_anew && !began_anew;
    if (counts_anew || began_anew)
        e->reached = began_anew ? 0 : v->gone;
    v->behind = e->known && fell;
    v->deliveries = e->known ? most(v->deliveries, e->deliveries) : v->deliveries;
    e->server = by, e->filter = filter;
}

/* What a newer row of the stream no longer has may have been processed since this row of the consumer. */
static bool is_newer(const struct object *stream, const struct object *consumer,
                     const struct arrivals *arrivals, int64_t moment) {
    return stream->now_at.serial != consumer->now_at.serial &&
           (!arrivals->count || arrivals->points[arrivals->count - 1].looked_ns > moment);
}

static void note(struct eviction *e, const struct view *v, uint64_t lost, int64_t moment) {
    e->lost_to = v->expires ? v->last : v->gone;
    if (e->known) {
        e->messages += lost;
        e->last_ns = moment;
    } else {
        e->before += lost;
        e->before_to = v->gone;
    }
}

static uint64_t lost_by(struct eviction *e, const struct view *v, const struct object *stream) {
    if (is_purged(e, v, &stream->now_at) || may_begin_anywhere(v)) {
        begin_count(e, v);
        return 0;
    }
    if (v->filters || (v->expires && !v->begins))
        return out_of_pending(e, v);
    if (!e->known)
        begin_count(e, v);
    return passed_over(e, v) + unacked_gone(e, v);
}

void eviction_put(struct eviction *e, const struct object *consumer, const struct object *stream,
                  const struct arrivals *arrivals, int64_t moment, bool first) {
    struct view v;
    if (first)
        *e = (struct eviction){.last_ns = TIME_UNSET};
    if (stream && stream->now)
        e->unseen = backlog_goes_unseen(stream->now);
    if (stream && stream->now && !row_u64(stream->now, F_STREAM_first_seq, 1))
        conclude(e, &(struct view){.last = 0}, false, moment); /* nothing is there, and nothing to lose */
    if (!stream || !stream->now || is_newer(stream, consumer, arrivals, moment) ||
        !look(&v, consumer->now, stream))
        return;
    compare(e, &v, consumer);
    uint64_t lost = lost_by(e, &v, stream);
    if (lost)
        note(e, &v, lost, moment);
    conclude(e, &v, lost > 0, moment);
    remember(e, &v);
}

void eviction_add(struct eviction *e, uint64_t messages, int64_t moment) {
    if (!messages)
        return;
    e->known = false;
    e->reached = 0;
    e->messages += messages;
    e->last_ns = moment;
    e->lost_to = 0;
    e->lasts = true;
}
