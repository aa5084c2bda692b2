/* A stream and a consumer of it, told by a leader whose clock may be off, for the tests of lag and states.
 *
 * Header only, as tests/model_build.h is. What a test does not set has a value that means nothing wrong. */
#ifndef TESTS_MODEL_LAGGING_H
#define TESTS_MODEL_LAGGING_H

#include "tests/model_three.h"

#define NEVER (-1.0) /* of an instant: not told */

struct told_stream {
    uint64_t first, last;
    double first_at, last_at; /* seconds of the night */
    const char *retention;    /* NULL: limits */
    int64_t per_subject;
    uint64_t deleted;
    double created; /* NEVER: before the night */
    int leader;     /* its place among the servers */
    double max_age; /* seconds; 0: not told */
    bool unlimited; /* it has no limit, and says so */
    bool expires;   /* messages say how long they stay */
};

static inline struct told_stream told(uint64_t first, uint64_t last, double first_at, double last_at) {
    return (struct told_stream){.first = first, .last = last, .first_at = first_at, .last_at = last_at};
}

struct told_consumer {
    uint64_t pending, ack_pending, redelivered, waiting;
    uint64_t deliveries, delivered, floor; /* floor: of the stream's sequences */
    uint64_t floor_deliveries;             /* 0: not told */
    double last_delivered, last_ack;       /* seconds of the night */
    bool unconfigured, ephemeral, push, bound, paused;
    double ack_wait; /* 0: 30 s */
    int64_t max_ack_pending, max_deliver;
    const char *filter, *ack_policy, *deliver_policy;
    double created; /* NEVER: before the night */
    int leader;
};

static inline void put_at(struct row *row, enum field f, double second, double skew) {
    if (second >= 0 || second < -2)
        put_i(row, f, NIGHT_UTC + ns(second + skew));
}

static inline void tell_stream(struct sample *s, const struct told_stream *t, double skew) {
    add_stream(s, t->leader, t->leader, t->last);
    struct row *row = row_of(s, ENTITY_STREAM);
    put_u(row, F_STREAM_first_seq, t->first);
    put_u(row, F_STREAM_messages, t->last + 1 - t->first - t->deleted);
    put_u(row, F_STREAM_num_deleted, t->deleted);
    put_at(row, F_STREAM_first_ts, t->first_at, skew);
    put_at(row, F_STREAM_last_ts, t->last_at, skew);
    put_text(s, row, F_STREAM_retention, t->retention ? t->retention : "limits");
    put_i(row, F_STREAM_max_msgs_per_subject, t->per_subject ? t->per_subject : -1);
    put_i(row, F_STREAM_created, NIGHT_UTC + ns(t->created > 0 ? t->created : -86400));
    if (t->max_age > 0 || t->unlimited)
        put_i(row, F_STREAM_max_age, ns(t->max_age));
    if (t->expires)
        put_u(row, F_STREAM_allow_msg_ttl, 1);
    if (t->unlimited) {
        put_i(row, F_STREAM_max_msgs, -1);
        put_i(row, F_STREAM_max_bytes, -1);
    }
}

static inline void tell_consumer(struct sample *s, const struct told_consumer *t, double skew) {
    add_consumer(s, "C", t->leader, t->leader, t->pending, 0);
    struct row *row = row_of(s, ENTITY_CONSUMER);
    put_u(row, F_CONSUMER_ack_pending, t->ack_pending);
    put_u(row, F_CONSUMER_redelivered, t->redelivered);
    put_u(row, F_CONSUMER_waiting, t->waiting);
    put_u(row, F_CONSUMER_delivered_consumer_seq, t->deliveries);
    put_u(row, F_CONSUMER_delivered_stream_seq, t->delivered);
    if (t->floor_deliveries)
        put_u(row, F_CONSUMER_ack_floor_consumer_seq, t->floor_deliveries);
    else
        row_drop(row, F_CONSUMER_ack_floor_consumer_seq);
    put_u(row, F_CONSUMER_ack_floor_stream_seq, t->floor);
    put_at(row, F_CONSUMER_last_delivered, t->last_delivered, skew);
    put_at(row, F_CONSUMER_last_ack, t->last_ack, skew);
    put_i(row, F_CONSUMER_created, NIGHT_UTC + ns(t->created > 0 ? t->created : -86400));
    if (t->bound)
        put_u(row, F_CONSUMER_push_bound, 1);
    if (t->paused)
        put_u(row, F_CONSUMER_paused, 1);
    if (t->unconfigured)
        return;
    put_u(row, F_CONSUMER_config, 1);
    put_i(row, F_CONSUMER_ack_wait, ns(t->ack_wait > 0 ? t->ack_wait : 30));
    put_i(row, F_CONSUMER_max_ack_pending, t->max_ack_pending ? t->max_ack_pending : 1000);
    put_i(row, F_CONSUMER_max_deliver, t->max_deliver ? t->max_deliver : -1);
    put_text(s, row, F_CONSUMER_ack_policy, t->ack_policy ? t->ack_policy : "explicit");
    put_text(s, row, F_CONSUMER_deliver_policy, t->deliver_policy ? t->deliver_policy : "all");
    put_text(s, row, F_CONSUMER_filter_subject, t->filter);
    put_text(s, row, F_CONSUMER_deliver_subject, t->push ? "d" : NULL);
    put_text(s, row, F_CONSUMER_durable, t->ephemeral ? NULL : "C");
}

/* The answer of now of the one who leads both. */
static inline void tell(struct night *n, const struct told_stream *stream,
                        const struct told_consumer *consumer) {
    struct sample *s = jsz(n, stream->leader);
    tell_stream(s, stream, 0);
    tell_consumer(s, consumer, 0);
    send(n, s);
}

static inline double seconds(const struct night *n, enum quantity q) {
    return number_value(n, consumer(n, "C"), q) / 1e9;
}

#endif
