/* A sentence made of an event's fields: "came to {server}[ from {host}]". Pure. */
#ifndef COLLECTORS_HEARD_TEXT_H
#define COLLECTORS_HEARD_TEXT_H

#include "sample/row.h"

/* What stands in [] is left out where one of its fields is absent. Cut to what there is room for. */
void heard_text(const struct row *event, const char *sentence, char *out, size_t size);
/* Is the subject one of the pattern's: `*` is any one token, `>` the rest? */
bool subject_fits(const char *subject, const char *pattern);

#endif
