#include "tests/views/world_parts.h"

static double world_lag(const struct world *w, const struct world_consumer *c) {
    double lag = c->lag_at_end - c->lag_slope * (WORLD_SECONDS - w->second);
    return lag > 0 ? lag : 0;
}

/* Since when two lead it is told: else nothing proves that they do so at once. */
static void world_since(const struct world *w, struct row *r, enum field f) {
    if (w->rival)
        world_i(r, f, (WORLD_START - 3600) * NS_PER_S);
}

static void world_consumer_row(struct world *w, struct sample *s, const struct world_consumer *c,
                               int leader) {
    struct row *r = sample_add(s, ENTITY_CONSUMER);
    double lag = world_lag(w, c), acked = 80000000 + c->acked_per_s * w->second;
    world_text(s, r, F_CONSUMER_account, w->accounts ? w->accounts[c - w->consumers] : "$G");
    world_text(s, r, F_CONSUMER_stream, c->stream);
    world_text(s, r, F_CONSUMER_name, c->name);
    world_text(s, r, F_CONSUMER_leader, w->nodes[leader].name);
    world_since(w, r, F_CONSUMER_leader_since);
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
static void world_follower_row(struct world *w, struct sample *s, const struct world_consumer *c, bool led) {
    struct row *r = sample_add(s, ENTITY_CONSUMER);
    world_text(s, r, F_CONSUMER_account, "$G");
    world_text(s, r, F_CONSUMER_stream, c->stream);
    world_text(s, r, F_CONSUMER_name, c->name);
    if (led)
        world_text(s, r, F_CONSUMER_leader, w->nodes[c->leader].name);
    world_u(r, F_CONSUMER_clustered, 1);
}

static void world_source_row(struct world *w, struct sample *s, const struct world_stream *stream,
                             const char *kind, const char *name) {
    struct row *r = sample_add(s, ENTITY_SOURCE);
    world_text(s, r, F_SOURCE_account, "$G");
    world_text(s, r, F_SOURCE_stream, stream->name);
    world_text(s, r, F_SOURCE_kind, kind);
    world_text(s, r, F_SOURCE_name, name);
    world_u(r, F_SOURCE_lag, stream->source_lag);
    world_i(r, F_SOURCE_active, stream->source_error ? -1 : 400 * NS_PER_MS);
    if (stream->source_error)
        world_text(s, r, F_SOURCE_error, stream->source_error);
    (void)w;
}

static void world_limits(struct sample *s, struct row *r, const struct world_stream *stream) {
    world_i(r, F_STREAM_max_bytes, stream->max_bytes ? stream->max_bytes : -1);
    if (stream->max_msgs)
        world_i(r, F_STREAM_max_msgs, stream->max_msgs);
    if (stream->max_age_s)
        world_i(r, F_STREAM_max_age, stream->max_age_s * NS_PER_S);
    if (stream->retention)
        world_text(s, r, F_STREAM_retention, stream->retention);
    if (stream->discard)
        world_text(s, r, F_STREAM_discard, stream->discard);
}

uint64_t world_last_seq(const struct world *w, double rate, int second) {
    (void)w;
    return 88412007 + (uint64_t)(int64_t)(rate * second);
}

static void world_stream_row(struct world *w, struct sample *s, const struct world_stream *stream,
                             int leader) {
    struct row *r = sample_add(s, ENTITY_STREAM);
    uint64_t last = world_last_seq(w, stream->rate, w->second);
    world_text(s, r, F_STREAM_account, stream->account ? stream->account : "$G");
    world_text(s, r, F_STREAM_name, stream->name);
    world_text(s, r, F_STREAM_leader, w->nodes[leader].name);
    world_since(w, r, F_STREAM_leader_since);
    world_u(r, F_STREAM_clustered, 1);
    world_u(r, F_STREAM_messages, last - 71000000);
    world_u(r, F_STREAM_bytes, (last - 71000000) * 600);
    world_u(r, F_STREAM_first_seq, 71000001);
    world_u(r, F_STREAM_last_seq, last);
    if (stream->max_age_s)
        world_i(r, F_STREAM_first_ts, world_utc(w) - 7200 * NS_PER_S);
    world_i(r, F_STREAM_last_ts, world_utc(w) - 100 * NS_PER_MS);
    world_u(r, F_STREAM_consumer_count, 2);
    world_u(r, F_STREAM_replicas, (uint64_t)stream->replicas);
    world_text(s, r, F_STREAM_storage, "file");
    world_limits(s, r, stream);
    for (int i = 0; i < 2; i++)
        if (stream->source[i])
            world_source_row(w, s, stream, "source", stream->source[i]);
    if (stream->mirror)
        world_source_row(w, s, stream, "mirror", stream->mirror);
    for (int peer = 0; peer < w->node_count && stream->replicas > 1; peer++) {
        if (peer == leader)
            continue;
        struct row *p = sample_add(s, ENTITY_REPLICA);
        world_text(s, p, F_REPLICA_account, stream->account ? stream->account : "$G");
        world_text(s, p, F_REPLICA_stream, stream->name);
        world_text(s, p, F_REPLICA_name, w->nodes[peer].name);
        world_u(p, F_REPLICA_current, w->nodes[peer].answers);
        world_u(p, F_REPLICA_offline, !w->nodes[peer].answers);
        world_i(p, F_REPLICA_active, 100 * NS_PER_MS);
        world_u(p, F_REPLICA_lag, 0);
    }
}

/* The same of a stream that nobody leads. */
static void world_headless_row(struct sample *s, const struct world_stream *stream) {
    struct row *r = sample_add(s, ENTITY_STREAM);
    world_text(s, r, F_STREAM_account, stream->account ? stream->account : "$G");
    world_text(s, r, F_STREAM_name, stream->name);
    world_u(r, F_STREAM_clustered, 1);
}

void world_jsz(struct world *w, int node) {
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
        world_text(s, r, F_JETSTREAM_meta_leader, w->nodes[w->meta].name);
        world_u(r, F_JETSTREAM_meta_size, w->node_count);
        world_u(r, F_JETSTREAM_meta_pending, node == w->meta ? w->meta_pending : 0);
        for (int peer = 0; peer < w->node_count && node == w->meta; peer++) {
            if (peer == node)
                continue;
            struct row *p = sample_add(s, ENTITY_META_PEER);
            world_text(s, p, F_META_PEER_name, w->nodes[peer].name);
            world_text(s, p, F_META_PEER_peer, w->nodes[peer].id);
            world_u(p, F_META_PEER_current, w->nodes[peer].answers);
            world_u(p, F_META_PEER_offline, !w->nodes[peer].answers);
            world_i(p, F_META_PEER_active, 200 * NS_PER_MS);
        }
        for (int i = 0; i < w->stream_count; i++)
            if (w->leads[i] == node || (i == 0 && w->rival == node + 1))
                world_stream_row(w, s, &w->streams[i], node);
            else if (w->leads[i] < 0)
                world_headless_row(s, &w->streams[i]);
        for (int i = 0; i < w->consumer_count; i++)
            if (w->consumers[i].leader < 0 ||
                (w->doing && w->doing[i].leaderless && w->second > w->doing[i].since))
                world_follower_row(w, s, &w->consumers[i], false);
            else if (w->consumers[i].leader == node && w->doing)
                world_doing_row(w, s, i);
            else if (w->consumers[i].leader == node)
                world_consumer_row(w, s, &w->consumers[i], node);
            else if (w->rival == node + 1 && strcmp(w->consumers[i].stream, w->streams[0].name) == 0)
                world_consumer_row(w, s, &w->consumers[i], node);
            else if (w->followers && w->nodes[w->consumers[i].leader].jsz_error)
                world_follower_row(w, s, &w->consumers[i], true);
    }
    world_send(w, s);
}
