/* Quantities that are always one of a few words, and which these are. */
#include "model/alert_object.h"
#include "model/calc.h"
#include "model/client.h"
#include "model/connection.h"
#include "model/expecting.h"
#include "model/filling.h"
#include "model/loss.h"
#include "model/peer.h"
#include "model/reason.h"
#include "model/source.h"
#include "model/stream.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct state_rule consumer_rules[] = {
#define STATE(NAME, WHEN, STUCK, CONDITION, WHY) {#NAME, CONDITION, WHY},
#include "model/consumer_states.def"
#undef STATE
};
static const struct state_rule stream_rules[] = {
#define STATE(NAME, CONDITION, WHY) {#NAME, CONDITION, WHY},
#include "model/stream_states.def"
#undef STATE
};

static const struct {
    const struct state_rule *rules;
    int count;
} ruled[OBJECT_KIND_COUNT] = {
    [OBJECT_STREAM] = {stream_rules, COUNT(stream_rules)},
    [OBJECT_CONSUMER] = {consumer_rules, COUNT(consumer_rules)},
};

bool state_rule_at(enum object_kind kind, int n, struct state_rule *out) {
    if (n < 0 || n >= ruled[kind].count)
        return false;
    *out = ruled[kind].rules[n];
    return true;
}

static const char *state_word(enum object_kind kind, int n) {
    return n < ruled[kind].count ? ruled[kind].rules[n].name : n == ruled[kind].count ? "deleted" : NULL;
}

static const char *consumer_state(int n) {
    return state_word(OBJECT_CONSUMER, n);
}

static const char *stream_state(int n) {
    return state_word(OBJECT_STREAM, n);
}

/* The first of these enumerations has no name: nothing is known. */
static const char *leadership(int n) {
    return n + 1 < ASSET_STATE_COUNT ? asset_state_name((enum asset_state)(n + 1)) : NULL;
}

static const char *server_state(int n) {
    return n + 1 < SERVER_STATE_COUNT ? server_state_name((enum server_state)(n + 1)) : NULL;
}

static const char *reason_word(int n) {
    return n < REASON_GROUP_COUNT ? reason_group_name((enum reason_group)n) : NULL;
}

static const char *loss(int n) {
    return n < LOSS_STATE_COUNT ? loss_name((enum loss_state)n) : NULL;
}

static const char *peer_word(int n) {
    return n < PEER_OFFLINE ? peer_state_name((enum peer_state)(n + 1)) : NULL;
}

static const char *meta_role(int n) {
    static const char *const others[] = {"leader", "off"};
    return n < COUNT(others) ? others[n] : peer_word(n - COUNT(others));
}

static const char *kind_word(int n) {
    return n < OBJECT_KIND_COUNT ? object_kind_name((enum object_kind)n) : NULL;
}

static const char *expected_word(int n) {
    return (size_t)n < countable_count ? countables[n].word : NULL;
}

static const struct {
    enum quantity quantity;
    const char *(*word)(int n);
} sets[] = {
    {Q_SERVER_state, server_state},
    {Q_SERVER_meta_role, meta_role},
    {Q_CONNECTION_state, connection_state_word},
    {Q_CONNECTION_closed_by, reason_word},
    {Q_CLIENT_by, client_by_word},
    {Q_EXPECTATION_entity, expected_word},
    {Q_EXPECTATION_state, expectation_state_word},
    {Q_CONNECTION_likely, filling_likely_word},
    {Q_STREAM_kind, stream_kind_word},
    {Q_STREAM_leadership, leadership},
    {Q_STREAM_full_by, stream_limit_word},
    {Q_STREAM_loss, loss},
    {Q_STREAM_source_state, source_state_word},
    {Q_STREAM_state, stream_state},
    {Q_CONSUMER_leadership, leadership},
    {Q_CONSUMER_loss, loss},
    {Q_CONSUMER_state, consumer_state},
    {Q_CONSUMER_kind, consumer_kind_word},
    {Q_REPLICA_state, peer_word},
    {Q_REPLICA_trouble, peer_word},
    {Q_SOURCE_state, source_state_word},
    {Q_META_PEER_state, peer_word},
    {Q_META_PEER_trouble, peer_word},
    {Q_ALERT_state, alert_state_at},
    {Q_ALERT_severity, alert_severity_at},
    {Q_ALERT_entity, kind_word},
    {Q_CONSUMER_pin, consumer_pin_word},
};

/* As servers say them, and what is said in two words here. */
enum { WORDS_MAX = 8 };
static const struct {
    enum quantity quantity;
    const char *words[WORDS_MAX];
} lists[] = {
    {Q_CLUSTER_meta_quorum, {"yes", "no", "leaderless"}},
    {Q_SERVER_health, {"ok", "unavailable", "error"}},
    {Q_CONNECTION_kind, {"nats", "websocket", "mqtt", "leaf"}},
    {Q_VISITOR_by, {"name", "address"}},
    {Q_STREAM_retention, {"limits", "interest", "workqueue"}},
    {Q_STREAM_discard, {"old", "new"}},
    {Q_STREAM_storage, {"file", "memory"}},
    {Q_CONSUMER_deliver_policy,
     {"all", "last", "new", "by_start_sequence", "by_start_time", "last_per_subject"}},
    {Q_CONSUMER_ack_policy, {"explicit", "all", "none", "flow_control"}},
    {Q_CONSUMER_priority, {"pinned_client", "overflow", "prioritized"}},
    {Q_SOURCE_kind, {"mirror", "source"}},
    {Q_GATEWAY_direction, {"outbound", "inbound"}},
    {Q_SAMPLING_state, {"on", "off", "over", "refused", "not connected"}},
    {Q_AUDIENCE_state, {"here", "leaving", "nobody", "unknown"}},
};

/* Calculated, and yes or no. */
static const enum quantity truths[] = {
    Q_CLUSTER_drifted,        Q_CLUSTER_js_alone,       Q_SERVER_stalled_much,   Q_SERVER_js_enabled,
    Q_SERVER_js_switched_off, Q_SERVER_lame_duck,       Q_CONNECTION_threatened, Q_CONNECTION_filling,
    Q_STREAM_internal,        Q_STREAM_vanished,        Q_STREAM_told_enabled,   Q_STREAM_told_subjects_most,
    Q_CONSUMER_internal,      Q_CONSUMER_in_sight,      Q_CONSUMER_pausing,      Q_CONSUMER_in_rhythm,
    Q_CONSUMER_draining,      Q_CONSUMER_bound,         Q_CONSUMER_paused,       Q_CONSUMER_ephemeral,
    Q_CONSUMER_configured,    Q_CONSUMER_evicted_ahead, Q_CONSUMER_evicting,     Q_CONSUMER_held,
    Q_CONSUMER_told_enabled,  Q_CONSUMER_told_pinned,   Q_REPLICA_told,
};

bool quantity_is_truth(enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    if (info->how == HOW_FIELD)
        return fields[info->field].type == TYPE_BOOL;
    for (int i = 0; i < COUNT(truths); i++)
        if (truths[i] == q)
            return true;
    return false;
}

bool quantity_says_more(enum quantity q) {
    return q == Q_SERVER_health;
}

const char *quantity_word(enum quantity q, int n) {
    static const char *const yes_no[] = {"yes", "no"};
    for (int i = 0; i < COUNT(sets); i++)
        if (sets[i].quantity == q)
            return sets[i].word(n);
    for (int i = 0; i < COUNT(lists); i++)
        if (lists[i].quantity == q)
            return n < WORDS_MAX ? lists[i].words[n] : NULL;
    return quantity_is_truth(q) && n < COUNT(yes_no) ? yes_no[n] : NULL;
}
