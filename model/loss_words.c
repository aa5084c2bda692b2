#include "model/loss.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/calc.h"
#include "model/sentence.h"
#include "model/stream.h"

#define FORESEEN (365.0 * 86400) /* seconds */
#define LONGEST  (100 * FORESEEN)

static const char *const limit_names[] = {"max_msgs", "max_bytes", "max_age"};

static void span_of(char out[TIME_TEXT_SIZE], double seconds) {
    span_format(out, (int64_t)((seconds < LONGEST ? seconds : LONGEST) * (double)NS_PER_S));
}

static const struct loss *loss_of(const struct object *stream) {
    return &((const struct stream *)stream->extra)->loss;
}

static const struct outlook *outlook_of(const struct object *consumer) {
    return &((const struct consumer *)consumer->extra)->outlook;
}

/* As it goes now, what is left will not be done in time. Of one that keeps up its oldest is another one each
 * time. */
static bool will_be_lost(const struct model *model, const struct object *consumer,
                         const struct outlook *outlook) {
    const char *state = standing_name(standing_of(model, consumer));
    struct value drain = calc_consumer_drain(model, consumer);
    if (!state || strcmp(state, "keeping_up") == 0 || strcmp(state, "unknown") == 0)
        return false;
    return drain.type == VALUE_SPAN &&
           (drain.flags & VALUE_NEVER || (double)drain.i >= outlook->lost_s * (double)NS_PER_S);
}

static size_t say_risk(const struct model *model, const struct object *consumer,
                       const struct outlook *outlook, double max_age_s, char *out, size_t size) {
    char age[TIME_TEXT_SIZE], limit[TIME_TEXT_SIZE], left[TIME_TEXT_SIZE];
    bool safe = outlook->state == LOSS_NO;
    bool bound = outlook->bound && !outlook->guess;
    const char *most = bound ? "≤" : "", *least = bound && safe ? "≥" : "";
    const char *when = outlook->bound && !safe ? "within" : "in", *about = outlook->guess && safe ? "~" : "";
    span_of(left, safe ? outlook->lost_s : outlook->last_s);
    if (outlook->by != LOSS_BY_AGE)
        return (size_t)snprintf(out, size, "%s takes its oldest unprocessed %s %s%s%s",
                                limit_names[outlook->by], when, least, left, about);
    span_of(age, outlook->age_s);
    span_of(limit, max_age_s);
    if (safe && will_be_lost(model, consumer, outlook))
        return (size_t)snprintf(out, size,
                                "lost in %s%s%s at this rate: oldest unprocessed %s%s%s old, max_age %s",
                                least, left, about, most, age, outlook->guess ? "~" : "", limit);
    return (size_t)snprintf(out, size, "oldest unprocessed %s%s%s old, max_age %s: %s %s %s%s%s", most, age,
                            outlook->guess ? "~" : "", limit, safe ? "safe" : "lost", safe ? "for" : when,
                            least, left, about);
}

/* "500 messages of billing were never processed, the last 9m15s ago" */
static size_t say_gone(const struct object *consumer, bool named, char *out, size_t size) {
    char count[NUMBER_TEXT_SIZE], ago[TIME_TEXT_SIZE];
    const struct progress *p = &((const struct consumer *)consumer->extra)->progress;
    const struct eviction *e = &p->eviction;
    const char *name = row_text(consumer->now, F_CONSUMER_name);
    uint64_t n = eviction_total(e);
    sentence_count(count, n);
    size_t len = (size_t)snprintf(out, size, "%s%s message%s%s%.80s %s never processed",
                                  e->before  ? "≤"
                                  : e->least ? "≥"
                                             : "",
                                  count, n == 1 ? "" : "s", named ? " of " : "", named ? name : "",
                                  n == 1 ? "was" : "were");
    if (len >= size)
        return len;
    if (e->last_ns == TIME_UNSET)
        return len + (size_t)snprintf(out + len, size - len, ", gone before we watched");
    if (e->goes_on)
        return len + (size_t)snprintf(out + len, size - len, ", and it goes on");
    span_format(ago, p->seen_ns > e->last_ns ? p->seen_ns - e->last_ns : 0);
    return len + (size_t)snprintf(out + len, size - len, ", the last %s%s ago",
                                  eviction_may_last(e) ? "≤" : "", ago);
}

/* What is the earliest is known, and that would be a risk. */
static size_t say_place(const struct outlook *outlook, char *out, size_t size) {
    char left[TIME_TEXT_SIZE];
    span_of(left, outlook->lost_s);
    return (size_t)snprintf(out, size,
                            "%s may take its oldest unprocessed in %s: when that came is not known",
                            limit_names[outlook->by], left);
}

/* A bucket keeps the history of each key: that is what it is for. */
static size_t say_doubt(const struct object *stream, enum loss_doubt doubt, char *out, size_t size) {
    if (doubt == DOUBT_TTL)
        return (size_t)snprintf(out, size, "allow_msg_ttl lets messages expire unprocessed");
    long long most = loss_of(stream)->prospect.per_subject;
    bool bucket = strcmp(stream_kind(row_text(stream->now, F_STREAM_name)), "kv") == 0;
    return (size_t)snprintf(out, size,
                            bucket ? "newer values take the place of older ones, history is %lld"
                                   : "max_msgs_per_subject %lld may take what is unprocessed",
                            most);
}

static size_t say_outlook(const struct model *model, const struct object *consumer,
                          const struct outlook *outlook, const struct object *stream, char *out,
                          size_t size) {
    if (outlook->state == LOSS_UNKNOWN)
        return outlook->doubt == DOUBT_PLACE ? say_place(outlook, out, size)
                                             : say_doubt(stream, outlook->doubt, out, size);
    if (outlook->state == LOSS_LOSING || outlook->state == LOSS_LOST)
        return say_gone(consumer, false, out, size);
    if (!outlook->lag)
        return (size_t)snprintf(out, size,
                                outlook->partial ? "nothing is left to process" : "all is processed");
    double max_age_s = loss_of(stream)->prospect.max_age_s;
    if (isinf(outlook->lost_s) && isinf(max_age_s))
        return (size_t)snprintf(out, size, "no limit takes what is unprocessed");
    if (isinf(outlook->lost_s)) {
        char span[TIME_TEXT_SIZE];
        span_of(span, max_age_s);
        return (size_t)snprintf(out, size, "max_age %s, and how old its oldest is is not known yet", span);
    }
    return say_risk(model, consumer, outlook, max_age_s, out, size);
}

void loss_say_consumer(const struct model *model, const struct object *consumer, char *out, size_t size) {
    const struct outlook *outlook = outlook_of(consumer);
    uint64_t of = ((const struct consumer *)consumer->extra)->stream;
    const struct object *stream = of ? model_object(model, of) : NULL;
    if (stream && !loss_of(stream)->prospect.known)
        snprintf(out, size, "the configuration of its stream is not known yet");
    else if (!stream || (outlook->state == LOSS_UNKNOWN && outlook->doubt == DOUBT_UNTOLD))
        snprintf(out, size, "not enough is known of it");
    else
        say_outlook(model, consumer, outlook, stream, out, size);
}

/* ---- of a stream ---- */

static size_t say_worst(const struct model *model, const struct object *consumer, const struct object *stream,
                        char *out, size_t size) {
    char lag[NUMBER_TEXT_SIZE];
    const struct loss *loss = loss_of(stream);
    if (!loss->worst.lag)
        return loss->worst.state == LOSS_UNKNOWN ? say_doubt(stream, loss->worst.doubt, out, size)
                                                 : say_gone(consumer, true, out, size);
    sentence_count(lag, loss->worst.lag);
    size_t len =
        (size_t)snprintf(out, size, "%.80s %s behind: ", row_text(consumer->now, F_CONSUMER_name), lag);
    return len + say_outlook(model, consumer, &loss->worst, stream, out + len, size - len);
}

/* A stream that discards new messages loses none that it has: those who publish are told. */
static void say_refused(const struct object *stream, char *out, size_t size) {
    const struct prospect *p = &loss_of(stream)->prospect;
    double full = p->full_s[0] < p->full_s[1] ? p->full_s[0] : p->full_s[1];
    char span[TIME_TEXT_SIZE];
    if (strcmp(row_text(stream->now, F_STREAM_discard), "new") != 0 || !(full < FORESEEN))
        return;
    span_of(span, full);
    snprintf(out, size, full > 0 ? "; producers are refused in %s" : "; producers are refused", span);
}

void loss_say(const struct model *model, const struct object *stream, char *out, size_t size) {
    const struct loss *loss = loss_of(stream);
    const struct object *consumer = loss->consumer ? model_object(model, loss->consumer) : NULL;
    size_t len;
    if (!loss->prospect.known)
        len = (size_t)snprintf(out, size, "its configuration is not known yet");
    else if (loss->state == LOSS_UNKNOWN && !(consumer && loss->worst.state == LOSS_UNKNOWN))
        len = (size_t)snprintf(out, size, "not all of its consumers are known");
    else if (consumer)
        len = say_worst(model, consumer, stream, out, size);
    else
        len = (size_t)snprintf(out, size,
                               !loss->consumers ? "no durable consumer"
                               : loss->partial  ? "nothing is left to process"
                                                : "all is processed");
    if (len < size && loss->state != LOSS_UNKNOWN)
        say_refused(stream, out + len, size - len);
}
