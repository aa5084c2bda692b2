/* Subscriptions by hand, for the tests of the model about them. */
#ifndef TESTS_MODEL_SUBSCRIBED_H
#define TESTS_MODEL_SUBSCRIBED_H

#include "tests/model_closed.h"

struct sub {
    const char *sid, *subject, *queue;
    int64_t msgs;
};

static inline void put_sub(struct sample *s, uint64_t cid, const struct sub *sub) {
    struct row *row = sample_add(s, ENTITY_SUBSCRIPTION);
    put_u(row, F_SUBSCRIPTION_cid, cid);
    put_text(s, row, F_SUBSCRIPTION_sid, sub->sid);
    put_text(s, row, F_SUBSCRIPTION_subject, sub->subject);
    put_text(s, row, F_SUBSCRIPTION_queue, sub->queue);
    put_i(row, F_SUBSCRIPTION_msgs, sub->msgs);
}

#endif
