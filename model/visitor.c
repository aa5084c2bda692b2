#include "model/visitor.h"

#include <string.h>

#include "base/memory.h"
#include "model/connection.h"

#define VISITORS_MOST 2000
#define LOOKED_AT     16                /* of them, for one to let go */
#define FEW           3                 /* reconnects: who has fewer is let go first */
#define RUSH_NS       (15 * NS_PER_S)   /* in that time a record follows what was seen of its end */
#define SLACK_NS      (500 * NS_PER_MS) /* servers' clocks differ */

struct key {
    const struct text *account, *user, *name, *host;
    const struct object *cluster;
    uint32_t hash;
};

static struct visitor *visitor_of(const struct entry *entry) {
    return entry->object.extra;
}

/* ---- who it is ---- */

static const struct text *told(const struct row *row, enum field f) {
    return row_has(row, f) && row_cell(row, f)->s->len ? row_cell(row, f)->s : NULL;
}

static uint32_t mix(uint32_t hash, const struct text *text) {
    return hash * 0x9e3779b1u + (text ? text->hash : 1);
}

static bool key_of(const struct entry *connection, struct key *out) {
    const struct row *row = connection->object.now;
    const struct text *mqtt = told(row, F_CONNECTION_mqtt_client);
    *out = (struct key){.account = told(row, F_CONNECTION_account),
                        .user = told(row, F_CONNECTION_user),
                        .name = told(row, F_CONNECTION_name),
                        .cluster = connection->object.parent->parent};
    if (out->account && strcmp(out->account->bytes, "$G") == 0)
        out->account = NULL;
    out->name = out->name ? out->name : mqtt;
    out->host = out->name ? NULL : told(row, F_CONNECTION_ip);
    out->hash = mix(mix(mix(mix((uint32_t)out->cluster->id, out->account), out->user), out->name), out->host);
    return (out->name || out->host) && !connection_is_leaf(row);
}

static struct entry *find(const struct model *model, const struct key *key) {
    struct entry *entry = table_first(&model->tables[OBJECT_VISITOR], key->hash);
    for (; entry; entry = entry->next) {
        const struct visitor *v = visitor_of(entry);
        if (entry->hash == key->hash && entry->object.parent == key->cluster &&
            text_same(v->name, key->name) && text_same(v->host, key->host) && text_same(v->user, key->user) &&
            text_same(v->account, key->account))
            return entry;
    }
    return NULL;
}

static int64_t last_of(const struct visitor *v) {
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < v->count; i++) {
        int64_t stop = v->visits[i].stop_ns;
        last = stop != TIME_UNSET && stop > last ? stop : last;
    }
    return last;
}

/* Of a few, going round, the one that is missed least. */
static void make_room(struct model *model) {
    struct entry *least = NULL;
    size_t count = kind_count(model, OBJECT_VISITOR);
    if (model->tables[OBJECT_VISITOR].live < VISITORS_MOST)
        return;
    for (size_t i = 0; i < LOOKED_AT; i++) {
        model->visitor_hand = model->visitor_hand + 1 < count ? model->visitor_hand + 1 : 0;
        struct entry *entry = kind_at(model, OBJECT_VISITOR, model->visitor_hand);
        if (entry->dead)
            continue;
        bool fewer = least && visitor_of(entry)->reconnects < visitor_of(least)->reconnects;
        least = !least || fewer ? entry : least;
    }
    if (!least)
        return;
    if (visitor_of(least)->reconnects >= FEW)
        visitors_missed(model, model->utc_ns);
    entry_remove(model, least);
}

static struct entry *make(struct model *model, const struct key *key, int64_t utc_ns) {
    make_room(model);
    struct entry *entry = entry_create(model, OBJECT_VISITOR, key->cluster, utc_ns);
    struct visitor *v = memory_new(sizeof *v);
    v->account = key->account;
    v->user = key->user;
    v->name = key->name;
    v->host = key->host;
    entry->object.extra = v;
    table_link(&model->tables[OBJECT_VISITOR], entry, key->hash);
    return entry;
}

/* ---- visits ---- */

/* Of an end that no record tells it is known that it was not before it was seen last. */
static struct visit visit_of(const struct entry *connection) {
    const struct object *object = &connection->object;
    bool inferred = ((const struct connection *)object->extra)->inferred;
    int64_t start = row_i64(object->now, F_CONNECTION_start, TIME_UNSET);
    int64_t stop = row_i64(object->now, F_CONNECTION_stop, TIME_UNSET);
    return (struct visit){
        .connection = object->id,
        .start_ns = start == TIME_UNSET ? start : stamp_our_time(&object->now_at, start),
        .stop_ns = inferred             ? object->now_at.utc_ns
                   : stop == TIME_UNSET ? stop
                                        : stamp_our_time(&object->now_at, stop),
    };
}

static struct visit *find_visit(struct visitor *v, uint64_t connection) {
    for (size_t i = 0; i < v->count; i++) {
        if (v->visits[i].connection == connection)
            return &v->visits[i];
    }
    return NULL;
}

static void drop_first(struct visitor *v) {
    memmove(v->visits, v->visits + 1, --v->count * sizeof *v->visits);
}

static void put_visit(struct visitor *v, struct visit visit, int64_t utc_ns) {
    struct visit *known = find_visit(v, visit.connection);
    v->stale = true;
    if (known) {
        known->stop_ns = visit.stop_ns;
        return;
    }
    if (v->count == VISITS_MOST) {
        v->crowded_ns = utc_ns;
        drop_first(v);
    }
    size_t at = v->count++;
    for (; at && v->visits[at - 1].start_ns > visit.start_ns; at--)
        v->visits[at] = v->visits[at - 1];
    v->visits[at] = visit;
}

/* Each start takes the first end before it that no other one took. */
static void count_reconnects(struct visitor *v, int64_t since_ns) {
    bool taken[VISITS_MOST] = {false};
    v->reconnects = 0;
    v->last_ns = 0;
    v->stale = false;
    for (size_t i = 0; i < v->count; i++) {
        int64_t start = v->visits[i].start_ns;
        size_t best = VISITS_MOST;
        for (size_t j = 0; j < v->count && start != TIME_UNSET; j++) {
            int64_t stop = v->visits[j].stop_ns;
            if (j != i && !taken[j] && stop != TIME_UNSET && stop <= start + SLACK_NS &&
                (best == VISITS_MOST || stop < v->visits[best].stop_ns))
                best = j;
        }
        if (best == VISITS_MOST)
            continue;
        taken[best] = true;
        v->reconnects += start >= since_ns;
        v->last_ns = start > v->last_ns ? start : v->last_ns;
    }
}

/* ---- what comes ---- */

static void note_arrival(struct model *model, uint64_t id, uint32_t hash) {
    struct arrivals_ring *ring = model->arrivals_ring;
    size_t at = ring->next++ % ARRIVALS_KEPT;
    if (at == 0 && ring->next > 1 && model->mono_ns - ring->began_mono_ns < RUSH_NS)
        visitors_missed(model, model->utc_ns);
    ring->began_mono_ns = at == 0 ? model->mono_ns : ring->began_mono_ns;
    ring->ids[at] = id;
    ring->hashes[at] = hash;
}

void visitor_came(struct model *model, struct entry *connection) {
    struct key key;
    if (!key_of(connection, &key))
        return;
    note_arrival(model, connection->object.id, key.hash);
    struct entry *entry = find(model, &key);
    if (entry)
        put_visit(visitor_of(entry), visit_of(connection), model->utc_ns);
}

/* Who came back before we heard that it had gone. */
static void take_arrivals(struct model *model, struct entry *entry, const struct key *key) {
    const struct arrivals_ring *ring = model->arrivals_ring;
    size_t count = ring->next < ARRIVALS_KEPT ? ring->next : ARRIVALS_KEPT;
    for (size_t i = 0; i < count; i++) {
        struct key other;
        struct entry *connection = ring->hashes[i] == key->hash ? entry_by_id(model, ring->ids[i]) : NULL;
        if (connection && key_of(connection, &other) && find(model, &other) == entry)
            put_visit(visitor_of(entry), visit_of(connection), model->utc_ns);
    }
}

void visitor_left(struct model *model, struct entry *connection) {
    struct key key;
    if (!key_of(connection, &key))
        return;
    struct visit visit = visit_of(connection);
    if (visit.stop_ns == TIME_UNSET || connection->object.now_at.utc_ns - visit.stop_ns > VISIT_SPAN_NS)
        return;
    struct entry *entry = find(model, &key);
    if (!entry) {
        entry = make(model, &key, connection->object.now_at.utc_ns);
        take_arrivals(model, entry, &key);
    }
    put_visit(visitor_of(entry), visit, model->utc_ns);
    entry->object.seen_utc_ns = connection->object.now_at.utc_ns;
}

void visitors_missed(struct model *model, int64_t utc_ns) {
    if (utc_ns > model->arrivals_ring->missed_utc_ns)
        model->arrivals_ring->missed_utc_ns = utc_ns;
}

/* ---- time goes on ---- */

void visitors_tick(struct model *model) {
    int64_t since_ns = model->utc_ns - VISIT_SPAN_NS;
    for (size_t i = 0; i < kind_count(model, OBJECT_VISITOR); i++) {
        struct entry *entry = kind_at(model, OBJECT_VISITOR, i);
        struct visitor *v = visitor_of(entry);
        if (entry->dead)
            continue;
        while (v->count && v->visits[0].stop_ns != TIME_UNSET && v->visits[0].stop_ns < since_ns) {
            drop_first(v);
            v->stale = true;
        }
        if (v->stale || (v->last_ns && v->reconnects && v->visits[0].start_ns < since_ns))
            count_reconnects(v, since_ns);
        if (last_of(v) < since_ns)
            entry_remove(model, entry);
    }
}

bool visitor_reconnects(const struct model *model, const struct object *object, uint64_t *count) {
    const struct visitor *v = object->extra;
    int64_t since_ns = model->utc_ns - VISIT_SPAN_NS;
    *count = v->reconnects;
    return model->began_utc_ns > since_ns || model->arrivals_ring->missed_utc_ns > since_ns ||
           v->crowded_ns > since_ns;
}

void visitor_visit_texts(void *extra, text_visit_fn *fn, void *data) {
    struct visitor *v = extra;
    const struct text **own[] = {&v->account, &v->user, &v->name, &v->host};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (*own[i])
            fn(data, own[i]);
    }
}
