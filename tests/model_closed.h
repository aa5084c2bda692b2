/* Connections that are opened and closed by hand, for the tests of the model about them. */
#ifndef TESTS_MODEL_CLOSED_H
#define TESTS_MODEL_CLOSED_H

#include "tests/model_build.h"

#define CUT_BYTES    "Slow Consumer (Pending Bytes)"
#define CUT_DEADLINE "Slow Consumer (Write Deadline)"
#define LEFT         "Client Closed"

struct life { /* one row of /connz: seconds since the night began */
    uint64_t cid;
    const char *name;
    double start, stop; /* stop: of a closed one */
    const char *reason; /* NULL: open */
    int64_t pending;
};

static inline void put_life(struct sample *s, const struct life *l) {
    struct row *row = sample_add(s, ENTITY_CONNECTION);
    put_u(row, F_CONNECTION_cid, l->cid);
    put_text(s, row, F_CONNECTION_name, l->name);
    put_text(s, row, F_CONNECTION_kind, "Client");
    put_text(s, row, F_CONNECTION_ip, "10.1.2.3");
    put_u(row, F_CONNECTION_port, 4000 + l->cid % 1000);
    put_i(row, F_CONNECTION_start, NIGHT_UTC + ns(l->start));
    put_i(row, F_CONNECTION_pending_bytes, l->pending);
    if (!l->reason)
        return;
    put_i(row, F_CONNECTION_stop, NIGHT_UTC + ns(l->stop));
    put_text(s, row, F_CONNECTION_reason, l->reason);
}

/* total: of the list that these are the page of; latest first. */
static inline void send_lives(struct night *n, const char *id, enum shape shape, uint64_t total,
                              const struct life *lives, int count) {
    struct sample *s = build(n, 1, shape, id);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, total);
    for (int i = 0; i < count; i++)
        put_life(s, &lives[i]);
    send(n, s);
}

/* A /varz that has seen so many connections, of which so many are open. */
static inline void send_crowd(struct night *n, const char *id, uint64_t ever, uint64_t open) {
    struct sample *s = build_varz(n, 1, id, "n1");
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_total_connections, ever);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_connections, open);
    send(n, s);
}

/* Keeps the server alive. */
static inline void live_until(struct night *n, const char *id, double second, uint64_t ever, uint64_t open) {
    while (n->at < ns(second)) {
        double next = floor((double)n->at / 1e9) + 1;
        night_until(n, next < second ? next : second);
        send_crowd(n, id, ever, open);
    }
}

static inline size_t count_in_state(const struct night *n, const char *state) {
    size_t count, found = 0;
    const struct object *const *all = model_objects(n->model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        found += strcmp(text_value(n, all[i], Q_CONNECTION_state), state) == 0;
    return found;
}

#endif
