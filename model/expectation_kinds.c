/* What can be expected: how it is counted, and what has to be told for the count to be all. */
#include "model/expecting.h"

#include <stdio.h>
#include <string.h>

#include "model/asking.h"
#include "model/connection.h"

#define OF(SHAPE)   (1u << SHAPE_##SHAPE)
#define LISTED_NS   (6 * NS_PER_S)   /* what was listed is as it was for so long at least */
#define GIVEN_UP_NS (120 * NS_PER_S) /* who is down for so long has no clients any more */

/* ---- servers ---- */

bool server_is_given_up(const struct model *model, const struct entry *entry) {
    const struct server *server = server_of(entry);
    return server->state == SERVER_DOWN && model->utc_ns - server->state_since_utc_ns > GIVEN_UP_NS;
}

/* A peer with a route is there, though nobody may ask it. */
static bool server_weigh(const struct model *model, const struct object *object, uint64_t *weight) {
    (void)model;
    enum server_state state = server_const(object)->state;
    *weight = state == SERVER_UP || state == SERVER_KNOWN;
    return state != SERVER_NEW && state != SERVER_STALE;
}

static bool server_is_there(const struct object *object) {
    return !server_const(object)->forgotten;
}

/* Before the first is known nothing is. */
enum told_part servers_told(const struct model *model, char *why, size_t size) {
    if (kind_count(model, OBJECT_SERVER))
        return TOLD_ALL;
    snprintf(why, size, "no server was seen yet");
    return TOLD_PART;
}

static enum told_part server_told(const struct model *model, const struct expecting *e, char *why,
                                  size_t size) {
    (void)e;
    return servers_told(model, why, size);
}

static uint64_t mix(uint64_t hash, const char *text) {
    return (hash ^ hash_bytes(text, strlen(text))) * 0x9e3779b97f4a7c15u;
}

static uint64_t server_identity(const struct object *object) {
    return mix(1, server_label(server_const(object)));
}

static void server_name_it(const struct object *object, char *out, size_t size) {
    snprintf(out, size, "%s", server_label(server_const(object)));
}

bool expectation_is_of_silent(const struct model *model, const struct object *object, enum severity level) {
    const struct expecting *e = expecting_of(object);
    uint64_t silent = 0;
    if (e->what->kind != OBJECT_SERVER || e->what->is_there != server_is_there || e->found >= e->wanted)
        return false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        struct asking asking = {.model = model, .object = &entry->object};
        uint64_t is_up;
        bool told = !entry->dead && server_is_there(&entry->object) && entry->severity >= level &&
                    server_weigh(model, &entry->object, &is_up) && !is_up;
        silent += told && (!e->expr || expr_true(e->expr, asking_get, &asking));
    }
    return silent >= e->wanted - e->found;
}

/* ---- connections ---- */

static bool connection_is_there(const struct object *object) {
    return object->freshness == FRESH_LIVE && !model_is_closed(object);
}

/* All of its connections are known. */
static bool is_listed(const struct model *model, const struct server *server) {
    int64_t gap = 2 * server_gap_ns(server, SHAPE_CONNZ_FULL);
    return server->listed.mono_ns &&
           model->mono_ns - server->listed.mono_ns <= (gap > LISTED_NS ? gap : LISTED_NS);
}

static uint64_t unseen_servers(const struct model *model) {
    uint64_t unseen = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        struct value v = quantity_get(model, &kind_at(model, OBJECT_CLUSTER, i)->object, Q_CLUSTER_unseen);
        unseen += v.type == VALUE_UINT ? v.u : 0;
    }
    return unseen;
}

static enum told_part connection_told(const struct model *model, const struct expecting *e, char *why,
                                      size_t size) {
    enum told_part told = servers_told(model, why, size);
    (void)e;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        if (entry->dead || server->forgotten)
            continue;
        if (server_is_given_up(model, entry)) {
            told = TOLD_GIVEN_UP;
        } else if (!server_is_up(server) || !is_listed(model, server)) {
            const char *what = server->state == SERVER_KNOWN ? "is not monitored"
                               : server_is_up(server)        ? "does not list all of them"
                                                             : "does not answer";
            snprintf(why, size, "%.60s %s", server_label(server), what);
            return TOLD_PART;
        }
    }
    uint64_t unseen = unseen_servers(model);
    if (unseen && model->utc_ns - model->began_utc_ns <= GIVEN_UP_NS) {
        snprintf(why, size, "%llu servers were not seen yet", (unsigned long long)unseen);
        return TOLD_PART;
    }
    return unseen ? TOLD_GIVEN_UP : told;
}

static uint64_t connection_stamp(const struct model *model) {
    uint64_t stamp = model->tables[OBJECT_CONNECTION].members;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct server *server = server_of(kind_at(model, OBJECT_SERVER, i));
        stamp = stamp * 31 + server->polls[SHAPE_CONNZ_FULL] + server->polls[SHAPE_CONNZ_HOT] +
                (uint64_t)server->state;
    }
    return stamp;
}

/* Whoever it is, it is the same one after it connected anew. */
static uint64_t connection_identity(const struct object *object) {
    const struct row *row = object->now;
    static const enum field parts[] = {F_CONNECTION_account, F_CONNECTION_user, F_CONNECTION_name,
                                       F_CONNECTION_mqtt_client, F_CONNECTION_ip};
    uint64_t hash = 2;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        hash = mix(hash, row_text(row, parts[i])) + i;
    return hash;
}

static void connection_name_it(const struct object *object, char *out, size_t size) {
    const struct row *row = object->now;
    const char *name = row_text(row, F_CONNECTION_name), *user = row_text(row, F_CONNECTION_user);
    const char *host = row_text(row, F_CONNECTION_ip);
    snprintf(out, size, "%s%s%s on %s", *name ? name : user, *name || *user ? " from " : "",
             *host ? host : "-", server_label(server_const(object->parent)));
}

/* ---- who pulls ---- */

static bool is_not_gone(const struct object *object) {
    return object->freshness != FRESH_GONE;
}

static bool puller_weigh(const struct model *model, const struct object *object, uint64_t *weight) {
    struct value v = quantity_get(model, object, Q_CONSUMER_waiting);
    double number;
    *weight = value_number(v, &number) && number > 0 ? (uint64_t)number : 0;
    return v.type != VALUE_UNKNOWN && !(v.flags & VALUE_OLD);
}

static enum told_part puller_told(const struct model *model, const struct expecting *e, char *why,
                                  size_t size) {
    (void)e;
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        struct value v =
            quantity_get(model, &kind_at(model, OBJECT_CLUSTER, i)->object, Q_CLUSTER_js_unheard);
        if (v.type == VALUE_UINT && v.u == 0)
            continue;
        snprintf(why, size, "JetStream of %llu servers was never heard", (unsigned long long)v.u);
        return TOLD_PART;
    }
    return TOLD_ALL;
}

/* ---- what can be expected ---- */

const struct countable countables[] = {
    {.word = "connection",
     .kind = OBJECT_CONNECTION,
     .shapes = OF(CONNZ_FULL),
     .is_there = connection_is_there,
     .told = connection_told,
     .stamp = connection_stamp,
     .identity = connection_identity,
     .label = connection_name_it},
    {.word = "queue", .kind = OBJECT_SUBSCRIPTION, .shapes = OF(INTEREST), .told = queue_told},
    {.word = "puller",
     .kind = OBJECT_CONSUMER,
     .shapes = OF(JSZ),
     .is_there = is_not_gone,
     .weigh = puller_weigh,
     .told = puller_told},
    {.word = "server",
     .kind = OBJECT_SERVER,
     .shapes = OF(VARZ),
     .is_there = server_is_there,
     .weigh = server_weigh,
     .told = server_told,
     .identity = server_identity,
     .label = server_name_it},
};
const size_t countable_count = sizeof countables / sizeof *countables;
