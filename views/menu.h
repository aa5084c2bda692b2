/* The menu of all views, those without a key too. Pure drawing, main process. */
#ifndef VIEWS_MENU_H
#define VIEWS_MENU_H

#include "views/view.h"

/* Over `area`, the line `choice` selected; `here` is marked. Lines are those of views[]. */
void menu_draw(const struct view_ops *here, int choice, struct surface *s, struct rect area);

#endif
