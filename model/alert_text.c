#include "model/alert_text.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct shared {
    int holders;
    char bytes[];
};

/* Held by itself, so that it never goes. */
static struct {
    int holders;
    char bytes[4];
} nothing = {1, ""};

static struct shared *shared_of(const char *bytes) {
    return (struct shared *)(bytes - offsetof(struct shared, bytes));
}

const char *alert_text_make(const char *text) {
    if (!text || !*text)
        return alert_text_share(nothing.bytes);
    size_t size = strlen(text) + 1;
    struct shared *made = memory_new(sizeof *made + size);
    made->holders = 1;
    memcpy(made->bytes, text, size);
    return made->bytes;
}

const char *alert_text_share(const char *shared) {
    shared_of(shared)->holders++;
    return shared;
}

void alert_text_drop(const char *shared) {
    if (shared && --shared_of(shared)->holders == 0)
        free(shared_of(shared));
}

bool alert_text_set(const char **place, const char *text) {
    if (*place && strcmp(*place, text ? text : "") == 0)
        return false;
    alert_text_drop(*place);
    *place = alert_text_make(text);
    return true;
}

void alert_text_copy(const char **place, const char *shared) {
    const char *before = *place;
    *place = alert_text_share(shared);
    alert_text_drop(before);
}

void alert_text_like(const char **place, const char *shared) {
    if (*place != shared && strcmp(*place, shared) == 0)
        alert_text_copy(place, shared);
}
