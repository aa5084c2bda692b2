/* The settings of the running program: changed by keys and in the dialog, read again from the file. Main
 * process. */
#ifndef ENTRY_SETTINGS_LIVE_H
#define ENTRY_SETTINGS_LIVE_H

#include "entry/app.h"
#include "entry/settings.h"

/* What is on the screen is put into the options in force: keys change it without asking here. */
void settings_pull(struct app *app);
/* Takes this text for a setting and shows it; NULL when it is fine, else what was meant. */
const char *settings_change(struct app *app, const struct setting *setting, const char *text);
/* The setting of the columns of a list that a view shows; NULL: they are none. */
struct quantity_list;
const struct setting *settings_of_columns(const struct app *app, const struct quantity_list *list);
/* Reads the file again. A faulty one changes nothing and is told; of a good one everything that can be is
 * taken at once, what was changed here stays as long as the file says the same of it as before. */
void settings_reload(struct app *app);
void settings_finish(struct app *app);

#endif
