#include "model/asset.h"

#include <stdarg.h>
#include <stdio.h>

#include "model/alert_vanished.h"

#define TOMBSTONE_NS (60 * NS_PER_S)
#define JUDGED_LEAST 512 /* a look */

static const char *const state_names[] = {[ASSET_UNKNOWN] = NULL,
                                          [ASSET_OK] = "ok",
                                          [ASSET_LEADERLESS] = "leaderless",
                                          [ASSET_LEADER_GONE] = "leader_gone",
                                          [ASSET_UNLISTED] = "unlisted",
                                          [ASSET_NO_QUORUM] = "no_quorum",
                                          [ASSET_CONTESTED] = "contested"};

const char *asset_state_name(enum asset_state state) {
    return state_names[state];
}

const char *asset_called(const struct object *object) {
    return object->kind == OBJECT_STREAM ? row_text(object->now, F_STREAM_name)
                                         : ((struct consumer *)object->extra)->path->bytes;
}

void asset_tell(struct model *model, const struct entry *entry, const char *kind, int64_t utc_ns,
                const char *format, ...) {
    char text[600];
    va_list arguments;
    if (++model->moves > MOVES_TOLD)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    model_add_event(model, utc_ns, kind, &entry->object, asset_called(&entry->object), "%s", text);
}

/* ---- states ---- */

bool asset_lost_majority(const struct asset *asset) {
    return asset->replicas && asset->replicas - asset->lost < asset->replicas / 2 + 1;
}

const struct entry *asset_leader(const struct model *model, const struct object *object) {
    const struct text *leader = asset_of(object)->leader;
    return leader ? server_by_name(model, object->parent, leader->bytes) : NULL;
}

bool server_lists(const struct server *server) {
    int64_t asked = server->asked_mono_ns[SHAPE_JSZ][1];
    return server_is_up(server) && !js_is_off(server) && asked >= server->here_mono_ns &&
           asked >= server->usage.on_mono_ns;
}

/* Its last answer of which all is known was asked for then. */
static int64_t asked_last(const struct server *server) {
    return server->asked_mono_ns[SHAPE_JSZ][server->merging];
}

static enum asset_state by_leader(const struct model *model, const struct object *object) {
    const struct entry *leader = asset_leader(model, object);
    if (!leader)
        return ASSET_UNKNOWN;
    const struct server *server = server_const(&leader->object);
    if (server->state == SERVER_DOWN || js_is_off(server))
        return ASSET_LEADER_GONE;
    bool unlisted = server_lists(server) && asset_of(object)->listed_mono_ns < asked_last(server);
    return unlisted ? ASSET_UNLISTED : ASSET_OK;
}

bool asset_is_leaderless(const struct asset *asset) {
    return asset->leaderless_mono_ns > asset->claim.mono_ns &&
           asset->leaderless_mono_ns >= asset->named_mono_ns;
}

enum asset_state asset_state(const struct model *model, const struct object *object) {
    const struct asset *asset = asset_of(object);
    if (object->freshness == FRESH_GONE)
        return ASSET_UNKNOWN;
    if (asset_is_contested(model, asset))
        return ASSET_CONTESTED;
    if (claim_stands(model, &asset->claim))
        return asset_lost_majority(asset) ? ASSET_NO_QUORUM : ASSET_OK;
    return asset_is_leaderless(asset) ? ASSET_LEADERLESS : by_leader(model, object);
}

/* ---- why, in words ---- */

struct said {
    char *out;
    size_t size;
};

static bool say(struct said *said, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool say(struct said *said, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(said->out, said->size, format, arguments);
    va_end(arguments);
    return true;
}

enum { SINCE_SIZE = TIME_TEXT_SIZE + 8 };

/* " for 5s"; of what is new "". */
static const char *since(const struct model *model, int64_t mono_ns, const char *before,
                         char text[SINCE_SIZE]) {
    char span[TIME_TEXT_SIZE];
    int64_t ns = model->mono_ns - mono_ns;
    lasted_format(span, ns);
    snprintf(text, SINCE_SIZE, "%s%s", ns < NS_PER_S ? "" : before, ns < NS_PER_S ? "" : span);
    return text;
}

static void seen_ago(const struct model *model, const struct object *object, char text[TIME_TEXT_SIZE]) {
    int64_t seen = object->seen_utc_ns ? object->seen_utc_ns : object->first_utc_ns;
    lasted_format(text, model->utc_ns > seen ? model->utc_ns - seen : 0);
}

/* Of one that leads by its last answer. */
static bool say_of_leader(const struct model *model, const struct asset *asset, const struct entry *entry,
                          struct said *said) {
    const struct server *server = server_of(entry);
    char span[SINCE_SIZE];
    if (!server_is_up(server))
        return say(said, "leader %s silent%s", server_label(server),
                   since(model, server->good_mono_ns, " for ", span));
    if (!server_is_fresh(model, server, SHAPE_JSZ))
        return say(said, "leader %s gives no /jsz%s", server_label(server),
                   since(model, asset->claim.mono_ns, " for ", span));
    if (asset_lost_majority(asset))
        return say(said, "leader %s sees %u of %u replicas", server_label(server),
                   asset->replicas - asset->lost, asset->replicas);
    return false;
}

/* Of one that nobody can lead now, and that was seen. */
static bool say_of_lost(const struct model *model, const struct object *object, struct said *said) {
    const struct asset *asset = asset_of(object);
    const struct server *server = server_of(asset_leader(model, object));
    char span[TIME_TEXT_SIZE];
    const char *which = asset->replicas == 1 ? "its only server" : "leader", *name = server_label(server);
    seen_ago(model, object, span);
    if (server->state == SERVER_DOWN)
        return say(said, "last seen %s ago: %s %s gone", span, which, name);
    return say(said, "last seen %s ago: JetStream is off on %s %s", span, which, name);
}

/* Of one that was named, and has not said so itself. */
static bool say_of_named(const struct model *model, const struct object *object, struct said *said) {
    const struct asset *asset = asset_of(object);
    const struct entry *leader = asset_leader(model, object), *last = claim_server(model, &asset->claim);
    const struct server *server = leader ? server_of(leader) : NULL;
    char span[SINCE_SIZE];
    if (server && server->state == SERVER_DOWN)
        return say(said, "leader %s gone%s", asset->leader->bytes,
                   since(model, server->good_mono_ns, " ", span));
    if (last && last != leader)
        return say(said, "leader %s takes over from %s", asset->leader->bytes, server_label(server_of(last)));
    if (leader && asset->doubt.server == leader->object.id)
        return say(said, "leader %s just chosen", asset->leader->bytes);
    if (server && side_speaks(model, server, SIDE_JETSTREAM) && js_is_off(server))
        return say(said, "leader %s has JetStream off", asset->leader->bytes);
    if (last)
        return say(said, "leader %s does not list it", asset->leader->bytes);
    return say(said, server && server->asked ? "leader %s has not told yet" : "leader %s is not asked",
               asset->leader->bytes);
}

/* The first answer that named none; it may have had one until then, unless its last leader saw no majority by
 * its own last word, or does not answer at all. */
static int64_t leaderless_since(const struct model *model, const struct asset *asset) {
    const struct entry *last = claim_server(model, &asset->claim);
    int64_t since = asset->leaderless_since_mono_ns;
    if (last && !server_is_up(server_of(last)) && server_of(last)->good_mono_ns < since)
        return server_of(last)->good_mono_ns;
    return last && asset_lost_majority(asset) ? asset->claim.mono_ns : since;
}

bool asset_unled(const struct model *model, const struct object *object, int64_t *utc_ns, bool *least) {
    const struct asset *asset = asset_of(object);
    enum asset_state state = asset_state(model, object);
    const struct entry *leader = state == ASSET_LEADER_GONE ? asset_leader(model, object) : NULL;
    if (state != ASSET_LEADERLESS && !(leader && server_of(leader)->state == SERVER_DOWN))
        return false;
    *least = leader ? !server_of(leader)->reached : !asset->leader;
    *utc_ns = model->utc_ns - model->mono_ns +
              (leader ? server_of(leader)->good_mono_ns : leaderless_since(model, asset));
    return true;
}

/* Of one that an account's API tells of: who leads it answers that. */
static bool say_by_api(const struct model *model, const struct object *object, const struct entry *api,
                       struct said *said) {
    const struct asset *asset = asset_of(object);
    const struct server *server = server_of(api);
    char span[SINCE_SIZE];
    if (!server_is_up(server) || !server_is_fresh(model, server, SHAPE_JSZ))
        return say(said, "JetStream of account %s silent%s", server_label(server),
                   since(model, server->good_mono_ns, " for ", span));
    if (claim_stands(model, &asset->claim))
        return asset_lost_majority(asset) &&
               say(said, "leader %s sees %u of %u replicas", asset->leader ? asset->leader->bytes : "?",
                   asset->replicas - asset->lost, asset->replicas);
    if (object->kind == OBJECT_CONSUMER) {
        const struct entry *of = entry_by_id(model, ((const struct consumer *)object->extra)->stream);
        const struct stream *stream = of ? of->object.extra : NULL;
        if (stream && stream->untold && stream->untold_mono_ns > asset->claim.mono_ns)
            return say(said, "not told: %s", stream->untold->bytes);
    }
    return false;
}

bool asset_why(const struct model *model, const struct object *object, char *out, size_t size) {
    const struct asset *asset = asset_of(object);
    struct said said = {out, size};
    char span[SINCE_SIZE];
    if (object->freshness == FRESH_GONE)
        return false;
    const struct entry *claimant = claim_server(model, &asset->claim);
    if (asset_is_contested(model, asset))
        return say(&said, "contested by %s and %s", server_label(server_of(claimant)),
                   server_label(server_of(claim_server(model, &asset->rival))));
    bool by_api = claimant && claimant->object.kind == OBJECT_API;
    if (by_api && say_by_api(model, object, claimant, &said))
        return true;
    if (claim_stands(model, &asset->claim))
        return !by_api && say_of_leader(model, asset, claimant, &said);
    if (asset_is_leaderless(asset))
        return say(&said, "no leader%s",
                   since(model, leaderless_since(model, asset), asset->leader ? " for " : " for ≥", span));
    if (claimant && asset_is_lost(model, object))
        return say_of_lost(model, object, &said);
    return asset->leader && !by_api ? say_of_named(model, object, &said) : false;
}

const char *asset_last_seen(const struct model *model, const struct object *object) {
    char span[TIME_TEXT_SIZE], text[TIME_TEXT_SIZE + 20];
    seen_ago(model, object, span);
    snprintf(text, sizeof text, "last seen %s ago", span);
    return model_say(model, text);
}

/* ---- time ---- */

static void look_at(const struct entry *entry) {
    const struct server *server = server_of(entry);
    struct listing *l = &cluster_of(entry->object.parent)->listing;
    l->all_up &= server_is_up(server);
    if (!server_is_up(server) || !server->polls[SHAPE_JSZ])
        return;
    int64_t second = server->polls[SHAPE_JSZ] > 1 ? server->asked_mono_ns[SHAPE_JSZ][1] : INT64_MIN;
    l->horizon_mono_ns = second < l->horizon_mono_ns ? second : l->horizon_mono_ns;
    int64_t last = server->polls[SHAPE_JSZ] > server->merging ? asked_last(server) : INT64_MIN;
    l->last_mono_ns = last < l->last_mono_ns ? last : l->last_mono_ns;
}

static void look(const struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++)
        cluster_of(&kind_at(model, OBJECT_CLUSTER, i)->object)->listing =
            (struct listing){INT64_MAX, INT64_MAX, true};
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        look_at(kind_at(model, OBJECT_SERVER, i));
    for (size_t i = 0; i < kind_count(model, OBJECT_API); i++)
        look_at(kind_at(model, OBJECT_API, i));
}

/* Of consumers nobody told, since their stream's list did not come, or it has no leader. */
static bool is_untold(const struct model *model, const struct entry *entry, const struct server *api) {
    if (entry->object.kind != OBJECT_CONSUMER)
        return false;
    const struct entry *of = entry_by_id(model, ((const struct consumer *)entry->object.extra)->stream);
    const struct stream *stream = of ? of->object.extra : NULL;
    return stream && (stream->untold_mono_ns >= api->asked_mono_ns[SHAPE_JSZ][1] ||
                      !claim_stands(model, &stream->asset.claim));
}

/* Two answers of its leader are enough, and one of each other server; where nobody leads it two of all. */
static bool is_deleted(const struct model *model, const struct entry *entry) {
    const struct asset *asset = asset_of(&entry->object);
    const struct listing *l = &cluster_of(entry->object.parent)->listing;
    if (l->last_mono_ns == INT64_MAX || asset->listed_mono_ns >= l->last_mono_ns)
        return false;
    const struct entry *holder = claim_server(model, &asset->claim);
    if (!holder)
        holder = asset_leader(model, &entry->object);
    if (!holder)
        return l->all_up && asset->listed_mono_ns < l->horizon_mono_ns;
    const struct server *server = server_of(holder);
    if (holder->object.kind == OBJECT_API && is_untold(model, entry, server))
        return false;
    return server_lists(server) && asset->listed_mono_ns < server->asked_mono_ns[SHAPE_JSZ][1];
}

void asset_count(struct model *model, const struct entry *entry, int by) {
    const struct consumer *consumer = entry->object.extra;
    if (entry->object.kind != OBJECT_CONSUMER)
        return;
    struct entry *stream = consumer->stream ? entry_by_id(model, consumer->stream) : NULL;
    if (stream)
        ((struct stream *)stream->object.extra)->consumers += (unsigned)by;
}

static void asset_gone(struct model *model, struct entry *entry) {
    asset_count(model, entry, -1);
    entry_set_freshness(model, entry, FRESH_GONE);
    entry->gone_mono_ns = model->mono_ns;
}

void asset_bury(struct model *model, struct entry *entry) {
    if (asset_of(&entry->object)->children)
        entry_remove_children(model, &entry->object, OBJECT_REPLICA);
    if (entry->object.kind == OBJECT_STREAM)
        entry_remove_children(model, &entry->object, OBJECT_SOURCE);
    if (entry->object.freshness != FRESH_GONE)
        asset_count(model, entry, -1);
    entry_remove(model, entry);
}

/* What it says is never another server's. */
static bool is_of_this_run(const struct object *object, const struct entry *claimant) {
    return claimant->object.kind == OBJECT_API ||
           text_same(object->now_at.server_id, server_const(&claimant->object)->server_id);
}

/* The row that we hold is the word of the one who speaks for it, and not an old one. Without a majority
 * nobody does: what the others did meanwhile, or will have done, is not known there. */
static bool is_live(const struct model *model, const struct object *object) {
    const struct asset *asset = asset_of(object);
    if (!claim_stands(model, &asset->claim) || asset_lost_majority(asset))
        return false;
    const struct entry *claimant = claim_server(model, &asset->claim);
    const struct server *server = server_of(claimant);
    return server_is_up(server) && server_is_fresh(model, server, SHAPE_JSZ) &&
           is_of_this_run(object, claimant);
}

static void judge(struct model *model, struct entry *entry) {
    if (entry->object.freshness == FRESH_GONE) {
        if (model->mono_ns - entry->gone_mono_ns > TOMBSTONE_NS && !alert_keeps(model, &entry->object))
            asset_bury(model, entry);
        return;
    }
    if (is_deleted(model, entry))
        asset_gone(model, entry);
    else
        entry_set_freshness(model, entry, is_live(model, &entry->object) ? FRESH_LIVE : FRESH_STALE);
}

/* Of thousands half at a time, unless a server went or came: others wait for this. */
static void judge_some(struct model *model, enum object_kind kind) {
    size_t count = kind_count(model, kind), most = count / 2 + JUDGED_LEAST;
    bool all = model->leaders_moved || count <= most;
    for (size_t i = 0; i < (all ? count : most); i++) {
        size_t at = all ? i : model->judged_next[kind]++ % count;
        if (!kind_at(model, kind, at)->dead)
            judge(model, kind_at(model, kind, at));
    }
}

void assets_tick(struct model *model) {
    look(model);
    judge_some(model, OBJECT_CONSUMER);
    judge_some(model, OBJECT_STREAM);
}
