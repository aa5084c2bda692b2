#include "views/alerts_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/ruleset.h"
#include "views/clusters.h"

struct line {
    char *out;
    size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (line->len < line->size)
        line->len += (size_t)vsnprintf(line->out + line->len, line->size - line->len, format, args);
    va_end(args);
}

static void add_count(struct line *line, size_t count, const char *what) {
    if (count)
        add(line, "  %zu %s", count, what);
}

/* Since the oldest of those that are kept opened: the last in the book. */
static void add_span(struct line *line, const struct view_context *context) {
    char span[TIME_TEXT_SIZE];
    const struct alert *oldest = model_alert(context->model, model_alert_count(context->model) - 1);
    int64_t ns = oldest ? context->utc_ns - oldest->ended_utc_ns : 0;
    if (ns <= 0)
        return;
    lasted_format(span, ns);
    add(line, " in %s", span);
}

void alerts_title(const struct view_context *context, int width, char *out, size_t size) {
    struct alert_counts n = model_alert_counts(context->model);
    struct line line = {out, size, 0};
    struct alert_things burning = model_alert_things(context->model);
    size_t open = n.crit + n.warn - burning.unheard - burning.quiet, things = burning.crit + burning.warn;
    add(&line, "ALERTS %zu open", open);
    if (things && things < open)
        add(&line, " of %zu thing%s", things, things > 1 ? "s" : "");
    add_count(&line, burning.quiet, "ending");
    add_count(&line, burning.unheard, "unheard");
    add_count(&line, n.acked, "acked");
    add_count(&line, n.silenced, "silenced");
    add_count(&line, n.pending, "pending");
    add_count(&line, n.ended, "cleared");
    if (n.ended && width >= 60)
        add_span(&line, context);
    if (context->alerts_kept && *context->alerts_kept)
        add(&line, "  %s", context->alerts_kept);
}

/* ---- rules ---- */

/* "natsight.conf" of "natsight.conf:12". */
static size_t file_length(const struct rule *rule) {
    return strcspn(rule->origin, ":");
}

/* "4 of natsight.conf" */
static void add_file(struct line *line, const struct ruleset *set, size_t first) {
    const struct rule *rule = ruleset_at(set, first);
    size_t len = file_length(rule), count = 0;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *other = ruleset_at(set, i);
        bool same = file_length(other) == len && strncmp(other->origin, rule->origin, len) == 0;
        if (same && i < first)
            return;
        count += same && other->enabled;
    }
    if (count)
        add(line, ", %zu of %.*s", count, (int)len, rule->origin);
}

void alerts_rules(const struct view_context *context, int width, char *out, size_t size) {
    const struct ruleset *set = model_rules(context->model);
    struct line line = {out, size, 0};
    size_t count = 0;
    int64_t read = model_rules_since(context->model);
    char clock[TIME_TEXT_SIZE];
    for (size_t i = 0; i < ruleset_count(set); i++)
        count += ruleset_at(set, i)->enabled;
    add(&line, "%zu rules", count);
    for (size_t i = 0; i < ruleset_count(set); i++)
        if (strcmp(ruleset_at(set, i)->origin, "default") != 0)
            add_file(&line, set, i);
    if (read) {
        time_format_clock(clock, read, context->local_time);
        add(&line, ", read %s", clock);
    }
    for (char *last; text_width(out) > width && (last = strrchr(out, ',')) != NULL;)
        *last = '\0';
}

/* ---- nothing ---- */

void alerts_empty(const struct view_context *context, int width, char *out, size_t size) {
    char clock[TIME_TEXT_SIZE];
    int64_t since = model_quiet_since(context->model);
    if (!clusters_count(context->model).up)
        snprintf(out, size, width < 40 ? "nothing is known" : "nothing is known: no server answers");
    else if (!since)
        snprintf(out, size, "no alerts");
    else {
        time_format_clock(clock, since, context->local_time);
        snprintf(out, size, width < 40 ? "none since %s" : "nothing was wrong since %s", clock);
    }
}

/* ---- silences ---- */

void alerts_silences(const struct view_context *context, char *out, size_t size) {
    struct line line = {out, size, 0};
    char clock[TIME_TEXT_SIZE];
    out[0] = '\0';
    for (size_t i = 0; i < model_silence_count(context->model); i++) {
        const struct silence *silence = model_silence_at(context->model, i);
        time_format_clock(clock, silence->until_utc_ns, context->local_time);
        add(&line, "%s%s %s until %s%s%s", i ? "; " : "silenced: ", silence->entity, silence->name, clock,
            *silence->note ? ", " : "", silence->note);
    }
}
