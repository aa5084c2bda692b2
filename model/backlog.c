#include "model/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "model/lag.h"
#include "model/value.h"

#define STEPS       32              /* of its age a point may be away from the next */
#define RATE_WINDOW (30 * NS_PER_S) /* that the rate of the newest messages is made of */
#define FORESEEN    (60 * NS_PER_S) /* and for which it is believed */
#define EXACT       NS_PER_S        /* what is off by no more is measured */
#define EXACT_PART  10              /* and what is off by no more than this part of it */
#define QUIET       8 /* so many times the usual time between two messages: they come in bursts */

static int64_t within(int64_t moment, int64_t from, int64_t to) {
    return moment > to ? to : moment < from ? from : moment;
}

/* /varz is small and quick, so it ties the server's clock to ours better than a large answer does; but no
 * answer was made before it was asked for, or after it came. */
int64_t moment_of(const struct object *server, const struct stamp *at) {
    const struct stamp *tie = &server->now_at;
    if (!server->seen_utc_ns)
        return at->mono_ns;
    return within(at->now_ns - tie->now_ns + tie->mono_ns, at->asked_mono_ns, at->mono_ns);
}

int64_t moment_then(int64_t moment, const struct stamp *at, int64_t then_ns) {
    if (then_ns == TIME_UNSET)
        return TIME_UNSET;
    return then_ns > at->now_ns ? moment : moment - (at->now_ns - then_ns);
}

/* ---- what came when ---- */

/* Another stream of its name, or a leader that never got those after `last`: they will come once more. */
static void forget_after(struct arrivals *a, uint64_t last, bool again) {
    while (a->count && (again || a->points[a->count - 1].seq > last))
        a->count--;
    a->first_known &= a->count > 0;
}

/* A point goes when those beside it tell nearly as much. */
static void thin(struct arrivals *a) {
    int64_t now = a->points[a->count - 1].looked_ns;
    unsigned kept = 1;
    for (unsigned i = 1; i < a->count; i++) {
        bool last = i + 1 == a->count;
        int64_t step = last ? 0 : a->points[i + 1].came_ns - a->points[kept - 1].came_ns;
        if (last || step > (now - a->points[i + 1].came_ns) / STEPS)
            a->points[kept++] = a->points[i];
    }
    if (kept == ARRIVALS_MAX) { /* older than a day: its beginning goes */
        memmove(a->points, a->points + kept / 8, (kept - kept / 8) * sizeof *a->points);
        kept -= kept / 8;
    }
    a->count = kept;
}

static void append(struct arrivals *a, struct arrival arrival) {
    if (a->points && a->count == ARRIVALS_MAX)
        thin(a);
    if (!a->points || a->count == a->cap) {
        a->cap = a->cap ? 2 * a->cap : 8;
        a->points = memory_grow(a->points, a->cap, sizeof *a->points);
    }
    a->points[a->count++] = arrival;
}

static void put_first(struct arrivals *a, const struct object *stream, int64_t moment) {
    uint64_t seq = row_u64(stream->now, F_STREAM_first_seq, 0);
    int64_t came = moment_then(moment, &stream->now_at, row_i64(stream->now, F_STREAM_first_ts, TIME_UNSET));
    if (!seq || came == TIME_UNSET) {
        a->first_known = false;
        return;
    }
    if (a->first_known && a->first_seq == seq)
        return;
    int64_t since = a->first_known && seq > a->first_seq ? a->first_came_ns : came;
    int64_t until = seq <= a->points[0].seq ? a->points[0].came_ns : moment;
    a->first_came_ns = within(came, since < until ? since : until, until);
    a->first_seq = seq;
    a->first_known = true;
}

void arrivals_put(struct arrivals *a, const struct object *stream, const struct object *server, bool again) {
    const struct row *row = stream->now;
    if (!row_has(row, F_STREAM_last_seq))
        return;
    uint64_t last = row_cell(row, F_STREAM_last_seq)->u;
    int64_t last_ts = row_i64(row, F_STREAM_last_ts, TIME_UNSET), moment = moment_of(server, &stream->now_at);
    if (last_ts != TIME_UNSET && last_ts > stream->now_at.now_ns) /* looked at after the answer was begun */
        moment = within(moment + (last_ts - stream->now_at.now_ns), moment, stream->now_at.mono_ns);
    forget_after(a, last, again);
    struct arrival *newest = a->count ? &a->points[a->count - 1] : NULL;
    int64_t came = moment_then(moment, &stream->now_at, last_ts);
    came = came == TIME_UNSET ? moment : came;
    if (newest && moment < newest->looked_ns)
        moment = newest->looked_ns;
    if (newest && last == newest->seq)
        newest->looked_ns = moment;
    else
        append(a, (struct arrival){last, newest ? within(came, newest->looked_ns, moment) : came, moment});
    put_first(a, stream, moment);
}

void arrivals_forget(struct arrivals *a) {
    forget_after(a, 0, true);
}

void arrivals_copy(struct arrivals *a) {
    struct arrival *points = a->points;
    a->points = memory_array(a->cap + 1, sizeof *points);
    if (a->count)
        memcpy(a->points, points, a->count * sizeof *points);
}

void arrivals_finish(struct arrivals *a) {
    free(a->points);
}

/* ---- and when that one did ---- */

static int64_t between(uint64_t seq, uint64_t from, int64_t from_ns, uint64_t to, int64_t to_ns) {
    double part = to > from ? (double)(seq - from) / (double)(to - from) : 1;
    return from_ns + (int64_t)(part * (double)(to_ns - from_ns));
}

static bool came_before_we_watched(const struct arrivals *a, uint64_t seq, struct behind *out) {
    const struct arrival *oldest = &a->points[0];
    out->least_ns = out->ns = oldest->came_ns;
    if (seq == oldest->seq)
        return true;
    if (!a->first_known || seq < a->first_seq || a->first_seq >= oldest->seq)
        return false;
    out->ns = between(seq, a->first_seq, a->first_came_ns, oldest->seq, oldest->came_ns);
    out->flags = seq == a->first_seq ? 0 : VALUE_ESTIMATED;
    if (!out->flags)
        out->least_ns = out->ns;
    return true;
}

/* No row of the stream has it yet: at the rate of those before. */
static void came_after_we_looked(const struct arrivals *a, uint64_t seq, int64_t moment, struct behind *out) {
    const struct arrival *newest = &a->points[a->count - 1], *from = newest;
    while (from > a->points && newest->looked_ns - from->looked_ns < RATE_WINDOW)
        from--;
    double took = (double)(newest->looked_ns - from->looked_ns), came = (double)(newest->seq - from->seq);
    bool foreseen = came > 0 && moment - newest->looked_ns < FORESEEN;
    double after = foreseen ? (double)(seq - newest->seq) * took / came : 0;
    double most = moment > newest->looked_ns ? (double)(moment - newest->looked_ns) : 0;
    out->ns = newest->looked_ns + (int64_t)(after < most ? after : most);
    out->flags = foreseen ? VALUE_ESTIMATED : VALUE_BOUND;
    out->least_ns = moment;
    out->in_sight = true;
}

/* Until the next one came: long when they come in bursts. */
static bool was_quiet(const struct arrivals *a, unsigned i) {
    const struct arrival *p = &a->points[i];
    if (!i)
        return false;
    int64_t took = p->looked_ns - a->points[i - 1].looked_ns, each = took / (int64_t)(p->seq - p[-1].seq + 1);
    int64_t quiet = p->looked_ns - p->came_ns;
    return quiet > took / 4 || quiet > QUIET * each + NS_PER_S / 10;
}

/* The rate before that point and behind it is about the same. */
static bool goes_on(const struct arrivals *a, unsigned i) {
    const struct arrival *p = &a->points[i];
    double before = (double)(p->seq - p[-1].seq) / (double)(p->looked_ns - p[-1].looked_ns + 1);
    double behind = (double)(p[1].seq - p->seq) / (double)(p[1].looked_ns - p->looked_ns + 1);
    return 4 * (before > behind ? before - behind : behind - before) <= before + behind;
}

/* So that what came between two points, the second of which is that one, did so evenly. */
static bool is_even(const struct arrivals *a, unsigned i) {
    bool first = i < 2, last = i + 1 == a->count;
    if ((first && last) || was_quiet(a, i - 1) || was_quiet(a, i))
        return false;
    return (first || goes_on(a, i - 1)) && (last || (goes_on(a, i) && !was_quiet(a, i + 1)));
}

/* It is not known better than from one moment to another. */
static bool is_guess(int64_t from, int64_t guess, int64_t to, int64_t moment) {
    int64_t off = guess - from > to - guess ? guess - from : to - guess;
    return off > EXACT && off > (moment - guess) / EXACT_PART;
}

/* The first point that has it; the one before has not. */
static unsigned point_of(const struct arrivals *a, uint64_t seq) {
    unsigned low = 0, high = a->count - 1; /* points[low].seq < seq <= points[high].seq */
    while (high - low > 1) {
        unsigned middle = (low + high) / 2;
        if (a->points[middle].seq < seq)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void came_while_we_watched(const struct arrivals *a, uint64_t seq, int64_t moment,
                                  struct behind *out) {
    unsigned high = point_of(a, seq);
    const struct arrival *to = &a->points[high], *from = to - 1;
    out->ns = between(seq, from->seq, from->looked_ns, to->seq, to->came_ns);
    out->least_ns = to->came_ns;
    out->in_sight = true;
    if (seq < to->seq && is_guess(from->looked_ns, out->ns, to->came_ns, moment) && !is_even(a, high))
        out->flags = VALUE_ESTIMATED;
}

/* out->ns becomes the moment at which it came, and least_ns the latest that this can be. */
static bool came(const struct arrivals *a, uint64_t seq, int64_t moment, struct behind *out) {
    if (!a->count)
        return false;
    if (seq <= a->points[0].seq)
        return came_before_we_watched(a, seq, out);
    if (seq > a->points[a->count - 1].seq)
        came_after_we_looked(a, seq, moment, out);
    else
        came_while_we_watched(a, seq, moment, out);
    return true;
}

/* None of that sequence or a later one came before. TIME_UNSET: not known. */
static int64_t came_since(const struct arrivals *a, uint64_t seq) {
    if (!a->count)
        return TIME_UNSET;
    if (seq < a->points[0].seq)
        return a->first_known && seq >= a->first_seq ? a->first_came_ns : TIME_UNSET;
    if (seq > a->points[a->count - 1].seq)
        return a->points[a->count - 1].looked_ns;
    unsigned i = seq > a->points[0].seq ? point_of(a, seq) : 0;
    return seq == a->points[i].seq ? a->points[i].came_ns : a->points[i - 1].looked_ns;
}

int64_t arrivals_came_by(const struct arrivals *a, uint64_t seq, int64_t moment) {
    struct behind out = {.least_ns = moment};
    came(a, seq, moment, &out);
    return out.least_ns;
}

uint64_t arrivals_least(const struct arrivals *a, int64_t moment) {
    unsigned i = a->count;
    while (i && a->points[i - 1].came_ns > moment)
        i--;
    return i ? a->points[i - 1].seq : 0;
}

uint64_t arrivals_most(const struct arrivals *a, int64_t moment) {
    unsigned i = a->count;
    while (i && a->points[i - 1].looked_ns >= moment)
        i--;
    return i < a->count ? a->points[i].seq : UINT64_MAX;
}

/* ---- of a consumer ---- */

bool backlog_is_filtered(const struct row *row) {
    return *row_text(row, F_CONSUMER_filter_subject) || row_u64(row, F_CONSUMER_filter_subjects, 0) ||
           strcmp(row_text(row, F_CONSUMER_deliver_policy), "last_per_subject") == 0;
}

bool backlog_goes_unseen(const struct row *stream) {
    return row_i64(stream, F_STREAM_max_msgs_per_subject, -1) > 0 ||
           row_u64(stream, F_STREAM_allow_msg_ttl, 0);
}

static bool is_configured(const struct row *consumer) {
    return row_u64(consumer, F_CONSUMER_config, 0) || row_has(consumer, F_CONSUMER_max_ack_pending);
}

/* Between the ack floor and what it waits for there may be messages that are not its own. What is not told
 * may be so. */
static bool has_holes(const struct row *consumer, const struct row *stream) {
    const char *retention = row_text(stream, F_STREAM_retention);
    return backlog_is_filtered(consumer) || !is_configured(consumer) ||
           (row_u64(stream, F_STREAM_num_deleted, 0) && (!*retention || strcmp(retention, "limits") == 0));
}

bool backlog_floor(const struct row *row, uint64_t *floor) {
    bool none = strcmp(row_text(row, F_CONSUMER_ack_policy), "none") == 0;
    enum field f = none ? F_CONSUMER_delivered_stream_seq : F_CONSUMER_ack_floor_stream_seq;
    *floor = row_u64(row, f, 0);
    return row_has(row, f);
}

/* Filtered: what was there at its row before is done with, so the oldest came since, and its own messages
 * tell at which rate. */
static bool is_fresh(const struct object *consumer, double lag, struct behind *out, int64_t moment) {
    const struct row *now = consumer->now, *before = consumer->before;
    double pending, ack_pending;
    if (!before || row_u64(now, F_CONSUMER_redelivered, 1) || row_u64(before, F_CONSUMER_redelivered, 1) ||
        !row_number(before, F_CONSUMER_pending, &pending) ||
        !row_number(before, F_CONSUMER_ack_pending, &ack_pending))
        return false;
    double done = (double)row_u64(now, F_CONSUMER_ack_floor_consumer_seq, 0) -
                  (double)row_u64(before, F_CONSUMER_ack_floor_consumer_seq, 0);
    double new = done + lag - pending - ack_pending;
    if (done < pending + ack_pending || new <= 0)
        return false;
    double window = (double)(consumer->now_at.now_ns - consumer->before_at.now_ns);
    out->ns = moment - (int64_t)(window * (lag < new ? lag / new : 1));
    out->flags = lag < new ? VALUE_ESTIMATED : VALUE_BOUND;
    out->in_sight = true;
    return true;
}

/* Filtered: by its own counts. What goes before its turn is not told apart. */
static bool is_counted(const struct intake *intake, const struct object *consumer,
                       const struct object *stream, int64_t moment, struct behind *out) {
    if (backlog_goes_unseen(stream->now))
        return false;
    struct intake_span span = intake_oldest(intake, consumer->now);
    if (span.to_ns != TIME_UNSET)
        out->least_ns = span.to_ns;
    if (span.from_ns == TIME_UNSET)
        return false;
    out->ns = span.guess_ns;
    out->in_sight = true;
    out->flags = is_guess(span.from_ns, span.guess_ns, span.to_ns, moment) ? VALUE_ESTIMATED : 0;
    return true;
}

/* What it reads is not told yet: guessed as if it were all, and nothing is proven by that. */
static bool would_have_come(const struct arrivals *arrivals, uint64_t seq, int64_t moment,
                            struct behind *out) {
    struct behind if_all = *out;
    if (!came(arrivals, seq, moment, &if_all))
        return false;
    out->ns = if_all.ns;
    out->flags = VALUE_ESTIMATED;
    return true;
}

/* false: not known. out->ns becomes the moment at which the oldest message came. */
static bool oldest(const struct arrivals *arrivals, const struct intake *intake,
                   const struct object *consumer, const struct object *stream, double lag, int64_t moment,
                   struct behind *out) {
    uint64_t floor, first = row_u64(stream->now, F_STREAM_first_seq, 0);
    if (!backlog_floor(consumer->now, &floor))
        return false;
    uint64_t seq = floor < first ? first : floor + 1;
    if (!has_holes(consumer->now, stream->now))
        return came(arrivals, seq, moment, out);
    bool counted = is_counted(intake, consumer, stream, moment, out);
    if (is_fresh(consumer, lag, out, moment) || counted)
        return true;
    if (!is_configured(consumer->now) && !backlog_is_filtered(consumer->now))
        return would_have_come(arrivals, seq, moment, out);
    out->ns = came_since(arrivals, seq);
    out->flags = VALUE_BOUND;
    return out->ns != TIME_UNSET;
}

/* Nothing in the stream is older than its first message, nor than its limit of age. TIME_UNSET: not known. */
static int64_t earliest_left(const struct arrivals *a, const struct object *stream, int64_t moment) {
    if (!stream || !stream->now)
        return TIME_UNSET;
    int64_t max_age = row_i64(stream->now, F_STREAM_max_age, 0);
    bool first = a->first_known && a->first_seq == row_u64(stream->now, F_STREAM_first_seq, 0);
    bool expires = max_age > 0 && !row_u64(stream->now, F_STREAM_sealed, 0);
    int64_t by_age = expires ? moment - max_age : TIME_UNSET;
    if (!first || (expires && by_age > a->first_came_ns))
        return by_age;
    return a->first_came_ns;
}

/* Moments become how long ago they were. Of what is not known there is none. */
static void turn_to_ages(struct behind *out, int64_t moment) {
    out->ns = out->known && moment > out->ns ? moment - out->ns : 0;
    out->least_ns = moment > out->least_ns ? moment - out->least_ns : 0;
    behind_at_least(out, out->least_ns);
}

void behind_at_least(struct behind *behind, int64_t ns) {
    if (behind->known && ns > behind->ns && behind->flags & VALUE_ESTIMATED)
        behind->ns = ns;
    behind->least_ns = ns > behind->least_ns ? ns : behind->least_ns;
    if (behind->known && (!behind->flags || behind->least_ns > behind->ns))
        behind->least_ns = behind->ns;
}

struct behind behind_of(const struct arrivals *arrivals, const struct intake *intake,
                        const struct object *consumer, const struct object *stream, int64_t moment,
                        int64_t zero_ns) {
    struct behind out = {.known = false, .least_ns = moment};
    double lag;
    if (!lag_of(consumer, &lag))
        return (struct behind){.known = false};
    if (lag == 0)
        return (struct behind){.known = true};
    out.known = stream && stream->now && oldest(arrivals, intake, consumer, stream, lag, moment, &out);
    if (zero_ns != TIME_UNSET && (!out.known || out.ns < zero_ns)) {
        out.flags = out.known && !out.flags ? VALUE_ESTIMATED : VALUE_BOUND;
        out.known = true;
        out.ns = zero_ns;
    }
    int64_t earliest = out.known ? earliest_left(arrivals, stream, moment) : TIME_UNSET;
    if (earliest != TIME_UNSET && out.ns < earliest)
        out.ns = earliest;
    turn_to_ages(&out, moment);
    return out;
}
