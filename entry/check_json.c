/* What was found, as one JSON document a line:
 *
 * {"schema":1,"status":"critical","code":2,"taken":...,"age_s":0.4,"watched_s":11.2,"servers":{"up":2,"expected":3},
 *  "jetstream":{"heard":2,"unheard":1},"counts":{"critical":1,"warning":0,"pending":2},"alerts":[...],"pending":[...],
 *  "not_judged":[{"rule":"routes_slow","quantity":"slow_routes_5m","of":3,"why":"not reported by this
 * version",...}],"applies_to_none":[{"rule":"mine","match":"stream = NOSUCH",...}],"figures":{...}}
 *
 * What is not known is absent. */
#include "entry/check.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "views/alert_members.h"
#include "views/account.h"

#define SCHEMA 1

static void set_text(json_t *out, const char *key, const char *text) {
    if (text != NULL && text[0] != '\0' && strcmp(text, "-") != 0)
        json_object_set_new(out, key, json_string(text));
}

static void set_instant(json_t *out, const char *key, int64_t utc_ns) {
    char text[TIME_TEXT_SIZE];
    if (utc_ns <= 0)
        return;
    time_format_rfc3339(text, utc_ns);
    json_object_set_new(out, key, json_string(text));
}

static json_t *alert_json(const struct alert *alert, bool counted) {
    json_t *out = alert_members_json(alert);
    if (counted) { /* at one look also what is not held for long enough yet */
        set_text(out, "state", "open");
        json_object_del(out, "due");
    }
    return out;
}

static json_t *alerts_json(const struct alert *const *alerts, size_t count, bool counted) {
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(out, alert_json(alerts[i], counted));
    return out;
}

/* ---- what could not be judged ---- */

static bool has_text(const json_t *array, const char *text) {
    for (size_t i = 0; i < json_array_size(array); i++)
        if (strcmp(json_string_value(json_array_get(array, i)), text) == 0)
            return true;
    return false;
}

/* Of all servers. */
static json_t *versions_json(const struct model *model) {
    json_t *out = json_array();
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        struct value version = quantity_get(model, servers[i], Q_SERVER_version);
        if (version.type == VALUE_TEXT && !has_text(out, version.text))
            json_array_append_new(out, json_string(version.text));
    }
    return out;
}

static json_t *unjudged_json(const struct check_report *r) {
    json_t *out = json_array();
    for (size_t i = 0; i < r->unjudged_count; i++) {
        const struct check_unjudged *u = &r->unjudged[i];
        json_t *one = json_object();
        set_text(one, "rule", u->rule->name);
        set_text(one, "entity", object_kind_name(u->rule->kind));
        if (u->cover.quantity >= 0)
            set_text(one, "quantity", quantities[u->cover.quantity].name);
        json_object_set_new(one, "of", json_integer((json_int_t)u->cover.asked));
        json_object_set_new(one, "unknown", json_integer((json_int_t)u->cover.unknown));
        set_text(one, "why", check_unjudged_why(r->model, u));
        if (u->cover.untold > 0)
            json_object_set_new(one, "versions", versions_json(r->model));
        json_array_append_new(out, one);
    }
    return out;
}

static json_t *in_vain_json(const struct check_report *r) {
    json_t *out = json_array();
    for (size_t i = 0; i < r->in_vain_count; i++) {
        const struct rule *rule = r->in_vain[i];
        json_t *one = json_object();
        set_text(one, "rule", rule->name);
        set_text(one, "entity", object_kind_name(rule->kind));
        set_text(one, "match", rule->match);
        set_text(one, "origin", rule->origin);
        json_array_append_new(out, one);
    }
    return out;
}

/* ---- the document ---- */

static json_t *figures_json(const struct check_report *r) {
    struct check_figure figures[CHECK_FIGURES_MOST];
    size_t count = check_figures(r, figures);
    json_t *out = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(out, figures[i].label, json_real(figures[i].value));
    return out;
}

static void add_model(json_t *out, const struct check_report *r) {
    struct check_servers servers = check_servers(r->model);
    int64_t age_ns = model_data_age_ns(r->model);
    set_instant(out, "taken", model_utc_ns(r->model));
    if (age_ns >= 0)
        json_object_set_new(out, "age_s", json_real((double)age_ns / (double)NS_PER_S));
    struct check_jetstream js = check_jetstream(r->model);
    if (*account_note(r->model) == '\0') { /* else it is not known */
        json_object_set_new(out, "servers",
                            json_pack("{s:i, s:i}", "up", servers.up, "expected", servers.expected));
        json_object_set_new(out, "jetstream",
                            json_pack("{s:i, s:i}", "heard", js.heard, "unheard", js.unheard));
    }
    json_object_set_new(out, "counts",
                        json_pack("{s:I, s:I, s:I}", "critical", (json_int_t)r->crit, "warning",
                                  (json_int_t)r->warn, "pending", (json_int_t)r->pending_count));
    json_object_set_new(out, "alerts", alerts_json(r->alerts, r->alert_count, true));
    json_object_set_new(out, "pending", alerts_json(r->pending, r->pending_count, false));
    json_object_set_new(out, "not_judged", unjudged_json(r));
    json_object_set_new(out, "applies_to_none", in_vain_json(r));
    json_object_set_new(out, "figures", figures_json(r));
}

static json_t *notes_json(const char *notes) {
    json_t *out = json_array();
    for (const char *at = notes; *at != '\0';) {
        size_t len = strcspn(at, "\n");
        json_array_append_new(out, json_stringn(at, len));
        at += len + (at[len] == '\n');
    }
    return out;
}

void check_write_json(const struct check_report *r, struct buffer *out) {
    json_t *json = json_object();
    char status[16];
    snprintf(status, sizeof status, "%s", check_status_word(r->status));
    for (char *c = status; *c != '\0'; c++)
        *c |= 0x20;
    json_object_set_new(json, "schema", json_integer(SCHEMA));
    set_text(json, "status", status);
    json_object_set_new(json, "code", json_integer(r->status));
    set_text(json, "message", r->message);
    if (r->model == NULL) { /* nobody was asked */
        set_text(json, "state", status);
        set_text(json, "error", r->message);
    }
    json_object_set_new(json, "watched_s", json_real((double)r->watched_ns / (double)NS_PER_S));
    json_object_set_new(json, "cut_short", json_boolean(r->cut_short));
    if (r->model != NULL)
        add_model(json, r);
    if (r->notes[0] != '\0')
        json_object_set_new(json, "notes", notes_json(r->notes));
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15));
    buffer_printf(out, "%s\n", text != NULL ? text : "{}");
    free(text);
    json_decref(json);
}
