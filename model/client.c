#include "model/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/connection.h"

#define CLIENTS_MOST 1000
#define CUTS_MOST    1024
#define OPEN_MOST    4096
#define KEPT_NS      (3600 * NS_PER_S)
#define SAME_NS      (100 * NS_PER_MS) /* lives at one server that overlap by more are of two */
#define APART_NS     (1 * NS_PER_S)    /* at different servers */
#define DYING_NS     (15 * NS_PER_S)   /* a connection that was cut may be listed as open for so long */
#define JOINED_MOST  16384             /* a tick */
#define FACED_MOST   64                /* lives that a new one is held against */

struct life { /* stop: of an open one so far, as far as that is certain */
    int64_t start_ns, stop_ns;
    uint64_t server;
    const struct text *host;
};

struct key {
    enum client_by by;
    const struct text *account, *key, *host;
    const struct object *cluster;
    uint32_t hash;
};

static struct client *client_at(const struct entry *entry) {
    return entry->object.extra;
}

static const struct connection *connection_at(const struct entry *entry) {
    return entry->object.extra;
}

/* ---- who it is ---- */

static const struct text *told(const struct row *row, enum field f) {
    return row_has(row, f) && row_cell(row, f)->s->len ? row_cell(row, f)->s : NULL;
}

static bool key_of(const struct entry *connection, struct key *out) {
    const struct row *row = connection->object.now;
    const struct text *names[] = {told(row, F_CONNECTION_name), told(row, F_CONNECTION_mqtt_client)};
    *out = (struct key){.account = told(row, F_CONNECTION_account),
                        .host = told(row, F_CONNECTION_ip),
                        .cluster = connection->object.parent->parent};
    if (out->account && strcmp(out->account->bytes, "$G") == 0)
        out->account = NULL;
    out->key = names[0] ? names[0] : names[1];
    out->by = CLIENT_BY_NAME;
    if (!out->key) {
        out->key = told(row, F_CONNECTION_user);
        out->by = CLIENT_BY_USER;
    }
    if (!out->key) {
        out->key = out->host;
        out->by = CLIENT_BY_ADDRESS;
    }
    if (!out->key)
        return false;
    out->hash = out->key->hash * 4 + (uint32_t)out->by;
    out->hash ^= (out->account ? out->account->hash : 0) * 0x85ebca6bu ^ (uint32_t)out->cluster->id;
    return true;
}

/* Of that key whatever the host: the first one, or the one after `last`. */
static struct entry *next_of(const struct model *model, const struct key *key, const struct entry *last) {
    struct entry *entry = last ? last->next : table_first(&model->tables[OBJECT_CLIENT], key->hash);
    for (; entry; entry = entry->next) {
        const struct client *client = client_at(entry);
        if (entry->hash == key->hash && client->by == key->by && entry->object.parent == key->cluster &&
            text_same(client->key, key->key) && text_same(client->account, key->account))
            return entry;
    }
    return NULL;
}

/* `apart`: the hosts of that name are told apart. */
static struct entry *find(const struct model *model, const struct key *key, bool *apart) {
    *apart = false;
    for (struct entry *entry = next_of(model, key, NULL); entry; entry = next_of(model, key, entry)) {
        if (!client_at(entry)->host || text_same(client_at(entry)->host, key->host))
            return entry;
        *apart = true;
    }
    return NULL;
}

static int64_t last_cut(const struct client *client) {
    return client->count ? client->items[client->count - 1].stop_ns : INT64_MIN;
}

static void make_room(struct model *model) {
    struct entry *oldest = NULL;
    if (model->tables[OBJECT_CLIENT].live < CLIENTS_MOST)
        return;
    for (size_t i = 0; i < kind_count(model, OBJECT_CLIENT); i++) {
        struct entry *entry = kind_at(model, OBJECT_CLIENT, i);
        if (!entry->dead && (!oldest || last_cut(client_at(entry)) < last_cut(client_at(oldest))))
            oldest = entry;
    }
    entry_remove(model, oldest);
}

static struct entry *make(struct model *model, const struct key *key, const struct text *host,
                          int64_t utc_ns) {
    make_room(model);
    struct entry *entry = entry_create(model, OBJECT_CLIENT, key->cluster, utc_ns);
    struct client *client = memory_new(sizeof *client);
    client->by = key->by;
    client->account = key->account;
    client->key = key->key;
    client->host = host;
    entry->object.extra = client;
    table_link(&model->tables[OBJECT_CLIENT], entry, key->hash);
    model->joining = true;
    model->joined_id = 0;
    return entry;
}

/* ---- lives ---- */

static struct life life_of(const struct entry *connection) {
    const struct object *object = &connection->object;
    int64_t start = row_i64(object->now, F_CONNECTION_start, TIME_UNSET);
    int64_t stop = row_i64(object->now, F_CONNECTION_stop, object->now_at.now_ns - DYING_NS);
    return (struct life){.start_ns = start == TIME_UNSET ? start : stamp_our_time(&object->now_at, start),
                         .stop_ns = stamp_our_time(&object->now_at, stop),
                         .server = object->parent->id,
                         .host = told(object->now, F_CONNECTION_ip)};
}

static struct life life_of_cut(const struct client_cut *cut) {
    return (struct life){cut->start_ns, cut->stop_ns, cut->server, cut->host};
}

static int64_t slack(uint64_t server, uint64_t other) {
    return server == other ? SAME_NS : APART_NS;
}

static bool overlap(const struct life *a, const struct life *b) {
    if (a->start_ns == TIME_UNSET || b->start_ns == TIME_UNSET)
        return false;
    int64_t from = a->start_ns > b->start_ns ? a->start_ns : b->start_ns;
    int64_t to = a->stop_ns < b->stop_ns ? a->stop_ns : b->stop_ns;
    return to - from > slack(a->server, b->server);
}

static bool is_open(const struct entry *connection) {
    return connection && !connection_at(connection)->closed && connection->object.freshness != FRESH_GONE;
}

struct others { /* that lived at the same time */
    bool here, elsewhere;
};

static void meet(struct others *others, const struct life *life, struct life other) {
    if (!overlap(life, &other))
        return;
    others->here |= text_same(life->host, other.host);
    others->elsewhere |= !text_same(life->host, other.host);
}

static struct others others_of(const struct model *model, const struct client *client,
                               const struct entry *connection) {
    struct life life = life_of(connection);
    struct others others = {false, false};
    for (size_t i = client->count; i-- > 0 && client->count - i <= FACED_MOST;) {
        if (client->items[i].connection != connection->object.id)
            meet(&others, &life, life_of_cut(&client->items[i]));
    }
    for (size_t i = client->open_count; i-- > 0 && client->open_count - i <= FACED_MOST;) {
        const struct entry *other = entry_by_id(model, client->open[i]);
        if (other != connection && is_open(other))
            meet(&others, &life, life_of(other));
    }
    return others;
}

/* ---- one name at several hosts at once ---- */

static struct client_cut *insert(struct client *client, struct client_cut cut) {
    size_t at = client->count;
    if (client->count == CUTS_MOST) {
        memmove(client->items, client->items + 1, --client->count * sizeof *client->items);
        at = client->count;
    } else if (client->count == client->cap) {
        client->cap = client->cap ? client->cap * 2 : 4;
        client->items = memory_grow(client->items, client->cap, sizeof *client->items);
    }
    for (; at && client->items[at - 1].stop_ns > cut.stop_ns; at--)
        client->items[at] = client->items[at - 1];
    client->items[at] = cut;
    client->count++;
    return &client->items[at];
}

static void set_client(const struct model *model, uint64_t connection, uint64_t client) {
    struct entry *entry = entry_by_id(model, connection);
    if (entry)
        ((struct connection *)entry->object.extra)->client = client;
}

static void give(struct model *model, struct key key, const struct client *from, struct client_cut cut) {
    bool apart;
    key.host = cut.host;
    struct entry *to = find(model, &key, &apart);
    if (!to) {
        to = make(model, &key, cut.host, model->utc_ns);
        client_at(to)->crowded = from->crowded;
    }
    insert(client_at(to), cut);
    client_at(to)->cuts++;
    set_client(model, cut.connection, to->object.id);
}

/* It stays that of the host that was cut last; who came back after a cut, and whose the open ones are, is
 * asked anew. false: it is not known where it was cut last. */
static bool tell_apart(struct model *model, struct entry *entry, struct key key) {
    struct client *client = client_at(entry);
    size_t kept = 0;
    if (!client->count || !client->items[client->count - 1].host)
        return false;
    client->host = client->items[client->count - 1].host;
    for (size_t i = 0; i < client->count; i++) {
        struct client_cut cut = client->items[i];
        cut.back_ns = -1;
        if (cut.host && cut.host != client->host) {
            give(model, key, client, cut);
            client->cuts--;
        } else {
            client->items[kept++] = cut;
        }
    }
    client->count = kept;
    for (size_t i = 0; i < client->open_count; i++)
        set_client(model, client->open[i], 0);
    client->open_count = 0;
    model->joining = true;
    model->joined_id = 0;
    return true;
}

/* ---- joining ---- */

static struct entry *join(struct model *model, struct entry *connection, bool was_cut) {
    struct key key;
    bool apart;
    if (!key_of(connection, &key))
        return NULL;
    struct entry *entry = find(model, &key, &apart);
    if (entry) {
        struct others others = others_of(model, client_at(entry), connection);
        if (others.elsewhere && !client_at(entry)->host && tell_apart(model, entry, key))
            entry = find(model, &key, &apart);
        if (entry)
            client_at(entry)->crowded |= others.here;
    }
    if (!entry && was_cut)
        entry = make(model, &key, apart ? key.host : NULL, connection->object.now_at.utc_ns);
    ((struct connection *)connection->object.extra)->client = entry ? entry->object.id : 0;
    return entry;
}

static void shorten(struct client_cut *cut, int64_t back_ns) {
    back_ns = back_ns > 0 ? back_ns : 0;
    if (cut->back_ns < 0 || back_ns < cut->back_ns)
        cut->back_ns = back_ns;
}

/* It is back: from the last cut before. */
static void note_start(struct client *client, const struct life *life, uint64_t connection) {
    for (size_t i = client->count; life->start_ns != TIME_UNSET && i-- > 0;) {
        struct client_cut *cut = &client->items[i];
        if (cut->connection == connection || cut->stop_ns > life->start_ns + slack(cut->server, life->server))
            continue;
        shorten(cut, life->start_ns - cut->stop_ns);
        return;
    }
}

static void note_open(struct client *client, const struct entry *connection) {
    if (client->open_count == OPEN_MOST)
        return;
    if (client->open_count == client->open_cap) {
        client->open_cap = client->open_cap ? client->open_cap * 2 : 4;
        client->open = memory_grow(client->open, client->open_cap, sizeof *client->open);
    }
    client->open[client->open_count++] = connection->object.id;
}

static void take_in(struct entry *entry, const struct entry *connection) {
    struct life life = life_of(connection);
    note_start(client_at(entry), &life, connection->object.id);
    if (is_open(connection))
        note_open(client_at(entry), connection);
}

void client_came(struct model *model, struct entry *connection) {
    struct entry *entry = model->tables[OBJECT_CLIENT].live ? join(model, connection, false) : NULL;
    if (entry)
        take_in(entry, connection);
}

/* It may have come back before we heard that it was cut. */
static void note_known_starts(const struct model *model, struct client *client, size_t from) {
    for (size_t i = from; i < client->count; i++) {
        struct life life = life_of_cut(&client->items[i]);
        note_start(client, &life, client->items[i].connection);
    }
    for (size_t i = 0; i < client->open_count; i++) {
        const struct entry *open = entry_by_id(model, client->open[i]);
        struct life life = is_open(open) ? life_of(open) : (struct life){.start_ns = TIME_UNSET};
        note_start(client, &life, client->open[i]);
    }
}

void client_was_cut(struct model *model, struct entry *connection) {
    struct entry *entry = join(model, connection, true);
    const struct row *row = connection->object.now;
    if (!entry)
        return;
    struct client *client = client_at(entry);
    struct life life = life_of(connection);
    const char *node = server_label(server_const(connection->object.parent));
    struct client_cut cut = {.start_ns = life.start_ns,
                             .stop_ns = life.stop_ns,
                             .pending = row_i64(row, F_CONNECTION_pending_bytes, -1),
                             .back_ns = -1,
                             .connection = connection->object.id,
                             .server = life.server,
                             .node = model_text_of(model, node),
                             .host = life.host,
                             .reason = told(row, F_CONNECTION_reason)};
    size_t at = (size_t)(insert(client, cut) - client->items);
    client->cuts++;
    if (!client->crowded)
        note_known_starts(model, client, at);
    entry->object.seen_utc_ns = connection->object.now_at.utc_ns;
}

const struct object *client_of(const struct model *model, const struct object *connection) {
    return model_object(model, ((const struct connection *)connection->extra)->client);
}

size_t client_open_count(const struct model *model, const struct client *client) {
    size_t count = 0;
    for (size_t i = 0; i < client->open_count; i++)
        count += is_open(entry_by_id(model, client->open[i]));
    return count;
}

/* ---- time goes on ---- */

/* Those that were there before somebody of their name was cut. */
static void join_known(struct model *model) {
    const struct object_table *table = &model->tables[OBJECT_CONNECTION];
    size_t i = table_after(table, model->joined_id), end = i + JOINED_MOST;
    for (; i < table->count && i < end; i++) {
        struct entry *connection = table->entries[i];
        model->joined_id = connection->object.id;
        if (connection->dead || client_of(model, &connection->object))
            continue;
        struct entry *entry = join(model, connection, false);
        if (entry)
            take_in(entry, connection);
    }
    model->joining = i < table->count;
}

static void drop_ended(const struct model *model, struct client *client) {
    size_t kept = 0;
    for (size_t i = 0; i < client->open_count; i++) {
        const struct entry *connection = entry_by_id(model, client->open[i]);
        if (is_open(connection))
            client->open[kept++] = client->open[i];
    }
    client->open_count = kept;
}

/* Who was cut there is not known, or not from before it began. */
static void count_unheard(const struct model *model, const struct entry *of) {
    struct cluster *cluster = cluster_of(&of->object);
    unsigned heard = 0, expected = (unsigned)expected_servers(model, of);
    cluster->closed_unheard.one = 0;
    cluster->closed_since_utc_ns = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry->dead || cluster_at(entry) != of)
            continue;
        bool told = server_const(&entry->object)->polls[SHAPE_CONNZ_CLOSED] > 0;
        heard += told;
        int64_t since = server_const(&entry->object)->closing.since_utc_ns;
        if (!told)
            cluster->closed_unheard.one = entry->object.id;
        else if (since > cluster->closed_since_utc_ns)
            cluster->closed_since_utc_ns = since;
    }
    cluster->closed_unheard.count = expected > heard ? expected - heard : 0;
}

void clients_tick(struct model *model) {
    if (model->joining)
        join_known(model);
    for (size_t i = 0; kind_count(model, OBJECT_CLIENT) && i < kind_count(model, OBJECT_CLUSTER); i++)
        if (!kind_at(model, OBJECT_CLUSTER, i)->dead)
            count_unheard(model, kind_at(model, OBJECT_CLUSTER, i));
    for (size_t i = 0; i < kind_count(model, OBJECT_CLIENT); i++) {
        struct entry *entry = kind_at(model, OBJECT_CLIENT, i);
        if (entry->dead)
            continue;
        drop_ended(model, client_at(entry));
        if (model->utc_ns - last_cut(client_at(entry)) > KEPT_NS)
            entry_remove(model, entry);
    }
}

/* ---- texts, copies, the end ---- */

static void visit(text_visit_fn *fn, void *data, const struct text **place) {
    if (*place)
        fn(data, place);
}

void client_visit_texts(void *extra, text_visit_fn *fn, void *data) {
    struct client *client = extra;
    visit(fn, data, &client->account);
    visit(fn, data, &client->key);
    visit(fn, data, &client->host);
    for (size_t i = 0; i < client->count; i++) {
        visit(fn, data, &client->items[i].node);
        visit(fn, data, &client->items[i].host);
        visit(fn, data, &client->items[i].reason);
    }
}

void client_destroy(void *extra) {
    free(((struct client *)extra)->items);
    free(((struct client *)extra)->open);
}

static void *copy(const void *items, size_t count, size_t size) {
    void *out = memory_array(count + 1, size);
    if (count)
        memcpy(out, items, count * size);
    return out;
}

void *client_clone(const void *extra) {
    struct client *client = memory_new(sizeof *client);
    *client = *(const struct client *)extra;
    client->items = copy(client->items, client->count, sizeof *client->items);
    client->open = copy(client->open, client->open_count, sizeof *client->open);
    client->cap = client->count + 1;
    client->open_cap = client->open_count + 1;
    return client;
}
