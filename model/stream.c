#include "model/stream.h"

#include <stdio.h>
#include <string.h>

static const struct kind {
    const char *prefix, *kind, *called; /* "bucket %s": what is behind the prefix */
} kinds[] = {
    {"KV_", "kv", "bucket %s"},
    {"OBJ_", "object", "object store %s"},
    {"$MQTT_sess", "mqtt", "MQTT sessions"},
    {"$MQTT_rmsgs", "mqtt", "MQTT retained"},
    {"$MQTT_msgs", "mqtt", "MQTT messages"},
    {"$MQTT_qos2in", "mqtt", "MQTT QoS 2 in"},
    {"$MQTT_out", "mqtt", "MQTT QoS 2 out"},
    {"$MQTT_", "mqtt", "MQTT %s"},
};
static const char plain[] = "stream";
enum { COUNT = sizeof kinds / sizeof *kinds };

static const struct kind *kind_of(const char *name) {
    for (size_t i = 0; i < COUNT; i++) {
        size_t len = strlen(kinds[i].prefix);
        if (strncmp(name, kinds[i].prefix, len) == 0 && (name[len] || !strchr(kinds[i].called, '%')))
            return &kinds[i];
    }
    return NULL;
}

const char *stream_kind(const char *name) {
    const struct kind *kind = kind_of(name);
    return kind ? kind->kind : plain;
}

const char *stream_kind_word(int n) {
    return n < COUNT ? kinds[n].kind : n == COUNT ? plain : NULL;
}

bool stream_is_internal(const char *account, const char *name) {
    return *name == '$' || strcmp(account, "$SYS") == 0;
}

void stream_created(struct model *model, struct entry *entry) {
    const char *name = row_text(entry->object.now, F_STREAM_name);
    const struct kind *kind = kind_of(name);
    const char *rest = kind ? strchr(kind->called, '%') : NULL;
    char text[TEXT_MAX_BYTES + 32];
    if (rest)
        snprintf(text, sizeof text, "%.*s%s", (int)(rest - kind->called), kind->called,
                 name + strlen(kind->prefix));
    else
        snprintf(text, sizeof text, "%s", kind ? kind->called : name);
    ((struct stream *)entry->object.extra)->shown = model_text_of(model, text);
}

static bool has_no_limit(const struct row *stream, enum field f) {
    return row_has(stream, f) && row_i64(stream, f, -1) <= 0;
}

bool stream_has_limits(const struct row *stream) {
    bool takes_old = strcmp(row_text(stream, F_STREAM_discard), "new") != 0;
    return !has_no_limit(stream, F_STREAM_max_age) || row_u64(stream, F_STREAM_allow_msg_ttl, 0) ||
           (takes_old &&
            !(has_no_limit(stream, F_STREAM_max_msgs) && has_no_limit(stream, F_STREAM_max_bytes)));
}

/* What its limits do not take, nor its consumers, somebody took: said when it was half of it or more, since
 * some delete what they have done one by one. */
static void note_purge(struct model *model, const struct entry *entry, const struct stamp *at) {
    const struct row *now = entry->object.now, *before = entry->object.before;
    if (!before || strcmp(row_text(now, F_STREAM_retention), "limits") != 0 || stream_has_limits(now) ||
        !has_no_limit(now, F_STREAM_max_msgs_per_subject))
        return;
    uint64_t had = row_u64(before, F_STREAM_messages, 0) + row_u64(now, F_STREAM_last_seq, 0) -
                   row_u64(before, F_STREAM_last_seq, 0);
    uint64_t has = row_u64(now, F_STREAM_messages, had);
    char count[NUMBER_TEXT_SIZE];
    if (has > had / 2 || has == had)
        return;
    number_format(count, (double)(had - has), UNIT_MSGS);
    asset_tell(model, entry, "purged", at->utc_ns, "%s messages were taken out of it, and no limit did",
               count);
}

void stream_told(struct model *model, struct entry *entry, bool same, const struct stamp *at) {
    struct stream *stream = entry->object.extra;
    if (!same)
        growth_forget(&stream->growth);
    growth_put(&stream->growth, &entry->object);
    note_purge(model, entry, at);
}
