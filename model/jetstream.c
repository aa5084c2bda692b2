#include "model/source.h"
#include "model/stream.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* What the merge needs to know of the two kinds of assets. */
static const struct asset_kind {
    enum object_kind kind;
    enum entity entity;
    enum field leader, clustered, leader_since;
    int ts; /* when the row itself was made, -1: no such field */
    size_t extra_size;
} asset_kinds[] = {
    {OBJECT_STREAM, ENTITY_STREAM, F_STREAM_leader, F_STREAM_clustered, F_STREAM_leader_since, -1,
     sizeof(struct stream)},
    {OBJECT_CONSUMER, ENTITY_CONSUMER, F_CONSUMER_leader, F_CONSUMER_clustered, F_CONSUMER_leader_since,
     F_CONSUMER_ts, sizeof(struct consumer)},
};

struct answer { /* one /jsz being merged */
    struct model *model;
    struct entry *server;
    const struct sample *sample;
    struct stamp at;
    const struct text *domain; /* foreign or ours; NULL none */
};

static bool has_leader_fields(const struct row *row) {
    const struct entity_info *entity = &entities[row->entity];
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (fields[f].flags & FIELD_LEADER && row_has(row, f))
            return true;
    }
    return false;
}

static bool leads(const struct answer *answer, const struct asset_kind *kind, const struct row *row) {
    const struct server *server = server_of(answer->server);
    if (!has_leader_fields(row))
        return false;
    if (!row_has(row, kind->leader))
        return !row_u64(row, kind->clustered, 0);
    return text_same(row_cell(row, kind->leader)->s, server->name);
}

/* ---- what only consumers or only streams have ---- */

static struct entry *stream_of(const struct answer *answer, const struct text *account,
                               const struct text *name) {
    struct row_any key;
    row_init(&key.row, ENTITY_STREAM);
    if (account)
        row_put(&key.row, F_STREAM_account)->s = account;
    if (name)
        row_put(&key.row, F_STREAM_name)->s = name;
    return entry_find(answer->model, OBJECT_STREAM, answer->server->object.parent, answer->domain, &key.row);
}

static const struct text *text_in(const struct row *row, enum field f) {
    return row_has(row, f) ? row_cell(row, f)->s : NULL;
}

static void consumer_created(const struct answer *answer, struct entry *entry, const struct row *row) {
    struct consumer *consumer = entry->object.extra;
    char path[2 * TEXT_MAX_BYTES + 8];
    snprintf(path, sizeof path, "%s / %s", row_text(row, F_CONSUMER_stream), row_text(row, F_CONSUMER_name));
    consumer->path = model_text_of(answer->model, path);
    struct entry *stream =
        stream_of(answer, text_in(row, F_CONSUMER_account), text_in(row, F_CONSUMER_stream));
    if (stream) {
        consumer->stream = stream->object.id;
        ((struct stream *)stream->object.extra)->consumers++;
    }
}

static int cadence_s(const struct answer *answer) {
    int64_t gap = server_gap_ns(server_of(answer->server), SHAPE_JSZ);
    return (int)(gap / NS_PER_S) + 2;
}

static void consumer_told(const struct answer *answer, struct entry *entry, bool same_leader) {
    struct consumer *consumer = entry->object.extra;
    if (same_leader)
        lag_put(&consumer->lag, &entry->object);
    else
        lag_forget(&consumer->lag);
    history_consumer(answer->model, entry, answer->at.utc_ns, cadence_s(answer));
}

/* ---- one row ---- */

static void put_asset(const struct answer *answer, const struct asset_kind *kind, const struct row *row) {
    struct model *model = answer->model;
    struct stamp at = answer->at;
    bool made;
    if (kind->ts >= 0)
        at.now_ns = row_i64(row, (enum field)kind->ts, TIME_UNSET) > 0 ? row_i64(row, (enum field)kind->ts, 0)
                                                                       : at.now_ns;
    struct entry *entry =
        entry_take(model, kind->kind, answer->server->object.parent, answer->domain, row, &at, &made);
    if (made) {
        entry->object.extra = memory_new(kind->extra_size);
        asset_of(&entry->object)->claim_since = TIME_UNSET;
        entry_set_freshness(model, entry, FRESH_STALE);
        if (kind->kind == OBJECT_CONSUMER)
            consumer_created(answer, entry, row);
        else
            stream_created(model, entry);
    }
    struct asset *asset = asset_of(&entry->object);
    asset->listed_mono_ns = at.mono_ns;
    if (entry->object.freshness == FRESH_GONE)
        entry_set_freshness(model, entry, FRESH_STALE);
    const struct text *leader = text_in(row, kind->leader);
    if (!leads(answer, kind, row)) {
        asset_named(model, entry, leader && leader->len ? leader : NULL, &at);
        return;
    }
    bool same = !asset->claimant || (asset->claimant == answer->server->object.id &&
                                     text_same(entry->object.now_at.server_id, at.server_id));
    if (!asset_claim(model, entry, answer->server, leader ? leader : server_of(answer->server)->name,
                     row_i64(row, kind->leader_since, TIME_UNSET), &at))
        return;
    entry_update(model, entry, row, &at);
    entry_set_freshness(model, entry, FRESH_LIVE);
    if (kind->kind == OBJECT_CONSUMER)
        consumer_told(answer, entry, same);
    else
        stream_told(entry, same);
}

static void put_assets(const struct answer *answer, const struct asset_kind *kind) {
    for (size_t i = 0; i < answer->sample->count; i++) {
        if (answer->sample->rows[i]->entity == kind->entity)
            put_asset(answer, kind, answer->sample->rows[i]);
    }
}

/* ---- replicas of streams, as their leader sees them ---- */

static const struct peer_fields replica_fields = {F_REPLICA_name, F_REPLICA_current, F_REPLICA_offline,
                                                  F_REPLICA_active};

static void put_replica(const struct answer *answer, const struct row *row) {
    struct model *model = answer->model;
    if (row_has(row, F_REPLICA_consumer) || !has_leader_fields(row))
        return;
    struct entry *stream = stream_of(answer, text_in(row, F_REPLICA_account), text_in(row, F_REPLICA_stream));
    if (!stream || asset_of(&stream->object)->claimant != answer->server->object.id ||
        stream->object.now_at.serial != answer->at.serial)
        return;
    bool made;
    struct entry *entry = entry_take(model, OBJECT_REPLICA, &stream->object, NULL, row, &answer->at, &made);
    if (made)
        entry->object.extra = memory_new(sizeof(struct peer));
    entry_update(model, entry, row, &answer->at);
    struct peer *peer = entry->object.extra;
    peer->serial = answer->at.serial;
    peer_judge(model, entry, &replica_fields);
}

static void count_none(const struct answer *answer) {
    for (size_t i = 0; i < kind_count(answer->model, OBJECT_STREAM); i++) {
        struct entry *entry = kind_at(answer->model, OBJECT_STREAM, i);
        struct stream *stream = entry->object.extra;
        if (entry->object.now_at.serial == answer->at.serial && entry->object.seen_utc_ns)
            stream->replicas = stream->current = 1, stream->lost = 0;
    }
}

static void count_replica(const struct answer *answer, struct entry *entry) {
    const struct object *parent = entry->object.parent;
    const struct peer *peer = entry->object.extra;
    struct stream *stream = parent->extra;
    if (parent->now_at.serial != answer->at.serial)
        return;
    if (peer->serial != answer->at.serial) {
        entry_remove(answer->model, entry);
        return;
    }
    stream->replicas++;
    stream->lost += peer->lost;
    stream->current += !peer->lost && row_u64(entry->object.now, F_REPLICA_current, 0);
}

static void name_replicas(const struct answer *answer) {
    for (size_t i = 0; i < kind_count(answer->model, OBJECT_STREAM); i++) {
        struct stream *stream = kind_at(answer->model, OBJECT_STREAM, i)->object.extra;
        if (stream->replicas)
            snprintf(stream->replicas_text, sizeof stream->replicas_text, "%u/%u", stream->current,
                     stream->replicas);
    }
}

static void put_replicas(const struct answer *answer) {
    for (size_t i = 0; i < answer->sample->count; i++) {
        if (answer->sample->rows[i]->entity == ENTITY_REPLICA)
            put_replica(answer, answer->sample->rows[i]);
    }
    count_none(answer);
    for (size_t i = 0; i < kind_count(answer->model, OBJECT_REPLICA); i++) {
        if (!kind_at(answer->model, OBJECT_REPLICA, i)->dead)
            count_replica(answer, kind_at(answer->model, OBJECT_REPLICA, i));
    }
    name_replicas(answer);
}

void jetstream_put(struct model *model, struct entry *entry, const struct sample *sample) {
    struct server *server = server_of(entry);
    struct answer answer = {model, entry, sample, stamp_of(sample, server->server_id), NULL};
    const struct row *js = sample_first(sample, ENTITY_JETSTREAM);
    if (js) {
        side_put(model, server, SIDE_JETSTREAM, js, &answer.at);
        answer.domain = text_in(js, F_JETSTREAM_domain);
    }
    if (!answer.domain && entry->object.now)
        answer.domain = text_in(entry->object.now, F_SERVER_js_domain);
    model->moves = 0;
    for (size_t i = 0; i < sizeof asset_kinds / sizeof *asset_kinds; i++)
        put_assets(&answer, &asset_kinds[i]);
    if (model->moves > MOVES_TOLD)
        model_add_event(model, answer.at.utc_ns, "leader", NULL, "JetStream", "%u more leaders moved",
                        model->moves - MOVES_TOLD);
    put_replicas(&answer);
    sources_put(model, entry, sample, answer.domain, &answer.at);
    losses_weigh(model, entry->object.parent);
    store_judge(model, entry, answer.at.utc_ns);
    meta_put(model, entry, sample, &answer.at);
}
