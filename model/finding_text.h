/* What is said of a finding: for the rules, which make them, and for whoever checks a rule's text. Pure, main
 * process. */
#ifndef MODEL_FINDING_TEXT_H
#define MODEL_FINDING_TEXT_H

#include "model/ruleset.h"

/* A {word} of a rule's text that is no quantity. */
bool finding_word_is(const char *name);
/* Findings of one rule with one cause are said together; 0: alone. */
uint64_t finding_cause(const struct model *model, const struct object *object, const struct rule *rule);
/* The number that its levels are compared with; false: it has none, or that is not known. */
bool finding_value(const struct model *model, const struct object *object, const struct rule *rule,
                   double *out);
/* What the figure of that rule is of: a quantity, or all that it compares. */
#define FIGURE_OF_SIZE 64
void finding_figure_of(const struct rule *rule, char out[static FIGURE_OF_SIZE]);
/* The figures of both are of one thing, and worse in one direction. */
bool finding_figures_compare(const struct rule *a, const struct rule *b);

#endif
