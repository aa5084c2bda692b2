#include "views/cut.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

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

/* ---- the nearest name, for the message ---- */

#define NEAR 2 /* letters: what is further away was meant otherwise */

static int distance(const char *a, const char *b) {
    enum { MOST = 64 };
    int row[MOST + 1];
    int la = (int)strnlen(a, MOST), lb = (int)strnlen(b, MOST);
    for (int j = 0; j <= lb; j++)
        row[j] = j;
    for (int i = 1; i <= la; i++) {
        int corner = row[0];
        row[0] = i;
        for (int j = 1; j <= lb; j++) {
            int change = corner + (a[i - 1] != b[j - 1]),
                least = row[j] + 1 < row[j - 1] + 1 ? row[j] + 1 : row[j - 1] + 1;
            corner = row[j];
            row[j] = change < least ? change : least;
        }
    }
    return row[lb];
}

static void nearer(const char *wrong, const char *name, int *best, const char **nearest) {
    int d = distance(wrong, name);
    if (d < *best) {
        *best = d;
        *nearest = name;
    }
}

static bool unknown_kind(const char *name, char *message, size_t size) {
    int best = NEAR + 1;
    const char *nearest = NULL;
    char word[80];
    size_t len = 0;
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "."), name);
    for (int k = 0; k < OBJECT_KIND_COUNT; k++)
        if (has_quantities((enum object_kind)k))
            nearer(word, object_kind_plural((enum object_kind)k), &best, &nearest);
    nearer(word, events_name, &best, &nearest);
    if (nearest) {
        snprintf(message, size, "there is no \"%.60s\": did you mean \"%s\"?", name, nearest);
        return false;
    }
    len = (size_t)snprintf(message, size, "there is no \"%.60s\": there are ", name);
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
    int best = NEAR + 1;
    const char *nearest = NULL;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind && !(quantities[q].flags & QUANTITY_HIDDEN))
            nearer(quantity, quantities[q].name, &best, &nearest);
    if (nearest)
        snprintf(message, size, "there is no \"%.60s\": did you mean \"%s.%s\"?", name,
                 object_kind_name(kind), nearest);
    else
        snprintf(message, size, "there is no \"%.60s\": the heads of \"print %s\" are the names", name,
                 object_kind_plural(kind));
    return false;
}

/* ---- parsing ---- */

/* All that are for documents, or of these the ones with a flag. */
static void take_kind(struct cut *cut, enum object_kind kind, unsigned flag) {
    cut->kinds[kind] = true;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind && !(quantities[q].flags & QUANTITY_HIDDEN) &&
            (!flag || quantities[q].flags & flag))
            cut->quantities[q] = true;
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
    take_kind(cut, (enum object_kind)kind, QUANTITY_KEY);
    cut->quantities[q] = true;
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
