#include "model/client.h"
#include "model/expecting.h"
#include "model/interest.h"
#include "model/peer.h"
#include "model/round_trip.h"
#include "model/source.h"
#include "model/subscription.h"
#include "model/visitor.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void visit(text_visit_fn *fn, void *data, const struct text **place) {
    if (*place)
        fn(data, place);
}

static void visit_side(struct side *side, text_visit_fn *fn, void *data) {
    visit(fn, data, &side->at.server_id);
    if (!side->now)
        return;
    const struct entity_info *entity = &entities[side->now->entity];
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (fields[f].type == TYPE_TEXT && row_has(side->now, f))
            fn(data, &side->now->cell[fields[f].cell].s);
    }
}

static void cluster_texts(void *extra, text_visit_fn *fn, void *data) {
    visit(fn, data, &((struct cluster *)extra)->name);
    visit(fn, data, &((struct cluster *)extra)->meta.leader);
}

static void server_texts(void *extra, text_visit_fn *fn, void *data) {
    struct server *server = extra;
    const struct text **own[] = {&server->cluster, &server->name,  &server->server_id,  &server->url,
                                 &server->address, &server->error, &server->gap.reason, &server->dated_by};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        visit(fn, data, own[i]);
    for (int i = 0; i < SHAPE_LIMIT; i++) {
        visit(fn, data, &server->errors[i]);
        server->answers[i].error = server->errors[i] ? server->errors[i]->bytes : "";
    }
    for (size_t i = 0; i < server->route_url_count; i++)
        fn(data, &server->route_urls[i]);
    for (size_t i = 0; i < server->gateways.count; i++)
        fn(data, &server->gateways.seen[i].cluster);
    for (int i = 0; i < SIDE_COUNT; i++)
        visit_side(&server->sides[i], fn, data);
}

static void server_destroy(void *extra) {
    struct server *server = extra;
    for (int i = 0; i < SIDE_COUNT; i++)
        free(server->sides[i].now);
    free(server->route_urls);
    closing_finish(&server->closing);
}

static void *server_clone(const void *extra) {
    struct server *server = memory_new(sizeof *server);
    memcpy(server, extra, sizeof *server);
    server->target = NULL;
    closing_copy(&server->closing);
    for (int i = 0; i < SIDE_COUNT; i++)
        server->sides[i].now = row_clone(server->sides[i].now);
    const struct text **urls = server->route_urls;
    server->route_urls = memory_array(server->route_url_count + 1, sizeof(const struct text *));
    if (server->route_url_count)
        memcpy(server->route_urls, urls, server->route_url_count * sizeof(const struct text *));
    return server;
}

static void connection_texts(void *extra, text_visit_fn *fn, void *data) {
    visit(fn, data, &((struct connection *)extra)->address);
}

static void asset_texts(struct asset *asset, text_visit_fn *fn, void *data) {
    visit(fn, data, &asset->leader);
    visit(fn, data, &asset->named.leader);
    for (unsigned i = 0; i < asset->members.count && i < MEMBERS_MOST; i++)
        fn(data, &asset->members.names[i]);
    visit(fn, data, &asset->replicas_text);
}

static void stream_texts(void *extra, text_visit_fn *fn, void *data) {
    asset_texts(extra, fn, data);
    visit(fn, data, &((struct stream *)extra)->copying.text);
    visit(fn, data, &((struct stream *)extra)->copying.error);
    visit(fn, data, &((struct stream *)extra)->copying.worst);
    visit(fn, data, &((struct stream *)extra)->shown);
    visit(fn, data, &((struct stream *)extra)->untold);
}

static void consumer_texts(void *extra, text_visit_fn *fn, void *data) {
    asset_texts(extra, fn, data);
    visit(fn, data, &((struct consumer *)extra)->path);
}

static void *flat_clone(const void *extra, size_t size) {
    void *clone = memory_new(size);
    memcpy(clone, extra, size);
    return clone;
}

static void *cluster_clone(const void *extra) {
    return flat_clone(extra, sizeof(struct cluster));
}

static void *connection_clone(const void *extra) {
    struct connection *connection = flat_clone(extra, sizeof *connection);
    if (connection->filling)
        connection->filling = flat_clone(connection->filling, sizeof *connection->filling);
    return connection;
}

static void connection_destroy(void *extra) {
    free(((struct connection *)extra)->filling);
}

static void *stream_clone(const void *extra) {
    struct stream *stream = flat_clone(extra, sizeof *stream);
    arrivals_copy(&stream->arrivals);
    return stream;
}

static void stream_destroy(void *extra) {
    arrivals_finish(&((struct stream *)extra)->arrivals);
}

static void *consumer_clone(const void *extra) {
    return flat_clone(extra, sizeof(struct consumer));
}

static void *peer_clone(const void *extra) {
    return flat_clone(extra, sizeof(struct peer));
}

static void *source_clone(const void *extra) {
    return flat_clone(extra, sizeof(struct source));
}

static void *link_clone(const void *extra) {
    return flat_clone(extra, sizeof(struct round_trip));
}

static void audience_texts(void *extra, text_visit_fn *fn, void *data) {
    struct audience *group = extra;
    visit(fn, data, &group->account);
    visit(fn, data, &group->subject);
    visit(fn, data, &group->queue);
    for (int i = 0; i < PATTERNS_MOST; i++)
        visit(fn, data, &group->patterns[i]);
}

static void *audience_clone(const void *extra) {
    return flat_clone(extra, sizeof(struct audience));
}

static void *subscription_clone(const void *extra) {
    return flat_clone(extra, sizeof(struct subscription));
}

static void *visitor_clone(const void *extra) {
    return flat_clone(extra, sizeof(struct visitor));
}

const struct extra_ops extra_ops[OBJECT_KIND_COUNT] = {
    [OBJECT_CLUSTER] = {cluster_texts, NULL, cluster_clone},
    [OBJECT_SERVER] = {server_texts, server_destroy, server_clone},
    [OBJECT_API] = {server_texts, server_destroy, server_clone},
    [OBJECT_CLIENT] = {client_visit_texts, client_destroy, client_clone},
    [OBJECT_VISITOR] = {visitor_visit_texts, NULL, visitor_clone},
    [OBJECT_CONNECTION] = {connection_texts, connection_destroy, connection_clone},
    [OBJECT_STREAM] = {stream_texts, stream_destroy, stream_clone},
    [OBJECT_CONSUMER] = {consumer_texts, NULL, consumer_clone},
    [OBJECT_REPLICA] = {NULL, NULL, peer_clone},
    [OBJECT_SOURCE] = {NULL, NULL, source_clone},
    [OBJECT_META_PEER] = {NULL, NULL, peer_clone},
    [OBJECT_ROUTE] = {NULL, NULL, link_clone},
    [OBJECT_GATEWAY] = {NULL, NULL, link_clone},
    [OBJECT_LEAF] = {NULL, NULL, link_clone},
    [OBJECT_AUDIENCE] = {audience_texts, NULL, audience_clone},
    [OBJECT_SUBSCRIPTION] = {NULL, NULL, subscription_clone},
    [OBJECT_EXPECTATION] = {expecting_texts, expecting_destroy, expecting_clone},
};
