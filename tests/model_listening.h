/* Three servers, and what each answers of who listens to a subject.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_LISTENING_H
#define TESTS_MODEL_LISTENING_H

#include "tests/model_subscribed.h"

enum { NODES = 3 };
static const char *const ids[NODES] = {"IDA", "IDB", "IDC"}, *const names[NODES] = {"n1", "n2", "n3"};

struct member {
    int node;
    uint64_t cid;
    struct sub sub;
};

static inline void send_servers(struct night *n, unsigned up) {
    for (int i = 0; i < NODES; i++) {
        struct sample *s = build_varz(n, (uint64_t)i + 1, ids[i], names[i]);
        put_u(row_of(s, ENTITY_SERVER), F_SERVER_subscriptions, 2000);
        if (up & 1u << i)
            send(n, s);
        else
            sample_destroy(s);
        if (!(up & 1u << i))
            send_failure(n, (uint64_t)i + 1, SHAPE_VARZ, FAILURE_REFUSED, "refused");
    }
}

static inline void begin(struct night *n) {
    night_begin(n, 0, 1);
    for (int i = 0; i < NODES; i++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", i);
        send_target(n, (uint64_t)i + 1, url, "named", "polled", NULL, NULL);
    }
    send_servers(n, 7);
}

static inline void begin_watching(struct night *n) {
    begin(n);
    model_interest_watch(n->model, "orders.created");
}

static inline void up_until(struct night *n, double second, unsigned up) {
    while (n->at < ns(second)) {
        night_until(n, floor((double)n->at / 1e9) + 1);
        send_servers(n, up);
    }
}

/* What one server answers: of all members its own. */
static inline void answer_of(struct night *n, int node, const char *subject, const struct member *members,
                             int count) {
    struct sample *s = build(n, (uint64_t)node + 1, SHAPE_INTEREST, ids[node]);
    put_text(s, sample_add(s, ENTITY_QUESTION), F_QUESTION_subject, subject);
    for (int i = 0; i < count; i++)
        if (members[i].node == node)
            put_sub(s, members[i].cid, &members[i].sub);
    send(n, s);
}

static inline void answers(struct night *n, unsigned up, const struct member *members, int count) {
    for (int i = 0; i < NODES; i++)
        if (up & 1u << i)
            answer_of(n, i, "orders.created", members, count);
}

static inline const struct object *group(const struct night *n, const char *queue) {
    return find_by(n, Q_AUDIENCE_queue, queue);
}

static const struct member three[] = {{0, 5, {"1", "orders.>", "billing", 100}},
                                      {1, 7, {"1", "orders.>", "billing", 300}},
                                      {2, 9, {"3", "orders.created", NULL, 50}}};

static inline const struct event *last_event(const struct night *n) {
    return model_event(n->model, model_event_count(n->model) - 1);
}

#endif
