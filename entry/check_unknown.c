/* Nothing was found: what may be wrong all the same. */
#include "entry/check.h"

#include <stdio.h>
#include <string.h>

#include "views/cut.h"

const char *check_unheard(const struct model *model, const struct rule *rule, char out[static 80]) {
    const char *name = object_kind_name(rule->kind);
    struct check_jetstream js = check_jetstream(model);
    struct cut cut;
    char message[300];
    if (!cut_parse(&cut, &name, 1, message, sizeof message) || cut_shapes(&cut) != 1u << SHAPE_JSZ)
        return NULL;
    if (!model_has(model, SHAPE_JSZ))
        return "no server answers /jsz";
    snprintf(out, 80, "JetStream of %d of %d servers was never heard", js.unheard, js.heard + js.unheard);
    return js.silent ? out : NULL;
}

const char *check_unjudged_why(const struct model *model, const struct check_unjudged *u) {
    if (u->cover.untold > 0)
        return "not reported by this version";
    if (u->cover.unheard > 0) { /* who that is */
        struct value why = quantity_get(model, u->cover.like, Q_EXPECTATION_why);
        return why.type == VALUE_TEXT ? why.text : "not all could be asked";
    }
    return u->cover.old > 0       ? "its server does not answer any more"
           : u->cover.awaited > 0 ? "takes more than one look"
                                  : "not known here";
}

/* One that was asked for by name: the others are silenced. */
static bool is_in_vain(const struct check_report *r, char *message, size_t size) {
    const struct rule *rule = r->in_vain_count > 0 ? r->in_vain[0] : NULL;
    if (rule == NULL || r->options->rule_count == 0)
        return false;
    snprintf(message, size, "%s applies to no %s here: match %s", rule->name, object_kind_name(rule->kind),
             rule->match);
    return true;
}

/* Why one that was asked for by name can't be answered; false: all can. */
static bool is_unanswered(const struct check_report *r, char *message, size_t size) {
    for (int i = 0; i < r->options->rule_count; i++) {
        const struct rule *rule = ruleset_find(model_rules(r->model), r->options->rule[i]);
        char never[80];
        const char *why = check_unheard(r->model, rule, never);
        if (why == NULL)
            continue;
        snprintf(message, size, "%s can't be judged: %s", rule->name, why);
        return true;
    }
    bool asked = r->options->rule_count > 0, narrowed = asked || r->options->only_count > 0;
    for (size_t i = 0; i < r->unjudged_count && narrowed; i++) {
        const struct check_unjudged *u = &r->unjudged[i];
        char of[64] = "";
        if (!rule_cover_lacks(&u->cover) || (!asked && u->cover.old == 0))
            continue;
        if (u->cover.unknown < u->cover.asked)
            snprintf(of, sizeof of, " of %zu of %zu", u->cover.unknown, u->cover.asked);
        bool figure = u->cover.quantity >= 0 && u->cover.old == 0;
        snprintf(message, size, "%s can't be judged%s: %s%s%s", u->rule->name, of,
                 figure ? quantities[u->cover.quantity].name : "", figure ? ": " : "",
                 check_unjudged_why(r->model, u));
        return true;
    }
    return false;
}

static bool is_server(const struct model *model, const struct object *server, const char *state) {
    struct value is = quantity_get(model, server, Q_SERVER_state);
    return is.type == VALUE_TEXT && strcmp(is.text, state) == 0;
}

/* What was asked for may be where nobody looks. */
static bool may_have(const struct check_report *r, const struct object *server) {
    bool has = check_only_elsewhere(r->only) || check_only_object(r->only, r->model, server);
    bool any = r->options->rule_count == 0;
    for (int i = 0; i < r->options->rule_count; i++) {
        const struct rule *rule = ruleset_find(model_rules(r->model), r->options->rule[i]);
        any |= rule->kind != OBJECT_SERVER || rule_is_about(r->model, rule, server);
    }
    return has && any;
}

static bool is_unwatched(const struct check_report *r, char *message, size_t size) {
    size_t count, unwatched = 0;
    const struct object *const *servers = model_objects(r->model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++)
        unwatched += is_server(r->model, servers[i], "known") && may_have(r, servers[i]);
    if (unwatched == 0)
        return false;
    snprintf(message, size, "%zu server%s not monitored, and nothing is wrong elsewhere: name %s, too",
             unwatched, unwatched == 1 ? " is" : "s are", unwatched == 1 ? "it" : "them");
    return true;
}

bool check_is_unknown(const struct check_report *r, char *message, size_t size) {
    return is_unanswered(r, message, size) || is_in_vain(r, message, size) || is_unwatched(r, message, size);
}
