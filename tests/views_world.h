/* A constructed cluster for the tests of views: three nodes at 02:41:07, twelve minutes of history.
 *
 * Header only: each test of views is one program. Nothing here reads a clock. */
#ifndef TESTS_VIEWS_WORLD_H
#define TESTS_VIEWS_WORLD_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/model.h"

#define WORLD_START   1795228140LL /* 2026-11-21T02:29:00Z */
#define WORLD_SECONDS 727
#define WORLD_NODES   6 /* at most */
#define WORLD_STREAMS 3

struct world_node {
    const char *name, *id, *url, *version;
    const char *cluster; /* of its own, without routes; NULL: that of the others */
    double cpu, mem, connections;
    bool answers;
    const char *connz_error, *jsz_error;           /* these two fail in these words; NULL: they don't */
    double in_msgs, out_msgs, in_bytes, out_bytes; /* counters */
};

struct world_client {
    int node;
    uint64_t cid;
    const char *name, *account, *lang;
    double pending, in_rate, out_rate;
};

struct world_consumer {
    const char *stream, *name;
    int leader;
    double lag_at_end, lag_slope, acked_per_s;
    uint64_t ack_pending, max_ack_pending, redelivered, waiting;
};

struct world {
    struct model *model;
    int second; /* since WORLD_START */
    uint64_t serial;
    bool jetstream, busy;
    int pool;        /* connections of each route, 0 one */
    int64_t cost_ns; /* of one request for the figures of cost; 0: 900 us */
    int asked;       /* so many nodes are monitored, the others known by their routes; 0 all */
    struct world_node nodes[WORLD_NODES];
    int node_count;
    bool followers; /* tell of consumers whose leader's /jsz fails */
    const struct world_client *clients;
    int client_count;
    int leads[WORLD_STREAMS]; /* the node that leads it */
    const struct world_consumer *consumers;
    int consumer_count;
};

static inline int64_t world_utc(const struct world *w) {
    return (WORLD_START + w->second) * NS_PER_S;
}
static inline int64_t world_mono(const struct world *w) {
    return (1000 + w->second) * NS_PER_S;
}

static inline void world_text(struct sample *sample, struct row *row, enum field f, const char *text) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t len = text_clean(clean, text, strlen(text));
    row_put(row, f)->s = sample_text(sample, clean, len);
}
static inline void world_u(struct row *row, enum field f, uint64_t u) {
    row_put(row, f)->u = u;
}
static inline void world_i(struct row *row, enum field f, int64_t i) {
    row_put(row, f)->i = i;
}

static inline struct sample *world_sample(struct world *w, int node, enum shape shape) {
    struct sample *s = sample_create();
    s->target = (uint64_t)node + 1;
    s->serial = ++w->serial;
    s->shape = shape;
    s->asked_utc_ns = world_utc(w) - 2 * NS_PER_MS;
    s->asked_mono_ns = world_mono(w) - 2 * NS_PER_MS;
    s->answered_utc_ns = world_utc(w);
    s->answered_mono_ns = world_mono(w);
    s->cost_ns = 900 * NS_PER_US;
    s->took_ns = 2 * NS_PER_MS;
    s->bytes = 4000;
    s->http_status = 200;
    s->error = text_empty;
    return s;
}

static inline struct row *world_answer(struct world *w, struct sample *s, int node) {
    struct row *row = sample_add(s, ENTITY_ANSWER);
    world_text(s, row, F_ANSWER_server_id, w->nodes[node].id);
    world_i(row, F_ANSWER_now, world_utc(w));
    return row;
}

static inline void world_send(struct world *w, struct sample *s) {
    model_sample(w->model, 1, s);
    sample_destroy(s);
}

static inline double world_wave(const struct world *w, double base, double swing, double period) {
    return base + swing * sin(w->second / period * 6.2831853);
}

static inline void world_varz(struct world *w, int node) {
    struct world_node *n = &w->nodes[node];
    struct sample *s = world_sample(w, node, SHAPE_VARZ);
    world_answer(w, s, node);
    struct row *r = sample_add(s, ENTITY_SERVER);
    double load = node == 1 && w->busy && w->second > 600 ? 88 : world_wave(w, n->cpu, 3, 97);
    world_text(s, r, F_SERVER_server_id, n->id);
    world_text(s, r, F_SERVER_name, n->name);
    world_text(s, r, F_SERVER_version, n->version);
    world_text(s, r, F_SERVER_host, "10.0.0.1");
    world_text(s, r, F_SERVER_cluster, n->cluster ? n->cluster : "nats-prod");
    world_u(r, F_SERVER_port, 4222);
    world_i(r, F_SERVER_start, (WORLD_START - 12 * 86400 - 3 * 3600) * NS_PER_S);
    world_i(r, F_SERVER_config_load_time, (WORLD_START - 12 * 86400 - 3 * 3600) * NS_PER_S);
    world_i(r, F_SERVER_mem, (int64_t)(n->mem * 1024 * 1024));
    world_u(r, F_SERVER_cores, 8);
    world_u(r, F_SERVER_gomaxprocs, 8);
    row_put(r, F_SERVER_cpu)->f = floor(load);
    world_u(r, F_SERVER_connections, (uint64_t)n->connections);
    world_u(r, F_SERVER_total_connections, (uint64_t)n->connections + (uint64_t)w->second / 10);
    world_i(r, F_SERVER_max_connections, 65536);
    world_u(r, F_SERVER_routes, n->cluster ? 0 : 2);
    world_u(r, F_SERVER_remotes, n->cluster ? 0 : 2);
    world_u(r, F_SERVER_leafnodes, 0);
    enum field counters[] = {F_SERVER_in_msgs, F_SERVER_out_msgs, F_SERVER_in_bytes, F_SERVER_out_bytes};
    enum field client[] = {F_SERVER_in_client_msgs, F_SERVER_out_client_msgs, F_SERVER_in_client_bytes,
                           F_SERVER_out_client_bytes};
    double values[] = {n->in_msgs, n->out_msgs, n->in_bytes, n->out_bytes};
    for (int i = 0; i < 4; i++) {
        world_i(r, counters[i], (int64_t)(values[i] * 1.5));
        world_i(r, client[i], (int64_t)values[i]);
    }
    world_i(r, F_SERVER_slow_consumers, node == 1 && w->busy ? 17 : 0);
    world_u(r, F_SERVER_subscriptions, 2100 + (uint64_t)node * 40);
    world_i(r, F_SERVER_max_payload, 1 << 20);
    world_i(r, F_SERVER_max_pending, 64 << 20);
    if (w->jetstream) {
        world_i(r, F_SERVER_js_max_memory, 1LL << 30);
        world_i(r, F_SERVER_js_max_storage, 40LL << 30);
        world_u(r, F_SERVER_js_memory, 190u << 20);
        world_u(r, F_SERVER_js_storage, 16ull << 30);
        world_u(r, F_SERVER_js_ha_assets, 8);
        world_u(r, F_SERVER_js_api_total, (uint64_t)w->second * 120);
        world_u(r, F_SERVER_js_api_errors, (uint64_t)node * 2);
    }
    world_send(w, s);
}

static inline void world_failed(struct world *w, int node, enum shape shape, enum failure failure,
                                const char *error) {
    struct sample *s = world_sample(w, node, shape);
    s->http_status = 0;
    s->bytes = 0;
    s->failure = failure;
    s->error = sample_text(s, error, strlen(error));
    world_send(w, s);
}

static inline void world_refused(struct world *w, int node, enum shape shape) {
    world_failed(w, node, shape, FAILURE_REFUSED, "connection refused");
}

static inline void world_health(struct world *w, int node) {
    struct sample *s = world_sample(w, node, SHAPE_HEALTHZ);
    struct row *r = sample_add(s, ENTITY_HEALTH);
    world_text(s, r, F_HEALTH_status, "ok");
    world_u(r, F_HEALTH_code, 200);
    world_send(w, s);
}

static inline double world_pending(const struct world *w, const struct world_client *c) {
    return c->pending > 0 ? c->pending * w->second / WORLD_SECONDS : 0;
}

static inline void world_connz(struct world *w, int node) {
    if (w->nodes[node].connz_error) {
        world_failed(w, node, SHAPE_CONNZ_HOT, FAILURE_BODY, w->nodes[node].connz_error);
        return;
    }
    struct sample *s = world_sample(w, node, SHAPE_CONNZ_HOT);
    struct row *a = world_answer(w, s, node);
    uint64_t rows = 0;
    for (int i = 0; i < w->client_count; i++) {
        const struct world_client *c = &w->clients[i];
        if (c->node != node)
            continue;
        struct row *r = sample_add(s, ENTITY_CONNECTION);
        rows++;
        world_u(r, F_CONNECTION_cid, c->cid);
        world_text(s, r, F_CONNECTION_kind, "Client");
        world_text(s, r, F_CONNECTION_type, "nats");
        if (c->name)
            world_text(s, r, F_CONNECTION_name, c->name);
        if (c->account)
            world_text(s, r, F_CONNECTION_account, c->account);
        world_text(s, r, F_CONNECTION_ip, "10.4.2.17");
        world_u(r, F_CONNECTION_port, 53000 + c->cid % 1000);
        world_i(r, F_CONNECTION_start, (WORLD_START - 3600) * NS_PER_S);
        world_i(r, F_CONNECTION_last_activity, world_utc(w) - 40 * NS_PER_MS);
        world_i(r, F_CONNECTION_rtt, 812 * NS_PER_US);
        world_i(r, F_CONNECTION_pending_bytes, (int64_t)world_pending(w, c));
        world_i(r, F_CONNECTION_in_msgs, (int64_t)(c->in_rate * w->second));
        world_i(r, F_CONNECTION_out_msgs, (int64_t)(c->out_rate * w->second));
        world_i(r, F_CONNECTION_in_bytes, (int64_t)(c->in_rate * w->second * 400));
        world_i(r, F_CONNECTION_out_bytes, (int64_t)(c->out_rate * w->second * 400));
        world_u(r, F_CONNECTION_subscriptions, 3);
        if (c->lang)
            world_text(s, r, F_CONNECTION_lang, c->lang);
        world_text(s, r, F_CONNECTION_version, "1.31.0");
    }
    world_u(a, F_ANSWER_total, (uint64_t)w->nodes[node].connections);
    world_u(a, F_ANSWER_limit, 100);
    world_u(a, F_ANSWER_num, rows);
    world_send(w, s);
}

static inline void world_route(struct world *w, struct sample *s, int node, int peer, int link) {
    struct row *r = sample_add(s, ENTITY_ROUTE);
    world_u(r, F_ROUTE_rid, (uint64_t)(peer + 10 * (link + 1)));
    world_text(s, r, F_ROUTE_remote_id, w->nodes[peer].id);
    world_text(s, r, F_ROUTE_remote_name, w->nodes[peer].name);
    world_text(s, r, F_ROUTE_ip, "10.0.0.2");
    world_u(r, F_ROUTE_port, 6222);
    world_i(r, F_ROUTE_rtt, (peer + node + link) * 900 * NS_PER_US);
    world_i(r, F_ROUTE_pending_bytes, link * 1000);
    world_i(r, F_ROUTE_in_msgs, w->second * 20000LL);
    world_i(r, F_ROUTE_out_msgs, w->second * 21000LL);
    world_i(r, F_ROUTE_in_bytes, w->second * 2000000LL);
    world_i(r, F_ROUTE_out_bytes, w->second * 2100000LL);
}

static inline void world_routes(struct world *w, int node) {
    struct sample *s = world_sample(w, node, SHAPE_ROUTEZ);
    world_answer(w, s, node);
    for (int peer = 0; peer < w->node_count; peer++) {
        if (peer == node || !w->nodes[peer].answers)
            continue;
        world_route(w, s, node, peer, 0);
        for (int i = 1; i < w->pool; i++)
            world_route(w, s, node, peer, i);
    }
    world_send(w, s);
}

static inline double world_lag(const struct world *w, const struct world_consumer *c) {
    double lag = c->lag_at_end - c->lag_slope * (WORLD_SECONDS - w->second);
    return lag > 0 ? lag : 0;
}

static inline void world_consumer_row(struct world *w, struct sample *s, const struct world_consumer *c) {
    struct row *r = sample_add(s, ENTITY_CONSUMER);
    double lag = world_lag(w, c), acked = 80000000 + c->acked_per_s * w->second;
    world_text(s, r, F_CONSUMER_account, "$G");
    world_text(s, r, F_CONSUMER_stream, c->stream);
    world_text(s, r, F_CONSUMER_name, c->name);
    world_text(s, r, F_CONSUMER_leader, w->nodes[c->leader].name);
    world_u(r, F_CONSUMER_clustered, 1);
    world_u(r, F_CONSUMER_pending,
            lag > (double)c->ack_pending ? (uint64_t)(lag - (double)c->ack_pending) : 0);
    world_u(r, F_CONSUMER_ack_pending, c->ack_pending);
    world_u(r, F_CONSUMER_redelivered, c->redelivered);
    world_u(r, F_CONSUMER_waiting, c->waiting);
    world_u(r, F_CONSUMER_delivered_consumer_seq, (uint64_t)acked + c->ack_pending);
    world_u(r, F_CONSUMER_delivered_stream_seq, (uint64_t)acked + c->ack_pending);
    world_u(r, F_CONSUMER_ack_floor_consumer_seq, (uint64_t)acked);
    world_u(r, F_CONSUMER_ack_floor_stream_seq, (uint64_t)acked);
    if (c->acked_per_s > 0) {
        world_i(r, F_CONSUMER_last_ack, world_utc(w) - 300 * NS_PER_MS);
        world_i(r, F_CONSUMER_last_delivered, world_utc(w) - 200 * NS_PER_MS);
    }
    world_i(r, F_CONSUMER_max_ack_pending, c->max_ack_pending ? (int64_t)c->max_ack_pending : -1);
}

/* As one tells it that does not lead it. */
static inline void world_follower_row(struct world *w, struct sample *s, const struct world_consumer *c) {
    struct row *r = sample_add(s, ENTITY_CONSUMER);
    world_text(s, r, F_CONSUMER_account, "$G");
    world_text(s, r, F_CONSUMER_stream, c->stream);
    world_text(s, r, F_CONSUMER_name, c->name);
    world_text(s, r, F_CONSUMER_leader, w->nodes[c->leader].name);
    world_u(r, F_CONSUMER_clustered, 1);
}

static inline void world_stream_row(struct world *w, struct sample *s, const char *name, int leader,
                                    int replicas, double rate) {
    struct row *r = sample_add(s, ENTITY_STREAM);
    uint64_t last = 88412007 + (uint64_t)(rate * w->second);
    world_text(s, r, F_STREAM_account, "$G");
    world_text(s, r, F_STREAM_name, name);
    world_text(s, r, F_STREAM_leader, w->nodes[leader].name);
    world_u(r, F_STREAM_clustered, 1);
    world_u(r, F_STREAM_messages, last - 71000000);
    world_u(r, F_STREAM_bytes, (last - 71000000) * 600);
    world_u(r, F_STREAM_first_seq, 71000001);
    world_u(r, F_STREAM_last_seq, last);
    world_i(r, F_STREAM_last_ts, world_utc(w) - 100 * NS_PER_MS);
    world_u(r, F_STREAM_consumer_count, 2);
    world_i(r, F_STREAM_max_bytes, 40LL << 30);
    world_u(r, F_STREAM_replicas, (uint64_t)replicas);
    world_text(s, r, F_STREAM_storage, "file");
    for (int peer = 0; peer < w->node_count && replicas > 1; peer++) {
        if (peer == leader)
            continue;
        struct row *p = sample_add(s, ENTITY_REPLICA);
        world_text(s, p, F_REPLICA_account, "$G");
        world_text(s, p, F_REPLICA_stream, name);
        world_text(s, p, F_REPLICA_name, w->nodes[peer].name);
        world_u(p, F_REPLICA_current, w->nodes[peer].answers);
        world_u(p, F_REPLICA_offline, !w->nodes[peer].answers);
        world_i(p, F_REPLICA_active, 100 * NS_PER_MS);
        world_u(p, F_REPLICA_lag, 0);
    }
}

static inline void world_jsz(struct world *w, int node) {
    if (w->nodes[node].jsz_error) {
        world_failed(w, node, SHAPE_JSZ, FAILURE_TIMEOUT, w->nodes[node].jsz_error);
        return;
    }
    struct sample *s = world_sample(w, node, SHAPE_JSZ);
    world_answer(w, s, node);
    struct row *r = sample_add(s, ENTITY_JETSTREAM);
    world_u(r, F_JETSTREAM_disabled, !w->jetstream);
    if (w->jetstream) {
        world_u(r, F_JETSTREAM_meta, 1);
        world_text(s, r, F_JETSTREAM_meta_leader, w->nodes[0].name);
        world_u(r, F_JETSTREAM_meta_size, w->node_count);
        for (int peer = 1; peer < w->node_count && node == 0; peer++) {
            struct row *p = sample_add(s, ENTITY_META_PEER);
            world_text(s, p, F_META_PEER_name, w->nodes[peer].name);
            world_text(s, p, F_META_PEER_peer, w->nodes[peer].id);
            world_u(p, F_META_PEER_current, w->nodes[peer].answers);
            world_u(p, F_META_PEER_offline, !w->nodes[peer].answers);
            world_i(p, F_META_PEER_active, 200 * NS_PER_MS);
        }
        static const struct {
            const char *name;
            int replicas;
            double rate;
        } streams[WORLD_STREAMS] = {{"ORDERS", 3, 2700}, {"GEO", 3, 120}, {"EDGE", 1, 40}};
        for (int i = 0; i < WORLD_STREAMS; i++)
            if (w->leads[i] == node)
                world_stream_row(w, s, streams[i].name, node, streams[i].replicas, streams[i].rate);
        for (int i = 0; i < w->consumer_count; i++)
            if (w->consumers[i].leader == node)
                world_consumer_row(w, s, &w->consumers[i]);
            else if (w->followers && w->nodes[w->consumers[i].leader].jsz_error)
                world_follower_row(w, s, &w->consumers[i]);
    }
    world_send(w, s);
}

static inline void world_cost_why(struct world *w, int node, enum shape shape, int every_s, const char *why) {
    struct row_any any;
    struct text_pool *pool = text_pool_create();
    row_init(&any.row, ENTITY_COST);
    uint64_t requests = (uint64_t)(w->second / every_s) + 1;
    int64_t cost_ns = w->cost_ns ? w->cost_ns : 900 * NS_PER_US;
    world_u(&any.row, F_COST_target, (uint64_t)node + 1);
    world_u(&any.row, F_COST_shape, shape);
    world_u(&any.row, F_COST_requests, requests);
    world_u(&any.row, F_COST_failures, 0);
    world_u(&any.row, F_COST_bytes, requests * 4000);
    world_i(&any.row, F_COST_spent, (int64_t)requests * cost_ns);
    world_i(&any.row, F_COST_last, cost_ns);
    world_i(&any.row, F_COST_interval, every_s * NS_PER_S);
    row_put(&any.row, F_COST_why)->s = text_intern(pool, why, strlen(why));
    world_i(&any.row, F_COST_utc, world_utc(w));
    model_row(w->model, 1, FRAME_COST, &any.row);
    text_pool_destroy(pool);
}

static inline void world_cost(struct world *w, int node, enum shape shape, int every_s) {
    world_cost_why(w, node, shape, every_s, "default");
}

static inline int world_asked(const struct world *w) {
    return w->asked ? w->asked : w->node_count;
}

static inline void world_targets(struct world *w) {
    struct text_pool *pool = text_pool_create();
    struct row_any any;
    row_init(&any.row, ENTITY_HELLO);
    row_put(&any.row, F_HELLO_program)->s = text_intern(pool, "natsight", 8);
    row_put(&any.row, F_HELLO_transport)->s = text_intern(pool, "http", 4);
    world_i(&any.row, F_HELLO_utc, world_utc(w));
    world_i(&any.row, F_HELLO_mono, world_mono(w));
    world_i(&any.row, F_HELLO_interval, NS_PER_S);
    model_row(w->model, 1, FRAME_HELLO, &any.row);
    for (int i = 0; i < w->node_count; i++) {
        bool asked = i < world_asked(w);
        row_init(&any.row, ENTITY_TARGET);
        world_u(&any.row, F_TARGET_id, (uint64_t)i + 1);
        row_put(&any.row, F_TARGET_url)->s = text_intern(pool, w->nodes[i].url, strlen(w->nodes[i].url));
        row_put(&any.row, F_TARGET_origin)->s = text_intern(pool, asked ? "named" : "route", 5);
        row_put(&any.row, F_TARGET_state)->s =
            asked ? text_intern(pool, "polled", 6) : text_intern(pool, "known", 5);
        if (!asked)
            row_put(&any.row, F_TARGET_server_id)->s =
                text_intern(pool, w->nodes[i].id, strlen(w->nodes[i].id));
        world_i(&any.row, F_TARGET_utc, world_utc(w));
        model_row(w->model, 1, FRAME_TARGET, &any.row);
    }
    text_pool_destroy(pool);
}

/* One second of the cluster's life, and what the collector saw of it. */
static inline void world_second(struct world *w) {
    w->second++;
    for (int i = 0; i < world_asked(w); i++) {
        struct world_node *n = &w->nodes[i];
        double msgs = world_wave(w, 60000 + i * 700, 9000, 240);
        n->in_msgs += msgs;
        n->out_msgs += msgs * 6.1;
        n->in_bytes += msgs * 520;
        n->out_bytes += msgs * 6.1 * 365;
        if (!n->answers) {
            world_refused(w, i, SHAPE_VARZ);
            continue;
        }
        world_varz(w, i);
        if (w->second % 10 == 1)
            world_health(w, i);
        if (w->second % 10 == 1 && !n->cluster)
            world_routes(w, i);
        if (w->second % 2 == 1)
            world_connz(w, i);
        if (w->second % 5 == 2)
            world_jsz(w, i);
        if (w->second % 5 == 0)
            world_cost(w, i, SHAPE_VARZ, 1), world_cost(w, i, SHAPE_CONNZ_HOT, 2),
                world_cost(w, i, SHAPE_JSZ, 5);
    }
    model_tick(w->model, world_utc(w), world_mono(w));
}

static const struct world_client world_clients[] = {
    {1, 4711, "billing-7", "PAY", "go", 33.5 * 1048576, 12, 4100},
    {1, 4702, "billing-3", "PAY", "go", 21 * 1048576, 10, 4000},
    {0, 101, "orders-api-1", "SHOP", "go", 0, 3200, 210},
    {2, 233, "edge-ams-04", "EDGE", "c", 0, 1, 1},
    {0, 102, NULL, NULL, "python3", 0, 20, 0},
    {2, 240, "geo-tiles", "GEO", "rust", 60000, 0, 900},
    {1, 250, "audit", "$G", "java", 0, 0, 30},
};
static const struct world_consumer world_consumers[] = {
    {"ORDERS", "billing", 1, 1240000, 2100, 0, 1000, 1000, 412, 0},
    {"ORDERS", "audit", 0, 88100, 200, 2500, 64, 1000, 0, 12},
    {"GEO", "tiles", 2, 4200, -1100, 1220, 12, 200, 0, 4},
    {"EDGE", "ingest", 0, 611, -0.3, 40, 8, 1000, 3, 8},
    {"ORDERS", "email", 2, 0, 0, 2700, 0, 500, 0, 2},
    {"KV_cfg", "watch", 2, 0, 0, 0, 0, 0, 0, 0},
    {"GEO", "cache", 0, 0, 0, 120, 1, 200, 0, 4},
    {"EDGE", "metrics", 2, 0, 0, 0, 0, 1000, 0, 8},
};

static inline void world_init(struct world *w) {
    static const struct world_node nodes[WORLD_NODES] = {
        {.name = "n1-lon",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1",
         .url = "http://10.0.0.1:8222",
         .version = "2.10.22",
         .cpu = 34,
         .mem = 1228,
         .connections = 334,
         .answers = true},
        {.name = "n2-lon",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA2",
         .url = "http://10.0.0.2:8222",
         .version = "2.10.22",
         .cpu = 33,
         .mem = 3990,
         .connections = 341,
         .answers = true},
        {.name = "n3-ams",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA3",
         .url = "http://10.0.0.3:8222",
         .version = "2.10.22",
         .cpu = 31,
         .mem = 1126,
         .connections = 325,
         .answers = true},
        {.name = "n4-ams",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA4",
         .url = "http://10.0.0.4:8222",
         .version = "2.10.22",
         .cpu = 30,
         .mem = 1100,
         .connections = 320,
         .answers = true},
        {.name = "n5-par",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA5",
         .url = "http://10.0.0.5:8222",
         .version = "2.10.22",
         .cpu = 29,
         .mem = 1090,
         .connections = 318,
         .answers = true},
        {.name = "n6-par",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA6",
         .url = "http://10.0.0.6:8222",
         .version = "2.10.22",
         .cpu = 28,
         .mem = 1080,
         .connections = 317,
         .answers = true},
    };
    struct model_options options = {.label = NULL};
    memset(w, 0, sizeof(*w));
    w->model = model_create(&options);
    memcpy(w->nodes, nodes, sizeof(nodes));
    w->node_count = 3;
    w->leads[0] = 1;
    w->leads[1] = 2;
    w->jetstream = true;
}

static inline void world_run(struct world *w, int seconds) {
    if (w->second == 0)
        world_targets(w);
    for (int i = 0; i < seconds; i++)
        world_second(w);
}

static inline void world_finish(struct world *w) {
    model_destroy(w->model);
}

/* Nothing heard yet. */
static inline void world_empty(struct world *w) {
    world_init(w);
}

/* All servers live, and some of their endpoints fail: one of n2 since 14 s, one of n3 from the beginning. */
static inline void world_failing(struct world *w) {
    world_init(w);
    w->clients = world_clients + 2;
    w->client_count = 5;
    w->consumers = world_consumers + 2;
    w->consumer_count = 3;
    w->nodes[2].jsz_error = "no answer within 10s";
    world_run(w, WORLD_SECONDS - 14);
    w->nodes[1].connz_error = "not JSON: nested too deep at byte 2049";
    w->nodes[2].connz_error = "not JSON: nested too deep at byte 2049";
    world_run(w, 14);
}

/* n2 falls, and what it led is led by n1 and n3 some seconds later. */
static inline void world_failover(struct world *w) {
    static struct world_consumer moved[5];
    memcpy(moved, world_consumers, sizeof(moved));
    world_init(w);
    for (int i = 0; i < 5; i++)
        moved[i].leader = i < 4 ? 1 : 2;
    w->consumers = moved;
    w->consumer_count = 5;
    world_run(w, WORLD_SECONDS - 20);
    w->nodes[1].answers = false;
    world_run(w, 4);
    w->leads[0] = 2;
    for (int i = 0; i < 4; i++)
        moved[i].leader = i ? 2 : 0;
    world_run(w, 16);
}

/* The whole page of n2's connections is dear. */
static inline void world_stretched(struct world *w) {
    world_init(w);
    w->clients = world_clients + 2;
    w->client_count = 5;
    world_run(w, 20);
    world_cost(w, 0, SHAPE_CONNZ_FULL, 2);
    world_cost_why(w, 1, SHAPE_CONNZ_FULL, 8, "stretched: 5 % bound");
    world_cost(w, 2, SHAPE_CONNZ_FULL, 2);
}

/* Watching costs more than it may. */
static inline void world_dear(struct world *w) {
    world_init(w);
    w->cost_ns = 60 * NS_PER_MS;
    world_run(w, 20);
}

/* An endpoint of n2 fails since 6 s: too short for a finding, too long for "all ok". */
static inline void world_fails_now(struct world *w) {
    world_init(w);
    w->clients = world_clients + 2;
    w->client_count = 5;
    world_run(w, 30);
    w->nodes[1].connz_error = "not JSON: nested too deep at byte 2049";
    world_run(w, 6);
}

/* n1 refused from the beginning. */
static inline void world_silent(struct world *w) {
    world_init(w);
    w->nodes[0].answers = false;
    world_run(w, 30);
}

/* n2 and n3 are gone: the meta group has no majority any more, and what they led nobody leads. */
static inline void world_minority(struct world *w) {
    world_init(w);
    w->consumers = world_consumers;
    w->consumer_count = sizeof(world_consumers) / sizeof(world_consumers[0]);
    world_run(w, WORLD_SECONDS - 60);
    w->nodes[1].answers = w->nodes[2].answers = false;
    world_run(w, 60);
}

/* n1 alone is asked; it has routes to the others. */
static inline void world_known(struct world *w) {
    world_init(w);
    w->jetstream = false;
    w->asked = 1;
    w->clients = world_clients + 2;
    w->client_count = 3;
    world_run(w, 60);
}

/* Three servers that know nothing of each other. */
static inline void world_apart(struct world *w) {
    world_init(w);
    w->jetstream = false;
    w->nodes[0].cluster = "alpha";
    w->nodes[1].cluster = "beta";
    w->nodes[2].cluster = "gamma";
    w->clients = world_clients + 2;
    w->client_count = 3;
    world_run(w, 60);
}

/* Two clusters that name their servers and streams alike. */
static inline void world_twins(struct world *w) {
    static const struct world_consumer consumers[] = {
        {"ORDERS", "billing", 1, 4000, 10, 5, 100, 1000, 0, 0},
        {"EDGE", "billing", 0, 60, 0, 5, 0, 1000, 0, 0},
        {"ORDERS", "billing", 0, 7, 0, 5, 0, 1000, 0, 0},
    };
    world_init(w);
    w->nodes[0].cluster = "east";
    w->nodes[1].cluster = w->nodes[2].cluster = "west";
    w->nodes[0].name = w->nodes[1].name = "n1";
    w->nodes[2].name = "n2";
    w->consumers = consumers;
    w->consumer_count = 3;
    w->clients = world_clients + 2;
    w->client_count = 5;
    world_run(w, 60);
}

/* Two consumers that their leader tells nothing of beside some that are told. */
static inline void world_untold(struct world *w) {
    static const struct world_consumer consumers[] = {
        {"ORDERS", "audit", 0, 700, 5, 2500, 64, 1000, 0, 12},
        {"GEO", "lost", 1, 0, 0, 0, 0, 0, 0, 0},
        {"EDGE", "gone", 1, 0, 0, 0, 0, 0, 0, 0},
        {"GEO", "tiles", 2, 4200, 7, 1220, 12, 200, 0, 4},
        {"GEO", "cache", 0, 0, 0, 120, 0, 200, 0, 4},
    };
    world_init(w);
    w->clients = world_clients + 2;
    w->client_count = 3;
    w->consumers = consumers;
    w->consumer_count = 5;
    w->followers = true;
    w->nodes[1].jsz_error = "no answer within 10s";
    world_run(w, WORLD_SECONDS);
}

/* More servers than a small screen has rows for. */
static inline void world_crowded(struct world *w) {
    world_init(w);
    w->node_count = WORLD_NODES;
    w->clients = world_clients;
    w->client_count = 6;
    w->consumers = world_consumers;
    w->consumer_count = 8;
    world_run(w, 60);
}

/* Servers that keep four connections to each peer. */
static inline void world_pooled(struct world *w) {
    world_init(w);
    w->pool = 4;
    world_run(w, 60);
}

/* One answer of each: no rate yet. */
static inline void world_first(struct world *w) {
    world_init(w);
    w->clients = world_clients + 2;
    w->client_count = 3;
    world_run(w, 1);
}

/* Two lagging consumers, two filling buffers, one hot node. */
static inline void world_busy(struct world *w) {
    world_init(w);
    w->busy = true;
    w->clients = world_clients;
    w->client_count = sizeof(world_clients) / sizeof(world_clients[0]);
    w->consumers = world_consumers;
    w->consumer_count = sizeof(world_consumers) / sizeof(world_consumers[0]);
    world_run(w, WORLD_SECONDS);
}

/* All well, no JetStream. */
static inline void world_quiet(struct world *w) {
    world_init(w);
    w->jetstream = false;
    w->clients = world_clients + 2;
    w->client_count = 3;
    world_run(w, WORLD_SECONDS);
}

/* The same as busy, but n2 refuses since 40 s and nobody else has answered for 4 s. */
static inline void world_stale(struct world *w) {
    world_init(w);
    w->busy = true;
    w->clients = world_clients;
    w->client_count = sizeof(world_clients) / sizeof(world_clients[0]);
    w->consumers = world_consumers;
    w->consumer_count = sizeof(world_consumers) / sizeof(world_consumers[0]);
    world_run(w, WORLD_SECONDS - 44);
    w->nodes[1].answers = false;
    world_run(w, 40);
    for (int i = 0; i < 4; i++) {
        w->second++;
        model_tick(w->model, world_utc(w), world_mono(w));
    }
}

/* Names as an enemy gives them. */
static inline void world_hostile(struct world *w) {
    static char long_name[5000];
    memset(long_name, 'x', sizeof(long_name) - 1);
    static struct world_client clients[4];
    static struct world_consumer consumers[3];
    world_init(w);
    clients[0] =
        (struct world_client){0, 7, "\x1b[31mred\x1b[0m\x07", "A\nB", "\xff\xfe", 20 * 1048576, 10, 10};
    clients[1] = (struct world_client){1, 8, long_name, "\xe2\x80\xaegnp.exe", "go", 5 * 1048576, 1, 1};
    clients[2] = (struct world_client){2,
                                       18446744073709551615ull,
                                       "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe5\x90\x8d\xe5\x89"
                                       "\x8d\xe3\x81\x8c\xe9\x95\xb7\xe3\x81\x84",
                                       "",
                                       "c",
                                       4 * 1048576,
                                       0,
                                       0};
    clients[3] = (struct world_client){2, 9, "e\xcc\x81\xcc\x81\xcc\x81 %s%n", "$G", "go", 3 * 1048576, 0, 0};
    consumers[0] =
        (struct world_consumer){"a'b; rm -rf /", "\xe2\x80\x8b\xe2\x80\x8b", 1, 50000, 100, 0, 10, 0, 0, 0};
    consumers[1] =
        (struct world_consumer){long_name, long_name, 0, 18446744073709551615.0 / 2, 0, 0, 10, 0, 0, 0};
    consumers[2] = (struct world_consumer){"tab\there",
                                           "\x9b"
                                           "31m",
                                           2,
                                           3,
                                           0,
                                           1,
                                           10,
                                           0,
                                           0,
                                           0};
    w->nodes[0].name = "\x1b]0;title\x07n1";
    w->nodes[1].name = "a-very-long-server-name-that-does-not-fit-anywhere-at-all.example.internal";
    w->nodes[2].name = "\xe6\x9d\xb1\xe4\xba\xac";
    w->clients = clients;
    w->client_count = 4;
    w->consumers = consumers;
    w->consumer_count = 3;
    world_run(w, WORLD_SECONDS);
}

#endif
