#include "outward/alert_document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "views/alert_members.h"

enum { FORMAT = 1 };

/* ---- out ---- */

/* Takes the reference. */
static void put(struct buffer *out, json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    buffer_append_text(out, text != NULL ? text : "null");
    free(text);
    json_decref(json);
}

static void put_head(const char *cluster, struct buffer *out) {
    char written[TIME_TEXT_SIZE];
    char *program = memory_format("%s (%s)", version_text(), version_commit());
    json_t *called = json_string(cluster);
    time_format_rfc3339(written, clock_utc_ns());
    buffer_printf(out, "{\"natsight_alerts\":%d,\n\"natsight\":", FORMAT);
    put(out, json_string(program));
    buffer_append_text(out, ",\n\"cluster\":");
    put(out, called != NULL ? called : json_string(""));
    buffer_printf(out, ",\n\"written\":\"%s\",\n", written);
    free(program);
}

/* Each on a line of its own; takes the reference. */
static void put_item(struct buffer *out, json_t *json, bool *any) {
    buffer_append_text(out, *any ? ",\n" : "\n");
    put(out, json);
    *any = true;
}

static void put_alerts(const struct model *model, struct buffer *out) {
    bool any = false;
    for (size_t i = 0; i < model_alert_count(model); i++) {
        const struct alert *alert = model_alert(model, i);
        if (alert->state != ALERT_PENDING)
            put_item(out, alert_members_json(alert), &any);
    }
}

static void put_silences(const struct model *model, struct buffer *out) {
    bool any = false;
    for (size_t i = 0; i < model_silence_count(model); i++) {
        json_t *json = json_object();
        silence_members_add(json, model_silence_at(model, i));
        put_item(out, json, &any);
    }
}

static void put_servers(const struct model *model, struct buffer *out) {
    bool any = false;
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count && i < REMEMBERED_MOST; i++) {
        struct remembered_server server;
        if (!model_remembered(model, servers[i], &server))
            continue;
        json_t *json = json_object();
        server_members_add(json, &server);
        put_item(out, json, &any);
    }
}

static void put_streams(const struct model *model, struct buffer *out) {
    struct lone_stream *streams = memory_array(LONE_STREAMS_MOST, sizeof *streams);
    size_t count = model_lone_streams(model, streams);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        json_t *json = json_object();
        stream_members_add(json, &streams[i]);
        put_item(out, json, &any);
    }
    free(streams);
}

void alert_document_write(const struct model *model, const char *cluster, struct buffer *out) {
    put_head(cluster, out);
    buffer_append_text(out, "\"alerts\":[");
    put_alerts(model, out);
    buffer_append_text(out, "],\n\"silences\":[");
    put_silences(model, out);
    buffer_append_text(out, "],\n\"servers\":[");
    put_servers(model, out);
    buffer_append_text(out, "],\n\"streams\":[");
    put_streams(model, out);
    buffer_append_text(out, "]}\n");
}

static void put_list(struct buffer *out, json_t *list) {
    bool any = false;
    for (size_t i = 0; i < json_array_size(list); i++)
        put_item(out, json_incref(json_array_get(list, i)), &any);
}

void alert_document_write_words(json_t *alerts, json_t *silences, const char *cluster, struct buffer *out) {
    put_head(cluster, out);
    buffer_append_text(out, "\"alerts\":[");
    put_list(out, alerts);
    buffer_append_text(out, "],\n\"silences\":[");
    put_list(out, silences);
    buffer_append_text(out, "],\n\"servers\":[]}\n");
}

/* ---- in ---- */

static enum alert_document_state format_of(const json_t *json, char *why, size_t size) {
    const json_t *format = json_object_get(json, "natsight_alerts");
    if (!json_is_integer(format) || json_integer_value(format) < 1) {
        snprintf(why, size, "no file of alerts");
        return ALERT_DOCUMENT_BROKEN;
    }
    if (json_integer_value(format) <= FORMAT)
        return ALERT_DOCUMENT_GOOD;
    const char *program = json_string_value(json_object_get(json, "natsight"));
    char clean[TEXT_MAX_BYTES + 1] = "";
    if (program != NULL)
        text_clean(clean, program, strlen(program));
    snprintf(why, size, "a newer natsight's%s%.60s: it is left as it is", clean[0] != '\0' ? ", " : "",
             clean);
    return ALERT_DOCUMENT_NEWER;
}

/* One item of a list. */
typedef bool read_fn(json_t *json, void *item, char *why, size_t size);

static bool read_alert(json_t *json, void *item, char *why, size_t size) {
    return alert_members_read(json, item, why, size);
}

static bool read_silence(json_t *json, void *item, char *why, size_t size) {
    return silence_members_read(json, item, why, size);
}

static bool read_server(json_t *json, void *item, char *why, size_t size) {
    return server_members_read(json, item, why, size);
}

static bool read_stream(json_t *json, void *item, char *why, size_t size) {
    return stream_members_read(json, item, why, size);
}

/* NULL: why[] says what is not as it should be. */
static void *read_list(const json_t *document, const char *key, size_t item_size, read_fn *read,
                       size_t *count, char *why, size_t size) {
    const json_t *all = json_object_get(document, key);
    char what[100];
    snprintf(why, size, "%s is no list", key);
    if (!json_is_array(all))
        return NULL;
    char *items = memory_array(json_array_size(all), item_size);
    for (*count = 0; *count < json_array_size(all); ++*count) {
        if (read(json_array_get(all, *count), items + *count * item_size, what, sizeof what))
            continue;
        snprintf(why, size, "%s, number %zu: %s", key, *count + 1, what);
        free(items);
        return NULL;
    }
    return items;
}

static bool read_lists(struct alert_document *d, char *why, size_t size) {
    d->alerts = read_list(d->json, "alerts", sizeof *d->alerts, read_alert, &d->alert_count, why, size);
    if (d->alerts != NULL)
        d->silences =
            read_list(d->json, "silences", sizeof *d->silences, read_silence, &d->silence_count, why, size);
    if (d->silences != NULL)
        d->servers =
            read_list(d->json, "servers", sizeof *d->servers, read_server, &d->server_count, why, size);
    if (d->servers != NULL && json_object_get(d->json, "streams") != NULL)
        d->streams =
            read_list(d->json, "streams", sizeof *d->streams, read_stream, &d->stream_count, why, size);
    return d->servers != NULL && (d->streams != NULL || json_object_get(d->json, "streams") == NULL);
}

enum alert_document_state alert_document_read(struct alert_document *document, const char *text, size_t len,
                                              char *why, size_t size) {
    json_error_t error;
    *document = (struct alert_document){.json = json_loadb(text != NULL ? text : "", len, 0, &error)};
    if (document->json == NULL) {
        char clean[TEXT_MAX_BYTES + 1];
        text_clean(clean, error.text, strlen(error.text));
        snprintf(why, size, "line %d: %.100s", error.line, clean);
        return ALERT_DOCUMENT_BROKEN;
    }
    enum alert_document_state state = format_of(document->json, why, size);
    if (state == ALERT_DOCUMENT_GOOD && !read_lists(document, why, size))
        state = ALERT_DOCUMENT_BROKEN;
    if (state != ALERT_DOCUMENT_GOOD)
        alert_document_finish(document);
    return state;
}

void alert_document_finish(struct alert_document *document) {
    json_decref(document->json);
    free(document->alerts);
    free(document->silences);
    free(document->servers);
    free(document->streams);
    *document = (struct alert_document){0};
}
