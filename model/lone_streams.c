#include "model/lone_streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/asset.h"
#include "model/server.h"

#define NAME_COLUMNS 40

/* ---- in ---- */

void model_remember_stream(struct model *model, const struct lone_stream *stream) {
    if (model->lone_stream_count == LONE_STREAMS_MOST || !*stream->name || !*stream->server)
        return;
    model->lone_streams =
        memory_grow(model->lone_streams, model->lone_stream_count + 1, sizeof *model->lone_streams);
    model->lone_streams[model->lone_stream_count++] = (struct lone_stream){
        memory_text(stream->cluster), memory_text(stream->server), memory_text(stream->account),
        memory_text(stream->name), memory_text(stream->domain)};
}

void lone_streams_destroy(struct model *model) {
    for (size_t i = 0; i < model->lone_stream_count; i++) {
        const struct lone_stream *s = &model->lone_streams[i];
        const char *const texts[] = {s->cluster, s->server, s->account, s->name, s->domain};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            free((char *)texts[t]);
    }
    free(model->lone_streams);
}

/* ---- whose they are ---- */

static const char *cluster_name(const struct object *cluster) {
    const struct text *name = cluster_of(cluster)->name;
    return name ? name->bytes : "";
}

static bool is_of(const struct lone_stream *stream, const struct object *server) {
    const char *cluster = cluster_name(server->parent);
    return strcmp(stream->server, server_label(server_const(server))) == 0 &&
           (!*stream->cluster || !*cluster || strcmp(stream->cluster, cluster) == 0);
}

static const struct text *text_or_none(struct model *model, const char *text) {
    return *text ? model_text_of(model, text) : NULL;
}

/* Somebody who answers lists it: it has moved, or has another replica by now. */
static bool is_listed(struct model *model, const struct lone_stream *stream, const struct object *cluster) {
    struct row_any key;
    const struct text *account = text_or_none(model, stream->account);
    row_init(&key.row, ENTITY_STREAM);
    if (account)
        row_put(&key.row, F_STREAM_account)->s = account;
    row_put(&key.row, F_STREAM_name)->s = model_text_of(model, stream->name);
    return entry_find(model, OBJECT_STREAM, cluster, text_or_none(model, stream->domain), &key.row) != NULL;
}

/* "EVENTS", "EVENTS and 3 more streams" */
static void say(struct model *model, struct entry *entry) {
    struct server *server = server_of(entry);
    const char *first = NULL;
    char name[4 * NAME_COLUMNS + 8];
    size_t count = 0;
    for (size_t i = 0; i < model->lone_stream_count; i++) {
        const struct lone_stream *stream = &model->lone_streams[i];
        if (!is_of(stream, &entry->object) || is_listed(model, stream, entry->object.parent))
            continue;
        first = first ? first : stream->name;
        count++;
    }
    server->lone[0] = '\0';
    if (!count)
        return;
    text_cut_middle(name, sizeof name, first, NAME_COLUMNS);
    size_t len = (size_t)snprintf(server->lone, sizeof server->lone, "%s", name);
    if (count > 1)
        snprintf(server->lone + len, sizeof server->lone - len, " and %zu more stream%s", count - 1,
                 count > 2 ? "s" : "");
}

static bool is_silent(const struct server *server) {
    return !server->reached && (server->state == SERVER_DOWN || server->state == SERVER_STALE);
}

void lone_streams_tick(struct model *model) {
    for (size_t i = 0; model->lone_stream_count && i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && is_silent(server_of(entry)))
            say(model, entry);
        else if (!entry->dead)
            server_of(entry)->lone[0] = '\0';
    }
}

/* ---- for the next run ---- */

static bool is_lone(const struct entry *entry) {
    const struct asset *asset = asset_of(&entry->object);
    return !entry->dead && entry->object.freshness != FRESH_GONE && asset->replicas == 1 && asset->leader;
}

/* Who has answered since tells itself. */
static bool is_untold(const struct model *model, const struct lone_stream *stream) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && server_const(&entry->object)->polls[SHAPE_JSZ] && is_of(stream, &entry->object))
            return false;
    }
    return true;
}

size_t model_lone_streams(const struct model *model, struct lone_stream out[LONE_STREAMS_MOST]) {
    size_t count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_STREAM) && count < LONE_STREAMS_MOST; i++) {
        const struct entry *entry = kind_at(model, OBJECT_STREAM, i);
        if (is_lone(entry))
            out[count++] = (struct lone_stream){
                cluster_name(entry->object.parent), asset_of(&entry->object)->leader->bytes,
                row_text(entry->object.now, F_STREAM_account), row_text(entry->object.now, F_STREAM_name),
                entry->scope ? entry->scope->bytes : ""};
    }
    for (size_t i = 0; i < model->lone_stream_count && count < LONE_STREAMS_MOST; i++)
        if (is_untold(model, &model->lone_streams[i]))
            out[count++] = model->lone_streams[i];
    return count;
}
