/* Writing what was changed to the user's file, when told to. Main process. */
#ifndef ENTRY_SETTINGS_WRITE_H
#define ENTRY_SETTINGS_WRITE_H

#include "entry/config.h"

/* Each setting that was changed since the file was read is changed in its text, in place: comments, order and
 * all else stay. The new text is read back before anything is written; it then takes the file's place at
 * once, and what was there stays beside it as FILE~. message[] says what was done or why not. */
bool settings_write(const struct options *in_force, char *message, size_t size);

#endif
