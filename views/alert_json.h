/* What happened to an alert, as JSON: for hooks and the log. Main process. */
#ifndef VIEWS_ALERT_JSON_H
#define VIEWS_ALERT_JSON_H

#include <jansson.h>

#include "model/alerts.h"

/* {"schema":1,"event":"opened","at":...,"line":...} in front of the alert's members, or, where it happened to
 * no alert, the silence's (views/alert_members.h); of an alert that is not kept any more (NULL) number, name
 * and text are what is left; `line` is a sentence of its own. A new reference. */
json_t *alert_change_json(const struct alert_change *change, const struct alert *alert);
/* Something else for the same readers: {"schema":1,"event":...,"at":...,"line":...}. A new reference. */
json_t *alert_note_json(const char *event, int64_t utc_ns, const char *line);

#endif
