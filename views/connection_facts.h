/* What is known of one connection, in groups of names and values; and how it is, in one sentence. Pure
 * drawing, main process. */
#ifndef VIEWS_CONNECTION_FACTS_H
#define VIEWS_CONNECTION_FACTS_H

#include "views/page.h"

/* Groups below each other, each of at most `each` lines, as many as there are rows for. s NULL: only counts.
 * Returns the rows. */
int connection_facts_draw(const struct view_context *context, const struct object *connection, int each,
                          struct surface *s, struct rect area);

/* Open, and what is wrong with it; closed, when, why and after which life; old, and for how long. */
struct page_line connection_state(const struct view_context *context, const struct object *connection);

/* What the cuts of the client that it is of have in common; empty: it was not cut. */
struct page_line connection_pattern(const struct model *model, const struct object *connection);

/* When it was closed, by our clock as far as that is known. TIME_UNSET: it is open, or nobody told. */
int64_t connection_end_ns(const struct model *model, const struct object *connection);

/* What it is called: its name, else its user, its address, its cid. */
const char *connection_called(const struct model *model, const struct object *connection, char *out,
                              size_t size);

#endif
