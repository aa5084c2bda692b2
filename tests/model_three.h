/* Three servers n1, n2, n3 of one cluster with JetStream, and what each says of one stream and its consumers.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_THREE_H
#define TESTS_MODEL_THREE_H

#include "tests/model_build.h"

static const char *const names[] = {"n1", "n2", "n3"};
static const char *const ids[] = {"IDA", "IDB", "IDC"};

static inline void varz(struct night *n, int node) {
    send_varz(n, (uint64_t)node + 1, ids[node], names[node]);
}

static inline void send_restarted(struct night *n, int node, const char *id) {
    struct sample *s = build_varz(n, (uint64_t)node + 1, id, names[node]);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + n->at - ns(0.5));
    send(n, s);
}

static inline void begin_three_scaled(struct night *n, double hold_scale) {
    night_begin(n, 0, hold_scale);
    for (int i = 0; i < 3; i++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", i);
        send_target(n, (uint64_t)i + 1, url, "named", "polled", NULL, NULL);
        varz(n, i);
    }
}

static inline void begin_three(struct night *n) {
    begin_three_scaled(n, 1);
}

static inline void varz_until(struct night *n, double second, unsigned nodes) {
    while (n->at < ns(second)) {
        double next = floor((double)n->at / 1e9) + 1;
        night_until(n, next < second ? next : second);
        for (int i = 0; i < 3; i++) {
            if (nodes & 1u << i)
                varz(n, i);
        }
    }
}

static inline struct sample *jsz(struct night *n, int node) {
    return build(n, (uint64_t)node + 1, SHAPE_JSZ, ids[node]);
}

/* A row as the decoder hands it out: who does not lead says who does, and no more. leader -1: nobody. */
static inline void add_stream(struct sample *s, int node, int leader, uint64_t last_seq) {
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, "ORDERS");
    put_u(row, F_STREAM_clustered, 1);
    if (leader >= 0)
        put_text(s, row, F_STREAM_leader, names[leader]);
    if (node != leader)
        return;
    put_u(row, F_STREAM_last_seq, last_seq);
    put_u(row, F_STREAM_messages, last_seq);
}

static inline void add_replica(struct sample *s, const char *name, bool current, bool offline,
                               double active) {
    struct row *row = sample_add(s, ENTITY_REPLICA);
    put_text(s, row, F_REPLICA_account, "A");
    put_text(s, row, F_REPLICA_stream, "ORDERS");
    put_text(s, row, F_REPLICA_name, name);
    put_u(row, F_REPLICA_current, current);
    put_u(row, F_REPLICA_offline, offline);
    put_i(row, F_REPLICA_active, ns(active));
}

static inline struct row *add_consumer(struct sample *s, const char *name, int node, int leader,
                                       uint64_t pending, uint64_t acked) {
    struct row *row = sample_add(s, ENTITY_CONSUMER);
    put_text(s, row, F_CONSUMER_account, "A");
    put_text(s, row, F_CONSUMER_stream, "ORDERS");
    put_text(s, row, F_CONSUMER_name, name);
    put_u(row, F_CONSUMER_clustered, 1);
    if (leader >= 0)
        put_text(s, row, F_CONSUMER_leader, names[leader]);
    if (node != leader)
        return row;
    put_u(row, F_CONSUMER_pending, pending);
    put_u(row, F_CONSUMER_ack_pending, 5);
    put_u(row, F_CONSUMER_delivered_consumer_seq, acked + 5);
    put_u(row, F_CONSUMER_ack_floor_consumer_seq, acked);
    return row;
}

static inline const struct object *stream(const struct night *n) {
    return find_by(n, Q_STREAM_name, "ORDERS");
}
static inline const struct object *consumer(const struct night *n, const char *name) {
    return find_by(n, Q_CONSUMER_name, name);
}

#endif
