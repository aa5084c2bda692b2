#include "tests/e2e/provoke.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/jetstream.h"

enum { FEW = 5, SOME = 30, MANY = 1500, LOTS = 11000, WINDOW = 10, AGAIN = 150, PULL_MOST = 1000 };

/* Each takes messages of its own name. A consumer "worker" where there is a configuration for one. */
static const struct {
    const char *stream, *config, *consumer;
} assets[] = {
    {"PULL", "", "\"ack_wait\":60000000000"},
    {"WINDOW", "", "\"ack_wait\":2000000000,\"max_ack_pending\":10"},
    {"PENDING", "", "\"ack_wait\":60000000000"},
    {"AGAIN", "", "\"ack_wait\":1500000000"},
    {"FLAKY", "", "\"ack_wait\":1000000000"},
    {"GROW", "", "\"ack_wait\":60000000000"},
    {"NEARLY", ",\"max_msgs\":100,\"discard\":\"new\"", NULL},
    {"FULL", ",\"max_msgs\":100,\"discard\":\"new\"", NULL},
    {"BYTES", ",\"max_bytes\":100000", NULL},
    {"SERVED", ",\"max_consumers\":5", NULL},
    {"VANISHES", "", ""},
};

/* verb: "STREAM.CREATE"; of: what it is about. */
static void call(struct alert_scene *scene, const char *body, const char *verb, const char *of) {
    char what[200];
    snprintf(what, sizeof what, "%s.%s", verb, of);
    json_t *answer = jetstream_ask(scene->line, what, body);
    ck_assert_msg(answer != NULL, "%s", what);
    json_decref(answer);
}

/* The stream of "STREAM/consumer". */
static const char *stream_of(const char *name) {
    static char stream[100];
    snprintf(stream, sizeof stream, "%.*s", (int)strcspn(name, "/"), name);
    return stream;
}

static void store(struct alert_scene *scene, const char *name, int count, size_t size) {
    ck_assert(natsc_publish_many(scene->line, stream_of(name), size, count));
    ck_assert(natsc_flush(scene->line, JETSTREAM_MS));
}

static int pull(struct alert_scene *scene, const char *name, int take, int ack) {
    return jetstream_pull(scene->line, stream_of(name), "worker", take, ack);
}

static void make_consumer(struct alert_scene *scene, const char *stream, const char *consumer,
                          const char *config) {
    char what[200], body[500];
    snprintf(what, sizeof what, "CONSUMER.DURABLE.CREATE.%s", stream);
    snprintf(body, sizeof body,
             "{\"stream_name\":\"%s\",\"config\":{\"durable_name\":\"%s\",\"ack_policy\":\"explicit\"%s%s}}",
             stream, consumer, *config ? "," : "", config);
    call(scene, body, what, consumer);
}

void provoke_make_assets(struct alert_scene *scene) {
    for (size_t i = 0; i < sizeof assets / sizeof *assets; i++) {
        char body[300];
        snprintf(body, sizeof body, "{\"name\":\"%s\",\"subjects\":[\"%s\"]%s}", assets[i].stream,
                 assets[i].stream, assets[i].config);
        call(scene, body, "STREAM.CREATE", assets[i].stream);
        if (!assets[i].consumer)
            continue;
        make_consumer(scene, assets[i].stream, "worker", assets[i].consumer);
        for (int k = 0; k < FEW; k++)
            ck_assert(jetstream_store(scene->line, assets[i].stream, JETSTREAM_MS));
        ck_assert_int_eq(pull(scene, assets[i].stream, FEW, FEW), FEW);
    }
}

void provoke_store(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    store(scene, name, SOME, 16);
}

/* Somebody is seen at work for some polls, and then no more. */
void provoke_leave(struct alert_scene *scene, const char *name, int64_t ms) {
    enum { WORKS_MS = 5000 };
    json_t *info = jetstream_consumer_info(scene->line, stream_of(name), "worker");
    double lag = jetstream_lag(info);
    json_decref(info);
    if (ms < WORKS_MS) {
        store(scene, name, FEW, 16);
        provoke_work_off(scene, name, ms);
    } else if (lag == 0) {
        provoke_store(scene, name, ms);
    }
}

void provoke_store_many(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    store(scene, name, MANY, 16);
}

void provoke_make_held(struct alert_scene *scene) {
    ck_assert(jetstream_add_stream(scene->line, "HELD", "HELD", scene->servers->n));
    make_consumer(scene, "HELD", "worker", "");
    ck_assert(jetstream_store(scene->line, "HELD", JETSTREAM_MS));
    ck_assert_int_eq(pull(scene, "HELD", 1, 1), 1);
}

/* Until nothing is left. */
void provoke_work_off(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    for (int64_t deadline = servers_now_ms() + 30000;;) {
        json_t *info = jetstream_consumer_info(scene->line, stream_of(name), "worker");
        double lag = jetstream_lag(info);
        json_decref(info);
        if (lag == 0)
            return;
        ck_assert_msg(servers_now_ms() < deadline, "%s: %.0f are left", name, lag);
        if (!(lag > 0))
            continue; /* no answer */
        int take = lag < PULL_MOST ? (int)lag : PULL_MOST;
        pull(scene, name, take, take);
    }
}

void provoke_fill_window(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    store(scene, name, SOME, 16);
    ck_assert_int_eq(pull(scene, name, WINDOW, 0), WINDOW);
}

/* Taken, not acknowledged, and taken again when they come once more. */
void provoke_redeliver(struct alert_scene *scene, const char *name, int64_t ms) {
    if (ms == 0)
        store(scene, name, AGAIN, 16);
    ck_assert_int_eq(pull(scene, name, AGAIN, 0), AGAIN);
    if (ms == 0)
        ck_assert_int_eq(pull(scene, name, AGAIN, 0), AGAIN);
}

/* One in five is not acknowledged at first. */
void provoke_flaky_turn(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    store(scene, name, 10, 16);
    ck_assert_int_eq(pull(scene, name, 10, 8), 10);
}

void provoke_grow(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    store(scene, name, LOTS, 16);
}

void provoke_grow_turn(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    store(scene, name, 40, 16);
    ck_assert_int_eq(pull(scene, name, 10, 10), 10);
}

/* ---- streams ---- */

void provoke_fill(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    store(scene, name, 100, 1000);
}

void provoke_fill_half(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    store(scene, name, 90, 16);
}

void provoke_purge(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    call(scene, "", "STREAM.PURGE", name);
}

void provoke_delete(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    call(scene, "", "STREAM.DELETE", stream_of(name));
}

/* Made before anybody watched: at this age it counts, with holds scaled by 0.1. Once it is gone nobody asks
 * for it any more: that would be an API error. */
void provoke_vanish(struct alert_scene *scene, const char *name, int64_t ms) {
    enum { OLD_MS = 61000 };
    char body[100];
    (void)ms;
    if (servers_now_ms() - scene->began_ms < OLD_MS)
        return;
    snprintf(body, sizeof body, "{\"subject\":\"%s\"}", name);
    json_t *names = jetstream_ask(scene->line, "STREAM.NAMES", body);
    if (json_array_size(json_object_get(names, "streams")) > 0)
        provoke_delete(scene, name, 0);
    json_decref(names);
}

void provoke_make_again(struct alert_scene *scene, const char *name, int64_t ms) {
    char body[100];
    (void)ms;
    snprintf(body, sizeof body, "{\"name\":\"%s\"}", name);
    call(scene, body, "STREAM.CREATE", name);
}

void provoke_add_source(struct alert_scene *scene, const char *name, int64_t ms) {
    char body[200];
    const char *from = strrchr(name, '/') + 1;
    (void)ms;
    snprintf(body, sizeof body, "{\"name\":\"%s\",\"sources\":[{\"name\":\"%s\"}]}", stream_of(name), from);
    call(scene, body, "STREAM.CREATE", stream_of(name));
}

void provoke_add_consumers(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    for (int i = 0; i < 5; i++) {
        char consumer[8];
        snprintf(consumer, sizeof consumer, "c%d", i + 1);
        make_consumer(scene, name, consumer, "");
    }
}

void provoke_delete_consumers(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    for (int i = 0; i < 5; i++) {
        char consumer[8], what[100];
        snprintf(consumer, sizeof consumer, "c%d", i + 1);
        snprintf(what, sizeof what, "CONSUMER.DELETE.%s", name);
        call(scene, "", what, consumer);
    }
}

void provoke_ask_wrongly(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)name, (void)ms;
    free(natsc_request(scene->line, "$JS.API.STREAM.INFO.nosuch", "", JETSTREAM_MS));
}
