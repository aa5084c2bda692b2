#include "model/eviction.h"

#include <string.h>

#include "base/clock.h"
#include "model/asset.h"
#include "model/lag.h"
#include "model/state.h"
#include "model/stream.h"

#define NEWS      (600 * NS_PER_S)
#define FORGOTTEN (3600 * NS_PER_S) /* once the consumer has got past it */

/* What both rows say now. */
struct view {
    const struct row *consumer, *stream;
    uint64_t place, floor, pending, ack_pending, deliveries;
    uint64_t gone, last, messages;
    bool filters, placed; /* where it is was told */
    bool begins;          /* nothing is known of before */
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

/* Its numbers are all told, and what goes is not replaced by a newer message of the same subject. */
static bool look(struct view *v, const struct row *consumer, const struct row *stream) {
    *v = (struct view){.consumer = consumer, .stream = stream};
    uint64_t first = row_u64(stream, F_STREAM_first_seq, 0);
    v->placed = row_has(consumer, F_CONSUMER_delivered_stream_seq);
    bool limits = strcmp(row_text(stream, F_STREAM_retention), "limits") == 0;
    if (!first || !row_has(consumer, F_CONSUMER_config) || !backlog_floor(consumer, &v->floor) ||
        !row_has(consumer, F_CONSUMER_pending) || !row_has(consumer, F_CONSUMER_delivered_consumer_seq) ||
        row_i64(stream, F_STREAM_max_msgs_per_subject, -1) > 0 || !row_has(stream, F_STREAM_retention) ||
        !(limits || v->placed))
        return false;
    v->place = most(row_u64(consumer, F_CONSUMER_delivered_stream_seq, 0), v->floor);
    v->pending = row_u64(consumer, F_CONSUMER_pending, 0);
    v->ack_pending = limits ? row_u64(consumer, F_CONSUMER_ack_pending, 0) : 0;
    v->deliveries = row_u64(consumer, F_CONSUMER_delivered_consumer_seq, 0);
    v->gone = first - 1;
    v->last = row_u64(stream, F_STREAM_last_seq, 0);
    v->messages = row_u64(stream, F_STREAM_messages, 0);
    v->filters = backlog_is_filtered(consumer);
    return true;
}

/* ---- what an administrator took ---- */

/* All at once, though the newest was not old enough: no limit of number takes the last one. */
static bool is_emptied(const struct eviction *e, const struct view *v, const struct stamp *at) {
    int64_t last_ts = row_i64(v->stream, F_STREAM_last_ts, TIME_UNSET);
    int64_t max_age = row_i64(v->stream, F_STREAM_max_age, 1);
    bool young = max_age <= 0 || (last_ts != TIME_UNSET && row_has(v->stream, F_STREAM_max_age) &&
                                  at->now_ns - last_ts < max_age - NS_PER_S);
    return e->stream_messages && !v->messages && young;
}

/* A mirror has the sequences of its origin, so it may begin anywhere, and a consumer made before does not
 * know where. */
static bool may_begin_anywhere(const struct view *v, const struct object *stream) {
    return !v->place && ((const struct stream *)stream->extra)->copying.mirror;
}

static bool is_purged(const struct eviction *e, const struct view *v, const struct stamp *at) {
    if (!stream_has_limits(v->stream)) /* else who took them is somebody */
        return true;
    bool carried = v->deliveries == e->deliveries && v->floor > e->floor && v->floor == v->gone;
    return e->known && (carried || is_emptied(e, v, at));
}

/* ---- what is lost ---- */

/* Of those that it had not reached at its row before, it has got one for each delivery at most. */
static uint64_t passed_over(const struct eviction *e, const struct view *v) {
    uint64_t lost = above(v->gone, most(v->place, e->gone_to));
    if (e->known && v->placed && v->deliveries >= e->deliveries)
        lost = most(lost, above(above(v->gone, most(e->place, e->gone_to)), v->deliveries - e->deliveries));
    bool gaps = e->known && e->stream_messages && e->stream_messages <= above(e->stream_last, e->gone_to);
    if (gaps && e->stream_messages < e->stream_last - e->gone_to)
        lost = least(lost, above(e->pending + above(v->last, e->stream_last), v->pending));
    return lost;
}

/* At most all of those that are still in the stream and delivered are waiting for their acknowledgement. */
static uint64_t unacked_gone(struct eviction *e, const struct view *v) {
    uint64_t left = v->place > v->gone ? v->place - v->gone : 0, lost = 0;
    if (!v->filters && v->ack_pending && v->gone > v->floor) {
        lost = above(v->ack_pending, left);
        lost += !lost && row_i64(v->consumer, F_CONSUMER_max_deliver, -1) <= 0;
    }
    uint64_t more = above(lost, e->unacked);
    e->unacked = v->ack_pending ? most(e->unacked, lost) : 0;
    return more;
}

static void begin_count(struct eviction *e) {
    e->marked = e->skipped = 0;
    e->stride = 1;
}

/* Half of them, each second one, and twice as far apart from now on. */
static void spread(struct eviction *e) {
    for (unsigned i = 0; i < EVICTION_MARKS / 2; i++)
        e->marks[i] = e->marks[2 * i];
    e->marked = EVICTION_MARKS / 2;
    e->stride *= 2;
}

static void mark(struct eviction *e, const struct view *v, uint64_t serial) {
    if (e->marked && ++e->skipped < e->stride)
        return;
    e->skipped = 0;
    if (e->marked == EVICTION_MARKS)
        spread(e);
    e->marks[e->marked++] =
        (struct eviction_mark){.came = v->pending + v->deliveries, .counted = e->counted, .serial = serial};
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

/* A fall that no delivery explains, and what was pending when no room for it is left. */
static uint64_t out_of_pending(struct eviction *e, const struct view *v, uint64_t serial) {
    uint64_t lost = 0;
    if (!e->known || v->deliveries < e->deliveries)
        begin_count(e);
    else if (v->gone > e->place)
        lost = above(e->pending + e->deliveries, v->pending + v->deliveries);
    e->counted += lost;
    for (unsigned i = 0; i < e->marked; i++) {
        struct eviction_mark *m = &e->marks[i];
        if (!m->last && m->serial != serial) /* told after that row, so nothing of it is behind this */
            m->last = v->last;
        uint64_t more = gone_since(e, m, v);
        e->counted += more;
        lost += more;
    }
    drop_marks(e, v);
    mark(e, v, serial);
    return lost;
}

static void conclude(struct eviction *e, const struct view *v, int64_t moment) {
    bool past = v->place >= e->lost_to, lags = v->pending || v->ack_pending;
    bool old = e->last_ns == TIME_UNSET || moment - e->last_ns > FORGOTTEN;
    if (past)
        e->before = 0;
    if (past && old)
        e->messages = 0;
    bool any = eviction_total(e) > 0;
    bool news = e->last_ns != TIME_UNSET && moment - e->last_ns < NEWS;
    e->lasts = any && (news || (lags && v->floor < e->lost_to));
    e->ahead = any && !past;
}

static void remember(struct eviction *e, const struct view *v) {
    e->begun = e->known = true;
    e->place = v->place, e->floor = v->floor;
    e->pending = v->pending, e->deliveries = v->deliveries;
    e->stream_messages = v->messages, e->stream_last = v->last;
    e->gone_to = v->gone;
}

static bool same_filter(const struct object *consumer) {
    const struct row *now = consumer->now, *before = consumer->before;
    return before && text_same(consumer->now_at.server_id, consumer->before_at.server_id) &&
           strcmp(row_text(now, F_CONSUMER_filter_subject), row_text(before, F_CONSUMER_filter_subject)) ==
               0 &&
           row_u64(now, F_CONSUMER_filter_subjects, 0) == row_u64(before, F_CONSUMER_filter_subjects, 0);
}

/* What a newer row of the stream no longer has may have been processed since this row of the consumer. */
static bool is_newer(const struct object *stream, const struct object *consumer,
                     const struct arrivals *arrivals, int64_t moment) {
    return stream->now_at.serial != consumer->now_at.serial &&
           (!arrivals->count || arrivals->points[arrivals->count - 1].looked_ns > moment);
}

void eviction_put(struct eviction *e, const struct object *consumer, const struct object *stream,
                  const struct arrivals *arrivals, int64_t moment, bool first) {
    struct view v;
    if (first)
        *e = (struct eviction){.last_ns = TIME_UNSET};
    e->known &= same_filter(consumer);
    if (stream && stream->now)
        e->unseen = row_i64(stream->now, F_STREAM_max_msgs_per_subject, -1) > 0;
    if (stream && stream->now && !row_u64(stream->now, F_STREAM_first_seq, 1))
        conclude(e, &(struct view){.last = 0}, moment); /* nothing is there, and nothing to lose */
    if (!stream || !stream->now || is_newer(stream, consumer, arrivals, moment) ||
        !look(&v, consumer->now, stream->now))
        return;
    v.begins = !e->begun;
    e->filters = v.filters;
    uint64_t lost = 0, serial = stream->now_at.serial;
    if (is_purged(e, &v, &stream->now_at) || may_begin_anywhere(&v, stream))
        begin_count(e);
    else
        lost = v.filters ? out_of_pending(e, &v, serial) : passed_over(e, &v) + unacked_gone(e, &v);
    if (lost) {
        *(e->known ? &e->messages : &e->before) += lost;
        e->lost_to = v.gone;
        e->last_ns = e->known ? moment : e->last_ns;
    }
    conclude(e, &v, moment);
    remember(e, &v);
}

void eviction_add(struct eviction *e, uint64_t messages, int64_t moment) {
    if (!messages)
        return;
    e->messages += messages;
    e->last_ns = moment;
    e->lost_to = 0;
    e->lasts = true;
}
