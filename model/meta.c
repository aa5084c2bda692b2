#include "model/asset.h"
#include "model/peer.h"

#include <string.h>

#include "base/memory.h"

static const struct row *js_row(const struct entry *entry) {
    return server_const(&entry->object)->sides[SIDE_JETSTREAM].now;
}

static bool is_member(const struct entry *entry) {
    const struct row *js = js_row(entry);
    return js && row_u64(js, F_JETSTREAM_meta, 0);
}

bool meta_is_there(const struct model *model, const struct object *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && entry->object.parent == cluster && is_member(entry))
            return true;
    }
    return false;
}

/* Now, or when it answered last. */
static bool named_itself(const struct entry *entry) {
    const struct row *js = js_row(entry);
    const struct server *server = server_const(&entry->object);
    return js && server->name && row_has(js, F_JETSTREAM_meta_leader) &&
           text_same(row_cell(js, F_JETSTREAM_meta_leader)->s, server->name);
}

static bool names_itself(const struct model *model, const struct entry *entry) {
    return side_speaks(model, server_const(&entry->object), SIDE_JETSTREAM) && named_itself(entry);
}

static void set_leader(struct model *model, struct entry *cluster, const struct text *leader,
                       int64_t utc_ns) {
    struct meta *meta = &cluster_of(&cluster->object)->meta;
    if (!leader || text_same(meta->leader, leader))
        return;
    const struct text *old = meta->leader;
    meta->leader = model_text(model, leader);
    if (!old)
        return;
    meta->changed_utc_ns[meta->changes++ % LEADERS_MOST] = utc_ns;
    model_add_event(model, utc_ns, "leader", &cluster->object, "JetStream",
                    "leader of the meta group moved from %s to %s", old->bytes, leader->bytes);
}

/* ---- who says that it leads, and what it sees ---- */

static const struct object *home_of(const struct model *model, const struct object *cluster,
                                    const struct row *peer) {
    return server_by_name(model, cluster, row_text(peer, F_META_PEER_name)) ? cluster : NULL;
}

static void see_quorum(const struct model *model, struct entry *entry, const struct sample *sample,
                       int64_t mono_ns) {
    struct server *server = server_of(entry);
    uint64_t listed = 0, heard = 1, never = 0;
    for (size_t i = 0; i < sample->count; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity != ENTITY_META_PEER)
            continue;
        enum contact contact =
            peer_contact(model, home_of(model, entry->object.parent, row), row, &meta_peer_fields);
        listed++;
        heard += contact == CONTACT_HEARD;
        never += contact == CONTACT_NEVER;
    }
    uint64_t size = row_u64(js_row(entry), F_JETSTREAM_meta_size, listed + 1);
    uint64_t need = (size < listed + 1 ? listed + 1 : size) / 2 + 1;
    server->meta.needed = need;
    server->meta.quorum = heard >= need;
    if (heard >= need || heard + never < need)
        return;
    if (!server->meta.unheard_mono_ns)
        server->meta.unheard_mono_ns = mono_ns;
    server->meta.quorum = mono_ns - server->meta.unheard_mono_ns < UNHEARD_LOST;
}

static void take_claim(const struct model *model, struct entry *entry, const struct sample *sample,
                       int64_t mono_ns) {
    struct server *server = server_of(entry);
    if (!names_itself(model, entry)) {
        server->meta.since_mono_ns = server->meta.unheard_mono_ns = 0;
        return;
    }
    if (!server->meta.since_mono_ns)
        server->meta.since_mono_ns = mono_ns;
    see_quorum(model, entry, sample, mono_ns);
}

/* Cut off from each other two can lead at once: a majority counts, then who began later, whoever was asked
 * last. */
static bool is_better(const struct server *a, const struct server *b) {
    if (a->meta.quorum != b->meta.quorum)
        return a->meta.quorum;
    return a->meta.since_mono_ns > b->meta.since_mono_ns;
}

/* The best of those that lead by their own word of now, but for `except`. */
static struct entry *living_leader(const struct model *model, const struct entry *cluster,
                                   const struct entry *except) {
    struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry == except || entry->dead || cluster_at(entry) != cluster || !names_itself(model, entry))
            continue;
        if (!found || is_better(server_of(entry), server_of(found)))
            found = entry;
    }
    return found;
}

/* Each has said so after the other one did: between two answers it may just have moved, and back. */
static bool lead_both(const struct server *a, const struct server *b) {
    const struct stamp *a_at = &a->sides[SIDE_JETSTREAM].at, *b_at = &b->sides[SIDE_JETSTREAM].at;
    return (b_at->asked_mono_ns >= a->meta.since_mono_ns && a_at->asked_mono_ns >= b_at->mono_ns) ||
           (a_at->asked_mono_ns >= b->meta.since_mono_ns && b_at->asked_mono_ns >= a_at->mono_ns &&
            b->meta.since_mono_ns > a->meta.since_mono_ns);
}

static void note_contest(struct model *model, struct entry *cluster, const struct entry *leader,
                         int64_t utc_ns) {
    struct meta *meta = &cluster_of(&cluster->object)->meta;
    const struct entry *rival = leader ? living_leader(model, cluster, leader) : NULL;
    if (!rival) {
        meta->contested = false;
        return;
    }
    const struct server *a = server_const(&leader->object), *b = server_const(&rival->object);
    if (meta->contested || !lead_both(a, b))
        return;
    meta->contested = true;
    model_add_event(model, utc_ns, "contested", &cluster->object, "JetStream",
                    "the meta group is led by %s and by %s at once, by their own word", server_label(a),
                    server_label(b));
}

/* ---- without one: what the others say ---- */

/* The group of several clusters has its leader in one of them, and that one tells about quorum. */
static const struct entry *leader_named(const struct model *model, const struct entry *cluster,
                                        const char *name) {
    const struct entry *leader = server_by_name(model, &cluster->object, name);
    return leader ? leader : server_by_name(model, NULL, name);
}

/* A name is believed of one that we can't ask, or that leads in its own words: who is asked and does not say
 * so leads no more, or not yet. */
static bool is_believed(const struct model *model, const struct entry *leader) {
    return !leader || server_const(&leader->object)->state == SERVER_KNOWN || names_itself(model, leader);
}

/* It was asked after that one had said so, and does not say that it leads. */
static bool denies(const struct entry *leader, const struct entry *teller) {
    const struct stamp *own = &server_const(&leader->object)->sides[SIDE_JETSTREAM].at;
    return is_member(leader) && !named_itself(leader) &&
           own->asked_mono_ns >= server_const(&teller->object)->sides[SIDE_JETSTREAM].at.mono_ns;
}

/* Whom it names may lead, as far as is known: one that we can't ask, or have not asked since. */
static bool may_lead(const struct entry *leader, const struct entry *teller) {
    return !leader || (server_const(&leader->object)->state != SERVER_DOWN && !denies(leader, teller));
}

struct hearsay {
    const char *quorum; /* NULL: nothing is proven */
    const struct text *leader;
    bool elsewhere; /* the leader is in another cluster */
};

static struct hearsay hearsay(const struct model *model, const struct entry *cluster) {
    struct hearsay said = {NULL, NULL, false};
    bool answers = false, named = false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (entry->dead || cluster_at(entry) != cluster || !is_member(entry) || !server_is_up(server))
            continue;
        answers = true;
        const char *name = row_text(js_row(entry), F_JETSTREAM_meta_leader);
        const struct entry *leader = leader_named(model, cluster, name);
        named |= *name && may_lead(leader, entry);
        if (!*name || !side_speaks(model, server, SIDE_JETSTREAM) || !is_believed(model, leader))
            continue;
        said.leader = row_cell(js_row(entry), F_JETSTREAM_meta_leader)->s;
        said.elsewhere = leader && cluster_at(leader) != cluster;
    }
    said.quorum = answers && !named ? "leaderless" : NULL;
    return said;
}

/* Without a leader that answers they are what the last one saw. */
static void age_peers(struct model *model, const struct entry *cluster, bool live) {
    for (size_t i = 0; i < kind_count(model, OBJECT_META_PEER); i++) {
        struct entry *entry = kind_at(model, OBJECT_META_PEER, i);
        if (!entry->dead && entry->object.parent == &cluster->object)
            entry_set_freshness(model, entry, live ? FRESH_LIVE : FRESH_STALE);
    }
}

static void note_since(struct meta *meta, int64_t utc_ns) {
    if (!meta->quorum || meta->quorum == meta->told)
        return;
    meta->since_least = !meta->told;
    meta->told = meta->quorum;
    meta->since_utc_ns = utc_ns;
}

/* A majority of its group may live as far as we know. What it said of those that do not answer us any more
 * proves nothing. */
static bool may_have_majority(const struct model *model, const struct entry *cluster,
                              const struct entry *leader) {
    uint64_t members = 1;
    for (size_t i = 0; i < kind_count(model, OBJECT_META_PEER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_META_PEER, i);
        enum peer_state state = entry->dead || entry->object.parent != &cluster->object
                                    ? PEER_LOST
                                    : peer_state(model, &entry->object);
        members += state != PEER_LOST && state != PEER_DOWN && state != PEER_OFFLINE;
    }
    return members >= server_const(&leader->object)->meta.needed;
}

static const char *quorum_of(const struct model *model, const struct entry *cluster,
                             const struct entry *leader) {
    if (!server_const(&leader->object)->meta.quorum)
        return "no";
    return may_have_majority(model, cluster, leader) ? "yes" : NULL;
}

static void evaluate(struct model *model, struct entry *cluster, int64_t utc_ns) {
    const struct entry *leader = living_leader(model, cluster, NULL);
    struct meta *meta = &cluster_of(&cluster->object)->meta;
    struct hearsay said = {NULL, NULL, false};
    if (leader)
        said =
            (struct hearsay){quorum_of(model, cluster, leader), server_const(&leader->object)->name, false};
    else
        said = hearsay(model, cluster);
    set_leader(model, cluster, said.leader, utc_ns);
    note_contest(model, cluster, leader, utc_ns);
    if (said.elsewhere)
        entry_remove_children(model, &cluster->object, OBJECT_META_PEER);
    meta->quorum = said.quorum;
    note_since(meta, utc_ns);
    meta->led = said.leader != NULL;
    meta->pending_told = leader && row_has(js_row(leader), F_JETSTREAM_meta_pending);
    meta->pending = leader ? row_u64(js_row(leader), F_JETSTREAM_meta_pending, 0) : 0;
    age_peers(model, cluster, leader != NULL);
}

static void put_peers(struct model *model, const struct entry *server, const struct sample *sample,
                      const struct stamp *at) {
    for (size_t i = 0; i < sample->count; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity != ENTITY_META_PEER)
            continue;
        bool made;
        struct entry *entry =
            entry_take(model, OBJECT_META_PEER, server->object.parent, NULL, row, at, &made);
        if (made)
            entry->object.extra = memory_new(sizeof(struct peer));
        entry_update(model, entry, row, at);
        ((struct peer *)entry->object.extra)->serial = at->serial;
        peer_judge(model, entry, &meta_peer_fields);
    }
    for (size_t i = 0; i < kind_count(model, OBJECT_META_PEER); i++) {
        struct entry *entry = kind_at(model, OBJECT_META_PEER, i);
        if (entry->object.parent == server->object.parent &&
            ((struct peer *)entry->object.extra)->serial != at->serial)
            entry_remove(model, entry);
    }
}

void meta_put(struct model *model, struct entry *server, const struct sample *sample,
              const struct stamp *at) {
    take_claim(model, server, sample, at->mono_ns);
    if (living_leader(model, cluster_at(server), NULL) == server)
        put_peers(model, server, sample, at);
    evaluate(model, cluster_at(server), at->utc_ns);
}

void meta_tick(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        if (!kind_at(model, OBJECT_CLUSTER, i)->dead)
            evaluate(model, kind_at(model, OBJECT_CLUSTER, i), model->utc_ns);
    }
}
