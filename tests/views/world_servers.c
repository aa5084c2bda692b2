#include "tests/views/world_parts.h"

#include <math.h>
#include <string.h>

double world_wave(const struct world *w, double base, double swing, double period) {
    return base + swing * sin(w->second / period * 6.2831853);
}

/* Nodes of its cluster, whether they answer us or not. */
static uint64_t peers_of(const struct world *w, int node) {
    uint64_t peers = 0;
    const char *cluster = w->nodes[node].cluster;
    for (int i = 0; i < w->node_count; i++) {
        const char *there = w->nodes[i].cluster;
        peers += i != node && (cluster && there ? strcmp(cluster, there) == 0 : cluster == there);
    }
    return peers;
}

void world_varz(struct world *w, int node) {
    struct world_node *n = &w->nodes[node];
    struct sample *s = world_sample(w, node, SHAPE_VARZ);
    world_answer(w, s, node);
    struct row *r = sample_add(s, ENTITY_SERVER);
    int64_t start = (WORLD_START - (w->up_s ? w->up_s : 12 * 86400 + 3 * 3600)) * NS_PER_S;
    double load = node == 1 && w->busy && w->second > 600 ? 88 : world_wave(w, n->cpu, 3, 97);
    world_text(s, r, F_SERVER_server_id, n->id);
    world_text(s, r, F_SERVER_name, n->name);
    world_text(s, r, F_SERVER_version, n->version);
    world_text(s, r, F_SERVER_host, "10.0.0.1");
    world_text(s, r, F_SERVER_cluster, n->cluster ? n->cluster : "nats-prod");
    world_u(r, F_SERVER_port, 4222);
    world_i(r, F_SERVER_start, start);
    world_i(r, F_SERVER_config_load_time, start);
    world_i(r, F_SERVER_mem, (int64_t)(n->mem * 1024 * 1024));
    world_u(r, F_SERVER_cores, 8);
    world_u(r, F_SERVER_gomaxprocs, 8);
    row_put(r, F_SERVER_cpu)->f = floor(load);
    world_u(r, F_SERVER_connections, (uint64_t)n->connections);
    uint64_t closed = w->closes ? world_lives_ended(w, node) : (uint64_t)w->second / 10;
    world_u(r, F_SERVER_total_connections, (uint64_t)n->connections + closed);
    world_i(r, F_SERVER_max_connections, 65536);
    world_u(r, F_SERVER_routes, n->cluster ? 0 : 2);
    world_u(r, F_SERVER_remotes, peers_of(w, node));
    world_u(r, F_SERVER_leafnodes, w->leafs);
    enum field counters[] = {F_SERVER_in_msgs, F_SERVER_out_msgs, F_SERVER_in_bytes, F_SERVER_out_bytes};
    enum field client[] = {F_SERVER_in_client_msgs, F_SERVER_out_client_msgs, F_SERVER_in_client_bytes,
                           F_SERVER_out_client_bytes};
    double values[] = {n->in_msgs, n->out_msgs, n->in_bytes, n->out_bytes};
    for (int i = 0; i < 4; i++) {
        world_i(r, counters[i], (int64_t)(values[i] * 1.5));
        world_i(r, client[i], (int64_t)values[i]);
    }
    world_i(r, F_SERVER_slow_consumers, node == 1 && w->busy ? 17 : 0);
    world_u(r, F_SERVER_subscriptions, (w->subscriptions ? w->subscriptions : 2100) + (uint64_t)node * 40);
    world_i(r, F_SERVER_max_payload, 1 << 20);
    world_i(r, F_SERVER_max_pending, 64 << 20);
    if (w->closes)
        world_slow_counters(w, node, r);
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

void world_health(struct world *w, int node) {
    struct sample *s = world_sample(w, node, SHAPE_HEALTHZ);
    struct row *r = sample_add(s, ENTITY_HEALTH);
    world_text(s, r, F_HEALTH_status, "ok");
    world_u(r, F_HEALTH_code, 200);
    world_send(w, s);
}

static double world_pending(const struct world *w, const struct world_client *c) {
    return c->pending > 0 ? c->pending * w->second / WORLD_SECONDS : 0;
}

static struct row *put_client(const struct world *w, struct sample *s, int i) {
    const struct world_client *c = &w->clients[i];
    struct row *r = sample_add(s, ENTITY_CONNECTION);
    world_u(r, F_CONNECTION_cid, c->cid);
    world_text(s, r, F_CONNECTION_kind, "Client");
    world_text(s, r, F_CONNECTION_type, "nats");
    if (c->name)
        world_text(s, r, F_CONNECTION_name, c->name);
    if (c->account)
        world_text(s, r, F_CONNECTION_account, c->account);
    if (w->peers && w->peers[i].user)
        world_text(s, r, F_CONNECTION_user, w->peers[i].user);
    world_text(s, r, F_CONNECTION_ip, w->peers ? w->peers[i].host : "10.4.2.17");
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
    return r;
}

void world_ended(struct world *w, int client, int second, const char *reason) {
    struct sample *s = world_sample(w, w->clients[client].node, SHAPE_CONNZ_CLOSED);
    world_u(world_answer(w, s, w->clients[client].node), F_ANSWER_total, 1);
    struct row *r = put_client(w, s, client);
    world_i(r, F_CONNECTION_stop, (WORLD_START + second) * NS_PER_S);
    world_text(s, r, F_CONNECTION_reason, reason);
    world_send(w, s);
}

void world_connz(struct world *w, int node) {
    if (w->nodes[node].connz_error) {
        world_failed(w, node, SHAPE_CONNZ_HOT, FAILURE_BODY, w->nodes[node].connz_error);
        return;
    }
    struct sample *s = world_sample(w, node, SHAPE_CONNZ_HOT);
    struct row *a = world_answer(w, s, node);
    uint64_t rows = 0;
    for (int i = 0; i < w->client_count; i++) {
        if (w->clients[i].node != node)
            continue;
        put_client(w, s, i);
        rows++;
    }
    rows += (uint64_t)world_lives_open(w, s, node);
    world_u(a, F_ANSWER_total, (uint64_t)w->nodes[node].connections);
    world_u(a, F_ANSWER_limit, 100);
    world_u(a, F_ANSWER_num, rows);
    world_send(w, s);
}

static int64_t waiting(const struct world *w, int node, int peer, int link) {
    bool holds = w->holds_since && !w->by_gateway && w->second > w->holds_since && peer == 1 && link == 0;
    return holds ? (w->second - w->holds_since) * 2200000LL / (node + 1) : link * 1000;
}

static void world_route(struct world *w, struct sample *s, int node, int peer, int link) {
    struct row *r = sample_add(s, ENTITY_ROUTE);
    world_u(r, F_ROUTE_rid, (uint64_t)peer + 10 * ((uint64_t)link + 1));
    world_text(s, r, F_ROUTE_remote_id, w->nodes[peer].id);
    world_text(s, r, F_ROUTE_remote_name, w->nodes[peer].name);
    world_text(s, r, F_ROUTE_ip, "10.0.0.2");
    world_u(r, F_ROUTE_port, 6222);
    world_i(r, F_ROUTE_rtt, (peer + node + link) * 900 * NS_PER_US);
    world_i(r, F_ROUTE_pending_bytes, waiting(w, node, peer, link));
    world_i(r, F_ROUTE_in_msgs, w->second * 20000LL);
    world_i(r, F_ROUTE_out_msgs, w->second * 21000LL);
    world_i(r, F_ROUTE_in_bytes, w->second * 2000000LL);
    world_i(r, F_ROUTE_out_bytes, w->second * 2100000LL);
}

void world_gateways(struct world *w, int node) {
    struct sample *s = world_sample(w, node, SHAPE_GATEWAYZ);
    world_answer(w, s, node);
    struct row *r = sample_add(s, ENTITY_GATEWAY);
    world_u(r, F_GATEWAY_cid, 20);
    world_text(s, r, F_GATEWAY_direction, "outbound");
    world_text(s, r, F_GATEWAY_cluster, "east");
    world_text(s, r, F_GATEWAY_remote_id, "NDEAST");
    world_i(r, F_GATEWAY_pending_bytes,
            node == 0 && w->second > w->holds_since ? (w->second - w->holds_since) * 3100000LL : 0);
    world_i(r, F_GATEWAY_in_msgs, w->second * 20000LL);
    world_i(r, F_GATEWAY_out_msgs, w->second * 21000LL);
    world_i(r, F_GATEWAY_in_bytes, w->second * 2000000LL);
    world_i(r, F_GATEWAY_out_bytes, w->second * 2100000LL);
    world_send(w, s);
}

void world_routes(struct world *w, int node) {
    struct sample *s = world_sample(w, node, SHAPE_ROUTEZ);
    world_answer(w, s, node);
    for (int peer = 0; peer < w->node_count; peer++) {
        if (peer == node || !w->nodes[peer].answers)
            continue;
        if (!w->route_closed || node != 0 || peer != 1)
            world_route(w, s, node, peer, 0);
        for (int i = 1; i < w->pool; i++)
            world_route(w, s, node, peer, i);
    }
    world_send(w, s);
}
