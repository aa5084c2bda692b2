/* Rules of somebody's own that apply to nothing there, as far as that can be said. */
#include "views/alerts_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/rule_cover.h"
#include "model/rule_text.h"
#include "views/clusters.h"
#include "views/jetstream_heard.h"

#define EVERY_NS   (5 * NS_PER_S)  /* each looks at all that it may be about */
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

static void find(struct alerts_vain *vain, const struct view_context *context) {
    const struct ruleset *set = model_rules(context->model);
    vain->text[0] = '\0';
    for (size_t i = 0, len = 0; i < ruleset_count(set) && len + 1 < sizeof vain->text; i++) {
        const struct rule *rule = ruleset_at(set, i);
        if (!rule_is_in_vain(context->model, rule) || !is_all_told(context->model, rule))
            continue;
        if (len)
            len += (size_t)snprintf(vain->text + len, sizeof vain->text - len, "; ");
        rule_in_vain_text(rule, vain->text + len, sizeof vain->text - len);
        len += strlen(vain->text + len);
    }
}

void alerts_vain_follow(struct alerts_vain *vain, const struct view_context *context) {
    const struct ruleset *set = model_rules(context->model);
    int64_t ago = context->utc_ns - vain->utc_ns;
    if (vain->set == set && vain->model == context->model && ago >= 0 && ago < EVERY_NS)
        return;
    vain->set = set;
    vain->model = context->model;
    vain->utc_ns = context->utc_ns;
    vain->text[0] = '\0';
    if (is_settled(context))
        find(vain, context);
}
