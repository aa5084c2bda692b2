/* What was found, as a scheduler reads it: one line that counts, performance data behind |, then what it is
 * about. */
#include "entry/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/rule_text.h"
#include "model/sentence.h"
#include "views/account.h"

enum {
    FIRST_MOST = 3, /* alerts in the first line */
    FIRST_COLUMNS = 100,
    LINES_MOST = 50, /* of alerts */
    LINES_OF_RULE = 10,
    PENDING_MOST = 10,
    NAMES_MOST = 12,
    TEXT_SIZE = 1200
};

static const char *const status_words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

const char *check_status_word(enum check_status status) {
    return status_words[status];
}

/* A | begins performance data and a line ends what is shown, whoever's name it is in. */
static void append_said(struct buffer *out, const char *text, int columns) {
    char cut[TEXT_SIZE];
    text_cut(cut, sizeof cut, text, columns);
    for (const char *at = cut; *at != '\0';) {
        uint32_t c;
        size_t used = utf8_decode(at, strlen(at), &c);
        enum char_kind kind = char_kind(c);
        if (c == '|')
            buffer_append_text(out, "/");
        else if (kind == CHAR_NARROW || kind == CHAR_WIDE)
            buffer_append(out, at, used);
        else
            buffer_append_text(out, " ");
        at += used;
    }
}

/* A sentence: a long name in it leaves room for the figures. */
static void append_sentence(struct buffer *out, const char *text, int columns) {
    char fitted[TEXT_SIZE];
    sentence_fit(text, columns, 1, fitted, sizeof fitted);
    append_said(out, fitted, columns);
}

/* ---- performance data ---- */

/* Neither = nor a line; a quote is written twice. */
static void append_label(struct buffer *out, const char *label) {
    buffer_append_text(out, "'");
    for (const char *at = label; *at != '\0'; at++) {
        if (*at == '\'')
            buffer_append_text(out, "''");
        else
            buffer_append(out, *at == '=' || *at == '|' || (unsigned char)*at < ' ' ? "_" : at, 1);
    }
    buffer_append_text(out, "'=");
}

static void append_figure(struct buffer *out, const struct check_figure *figure) {
    char number[48], most[48] = "";
    check_number(figure->value, number, sizeof number);
    if (isfinite(figure->most))
        check_number(figure->most, most, sizeof most);
    append_label(out, figure->label);
    buffer_printf(out, "%s%s", number, figure->unit);
    if (most[0] != '\0')
        buffer_printf(out, ";%s;%s;0;%s", figure->warn, figure->crit, most);
    else if (figure->crit[0] != '\0')
        buffer_printf(out, ";%s;%s", figure->warn, figure->crit);
    else if (figure->warn[0] != '\0')
        buffer_printf(out, ";%s", figure->warn);
}

static void append_figures(struct buffer *out, const struct check_report *r) {
    struct check_figure figures[CHECK_FIGURES_MOST];
    size_t count = check_figures(r, figures);
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(out, i == 0 ? " | " : " ");
        append_figure(out, &figures[i]);
    }
}

/* ---- the first line ---- */

static void append_counts(struct buffer *out, const struct check_report *r) {
    if (r->crit > 0)
        buffer_printf(out, "%zu critical%s", r->crit, r->warn > 0 ? ", " : "");
    if (r->warn > 0)
        buffer_printf(out, "%zu warning", r->warn);
    if (r->crit + r->warn == 0)
        buffer_append_text(out, "no alert");
}

static void append_worst(struct buffer *out, const struct check_report *r) {
    for (size_t i = 0; i < r->alert_count && i < FIRST_MOST; i++) {
        buffer_append_text(out, "; ");
        append_said(out, r->alerts[i]->tag, FIRST_COLUMNS);
        buffer_append_text(out, " ");
        append_sentence(out, r->alerts[i]->text, FIRST_COLUMNS);
    }
    if (r->alert_count > FIRST_MOST)
        buffer_printf(out, "; %zu more", r->alert_count - FIRST_MOST);
}

static bool is_unjudged(const struct check_report *r, const struct object *object) {
    for (size_t i = 0; i < r->unjudged_count; i++)
        if (r->unjudged[i].cover.unheard > 0 && rule_is_unjudged(r->model, r->unjudged[i].rule, object))
            return true;
    return false;
}

static void append_expectations(struct buffer *out, const struct check_report *r) {
    size_t count, asked = 0, unjudged = 0;
    const struct object *const *objects = model_objects(r->model, OBJECT_EXPECTATION, &count);
    for (size_t i = 0; i < count; i++) {
        if (!check_only_object(r->only, r->model, objects[i]))
            continue;
        asked++;
        unjudged += is_unjudged(r, objects[i]);
    }
    if (unjudged > 0)
        buffer_printf(out, "; %zu of %zu expectations can't be judged", unjudged, asked);
}

static void append_first(struct buffer *out, const struct check_report *r) {
    buffer_printf(out, "%s: ", check_status_word(r->status));
    if (r->message[0] != '\0') {
        append_said(out, r->message, 3 * FIRST_COLUMNS);
        if (r->model == NULL)
            return;
    } else {
        append_counts(out, r);
        append_worst(out, r);
    }
    struct check_servers servers = check_servers(r->model);
    if (servers.expected > 0)
        buffer_printf(out, "; %d of %d servers answer", servers.up, servers.expected);
    else if (*account_note(r->model) != '\0')
        buffer_append_text(out, "; servers are not seen");
    struct check_jetstream js = check_jetstream(r->model);
    if (js.unheard > 0)
        buffer_printf(out, "; JetStream is known of %d of %d", js.heard, js.heard + js.unheard);
    append_expectations(out, r);
    if (r->pending_count > 0)
        buffer_printf(out, "; %zu pending", r->pending_count);
    append_figures(out, r);
}

/* ---- the lines behind it ---- */

static const char *level_word(const struct alert *alert) {
    return alert->severity == SEVERITY_CRIT ? "critical" : "warning";
}

static void append_line(struct buffer *out, const struct alert *alert) {
    char since[TIME_TEXT_SIZE];
    time_format_rfc3339(since, alert->first_sign_utc_ns);
    buffer_printf(out, "%s ", level_word(alert));
    append_said(out, alert->tag, FIRST_COLUMNS);
    buffer_append_text(out, " ");
    append_sentence(out, alert->text, 3 * FIRST_COLUMNS);
    buffer_append_text(out, " (");
    append_said(out, alert->rule, FIRST_COLUMNS);
    if (alert->limit[0] != '\0') {
        buffer_append_text(out, " ");
        append_said(out, alert->limit, FIRST_COLUMNS);
    }
    if (strcmp(alert->origin, "default") != 0) {
        buffer_append_text(out, ", ");
        append_said(out, alert->origin, FIRST_COLUMNS);
    }
    buffer_printf(out, ", since %s%.19sZ)\n", alert->least ? "before " : "", since);
}

static bool has_its_lines(const struct check_report *r, size_t until, const char *rule) {
    size_t count = 0;
    for (size_t i = 0; i < until && count < LINES_OF_RULE; i++)
        count += strcmp(r->alerts[i]->rule, rule) == 0;
    return count == LINES_OF_RULE;
}

/* Of one rule the first few: what else is wrong is not to be pushed out by them. */
static void append_alerts(struct buffer *out, const struct check_report *r) {
    size_t lines = 0;
    for (size_t i = 0; i < r->alert_count && lines < LINES_MOST; i++) {
        if (has_its_lines(r, i, r->alerts[i]->rule))
            continue;
        append_line(out, r->alerts[i]);
        lines++;
    }
    if (lines < r->alert_count)
        buffer_printf(out, "and %zu more; --json has all of them\n", r->alert_count - lines);
}

static void append_pending(struct buffer *out, const struct check_report *r) {
    for (size_t i = 0; i < r->pending_count && i < PENDING_MOST; i++) {
        const struct alert *alert = r->pending[i];
        char left[TIME_TEXT_SIZE];
        int64_t ns = alert->due_utc_ns - model_utc_ns(r->model);
        span_format(left, ns > 0 ? ns : 0);
        buffer_printf(out, "pending %s ", level_word(alert));
        append_said(out, alert->tag, FIRST_COLUMNS);
        buffer_append_text(out, " ");
        append_sentence(out, alert->text, 3 * FIRST_COLUMNS);
        buffer_printf(out, " (%s, in %s%s)\n", alert->rule, left,
                      alert->moved ? ", as its leader changed" : "");
    }
}

static bool is_untold(const struct check_unjudged *u) {
    return u->cover.untold == u->cover.asked;
}

static bool is_unheard(const struct check_unjudged *u) {
    return u->cover.unheard > 0;
}

static bool is_for_longer(const struct check_unjudged *u) {
    return u->cover.untold + u->cover.unheard == 0 && u->cover.awaited > 0;
}

/* What else is not known may be what is not so. */
static const struct unjudged_line {
    const char *head;
    bool (*is)(const struct check_unjudged *unjudged);
    bool once; /* of one look alone: else more answers were waited for */
} unjudged_lines[] = {
    {"not judged, these servers do not tell it: ", is_untold, false},
    {"not judged, not all could be asked: ", is_unheard, false},
    {"not judged in one look: ", is_for_longer, true},
};

static void append_unjudged(struct buffer *out, const struct check_report *r,
                            const struct unjudged_line *line) {
    size_t named = 0;
    for (size_t i = 0; i < r->unjudged_count; i++) {
        if (!line->is(&r->unjudged[i]))
            continue;
        if (named < NAMES_MOST)
            buffer_printf(out, "%s%s", named == 0 ? line->head : ", ", r->unjudged[i].rule->name);
        named++;
    }
    if (named > NAMES_MOST)
        buffer_printf(out, " and %zu more", named - NAMES_MOST);
    if (named > 0)
        buffer_append_text(out, "\n");
}

static void append_in_vain(struct buffer *out, const struct check_report *r) {
    char text[TEXT_SIZE];
    for (size_t i = 0; i < r->in_vain_count; i++) {
        rule_in_vain_text(r->in_vain[i], text, sizeof text);
        append_said(out, text, 3 * FIRST_COLUMNS);
        buffer_append_text(out, "\n");
    }
}

static void append_notes(struct buffer *out, const struct check_report *r) {
    for (const char *at = r->notes; *at != '\0';) {
        char line[TEXT_SIZE];
        size_t len = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(len < sizeof line ? len : sizeof line - 1), at);
        buffer_append_text(out, "note: ");
        append_said(out, line, 3 * FIRST_COLUMNS);
        buffer_append_text(out, "\n");
        at += len + (at[len] == '\n');
    }
}

void check_write_text(const struct check_report *r, struct buffer *out) {
    append_first(out, r);
    buffer_append_text(out, "\n");
    append_alerts(out, r);
    append_pending(out, r);
    for (size_t i = 0; i < sizeof unjudged_lines / sizeof *unjudged_lines; i++)
        if (r->options->once || !unjudged_lines[i].once)
            append_unjudged(out, r, &unjudged_lines[i]);
    append_in_vain(out, r);
    append_notes(out, r);
}
