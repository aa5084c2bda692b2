#include "model/first_word.h"

#include "model/asset.h"

#define LEADS_AFTER  NS_PER_S
#define SAYS_AGAIN   (NS_PER_S / 2)
#define CHOSEN_IN    (10 * NS_PER_S)
#define PATIENCE     (5 * NS_PER_S)
#define UNLIKELY_FOR (30 * NS_PER_S)
#define STOOD_STILL  (2 * NS_PER_S)

/* Servers date their leaderships when they take over, from 2.11.9 on. */
static bool dates_its_leads(const struct answer *answer, int64_t since) {
    struct server *server = server_of(answer->server);
    if (since != TIME_UNSET)
        server->dated_by = server->server_id;
    return server->dated_by && text_same(server->dated_by, answer->at.server_id);
}

/* Nothing is counted yet, by its word, and something may well be. */
static bool counts_nothing(const struct asset_kind *kind, const struct object *held, const struct row *row,
                           const struct stamp *at) {
    if (kind->counted < 0 || row_u64(row, (enum field)kind->counted, 1) != 0)
        return false;
    int64_t created = row_i64(row, kind->created, TIME_UNSET);
    bool young = created != TIME_UNSET && created <= at->now_ns && at->now_ns - created < LEADS_AFTER;
    return held->seen_utc_ns || young;
}

static bool told_in(const struct row *a, const struct row *b, enum field f) {
    return row_has(a, f) || row_has(b, f);
}

/* It takes all messages, and its stream has later ones than it delivered: then something is pending. Where
 * nothing was delivered yet it may begin with what comes. */
static bool has_more_to_come(const struct answer *answer, const struct object *held, const struct row *row) {
    const struct consumer *consumer = held->extra;
    const struct entry *of = consumer->stream ? entry_by_id(answer->model, consumer->stream) : NULL;
    uint64_t delivered = row_u64(row, F_CONSUMER_delivered_stream_seq, 0);
    bool filtered = told_in(held->now, row, F_CONSUMER_filter_subject) ||
                    told_in(held->now, row, F_CONSUMER_filter_subjects);
    return of && !filtered && delivered && row_u64(of->object.now, F_STREAM_last_seq, 0) > delivered;
}

/* For how long it is to be said that nothing is pending, ns. */
static int64_t nothing_is_said_for(const struct answer *answer, const struct object *held,
                                   const struct row *row) {
    if (has_more_to_come(answer, held, row))
        return UNLIKELY_FOR;
    return server_has_just_started(answer->server) ? PATIENCE : SAYS_AGAIN;
}

static bool is_before(const struct row *row, enum field floor, enum field delivered) {
    return row_u64(row, floor, UINT64_MAX) < row_u64(row, delivered, 0);
}

/* What was delivered and not acknowledged waits, unless it was delivered too often. */
static bool waits_for_nothing(const struct row *row) {
    return row_u64(row, F_CONSUMER_ack_pending, 1) == 0 &&
           is_before(row, F_CONSUMER_ack_floor_consumer_seq, F_CONSUMER_delivered_consumer_seq) &&
           is_before(row, F_CONSUMER_ack_floor_stream_seq, F_CONSUMER_delivered_stream_seq);
}

/* A server that yields forgets what waits, and reads it back when it takes over again. */
static bool forgot_what_waits(const struct asset_kind *kind, const struct object *held,
                              const struct row *row) {
    bool dated = row_has(row, kind->leader_since), alone = !row_u64(row, kind->clustered, 0);
    return kind->counted >= 0 && !dated && !alone && held->seen_utc_ns && waits_for_nothing(row) &&
           !waits_for_nothing(held->now);
}

bool knows_no_group(const struct answer *answer, const struct entry *entry, const struct row *row) {
    return asset_of(&entry->object)->replicas > 1 && !groups_find(answer->groups, row);
}

/* For how long a word like this one is to be said until it counts, ns; INT64_MAX: never. */
static int64_t to_be_said_for(const struct answer *answer, const struct asset_kind *kind,
                              const struct entry *entry, const struct row *row, const struct stamp *at) {
    int64_t since = row_i64(row, kind->leader_since, TIME_UNSET);
    bool dates = dates_its_leads(answer, since), dated = since != TIME_UNSET;
    int64_t led = dated ? at->now_ns - since : 0;
    const struct group *group = groups_find(answer->groups, row);
    if (!dated && dates && group)
        return INT64_MAX;
    if (knows_no_group(answer, entry, row))
        return PATIENCE;
    /* A server puts its figures together before it looks who leads, so that it may lead since later. A clock
     * that was put back never gets there. */
    if (kind->counted >= 0 && dated && led < LEADS_AFTER)
        return PATIENCE;
    if ((!dated || led < CHOSEN_IN) && counts_nothing(kind, &entry->object, row, at))
        return nothing_is_said_for(answer, &entry->object, row);
    if (forgot_what_waits(kind, &entry->object, row))
        return SAYS_AGAIN;
    return 0;
}

/* The word of one who has been believed. */
static bool goes_on(const struct answer *answer, const struct entry *entry, int64_t since) {
    const struct claim *claim = &asset_of(&entry->object)->claim;
    return claim->server == answer->server->object.id && claim->since == since && entry->object.seen_utc_ns &&
           text_same(entry->object.now_at.server_id, answer->at.server_id);
}

bool first_word_counts(const struct answer *answer, const struct asset_kind *kind, struct entry *entry,
                       const struct row *led, const struct stamp *at) {
    struct doubt *doubt = &asset_of(&entry->object)->doubt;
    uint64_t id = answer->server->object.id;
    int64_t since = led ? row_i64(led, kind->leader_since, TIME_UNSET) : TIME_UNSET;
    bool doubted = doubt->server == id && doubt->since == since;
    bool forgot = led && forgot_what_waits(kind, &entry->object, led);
    if (!led || (goes_on(answer, entry, since) && !forgot)) {
        doubt->server = doubt->server == id ? 0 : doubt->server;
        return led;
    }
    int64_t wait = to_be_said_for(answer, kind, entry, led, at);
    if (!wait || (doubted && at->mono_ns - doubt->mono_ns >= wait)) {
        doubt->server = 0;
        return true;
    }
    if (!doubted)
        *doubt = (struct doubt){id, since, at->mono_ns};
    return false;
}

bool last_word_was_said(const struct answer *answer, const struct asset_kind *kind, const struct entry *entry,
                        const struct row *led, const struct stamp *at) {
    const struct asset *asset = asset_of(&entry->object);
    const struct doubt *other = &asset->doubt;
    int64_t since = row_i64(led, kind->leader_since, TIME_UNSET);
    if (other->server && other->server != answer->server->object.id && since != TIME_UNSET &&
        other->since > since)
        return true;
    bool stood_still = at->mono_ns - at->asked_mono_ns > STOOD_STILL;
    return stood_still && asset->named.leader &&
           asset->named.asked_mono_ns > at->asked_mono_ns + STOOD_STILL / 2 &&
           !text_same(asset->named.leader, server_of(answer->server)->name);
}
