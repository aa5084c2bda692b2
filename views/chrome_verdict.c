/* The verdict: is something wrong, since when, how bad. */
#include "views/chrome_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/table.h"
#include "views/chrome_tally.h"
#include "views/clusters.h"
#include "views/faults.h"
#include "views/quantity_table.h"
#include "views/quantity_text.h"

static int part(struct surface *s, struct rect row, int x, enum role role, const char *text) {
    return x + surface_text(s, row, x, row.y, role, ATTR_BOLD, text);
}

/* On the overview, while nothing is selected. */
static bool enter_is_worst(const struct chrome_context *c) {
    const struct list_view *view = c->view_state;
    return !c->covered && c->view && c->view->contexts & CONTEXT_OVERVIEW && view && !view->focus;
}

/* "   * 17 alerts pending, first in 12s", in as many words as there is room for before column `end`. */
static void draw_pending(const struct tally *t, struct surface *s, struct rect row, int x, int end) {
    char text[120], due[TIME_TEXT_SIZE + 40];
    if (t->pending == 0)
        return;
    tally_due(t, false, due, sizeof(due));
    snprintf(text, sizeof(text), "* %zu alert%s pending, %s", t->pending, t->pending > 1 ? "s" : "", due);
    tally_due(t, true, due, sizeof(due));
    if (x + 3 + text_width(text) > end)
        snprintf(text, sizeof(text), "* %zu pending, %s", t->pending, due);
    if (x + 3 + text_width(text) > end)
        snprintf(text, sizeof(text), "*%zu", t->pending);
    if (x + 3 + text_width(text) <= end)
        part(s, row, x + 3, ROLE_PENDING, text);
}

/* ", first sign 02:30:58 CPU n2-lon", where there is room for it before column `end`. */
static int draw_first(const struct view_context *context, const struct tally *t, struct surface *s,
                      struct rect row, int x, int end) {
    char text[400], clock[TIME_TEXT_SIZE], name[200], cut[200];
    if (!t->first)
        return x;
    time_format_clock(clock, t->first->sign_utc_ns, context->local_time);
    model_object_name(context->model, model_object(context->model, t->first->object), name, sizeof(name));
    text_cut_middle(cut, sizeof(cut), name, 30);
    snprintf(text, sizeof(text), ", first sign %s%s %s %s", t->first->sign_least ? "≤" : "", clock,
             finding_tag(t->first), cut);
    if (x + text_width(text) <= end)
        x += surface_text(s, row, x, row.y, ROLE_TEXT, 0, text);
    return x;
}

/* "since 02:31:22 (9m45s)"; by a clock that was put back since it was kept it may be later than now. */
static void since_text(const struct view_context *context, const struct tally *t, bool narrow, char *out,
                       size_t size) {
    char clock[TIME_TEXT_SIZE], span[TIME_TEXT_SIZE];
    int64_t ns = context->utc_ns - t->since;
    time_format_clock(clock, t->since, context->local_time);
    lasted_format(span, ns);
    if (ns < 0)
        snprintf(out, size, " since %s%s%s", t->least ? "≤" : "", clock, narrow ? "" : " (later than now)");
    else if (narrow)
        snprintf(out, size, "%s%s", t->least ? "≥" : "+", span);
    else
        snprintf(out, size, " since %s%s (%s%s)", t->least ? "≤" : "", clock, t->least ? "≥" : "", span);
}

static void count_row(const struct chrome_context *c, struct surface *s, struct rect row,
                      const struct tally *t) {
    char worst[60], text[120];
    int x = row.x;
    if (t->crit) {
        snprintf(text, sizeof(text), "!! %zu CRIT", t->crit);
        x = part(s, row, x, ROLE_CRIT, text) + 2;
    }
    if (t->warn) {
        snprintf(text, sizeof(text), " ! %zu WARN", t->warn);
        x = part(s, row, x, ROLE_WARN, text) + 2;
    }
    char aside[120];
    tally_aside(t, aside, sizeof(aside));
    if (*aside && row.w >= 50)
        x += surface_text(s, row, x + 1, row.y, ROLE_MUTED, 0, aside) + 3;
    since_text(c->view_context, t, row.w < 50, text, sizeof(text));
    x += surface_text(s, row, x, row.y, ROLE_TEXT, 0, text);
    keymap_hint(ACTION_OPEN_ROW, "worst", worst, sizeof(worst));
    int end = row.x + row.w;
    int pending = t->pending ? 3 + snprintf(NULL, 0, "*%zu", t->pending) : 0;
    if (enter_is_worst(c) && x + pending + 2 + (int)strlen(worst) <= end) {
        end -= (int)strlen(worst) + 1;
        surface_text(s, row, end, row.y, ROLE_KEY, 0, worst);
    }
    x = draw_first(c->view_context, t, s, row, x, end - 1 - pending);
    draw_pending(t, s, row, x, end - 1);
}

/* "!!2 !3 *17 "; returns where it ends. */
static int draw_counts(const struct tally *t, struct surface *s, struct rect row) {
    char text[64];
    int x = row.x;
    if (t->crit) {
        snprintf(text, sizeof(text), "!!%zu", t->crit);
        x = part(s, row, x, ROLE_CRIT, text) + 1;
    }
    if (t->warn) {
        snprintf(text, sizeof(text), "!%zu", t->warn);
        x = part(s, row, x, ROLE_WARN, text) + 1;
    }
    if (t->pending) {
        snprintf(text, sizeof(text), "*%zu", t->pending);
        x = part(s, row, x, ROLE_PENDING, text) + 1;
    }
    return x;
}

void chrome_verdict(const struct chrome_context *c, struct surface *s, struct rect rows) {
    const struct model *model = c->view_context->model;
    struct tally t = tally_of(model);
    size_t count;
    struct rect row = {rows.x, rows.y, rows.w, 1};
    model_burning(model, &count);
    if (rows.h < 1)
        return;
    if (count == 0) {
        chrome_quiet(c, s, rows, &t);
    } else if (rows.h == 1) { /* words are worth more than how long */
        int x = draw_counts(&t, s, row);
        chrome_worst(model, s, (struct rect){x, row.y, row.x + row.w - x, 1});
    } else {
        count_row(c, s, row, &t);
        chrome_sentences(c->view_context, s, rect_below(rows, 1));
    }
}

void chrome_line(const struct chrome_context *c, struct surface *s, struct rect rows) {
    const struct model *model = c->view_context->model;
    struct tally t = tally_of(model);
    char clock[TIME_TEXT_SIZE];
    struct rect row = {rows.x, rows.y, rows.w, 1};
    int x = draw_counts(&t, s, row);
    static const struct fault_query unsaid = {.shapes = FAULTS_ALL, .unsaid = true};
    struct cluster_count n = clusters_count(model);
    bool ok = clusters_whole(&n) && !faults_worst(model, &unsaid).server;
    if (!t.crit && !t.warn && !t.pending)
        x = part(s, row, x, ok ? ROLE_OK : ROLE_UNKNOWN, ok ? ".ok" : "?") + 1;
    time_format_clock(clock, c->view_context->utc_ns, c->view_context->local_time);
    if (c->view_context->utc_ns && x + (int)strlen(clock) <= row.x + row.w)
        x += surface_text(s, row, x, row.y, ROLE_TEXT, 0, clock) + 1;
    if (c->mode != CHROME_LIVE && x + 2 <= row.x + row.w)
        surface_text(s, row, x, row.y, ROLE_ROW1_HELD, 0, c->mode == CHROME_PAUSED ? "PAUSED" : "");
    chrome_sentences(c->view_context, s, rect_below(rows, 1));
}
