#include "views/cut.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/near.h"
#include "base/text.h"
#include "model/needs.h"

/* What a document has when nothing is named. */
static const bool usual[CUT_PART_COUNT] = {
    [OBJECT_CLUSTER] = true,     [OBJECT_SERVER] = true,   [OBJECT_CONNECTION] = true, [OBJECT_CLIENT] = true,
    [OBJECT_STREAM] = true,      [OBJECT_CONSUMER] = true, [OBJECT_SOURCE] = true,     [OBJECT_API] = true,
    [OBJECT_EXPECTATION] = true, [CUT_CLOSED] = true,
};

static bool is_closed(const struct object *object) {
    return model_is_closed(object);
}

static bool is_not_closed(const struct object *object) {
    return !model_is_closed(object);
}

struct cut_part cut_part(int part) {
    if (part == CUT_CLOSED)
        return (struct cut_part){"closed", "closed", OBJECT_CONNECTION, is_closed};
    enum object_kind kind = (enum object_kind)part;
    return (struct cut_part){object_kind_name(kind), object_kind_plural(kind), kind,
                             kind == OBJECT_CONNECTION ? is_not_closed : NULL};
}

static const struct {
    const char *name, *plural;
} lists[CUT_LIST_COUNT] = {
    [CUT_ALERTS] = {"alert", "alerts"},
    [CUT_EVENTS] = {"event", "events"},
};

const char *cut_list_plural(enum cut_list list) {
    return lists[list].plural;
}

static bool has_quantities(int part) {
    enum object_kind kind = cut_part(part).kind;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind && !(quantities[q].flags & QUANTITY_HIDDEN))
            return true;
    return false;
}

static bool is_word(const char *text, size_t len, const char *word) {
    return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

static int part_by_name(const char *text, size_t len) {
    for (int k = 0; k < CUT_PART_COUNT; k++)
        if (has_quantities(k) &&
            (is_word(text, len, cut_part(k).name) || is_word(text, len, cut_part(k).plural)))
            return k;
    return -1;
}

static int list_by_name(const char *text, size_t len) {
    for (int l = 0; l < CUT_LIST_COUNT; l++)
        if (is_word(text, len, lists[l].name) || is_word(text, len, lists[l].plural))
            return l;
    return -1;
}

/* ---- what there is instead ---- */

/* Of what was typed: it may be anything. */
static void cut_word(char out[TEXT_MAX_BYTES + 1], const char *typed) {
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, typed, strlen(typed));
    text_cut(out, TEXT_MAX_BYTES + 1, *clean ? clean : "\"\"", 60);
}

static bool unknown_part(const char *name, char *message, size_t size) {
    char shown[TEXT_MAX_BYTES + 1], word[80];
    cut_word(shown, name);
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "."), name);
    struct near near = near_begin(word);
    for (int k = 0; k < CUT_PART_COUNT; k++)
        if (has_quantities(k))
            near_try(&near, cut_part(k).plural);
    for (int l = 0; l < CUT_LIST_COUNT; l++)
        near_try(&near, lists[l].plural);
    if (near.name) {
        snprintf(message, size, "%s: there is no such entity; did you mean %s%s?", shown, near.name,
                 strlen(name) < sizeof(word) ? name + strcspn(name, ".") : "");
        return false;
    }
    size_t len = (size_t)snprintf(message, size, "%s: there is no such entity; there are ", shown);
    for (int k = 0; k < CUT_PART_COUNT && len < size; k++)
        if (has_quantities(k))
            len += (size_t)snprintf(message + len, size - len, "%s, ", cut_part(k).plural);
    for (int l = 0; l < CUT_LIST_COUNT && len < size; l++)
        len += (size_t)snprintf(message + len, size - len, "%s%s", lists[l].plural,
                                l + 1 < CUT_LIST_COUNT ? ", " : "");
    return false;
}

static bool no_quantities(int list, const char *name, char *message, size_t size) {
    char shown[TEXT_MAX_BYTES + 1];
    cut_word(shown, name);
    snprintf(message, size, "%s: of %s there are no single quantities; natsight print %s prints them whole",
             shown, lists[list].plural, lists[list].plural);
    return false;
}

static bool unknown_quantity(struct cut_part part, const char *name, const char *quantity, char *message,
                             size_t size) {
    char shown[TEXT_MAX_BYTES + 1];
    cut_word(shown, name);
    struct near near = near_begin(quantity);
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == part.kind && !(quantities[q].flags & QUANTITY_HIDDEN))
            near_try(&near, quantities[q].name);
    if (near.name)
        snprintf(message, size, "%s: there is no such quantity; did you mean %s.%s?", shown, part.name,
                 near.name);
    else
        snprintf(message, size, "%s: there is no such quantity; natsight print --json %s shows their names",
                 shown, part.plural);
    return false;
}

/* ---- parsing ---- */

static void take_quantity(struct cut *cut, enum quantity q) {
    if (!cut->quantities[q])
        cut->quantity_order[cut->quantity_count++] = q;
    cut->quantities[q] = true;
}

/* All that are for documents, or of these the ones with a flag. */
static void take_part(struct cut *cut, int part, unsigned flag) {
    enum object_kind kind = cut_part(part).kind;
    if (!cut->parts[part])
        cut->part_order[cut->part_count++] = part;
    cut->parts[part] = true;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind && !(quantities[q].flags & QUANTITY_HIDDEN) &&
            (!flag || quantities[q].flags & flag))
            take_quantity(cut, (enum quantity)q);
}

static bool take_name(struct cut *cut, const char *name, char *message, size_t size) {
    size_t len = strcspn(name, ".");
    int part = part_by_name(name, len), list = list_by_name(name, len);
    if (list >= 0) {
        cut->lists[list] = true;
        return !name[len] || no_quantities(list, name, message, size);
    }
    if (part < 0)
        return unknown_part(name, message, size);
    if (!name[len]) {
        take_part(cut, part, 0);
        return true;
    }
    int q = quantity_by_name(cut_part(part).kind, name + len + 1);
    if (q < 0 || quantities[q].flags & QUANTITY_HIDDEN)
        return unknown_quantity(cut_part(part), name, name + len + 1, message, size);
    take_part(cut, part, QUANTITY_KEY | QUANTITY_WHERE);
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
    for (int k = 0; k < CUT_PART_COUNT; k++)
        if (usual[k])
            take_part(cut, k, 0);
    for (int l = 0; l < CUT_LIST_COUNT; l++)
        cut->lists[l] = true;
    return true;
}

unsigned cut_shapes(const struct cut *cut) {
    unsigned shapes = 0;
    for (int k = 0; k < CUT_PART_COUNT; k++)
        if (cut->parts[k])
            shapes |= k == CUT_CLOSED ? 1u << SHAPE_CONNZ_CLOSED : kind_shapes((enum object_kind)k);
    return shapes;
}
