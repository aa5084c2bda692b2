#include "model/source.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#define SILENT_AFTER (30 * NS_PER_S)

static const struct text *text_in(const struct row *row, enum field f) {
    return row_has(row, f) ? row_cell(row, f)->s : NULL;
}

/* The stream that a row belongs to, if this answer is its leader's. */
static struct entry *told_stream(struct model *model, const struct entry *server, const struct row *source,
                                 const struct text *domain, const struct stamp *at) {
    struct row_any key;
    const struct text *account = text_in(source, F_SOURCE_account), *name = text_in(source, F_SOURCE_stream);
    row_init(&key.row, ENTITY_STREAM);
    if (account)
        row_put(&key.row, F_STREAM_account)->s = account;
    if (name)
        row_put(&key.row, F_STREAM_name)->s = name;
    struct entry *stream = entry_find(model, OBJECT_STREAM, server->object.parent, domain, &key.row);
    bool told = stream && asset_of(&stream->object)->claim.server == server->object.id &&
                stream->object.now_at.serial == at->serial;
    return told ? stream : NULL;
}

static void put(struct model *model, const struct entry *stream, const struct row *row,
                const struct stamp *at) {
    bool made;
    struct entry *entry = entry_take(model, OBJECT_SOURCE, &stream->object, NULL, row, at, &made);
    if (made)
        entry->object.extra = memory_new(sizeof(struct source));
    struct source *source = entry->object.extra;
    source->serial = at->serial;
    source->never = row_i64(row, F_SOURCE_active, 0) < 0; /* that is no span, and does not stay in the row */
    entry_update(model, entry, row, at);
}

/* ---- all of one stream ---- */

enum state { STATE_OK, STATE_SILENT, STATE_NEVER, STATE_ERROR, STATE_COUNT };
static const char *const states[STATE_COUNT] = {"ok", "silent", "never", "error"};

const char *source_state_word(int n) {
    return n < STATE_COUNT ? states[n] : NULL;
}

static int rank_of(const char *state) {
    int rank = state ? STATE_COUNT - 1 : -1;
    while (rank >= 0 && strcmp(states[rank], state) != 0)
        rank--;
    return rank;
}

static void add_state(struct copying *copying, const struct object *object) {
    const char *state = source_state(object);
    const struct text *error = text_in(object->now, F_SOURCE_error);
    int rank = rank_of(state), before = rank_of(copying->state);
    if (rank > before || (rank == before && !copying->error))
        copying->error = error && error->len ? error : NULL;
    if (rank > before) {
        copying->state = state;
        copying->worst = text_in(object->now, F_SOURCE_name);
    }
    copying->failing += rank > STATE_OK;
}

static void add_up(struct copying *copying, const struct object *object) {
    const struct source *source = object->extra;
    const struct row *row = object->now;
    uint64_t lag = row_u64(row, F_SOURCE_lag, 0);
    int64_t active_ns = row_i64(row, F_SOURCE_active, 0);
    copying->sources++;
    copying->told = (copying->told || !copying->any) && source_lag_is_told(object);
    copying->lag = lag > copying->lag && lag <= INT64_MAX ? lag : copying->lag;
    copying->active_ns = active_ns > copying->active_ns ? active_ns : copying->active_ns;
    copying->never |= source->never;
    copying->any = object;
    copying->mirror = strcmp(row_text(row, F_SOURCE_kind), "mirror") == 0;
    add_state(copying, object);
}

static void describe(struct model *model, struct copying *copying) {
    char text[TEXT_MAX_BYTES + 32];
    const struct row *row = copying->any->now;
    if (copying->sources == 1)
        snprintf(text, sizeof text, "%s %s", copying->mirror ? "mirror of" : "from",
                 row_text(row, F_SOURCE_name));
    else
        snprintf(text, sizeof text, "from %u sources", copying->sources);
    copying->text = model_text_of(model, text);
    copying->any = NULL;
}

static void begin_streams(struct model *model, const struct stamp *at) {
    for (size_t i = 0; i < kind_count(model, OBJECT_STREAM); i++) {
        struct entry *entry = kind_at(model, OBJECT_STREAM, i);
        if (entry->object.now_at.serial == at->serial && entry->object.seen_utc_ns)
            ((struct stream *)entry->object.extra)->copying = (struct copying){0};
    }
}

static void count(struct model *model, struct entry *entry, const struct stamp *at) {
    const struct object *stream = entry->object.parent;
    if (entry->dead || stream->now_at.serial != at->serial)
        return;
    if (((struct source *)entry->object.extra)->serial != at->serial)
        entry_remove(model, entry);
    else
        add_up(&((struct stream *)stream->extra)->copying, &entry->object);
}

void sources_put(struct model *model, struct entry *server, const struct sample *sample,
                 const struct text *domain, const struct stamp *at) {
    for (size_t i = 0; i < sample->count; i++) {
        const struct row *row = sample->rows[i];
        const struct entry *stream =
            row->entity == ENTITY_SOURCE ? told_stream(model, server, row, domain, at) : NULL;
        if (stream)
            put(model, stream, row, at);
    }
    begin_streams(model, at);
    for (size_t i = 0; i < kind_count(model, OBJECT_SOURCE); i++)
        count(model, kind_at(model, OBJECT_SOURCE, i), at);
    for (size_t i = 0; i < kind_count(model, OBJECT_STREAM); i++) {
        struct stream *stream = kind_at(model, OBJECT_STREAM, i)->object.extra;
        if (stream->copying.any)
            describe(model, &stream->copying);
    }
}

void asset_parts_tick(struct model *model) {
    static const enum object_kind kinds[] = {OBJECT_REPLICA, OBJECT_SOURCE};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t i = 0; i < kind_count(model, kinds[k]); i++) {
            struct entry *entry = kind_at(model, kinds[k], i);
            if (!entry->dead)
                entry_set_freshness(model, entry, entry->object.parent->freshness);
        }
    }
}

const char *source_state(const struct object *object) {
    if (((const struct source *)object->extra)->never)
        return states[STATE_NEVER];
    if (*row_text(object->now, F_SOURCE_error))
        return states[STATE_ERROR];
    if (!row_has(object->now, F_SOURCE_active))
        return NULL;
    return row_i64(object->now, F_SOURCE_active, 0) > SILENT_AFTER ? states[STATE_SILENT] : states[STATE_OK];
}

bool source_lag_is_told(const struct object *object) {
    bool silent = row_i64(object->now, F_SOURCE_active, 0) > SILENT_AFTER;
    return row_has(object->now, F_SOURCE_lag) && !((const struct source *)object->extra)->never &&
           !(silent && row_u64(object->now, F_SOURCE_lag, 0) == 0);
}
