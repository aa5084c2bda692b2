/* The model as plain text tables: `print` without --json. One block an entity: its name, column heads, rows.
 */
#ifndef VIEWS_PRINT_H
#define VIEWS_PRINT_H

#include "base/buffer.h"
#include "views/cut.h"

/* Appends the text; cut NULL: everything. */
void print_tables(const struct model *model, const struct cut *cut, struct buffer *out);
/* Appends a line for each thing that the parts have not all of: "closed: n1 lists 8,000 more that were not
 * read". For people, beside the output. */
void print_lacks(const struct model *model, const struct cut *cut, struct buffer *out);

#endif
