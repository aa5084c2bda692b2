/* What lies over a view until it is put away: help, the menu of views. Each is a list with keys of its own,
 * of which the footer tells as long as it is open. Main process. */
#ifndef ENTRY_LAYERS_H
#define ENTRY_LAYERS_H

#include "entry/app.h"

extern const struct action layer_actions[]; /* context is the struct app */

void layer_open_help(struct app *app);
void layer_open_menu(struct app *app);
void layer_open_settings(struct app *app);
/* Puts away what is open. */
void layer_close(struct app *app);
bool layer_is_open(const struct app *app);

#endif
