/* What one server says of the stream ORDERS or of its consumer C: rows built by hand, second by second. */
#ifndef TESTS_MODEL_SAYS_H
#define TESTS_MODEL_SAYS_H

#include "tests/model_three.h"

struct says {
    int leader; /* position, -1 nobody */
    uint64_t seq;
    double active;  /* of its two replicas, seconds; < 0: it lists none */
    double since;   /* the second it became leader; 0 not told */
    double created; /* the second; 0 not told */
    bool never;     /* no replica was ever heard */
};

static inline void add_replicas(struct sample *s, const char *of_consumer, int node,
                                const struct says *says) {
    for (int i = 0; i < 3 && says->active >= 0; i++) {
        if (i == node)
            continue;
        add_replica(s, names[i], !says->never, false, says->never ? 0 : says->active);
        struct row *row = (struct row *)(uintptr_t)s->rows[s->count - 1];
        put_text(s, row, F_REPLICA_consumer, of_consumer);
        if (node != says->leader)
            for (int f = F_REPLICA_current; f <= F_REPLICA_lag; f++)
                row_drop(row, (enum field)f);
    }
}

static inline void put_since(struct row *row, enum field f, double second) {
    if (second != 0)
        put_i(row, f, NIGHT_UTC + ns(second));
}

static inline void stream_in(struct sample *s, int node, struct says says) {
    add_stream(s, node, says.leader, says.seq);
    struct row *row = (struct row *)(uintptr_t)s->rows[s->count - 1];
    if (node == says.leader) {
        put_u(row, F_STREAM_first_seq, 1);
        put_since(row, F_STREAM_leader_since, says.since);
    }
    put_since(row, F_STREAM_created, says.created);
    add_replicas(s, NULL, node, &says);
}

static inline void consumer_in(struct sample *s, int node, struct says says) {
    add_consumer(s, "C", node, says.leader, 1000 - says.seq % 1000, says.seq);
    struct row *row = (struct row *)(uintptr_t)s->rows[s->count - 1];
    if (node == says.leader) {
        put_u(row, F_CONSUMER_delivered_stream_seq, says.seq);
        put_u(row, F_CONSUMER_delivered_consumer_seq, says.seq);
        put_since(row, F_CONSUMER_leader_since, says.since);
        put_since(row, F_CONSUMER_created, says.created);
    }
    add_replicas(s, "C", node, &says);
}

static inline void say_stream(struct night *n, int node, struct says says) {
    struct sample *s = jsz(n, node);
    stream_in(s, node, says);
    send(n, s);
}

static inline void say_consumer(struct night *n, int node, struct says says) {
    struct sample *s = jsz(n, node);
    consumer_in(s, node, says);
    send(n, s);
}

static inline const struct object *c(const struct night *n) {
    return consumer(n, "C");
}

static inline const char *why(const struct night *n) {
    return text_value(n, stream(n), Q_STREAM_leader_why);
}

static inline const char *led(const struct night *n) {
    return text_value(n, stream(n), Q_STREAM_leadership);
}

static inline double last_seq(const struct night *n) {
    return number_value(n, stream(n), Q_STREAM_last_seq);
}

#endif
