#include "collectors/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "collectors/decode.h"
#include "collectors/discover.h"
#include "collectors/identity.h"
#include "collectors/request.h"
#include "collectors/schedule.h"

#define LIST_KEEP 128
#define BACKLOG                                                                                              \
    (1 << 20) /* bytes on all routes, or all gateways, of a server, more than which is worth a look more     \
                 often */

void facts_finish(struct facts *f) {
    free(f->routes);
    free(f->hosts);
    *f = (struct facts){0};
}

void facts_reset(struct facts *f) {
    if (f->route_cap > LIST_KEEP || f->host_cap > LIST_KEEP)
        facts_finish(f);
    struct facts kept = {
        .routes = f->routes, .route_cap = f->route_cap, .hosts = f->hosts, .host_cap = f->host_cap};
    *f = kept;
    f->now = f->start = f->config_load_time = TIME_UNSET;
    f->closed.newest = f->closed.oldest = TIME_UNSET;
}

static void copy_text(char *out, size_t size, const struct row *row, enum field field) {
    const struct text *text = row_has(row, field) ? row_cell(row, field)->s : text_empty;
    size_t len = text->len < size ? text->len : size - 1;
    memcpy(out, text->bytes, len);
    out[len] = '\0';
}

/* Room for one more of at most SEEN_MAX, NULL when there are too many. */
static void *one_more(void **list, size_t count, size_t *cap, size_t size) {
    if (count == SEEN_MAX)
        return NULL;
    if (count == *cap) {
        *cap = *cap > 0 ? *cap * 2 : 8;
        *list = memory_grow(*list, *cap, size);
    }
    return (char *)*list + count * size;
}

static void see_answer(struct target *t, struct facts *f, const struct row *row) {
    (void)t;
    copy_text(f->server_id, sizeof f->server_id, row, F_ANSWER_server_id);
    f->now = row_i64(row, F_ANSWER_now, TIME_UNSET);
    f->has_total = row_has(row, F_ANSWER_total);
    f->total = row_u64(row, F_ANSWER_total, 0);
    f->num = row_u64(row, F_ANSWER_num, 0);
}

static void see_server(struct target *t, struct facts *f, const struct row *row) {
    (void)t;
    f->server = true;
    copy_text(f->name, sizeof f->name, row, F_SERVER_name);
    copy_text(f->version, sizeof f->version, row, F_SERVER_version);
    copy_text(f->cluster, sizeof f->cluster, row, F_SERVER_cluster);
    f->start = row_i64(row, F_SERVER_start, TIME_UNSET);
    f->config_load_time = row_i64(row, F_SERVER_config_load_time, TIME_UNSET);
    f->remotes = row_u64(row, F_SERVER_remotes, 0);
    f->clustered = f->cluster[0] != '\0' || row_u64(row, F_SERVER_routes, 0) > 0;
    f->gateways = row_text(row, F_SERVER_gateway)[0] != '\0';
    f->leafs = row_u64(row, F_SERVER_leafnodes, 0) > 0;
    f->client_counters = row_has(row, F_SERVER_in_client_msgs);
    f->total_connections = row_u64(row, F_SERVER_total_connections, 0);
    f->open = row_u64(row, F_SERVER_connections, 0);
    int64_t slow = row_i64(row, F_SERVER_slow_consumers, 0),
            stale = row_i64(row, F_SERVER_stale_connections, 0);
    f->troubles = (uint64_t)(slow > 0 ? slow : 0) + (uint64_t)(stale > 0 ? stale : 0);
}

static void see_waiting(struct facts *f, int64_t waiting) {
    if (waiting > 0 && f->waiting <= BACKLOG) /* past that it does not matter how much */
        f->waiting += waiting < BACKLOG ? waiting : BACKLOG + 1;
}

static void see_gateway(struct target *t, struct facts *f, const struct row *row) {
    (void)t;
    see_waiting(f, row_i64(row, F_GATEWAY_pending_bytes, 0));
}

static void see_route(struct target *t, struct facts *f, const struct row *row) {
    (void)t;
    see_waiting(f, row_i64(row, F_ROUTE_pending_bytes, 0));
    void *list = f->routes;
    struct seen_route *route = row_text(row, F_ROUTE_remote_id)[0] != '\0'
                                   ? one_more(&list, f->route_count, &f->route_cap, sizeof *f->routes)
                                   : NULL;
    f->routes = list;
    if (route == NULL)
        return;
    f->route_count++;
    copy_text(route->id, sizeof route->id, row, F_ROUTE_remote_id);
    copy_text(route->name, sizeof route->name, row, F_ROUTE_remote_name);
    copy_text(route->ip, sizeof route->ip, row, F_ROUTE_ip);
    route->port = row_u64(row, F_ROUTE_port, 0);
}

static void see_host(struct facts *f, const char *url, const char *origin) {
    void *list = f->hosts;
    struct seen_host *host = one_more(&list, f->host_count, &f->host_cap, sizeof *f->hosts);
    f->hosts = list;
    if (host == NULL || !discover_host_of(url, host->host, sizeof host->host))
        return;
    host->origin = origin;
    f->host_count++;
}

static void see_client_url(struct target *t, struct facts *f, const struct row *row) {
    const char *url = row_text(row, F_CLIENT_URL_url);
    if (t->collector->hears_address != NULL)
        t->collector->hears_address(t->collector, url);
    see_host(f, url, "connect_url");
}

static void see_route_url(struct target *t, struct facts *f, const struct row *row) {
    (void)t;
    see_host(f, row_text(row, F_ROUTE_URL_url), "route");
}

static void see_jetstream(struct target *t, struct facts *f, const struct row *row) {
    (void)t;
    f->streams = row_u64(row, F_JETSTREAM_streams, 0);
}

/* The sum is another one when something was made, or made again, or is led from elsewhere. */
static void see_consumer(struct target *t, struct facts *f, const struct row *row) {
    (void)t;
    static const enum field key[] = {F_CONSUMER_account, F_CONSUMER_stream, F_CONSUMER_name};
    uint64_t hash = (uint64_t)row_i64(row, F_CONSUMER_created, TIME_UNSET);
    if (!row_has(row, F_CONSUMER_created) || !row_has(row, F_CONSUMER_pending)) /* it does not lead it */
        return;
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        const char *text = row_text(row, key[i]);
        hash = hash * 0x9e3779b97f4a7c15u + hash_bytes(text, strlen(text));
    }
    f->made += hash;
}

static void see_connection(struct target *t, struct facts *f, const struct row *row) {
    f->connections++;
    closed_see(&f->closed, &t->closed, row);
}

static void (*const see[ENTITY_COUNT])(struct target *, struct facts *, const struct row *) = {
    [ENTITY_ANSWER] = see_answer,         [ENTITY_SERVER] = see_server,
    [ENTITY_ROUTE] = see_route,           [ENTITY_GATEWAY] = see_gateway,
    [ENTITY_CLIENT_URL] = see_client_url, [ENTITY_ROUTE_URL] = see_route_url,
    [ENTITY_JETSTREAM] = see_jetstream,   [ENTITY_CONNECTION] = see_connection,
    [ENTITY_CONSUMER] = see_consumer,
};

static void on_row(void *data, struct lane *lane, const struct row *row) {
    struct target *t = data;
    if (see[row->entity] != NULL)
        see[row->entity](t, &t->facts[lane->kind], row);
}

/* ---- whole answers ---- */

static bool from_other_server(const struct target *t, const struct facts *f) {
    return f->server_id[0] != '\0' && t->server_id[0] != '\0' && strcmp(f->server_id, t->server_id) != 0;
}

/* Bytes of a connection after a page that was too large: what was seen of it, but twice what was thought. */
static uint64_t larger_connections(const struct target *t, const struct lane *lane, const struct facts *f) {
    uint64_t seen = f->connections > 0 ? lane->head.bytes / f->connections : 0;
    uint64_t twice = request_connection_bytes(t) * 2;
    uint64_t bytes = seen > twice ? seen : twice;
    return bytes < DECODE_MAX_BODY ? bytes : DECODE_MAX_BODY;
}

static bool after_connz(struct target *t, const struct lane *lane, const struct facts *f) {
    bool full = lane->head.shape == SHAPE_CONNZ_FULL;
    if (full && lane->head.failure == FAILURE_TOO_LARGE)
        t->conn_bytes = larger_connections(t, lane, f);
    if (lane->head.failure != FAILURE_NONE)
        return true;
    if (f->has_total)
        t->conn_total = f->total;
    if (!full)
        return true;
    if (f->num > 0)
        t->conn_bytes = lane->head.bytes / f->num;
    bool cut_by_us = f->num < f->total && f->num >= t->conn_limit;
    t->conn_again = cut_by_us && !t->conn_again && request_connection_limit(t) > t->conn_limit;
    if (t->conn_again)
        schedule_ask(t, EP_CONNZ_FULL);
    return true;
}

static bool after_jsz(struct target *t, const struct lane *lane, const struct facts *f) {
    if (lane->head.failure != FAILURE_NONE)
        return true;
    if (t->config_asked) {
        t->config_last = lane->head.asked_mono_ns;
        t->config_changed = false;
    }
    if ((f->streams != t->streams || f->made != t->made) && !t->config_asked)
        t->config_changed = true;
    t->streams = f->streams;
    t->made = f->made;
    return true;
}

static bool after_routez(struct target *t, const struct lane *lane, const struct facts *f) {
    if (lane->head.failure != FAILURE_NONE)
        return true;
    t->backlog[EP_ROUTEZ] = f->waiting > BACKLOG;
    discover_routes(t, f);
    return true;
}

static bool after_gatewayz(struct target *t, const struct lane *lane, const struct facts *f) {
    if (lane->head.failure == FAILURE_NONE)
        t->backlog[EP_GATEWAYZ] = f->waiting > BACKLOG;
    return true;
}

static bool after_closed(struct target *t, const struct lane *lane, const struct facts *f) {
    return closed_answer(t, lane->head.failure == FAILURE_NONE, f);
}

/* false: it is not for anybody else. */
static bool (*const after[SHAPE_LIMIT])(struct target *, const struct lane *, const struct facts *) = {
    [SHAPE_CONNZ_HOT] = after_connz, [SHAPE_CONNZ_FULL] = after_connz, [SHAPE_CONNZ_CLOSED] = after_closed,
    [SHAPE_JSZ] = after_jsz,         [SHAPE_ROUTEZ] = after_routez,    [SHAPE_GATEWAYZ] = after_gatewayz,
};

/* It is not what /varz says, which is asked again at once. true: /varz had gone on as before when that one
 * answered earlier. Else it may be a restart that /varz has not shown yet. */
static bool refuse(struct target *t, struct lane *lane, const struct facts *f) {
    char error[NAME_SIZE + 80];
    snprintf(error, sizeof error, "another server answers: %s; a balancer in between?", f->server_id);
    lane_fail(lane, FAILURE_OTHER_SERVER, error);
    lane->fresh_next = true;
    snprintf(t->foreign, sizeof t->foreign, "%s", f->server_id);
    t->foreign_ns = clock_mono_ns();
    schedule_ask(t, EP_VARZ);
    return hash_bytes(f->server_id, strlen(f->server_id)) == t->foreign_told;
}

/* Everything but /varz: only what the server of the last /varz says is taken. */
static bool take_other(struct target *t, struct lane *lane, const struct facts *f) {
    bool foreign =
        lane->head.failure == FAILURE_NONE && t->state != TARGET_BALANCER && from_other_server(t, f);
    bool told = !foreign || refuse(t, lane, f);
    bool send = after[lane->head.shape] == NULL || after[lane->head.shape](t, lane, f);
    return send && told && t->state == TARGET_POLLED;
}

static void on_done(void *data, struct lane *lane) {
    struct target *t = data;
    const struct facts *f = &t->facts[lane->kind];
    int e = endpoint_by_shape(lane->head.shape);
    bool send = e == EP_VARZ ? identity_take(t, lane, f) : take_other(t, lane, f);
    schedule_account(t, e, &lane->head, lane->decoding_ns);
    schedule_stir(t); /* the lane is free again */
    if (send)
        lane_commit(lane);
    else
        lane_drop(lane);
}

const struct lane_handler answer_handler = {on_row, on_done};
