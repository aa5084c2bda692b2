/* Row 2 while nothing burns: is all well, or only not known to be otherwise, or about to be worse. */
#include "views/chrome_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/sentence.h"
#include "views/chrome_tally.h"
#include "views/account.h"
#include "views/clusters.h"
#include "views/faults.h"
#include "views/jetstream_heard.h"
#include "views/quantity_text.h"

#define NARROW 50 /* fewer words, and no counts beside them */

/* "n1 back" says it all; of "n4 peer" the sentence is needed. */
static bool kind_says_it(const char *kind) {
    static const char *const kinds[] = {"started", "restarted", "lost", "back", "reloaded"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

/* "   last: 14:39:24 n1 back" */
static void last_event(const struct view_context *context, char *out, size_t size) {
    size_t count = model_event_count(context->model);
    while (count > 0 && (model_event(context->model, count - 1)->chatter ||
                         strcmp(model_event(context->model, count - 1)->kind, "account") == 0))
        count--; /* what an account may not see stands elsewhere */
    char clock[TIME_TEXT_SIZE], subject[80];
    out[0] = 0;
    if (count == 0)
        return;
    const struct event *e = model_event(context->model, count - 1);
    const char *what = kind_says_it(e->kind) ? e->kind : e->text;
    bool named = strncmp(what, e->subject, strlen(e->subject)) == 0;
    time_format_clock(clock, e->utc_ns, context->local_time);
    text_cut(subject, sizeof(subject), e->subject, 30);
    snprintf(out, size, "   last: %s %s%s%s", clock, named ? "" : subject, named ? "" : " ", what);
}

/* Behind the verdict as far as it goes, in a row of its own where too little of it would be left. */
static void draw_last(const struct view_context *context, struct surface *s, struct rect rows, int x) {
    enum { ENOUGH = 40 };
    char text[1200], cut[1200];
    last_event(context, text, sizeof(text));
    int width = text_width(text), room = rows.x + rows.w - x - 1, y = rows.y;
    if (room < width && room < ENOUGH) {
        x = rows.x;
        y++;
        room = rows.w;
    }
    text_cut(cut, sizeof(cut), text, room);
    if (y < rows.y + rows.h && *text)
        surface_text(s, rows, x, y, ROLE_MUTED, 0, cut);
}

static const struct fault_query unsaid = {.shapes = FAULTS_ALL, .unsaid = true};

/* "n2 /connz fails: nested too deep at byte 2049; 1 more server, rest ok" */
static void fault_line(const struct view_context *context, const struct fault *fault, char *out, size_t size,
                       int width) {
    const struct model *model = context->model;
    char end[120] = "";
    if (fault->servers > 1)
        snprintf(end, sizeof(end), "; %zu more server%s", fault->servers - 1, fault->servers > 2 ? "s" : "");
    struct cluster_count n = clusters_count(model);
    if (clusters_whole(&n))
        snprintf(end + strlen(end), sizeof(end) - strlen(end), ", rest ok");
    else
        snprintf(end + strlen(end), sizeof(end) - strlen(end), "; %u of %u servers answer", n.up,
                 clusters_expected(&n));
    fault_text(out, size, fault, context, end, width);
}

/* What "all" leaves out, since nobody asked for it here. */
static const struct part_of_all {
    const char *name;
    unsigned shapes;
    bool (*is_there)(const struct model *model);
} parts_of_all[] = {
    {"JetStream", 1u << SHAPE_JSZ, jetstream_is_there},
    {"connections", 1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_FULL, NULL},
};

static bool has_any(const struct model *model, unsigned shapes) {
    for (int shape = SHAPE_NONE + 1; shape < SHAPE_LIMIT; shape++)
        if (shapes & 1u << shape && model_has(model, (enum shape)shape))
            return true;
    return false;
}

static void left_out(const struct model *model, char *out, size_t size) {
    size_t len = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof(parts_of_all) / sizeof(parts_of_all[0]); i++) {
        const struct part_of_all *part_of = &parts_of_all[i];
        if (!has_any(model, part_of->shapes) && (!part_of->is_there || part_of->is_there(model)) &&
            len < size)
            len += (size_t)snprintf(out + len, size - len, "%s%s",
                                    len ? ", " : "   not looked at: ", part_of->name);
    }
}

/* "1 is not monitored, 2 do not answer", "1 not monitored, 2 silent" */
static void silent_text(const struct cluster_count *n, bool narrow, char *out, size_t size) {
    char known[60] = "", missing[60] = "";
    if (n->known)
        snprintf(known, sizeof(known), "%u%s not monitored", n->known,
                 narrow          ? ""
                 : n->known == 1 ? " is"
                                 : " are");
    if (n->missing && narrow)
        snprintf(missing, sizeof(missing), "%u silent", n->missing);
    else if (n->missing)
        snprintf(missing, sizeof(missing), "%u %s not answer", n->missing, n->missing == 1 ? "does" : "do");
    snprintf(out, size, "%s%s%s", known, *known && *missing ? ", " : "", missing);
}

static void quiet_text(const struct chrome_context *c, const struct cluster_count *n, const struct tally *t,
                       char *out, size_t size, int width) {
    const struct model *model = c->view_context->model;
    int64_t since = model_quiet_since(model);
    char span[TIME_TEXT_SIZE] = "", rest[160], of[60], aside[120];
    tally_aside(t, aside, sizeof(aside));
    if (since > 0 && c->view_context->utc_ns > since)
        lasted_format(span, c->view_context->utc_ns - since);
    if (clusters_whole(n)) {
        left_out(model, rest, sizeof(rest));
        snprintf(out, size, ". all%s ok%s%s%s%s%s", *aside ? " else" : "", *span ? " for " : "", span,
                 *aside ? ", " : "", aside, rest);
        snprintf(of, sizeof(of), "   %u/%u servers", n->up, clusters_expected(n));
        size_t len = strlen(out);
        if (text_width(out) + text_width(of) <= width)
            snprintf(out + len, size - len, "%s", of);
    } else {
        bool narrow = width < 50;
        silent_text(n, narrow, rest, sizeof(rest));
        if (narrow)
            snprintf(out, size, "? %u/%u ok, %s", n->up, clusters_expected(n), rest);
        else
            snprintf(out, size, "? nothing%s wrong on %u of %u servers, %s%s%s", *aside ? " else" : "", n->up,
                     clusters_expected(n), rest, *aside ? "; " : "", aside);
    }
}

/* "* 3 alerts pending: LAG ORDERS/audit 177k, +80/s; first in 58s; 1 not monitored": what may become a
 * finding is not "all ok". */
static void pending_text(const struct model *model, const struct tally *t, const struct cluster_count *n,
                         char *out, size_t size, int width, bool narrow) {
    char text[512], fitted[1024], head[40], silent[124] = "", end[200], due[TIME_TEXT_SIZE + 40], cut[512];
    size_t count, together = 0;
    const struct finding *forming = model_pending(model, &count);
    tally_due(t, false, due, sizeof(due));
    snprintf(head, sizeof(head), "* %zu %spending:", t->pending,
             width < 50        ? ""
             : t->pending == 1 ? "alert "
                               : "alerts ");
    if (!clusters_whole(n))
        silent_text(n, true, silent, sizeof(silent));
    snprintf(end, sizeof(end), "; %s%s%s", due, *silent ? "; " : "", silent);
    for (size_t i = 0; i < count; i++)
        together += finding_same_cause(&forming[0], &forming[i]);
    finding_text_of(model, &forming[0], together, text, sizeof(text));
    int room = width - text_width(head) - (int)strlen(finding_tag(&forming[0])) - 2;
    bool whole = text_width(text) + text_width(end) <= room;
    room = narrow || whole ? room : room - text_width(end);
    sentence_fit(text, room, 1, fitted, sizeof(fitted));
    text_cut(cut, sizeof(cut), fitted, room);
    snprintf(out, size, "%s %s %s%s", head, finding_tag(&forming[0]), cut, narrow && !whole ? "" : end);
}

/* Nobody answers under a name: either nobody has at all, or what was named is nobody's own address. */
static void waiting_text(const struct chrome_context *c, char *out, size_t size, int width) {
    const char *balancer = model_balancer(c->view_context->model);
    const char *url = balancer ? balancer : c->waiting_for ? c->waiting_for : "";
    if (!balancer)
        snprintf(out, size, "? waiting for the first answer%s%s", *url ? " from " : "", url);
    else
        snprintf(out, size,
                 width < 60 ? "? a balancer: name each server"
                            : "? %s is a balancer: name each server's own URL",
                 url);
}

/* "nothing wrong in JetStream of account APP, which is all that is seen": why stands where servers would. */
static void account_text(const struct model *model, const struct tally *t, char *out, size_t size) {
    char name[200], aside[120];
    account_name(model, name, sizeof(name));
    tally_aside(t, aside, sizeof(aside));
    if (*account_fault(model))
        snprintf(out, size, "? %s: %s", name, account_fault(model));
    else if (!account_answers(model))
        snprintf(out, size, "? waiting for JetStream of %s", name);
    else
        snprintf(out, size, "? nothing%s wrong in JetStream of %s, which is all that is seen%s%s",
                 *aside ? " else" : "", name, *aside ? "; " : "", aside);
}

static enum role role_of_mark(char mark) {
    return mark == '.' ? ROLE_OK : mark == '*' ? ROLE_PENDING : ROLE_UNKNOWN;
}

/* "; 1 acked, 2 unheard": what is open counts whatever else the row says; a calm one says it itself. */
static void aside_text(const struct tally *t, bool calm, int width, char *out, size_t size) {
    char aside[120] = "";
    if (!calm && width >= NARROW)
        tally_aside(t, aside, sizeof(aside));
    snprintf(out, size, "%s%s", *aside ? "; " : "", aside);
}

void chrome_quiet(const struct chrome_context *c, struct surface *s, struct rect rows,
                  const struct tally *t) {
    struct rect row = {rows.x, rows.y, rows.w, 1};
    char text[800], cut[800];
    const struct model *model = c->view_context->model;
    struct cluster_count n = clusters_count(model);
    struct fault fault = faults_worst(model, &unsaid);
    bool account = *account_note(model), waits = n.up == 0 && !account;
    bool calm = !waits && !fault.server && t->pending == 0;
    char aside[124];
    aside_text(t, calm, row.w, aside, sizeof(aside));
    int room = row.w - 1 - text_width(aside);
    if (waits)
        waiting_text(c, text, sizeof(text), room);
    else if (fault.server) {
        text[0] = '?';
        text[1] = ' ';
        fault_line(c->view_context, &fault, text + 2, sizeof(text) - 2, room - 3);
    } else if (account && (calm || *account_fault(model)))
        account_text(model, t, text, sizeof(text));
    else if (calm)
        quiet_text(c, &n, t, text, sizeof(text), room);
    else
        pending_text(model, t, &n, text, sizeof(text), room, row.w < NARROW);
    text_cut(cut, sizeof(cut), text, room);
    snprintf(cut + strlen(cut), sizeof(cut) - strlen(cut), "%s", aside);
    int x =
        row.x + 1 + surface_text(s, row, row.x + 1, row.y, role_of_mark(text[0]), waits ? ATTR_BOLD : 0, cut);
    if (!waits)
        draw_last(c->view_context, s, rows, x);
}
