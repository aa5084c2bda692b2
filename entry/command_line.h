/* The command line behind `:`: words with their arguments, one table, from which running, completion, help
 * and manual are made. Main process. */
#ifndef ENTRY_COMMAND_LINE_H
#define ENTRY_COMMAND_LINE_H

#include "entry/app.h"

/* Runs what was typed; what is wrong is said at the prompt, which stays open, with the nearest that there is.
 */
void command_line_run(struct app *app, const char *text);

typedef void name_fn(void *data, const char *name);
/* Gives each name that may stand where the text ends, whatever has been typed of it; returns where in the
 * text it begins. */
size_t command_line_names(struct app *app, const char *text, name_fn *each, void *data);
/* Whether something may follow the word. */
bool command_line_takes_more(const char *word);

/* For help and manual: ":node NAME" and what it does. */
const struct help_line *command_line_help(void);

/* What stands behind `theme` in a text that begins so, as the name it would be; "" otherwise. */
const char *command_line_theme(const char *text);

#endif
