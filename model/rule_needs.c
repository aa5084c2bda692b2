#include "model/rule_needs.h"

#include <math.h>

#include "model/calc.h"

/* A word is mostly another one, and several rules ask for the same; what a server tells is there to be read;
 * other figures are made when asked for, and the rule's own is met by few. */
enum price { PRICE_WORD, PRICE_TOLD, PRICE_OWN, PRICE_MADE };

static enum price price_of(const struct expr_need *need, bool own) {
    bool told = need->id < QUANTITY_COUNT && quantities[need->id].how == HOW_FIELD;
    bool word = need->word_count && need->truths[0] < 0;
    return told ? PRICE_TOLD : word ? PRICE_WORD : own ? PRICE_OWN : PRICE_MADE;
}

static const unsigned any = STANDS_BELOW | STANDS_AT | STANDS_ABOVE;

static unsigned meets(const struct rule_level *level) {
    static const unsigned stands[] = {[SIGN_MORE] = STANDS_ABOVE,
                                      [SIGN_AT_LEAST] = STANDS_ABOVE | STANDS_AT,
                                      [SIGN_LESS] = STANDS_BELOW,
                                      [SIGN_AT_MOST] = STANDS_BELOW | STANDS_AT};
    return stands[level->sign];
}

/* Levels lie behind each other, or at the same number: what meets none of them is on this side of the first,
 * and where it goes on once it spoke until it meets `clear`, beyond that. */
static bool own_need(const struct rule *rule, struct expr_need *need) {
    const struct rule_level *lesser = rule->warn.is ? &rule->warn : &rule->crit, *clear = &rule->clear;
    const struct rule_level *first = clear->is ? clear : lesser;
    bool told = lesser->asked || rule->crit.asked || clear->asked;
    if (rule->value_quantity < 0 || !*lesser->limit || told || isnan(first->threshold))
        return false;
    *need = (struct expr_need){.id = rule->value_quantity, .scale = 1, .number = first->threshold};
    need->stands = clear->is ? any & ~meets(clear) : 0;
    if (lesser->threshold == first->threshold)
        need->stands |= meets(lesser);
    if (rule->crit.is && rule->crit.threshold == first->threshold)
        need->stands |= meets(&rule->crit);
    return true;
}

static bool level_is_told(const struct rule_level *level) {
    return !level->is || (level->asked && expr_is_void(level->asked, quantity_is_told));
}

static bool goes_by_told(const struct rule *rule) {
    bool levels = *rule->value && level_is_told(&rule->warn) && level_is_told(&rule->crit);
    return levels || (rule->where_expr && expr_is_void(rule->where_expr, quantity_is_told));
}

void rule_find_needs(struct rule *rule) {
    struct expr_need where, own;
    bool is_where = rule->where_expr && expr_need(rule->where_expr, &where);
    bool is_own = own_need(rule, &own), own_first = is_own;
    if (is_where && is_own)
        own_first = price_of(&own, true) <= price_of(&where, false);
    rule->need_count = 0;
    if (is_own && own_first)
        rule->needs[rule->need_count++] = own;
    if (is_where)
        rule->needs[rule->need_count++] = where;
    if (is_own && !own_first)
        rule->needs[rule->need_count++] = own;
    rule->by_told = goes_by_told(rule);
}
