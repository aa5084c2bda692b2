#include "model/claim.h"

#include "model/asset.h"
#include "model/replica.h"

/* ---- claims ---- */

const struct entry *claim_server(const struct model *model, const struct claim *claim) {
    const struct object *object = claim->server ? model_object(model, claim->server) : NULL;
    return object ? entry_of(object) : NULL;
}

/* While an answer is taken in, what it has not told yet stands by the one before. */
bool claim_stands(const struct model *model, const struct claim *claim) {
    const struct entry *entry = claim_server(model, claim);
    if (!entry || !claim->poll)
        return false;
    const struct server *server = server_of(entry);
    uint64_t last = server->polls[SHAPE_JSZ];
    return (server->state == SERVER_UP || server->state == SERVER_STALE) &&
           (claim->poll == last || (server->merging && claim->poll + 1 == last));
}

bool asset_is_contested(const struct model *model, const struct asset *asset) {
    return asset->contested && claim_stands(model, &asset->claim) && claim_stands(model, &asset->rival);
}

/* Its group could choose another one. */
static bool has_majority_left(const struct asset *asset) {
    return asset->replicas > 1 && asset->current >= asset->replicas / 2 + 1;
}

bool asset_is_lost(const struct model *model, const struct object *object) {
    const struct asset *asset = asset_of(object);
    if (object->freshness == FRESH_GONE || claim_stands(model, &asset->claim))
        return false;
    if (asset_is_leaderless(asset) && model->mono_ns - asset->leaderless_since_mono_ns >= LOST_AFTER)
        return true;
    const struct entry *server = asset_leader(model, object);
    return server && (server_of(server)->state == SERVER_DOWN || js_is_off(server_of(server))) &&
           !has_majority_left(asset);
}

/* A server that comes back remembers having led until its group tells it better: it has not heard its group
 * then. */
static bool only_remembers(const struct word *word, const struct claim *claim) {
    bool heard = word->group && claim->quorum && !claim->unheard_mono_ns;
    return !heard && server_has_just_started(word->server);
}

static void see_quorum(struct claim *claim, const struct claim *last, const struct group *group) {
    unsigned need = group ? (group->listed + 1) / 2 + 1 : 1;
    unsigned heard = group ? group->heard + 1 : 1, never = group ? group->never : 0;
    claim->quorum = heard >= need;
    if (claim->quorum || heard + never < need)
        return;
    claim->unheard_mono_ns = last && last->unheard_mono_ns ? last->unheard_mono_ns : claim->mono_ns;
    claim->quorum = claim->mono_ns - claim->unheard_mono_ns < UNHEARD_LOST;
}

static bool says_again(const struct claim *claim, const struct claim *last) {
    bool chosen_again = claim->since != last->since && claim->since != TIME_UNSET;
    return last->poll + 1 == claim->poll && !chosen_again;
}

/* Who is chosen hears those that choose it. */
static int64_t unheard_since(const struct word *word, const struct stamp *at) {
    int64_t quiet = word->group ? word->group->quiet_ns : 0;
    return quiet > 0 ? at->mono_ns - quiet : at->mono_ns;
}

/* What it said the last time it need not have been ever since. */
static int64_t leads_since(const struct claim *claim, const struct claim *last, const struct word *word,
                           const struct stamp *at) {
    if (!claim->again)
        return at->mono_ns;
    if (claim->since != TIME_UNSET)
        return last->first_mono_ns;
    int64_t unheard = unheard_since(word, at);
    return unheard > last->first_mono_ns ? unheard : last->first_mono_ns;
}

/* `last`: what this server claimed before, NULL nothing. */
static struct claim make_claim(const struct word *word, const struct claim *last, const struct stamp *at) {
    struct claim claim = {.server = word->server->object.id,
                          .poll = server_of(word->server)->polls[SHAPE_JSZ],
                          .since = word->since,
                          .asked_mono_ns = at->asked_mono_ns,
                          .mono_ns = at->mono_ns,
                          .seq = word->seq};
    claim.again = last && says_again(&claim, last);
    claim.first_mono_ns = leads_since(&claim, last, word, at);
    see_quorum(&claim, last, word->group);
    return claim;
}

/* ---- what becomes of it ---- */

/* since: when the leader says that it became one, TIME_UNSET not told (before 2.11.9, and by followers). */
static void set_leader(struct model *model, struct entry *entry, const struct text *leader, int64_t since,
                       const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    if (!leader || text_same(asset->leader, leader))
        return;
    const struct text *old = asset->leader;
    asset->leader = model_text(model, leader);
    if (!old)
        return;
    asset->moved_mono_ns = model->asset_moved_mono_ns = at->mono_ns;
    asset_tell(model, entry, "leader", since != TIME_UNSET && since <= at->utc_ns ? since : at->utc_ns,
               "leader of %s moved from %s to %s", object_kind_name(entry->object.kind), old->bytes,
               leader->bytes);
}

/* ---- of two claims ---- */

/* There was an instant at which both led: each has from then on until it was asked last. */
static bool lead_both(const struct claim *a, const struct claim *b) {
    return a->first_mono_ns <= b->asked_mono_ns && b->first_mono_ns <= a->asked_mono_ns;
}

/* 1: a is the later leader by what both say, -1: b is, 0: not told. */
static int compare_since(const struct claim *a, const struct claim *b) {
    if (a->since == TIME_UNSET || b->since == TIME_UNSET)
        return 0;
    return (a->since > b->since) - (a->since < b->since);
}

/* 1: a got further, -1: b did, 0: not told. */
static int compare_seq(const struct claim *a, const struct claim *b) {
    if (a->seq == UINT64_MAX || b->seq == UINT64_MAX)
        return 0;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

/* The word of one who is silent, or was asked long ago, holds against nobody. */
static bool is_old(const struct model *model, const struct claim *claim, int64_t mono_ns) {
    const struct entry *server = claim_server(model, claim);
    return !server || !server_is_up(server_of(server)) || mono_ns - claim->mono_ns > LOST_AFTER;
}

/* Does it take the place of the standing one? As long as that has not said so again it may have yielded:
 * most times the leader has just moved. */
static bool prevails(const struct model *model, const struct claim *claim, const struct claim *standing,
                     bool contested, int age) {
    if (claim->quorum != standing->quorum)
        return claim->quorum;
    if (age)
        return age > 0;
    int seq = compare_seq(claim, standing), since = compare_since(claim, standing);
    if (contested)
        return seq ? seq > 0 : since > 0;
    if (is_old(model, standing, claim->mono_ns))
        return true;
    return since ? since > 0 : seq >= 0;
}

static void note_contest(struct model *model, struct entry *entry, const struct stamp *at, bool contested) {
    struct asset *asset = asset_of(&entry->object);
    bool new_one = contested && !asset->contested;
    asset->contested = contested;
    if (!new_one)
        return;
    asset_tell(model, entry, "contested", at->utc_ns, "%s is led by %s and by %s at once, by their own word",
               object_kind_name(entry->object.kind),
               server_label(server_of(claim_server(model, &asset->claim))),
               server_label(server_of(claim_server(model, &asset->rival))));
}

static void take_over(struct model *model, struct entry *entry, const struct word *word,
                      const struct claim *claim, const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    set_leader(model, entry, word->leader, word->since, at);
    if (asset->claim.server != claim->server)
        asset->rival = asset->claim;
    asset->claim = *claim;
    asset->leaderless_since_mono_ns = 0;
}

/* Another one counts from now on; its row comes with its next answer. */
static void hand_over(struct model *model, struct entry *entry, const struct claim *claim,
                      const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    asset->claim = asset->rival;
    asset->rival = *claim;
    set_leader(model, entry, server_of(claim_server(model, &asset->claim))->name, asset->claim.since, at);
}

/* The word of one beside whom another claim stands. false: the other one prevails. */
static bool contest(struct model *model, struct entry *entry, const struct word *word,
                    const struct claim *claim, const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    bool holds = asset->claim.server == claim->server;
    const struct claim *other = holds ? &asset->rival : &asset->claim;
    bool both = lead_both(claim, other) || (asset->contested && claim->again);
    bool wins = holds ? !both || !prevails(model, other, claim, true, -word->age)
                      : prevails(model, claim, other, both, word->age);
    if (wins)
        take_over(model, entry, word, claim, at);
    else if (holds)
        hand_over(model, entry, claim, at);
    else
        asset->rival = *claim;
    note_contest(model, entry, at, both);
    return wins;
}

bool asset_claim(struct model *model, struct entry *entry, const struct word *word, const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    uint64_t id = word->server->object.id;
    struct claim before = asset->claim.server == id ? asset->claim : asset->rival;
    const struct claim *last = before.server == id ? &before : NULL;
    struct claim claim = make_claim(word, last, at);
    const struct claim *other = asset->claim.server == id ? &asset->rival : &asset->claim;
    const struct entry *teller = claim_server(model, other);
    bool api = teller && teller->object.kind == OBJECT_API; /* it yields to the leader's own word */
    if (other->server != id && !api && claim_stands(model, other)) {
        if (asset->claim.server != id && only_remembers(word, &claim))
            return false;
        return contest(model, entry, word, &claim, at);
    }
    asset->contested = false;
    take_over(model, entry, word, &claim, at);
    return true;
}

void claim_retract(struct asset *asset, uint64_t server) {
    if (asset->claim.server == server)
        asset->claim.poll = 0;
    if (asset->rival.server == server)
        asset->rival.poll = 0;
}

void asset_named(struct model *model, struct entry *entry, const struct text *leader,
                 const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    asset->named.leader = model_text(model, leader);
    asset->named.asked_mono_ns = at->asked_mono_ns;
    if (!leader) {
        asset->leaderless_mono_ns = at->mono_ns;
        if (!asset->leaderless_since_mono_ns)
            asset->leaderless_since_mono_ns = at->mono_ns;
        return;
    }
    asset->named_mono_ns = at->mono_ns;
    if (claim_stands(model, &asset->claim))
        return;
    const struct entry *named = server_by_name(model, entry->object.parent, leader->bytes);
    bool stale_word = asset->leader && named && server_const(&named->object)->state == SERVER_DOWN;
    if (!stale_word)
        set_leader(model, entry, leader, TIME_UNSET, at);
}
