#include "entry/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "entry/check_now.h"
#include "entry/command.h"
#include "entry/config.h"
#include "entry/unattended.h"
#include "model/deciding.h"
#include "model/expectation.h"
#include "model/needs.h"
#include "views/cut.h"
#include "views/jetstream_heard.h"

#define SETTLES_NS   (25 * NS_PER_S) /* so long at most until each rate has its samples */
#define DOWN_NS      (12 * NS_PER_S) /* who is silent is known to be down by then */
#define BACK_NS      (10 * NS_PER_S) /* who restarts is back by then */
#define ONCE_DOWN_NS (3 * NS_PER_S)  /* so long it has to be down at one look */
#define FIRST_NS     (5 * NS_PER_S)  /* what is there at first is known by then */
#define COVER_NS     (NS_PER_S / 2)
#define DISCOVERY_NS (10 * NS_PER_S)
#define TIMEOUT_NS   (120 * NS_PER_S) /* the longest hold of ours, behind the slowest first look */
#define TOLD_NS      NS_PER_S         /* what an answer means is said by then */
#define NO_HOLD      1e-9
#define AWAITED      (1u << SHAPE_JSZ | 1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_CLOSED)
#define NOTES_MOST   20

struct check {
    struct unattended run;
    struct check_only *only;
    char slip[400]; /* what was typed is no cluster's name and taken for a host; "": no such thing */
    struct buffer notes;
    int notes_count;
    int64_t next_cover_ns;
    int64_t settled_ns;  /* watched until then; 0: not yet */
    int64_t hopeless_ns; /* nothing can be judged since then; 0: that is not so */
    double hold_most_ns;
    struct check_report report;
    struct check_now *now;
};

/* ---- what is judged ---- */

static bool unknown_rule(const struct ruleset *set, const char *name) {
    struct near near = near_begin(name);
    for (size_t i = 0; i < ruleset_count(set); i++)
        near_try(&near, ruleset_at(set, i)->name);
    options_refuse("--rule %s: there is no such rule; %s%s%s", options_typed(name),
                   near.name != NULL ? "did you mean " : "natsight rules lists them",
                   near.name != NULL ? near.name : "", near.name != NULL ? "?" : "");
    return false;
}

static bool is_named(const struct options *options, const struct rule *rule) {
    for (int i = 0; i < options->rule_count; i++)
        if (strcmp(options->rule[i], rule->name) == 0)
            return true;
    return options->rule_count == 0;
}

static bool check_names(const struct options *options, const struct ruleset *set) {
    for (int i = 0; i < options->rule_count; i++) {
        const struct rule *rule = ruleset_find(set, options->rule[i]);
        if (rule == NULL)
            return unknown_rule(set, options->rule[i]);
        if (!rule->enabled) {
            options_refuse("--rule %s: is silenced by %s", rule->name, rule->origin);
            return false;
        }
    }
    return true;
}

/* The others are silenced: none of them speaks in place of one that was asked for. */
static bool narrow_rules(const struct options *options, struct ruleset *set) {
    if (!check_names(options, set))
        return false;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        struct rule_said off = {.name = rule->name, .enabled = "false", .origin = "--rule"};
        struct rule_fault fault;
        if (!is_named(options, rule))
            ruleset_add(set, &off, &fault);
    }
    return true;
}

static double longest_hold_ns(const struct ruleset *set, double scale) {
    double most_s = 0;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        const struct rule_level *levels[] = {&rule->warn, &rule->crit};
        for (int l = 0; l < 2; l++)
            if (rule->enabled && levels[l]->is && levels[l]->hold_s > most_s)
                most_s = levels[l]->hold_s;
    }
    return most_s * scale * (double)NS_PER_S;
}

/* ---- until when ---- */

static int64_t timeout_ns(const struct check *c) {
    return c->run.options->timeout != 0 ? c->run.options->timeout * NS_PER_MS : TIMEOUT_NS;
}

static bool takes_first(void *data, const struct object *object) {
    const struct check *c = data;
    int64_t since_ns = model_utc_ns(c->run.model) - unattended_watched_ns(&c->run) + FIRST_NS;
    return object->first_utc_ns <= since_ns && check_only_object(c->only, c->run.model, object);
}

/* It lags, and what it is doing can't be said yet. */
static bool is_any_puzzling(struct check *c) {
    size_t count;
    const struct object *const *consumers = model_objects(c->run.model, OBJECT_CONSUMER, &count);
    for (size_t i = 0; i < count; i++) {
        struct value state = quantity_get(c->run.model, consumers[i], Q_CONSUMER_state);
        if (consumers[i]->freshness == FRESH_LIVE && state.type == VALUE_TEXT &&
            strcmp(state.text, "unknown") == 0 && takes_first(c, consumers[i]))
            return true;
    }
    return false;
}

/* Where a lag goes takes more answers than all else until it is known; who came since is not awaited. */
static bool is_lag_awaited(struct check *c) {
    const struct ruleset *set = model_rules(c->run.model);
    if (unattended_watched_ns(&c->run) < c->next_cover_ns)
        return true;
    c->next_cover_ns = unattended_watched_ns(&c->run) + COVER_NS;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        if (rule->enabled && rule->kind == OBJECT_CONSUMER &&
            (is_any_puzzling(c) || rule_cover(c->run.model, rule, takes_first, c).awaited > 0))
            return true;
    }
    return false;
}

/* Servers that have links are asked for them, and may tell of servers that nobody named. */
static const struct links {
    enum shape shape;
    enum field field;
} links[] = {{SHAPE_ROUTEZ, F_SERVER_routes}, {SHAPE_LEAFZ, F_SERVER_leafnodes}};

static bool is_link_awaited(const struct model *model) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < sizeof links / sizeof *links; l++)
            if (servers[i]->now != NULL && servers[i]->freshness == FRESH_LIVE &&
                row_u64(servers[i]->now, links[l].field, 0) > 0 &&
                model_answer(model, servers[i], links[l].shape) == NULL)
                return true;
    return false;
}

/* Servers that should be there are looked for, and until then nothing is known of them. */
static bool is_any_unseen(const struct model *model) {
    size_t count;
    const struct object *const *clusters = model_objects(model, OBJECT_CLUSTER, &count);
    for (size_t i = 0; i < count; i++) {
        double unseen;
        if (value_number(quantity_get(model, clusters[i], Q_CLUSTER_unseen), &unseen) && unseen > 0)
            return true;
    }
    return false;
}

/* With what rules of one's own and expectations look at. */
static unsigned awaited(const struct check *c) {
    return AWAITED | model_shapes(c->run.model);
}

static bool is_looked_at(const struct check *c) {
    bool found = !is_link_awaited(c->run.model) && !is_any_unseen(c->run.model);
    return feed_looked(c->run.feed, awaited(c)) && (found || unattended_watched_ns(&c->run) >= DISCOVERY_NS);
}

static bool is_settled(struct check *c) {
    struct alert_counts counts = model_alert_counts(c->run.model);
    if (unattended_watched_ns(&c->run) >= SETTLES_NS)
        return true;
    if (!feed_reached(c->run.feed) && counts.crit + counts.warn == 0)
        return false;
    if (!model_expect_counted(c->run.model))
        return false;
    if (c->run.options->once)
        return is_looked_at(c);
    return feed_settled(c->run.feed, awaited(c), 0) && !is_lag_awaited(c);
}

/* All refuse, and of that the rules that are judged say nothing, not even in a moment. */
static bool is_hopeless(struct check *c) {
    size_t found, forming;
    model_findings(c->run.model, &found);
    model_forming(c->run.model, &forming);
    if (!feed_refused(c->run.feed) || found + forming > 0)
        c->hopeless_ns = 0;
    else if (c->hopeless_ns == 0)
        c->hopeless_ns = unattended_watched_ns(&c->run);
    return c->hopeless_ns != 0 && unattended_watched_ns(&c->run) - c->hopeless_ns >= TOLD_NS;
}

/* Silent, and whether it is down is not said yet. */
static bool is_any_stale(const struct model *model) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        struct value state = quantity_get(model, servers[i], Q_SERVER_state);
        if (state.type == VALUE_TEXT && strcmp(state.text, "stale") == 0)
            return true;
    }
    return false;
}

/* Who is down since a moment ago may be about to come back: a restart, or one that began beside us. */
static bool is_any_down_anew(const struct check *c) {
    double scale = c->run.options->once ? 1 : c->run.hold_scale;
    int64_t settles_ns = (int64_t)((double)(c->run.options->once ? ONCE_DOWN_NS : BACK_NS) * scale);
    size_t count = model_alert_count(c->run.model);
    for (size_t i = 0; i < count; i++) {
        const struct alert *alert = model_alert(c->run.model, i);
        const struct rule *rule = ruleset_find(model_rules(c->run.model), alert->rule);
        if (alert->state == ALERT_OPEN && !alert->quiet && rule != NULL && rule->about_state &&
            rule->kind == OBJECT_SERVER && model_utc_ns(c->run.model) - alert->first_sign_utc_ns < settles_ns)
            return true;
    }
    return false;
}

static bool is_decided(const struct check *c) {
    int64_t watched = unattended_watched_ns(&c->run) - c->settled_ns;
    int64_t silence_left = DOWN_NS - watched, left = (int64_t)c->hold_most_ns + DOWN_NS - watched;
    const struct model *model = c->run.model;
    if (left > 0 && (model_alerts_behind(model) || is_any_down_anew(c) ||
                     (!c->run.options->once && model_is_deciding(model, left))))
        return false;
    return silence_left <= 0 || !is_any_stale(model);
}

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
    const struct check *c = data;
    return check_only_object(c->only, c->run.model, object);
}

/* One that may be a trouble is enough. What else is not known may be what is not so, as a limit that there is
 * none of. */
static bool is_lacking(const struct rule_cover *cover) {
    return cover->untold + cover->awaited > 0;
}

static void gather_unjudged(struct check *c) {
    const struct ruleset *set = model_rules(c->run.model);
    struct check_report *r = &c->report;
    rule_take_fn *take = c->run.options->once ? takes : takes_first; /* who came since has told little */
    r->unjudged = memory_array(ruleset_count(set) + 1, sizeof *r->unjudged);
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        struct rule_cover cover =
            rule->enabled ? rule_cover(c->run.model, rule, take, c) : (struct rule_cover){0};
        if (cover.unknown > 0 && (cover.unknown == cover.asked || is_lacking(&cover)))
            r->unjudged[r->unjudged_count++] = (struct check_unjudged){rule, cover};
    }
}

/* Nobody told anything of what that rule is about, or somebody silent may have it. */
static const char *unheard(const struct check *c, const struct rule *rule, char out[static 80]) {
    const char *name = object_kind_name(rule->kind);
    struct check_jetstream js = check_jetstream(c->run.model);
    struct cut cut;
    char message[300];
    if (!cut_parse(&cut, &name, 1, message, sizeof message) || cut_shapes(&cut) != 1u << SHAPE_JSZ)
        return NULL;
    if (!model_has(c->run.model, SHAPE_JSZ))
        return "no server answers /jsz";
    snprintf(out, 80, "JetStream of %d of %d servers was never heard", js.unheard, js.heard + js.unheard);
    return js.silent ? out : NULL;
}

const char *check_unjudged_why(const struct check_unjudged *u) {
    if (u->cover.untold > 0)
        return "not reported by this version";
    return u->cover.awaited > 0 ? "takes more than one look" : "not known here";
}

/* Why one that was asked for by name can't be answered; false: all can. */
static bool is_unanswered(const struct check *c, char *message, size_t size) {
    const struct check_report *r = &c->report;
    for (int i = 0; i < c->run.options->rule_count; i++) {
        const struct rule *rule = ruleset_find(model_rules(c->run.model), c->run.options->rule[i]);
        char never[80];
        const char *why = unheard(c, rule, never);
        if (why == NULL)
            continue;
        snprintf(message, size, "%s can't be judged: %s", rule->name, why);
        return true;
    }
    for (size_t i = 0; i < r->unjudged_count && c->run.options->rule_count > 0; i++) {
        const struct check_unjudged *u = &r->unjudged[i];
        char of[64] = "";
        if (!is_lacking(&u->cover))
            continue;
        if (u->cover.unknown < u->cover.asked)
            snprintf(of, sizeof of, " of %zu of %zu", u->cover.unknown, u->cover.asked);
        snprintf(message, size, "%s can't be judged%s: %s: %s", u->rule->name, of,
                 quantities[u->cover.quantity].name, check_unjudged_why(u));
        return true;
    }
    return false;
}

/* Nothing was found: is that an answer? */
static bool is_nothing_known(const struct check *c, char *message, size_t size) {
    char span[TIME_TEXT_SIZE];
    const char *missed = check_only_missed(c->only, c->run.model);
    span_format(span, unattended_watched_ns(&c->run));
    if (!feed_reached(c->run.feed))
        snprintf(message, size, "nothing could be reached within %s", span);
    else if (c->settled_ns == 0)
        snprintf(message, size, "not all was answered within %s; give it more --timeout", span);
    else if (missed != NULL)
        snprintf(message, size, "--only %s: nothing is called so", options_typed(missed));
    else
        return is_unanswered(c, message, size);
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
    check_now_free(c->now);
    unattended_stop(&c->run, code);
}

static void conclude(struct check *c, bool cut_short) {
    char message[300] = "";
    struct check_report *r = &c->report;
    if (c->slip[0] != '\0')
        buffer_printf(&c->notes, "%s\n", c->slip);
    *r = (struct check_report){.model = c->run.model,
                               .options = c->run.options,
                               .only = c->only,
                               .message = message,
                               .notes = buffer_text(&c->notes),
                               .watched_ns = unattended_watched_ns(&c->run),
                               .cut_short = cut_short};
    gather_alerts(c);
    gather_unjudged(c);
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

static void on_look(void *data) {
    struct check *c = data;
    bool late = unattended_watched_ns(&c->run) >= timeout_ns(c);
    if (c->slip[0] != '\0' && feed_nameless(c->run.feed)) {
        give_up_slip(c);
        return;
    }
    if (c->settled_ns == 0 && is_settled(c))
        c->settled_ns = unattended_watched_ns(&c->run);
    bool decided = c->settled_ns != 0 && is_decided(c);
    bool hopeless = is_hopeless(c);
    if (decided || hopeless || late)
        conclude(c, !decided && !hopeless);
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
    if (!narrow_rules(options, set)) {
        check_only_destroy(c.only);
        return EXIT_USAGE;
    }
    unattended_begin(&c.run, options, &handler, &c, options->once ? NO_HOLD : 0);
    c.hold_most_ns = longest_hold_ns(set, c.run.hold_scale);
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
