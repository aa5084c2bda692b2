#include "outward/alert_place.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/state_folder.h"
#include "base/text.h"

enum { NAME_MOST = 150 /* bytes; what is put around it has to fit into 255, too */ };

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

bool alert_place_find(struct alert_place *place, const char *called) {
    char folder[PATH_MAX - 256];
    *place = (struct alert_place){.called = memory_text(called)};
    if (!state_folder(folder, sizeof folder))
        return false;
    char *name = file_name(place->called);
    place->folder = memory_text(folder);
    place->file = memory_format("%s/alerts-%s.json", folder, name);
    place->temporary = memory_format("%s.tmp", place->file);
    place->lock = memory_format("%s/alerts-%s.lock", folder, name);
    place->said = memory_format("%s/alerts-%s.said-", folder, name);
    free(name);
    return true;
}

void alert_place_finish(struct alert_place *place) {
    char *const texts[] = {place->called,    place->folder, place->file,
                           place->temporary, place->lock,   place->said};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    *place = (struct alert_place){0};
}
