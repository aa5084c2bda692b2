/* What a stream and who reads it tell, poll by poll, and what is said of its messages. */
#ifndef TESTS_MODEL_LOSS_H
#define TESTS_MODEL_LOSS_H

#include "tests/model_stream.h"

struct reader {
    const char *name;
    uint64_t lag, floor;
    const char *filter; /* NULL: it takes all */
    bool ephemeral;
};

static inline void put_reader(struct sample *s, const struct reader *r, int node) {
    struct row *row = add_consumer(s, r->name, node, node, r->lag, r->floor);
    put_u(row, F_CONSUMER_ack_pending, 0);
    put_u(row, F_CONSUMER_waiting, 0);
    put_u(row, F_CONSUMER_ack_floor_stream_seq, r->floor);
    put_u(row, F_CONSUMER_config, 1);
    put_text(s, row, F_CONSUMER_durable, r->ephemeral ? NULL : r->name);
    put_text(s, row, F_CONSUMER_filter_subject, r->filter);
}

static inline void tell_read(struct night *n, const struct told *t, const struct reader *readers, int count) {
    struct sample *s = jsz(n, 0);
    put_told(n, s, t);
    for (int i = 0; i < count; i++)
        put_reader(s, &readers[i], 0);
    send(n, s);
}

static inline const char *loss(const struct night *n) {
    return text_value(n, stream(n), Q_STREAM_loss);
}
static inline const char *why(const struct night *n) {
    return text_value(n, stream(n), Q_STREAM_loss_why);
}
static inline double lost_in(const struct night *n, const char *name) {
    return number_value(n, consumer(n, name), Q_CONSUMER_lost_in) / 1e9;
}

#endif
