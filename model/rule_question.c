#include "model/rule_question.h"

#include <math.h>

const struct expr_need *rule_first_need(const struct rule *rule) {
    return rule->need_count ? &rule->needs[0] : NULL;
}

static unsigned letter_bit(char c) {
    return 1u << ((unsigned char)c % 32);
}

static void add_words(struct rule_question *question, const struct expr_need *need) {
    for (int i = 0; i < need->word_count; i++) {
        question->letters |= letter_bit(*need->words[i]);
        question->truths |= need->truths[i] >= 0 ? 1u << need->truths[i] : 0;
    }
}

/* The first number that it may be, from there on towards that end. */
static double first_of(const struct expr_need *need, double towards) {
    return need->stands & STANDS_AT ? need->number : nextafter(need->number, towards);
}

/* Beside a text the number is meant as it is written. Of numbers that are weighed in units of their own none
 * is told apart. */
static void add_number(struct rule_question *question, const struct expr_need *need) {
    bool alike = !(question->scale > 0) || fabs(question->scale - need->scale) <= 0;
    question->letters = question->truths = ~0u;
    question->scale = need->scale;
    if (!alike || need->stands & (STANDS_ABOVE | STANDS_AT))
        question->above = alike ? fmin(question->above, first_of(need, INFINITY)) : -INFINITY;
    if (!alike || need->stands & (STANDS_BELOW | STANDS_AT))
        question->below = alike ? fmax(question->below, first_of(need, -INFINITY)) : INFINITY;
}

struct rule_question rule_question_of(const struct rule *rule) {
    const struct expr_need *need = rule_first_need(rule);
    return (struct rule_question){.id = need ? need->id : -1, .above = INFINITY, .below = -INFINITY};
}

void rule_question_add(struct rule_question *question, const struct rule *rule) {
    const struct expr_need *need = rule_first_need(rule);
    question->count++;
    if (need && need->word_count)
        add_words(question, need);
    else if (need)
        add_number(question, need);
}

bool rule_question_is_open(const struct rule_question *question, struct expr_value answer) {
    switch (answer.type) {
    case EXPR_UNKNOWN:
        return false;
    case EXPR_TEXT:
        return question->letters & letter_bit(answer.text ? *answer.text : '\0');
    case EXPR_BOOL:
        return question->truths & (answer.number != 0 ? 2u : 1u);
    default:
        return !(answer.number * question->scale < question->above &&
                 answer.number * question->scale > question->below);
    }
}
