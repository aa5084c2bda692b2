#include "model/asset.h"

#include <string.h>

#define REMEMBERS_FOR (30 * NS_PER_S)
#define TOMBSTONE_NS  (60 * NS_PER_S)

static const char *const state_names[] = {[ASSET_UNKNOWN] = NULL,
                                          [ASSET_OK] = "ok",
                                          [ASSET_LEADERLESS] = "leaderless",
                                          [ASSET_LEADER_GONE] = "leader_gone",
                                          [ASSET_NO_QUORUM] = "no_quorum"};

const char *asset_state_name(enum asset_state state) {
    return state_names[state];
}

/* ---- who leads ---- */

static const struct server *claimant(const struct model *model, const struct asset *asset) {
    const struct object *object = asset->claimant ? model_object(model, asset->claimant) : NULL;
    return object ? server_const(object) : NULL;
}

bool asset_has_claim(const struct model *model, const struct asset *asset) {
    const struct server *server = claimant(model, asset);
    return server && (server->state == SERVER_UP || server->state == SERVER_STALE) &&
           asset->claim_poll == server->polls[SHAPE_JSZ];
}

static const char *asset_name(const struct object *object) {
    return object->kind == OBJECT_STREAM ? row_text(object->now, F_STREAM_name)
                                         : ((struct consumer *)object->extra)->path->bytes;
}

/* since: when the leader says that it became one, TIME_UNSET not told (before 2.11.9, and by followers). */
static void set_leader(struct model *model, struct entry *entry, const struct text *leader, int64_t since,
                       const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    if (!leader || text_same(asset->leader, leader))
        return;
    const struct text *old = asset->leader;
    asset->leader = model_text(model, leader);
    entry->dirty = true;
    if (!old)
        return;
    asset->moved_mono_ns = at->mono_ns;
    int64_t moved_utc_ns = since != TIME_UNSET && since <= at->utc_ns ? since : at->utc_ns;
    if (++model->moves > MOVES_TOLD)
        return;
    model_add_event(model, moved_utc_ns, "leader", &entry->object, asset_name(&entry->object),
                    "leader of %s moved from %s to %s", object_kind_name(entry->object.kind), old->bytes,
                    leader->bytes);
}

/* A server that comes back remembers having led until its group tells it better. */
static bool has_just_started(const struct entry *server) {
    const struct object *object = &server->object;
    return object->now && row_has(object->now, F_SERVER_start) &&
           object->now_at.now_ns - row_cell(object->now, F_SERVER_start)->i < REMEMBERS_FOR;
}

bool asset_claim(struct model *model, struct entry *entry, struct entry *server, const struct text *leader,
                 int64_t leader_since, const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    bool rival = asset->claimant != server->object.id && asset_has_claim(model, asset);
    if (rival && leader_since != TIME_UNSET && asset->claim_since != TIME_UNSET &&
        leader_since < asset->claim_since)
        return false;
    if (rival && has_just_started(server))
        return false;
    set_leader(model, entry, leader, leader_since, at);
    asset->claimant = server->object.id;
    asset->claim_poll = server_of(server)->polls[SHAPE_JSZ];
    asset->claim_since = leader_since;
    asset->claim_mono_ns = at->mono_ns;
    return true;
}

void asset_named(struct model *model, struct entry *entry, const struct text *leader,
                 const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    entry->dirty = true;
    if (!leader) {
        asset->leaderless_mono_ns = at->mono_ns;
        return;
    }
    asset->named_mono_ns = at->mono_ns;
    if (asset_has_claim(model, asset))
        return;
    const struct entry *named = server_by_name(model, entry->object.parent, leader->bytes);
    bool stale_word = asset->leader && named && server_const(&named->object)->state == SERVER_DOWN;
    if (!stale_word)
        set_leader(model, entry, leader, TIME_UNSET, at);
}

/* ---- states ---- */

static bool lost_majority(const struct object *object) {
    if (object->kind != OBJECT_STREAM)
        return false;
    const struct stream *stream = object->extra;
    return stream->replicas && stream->replicas - stream->lost < stream->replicas / 2 + 1;
}

static const struct entry *leader_of(const struct model *model, const struct object *object) {
    const struct text *leader = asset_of(object)->leader;
    return leader ? server_by_name(model, object->parent, leader->bytes) : NULL;
}

static enum asset_state by_leader(const struct model *model, const struct object *object) {
    const struct entry *leader = leader_of(model, object);
    if (!leader)
        return ASSET_UNKNOWN;
    return server_const(&leader->object)->state == SERVER_DOWN ? ASSET_LEADER_GONE : ASSET_OK;
}

enum asset_state asset_state(const struct model *model, const struct object *object) {
    const struct asset *asset = asset_of(object);
    if (object->freshness == FRESH_GONE)
        return ASSET_UNKNOWN;
    if (asset_has_claim(model, asset))
        return lost_majority(object) ? ASSET_NO_QUORUM : ASSET_OK;
    if (asset->leaderless_mono_ns > asset->claim_mono_ns && asset->leaderless_mono_ns >= asset->named_mono_ns)
        return ASSET_LEADERLESS;
    return by_leader(model, object);
}

/* ---- time ---- */

static void look(const struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++)
        cluster_of(&kind_at(model, OBJECT_CLUSTER, i)->object)->listing = (struct listing){INT64_MAX, true};
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        struct listing *l = &cluster_of(entry->object.parent)->listing;
        l->all_up &= server_is_up(server);
        if (!server_is_up(server) || !server->polls[SHAPE_JSZ])
            continue;
        int64_t second = server->polls[SHAPE_JSZ] > 1 ? server->asked_mono_ns[SHAPE_JSZ][1] : INT64_MIN;
        l->horizon_mono_ns = second < l->horizon_mono_ns ? second : l->horizon_mono_ns;
    }
}

static bool is_deleted(const struct model *model, const struct entry *entry) {
    const struct asset *asset = asset_of(&entry->object);
    const struct listing *l = &cluster_of(entry->object.parent)->listing;
    if (l->horizon_mono_ns == INT64_MAX || asset->listed_mono_ns >= l->horizon_mono_ns)
        return false;
    const struct server *holder = claimant(model, asset);
    if (holder)
        return server_is_up(holder);
    const struct entry *leader = leader_of(model, &entry->object);
    return leader ? server_is_up(server_const(&leader->object)) : l->all_up;
}

static void asset_gone(struct model *model, struct entry *entry) {
    entry_set_freshness(model, entry, FRESH_GONE);
    entry->gone_mono_ns = model->mono_ns;
}

void asset_bury(struct model *model, struct entry *entry) {
    if (entry->object.kind == OBJECT_STREAM) {
        entry_remove_children(model, &entry->object, OBJECT_REPLICA);
        entry_remove_children(model, &entry->object, OBJECT_SOURCE);
    } else {
        struct consumer *consumer = entry->object.extra;
        struct entry *stream = consumer->stream ? entry_by_id(model, consumer->stream) : NULL;
        if (stream)
            ((struct stream *)stream->object.extra)->consumers--;
    }
    entry_remove(model, entry);
}

static void judge(struct model *model, struct entry *entry) {
    struct asset *asset = asset_of(&entry->object);
    if (entry->object.freshness == FRESH_GONE) {
        if (model->mono_ns - entry->gone_mono_ns > TOMBSTONE_NS)
            asset_bury(model, entry);
        return;
    }
    if (is_deleted(model, entry)) {
        asset_gone(model, entry);
        return;
    }
    const struct server *server = claimant(model, asset);
    bool live =
        asset_has_claim(model, asset) && server_is_up(server) && server_is_fresh(model, server, SHAPE_JSZ);
    entry_set_freshness(model, entry, live ? FRESH_LIVE : FRESH_STALE);
}

void assets_tick(struct model *model) {
    static const enum object_kind kinds[] = {OBJECT_CONSUMER, OBJECT_STREAM};
    look(model);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t i = 0; i < kind_count(model, kinds[k]); i++) {
            if (!kind_at(model, kinds[k], i)->dead)
                judge(model, kind_at(model, kinds[k], i));
        }
    }
}

/* ---- replicas and peers ---- */

#define LOST_AFTER         (10 * NS_PER_S)
#define LOST_AFTER_IF_DOWN (3 * NS_PER_S)
#define NEVER_HEARD_FOR    (2 * NS_PER_S)

/* The meta group of several clusters has peers in all of them. */
static const struct entry *peer_of(const struct model *model, const struct entry *entry, const char *name) {
    bool meta = entry->object.kind == OBJECT_META_PEER;
    const struct object *cluster = meta ? entry->object.parent : entry->object.parent->parent;
    const struct entry *server = server_by_name(model, cluster, name);
    return server || !meta ? server : server_by_name(model, NULL, name);
}

void peer_judge(struct model *model, struct entry *entry, const struct peer_fields *f) {
    struct peer *peer = entry->object.extra;
    const struct row *row = entry->object.now;
    const struct entry *server = peer_of(model, entry, row_text(row, f->name));
    bool down = server && server_const(&server->object)->state == SERVER_DOWN;
    int64_t active = row_i64(row, f->active, 0), mono_ns = entry->object.now_at.mono_ns;
    bool never = row_has(row, f->current) && !row_u64(row, f->current, 0) && active == 0;
    if (!never)
        peer->silent_since_mono_ns = 0;
    else if (!peer->silent_since_mono_ns)
        peer->silent_since_mono_ns = mono_ns;
    peer->lost = row_u64(row, f->offline, 0) || active > (down ? LOST_AFTER_IF_DOWN : LOST_AFTER) ||
                 (never && mono_ns - peer->silent_since_mono_ns >= NEVER_HEARD_FOR);
}
