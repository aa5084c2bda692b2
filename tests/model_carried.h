/* ORDERS, which copies, its replicas and its consumer C, and a level or two that they carry in their
 * metadata.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_CARRIED_H
#define TESTS_MODEL_CARRIED_H

#include "model/ruleset.h"
#include "tests/model_three.h"

/* What there is of ORDERS, which copies, its replica on n3 and its consumer C. < 0: not told, never. */
struct scene {
    double messages, subjects, sources, mirror, source_lag, source_active, replicas, replica_lag,
        replica_seen, pending, ack_pending, waiting, redelivered, since_delivery, since_ack, policy, pinned;
};
static const struct scene well = {.messages = 5000,
                                  .subjects = 50,
                                  .sources = 2,
                                  .source_active = 1,
                                  .replicas = 3,
                                  .replica_seen = 0.2,
                                  .since_delivery = 1,
                                  .since_ack = 1,
                                  .policy = 1,
                                  .pinned = 1};

struct meta { /* up to two keys */
    enum field field;
    const char *text;
};

struct told_case {
    const char *rule,
        *ours; /* ours: the rule of the same matter that speaks without it; NULL: there is none */
    enum severity severity;
    double hold;
    struct meta meta, other;
    size_t what; /* of a scene */
    double quiet, loud;
    const char *text;
};

/* ---- a poll ---- */

static inline void put_stream(struct night *n, struct sample *s, const struct scene *is) {
    struct row *row = row_of(s, ENTITY_STREAM);
    (void)n;
    put_u(row, F_STREAM_config, 1);
    put_u(row, F_STREAM_messages, (uint64_t)is->messages);
    if (is->subjects > 0)
        put_u(row, F_STREAM_num_subjects, (uint64_t)is->subjects);
}

static inline void put_sources(struct sample *s, const struct scene *is) {
    for (int i = 0; i < (int)is->sources; i++) {
        char name[] = "S1";
        struct row *row = sample_add(s, ENTITY_SOURCE);
        name[1] = (char)('1' + i);
        put_text(s, row, F_SOURCE_account, "A");
        put_text(s, row, F_SOURCE_stream, "ORDERS");
        put_text(s, row, F_SOURCE_kind, is->mirror > 0 ? "mirror" : "source");
        put_text(s, row, F_SOURCE_name, name);
        put_u(row, F_SOURCE_lag, i ? 0 : (uint64_t)is->source_lag);
        put_i(row, F_SOURCE_active, is->source_active < 0 ? -1 : i ? ns(0.1) : ns(is->source_active));
    }
}

static inline void put_replicas(struct sample *s, const struct scene *is) {
    for (int i = 4 - (int)is->replicas; i < 3; i++) {
        add_replica(s, names[i], i != 2 || is->replica_seen < 2, false, i == 2 ? is->replica_seen : 0.2);
        put_u((struct row *)(uintptr_t)s->rows[s->count - 1], F_REPLICA_lag,
              i == 2 ? (uint64_t)is->replica_lag : 0);
    }
}

static inline void put_consumer(struct night *n, struct sample *s, const struct scene *is) {
    struct row *row = add_consumer(s, "C", 0, 0, (uint64_t)is->pending, 5);
    put_u(row, F_CONSUMER_config, 1);
    put_u(row, F_CONSUMER_ack_pending, (uint64_t)is->ack_pending);
    put_u(row, F_CONSUMER_waiting, (uint64_t)is->waiting);
    put_u(row, F_CONSUMER_redelivered, (uint64_t)is->redelivered);
    put_u(row, F_CONSUMER_delivered_stream_seq, 10);
    put_u(row, F_CONSUMER_ack_floor_stream_seq, 5);
    if (is->since_delivery >= 0)
        put_i(row, F_CONSUMER_last_delivered, NIGHT_UTC + n->at - ns(is->since_delivery));
    if (is->since_ack >= 0)
        put_i(row, F_CONSUMER_last_ack, NIGHT_UTC + n->at - ns(is->since_ack));
    if (is->policy > 0)
        put_text(s, row, F_CONSUMER_priority_policy, "pinned_client");
    if (is->pinned > 0 && is->policy > 0)
        put_text(s, row, F_CONSUMER_pinned, "a-client");
}

static inline void put_meta(struct sample *s, const struct meta *meta, const char *text) {
    if (meta->text && text)
        put_text(s, row_of(s, (enum entity)fields[meta->field].entity), meta->field, text);
}

struct carried { /* what the assets carry meanwhile */
    bool removed, zero;
    const char *enabled;
};

static inline void poll(struct night *n, const struct told_case *c, const struct scene *is,
                        const struct carried *carried) {
    struct sample *s = jsz(n, 0);
    add_stream(s, 0, 0, 5000);
    put_stream(n, s, is);
    put_consumer(n, s, is);
    put_sources(s, is);
    put_replicas(s, is);
    if (!carried->removed) {
        put_meta(s, &c->meta, carried->zero ? "0" : c->meta.text);
        put_meta(s, &c->other, carried->zero ? "0" : c->other.text);
        put_text(s, row_of(s, ENTITY_STREAM), F_STREAM_told_enabled, carried->enabled);
        put_text(s, row_of(s, ENTITY_CONSUMER), F_CONSUMER_told_enabled, carried->enabled);
    }
    send(n, s);
}

/* A second at a time, with an answer in each. */
static inline void go_on(struct night *n, const struct told_case *c, double seconds, double level,
                         struct carried carried) {
    struct scene is = well;
    *(double *)(void *)((char *)&is + c->what) = level;
    double end = (double)n->at / 1e9 + seconds;
    while ((double)n->at / 1e9 < end) {
        poll(n, c, &is, &carried);
        varz_until(n, (double)n->at / 1e9 + 1 < end ? (double)n->at / 1e9 + 1 : end, 7);
    }
}

static const struct carried set = {.enabled = NULL};

#endif
