/* --only ENTITY[:FILTER]: of which objects alerts count. */
#include "entry/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "model/asset.h"
#include "views/filter.h"

enum { WORDS_MOST = 24 };

struct check_only {
    const struct options *options;
    struct part {
        enum object_kind kind;
        struct filter *filter; /* NULL: all of them */
        const char *text;      /* of the filter, as typed */
    } * parts;
    int count;
};

static bool is_kind(const char *text, size_t len, const char *word) {
    return strlen(word) == len && strncmp(text, word, len) == 0;
}

/* -1: there is none. Groups are made for lists and have no alerts. */
static int kind_named(const char *text, size_t len) {
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (kind != OBJECT_GROUP && (is_kind(text, len, object_kind_name((enum object_kind)kind)) ||
                                     is_kind(text, len, object_kind_plural((enum object_kind)kind))))
            return kind;
    return -1;
}

static bool unknown_kind(const char *typed, size_t len, char *message, size_t size) {
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1), typed);
    struct near near = near_begin(word);
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (kind != OBJECT_GROUP)
            near_try(&near, object_kind_name((enum object_kind)kind));
    snprintf(message, size, "--only %s: there is no such entity; %s%s%s", options_typed(typed),
             near.name != NULL ? "did you mean " : "server, stream, consumer, connection, ...",
             near.name != NULL ? near.name : "", near.name != NULL ? "?" : "");
    return false;
}

/* Words are looked for in what says which object it is. */
static struct filter *filter_of(enum object_kind kind, const char *text) {
    struct filter_column shown[WORDS_MOST];
    int count = 0;
    for (int q = 0; q < QUANTITY_COUNT && count < WORDS_MOST; q++)
        if (quantities[q].kind == kind && quantities[q].flags & (QUANTITY_KEY | QUANTITY_WHERE))
            shown[count++] = (struct filter_column){(enum quantity)q, NULL};
    return filter_create(text, kind, shown, count);
}

static bool take(struct part *part, const char *typed, char *message, size_t size) {
    size_t len = strcspn(typed, ":");
    int kind = kind_named(typed, len);
    if (kind < 0)
        return unknown_kind(typed, len, message, size);
    part->kind = (enum object_kind)kind;
    if (typed[len] == '\0')
        return true;
    part->text = typed + len + 1;
    part->filter = filter_of(part->kind, part->text);
    const char *fault = filter_error(part->filter);
    if (fault != NULL)
        snprintf(message, size, "--only %s: %s", options_typed(typed), fault);
    return fault == NULL;
}

struct check_only *check_only_create(const struct options *options, char *message, size_t size) {
    struct check_only *only = memory_new(sizeof *only);
    only->options = options;
    only->parts = memory_array((size_t)options->only_count + 1, sizeof *only->parts);
    for (int i = 0; i < options->only_count; i++) {
        only->count++;
        if (!take(&only->parts[i], options->only[i], message, size)) {
            check_only_destroy(only);
            return NULL;
        }
    }
    return only;
}

void check_only_destroy(struct check_only *only) {
    if (only == NULL)
        return;
    for (int i = 0; i < only->count; i++)
        filter_destroy(only->parts[i].filter);
    free(only->parts);
    free(only);
}

/* What it is a part of, where nobody has it but as that: a stream has consumers, but also replicas. */
static const struct object *whole_of(const struct object *object) {
    static const bool is_part[OBJECT_KIND_COUNT] = {
        [OBJECT_REPLICA] = true, [OBJECT_SOURCE] = true,  [OBJECT_META_PEER] = true,
        [OBJECT_ROUTE] = true,   [OBJECT_GATEWAY] = true, [OBJECT_LEAF] = true,
    };
    return is_part[object->kind] ? object->parent : NULL;
}

static bool is_it(const struct part *part, const struct model *model, const struct object *object) {
    char name[TEXT_MAX_BYTES + 1]; /* as it stands in an alert: ORDERS/billing */
    if (object->kind != part->kind || part->filter == NULL)
        return object->kind == part->kind;
    model_object_name(model, object, name, sizeof name);
    return strcmp(name, part->text) == 0 || filter_pass(part->filter, model, object);
}

static bool passes(const struct part *part, const struct model *model, const struct object *object) {
    const struct object *whole = whole_of(object);
    return is_it(part, model, object) || (whole != NULL && is_it(part, model, whole));
}

bool check_only_object(const struct check_only *only, const struct model *model,
                       const struct object *object) {
    for (int i = 0; i < only->count; i++)
        if (passes(&only->parts[i], model, object))
            return true;
    return only->count == 0;
}

static bool is_led_by(const struct model *model, const struct object *asset, const struct object *server) {
    const struct entry *leader = asset_leader(model, asset);
    return leader != NULL && &leader->object == server;
}

/* A stream or a consumer that passes has a part there: that it is gone is told of the server alone. */
static bool has_part_at(const struct part *part, const struct model *model, const struct object *server) {
    size_t count;
    bool has = part->kind == OBJECT_STREAM || part->kind == OBJECT_CONSUMER;
    const struct object *const *assets = model_objects(model, part->kind, &count);
    for (size_t i = 0; has && i < count; i++)
        if ((members_have(model, assets[i], server) || is_led_by(model, assets[i], server)) &&
            is_it(part, model, assets[i]))
            return true;
    return false;
}

static bool takes_parts(const struct check_only *only, const struct model *model, const struct alert *alert,
                        const struct object *object) {
    bool gone =
        object->kind == OBJECT_SERVER && (strcmp(alert->tag, "DOWN") == 0 || strcmp(alert->tag, "JS") == 0);
    for (int i = 0; gone && i < only->count; i++)
        if (has_part_at(&only->parts[i], model, object))
            return true;
    return false;
}

bool check_only_alert(const struct check_only *only, const struct model *model, const struct alert *alert) {
    const struct object *object = model_object(model, alert->object);
    const char *texts[] = {alert->name, NULL};
    if (object != NULL)
        return check_only_object(only, model, object) || takes_parts(only, model, alert, object);
    for (int i = 0; i < only->count; i++)
        if (strcmp(object_kind_name(only->parts[i].kind), alert->entity) == 0 &&
            (only->parts[i].filter == NULL || filter_pass_beside(only->parts[i].filter, model, NULL, texts)))
            return true;
    return only->count == 0;
}

bool check_only_elsewhere(const struct check_only *only) {
    bool elsewhere = only->count == 0;
    for (int i = 0; i < only->count; i++)
        elsewhere |= only->parts[i].kind != OBJECT_SERVER;
    return elsewhere;
}

static bool any_passes(const struct part *part, const struct model *model) {
    size_t count;
    const struct object *const *objects = model_objects(model, part->kind, &count);
    for (size_t i = 0; i < count; i++)
        if (passes(part, model, objects[i]))
            return true;
    return false;
}

const char *check_only_missed(const struct check_only *only, const struct model *model) {
    for (int i = 0; i < only->count; i++)
        if (only->parts[i].filter != NULL && !any_passes(&only->parts[i], model))
            return only->options->only[i];
    return NULL;
}
