#include "views/asset_peers.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/flow.h"
#include "views/quantity_text.h"

static const struct peer_kind {
    enum object_kind kind;
    enum quantity name, state, lag, seen;
} replica = {OBJECT_REPLICA, Q_REPLICA_name, Q_REPLICA_state, Q_REPLICA_lag, Q_REPLICA_seen},
  meta_peer = {OBJECT_META_PEER, Q_META_PEER_name, Q_META_PEER_state, Q_META_PEER_lag, Q_META_PEER_seen};

struct group {
    const struct peer_kind *kind;
    const struct object *parent;
    const char *leader;
    bool old; /* said by a leader that no longer answers */
};

static const struct peer_word {
    const char *text;
    enum role role;
} words[] = {{"current", ROLE_TEXT},
             {"behind", ROLE_WARN},
             {"down", ROLE_CRIT},
             {"lost", ROLE_CRIT},
             {"offline", ROLE_CRIT}};

static enum role role_of(const char *state) {
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i].text, state) == 0)
            return words[i].role;
    return ROLE_TEXT;
}

static int64_t since_told(const struct view_context *context, const struct object *peer) {
    int64_t since = context->utc_ns - peer->now_at.utc_ns;
    return since > 0 ? since : 0;
}

/* ", lag 3"; nothing where it is not known. */
static void add(char *text, size_t size, const struct view_context *context, const struct object *peer,
                const char *name, enum quantity q) {
    char value[80];
    double number;
    size_t len = strlen(text);
    if (!quantity_value(context->model, peer, q, &number))
        return;
    quantity_text(value, sizeof(value), context, peer, q, 12);
    snprintf(text + len, size - len, "%s%s %s", len ? ", " : "", name, value);
}

static void put_peer(struct flow *f, const struct view_context *context, const struct peer_kind *kind,
                     const struct object *peer) {
    char text[200];
    struct value state = quantity_get(context->model, peer, kind->state);
    const char *word = quantity_name_text(context->model, peer, kind->state);
    quantity_text(text, sizeof(text), context, peer, kind->state, 12);
    if (!*word)
        text[0] = 0;
    add(text, sizeof(text), context, peer, "lag", kind->lag);
    add(text, sizeof(text), context, peer, "seen", kind->seen);
    flow_put(f, ROLE_MUTED, quantity_name_text(context->model, peer, kind->name),
             state.flags & VALUE_OLD ? ROLE_DIM : role_of(word), text);
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

/* Of all peers it says something in one answer, together with what is their asset's. One that is alone has no
 * leader. */
static void put_leader(struct flow *f, const struct view_context *context, const struct group *group,
                       const struct object *told) {
    char text[80], span[TIME_TEXT_SIZE];
    snprintf(text, sizeof(text), "leader%s", group->old ? "~" : "");
    if (!group->old && told) {
        age_format(span, since_told(context, told));
        snprintf(text, sizeof(text), "%s%s ago", *group->leader ? "leader, asked " : "", span);
    }
    if (*group->leader || (!group->old && told))
        flow_put(f, ROLE_MUTED, *group->leader ? group->leader : "asked", group->old ? ROLE_DIM : ROLE_TEXT,
                 text);
}

static int draw_group(const struct view_context *context, const struct group *group, struct surface *s,
                      struct rect area) {
    size_t count;
    struct flow f = flow_in(s, area);
    const struct object *const *all = model_objects(context->model, group->kind->kind, &count);
    bool asset = group->parent->kind != OBJECT_CLUSTER;
    put_leader(&f, context, group, asset ? group->parent : first_of(all, count, group->parent));
    for (size_t i = 0; i < count; i++)
        if (is_of(all[i], group->parent))
            put_peer(&f, context, group->kind, all[i]);
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
