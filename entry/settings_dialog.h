/* The dialog of settings: each with its value and where that comes from; what has a few values is changed in
 * place, at once on the screen. Nothing is written but by its own key. Main process. */
#ifndef ENTRY_SETTINGS_DIALOG_H
#define ENTRY_SETTINGS_DIALOG_H

#include "entry/app.h"

int settings_dialog_lines(void);
void settings_dialog_draw(const struct stage *stage, struct surface *s, struct rect area);

/* Keys of the dialog; the context is the struct app. Each returns a reaction. */
unsigned settings_dialog_open(void *app), settings_dialog_change(void *app), settings_dialog_write(void *app);

#endif
