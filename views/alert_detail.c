#include "views/alerts_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/rule_text.h"
#include "views/flow.h"
#include "views/page.h"

enum { PLAIN = -1 };

/* What is said of it, from above. */
struct detail {
    const struct view_context *context;
    const struct alert *alert;
    struct surface *s; /* NULL: only counts rows */
    struct rect left;
};

static void clock_of(const struct detail *d, int64_t utc_ns, char out[TIME_TEXT_SIZE]) {
    char clock[TIME_TEXT_SIZE], date[TIME_TEXT_SIZE];
    bool far = llabs(d->context->utc_ns - utc_ns) >= 86400 * NS_PER_S;
    time_format_clock(clock, utc_ns, d->context->local_time);
    time_format_date(date, utc_ns, d->context->local_time);
    snprintf(out, TIME_TEXT_SIZE, "%.12s%s%.12s", far ? date : "", far ? " " : "", clock);
}

__attribute__((format(printf, 4, 5))) static void put_line(struct detail *d, int severity, const char *head,
                                                           const char *format, ...) {
    struct page_line line = {.severity = severity};
    va_list args;
    snprintf(line.head, sizeof line.head, "%s", head);
    va_start(args, format);
    vsnprintf(line.text, sizeof line.text, format, args);
    va_end(args);
    d->left = rect_below(d->left, page_line_put(&line, d->s, d->left));
}

/* ---- its life ---- */

static int severity_of(const struct alert *a) {
    return a->state == ALERT_PENDING   ? SEVERITY_PENDING
           : a->state == ALERT_CLEARED ? SEVERITY_OK
                                       : (int)a->severity;
}

static void put_sentence(struct detail *d) {
    const struct alert *a = d->alert;
    char at[TIME_TEXT_SIZE];
    put_line(d, severity_of(a), "", "%s%s", a->text,
             a->state == ALERT_CLEARED ? " (the last that was said)"
             : a->old                  ? " (as it was found last)"
                                       : "");
    bool pending = a->state == ALERT_PENDING; /* it has no level yet */
    bool worst_now = (pending || a->worst == a->severity) && strcmp(a->peak, a->figure) == 0;
    if (!a->worst_utc_ns || worst_now || strcmp(a->worst_text, a->text) == 0)
        return;
    clock_of(d, a->worst_utc_ns, at);
    put_line(d, pending ? SEVERITY_PENDING : (int)a->worst, "", "at worst, %s: %s", at, a->worst_text);
}

static void put_time(struct flow *f, const struct detail *d, const char *name, int64_t utc_ns,
                     const char *bound) {
    char at[TIME_TEXT_SIZE], text[TIME_TEXT_SIZE + 40];
    if (!utc_ns)
        return;
    clock_of(d, utc_ns, at);
    snprintf(text, sizeof text, "%s%s%s", bound, at, utc_ns > d->context->utc_ns ? " (later than now)" : "");
    flow_put(f, ROLE_MUTED, name, ROLE_TEXT, text);
}

static void put_span(struct flow *f, const struct detail *d) {
    const struct alert *a = d->alert;
    char span[TIME_TEXT_SIZE], text[TIME_TEXT_SIZE + 8];
    struct value lasted = alert_lasted(a, d->context->utc_ns);
    if (a->state == ALERT_PENDING || lasted.type != VALUE_SPAN)
        return;
    lasted_format(span, lasted.i);
    snprintf(text, sizeof text, "%s%s", lasted.flags & VALUE_LEAST ? "≥" : "", span);
    flow_put(f, ROLE_MUTED, a->times > 1 ? "lasted the last time" : "lasted", ROLE_TEXT, text);
}

static void put_due(struct flow *f, const struct detail *d) {
    const struct alert *a = d->alert;
    char span[TIME_TEXT_SIZE];
    if (a->state != ALERT_PENDING || !a->due_utc_ns)
        return;
    lasted_format(span, a->due_utc_ns > d->context->utc_ns ? a->due_utc_ns - d->context->utc_ns : 0);
    flow_put(f, ROLE_MUTED, "opens in", ROLE_PENDING, span);
    if (a->moved)
        flow_put(f, ROLE_MUTED, "", ROLE_TEXT, "its leader changed");
}

static void put_life(struct detail *d) {
    const struct alert *a = d->alert;
    struct flow f = flow_in(d->s, d->left);
    char figure[400], peak[ALERT_PEAK_SIZE];
    put_time(&f, d, "first sign", a->first_sign_utc_ns, a->least ? "≤" : "");
    put_time(&f, d, a->times > 1 ? "opened first" : "opened", a->opened_utc_ns, "");
    put_due(&f, d);
    put_time(&f, d, "ended", a->ended_utc_ns, "");
    if (*a->ending)
        flow_put(&f, ROLE_MUTED, "", ROLE_TEXT, a->ending);
    put_span(&f, d);
    bool old = a->old && !a->figure_now;
    const char *when = a->state == ALERT_CLEARED ? "at the end" : old ? "last" : "now";
    snprintf(figure, sizeof figure, "%s%s", a->figure, old ? "~" : "");
    flow_put(&f, ROLE_MUTED, when, ROLE_TEXT, figure);
    model_alert_peak(d->context->model, a, peak, sizeof peak);
    flow_put(&f, ROLE_MUTED, "peak", ROLE_TEXT, peak);
    d->left = rect_below(d->left, flow_lines(&f));
}

/* "came 3 times: 01:40:00 01:52:11 02:03:09; folded into one", "flapping: ..." */
static void put_times(struct detail *d) {
    const struct alert *a = d->alert;
    char times[ALERT_COMINGS * (TIME_TEXT_SIZE + 1)] = "", at[TIME_TEXT_SIZE];
    size_t len = 0;
    if (a->times < 2 && !a->flapping)
        return;
    for (int i = 0; i < a->came_count && i < ALERT_COMINGS && len < sizeof times; i++) {
        clock_of(d, a->came_utc_ns[i], at);
        len += (size_t)snprintf(times + len, sizeof times - len, " %s", at);
    }
    put_line(d, PLAIN, "", "came %d times:%s%s, folded into one%s", a->times,
             a->times > a->came_count ? " ..." : "", times,
             a->flapping ? "; flapping: its coming and going is not told until it stays, or keeps quiet"
                         : "");
}

/* ---- people ---- */

static void put_people(struct detail *d) {
    const struct alert *a = d->alert;
    char at[TIME_TEXT_SIZE];
    if (a->acked_utc_ns) {
        clock_of(d, a->acked_utc_ns, at);
        put_line(d, PLAIN, "acknowledged", "%s%s%s%s", *a->acked_by ? "by " : "", a->acked_by,
                 *a->acked_by ? ", " : "", at);
        if (*a->note)
            put_line(d, PLAIN, "note", "%s", a->note);
    }
    if (a->silenced_until_utc_ns) {
        clock_of(d, a->silenced_until_utc_ns, at);
        put_line(d, PLAIN, "silenced", "until %s%s%s", at, *a->silence_note ? ", " : "", a->silence_note);
    }
    if (a->quiet)
        put_line(d, SEVERITY_OK, "", "nothing is found of it at the moment: it ends unless that comes back%s",
                 a->flapping ? " within ten minutes" : " within ten seconds");
    if (a->unheard)
        put_line(d, SEVERITY_UNKNOWN, "", "%s",
                 a->object ? "nobody can say at the moment whether it goes on: as it was when that was known"
                           : "from the last run of natsight, and not seen in this one yet");
}

/* ---- its rule ---- */

/* The level that it spoke at is no more the one in force. An object's own is compared as the number that it
 * is of that object; of one that is not known here nobody can say. */
static void put_other_level(struct detail *d, const struct rule *rule) {
    const struct alert *a = d->alert;
    const struct rule_level *level = rule_level(rule, a->severity);
    struct finding asked = {.rule = rule, .level = a->severity, .object = a->object};
    char now[300];
    if (!*a->limit || (level->asked && !model_object(d->context->model, a->object)))
        return;
    finding_limit(d->context->model, &asked, now, sizeof now);
    if (strcmp(now, a->limit) == 0)
        return;
    if (!level->asked)
        put_line(d, PLAIN, "", "it spoke at %s, the rule has other levels by now", a->limit);
    else if (strcmp(now, level->limit) == 0) /* it has no number */
        put_line(d, PLAIN, "", "it spoke at %s, and has no such level any more", a->limit);
    else
        put_line(d, PLAIN, "", "it spoke at %s, its level is %s by now", a->limit, now);
}

static void put_rule(struct detail *d) {
    const struct alert *a = d->alert;
    const struct rule *rule = ruleset_find(model_rules(d->context->model), a->rule);
    char head[RULE_NAME_MAX + 8], text[RULE_TEXT_SIZE];
    snprintf(head, sizeof head, "rule %s", a->rule);
    if (!rule) {
        put_line(d, PLAIN, head, "%s: it is not in force any more", *a->limit ? a->limit : "spoke");
        return;
    }
    rule_text(rule, text, sizeof text);
    put_line(d, PLAIN, head, "%s", text);
    put_other_level(d, rule);
    if (*rule->why)
        put_line(d, PLAIN, "why", "%s", rule->why);
    put_line(d, PLAIN, "", "from %s%s%s", rule->origin,
             *a->origin && strcmp(a->origin, rule->origin) != 0 ? "; its level from " : "",
             strcmp(a->origin, rule->origin) != 0 ? a->origin : "");
}

static void put_all(struct detail *d) {
    put_sentence(d);
    put_people(d);
    put_life(d);
    put_times(d);
    put_rule(d);
}

/* ---- its rows ---- */

int alert_detail_rows(const struct view_context *context, const struct alert *alert, int width, int most) {
    enum { MANY = 100 };
    struct detail d = {context, alert, NULL, {0, 0, width, MANY}};
    put_all(&d);
    int rows = 1 + MANY - d.left.h;
    return rows < most ? rows : most;
}

static void keys_text(const struct alert *a, int width, char *out, size_t size) {
    char page[32], ack[32], silence[32];
    out[0] = '\0';
    keymap_first(ACTION_OPEN_ALERTED, page, sizeof page);
    keymap_first(ACTION_ACKNOWLEDGE, ack, sizeof ack);
    keymap_first(ACTION_SILENCE, silence, sizeof silence);
    if (width >= 60)
        snprintf(out, size, "%s its page   %s %s   %s %s", page, ack, a->acked_utc_ns ? "take back" : "ack",
                 silence, a->silenced_until_utc_ns ? "speak again" : "mute");
}

void alert_detail_draw(const struct view_context *context, const struct alert *alert, struct surface *s,
                       struct rect area) {
    struct detail d = {context, alert, s, rect_below(area, 1)};
    char title[300], cut[300], keys[160];
    keys_text(alert, area.w, keys, sizeof keys);
    snprintf(title, sizeof title, "%s %s %s", alert->tag, alert->entity, alert->name);
    int room = area.w - text_width(keys) - 8;
    text_cut_middle(cut, sizeof cut, title, room > 8 ? room : area.w > 4 ? area.w - 4 : 1);
    surface_rule(s, area, cut, keys);
    put_all(&d);
}
