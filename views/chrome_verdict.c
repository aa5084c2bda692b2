/* The verdict: is something wrong, since when, how bad, in words. */
#include "views/chrome_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/table.h"
#include "views/faults.h"
#include "views/quantity_table.h"

struct tally {
    size_t crit, warn;
    int64_t since; /* of the oldest of the worst severity */
};

/* A thing counts once: what is less bad about it goes without saying. */
static bool goes_without_saying(const struct model *model, const struct finding *f) {
    const struct object *object = model_object(model, f->object);
    return object && model_severity(model, object) > f->severity;
}

static struct tally tally_of(const struct model *model) {
    struct tally t = {0, 0, 0};
    size_t count;
    const struct finding *findings = model_findings(model, &count);
    for (size_t i = 0; i < count; i++) {
        if (goes_without_saying(model, &findings[i]))
            continue;
        t.crit += findings[i].severity == SEVERITY_CRIT;
        t.warn += findings[i].severity == SEVERITY_WARN;
        if (findings[i].severity == findings[0].severity &&
            (t.since == 0 || findings[i].since_utc_ns < t.since))
            t.since = findings[i].since_utc_ns;
    }
    return t;
}

static double servers_up(const struct model *model) {
    double up;
    return quantity_value(model, model_cluster(model), Q_CLUSTER_servers, &up) ? up : 0;
}

static double servers_expected(const struct model *model) {
    double expected;
    return quantity_value(model, model_cluster(model), Q_CLUSTER_expected, &expected) ? expected
                                                                                      : servers_up(model);
}

static bool all_up(const struct model *model) {
    return servers_up(model) >= 1 && servers_up(model) >= servers_expected(model);
}

static int part(struct surface *s, struct rect row, int x, enum role role, const char *text) {
    return x + surface_text(s, row, x, row.y, role, ATTR_BOLD, text);
}

/* "   last: 14:39:24 n1 back" */
static void last_event(const struct view_context *context, char *out, size_t size) {
    size_t count = model_event_count(context->model);
    char clock[TIME_TEXT_SIZE], subject[80];
    out[0] = 0;
    if (count == 0)
        return;
    const struct event *e = model_event(context->model, count - 1);
    time_format_clock(clock, e->utc_ns, context->local_time);
    text_cut(subject, sizeof(subject), e->subject, 20);
    snprintf(out, size, "   last: %s %s %s", clock, subject, e->kind);
}

static const struct fault_query unsaid = {.shapes = FAULTS_ALL, .unsaid = true};

/* "n2 /connz fails: nested too deep at byte 2049; 1 more server, rest ok" */
static void fault_line(const struct view_context *context, const struct fault *fault, char *out, size_t size,
                       int width) {
    const struct model *model = context->model;
    char end[120] = "";
    if (fault->servers > 1)
        snprintf(end, sizeof(end), "; %zu more server%s", fault->servers - 1, fault->servers > 2 ? "s" : "");
    if (all_up(model))
        strcat(end, ", rest ok");
    else
        snprintf(end + strlen(end), sizeof(end) - strlen(end), "; %.0f of %.0f servers answer",
                 servers_up(model), servers_expected(model));
    fault_text(out, size, fault, context, end, width);
}

/* true: all is well. */
static bool quiet_text(const struct chrome_context *c, char *out, size_t size, int width) {
    const struct model *model = c->view_context->model;
    int64_t since = model_quiet_since(model);
    struct fault fault = faults_worst(model, &unsaid);
    char span[TIME_TEXT_SIZE] = "";
    if (since > 0 && c->view_context->utc_ns > since)
        lasted_format(span, c->view_context->utc_ns - since);
    snprintf(out, size, "? ");
    if (servers_up(model) < 1)
        snprintf(out, size, "? waiting for the first answer%s%s",
                 c->waiting_for && *c->waiting_for ? " from " : "", c->waiting_for ? c->waiting_for : "");
    else if (fault.server)
        fault_line(c->view_context, &fault, out + 2, size - 2, width - 2);
    else if (!all_up(model))
        snprintf(out, size, "? nothing wrong on %.0f of %.0f servers, the others don't answer",
                 servers_up(model), servers_expected(model));
    else
        snprintf(out, size, ". all ok%s%s   %.0f/%.0f servers", *span ? " for " : "", span, servers_up(model),
                 servers_expected(model));
    return out[0] == '.';
}

static void quiet_row(const struct chrome_context *c, struct surface *s, struct rect row) {
    char text[400];
    bool ok = quiet_text(c, text, sizeof(text), row.w - 2), waits = servers_up(c->view_context->model) < 1;
    int x = row.x + 1 +
            surface_text(s, row, row.x + 1, row.y, ok ? ROLE_OK : ROLE_UNKNOWN, waits ? ATTR_BOLD : 0, text);
    last_event(c->view_context, text, sizeof(text));
    if (!waits && x + text_width(text) < row.x + row.w)
        surface_text(s, row, x, row.y, ROLE_MUTED, 0, text);
}

/* On the overview, while nothing is selected. */
static bool enter_is_worst(const struct chrome_context *c) {
    const struct list_view *view = c->view_state;
    return c->view && c->view->digit == 1 && view && !view->focus;
}

static void count_row(const struct chrome_context *c, struct surface *s, struct rect row,
                      const struct tally *t) {
    static const char worst[] = "Enter=worst";
    char text[120], clock[TIME_TEXT_SIZE], span[TIME_TEXT_SIZE];
    int x = row.x;
    if (t->crit) {
        snprintf(text, sizeof(text), "!! %zu CRIT", t->crit);
        x = part(s, row, x, ROLE_CRIT, text) + 2;
    }
    if (t->warn) {
        snprintf(text, sizeof(text), " ! %zu WARN", t->warn);
        x = part(s, row, x, ROLE_WARN, text) + 2;
    }
    time_format_clock(clock, t->since, c->view_context->local_time);
    lasted_format(span, c->view_context->utc_ns - t->since);
    if (row.w >= 50)
        snprintf(text, sizeof(text), " since %s (%s)", clock, span);
    else
        snprintf(text, sizeof(text), "+%s", span);
    x += surface_text(s, row, x, row.y, ROLE_TEXT, 0, text);
    if (enter_is_worst(c) && x + 2 + (int)strlen(worst) <= row.x + row.w)
        surface_text(s, row, row.x + row.w - (int)strlen(worst) - 1, row.y, ROLE_KEY, 0, worst);
}

/* "DOWN   n2 connection refused, for 42s" */
static void draw_sentence(const struct model *model, const struct finding *f, struct surface *s,
                          struct rect row) {
    char text[512], shown[1100];
    int x = row.x;
    finding_text(model, f, text, sizeof(text));
    x += surface_text(s, row, x, row.y, table_mark_role((int)f->severity), ATTR_BOLD, finding_tag(f));
    int indent = row.x + 7 > x + 1 && row.w >= 50 ? row.x + 7 : x + 1;
    text_cut(shown, sizeof(shown), text, row.x + row.w - indent);
    surface_text(s, row, indent, row.y, ROLE_TEXT, 0, shown);
}

static void draw_fault(const struct view_context *context, struct surface *s, struct rect row) {
    char text[512];
    faults_text(text, sizeof(text), context, &unsaid, row.w - 3);
    if (!*text)
        return;
    surface_text(s, row, row.x, row.y, ROLE_UNKNOWN, ATTR_BOLD, " ?");
    surface_text(s, row, row.x + 3, row.y, ROLE_TEXT, 0, text);
}

/* As many as there are rows, the worst first. */
static void draw_sentences(const struct view_context *context, struct surface *s, struct rect rows) {
    const struct model *model = context->model;
    size_t count;
    const struct finding *findings = model_findings(model, &count);
    int y = rows.y;
    for (size_t i = 0; i < count && y < rows.y + rows.h; i++) {
        if (goes_without_saying(model, &findings[i]))
            continue;
        surface_text(s, rows, rows.x, y, table_mark_role((int)findings[i].severity), ATTR_BOLD,
                     findings[i].severity == SEVERITY_CRIT ? "!!" : " !");
        draw_sentence(model, &findings[i], s, (struct rect){rows.x + 3, y++, rows.w - 3, 1});
    }
    if (y < rows.y + rows.h)
        draw_fault(context, s, (struct rect){rows.x, y, rows.w, 1});
}

/* "!!2 !3 "; returns where it ends. */
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
    return x;
}

void chrome_verdict(const struct chrome_context *c, struct surface *s, struct rect rows) {
    const struct model *model = c->view_context->model;
    struct tally t = tally_of(model);
    size_t count;
    const struct finding *findings = model_findings(model, &count);
    struct rect row = {rows.x, rows.y, rows.w, 1};
    if (rows.h < 1)
        return;
    if (count == 0) {
        quiet_row(c, s, row);
    } else if (rows.h == 1) { /* words are worth more than how long */
        int x = draw_counts(&t, s, row);
        draw_sentence(model, &findings[0], s, (struct rect){x, row.y, row.x + row.w - x, 1});
    } else {
        count_row(c, s, row, &t);
        draw_sentences(c->view_context, s, rect_below(rows, 1));
    }
}

void chrome_line(const struct chrome_context *c, struct surface *s, struct rect rows) {
    const struct model *model = c->view_context->model;
    struct tally t = tally_of(model);
    char clock[TIME_TEXT_SIZE];
    struct rect row = {rows.x, rows.y, rows.w, 1};
    int x = draw_counts(&t, s, row);
    bool ok = all_up(model) && !faults_worst(model, &unsaid).server;
    if (!t.crit && !t.warn)
        x = part(s, row, x, ok ? ROLE_OK : ROLE_UNKNOWN, ok ? ".ok" : "?") + 1;
    time_format_clock(clock, c->view_context->utc_ns, c->view_context->local_time);
    if (c->view_context->utc_ns && x + (int)strlen(clock) <= row.x + row.w)
        x += surface_text(s, row, x, row.y, ROLE_TEXT, 0, clock) + 1;
    if (c->mode != CHROME_LIVE && x + 2 <= row.x + row.w)
        surface_text(s, row, x, row.y, ROLE_ROW1_HELD, 0, c->mode == CHROME_PAUSED ? "PAUSED" : "");
    draw_sentences(c->view_context, s, rect_below(rows, 1));
}

bool chrome_has_jetstream(const struct model *model) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    double bytes;
    for (size_t i = 0; i < count; i++)
        if (quantity_value(model, servers[i], Q_SERVER_js_storage, &bytes))
            return true;
    model_objects(model, OBJECT_STREAM, &count);
    return count > 0;
}
