/* Three servers with clients that come and go, for the tests of what is expected of them.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_EXPECTED_CLIENTS_H
#define TESTS_MODEL_EXPECTED_CLIENTS_H

#include "model/expectation.h"
#include "tests/model_three.h"

#define ALL 7u /* servers, as bits */

struct client_seen {
    int node;
    uint64_t cid;
    const char *name, *host;
};

struct crowd {
    const struct client_seen *clients;
    int count;
    unsigned up;      /* servers that answer */
    uint64_t more[3]; /* connections that a server has and does not list */
};

static inline void send_clients(struct night *n, int node, const struct crowd *crowd) {
    struct sample *s = build(n, (uint64_t)node + 1, SHAPE_CONNZ_FULL, ids[node]);
    uint64_t rows = 0;
    for (int i = 0; i < crowd->count; i++) {
        const struct client_seen *c = &crowd->clients[i];
        if (c->node != node)
            continue;
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        put_u(row, F_CONNECTION_cid, c->cid);
        put_text(s, row, F_CONNECTION_name, c->name);
        put_text(s, row, F_CONNECTION_kind, "Client");
        put_text(s, row, F_CONNECTION_ip, c->host);
        put_u(row, F_CONNECTION_port, 4000 + c->cid);
        put_i(row, F_CONNECTION_start, NIGHT_UTC - ns(60));
        rows++;
    }
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, rows + crowd->more[node]);
    send(n, s);
}

/* /varz each second, all connections each two. */
static inline void crowd_until(struct night *n, double second, const struct crowd *crowd) {
    while (n->at < ns(second)) {
        bool even = (int64_t)floor((double)n->at / 1e9) % 2 == 0;
        night_until(n, floor((double)n->at / 1e9) + 1);
        for (int node = 0; node < 3; node++) {
            if (!(crowd->up & 1u << node)) {
                send_failure(n, (uint64_t)node + 1, SHAPE_VARZ, FAILURE_REFUSED, "refused");
                continue;
            }
            varz(n, node);
            if (even)
                send_clients(n, node, crowd);
        }
    }
}

/* The only one of the model. */
static inline const struct object *expected(const struct night *n) {
    size_t count;
    const struct object *const *all = model_objects(n->model, OBJECT_EXPECTATION, &count);
    ck_assert_uint_eq(count, 1);
    return all[0];
}

static inline const char *state(const struct night *n) {
    return text_value(n, expected(n), Q_EXPECTATION_state);
}

static inline bool finds_at_least(const struct night *n, uint64_t count) {
    struct value v = quantity_get(n->model, expected(n), Q_EXPECTATION_found);
    return v.type == VALUE_UINT && v.u == count && v.flags & VALUE_LEAST;
}

static inline bool finds(const struct night *n, uint64_t count) {
    struct value v = quantity_get(n->model, expected(n), Q_EXPECTATION_found);
    return v.type == VALUE_UINT && v.u == count && !v.flags;
}

#endif
