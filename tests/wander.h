/* A night that nobody has thought of: some servers with streams, consumers and clients wander from state to
 * state by dice, and what is heard of them comes late, in parts, twice as often or not at all.
 *
 * One seed is one night, always. Header only, as tests/model_build.h is. A test begins one, takes steps, and
 * looks at w.n.model after each; which model that is may change (our program began again). */
#ifndef TESTS_WANDER_H
#define TESTS_WANDER_H

#include "model/alerts.h"
#include "model/expectation.h"
#include "model/ruleset.h"
#include "tests/wander_rows.h"

enum { NODES = 5, STREAMS = 3, CONSUMERS = 2, CLIENTS = 5, HELD = 12, LOST_ANSWERS = 4 };

struct wander_node {
    bool alive, answers, jetstream, lame, known; /* known: the collector asks it */
    int life;                                    /* of its id: one more with each start */
    double began, skew;                          /* seconds; of its clock */
    uint64_t target;
    uint64_t ever; /* connections */
};

struct wander_asset { /* a stream or a consumer */
    bool there;
    int leader;      /* -1 nobody */
    unsigned copies; /* a bit a node */
    double made, led;
    double seq, first, rate, acked;
    unsigned told; /* how it is spoken of: enum wander_lie */
    bool copied, config;
};

enum wander_lie { SAID_TRULY, SAID_BY_NOBODY, SAID_UNKNOWN, SAID_ANOTHER, SAID_TWICE, SAID_BY_OTHERS, LIES };

struct wander_client {
    bool there, lingers;
    int node, life;
    uint64_t cid;
    double came, cut;
    int64_t pending;
    const char *reason; /* of the one before */
    uint64_t before;
};

struct held { /* an answer on its way, or taken in slices */
    struct sample *sample;
    double due;
    struct model_intake intake;
    bool begun;
};

struct wander {
    struct night n;
    struct dice dice;
    uint64_t seed;
    char what[120]; /* of the last step, for a failure */
    int64_t wall;   /* the clock of the day is off by that, ns */
    double temper;  /* how much happens */
    double missing;
    bool lies, cut_off;
    int nodes;
    struct wander_node node[NODES];
    struct wander_asset stream[STREAMS], consumer[STREAMS][CONSUMERS];
    struct wander_client client[CLIENTS];
    struct held held[HELD];
    double due[NODES][SHAPE_LIMIT];
    uint64_t targets, cids;
    int runs; /* of our program */
};

static inline double now_s(const struct wander *w) {
    return (double)w->n.at / 1e9;
}
static inline int64_t utc_of(const struct wander *w) {
    return NIGHT_UTC + w->n.at + w->wall;
}
static inline const char *node_name(int i) {
    static const char *const all[] = {"n1", "n2", "n3", "n4", "n5"};
    return all[i];
}
static inline void node_id(const struct wander *w, int i, char out[24]) {
    snprintf(out, 24, "ID%d-%d", i, w->node[i].life);
}
static inline const char *stream_name(int i) {
    static const char *const all[] = {"ORDERS", "AUDIT", "KV_state"};
    return all[i];
}
/* The second one of a name is of another account. */
static inline const char *stream_account(int i) {
    return i == 2 ? "B" : "A";
}

static inline uint64_t whole(double x) {
    return x > 0 ? (uint64_t)x : 0;
}

/* ---- samples ---- */

static inline struct sample *answer_of(struct wander *w, int node, enum shape shape) {
    char id[24];
    struct wander_node *is = &w->node[node];
    double late = chance(&w->dice, 0.05) ? between(&w->dice, 0.1, 4) : 0.001;
    struct sample *s = sample_create();
    node_id(w, node, id);
    s->source = 1;
    s->target = is->target;
    s->serial = ++w->n.serial;
    s->shape = shape;
    s->answered_utc_ns = utc_of(w);
    s->answered_mono_ns = NIGHT_MONO + w->n.at;
    s->asked_utc_ns = s->answered_utc_ns - ns(late);
    s->asked_mono_ns = s->answered_mono_ns - ns(late);
    s->took_ns = ns(late);
    s->cost_ns = ns(late / 2);
    s->round_trip_ns = chance(&w->dice, 0.5) ? ns(0.0003) : 0;
    s->http_status = 200;
    s->error = text_empty;
    struct row *answer = sample_add(s, ENTITY_ANSWER);
    put_text(s, answer, F_ANSWER_server_id, id);
    if (!chance(&w->dice, w->missing))
        put_i(answer, F_ANSWER_now, utc_of(w) + ns(is->skew));
    return s;
}

static inline struct filling_in filling_of(struct wander *w, int node, uint64_t who) {
    const struct wander_node *is = &w->node[node];
    return (struct filling_in){.dice = &w->dice,
                               .who = w->seed * 131 + who,
                               .utc_ns = utc_of(w) + ns(is->skew),
                               .age = now_s(w) - is->began + 3600,
                               .missing = w->missing,
                               .lies = w->lies,
                               .gauge_s = 20};
}

static inline void say_varz(struct wander *w, int node, struct sample *s) {
    struct wander_node *is = &w->node[node];
    struct row *row = sample_add(s, ENTITY_SERVER);
    struct filling_in in = filling_of(w, node, 1 + (uint64_t)node);
    char id[24];
    node_id(w, node, id);
    put_text(s, row, F_SERVER_server_id, id);
    put_text(s, row, F_SERVER_name, node_name(node));
    put_text(s, row, F_SERVER_cluster, w->seed % 5 == 0 && node == 0 ? "D" : "C");
    put_i(row, F_SERVER_start, NIGHT_UTC + ns(is->began) - (is->life ? 0 : 3600 * NS_PER_S));
    put_i(row, F_SERVER_max_pending, 64 << 20);
    put_u(row, F_SERVER_routes, (uint64_t)w->nodes - 1);
    put_u(row, F_SERVER_remotes, (uint64_t)w->nodes - 1);
    put_u(row, F_SERVER_total_connections, is->ever);
    put_u(row, F_SERVER_leafnodes, 0);
    put_i(row, F_SERVER_slow_consumers, (int64_t)(is->ever / 3));
    put_u(row, F_SERVER_cluster_port, 6222);
    fill_in(&in, s, row);
}

static inline void say_health(struct wander *w, int node, struct sample *s) {
    struct row *row = sample_add(s, ENTITY_HEALTH);
    bool well = !w->node[node].lame && !chance(&w->dice, 0.1);
    struct filling_in in = filling_of(w, node, 20);
    put_u(row, F_HEALTH_code, well ? 200 : 503);
    put_text(s, row, F_HEALTH_status, well ? "ok" : "unavailable");
    if (!well)
        put_text(s, row, F_HEALTH_error, w->node[node].lame ? "server is shutting down" : "not current");
    fill_in(&in, s, row);
}

static inline void say_client(struct wander *w, const struct wander_client *c, uint64_t cid, bool closed,
                              struct sample *s) {
    static const char *const called[] = {"billing", "billing", "etl", NULL, "metrics"};
    struct row *row = sample_add(s, ENTITY_CONNECTION);
    struct filling_in in = filling_of(w, c->node, 100 + (uint64_t)(c - w->client));
    put_u(row, F_CONNECTION_cid, cid);
    put_text(s, row, F_CONNECTION_name, called[c - w->client]);
    put_text(s, row, F_CONNECTION_account, "A");
    put_i(row, F_CONNECTION_start, NIGHT_UTC + ns(c->came));
    put_i(row, F_CONNECTION_pending_bytes, c->pending);
    if (closed) {
        put_i(row, F_CONNECTION_stop, NIGHT_UTC + ns(c->cut));
        put_text(s, row, F_CONNECTION_reason, c->reason);
    }
    in.age = now_s(w) - c->came;
    fill_in(&in, s, row);
    if (!closed) {
        row_drop(row, F_CONNECTION_stop);
        row_drop(row, F_CONNECTION_reason);
    }
}

static inline void say_clients(struct wander *w, int node, struct sample *s, bool closed) {
    uint64_t count = 0;
    for (int i = 0; i < CLIENTS; i++) {
        const struct wander_client *c = &w->client[i];
        if (c->node != node)
            continue;
        if (closed ? c->before != 0 : c->there) {
            say_client(w, c, closed ? c->before : c->cid, closed, s);
            count++;
        }
        if (!closed && c->before && c->lingers) {
            say_client(w, c, c->before, false, s);
            count++;
        }
    }
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total,
          count + (chance(&w->dice, 0.05) ? roll(&w->dice, 300) : 0));
}

static inline void say_routes(struct wander *w, int node, struct sample *s) {
    for (int i = 0; i < w->nodes; i++) {
        char id[24];
        if (i == node || !w->node[i].alive)
            continue;
        struct row *row = sample_add(s, ENTITY_ROUTE);
        struct filling_in in = filling_of(w, node, 300 + (uint64_t)i);
        node_id(w, i, id);
        put_u(row, F_ROUTE_rid, 10 + (uint64_t)(i + 10 * w->node[i].life));
        put_text(s, row, F_ROUTE_remote_id, id);
        put_text(s, row, F_ROUTE_remote_name, node_name(i));
        fill_in(&in, s, row);
    }
}

/* Whom that node names. */
static inline const char *named_by(struct wander *w, const struct wander_asset *a, int node) {
    const char *truly = a->leader >= 0 ? node_name(a->leader) : NULL;
    switch (a->told) {
    case SAID_BY_NOBODY:
        return NULL;
    case SAID_UNKNOWN:
        return "ghost";
    case SAID_ANOTHER:
        return node_name((a->leader + 1) % w->nodes);
    case SAID_TWICE:
        return node % 2 ? node_name(node) : truly;
    case SAID_BY_OTHERS:
        return node == a->leader ? node_name((node + 1) % w->nodes) : truly;
    default:
        return truly;
    }
}

static inline void say_replicas(struct wander *w, const struct wander_asset *a, int node, const char *stream,
                                const char *account, const char *consumer, bool leads, struct sample *s) {
    for (int i = 0; i < w->nodes; i++) {
        if (!(a->copies & 1u << i) || i == node || chance(&w->dice, w->missing / 2))
            continue;
        struct row *row = sample_add(s, ENTITY_REPLICA);
        struct filling_in in = filling_of(w, node, 400 + (uint64_t)i);
        put_text(s, row, F_REPLICA_account, account);
        put_text(s, row, F_REPLICA_stream, stream);
        put_text(s, row, F_REPLICA_consumer, consumer);
        put_text(s, row, F_REPLICA_name, node_name(i));
        if (!leads)
            continue;
        put_u(row, F_REPLICA_current, w->node[i].alive);
        put_i(row, F_REPLICA_active, w->node[i].alive ? ns(0.2) : ns(between(&w->dice, 1, 90)));
        fill_in(&in, s, row);
    }
}

static inline void say_stream_of(struct wander *w, int i, int node, struct sample *s) {
    struct wander_asset *a = &w->stream[i];
    const char *leader = named_by(w, a, node);
    bool leads = leader && strcmp(leader, node_name(node)) == 0;
    struct row *row = sample_add(s, ENTITY_STREAM);
    struct filling_in in = filling_of(w, node, 500 + (uint64_t)i);
    put_text(s, row, F_STREAM_account, stream_account(i));
    put_text(s, row, F_STREAM_name, stream_name(i == 2 ? 0 : i));
    put_text(s, row, F_STREAM_leader, leader);
    if (a->copies & (a->copies - 1) || w->nodes > 3)
        put_u(row, F_STREAM_clustered, 1);
    if (!chance(&w->dice, w->missing))
        put_i(row, F_STREAM_created, NIGHT_UTC + ns(a->made));
    if (leads) {
        put_u(row, F_STREAM_first_seq, whole(a->first));
        put_u(row, F_STREAM_last_seq, whole(a->seq));
        put_u(row, F_STREAM_messages, whole(a->seq - a->first));
        put_u(row, F_STREAM_bytes, 100 * whole(a->seq - a->first));
        put_i(row, F_STREAM_leader_since, NIGHT_UTC + ns(a->led));
        if (!a->config)
            for (int f = F_STREAM_config; f < F_STREAM_config + 13; f++)
                row_drop(row, (enum field)f);
        fill_in(&in, s, row);
        if (a->copied)
            for (int k = 0; k < 2; k++) {
                struct row *source = sample_add(s, ENTITY_SOURCE);
                put_text(s, source, F_SOURCE_account, stream_account(i));
                put_text(s, source, F_SOURCE_stream, stream_name(i == 2 ? 0 : i));
                put_text(s, source, F_SOURCE_kind, i ? "source" : "mirror");
                put_text(s, source, F_SOURCE_name, k ? "OTHER" : stream_name((i + 1) % 2));
                in.who += (uint64_t)k + 1;
                fill_in(&in, s, source);
                if (chance(&w->dice, 0.2))
                    put_i(source, F_SOURCE_active, -1);
                if (!i)
                    break;
            }
    }
    say_replicas(w, a, node, stream_name(i == 2 ? 0 : i), stream_account(i), NULL, leads, s);
}

static inline void say_consumer_of(struct wander *w, int i, int k, int node, struct sample *s) {
    static const char *const called[] = {"billing", "a consumer of a longer name"};
    struct wander_asset *a = &w->consumer[i][k];
    const char *leader = named_by(w, a, node);
    bool leads = leader && strcmp(leader, node_name(node)) == 0;
    struct row *row = sample_add(s, ENTITY_CONSUMER);
    struct filling_in in = filling_of(w, node, 600 + (uint64_t)(10 * i + k));
    put_text(s, row, F_CONSUMER_account, stream_account(i));
    put_text(s, row, F_CONSUMER_stream, stream_name(i == 2 ? 0 : i));
    put_text(s, row, F_CONSUMER_name, called[k]);
    put_text(s, row, F_CONSUMER_leader, leader);
    put_u(row, F_CONSUMER_clustered, 1);
    if (!chance(&w->dice, w->missing))
        put_i(row, F_CONSUMER_created, NIGHT_UTC + ns(a->made + node));
    if (leads) {
        double seq = w->stream[i].seq;
        put_u(row, F_CONSUMER_pending, whole(seq - a->seq));
        put_u(row, F_CONSUMER_delivered_stream_seq, whole(a->seq));
        put_u(row, F_CONSUMER_delivered_consumer_seq, whole(a->seq));
        put_u(row, F_CONSUMER_ack_floor_stream_seq, whole(a->acked));
        put_u(row, F_CONSUMER_ack_floor_consumer_seq, whole(a->acked));
        put_u(row, F_CONSUMER_ack_pending, whole(a->seq - a->acked));
        put_i(row, F_CONSUMER_ts, utc_of(w));
        fill_in(&in, s, row);
    }
    say_replicas(w, a, node, stream_name(i == 2 ? 0 : i), stream_account(i), called[k], leads, s);
}

static inline void say_jsz(struct wander *w, int node, struct sample *s) {
    struct wander_node *is = &w->node[node];
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    struct filling_in in = filling_of(w, node, 700);
    put_u(row, F_JETSTREAM_disabled, !is->jetstream);
    if (!is->jetstream)
        return;
    int meta = (int)(now_s(w) / 60) % w->nodes;
    put_u(row, F_JETSTREAM_meta, 1);
    put_u(row, F_JETSTREAM_meta_size, (uint64_t)w->nodes);
    if (!chance(&w->dice, 0.1))
        put_text(s, row, F_JETSTREAM_meta_leader, node_name(meta));
    fill_in(&in, s, row);
    for (int i = 0; i < w->nodes && meta == node; i++) {
        char id[24];
        if (i == node)
            continue;
        snprintf(id, sizeof id, "P%d", i);
        struct row *peer = sample_add(s, ENTITY_META_PEER);
        put_text(s, peer, F_META_PEER_name, node_name(i));
        put_text(s, peer, F_META_PEER_peer, id);
        put_u(peer, F_META_PEER_current, w->node[i].alive);
        fill_in(&in, s, peer);
    }
    for (int i = 0; i < STREAMS; i++) {
        if (!w->stream[i].there)
            continue;
        for (int k = 0; k < CONSUMERS; k++)
            if (w->consumer[i][k].there && w->consumer[i][k].copies & 1u << node)
                say_consumer_of(w, i, k, node, s);
        if (w->stream[i].copies & 1u << node)
            say_stream_of(w, i, node, s);
    }
}

/* Whatever has no story of its own. */
static inline void say_rest(struct wander *w, int node, enum shape shape, struct sample *s) {
    enum entity entity = shape == SHAPE_GATEWAYZ ? ENTITY_GATEWAY
                         : shape == SHAPE_LEAFZ  ? ENTITY_LEAF
                                                 : ENTITY_SUBLIST;
    for (uint64_t i = 0; i < (entity == ENTITY_SUBLIST ? 1 : 2); i++) {
        struct row *row = sample_add(s, entity);
        struct filling_in in = filling_of(w, node, 800 + i);
        if (entity == ENTITY_GATEWAY)
            put_u(row, F_GATEWAY_cid, 70 + i);
        if (entity == ENTITY_LEAF) {
            put_text(s, row, F_LEAF_ip, "10.9.9.9");
            put_u(row, F_LEAF_port, 7000 + i);
            put_text(s, row, F_LEAF_account, "A");
        }
        fill_in(&in, s, row);
    }
}

static inline void say_interest(struct wander *w, int node, enum shape shape, struct sample *s) {
    struct row *question = sample_add(s, ENTITY_QUESTION);
    const struct wander_client *c = &w->client[roll(&w->dice, CLIENTS)];
    if (shape == SHAPE_CONNZ_SUBS) {
        put_u(question, F_QUESTION_cid, c->cid);
        if (c->node == node && c->there)
            say_client(w, c, c->cid, false, s);
    } else
        put_text(s, question, F_QUESTION_subject, roll(&w->dice, 4) ? "orders.created" : "audit");
    for (uint64_t i = roll(&w->dice, 4); i > 0; i--) {
        struct row *row = sample_add(s, ENTITY_SUBSCRIPTION);
        struct filling_in in = filling_of(w, node, 900 + i);
        char sid[8];
        snprintf(sid, sizeof sid, "%d", (int)i);
        put_u(row, F_SUBSCRIPTION_cid, c->cid);
        put_text(s, row, F_SUBSCRIPTION_sid, sid);
        fill_in(&in, s, row);
    }
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, s->count);
}

static inline struct sample *said_by(struct wander *w, int node, enum shape shape) {
    struct sample *s = answer_of(w, node, shape);
    switch (shape) {
    case SHAPE_VARZ:
        say_varz(w, node, s);
        break;
    case SHAPE_HEALTHZ:
        say_health(w, node, s);
        break;
    case SHAPE_CONNZ_HOT:
    case SHAPE_CONNZ_FULL:
    case SHAPE_CONNZ_FEED:
        say_clients(w, node, s, false);
        break;
    case SHAPE_CONNZ_CLOSED:
        say_clients(w, node, s, true);
        break;
    case SHAPE_JSZ:
        say_jsz(w, node, s);
        break;
    case SHAPE_ROUTEZ:
        say_routes(w, node, s);
        break;
    case SHAPE_CONNZ_SUBS:
    case SHAPE_INTEREST:
        say_interest(w, node, shape, s);
        break;
    default:
        say_rest(w, node, shape, s);
    }
    return s;
}

static inline struct sample *failed(struct wander *w, int node, enum shape shape, enum failure failure) {
    struct sample *s = answer_of(w, node, shape);
    s->count = 0;
    s->http_status = failure == FAILURE_HTTP ? 500 : 0;
    s->failure = failure;
    s->error = sample_text(s, "it failed", 9);
    return s;
}

/* ---- on the way ---- */

static inline void hear(struct wander *w, struct sample *s, double delay) {
    for (int i = 0; i < HELD; i++)
        if (!w->held[i].sample) {
            w->held[i] = (struct held){.sample = s, .due = now_s(w) + delay};
            return;
        }
    model_sample(w->n.model, s);
    sample_destroy(s);
}

static inline void let_go(struct held *h) {
    model_intake_drop(&h->intake);
    sample_destroy(h->sample);
    *h = (struct held){0};
}

/* What is due comes, of the long ones a part now and then. */
static inline void take_due(struct wander *w) {
    for (int i = 0; i < HELD; i++) {
        struct held *h = &w->held[i];
        if (!h->sample || h->due > now_s(w))
            continue;
        if (!h->begun && (!model_slices(h->sample->shape) || roll(&w->dice, 3))) {
            model_sample(w->n.model, h->sample);
            let_go(h);
            continue;
        }
        h->begun = true;
        if (model_sample_slice(w->n.model, h->sample, &h->intake, 1 + roll(&w->dice, 6)) ||
            chance(&w->dice, 0.01))
            let_go(h);
    }
}

static inline void ask(struct wander *w, int node, enum shape shape) {
    struct wander_node *is = &w->node[node];
    double delay = chance(&w->dice, 0.04 * w->temper) ? between(&w->dice, 0.1, 12) : 0;
    if (!is->known || w->cut_off)
        return;
    if (!is->alive) {
        if (shape == SHAPE_VARZ || shape == SHAPE_JSZ)
            hear(w, failed(w, node, shape, FAILURE_REFUSED), delay);
        return;
    }
    if (!is->answers || chance(&w->dice, 0.01 * w->temper)) {
        if (chance(&w->dice, 0.3))
            hear(w, failed(w, node, shape, (enum failure)(1 + roll(&w->dice, FAILURE_COUNT - 1))), delay);
        return;
    }
    struct sample *s = said_by(w, node, shape);
    if (chance(&w->dice, 0.01 * w->temper) && s->count > 1) { /* a part of it alone */
        s->dropped = s->count - 1;
        s->count = 1 + roll(&w->dice, s->count - 1);
    }
    hear(w, s, delay);
}

static inline void ask_all(struct wander *w) {
    static const struct {
        enum shape shape;
        double every;
    } cadence[] = {{SHAPE_VARZ, 1},       {SHAPE_HEALTHZ, 10},      {SHAPE_CONNZ_HOT, 2},
                   {SHAPE_JSZ, 5},        {SHAPE_CONNZ_CLOSED, 10}, {SHAPE_ROUTEZ, 10},
                   {SHAPE_GATEWAYZ, 10},  {SHAPE_LEAFZ, 10},        {SHAPE_SUBSZ, 30},
                   {SHAPE_CONNZ_FULL, 6}, {SHAPE_CONNZ_FEED, 8},    {SHAPE_CONNZ_SUBS, 7},
                   {SHAPE_INTEREST, 7}};
    for (int i = 0; i < w->nodes; i++)
        for (size_t k = 0; k < sizeof cadence / sizeof *cadence; k++) {
            double *due = &w->due[i][cadence[k].shape];
            if (*due > now_s(w))
                continue;
            *due = now_s(w) + cadence[k].every;
            ask(w, i, cadence[k].shape);
        }
}

/* ---- what happens ---- */

static inline void say_target(struct wander *w, int node, const char *state) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_TARGET);
    char url[40], id[24];
    node_id(w, node, id);
    snprintf(url, sizeof url, "http://h%d:8222", node);
    put_u(row, F_TARGET_id, w->node[node].target);
    put_text(s, row, F_TARGET_url, url);
    put_text(s, row, F_TARGET_origin, node < 2 ? "named" : "route");
    put_text(s, row, F_TARGET_state, state);
    if (roll(&w->dice, 2))
        put_text(s, row, F_TARGET_server_id, id);
    if (roll(&w->dice, 2))
        put_text(s, row, F_TARGET_name, node_name(node));
    put_i(row, F_TARGET_utc, utc_of(w));
    model_row(w->n.model, 1, FRAME_TARGET, row);
    sample_destroy(s);
}

static inline void say_frame(struct wander *w, enum frame_kind kind, enum entity entity) {
    int node = (int)roll(&w->dice, (uint64_t)w->nodes);
    struct sample *s = sample_create();
    struct row *row = sample_add(s, entity);
    struct filling_in in = filling_of(w, node, 950);
    if (kind == FRAME_COST) {
        put_u(row, F_COST_target, w->node[node].target);
        put_u(row, F_COST_shape, 1 + roll(&w->dice, SHAPE_LIMIT - 1));
    }
    if (kind == FRAME_GAP) {
        put_u(row, F_GAP_target, w->node[node].target);
        put_u(row, F_GAP_shape, 1 + roll(&w->dice, SHAPE_LIMIT - 1));
    }
    if (kind == FRAME_HELLO) {
        put_i(row, F_HELLO_utc, utc_of(w));
        put_i(row, F_HELLO_mono, NIGHT_MONO + w->n.at);
        put_i(row, F_HELLO_interval, NS_PER_S);
    }
    fill_in(&in, s, row);
    model_row(w->n.model, 1, kind, row);
    sample_destroy(s);
}

static inline void start_node(struct wander *w, int i) {
    struct wander_node *is = &w->node[i];
    is->alive = is->answers = true;
    is->jetstream = roll(&w->dice, 8) != 0;
    is->lame = false;
    is->life++;
    is->began = now_s(w);
    is->ever = 0;
}

static inline void make_asset(struct wander *w, struct wander_asset *a, unsigned within) {
    *a = (struct wander_asset){.there = true,
                               .copies = (unsigned)roll(&w->dice, 1u << w->nodes) & within,
                               .leader = -1,
                               .made = now_s(w),
                               .rate = size_of_it(roll(&w->dice, 7)),
                               .copied = roll(&w->dice, 4) == 0,
                               .config = roll(&w->dice, 2) == 0};
    if (!a->copies)
        a->copies = 1u << roll(&w->dice, (uint64_t)w->nodes);
    if (roll(&w->dice, 4) == 0)
        a->made = -1000;
}

static inline void elect(struct wander *w, struct wander_asset *a) {
    int from = (int)roll(&w->dice, (uint64_t)w->nodes);
    a->leader = -1;
    a->led = now_s(w);
    for (int i = 0; i < w->nodes; i++) {
        int at = (from + i) % w->nodes;
        if (a->copies & 1u << at && w->node[at].alive && w->node[at].jetstream)
            a->leader = at;
    }
}

static inline struct wander_asset *any_asset(struct wander *w) {
    uint64_t i = roll(&w->dice, STREAMS), k = roll(&w->dice, CONSUMERS + 1);
    return k ? &w->consumer[i][k - 1] : &w->stream[i];
}

static inline void node_happens(struct wander *w) {
    int i = (int)roll(&w->dice, (uint64_t)w->nodes);
    struct wander_node *is = &w->node[i];
    switch (roll(&w->dice, 12)) {
    case 0:
    case 1:
        is->alive = false;
        break;
    case 2:
        is->answers = false;
        break;
    case 3:
    case 4:
    case 5:
        start_node(w, i);
        break;
    case 6:
        is->answers = is->alive = true;
        break;
    case 7:
        is->jetstream = !is->jetstream;
        break;
    case 8:
        is->lame = !is->lame;
        break;
    case 9:
        is->skew = roll(&w->dice, 3) ? 0 : between(&w->dice, -30, 30);
        break;
    case 10: { /* seen by the collector in another way */
        static const char *const states[] = {"probing",  "polled",    "known",  "gone",
                                             "balancer", "duplicate", "polled", "polled"};
        uint64_t at = roll(&w->dice, 8);
        say_target(w, i, states[at]);
        is->known = at != 3 && at != 4;
        break;
    }
    default: /* it is asked anew, under another number */
        is->target = ++w->targets;
        is->known = true;
        say_target(w, i, "polled");
    }
}

static inline void asset_happens(struct wander *w) {
    struct wander_asset *a = any_asset(w);
    bool stream = a >= &w->stream[0] && a < &w->stream[STREAMS];
    unsigned within = ~0u;
    switch (roll(&w->dice, 9)) {
    case 0:
        a->there = false;
        break;
    case 1:
        make_asset(w, a, stream ? ~0u : within);
        break;
    case 2:
        a->there = true;
        break;
    case 3:
        a->copies ^= 1u << roll(&w->dice, (uint64_t)w->nodes);
        break;
    case 4:
        a->told = (unsigned)roll(&w->dice, LIES);
        break;
    case 5:
        a->told = SAID_TRULY;
        elect(w, a);
        break;
    case 6:
        a->rate = size_of_it(roll(&w->dice, 7));
        break;
    case 7: /* purged, or it lost what it had */
        a->first = roll(&w->dice, 2) ? a->seq : 0;
        a->seq = roll(&w->dice, 3) ? a->seq : a->first;
        break;
    default:
        elect(w, a);
    }
}

static inline void client_happens(struct wander *w) {
    static const char *const why[] = {"Slow Consumer (Pending Bytes)", "Slow Consumer (Write Deadline)",
                                      "Client Closed", "Stale Connection", "Server Shutdown"};
    struct wander_client *c = &w->client[roll(&w->dice, CLIENTS)];
    if (c->there && roll(&w->dice, 2)) {
        c->before = c->cid;
        c->cut = now_s(w);
        c->reason = why[roll(&w->dice, 5)];
        c->there = false;
        c->lingers = roll(&w->dice, 4) == 0;
    } else if (c->there) {
        c->pending = (int64_t)roll(&w->dice, 64 << 20) * (int64_t)roll(&w->dice, 2);
    } else {
        c->node = roll(&w->dice, 3) ? c->node : (int)roll(&w->dice, (uint64_t)w->nodes);
        c->cid = ++w->cids;
        c->there = true;
        c->came = now_s(w);
        c->life++;
        c->pending = 0;
        w->node[c->node].ever++;
    }
}

/* ---- what we and our people do ---- */

static inline void begin_rules(struct wander *w, int which) {
    static const struct rule_said said[] = {
        {.name = "many_pending",
         .entity = "consumer",
         .condition = "pending",
         .warn = "> 100",
         .critical = "> 10000",
         .hold = "2 s",
         .tag = "MINE"},
        {.name = "moves", .entity = "server", .condition = "in_msgs_per_s", .warn = "> 10", .hold = "1 s"},
        {.name = "waits",
         .entity = "connection",
         .condition = "pending_bytes",
         .warn = "> 1 MiB",
         .critical = "> 20 MiB",
         .clear = "< 100 kB"},
        {.name = "holds", .entity = "stream", .condition = "messages", .warn = "> 1k"},
        {.name = "comes", .entity = "visitor", .condition = "reconnects_1h", .warn = "> 2"}};
    struct rule_fault fault = {0};
    struct ruleset *set = ruleset_create();
    for (int i = 0; i < which; i++)
        ck_assert_msg(ruleset_add(set, &said[i], &fault), "%s: %s", fault.key, fault.message);
    model_use_rules(w->n.model, set);
    ruleset_release(set);
}

static inline void begin_expecting(struct wander *w, size_t count) {
    static const struct expectation said[] = {
        {.entity = "connection", .match = "name ~ billing", .instances = 2, .newcomer = true},
        {.entity = "queue", .subject = "orders.created", .instances = 2},
        {.entity = "server", .instances = 4},
        {.entity = "puller", .instances = 1}};
    model_expect(w->n.model, said, count);
}

static inline void people_do(struct wander *w) {
    struct model *m = w->n.model;
    size_t count = model_alert_count(m);
    const struct alert *a = count ? model_alert(m, roll(&w->dice, count)) : NULL;
    int64_t until = utc_of(w) + (int64_t)roll(&w->dice, 100) * NS_PER_S;
    switch (roll(&w->dice, 6)) {
    case 0:
        model_silence(m, "cluster", "", "C", roll(&w->dice, 3) ? 0 : until, "maintenance");
        break;
    case 1:
        if (a)
            model_alert_unack(m, a->number);
        break;
    case 2:
        if (a) {
            char entity[40], cluster[40], name[300];
            snprintf(entity, sizeof entity, "%s", a->entity);
            snprintf(cluster, sizeof cluster, "%s", a->cluster);
            snprintf(name, sizeof name, "%s", a->name);
            model_silence(m, entity, cluster, name, until, NULL);
        }
        break;
    default:
        if (a)
            model_alert_ack(m, a->number, "anna", roll(&w->dice, 2) ? "on it" : NULL);
    }
}

/* Our program ends, and the next one knows what was kept. */
static inline void begin_again(struct wander *w) {
    struct model_options options = {NULL, w->seed % 3 == 0 ? w->nodes : 0, 0.3};
    struct model *before = w->n.model, *next = model_create(&options);
    size_t count = model_alert_count(before), servers;
    struct alert *kept = calloc(count + 1, sizeof *kept);
    struct lone_stream *lone = calloc(LONE_STREAMS_MOST, sizeof *lone);
    for (int i = 0; i < HELD; i++)
        if (w->held[i].sample)
            let_go(&w->held[i]);
    for (size_t i = 0; i < count; i++)
        kept[i] = *model_alert(before, i);
    model_alerts_restore(next, kept, count);
    for (size_t i = 0; i < model_silence_count(before); i++) {
        const struct silence *s = model_silence_at(before, i);
        model_silence(next, s->entity, s->cluster, s->name, s->until_utc_ns, s->note);
    }
    const struct object *const *all = model_objects(before, OBJECT_SERVER, &servers);
    for (size_t i = 0; i < servers; i++) {
        struct remembered_server is;
        if (model_remembered(before, all[i], &is))
            model_remember_server(next, &is);
    }
    size_t streams = model_lone_streams(before, lone);
    for (size_t i = 0; i < streams; i++)
        model_remember_stream(next, &lone[i]);
    free(lone);
    free(kept);
    model_destroy(before);
    w->n.model = next;
    w->runs++;
    begin_rules(w, (int)roll(&w->dice, 6));
    begin_expecting(w, roll(&w->dice, 5));
    model_tick(next, utc_of(w), NIGHT_MONO + w->n.at);
    for (int i = 0; i < w->nodes; i++) {
        w->node[i].known = true;
        w->node[i].target = ++w->targets;
        say_target(w, i, "polled");
    }
}

static inline void we_do(struct wander *w) {
    struct model *m = w->n.model;
    int node = (int)roll(&w->dice, (uint64_t)w->nodes);
    size_t count;
    switch (roll(&w->dice, 14)) {
    case 0:
        begin_rules(w, (int)roll(&w->dice, 6));
        break;
    case 1:
        begin_expecting(w, roll(&w->dice, 5));
        break;
    case 2:
        model_forget(m, node_name(node));
        break;
    case 3:
        model_told(m, roll(&w->dice, 2) ? "prod" : NULL, (int)roll(&w->dice, 7));
        break;
    case 4:
        model_interest_watch(m, roll(&w->dice, 3) ? "orders.created" : NULL);
        model_interest_go_on(m);
        break;
    case 5: {
        const struct object *const *all = model_objects(m, OBJECT_CONNECTION, &count);
        if (count)
            model_look_at(m, all[roll(&w->dice, count)]->id);
        break;
    }
    case 6:
        if (roll(&w->dice, 3) == 0) {
            model_watches_others(m);
            for (int i = 0; i < w->nodes; i++) {
                w->node[i].target = ++w->targets;
                w->node[i].known = roll(&w->dice, 4) != 0;
                if (w->node[i].known)
                    say_target(w, i, "polled");
            }
        }
        break;
    case 7:
        model_source_event(m, 1, utc_of(w), "collector ended");
        break;
    case 8:
        model_own_event(m, utc_of(w), "hook", "mail", "it failed");
        break;
    case 9:
        w->wall += ns(between(&w->dice, -1, 1) * (roll(&w->dice, 2) ? 4000 : 3));
        break;
    case 10:
        w->cut_off = !w->cut_off && roll(&w->dice, 2);
        break;
    case 11:
        if (roll(&w->dice, 3) == 0)
            begin_again(w);
        break;
    case 12: {
        static const struct {
            enum frame_kind kind;
            enum entity entity;
        } frames[] = {{FRAME_COST, ENTITY_COST},
                      {FRAME_GAP, ENTITY_GAP},
                      {FRAME_HELLO, ENTITY_HELLO},
                      {FRAME_EVENT, ENTITY_EVENT},
                      {FRAME_LOG, ENTITY_LOG}};
        uint64_t at = roll(&w->dice, 5);
        say_frame(w, frames[at].kind, frames[at].entity);
        break;
    }
    default:
        people_do(w);
    }
}

/* What goes on by itself. */
static inline void assets_go_on(struct wander *w, double seconds) {
    for (int i = 0; i < STREAMS; i++) {
        struct wander_asset *a = &w->stream[i];
        if (a->leader >= 0 && w->node[a->leader].alive)
            a->seq += a->rate * seconds;
        else if (chance(&w->dice, 0.05))
            elect(w, a);
        for (int k = 0; k < CONSUMERS; k++) {
            struct wander_asset *c = &w->consumer[i][k];
            if (c->leader < 0 || !w->node[c->leader].alive) {
                if (chance(&w->dice, 0.05))
                    elect(w, c);
                continue;
            }
            c->seq = fmin(a->seq, c->seq + c->rate * seconds);
            if (chance(&w->dice, 0.7))
                c->acked = c->seq;
        }
    }
}

static inline void wander_tick(struct wander *w) {
    if (roll(&w->dice, 2)) {
        model_tick(w->n.model, utc_of(w), NIGHT_MONO + w->n.at);
        return;
    }
    model_tick_begin(w->n.model, utc_of(w), NIGHT_MONO + w->n.at);
    for (uint64_t i = roll(&w->dice, 4); i > 0; i--)
        if (!model_tick_step(w->n.model))
            break;
    model_tick_finish(w->n.model);
}

/* ---- a night ---- */

static inline void wander_begin(struct wander *w, uint64_t seed) {
    *w = (struct wander){.seed = seed, .dice = {seed * 0x9e3779b97f4a7c15ULL + 1}};
    struct dice *d = &w->dice;
    night_begin(&w->n, 0, roll(d, 2) ? 1 : 0.2);
    w->temper = between(d, 0.2, 3);
    w->missing = roll(d, 2) ? 0.02 : between(d, 0, 0.5);
    w->lies = getenv("NATSIGHT_WANDER_LIES") && roll(d, 4) == 0;
    w->nodes = 3 + (int)roll(d, NODES - 2);
    begin_rules(w, (int)roll(d, 6));
    begin_expecting(w, roll(d, 5));
    for (int i = 0; i < w->nodes; i++) {
        w->node[i] = (struct wander_node){
            .alive = true, .answers = true, .jetstream = true, .known = true, .target = ++w->targets};
        say_target(w, i, "polled");
    }
    for (int i = 0; i < STREAMS; i++) {
        make_asset(w, &w->stream[i], ~0u);
        elect(w, &w->stream[i]);
        for (int k = 0; k < CONSUMERS; k++) {
            make_asset(w, &w->consumer[i][k], ~0u);
            elect(w, &w->consumer[i][k]);
        }
    }
    for (int i = 0; i < CLIENTS; i++)
        w->client[i].node = i % w->nodes;
}

static inline void wander_end(struct wander *w) {
    for (int i = 0; i < HELD; i++)
        if (w->held[i].sample)
            let_go(&w->held[i]);
    night_end(&w->n);
}

/* Something may happen, and then some time goes by. */
static inline void wander_step(struct wander *w) {
    struct dice *d = &w->dice;
    double left = roll(d, 10) ? between(d, 0.1, 2) : roll(d, 4) ? between(d, 2, 12) : between(d, 12, 70);
    bool asleep = roll(d, 60) == 0; /* nobody ticks meanwhile */
    while (chance(d, 0.15 * w->temper))
        node_happens(w);
    while (chance(d, 0.15 * w->temper))
        asset_happens(w);
    while (chance(d, 0.2 * w->temper))
        client_happens(w);
    while (chance(d, 0.1 * w->temper))
        we_do(w);
    while (left > 0) {
        double part = asleep ? left : fmin(left, 0.5);
        w->n.at += ns(part);
        left -= part;
        assets_go_on(w, part);
        if (roll(d, 2))
            wander_tick(w);
        ask_all(w);
        take_due(w);
        wander_tick(w);
    }
}

#endif
