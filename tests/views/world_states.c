#include "tests/views/world_parts.h"

enum { RATE = 100, FIRST = 71000000, SINCE = 427, EVICTED = 100000 };

/* One of each, called like its state; all of them of one stream with one leader. */
static const struct world_consumer doers[] = {
    {"ORDERS", "keeping_up", 1, 3, 0, 100, 3, 1000, 0, 4},
    {"ORDERS", "catching_up", 1, 60000, -500, 600, 100, 1000, 0, 4},
    {"ORDERS", "falling_behind", 1, 40000, 60, 40, 200, 1000, 0, 4},
    {"ORDERS", "stalled_delivery", 1, 0, 0, 0, 0, 1000, 0, 4},
    {"ORDERS", "stalled_acks", 1, 64, 0, 0, 64, 1000, 64, 4},
    {"ORDERS", "ack_window_full", 1, 0, 0, 0, 1000, 1000, 12, 2},
    {"ORDERS", "nobody_pulling", 1, 0, 0, 0, 0, 1000, 0, 0},
    {"ORDERS", "nobody_bound", 1, 0, 0, 0, 0, 1000, 0, 0},
    {"ORDERS", "paused", 1, 0, 0, 0, 0, 1000, 0, 4},
    {"ORDERS", "poison", 1, 3, 0, 100, 3, 1000, 3, 4},
    {"ORDERS", "backlog_evicted", 1, 0, 0, 0, 0, 1000, 0, 4},
    {"ORDERS", "leaderless", 1, 3, 0, 100, 3, 1000, 0, 4},
    {"ORDERS", "idle", 1, 0, 0, 0, 0, 1000, 0, 4},
};
static const struct world_doing doing[] = {
    {.since = SINCE},
    {.since = SINCE},
    {.since = SINCE},
    {.since = SINCE, .stands = true},
    {.since = SINCE, .frozen = true},
    {.since = SINCE, .stands = true},
    {.since = SINCE, .stands = true},
    {.since = SINCE, .stands = true, .unbound = true, .push = "deliver.audit"},
    {.since = SINCE, .stands = true, .paused = true},
    {.since = SINCE, .floor_stands = true, .again_per_s = 6},
    {.since = SINCE, .evicted = true},
    {.since = SINCE, .leaderless = true},
    {.since = SINCE, .frozen = true},
};

struct figures {
    uint64_t pending, ack_pending, delivered, floor;
    int64_t last_delivered_s, last_ack_s; /* of the world */
};

static struct figures keeping_up(const struct world *w, uint64_t last) {
    return (struct figures){0, 0, last, last, w->second, w->second};
}

static struct figures figures_of(const struct world *w, int consumer) {
    const struct world_consumer *c = &w->consumers[consumer];
    const struct world_doing *d = &w->doing[consumer];
    uint64_t last = world_last_seq(w, RATE, w->second), then = world_last_seq(w, RATE, d->since);
    double lag = c->lag_at_end - c->lag_slope * (WORLD_SECONDS - w->second);
    uint64_t owed = lag > (double)c->ack_pending ? (uint64_t)lag - c->ack_pending : 0;
    struct figures f = keeping_up(w, last);
    if (w->second < d->since && (d->stands || d->frozen || d->floor_stands))
        return f;
    f.ack_pending = c->ack_pending;
    if (d->evicted)
        return (struct figures){last - FIRST, 0, FIRST - EVICTED, FIRST - EVICTED, d->since, d->since};
    if (d->stands)
        return (struct figures){last - then, c->ack_pending, then, then - c->ack_pending, d->since, d->since};
    if (d->frozen)
        return (struct figures){0, c->ack_pending, then, then - c->ack_pending, d->since, d->since};
    f.pending = owed;
    f.delivered = last - owed;
    f.floor = d->floor_stands ? then : f.delivered - c->ack_pending;
    return f;
}

void world_doing_row(struct world *w, struct sample *s, int consumer) {
    const struct world_consumer *c = &w->consumers[consumer];
    const struct world_doing *d = &w->doing[consumer];
    struct row *r = sample_add(s, ENTITY_CONSUMER);
    struct figures f = figures_of(w, consumer);
    bool begun = w->second >= d->since;
    uint64_t again = begun ? (uint64_t)(d->again_per_s * (w->second - d->since)) : 0;
    world_text(s, r, F_CONSUMER_account, "$G");
    world_text(s, r, F_CONSUMER_stream, c->stream);
    world_text(s, r, F_CONSUMER_name, c->name);
    world_text(s, r, F_CONSUMER_leader, w->nodes[c->leader].name);
    world_u(r, F_CONSUMER_clustered, 1);
    world_u(r, F_CONSUMER_pending, f.pending);
    world_u(r, F_CONSUMER_ack_pending, f.ack_pending);
    world_u(r, F_CONSUMER_redelivered, begun ? c->redelivered : 0);
    world_u(r, F_CONSUMER_waiting, c->waiting);
    world_u(r, F_CONSUMER_delivered_stream_seq, f.delivered);
    world_u(r, F_CONSUMER_ack_floor_stream_seq, f.floor);
    world_u(r, F_CONSUMER_delivered_consumer_seq, f.delivered - FIRST + EVICTED + again);
    world_u(r, F_CONSUMER_ack_floor_consumer_seq, f.floor - FIRST + EVICTED);
    world_i(r, F_CONSUMER_last_delivered, (WORLD_START + f.last_delivered_s) * NS_PER_S - 200 * NS_PER_MS);
    world_i(r, F_CONSUMER_last_ack, (WORLD_START + f.last_ack_s) * NS_PER_S - 100 * NS_PER_MS);
    world_i(r, F_CONSUMER_max_ack_pending, (int64_t)c->max_ack_pending);
    world_u(r, F_CONSUMER_config, 1);
    world_text(s, r, F_CONSUMER_durable, c->name);
    world_text(s, r, F_CONSUMER_told_waiting, "1000");
    world_text(s, r, F_CONSUMER_ack_policy, "explicit");
    world_text(s, r, F_CONSUMER_deliver_policy, "all");
    world_i(r, F_CONSUMER_ack_wait, 30 * NS_PER_S);
    world_i(r, F_CONSUMER_max_deliver, 5);
    if (d->frozen || d->filtered)
        world_text(s, r, F_CONSUMER_filter_subject, "orders.eu.>");
    if (d->push)
        world_text(s, r, F_CONSUMER_deliver_subject, d->push);
    world_u(r, F_CONSUMER_push_bound, d->push && !(begun && d->unbound));
    world_u(r, F_CONSUMER_paused, d->paused && begun);
    if (d->paused && begun)
        world_i(r, F_CONSUMER_pause_remaining, 1500 * NS_PER_S);
}

static void states_until(struct world *w, int second) {
    static const struct world_stream streams[] = {{.name = "ORDERS",
                                                   .replicas = 3,
                                                   .rate = RATE,
                                                   .max_age_s = 86400,
                                                   .retention = "limits",
                                                   .discard = "old"}};
    world_init(w);
    w->streams = streams;
    w->stream_count = 1;
    w->consumers = doers;
    w->doing = doing;
    w->consumer_count = sizeof(doers) / sizeof(doers[0]);
    world_run(w, second);
}

void world_states(struct world *w) {
    states_until(w, WORLD_SECONDS);
}

void world_soon(struct world *w) {
    states_until(w, SINCE + 35);
}

void world_bound(struct world *w) {
    static const struct world_stream streams[] = {
        {.name = "ORDERS", .replicas = 3, .rate = RATE, .max_age_s = 86400, .retention = "limits"}};
    static const struct world_consumer consumers[] = {{"ORDERS", "reports", 1, 0, 0, 0, 0, 1000, 0, 4}};
    static const struct world_doing of_some[] = {{.since = -2000, .stands = true, .filtered = true}};
    world_init(w);
    w->streams = streams;
    w->stream_count = 1;
    w->consumers = consumers;
    w->doing = of_some;
    w->consumer_count = 1;
    world_run(w, WORLD_SECONDS - 44);
}

void world_stays(struct world *w) {
    static const struct world_consumer consumers[] = {
        {"ORDERS", "stays_behind", 1, 20000, 0, 100, 200, 1000, 0, 4}};
    static const struct world_doing of_all[] = {{.since = SINCE}};
    states_until(w, 0);
    w->consumers = consumers;
    w->doing = of_all;
    w->consumer_count = 1;
    world_run(w, WORLD_SECONDS);
}

void world_bound_stale(struct world *w) {
    world_bound(w);
    w->nodes[1].answers = false;
    world_run(w, 44);
}

void world_deleted(struct world *w) {
    world_states(w);
    w->stream_count = w->consumer_count = 0;
    world_run(w, 32);
}
