/* The limits of a stream: how much of each is used, and when it is reached. Pure drawing, main process. */
#ifndef VIEWS_STREAM_LIMITS_H
#define VIEWS_STREAM_LIMITS_H

#include "views/view.h"

/* Rows, the rule among them. */
int stream_limits_rows(const struct view_context *context, const struct object *stream);
void stream_limits_draw(const struct view_context *context, const struct object *stream, struct surface *s,
                        struct rect area);

/* What it copies: a line for its mirror or for each of its sources, at most so many, below a rule. 0: it
 * copies nothing. */
int stream_sources_rows(const struct view_context *context, const struct object *stream, int most);
void stream_sources_draw(const struct view_context *context, const struct object *stream, struct surface *s,
                         struct rect area);

#endif
