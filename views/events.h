/* Lines of events, for whoever has room for some. Pure drawing, main process. */
#ifndef VIEWS_EVENTS_H
#define VIEWS_EVENTS_H

#include "views/view.h"

/* Newest first, `skip` of those that pass the filter left out; no head. */
void events_draw(const struct view_context *context, const char *filter, long skip, struct surface *s,
                 struct rect area);

#endif
