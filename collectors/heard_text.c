#include "collectors/heard_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static enum field field_called(const char *name, size_t len) {
    const struct entity_info *info = &entities[ENTITY_EVENT];
    for (int f = (int)info->first; f < (int)info->first + info->count; f++)
        if (strlen(fields[f].name) == len && memcmp(fields[f].name, name, len) == 0)
            return (enum field)f;
    fprintf(stderr, "collectors/advisories.def: {%.*s} is no field of an event\n", (int)len, name);
    abort();
}

struct writing {
    char *out;
    size_t size, len;
};

static void add(struct writing *w, const char *text, size_t len) {
    size_t room = w->size - 1 - w->len;
    len = len < room ? len : room;
    memcpy(w->out + w->len, text, len);
    w->len += len;
}

/* false: there is no such value. */
static bool add_field(struct writing *w, const struct row *event, enum field field) {
    char number[32];
    if (!row_has(event, field) || (fields[field].type == TYPE_TEXT && row_text(event, field)[0] == '\0'))
        return false;
    if (fields[field].type == TYPE_TEXT) {
        add(w, row_text(event, field), strlen(row_text(event, field)));
        return true;
    }
    snprintf(number, sizeof number, "%llu", (unsigned long long)row_u64(event, field, 0));
    add(w, number, strlen(number));
    return true;
}

void heard_text(const struct row *event, const char *sentence, char *out, size_t size) {
    struct writing w = {out, size, 0};
    size_t began = 0;
    bool whole = true;
    for (const char *p = sentence; *p != '\0'; p++) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (end != NULL) {
            whole &= add_field(&w, event, field_called(p + 1, (size_t)(end - p - 1)));
            p = end;
        } else if (*p == '[') {
            began = w.len;
            whole = true;
        } else if (*p == ']') {
            w.len = whole ? w.len : began;
        } else {
            add(&w, p, 1);
        }
    }
    out[w.len] = '\0';
}

bool subject_fits(const char *subject, const char *pattern) {
    for (;;) {
        size_t s = strcspn(subject, "."), p = strcspn(pattern, ".");
        if (pattern[0] == '>' && p == 1)
            return s > 0;
        bool any = pattern[0] == '*' && p == 1 && s > 0;
        if (!any && (s != p || memcmp(subject, pattern, s) != 0))
            return false;
        if (subject[s] == '\0' || pattern[p] == '\0')
            return subject[s] == pattern[p];
        subject += s + 1;
        pattern += p + 1;
    }
}
