/* What `/` narrows a list to: words, which all have to be found.
 *
 *   word            somewhere in the texts of a row; "two words" in quotes are one
 *   ~regex          a text of the row matches, without case; blanks inside parentheses belong to it
 *   lag > 1000      a comparison (base/expr.h) of a quantity of the list's kind, or of a column by its title;
 *                   rate(in_msgs) > 10k of how fast a counter grows
 *   !word !~regex   the opposite; of a comparison, too
 *
 * A word that a quantity is compared with and can't be (a state that there is none of) is an error too;
 * blanks in it stand for underscores. What looks like a comparison and names no column is an error, never a
 * word; so is a sign with no text behind it. Owned by the list it filters. Main process. */
#ifndef VIEWS_FILTER_H
#define VIEWS_FILTER_H

#include "model/model.h"

struct filter;

struct filter_column {
    enum quantity quantity;
    const char *title; /* as the list shows it; NULL: the quantity's own. Lives as long as the filter */
};

/* `text` is looked at in the quantities `shown` (texts and numbers as a table shows them). Never NULL. */
struct filter *filter_create(const char *text, enum object_kind kind, const struct filter_column *shown,
                             int count);
void filter_destroy(struct filter *filter); /* NULL is fine */
/* One line when the text is no filter; such a filter lets everything through. NULL when it is fine. */
const char *filter_error(const struct filter *filter);
const char *filter_text(const struct filter *filter);
bool filter_pass(const struct filter *filter, const struct model *model, const struct object *object);
/* The same where a row shows texts beside the quantities: NULL ends them. What has no object (NULL) is those
 * texts alone, and passes no comparison. */
bool filter_pass_beside(const struct filter *filter, const struct model *model, const struct object *object,
                        const char *const *texts);

#endif
