#include "views/alert_members.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"

static const char *const severity_words[] = {"ok", "unknown", "pending", "warn", "critical"};
static const char *const state_words[] = {"pending", "open", "cleared"};

const char *alert_severity_word(enum severity severity) {
    return severity_words[severity];
}

static json_t *instant(int64_t utc_ns) {
    char text[TIME_TEXT_SIZE];
    time_format_rfc3339(text, utc_ns);
    return json_string(text);
}

static bool read_instant(const json_t *json, int64_t *out) {
    int64_t wall;
    if (!json_is_string(json) || !time_parse(json_string_value(json), json_string_length(json), &wall) ||
        wall <= 0)
        return false;
    *out = time_of_wall(wall);
    if (*out <= 0) /* by far before we began, when the clock was not set yet; 0 is none */
        *out = 1;
    return true;
}

/* ---- the types: NULL, it is not so; false, it is not that ---- */

static json_t *text_json(const void *field) {
    return json_string(*(const char *const *)field);
}

/* What came from a file may be anything that is UTF-8; names that nobody made are not cut. */
static bool make_harmless(json_t *json) {
    struct buffer clean = {0};
    const char *text = json_string_value(json);
    size_t len = json_string_length(json), at = 0;
    bool harmless = true;
    while (at < len) {
        uint32_t c;
        size_t used = utf8_decode(text + at, len - at, &c);
        enum char_kind kind = char_kind(c);
        harmless &= kind == CHAR_NARROW || kind == CHAR_WIDE;
        if (kind == CHAR_CONTROL)
            buffer_append_text(&clean, "\xEF\xBF\xBD");
        else if (kind != CHAR_COMBINING)
            buffer_append(&clean, text + at, used);
        at += used;
    }
    bool good = harmless || json_string_set(json, buffer_text(&clean)) == 0;
    buffer_finish(&clean);
    return good;
}

static bool text_read(json_t *json, void *field) {
    if (!json_is_string(json) || !make_harmless(json))
        return false;
    *(const char **)field = json_string_value(json);
    return true;
}

static json_t *word_json(const char *const *words, const void *field) {
    return json_string(words[*(const int *)field]);
}

static bool word_read(const char *const *words, int count, const json_t *json, void *field) {
    const char *word = json_string_value(json);
    for (int i = 0; i < count && word != NULL; i++)
        if (strcmp(words[i], word) == 0) {
            *(int *)field = i;
            return true;
        }
    return false;
}

_Static_assert(sizeof(enum severity) == sizeof(int) && sizeof(enum alert_state) == sizeof(int),
               "words are read into both as into an int");

static json_t *severity_json(const void *field) {
    return word_json(severity_words, field);
}

static bool severity_read(json_t *json, void *field) {
    return word_read(severity_words, (int)(sizeof severity_words / sizeof *severity_words), json, field);
}

static json_t *state_json(const void *field) {
    return word_json(state_words, field);
}

static bool state_read(json_t *json, void *field) {
    return word_read(state_words, (int)(sizeof state_words / sizeof *state_words), json, field);
}

static json_t *number_json(const void *field) {
    return json_integer((json_int_t) * (const uint64_t *)field);
}

static bool number_read(json_t *json, void *field) {
    *(uint64_t *)field = (uint64_t)json_integer_value(json);
    return json_is_integer(json) && json_integer_value(json) >= 0;
}

/* "never" is no number. */
static json_t *real_json(const void *field) {
    double value = *(const double *)field;
    return value > 0 && value < (double)INT64_MAX ? json_real(value) : NULL;
}

static bool real_read(json_t *json, void *field) {
    *(double *)field = json_number_value(json);
    return json_is_number(json) && json_number_value(json) >= 0;
}

static json_t *count_json(const void *field) {
    return json_integer(*(const int *)field);
}

static bool count_read(json_t *json, void *field) {
    json_int_t value = json_integer_value(json);
    *(int *)field = (int)value;
    return json_is_integer(json) && value >= 0 && value <= INT_MAX;
}

static json_t *time_json(const void *field) {
    return *(const int64_t *)field > 0 ? instant(*(const int64_t *)field) : NULL;
}

static bool time_read(json_t *json, void *field) {
    return read_instant(json, field);
}

static json_t *flag_json(const void *field) {
    return *(const bool *)field ? json_true() : NULL;
}

static bool flag_read(json_t *json, void *field) {
    *(bool *)field = json_is_true(json);
    return json_is_boolean(json);
}

/* ---- the tables ---- */

struct member {
    const char *key;
    json_t *(*json)(const void *field);
    bool (*read)(json_t *json, void *field);
    size_t offset;
    const char *otherwise; /* the text where there is none; NULL: it is no text */
    bool needed;
};

#define MEMBER(entity, type, key, name, otherwise, needed)                                                   \
    { key, type##_json, type##_read, offsetof(struct entity, name), otherwise, needed }

static const struct member alert_members[] = {
    MEMBER(alert, number, "alert", number, NULL, true),
    MEMBER(alert, state, "state", state, NULL, true),
    MEMBER(alert, severity, "severity", severity, NULL, true),
    MEMBER(alert, severity, "worst", worst, NULL, true),
    MEMBER(alert, text, "rule", rule, "", true),
    MEMBER(alert, text, "tag", tag, "", true),
    MEMBER(alert, text, "entity", entity, "", true),
    MEMBER(alert, text, "cluster", cluster, "", false),
    MEMBER(alert, text, "name", name, "", false),
    MEMBER(alert, text, "client", client, "", false),
    MEMBER(alert, text, "address", address, "", false),
    MEMBER(alert, text, "text", text, "", false),
    MEMBER(alert, text, "worst_text", worst_text, "", false),
    MEMBER(alert, text, "figure", figure, "-", false),
    MEMBER(alert, text, "peak", peak, "-", false),
    MEMBER(alert, real, "peak_size", peak_size, NULL, false),
    MEMBER(alert, text, "worst_rule", worst_rule, "", false),
    MEMBER(alert, text, "limit", limit, "", false),
    MEMBER(alert, text, "origin", origin, "", false),
    MEMBER(alert, text, "ending", ending, "", false),
    MEMBER(alert, time, "first_sign", first_sign_utc_ns, NULL, false),
    MEMBER(alert, flag, "or_before", least, NULL, false),
    MEMBER(alert, time, "last_sign", sign_utc_ns, NULL, false),
    MEMBER(alert, flag, "last_sign_or_before", sign_least, NULL, false),
    MEMBER(alert, time, "opened", opened_utc_ns, NULL, false),
    MEMBER(alert, time, "worst_at", worst_utc_ns, NULL, false),
    MEMBER(alert, time, "ended", ended_utc_ns, NULL, false),
    MEMBER(alert, count, "times", times, NULL, false),
    MEMBER(alert, flag, "flapping", flapping, NULL, false),
    MEMBER(alert, flag, "unheard", unheard, NULL, false),
    MEMBER(alert, flag, "old", old, NULL, false),
    MEMBER(alert, flag, "figure_now", figure_now, NULL, false),
    MEMBER(alert, time, "acked", acked_utc_ns, NULL, false),
    MEMBER(alert, severity, "acked_severity", acked_severity, NULL, false),
    MEMBER(alert, text, "acked_by", acked_by, "", false),
    MEMBER(alert, text, "note", note, "", false),
    MEMBER(alert, time, "silenced_until", silenced_until_utc_ns, NULL, false),
    MEMBER(alert, text, "silence_note", silence_note, "", false),
    MEMBER(alert, flag, "untold", untold, NULL, false),
};

static const struct member silence_members[] = {
    MEMBER(silence, text, "entity", entity, "", true),
    MEMBER(silence, text, "cluster", cluster, "", false),
    MEMBER(silence, text, "name", name, "", false),
    MEMBER(silence, time, "since", since_utc_ns, NULL, false),
    MEMBER(silence, time, "until", until_utc_ns, NULL, true),
    MEMBER(silence, text, "note", note, "", false),
};

static const struct member server_members[] = {
    MEMBER(remembered_server, text, "name", name, "", true),
    MEMBER(remembered_server, text, "address", address, "", true),
    MEMBER(remembered_server, number, "cluster_port", cluster_port, NULL, false),
};

static const struct member stream_members[] = {
    MEMBER(lone_stream, text, "name", name, "", true),
    MEMBER(lone_stream, text, "server", server, "", true),
    MEMBER(lone_stream, text, "account", account, "", false),
    MEMBER(lone_stream, text, "cluster", cluster, "", false),
    MEMBER(lone_stream, text, "domain", domain, "", false),
};

enum {
    ALERT_MEMBERS = sizeof alert_members / sizeof *alert_members,
    SILENCE_MEMBERS = sizeof silence_members / sizeof *silence_members,
    SERVER_MEMBERS = sizeof server_members / sizeof *server_members,
    STREAM_MEMBERS = sizeof stream_members / sizeof *stream_members
};

static void add_members(const struct member *rows, int count, json_t *out, const void *of) {
    for (int i = 0; i < count; i++) {
        const void *field = (const char *)of + rows[i].offset;
        if (rows[i].otherwise != NULL && strcmp(*(const char *const *)field, rows[i].otherwise) == 0)
            continue;
        json_t *value = rows[i].json(field);
        if (value != NULL)
            json_object_set_new(out, rows[i].key, value);
    }
}

static bool read_members(const struct member *rows, int count, json_t *json, void *out, char *why,
                         size_t size) {
    snprintf(why, size, "is no object");
    if (!json_is_object(json))
        return false;
    for (int i = 0; i < count; i++)
        if (rows[i].otherwise != NULL)
            *(const char **)(void *)((char *)out + rows[i].offset) = rows[i].otherwise;
    for (int i = 0; i < count; i++) {
        json_t *value = json_object_get(json, rows[i].key);
        snprintf(why, size, value != NULL ? "%s is not what it should be" : "%s is missing", rows[i].key);
        if (value != NULL ? !rows[i].read(value, (char *)out + rows[i].offset) : rows[i].needed)
            return false;
    }
    why[0] = '\0';
    return true;
}

/* ---- out and in ---- */

static json_t *comings_json(const struct alert *alert) {
    json_t *came = json_array();
    for (int i = 0; i < alert->came_count; i++)
        if (alert->came_utc_ns[i] > 0)
            json_array_append_new(came, instant(alert->came_utc_ns[i]));
    return came;
}

/* Of too many the last ones. */
static bool read_comings(const json_t *came, struct alert *out) {
    size_t count = json_array_size(came), from = count > ALERT_COMINGS ? count - ALERT_COMINGS : 0;
    if (came == NULL)
        return true;
    for (size_t i = from; i < count; i++)
        if (!read_instant(json_array_get(came, i), &out->came_utc_ns[out->came_count++]))
            return false;
    return json_is_array(came);
}

void alert_members_add(json_t *out, const struct alert *alert) {
    add_members(alert_members, ALERT_MEMBERS, out, alert);
    if (alert->acked_utc_ns == 0)
        json_object_del(out, "acked_severity");
    if (alert->came_count > 0)
        json_object_set_new(out, "came", comings_json(alert));
}

json_t *alert_members_json(const struct alert *alert) {
    json_t *out = json_object();
    alert_members_add(out, alert);
    if (alert->state == ALERT_PENDING && alert->due_utc_ns > 0)
        json_object_set_new(out, "due", instant(alert->due_utc_ns));
    return out;
}

void silence_members_add(json_t *out, const struct silence *silence) {
    add_members(silence_members, SILENCE_MEMBERS, out, silence);
}

void server_members_add(json_t *out, const struct remembered_server *server) {
    add_members(server_members, SERVER_MEMBERS, out, server);
}

void stream_members_add(json_t *out, const struct lone_stream *stream) {
    add_members(stream_members, STREAM_MEMBERS, out, stream);
}

bool alert_members_read(json_t *json, struct alert *out, char *why, size_t size) {
    *out = (struct alert){0};
    if (!read_members(alert_members, ALERT_MEMBERS, json, out, why, size))
        return false;
    bool good = read_comings(json_object_get(json, "came"), out);
    if (!good)
        snprintf(why, size, "came is not what it should be");
    return good;
}

bool silence_members_read(json_t *json, struct silence *out, char *why, size_t size) {
    *out = (struct silence){0};
    return read_members(silence_members, SILENCE_MEMBERS, json, out, why, size);
}

bool server_members_read(json_t *json, struct remembered_server *out, char *why, size_t size) {
    *out = (struct remembered_server){0};
    return read_members(server_members, SERVER_MEMBERS, json, out, why, size);
}

bool stream_members_read(json_t *json, struct lone_stream *out, char *why, size_t size) {
    *out = (struct lone_stream){0};
    return read_members(stream_members, STREAM_MEMBERS, json, out, why, size);
}
