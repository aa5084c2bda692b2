/* Quantities that are always one of a few words, and which these are. */
#include "model/alert_object.h"
#include "model/calc.h"
#include "model/client.h"
#include "model/connection.h"
#include "model/filling.h"
#include "model/loss.h"
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

static const struct {
    enum quantity quantity;
    const char *(*word)(int n);
} sets[] = {
    {Q_SERVER_state, server_state},
    {Q_CONNECTION_state, connection_state_word},
    {Q_CONNECTION_closed_by, reason_word},
    {Q_CLIENT_by, client_by_word},
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
    {Q_ALERT_state, alert_state_at},
    {Q_ALERT_severity, alert_severity_at},
    {Q_CONSUMER_pin, consumer_pin_word},
};

const char *quantity_word(enum quantity q, int n) {
    for (int i = 0; i < COUNT(sets); i++)
        if (sets[i].quantity == q)
            return sets[i].word(n);
    return NULL;
}
