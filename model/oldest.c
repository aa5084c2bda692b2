#include "model/oldest.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "model/asset.h"
#include "model/value.h"

struct sight { /* what is needed of both rows */
    const struct row *consumer, *stream;
    const struct arrivals *arrivals;
    const struct progress *progress;
    const struct behind *behind;
    uint64_t floor, first, last;
    bool filters, unseen; /* unseen: what is left may be younger than its place */
};

static struct sight see(const struct object *consumer, const struct object *stream) {
    const struct consumer *c = consumer->extra;
    struct sight s = {.consumer = consumer->now,
                      .stream = stream->now,
                      .arrivals = &((const struct stream *)stream->extra)->arrivals,
                      .progress = &c->progress,
                      .behind = &c->behind};
    backlog_floor(s.consumer, &s.floor);
    s.first = row_u64(s.stream, F_STREAM_first_seq, 0);
    s.last = row_u64(s.stream, F_STREAM_last_seq, 0);
    s.filters = backlog_is_filtered(s.consumer);
    s.unseen = backlog_goes_unseen(s.stream);
    return s;
}

static double seconds(int64_t ns) {
    return ns > 0 ? (double)ns / (double)NS_PER_S : 0;
}

/* How many that come first may not be there any more, or be somebody else's. */
static uint64_t holes_of(const struct sight *s) {
    if (s->filters)
        return UINT64_MAX;
    bool limits = strcmp(row_text(s->stream, F_STREAM_retention), "limits") == 0;
    return s->floor < s->first || !limits ? 0 : row_u64(s->stream, F_STREAM_num_deleted, 0);
}

static struct place earliest(const struct sight *s, bool exact) {
    struct place from = {s->floor < s->first ? s->first : s->floor + 1, NAN};
    if (!s->behind->known)
        return from;
    from.age_s = seconds(s->behind->ns);
    uint64_t least = arrivals_least(s->arrivals, s->progress->seen_ns - s->behind->ns);
    if (!exact && least >= from.seq)
        from.seq = least + 1;
    return from;
}

static void no_later(struct place *to, uint64_t seq, double age_s) {
    to->seq = seq < to->seq ? seq : to->seq;
    to->age_s = age_s > to->age_s ? age_s : to->age_s;
}

/* What was owed then is still, unless it went with what its stream no longer has. */
static void since_it_was_owed(const struct sight *s, struct place *to) {
    const struct progress *p = s->progress;
    int64_t max_age = row_i64(s->stream, F_STREAM_max_age, 0);
    if (p->owed_ns == TIME_UNSET)
        return;
    uint64_t most = arrivals_most(s->arrivals, p->owed_ns);
    if (most >= s->first && (max_age <= 0 || p->seen_ns - p->owed_ns < max_age))
        no_later(to, most, seconds(p->seen_ns - p->owed_ns));
}

static void since_it_was_delivered(const struct sight *s, const struct object *consumer, struct place *to) {
    uint64_t delivered = row_u64(s->consumer, F_CONSUMER_delivered_stream_seq, 0);
    int64_t then = moment_then(s->progress->seen_ns, &consumer->now_at,
                               row_i64(s->consumer, F_CONSUMER_last_delivered, TIME_UNSET));
    if (row_u64(s->consumer, F_CONSUMER_ack_pending, 0) && delivered >= s->first && delivered)
        no_later(to, delivered, then == TIME_UNSET ? 0 : seconds(s->progress->seen_ns - then));
}

static struct place latest(const struct sight *s, const struct object *consumer, const struct place *from,
                           uint64_t holes) {
    struct place to = {s->last, 0};
    uint64_t pending = row_u64(s->consumer, F_CONSUMER_pending, 0);
    const struct arrivals *a = s->arrivals;
    bool all = a->count && a->points[a->count - 1].looked_ns >= s->progress->seen_ns; /* else more came */
    if (all && pending && pending <= s->last)
        no_later(&to, s->last - pending + 1, 0);
    if (holes <= s->last - (from->seq < s->last ? from->seq : s->last))
        no_later(&to, from->seq + holes, 0);
    if (!s->unseen) {
        since_it_was_owed(s, &to);
        since_it_was_delivered(s, consumer, &to);
    }
    to.seq = to.seq < from->seq ? from->seq : to.seq;
    no_later(&to, to.seq, seconds(s->progress->seen_ns - arrivals_came_by(a, to.seq, s->progress->seen_ns)));
    no_later(&to, to.seq, seconds(s->behind->least_ns));
    if (!(to.age_s <= from->age_s)) /* or both unknown */
        to.age_s = from->age_s;
    return to;
}

struct oldest oldest_of(const struct object *consumer, const struct object *stream) {
    struct sight s = see(consumer, stream);
    uint64_t holes = holes_of(&s);
    struct oldest o = {.from = earliest(&s, !holes), .fresh = s.progress->owed_fresh};
    o.to = o.from;
    if (holes || s.behind->flags)
        o.to = latest(&s, consumer, &o.from, holes);
    return o;
}
