/* What stands on the screen in words: signs, the states of streams and consumers, columns. Made of the tables
 * that draw them. Main process. */
#ifndef VIEWS_GLOSSARY_H
#define VIEWS_GLOSSARY_H

#include "views/help.h"
#include "views/view.h"

struct sign {
    const char *sign, *meaning;
};
/* false: there are not so many. */
bool sign_at(int n, struct sign *out);
/* What a state says when it is shown, without its figures: "no delivery for N though someone waits". Where
 * that is nothing, its condition. */
void state_meaning(const struct state_rule *rule, char *out, size_t size);
/* For help: signs, and of the view's lists states and columns. Ends with a text of NULL; lives until the next
 * call. */
const struct help_line *glossary_of(const struct view_ops *view);

#endif
