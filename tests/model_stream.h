/* The stream of tests/model_three.h as its leader tells of it: what is in it and what limits it.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_STREAM_H
#define TESTS_MODEL_STREAM_H

#include "tests/model_three.h"

/* On top of add_stream(). */
struct told {
    uint64_t messages, bytes, first_seq, last_seq;
    double first_age; /* < 0: there is no message */
    int64_t max_msgs, max_bytes;
    double max_age;
    const char *retention, *discard;
};

static const struct told plain = {.messages = 1000,
                                  .bytes = 100000,
                                  .first_seq = 1,
                                  .last_seq = 1000,
                                  .first_age = 60,
                                  .max_msgs = -1,
                                  .max_bytes = -1,
                                  .max_age = 0,
                                  .retention = "limits",
                                  .discard = "old"};

static inline struct row *put_told(struct night *n, struct sample *s, const struct told *t) {
    add_stream(s, 0, 0, t->last_seq);
    struct row *row = row_of(s, ENTITY_STREAM);
    put_u(row, F_STREAM_messages, t->messages);
    put_u(row, F_STREAM_bytes, t->bytes);
    put_u(row, F_STREAM_first_seq, t->first_seq);
    if (t->first_age >= 0) {
        put_i(row, F_STREAM_first_ts, NIGHT_UTC + n->at - ns(t->first_age));
        put_i(row, F_STREAM_last_ts, NIGHT_UTC + n->at);
    }
    put_i(row, F_STREAM_max_msgs, t->max_msgs);
    put_i(row, F_STREAM_max_bytes, t->max_bytes);
    put_i(row, F_STREAM_max_age, ns(t->max_age));
    put_text(s, row, F_STREAM_retention, t->retention);
    put_text(s, row, F_STREAM_discard, t->discard);
    return row;
}

static inline void tell(struct night *n, const struct told *t) {
    struct sample *s = jsz(n, 0);
    put_told(n, s, t);
    send(n, s);
}

#endif
