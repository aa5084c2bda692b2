/* Rules of somebody's own that apply to nothing there, as far as that can be said. */
#include "views/alerts_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/rule_cover.h"
#include "model/rule_text.h"
#include "views/clusters.h"
#include "views/jetstream_heard.h"

#define EVERY_NS   (5 * NS_PER_S)
#define LOOKS      20000 /* at objects, about, before a frame is drawn: there can be thousands of them */
#define SETTLES_NS (25 * NS_PER_S) /* who is there has told by then */

/* All that should be there answers, for long enough. */
static bool is_settled(const struct view_context *context) {
    size_t count;
    struct cluster_count n = clusters_count(context->model);
    const struct object *const *servers = model_objects(context->model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++)
        if (context->utc_ns - servers[i]->first_utc_ns < SETTLES_NS)
            return false;
    return clusters_whole(&n);
}

static bool is_all_told(const struct model *model, const struct rule *rule) {
    unsigned heard, all;
    uint64_t rows, total;
    if (rule->shapes & 1u << SHAPE_JSZ)
        return model_has(model, SHAPE_JSZ) && !jetstream_is_partial(model, &heard, &all);
    model_connection_cover(model, &rows, &total);
    return rule->kind != OBJECT_CONNECTION || rows >= total;
}

static void say(struct alerts_vain *vain, const struct ruleset *set) {
    vain->text[0] = '\0';
    for (size_t i = 0, len = 0; i < ruleset_count(set) && len + 1 < sizeof vain->text; i++) {
        if (!vain->is[i])
            continue;
        if (len)
            len += (size_t)snprintf(vain->text + len, sizeof vain->text - len, "; ");
        rule_in_vain_text(ruleset_at(set, i), vain->text + len, sizeof vain->text - len);
        len += strlen(vain->text + len);
    }
}

static void look(struct alerts_vain *vain, const struct model *model, const struct ruleset *set) {
    size_t count = ruleset_count(set), looks = 0;
    for (; vain->next < count && looks < LOOKS; vain->next++) {
        const struct rule *rule = ruleset_at(set, vain->next);
        size_t objects = 0;
        if (rule->own_match)
            model_objects(model, rule->kind, &objects);
        looks += objects;
        vain->is[vain->next] = rule_is_in_vain(model, rule) && is_all_told(model, rule);
    }
    if (vain->next < count)
        return;
    vain->next = 0;
    say(vain, set);
}

void alerts_vain_follow(struct alerts_vain *vain, const struct view_context *context) {
    const struct ruleset *set = model_rules(context->model);
    int64_t ago = context->utc_ns - vain->utc_ns;
    if (vain->set != set || vain->model != context->model || ago < 0)
        *vain = (struct alerts_vain){.set = set, .model = context->model};
    else if (vain->next == 0 && ago < EVERY_NS)
        return;
    vain->utc_ns = context->utc_ns;
    if (is_settled(context))
        look(vain, context->model, set);
    else
        *vain = (struct alerts_vain){.set = set, .model = context->model, .utc_ns = context->utc_ns};
}
