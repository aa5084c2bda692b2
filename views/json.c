#include "views/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "views/alert_members.h"

#define SCHEMA 1

/* jansson's integers end at 2^63 - 1; a cleaned text never holds this character. */
#define BIG_MARK    '\x01'
#define BIG_ESCAPED "\"\\u0001"

static const char *const freshness_words[] = {"live", "stale", "gone"};

static json_t *instant(int64_t utc_ns) {
    char text[TIME_TEXT_SIZE];
    time_format_rfc3339(text, utc_ns);
    return json_string(text);
}

static json_t *unsigned_integer(uint64_t u) {
    char text[32];
    if (u <= INT64_MAX)
        return json_integer((json_int_t)u);
    snprintf(text, sizeof(text), "%c%llu", BIG_MARK, (unsigned long long)u);
    return json_string(text);
}

/* NULL: not known. */
static json_t *value_json(struct value v) {
    switch (v.type) {
    case VALUE_UINT:
        return unsigned_integer(v.u);
    case VALUE_INT:
        return json_integer(v.i);
    case VALUE_REAL:
        return isfinite(v.f) ? json_real(v.f) : NULL;
    case VALUE_TEXT:
        return json_string(v.text);
    case VALUE_BOOL:
        return json_boolean(v.b);
    case VALUE_TIME:
        return v.i == TIME_UNSET ? NULL : instant(value_instant(v));
    case VALUE_SPAN:
        return json_real((double)v.i / (double)NS_PER_S);
    case VALUE_UNKNOWN:
        break;
    }
    return NULL;
}

/* A span may come as a plain number of nanoseconds: the unit says so. */
static json_t *quantity_json(struct value v, enum unit unit) {
    double ns;
    if (v.flags & VALUE_NEVER)
        return NULL;
    if (unit == UNIT_NS && v.type != VALUE_TEXT)
        return value_number(v, &ns) ? json_real(ns / (double)NS_PER_S) : NULL;
    return value_json(v);
}

static void add_age(json_t *out, const struct model *model, const struct object *object) {
    int64_t now = model_utc_ns(model), at = object->now ? object->now_at.utc_ns : 0;
    if (object->kind == OBJECT_CLUSTER) { /* as old as the oldest of what it is made of */
        int64_t age = model_data_age_ns(model);
        at = age < 0 ? 0 : now - age;
    }
    if (at <= 0)
        return;
    json_object_set_new(out, "sampled_at", instant(at));
    json_object_set_new(out, "age_ms", json_integer((now > at ? now - at : 0) / NS_PER_MS));
}

static json_t *object_json(const struct model *model, const struct object *object, const struct cut *cut) {
    json_t *out = json_object(), *estimated = json_array(), *at_most = json_array(), *at_least = json_array();
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        if (quantities[q].kind != object->kind || !cut->quantities[q])
            continue;
        struct value v = quantity_get(model, object, (enum quantity)q);
        json_t *json = quantity_json(v, quantities[q].unit);
        if (!json)
            continue;
        json_object_set_new(out, quantities[q].name, json);
        if (v.flags & VALUE_ESTIMATED)
            json_array_append_new(estimated, json_string(quantities[q].name));
        if (v.flags & VALUE_BOUND)
            json_array_append_new(at_most, json_string(quantities[q].name));
        if (v.flags & VALUE_LEAST)
            json_array_append_new(at_least, json_string(quantities[q].name));
    }
    add_age(out, model, object);
    json_object_set_new(out, "freshness", json_string(freshness_words[object->freshness]));
    json_object_set_new(out, "estimated", estimated);
    if (json_array_size(at_most))
        json_object_set(out, "at_most", at_most);
    if (json_array_size(at_least))
        json_object_set(out, "at_least", at_least);
    json_decref(at_most);
    json_decref(at_least);
    return out;
}

static json_t *objects_json(const struct model *model, const struct cut_part *part, const struct cut *cut) {
    size_t count;
    json_t *out = json_array();
    const struct object *const *objects = model_objects(model, part->kind, &count);
    for (size_t i = 0; i < count; i++)
        if (!part->has || part->has(objects[i]))
            json_array_append_new(out, object_json(model, objects[i], cut));
    return out;
}

static json_t *events_json(const struct model *model) {
    json_t *out = json_array();
    for (size_t i = 0; i < model_event_count(model); i++) {
        const struct event *e = model_event(model, i);
        json_t *one = json_object();
        json_object_set_new(one, "at", instant(e->utc_ns));
        json_object_set_new(one, "kind", json_string(e->kind));
        json_object_set_new(one, "subject", json_string(e->subject ? e->subject : ""));
        json_object_set_new(one, "text", json_string(e->text ? e->text : ""));
        json_object_set_new(one, "source", json_string(e->heard ? "published" : "polled"));
        json_array_append_new(out, one);
    }
    return out;
}

/* In the words of hooks and of `check --json`. */
static json_t *alerts_json(const struct model *model) {
    json_t *out = json_array();
    for (size_t i = 0; i < model_alert_count(model); i++)
        json_array_append_new(out, alert_members_json(model_alert(model, i)));
    return out;
}

static json_t *(*const list_json[CUT_LIST_COUNT])(const struct model *model) = {
    [CUT_ALERTS] = alerts_json, [CUT_EVENTS] = events_json};

json_t *document_json(const struct model *model, const struct document_options *options) {
    struct cut all;
    char message[8];
    const struct cut *cut = options ? options->cut : NULL;
    if (!cut) {
        cut_parse(&all, NULL, 0, message, sizeof(message));
        cut = &all;
    }
    json_t *out = json_object();
    json_object_set_new(out, "schema", json_integer(SCHEMA));
    json_object_set_new(out, "taken", instant(model_utc_ns(model)));
    for (int k = 0; k < CUT_PART_COUNT; k++) {
        struct cut_part part = cut_part(k);
        if (cut->parts[k])
            json_object_set_new(out, part.plural, objects_json(model, &part, cut));
    }
    for (int l = 0; l < CUT_LIST_COUNT; l++)
        if (cut->lists[l])
            json_object_set_new(out, cut_list_plural((enum cut_list)l), list_json[l](model));
    return out;
}

/* Big integers lose their quotes and their mark. */
static char *unquote_big(char *text) {
    char *from = strstr(text, BIG_ESCAPED), *to = from;
    while (from && *from) {
        if (strncmp(from, BIG_ESCAPED, strlen(BIG_ESCAPED)) != 0) {
            *to++ = *from++;
            continue;
        }
        from += strlen(BIG_ESCAPED);
        while (*from >= '0' && *from <= '9')
            *to++ = *from++;
        from += *from == '"';
    }
    if (to)
        *to = 0;
    return text;
}

char *document_write(const struct model *model, const struct document_options *options, bool indent) {
    json_t *json = document_json(model, options);
    char *text = json_dumps(json, (indent ? JSON_INDENT(2) : JSON_COMPACT) | JSON_REAL_PRECISION(15));
    json_decref(json);
    return text ? unquote_big(text) : NULL;
}
