#include "model/subscription.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define CONNECTION_MOST 1000 /* kept of one connection: those by which most came */
#define ALL_MOST        20000
#define ASKED_NS        (60 * NS_PER_S) /* without an answer about its connection */
#define SILENT_NS       (10 * NS_PER_S)

static struct subscription *subscription_of(const struct entry *entry) {
    return entry->object.extra;
}

static struct connection *connection_of(const struct entry *entry) {
    return entry->object.extra;
}

/* Open ones are found without a run: there is one only. */
static struct entry *find_connection(const struct model *model, const struct entry *server,
                                     const struct text *run, uint64_t cid) {
    struct row_any key;
    row_init(&key.row, ENTITY_CONNECTION);
    row_put(&key.row, F_CONNECTION_cid)->u = cid;
    struct entry *entry = NULL;
    if (text_same(run, server_const(&server->object)->server_id))
        entry = entry_find(model, OBJECT_CONNECTION, &server->object, NULL, &key.row);
    return entry ? entry : entry_find(model, OBJECT_CONNECTION, &server->object, run, &key.row);
}

static struct entry *take(struct model *model, struct entry *server, const struct row *row,
                          const struct stamp *at) {
    bool made;
    struct entry *entry =
        entry_take(model, OBJECT_SUBSCRIPTION, &server->object, at->server_id, row, at, &made);
    if (made)
        entry->object.extra = memory_new(sizeof(struct subscription));
    entry_update(model, entry, row, at);
    return entry;
}

/* ---- of a connection ---- */

static void forget_told(struct model *model, struct entry *entry) {
    subscription_of(entry)->told_mono_ns = 0;
    if (!subscription_of(entry)->matched_mono_ns)
        entry_remove(model, entry);
}

/* All of a connection but those that this answer has. */
static void forget_others(struct model *model, uint64_t connection, uint64_t serial) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++) {
        struct entry *entry = kind_at(model, OBJECT_SUBSCRIPTION, i);
        if (!entry->dead && subscription_of(entry)->connection == connection &&
            entry->object.now_at.serial != serial)
            entry_remove(model, entry);
    }
}

static void forget_all_told(struct model *model, struct entry *connection) {
    connection_of(connection)->subscribed = (struct subscribed){0};
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++) {
        struct entry *entry = kind_at(model, OBJECT_SUBSCRIPTION, i);
        if (!entry->dead && subscription_of(entry)->connection == connection->object.id &&
            subscription_of(entry)->told_mono_ns)
            forget_told(model, entry);
    }
}

static struct entry *asked_longest_ago(const struct model *model, uint64_t but) {
    struct entry *oldest = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
        struct entry *entry = kind_at(model, OBJECT_CONNECTION, i);
        const struct subscribed *subscribed = &connection_of(entry)->subscribed;
        if (!entry->dead && subscribed->kept && entry->object.id != but &&
            (!oldest || subscribed->mono_ns < connection_of(oldest)->subscribed.mono_ns))
            oldest = entry;
    }
    return oldest;
}

static size_t alive(const struct model *model) {
    return model->tables[OBJECT_SUBSCRIPTION].count - model->tables[OBJECT_SUBSCRIPTION].dead;
}

static void make_room(struct model *model, uint64_t but) {
    struct entry *oldest;
    while (alive(model) > ALL_MOST && (oldest = asked_longest_ago(model, but)))
        forget_all_told(model, oldest);
}

static bool is_of(const struct row *row, uint64_t cid) {
    return row->entity == ENTITY_SUBSCRIPTION && row_has(row, F_SUBSCRIPTION_sid) &&
           row_u64(row, F_SUBSCRIPTION_cid, cid) == cid;
}

static void put_told(struct model *model, struct entry *server, const struct entry *connection,
                     const struct row *row, const struct stamp *at) {
    struct row_any own;
    row_init(&own.row, ENTITY_SUBSCRIPTION);
    row_copy(&own.row, row);
    row_put(&own.row, F_SUBSCRIPTION_cid)->u = row_u64(connection->object.now, F_CONNECTION_cid, 0);
    struct entry *entry = take(model, server, &own.row, at);
    subscription_of(entry)->connection = connection->object.id;
    subscription_of(entry)->told_mono_ns = at->mono_ns;
    bool live = connection->object.freshness == FRESH_LIVE;
    entry_set_freshness(model, entry, live ? FRESH_LIVE : FRESH_STALE);
}

/* The server has that connection: where it lists no subscription there is none. */
static bool knows(const struct sample *sample, uint64_t cid) {
    for (size_t i = 0; cid && i < sample->count; i++)
        if (sample->rows[i]->entity == ENTITY_CONNECTION &&
            row_u64(sample->rows[i], F_CONNECTION_cid, 0) == cid)
            return true;
    return false;
}

/* Those by which most came; of equals always the same ones, however they are listed. */
static int by_use(const void *a, const void *b) {
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    int64_t left = row_i64(x, F_SUBSCRIPTION_msgs, 0), right = row_i64(y, F_SUBSCRIPTION_msgs, 0);
    return left != right ? (left > right ? -1 : 1)
                         : strcmp(row_text(x, F_SUBSCRIPTION_sid), row_text(y, F_SUBSCRIPTION_sid));
}

void subscriptions_put(struct model *model, struct entry *server, const struct sample *sample) {
    const struct row *question = sample_first(sample, ENTITY_QUESTION);
    struct stamp at = stamp_of(sample, server_of(server)->server_id);
    uint64_t cid = question ? row_u64(question, F_QUESTION_cid, 0) : 0;
    struct entry *connection = knows(sample, cid) ? find_connection(model, server, at.server_id, cid) : NULL;
    if (!connection)
        return;
    struct subscribed subscribed = {.utc_ns = at.utc_ns, .mono_ns = at.mono_ns};
    const struct row **told = memory_array(sample->count + 1, sizeof *told);
    for (size_t i = 0; i < sample->count; i++)
        if (is_of(sample->rows[i], cid))
            told[subscribed.told++] = sample->rows[i];
    if (subscribed.told > CONNECTION_MOST)
        qsort(told, subscribed.told, sizeof *told, by_use);
    for (; subscribed.kept < subscribed.told && subscribed.kept < CONNECTION_MOST; subscribed.kept++)
        put_told(model, server, connection, told[subscribed.kept], &at);
    free(told);
    connection_of(connection)->subscribed = subscribed;
    forget_others(model, connection->object.id, at.serial);
    make_room(model, connection->object.id);
}

/* ---- of a subject ---- */

size_t subscriptions_matched(const struct model *model) {
    size_t count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SUBSCRIPTION, i);
        count += !entry->dead && subscription_of(entry)->matched_mono_ns;
    }
    return count;
}

/* It was there, says this answer, when all connections were listed: it was before that too, or they have
 * later ones than its own. */
static bool is_own(const struct server *server, const struct subscription *subscription, uint64_t cid,
                   const struct stamp *at) {
    int64_t listed = server->listed.mono_ns;
    if (subscription->connection || subscription->own)
        return subscription->own && !subscription->connection;
    if (!listed || listed > at->asked_mono_ns || at->asked_mono_ns - listed > SILENT_NS)
        return false; /* of an older list not all may be kept */
    return cid < server->listed.last_cid || subscription->first_mono_ns < server->listed.asked_mono_ns;
}

struct entry *subscription_match(struct model *model, struct entry *server, const struct row *row,
                                 const struct stamp *at, size_t *room) {
    struct entry *known = entry_find(model, OBJECT_SUBSCRIPTION, &server->object, at->server_id, row);
    bool is_new = !known || !subscription_of(known)->matched_mono_ns;
    if (is_new && !*room)
        return NULL;
    *room -= is_new;
    struct entry *entry = take(model, server, row, at);
    struct subscription *subscription = subscription_of(entry);
    uint64_t cid = row_u64(row, F_SUBSCRIPTION_cid, 0);
    struct entry *connection = find_connection(model, server, at->server_id, cid);
    subscription->connection = connection ? connection->object.id : 0;
    subscription->first_mono_ns = is_new ? at->mono_ns : subscription->first_mono_ns;
    subscription->matched_mono_ns = at->mono_ns;
    subscription->own = is_own(server_of(server), subscription, cid, at);
    entry_set_freshness(model, entry, FRESH_LIVE);
    return entry;
}

void subscription_unmatch(struct model *model, struct entry *entry) {
    subscription_of(entry)->matched_mono_ns = 0;
    if (!subscription_of(entry)->told_mono_ns)
        entry_remove(model, entry);
}

/* ---- time ---- */

/* Where its server does not answer, what was told last is all that there will be. */
static bool may_be_asked(const struct entry *connection) {
    return !connection_of(connection)->closed && server_is_up(server_const(connection->object.parent));
}

static void forget_unasked(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
        struct entry *entry = kind_at(model, OBJECT_CONNECTION, i);
        const struct connection *connection = connection_of(entry);
        if (!entry->dead && connection->subscribed.utc_ns && may_be_asked(entry) &&
            model->mono_ns - connection->subscribed.mono_ns > ASKED_NS)
            forget_all_told(model, entry);
    }
}

static enum freshness freshness_of(const struct model *model, const struct entry *entry,
                                   const struct object *connection) {
    const struct server *server = server_const(entry->object.parent);
    bool matched = subscription_of(entry)->matched_mono_ns;
    if (connection && connection->freshness != FRESH_LIVE && (!matched || model_is_closed(connection)))
        return FRESH_STALE; /* what it had; who is not listed for a while has it still, where that is told */
    int64_t gap = 3 * server_gap_ns(server, matched ? SHAPE_INTEREST : SHAPE_CONNZ_SUBS);
    int64_t said = matched ? server->interest.asked_mono_ns : entry->seen_mono_ns;
    bool silent = model->mono_ns - said > (gap > SILENT_NS ? gap : SILENT_NS);
    return silent || !server_is_up(server) ? FRESH_STALE : FRESH_LIVE;
}

static void judge(struct model *model, struct entry *entry) {
    struct subscription *subscription = subscription_of(entry);
    const struct object *connection = model_object(model, subscription->connection);
    if (!connection) {
        struct entry *found = find_connection(model, entry_of(entry->object.parent), entry->scope,
                                              row_u64(entry->object.now, F_SUBSCRIPTION_cid, 0));
        connection = found ? &found->object : NULL;
        subscription->connection = connection ? connection->id : 0;
    }
    if (!connection && subscription->told_mono_ns)
        forget_told(model, entry);
    if (!entry->dead)
        entry_set_freshness(model, entry, freshness_of(model, entry, connection));
}

void subscriptions_tick(struct model *model) {
    if (!kind_count(model, OBJECT_SUBSCRIPTION))
        return;
    forget_unasked(model);
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++) {
        struct entry *entry = kind_at(model, OBJECT_SUBSCRIPTION, i);
        if (!entry->dead)
            judge(model, entry);
    }
}

/* ---- out ---- */

const struct object *model_connection_of(const struct model *model, const struct object *subscription) {
    const struct subscription *own = subscription->extra;
    return own->connection ? model_object(model, own->connection) : NULL;
}

bool model_is_server_own(const struct object *subscription) {
    const struct subscription *own = subscription->extra;
    return own->own && !own->connection;
}

bool model_is_told(const struct object *subscription) {
    return ((const struct subscription *)subscription->extra)->told_mono_ns != 0;
}

struct subscribed model_subscribed(const struct object *connection) {
    return ((const struct connection *)connection->extra)->subscribed;
}

/* Of the run of its server that answers now; what is closed has what it had. */
const char *model_ask_url(const struct object *object, uint64_t *cid) {
    const struct connection *connection = object->extra;
    const struct server *server = server_const(object->parent);
    bool known = connection->closed && connection->subscribed.utc_ns >= object->now_at.utc_ns;
    bool former = connection->closed && !text_same(entry_of(object)->scope, server->server_id);
    *cid = row_u64(object->now, F_CONNECTION_cid, 0);
    return known || former || !*cid || !server->url ? NULL : server->url->bytes;
}
