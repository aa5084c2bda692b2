#include "model/loss.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/calc.h"

#define FULL         0.99  /* of a limit: what comes takes the place of what goes */
#define LOOK_AHEAD   86400 /* seconds: what is further away is no risk yet */
#define SOON         3600
#define WAITED_TWICE 2   /* has waited for twice as long as is left */
#define STUCK_SOON   600 /* seconds: soon enough for what nobody works on, however short it has waited */
#define UNSURE_ROWS  3   /* that agree, where how long the oldest has waited is but a bound */
#define CALM_ROWS    2

static const char *const names[] = {
    [LOSS_UNKNOWN] = "unknown", [LOSS_NO] = "no", [LOSS_AT_RISK] = "at_risk", [LOSS_LOSING] = "losing"};
static const char *const limit_names[] = {"max_msgs", "max_bytes", "max_age"};

const char *loss_name(enum loss_state state) {
    return names[state];
}

static bool is_text(const struct row *row, enum field f, const char *text) {
    return strcmp(row_text(row, f), text) == 0;
}

/* ---- what the limits of a stream will do ---- */

static double full_s(const struct object *object, enum field used_by, enum field limit, int growth) {
    const struct stream *stream = object->extra;
    double most = (double)row_i64(object->now, limit, -1), used, per_s;
    if (most <= 0 || !row_number(object->now, used_by, &used))
        return INFINITY;
    if (used >= FULL * most)
        return 0;
    return growth_is_up(&stream->growth, growth, &per_s) ? (most - used) / per_s : INFINITY;
}

static struct prospect prospect_of(const struct object *object) {
    const struct stream *stream = object->extra;
    const struct row *row = object->now;
    struct prospect p = {.known = row_has(row, F_STREAM_retention) && row_has(row, F_STREAM_first_seq) &&
                                  row_has(row, F_STREAM_last_seq)};
    int64_t max_age = row_i64(row, F_STREAM_max_age, 0);
    uint64_t first = row_u64(row, F_STREAM_first_seq, 0), last = row_u64(row, F_STREAM_last_seq, 0);
    bool sealed = row_u64(row, F_STREAM_sealed, 0);
    p.max_age_s = max_age > 0 && !sealed ? (double)max_age / (double)NS_PER_S : INFINITY;
    p.full_s[LOSS_BY_MSGS] = full_s(object, F_STREAM_messages, F_STREAM_max_msgs, GROWTH_MESSAGES);
    p.full_s[LOSS_BY_BYTES] = full_s(object, F_STREAM_bytes, F_STREAM_max_bytes, GROWTH_BYTES);
    if (!growth_per_s(&stream->growth, GROWTH_LAST_SEQ, &p.in_per_s))
        p.in_per_s = 0;
    p.density = last >= first ? (double)row_u64(row, F_STREAM_messages, 0) / ((double)(last - first) + 1) : 1;
    p.density = p.density > 1 ? 1 : p.density;
    p.drops_old = is_text(row, F_STREAM_discard, "old") && !sealed;
    return p;
}

/* ---- one consumer ---- */

struct backlog {
    const struct object *consumer, *stream;
    uint64_t oldest; /* sequence */
    double lag, age_s;
};

/* Seconds; NAN unknown. Of a bound it is the bound: nothing is lost sooner than that says. */
static double age_of(const struct object *object) {
    const struct behind *behind = &((const struct consumer *)object->extra)->behind;
    return behind->known ? (double)behind->ns / (double)NS_PER_S : NAN;
}

static double lost_s(const struct backlog *b, const struct prospect *p, int *by) {
    double soonest = INFINITY;
    uint64_t first = row_u64(b->stream->now, F_STREAM_first_seq, 0);
    double ahead = (double)(b->oldest - first) * p->density;
    if (isfinite(p->max_age_s) && !isnan(b->age_s)) {
        soonest = p->max_age_s > b->age_s ? p->max_age_s - b->age_s : 0;
        *by = LOSS_BY_AGE;
    }
    for (int limit = LOSS_BY_MSGS; limit <= LOSS_BY_BYTES && p->drops_old && p->in_per_s > 0; limit++) {
        double s = p->full_s[limit] + ahead / p->in_per_s;
        if (s < soonest) {
            soonest = s;
            *by = limit;
        }
    }
    return soonest;
}

static bool will_be_done(const struct model *model, const struct backlog *b, double lost) {
    struct value drain = calc_consumer_drain(model, b->consumer);
    return drain.type == VALUE_SPAN && !(drain.flags & VALUE_NEVER) &&
           (double)drain.i < lost * (double)NS_PER_S;
}

static const struct progress *progress_of(const struct object *object) {
    return &((const struct consumer *)object->extra)->progress;
}

static bool is_at_risk(const struct model *model, const struct backlog *b, double lost) {
    if (!(lost <= LOOK_AHEAD) || will_be_done(model, b, lost))
        return false;
    if (isnan(b->age_s))
        return lost <= SOON;
    if (standing_is_stuck(standing_of(model, b->consumer)))
        return lost <= b->age_s || lost <= STUCK_SOON;
    return lost * WAITED_TWICE <= b->age_s;
}

static bool is_unsure(const struct object *object, int by) {
    const struct behind *behind = &((const struct consumer *)object->extra)->behind;
    return backlog_is_filtered(object->now) || (by == LOSS_BY_AGE && behind->flags & VALUE_BOUND);
}

/* Asked with each answer of any server: the consumer's rows count. */
static bool still_at_risk(const struct object *object, bool risk, int by) {
    struct risk *r = &((struct consumer *)object->extra)->risk;
    if (risk == r->said) {
        r->rows = 0;
        return r->said;
    }
    r->rows += r->serial != object->now_at.serial || !r->rows;
    r->serial = object->now_at.serial;
    unsigned needed = r->said ? CALM_ROWS : is_unsure(object, by) ? UNSURE_ROWS : 1;
    if (r->rows >= needed)
        *r = (struct risk){.said = risk};
    return r->said;
}

static enum loss_state judge(const struct model *model, const struct backlog *b, double lost, int by) {
    if (!(lost <= LOOK_AHEAD))
        ((struct consumer *)b->consumer->extra)->risk = (struct risk){.said = false};
    bool risk = still_at_risk(b->consumer, is_at_risk(model, b, lost), by);
    if (progress_of(b->consumer)->eviction.lasts)
        return LOSS_LOSING;
    return risk ? LOSS_AT_RISK : LOSS_NO;
}

static bool is_worse(const struct loss *loss, enum loss_state state, double lost, double lag) {
    if (!loss->consumer || state != loss->state)
        return !loss->consumer || state > loss->state;
    return lost != loss->lost_s ? lost < loss->lost_s : lag > loss->lag;
}

static bool counts(const struct row *row) {
    return !row_u64(row, F_CONSUMER_config, 0) || *row_text(row, F_CONSUMER_durable);
}

static void remember_gone(const struct model *model, struct loss *loss, const struct object *object) {
    const struct object *most = loss->gone ? model_object(model, loss->gone) : NULL;
    uint64_t gone = progress_of(object)->eviction.messages;
    if (gone && (!most || gone > progress_of(most)->eviction.messages))
        loss->gone = object->id;
}

/* Nothing of it is left that could be lost. */
static void weigh_done(struct loss *loss, const struct object *object) {
    ((struct consumer *)object->extra)->risk = (struct risk){.said = false};
    if (!counts(object->now) || !progress_of(object)->eviction.lasts ||
        !is_worse(loss, LOSS_LOSING, INFINITY, 0))
        return;
    loss->state = LOSS_LOSING;
    loss->consumer = object->id;
    loss->lost_s = INFINITY, loss->age_s = NAN, loss->lag = 0;
}

static void weigh(const struct model *model, const struct object *stream, const struct object *object) {
    struct loss *loss = &((struct stream *)stream->extra)->loss;
    struct consumer *consumer = object->extra;
    struct value lag = calc_consumer_lag(model, object);
    const struct row *row = object->now;
    consumer->weighed = true;
    consumer->lost_s = INFINITY;
    loss->consumers += counts(row);
    if (!loss->prospect.known || lag.type != VALUE_UINT || !row_has(row, F_CONSUMER_ack_floor_stream_seq)) {
        loss->blind |= counts(row);
        return;
    }
    if (counts(row))
        remember_gone(model, loss, object);
    if (!lag.u) {
        weigh_done(loss, object);
        return;
    }
    uint64_t floor = row_u64(row, F_CONSUMER_ack_floor_stream_seq, 0);
    uint64_t first = row_u64(stream->now, F_STREAM_first_seq, 0);
    struct backlog b = {object, stream, floor < first ? first : floor + 1, (double)lag.u, NAN};
    b.age_s = age_of(object);
    int by = 0;
    double lost = lost_s(&b, &loss->prospect, &by);
    enum loss_state state = judge(model, &b, lost, by);
    consumer->lost_s = lost;
    if (counts(row) && is_worse(loss, state, lost, b.lag)) {
        loss->state = state;
        loss->consumer = object->id;
        loss->lost_s = lost, loss->age_s = b.age_s, loss->lag = b.lag, loss->by = by;
    }
}

/* ---- in words ---- */

static void span_of(char out[TIME_TEXT_SIZE], double seconds) {
    span_format(out, (int64_t)(seconds * (double)NS_PER_S));
}

static size_t say_risk(const struct loss *loss, char *out, size_t size) {
    char age[TIME_TEXT_SIZE], limit[TIME_TEXT_SIZE], left[TIME_TEXT_SIZE];
    bool safe = loss->state == LOSS_NO;
    span_of(left, loss->lost_s);
    if (loss->by != LOSS_BY_AGE)
        return (size_t)snprintf(out, size, "%s takes its oldest unprocessed in %s", limit_names[loss->by],
                                left);
    span_of(age, loss->age_s);
    span_of(limit, loss->prospect.max_age_s);
    return (size_t)snprintf(out, size, "oldest unprocessed %s old, max_age %s: %s %s", age, limit,
                            safe ? "safe for" : "lost in", left);
}

static size_t say_gone(const struct object *consumer, bool named, char *out, size_t size) {
    char count[NUMBER_TEXT_SIZE], ago[TIME_TEXT_SIZE];
    const struct progress *p = progress_of(consumer);
    const char *name = row_text(consumer->now, F_CONSUMER_name);
    uint64_t n = p->eviction.messages;
    if (n < 10000)
        snprintf(count, sizeof count, "%d", (int)n);
    else
        number_format(count, (double)n, UNIT_MSGS);
    size_t len =
        (size_t)snprintf(out, size, "%s message%s%s%.80s %s never processed", count, n == 1 ? "" : "s",
                         named ? " of " : "", named ? name : "", n == 1 ? "was" : "were");
    if (p->eviction.last_ns == TIME_UNSET || len >= size)
        return len;
    span_format(ago, p->seen_ns > p->eviction.last_ns ? p->seen_ns - p->eviction.last_ns : 0);
    return len + (size_t)snprintf(out + len, size - len, ", the last %s ago", ago);
}

static bool starts_behind(const struct object *consumer, const struct object *stream) {
    uint64_t first = row_u64(stream->now, F_STREAM_first_seq, 0);
    uint64_t floor = row_u64(consumer->now, F_CONSUMER_ack_floor_stream_seq, 0);
    return !backlog_is_filtered(consumer->now) && first > floor && first - floor > 1;
}

static size_t say_losing(const struct object *consumer, const struct object *stream, char *out, size_t size) {
    if (!starts_behind(consumer, stream))
        return say_gone(consumer, false, out, size);
    return (size_t)snprintf(out, size, "processed up to %llu, and %llu is the first left",
                            (unsigned long long)row_u64(consumer->now, F_CONSUMER_ack_floor_stream_seq, 0),
                            (unsigned long long)row_u64(stream->now, F_STREAM_first_seq, 0));
}

static size_t say_worst(const struct model *model, const struct object *stream, char *out, size_t size) {
    const struct loss *loss = &((const struct stream *)stream->extra)->loss;
    const struct object *consumer = model_object(model, loss->consumer);
    char lag[NUMBER_TEXT_SIZE];
    const char *name = consumer ? row_text(consumer->now, F_CONSUMER_name) : "";
    if (consumer && loss->lag <= 0)
        return say_gone(consumer, true, out, size);
    number_format(lag, loss->lag, UNIT_MSGS);
    size_t len = (size_t)snprintf(out, size, "%.80s %s behind: ", name, lag);
    if (loss->state == LOSS_LOSING && consumer)
        return len + say_losing(consumer, stream, out + len, size - len);
    if (isinf(loss->lost_s))
        return len + (size_t)snprintf(out + len, size - len, "no limit takes what is unprocessed");
    return len + say_risk(loss, out + len, size - len);
}

/* It is no news any more, and yet not all was processed. */
static size_t say_done(const struct model *model, const struct loss *loss, char *out, size_t size) {
    const struct object *consumer = loss->gone ? model_object(model, loss->gone) : NULL;
    if (!loss->consumers || !consumer)
        return (size_t)snprintf(out, size, loss->consumers ? "all is processed" : "no durable consumer");
    size_t len = (size_t)snprintf(out, size, "nothing is left to process; ");
    return len + say_gone(consumer, true, out + len, size - len);
}

/* A stream that discards new messages loses none that it has: those who publish are told. */
static void say_refused(const struct object *stream, char *out, size_t size) {
    const struct prospect *p = &((const struct stream *)stream->extra)->loss.prospect;
    double full = p->full_s[0] < p->full_s[1] ? p->full_s[0] : p->full_s[1];
    char span[TIME_TEXT_SIZE];
    if (!is_text(stream->now, F_STREAM_discard, "new") || !(full < LOOK_AHEAD * 365.0))
        return;
    span_of(span, full);
    snprintf(out, size, full > 0 ? "; producers are refused in %s" : "; producers are refused", span);
}

static void conclude(const struct model *model, const struct object *object) {
    struct loss *loss = &((struct stream *)object->extra)->loss;
    size_t len, size = sizeof loss->why;
    if (loss->blind && loss->state < LOSS_AT_RISK)
        loss->state = LOSS_UNKNOWN;
    if (!loss->prospect.known)
        len = (size_t)snprintf(loss->why, size, "its configuration is not known yet");
    else if (loss->state == LOSS_UNKNOWN)
        len = (size_t)snprintf(loss->why, size, "not all of its consumers are known");
    else if (loss->consumer)
        len = say_worst(model, object, loss->why, size);
    else
        len = say_done(model, loss, loss->why, size);
    if (len < size && loss->state != LOSS_UNKNOWN)
        say_refused(object, loss->why + len, size - len);
}

static void begin(const struct object *object) {
    struct loss *loss = &((struct stream *)object->extra)->loss;
    *loss = (struct loss){.prospect = prospect_of(object)};
    loss->state = loss->prospect.known ? LOSS_NO : LOSS_UNKNOWN;
}

static struct stream *stream_to_weigh(const struct entry *entry, const struct object *cluster) {
    struct stream *stream = entry->object.extra;
    return !entry->dead && entry->object.parent == cluster && stream->told ? stream : NULL;
}

void losses_weigh(struct model *model, const struct object *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_STREAM); i++) {
        const struct entry *entry = kind_at(model, OBJECT_STREAM, i);
        if (stream_to_weigh(entry, cluster))
            begin(&entry->object);
    }
    for (size_t i = 0; i < kind_count(model, OBJECT_CONSUMER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_CONSUMER, i);
        const struct consumer *consumer = entry->object.extra;
        const struct entry *stream = consumer->stream ? entry_by_id(model, consumer->stream) : NULL;
        if (stream && stream_to_weigh(stream, cluster) && !entry->dead &&
            entry->object.freshness != FRESH_GONE)
            weigh(model, &stream->object, &entry->object);
    }
    for (size_t i = 0; i < kind_count(model, OBJECT_STREAM); i++) {
        const struct entry *entry = kind_at(model, OBJECT_STREAM, i);
        struct stream *stream = stream_to_weigh(entry, cluster);
        if (!stream)
            continue;
        conclude(model, &entry->object);
        stream->told = false;
    }
}
