/* What a node is: its state in words, who it says it is, how its endpoints answer. Pure drawing, main
 * process. */
#ifndef VIEWS_NODE_FACTS_H
#define VIEWS_NODE_FACTS_H

#include "views/view.h"

/* What is up needs no row for it: the summary begins with the word. */
int node_state_rows(const struct view_context *context, const struct object *server);
/* "down for 42s: connection refused" */
void node_state_draw(const struct view_context *context, const struct object *server, struct surface *s,
                     struct rect row);
/* Both return the rows that they take; s NULL: counts alone. */
int node_summary(const struct view_context *context, const struct object *server, struct surface *s,
                 struct rect area);
int node_endpoints(const struct view_context *context, const struct object *server, struct surface *s,
                   struct rect area);

#endif
