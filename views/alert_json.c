#include "views/alert_json.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/alert_object.h"
#include "views/alert_members.h"

#define SCHEMA 1

enum { LINE_SIZE = 1600 };

/* What ended was as bad as it was at its worst; what was worse before it came back is not what ended now. */
static enum severity severity_of(const struct alert *a) {
    bool of_now = a->times <= 1 || a->worst_utc_ns >= alert_sign_utc_ns(a, &(bool){false});
    return a->state == ALERT_CLEARED && of_now ? a->worst : a->severity;
}

/* "opened critical in eu: ORDERS/billing is 61.2k behind"; who it is stands in front where the sentence does
 * not say so, and how it ended behind it. */
static void format_line(const struct alert_change *change, const struct alert *a, char *out, size_t size) {
    bool named = text_contains(a->text, a->name);
    snprintf(out, size, "%s %s%s%s: %s%s%s%s%s%s%s", alert_change_word(change->kind),
             alert_severity_word(severity_of(a)), *a->cluster ? " in " : "", a->cluster,
             named ? "" : a->entity, named ? "" : " ", named ? "" : a->name, named ? "" : ": ", a->text,
             *a->ending ? "; " : "", a->ending);
}

/* "silenced server n1 in eu until 2026-11-22T14:00:00.000Z: a new disk" */
static void format_silence(const struct alert_change *change, char *out, size_t size) {
    const struct silence *s = &change->silence;
    bool until = change->kind == CHANGE_SILENCED;
    char at[TIME_TEXT_SIZE] = "";
    if (until)
        time_format_rfc3339(at, s->until_utc_ns);
    snprintf(out, size, "%s %s %s%s%s%s%s%s%s", alert_change_word(change->kind), s->entity, s->name,
             *s->cluster ? " in " : "", s->cluster, until ? " until " : "", at, *s->note ? ": " : "",
             s->note);
}

/* Of one that is kept no more, since thousands ended with it: what was said of it then. */
static void format_forgotten(const struct alert_change *change, char *out, size_t size) {
    bool named = text_contains(change->text, change->name);
    snprintf(out, size, "%s: %s%s%s", alert_change_word(change->kind), named ? "" : change->name,
             named ? "" : ": ", change->text);
}

json_t *alert_note_json(const char *event, int64_t utc_ns, const char *line) {
    char at[TIME_TEXT_SIZE];
    json_t *out = json_object();
    time_format_rfc3339(at, utc_ns);
    json_object_set_new(out, "schema", json_integer(SCHEMA));
    json_object_set_new(out, "event", json_string(event));
    json_object_set_new(out, "at", json_string(at));
    json_object_set_new(out, "line", json_string(line));
    return out;
}

json_t *alert_change_json(const struct alert_change *change, const struct alert *alert) {
    char line[LINE_SIZE] = "";
    if (alert)
        format_line(change, alert, line, sizeof(line));
    else if (change->silence.entity)
        format_silence(change, line, sizeof(line));
    else
        format_forgotten(change, line, sizeof(line));
    json_t *out = alert_note_json(alert_change_word(change->kind), change->utc_ns, line);
    if (alert)
        alert_members_add(out, alert);
    else if (change->silence.entity)
        silence_members_add(out, &change->silence);
    if (!alert && change->alert) {
        json_object_set_new(out, "alert", json_integer((json_int_t)change->alert));
        json_object_set_new(out, "name", json_string(change->name));
        json_object_set_new(out, "text", json_string(change->text));
    }
    return out;
}
