/* Of how many servers JetStream was heard: what lists of it and sums over them can't know. Pure, main
 * process.
 */
#ifndef VIEWS_JETSTREAM_HEARD_H
#define VIEWS_JETSTREAM_HEARD_H

#include "views/view.h"

/* Whether any server says that it has JetStream. */
bool jetstream_is_there(const struct model *model);
/* "2 of 3 servers": the others were never heard; "" when all were, or none. */
void jetstream_heard(const struct model *model, char *out, size_t size);
/* The same in numbers; false: all were heard, or none. */
bool jetstream_is_partial(const struct model *model, unsigned *heard, unsigned *all);
/* Why there is nothing to list, in one sentence; "" when there is JetStream. */
void jetstream_absence(const struct model *model, char *out, size_t size);

#endif
