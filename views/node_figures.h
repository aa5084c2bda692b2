/* The figures of a node, each against the median of the other nodes. Pure drawing, main process. */
#ifndef VIEWS_NODE_FIGURES_H
#define VIEWS_NODE_FIGURES_H

#include "views/view.h"

/* Known, or soon: what a server of its version never tells has no place. */
bool node_knows(const struct view_context *context, const struct object *server, enum quantity q);
/* Rows that all of them take, below their rule. */
int node_figures_rows(const struct view_context *context, const struct object *server, int width);
/* As many as fit; the title in `rule`, with how many there are where some don't. */
void node_figures_draw(const struct view_context *context, const struct object *server, const char *title,
                       struct surface *s, struct rect rule, struct rect area);

#endif
