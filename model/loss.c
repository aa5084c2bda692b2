#include "model/loss.h"

#include <math.h>
#include <string.h>

#include "model/calc.h"
#include "model/oldest.h"

#define FULL         0.99  /* of a limit: what comes takes the place of what goes */
#define LOOK_AHEAD   86400 /* seconds: what is further away is no risk yet */
#define SOON         3600
#define WAITED_TWICE 2   /* has waited for twice as long as is left */
#define STUCK_SOON   600 /* seconds: soon enough for what nobody works on, however short it has waited */
#define UNSURE_ROWS  3   /* that agree, where how long the oldest has waited is but a bound */
#define AT_ONCE      60  /* seconds: too soon to wait for more rows */
#define CALM_ROWS    2

static const char *const names[] = {[LOSS_UNKNOWN] = "unknown",
                                    [LOSS_NO] = "no",
                                    [LOSS_LOST] = "missed",
                                    [LOSS_AT_RISK] = "at_risk",
                                    [LOSS_LOSING] = "losing"};

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
    int64_t per_subject = row_i64(row, F_STREAM_max_msgs_per_subject, 0); /* whatever is discarded else */
    p.per_subject = per_subject > 0 && !sealed ? per_subject : 0;
    p.expires = row_u64(row, F_STREAM_allow_msg_ttl, 0) && !sealed;
    return p;
}

/* ---- one consumer ---- */

/* Seconds, for one that is at that place. */
static double lost_s(const struct object *stream, const struct place *at, const struct prospect *p, int *by) {
    double soonest = INFINITY;
    uint64_t first = row_u64(stream->now, F_STREAM_first_seq, 0);
    double ahead = (double)(at->seq - first) * p->density;
    if (isfinite(p->max_age_s) && !isnan(at->age_s)) {
        soonest = p->max_age_s > at->age_s ? p->max_age_s - at->age_s : 0;
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

static bool will_be_done(const struct model *model, const struct object *consumer, double lost) {
    struct value drain = calc_consumer_drain(model, consumer);
    return drain.type == VALUE_SPAN && !(drain.flags & VALUE_NEVER) &&
           (double)drain.i < lost * (double)NS_PER_S;
}

static const struct progress *progress_of(const struct object *object) {
    return &((const struct consumer *)object->extra)->progress;
}

static bool is_at_risk(const struct model *model, const struct object *consumer, double age_s, double lost) {
    if (!(lost <= LOOK_AHEAD) || will_be_done(model, consumer, lost))
        return false;
    if (isnan(age_s))
        return lost <= SOON;
    if (standing_is_stuck(standing_of(model, consumer)))
        return lost <= age_s || lost <= STUCK_SOON;
    return lost * WAITED_TWICE <= age_s;
}

/* Asked with each answer of any server: the consumer's rows count. */
static bool still_at_risk(const struct object *object, bool risk, bool sure) {
    struct risk *r = &((struct consumer *)object->extra)->risk;
    if (risk == r->said) {
        r->rows = 0;
        return r->said;
    }
    r->rows += r->serial != object->now_at.serial || !r->rows;
    r->serial = object->now_at.serial;
    unsigned needed = r->said ? CALM_ROWS : sure ? 1 : UNSURE_ROWS;
    if (r->rows >= needed)
        *r = (struct risk){.said = risk};
    return r->said;
}

/* It is at risk where it is even if its oldest is the latest that it can be. Where it is only if that is the
 * earliest, nothing is known, unless that came a moment ago. */
static void judge(const struct model *model, const struct object *consumer, const struct object *stream,
                  struct outlook *out) {
    const struct prospect *p = &((const struct stream *)stream->extra)->loss.prospect;
    const struct eviction *e = &progress_of(consumer)->eviction;
    struct oldest oldest = oldest_of(consumer, stream);
    int by;
    out->last_s = lost_s(stream, &oldest.to, p, &by);
    out->lost_s = lost_s(stream, &oldest.from, p, &out->by);
    out->age_s = oldest.from.age_s;
    out->bound = out->last_s > out->lost_s;
    out->guess = out->bound && oldest.from.seq == oldest.to.seq &&
                 ((const struct consumer *)consumer->extra)->behind.flags & VALUE_ESTIMATED;
    if (!(out->lost_s <= LOOK_AHEAD))
        ((struct consumer *)consumer->extra)->risk = (struct risk){.said = false};
    bool risk = is_at_risk(model, consumer, oldest.to.age_s, out->last_s);
    bool sure = (!out->bound && !backlog_is_filtered(consumer->now)) ||
                (standing_is_stuck(standing_of(model, consumer)) && out->last_s <= AT_ONCE);
    risk = still_at_risk(consumer, risk, sure);
    out->state = e->lasts ? LOSS_LOSING : risk ? LOSS_AT_RISK : eviction_total(e) ? LOSS_LOST : LOSS_NO;
    if (out->state == LOSS_NO && out->bound && !oldest.fresh &&
        is_at_risk(model, consumer, out->age_s, out->lost_s)) {
        out->state = LOSS_UNKNOWN;
        out->doubt = DOUBT_PLACE;
    }
}

/* Nothing of it is left that could be lost. */
static enum loss_state judge_done(const struct object *object) {
    const struct eviction *e = &progress_of(object)->eviction;
    ((struct consumer *)object->extra)->risk = (struct risk){.said = false};
    return e->lasts ? LOSS_LOSING : eviction_total(e) ? LOSS_LOST : LOSS_NO;
}

/* None that it could tell by. */
static void doubt(struct outlook *out, const struct prospect *p) {
    bool none = out->state == LOSS_NO || (out->state == LOSS_UNKNOWN && out->doubt == DOUBT_PLACE);
    if (!none || !(p->per_subject || p->expires))
        return;
    out->state = LOSS_UNKNOWN;
    out->doubt = p->per_subject ? DOUBT_SUBJECT : DOUBT_TTL;
}

static struct outlook look_out(const struct model *model, const struct object *stream,
                               const struct object *object) {
    const struct prospect *p = &((const struct stream *)stream->extra)->loss.prospect;
    struct outlook out = {.lost_s = INFINITY, .age_s = NAN};
    struct value lag = calc_consumer_lag(model, object);
    const struct row *row = object->now;
    if (!p->known || lag.type != VALUE_UINT || !row_has(row, F_CONSUMER_ack_floor_stream_seq))
        return out;
    uint64_t floor = row_u64(row, F_CONSUMER_ack_floor_stream_seq, 0);
    uint64_t first = row_u64(stream->now, F_STREAM_first_seq, 0);
    out.lag = lag.u;
    out.gone = eviction_total(&progress_of(object)->eviction);
    out.partial = backlog_is_filtered(row) && first > floor && first - floor > 1;
    if (!lag.u) {
        out.state = judge_done(object);
        doubt(&out, p);
        return out;
    }
    judge(model, object, stream, &out);
    doubt(&out, p);
    return out;
}

/* ---- all of a stream ---- */

static const int ranks[] = {
    [LOSS_NO] = 0, [LOSS_UNKNOWN] = 1, [LOSS_LOST] = 2, [LOSS_AT_RISK] = 3, [LOSS_LOSING] = 4};

static bool is_worse(const struct outlook *a, const struct outlook *b) {
    if (a->state != b->state)
        return ranks[a->state] > ranks[b->state];
    if (a->lost_s != b->lost_s)
        return a->lost_s < b->lost_s;
    return a->gone != b->gone ? a->gone > b->gone : a->lag > b->lag;
}

static bool counts(const struct row *row) {
    return !row_u64(row, F_CONSUMER_config, 0) || *row_text(row, F_CONSUMER_durable);
}

static void weigh(const struct model *model, const struct object *stream, const struct object *object) {
    struct loss *loss = &((struct stream *)stream->extra)->loss;
    struct outlook *outlook = &((struct consumer *)object->extra)->outlook;
    *outlook = look_out(model, stream, object);
    if (!counts(object->now))
        return;
    loss->consumers++;
    bool untold = outlook->state == LOSS_UNKNOWN && outlook->doubt == DOUBT_UNTOLD;
    loss->blind |= untold;
    loss->partial |= outlook->partial;
    if (untold || (outlook->state == LOSS_NO && !outlook->lag) ||
        (loss->consumer && !is_worse(outlook, &loss->worst)))
        return;
    loss->consumer = object->id;
    loss->worst = *outlook;
    loss->state = outlook->state;
}

static void conclude(const struct model *model, const struct object *object) {
    struct loss *loss = &((struct stream *)object->extra)->loss;
    if (loss->blind && loss->state == LOSS_NO)
        loss->state = LOSS_UNKNOWN;
    loss_say(model, object, loss->why, sizeof loss->why);
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
