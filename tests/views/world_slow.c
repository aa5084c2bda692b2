/* Clients that read too slowly on three nodes: who fills, and who is cut and comes back. */
#include "tests/views/world_parts.h"

#include <math.h>

#define MIB 1048576.0
enum { CLOSED_MOST = 60 };

static double since_start(const struct world *w, const struct world_life *l, int n) {
    return w->second - (l->first + n * l->every);
}

static bool is_open(const struct world *w, const struct world_life *l, int n) {
    double lived = since_start(w, l, n);
    return n < l->lives && lived >= 0 && (l->lived == 0 || lived < l->lived);
}

static bool has_ended(const struct world *w, const struct world_life *l, int n) {
    return n < l->lives && l->lived && since_start(w, l, n) >= l->lived;
}

/* Its row so many seconds after it came. */
static void put_life(const struct world *w, struct sample *s, const struct world_life *l, int n,
                     double lived) {
    struct row *r = sample_add(s, ENTITY_CONNECTION);
    double pending = fmin(l->fills_per_s * lived, l->most), sent = pending + l->drains_per_s * lived;
    int64_t start = (WORLD_START + l->first + n * l->every) * NS_PER_S;
    world_u(r, F_CONNECTION_cid, l->cid + 10 * (uint64_t)n);
    world_text(s, r, F_CONNECTION_kind, l->leaf ? "Leafnode" : "Client");
    if (!l->leaf)
        world_text(s, r, F_CONNECTION_type, "nats");
    world_text(s, r, F_CONNECTION_name, l->name);
    world_text(s, r, F_CONNECTION_account, "PAY");
    world_text(s, r, F_CONNECTION_user, "billing-svc");
    world_text(s, r, F_CONNECTION_ip, "10.4.2.17");
    world_u(r, F_CONNECTION_port, 53000 + l->cid % 1000 + (uint64_t)n);
    world_i(r, F_CONNECTION_start, start);
    world_i(r, F_CONNECTION_last_activity, start + (int64_t)(lived * 1e9) - 40 * NS_PER_MS);
    world_i(r, F_CONNECTION_pending_bytes, (int64_t)pending);
    world_i(r, F_CONNECTION_in_msgs, 3);
    world_i(r, F_CONNECTION_in_bytes, 200);
    world_i(r, F_CONNECTION_out_msgs, (int64_t)(sent / 4000));
    world_i(r, F_CONNECTION_out_bytes, (int64_t)sent);
    world_u(r, F_CONNECTION_subscriptions, 3);
    world_text(s, r, F_CONNECTION_lang, "go");
    world_text(s, r, F_CONNECTION_version, "1.31.0");
    if (strncmp(w->nodes[l->node].version, "2.15.", 5) == 0)
        world_i(r, F_CONNECTION_stalls, (int64_t)(pending > 48 * MIB ? (pending - 48 * MIB) / 4000 : 0));
    if (l->tls)
        world_text(s, r, F_CONNECTION_tls, l->tls);
    if (l->cipher)
        world_text(s, r, F_CONNECTION_tls_cipher, l->cipher);
    if (l->tag)
        world_text(s, r, F_CONNECTION_name_tag, l->tag);
    if (l->lived && lived >= l->lived) {
        world_i(r, F_CONNECTION_stop, start + (int64_t)(lived * 1e9));
        world_text(s, r, F_CONNECTION_reason, l->reason);
    }
}

/* It was cut, and its last write has not returned. */
static bool lingers(const struct world *w, const struct world_life *l, int n) {
    return has_ended(w, l, n) && since_start(w, l, n) < l->lived + l->lingers;
}

static void put_lingering(struct world *w, struct sample *s, const struct world_life *l, int n) {
    put_life(w, s, l, n, l->lived - 0.01);
    world_i((struct row *)s->rows[s->count - 1], F_CONNECTION_stalls, (int64_t)(40 * since_start(w, l, n)));
}

int world_lives_open(struct world *w, struct sample *s, int node) {
    int rows = 0;
    for (int i = 0; i < w->life_count; i++)
        for (int n = 0; n < w->lives[i].lives; n++)
            if (w->lives[i].node == node && is_open(w, &w->lives[i], n)) {
                put_life(w, s, &w->lives[i], n, since_start(w, &w->lives[i], n));
                rows++;
            } else if (w->lives[i].node == node && lingers(w, &w->lives[i], n)) {
                put_lingering(w, s, &w->lives[i], n);
                rows++;
            }
    return rows;
}

/* The list of who was closed, the newest first. */
void world_closed(struct world *w, int node) {
    struct sample *s = world_sample(w, node, SHAPE_CONNZ_CLOSED);
    struct row *a = world_answer(w, s, node);
    uint64_t rows = 0;
    for (int i = 0; i < w->life_count; i++)
        for (int n = w->lives[i].lives; n-- > 0 && rows < CLOSED_MOST;)
            if (w->lives[i].node == node && has_ended(w, &w->lives[i], n)) {
                put_life(w, s, &w->lives[i], n, w->lives[i].lived);
                rows++;
            }
    world_u(a, F_ANSWER_total, rows);
    world_u(a, F_ANSWER_limit, 1024);
    world_u(a, F_ANSWER_num, rows);
    world_send(w, s);
}

/* What is told of the subscriptions of the first one's present life. */
void world_subscribed(struct world *w, int node) {
    static const char *const subs[][3] = {
        {"1", "orders.>", "billing"}, {"2", "cfg.billing.>", NULL}, {"3", "_INBOX.x4.*", NULL}};
    const struct world_life *l = w->lives;
    int n = 0;
    while (n < l->lives && has_ended(w, l, n))
        n++;
    if (!w->life_count || l->node != node || !is_open(w, l, n))
        return;
    struct sample *s = world_sample(w, node, SHAPE_CONNZ_SUBS);
    world_answer(w, s, node);
    world_u(sample_add(s, ENTITY_QUESTION), F_QUESTION_cid, l->cid + 10 * (uint64_t)n);
    put_life(w, s, l, n, since_start(w, l, n));
    for (size_t i = 0; i < sizeof(subs) / sizeof(subs[0]); i++) {
        struct row *r = sample_add(s, ENTITY_SUBSCRIPTION);
        world_u(r, F_SUBSCRIPTION_cid, l->cid + 10 * (uint64_t)n);
        world_text(s, r, F_SUBSCRIPTION_sid, subs[i][0]);
        world_text(s, r, F_SUBSCRIPTION_subject, subs[i][1]);
        if (subs[i][2])
            world_text(s, r, F_SUBSCRIPTION_queue, subs[i][2]);
        world_i(r, F_SUBSCRIPTION_msgs, (int64_t)(since_start(w, l, n) * (i ? 2 : 520)));
    }
    world_send(w, s);
}

static uint64_t cut_so_far(const struct world *w, int node, bool leaf) {
    uint64_t cut = 0;
    for (int i = 0; i < w->life_count; i++)
        for (int n = 0; n < w->lives[i].lives; n++)
            cut += w->lives[i].node == node && w->lives[i].leaf == leaf && has_ended(w, &w->lives[i], n) &&
                   strncmp(w->lives[i].reason, "Slow", 4) == 0;
    return cut;
}

uint64_t world_lives_ended(const struct world *w, int node) {
    uint64_t closed = 0;
    for (int i = 0; i < w->life_count; i++)
        for (int n = 0; n < w->lives[i].lives; n++)
            closed += w->lives[i].node == node && has_ended(w, &w->lives[i], n);
    return closed;
}

static bool holds_back(const struct world *w, int node) {
    for (int i = 0; i < w->life_count; i++)
        if (w->lives[i].node == node && w->lives[i].most > 0)
            return true;
    return false;
}

void world_slow_counters(struct world *w, int node, struct row *r) {
    world_i(r, F_SERVER_slow_consumers,
            (int64_t)(w->counted + cut_so_far(w, node, false) + cut_so_far(w, node, true)));
    world_i(r, F_SERVER_write_deadline, 10 * NS_PER_S);
    if (strncmp(w->nodes[node].version, "2.9.", 4) == 0)
        return;
    world_u(r, F_SERVER_slow_clients, w->counted + cut_so_far(w, node, false));
    world_u(r, F_SERVER_slow_routes, 0);
    world_u(r, F_SERVER_slow_gateways, 0);
    world_u(r, F_SERVER_slow_leafs, cut_so_far(w, node, true));
    if (strncmp(w->nodes[node].version, "2.10.", 5) == 0)
        return;
    world_i(r, F_SERVER_stalled_clients, node == 1 && holds_back(w, node) ? w->second * 13LL : 0);
    world_i(r, F_SERVER_stale_connections, node == 2 ? 4 : 0);
}

/* ---- scenes ---- */

static void begin(struct world *w, const char *version, const struct world_life *lives, int count) {
    world_init(w);
    w->jetstream = false;
    w->closes = true;
    w->lives = lives;
    w->life_count = count;
    for (int i = 0; i < w->node_count; i++)
        w->nodes[i].version = version;
}

#define RUN(VERSION, LIVES)                                                                                  \
    begin(w, VERSION, LIVES, sizeof(LIVES) / sizeof((LIVES)[0]));                                            \
    world_run(w, WORLD_SECONDS)

void world_filling(struct world *w) {
    static const struct world_life lives[] = {
        {.node = 1,
         .name = "billing-7",
         .cid = 4711,
         .first = 707,
         .lives = 1,
         .most = 64 * MIB,
         .fills_per_s = 2.2 * MIB,
         .drains_per_s = 0,
         .tls = "1.3",
         .cipher = "TLS_AES_128_GCM_SHA256",
         .tag = "pay"},
        {.node = 1,
         .name = "billing-3",
         .cid = 4702,
         .first = 657,
         .lives = 1,
         .most = 64 * MIB,
         .fills_per_s = 0.3 * MIB,
         .drains_per_s = 120e3},
        {.node = 0,
         .name = "audit-1",
         .cid = 101,
         .first = 40,
         .lives = 1,
         .most = 1.1 * MIB,
         .fills_per_s = 10 * MIB,
         .drains_per_s = 500e3},
        {.node = 0, .name = "quiet", .cid = 102, .first = 30, .lives = 1, .drains_per_s = 500e3},
    };
    RUN("2.15.2", lives);
}

void world_flat(struct world *w) {
    static const struct world_life lives[] = {
        {.node = 1,
         .name = "billing-7",
         .cid = 4711,
         .first = 713,
         .lives = 1,
         .most = 33 * MIB,
         .fills_per_s = 4.1 * MIB},
        {.node = 2,
         .name = "billing-3",
         .cid = 4702,
         .first = 657,
         .lives = 1,
         .most = 21 * MIB,
         .fills_per_s = 1.3 * MIB,
         .drains_per_s = 120e3},
    };
    RUN("2.10.22", lives);
}

static const struct world_life again_and_again[] = {
    {.node = 1,
     .name = "billing-7",
     .cid = 4511,
     .first = 33,
     .every = 40,
     .lives = 18,
     .lived = 38,
     .most = 33 * MIB,
     .fills_per_s = 2 * MIB,
     .drains_per_s = 50e3,
     .reason = "Slow Consumer (Write Deadline)"},
    {.node = 0,
     .name = "audit-1",
     .cid = 101,
     .first = 70,
     .every = 300,
     .lives = 2,
     .lived = 250,
     .most = 64 * MIB,
     .fills_per_s = MIB,
     .drains_per_s = 500e3,
     .reason = "Slow Consumer (Pending Bytes)"},
    {.node = 0,
     .name = "edge-04",
     .cid = 9,
     .first = 500,
     .every = 20,
     .lives = 3,
     .lived = 10,
     .reason = "Authentication Failure"},
    {.node = 2,
     .name = "tiles",
     .cid = 77,
     .first = 90,
     .every = 60,
     .lives = 9,
     .lived = 50,
     .reason = "Client Closed"},
};

void world_cut_again(struct world *w) {
    RUN("2.15.2", again_and_again);
}

void world_old_servers(struct world *w) {
    RUN("2.9.10", again_and_again);
}

static const struct world_life quiet_alone[] = {
    {.node = 0, .name = "quiet", .cid = 102, .first = 30, .lives = 1, .drains_per_s = 500e3},
};

void world_calm(struct world *w) {
    RUN("2.15.2", quiet_alone);
}

void world_slow_route(struct world *w) {
    begin(w, "2.15.2", quiet_alone, 1);
    w->pool = 4;
    w->holds_since = WORLD_SECONDS - 7;
    world_run(w, WORLD_SECONDS);
}

void world_slow_gateway(struct world *w) {
    begin(w, "2.15.2", quiet_alone, 1);
    w->by_gateway = true;
    w->holds_since = WORLD_SECONDS - 9;
    world_run(w, WORLD_SECONDS);
}

static const struct world_life leafs[] = {
    {.node = 0,
     .name = "leaf-2",
     .cid = 140,
     .first = WORLD_SECONDS - 12,
     .lives = 1,
     .fills_per_s = 4.2e6,
     .most = 90e6,
     .leaf = true},
    {.node = 0,
     .name = "leaf-1",
     .cid = 120,
     .first = WORLD_SECONDS - 60,
     .lives = 1,
     .lived = 20,
     .fills_per_s = 2e6,
     .most = 30e6,
     .reason = "Slow Consumer (Write Deadline)",
     .leaf = true},
};

void world_slow_leafs(struct world *w) {
    RUN("2.15.2", leafs);
}
