#include "model/rule_cover.h"

#include <math.h>

#include "model/reported.h"
#include "model/rule_judge.h"
#include "model/state.h"

/* What is made of a field that not every version has. */
static const struct made_of {
    enum quantity quantity;
    enum field field;
} made_of[] = {
    {Q_SERVER_slow_routes_5m, F_SERVER_slow_routes},   {Q_SERVER_slow_gateways_5m, F_SERVER_slow_gateways},
    {Q_SERVER_slow_leafs_5m, F_SERVER_slow_leafs},     {Q_SERVER_stale_5m, F_SERVER_stale_connections},
    {Q_SERVER_stalled_much, F_SERVER_stalled_clients}, {Q_SERVER_stalls_per_s, F_SERVER_stalled_clients},
};

/* What is counted between two rows, and does not say that it will be known. */
static const enum quantity counted[] = {Q_SERVER_js_api_errors_per_min, Q_SERVER_js_api_error_share,
                                        Q_SERVER_churn_1m, Q_SERVER_churn_share};

/* Its growth is known with a second row. */
bool rule_awaits(const struct model *model, const struct object *object, int id) {
    bool second = id >= QUANTITY_COUNT;
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        second |= (int)counted[i] == id;
    if (second)
        return object->before == NULL;
    return (quantity_get(model, object, (enum quantity)id).flags & VALUE_NEW) != 0;
}

static bool is_untold(const struct object *object, int q) {
    const struct row *row = object->now;
    if (object->kind == OBJECT_ROUTE && q == (int)Q_ROUTE_pending_bytes)
        return object->parent && !server_tells_routes(object->parent->now);
    for (size_t i = 0; i < sizeof made_of / sizeof *made_of; i++)
        if ((int)made_of[i].quantity == q)
            return row && !row_has(row, made_of[i].field);
    return false;
}

/* It told once, and does no more: even what is not so by the last answer may be so. */
static bool is_old(const struct model *model, const struct rule *rule, const struct object *object) {
    struct asking asking = {.model = model, .object = object};
    return object->freshness == FRESH_STALE && object->kind == rule->kind && !rule->about_state &&
           rule->enabled && (rule->match_expr == NULL || expr_true(rule->match_expr, asking_get, &asking));
}

static bool is_unheard(int id) {
    return id == Q_EXPECTATION_missing;
}

struct search { /* what is asked, and the first of it that is not known */
    struct asking asking;
    int missing;
};

static struct expr_value get(void *data, int id) {
    struct search *search = data;
    struct expr_value v = asking_get(&search->asking, id);
    if (v.type == EXPR_UNKNOWN && search->missing < 0)
        search->missing = id;
    return v;
}

bool rule_is_about(const struct model *model, const struct rule *rule, const struct object *object) {
    struct asking asking = {.model = model, .object = object};
    return object->kind == rule->kind && rule_applies(&asking, rule);
}

bool rule_is_in_vain(const struct model *model, const struct rule *rule) {
    size_t count;
    if (!rule->enabled || !rule->own_match)
        return false;
    const struct object *const *objects = model_objects(model, rule->kind, &count);
    for (size_t i = 0; i < count; i++) {
        struct asking asking = {.model = model, .object = objects[i]};
        if (expr_true(rule->match_expr, asking_get, &asking))
            return false;
    }
    return true;
}

/* The number meets a level, or may: one that is not known. */
static bool may_be(const struct asking *asking, const struct rule *rule, const struct expr_value *value) {
    const struct rule_level *levels[] = {&rule->warn, &rule->crit};
    for (int i = 0; i < 2; i++) {
        double limit = *levels[i]->limit ? rule_threshold(asking, levels[i]) : NAN;
        if (levels[i]->is && (isnan(limit) || rule_meets(levels[i]->sign, value->number, limit)))
            return true;
    }
    return false;
}

/* -1: it can be judged. Where one half of it is not so the other one does not matter. */
static int missing_of(const struct model *model, const struct rule *rule, const struct object *object) {
    struct search search = {{.model = model, .object = object, .now = true}, -1};
    struct expr_value where = {EXPR_BOOL, 1, NULL}, value = {EXPR_NUMBER, 0, NULL};
    if (rule->value_expr)
        value = expr_eval(rule->value_expr, get, &search);
    if (rule->value_expr && value.type == EXPR_NUMBER && !may_be(&search.asking, rule, &value))
        return -1;
    if (rule->where_expr)
        where = expr_eval(rule->where_expr, get, &search);
    bool settled = where.type != EXPR_UNKNOWN && (where.number == 0 || value.type != EXPR_UNKNOWN);
    return settled ? -1 : search.missing;
}

bool rule_is_unjudged(const struct model *model, const struct rule *rule, const struct object *object) {
    return rule_is_about(model, rule, object) && missing_of(model, rule, object) >= 0;
}

bool rule_cover_lacks(const struct rule_cover *cover) {
    return cover->untold + cover->awaited + cover->old + cover->unheard > 0;
}

static void cover_one(struct rule_cover *cover, const struct model *model, const struct rule *rule,
                      const struct object *object) {
    int missing = missing_of(model, rule, object), quantity = missing >= 0 ? missing % QUANTITY_COUNT : -1;
    bool old = is_old(model, rule, object), known = missing < 0;
    bool untold = !known && is_untold(object, quantity);
    bool awaited = !known && !old && rule_awaits(model, object, missing);
    bool unheard = !known && !awaited && is_unheard(missing);
    bool first_lacking = (untold || awaited || old || unheard) && !rule_cover_lacks(cover);
    cover->asked++;
    if (known && !old)
        return;
    cover->unknown++;
    cover->untold += untold;
    cover->awaited += awaited;
    cover->old += old;
    cover->unheard += unheard;
    if (cover->like != NULL && !first_lacking)
        return;
    cover->quantity = quantity;
    cover->like = object;
}

struct rule_cover rule_cover(const struct model *model, const struct rule *rule, rule_take_fn *take,
                             void *data) {
    struct rule_cover cover = {.quantity = -1};
    size_t count;
    const struct object *const *objects = model_objects(model, rule->kind, &count);
    for (size_t i = 0; i < count; i++)
        if ((rule_is_about(model, rule, objects[i]) || is_old(model, rule, objects[i])) &&
            (take == NULL || take(data, objects[i])))
            cover_one(&cover, model, rule, objects[i]);
    return cover;
}
