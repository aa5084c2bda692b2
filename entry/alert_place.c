#include "entry/alert_place.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/url.h"
#include "entry/state_folder.h"

enum { NAME_MOST = 150 /* bytes; what is put around it has to fit into 255, too */ };

static char *called(const struct options *o) {
    struct url url;
    char text[600], why[300];
    if (o->cluster != NULL && o->cluster[0] != '\0')
        return memory_text(o->cluster);
    if (o->label != NULL && o->label[0] != '\0')
        return memory_text(o->label);
    if (o->url_count == 0 || !url_parse(&url, o->urls[0], why, sizeof why))
        return memory_text("cluster");
    url_format(&url, text, sizeof text);
    return memory_text(text);
}

static char *file_name(const char *text) {
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    struct buffer out = {0};
    for (const char *c = text; *c != '\0' && out.len <= NAME_MOST; c++) {
        if (strchr(safe, *c) != NULL)
            buffer_append(&out, c, 1);
        else
            buffer_printf(&out, "%%%02X", (unsigned)(unsigned char)*c);
    }
    if (out.len > NAME_MOST) {
        out.len = NAME_MOST - 9;
        buffer_printf(&out, "~%08x", hash_bytes(text, strlen(text)));
    }
    char *name = memory_text(buffer_text(&out));
    buffer_finish(&out);
    return name;
}

bool alert_place_find(struct alert_place *place, const struct options *in_force) {
    char folder[PATH_MAX - 256];
    *place = (struct alert_place){.called = called(in_force)};
    if (!state_folder(folder, sizeof folder))
        return false;
    char *name = file_name(place->called);
    place->folder = memory_text(folder);
    place->file = memory_format("%s/alerts-%s.json", folder, name);
    place->temporary = memory_format("%s.tmp", place->file);
    place->lock = memory_format("%s/alerts-%s.lock", folder, name);
    free(name);
    return true;
}

void alert_place_finish(struct alert_place *place) {
    char *const texts[] = {place->called, place->folder, place->file, place->temporary, place->lock};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    *place = (struct alert_place){0};
}
