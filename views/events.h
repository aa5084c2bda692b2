/* Lines of events, for whoever has room for some. Pure drawing, main process. */
#ifndef VIEWS_EVENTS_H
#define VIEWS_EVENTS_H

#include "views/view.h"

/* Newest first, no head; leaders that moved at about one time are one line, so that what they ran from stays
 * in sight. */
void events_draw(const struct view_context *context, struct surface *s, struct rect area);

#endif
