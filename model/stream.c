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

void stream_told(struct entry *entry, bool same) {
    struct stream *stream = entry->object.extra;
    if (!same)
        growth_forget(&stream->growth);
    growth_put(&stream->growth, &entry->object);
}
