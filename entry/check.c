#include "entry/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "entry/check_now.h"
#include "entry/check_until.h"
#include "entry/command.h"
#include "entry/config.h"
#include "entry/unattended.h"
#include "views/account.h"
#include "views/jetstream_heard.h"

#define TIMEOUT_NS (120 * NS_PER_S) /* the longest hold of ours, behind the slowest first look */
#define NO_HOLD    1e-9
#define NOTES_MOST 20

struct check {
    struct unattended run;
    struct check_only *only;
    char slip[400]; /* what was typed is no cluster's name and taken for a host; "": no such thing */
    struct buffer notes;
    int notes_count;
    struct check_until until;
    struct check_report report;
    struct check_now *now;
};

/* ---- what was found ---- */

struct check_servers check_servers(const struct model *model) {
    struct check_servers servers = {0, 0};
    size_t count;
    const struct object *const *clusters = model_objects(model, OBJECT_CLUSTER, &count);
    for (size_t i = 0; i < count; i++) {
        double up, expected;
        if (value_number(quantity_get(model, clusters[i], Q_CLUSTER_servers), &up))
            servers.up += (int)up;
        if (value_number(quantity_get(model, clusters[i], Q_CLUSTER_expected), &expected))
            servers.expected += (int)expected;
    }
    return servers;
}

static int number_of(const struct model *model, const struct object *cluster, enum quantity q) {
    double number;
    return value_number(quantity_get(model, cluster, q), &number) ? (int)number : 0;
}

struct check_jetstream check_jetstream(const struct model *model) {
    struct check_jetstream js = {0, 0, false};
    size_t count;
    const struct object *const *clusters = model_objects(model, OBJECT_CLUSTER, &count);
    for (size_t i = 0; i < count && jetstream_is_there(model); i++) {
        int unheard = number_of(model, clusters[i], Q_CLUSTER_js_unheard);
        js.heard += number_of(model, clusters[i], Q_CLUSTER_js_heard);
        js.unheard += unheard;
        js.silent |= unheard > number_of(model, clusters[i], Q_CLUSTER_known);
    }
    return js;
}

/* At one look nothing can be held: what is so counts. */
static bool is_counted(const struct check *c, const struct alert *alert) {
    return alert->state == ALERT_OPEN || (c->run.options->once && alert->state == ALERT_PENDING);
}

static int by_due(const void *a, const void *b) {
    const struct alert *const *x = a, *const *y = b;
    return ((*x)->due_utc_ns > (*y)->due_utc_ns) - ((*x)->due_utc_ns < (*y)->due_utc_ns);
}

/* The order of the book, for what is less by now. */
static void set_worst_first(const struct alert **alerts, size_t count) {
    for (size_t i = 1; i < count; i++) {
        const struct alert *alert = alerts[i];
        size_t at = i;
        for (; at > 0 && alerts[at - 1]->severity < alert->severity; at--)
            alerts[at] = alerts[at - 1];
        alerts[at] = alert;
    }
}

static int by_severity(const void *a, const void *b) {
    const struct alert *const *x = a, *const *y = b;
    if ((*x)->severity != (*y)->severity)
        return (*x)->severity > (*y)->severity ? -1 : 1;
    return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

static void gather_alerts(struct check *c) {
    struct check_report *r = &c->report;
    size_t count = model_alert_count(c->run.model);
    r->alerts = memory_array(count + 1, sizeof *r->alerts);
    r->pending = memory_array(count + 1, sizeof *r->pending);
    for (size_t i = 0; i < count; i++) {
        const struct alert *alert = model_alert(c->run.model, i);
        if (alert->state == ALERT_CLEARED || alert->quiet || !check_only_alert(c->only, c->run.model, alert))
            continue;
        if (!is_counted(c, alert)) {
            r->pending[r->pending_count++] = alert;
            continue;
        }
        alert = check_now(&c->now, c->run.model, alert);
        r->alerts[r->alert_count++] = alert;
        *(alert->severity == SEVERITY_CRIT ? &r->crit : &r->warn) += 1;
    }
    qsort(r->pending, r->pending_count, sizeof *r->pending, by_due);
    if (c->run.options->once) /* pending ones stand behind all open ones */
        qsort(r->alerts, r->alert_count, sizeof *r->alerts, by_severity);
    else if (c->now != NULL)
        set_worst_first(r->alerts, r->alert_count);
}

static bool takes(void *data, const struct object *object) {
    const struct check_until *u = data;
    return check_only_object(u->only, u->run->model, object);
}

static void gather_unjudged(struct check *c) {
    const struct ruleset *set = model_rules(c->run.model);
    struct check_report *r = &c->report;
    rule_take_fn *take =
        c->run.options->once ? takes : check_until_first; /* who came since has told little */
    r->unjudged = memory_array(ruleset_count(set) + 1, sizeof *r->unjudged);
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        struct rule_cover cover =
            rule->enabled ? rule_cover(c->run.model, rule, take, &c->until) : (struct rule_cover){0};
        if (cover.unknown > 0 && (cover.unknown == cover.asked || rule_cover_lacks(&cover)))
            r->unjudged[r->unjudged_count++] = (struct check_unjudged){rule, cover};
    }
}

/* Who was never heard may have what it is about. */
static void gather_in_vain(struct check *c) {
    const struct ruleset *set = model_rules(c->run.model);
    struct check_report *r = &c->report;
    char never[80];
    r->in_vain = memory_array(ruleset_count(set) + 1, sizeof *r->in_vain);
    for (size_t i = 0; i < ruleset_count(set) && c->until.settled_ns != 0; i++) {
        const struct rule *rule = ruleset_at(set, i);
        if (rule_is_in_vain(c->run.model, rule) && check_unheard(c->run.model, rule, never) == NULL)
            r->in_vain[r->in_vain_count++] = rule;
    }
}

/* Nothing was found: is that an answer? */
static bool is_nothing_known(const struct check *c, char *message, size_t size) {
    char span[TIME_TEXT_SIZE];
    const char *missed = check_only_missed(c->only, c->run.model);
    span_format(span, unattended_watched_ns(&c->run));
    if (*account_fault(c->run.model) != '\0')
        snprintf(message, size, "%s", account_fault(c->run.model));
    else if (!feed_reached(c->run.feed))
        snprintf(message, size, "nothing could be reached within %s", span);
    else if (c->until.settled_ns == 0)
        snprintf(message, size, "not all was answered within %s; give it more --timeout", span);
    else if (missed != NULL)
        snprintf(message, size, "--only %s: nothing is called so", options_typed(missed));
    else
        return check_is_unknown(&c->report, message, size);
    return true;
}

static void write_report(struct check *c) {
    struct buffer out = {0};
    int code = (int)c->report.status;
    (c->run.options->json ? check_write_json : check_write_text)(&c->report, &out);
    if (!unattended_write(out.data, out.len) && errno != EPIPE)
        code = CHECK_UNKNOWN;
    buffer_finish(&out);
    free(c->report.alerts);
    free(c->report.pending);
    free(c->report.unjudged);
    free(c->report.in_vain);
    check_now_free(c->now);
    unattended_stop(&c->run, code);
}

static void conclude(struct check *c, bool cut_short) {
    char message[300] = "";
    struct check_report *r = &c->report;
    if (c->slip[0] != '\0')
        buffer_printf(&c->notes, "%s\n", c->slip);
    if (*account_note(c->run.model) != '\0')
        buffer_printf(&c->notes, "%s\n", account_note(c->run.model));
    *r = (struct check_report){.model = c->run.model,
                               .options = c->run.options,
                               .only = c->only,
                               .message = message,
                               .notes = buffer_text(&c->notes),
                               .watched_ns = unattended_watched_ns(&c->run),
                               .cut_short = cut_short};
    gather_alerts(c);
    gather_unjudged(c);
    gather_in_vain(c);
    if (r->crit > 0)
        r->status = CHECK_CRITICAL;
    else if (r->warn > 0)
        r->status = CHECK_WARNING;
    else if (is_nothing_known(c, message, sizeof message))
        r->status = CHECK_UNKNOWN;
    write_report(c);
}

/* Of ourselves: there is nothing to judge. */
static void give_up(struct check *c, const char *message) {
    c->report = (struct check_report){.options = c->run.options,
                                      .only = c->only,
                                      .status = CHECK_UNKNOWN,
                                      .message = message,
                                      .notes = buffer_text(&c->notes),
                                      .watched_ns = unattended_watched_ns(&c->run)};
    write_report(c);
}

/* No host is called so either: that is no cluster in trouble. */
static void give_up_slip(struct check *c) {
    char message[sizeof c->slip + 40];
    snprintf(message, sizeof message, "no such host: %s", c->slip);
    give_up(c, message);
}

/* ---- life ---- */

static int64_t timeout_ns(const struct check *c) {
    return c->run.options->timeout != 0 ? c->run.options->timeout * NS_PER_MS : TIMEOUT_NS;
}

static void on_look(void *data) {
    struct check *c = data;
    bool late = unattended_watched_ns(&c->run) >= timeout_ns(c);
    if (c->slip[0] != '\0' && feed_nameless(c->run.feed)) {
        give_up_slip(c);
        return;
    }
    bool over = check_until_over(&c->until);
    if (over || late)
        conclude(c, !over);
}

static void on_event(void *data, const char *text) {
    struct check *c = data;
    if (c->notes_count++ < NOTES_MOST)
        buffer_printf(&c->notes, "%s\n", text);
}

static void on_refusal(void *data, const char *text) {
    static const char prefix[] = "natsight: ";
    char line[300];
    bool prefixed = strncmp(text, prefix, sizeof prefix - 1) == 0;
    text += prefixed ? sizeof prefix - 1 : 0;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
    give_up(data, line);
}

static void on_signal(void *data) {
    give_up(data, "was ended by a signal before it could tell");
}

static void note_slip(struct check *c) {
    if (!config_cluster_slip(c->run.options->config, c->run.options->typed, c->slip, sizeof c->slip))
        c->slip[0] = '\0';
}

static const struct unattended_handler handler = {on_look, on_event, on_refusal, on_signal};

int command_check(const struct options *options) {
    struct check c = {0};
    char message[300];
    struct ruleset *set = config_rules(options->config);
    c.only = check_only_create(options, message, sizeof message);
    if (c.only == NULL)
        return options_refuse("%s", message);
    if (!check_rules_narrow(options, set)) {
        check_only_destroy(c.only);
        return EXIT_USAGE;
    }
    unattended_begin(&c.run, options, &handler, &c, options->once ? NO_HOLD : 0);
    c.until = (struct check_until){
        .run = &c.run, .only = c.only, .hold_most_ns = check_rules_hold_ns(set, c.run.hold_scale)};
    note_slip(&c);
    unattended_ask(&c.run, 0);
    unattended_run(&c.run);
    buffer_finish(&c.notes);
    int code = unattended_end(&c.run);
    check_only_destroy(c.only);
    return code;
}

int check_refused(const struct options *options, const char *fault) {
    char message[TEXT_MAX_BYTES + 1];
    struct buffer out = {0};
    text_clean(message, fault, strlen(fault));
    struct check_report report = {
        .options = options, .status = CHECK_UNKNOWN, .message = message, .notes = ""};
    (options->json ? check_write_json : check_write_text)(&report, &out);
    unattended_write(out.data, out.len);
    buffer_finish(&out);
    return CHECK_UNKNOWN;
}
