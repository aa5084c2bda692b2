/* One server that counts who does not read, who is stale and how often producers were paused, and the records
 * of those that it closed.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_COUNTS_H
#define TESTS_MODEL_COUNTS_H

#include "tests/model_closed.h"

struct counts {
    const char *version;
    uint64_t slow, clients, routes, stale, stale_clients, stalls;
    bool divided;
    double start;        /* 0: at the beginning */
    uint64_t ever, open; /* connections; 0: not told */
};

static inline void send_counts(struct night *n, const char *id, struct counts c) {
    struct sample *s = build_varz(n, 1, id, "n1");
    struct row *row = row_of(s, ENTITY_SERVER);
    put_i(row, F_SERVER_start, NIGHT_UTC + ns(c.start));
    put_text(s, row, F_SERVER_version, c.version ? c.version : "2.15.2");
    put_i(row, F_SERVER_write_deadline, ns(2));
    put_i(row, F_SERVER_slow_consumers, (int64_t)c.slow);
    if (c.ever) {
        put_u(row, F_SERVER_total_connections, c.ever);
        put_u(row, F_SERVER_connections, c.open);
    }
    if (c.divided) {
        put_u(row, F_SERVER_slow_clients, c.clients);
        put_u(row, F_SERVER_slow_routes, c.routes);
        put_u(row, F_SERVER_slow_gateways, 0);
        put_u(row, F_SERVER_slow_leafs, 0);
        put_i(row, F_SERVER_stale_connections, (int64_t)c.stale);
        put_u(row, F_SERVER_stale_clients, c.stale_clients);
        put_i(row, F_SERVER_stalled_clients, (int64_t)c.stalls);
    }
    send(n, s);
}

static inline void until(struct night *n, const char *id, double second, struct counts c) {
    while (n->at < ns(second)) {
        double next = floor((double)n->at / 1e9) + 1;
        night_until(n, next < second ? next : second);
        send_counts(n, id, c);
    }
}

static inline void begin(struct night *n, struct counts c) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_counts(n, "IDA", c);
}

/* The same until 4 s, and nobody was closed. */
static inline void begin_recorded(struct night *n, struct counts c) {
    begin(n, c);
    send_lives(n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    until(n, "IDA", 4, c);
}

/* Of kind, the last. */
static inline const char *said(const struct night *n, const char *kind) {
    for (size_t i = model_event_count(n->model); i-- > 0;) {
        if (strcmp(model_event(n->model, i)->kind, kind) == 0)
            return model_event(n->model, i)->text;
    }
    return "";
}

static inline void finding_says(const struct night *n, const char *rule, const char *text) {
    char out[600];
    const struct finding *f = finding_of(n, rule);
    ck_assert_msg(f != NULL, "%s is not found", rule);
    finding_text_of(n->model, f, 1, out, sizeof out);
    ck_assert_str_eq(out, text);
}

/* The latest of so many. */
static inline void closed(struct night *n, const char *id, uint64_t total, struct life l) {
    send_lives(n, id, SHAPE_CONNZ_CLOSED, total, &l, 1);
}

#endif
