/* Samples and rows built by hand, and time moved by hand, for the tests of the model.
 *
 * Header only: each test of the model is one program. Nothing here reads a clock: a `night` begins at second
 * 0 and goes on by night_until() alone. */
#ifndef TESTS_MODEL_BUILD_H
#define TESTS_MODEL_BUILD_H

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/model.h"
#include "tests/harness/suite.h"

#define NIGHT_UTC  (1795228140LL * NS_PER_S) /* 2026-11-21T02:29:00Z */
#define NIGHT_MONO (1000 * NS_PER_S)

struct night {
    struct model *model;
    int64_t at; /* ns since the beginning */
    uint64_t serial;
};

static inline int64_t ns(double seconds) {
    return (int64_t)llround(seconds * 1e9);
}

static inline void night_begin(struct night *n, int expect, double hold_scale) {
    struct model_options options = {NULL, expect, hold_scale};
    *n = (struct night){model_create(&options), 0, 0};
    model_tick(n->model, NIGHT_UTC, NIGHT_MONO);
}

/* Ticks each 500 ms up to that second. */
static inline void night_until(struct night *n, double second) {
    while (n->at < ns(second)) {
        int64_t next = (n->at / (NS_PER_S / 2) + 1) * (NS_PER_S / 2);
        n->at = next < ns(second) ? next : ns(second);
        model_tick(n->model, NIGHT_UTC + n->at, NIGHT_MONO + n->at);
    }
}

static inline void night_end(struct night *n) {
    model_destroy(n->model);
}

/* ---- rows ---- */

static inline void put_text(struct sample *s, struct row *row, enum field f, const char *text) {
    if (text)
        row_put(row, f)->s = sample_text(s, text, strlen(text));
}
static inline void put_u(struct row *row, enum field f, uint64_t u) {
    row_put(row, f)->u = u;
}
static inline void put_i(struct row *row, enum field f, int64_t i) {
    row_put(row, f)->i = i;
}
static inline struct row *row_of(struct sample *s, enum entity entity) {
    return (struct row *)(uintptr_t)sample_first(s, entity);
}

/* ---- samples ---- */

/* An answer of now with its envelope; server_id NULL: none. */
static inline struct sample *build(struct night *n, uint64_t target, enum shape shape,
                                   const char *server_id) {
    struct sample *s = sample_create();
    s->source = 1;
    s->target = target;
    s->serial = ++n->serial;
    s->shape = shape;
    s->asked_utc_ns = NIGHT_UTC + n->at - NS_PER_MS;
    s->asked_mono_ns = NIGHT_MONO + n->at - NS_PER_MS;
    s->answered_utc_ns = NIGHT_UTC + n->at;
    s->answered_mono_ns = NIGHT_MONO + n->at;
    s->http_status = 200;
    s->error = text_empty;
    if (server_id) {
        struct row *answer = sample_add(s, ENTITY_ANSWER);
        put_text(s, answer, F_ANSWER_server_id, server_id);
        put_i(answer, F_ANSWER_now, NIGHT_UTC + n->at);
    }
    return s;
}

static inline void send(struct night *n, struct sample *s) {
    model_sample(n->model, s);
    sample_destroy(s);
}

static inline struct sample *build_varz(struct night *n, uint64_t target, const char *id, const char *name) {
    struct sample *s = build(n, target, SHAPE_VARZ, id);
    struct row *row = sample_add(s, ENTITY_SERVER);
    put_text(s, row, F_SERVER_server_id, id);
    put_text(s, row, F_SERVER_name, name);
    put_text(s, row, F_SERVER_version, "2.15.2");
    put_text(s, row, F_SERVER_cluster, "C");
    put_i(row, F_SERVER_start, NIGHT_UTC - 3600 * NS_PER_S);
    put_i(row, F_SERVER_config_load_time, NIGHT_UTC - 3600 * NS_PER_S);
    put_i(row, F_SERVER_max_pending, 64 << 20);
    put_u(row, F_SERVER_connections, 5);
    put_u(row, F_SERVER_routes, 0);
    put_u(row, F_SERVER_leafnodes, 0);
    return s;
}

static inline void send_varz(struct night *n, uint64_t target, const char *id, const char *name) {
    send(n, build_varz(n, target, id, name));
}

/* The other counters follow from in_msgs. */
static inline struct sample *build_counted(struct night *n, uint64_t target, const char *id, const char *name,
                                           int64_t msgs) {
    struct sample *s = build_varz(n, target, id, name);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_in_msgs, msgs);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_out_msgs, 2 * msgs);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_in_bytes, 10 * msgs);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_out_bytes, 20 * msgs);
    return s;
}

static inline void send_failure(struct night *n, uint64_t target, enum shape shape, enum failure failure,
                                const char *error) {
    struct sample *s = build(n, target, shape, NULL);
    s->http_status = 0;
    s->failure = failure;
    s->error = sample_text(s, error, strlen(error));
    send(n, s);
}

/* ---- frames ---- */

static inline void send_target(struct night *n, uint64_t id, const char *url, const char *origin,
                               const char *state, const char *server_id, const char *name) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_TARGET);
    put_u(row, F_TARGET_id, id);
    put_text(s, row, F_TARGET_url, url);
    put_text(s, row, F_TARGET_origin, origin);
    put_text(s, row, F_TARGET_state, state);
    put_text(s, row, F_TARGET_server_id, server_id);
    put_text(s, row, F_TARGET_name, name);
    put_i(row, F_TARGET_utc, NIGHT_UTC + n->at);
    model_row(n->model, 1, FRAME_TARGET, row);
    sample_destroy(s);
}

/* interval 0: not wanted now */
static inline void send_interval(struct night *n, uint64_t target, enum shape shape, double interval) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_COST);
    put_u(row, F_COST_target, target);
    put_u(row, F_COST_shape, shape);
    put_u(row, F_COST_requests, 1);
    if (interval > 0)
        put_i(row, F_COST_interval, ns(interval));
    put_i(row, F_COST_utc, NIGHT_UTC + n->at);
    model_row(n->model, 1, FRAME_COST, row);
    sample_destroy(s);
}

static inline void send_hello(struct night *n, double interval) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_HELLO);
    put_i(row, F_HELLO_utc, NIGHT_UTC + n->at);
    put_i(row, F_HELLO_mono, NIGHT_MONO + n->at);
    put_i(row, F_HELLO_interval, ns(interval));
    model_row(n->model, 1, FRAME_HELLO, row);
    sample_destroy(s);
}

/* ---- looking ---- */

static inline size_t count_of(const struct night *n, enum object_kind kind) {
    size_t count;
    model_objects(n->model, kind, &count);
    return count;
}

/* The object of a kind whose quantity `q` reads `text`, NULL when there is none. */
static inline const struct object *find_by(const struct night *n, enum quantity q, const char *text) {
    size_t count;
    const struct object *const *objects = model_objects(n->model, quantities[q].kind, &count);
    for (size_t i = 0; i < count; i++) {
        struct value v = quantity_get(n->model, objects[i], q);
        if (v.type == VALUE_TEXT && strcmp(v.text, text) == 0)
            return objects[i];
    }
    return NULL;
}

static inline const struct object *server_named(const struct night *n, const char *name) {
    return find_by(n, Q_SERVER_name, name);
}

/* "" when unknown or no text. */
static inline const char *text_value(const struct night *n, const struct object *object, enum quantity q) {
    struct value v = quantity_get(n->model, object, q);
    return v.type == VALUE_TEXT ? v.text : "";
}

/* NAN when unknown. */
static inline double number_value(const struct night *n, const struct object *object, enum quantity q) {
    double number;
    return value_number(quantity_get(n->model, object, q), &number) ? number : NAN;
}

static inline bool is_new(const struct night *n, const struct object *object, enum quantity q) {
    struct value v = quantity_get(n->model, object, q);
    return v.type == VALUE_UNKNOWN && v.flags & VALUE_NEW;
}

static inline int count_events(const struct night *n, const char *kind) {
    int count = 0;
    for (size_t i = 0; i < model_event_count(n->model); i++)
        count += strcmp(model_event(n->model, i)->kind, kind) == 0;
    return count;
}

/* severity OK: whatever it has. */
static inline const struct finding *finding_in(const struct finding *findings, size_t count, const char *rule,
                                               enum severity severity) {
    for (size_t i = 0; i < count; i++) {
        bool is = severity == SEVERITY_OK || findings[i].severity == severity;
        if (is && strcmp(finding_rule(&findings[i]), rule) == 0)
            return &findings[i];
    }
    return NULL;
}

static inline const struct finding *finding_at(const struct night *n, const char *rule,
                                               enum severity severity) {
    size_t count;
    const struct finding *findings = model_findings(n->model, &count);
    return finding_in(findings, count, rule, severity);
}

static inline const struct finding *finding_of(const struct night *n, const char *rule) {
    return finding_at(n, rule, SEVERITY_OK);
}

static inline const struct finding *forming_of(const struct night *n, const char *rule) {
    size_t count;
    const struct finding *forming = model_forming(n->model, &count);
    return finding_in(forming, count, rule, SEVERITY_OK);
}

/* ---- running ---- */

static inline int run_case(const char *name, TCase *(*make)(void)) {
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, make());
    return suite_run(suite);
}

#endif
