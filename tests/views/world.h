/* A constructed cluster for the tests of views: three nodes at 02:41:07, twelve minutes of history.
 *
 * A test takes a scene, or makes one: world_init(), what is to be different, world_run(). Whoever began one
 * ends it with world_finish(). Nothing here reads a clock. */
#ifndef TESTS_VIEWS_WORLD_H
#define TESTS_VIEWS_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/model.h"

#define WORLD_START   1795228140LL /* 2026-11-21T02:29:00Z */
#define WORLD_SECONDS 727
#define WORLD_NODES   6 /* at most */
#define WORLD_STREAMS 8 /* at most */

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

/* A client that takes less than it is sent, and comes back each time that it is cut. */
struct world_life {
    int node;
    const char *name;
    uint64_t cid;                   /* of the first life; ten more for each next */
    int first, every, lives, lived; /* seconds; lived 0: it is never closed */
    double fills_per_s, most;       /* bytes that wait for it */
    double drains_per_s;
    const char *reason, *tls, *cipher, *tag;
    bool leaf;
    int lingers; /* seconds that it is listed on as open, and producers are paused for its sake */
};

struct world_peer {
    const char *host, *user; /* NULL: none */
};

struct world_stream {
    const char *name;
    int replicas;
    double rate;
    int64_t max_bytes, max_msgs, max_age_s; /* 0: unlimited */
    const char *retention, *discard;
    const char *mirror, *source[2]; /* NULL: none */
    const char *account;            /* NULL: $G */
    uint64_t source_lag;
    const char *source_error;
};

/* What a consumer does since a second of the world, before which it kept up. */
struct world_doing {
    int since;
    bool stands;       /* it delivers nothing: its lag grows as its stream does */
    bool frozen;       /* nothing moves, and nothing is there for it */
    bool floor_stands; /* what comes later is acknowledged */
    bool filtered;     /* it reads some subjects alone */
    bool evicted;      /* the stream's limits took what it had not acknowledged */
    bool paused, unbound, leaderless;
    const char *push;   /* subject; NULL: pull */
    double again_per_s; /* redeliveries */
};

struct world_consumer {
    const char *stream, *name;
    int leader; /* -1: nobody leads it */
    double lag_at_end, lag_slope, acked_per_s;
    uint64_t ack_pending, max_ack_pending, redelivered, waiting;
};

struct world {
    struct model *model;
    int second; /* since WORLD_START */
    uint64_t serial;
    bool jetstream, busy;
    int pool;        /* connections of each route, 0 one */
    int holds_since; /* bytes wait for n2 at the others since that second, on the first connection; 0 never */
    bool route_closed; /* by the first node, the one on which that waits */
    bool by_gateway;   /* the same at n1 for another cluster, in place of that */
    int64_t cost_ns;   /* of one request for the figures of cost; 0: 900 us */
    int asked;         /* so many nodes are monitored, the others known by their routes; 0 all */
    struct world_node nodes[WORLD_NODES];
    int node_count;
    int meta;              /* the node that leads the meta group */
    uint64_t meta_pending; /* changes that it has not applied yet */
    bool followers;        /* tell of consumers whose leader's /jsz fails */
    const struct world_client *clients;
    const struct world_peer *peers; /* of each client; NULL: one host, no user */
    int client_count;
    uint64_t subscriptions; /* of each server; 0: as usual */
    int64_t up_s;           /* servers began so long before the world; 0: 12 days */
    uint64_t leafs;         /* leaf nodes of each */
    uint64_t counted;       /* slow consumers of each, before the world */
    bool closes;            /* closed connections are listed, slow consumers counted by kind */
    const struct world_life *lives;
    int life_count;
    int leads[WORLD_STREAMS]; /* the node that leads it; -1 nobody does */
    int rival; /* this node, counted from 1, leads the first stream and its consumers too; 0 none */
    const struct world_stream *streams;
    int stream_count;
    const struct world_consumer *consumers;
    int consumer_count;
    const char *const *accounts;     /* of each consumer; NULL: $G */
    const struct world_doing *doing; /* of each consumer; NULL: lag and rates alone */
};

int64_t world_utc(const struct world *w);
int64_t world_mono(const struct world *w);
/* One field of a row; a text is cleaned as a decoder does it. */
void world_text(struct sample *sample, struct row *row, enum field f, const char *text);
void world_u(struct row *row, enum field f, uint64_t u);
void world_i(struct row *row, enum field f, int64_t i);

void world_init(struct world *w);
/* So many seconds of the cluster's life, and what the collector saw of them. */
void world_run(struct world *w, int seconds);
void world_finish(struct world *w);

/* ---- scenes ---- */

/* Nothing heard yet. */
void world_empty(struct world *w);
/* All servers live, and some of their endpoints fail: one of n2 since 14 s, one of n3 from the beginning. */
void world_failing(struct world *w);
/* n3 was lost three times and is back; then billing-7 fills, while consumers are late. */
void world_alerted(struct world *w);
/* n2 falls, and what it led is led by n1 and n3 some seconds later. */
void world_failover(struct world *w);
/* The whole page of n2's connections is dear. */
void world_stretched(struct world *w);
/* Watching costs more than it may. */
void world_dear(struct world *w);
/* An endpoint of n2 fails since 6 s: too short for a finding, too long for "all ok". */
void world_fails_now(struct world *w);
/* n1 refused from the beginning. */
void world_silent(struct world *w);
/* n3 was silent from the beginning, and n1 and n2 know nothing of what is there. */
void world_partial(struct world *w);
/* Nobody has led one of the streams, with its consumer, since before we looked. */
void world_headless(struct world *w);
/* n2 and n3 are gone: the meta group has no majority any more, and what they led nobody leads. */
void world_minority(struct world *w);
/* The meta group has had three leaders in ten minutes, and the last one is busy. */
void world_moving(struct world *w);
/* n1 alone is asked; it has routes to the others. */
void world_known(struct world *w);
/* Three servers that know nothing of each other. */
void world_apart(struct world *w);
/* Two clusters that name their servers and streams alike. */
void world_twins(struct world *w);
/* Two consumers that their leader tells nothing of beside some that are told. */
void world_untold(struct world *w);
/* More servers than a small screen has rows for. */
void world_crowded(struct world *w);
/* Servers that keep four connections to each peer. */
void world_pooled(struct world *w);
/* One answer of each: no rate yet. */
void world_first(struct world *w);
/* All there is: two lagging consumers, two filling buffers, one hot node. */
void world_busy(struct world *w);
/* Streams of every kind: with limits and without, a bucket, a mirror, one of sources, the server's own. */
void world_kinds(struct world *w);
/* Consumers of what is called by what it is: buckets, stores, what the server keeps for MQTT. */
void world_called(struct world *w);
/* A consumer in each of the states that there are. */
void world_states(struct world *w);
/* The same 35 s after it went wrong with them: most is no alert yet. */
void world_soon(struct world *w);
/* The same, and then the stream was deleted with them. */
void world_deleted(struct world *w);
/* Two accounts that name a stream and its consumer alike. */
void world_accounts(struct world *w);
/* A stream with a name of a hundred letters, and consumers of it whose names differ in the last one. */
void world_long(struct world *w);
/* n2 and n3 both say that they lead a stream and its consumers. */
void world_contested(struct world *w);
/* A consumer that is twenty thousand behind, and as far as it was. */
void world_stays(struct world *w);
/* A consumer of some subjects whose backlog is from before we looked; and its leader falls silent. */
void world_bound(struct world *w);
void world_bound_stale(struct world *w);
/* Two buffers fill on servers of 2.15, one of them fast; one has stopped growing. */
void world_filling(struct world *w);
/* One buffer stands at the half from where servers of 2.10 hold producers. */
void world_flat(struct world *w);
/* A client that is cut each 40 s, one that was cut twice, and connections closed for other reasons; the same
 * on servers that tell less. */
void world_cut_again(struct world *w);
void world_old_servers(struct world *w);
/* Nobody is slow, and nobody was cut. */
void world_calm(struct world *w);
/* The same while n2 does not read its routes, since some seconds. */
void world_slow_route(struct world *w);
void world_slow_gateway(struct world *w);
void world_slow_leafs(struct world *w);

/* Several connections of each service; two have ended. */
void world_services(struct world *w);
/* Who listens to orders.created: two queue groups, others without a queue, a stream. The same with n3 away
 * and a list of n2 that was cut; with a group that has fallen to nobody; nobody at all; with so many
 * subscriptions that what asking costs is said first. */
void world_listened(struct world *w);
void world_listened_in_part(struct world *w);
void world_listened_once(struct world *w);
void world_listened_unknown(struct world *w);
void world_deserted(struct world *w);
void world_unheard(struct world *w);
void world_dear_interest(struct world *w);
void world_hostile_interest(struct world *w);
/* Beside what answers show: what servers published, some of it a thousand times. */
void world_published(struct world *w);
/* Whose traffic it is: so far; where looks take all they may; ended; with no news of it; where nothing comes
 * by; refused. */
void world_sampled(struct world *w);
void world_sampled_rate(struct world *w);
void world_sampled_full(struct world *w);
void world_sampled_over(struct world *w);
void world_sampled_late(struct world *w);
void world_sampled_nothing(struct world *w);
void world_sampled_refused(struct world *w);
void world_sampled_hostile(struct world *w);
/* All well, no JetStream. */
void world_quiet(struct world *w);
/* The same as busy, but n2 refuses since 40 s and nobody else has answered for 4 s. */
void world_stale(struct world *w);
/* Names as an enemy gives them. */
void world_hostile(struct world *w);

#endif
