#include "model/first_word.h"
#include "model/returned.h"
#include "model/stream.h"

#include <stdio.h>

#include "base/memory.h"

static bool has_leader_fields(const struct row *row) {
    const struct entity_info *entity = &entities[row->entity];
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (fields[f].flags & FIELD_LEADER && row_has(row, f))
            return true;
    }
    return false;
}

/* Outside of clusters a consumer has no group, and its server has the word. Within one the group is left out
 * while a server that has just started does not know it yet: pending is 0 then. */
static bool leads(const struct answer *answer, const struct asset_kind *kind, const struct row *row) {
    const struct server *server = server_of(answer->server);
    if (!has_leader_fields(row))
        return false;
    if (answer->api)
        return row_has(row, kind->leader) || !row_u64(row, kind->clustered, 0);
    if (!row_has(row, kind->leader))
        return !row_u64(row, kind->clustered, 0) && !(server->cluster && server->cluster->len);
    return text_same(row_cell(row, kind->leader)->s, server->name);
}

/* ---- what only consumers or only streams have ---- */

static struct entry *stream_of(const struct answer *answer, const struct text *account,
                               const struct text *name) {
    struct row_any key;
    row_init(&key.row, ENTITY_STREAM);
    if (account)
        row_put(&key.row, F_STREAM_account)->s = account;
    if (name)
        row_put(&key.row, F_STREAM_name)->s = name;
    return entry_find(answer->model, OBJECT_STREAM, answer->server->object.parent, answer->domain, &key.row);
}

static const struct text *text_in(const struct row *row, enum field f) {
    return row_has(row, f) ? row_cell(row, f)->s : NULL;
}

/* Its stream may be known later than itself, and be another object once it was buried. */
static struct entry *stream_of_consumer(const struct answer *answer, struct consumer *consumer,
                                        const struct row *row) {
    struct entry *stream = consumer->stream ? entry_by_id(answer->model, consumer->stream) : NULL;
    if (stream)
        return stream;
    stream = stream_of(answer, text_in(row, F_CONSUMER_account), text_in(row, F_CONSUMER_stream));
    consumer->stream = stream ? stream->object.id : 0;
    if (stream)
        ((struct stream *)stream->object.extra)->consumers++;
    return stream;
}

static void consumer_created(const struct answer *answer, struct entry *entry, const struct row *row) {
    struct consumer *consumer = entry->object.extra;
    char path[2 * TEXT_MAX_BYTES + 8];
    snprintf(path, sizeof path, "%s / %s", row_text(row, F_CONSUMER_stream), row_text(row, F_CONSUMER_name));
    consumer->path = model_text_of(answer->model, path);
    stream_of_consumer(answer, consumer, row);
}

static int cadence_s(const struct answer *answer) {
    int64_t gap = server_gap_ns(server_of(answer->server), SHAPE_JSZ);
    return (int)(gap / NS_PER_S) + 2;
}

static void consumer_told(const struct answer *answer, struct entry *entry, bool same_leader, bool again) {
    struct consumer *consumer = entry->object.extra;
    const struct entry *of = stream_of_consumer(answer, consumer, entry->object.now);
    consumer->was_away = false;
    consumer->before_seq = consumer->first_seq;
    consumer->first_seq = of && of->object.now ? row_u64(of->object.now, F_STREAM_first_seq, 0) : 0;
    if (again || !consumer->progress.begun) {
        int64_t anew = of ? ((struct stream *)of->object.extra)->anew_ns : 0;
        consumer->begun_ns = entry->object.now_at.now_ns > anew ? entry->object.now_at.now_ns : anew;
    }
    consumer_stands(answer->model, answer->server, entry, same_leader, again);
    history_consumer(answer->model, entry, answer->at.utc_ns, cadence_s(answer));
}

/* ---- the same thing as before? ---- */

#define OLDER_BY NS_PER_S

static bool created_counts(const struct answer *answer, const struct asset_kind *kind) {
    return kind->created_everywhere || answer->one_instant;
}

/* A server that has just started does not know yet when what it stored was created, and says what it finds:
 * now, or when it started the time before. */
static int64_t created_in(const struct answer *answer, const struct asset_kind *kind, const struct row *row) {
    return server_has_just_started(answer->server) ? TIME_UNSET : row_i64(row, kind->created, TIME_UNSET);
}

/* 1: a thing made later than the one whose row we hold, under the same name; -1: made earlier; 0: the same,
 * or not told. */
static int compare_age(const struct answer *answer, const struct asset_kind *kind, const struct object *held,
                       const struct row *row) {
    int64_t then = row_i64(held->now, kind->created, TIME_UNSET), now = created_in(answer, kind, row);
    if (!held->seen_utc_ns || then == TIME_UNSET || now == TIME_UNSET)
        return 0;
    bool same_run = !answer->api && text_same(held->now_at.server_id, answer->at.server_id);
    if (!same_run && !(asset_of(held)->created_counts && created_counts(answer, kind)))
        return 0;
    return (now > then + OLDER_BY) - (now < then - OLDER_BY);
}

/* Where `created` is each server's own it is as late as that one's last start. But it ran already when we got
 * the row that we hold: so it was made since. */
static bool made_since(const struct answer *answer, const struct asset_kind *kind, const struct object *held,
                       const struct row *row) {
    int64_t here = server_of(answer->server)->here_mono_ns, now = row_i64(row, kind->created, TIME_UNSET);
    return here && here < held->now_at.mono_ns && now != TIME_UNSET && now > held->now_at.now_ns + OLDER_BY;
}

/* It had nothing to forget, so that nothing fell; but it was away. */
static bool came_back_anew(const struct answer *answer, const struct asset_kind *kind,
                           const struct object *held, const struct row *row) {
    return kind->kind == OBJECT_CONSUMER && ((const struct consumer *)held->extra)->was_away &&
           row_u64(row, kind->counter, UINT64_MAX) <= row_u64(held->now, kind->counter, 0) &&
           made_since(answer, kind, held, row);
}

/* Where that proves nothing, either: what a new leader has not heard of yet is never that much. */
static bool begins_anew(const struct answer *answer, const struct asset_kind *kind, const struct object *held,
                        const struct row *row) {
    int64_t then = row_i64(held->now, kind->created, TIME_UNSET),
            now = row_i64(row, kind->created, TIME_UNSET);
    uint64_t old = row_u64(held->now, kind->counter, 0), new = row_u64(row, kind->counter, UINT64_MAX);
    bool older = kind->created_everywhere && now != TIME_UNSET && now < held->now_at.now_ns;
    bool later = now == TIME_UNSET || (then == TIME_UNSET ? !older : now > then + OLDER_BY);
    return held->seen_utc_ns && later && new < old && (new <= old / 2 || made_since(answer, kind, held, row));
}

/* Its first message has a place that was taken when we looked last, and came later than that. */
static bool first_is_younger(const struct object *held, const struct row *row) {
    int64_t last = row_i64(held->now, F_STREAM_last_ts, TIME_UNSET),
            first = row_i64(row, F_STREAM_first_ts, TIME_UNSET);
    uint64_t seq = row_u64(row, F_STREAM_first_seq, 0);
    return held->seen_utc_ns && seq && seq <= row_u64(held->now, F_STREAM_last_seq, 0) &&
           last != TIME_UNSET && first != TIME_UNSET && first > last + OLDER_BY;
}

/* It came back with less than it had: as a store in memory does, or one that was emptied. What a new leader
 * has not heard of yet is never that much. */
static bool has_fallen(const struct answer *answer, const struct asset_kind *kind, const struct entry *entry,
                       const struct row *row) {
    const struct asset *asset = asset_of(&entry->object);
    uint64_t then = row_u64(entry->object.now, kind->counter, 0),
             now = row_u64(row, kind->counter, UINT64_MAX);
    bool only_copy = asset->replicas == 1 && asset->claim.server == answer->server->object.id;
    return kind->kind == OBJECT_STREAM && entry->object.seen_utc_ns && now < then &&
           (only_copy || now <= then / 2);
}

static void note_fall(const struct answer *answer, struct entry *entry, const struct row *row,
                      const struct stamp *at) {
    ((struct stream *)entry->object.extra)->fell_mono_ns = at->mono_ns;
    asset_tell(answer->model, entry, "store", at->utc_ns,
               "last sequence fell from %llu to %llu: what it held is gone, and it was not made again",
               (unsigned long long)row_u64(entry->object.now, F_STREAM_last_seq, 0),
               (unsigned long long)row_u64(row, F_STREAM_last_seq, 0));
}

/* What it had not processed when its stream fell went with it, but for what is there still. */
static uint64_t fallen_with_stream(const struct answer *answer, const struct entry *entry,
                                   const struct row *row) {
    const struct consumer *consumer = entry->object.extra;
    const struct object *of = consumer->stream ? model_object(answer->model, consumer->stream) : NULL;
    const struct object as_told = {.now = (struct row *)row};
    double then, now;
    bool fell = of && entry->object.seen_utc_ns &&
                ((const struct stream *)of->extra)->fell_mono_ns > entry->object.now_at.mono_ns;
    return fell && lag_of(&entry->object, &then) && lag_of(&as_told, &now) && then > now
               ? (uint64_t)(then - now)
               : 0;
}

/* With a stream its consumers go. */
static bool of_another_stream(const struct answer *answer, const struct entry *entry, const struct row *row) {
    struct consumer *consumer = entry->object.extra;
    const struct entry *of = stream_of_consumer(answer, consumer, row);
    const struct stream *stream = of ? of->object.extra : NULL;
    return entry->object.seen_utc_ns && stream && stream->anew_ns > consumer->begun_ns + OLDER_BY;
}

static bool is_another(const struct answer *answer, const struct asset_kind *kind, const struct entry *entry,
                       const struct row *row, int age) {
    if (age)
        return age > 0;
    bool of_kind = kind->kind == OBJECT_STREAM ? first_is_younger(&entry->object, row)
                                               : of_another_stream(answer, entry, row);
    return of_kind || begins_anew(answer, kind, &entry->object, row) ||
           came_back_anew(answer, kind, &entry->object, row);
}

/* By the word of one that does not lead it; who leads has told of the one before. */
static void stream_replaced(const struct answer *answer, const struct asset_kind *kind, struct entry *entry,
                            const struct row *row) {
    struct stream *stream = entry->object.extra;
    if (compare_age(answer, kind, &entry->object, row) <= 0)
        return;
    stream->anew_ns = row_i64(row, kind->created, 0);
    arrivals_forget(&stream->arrivals);
    claim_retract(&stream->asset, stream->asset.claim.server);
}

/* What was told of the one before is not true of this one. */
static void made_again(const struct answer *answer, const struct asset_kind *kind, struct entry *entry,
                       const struct row *row) {
    struct row *held = entry->object.now;
    const struct entity_info *entity = &entities[kind->entity];
    int64_t since = row_i64(row, kind->created, entry->object.now_at.now_ns);
    if (kind->kind == OBJECT_STREAM)
        ((struct stream *)entry->object.extra)->anew_ns = since;
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (fields[f].flags & FIELD_KEPT)
            row_drop(held, f);
    }
    entry->rows = 0;
    int64_t created = row_i64(row, kind->created, TIME_UNSET);
    bool told = created > row_i64(held, kind->created, 0) && created <= answer->at.utc_ns;
    asset_tell(answer->model, entry, "recreated", told ? created : answer->at.utc_ns,
               "%s was deleted and created again", object_kind_name(kind->kind));
}

/* ---- one row ---- */

/* Nobody has the word yet. */
static void drop_figures(struct row *row) {
    const struct entity_info *entity = &entities[row->entity];
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (fields[f].flags & FIELD_LEADER && !(fields[f].flags & FIELD_KEPT))
            row_drop(row, f);
    }
}

/* Whoever lists it says when that one made it. */
static void note_absence(const struct answer *answer, const struct asset_kind *kind, struct entry *entry,
                         const struct row *row, const struct stamp *at) {
    struct consumer *consumer = entry->object.extra;
    int64_t created = created_in(answer, kind, row);
    if (kind->kind != OBJECT_CONSUMER)
        return;
    bool listed =
        entry->object.freshness != FRESH_GONE && asset_state(answer->model, &entry->object) != ASSET_UNLISTED;
    bool made_again =
        created != TIME_UNSET && copies_put(&consumer->copies, answer->server, created, at->mono_ns);
    consumer->was_away |= !listed || made_again;
}

static struct entry *take_asset(const struct answer *answer, const struct asset_kind *kind,
                                const struct row *row, const struct stamp *at) {
    struct model *model = answer->model;
    bool made;
    struct entry *entry =
        entry_take(model, kind->kind, answer->server->object.parent, answer->domain, row, at, &made);
    if (made) {
        entry->object.extra = memory_new(kind->extra_size);
        drop_figures(entry->object.now);
        asset_of(&entry->object)->claim.since = TIME_UNSET;
        entry_set_freshness(model, entry, FRESH_STALE);
        if (kind->kind == OBJECT_CONSUMER)
            consumer_created(answer, entry, row);
        else
            stream_created(model, entry);
    }
    note_absence(answer, kind, entry, row, at);
    asset_of(&entry->object)->listed_mono_ns = at->mono_ns;
    if (entry->object.freshness == FRESH_GONE) {
        entry_set_freshness(model, entry, FRESH_STALE);
        asset_count(model, entry, 1);
    }
    return entry;
}

static struct stamp stamp_of_row(const struct answer *answer, const struct asset_kind *kind,
                                 const struct row *row) {
    struct stamp at = answer->at;
    int64_t ts = kind->ts >= 0 ? row_i64(row, (enum field)kind->ts, TIME_UNSET) : TIME_UNSET;
    if (ts > 0) {
        at.now_ns = ts;
        return at;
    }
    /* a server that stood still while it answered names an instant long before its figures */
    int64_t last = at.now_ns + (at.mono_ns - at.asked_mono_ns);
    for (int i = 0; i < 2; i++) {
        int64_t happened = row_i64(row, kind->happened[i], TIME_UNSET);
        if (happened != TIME_UNSET && happened > at.now_ns && happened <= last)
            at.now_ns = happened;
    }
    return at;
}

/* The row of the one who leads it. */
static void put_led(struct answer *answer, const struct asset_kind *kind, struct entry *entry,
                    const struct row *row, const struct stamp *at) {
    struct asset *asset = asset_of(&entry->object);
    const struct text *leader = text_in(row, kind->leader);
    struct group *group = groups_find(answer->groups, row);
    const struct word word = {answer->server,
                              leader || answer->api ? leader : server_of(answer->server)->name,
                              row_i64(row, kind->leader_since, TIME_UNSET),
                              row_u64(row, kind->seq, UINT64_MAX),
                              compare_age(answer, kind, &entry->object, row),
                              group};
    bool same = !entry->object.seen_utc_ns || text_same(entry->object.now_at.server_id, answer->at.server_id);
    if (!asset_claim(answer->model, entry, &word, at))
        return;
    bool again = is_another(answer, kind, entry, row, word.age);
    bool fell = !again && has_fallen(answer, kind, entry, row);
    if (again)
        made_again(answer, kind, entry, row);
    else if (fell)
        note_fall(answer, entry, row, at);
    if (kind->kind == OBJECT_CONSUMER)
        ((struct consumer *)entry->object.extra)->fell_by = fallen_with_stream(answer, entry, row);
    entry_update(answer->model, entry, row, at);
    if (created_in(answer, kind, row) == TIME_UNSET)
        row_drop(entry->object.now, kind->created);
    if (again || fell)
        entry_drop_window(entry);
    asset->created_counts = created_counts(answer, kind);
    answer->fewer_replicas |=
        replicas_put(answer->model, entry, answer->groups, group, answer->sample, &answer->at);
    entry_set_freshness(answer->model, entry, asset_lost_majority(asset) ? FRESH_STALE : FRESH_LIVE);
    if (kind->kind == OBJECT_CONSUMER) {
        consumer_told(answer, entry, same && !again, again);
        return;
    }
    arrivals_put(&((struct stream *)entry->object.extra)->arrivals, &entry->object, &answer->server->object,
                 again || fell);
    stream_told(answer->model, entry, same && !again && !fell, at);
}

/* It does not lead it, and said more than that before: that is over. `led`: it says that it does, and is not
 * believed yet; outside of clusters it names nobody then. */
static void put_named(const struct answer *answer, const struct asset_kind *kind, struct entry *entry,
                      const struct row *row, bool led, const struct stamp *at) {
    const struct text *named = text_in(row, kind->leader);
    const struct text *leader = led && !named ? server_of(answer->server)->name : named;
    bool of_nobody = answer->api && led && !named; /* outside of clusters its API names nobody */
    claim_retract(asset_of(&entry->object), answer->server->object.id);
    if (kind->kind == OBJECT_STREAM)
        stream_replaced(answer, kind, entry, row);
    if (!leader || !leader->len)
        members_put(answer->model, entry, answer->api ? NULL : server_of(answer->server)->name,
                    answer->leaderless, answer->sample);
    if (!of_nobody)
        asset_named(answer->model, entry, leader && leader->len ? leader : NULL, at);
}

/* What will be lost of its stream is to be weighed again. */
static void note_told(const struct answer *answer, struct entry *entry, const struct row *row) {
    struct entry *stream = entry;
    if (entry->object.kind == OBJECT_CONSUMER)
        stream = stream_of_consumer(answer, entry->object.extra, row);
    if (stream)
        ((struct stream *)stream->object.extra)->told = true;
}

static bool is_remembered(const struct answer *answer, const struct asset_kind *kind, const struct row *row) {
    const struct entry *held =
        entry_find(answer->model, kind->kind, answer->server->object.parent, answer->domain, row);
    return is_memory(answer, held, row, text_in(row, kind->leader));
}

static void put_asset(struct answer *answer, const struct asset_kind *kind, const struct row *row) {
    struct stamp at = stamp_of_row(answer, kind, row);
    bool led = leads(answer, kind, row);
    if (answer->returned && !led && is_remembered(answer, kind, row))
        return;
    struct entry *entry = take_asset(answer, kind, row, &at);
    if (led && last_word_was_said(answer, kind, entry, row, &at))
        claim_retract(asset_of(&entry->object), answer->server->object.id);
    else if (first_word_counts(answer, kind, entry, led ? row : NULL, &at))
        put_led(answer, kind, entry, row, &at);
    else if (led && knows_no_group(answer, entry, row))
        claim_retract(asset_of(&entry->object), answer->server->object.id);
    else {
        put_named(answer, kind, entry, row, led, &at);
        if (led)
            row_keep(answer->model, entry->object.now, row);
    }
    note_told(answer, entry, row);
    if (rules_is_many(kind->kind))
        rules_touch(answer->model, entry);
}

/* Nobody told who its consumers are, or how they stand. */
static void note_untold(const struct answer *answer, const struct row *row) {
    struct entry *entry =
        entry_find(answer->model, OBJECT_STREAM, answer->server->object.parent, answer->domain, row);
    if (!entry)
        return;
    struct stream *stream = entry->object.extra;
    stream->untold_mono_ns = answer->at.mono_ns;
    stream->untold = model_text(answer->model, row_cell(row, F_STREAM_consumers_untold)->s);
}

/* Each server counts its own: a row of another leader is no continuation. */
static void tell_by_leader(struct answer *answer, const struct row *row) {
    for (size_t i = 0; i < ASSET_KINDS; i++)
        if (asset_kinds[i].entity == (enum entity)row->entity)
            answer->at.server_id = model_text(answer->model, text_in(row, asset_kinds[i].leader));
}

/* A server tells of it, which is nearer to it. */
static bool is_told_by_server(const struct answer *answer, const struct asset_kind *kind,
                              const struct row *row) {
    const struct entry *held =
        entry_find(answer->model, kind->kind, answer->server->object.parent, answer->domain, row);
    const struct claim *claim = held ? &asset_of(&held->object)->claim : NULL;
    const struct entry *claimant = claim ? claim_server(answer->model, claim) : NULL;
    return claimant && claimant->object.kind == OBJECT_SERVER && claim_stands(answer->model, claim) &&
           server_is_up(server_of(claimant));
}

void jetstream_row(struct answer *answer, const struct row *row) {
    if (row->entity == ENTITY_STREAM && row_has(row, F_STREAM_consumers_untold)) {
        note_untold(answer, row);
        return;
    }
    if (answer->api)
        tell_by_leader(answer, row);
    for (size_t i = 0; i < sizeof asset_kinds / sizeof *asset_kinds; i++) {
        if (asset_kinds[i].entity == (enum entity)row->entity &&
            !(answer->api && is_told_by_server(answer, &asset_kinds[i], row)))
            put_asset(answer, &asset_kinds[i], row);
    }
}
