/* Texts of alerts: immutable and shared, so that what an alert said at its worst, and a frozen copy of the
 * whole book, cost a reference each and no copy. Each holder drops its own; one thread. */
#ifndef MODEL_ALERT_TEXT_H
#define MODEL_ALERT_TEXT_H

#include <stdbool.h>

/* NULL is "". */
const char *alert_text_make(const char *text);
const char *alert_text_share(const char *shared); /* another reference to the same */
void alert_text_drop(const char *shared);         /* NULL is fine */
/* Puts `text` in place of what is there, if it is another one (true). *place is NULL or shared. */
bool alert_text_set(const char **place, const char *text);
/* The same with a text that is shared already. */
void alert_text_copy(const char **place, const char *shared);
/* One reference more in place of an equal text: neighbours say much alike, and what is read often is at hand.
 */
void alert_text_like(const char **place, const char *shared);

#endif
