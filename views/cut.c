#include "views/cut.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/near.h"
#include "base/text.h"

/* What a document has when nothing is named, and where it comes from. */
static const struct kind_info {
    bool usual;
    unsigned shapes;
} kinds[OBJECT_KIND_COUNT] = {
    [OBJECT_CLUSTER] = {true, 1u << SHAPE_JSZ | 1u << SHAPE_CONNZ_HOT},
    [OBJECT_SERVER] = {true,
                       1u << SHAPE_JSZ | 1u << SHAPE_SUBSZ | 1u << SHAPE_ROUTEZ | 1u << SHAPE_CONNZ_HOT},
    [OBJECT_CONNECTION] = {true, 1u << SHAPE_CONNZ_FULL},
    [OBJECT_STREAM] = {true, 1u << SHAPE_JSZ},
    [OBJECT_CONSUMER] = {true, 1u << SHAPE_JSZ},
    [OBJECT_REPLICA] = {false, 1u << SHAPE_JSZ},
    [OBJECT_SOURCE] = {true, 1u << SHAPE_JSZ},
    [OBJECT_META_PEER] = {false, 1u << SHAPE_JSZ},
    [OBJECT_ROUTE] = {false, 1u << SHAPE_ROUTEZ},
};

static const char events_name[] = "events";

static bool has_quantities(enum object_kind kind) {
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind && !(quantities[q].flags & QUANTITY_HIDDEN))
            return true;
    return false;
}

static bool is_word(const char *text, size_t len, const char *word) {
    return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

static int kind_by_name(const char *text, size_t len) {
    for (int k = 0; k < OBJECT_KIND_COUNT; k++)
        if (has_quantities((enum object_kind)k) &&
            (is_word(text, len, object_kind_name((enum object_kind)k)) ||
             is_word(text, len, object_kind_plural((enum object_kind)k))))
            return k;
    return -1;
}

/* ---- what there is instead ---- */

/* Of what was typed: it may be anything. */
static void cut_word(char out[TEXT_MAX_BYTES + 1], const char *typed) {
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, typed, strlen(typed));
    text_cut(out, TEXT_MAX_BYTES + 1, *clean ? clean : "\"\"", 60);
}

static bool unknown_kind(const char *name, char *message, size_t size) {
    char shown[TEXT_MAX_BYTES + 1], word[80];
    cut_word(shown, name);
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "."), name);
    struct near near = near_begin(word);
    for (int k = 0; k < OBJECT_KIND_COUNT; k++)
        if (has_quantities((enum object_kind)k))
            near_try(&near, object_kind_plural((enum object_kind)k));
    near_try(&near, events_name);
    if (near.name) {
        snprintf(message, size, "%s: there is no such entity; did you mean %s%s?", shown, near.name,
                 strlen(name) < sizeof(word) ? name + strcspn(name, ".") : "");
        return false;
    }
    size_t len = (size_t)snprintf(message, size, "%s: there is no such entity; there are ", shown);
    for (int k = 0; k < OBJECT_KIND_COUNT && len < size; k++)
        if (has_quantities((enum object_kind)k))
            len +=
                (size_t)snprintf(message + len, size - len, "%s, ", object_kind_plural((enum object_kind)k));
    if (len < size)
        snprintf(message + len, size - len, "%s", events_name);
    return false;
}

static bool unknown_quantity(enum object_kind kind, const char *name, const char *quantity, char *message,
                             size_t size) {
    char shown[TEXT_MAX_BYTES + 1];
    cut_word(shown, name);
    struct near near = near_begin(quantity);
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind && !(quantities[q].flags & QUANTITY_HIDDEN))
            near_try(&near, quantities[q].name);
    if (near.name)
        snprintf(message, size, "%s: there is no such quantity; did you mean %s.%s?", shown,
                 object_kind_name(kind), near.name);
    else
        snprintf(message, size, "%s: there is no such quantity; natsight print --json %s shows their names",
                 shown, object_kind_plural(kind));
    return false;
}

/* ---- parsing ---- */

static void take_quantity(struct cut *cut, enum quantity q) {
    if (!cut->quantities[q])
        cut->quantity_order[cut->quantity_count++] = q;
    cut->quantities[q] = true;
}

/* All that are for documents, or of these the ones with a flag. */
static void take_kind(struct cut *cut, enum object_kind kind, unsigned flag) {
    if (!cut->kinds[kind])
        cut->kind_order[cut->kind_count++] = kind;
    cut->kinds[kind] = true;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind && !(quantities[q].flags & QUANTITY_HIDDEN) &&
            (!flag || quantities[q].flags & flag))
            take_quantity(cut, (enum quantity)q);
}

static bool take_name(struct cut *cut, const char *name, char *message, size_t size) {
    size_t len = strcspn(name, ".");
    int kind = kind_by_name(name, len);
    if (!name[len] && (is_word(name, len, events_name) || is_word(name, len, "event"))) {
        cut->events = true;
        return true;
    }
    if (kind < 0)
        return unknown_kind(name, message, size);
    if (!name[len]) {
        take_kind(cut, (enum object_kind)kind, 0);
        return true;
    }
    int q = quantity_by_name((enum object_kind)kind, name + len + 1);
    if (q < 0 || quantities[q].flags & QUANTITY_HIDDEN)
        return unknown_quantity((enum object_kind)kind, name, name + len + 1, message, size);
    take_kind(cut, (enum object_kind)kind, QUANTITY_KEY | QUANTITY_WHERE);
    take_quantity(cut, (enum quantity)q);
    return true;
}

bool cut_parse(struct cut *cut, const char *const *names, int count, char *message, size_t size) {
    memset(cut, 0, sizeof(*cut));
    for (int i = 0; i < count; i++)
        if (!take_name(cut, names[i], message, size))
            return false;
    if (count > 0)
        return true;
    for (int k = 0; k < OBJECT_KIND_COUNT; k++)
        if (kinds[k].usual)
            take_kind(cut, (enum object_kind)k, 0);
    cut->events = true;
    return true;
}

unsigned cut_shapes(const struct cut *cut) {
    unsigned shapes = 0;
    for (int k = 0; k < OBJECT_KIND_COUNT; k++)
        if (cut->kinds[k])
            shapes |= kinds[k].shapes;
    return shapes;
}
