#include "views/asset_peers.h"

#include <stdio.h>

#include "base/text.h"
#include "views/flow.h"
#include "views/quantity_text.h"

static const struct peer_kind {
    enum object_kind kind;
    enum field name, current, offline, active, lag;
} replica = {OBJECT_REPLICA,    F_REPLICA_name,   F_REPLICA_current,
             F_REPLICA_offline, F_REPLICA_active, F_REPLICA_lag},
  meta_peer = {OBJECT_META_PEER,    F_META_PEER_name,   F_META_PEER_current,
               F_META_PEER_offline, F_META_PEER_active, F_META_PEER_lag};

struct group {
    const struct peer_kind *kind;
    const struct object *parent;
    const char *leader;
    bool old; /* said by a leader that no longer answers */
};

static bool flag(const struct row *row, enum field f) {
    return row_u64(row, f, 0) != 0;
}

static const struct peer_word {
    const char *text;
    enum role role;
} words[] = {{"current", ROLE_TEXT}, {"behind", ROLE_WARN}, {"offline", ROLE_CRIT}};

static int64_t since_told(const struct view_context *context, const struct object *peer) {
    int64_t since = context->utc_ns - peer->now_at.utc_ns;
    return since > 0 ? since : 0;
}

/* What an answering leader says is its own figure: how long ago we asked is no silence of the peer's, and
 * stands at the leader. */
static void put_peer(struct flow *f, const struct view_context *context, const struct peer_kind *kind,
                     const struct object *peer, bool old) {
    const struct row *row = peer->now;
    char text[160], span[TIME_TEXT_SIZE], number[NUMBER_TEXT_SIZE];
    int64_t silent = row_i64(row, kind->active, TIME_UNSET);
    const struct peer_word *word = &words[flag(row, kind->offline) ? 2 : flag(row, kind->current) ? 0 : 1];
    size_t len = (size_t)snprintf(text, sizeof(text), "%s%s", word->text, old ? "~" : "");
    if (row_has(row, kind->lag)) {
        number_format(number, (double)row_u64(row, kind->lag, 0), UNIT_COUNT);
        len += (size_t)snprintf(text + len, sizeof(text) - len, ", lag %s", number);
    }
    if (silent != TIME_UNSET && silent > 0) {
        age_format(span, silent + (old ? since_told(context, peer) : 0));
        snprintf(text + len, sizeof(text) - len, ", seen %s", span);
    }
    flow_put(f, ROLE_MUTED, row_text(row, kind->name), old ? ROLE_DIM : word->role, text);
}

static bool is_of(const struct object *peer, const struct object *parent) {
    return peer->now && peer->parent && peer->parent->id == parent->id && peer->freshness != FRESH_GONE;
}

static const struct object *first_of(const struct object *const *all, size_t count,
                                     const struct object *parent) {
    for (size_t i = 0; i < count; i++)
        if (is_of(all[i], parent))
            return all[i];
    return NULL;
}

/* Of all peers it says something in one answer. */
static void put_leader(struct flow *f, const struct view_context *context, const struct group *group,
                       const struct object *peer) {
    char text[80], span[TIME_TEXT_SIZE];
    snprintf(text, sizeof(text), "leader%s", group->old ? "~" : "");
    if (!group->old && peer) {
        age_format(span, since_told(context, peer));
        snprintf(text, sizeof(text), "leader, asked %s ago", span);
    }
    flow_put(f, ROLE_MUTED, group->leader, group->old ? ROLE_DIM : ROLE_TEXT, text);
}

static int draw_group(const struct view_context *context, const struct group *group, struct surface *s,
                      struct rect area) {
    size_t count;
    struct flow f = flow_in(s, area);
    const struct object *const *all = model_objects(context->model, group->kind->kind, &count);
    if (*group->leader)
        put_leader(&f, context, group, first_of(all, count, group->parent));
    for (size_t i = 0; i < count; i++)
        if (is_of(all[i], group->parent))
            put_peer(&f, context, group->kind, all[i], group->old || all[i]->freshness != FRESH_LIVE);
    return flow_lines(&f);
}

int asset_replicas_draw(const struct view_context *context, const struct object *asset, struct surface *s,
                        struct rect area) {
    enum quantity leader = asset->kind == OBJECT_STREAM ? Q_STREAM_leader : Q_CONSUMER_leader;
    struct group group = {&replica, asset, quantity_name_text(context->model, asset, leader),
                          asset->freshness != FRESH_LIVE};
    return draw_group(context, &group, s, area);
}

void asset_meta_quorum(const struct view_context *context, const struct object *cluster, char *out,
                       size_t size) {
    char quorum[40];
    text_cut(quorum, sizeof(quorum), quantity_name_text(context->model, cluster, Q_CLUSTER_meta_quorum), 16);
    snprintf(out, size, "%s%s", *quorum ? "quorum " : "", quorum);
}

int asset_meta_draw(const struct view_context *context, const struct object *cluster, struct surface *s,
                    struct rect area) {
    const char *leader = quantity_name_text(context->model, cluster, Q_CLUSTER_meta_leader);
    const char *quorum = quantity_name_text(context->model, cluster, Q_CLUSTER_meta_quorum);
    struct group group = {&meta_peer, cluster, leader, !*quorum};
    if (*leader || *quorum)
        return draw_group(context, &group, s, area);
    if (s)
        surface_text(s, area, area.x + 2, area.y, ROLE_MUTED, 0,
                     "nobody who answers leads it or knows who does");
    return 1;
}
