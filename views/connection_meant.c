#include "views/connection_meant.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "views/connection_facts.h"
#include "views/quantity_text.h"

static bool is_called(const struct model *model, const struct object *connection, const char *typed) {
    char cid[24];
    struct value name = quantity_get(model, connection, Q_CONNECTION_name);
    snprintf(cid, sizeof(cid), "%llu", (unsigned long long)row_u64(connection->now, F_CONNECTION_cid, 0));
    return strcmp(cid, typed) == 0 || (name.type == VALUE_TEXT && strcmp(name.text, typed) == 0);
}

/* Where nobody told, when it was seen last. */
static int64_t end_of(const struct model *model, const struct object *connection) {
    int64_t told = connection_end_ns(model, connection);
    return told != TIME_UNSET ? told : connection->seen_utc_ns;
}

static bool is_rather(const struct model *model, const struct object *a, const struct object *b) {
    if (b == NULL || a->freshness != b->freshness)
        return b == NULL || a->freshness < b->freshness;
    int64_t end_a = end_of(model, a), end_b = end_of(model, b);
    if (a->freshness == FRESH_GONE && end_a != end_b)
        return end_a > end_b;
    int64_t start_a = row_i64(a->now, F_CONNECTION_start, TIME_UNSET),
            start_b = row_i64(b->now, F_CONNECTION_start, TIME_UNSET);
    return start_a != start_b ? start_a > start_b : a->id > b->id;
}

const struct object *connection_meant(const struct model *model, const char *typed, size_t *alike) {
    size_t count;
    const struct object *meant = NULL, *const *all = model_objects(model, OBJECT_CONNECTION, &count);
    *alike = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_called(model, all[i], typed))
            continue;
        ++*alike;
        meant = is_rather(model, all[i], meant) ? all[i] : meant;
    }
    return meant;
}

static void standing(const struct model *model, const struct object *connection, char *out, size_t size) {
    char age[TIME_TEXT_SIZE];
    bool gone = connection->freshness == FRESH_GONE;
    struct value up = quantity_get(model, connection, Q_CONNECTION_uptime);
    if (connection->freshness == FRESH_LIVE) {
        lasted_format(age, up.type == VALUE_SPAN ? up.i : 0);
        snprintf(out, size, "open%s%s", up.type == VALUE_SPAN ? " for " : "",
                 up.type == VALUE_SPAN ? age : "");
        return;
    }
    int64_t ago = model_utc_ns(model) - end_of(model, connection);
    bool told = connection_end_ns(model, connection) != TIME_UNSET && !model_is_inferred(connection);
    lasted_format(age, ago > 0 ? ago : 0);
    snprintf(out, size, "%s%s %s ago", gone ? "closed" : "",
             told   ? ""
             : gone ? ", last seen"
                    : "last seen",
             age);
}

void connection_apart(const struct model *model, const struct object *connection, char *out, size_t size) {
    char how[80];
    const char *server = quantity_name_text(model, connection, Q_CONNECTION_server);
    standing(model, connection, how, sizeof(how));
    snprintf(out, size, "cid %llu on %.60s, %s",
             (unsigned long long)row_u64(connection->now, F_CONNECTION_cid, 0), *server ? server : "?", how);
}
