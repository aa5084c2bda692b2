#include "model/alert_watch.h"

#include <stdio.h>
#include <string.h>

#include "model/api.h"
#include "model/asset.h"
#include "model/expecting.h"
#include "model/rule_cover.h"
#include "model/rule_open.h"
#include "model/ruleset.h"
#include "model/server.h"

#define ENOUGH  2                 /* answers of a server after our start */
#define WAITS   (120 * NS_PER_S)  /* some rules need two minutes of figures */
#define WATCHES (3720 * NS_PER_S) /* some count what happened within the last hour */
#define DENIED  (10 * NS_PER_S)   /* as what ends otherwise */
#define CHOOSES (15 * NS_PER_S)   /* what is left of a group: it takes 5 to 7 s */
#define ELECTS  (20 * NS_PER_S) /* for so long after a server is back: an election, and a look at /healthz */

/* A server that is silent is stale first, then down: one trouble. */
const char *model_alert_tag(const struct rule *rule) {
    bool stale = rule->kind == OBJECT_SERVER && strcmp(rule->tag, "STALE") == 0;
    return stale ? "DOWN" : rule->tag;
}

const char *watch_tag(const struct finding *finding) {
    return model_alert_tag(finding->rule);
}

void watch_cluster_name(const struct model *model, const struct object *object, char out[OBJECT_NAME_SIZE]) {
    while (object && object->kind != OBJECT_CLUSTER)
        object = object->parent;
    model_object_name(model, object, out, OBJECT_NAME_SIZE);
}

static bool is_asset(enum object_kind kind) {
    return kind == OBJECT_STREAM || kind == OBJECT_CONSUMER || kind == OBJECT_REPLICA ||
           kind == OBJECT_SOURCE;
}

static bool has_answered(const struct entry *server, enum shape shape) {
    return server && server_of(server)->polls[shape] >= ENOUGH;
}

/* Of a cluster; NULL: of any. */
static bool any_answered(const struct model *model, const struct object *cluster, enum shape shape) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *server = kind_at(model, OBJECT_SERVER, i);
        if (!server->dead && (!cluster || server->object.parent == cluster) && has_answered(server, shape))
            return true;
    }
    return shape == SHAPE_JSZ && api_answers(model, cluster);
}

/* Who leads it speaks for it. */
static bool asset_has_answered(const struct model *model, const struct object *object) {
    if (object->kind == OBJECT_REPLICA || object->kind == OBJECT_SOURCE)
        object = object->parent;
    uint64_t server = asset_of(object)->claim.server;
    return !server || has_answered(entry_by_id(model, server), SHAPE_JSZ);
}

bool watch_is_heard(const struct model *model, const struct object *object) {
    if (is_asset(object->kind))
        return asset_has_answered(model, object);
    while (object->parent && object->kind != OBJECT_SERVER)
        object = object->parent;
    if (object->kind == OBJECT_SERVER)
        return has_answered(entry_of(object), SHAPE_VARZ);
    return any_answered(model, object->kind == OBJECT_CLUSTER ? object : NULL, SHAPE_VARZ);
}

bool watch_is_early(const struct model *model, const struct finding *finding) {
    const struct object *object = model_object(model, finding->object);
    return object && !finding->rule->about_state && !watch_is_heard(model, object);
}

/* It holds of this one, and speaks once that has lasted. */
static bool forms(const struct entry *entry, const char *rule) {
    for (size_t i = 0; i < entry->truth_count; i++)
        if (strcmp(entry->truths[i].rule->name, rule) == 0)
            return true;
    return false;
}

/* It fell silent a moment ago, or what has routes to it said so: a new leader is chosen within that time. */
static bool fell_silent(const struct model *model, const struct entry *server) {
    return !server->dead && !server_is_up(server_const(&server->object)) &&
           speaks_for_itself(server, SEVERITY_WARN) &&
           model->utc_ns - server_const(&server->object)->state_since_utc_ns < CHOOSES;
}

/* Who led it does not answer; where those that have it say that nobody leads it, too few of them are left.
 * While there are enough of them that is another trouble. */
static bool is_led_by_silent(const struct model *model, const struct object *object, enum severity level) {
    enum asset_state state = asset_state(model, object);
    const struct entry *last = entry_by_id(model, asset_of(object)->claim.server);
    if (state == ASSET_LEADERLESS && level == SEVERITY_WARN && last && fell_silent(model, last))
        return true;
    if (state == ASSET_LEADERLESS || state == ASSET_NO_QUORUM)
        return members_explain(model, object, level);
    const struct entry *leader = state == ASSET_LEADER_GONE ? asset_leader(model, object) : NULL;
    return leader && (speaks_for_itself(leader, level) || forms(leader, "js_off"));
}

static const struct entry *server_of_peer(const struct model *model, const struct object *peer) {
    enum field name = peer->kind == OBJECT_REPLICA ? F_REPLICA_name : F_META_PEER_name;
    const struct object *cluster = peer;
    while (cluster && cluster->kind != OBJECT_CLUSTER)
        cluster = cluster->parent;
    return silent_server(model, cluster, row_text(peer->now, name));
}

/* Rules about what a server counts: one that waits in vain for a silent one counts that. */
static bool is_count_of_silence(const struct link_watch *watch, const struct finding *finding) {
    const struct {
        const char *rule;
        bool silence;
    } counts[] = {
        {"routes_slow", watch->of[LINK_ROUTES].silence},
        {"gateways_slow", watch->of[LINK_GATEWAYS].silence},
        {"slow_untold", watch->silence},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].silence && strcmp(finding_rule(finding), counts[i].rule) == 0)
            return true;
    return false;
}

/* Or was a moment ago. */
static bool is_silent(const struct model *model, const struct entry *server) {
    int64_t until_ns = server_of(server)->silent_mono_ns;
    return server_is_up(server_of(server)) ? until_ns && model->mono_ns - until_ns < ELECTS
                                           : speaks_for_itself(server, SEVERITY_WARN);
}

/* What is left of its cluster elects leaders and catches up, and /healthz of JetStream is not ok meanwhile.
 * For as long as it takes to be critical that is another's silence; then it is a trouble of its own. */
static bool is_health_of_silence(const struct model *model, const struct object *object,
                                 const struct finding *finding) {
    static const char jetstream[] = "JetStream ";
    if (finding->level != SEVERITY_WARN || strcmp(finding_rule(finding), "health") != 0)
        return false;
    struct value health = quantity_get(model, object, Q_SERVER_health);
    if (health.type != VALUE_TEXT || strncmp(health.text, jetstream, sizeof jetstream - 1) != 0)
        return false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && &entry->object != object && entry->object.parent == object->parent &&
            is_silent(model, entry))
            return true;
    }
    return false;
}

/* Whoever led the meta group may be who fell silent. Where nobody is chosen within the time that makes it
 * critical, that is a trouble of its own. */
static bool is_election_of_silence(const struct model *model, const struct object *cluster,
                                   const struct finding *finding) {
    if (finding->level != SEVERITY_WARN || strcmp(finding_rule(finding), "meta_leaderless") != 0)
        return false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry->object.parent == cluster && fell_silent(model, entry))
            return true;
    }
    return false;
}

/* What their leader says of streams and consumers: of these there may be thousands. */
static bool is_word_of_leader(const struct finding *finding) {
    int kind = kind_of_id(finding->object);
    return (kind == OBJECT_STREAM || kind == OBJECT_CONSUMER) && !finding->rule->about_state;
}

bool watch_is_echo(const struct model *model, const struct finding *finding) {
    if (finding->echo || is_word_of_leader(finding))
        return finding->echo == ECHO_IS;
    const struct object *object = model_object(model, finding->object);
    const struct entry *server = NULL;
    if (object && object->kind == OBJECT_SERVER)
        return is_count_of_silence(&server_const(object)->link_watch, finding) ||
               is_health_of_silence(model, object, finding);
    if (object && object->kind == OBJECT_CLUSTER)
        return is_election_of_silence(model, object, finding);
    if (object && (object->kind == OBJECT_ROUTE || object->kind == OBJECT_GATEWAY))
        return link_watch_ends_silent(model, object);
    if (object && object->kind == OBJECT_EXPECTATION)
        return finding->rule->value_quantity == Q_EXPECTATION_missing &&
               expectation_is_of_silent(model, object, finding->level);
    if (object && (object->kind == OBJECT_REPLICA || object->kind == OBJECT_META_PEER))
        server = server_of_peer(model, object);
    else if (object && (object->kind == OBJECT_STREAM || object->kind == OBJECT_CONSUMER))
        return is_led_by_silent(model, object, finding->level);
    return server && speaks_for_itself(server, finding->level);
}

/* What is expected is counted over all servers, and one that is silent may have it: of other kinds what is
 * not known any more is over. */
static bool is_expected_of_silent(const struct model *model, const struct slot *slot) {
    uint64_t id = slot->said.object ? slot->said.object : slot->candidate;
    const struct object *object = kind_of_id(id) == OBJECT_EXPECTATION ? model_object(model, id) : NULL;
    const struct rule *rule = object ? ruleset_find(model->rules, slot->said.rule) : NULL;
    return rule && rule->enabled && rule_is_unjudged(model, rule, object);
}

bool watch_may_go_on(const struct object *object) {
    bool silent = object->kind == OBJECT_CLUSTER && object->freshness == FRESH_GONE;
    return silent || object->freshness == FRESH_STALE;
}

bool watch_is_told(const struct model *model, const struct object *object, const struct truth *truth) {
    const struct slot *slot = alert_book_find(model->alerts, object->id, model_alert_tag(truth->rule), false);
    return slot && slot->said.state == ALERT_OPEN && truth->level <= slot->said.severity;
}

/* The next truth of its trouble, from that one on; NULL: there is none. */
static const struct truth *truth_from(const struct entry *entry, const struct slot *slot, size_t *from) {
    while (entry && *from < entry->truth_count) {
        const struct truth *truth = &entry->truths[(*from)++];
        if (strcmp(model_alert_tag(truth->rule), slot->said.tag) == 0)
            return truth;
    }
    return NULL;
}

bool watch_is_as_bad(const struct model *model, const struct slot *slot) {
    const struct entry *entry = entry_by_id(model, slot->said.object);
    size_t from = 0;
    for (const struct truth *truth; (truth = truth_from(entry, slot, &from));)
        if (truth->level >= slot->said.severity)
            return true;
    return false;
}

bool watch_is_open(const struct model *model, const struct slot *slot) {
    const struct rule *rule = ruleset_find(model->rules, slot->said.rule);
    const struct object *object =
        model_object(model, slot->said.object ? slot->said.object : slot->candidate);
    struct asking asking = {.model = model, .object = object, .now = true};
    return rule && object && rule->kind == object->kind &&
           rule_is_open(&asking, rule, slot->said.severity, true);
}

bool watch_is_asleep(const struct model *model, const struct slot *slot) {
    if (is_expected_of_silent(model, slot))
        return true;
    const struct entry *entry = entry_by_id(model, slot->said.object);
    if (!entry || (entry->object.freshness == FRESH_GONE && !watch_may_go_on(&entry->object)))
        return false;
    size_t from = 0;
    for (const struct truth *truth; (truth = truth_from(entry, slot, &from));)
        if (truth->slept_mono_ns)
            return true;
    return false;
}

static bool is_called(const struct model *model, const struct object *cluster, const char *name) {
    char own[OBJECT_NAME_SIZE];
    watch_cluster_name(model, cluster, own);
    return !*name || strcmp(own, name) == 0;
}

static bool is_of_asset(const char *entity) {
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (strcmp(object_kind_name((enum object_kind)kind), entity) == 0)
            return is_asset((enum object_kind)kind);
    return false;
}

static bool answers(const struct model *model, const char *cluster, bool asset) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_CLUSTER, i);
        if (!entry->dead && is_called(model, &entry->object, cluster) &&
            any_answered(model, &entry->object, asset ? SHAPE_JSZ : SHAPE_VARZ))
            return true;
    }
    return false;
}

/* Where it could be found: its cluster answers, and of an asset JetStream does. Asked for thousands of one
 * cluster in a row. */
static bool is_cluster_heard(const struct model *model, const struct alert *alert) {
    struct alert_heard *heard = &model->alerts->heard;
    bool asset = is_of_asset(alert->entity);
    if (heard->tick != model->alerts->tick || heard->asset != asset ||
        strcmp(heard->cluster, alert->cluster) != 0) {
        heard->tick = model->alerts->tick;
        heard->asset = asset;
        heard->answers = answers(model, alert->cluster, asset);
        snprintf(heard->cluster, sizeof heard->cluster, "%s", alert->cluster);
    }
    return heard->answers;
}

/* The longest span that a quantity of these is counted in. */
static int64_t longest_span(enum object_kind kind) {
    int64_t longest = 0;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind && quantities[q].within_ns > longest)
            longest = quantities[q].within_ns;
    return longest;
}

/* Over so long its rule counts; of a sum that may be any. Of objects that are there only since something
 * happened to them: of what happened before we came there is none. */
static int64_t counts_over(const struct model *model, const struct slot *slot) {
    const struct rule *rule = ruleset_find(model->rules, slot->said.rule);
    if (!rule || !rule->enabled || (rule->kind != OBJECT_CLIENT && rule->kind != OBJECT_VISITOR))
        return 0;
    int64_t own = rule->value_quantity >= 0 ? quantities[rule->value_quantity].within_ns : 0;
    return own ? own : longest_span(rule->kind);
}

static int64_t waits_for(const struct model *model, const struct slot *slot) {
    if (slot->unwatched)
        return WATCHES;
    return WAITS + (slot->candidate ? 0 : counts_over(model, slot));
}

bool watch_waited(const struct model *model, struct slot *slot, int64_t passed_ns) {
    if (is_cluster_heard(model, &slot->said) && !slot->open)
        slot->waited_ns += passed_ns;
    slot->denied_ns = slot->denied ? slot->denied_ns + passed_ns : 0;
    return slot->denied_ns >= DENIED ||
           (slot->waited_ns >= WAITS && slot->waited_ns >= waits_for(model, slot));
}
