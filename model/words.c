/* Quantities that are always one of a few words, and which these are. */
#include "model/calc.h"
#include "model/loss.h"
#include "model/source.h"
#include "model/stream.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const char *consumer_state(int n) {
    static const char *const names[] = {
#define STATE(NAME, ...) #NAME,
#include "model/consumer_states.def"
#undef STATE
        "deleted"};
    return n < COUNT(names) ? names[n] : NULL;
}

static const char *stream_state(int n) {
    static const char *const names[] = {
#define STATE(NAME, ...) #NAME,
#include "model/stream_states.def"
#undef STATE
        "deleted"};
    return n < COUNT(names) ? names[n] : NULL;
}

/* The first of these enumerations has no name: nothing is known. */
static const char *leadership(int n) {
    return n + 1 < ASSET_STATE_COUNT ? asset_state_name((enum asset_state)(n + 1)) : NULL;
}

static const char *server_state(int n) {
    return n + 1 < SERVER_STATE_COUNT ? server_state_name((enum server_state)(n + 1)) : NULL;
}

static const char *loss(int n) {
    return n < LOSS_STATE_COUNT ? loss_name((enum loss_state)n) : NULL;
}

static const struct {
    enum quantity quantity;
    const char *(*word)(int n);
} sets[] = {
    {Q_SERVER_state, server_state},
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
};

const char *quantity_word(enum quantity q, int n) {
    for (int i = 0; i < COUNT(sets); i++)
        if (sets[i].quantity == q)
            return sets[i].word(n);
    return NULL;
}
