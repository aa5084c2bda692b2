/* The figures of a node, each against the median of the other nodes. Pure drawing, main process. */
#ifndef VIEWS_NODE_FIGURES_H
#define VIEWS_NODE_FIGURES_H

#include "views/view.h"

/* Known, or soon: what a server of its version never tells has no place. */
bool node_knows(const struct view_context *context, const struct object *server, enum quantity q);
/* Rows that all of them take, the rule among them. */
int node_figures_rows(const struct view_context *context, const struct object *server, int width);
void node_figures_draw(const struct view_context *context, const struct object *server, struct surface *s,
                       struct rect area);

#endif
